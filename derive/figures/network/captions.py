"""What the labels of a drawing say: a name in the sheet's notation, perhaps with its value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derive.figures.drawing import Anchor, Label
from derive.figures.network.forms import Wording
from derive.mathtext.building import row
from derive.mathtext.svg import svg_width
from derive.mathtext.tree import EQUALS, Node
from derive.model.network import Neuron
from derive.model.notation import Notation
from derive.model.quantities import Variable


@dataclass(frozen=True, slots=True)
class Captions:
    """The names and the values that a drawing prints."""

    notation: Notation
    values: Mapping[str, Node]

    def name(self, of: Variable | Neuron) -> Node:
        return self.notation.neuron(of.name) if isinstance(of, Neuron) else self.notation.symbol(of)

    def caption(self, variable: Variable, wording: Wording = Wording.VALUE) -> Node:
        """name = value, or only the name where the wording leaves the value out or none is known."""
        name, value = self.name(variable), self.values.get(variable.id)
        return row(name, EQUALS, value) if value and wording is Wording.VALUE else name

    def label(
        self,
        variable: Variable,
        at: tuple[float, float],
        font_size: float,
        wording: Wording = Wording.VALUE,
        anchor: Anchor = Anchor.MIDDLE,
    ) -> Label:
        """A level label without a background, as wide as its caption is estimated to be."""
        body = self.caption(variable, wording)
        return Label(variable.id, *at, body, svg_width(body) * font_size, anchor=anchor)
