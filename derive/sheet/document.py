"""The document: one frozen tree, from which the student's copy and the answer key are both taken.

Its text is in the reader's language already and its mathematics are trees; a renderer formats it and computes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from derive.figures.chart.drawing import Chart
from derive.figures.heat_map.drawing import HeatMap
from derive.figures.network import Diagram
from derive.mathtext.building import row
from derive.mathtext.sizes import width
from derive.mathtext.tree import EQUALS, Node
from derive.words.languages import Prose


class Kind(StrEnum):
    """Who a copy of the document is for."""

    WORKSHEET = "worksheet"
    KEY = "key"
    MARKING = "marking"
    REPORT = "report"
    """What has become of one student's answers."""
    CLASS_REPORT = "class_report"
    """What has become of those of a class."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a part of a sheet."""

    text: Prose


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words; ``role`` is what they are for: note, source, why or outcome."""

    text: Prose
    role: str


@dataclass(frozen=True, slots=True)
class Equation:
    """A formula on lines of its own."""

    math: Node


@dataclass(frozen=True, slots=True)
class Items:
    """A list of sentences."""

    items: tuple[Prose, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Named rows."""

    rows: tuple[tuple[Prose, ...], ...]


class Tone(StrEnum):
    """What a line of a listing is about, for its look; words in the line say it too."""

    PLAIN = "plain"
    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"
    OPEN = "open"
    """Nobody knows yet."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a listing."""

    cells: tuple[Prose, ...]
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Listing:
    """A table with a head: short cells in columns, those of ``numeric`` columns flush right."""

    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    numeric: frozenset[int] = frozenset()
    spare: tuple[int, ...] = ()
    """Columns that a narrow terminal leaves out, the first of them first."""
    left_out: str = "{columns}"
    """What is said of these."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing of the network, a circuit, a curve or a class, with its description for those who do not see it."""

    diagram: Diagram | Chart | HeatMap
    alternative: str


@dataclass(frozen=True, slots=True)
class Lines:
    """Labels with a line to write on: name, date."""

    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Blank:
    """What only the student's copy has."""

    blocks: tuple[Block, ...] = ()
    room: int = 0
    """Lines of empty space for the calculation."""


@dataclass(frozen=True, slots=True)
class Solution:
    """What only the key has."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """Where one number is to be written: the name of its form field, and what is asked for there."""

    field: str
    tooltip: str


@dataclass(frozen=True, slots=True)
class Question:
    """One numbered question about one quantity."""

    number: int
    quantity: str
    field: str
    """The name of its form field: the quantity's id, after the exercise's where a document has several."""
    prompt: Prose
    symbol: Node
    tooltip: str
    blank: Blank | None
    solution: Solution | None
    grid: tuple[tuple[Box, ...], ...] = ()
    """The boxes of a matrix, row by row; none where the answer is one number or a formula."""
    is_formula: bool = False
    """Whether the answer is a formula, which needs the width of a line."""

    @property
    def equals(self) -> Node:
        """What stands before the box for the answer."""
        return row(self.symbol, EQUALS)


@dataclass(frozen=True, slots=True)
class Result:
    """A line of the table of results."""

    number: int
    symbol: Node
    value: Node


@dataclass(frozen=True, slots=True)
class Results:
    """Every answer on one page, part by part."""

    title: str
    head: tuple[str, str, str]
    parts: tuple[tuple[str, tuple[Result, ...]], ...]

    @staticmethod
    def abreast(lines: Sequence[Result]) -> int:
        """How many results of a part stand side by side: three, but fewer where the numbers are long."""
        longest = max(width(line.value) for line in lines)
        return 3 if longest < 6 else 2 if longest < 10 else 1


APART = 2
"""Characters between the columns of a ledger."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Many numbers in columns below their heads, behind a label in each line.

    It is set in a face whose characters are equally wide, a line at a time: an element a number would take WeasyPrint
    a minute for a class.
    """

    heads: tuple[str, ...]
    labels: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    foot: str
    """What stands at the foot of its page."""

    @property
    def widths(self) -> tuple[int, ...]:
        """How many characters the labels and each column need, with what keeps them apart."""
        columns = (max(map(len, column)) + APART for column in self.columns)
        return max(map(len, self.labels)), *columns

    @property
    def lines(self) -> Iterator[str]:
        """The labels flush left, the numbers flush right."""
        first, *others = self.widths
        for label, *cells in zip(self.labels, *self.columns, strict=True):
            yield label.ljust(first) + "".join(cell.rjust(width) for cell, width in zip(cells, others, strict=True))


Block: TypeAlias = (
    Heading
    | Paragraph
    | Equation
    | Items
    | Table
    | Listing
    | Figure
    | Lines
    | Blank
    | Solution
    | Question
    | Results
    | Ledger
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One exercise; each starts on a page of its own."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Logo:
    """An image as it was read: its bytes, and ``png`` or ``jpeg``."""

    data: bytes
    kind: str


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who gives the sheet."""

    school: str = ""
    course: str = ""
    instructor: str = ""
    logo: Logo | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One or several sheets in one language."""

    language: str
    kind: Kind
    kind_name: str
    page_number: str
    """The foot of a page, with {page} and {pages} in it."""
    letterhead: Letterhead
    sheets: tuple[Sheet, ...]

    @property
    def title(self) -> str:
        return " · ".join(sheet.title for sheet in self.sheets)


def copy_for(kind: Kind, sheet: Sheet) -> Sheet:
    """The sheet without what is not for these readers."""
    return replace(sheet, blocks=tuple(_kept(kind, sheet.blocks)))


def _kept(kind: Kind, blocks: tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        match block:
            case Blank(blocks=inner):
                if kind is Kind.WORKSHEET:
                    yield from inner
            case Solution(blocks=inner):
                if kind is Kind.KEY:
                    yield from inner
            case Question():
                yield replace(block, solution=None) if kind is Kind.WORKSHEET else replace(block, blank=None)
            case _:
                yield block
