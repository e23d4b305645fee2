"""What a class did wrong most often, with the wrong formulas."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from sympy import Expr

from derive.checking.reports.class_report.counts import Fault, faults_of
from derive.checking.reports.class_report.report import Report
from derive.mathtext.building import row
from derive.mathtext.equation import LINE_WIDTH, broken, equation
from derive.mathtext.sizes import width
from derive.mathtext.tree import Aligned, Operator, Spacing
from derive.mistakes.slips import Slip
from derive.sheet.document import Block, Equation, Heading, Line, Listing, Paragraph
from derive.words.languages import Prose

_UNEQUAL = Operator("≠", Spacing.RELATION)
_FORMULAS = 3  # of the commonest mistakes
_PLACES = 5  # named in one cell


def mistakes(report: Report) -> Iterator[Block]:
    """A line for each mistake, and the formulas of the commonest."""
    yield Heading(report.say.text("class.heading.mistakes"))
    faults = faults_of(report.papers)
    if not faults:
        yield Paragraph(report.say.text("class.no_mistakes"), "note")
        return
    heads = tuple(report.say.plain(f"class.head.{head}") for head in ("fault", "by", "times", "possibly", "where"))
    yield Listing(heads, tuple(_fault(report, fault) for fault in faults), frozenset({1, 2, 3}))
    for slip in islice((fault.slip for fault in faults if fault.slip), _FORMULAS):
        name = report.say.text(f"mistake.{slip.code}")
        example = report.say.text("class.example", name=name, symbol=report.symbol(slip.place))
        yield Paragraph(example, "remark")
        yield Equation(_right_and_wrong(report, slip))


def _fault(report: Report, fault: Fault) -> Line:
    places: list[Prose] = [(report.symbol(name),) for name in fault.places[:_PLACES]]
    more: list[Prose] = [("…",)] if len(fault.places) > _PLACES else []
    counts = (fault.students, fault.times, fault.possibly)
    return Line(
        (
            report.say.text(fault.message),
            *((str(count) if count else "",) for count in counts),
            report.listed([*places, *more]),
        )
    )


def _right_and_wrong(report: Report, slip: Slip) -> Aligned:
    """The right formula and, behind ≠, the wrong one: of the right forms, that which has most in common with it."""
    steps = report.edition.evaluation.derivation.steps
    step = next(step for step in steps if step.quantity.id == slip.place)
    right = min(step.forms, key=lambda form: _difference(form, slip.wrong))
    symbols = report.edition.equations.in_symbols
    equal = equation(report.edition.notation.symbol(step.quantity), [symbols(right)])
    room = LINE_WIDTH - width(equal.lines[0][0])
    first, *others = broken(symbols(slip.wrong), room)
    nothing = row()
    return Aligned((*equal.lines, *((nothing, line) for line in (row(_UNEQUAL, first), *others))))


def _difference(form: Expr, wrong: Expr) -> int:
    """How many quantities one of two formulas has and the other has not."""
    return len(form.free_symbols ^ wrong.free_symbols)
