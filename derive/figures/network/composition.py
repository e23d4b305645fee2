"""A whole network in one form, and whether that is legible."""

from __future__ import annotations

from derive.figures.drawing import Parts
from derive.figures.network.captions import Captions
from derive.figures.network.edge_labels import edge_labels
from derive.figures.network.edges import weighted_edges
from derive.figures.network.forms import CLEARANCE, FORMS, Form, Wording
from derive.figures.network.grid import grid_of
from derive.figures.network.surroundings import biases, inputs_and_targets
from derive.figures.rectangles import around_label, around_line
from derive.model.network import Network


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
