"""Intervals whose bounds are numpy arrays: those of many students at once, and their arithmetic.

The result of an operation holds the result for every choice of numbers from the operands. Bounds are doubles, moved
outwards by ``SLACK`` of their size, four times that for functions, which is more than they are ever off; values below
the range of doubles, about 1e-308, count as 0. Where an operation has no value for some of these numbers, as 1/x for an
interval around 0, the result is the whole line, and so is what is calculated from it, but for its product with 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

SLACK = float(np.finfo(np.float64).eps)
"""Twice the error of a sum or product of doubles, relative to it."""

SLACK_OF_FUNCTION = 4 * SLACK
"""The same of numpy's functions, which are exact to four units in the last place."""

quiet = np.errstate(all="ignore")
"""Calculates without warnings: what overflows becomes the whole line."""


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

    def __abs__(self) -> IntervalArray:
        crosses = (self.low < 0) & (self.high > 0)
        ends = np.abs(self.low), np.abs(self.high)
        return IntervalArray(np.where(crosses, 0, np.minimum(*ends)), np.maximum(*ends))

    @quiet
    def __add__(self, other: IntervalArray) -> IntervalArray:
        return settled(self.low + other.low, self.high + other.high)

    @quiet
    def __sub__(self, other: IntervalArray) -> IntervalArray:
        return settled(self.low - other.high, self.high - other.low)

    @quiet
    def __mul__(self, other: IntervalArray) -> IntervalArray:
        corners = self.low * other.low, self.low * other.high, self.high * other.low, self.high * other.high
        product = settled(least_of(corners), greatest_of(corners))
        if product.is_finite:
            return product
        nothing = self._is_zero | other._is_zero
        return IntervalArray(np.where(nothing, 0.0, product.low), np.where(nothing, 0.0, product.high))

    @quiet
    def __truediv__(self, other: IntervalArray) -> IntervalArray:
        return self * other.reciprocal()

    @quiet
    def reciprocal(self) -> IntervalArray:
        """1/x."""
        return settled(1 / self.high, 1 / self.low, (self.low <= 0) & (self.high >= 0))

    @quiet
    def __pow__(self, exponent: IntervalArray) -> IntervalArray:
        """x^y: of any x for a whole y, else of positive x. The size |x|^y is monotone in |x| and in y."""
        size, power = abs(self), exponent.low
        corners = [np.power(bound, y) for bound in (size.low, size.high) for y in (exponent.low, exponent.high)]
        least, greatest = least_of(corners), greatest_of(corners)
        whole = (power == exponent.high) & (power == np.round(power))
        odd = whole & (np.mod(power, 2) == 1)
        negative, crosses = odd & (self.high <= 0), odd & (self.low < 0) & (self.high > 0)
        low = np.where(negative, -greatest, np.where(crosses, -np.power(np.abs(self.low), power), least))
        high = np.where(negative, -least, np.where(crosses, np.power(np.abs(self.high), power), greatest))
        has_pole = (size.low == 0) & (exponent.low < 0)
        return settled(low, high, has_pole | (~whole & (self.low < 0)), SLACK_OF_FUNCTION)

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


def least_of(arrays: Sequence[Array]) -> Array:
    """The least of several numbers, element by element."""
    return reduce(np.minimum, arrays)


def greatest_of(arrays: Sequence[Array]) -> Array:
    """The greatest."""
    return reduce(np.maximum, arrays)


def settled(low: Array, high: Array, without: NDArray[np.bool_] | bool = False, slack: float = SLACK) -> IntervalArray:
    """Moved outwards; the whole line where there is no value, or a bound is not finite."""
    low, high = low - slack * np.abs(low), high + slack * np.abs(high)
    lost = ~np.isfinite(high - low) | without
    if lost.any():
        low, high = np.where(lost, -np.inf, low), np.where(lost, np.inf, high)
    return IntervalArray(np.asarray(low), np.asarray(high))


def chosen(where: NDArray[np.bool_], first: IntervalArray, second: IntervalArray) -> IntervalArray:
    """The first where something holds, else the second."""
    return IntervalArray(np.where(where, first.low, second.low), np.where(where, first.high, second.high))


def widened(numbers: Array) -> IntervalArray:
    """From the double below to the double above."""
    return IntervalArray(np.nextafter(numbers, -np.inf), np.nextafter(numbers, np.inf))
