"""The records of a finished drawing. Lengths are in points; x grows to the right and y downwards."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import atan2, degrees, hypot

from derive.mathtext.tree import Node

LINE_HEIGHT = 1.1  # of the font size


class Stroke(Enum):
    """What a line stands for."""

    WEIGHT = "weight"
    BIAS = "bias"
    ARROW = "arrow"
    WIRE = "wire"


class Anchor(Enum):
    """Which point of a label is given; vertically it is always the middle of the line of text."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True, slots=True)
class Circle:
    """A neuron, an input, the constant 1 of a bias, a gate; without a ``body``, a dot: of an ellipsis or of a fork."""

    name: str
    x: float
    y: float
    radius: float
    body: Node | None = None


@dataclass(frozen=True, slots=True)
class Bend:
    """How a line gets from one height to another: level for ``after`` points, then turning for ``across`` points."""

    after: float
    across: float


@dataclass(frozen=True, slots=True)
class Line:
    """From the rim of one circle to the rim of another; an end without a circle has an empty name.

    It is straight, or level at both ends with a ``bend`` between them.
    """

    stroke: Stroke
    start: tuple[float, float]
    end: tuple[float, float]
    source: str = ""
    target: str = ""
    bend: Bend | None = None

    @property
    def turn(self) -> tuple[tuple[float, float], ...]:
        """The Bézier curve of a bend: its start, two control points, its end; it stays between these heights."""
        if self.bend is None:
            return ()
        (x, above), (_, below) = self.start, self.end
        first, last = x + self.bend.after, x + self.bend.after + self.bend.across
        middle = (first + last) / 2
        return (first, above), (middle, above), (middle, below), (last, below)

    @property
    def heading(self) -> float:
        """The direction in which it ends, as ``angle``."""
        return 0 if self.bend else self.angle

    @property
    def length(self) -> float:
        return hypot(self.end[0] - self.start[0], self.end[1] - self.start[1])

    @property
    def angle(self) -> float:
        """Degrees, clockwise on the page, because y grows downwards."""
        return degrees(atan2(self.end[1] - self.start[1], self.end[0] - self.start[0]))

    @property
    def direction(self) -> tuple[float, float]:
        return (self.end[0] - self.start[0]) / self.length, (self.end[1] - self.start[1]) / self.length

    def at(self, distance: float) -> tuple[float, float]:
        """The point at this distance from the start."""
        ux, uy = self.direction
        return self.start[0] + distance * ux, self.start[1] + distance * uy


@dataclass(frozen=True, slots=True)
class Label:
    """The printed name of the variable with the id ``of``, its value, or both; or a derivative by it, ``slanted``.

    ``width`` is an estimate; with a ``halo`` (a white background) it is the width of that.
    """

    of: str
    x: float
    y: float
    body: Node
    width: float
    angle: float = 0
    anchor: Anchor = Anchor.MIDDLE
    halo: bool = False
    slanted: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """Some of a drawing."""

    circles: tuple[Circle, ...] = ()
    lines: tuple[Line, ...] = ()
    labels: tuple[Label, ...] = ()

    def __add__(self, other: Parts) -> Parts:
        return Parts(self.circles + other.circles, self.lines + other.lines, self.labels + other.labels)


@dataclass(frozen=True, slots=True)
class Diagram:
    """A drawing; lines are drawn first, then circles, then labels."""

    width: float
    height: float
    font_size: float
    circles: tuple[Circle, ...]
    lines: tuple[Line, ...]
    labels: tuple[Label, ...]

    @property
    def line_height(self) -> float:
        """The height of a label's background."""
        return LINE_HEIGHT * self.font_size
