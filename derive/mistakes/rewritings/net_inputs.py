"""Wrong net inputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import Expr

from derive.mistakes.place import Place
from derive.mistakes.writing import negated, product_of, sum_of, terms_of, without_each
from derive.model.quantities import Kind, Variable


def bias_forgotten(place: Place) -> Iterator[Expr]:
    """net = Σ w·x."""
    if place.unit.bias:
        yield sum_of(*_weighted(place, place.unit.weights))


def bias_twice(place: Place) -> Iterator[Expr]:
    """net = Σ w·x + b + b."""
    if place.unit.bias:
        yield sum_of(*terms_of(place.formula), *_offset(place))


def bias_sign(place: Place) -> Iterator[Expr]:
    """net = Σ w·x − b; a threshold is added."""
    if place.unit.bias:
        yield sum_of(*_weighted(place, place.unit.weights), *map(negated, _offset(place)))


def source_forgotten(place: Place) -> Iterator[Expr]:
    """A source is left out of the net input."""
    products = _weighted(place, place.unit.weights)
    if len(products) > 1:
        yield from (sum_of(*rest, *_offset(place)) for rest in without_each(products))


def weights_crossed(place: Place) -> Iterator[Expr]:
    """Two neighbouring weights go with each other's source."""
    weights = place.unit.weights
    for at in range(len(weights) - 1):
        crossed = (*weights[:at], weights[at + 1], weights[at], *weights[at + 2 :])
        yield sum_of(*_weighted(place, crossed), *_offset(place))


def weights_of_other(place: Place) -> Iterator[Expr]:
    """The weights of another neuron of the layer."""
    for mate in place.mates:
        if mate.net != place.unit.net:
            yield sum_of(*_weighted(place, mate.weights), *_offset(place))


def weights_transposed(place: Place) -> Iterator[Expr]:
    """Wᵀ·x in place of W·x, where the layer is as wide as the one before it."""
    unit, mates = place.unit, place.mates
    if len(mates) == len(unit.weights) > 1:
        column = [mate.weights[unit.position] for mate in mates]
        yield sum_of(*_weighted(place, column), *_offset(place))


def net_of_sources(place: Place) -> Iterator[Expr]:
    """The hidden layer's net inputs are fed forward: no activation there."""
    if all(source.kind is Kind.OUT for source in place.unit.sources):
        nets = [Variable(Kind.NET, source.at, sample=source.sample) for source in place.unit.sources]
        yield sum_of(*_weighted(place, place.unit.weights, nets), *_offset(place))


def stale(place: Place, kinds: Sequence[Kind]) -> Iterator[Expr]:
    """After the update, values of these kinds from before it."""
    if place.variable.version != "new":
        return
    before = {
        parent
        for parent, _ in place.definition(place.variable).partials
        if parent.kind in kinds and parent.after_update().id in place.anatomy.order
    }
    if before:
        yield place.formula.xreplace({parent.after_update().symbol: parent.symbol for parent in before})


def _weighted(place: Place, weights: Sequence[Variable], sources: Sequence[Variable] | None = None) -> tuple[Expr, ...]:
    sources = sources or place.unit.sources
    return tuple(
        product_of(place.now(weight), place.now(source)) for weight, source in zip(weights, sources, strict=True)
    )


def _offset(place: Place) -> tuple[Expr, ...]:
    unit = place.unit
    if not unit.bias:
        return ()
    return (place.now(unit.bias) if unit.sign == 1 else negated(place.now(unit.bias)),)
