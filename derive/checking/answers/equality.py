"""Whether two formulas are the same, decided by their values and not by rewriting them.

The rule: both are calculated at points (``points``) with 60 digits. They are the same if they agree to 30 digits
wherever both have a value, and both have one at half the points at least. A formula that is written in other quantities
than the right one is compared as it should be, since at a point each quantity has the value that its step gives it.

The chance of an error: a right formula never fails, but for one that loses 30 of 60 digits in differences. A wrong one
passes if its difference from the right one vanishes at every point. Where the difference is a rational function of
degree d of what is drawn, that happens with probability d/2^40 at most at each point (Schwartz 1980, Zippel 1979), and
at all eight with its eighth power: below 10^-70 for d = 1000. Where there are exponential functions in it, the set on
which an analytic function vanishes has measure 0 all the same, though no such bound is known. What does not show at any
of the points, such as a term below 10^-30 of the value, is not seen.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import mpmath
from mpmath import mpf, workdps
from sympy import (
    Abs,
    Add,
    Basic,
    Expr,
    Float,
    Max,
    Min,
    Mul,
    NumberSymbol,
    Piecewise,
    Pow,
    Rational,
    Symbol,
    cos,
    erf,
    exp,
    log,
    sign,
    sin,
    tan,
    tanh,
)
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from derive.checking.answers.functions import ARGUMENT, FORMULAS

WORKING = 60
AGREEING = 30
MOST_SECONDS = 2.0
"""For one comparison; the limits on a formula keep it far below."""

_LARGEST = mpf(10) ** 1000
_LARGEST_LOGARITHM = 2500  # e to that is beyond the largest value
_NOISE = mpf(10) ** -50  # what differences leave of a 0

Point = Mapping[str, mpf]


class NoRealValueError(ArithmeticError):
    """There is no real value at this point, or none of a size that one calculates with."""


class OutOfTimeError(TimeoutError):
    """The comparison has not come to an end."""


def are_equal(student: Expr, right: Expr, points: Sequence[Point], seconds: float = MOST_SECONDS) -> bool:
    """Whether two formulas agree at the points; ``OutOfTimeError`` if that cannot be found out in time."""
    deadline = time.perf_counter() + seconds
    compared = 0
    for point in points:
        try:
            found, wanted = value_at(student, point, deadline), value_at(right, point, deadline)
        except NoRealValueError:
            continue
        with workdps(WORKING):
            if abs(found - wanted) > max(_NOISE, mpf(10) ** -AGREEING * max(abs(found), abs(wanted))):
                return False
        compared += 1
    return compared > 0 and 2 * compared >= len(points)


def value_at(expression: Expr, point: Point, deadline: float = float("inf")) -> mpf:
    """The value of an expression, calculated from the inside out and stopped as soon as it leaves all bounds."""
    with workdps(WORKING):
        return _Calculator(point, deadline).value(expression)


class _Calculator:
    """The values of expressions at one point."""

    def __init__(self, point: Point, deadline: float) -> None:
        self.point = point
        self.deadline = deadline

    def value(self, expression: Basic) -> mpf:
        if time.perf_counter() > self.deadline:
            raise OutOfTimeError
        try:
            value = self._value(expression)
        except (ArithmeticError, TypeError, ValueError):
            raise NoRealValueError from None
        if not isinstance(value, mpf) or not abs(value) <= _LARGEST:
            raise NoRealValueError
        return value

    def _value(self, expression: Basic) -> Any:
        match expression:
            case Symbol(name=name):
                return self.point[name]
            case Rational(p=above, q=below):
                return mpf(int(above)) / int(below)
            case Float() | NumberSymbol():
                return mpf(expression._to_mpmath(mpmath.mp.prec))
            case Piecewise(args=pieces):
                return next((self.value(value) for value, condition in pieces if self._holds(condition)), None)
            case AppliedUndef(args=arguments):
                return self._named(expression.func.__name__, tuple(map(self.value, arguments)))
            case _:
                return _OPERATIONS[type(expression)](*map(self.value, expression.args))

    def _named(self, name: str, arguments: tuple[mpf, ...]) -> mpf:
        if name in _RELATIONS:
            return mpf(_RELATIONS[name](*arguments))
        return _Calculator({ARGUMENT.name: arguments[0]}, self.deadline).value(FORMULAS[name])

    def _holds(self, condition: Basic) -> bool:
        if not isinstance(condition, Relational):
            return bool(condition)
        left, right = map(self.value, condition.args)
        return _RELATIONS[condition.rel_op](left, right)


def _product(*factors: mpf) -> mpf:
    return mpmath.fprod(factors)


def _exponential(exponent: mpf) -> mpf:
    if abs(exponent) > _LARGEST_LOGARITHM:
        raise NoRealValueError
    return mpmath.exp(exponent)


def _power(base: mpf, exponent: mpf) -> Any:
    if base and abs(exponent * mpmath.log(abs(base))) > _LARGEST_LOGARITHM:
        raise NoRealValueError
    return mpmath.power(base, exponent)


_OPERATIONS: Mapping[type[Basic], Callable[..., Any]] = {
    Add: lambda *terms: mpmath.fsum(terms),
    Mul: _product,
    Pow: _power,
    exp: _exponential,
    log: mpmath.log,
    Abs: abs,
    sin: mpmath.sin,
    cos: mpmath.cos,
    tan: mpmath.tan,
    tanh: mpmath.tanh,
    erf: mpmath.erf,
    sign: mpmath.sign,
    Max: max,
    Min: min,
}
_RELATIONS: Mapping[str, Callable[[mpf, mpf], bool]] = {
    ">": lambda left, right: bool(left > right),
    "<": lambda left, right: bool(left < right),
    ">=": lambda left, right: bool(left >= right),
    "<=": lambda left, right: bool(left <= right),
    "==": lambda left, right: bool(left == right),
    "!=": lambda left, right: bool(left != right),
}
