"""A whole network in one form, whether that is legible, and the frame around it."""

from __future__ import annotations

from dataclasses import replace

from derive.figures.diagram.captions import Captions
from derive.figures.diagram.drawing import Diagram, Parts
from derive.figures.diagram.edge_labels import edge_labels
from derive.figures.diagram.edges import weighted_edges
from derive.figures.diagram.forms import CLEARANCE, FORMS, Form, Wording
from derive.figures.diagram.grid import grid_of
from derive.figures.diagram.rectangles import around_circle, around_label, around_line
from derive.figures.diagram.surroundings import biases, inputs_and_targets
from derive.model.network import Network

_MARGIN = 2.0


def composed(network: Network, captions: Captions, form: Form) -> Parts | None:
    """The network in this form, or nothing where the form has no room for it."""
    grid = grid_of(network, captions, form)
    labelled = form.weights is not Wording.NOTHING
    if grid.is_cut and labelled:
        return None
    edges = tuple(weighted_edges(network, grid))
    parts = Parts(grid.circles, tuple(line for line, _ in edges))
    parts += inputs_and_targets(network, captions, grid, form) + biases(network, captions, grid, form)
    if form is not FORMS[-1] and not _is_clear(parts, form.font_size):
        return None
    if not labelled:
        return parts
    labels = edge_labels(edges, captions, parts, form)
    return parts + Parts(labels=labels) if labels else None


def _is_clear(parts: Parts, font_size: float) -> bool:
    """Whether no line runs through a circle that is not its own, and nothing through a label."""
    labels = [around_label(label, font_size) for label in parts.labels]
    lines = [around_line(line) for line in parts.lines]
    return (
        not any(
            shape.grown(CLEARANCE).covers(circle)
            for line, shape in zip(parts.lines, lines, strict=True)
            for circle in parts.circles
            if circle.name not in (line.source, line.target)
        )
        and not any(label.meets(line) for label in labels for line in lines)
        and not any(label.covers(circle) for label in labels for circle in parts.circles)
        and not any(label.meets(other) for index, label in enumerate(labels) for other in labels[:index])
    )


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
