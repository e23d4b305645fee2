"""The drawing of a network: where its neurons, edges and labels stand, in points. No markup and no words.

A label lies on its own edge, near one end of it where there is room, and as few other lines as can be pass under it: a
reader who has to wonder which weight a label names has lost more than the drawing gives. The forms in which a network
can be drawn are a table, from values on every edge to no labels on the edges at all; the first that has room is taken.

forms         the table of forms, and the measures that several modules share
captions      what a label says, and how long it is
grid          where circles stand
edges         lines from rim to rim
surroundings  inputs, targets and biases
edge_labels   a place for each label on its edge
composition   all of it in one form
"""

from __future__ import annotations

from collections.abc import Mapping

from derive.figures.drawing import Anchor, Circle, Diagram, Label, Line, Stroke
from derive.figures.frame import framed
from derive.figures.network.captions import Captions
from derive.figures.network.composition import composed
from derive.figures.network.forms import FORMS
from derive.mathtext.tree import Node
from derive.model.network import Network
from derive.model.notation import Notation

__all__ = ["Anchor", "Circle", "Diagram", "Label", "Line", "Stroke", "network_diagram"]


def network_diagram(network: Network, notation: Notation, values: Mapping[str, Node] | None = None) -> Diagram:
    """The drawing of a network in the fullest form that stays legible; ``values`` are printed numbers by id."""
    captions = Captions(notation, values or {})
    parts, form = next((parts, form) for form in FORMS if (parts := composed(network, captions, form)))
    return framed(parts, form.font_size)
