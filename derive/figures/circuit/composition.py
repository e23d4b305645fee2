"""A circuit, or its stages, in the fullest form that a page has room for: circles, wires and labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import sqrt

from derive.figures.circuit.layers import Circuit, Link, Role, Spot, layers_of
from derive.figures.circuit.measures import BESIDE, LABELLED_FORMS, OFF_WIRE, PLAIN_FORMS, CircuitForm, Measures
from derive.figures.circuit.plan import HIGHEST, LEAD, WIDEST, Plan, plan_of
from derive.figures.circuit.signs import sign_node
from derive.figures.circuit.stages import Stage, stages_of
from derive.figures.drawing import Anchor, Bend, Circle, Diagram, Label, Line, Parts, Stroke
from derive.figures.frame import framed
from derive.mathtext.tree import Node
from derive.model.notation import Notation

_DOT = 1.4
_MOST_STAGES = 4


def circuit_diagrams(
    circuit: Circuit, notation: Notation, values: Mapping[str, Node], gradients: Mapping[str, Node]
) -> tuple[Diagram, ...]:
    """The drawing of a circuit, in stages where it is too wide for one, or nothing where no page has room for it.

    ``values`` and ``gradients`` are printed numbers by the variable's id; where one is missing, its place along the
    wire stays empty, to be written in. Only where not even the most stages have room for numbers are there only names.
    """
    for stages, form in _ways(circuit):
        measures = [Measures(layers_of(stage), form, notation, values, gradients) for stage in stages]
        diagrams = tuple(diagram for stage in measures if (diagram := _diagram(stage)))
        if len(diagrams) == len(stages):
            return diagrams
    return ()


def _ways(circuit: Circuit) -> Iterator[tuple[tuple[Stage, ...], CircuitForm]]:
    """The circuit as a whole in the fullest form; where it has to be cut, legible numbers come before few stages."""
    whole, *cut = dict.fromkeys(stages_of(circuit, count) for count in range(1, _MOST_STAGES + 1))
    for forms in (LABELLED_FORMS, PLAIN_FORMS):
        yield from ((whole, form) for form in forms)
        yield from ((stages, form) for form in forms for stages in cut)


def _diagram(measures: Measures) -> Diagram | None:
    """The drawing of one stage, or nothing where it needs more than a page."""
    if plan := plan_of(measures):
        diagram = framed(_parts(measures, plan), measures.form.font_size)
        if diagram.width <= WIDEST and diagram.height <= HIGHEST:
            return diagram
    return None


def _parts(measures: Measures, plan: Plan) -> Parts:
    parts = Parts(lines=tuple(_wire(measures, plan, link, height) for link, height in plan.arrivals()))
    for spot in plan.heights:
        labels = _name(measures, plan, spot), *_numbers(measures, plan, spot)
        parts += _gate(measures, plan, spot) + _fork(measures, plan, spot)
        parts += Parts(labels=tuple(label for label in labels if label))
    return parts


def _gate(measures: Measures, plan: Plan, spot: Spot) -> Parts:
    if spot.gate is None:
        return Parts()
    place = plan.columns[spot.layer].middle, plan.heights[spot]
    return Parts((Circle(spot.variable.id, *place, measures.radius(spot), sign_node(spot.gate.sign)),))


def _fork(measures: Measures, plan: Plan, spot: Spot) -> Parts:
    """The wire up to where it forks, and a dot there: a crossing has none."""
    if not plan.layers.forks(spot):
        return Parts()
    fork = plan.columns[spot.layer].fork, plan.heights[spot]
    wire = Line(Stroke.WIRE, (_start(measures, plan, spot), fork[1]), fork, _circle_of(spot))
    return Parts((Circle("", *fork, _DOT),), (wire,) if wire.length else ())


def _wire(measures: Measures, plan: Plan, link: Link, height: float) -> Line:
    """From a spot, or from where its wire forks, to where a link arrives."""
    source, target = link.source, link.target
    column, ahead = plan.columns[source.layer], plan.columns[target.layer]
    forks = plan.layers.forks(source)
    start = column.fork if forks else _start(measures, plan, source), plan.heights[source]
    below = height - plan.heights[target]
    end = ahead.middle - sqrt(measures.radius(target) ** 2 - below**2) if target.gate else ahead.left
    stroke = Stroke.WIRE if target.role is Role.PASSAGE else Stroke.ARROW
    is_straight = height == start[1] and not below
    bend = None if is_straight else Bend(column.fork - start[0], ahead.left - LEAD - column.fork)
    return Line(stroke, start, (end, height), "" if forks else _circle_of(source), _circle_of(target), bend)


def _start(measures: Measures, plan: Plan, spot: Spot) -> float:
    """Where the wire of a spot begins: at the rim of its circle, or behind its name."""
    column = plan.columns[spot.layer]
    if spot.gate:
        return column.middle + measures.radius(spot)
    return column.left if spot.role is Role.PASSAGE else column.right


def _circle_of(spot: Spot) -> str:
    return spot.variable.id if spot.gate else ""


def _name(measures: Measures, plan: Plan, spot: Spot) -> Label | None:
    """Left of an input, right of a result, above a gate."""
    column, height = plan.columns[spot.layer], plan.heights[spot]
    name = measures.name(spot)
    label = Label(spot.variable.id, column.middle, height, name, measures.length(name))
    if spot.role is Role.INPUT:
        return replace(label, x=column.right - BESIDE, anchor=Anchor.END)
    if spot.role is Role.OUTPUT:
        return replace(label, x=column.left + BESIDE, anchor=Anchor.START)
    above = height - measures.radius(spot) - measures.line / 2
    return replace(label, y=above) if measures.is_named_above(spot) else None


def _numbers(measures: Measures, plan: Plan, spot: Spot) -> Iterator[Label]:
    """The value above the wire and the gradient below it, as far as they are given."""
    if not measures.form.is_labelled or spot.role in (Role.PASSAGE, Role.OUTPUT):
        return
    column, away = plan.columns[spot.layer], OFF_WIRE + measures.line / 2
    middle = (column.right + column.fork) / 2
    for given, side, slanted in ((measures.values, -1, False), (measures.gradients, 1, True)):
        if text := given.get(spot.variable.id):
            height = plan.heights[spot] + side * away
            yield Label(spot.variable.id, middle, height, text, measures.length(text), slanted=slanted)
