"""The heat map of a class, with what it shows in words."""

from __future__ import annotations

from collections.abc import Iterator

from derive.checking.reports.class_report.counts import SHADES
from derive.checking.reports.class_report.report import GOOD, Report
from derive.checking.verification.papers import Finding, Paper
from derive.figures.heat_map.composition import Column, Part, Row, heat_maps
from derive.figures.heat_map.drawing import Shade
from derive.sheet.document import Block, Figure, Heading
from derive.words.languages import as_text


def heat_map(report: Report) -> Iterator[Block]:
    """A figure, or several where there are many students or answers."""
    legend = {shade: report.say.plain(f"class.shade.{shade}") for shade in Shade}
    columns = [Column(item.box.number, report.symbol(item.box.id)) for item in report.items]
    parts = heat_maps([_row(report, paper) for paper in report.papers], columns, legend)
    yield Heading(report.say.text("class.heading.map"))
    for number, part in enumerate(parts):
        yield Figure(part.figure, _alternative(report, part, is_first=number == 0))


def _row(report: Report, paper: Paper) -> Row:
    own = {box.id: SHADES[paper.findings[box.id].verdict] for box in paper.boxes}
    shades = tuple(own.get(item.box.id) for item in report.items)
    return Row(report.name(paper), report.decimal(paper.marks), shades)


def _alternative(report: Report, part: Part, *, is_first: bool) -> str:
    shown = [SHADES[finding.verdict] for finding in _shown(report, part)]
    good = sum(shade in GOOD for shade in shown)
    said = report.say.plain(
        "class.map.part",
        first=part.rows.start + 1,
        last=part.rows.stop,
        students=len(report.papers),
        start=report.items[part.columns.start].box.number,
        end=report.items[part.columns.stop - 1].box.number,
        share=report.percent(good, len(shown)),
        blank=report.percent(shown.count(Shade.BLANK), len(shown)),
    )
    failed = report.first_wrong() if is_first else ()
    return f"{said} {as_text(failed)}".rstrip()


def _shown(report: Report, part: Part) -> Iterator[Finding]:
    """The findings that stand in this part of the map."""
    names = {report.items[at].box.id for at in part.columns}
    for at in part.rows:
        paper = report.papers[at]
        yield from (paper.findings[box.id] for box in paper.boxes if box.id in names)
