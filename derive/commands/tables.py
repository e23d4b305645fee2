"""What is shown in the terminal and is no document: solved quantities, and the audit of printed numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from derive.audit.verdicts import Finding, Verdict, summary
from derive.authoring.exercise import in_language
from derive.authoring.exercise_file import SettingsTable
from derive.model.conventions import Carry
from derive.render.terminal import grid
from derive.words.languages import Language, Prose, as_text


def solution(solved: dict[str, Any]) -> RenderableType:
    """The quantities of ``solve`` as a table."""
    table = Table(box=None, header_style="dim")
    for head in ("quantity", "formula", "value"):
        table.add_column(head, overflow="fold")  # an id or a value that is cut is of no use
    for quantity in solved["quantities"]:
        table.add_row(*(Text(quantity[part] or "") for part in ("id", "formula", "value")))
    after = dict(solved.get("after", {}))
    if rounds := after.pop("rounds", None):
        table.add_row()
        table.add_row(Text(f"after {rounds} rounds", "dim"))
    after.pop("diverged_in", None)
    for name, value in after.items():
        table.add_row(Text(name), "", Text(value))
    return table


def audit(findings: Sequence[Finding], language: Language) -> RenderableType:
    """Every printed number with its verdict, a table for each exercise, and below it what the verdicts rest on."""
    tables = groupby(findings, key=lambda finding: finding.exercise)
    return Group(*(part for name, own in tables for part in _audited(name, own, language)))


def audit_summary(findings: Sequence[Finding], language: Language) -> RenderableType:
    """How many numbers of each exercise have each verdict."""
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column(language.plain("audit.head.exercise"), no_wrap=True)
    for head in ("numbers", *Verdict):
        table.add_column(language.plain(f"audit.count.{head}").replace(" ", "\n"), justify="right", no_wrap=True)
    counts = summary(findings)
    for name, count in counts.items():
        table.add_row(Text(name), str(count.total()), *(str(count[verdict]) for verdict in Verdict))
    if len(counts) > 1:
        sums = (sum(count[verdict] for count in counts.values()) for verdict in Verdict)
        table.add_row(language.plain("audit.total"), str(len(findings)), *map(str, sums), style="bold")
    return table


def _audited(name: str, findings: Iterable[Finding], language: Language) -> Iterator[RenderableType]:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for head in ("quantity", "printed", "value", "verdict"):
        table.add_column(language.plain(f"audit.head.{head}"), overflow="fold")
    notes: dict[tuple[str, ...], int] = {}
    for heading, group in groupby(findings, key=lambda finding: _heading(finding, language)):
        if heading:
            table.add_row(Text(heading, "italic"))
        for finding in group:
            verdict = language.plain(f"audit.verdict.{finding.verdict}")
            if lines := tuple(_note(finding, language)):
                verdict += f" [{notes.setdefault(lines, len(notes) + 1)}]"
            values = [finding.shown(finding.value) if finding.value else "–"]
            values += [finding.shown(finding.reproduced)] if finding.reproduced else []
            quantity = Padding(Text(_quantity(finding, language)), (0, 0, 0, 2 if heading else 0))
            table.add_row(quantity, *map(Text, (finding.printed, "\n".join(values), verdict)))
    yield Text(name, "bold")
    yield table
    for lines, number in notes.items():
        yield grid([[Text(f"[{number}]"), Text("\n".join(lines), overflow="fold")]])
    yield Text()


def _heading(finding: Finding, language: Language) -> str:
    """What the page calls the number, and when and with which given values it is looked at."""
    when: list[Prose] = [language.counted("audit.after", finding.completed)] if finding.completed else []
    when += [(f"{name} = {value}",) for name, value in finding.given.items()]
    return "\n".join(filter(None, (finding.label, as_text(language.enumeration(when)) if when else None)))


def _quantity(finding: Finding, language: Language) -> str:
    if finding.epoch is None:
        return finding.quantity
    epoch = language.plain("audit.epoch", number=finding.epoch)
    return language.template("list.comma").join((finding.quantity, epoch))


def _note(finding: Finding, language: Language) -> Iterator[str]:
    """What a verdict rests on, a line for each thing."""
    if finding.settings and (settings := list(_settings(finding.settings, language))):
        yield as_text(language.text("audit.under", settings=language.enumeration(settings)))
    if finding.instead:
        yield language.plain("audit.instead", formula=finding.instead)
    if finding.why:
        yield in_language(finding.why, language.code)


def _settings(settings: SettingsTable, language: Language) -> Iterator[Prose]:
    """Each setting in words."""
    if settings.completed is not None:
        yield language.counted("audit.after", settings.completed)
    if settings.double:
        yield language.text("audit.setting.double")
    if settings.loss:
        yield language.text(f"audit.loss.{settings.loss}")
    if settings.activations:
        functions = language.enumeration([language.text(f"activation.{name}") for name in settings.activations])
        yield language.text("audit.setting.activations", names=functions)
    if chosen := settings.conventions:
        names = (name for name in type(chosen).model_fields if name in chosen.model_fields_set)
        yield from (_convention(name, getattr(chosen, name), language) for name in names)
    yield from ((f"{name} = {value}",) for name, value in settings.given.items())


def _convention(name: str, value: object, language: Language) -> Prose:
    match value:
        case Carry():
            return _carried(value, language)
        case Decimal():
            return language.text(f"audit.convention.{name}", value=str(value))
        case _:
            return language.text(f"audit.convention.{name}.{str(value).lower()}")


def _carried(carry: Carry, language: Language) -> Prose:
    """How values are rounded before one calculates on, and which."""
    kept = {"figures": carry.figures, "digits": carry.digits}
    counted = [language.counted(f"audit.carry.{name}", n) for name, n in kept.items() if n is not None]
    rounding = (*counted, language.text("audit.carry.single" if carry.single else "audit.carry.full"))[0]
    if not carry.only:
        return rounding
    what = language.enumeration([language.text(f"audit.carried.{name}") for name in carry.only])
    return language.text("audit.carry.only", rounding=rounding, what=what)
