"""What quantities are called on paper: a record for each notation, with a printed stem for each kind of quantity.

``net-out`` follows Mazur's page: net and out of a neuron, i for inputs, a superscript plus after the update. ``z-a`` is
what Nielsen and Ng write, with the layer as a superscript. ``gates`` writes dx for the derivative of the result by x,
as the notes of cs231n do. ``matrix`` has the names of z-a, and its sheets are written in vectors and matrices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derive.model.quantities import Kind


@dataclass(frozen=True, slots=True)
class Profile:
    """The printed stem of each kind of variable, and how what belongs to it is written."""

    name: str
    stems: Mapping[Kind, str]
    total: str = ""
    """The index of the total error."""
    layered: bool = False
    """Whether the layer stands as a superscript, and neurons are counted anew in each."""
    short_gradients: bool = False
    """Whether the derivative of the result by x is written dx."""


_COMMON = {
    Kind.THRESHOLD: "θ",
    Kind.RATE: "η",
    Kind.DELTA: "δ",
    Kind.DECAY: "λ",
    Kind.VELOCITY: "v",
    Kind.FIRST_MOMENT: "m",
    Kind.SQUARES: "s",
    Kind.CHANGES: "u",
    Kind.FIRST_CORRECTED: "m̂",
    Kind.SECOND_CORRECTED: "v̂",
    Kind.MOMENTUM: "μ",
    Kind.FORGETTING: "ρ",
    Kind.BETA1: "β",
    Kind.BETA2: "β",
    Kind.SMALL: "ϵ",
    Kind.ROUND: "t",
    Kind.MOVE: "ε",
    Kind.QUOTIENT: "Q",
    Kind.DIFFERENCE: "r",
}
_NET_OUT = {
    Kind.INPUT: "i",
    Kind.TARGET: "target",
    Kind.WEIGHT: "w",
    Kind.BIAS: "b",
    Kind.NET: "net",
    Kind.OUT: "out",
    Kind.ERROR: "E",
    Kind.TOTAL: "E",
    Kind.DATA: "E",
    Kind.PENALTY: "E",
    **_COMMON,
}
_Z_A = {
    **_NET_OUT,
    Kind.INPUT: "x",
    Kind.TARGET: "y",
    Kind.NET: "z",
    Kind.OUT: "a",
    **dict.fromkeys((Kind.ERROR, Kind.TOTAL, Kind.DATA, Kind.PENALTY), "C"),
}

PROFILES = {
    profile.name: profile
    for profile in (
        Profile("net-out", _NET_OUT, total="total"),
        Profile("z-a", _Z_A, layered=True),
        Profile("gates", _NET_OUT, total="total", short_gradients=True),
        Profile("matrix", _Z_A, layered=True),
    )
}
