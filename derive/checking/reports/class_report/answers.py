"""How a class did answer by answer, and which answers could not be read."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from derive.checking.answers.unreadable import on_a_line
from derive.checking.reports.class_report.counts import Item
from derive.checking.reports.class_report.report import Report, shortened
from derive.checking.verification.verdicts import Verdict
from derive.figures.heat_map.drawing import Shade
from derive.mathtext.metrics import printable
from derive.sheet.document import Block, Heading, Line, Listing, Paragraph, Tone
from derive.words.languages import Prose

_DASH = "–"
_UNREAD = 60  # lines of a list
_LONGEST_ANSWER = 70  # characters in a cell
_EASY, _HARD = Decimal("0.8"), Decimal("0.5")  # shares of the credit from which an answer looks right, or wrong


def answers(report: Report) -> Iterator[Block]:
    """A line for each answer, and what the figures in it are."""
    heads = ("number", "answer", *Shade, "credit", "discrimination", "first", "commonest")
    numeric = frozenset(range(2, len(heads) - 1))
    names = (f"class.head.{head}" for head in heads)
    yield Heading(report.say.text("class.heading.answers"))
    if failed := report.first_wrong():
        yield Paragraph(failed, "note")
    spare = ("discrimination", "first", Shade.UNREADABLE, Shade.BLANK, Shade.WRONG, Shade.PARTLY)
    yield Listing(
        tuple(map(report.say.plain, names)),
        tuple(_item(report, item) for item in report.items),
        numeric,
        tuple(map(heads.index, spare)),
        report.say.template("class.left_out"),
    )
    yield Paragraph(report.say.text("class.terms"), "source")


def _item(report: Report, item: Item) -> Line:
    tone = Tone.RIGHT if item.credit >= _EASY else Tone.WRONG if item.credit < _HARD else Tone.PARTLY
    told = item.discrimination
    cells = (
        str(item.box.number),
        report.symbol(item.box.id),
        *(str(item.counts[shade]) if item.counts[shade] else "" for shade in Shade),
        report.percent(item.credit.numerator, item.credit.denominator),
        _DASH if told is None else _marked(report, f"{told:z.2f}").replace("-", "−"),
        str(item.first) if item.first else "",
    )
    return Line((*((cell,) for cell in cells), _commonest(report, item)), tone)


def _marked(report: Report, digits: str) -> str:
    return digits.replace(".", report.say.decimal_mark)


def _commonest(report: Report, item: Item) -> Prose:
    if not item.faults:
        return ()
    (name, n), *_ = item.faults.most_common(1)
    return report.say.text("class.times", name=report.say.text(name), n=n)


def unread(report: Report) -> Iterator[Block]:
    """What was written where nobody could read it."""
    found = [
        (paper, box)
        for paper in report.papers
        for box in paper.boxes
        if paper.findings[box.id].verdict is Verdict.UNREADABLE
    ]
    if not found:
        return
    yield Heading(report.say.text("class.heading.unread"))
    heads = (report.say.plain(f"class.head.{head}") for head in ("student", "answer", "written"))
    lines = (
        Line(
            (
                (report.name(paper),),
                report.say.text("class.box", **report.box(box)),
                (printable(on_a_line(shortened(paper.findings[box.id].written, _LONGEST_ANSWER))),),
            ),
            Tone.OPEN,
        )
        for paper, box in found[:_UNREAD]
    )
    yield Listing(tuple(heads), tuple(lines))
    yield from report.and_more(len(found) - _UNREAD)
