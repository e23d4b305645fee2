"""Activation functions: one record each. To add one, add a record here and its words to each catalogue.

``derivative`` is the one that is taught: in terms of the function's own output where textbooks do so, and with a
stated value at a corner, which ``sympy.diff`` would not give (``diff(Max(0, z), z)`` is a Heaviside).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sympy import (
    Add,
    Eq,
    Expr,
    Ge,
    Gt,
    Integer,
    Le,
    Lt,
    Max,
    Mul,
    Piecewise,
    Rational,
    Symbol,
    erf,
    evaluate,
    exp,
    log,
    pi,
    sqrt,
    tanh,
)


@dataclass(frozen=True, slots=True)
class Activation:
    """out = formula(net), and dout/dnet = derivative(net, out).

    A function of the whole layer (softmax) has ``formula(net, *nets of the layer)``, and ``cross_derivative`` for
    the net input of another neuron.
    """

    name: str
    symbol: str
    """How it is written as a function: σ(net)."""
    formula: Callable[..., Expr]
    derivative: Callable[[Symbol, Symbol], Expr]
    saturates: bool = False
    """Whether its slope vanishes where the net input is large, so that 1 − out has ever fewer digits."""
    corner: tuple[Expr, Expr] | None = None
    """The slopes to the left and to the right of a net input of 0, where the function has a corner there."""
    cross_derivative: Callable[[Symbol, Symbol], Expr] | None = None
    """∂out/∂(net of another neuron), in terms of the two outputs."""

    @property
    def layerwise(self) -> bool:
        """Whether an output depends on the net inputs of the whole layer."""
        return self.cross_derivative is not None


def _logistic(z: Expr) -> Expr:
    return 1 / (1 + exp(-z))


def _left_of(corner: tuple[Expr, Expr], z: Symbol) -> Expr:
    left, right = corner
    return Piecewise((right, Gt(z, 0)), (left, Le(z, 0)))


_RELU, _LEAKY = (Integer(0), Integer(1)), (Rational(1, 100), Integer(1))

_RECORDS = (
    Activation("logistic", "σ", _logistic, lambda z, a: a * (1 - a), saturates=True),
    Activation("tanh", "tanh", tanh, lambda z, a: 1 - a**2, saturates=True),
    Activation("relu", "ReLU", lambda z: Max(0, z, evaluate=False), lambda z, a: _left_of(_RELU, z), corner=_RELU),
    Activation(
        "leaky_relu",
        "LReLU",
        lambda z: Piecewise((z, Ge(z, 0)), (z / 100, Lt(z, 0))),
        lambda z, a: _left_of(_LEAKY, z),
        corner=_LEAKY,
    ),
    # With the factor 1 for negative net inputs, where it has no corner (Clevert, Unterthiner and Hochreiter 2016).
    Activation(
        "elu",
        "ELU",
        lambda z: Piecewise((z, Gt(z, 0)), (exp(z) - 1, Le(z, 0))),
        lambda z, a: Piecewise((Integer(1), Gt(z, 0)), (a + 1, Le(z, 0))),
    ),
    Activation("softplus", "softplus", lambda z: log(1 + exp(z)), lambda z, a: _logistic(z), saturates=True),
    Activation("silu", "SiLU", lambda z: z / (1 + exp(-z)), lambda z, a: a + (1 - a) / (1 + exp(-z)), saturates=True),
    # The exact one, with the distribution function of the normal distribution (Hendrycks and Gimpel 2016).
    Activation(
        "gelu",
        "GELU",
        lambda z: Rational(1, 2) * z * (1 + erf(z / sqrt(2))),
        lambda z, a: Rational(1, 2) * (1 + erf(z / sqrt(2))) + z * exp(-(z**2) / 2) / sqrt(2 * pi),
        saturates=True,
    ),
    Activation("identity", "id", lambda z: z, lambda z, a: Integer(1)),
    Activation(
        "softmax",
        "softmax",
        lambda z, *nets: exp(z) / Add(*(exp(net) for net in nets), evaluate=False),
        lambda z, a: a * (1 - a),
        saturates=True,
        cross_derivative=lambda a, other: Mul(Integer(-1), a, other, evaluate=False),
    ),
)

ACTIVATIONS = {record.name: record for record in _RECORDS}


def activation_of(record: Activation, net: Symbol, nets: Sequence[Symbol] = ()) -> Expr:
    """The formula with the author's order of terms kept; ``nets`` are the net inputs of the layer."""
    with evaluate(False):
        return record.formula(net, *nets) if record.layerwise else record.formula(net)


def slope_of(record: Activation, net: Symbol, out: Symbol, slope_at_corner: Expr | None = None) -> Expr:
    """The derivative with the author's order of terms kept.

    ``slope_at_corner`` is what it takes at a net input of exactly 0 where the function has a corner: the slope to the
    left if nothing else is said.
    """
    with evaluate(False):
        if record.corner is None or slope_at_corner is None or slope_at_corner == record.corner[0]:
            return record.derivative(net, out)
        left, right = record.corner
        if slope_at_corner == right:
            return Piecewise((right, Ge(net, 0)), (left, Lt(net, 0)))
        return Piecewise((right, Gt(net, 0)), (slope_at_corner, Eq(net, 0)), (left, Lt(net, 0)))


def cross_slope_of(record: Activation, out: Symbol, other: Symbol) -> Expr:
    """∂out/∂(net of ``other``) of a function of the whole layer."""
    assert record.cross_derivative
    with evaluate(False):
        return record.cross_derivative(out, other)
