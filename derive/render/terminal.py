"""Documents, solutions and lists in the terminal, with rich. Text is data: no markup in it is obeyed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, JustifyMethod, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table as Grid
from rich.text import Text

from derive.audit.verdicts import Finding, Verdict, summary
from derive.authoring.exercise import Exercise, in_language
from derive.authoring.exercise_file import SettingsTable
from derive.mathtext.plain import plain
from derive.model.conventions import Carry
from derive.render.stamping.lines import Words
from derive.sheet.document import (
    Block,
    Document,
    Equation,
    Heading,
    Items,
    Listing,
    Paragraph,
    Question,
    Results,
    Sheet,
    Table,
    Tone,
)
from derive.words.languages import Language, Prose, as_text


def document(document: Document) -> RenderableType:
    """Every sheet from top to bottom; the drawing is left to formats that can show it."""
    return Group(*(part for sheet in document.sheets for part in _sheet(sheet, document.kind_name)))


def _sheet(sheet: Sheet, kind: str) -> Iterator[RenderableType]:
    yield Text(sheet.title, "bold")
    yield Text(kind, "dim")
    heading: list[RenderableType] = []
    for block in sheet.blocks:
        parts = list(_block(block))
        if isinstance(block, Heading):
            heading = parts
        elif parts:  # a drawing leaves nothing here, and its heading neither
            yield from (*heading, *parts)
            heading = []


def _block(block: Block) -> Iterator[RenderableType]:
    match block:
        case Heading(text):
            yield Text()
            yield Rule(_prose(text), align="left", style="dim")
        case Paragraph(text, role):
            yield Words(as_text(text), "dim" if role == "source" else "")
        case Items(items):
            for item in items:
                yield Padding(_prose(item), (0, 0, 0, 2))
        case Table(rows):
            yield _grid([[_prose(cell) for cell in cells] for cells in rows])
        case Listing():
            yield _Fitted(block)
        case Equation(math):
            yield Padding(Text(plain(math), "cyan", no_wrap=True, overflow="fold"), (0, 0, 0, 6))
        case Question(number=number, prompt=prompt, solution=solution):
            yield Text.assemble("\n", (f"{number:>3} ", "bold"), as_text(prompt))
            for inner in solution.blocks if solution else ():
                yield from (Padding(part, (0, 0, 0, 4)) for part in _block(inner))
        case Results(title, _, parts):
            yield Text()
            yield Rule(Text(title), align="left", style="dim")
            lines = [line for _, results in parts for line in results]
            yield _grid([[Text(str(line.number)), Text(plain(line.symbol)), Text(plain(line.value))] for line in lines])


_GAP = 2  # cells between columns
_WORD = 8  # for a word of a language without spaces
_TONES = {Tone.RIGHT: "green", Tone.PARTLY: "yellow", Tone.WRONG: "red", Tone.OPEN: "magenta", Tone.PLAIN: ""}


@dataclass(frozen=True)
class _Fitted:
    """A listing without its empty columns and, where these do not fit side by side, without some that can be spared."""

    listing: Listing

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        grid = Grid(box=None, header_style="dim", pad_edge=False, padding=(0, _GAP, 0, 0))
        widths = self._widths(options.max_width)
        for place, width in widths.items():
            justify: JustifyMethod = "right" if place in self.listing.numeric else "left"
            grid.add_column(Text(self.listing.heads[place]), justify=justify, overflow="fold", width=width)
        for line in self.listing.lines:
            grid.add_row(*(_prose(line.cells[place]) for place in widths), style=_TONES[line.tone])
        yield grid
        heads, spared = self.listing.heads, [place for place in self.listing.spare if any(self._texts(place)[1:])]
        if columns := ", ".join(heads[place] for place in sorted(spared) if place not in widths):
            yield Words(self.listing.left_out.format(columns=columns), "dim")

    def _widths(self, width: int) -> Mapping[int, int]:
        """What is shown, as broad as its longest word; where there is room, the whole cell, the shortest first."""
        widths = {place: self._least(place) for place in range(len(self.listing.heads)) if any(self._texts(place)[1:])}
        room = width - sum(widths.values()) - _GAP * (len(widths) - 1)
        for place in self.listing.spare:
            if room < 0 and place in widths:
                room += widths.pop(place) + _GAP
        missing = {place: max(map(cell_len, self._texts(place))) - width for place, width in widths.items()}
        for place in sorted(widths, key=missing.__getitem__):
            more = min(missing[place], max(room, 0))
            widths[place] += more
            room -= more
        return widths

    def _least(self, place: int) -> int:
        """The width of the longest word of a column, Chinese ones being broken anywhere."""
        words = (word for text in self._texts(place) for word in text.split())
        return max(
            (cells if (cells := cell_len(word)) == len(word) else min(cells, _WORD) for word in words), default=0
        )

    def _texts(self, place: int) -> list[str]:
        return [self.listing.heads[place], *(as_text(line.cells[place]) for line in self.listing.lines)]


def _grid(rows: list[list[Text]]) -> Grid:
    grid = Grid.grid(padding=(0, 3, 0, 0))
    for row in rows:
        grid.add_row(*row)
    return grid


def _prose(prose: Prose) -> Text:
    return Words(as_text(prose))


def solution(solved: dict[str, Any]) -> RenderableType:
    """The quantities of ``solve`` as a table."""
    table = Grid(box=None, header_style="dim")
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


def exercises(exercises: Sequence[Exercise], language: str) -> RenderableType:
    """Name, shape and title of each."""
    table = Grid(box=None, show_header=False)
    for exercise in exercises:
        table.add_row(Text(exercise.name, "bold"), Text(exercise.shape), Text(exercise.title(language)))
    return table


def audit(findings: Sequence[Finding], language: Language) -> RenderableType:
    """Every printed number with its verdict, a table for each exercise, and below it what the verdicts rest on."""
    tables = groupby(findings, key=lambda finding: finding.exercise)
    return Group(*(part for name, own in tables for part in _audited(name, own, language)))


def audit_summary(findings: Sequence[Finding], language: Language) -> RenderableType:
    """How many numbers of each exercise have each verdict."""
    table = Grid(box=None, header_style="dim", pad_edge=False)
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
    table = Grid(box=None, header_style="dim", pad_edge=False)
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
        yield _grid([[Text(f"[{number}]"), Text("\n".join(lines), overflow="fold")]])
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
