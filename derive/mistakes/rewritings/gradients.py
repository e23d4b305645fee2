"""Wrong derivatives by weights and biases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sympy import Expr, Integer

from derive.derivation.steps import ChainRule, SumOverPaths
from derive.mistakes.place import Place
from derive.mistakes.writing import factors_of, product_of, sum_of
from derive.model.quantities import PARAMETERS, Kind, Partial, Variable


def other_source(place: Place) -> Iterator[Expr]:
    """The output or input of another neuron: x2 for x1, h2 for h1."""
    own = _source(place)
    if own:
        others = [source.symbol for source in place.owner.sources if source != own]
        yield from _by_source(place, others)


def parameter_for_source(place: Place) -> Iterator[Expr]:
    """∂net/∂w = w, and ∂net/∂b = b: the parameter where the activation belongs."""
    if place.partial.by.kind in PARAMETERS:
        yield from _by_source(place, [place.partial.by.symbol])


def net_for_source(place: Place) -> Iterator[Expr]:
    """The hidden neuron's net input in place of its output."""
    own = _source(place)
    if own and own.kind is Kind.OUT:
        yield from _by_source(place, [replace(own, kind=Kind.NET).symbol])


def input_for_source(place: Place) -> Iterator[Expr]:
    """The value of the layer before the hidden one: x in place of h."""
    own = _source(place)
    if own and own.kind is Kind.OUT:
        below = place.anatomy.units[replace(own, kind=Kind.NET)]
        if below.position < len(below.sources):
            yield from _by_source(place, [below.sources[below.position].symbol])


def source_for_bias(place: Place) -> Iterator[Expr]:
    """A bias's derivative multiplied by an activation."""
    if place.partial.by.kind is not Kind.WEIGHT:
        yield from _by_source(place, [source.symbol for source in place.owner.sources])


def other_delta(place: Place) -> Iterator[Expr]:
    """The delta of another neuron of the layer."""
    local = factors_of(place.formula)[-1] if place.partial.by.kind is Kind.WEIGHT else Integer(1)
    for net, delta in _deltas(place).items():
        if net != place.owner.net:
            yield product_of(delta, local)


def all_deltas(place: Place) -> Iterator[Expr]:
    """The deltas of all neurons of the layer added up for a weight that only one of them has."""
    own, deltas = _source(place), _deltas(place)
    if own and len(deltas) > 1:
        yield product_of(sum_of(*deltas.values()), own.symbol)


def gradient_transposed(place: Place) -> Iterator[Expr]:
    """δ·hᵀ transposed: the delta of neuron j times the output of source k for the weight from j to k."""
    own, unit = _source(place), place.owner
    mates = place.anatomy.layer(unit)
    deltas = _deltas(place)
    if own and deltas:
        column = unit.sources.index(own)
        if column < len(mates) and unit.position < len(unit.sources) and column != unit.position:
            yield product_of(deltas[mates[column].net], unit.sources[unit.position].symbol)


def accumulated(place: Place) -> Iterator[Expr]:
    """The gradient of the sample before is still in it: nothing was set back to zero."""
    error = place.partial.of
    before = Partial(replace(error, sample=error.sample - 1), place.partial.by).symbol
    if error.sample > 1 and before.name in place.anatomy.order:
        yield sum_of(before, place.formula)


def bias_times_source(place: Place) -> Iterator[Expr]:
    """The sum of the deltas for a shared bias, multiplied by an activation."""
    assert isinstance(place.step, SumOverPaths)
    local = place.step.terms[0][-1]
    if isinstance(local, Partial) and local.of in place.anatomy.units:
        for source in place.anatomy.units[local.of].sources:
            yield product_of(place.formula, source.symbol)


def _by_source(place: Place, others: Sequence[Expr]) -> Iterator[Expr]:
    """Something else in place of ∂net/∂w, where that is asked or where it is a factor."""
    for other in others:
        yield product_of(place.upstream, other) if isinstance(place.step, ChainRule) else other


def _source(place: Place) -> Variable | None:
    """What a weight is multiplied by."""
    unit, by = place.owner, place.partial.by
    return unit.sources[unit.weights.index(by)] if by in unit.weights else None


def _deltas(place: Place) -> dict[Variable, Expr]:
    """∂E/∂net of each neuron of the layer, with the sign that the convention gives it."""
    unit = place.owner
    own = unit.delta.symbol
    return {
        mate.net: place.upstream.xreplace({own: mate.delta.symbol})
        for mate in place.anatomy.layer(unit)
        if own in place.upstream.free_symbols
    }
