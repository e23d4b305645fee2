"""Documents in the terminal, with rich. Text is data: no markup in it is obeyed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, JustifyMethod, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table as Grid
from rich.text import Text

from derive.mathtext.plain import plain
from derive.render.lines import Words
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
from derive.words.languages import Prose, as_text


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
            yield grid([[_prose(cell) for cell in cells] for cells in rows])
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
            yield grid([[Text(str(line.number)), Text(plain(line.symbol)), Text(plain(line.value))] for line in lines])


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


def grid(rows: list[list[Text]]) -> Grid:
    """Cells in columns, without lines between them."""
    grid = Grid.grid(padding=(0, 3, 0, 0))
    for row in rows:
        grid.add_row(*row)
    return grid


def _prose(prose: Prose) -> Text:
    return Words(as_text(prose))
