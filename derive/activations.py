"""Activation functions: one record each. To add one, add a record here and its words to each catalogue.

``derivative`` is the one that is taught: in terms of the function's own output where textbooks do so, and with a
stated value at a kink, which ``sympy.diff`` would not give (``diff(Max(0, z), z)`` is a Heaviside).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sympy import Expr, Ge, Gt, Integer, Le, Lt, Max, Piecewise, Rational, Symbol, evaluate, exp, tanh


@dataclass(frozen=True, slots=True)
class Activation:
    """out = formula(net), and dout/dnet = derivative(net, out)."""

    name: str
    formula: Callable[[Symbol], Expr]
    derivative: Callable[[Symbol, Symbol], Expr]
    saturates: bool = False
    """Whether its slope vanishes where the net input is large, so that 1 − out has ever fewer digits."""
    slope_at_kink: Expr | None = None
    """What ``derivative`` takes at a net input of 0, where the function has a corner there."""


_RECORDS = (
    Activation("logistic", lambda z: 1 / (1 + exp(-z)), lambda z, a: a * (1 - a), saturates=True),
    Activation("tanh", tanh, lambda z, a: 1 - a**2, saturates=True),
    Activation(
        "relu",
        lambda z: Max(0, z, evaluate=False),
        lambda z, a: Piecewise((Integer(1), Gt(z, 0)), (Integer(0), Le(z, 0))),
        slope_at_kink=Integer(0),
    ),
    Activation(
        "leaky_relu",
        lambda z: Piecewise((z, Ge(z, 0)), (z / 100, Lt(z, 0))),
        lambda z, a: Piecewise((Integer(1), Gt(z, 0)), (Rational(1, 100), Le(z, 0))),
        slope_at_kink=Rational(1, 100),
    ),
    Activation("identity", lambda z: z, lambda z, a: Integer(1)),
)

ACTIVATIONS = {record.name: record for record in _RECORDS}


def activation_of(record: Activation, net: Symbol) -> Expr:
    """The formula with the author's order of terms kept."""
    with evaluate(False):
        return record.formula(net)


def slope_of(record: Activation, net: Symbol, out: Symbol) -> Expr:
    """The derivative with the author's order of terms kept."""
    with evaluate(False):
        return record.derivative(net, out)
