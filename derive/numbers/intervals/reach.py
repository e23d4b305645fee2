"""What each quantity of a derivation can come to, for every student at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

import numpy as np

from derive.derivation.round import Derivation
from derive.model.conventions import Carry
from derive.numbers.evaluation import Rounding
from derive.numbers.intervals.arrays import Array, IntervalArray
from derive.numbers.intervals.chain import chain_of
from derive.numbers.intervals.observing import Observer
from derive.numbers.intervals.policy import Policy
from derive.numbers.intervals.walk import Walk

Given = Mapping[str, Decimal]

DROWNED = 0.1
"""Half the width of an interval, relative to the value in it, from which on an answer says little."""

_NOISE = 1e-12  # of the largest value: what doubles may leave of a 0
_MOST_NUMBERS = 2_000_000  # derivatives that are held at a time: 48 MB


class Bounds(NamedTuple):
    """The least and the greatest answer that honest rounding leads to."""

    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Reach:
    """The answers that honest rounding leads to; arrays (quantities, students), quantities in order of the steps.

    An infinite bound says that a value on the way can be one at which there is no result, such as 1/0.
    """

    names: tuple[str, ...]
    centre: Array = field(repr=False)
    """The values without any rounding; where answers were observed, what these lead to."""
    low: Array = field(repr=False)
    high: Array = field(repr=False)
    first_order: Array = field(repr=False)
    """Half the width to first order: Σ |∂answer/∂rounding| · unit, its own printing included."""

    @classmethod
    def of(
        cls,
        derivation: Derivation,
        given: Given | Sequence[Given],
        rounding: Rounding,
        carry: Carry,
        *,
        truncation: bool = False,
        observer: Observer | None = None,
    ) -> Reach:
        """The reach of every quantity, for one student's given values or for those of many.

        What the ``observer`` knows of students' own values is used by all steps behind them; the interval of an
        observed quantity itself is what the values before it lead to.
        """
        students = [given] if isinstance(given, Mapping) else list(given)
        chain, policy = chain_of(derivation), Policy(rounding, carry, truncation)
        size = max(1, _MOST_NUMBERS // max(chain.size, 1))
        parts = [slice(first, first + size) for first in range(0, len(students), size)]
        walks = [Walk(chain, policy, students[part], observer, part) for part in parts]
        rows = [walk.rows() for walk in walks]
        arrays = (np.concatenate(of_parts, axis=1) for of_parts in zip(*rows, strict=True))
        return cls(tuple(link.quantity.id for link in chain.links), *arrays)

    @cached_property
    def _rows(self) -> Mapping[str, int]:
        return {name: row for row, name in enumerate(self.names)}

    @property
    def answers(self) -> IntervalArray:
        """All intervals together."""
        return IntervalArray(self.low, self.high)

    def __getitem__(self, quantity_id: str) -> IntervalArray:
        """The interval of one quantity, for each student."""
        row = self._rows[quantity_id]
        return IntervalArray(self.low[row], self.high[row])

    def of_student(self, student: int = 0) -> Mapping[str, Bounds]:
        """Every quantity's interval by id."""
        lows, highs = self.low[:, student].tolist(), self.high[:, student].tolist()
        return {name: Bounds(low, high) for name, low, high in zip(self.names, lows, highs, strict=True)}


def drowned(reach: Reach) -> tuple[str, ...]:
    """The quantities that drown in their own interval, for one student at least.

    Half the interval's width is more than ``DROWNED`` of the value: not even the first digit is sure then. A value of
    0 that no rounding moves does not drown.
    """
    noise = _NOISE * np.max(np.abs(reach.centre), axis=0)
    half = (reach.high - reach.low) / 2
    lost = (half > DROWNED * np.abs(reach.centre)) & (half > noise)
    return tuple(name for name, row in zip(reach.names, lost, strict=True) if row.any())
