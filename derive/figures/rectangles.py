"""Turned rectangles: what a label or a line covers, and whether two of them meet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cos, hypot, radians, sin

from derive.figures.drawing import LINE_HEIGHT, Anchor, Circle, Label, Line


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle by its middle, half its sides, and the direction of its length; a line is one without height."""

    x: float
    y: float
    half_width: float
    half_height: float
    ux: float = 1
    uy: float = 0

    @property
    def reach(self) -> float:
        """From the middle to a corner."""
        return hypot(self.half_width, self.half_height)

    def extent(self, ax: float, ay: float) -> float:
        """Half the length of its shadow in a direction."""
        return self.half_width * abs(self.ux * ax + self.uy * ay) + self.half_height * abs(self.ux * ay - self.uy * ax)

    def meets(self, other: Rectangle) -> bool:
        """Two rectangles are apart when a side of one of them separates them."""
        dx, dy = other.x - self.x, other.y - self.y
        if hypot(dx, dy) > self.reach + other.reach:
            return False
        return all(
            abs(dx * ax + dy * ay) < self.extent(ax, ay) + other.extent(ax, ay)
            for ax, ay in ((self.ux, self.uy), (-self.uy, self.ux), (other.ux, other.uy), (-other.uy, other.ux))
        )

    def covers(self, circle: Circle) -> bool:
        """Whether it touches a circle."""
        dx, dy = circle.x - self.x, circle.y - self.y
        along, across = abs(dx * self.ux + dy * self.uy), abs(dy * self.ux - dx * self.uy)
        return hypot(max(along - self.half_width, 0), max(across - self.half_height, 0)) < circle.radius

    def grown(self, by: float) -> Rectangle:
        return replace(self, half_width=self.half_width + by, half_height=self.half_height + by)

    def moved(self, x: float, y: float) -> Rectangle:
        return replace(self, x=x, y=y)


def around_line(line: Line) -> Rectangle:
    return Rectangle(*line.at(line.length / 2), line.length / 2, 0, *line.direction)


def around_circle(circle: Circle) -> Rectangle:
    return Rectangle(circle.x, circle.y, circle.radius, circle.radius)


def around_label(label: Label, font_size: float) -> Rectangle:
    half = label.width / 2
    shift = {Anchor.START: half, Anchor.MIDDLE: 0, Anchor.END: -half}[label.anchor]
    angle = radians(label.angle)
    return Rectangle(label.x + shift, label.y, half, LINE_HEIGHT * font_size / 2, cos(angle), sin(angle))
