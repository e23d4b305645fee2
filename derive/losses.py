"""Losses: one record each. To add one, add a record here and its words to each catalogue.

A loss is a sum of one part for each output, so that a part's derivative is the whole error's derivative with respect
to that output.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sympy import Expr, Integer, Mul, Rational, Symbol, evaluate


@dataclass(frozen=True, slots=True)
class Loss:
    """E = Σ part(target, out, n) over the n outputs, and ∂E/∂out = derivative(target, out, n)."""

    name: str
    part: Callable[[Symbol, Symbol, int], Expr]
    derivative: Callable[[Symbol, Symbol, int], Expr]


_RECORDS = (
    Loss("half_squared", lambda t, o, n: Rational(1, 2) * (t - o) ** 2, lambda t, o, n: -(t - o)),
    Loss("squared", lambda t, o, n: (t - o) ** 2, lambda t, o, n: Integer(-2) * (t - o)),
    Loss(
        "mean_squared",
        lambda t, o, n: Rational(1, n) * (t - o) ** 2,
        lambda t, o, n: Rational(-2, n) * (t - o),
    ),
)

LOSSES = {record.name: record for record in _RECORDS}


def part_of(record: Loss, target: Symbol, out: Symbol, outputs: int) -> Expr:
    """One output's share of the error, with the author's order of terms kept."""
    with evaluate(False):
        return _without_ones(record.part(target, out, outputs))


def slope_of(record: Loss, target: Symbol, out: Symbol, outputs: int) -> Expr:
    """∂E/∂out, with the author's order of terms kept."""
    with evaluate(False):
        return record.derivative(target, out, outputs)


def _without_ones(expression: Expr) -> Expr:
    """A mean over one output divides by nothing, and should not say so."""
    if not isinstance(expression, Mul):
        return expression
    factors = [factor for factor in expression.args if factor != 1]
    return factors[0] if len(factors) == 1 else Mul(*factors, evaluate=False)
