"""How a class did, in a few numbers, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import mean, median

from derive.checking.answers.unreadable import on_a_line
from derive.checking.reports.class_report.counts import SHADES
from derive.checking.reports.class_report.report import GOOD, Report
from derive.checking.verification.verdicts import Verdict
from derive.mathtext.metrics import printable
from derive.sheet.document import Block, Heading, Items
from derive.words.languages import Prose

_PROBLEMS = 100  # lines of a list


def summary(report: Report) -> Iterator[tuple[Prose, ...]]:
    """The rows of a table."""
    yield (report.say.text("class.students"), (str(len(report.papers)),))
    if not report.papers:
        return
    marks = [paper.marks for paper in report.papers]
    spread = {"mean": mean(marks), "median": median(marks), "least": min(marks), "most": max(marks)}
    numbers = {name: report.decimal(number) for name, number in spread.items()}
    best = max(paper.out_of for paper in report.papers)
    yield (report.say.text("report.marks"), report.say.text("class.marks", all=best, **numbers))
    findings = [finding for paper in report.papers for finding in paper.asked]
    good = sum(SHADES[finding.verdict] in GOOD for finding in findings)
    share = report.percent(good, len(findings))
    yield (report.say.text("class.answers"), report.say.text("class.good", share=share, all=len(findings)))
    blank = sum(any(finding.verdict is Verdict.BLANK for finding in paper.asked) for paper in report.papers)
    yield (report.say.text("class.blanks"), report.say.counted("class.with_blanks", blank))
    unread = sum(finding.verdict is Verdict.UNREADABLE for finding in findings)
    yield (report.say.text("class.unread"), report.say.counted("class.unreadable", unread))


def problems_found(report: Report, problems: Sequence[str]) -> Iterator[Block]:
    """The sentences about what could not be read, if there are any."""
    if not problems:
        return
    yield Heading(report.say.text("class.heading.problems"))
    yield Items(tuple((printable(on_a_line(problem)),) for problem in problems[:_PROBLEMS]))
    yield from report.and_more(len(problems) - _PROBLEMS)
