"""Tighter bounds from other centres: the corners to which the derivatives point."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from derive.numbers.intervals.arrays import Array, IntervalArray, chosen
from derive.numbers.intervals.chain import Link
from derive.numbers.intervals.trace import Trace

_WORTHWHILE = 1.01  # how much wider than to first order an interval has to be, for a closer look


def recentred(
    trace: Trace, link: Link, derivatives: IntervalArray, slopes: Array, bounds: IntervalArray
) -> IntervalArray:
    """Tighter bounds where the mean-value form is much wider than to first order.

    The form holds around any values that can occur, not only those without rounding. Around the corner to which the
    derivatives point nothing is left to add, where their signs are sure (Baumann, "Optimal centered forms", BIT 28,
    1988): the bound is the value at that corner.
    """
    wide = np.isfinite(bounds.width) & (bounds.width > _WORTHWHILE * 2 * trace.to_first_order(link, slopes))
    if not wide.any():
        return bounds
    low, high = _around_corners(trace, link, derivatives[:, wide], wide)
    better = IntervalArray(bounds.low.copy(), bounds.high.copy())
    better.low[wide] = np.fmax(bounds.low[wide], low)
    better.high[wide] = np.fmin(bounds.high[wide], high)
    return better


def _around_corners(
    trace: Trace, link: Link, derivatives: IntervalArray, students: NDArray[np.bool_]
) -> tuple[Array, Array]:
    """Bounds from two other centres, one for the least value and one for the greatest: arrays (2, students)."""
    known: dict[str, IntervalArray] = {}
    extra = np.zeros((2, int(students.sum())))
    for origin, least, greatest in zip(link.origins[:-1], derivatives.low, derivatives.high, strict=False):
        source = trace.chain.links[origin]
        (value,) = source.rule.value(*(_at_corner(trace, name, known, students) for name in source.arguments))
        value = chosen(trace.is_fresh[origin, students], IntervalArray.at(trace.centre[origin, students]), value)
        below, above = trace.below[origin, students], trace.above[origin, students]
        rises, falls = least >= -greatest / 4, greatest <= -least / 4
        upwards = np.where(rises, above, np.where(falls, -below, 0))
        downwards = np.where(rises, -below, np.where(falls, above, 0))
        place = np.clip(
            value.middle + np.stack([downwards, upwards]), trace.low[origin, students], trace.high[origin, students]
        )
        moved = IntervalArray.at(place) - value
        left = IntervalArray(-below - moved.high, above - moved.low)
        rest = IntervalArray(least, greatest) * left
        extra += np.stack([np.minimum(rest.low[0], 0), np.maximum(rest.high[1], 0)])
        known[source.quantity.id] = IntervalArray.at(place)
    (value,) = link.rule.value(*(_at_corner(trace, name, known, students) for name in link.arguments))
    value = value.shaped(2, extra.shape[1])
    return value.low[0] + extra[0], value.high[1] + extra[1]


def _at_corner(
    trace: Trace, name: str, known: Mapping[str, IntervalArray], students: NDArray[np.bool_]
) -> IntervalArray:
    return known[name] if name in known else trace.values[name].ends[:, students]
