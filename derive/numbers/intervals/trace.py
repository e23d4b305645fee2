"""What a walk over the steps has found so far: the value of each, and how far its rounding may move it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from derive.numbers.intervals.arrays import Array, IntervalArray, widened
from derive.numbers.intervals.chain import Chain, Link


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """A quantity in all that follows from it; its derivatives are by the roundings of its ``Link.origins``."""

    ends: IntervalArray
    """(2, students): first the value without rounding, then all that it can be."""
    derivatives: IntervalArray
    """(origins, students), enclosed over all that can occur."""
    slopes: Array
    """The same without rounding."""
    printed: IntervalArray
    """What it may be as an answer."""

    @classmethod
    def exactly(cls, numbers: IntervalArray) -> Value:
        """A value that nothing has been rounded for."""
        none = np.zeros((0, *numbers.low.shape))
        ends = IntervalArray(np.stack([numbers.low] * 2), np.stack([numbers.high] * 2))
        return cls(ends, IntervalArray(none, none), none, numbers)


class Trace:
    """Of one walk, for a number of students; arrays (steps, students), filled step by step."""

    def __init__(self, chain: Chain, students: Sequence[Mapping[str, Decimal]]) -> None:
        self.chain, self.count = chain, len(students)
        self.links = {link.quantity.id: link for link in chain.links}
        shape = len(chain.links), self.count
        self.centre, self.below, self.above, self.low, self.high = (np.zeros(shape) for _ in range(5))
        self.is_fresh = np.zeros(shape, np.bool_)
        given = {name: _enclosed([each[name] for each in students]) for name in chain.given}
        self.values = {name: Value.exactly(numbers) for name, numbers in given.items()}
        self.observed: dict[str, NDArray[np.bool_]] = {}

    def is_observed(self, name: str) -> NDArray[np.bool_]:
        """Which students go on with a value of their own."""
        return self.observed.get(name, np.zeros(self.count, np.bool_))

    def to_first_order(self, link: Link, slopes: Array) -> Array:
        """Half the width to first order."""
        units = self.below[link.origins] + self.above[link.origins]
        return np.asarray(np.sum(np.abs(slopes) * units / 2, axis=0))


def _enclosed(numbers: Sequence[Decimal]) -> IntervalArray:
    """The doubles around decimal numbers."""
    nearest = np.array([float(number) for number in numbers])
    exact = np.array([Decimal(double) == number for double, number in zip(nearest.tolist(), numbers, strict=True)])
    wide = widened(nearest)
    return IntervalArray(np.where(exact, nearest, wide.low), np.where(exact, nearest, wide.high))
