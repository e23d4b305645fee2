"""A place for each label on its own edge, where it can be taken for no other edge's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import sqrt

from derive.figures.drawing import Circle, Label, Line, Parts, Stroke
from derive.figures.network.captions import Captions
from derive.figures.network.forms import CLEARANCE, Form
from derive.figures.rectangles import Rectangle, around_label
from derive.model.quantities import Variable

_PADDING = 1.4  # of a label's background, at each end
_LEAD = 4.0  # of an edge that is seen between a circle and a label
_STEP = 2.0  # from one place on an edge to the next that is tried
_FORBIDDEN = 99
_WIDE = 0.5  # sine of the angle between an edge and a line that may pass under its label
_PATIENCE = 12  # attempts for each label before a form is given up


def edge_labels(
    edges: tuple[tuple[Line, Variable], ...], captions: Captions, parts: Parts, form: Form
) -> tuple[Label, ...] | None:
    """A label on each edge, none of which touches anything but its edge; or nothing where that cannot be had."""
    labels, places = [], []
    for line, weight in edges:
        label = captions.label(weight, line.start, form.font_size, form.weights)
        labels.append(replace(label, width=label.width + 2 * _PADDING, angle=line.angle, halo=True))
        places.append(_free_places(line, labels[-1], parts, form))
        if not places[-1]:
            return None
    chosen = _apart(places)
    if chosen is None:
        return None
    return tuple(replace(label, x=place.x, y=place.y) for label, place in zip(labels, chosen, strict=True))


def _free_places(edge: Line, label: Label, parts: Parts, form: Form) -> list[Rectangle]:
    """Places for the label on its edge, the best first: with the fewest lines under it, then by ``_along``."""
    shape = around_label(label, form.font_size).grown(CLEARANCE)
    lines = [
        (reach, _weight_under(line, edge, form))
        for line in parts.lines
        if line is not edge and (reach := _reach_of_line(line, edge, shape))
    ]
    circles = [reach for circle in parts.circles if (reach := _reach_of_circle(circle, edge, shape))]
    others = [around_label(other, form.font_size).grown(CLEARANCE) for other in parts.labels]
    free: list[tuple[int, Rectangle]] = []
    for distance in _along(edge, shape, parts.lines):
        under = sum(weight for (first, last), weight in lines if first < distance < last)
        if under > form.crossings or any(first < distance < last for first, last in circles):
            continue
        place = shape.moved(*edge.at(distance))
        if not any(map(place.meets, others)):
            free.append((under, place))
    return [place for _, place in sorted(free, key=lambda choice: choice[0])]


def _along(edge: Line, shape: Rectangle, lines: tuple[Line, ...]) -> list[float]:
    """Distances from the start of an edge, in order from the end where fewer edges meet: there is most room there."""
    first, last = shape.half_width + _LEAD, edge.length - shape.half_width - _LEAD
    steps = int((last - first) / _STEP) + 1 if last >= first else 0
    from_source = _meeting("source", edge, lines) < _meeting("target", edge, lines)
    return [first + step * _STEP if from_source else last - step * _STEP for step in range(steps)]


def _meeting(end: str, edge: Line, lines: tuple[Line, ...]) -> int:
    return sum(line.stroke is Stroke.WEIGHT and getattr(line, end) == getattr(edge, end) for line in lines)


def _weight_under(line: Line, edge: Line, form: Form) -> int:
    """How much it counts that a line passes under a label of the edge."""
    (ax, ay), (bx, by) = line.direction, edge.direction
    if line.stroke is Stroke.BIAS and form.crossings:
        # The dashes carry no labels, so a label over them can only be meant for the edge.
        return 0
    return 1 if line.stroke is Stroke.WEIGHT and abs(ax * by - ay * bx) >= _WIDE else _FORBIDDEN


def _seen_from(edge: Line, x: float, y: float) -> tuple[float, float]:
    """A point by its distance along an edge and across it."""
    (ux, uy), dx, dy = edge.direction, x - edge.start[0], y - edge.start[1]
    return dx * ux + dy * uy, dy * ux - dx * uy


def _reach_of_line(line: Line, edge: Line, shape: Rectangle) -> tuple[float, float] | None:
    """Between which distances along the edge a label would touch the line."""
    (u1, v1), (u2, v2) = _seen_from(edge, *line.start), _seen_from(edge, *line.end)
    half = shape.half_height
    if min(v1, v2) >= half or max(v1, v2) <= -half:
        return None
    if v1 != v2:
        # Only the part of the line that is within the label's height.
        u1, u2 = (u1 + (u2 - u1) * (min(max(v, -half), half) - v1) / (v2 - v1) for v in (v1, v2))
    return min(u1, u2) - shape.half_width, max(u1, u2) + shape.half_width


def _reach_of_circle(circle: Circle, edge: Line, shape: Rectangle) -> tuple[float, float] | None:
    """Between which distances along the edge a label would touch the circle."""
    along, across = _seen_from(edge, circle.x, circle.y)
    beyond = max(abs(across) - shape.half_height, 0)
    if beyond >= circle.radius:
        return None
    half = sqrt(circle.radius**2 - beyond**2) + shape.half_width
    return along - half, along + half


def _apart(places: list[list[Rectangle]]) -> tuple[Rectangle, ...] | None:
    """A place for each label such that none meets another.

    The hardest to place goes first. Where a label finds all its places taken, those in its way give way and are placed
    anew; the more often one has given way, the longer it stays.
    """
    chosen: dict[int, Rectangle] = {}
    moves = [0] * len(places)
    waiting = sorted(range(len(places)), key=lambda index: len(places[index]))
    patience = _PATIENCE * len(places)
    while waiting and patience:
        patience -= 1
        index = waiting.pop(0)
        place, in_the_way = min(
            ((place, _met(place, chosen)) for place in places[index]),
            key=lambda choice: sum(1 + moves[other] for other in choice[1]),
        )
        for other in in_the_way:
            del chosen[other]
            moves[other] += 1
        waiting += in_the_way
        chosen[index] = place
    return None if waiting else _improved(places, chosen)


def _met(place: Rectangle, chosen: Mapping[int, Rectangle]) -> list[int]:
    return [index for index, other in chosen.items() if place.meets(other)]


def _improved(places: list[list[Rectangle]], chosen: dict[int, Rectangle]) -> tuple[Rectangle, ...]:
    """Each label moved to the best of its places that is free, now that all of them have one."""
    for index, own in enumerate(places):
        del chosen[index]
        chosen[index] = next(place for place in own if not _met(place, chosen))
    return tuple(chosen[index] for index in range(len(places)))
