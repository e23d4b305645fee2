"""The records of a finished heat map. Lengths are in points; x grows to the right and y downwards."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from derive.figures.chart.drawing import Caption


class Shade(StrEnum):
    """What has become of an answer, as coarsely as a small cell can show it."""

    RIGHT = "right"
    FOLLOWS = "follows"
    """Right for the student's own earlier answers."""
    PARTLY = "partly"
    MISTAKE = "mistake"
    WRONG = "wrong"
    UNREADABLE = "unreadable"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Cells of one shade side by side, the first in this column."""

    row: int
    column: int
    length: int


@dataclass(frozen=True, slots=True)
class Patch:
    """All cells of one shade: a page has thousands of cells, and an element for each would take a renderer minutes."""

    shade: Shade
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Swatch:
    """An entry of the legend: a cell with its upper left corner here, and the words beside it."""

    shade: Shade
    x: float
    y: float
    words: Caption


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A heat map; the grid's upper left corner is at ``left``, ``top``."""

    width: float
    height: float
    font_size: float
    head_size: float
    left: float
    top: float
    cell: tuple[float, float]
    columns: int
    rows: int
    patches: tuple[Patch, ...]
    captions: tuple[Caption, ...]
    """Names, marks and numbers of questions."""
    heads: tuple[Caption, ...]
    """The symbols above the columns, which read upwards from this point."""
    legend: tuple[Swatch, ...]
