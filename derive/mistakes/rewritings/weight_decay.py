"""Wrong penalties on large weights, and what they add to derivatives and updates."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Expr, Pow

from derive.mistakes.place import Place
from derive.mistakes.writing import negated, product_of, squared, sum_of, terms_of, without_factor
from derive.model.quantities import Kind, Variable

_DECAY = Variable(Kind.DECAY).symbol


def decay_rate_forgotten(place: Place) -> Iterator[Expr]:
    """½·Σ w² without λ, or its derivative w."""
    yield without_factor(place.formula, _DECAY)


def biases_penalized(place: Place) -> Iterator[Expr]:
    """Biases among the squared weights."""
    squares = max(place.formula.atoms(Add), key=lambda part: len(part.args), default=None)
    version = place.variable.version
    biases = [name for name in place.anatomy.derivation.graph.parameters if name.kind is not Kind.WEIGHT]
    if squares is not None and biases:
        symbols = [name.after_update().symbol if version == "new" else name.symbol for name in biases]
        yield place.formula.xreplace({squares: sum_of(*squares.args, *map(squared, symbols))})


def squares_forgotten(place: Place) -> Iterator[Expr]:
    """½·λ·Σ w."""
    powers = {power for power in place.formula.atoms(Pow) if power.exp == 2}
    yield place.formula.xreplace({power: power.base for power in powers})


def decay_forgotten(place: Place) -> Iterator[Expr]:
    """What the penalty adds is left out."""
    data, *penalty = terms_of(place.formula)
    if penalty:
        yield data


def decay_sign(place: Place) -> Iterator[Expr]:
    """What the penalty adds is taken away."""
    data, *penalty = terms_of(place.formula)
    if penalty:
        yield sum_of(data, *map(negated, penalty))


def bias_penalized(place: Place) -> Iterator[Expr]:
    """λ·b added to the derivative by a bias."""
    by = place.partial.by
    if by.kind is not Kind.WEIGHT and len(terms_of(place.formula)) == 1:
        yield sum_of(place.formula, product_of(_DECAY, by.symbol))


def decay_beside(place: Place) -> Iterator[Expr]:
    """AdamW: λ·w left out, or added to the gradient as for Adam."""
    step = place.update
    last = place.anatomy.derivation[step.parameter.after_update().id].expression
    if _DECAY not in last.free_symbols:
        return
    decay = product_of(_DECAY, step.parameter.symbol)
    if step.is_last:
        yield place.formula.xreplace(
            {total: sum_of(*(term for term in total.args if term != decay)) for total in place.formula.atoms(Add)}
        )
    elif step.gradient.symbol in place.formula.free_symbols:
        yield place.formula.xreplace({step.gradient.symbol: sum_of(step.gradient.symbol, decay)})
