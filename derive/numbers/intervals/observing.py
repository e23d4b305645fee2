"""What students have written themselves, and how a walk goes on from that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from derive.numbers.intervals.arrays import Array, IntervalArray, chosen, widened
from derive.numbers.intervals.trace import Trace, Value


class Observer(Protocol):
    """Knows what students have written, and says from which of it they go on."""

    def own(self, name: str, reached: IntervalArray, students: slice) -> IntervalArray | None:
        """Where the value is that each of these students goes on with; NaN for those who go on with what is reached.

        It is asked for the quantities in order of the steps. ``reached`` is the interval of the answer, with all that
        was observed before it.
        """


@dataclass(frozen=True)
class Observed:
    """Values that are known beforehand: an array (students,) for each quantity, NaN where there is none."""

    values: Mapping[str, Array]

    def own(self, name: str, reached: IntervalArray, students: slice) -> IntervalArray | None:
        """The values as they are."""
        return IntervalArray.at(self.values[name][students]) if name in self.values else None


def with_own(trace: Trace, number: int, value: Value, own: IntervalArray) -> Value:
    """The value of a step with students' own in its place; the range of each is its rounding."""
    is_own = trace.observed[trace.chain.links[number].quantity.id] = ~np.isnan(own.low)
    places = widened(own.middle)
    for array, values in (
        (trace.centre, own.middle),
        (trace.low, own.low),
        (trace.high, own.high),
        (trace.below, own.width / 2),
        (trace.above, own.width / 2),
        (trace.is_fresh, is_own),
    ):
        array[number, is_own] = values[is_own]
    for array in (value.derivatives.low, value.derivatives.high, value.slopes):
        array[:, is_own] = 0
        array[-1, is_own] = 1
    ends = IntervalArray(
        np.stack([places.low, np.minimum(places.low, own.low)]),
        np.stack([places.high, np.maximum(places.high, own.high)]),
    )
    return Value(
        chosen(is_own, ends, value.ends),
        value.derivatives,
        value.slopes,
        chosen(is_own, ends[1], value.printed),
    )
