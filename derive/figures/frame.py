"""The frame around a drawing: as large as what is in it."""

from __future__ import annotations

from dataclasses import replace

from derive.figures.drawing import Diagram, Parts
from derive.figures.rectangles import around_circle, around_label, around_line

_MARGIN = 2.0


def framed(parts: Parts, font_size: float) -> Diagram:
    """The drawing moved to where its frame starts at zero; the frame is as large as what is in it."""
    shapes = [around_label(label, font_size) for label in parts.labels]
    shapes += map(around_circle, parts.circles)
    shapes += map(around_line, parts.lines)
    left = min(shape.x - shape.extent(1, 0) for shape in shapes) - _MARGIN
    right = max(shape.x + shape.extent(1, 0) for shape in shapes) + _MARGIN
    top = min(shape.y - shape.extent(0, 1) for shape in shapes) - _MARGIN
    bottom = max(shape.y + shape.extent(0, 1) for shape in shapes) + _MARGIN

    def moved(point: tuple[float, float]) -> tuple[float, float]:
        return _rounded(point[0] - left), _rounded(point[1] - top)

    circles, labels = [], []
    for circle in parts.circles:
        x, y = moved((circle.x, circle.y))
        circles.append(replace(circle, x=x, y=y))
    lines = [replace(line, start=moved(line.start), end=moved(line.end)) for line in parts.lines]
    for label in parts.labels:
        x, y = moved((label.x, label.y))
        labels.append(replace(label, x=x, y=y, width=_rounded(label.width), angle=_rounded(label.angle)))
    size = _rounded(right - left), _rounded(bottom - top)
    return Diagram(*size, font_size, tuple(circles), tuple(lines), tuple(labels))


def _rounded(length: float) -> float:
    # Finer than any printer, and without the −0.0 and 1e-15 that TeX cannot read.
    return round(length, 2) + 0.0
