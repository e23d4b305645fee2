"""Wrong outputs: what an activation function makes of a net input."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sympy import E, Expr, Integer, Max, Pow, S, exp

from derive.mistakes.place import Place
from derive.mistakes.writing import changed, negated, quotient_of, sum_of
from derive.model.activations import ACTIVATIONS


def net_for_out(place: Place) -> Iterator[Expr]:
    """out = net."""
    yield place.now(place.unit.net)


def exponent_sign(place: Place) -> Iterator[Expr]:
    """e^x in place of e^−x."""
    if place.activation and not place.activation.layerwise:
        yield from changed(place.formula, exp, lambda power: exp(negated(power.args[0]), evaluate=False))


def logistic_brackets(place: Place) -> Iterator[Expr]:
    """1/(1 + e)^−x, 1 + e^−x and 1/(1 − e^−x)."""
    if place.activation and place.activation.name == "logistic":
        net = place.now(place.unit.net)
        power = exp(negated(net), evaluate=False)
        yield Pow(Pow(sum_of(Integer(1), E), negated(net), evaluate=False), S.NegativeOne, evaluate=False)
        yield sum_of(Integer(1), power)
        yield quotient_of(Integer(1), sum_of(Integer(1), negated(power)))


_CONFUSED_WITH: Mapping[str, tuple[str, ...]] = {
    "logistic": ("tanh",),
    "tanh": ("logistic",),
    "relu": ("leaky_relu",),
    "leaky_relu": ("relu",),
    "elu": ("relu",),
    "softplus": ("relu",),
    "silu": ("logistic",),
    "gelu": ("silu",),
    "softmax": ("logistic",),
}


def other_activation(place: Place) -> Iterator[Expr]:
    """Another activation function: tanh for the logistic one, the logistic one of each net input for softmax."""
    record = place.activation
    for name in _CONFUSED_WITH.get(record.name, ()) if record else ():
        yield ACTIVATIONS[name].formula(place.now(place.unit.net))


def wrong_side(place: Place) -> Iterator[Expr]:
    """min(0, net): the negative side of a ReLU is kept."""
    if place.activation and place.activation.name == "relu":
        net = place.now(place.unit.net)
        yield sum_of(net, negated(Max(Integer(0), net, evaluate=False)))


def softmax_shares(place: Place) -> Iterator[Expr]:
    """Softmax without the division, without the exponential, and divided by the other exponentials only."""
    if place.activation and place.activation.name == "softmax":
        own, nets = place.now(place.unit.net), [place.now(mate.net) for mate in place.mates]
        others = [exp(net, evaluate=False) for net in nets if net != own]
        yield exp(own, evaluate=False)
        yield quotient_of(own, sum_of(*nets))
        if others:
            yield quotient_of(exp(own, evaluate=False), sum_of(*others))
