"""Wrong updates, for any optimiser's rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Add, Expr, Integer, Mul, Pow, Rational, S, Symbol

from derive.mistakes.place import Place
from derive.mistakes.writing import (
    factors_of,
    negated,
    product_of,
    some_changed,
    squared,
    sum_of,
    terms_of,
    without_factor,
)
from derive.model.quantities import RATE, Kind, Variable

_STATES = (Kind.VELOCITY, Kind.FIRST_MOMENT, Kind.SQUARES, Kind.CHANGES)
_CORRECTED = (Kind.FIRST_CORRECTED, Kind.SECOND_CORRECTED)
_ETA = RATE.symbol


def _symbol(kind: Kind) -> Symbol:
    return Variable(kind).symbol


# --- the step downhill ------------------------------------------------------------------------------------------------


def ascent(place: Place) -> Iterator[Expr]:
    """w + η·∂E/∂w."""
    yield from some_changed(place.formula, _has_rate, negated)


def rate_forgotten(place: Place) -> Iterator[Expr]:
    """w − ∂E/∂w."""
    yield from some_changed(place.formula, _has_rate, lambda part: without_factor(part, _ETA))


def rate_squared(place: Place) -> Iterator[Expr]:
    """w − η²·∂E/∂w."""
    yield from some_changed(place.formula, _has_rate, lambda part: part.xreplace({_ETA: squared(_ETA)}))


def rate_of_all(place: Place) -> Iterator[Expr]:
    """η·(w − ∂E/∂w)."""
    for formula in rate_forgotten(place):
        if place.update.is_last:
            yield product_of(_ETA, formula)


def change_alone(place: Place) -> Iterator[Expr]:
    """−η·∂E/∂w: the change in place of what is changed."""
    parameter, terms = place.update.parameter.symbol, terms_of(place.formula)
    if parameter in terms:
        yield sum_of(*(term for term in terms if term != parameter))


def not_updated(place: Place) -> Iterator[Expr]:
    """w: it stays as it was, as a bias that is taken for a constant."""
    if place.update.is_last:
        yield place.update.parameter.symbol


def gradient_of_neighbour(place: Place) -> Iterator[Expr]:
    """The derivative by the parameter before or after it."""
    step = place.update
    parameters = [name for name in place.anatomy.derivation.graph.parameters if name.kind is step.parameter.kind]
    at = parameters.index(step.parameter)
    for neighbour in (*parameters[max(at - 1, 0) : at], *parameters[at + 1 : at + 2]):
        other = replace(step.gradient, by=neighbour).symbol
        if step.gradient.symbol in place.formula.free_symbols:
            yield place.formula.xreplace({step.gradient.symbol: other})


def sum_for_mean(place: Place) -> Iterator[Expr]:
    """A shared bias is moved by the sum of its gradients where their mean is meant."""
    shared = place.update.shared_by
    if shared > 1:
        share = Rational(1, shared)
        yield from some_changed(
            place.formula,
            lambda part: isinstance(part, Mul) and share in part.args,
            lambda part: without_factor(part, share),
        )


def _has_rate(part: Expr) -> bool:
    return isinstance(part, Mul) and _ETA in part.args


# --- what an optimiser keeps ------------------------------------------------------------------------------------------


def _kept(place: Place) -> Symbol | None:
    """What this line keeps of the parameter, as it was before."""
    quantity = place.variable
    before = replace(quantity, version="")
    is_state = quantity.kind in _STATES and before.symbol in place.formula.free_symbols
    return before.symbol if is_state else None


def kept_forgotten(place: Place) -> Iterator[Expr]:
    """v = −η·∂E/∂w: what was kept of the updates before is left out."""
    kept = _kept(place)
    if kept is not None:
        yield sum_of(*(term for term in terms_of(place.formula) if kept not in term.free_symbols))


def share_forgotten(place: Place) -> Iterator[Expr]:
    """What was kept is not multiplied by μ, ρ or β."""
    kept = _kept(place)
    if kept is not None:
        terms = terms_of(place.formula)
        yield sum_of(*(kept if kept in term.free_symbols else term for term in terms))


def new_share_forgotten(place: Place) -> Iterator[Expr]:
    """β·m + ∂E/∂w: the gradient is not multiplied by 1 − β."""
    yield from some_changed(
        place.formula,
        lambda part: isinstance(part, Mul) and any(isinstance(factor, Add) for factor in part.args),
        lambda part: product_of(*(factor for factor in part.args if not isinstance(factor, Add))),
    )


def square_of_gradient_forgotten(place: Place) -> Iterator[Expr]:
    """The gradient itself where its square is averaged."""
    if place.variable.kind is not Kind.WEIGHT:
        powers = {power: power.base for power in place.formula.atoms(Pow) if power.exp == 2}
        if powers:
            yield place.formula.xreplace(powers)


def betas_swapped(place: Place) -> Iterator[Expr]:
    """β₁ for β₂ and β₂ for β₁."""
    first, second = _symbol(Kind.BETA1), _symbol(Kind.BETA2)
    if {first, second} & place.formula.free_symbols:
        yield place.formula.xreplace({first: second, second: first})


def correction_forgotten(place: Place) -> Iterator[Expr]:
    """m̂ = m: the bias correction is left out."""
    if place.variable.kind in _CORRECTED:
        yield factors_of(place.formula)[0]


def count_off_by_one(place: Place) -> Iterator[Expr]:
    """t − 1 or t + 1 for t."""
    count = _symbol(Kind.ROUND)
    if count in place.formula.free_symbols:
        for difference in (-1, 1):
            yield place.formula.xreplace({count: sum_of(count, Integer(difference))})


def _roots(formula: Expr) -> set[Expr]:
    return {power for power in formula.atoms(Pow) if power.exp == S.Half}


def epsilon_misplaced(place: Place) -> Iterator[Expr]:
    """√(v + ε) for √v + ε, or the other way round."""
    small = _symbol(Kind.SMALL)
    outside = {
        total: Pow(sum_of(root.base, small), S.Half, evaluate=False)
        for total in place.formula.atoms(Add)
        for root in _roots(total)
        if set(total.args) == {root, small}
    }
    inside = {
        root: sum_of(Pow(root.base.args[0], S.Half, evaluate=False), small)
        for root in _roots(place.formula)
        if isinstance(root.base, Add) and root.base.args[1:] == (small,)
    }
    if outside or inside:
        yield place.formula.xreplace(outside or inside)


def root_forgotten(place: Place) -> Iterator[Expr]:
    """v + ε for √v + ε."""
    if roots := _roots(place.formula):
        yield place.formula.xreplace({root: root.base for root in roots})


def velocity_sign(place: Place) -> Iterator[Expr]:
    """w − v where v holds the step downhill already."""
    parameter, terms = place.update.parameter.symbol, terms_of(place.formula)
    if _velocity(place) in terms:
        yield sum_of(*(term if term == parameter else negated(term) for term in terms))


def _velocity(place: Place) -> Symbol:
    return Variable(Kind.VELOCITY, place.update.parameter.id, "new").symbol


def other_momentum(place: Place) -> Iterator[Expr]:
    """Classical momentum for Nesterov's, or the other way round."""
    step, factor = place.update, _symbol(Kind.MOMENTUM)
    velocity = _velocity(place)
    if not step.is_last or velocity not in place.formula.free_symbols:
        return
    parameter, gradient = step.parameter.symbol, step.gradient.symbol
    if factor in place.formula.free_symbols:
        yield sum_of(parameter, velocity)
    else:
        yield sum_of(parameter, product_of(factor, velocity), negated(product_of(_ETA, gradient)))
