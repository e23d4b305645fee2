"""Wrong derivatives of an output by a net input."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Integer, Mul, exp

from derive.mistakes.place import Place
from derive.mistakes.writing import negated, one_minus, quotient_of, squared, sum_of, with_cases
from derive.model.activations import ACTIVATIONS
from derive.model.quantities import Kind, Partial, Variable


def slope_at_out(place: Place) -> Iterator[Expr]:
    """σ(out)·(1 − σ(out)): the derivative is taken at the output."""
    unit, record = place.unit, place.activation
    if record and not record.layerwise and not record.corner:
        out = unit.out.symbol
        yield record.derivative(out, record.formula(out))


def slope_of_net(place: Place) -> Iterator[Expr]:
    """net·(1 − net)."""
    out = place.unit.out.symbol
    if out in place.formula.free_symbols:
        yield place.formula.xreplace({out: place.unit.net.symbol})


def half_slope(place: Place) -> Iterator[Expr]:
    """out alone or 1 − out alone; out², or 1 − out for tanh."""
    out = place.unit.out.symbol
    if out not in place.formula.free_symbols:
        return
    if isinstance(place.formula, Mul):
        yield from place.formula.args
    elif place.activation and place.activation.name == "tanh":
        yield squared(out)
        yield one_minus(out)


def slope_of_error(place: Place) -> Iterator[Expr]:
    """error·(1 − error): the derivative is taken of what comes back."""
    out = place.unit.out.symbol
    adjoint = Partial(_differentiated(place), place.unit.out).symbol
    if out in place.formula.free_symbols and adjoint.name in place.anatomy.order:
        yield place.formula.xreplace({out: adjoint})


def _differentiated(place: Place) -> Variable:
    """The error that the backward pass of a sample starts from."""
    graph = place.anatomy.derivation.graph
    sample = place.unit.net.sample
    if sample:
        return graph.of_sample(sample).target
    data = Variable(Kind.DATA)
    return data if data in place.anatomy.definitions else graph.target


def sign_inside(place: Place) -> Iterator[Expr]:
    """out·(1 + out), 1 + out²."""
    inner = {part: negated(part) for part in place.formula.atoms(Mul) if part.args[0] == -1 and part != place.formula}
    if inner and place.unit.out.symbol in place.formula.free_symbols:
        yield place.formula.xreplace(inner)


def hyperbolic_secant(place: Place) -> Iterator[Expr]:
    """sech in place of sech², of the net input or of the output."""
    if place.activation and place.activation.name == "tanh":
        for symbol in (place.unit.net.symbol, place.unit.out.symbol):
            powers = exp(symbol, evaluate=False), exp(negated(symbol), evaluate=False)
            yield quotient_of(Integer(2), sum_of(*powers))


_CONFUSED_SLOPES = {"logistic": "tanh", "tanh": "logistic"}


def other_slope(place: Place) -> Iterator[Expr]:
    """The derivative of tanh for the logistic function, or the other way round."""
    record = place.activation
    if record and record.name in _CONFUSED_SLOPES:
        other = ACTIVATIONS[_CONFUSED_SLOPES[record.name]]
        yield other.derivative(place.unit.net.symbol, place.unit.out.symbol)


def corner_side(place: Place) -> Iterator[Expr]:
    """The derivative of the other side, of one side everywhere, or the output in its place."""
    record = place.activation
    if record and record.corner:
        left, right = record.corner
        yield from with_cases(place.formula, [left] + [right] * (len(place.formula.args) - 1))
        yield from (right, left, place.unit.out.symbol)


def diagonal_only(place: Place) -> Iterator[Expr]:
    """An output of softmax is taken to depend on its own net input only."""
    yield Integer(0)
