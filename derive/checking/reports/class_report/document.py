"""The report on a class: how it did, answer by answer, what was done wrong most often, and who needs help."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.checking.reports.class_report.answers import answers, unread
from derive.checking.reports.class_report.counts import ranked
from derive.checking.reports.class_report.mistakes import mistakes
from derive.checking.reports.class_report.report import Report
from derive.checking.reports.class_report.shades import heat_map
from derive.checking.reports.class_report.students import help_needed
from derive.checking.reports.class_report.summary import problems_found, summary
from derive.checking.verification.papers import Paper
from derive.sheet.document import Block, Document, Kind, Letterhead, Sheet, Table
from derive.words.languages import Language

_PARTS = (help_needed, heat_map, answers, mistakes, unread)


def class_document(
    papers: Sequence[Paper], words: Language, letterhead: Letterhead, problems: Sequence[str] = ()
) -> Document:
    """The report on all papers of one exercise; ``problems`` are sentences about what could not be read."""
    kind = words.plain("document.class_report")
    title = papers[0].edition.exercise.title(words.code) if papers else kind
    report = Report(tuple(ranked(papers)), words)
    return Document(
        language=words.code,
        kind=Kind.CLASS_REPORT,
        kind_name=kind,
        page_number=words.template("page.number"),
        letterhead=letterhead,
        sheets=(Sheet(title, tuple(_blocks(report, problems))),),
    )


def _blocks(report: Report, problems: Sequence[str]) -> Iterator[Block]:
    """The whole report."""
    yield Table(tuple(summary(report)))
    yield from problems_found(report, problems)
    for part in _PARTS if report.items else ():
        yield from part(report)
