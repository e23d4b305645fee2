"""Wrong deltas, where the derivative of the activation function is a factor and where it has cancelled."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Integer

from derive.mistakes.place import Place
from derive.mistakes.writing import negated, product_of, sum_of


def difference_for_delta(place: Place) -> Iterator[Expr]:
    """δ = out − target, as where the derivative of the activation cancels; its negative where δ is one."""
    out = place.unit.out.symbol
    target = place.anatomy.target(place.unit.out)
    if target is not None:
        yield sum_of(target, negated(out)) if place.anatomy.descends else sum_of(out, negated(target))


def slope_of_other(place: Place) -> Iterator[Expr]:
    """The derivative at another neuron of the layer."""
    own = place.anatomy.derivation[place.chain[-1].name].expression
    for mate in place.mates:
        if mate.net != place.unit.net:
            moved = {place.unit.out.symbol: mate.out.symbol, place.unit.net.symbol: mate.net.symbol}
            yield product_of(place.upstream, own.xreplace(moved))


def slope_kept(place: Place) -> Iterator[Expr]:
    """(out − target)·out·(1 − out): the derivative that has cancelled is multiplied in again."""
    record, unit = place.activation, place.unit
    if record:
        yield product_of(place.formula, record.derivative(unit.net.symbol, unit.out.symbol))


def jacobian_again(place: Place) -> Iterator[Expr]:
    """J·(p − y) of softmax, and (Σ p·y) − y."""
    if not (place.activation and place.activation.layerwise):
        return
    deltas = place.anatomy.derivation
    mean = sum_of(*(product_of(mate.out.symbol, deltas[mate.delta.id].expression) for mate in place.mates))
    yield product_of(place.unit.out.symbol, sum_of(place.formula, negated(mean)))
    target = place.anatomy.target(place.unit.out)
    if target is not None:
        products = [product_of(mate.out.symbol, place.anatomy.target(mate.out) or Integer(0)) for mate in place.mates]
        descends = place.anatomy.descends
        yield sum_of(target, *map(negated, products)) if descends else sum_of(*products, negated(target))
