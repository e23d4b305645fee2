"""Intervals whose bounds are numpy arrays: one operation on the intervals of many students at once.

The result of an operation holds the result for every choice of numbers from the operands. Bounds are doubles, moved
outwards by ``SLACK`` of their size, four times that for functions, which is more than they are ever off; values below
the range of doubles, about 1e-308, count as 0. Where an operation has no value for some of these numbers, as 1/x for an
interval around 0, the result is the whole line, and so is what is calculated from it, but for its product with 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

SLACK = float(np.finfo(np.float64).eps)
"""Twice the error of a sum or product of doubles, relative to it."""

_OF_FUNCTION = 4 * SLACK  # numpy's functions are exact to four units in the last place

_quiet = np.errstate(all="ignore")  # what overflows becomes the whole line


@dataclass(frozen=True, slots=True, eq=False)
class IntervalArray:
    """low ≤ high, element by element; shapes are broadcast as numpy does it. No bound is NaN."""

    low: Array
    high: Array

    @classmethod
    def at(cls, values: Any) -> IntervalArray:
        """Intervals of one number each."""
        points = np.asarray(values, np.float64)
        return cls(points, points)

    def __getitem__(self, index: Any) -> IntervalArray:
        return IntervalArray(self.low[index], self.high[index])

    def __neg__(self) -> IntervalArray:
        return IntervalArray(-self.high, -self.low)

    @_quiet
    def __add__(self, other: IntervalArray) -> IntervalArray:
        return _settled(self.low + other.low, self.high + other.high)

    @_quiet
    def __sub__(self, other: IntervalArray) -> IntervalArray:
        return _settled(self.low - other.high, self.high - other.low)

    @_quiet
    def __mul__(self, other: IntervalArray) -> IntervalArray:
        corners = self.low * other.low, self.low * other.high, self.high * other.low, self.high * other.high
        product = _settled(_least(corners), _greatest(corners))
        if product.is_finite:
            return product
        nothing = self._is_zero | other._is_zero
        return IntervalArray(np.where(nothing, 0.0, product.low), np.where(nothing, 0.0, product.high))

    @_quiet
    def __truediv__(self, other: IntervalArray) -> IntervalArray:
        return self * other.reciprocal()

    @_quiet
    def reciprocal(self) -> IntervalArray:
        """1/x."""
        return _settled(1 / self.high, 1 / self.low, (self.low <= 0) & (self.high >= 0))

    @_quiet
    def __pow__(self, exponent: IntervalArray) -> IntervalArray:
        """x^y: of any x for a whole y, else of positive x. The size |x|^y is monotone in |x| and in y."""
        size, power = absolute(self), exponent.low
        corners = [np.power(bound, y) for bound in (size.low, size.high) for y in (exponent.low, exponent.high)]
        least, greatest = _least(corners), _greatest(corners)
        whole = (power == exponent.high) & (power == np.round(power))
        odd = whole & (np.mod(power, 2) == 1)
        negative, crosses = odd & (self.high <= 0), odd & (self.low < 0) & (self.high > 0)
        low = np.where(negative, -greatest, np.where(crosses, -np.power(np.abs(self.low), power), least))
        high = np.where(negative, -least, np.where(crosses, np.power(np.abs(self.high), power), greatest))
        has_pole = (size.low == 0) & (exponent.low < 0)
        return _settled(low, high, has_pole | (~whole & (self.low < 0)), _OF_FUNCTION)

    @property
    def width(self) -> Array:
        """The distance between the bounds."""
        return np.asarray(self.high - self.low)

    @property
    def middle(self) -> Array:
        """Halfway between the bounds."""
        return np.asarray(self.low + (self.high - self.low) / 2)

    @property
    def magnitude(self) -> Array:
        """The largest |x|."""
        return np.maximum(np.abs(self.low), np.abs(self.high))

    @property
    def is_finite(self) -> bool:
        """Whether none is the whole line."""
        return bool(np.isfinite(self.low).all() and np.isfinite(self.high).all())

    @property
    def _is_zero(self) -> NDArray[np.bool_]:
        return np.asarray((self.low == 0) & (self.high == 0))

    def within(self, other: IntervalArray) -> IntervalArray:
        """What two enclosures of the same values have in common."""
        low, high = np.maximum(self.low, other.low), np.minimum(self.high, other.high)
        return IntervalArray(np.minimum(low, high), np.maximum(low, high))

    def hull(self, other: IntervalArray) -> IntervalArray:
        """The smallest interval around both."""
        return IntervalArray(np.minimum(self.low, other.low), np.maximum(self.high, other.high))

    def shaped(self, *shape: int) -> IntervalArray:
        """The same in a shape that it can be broadcast to."""
        return IntervalArray(np.broadcast_to(self.low, shape), np.broadcast_to(self.high, shape))


def _least(arrays: Sequence[Array]) -> Array:
    return reduce(np.minimum, arrays)


def _greatest(arrays: Sequence[Array]) -> Array:
    return reduce(np.maximum, arrays)


def _settled(low: Array, high: Array, without: NDArray[np.bool_] | bool = False, slack: float = SLACK) -> IntervalArray:
    """Moved outwards; the whole line where there is no value, or a bound is not finite."""
    low, high = low - slack * np.abs(low), high + slack * np.abs(high)
    lost = ~np.isfinite(high - low) | without
    if lost.any():
        low, high = np.where(lost, -np.inf, low), np.where(lost, np.inf, high)
    return IntervalArray(np.asarray(low), np.asarray(high))


# --- functions -------------------------------------------------------------------------------------------------------

Operation: TypeAlias = Callable[..., IntervalArray]


def _rising(function: Callable[[Array], Array]) -> Operation:
    @_quiet
    def of(x: IntervalArray) -> IntervalArray:
        return _settled(function(x.low), function(x.high), ~np.isfinite(x.high - x.low), _OF_FUNCTION)

    return of


@_quiet
def logarithm(x: IntervalArray) -> IntervalArray:
    """ln x."""
    return _settled(np.log(x.low), np.log(x.high), x.low <= 0, _OF_FUNCTION)


@_quiet
def square_root(x: IntervalArray) -> IntervalArray:
    """√x, of what there is from 0 on."""
    return _settled(np.sqrt(np.maximum(x.low, 0)), np.sqrt(x.high), x.high < 0)


@_quiet
def cosine(x: IntervalArray) -> IntervalArray:
    """cos x: 1 or −1 where the interval holds an even or odd multiple of π."""
    margin = _OF_FUNCTION * (1 + x.magnitude)
    first, last = np.ceil((x.low - margin) / math.pi), np.floor((x.high + margin) / math.pi)
    ends = np.cos(x.low), np.cos(x.high)
    holds_even = 2 * np.ceil(first / 2) <= last
    holds_odd = 2 * np.ceil((first - 1) / 2) + 1 <= last
    low = np.where(holds_odd, -1, _least(ends) - margin)
    high = np.where(holds_even, 1, _greatest(ends) + margin)
    return _settled(low, high, ~np.isfinite(x.width), _OF_FUNCTION)


@_quiet
def sine(x: IntervalArray) -> IntervalArray:
    """sin x = cos(x − π/2)."""
    return cosine(x - IntervalArray.at(math.pi / 2))


@_quiet
def tangent(x: IntervalArray) -> IntervalArray:
    """tan x; the whole line where the interval holds a pole."""
    margin = _OF_FUNCTION * (1 + x.magnitude)
    branch = np.floor((x.low - margin) / math.pi + 0.5), np.floor((x.high + margin) / math.pi + 0.5)
    slopes = 1 + np.square(np.tan(x.low)), 1 + np.square(np.tan(x.high))
    low, high = np.tan(x.low) - margin * slopes[0], np.tan(x.high) + margin * slopes[1]
    return _settled(low, high, branch[0] != branch[1], _OF_FUNCTION)


def absolute(x: IntervalArray) -> IntervalArray:
    """|x|."""
    crosses = (x.low < 0) & (x.high > 0)
    ends = np.abs(x.low), np.abs(x.high)
    return IntervalArray(np.where(crosses, 0, np.minimum(*ends)), np.maximum(*ends))


def greatest(*numbers: IntervalArray) -> IntervalArray:
    """The maximum."""
    return IntervalArray(_greatest([x.low for x in numbers]), _greatest([x.high for x in numbers]))


def least(*numbers: IntervalArray) -> IntervalArray:
    """The minimum."""
    return IntervalArray(_least([x.low for x in numbers]), _least([x.high for x in numbers]))


def total(first: IntervalArray, *others: IntervalArray) -> IntervalArray:
    """The sum."""
    for other in others:
        first = first + other
    return first


def product(first: IntervalArray, *others: IntervalArray) -> IntervalArray:
    """The product."""
    for other in others:
        first = first * other
    return first


# A slope at a corner is every number between those on both sides; so is a truth that depends on the number: 0 to 1.


def step(x: IntervalArray) -> IntervalArray:
    """The slope of max(0, x)."""
    return IntervalArray((x.low > 0).astype(np.float64), (x.high >= 0).astype(np.float64))


def sign(x: IntervalArray) -> IntervalArray:
    """The slope of |x|."""
    above = step(x)
    return IntervalArray(2 * above.low - 1, 2 * above.high - 1)


def is_above(x: IntervalArray, y: IntervalArray) -> IntervalArray:
    """The truth of x > y."""
    return IntervalArray((x.low > y.high).astype(np.float64), (x.high > y.low).astype(np.float64))


def negation(truth: IntervalArray) -> IntervalArray:
    """not."""
    return IntervalArray(1 - truth.high, 1 - truth.low)


def is_equal(x: IntervalArray, y: IntervalArray) -> IntervalArray:
    """The truth of x = y."""
    surely = (x.width == 0) & (y.width == 0) & (x.low == y.low)
    possibly = (x.low <= y.high) & (y.low <= x.high)
    return IntervalArray(surely.astype(np.float64), possibly.astype(np.float64))


def cases(*values_and_truths: IntervalArray) -> IntervalArray:
    """The hull of all values that can be taken: value, truth, value, truth, …; nothing follows a case that is true."""
    low, high = np.asarray(np.inf), np.asarray(-np.inf)
    open_still = np.asarray(True)
    for value, truth in zip(values_and_truths[::2], values_and_truths[1::2], strict=True):
        possible = open_still & (truth.high > 0)
        low = np.where(possible, np.minimum(low, value.low), low)
        high = np.where(possible, np.maximum(high, value.high), high)
        open_still = open_still & (truth.low == 0)
    return IntervalArray(np.where(open_still, -np.inf, low), np.where(open_still, np.inf, high))


OPERATIONS: Mapping[str, Operation] = {
    "sum": total,
    "product": product,
    "negative": lambda x: -x,
    "reciprocal": IntervalArray.reciprocal,
    "power": lambda base, exponent: base**exponent,
    "root": square_root,
    "exp": _rising(np.exp),
    "log": logarithm,
    "tanh": _rising(np.tanh),
    "erf": _rising(np.vectorize(math.erf, otypes=[np.float64])),
    "sin": sine,
    "cos": cosine,
    "tan": tangent,
    "abs": absolute,
    "max": greatest,
    "min": least,
    "step": step,
    "sign": sign,
    "above": is_above,
    "equal": is_equal,
    "not": negation,
    "cases": cases,
}
"""What a program is made of, by name."""
