"""The records of a finished chart. Lengths are in points; x grows to the right and y downwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from derive.figures.drawing import LINE_HEIGHT, Anchor
from derive.mathtext.tree import Node

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight line of an axis or of the grid."""

    start: Point
    end: Point


@dataclass(frozen=True, slots=True)
class Caption:
    """A number or a symbol, or words in the language of the sheet; ``y`` is the middle of the line of text."""

    x: float
    y: float
    body: Node | str
    anchor: Anchor = Anchor.MIDDLE


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart; the grid is drawn first, then the axes, then the curve."""

    width: float
    height: float
    font_size: float
    curve: tuple[Point, ...]
    axes: tuple[Segment, ...]
    grid: tuple[Segment, ...]
    captions: tuple[Caption, ...]

    @property
    def line_height(self) -> float:
        """The height of a line of text."""
        return LINE_HEIGHT * self.font_size
