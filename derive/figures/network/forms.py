"""The forms in which a network can be drawn, and the measures that several modules share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Wording(Enum):
    """How much a label says."""

    VALUE = "name = value"
    NAME = "name"
    NOTHING = ""


@dataclass(frozen=True, slots=True)
class Form:
    """One way to draw.

    ``crossings`` is how many lines may pass under a label, at a wide angle to its own edge. A column of more than
    ``rows`` neurons is cut short with dots.
    """

    font_size: float
    radius: float
    weights: Wording
    biases: Wording
    crossings: int = 0
    bias_arrow: float = 10
    rows: int = 12


# From the fullest to the plainest. The last one always succeeds.
FORMS = (
    Form(10, 14, Wording.VALUE, Wording.VALUE),
    Form(9, 12, Wording.VALUE, Wording.VALUE),
    Form(8, 10, Wording.VALUE, Wording.VALUE),
    Form(10, 14, Wording.NAME, Wording.VALUE),
    Form(9, 12, Wording.NAME, Wording.VALUE),
    Form(8, 9.5, Wording.NAME, Wording.VALUE, crossings=1),
    Form(8, 9.5, Wording.NAME, Wording.NAME, crossings=1, bias_arrow=6),
    Form(8, 9.5, Wording.NAME, Wording.NAME, crossings=2, bias_arrow=6),
    Form(7, 8, Wording.NAME, Wording.NAME, crossings=1, bias_arrow=5),
    Form(7, 8, Wording.NAME, Wording.NAME, crossings=2, bias_arrow=5),
    Form(8, 9.5, Wording.NOTHING, Wording.VALUE, rows=8),
    Form(8, 9.5, Wording.NOTHING, Wording.NAME, bias_arrow=6, rows=8),
    Form(8, 9.5, Wording.NOTHING, Wording.NOTHING, rows=8),
    Form(8, 9.5, Wording.NOTHING, Wording.NOTHING, rows=6),
)

TARGET_ARROW = 20.0  # from an output neuron to its target
CLEARANCE = 1.2  # between a label and what is not its own
