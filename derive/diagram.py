"""The drawing of a network: where its neurons, edges and labels stand, in points. No markup and no words.

A label lies on its own edge, near one end of it where there is room, and as few other lines as can be pass under it: a
reader who has to wonder which weight a label names has lost more than the drawing gives. The forms in which a network
can be drawn are a table, from values on every edge to no labels on the edges at all; the first that has room is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from math import atan2, cos, degrees, hypot, radians, sin, sqrt

from derive.mathtext.tree import EQUALS, Identifier, Node, Number, Row, row, width
from derive.network import BiasMode, Layer, Network, Neuron
from derive.quantities import Variable


class Stroke(Enum):
    """What a line stands for."""

    WEIGHT = "weight"
    BIAS = "bias"
    ARROW = "arrow"


class Anchor(Enum):
    """Which point of a label is given; vertically it is always the middle of the line of text."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True, slots=True)
class Circle:
    """A neuron, an input, the constant 1 of a bias; without a ``body``, a dot of an ellipsis."""

    name: str
    x: float
    y: float
    radius: float
    body: Node | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """From the rim of one circle to the rim of another; an end without a circle has an empty name."""

    stroke: Stroke
    start: tuple[float, float]
    end: tuple[float, float]
    source: str = ""
    target: str = ""

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
    """The printed name of the variable with the id ``of``, perhaps with its value.

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
        return _LINE * self.font_size


class _Wording(Enum):
    """How much a label says."""

    VALUE = 2
    NAME = 1
    NOTHING = 0


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to draw.

    ``crossings`` is how many lines may pass under a label, at a wide angle to its own edge. A column of more than
    ``rows`` neurons is cut short with dots.
    """

    font_size: float
    radius: float
    weights: _Wording
    biases: _Wording
    crossings: int = 0
    bias_arrow: float = 10
    rows: int = 12


# From the fullest to the plainest. The last one always succeeds.
_FORMS = (
    _Form(10, 14, _Wording.VALUE, _Wording.VALUE),
    _Form(9, 12, _Wording.VALUE, _Wording.VALUE),
    _Form(8, 10, _Wording.VALUE, _Wording.VALUE),
    _Form(10, 14, _Wording.NAME, _Wording.VALUE),
    _Form(9, 12, _Wording.NAME, _Wording.VALUE),
    _Form(8, 9.5, _Wording.NAME, _Wording.VALUE, crossings=1),
    _Form(8, 9.5, _Wording.NAME, _Wording.NAME, crossings=1, bias_arrow=6),
    _Form(8, 9.5, _Wording.NAME, _Wording.NAME, crossings=2, bias_arrow=6),
    _Form(7, 8, _Wording.NAME, _Wording.NAME, crossings=1, bias_arrow=5),
    _Form(7, 8, _Wording.NAME, _Wording.NAME, crossings=2, bias_arrow=5),
    _Form(8, 9.5, _Wording.NOTHING, _Wording.VALUE, rows=8),
    _Form(8, 9.5, _Wording.NOTHING, _Wording.NAME, bias_arrow=6, rows=8),
    _Form(8, 9.5, _Wording.NOTHING, _Wording.NOTHING, rows=8),
    _Form(8, 9.5, _Wording.NOTHING, _Wording.NOTHING, rows=6),
)

_WIDEST, _COLUMNS = 480.0, 8
# From column to column: at most so much, and so much of the height of the columns.
_GAP, _GAP_OF_HEIGHT = 115.0, 0.3
# How far a column of so many neurons, or of more, reaches from the first to the last; and the widest spacing in it.
_EXTENTS, _ROW = (0.0, 0.0, 90.0, 140.0, 180.0, 212.0, 236.0), 90.0
_DROP = 26.0  # from the lowest neuron to the row of the biases
_LINE = 1.1  # of the font size
_PADDING, _CLEARANCE, _MARGIN = 2.0, 1.2, 2.0
_LEAD = 4.0  # of an edge that is seen between a circle and a label
_FORBIDDEN = 99
_WIDE = 0.5  # sine of the angle between an edge and a line that may pass under its label
_ARROW, _BESIDE, _STEP = 20.0, 4.0, 2.0
_PATIENCE = 12  # attempts for each label before a form is given up
_ONE = Number("1")


@dataclass(frozen=True, slots=True)
class _Box:
    """A rectangle by its middle, half its sides, and the direction of its length; a line is one without height."""

    x: float
    y: float
    half_width: float
    half_height: float
    ux: float = 1
    uy: float = 0

    @property
    def reach(self) -> float:
        return hypot(self.half_width, self.half_height)

    def extent(self, ax: float, ay: float) -> float:
        """Half the length of its shadow in a direction."""
        return self.half_width * abs(self.ux * ax + self.uy * ay) + self.half_height * abs(self.ux * ay - self.uy * ax)

    def meets(self, other: _Box) -> bool:
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

    def grown(self, by: float) -> _Box:
        return replace(self, half_width=self.half_width + by, half_height=self.half_height + by)

    def moved(self, x: float, y: float) -> _Box:
        return replace(self, x=x, y=y)


def _box_of_line(line: Line) -> _Box:
    return _Box(*line.at(line.length / 2), line.length / 2, 0, *line.direction)


def _box_of_label(label: Label, font_size: float) -> _Box:
    half = label.width / 2
    shift = {Anchor.START: half, Anchor.MIDDLE: 0, Anchor.END: -half}[label.anchor]
    angle = radians(label.angle)
    return _Box(label.x + shift, label.y, half, _LINE * font_size / 2, cos(angle), sin(angle))


@dataclass(frozen=True, slots=True)
class _Text:
    """What labels say."""

    label: Callable[[Variable], Node]
    values: Mapping[str, Node]

    def of(self, variable: Variable, wording: _Wording = _Wording.VALUE) -> Node:
        name, value = self.label(variable), self.values.get(variable.id)
        return row(name, EQUALS, value) if value and wording is _Wording.VALUE else name


@dataclass(frozen=True, slots=True)
class _Grid:
    """Circles by layer (0 is the inputs) and by number in the layer; those cut out have no entry."""

    columns: Mapping[int, Mapping[int, Circle]]
    dots: tuple[Circle, ...]
    gap: float
    cut: bool

    @property
    def bottom(self) -> float:
        return max(circle.y for column in self.columns.values() for circle in column.values())

    def circles(self) -> tuple[Circle, ...]:
        return tuple(circle for column in self.columns.values() for circle in column.values()) + self.dots


@dataclass(frozen=True, slots=True)
class _Parts:
    """Some of a drawing."""

    circles: tuple[Circle, ...] = ()
    lines: tuple[Line, ...] = ()
    labels: tuple[Label, ...] = ()

    def __add__(self, other: _Parts) -> _Parts:
        return _Parts(self.circles + other.circles, self.lines + other.lines, self.labels + other.labels)


def network_diagram(
    network: Network, label: Callable[[Variable], Node], values: Mapping[str, Node] | None = None
) -> Diagram:
    """The drawing of a network in the fullest form that stays legible."""
    text = _Text(label, values or {})
    parts, form = next((parts, form) for form in _FORMS if (parts := _drawn(network, text, form)))
    return _framed(parts, form.font_size)


def _drawn(network: Network, text: _Text, form: _Form) -> _Parts | None:
    """The network in this form, or nothing where the form has no room for it."""
    grid = _grid(network, text, form)
    labelled = form.weights is not _Wording.NOTHING
    if grid.cut and labelled:
        return None
    edges = tuple(_edges(network, grid))
    parts = _Parts(grid.circles(), tuple(line for line, _ in edges))
    parts += _surroundings(network, text, grid, form) + _biases(network, text, grid, form)
    if form is not _FORMS[-1] and not _is_clear(parts, form):
        return None
    if not labelled:
        return parts
    labels = _edge_labels(edges, text, parts, form)
    return parts + _Parts(labels=labels) if labels else None


# --- Where the circles stand -----------------------------------------------------------------------------------------


def _grid(network: Network, text: _Text, form: _Form) -> _Grid:
    layers = _named_circles(network, text)
    left = max((width(text.of(variable)) for variable in network.inputs if variable.id in text.values), default=0)
    right = max(width(text.of(target)) for target in network.targets)
    across = _shown(len(layers), _COLUMNS)
    room = _WIDEST - (left + right) * form.font_size - _ARROW - 4 * form.radius
    down = {depth: _shown(len(layers[depth]), form.rows) for depth in across if depth is not None}
    extent = _EXTENTS[min(max(map(len, down.values())), len(_EXTENTS) - 1)]
    gap = max(min(_GAP + _GAP_OF_HEIGHT * extent, room / (len(across) - 1)), 3 * form.radius)
    columns: dict[int, dict[int, Circle]] = {}
    dots: list[Circle] = []
    for slot, depth in enumerate(across):
        if depth is None:
            dots += [Circle("", slot * gap + shift, 0, 1) for shift in (-6, 0, 6)]
            continue
        columns[depth] = {}
        for number, y in zip(down[depth], _heights(len(down[depth]), extent), strict=True):
            if number is None:
                dots += [Circle("", slot * gap, y + shift, 1) for shift in (-5, 0, 5)]
            else:
                name, body = layers[depth][number]
                columns[depth][number] = Circle(name, slot * gap, y, form.radius, body)
    return _Grid(columns, tuple(dots), gap, cut=bool(dots))


def _named_circles(network: Network, text: _Text) -> list[list[tuple[str, Node]]]:
    """Layer by layer, the name and what is printed in the circle."""
    inputs = [(variable.id, text.label(variable)) for variable in network.inputs]
    return [inputs, *([(neuron.name, _index(neuron)) for neuron in layer.neurons] for layer in network.layers)]


def _index(neuron: Neuron) -> Node:
    """h₁ as it stands in the index of net and out: a letter and a figure on one line."""
    letters = neuron.name.rstrip("0123456789")
    return Row((Identifier(letters), Number(neuron.name[len(letters) :])))


def _shown(count: int, limit: int) -> tuple[int | None, ...]:
    """The numbers of what is drawn; None stands for the dots between the first ones and the last."""
    return tuple(range(count)) if count <= limit else (*range(limit - 2), None, count - 1)


def _heights(count: int, extent: float) -> list[float]:
    """Evenly spread about the middle; a short column is spread wider than a tall one, but not as tall."""
    step = min(extent / max(count - 1, 1), _ROW)
    return [(position - (count - 1) / 2) * step for position in range(count)]


# --- What is around them ---------------------------------------------------------------------------------------------


def _edges(network: Network, grid: _Grid) -> Iterator[tuple[Line, Variable]]:
    for depth, layer in enumerate(network.layers, start=1):
        if depth not in grid.columns or depth - 1 not in grid.columns:
            continue
        for number, target in grid.columns[depth].items():
            for source_number, source in grid.columns[depth - 1].items():
                yield _joined(Stroke.WEIGHT, source, target), layer.neurons[number].weights[source_number]


def _joined(stroke: Stroke, source: Circle, target: Circle) -> Line:
    centres = Line(stroke, (source.x, source.y), (target.x, target.y), source.name, target.name)
    rims = centres.at(source.radius), centres.at(centres.length - target.radius)
    return replace(centres, start=rims[0], end=rims[1])


def _surroundings(network: Network, text: _Text, grid: _Grid, form: _Form) -> _Parts:
    """The values of the inputs and, behind an arrow, the targets."""
    parts = _Parts()
    for number, circle in grid.columns[0].items():
        variable = network.inputs[number]
        if variable.id in text.values:
            x = circle.x - circle.radius - _BESIDE
            parts += _Parts(labels=(_label(variable, text.of(variable), (x, circle.y), form, Anchor.END),))
    for number, circle in grid.columns[len(network.layers)].items():
        target = network.targets[number]
        start, end = (circle.x + circle.radius, circle.y), (circle.x + circle.radius + _ARROW, circle.y)
        parts += _Parts(
            lines=(Line(Stroke.ARROW, start, end, source=circle.name),),
            labels=(_label(target, text.of(target), (end[0] + _BESIDE, circle.y), form, Anchor.START),),
        )
    return parts


def _label(of: Variable, body: Node, at: tuple[float, float], form: _Form, anchor: Anchor = Anchor.MIDDLE) -> Label:
    return Label(of.id, *at, body, width(body) * form.font_size, anchor=anchor)


def _biases(network: Network, text: _Text, grid: _Grid, form: _Form) -> _Parts:
    parts = _Parts()
    for depth, layer in enumerate(network.layers, start=1):
        if depth in grid.columns and depth - 1 in grid.columns:
            draw = {BiasMode.NONE: _no_bias, BiasMode.LAYER: _shared_bias, BiasMode.NEURON: _own_biases}
            parts += draw[layer.bias_mode](layer, depth, text, grid, form)
    return parts


def _no_bias(layer: Layer, depth: int, text: _Text, grid: _Grid, form: _Form) -> _Parts:
    return _Parts()


def _shared_bias(layer: Layer, depth: int, text: _Text, grid: _Grid, form: _Form) -> _Parts:
    """The constant 1 in a row below all neurons, below the column that feeds the layer, with one label."""
    (bias,) = layer.biases
    x = next(iter(grid.columns[depth - 1].values())).x
    one = Circle(bias.id, x, grid.bottom + form.radius + _DROP, 0.7 * form.radius, _ONE)
    at = one.x - one.radius - _BESIDE, one.y
    return _Parts(
        (one,),
        tuple(_joined(Stroke.BIAS, one, circle) for circle in grid.columns[depth].values()),
        (_label(bias, text.of(bias, form.biases), at, form, Anchor.END),),
    )


def _own_biases(layer: Layer, depth: int, text: _Text, grid: _Grid, form: _Form) -> _Parts:
    """A short arrow from above into each neuron, with the label on top: the one side that edges leave free."""
    parts = _Parts()
    for number, circle in grid.columns[depth].items():
        bias = layer.neurons[number].bias
        if bias is None or form.biases is _Wording.NOTHING:
            continue
        tip = circle.x, circle.y - circle.radius
        tail = tip[0], tip[1] - form.bias_arrow
        above = tail[0], tail[1] - _LINE * form.font_size / 2 - _CLEARANCE
        parts += _Parts(
            lines=(Line(Stroke.ARROW, tail, tip, target=circle.name),),
            labels=(_label(bias, text.of(bias, form.biases), above, form),),
        )
    return parts


# --- Labels on edges -------------------------------------------------------------------------------------------------


def _is_clear(parts: _Parts, form: _Form) -> bool:
    """Whether no line runs through a circle that is not its own, and nothing through a label."""
    boxes = [_box_of_label(label, form.font_size) for label in parts.labels]
    lines = [_box_of_line(line) for line in parts.lines]
    return (
        not any(
            box.grown(_CLEARANCE).covers(circle)
            for line, box in zip(parts.lines, lines, strict=True)
            for circle in parts.circles
            if circle.name not in (line.source, line.target)
        )
        and not any(box.meets(line) for box in boxes for line in lines)
        and not any(box.covers(circle) for box in boxes for circle in parts.circles)
        and not any(box.meets(other) for index, box in enumerate(boxes) for other in boxes[:index])
    )


def _edge_labels(
    edges: tuple[tuple[Line, Variable], ...], text: _Text, parts: _Parts, form: _Form
) -> tuple[Label, ...] | None:
    """A label on each edge, none of which touches anything but its edge; or nothing where that cannot be had."""
    labels, places = [], []
    for line, weight in edges:
        label = _label(weight, text.of(weight, form.weights), line.start, form)
        labels.append(replace(label, width=label.width + 2 * _PADDING, angle=line.angle, halo=True))
        places.append(_free_places(line, labels[-1], parts, form))
        if not places[-1]:
            return None
    chosen = _apart(places)
    return chosen and tuple(replace(label, x=box.x, y=box.y) for label, box in zip(labels, chosen, strict=True))


def _free_places(edge: Line, label: Label, parts: _Parts, form: _Form) -> list[_Box]:
    """Places for the label on its edge, the best first: with the fewest lines under it, then by ``_along``."""
    shape = _box_of_label(label, form.font_size).grown(_CLEARANCE)
    lines = [
        (reach, _weight_under(line, edge, form))
        for line in parts.lines
        if line is not edge and (reach := _reach_of_line(line, edge, shape))
    ]
    circles = [reach for circle in parts.circles if (reach := _reach_of_circle(circle, edge, shape))]
    others = [_box_of_label(other, form.font_size).grown(_CLEARANCE) for other in parts.labels]
    free: list[tuple[int, _Box]] = []
    for distance in _along(edge, shape, parts.lines):
        under = sum(weight for (first, last), weight in lines if first < distance < last)
        if under > form.crossings or any(first < distance < last for first, last in circles):
            continue
        place = shape.moved(*edge.at(distance))
        if not any(map(place.meets, others)):
            free.append((under, place))
    return [place for _, place in sorted(free, key=lambda choice: choice[0])]


def _along(edge: Line, shape: _Box, lines: tuple[Line, ...]) -> list[float]:
    """Distances from the start of an edge, in order from the end where fewer edges meet: there is most room there."""
    first, last = shape.half_width + _LEAD, edge.length - shape.half_width - _LEAD
    steps = int((last - first) / _STEP) + 1 if last >= first else 0
    from_source = _meeting("source", edge, lines) < _meeting("target", edge, lines)
    return [first + step * _STEP if from_source else last - step * _STEP for step in range(steps)]


def _meeting(end: str, edge: Line, lines: tuple[Line, ...]) -> int:
    return sum(line.stroke is Stroke.WEIGHT and getattr(line, end) == getattr(edge, end) for line in lines)


def _weight_under(line: Line, edge: Line, form: _Form) -> int:
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


def _reach_of_line(line: Line, edge: Line, shape: _Box) -> tuple[float, float] | None:
    """Between which distances along the edge a label would touch the line."""
    (u1, v1), (u2, v2) = _seen_from(edge, *line.start), _seen_from(edge, *line.end)
    half = shape.half_height
    if min(v1, v2) >= half or max(v1, v2) <= -half:
        return None
    if v1 != v2:
        # Only the part of the line that is within the label's height.
        u1, u2 = (u1 + (u2 - u1) * (min(max(v, -half), half) - v1) / (v2 - v1) for v in (v1, v2))
    return min(u1, u2) - shape.half_width, max(u1, u2) + shape.half_width


def _reach_of_circle(circle: Circle, edge: Line, shape: _Box) -> tuple[float, float] | None:
    """Between which distances along the edge a label would touch the circle."""
    along, across = _seen_from(edge, circle.x, circle.y)
    beyond = max(abs(across) - shape.half_height, 0)
    if beyond >= circle.radius:
        return None
    half = sqrt(circle.radius**2 - beyond**2) + shape.half_width
    return along - half, along + half


def _apart(places: list[list[_Box]]) -> tuple[_Box, ...] | None:
    """A place for each label such that none meets another.

    The hardest to place goes first. Where a label finds all its places taken, those in its way give way and are placed
    anew; the more often one has given way, the longer it stays.
    """
    chosen: dict[int, _Box] = {}
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


def _met(place: _Box, chosen: Mapping[int, _Box]) -> list[int]:
    return [index for index, other in chosen.items() if place.meets(other)]


def _improved(places: list[list[_Box]], chosen: dict[int, _Box]) -> tuple[_Box, ...]:
    """Each label moved to the best of its places that is free, now that all of them have one."""
    for index, own in enumerate(places):
        del chosen[index]
        chosen[index] = next(place for place in own if not _met(place, chosen))
    return tuple(chosen[index] for index in range(len(places)))


# --- The frame -------------------------------------------------------------------------------------------------------


def _framed(parts: _Parts, font_size: float) -> Diagram:
    """The drawing moved to where its frame starts at zero; the frame is as large as what is in it."""
    boxes = [_box_of_label(label, font_size) for label in parts.labels]
    boxes += [_Box(circle.x, circle.y, circle.radius, circle.radius) for circle in parts.circles]
    boxes += [_box_of_line(line) for line in parts.lines]
    left, right = (sign * max(sign * box.x + box.extent(1, 0) for box in boxes) + sign * _MARGIN for sign in (-1, 1))
    top, bottom = (sign * max(sign * box.y + box.extent(0, 1) for box in boxes) + sign * _MARGIN for sign in (-1, 1))

    def x(value: float) -> float:
        return _rounded(value - left)

    def y(value: float) -> float:
        return _rounded(value - top)

    return Diagram(
        _rounded(right - left),
        _rounded(bottom - top),
        font_size,
        tuple(replace(circle, x=x(circle.x), y=y(circle.y)) for circle in parts.circles),
        tuple(
            replace(line, start=(x(line.start[0]), y(line.start[1])), end=(x(line.end[0]), y(line.end[1])))
            for line in parts.lines
        ),
        tuple(
            replace(label, x=x(label.x), y=y(label.y), width=_rounded(label.width), angle=_rounded(label.angle))
            for label in parts.labels
        ),
    )


def _rounded(length: float) -> float:
    # Finer than any printer, and without the −0.0 and 1e-15 that TeX cannot read.
    return round(length, 2) + 0.0
