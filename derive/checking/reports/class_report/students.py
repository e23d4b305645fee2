"""Who needs help, and where each begins."""

from __future__ import annotations

from collections.abc import Iterator

from derive.checking.reports.class_report.counts import in_need, went_wrong
from derive.checking.reports.class_report.report import Report
from derive.checking.verification.papers import Paper
from derive.mathtext.metrics import printable
from derive.sheet.document import Block, Heading, Line, Listing, Paragraph
from derive.words.languages import Prose

_MISTAKES = 3  # named in one cell


def help_needed(report: Report) -> Iterator[Block]:
    """A line for each student who needs help."""
    yield Heading(report.say.text("class.heading.help"))
    lowest = in_need(report.papers)
    if not lowest:
        yield Paragraph(report.say.text("class.nobody"), "note")
        return
    has_codes = any(paper.submission.code for paper in lowest)
    heads = ("student", *(["code"] if has_codes else []), "marks", "begin", "mistakes")
    lines = (_student(report, paper, has_codes=has_codes) for paper in lowest)
    yield Listing(tuple(report.say.plain(f"class.head.{head}") for head in heads), tuple(lines))


def _student(report: Report, paper: Paper, *, has_codes: bool) -> Line:
    faults = [report.say.text(name) for name in went_wrong(paper)]
    more: list[Prose] = [("…",)] if len(faults) > _MISTAKES else []
    code: list[Prose] = [(printable(paper.submission.code),)] if has_codes else []
    marks = report.say.text("report.marks_of", marks=report.decimal(paper.marks), all=paper.out_of)
    mistakes = report.listed([*faults[:_MISTAKES], *more])
    return Line(((report.name(paper),), *code, marks, _begin(report, paper), mistakes))


def _begin(report: Report, paper: Paper) -> Prose:
    """The first step that went wrong, which perhaps was not asked for."""
    first = paper.first_wrong
    if not first:
        return ()
    box = next((box for box in paper.boxes if box.id == first.quantity), None)
    return report.say.text("class.box", **report.box(box)) if box else (report.symbol(first.quantity),)
