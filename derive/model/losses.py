"""Losses: one record each. To add one, add a record here and its words to each catalogue.

A loss is a sum of one part for each output, so that a part's derivative is the whole error's derivative with respect
to that output. Which of target and output is subtracted from which is a convention that each record has both ways.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sympy import Expr, Integer, Mul, Rational, Symbol, evaluate, log

Formula = Callable[[Symbol, Symbol], Expr]
DIFFERENCES = ("target_minus_output", "output_minus_target")


@dataclass(frozen=True, slots=True)
class Loss:
    """E = Σ part(target, out), and ∂E/∂out = slope(target, out), each for both orders of the difference."""

    name: str
    parts: tuple[Formula, Formula]
    slopes: tuple[Formula, Formula]
    has_targets: bool = True
    short_delta: str = ""
    """The activation whose derivative cancels against this loss's, so that ∂E/∂net = out − target."""
    logarithmic: bool = False
    """Whether it takes logarithms of outputs, which have to lie between 0 and 1."""


def _half(t: Expr, o: Expr) -> Expr:
    return Rational(1, 2) * (t - o) ** 2


def _square(t: Expr, o: Expr) -> Expr:
    return (t - o) ** 2


def _binary(t: Expr, o: Expr) -> Expr:
    return -(t * log(o) + (1 - t) * log(1 - o))


def _entropy(t: Expr, o: Expr) -> Expr:
    return Mul(Integer(-1), t, log(o), evaluate=False)


def _entropy_slope(t: Expr, o: Expr) -> Expr:
    return Mul(Integer(-1), t, 1 / o, evaluate=False)


_RECORDS = (
    Loss("half_squared", (_half, lambda t, o: _half(o, t)), (lambda t, o: -(t - o), lambda t, o: o - t)),
    Loss(
        "squared",
        (_square, lambda t, o: _square(o, t)),
        (lambda t, o: Integer(-2) * (t - o), lambda t, o: Integer(2) * (o - t)),
    ),
    # The squared length of the vector of outputs: a loss without targets.
    Loss(
        "squared_norm",
        (lambda t, o: o**2, lambda t, o: o**2),
        (lambda t, o: Integer(2) * o, lambda t, o: Integer(2) * o),
        has_targets=False,
    ),
    Loss(
        "binary_cross_entropy",
        (_binary, _binary),
        (lambda t, o: -(t / o - (1 - t) / (1 - o)), lambda t, o: (o - t) / (o * (1 - o))),
        short_delta="logistic",
        logarithmic=True,
    ),
    Loss(
        "cross_entropy",
        (_entropy, _entropy),
        (_entropy_slope, _entropy_slope),
        short_delta="softmax",
        logarithmic=True,
    ),
)

LOSSES: Mapping[str, Loss] = {record.name: record for record in _RECORDS}


def part_of(record: Loss, target: Symbol, out: Symbol, outputs: int = 1, difference: str = DIFFERENCES[0]) -> Expr:
    """One output's share of the error, with the author's order of terms kept; the mean over ``outputs`` of them."""
    with evaluate(False):
        return _mean(record.parts[DIFFERENCES.index(difference)](target, out), outputs)


def slope_of(record: Loss, target: Symbol, out: Symbol, outputs: int = 1, difference: str = DIFFERENCES[0]) -> Expr:
    """∂E/∂out, with the author's order of terms kept."""
    with evaluate(False):
        return _mean(record.slopes[DIFFERENCES.index(difference)](target, out), outputs)


def short_delta_of(
    target: Symbol, out: Symbol, outputs: int = 1, difference: str = DIFFERENCES[0], descent: bool = False
) -> Expr:
    """The delta where the derivative of the activation cancels: out − target, or its negative."""
    with evaluate(False):
        if descent:
            return _mean(target - out, outputs)
        return _mean(-(target - out) if difference == DIFFERENCES[0] else out - target, outputs)


def _mean(expression: Expr, outputs: int) -> Expr:
    """The n-th part, its number put together with the one that the formula begins with."""
    if outputs == 1:
        return expression
    number, rest = Integer(1), (expression,)
    if isinstance(expression, Mul) and isinstance(expression.args[0], Rational):
        number, rest = expression.args[0], expression.args[1:]
    factor = Rational(number.p, number.q * outputs)
    factors = (*(() if factor == 1 else (factor,)), *rest)
    return factors[0] if len(factors) == 1 else Mul(*factors, evaluate=False)
