"""Wrong weights on the paths that come back to an output or an input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import Expr, Integer

from derive.derivation.steps import ChainRule, SumOverPaths
from derive.mistakes.anatomy import Unit
from derive.mistakes.place import Place
from derive.mistakes.writing import product_of, sum_of
from derive.model.quantities import PARAMETERS, Partial


def updated_weights(place: Place) -> Iterator[Expr]:
    """The weights after their update."""
    meant = [unit.weights[at] for unit, at, _ in _weights_at(place)]
    is_known = [weight.after_update().id in place.anatomy.order for weight in meant]
    if all(is_known):
        yield from _by_weight(place, [weight.after_update().symbol for weight in meant])


def old_weights(place: Place) -> Iterator[Expr]:
    """The weights before their update, where the new ones are to be used."""
    yield from _by_weight(place, [unit.weights[at].symbol for unit, at, _ in _weights_at(place)])


def weights_of_neighbour(place: Place) -> Iterator[Expr]:
    """The weights that start from another neuron of the layer."""
    paths = _weights_at(place)
    for other in range(max((len(unit.weights) for unit, _, _ in paths), default=0)):
        if any(at != other for _, at, _ in paths):
            yield from _by_weight(
                place, [unit.weights[other].symbol if other < len(unit.weights) else None for unit, _, _ in paths]
            )


def matrix_transposed(place: Place) -> Iterator[Expr]:
    """W·δ in place of Wᵀ·δ: row for column."""
    others: list[Expr | None] = []
    for unit, at, _ in _weights_at(place):
        mates = place.anatomy.layer(unit)
        row = mates[at].weights if at < len(mates) else ()
        others.append(row[unit.position].symbol if unit.position < len(row) else None)
    if others:
        yield from _by_weight(place, others)


def incoming_weights(place: Place) -> Iterator[Expr]:
    """The weights of the layer before, at the same row and column."""
    others: list[Expr | None] = []
    for unit, at, _ in _weights_at(place):
        below = place.anatomy.layer(unit, further=-1)
        row = below[unit.position].weights if unit.position < len(below) else ()
        others.append(row[at].symbol if at < len(row) else None)
    if others:
        yield from _by_weight(place, others)


def weight_forgotten(place: Place) -> Iterator[Expr]:
    """The deltas added up without their weights."""
    yield from place.along([Integer(1)] * len(place.paths))


def errors_for_deltas(place: Place) -> Iterator[Expr]:
    """Σ ∂E/∂out·w: what comes back from the outputs has not gone through their activation functions."""
    terms = []
    for path in place.paths:
        raw = Partial(place.partial.of, path.unit.out).symbol
        if raw.name not in place.anatomy.order:
            return
        terms.append(product_of(raw, path.weight))
    yield sum_of(*terms)


def activation_for_weight(place: Place) -> Iterator[Expr]:
    """∂net/∂out = out."""
    if place.partial.by.kind not in PARAMETERS:
        yield place.partial.by.symbol


def _weights_at(place: Place) -> list[tuple[Unit, int, Expr]]:
    """Each neuron that a value enters, the place of the weight among its own, and the weight."""
    by = place.partial.by
    if isinstance(place.step, ChainRule | SumOverPaths):
        return [(path.unit, path.unit.sources.index(by), path.weight) for path in place.paths]
    unit = place.anatomy.units[place.partial.of]
    return [(unit, unit.sources.index(by), place.formula)] if by in unit.sources else []


def _by_weight(place: Place, others: Sequence[Expr | None]) -> Iterator[Expr]:
    """Something else in place of each weight: on all paths at once, or of the one derivative that is asked."""
    if isinstance(place.step, ChainRule | SumOverPaths):
        yield from place.along(others)
    else:
        yield from (other for other in others if other is not None)
