"""How far a rounding can move a value: half a unit in the last place that is kept."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from derive.numbers.evaluation import WRITTEN_OUT, Rounding
from derive.numbers.intervals.arrays import SLACK, Array, IntervalArray

SINGLE = 2.0**-24
"""Half a unit in the last place of a number of single precision, relative to the number."""

_FIGURES_FROM = 10.0**WRITTEN_OUT.stop  # from here on a value has figures, not decimals
# What the slack of doubles may add up to in a single number, relative to the number, and to the unit to be rounded to.
_EXACT, _NARROW = 1e-9, 1e-3
_ON_GRID = 64 * SLACK  # how far doubles may put a power of ten off its place
_BIT = 1 + SLACK


def half_unit(sizes: Array, rounding: Rounding) -> Array:
    """Half a unit in the last place of numbers of these sizes."""
    with np.errstate(divide="ignore", invalid="ignore"):
        exponents = np.floor(np.log10(sizes * _BIT))
        by_figures = np.where(sizes > 0, 0.5 * 10.0 ** (exponents + 1 - rounding.figures), 0)
    if rounding.digits is None:
        return np.asarray(by_figures)
    return np.where(sizes < _FIGURES_FROM, 0.5 * 10.0**-rounding.digits, by_figures)


class Rounded(NamedTuple):
    """Where values are once they are rounded, and how far each may have been moved down and up."""

    values: IntervalArray
    below: Array
    above: Array


def rounded_off(values: IntervalArray, rounding: Rounding, truncation: bool) -> Rounded:
    """To the digits of ``rounding`` or to more; with ``truncation`` also cut off there.

    A rounding is monotone, so the bounds are the roundings of the bounds. It moves no value by more than its own size,
    and a number that has no more digits than are kept not at all.
    """
    size = values.magnitude
    half = half_unit(size, rounding)
    is_kept = _has_no_more_digits(values, 2 * half)
    half, cut = half * _BIT, 2 if truncation else 1
    below = np.where(is_kept, 0, np.minimum(np.where(values.high > 0, cut, 1) * half, size))
    above = np.where(is_kept, 0, np.minimum(np.where(values.low < 0, cut, 1) * half, size))
    least = _rounded_down(values.low, below, rounding, cut)
    greatest = -_rounded_down(-values.high, above, rounding, cut)
    return Rounded(IntervalArray(least, greatest), below, above)


def _rounded_down(bounds: Array, most: Array, rounding: Rounding, cut: int) -> Array:
    """Each moved down, by ``most`` at most; no further than to 0 or a power of ten, which have no more digits."""
    sizes = np.abs(bounds)
    half = half_unit(sizes, rounding)
    moved = bounds - np.minimum(np.where(bounds > 0, cut, 1) * half * _BIT, np.minimum(most, sizes))
    with np.errstate(divide="ignore"):
        nearest_to_0 = np.floor(np.log10(sizes * (1 + _ON_GRID)))
        farthest = np.ceil(np.log10(sizes * (1 - _ON_GRID)))
    powers = np.where(bounds > 0, 10.0**nearest_to_0, -(10.0**farthest))
    stop = np.where(np.abs(powers) * _BIT >= 2 * half, powers - SLACK * np.abs(powers), -np.inf)
    return np.maximum(moved, np.minimum(stop, bounds))


def _has_no_more_digits(values: IntervalArray, unit: Array) -> Array:
    """Whether an interval is one number, but for the slack of doubles, and that is a multiple of the unit."""
    with np.errstate(invalid="ignore", divide="ignore"):
        middle, size = values.middle, values.magnitude
        off = np.abs(middle - np.where(unit > 0, np.round(middle / unit) * unit, 0))
        is_number = (values.width <= _EXACT * size) & (values.width <= _NARROW * unit)
        return np.asarray((size == 0) | (is_number & (off <= values.width / 2 + SLACK * size)))


def rounded_in_single(values: IntervalArray, sums: list[IntervalArray]) -> Rounded:
    """Values whose sums are rounded to single precision with each term that is added."""
    error = np.asarray(SINGLE * _BIT * sum(one.magnitude for one in sums))
    return Rounded(IntervalArray(values.low - error, values.high + error), error, error)
