"""A factor of the chain rule or a path of a sum over paths that is left out, or goes in wrongly."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr

from derive.derivation.steps import ChainRule
from derive.mistakes.place import Place
from derive.mistakes.writing import negated, product_of, sum_of, without_each
from derive.model.quantities import Partial


def slope_forgotten(place: Place) -> Iterator[Expr]:
    """∂E/∂out · ∂net/∂w, without ∂out/∂net."""
    unit = place.unit if place.site == "delta" else place.owner
    slope = Partial(unit.out, unit.net).symbol
    rest = [factor for factor in place.chain if factor != slope]
    if len(rest) < len(place.chain):
        yield product_of(*rest)


def error_forgotten(place: Place) -> Iterator[Expr]:
    """Only the local derivative: what comes back is left out."""
    assert isinstance(place.step, ChainRule)
    yield place.chain[-1]


def local_forgotten(place: Place) -> Iterator[Expr]:
    """Only what comes back: the local derivative is left out."""
    yield place.upstream


# --- sums over paths --------------------------------------------------------------------------------------------------


def one_path(place: Place) -> Iterator[Expr]:
    """One path alone, or one path forgotten."""
    parts = place.parts
    if len(parts) > 1:
        yield from parts
        yield from (sum_of(*rest) for rest in without_each(parts) if len(rest) > 1)


def paths_multiplied(place: Place) -> Iterator[Expr]:
    """The product of the paths."""
    if len(place.parts) > 1:
        yield product_of(*place.parts)


def path_sign(place: Place) -> Iterator[Expr]:
    """One path taken away where it is added."""
    parts = place.parts
    if len(parts) > 1:
        for at, part in enumerate(parts):
            yield sum_of(*parts[:at], negated(part), *parts[at + 1 :])
