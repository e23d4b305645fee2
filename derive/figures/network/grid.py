"""Where the circles stand: a column for the inputs and one for each layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derive.figures.drawing import Circle
from derive.figures.network.captions import Captions
from derive.figures.network.forms import TARGET_ARROW, Form
from derive.mathtext.svg import svg_width
from derive.mathtext.tree import Node, Row
from derive.model.network import Network

_WIDEST, _COLUMNS = 480.0, 8
_NOTHING = Row(())  # in a circle too small for its name
# From column to column: at most so much, and so much of the height of the columns.
_GAP, _GAP_OF_HEIGHT = 115.0, 0.3
# How far a column of so many neurons, or of more, reaches from the first to the last; and the widest spacing in it.
_EXTENTS, _ROW = (0.0, 0.0, 90.0, 140.0, 180.0, 212.0, 236.0), 90.0


@dataclass(frozen=True, slots=True)
class Grid:
    """Circles by layer (0 is the inputs) and by number in the layer; those cut out have no entry."""

    columns: Mapping[int, Mapping[int, Circle]]
    dots: tuple[Circle, ...]

    @property
    def is_cut(self) -> bool:
        return bool(self.dots)

    @property
    def bottom(self) -> float:
        """The middle of the lowest neuron."""
        return max(circle.y for column in self.columns.values() for circle in column.values())

    @property
    def circles(self) -> tuple[Circle, ...]:
        return tuple(circle for column in self.columns.values() for circle in column.values()) + self.dots


def grid_of(network: Network, captions: Captions, form: Form) -> Grid:
    """The circles of a network about the line y = 0."""
    layers = _names(network, captions)
    across = _shown(len(layers), _COLUMNS)
    down = {depth: _shown(len(layers[depth]), form.rows) for depth in across if depth is not None}
    extent = _EXTENTS[min(max(map(len, down.values())), len(_EXTENTS) - 1)]
    gap = _gap(_room(network, captions, form) / (len(across) - 1), extent, form)
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
                shown = body if svg_width(body) * form.font_size < 2 * form.radius else _NOTHING
                columns[depth][number] = Circle(name, slot * gap, y, form.radius, shown)
    return Grid(columns, tuple(dots))


def _names(network: Network, captions: Captions) -> list[list[tuple[str, Node]]]:
    """Layer by layer, the name and what is printed in the circle."""
    inputs = [(variable.id, captions.name(variable)) for variable in network.inputs]
    layers = [[(neuron.name, captions.name(neuron)) for neuron in layer.neurons] for layer in network.layers]
    return [inputs, *layers]


def _shown(count: int, limit: int) -> tuple[int | None, ...]:
    """The numbers of what is drawn; None stands for the dots between the first ones and the last."""
    return tuple(range(count)) if count <= limit else (*range(limit - 2), None, count - 1)


def _room(network: Network, captions: Captions, form: Form) -> float:
    """What the labels at both sides leave from the middle of the first column to the middle of the last."""
    given = (variable for variable in network.inputs if variable.id in captions.values)
    left = max((svg_width(captions.caption(variable)) for variable in given), default=0)
    right = max((svg_width(captions.caption(target)) for target in network.targets), default=0)
    return _WIDEST - (left + right) * form.font_size - TARGET_ARROW - 4 * form.radius


def _gap(room: float, extent: float, form: Form) -> float:
    """From column to column: wider where columns are tall, but never so wide that they have no room."""
    return max(min(_GAP + _GAP_OF_HEIGHT * extent, room), 3 * form.radius)


def _heights(count: int, extent: float) -> list[float]:
    """Evenly spread about the middle; a short column is spread wider than a tall one, but not as tall."""
    step = min(extent / max(count - 1, 1), _ROW)
    return [(position - (count - 1) / 2) * step for position in range(count)]
