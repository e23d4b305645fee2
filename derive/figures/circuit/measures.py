"""The forms in which a circuit can be drawn, and what each spot needs in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derive.figures.circuit.heights import Extent
from derive.figures.circuit.layers import Layers, Role, Spot
from derive.figures.circuit.signs import sign_node
from derive.figures.drawing import LINE_HEIGHT
from derive.mathtext.sizes import width
from derive.mathtext.tree import Node
from derive.model.notation import Notation

OFF_WIRE = 0.8  # from a wire to the line of text above or below it
BESIDE = 3.0  # between a wire and a name at its end
_PADDING = 2.0  # at each side of a label
_PASSAGE = 3.0  # above and below a wire that only passes
_SIGN, _RIM = 1.18, 1.8  # TeX's signs are so much wider than the estimate; from a sign to the circle around it
# The share of a gate's height on which its wires arrive, and how much radius each of them needs.
_REACH, _RADIUS_PER_WIRE = 0.6, 3.5


@dataclass(frozen=True, slots=True)
class CircuitForm:
    """One way to draw: ``room`` is the length of wire for a value that is to be written, ``gap`` lies between rows."""

    font_size: float
    radius: float
    room: float
    gap: float
    is_labelled: bool = True


# With numbers and without, each from the fullest to the plainest; where the last has no room there is no drawing.
LABELLED_FORMS = (
    CircuitForm(10, 11, 44, 12),
    CircuitForm(10, 10, 34, 8),
    CircuitForm(9, 9, 30, 6),
    CircuitForm(8, 8, 26, 5),
    CircuitForm(7, 7, 20, 4),
)
PLAIN_FORMS = (
    CircuitForm(9, 9, 5, 6, is_labelled=False),
    CircuitForm(8, 8, 4, 5, is_labelled=False),
    CircuitForm(7, 7, 3, 4, is_labelled=False),
)


@dataclass(frozen=True, slots=True)
class Measures:
    """The sizes of everything in one circuit, drawn in one form."""

    layers: Layers
    form: CircuitForm
    notation: Notation
    values: Mapping[str, Node]
    gradients: Mapping[str, Node]

    @property
    def line(self) -> float:
        """The height of a line of text."""
        return LINE_HEIGHT * self.form.font_size

    def name(self, spot: Spot) -> Node:
        return self.notation.symbol(spot.variable)

    def length(self, text: Node) -> float:
        return width(text) * self.form.font_size

    def is_named_above(self, spot: Spot) -> bool:
        """A gate has its result's name above it, but for a result of the circuit, named at the end of its wire."""
        return spot.gate is not None and spot.variable not in self.layers.outputs

    def radius(self, spot: Spot) -> float:
        """As all gates of the form have it, but larger for a long sign or for many wires."""
        if spot.gate is None:
            return 0.0
        sign = _SIGN * self.length(sign_node(spot.gate.sign)) / 2 + _RIM
        return max(self.form.radius, sign, _RADIUS_PER_WIRE * (len(spot.gate.inputs) - 1))

    def ports(self, spot: Spot) -> tuple[float, ...]:
        """How far below the middle each wire arrives, from top to bottom."""
        count, reach = len(self.layers.arriving(spot)), _REACH * self.radius(spot)
        if count < 2:
            return (0.0,) * count
        return tuple(round(reach * (2 * index / (count - 1) - 1), 1) for index in range(count))

    def extent(self, spot: Spot) -> Extent:
        """What a spot needs above and below."""
        half, label = self.form.gap / 2, OFF_WIRE + self.line if self.form.is_labelled else self.line / 2
        match spot.role:
            case Role.PASSAGE:
                return Extent(_PASSAGE, _PASSAGE)
            case Role.OUTPUT:
                return Extent(self.line / 2 + half, self.line / 2 + half)
            case Role.INPUT:
                return Extent(label + half, label + half)
            case Role.GATE:
                name = self.line if self.is_named_above(spot) else 0.0
                return Extent(max(label, self.radius(spot) + name) + half, max(label, self.radius(spot)) + half)

    def breadth(self, spot: Spot) -> float:
        """What a spot takes of its column."""
        match spot.role:
            case Role.PASSAGE:
                return 0.0
            case Role.GATE:
                name = self.length(self.name(spot)) + _PADDING if self.is_named_above(spot) else 0.0
                return max(2 * self.radius(spot), name)
            case _:
                return self.length(self.name(spot)) + BESIDE

    def room(self, spot: Spot) -> float:
        """The level wire behind an input or a gate: as long as its labels, and long enough to write them."""
        if spot.role in (Role.PASSAGE, Role.OUTPUT):
            return 0.0
        if not self.form.is_labelled:
            return self.form.room
        texts = (given.get(spot.variable.id) for given in (self.values, self.gradients))
        return max([self.form.room, *(self.length(text) + 2 * _PADDING for text in texts if text)])
