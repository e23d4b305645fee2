"""Wrong errors, and wrong derivatives of an error by an output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Add, Expr, log

from derive.mistakes.place import Place
from derive.mistakes.rewritings.arithmetic import factor_two
from derive.mistakes.writing import base_of_square, exchanged, negated, one_minus, quotient_of, squared, sum_of
from derive.model.quantities import Kind


def factor_two_of_square(place: Place) -> Iterator[Expr]:
    """Twice or half of an error that is a square."""
    if _is_square(place.formula):
        yield from factor_two(place)


def square_forgotten(place: Place) -> Iterator[Expr]:
    """½·(target − out)."""
    base = base_of_square(place.formula)
    if base is not None:
        yield place.formula.xreplace({squared(base): base})


def target_for_out(place: Place) -> Iterator[Expr]:
    """−out·ln target: the two in each other's place, where that is not only a sign."""
    out = replace(place.variable, kind=Kind.OUT, version="")
    target = place.anatomy.target(out)
    if target is not None and place.formula.has(log):
        yield from exchanged(place.formula, target, place.now(out))


def second_term_sign(place: Place) -> Iterator[Expr]:
    """−(t·ln o − (1 − t)·ln(1 − o))."""
    both = _two_logarithms(place.formula)
    if both is not None:
        first, second = both.args
        yield place.formula.xreplace({both: sum_of(first, negated(second))})


def second_term_forgotten(place: Place) -> Iterator[Expr]:
    """−t·ln o, as where there are several classes."""
    both = _two_logarithms(place.formula)
    if both is not None:
        yield place.formula.xreplace({both: both.args[0]})


def _two_logarithms(formula: Expr) -> Expr | None:
    sums = [part for part in formula.atoms(Add) if len(part.args) == 2 and all(term.has(log) for term in part.args)]
    return sums[0] if len(sums) == 1 else None


def _is_square(formula: Expr) -> bool:
    """Whether an error, or its derivative, is that of a squared difference."""
    return not formula.has(log) and base_of_square(formula) is not None


# --- ∂E/∂out ----------------------------------------------------------------------------------------------------------


def square_kept(place: Place) -> Iterator[Expr]:
    """(out − target)² and ½·(out − target)²: what is squared is not differentiated."""
    part = _part_of_error(place)
    if _is_square(part):
        base = base_of_square(part)
        assert base is not None
        yield squared(base)
        yield part


def factor_two_of_slope(place: Place) -> Iterator[Expr]:
    """Twice or half the derivative of a squared difference."""
    if _is_square(_part_of_error(place)):
        yield from factor_two(place)


def slope_second_term_sign(place: Place) -> Iterator[Expr]:
    """−(t/o + (1 − t)/(1 − o)), and −t/o alone, for binary cross-entropy."""
    out = place.partial.by
    target, part = place.anatomy.target(out), _part_of_error(place)
    if target is not None and len(part.atoms(log)) > 1:
        first = quotient_of(target, out.symbol)
        second = quotient_of(one_minus(target), one_minus(out.symbol))
        yield negated(sum_of(first, second))
        yield negated(first)


def _part_of_error(place: Place) -> Expr:
    """The part of the error that an output enters."""
    out = place.partial.by
    return place.definition(replace(out, kind=Kind.ERROR)).expression
