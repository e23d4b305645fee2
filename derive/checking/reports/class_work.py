"""The report on a class: how it did, answer by answer, what was done wrong most often, and who needs help."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import islice
from statistics import mean, median

from sympy import Expr

from derive.checking.answers.unreadable import on_a_line
from derive.checking.reports.class_counts import (
    SHADES,
    Fault,
    Item,
    faults_of,
    hardest,
    in_need,
    items_of,
    ranked,
    went_wrong,
)
from derive.checking.reports.ways import decimal_text
from derive.checking.verification.papers import Finding, Paper
from derive.checking.verification.verdicts import Verdict
from derive.figures.heat_map.composition import Column, Part, Row, heat_maps, slashed
from derive.figures.heat_map.drawing import Shade
from derive.mathtext.building import row
from derive.mathtext.equation import LINE_WIDTH, broken, equation
from derive.mathtext.metrics import printable, unprintable
from derive.mathtext.sizes import width
from derive.mathtext.tree import Aligned, Node, Operator, Spacing
from derive.mistakes.slips import Slip
from derive.model.quantities import quantity_named
from derive.sheet.answer_boxes import AnswerBox
from derive.sheet.document import (
    Block,
    Document,
    Equation,
    Figure,
    Heading,
    Items,
    Kind,
    Letterhead,
    Line,
    Listing,
    Paragraph,
    Sheet,
    Table,
    Tone,
)
from derive.sheet.edition import Edition
from derive.words.languages import Language, Prose, as_text

_DASH = "–"
_UNEQUAL = Operator("≠", Spacing.RELATION)
_FORMULAS = 3  # of the commonest mistakes
_HARDEST, _PLACES, _MISTAKES = 3, 5, 3  # named in one sentence or cell
_UNREAD, _PROBLEMS = 60, 100  # lines of a list
_LONGEST_NAME, _LONGEST_ANSWER = 60, 70  # characters in a cell
_EASY, _HARD = Decimal("0.8"), Decimal("0.5")  # shares of the credit from which an answer looks right, or wrong
_GOOD = frozenset({Shade.RIGHT, Shade.FOLLOWS})


def class_document(
    papers: Sequence[Paper], words: Language, letterhead: Letterhead, problems: Sequence[str] = ()
) -> Document:
    """The report on all papers of one exercise; ``problems`` are sentences about what could not be read."""
    kind = words.plain("document.class_report")
    title = papers[0].edition.exercise.title(words.code) if papers else kind
    report = _Report(tuple(ranked(papers)), words, tuple(problems))
    return Document(
        language=words.code,
        kind=Kind.CLASS_REPORT,
        kind_name=kind,
        page_number=words.template("page.number"),
        letterhead=letterhead,
        sheets=(Sheet(title, tuple(report.blocks())),),
    )


@dataclass(frozen=True)
class _Report:
    papers: tuple[Paper, ...]
    """The best first."""
    say: Language
    problems: tuple[str, ...]

    @cached_property
    def items(self) -> list[Item]:
        return items_of(self.papers)

    @property
    def edition(self) -> Edition:
        """The sheet as one of them has it: symbols are the same for all."""
        return self.papers[0].edition

    def blocks(self) -> Iterator[Block]:
        """The whole report."""
        yield Table(tuple(self._summary()))
        yield from self._problems()
        if self.items:
            yield from self._help()
            yield from self._map()
            yield from self._answers()
            yield from self._mistakes()
            yield from self._unread()

    # --- the summary --------------------------------------------------------------------------------------------------

    def _summary(self) -> Iterator[tuple[Prose, ...]]:
        yield (self.say.text("class.students"), (str(len(self.papers)),))
        if not self.papers:
            return
        marks = [paper.marks for paper in self.papers]
        spread = {"mean": mean(marks), "median": median(marks), "least": min(marks), "most": max(marks)}
        numbers = {name: self._decimal(number) for name, number in spread.items()}
        best = max(paper.out_of for paper in self.papers)
        yield (self.say.text("report.marks"), self.say.text("class.marks", all=best, **numbers))
        findings = [finding for paper in self.papers for finding in paper.asked]
        good = sum(SHADES[finding.verdict] in _GOOD for finding in findings)
        share = self._percent(good, len(findings))
        yield (self.say.text("class.answers"), self.say.text("class.good", share=share, all=len(findings)))
        blank = sum(any(finding.verdict is Verdict.BLANK for finding in paper.asked) for paper in self.papers)
        yield (self.say.text("class.blanks"), self.say.counted("class.with_blanks", blank))
        unread = sum(finding.verdict is Verdict.UNREADABLE for finding in findings)
        yield (self.say.text("class.unread"), self.say.counted("class.unreadable", unread))

    def _problems(self) -> Iterator[Block]:
        if not self.problems:
            return
        yield Heading(self.say.text("class.heading.problems"))
        yield Items(tuple((printable(on_a_line(problem)),) for problem in self.problems[:_PROBLEMS]))
        yield from self._and_more(len(self.problems) - _PROBLEMS)

    def _and_more(self, count: int) -> Iterator[Block]:
        if count > 0:
            yield Paragraph(self.say.counted("class.more", count), "source")

    # --- the heat map -------------------------------------------------------------------------------------------------

    def _map(self) -> Iterator[Block]:
        legend = {shade: self.say.plain(f"class.shade.{shade}") for shade in Shade}
        columns = [Column(item.box.number, self._symbol(item.box.id)) for item in self.items]
        parts = heat_maps([self._row(paper) for paper in self.papers], columns, legend)
        yield Heading(self.say.text("class.heading.map"))
        for number, part in enumerate(parts):
            yield Figure(part.figure, self._alternative(part, is_first=number == 0))

    def _row(self, paper: Paper) -> Row:
        own = {box.id: SHADES[paper.findings[box.id].verdict] for box in paper.boxes}
        shades = tuple(own.get(item.box.id) for item in self.items)
        return Row(self._name(paper), self._decimal(paper.marks), shades)

    def _alternative(self, part: Part, *, is_first: bool) -> str:
        shown = [SHADES[finding.verdict] for finding in self._shown(part)]
        good = sum(shade in _GOOD for shade in shown)
        said = self.say.plain(
            "class.map.part",
            first=part.rows.start + 1,
            last=part.rows.stop,
            students=len(self.papers),
            start=self.items[part.columns.start].box.number,
            end=self.items[part.columns.stop - 1].box.number,
            share=self._percent(good, len(shown)),
            blank=self._percent(shown.count(Shade.BLANK), len(shown)),
        )
        failed = self._first_wrong() if is_first else ()
        return f"{said} {as_text(failed)}".rstrip()

    def _shown(self, part: Part) -> Iterator[Finding]:
        """The findings that stand in this part of the map."""
        names = {self.items[at].box.id for at in part.columns}
        for at in part.rows:
            paper = self.papers[at]
            yield from (paper.findings[box.id] for box in paper.boxes if box.id in names)

    def _first_wrong(self) -> Prose:
        failed = hardest(self.items, _HARDEST)
        if not failed:
            return ()
        places = [self.say.text("class.place", **self._box(item.box), n=item.first) for item in failed]
        return self.say.text("class.first_wrong", places=self.say.enumeration(places, "list.and_formulas"))

    # --- answer by answer ---------------------------------------------------------------------------------------------

    def _answers(self) -> Iterator[Block]:
        heads = ("number", "answer", *Shade, "credit", "discrimination", "first", "commonest")
        numeric = frozenset(range(2, len(heads) - 1))
        names = (f"class.head.{head}" for head in heads)
        yield Heading(self.say.text("class.heading.answers"))
        if failed := self._first_wrong():
            yield Paragraph(failed, "note")
        spare = ("discrimination", "first", Shade.UNREADABLE, Shade.BLANK, Shade.WRONG, Shade.PARTLY)
        yield Listing(
            tuple(map(self.say.plain, names)),
            tuple(map(self._item, self.items)),
            numeric,
            tuple(map(heads.index, spare)),
            self.say.template("class.left_out"),
        )
        yield Paragraph(self.say.text("class.terms"), "source")

    def _item(self, item: Item) -> Line:
        tone = Tone.RIGHT if item.credit >= _EASY else Tone.WRONG if item.credit < _HARD else Tone.PARTLY
        told = item.discrimination
        cells = (
            str(item.box.number),
            self._symbol(item.box.id),
            *(str(item.counts[shade]) if item.counts[shade] else "" for shade in Shade),
            self._percent(item.credit.numerator, item.credit.denominator),
            _DASH if told is None else self._marked(f"{told:z.2f}").replace("-", "−"),
            str(item.first) if item.first else "",
        )
        return Line((*((cell,) for cell in cells), self._commonest(item)), tone)

    def _commonest(self, item: Item) -> Prose:
        if not item.faults:
            return ()
        (name, n), *_ = item.faults.most_common(1)
        return self.say.text("class.times", name=self.say.text(name), n=n)

    # --- mistakes -----------------------------------------------------------------------------------------------------

    def _mistakes(self) -> Iterator[Block]:
        yield Heading(self.say.text("class.heading.mistakes"))
        faults = faults_of(self.papers)
        if not faults:
            yield Paragraph(self.say.text("class.no_mistakes"), "note")
            return
        heads = tuple(self.say.plain(f"class.head.{head}") for head in ("fault", "by", "times", "possibly", "where"))
        yield Listing(heads, tuple(map(self._fault, faults)), frozenset({1, 2, 3}))
        for slip in islice((fault.slip for fault in faults if fault.slip), _FORMULAS):
            name = self.say.text(f"mistake.{slip.code}")
            example = self.say.text("class.example", name=name, symbol=self._symbol(slip.place))
            yield Paragraph(example, "remark")
            yield Equation(self._right_and_wrong(slip))

    def _fault(self, fault: Fault) -> Line:
        places: list[Prose] = [(self._symbol(name),) for name in fault.places[:_PLACES]]
        more: list[Prose] = [("…",)] if len(fault.places) > _PLACES else []
        counts = (fault.students, fault.times, fault.possibly)
        return Line(
            (
                self.say.text(fault.message),
                *((str(count) if count else "",) for count in counts),
                self._listed([*places, *more]),
            )
        )

    def _listed(self, items: Sequence[Prose]) -> Prose:
        """a, b, c."""
        comma = self.say.template("list.comma")
        return tuple(part for item in items for part in (comma, *item))[1:]

    def _right_and_wrong(self, slip: Slip) -> Aligned:
        """The right formula and, behind ≠, the wrong one: of the right forms, that which has most in common with it."""
        steps = self.edition.evaluation.derivation.steps
        step = next(step for step in steps if step.quantity.id == slip.place)
        right = min(step.forms, key=lambda form: _difference(form, slip.wrong))
        symbols = self.edition.equations.in_symbols
        equal = equation(self.edition.notation.symbol(step.quantity), [symbols(right)])
        room = LINE_WIDTH - width(equal.lines[0][0])
        first, *others = broken(symbols(slip.wrong), room)
        nothing = row()
        return Aligned((*equal.lines, *((nothing, line) for line in (row(_UNEQUAL, first), *others))))

    # --- students -----------------------------------------------------------------------------------------------------

    def _help(self) -> Iterator[Block]:
        yield Heading(self.say.text("class.heading.help"))
        lowest = in_need(self.papers)
        if not lowest:
            yield Paragraph(self.say.text("class.nobody"), "note")
            return
        has_codes = any(paper.submission.code for paper in lowest)
        heads = ("student", *(["code"] if has_codes else []), "marks", "begin", "mistakes")
        lines = (self._student(paper, has_codes=has_codes) for paper in lowest)
        yield Listing(tuple(self.say.plain(f"class.head.{head}") for head in heads), tuple(lines))

    def _student(self, paper: Paper, *, has_codes: bool) -> Line:
        faults = [self.say.text(name) for name in went_wrong(paper)]
        more: list[Prose] = [("…",)] if len(faults) > _MISTAKES else []
        code: list[Prose] = [(printable(paper.submission.code),)] if has_codes else []
        marks = self.say.text("report.marks_of", marks=self._decimal(paper.marks), all=paper.out_of)
        mistakes = self._listed([*faults[:_MISTAKES], *more])
        return Line(((self._name(paper),), *code, marks, self._begin(paper), mistakes))

    def _begin(self, paper: Paper) -> Prose:
        """The first step that went wrong, which perhaps was not asked for."""
        first = paper.first_wrong
        if not first:
            return ()
        box = next((box for box in paper.boxes if box.id == first.quantity), None)
        return self.say.text("class.box", **self._box(box)) if box else (self._symbol(first.quantity),)

    def _unread(self) -> Iterator[Block]:
        found = [
            (paper, box)
            for paper in self.papers
            for box in paper.boxes
            if paper.findings[box.id].verdict is Verdict.UNREADABLE
        ]
        if not found:
            return
        yield Heading(self.say.text("class.heading.unread"))
        heads = (self.say.plain(f"class.head.{head}") for head in ("student", "answer", "written"))
        lines = (
            Line(
                (
                    (self._name(paper),),
                    self.say.text("class.box", **self._box(box)),
                    (printable(on_a_line(_shortened(paper.findings[box.id].written, _LONGEST_ANSWER))),),
                ),
                Tone.OPEN,
            )
            for paper, box in found[:_UNREAD]
        )
        yield Listing(tuple(heads), tuple(lines))
        yield from self._and_more(len(found) - _UNREAD)

    # --- pieces -------------------------------------------------------------------------------------------------------

    def _name(self, paper: Paper) -> str:
        """What a student is called; where our fonts lack a letter of the name, the id stands behind it."""
        own = paper.submission
        name = own.name or own.id or own.email or own.code or own.source
        known = f"{name} ({own.id})" if own.id and own.id != name and unprintable(name) else name
        return printable(_shortened(known, _LONGEST_NAME))

    def _symbol(self, name: str) -> Node:
        """On one line: a table of fractions would be twice as long."""
        return slashed(self.edition.notation.symbol(quantity_named(name)))

    def _box(self, box: AnswerBox) -> dict[str, int | Node]:
        return {"number": box.number, "symbol": self._symbol(box.id)}

    def _percent(self, part: int, whole: int) -> str:
        return self.say.plain("class.percent", n=round(100 * part / whole) if whole else 0)

    def _decimal(self, number: Decimal) -> str:
        return decimal_text(number, self.say.decimal_mark)

    def _marked(self, digits: str) -> str:
        return digits.replace(".", self.say.decimal_mark)


def _difference(form: Expr, wrong: Expr) -> int:
    """How many quantities one of two formulas has and the other has not."""
    return len(form.free_symbols ^ wrong.free_symbols)


def _shortened(text: str, longest: int) -> str:
    """As much of a text as a cell has room for."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
