"""Answers as numbers: what was written, how finely, and whether an interval has room for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from derive.checking.answers.typed_numbers import ReadNumber
from derive.numbers.evaluation import Rounding
from derive.numbers.intervals.arrays import Array, IntervalArray
from derive.numbers.intervals.reach import Reach
from derive.numbers.intervals.units import half_unit

Truths: TypeAlias = NDArray[np.bool_]
Answers: TypeAlias = Mapping[str, ReadNumber]
"""One student's numbers by quantity."""

_NOISE = 1e-12  # what doubles may add to a decimal number, relative to it
_FEWEST_FIGURES = 2
"""An answer of fewer significant figures is no rounding of the right one but a guess."""
_SURE_FIGURES = 3
"""With fewer figures than these, an answer that is more coarse than asked is taken as it is, not as a rounded one."""
_COARSER = 1.5
_LARGEST = 1e300


@dataclass(frozen=True, slots=True)
class Manner:
    """How a quantity is to be written."""

    rounding: Rounding
    is_read_off: bool
    """Whether it is a number that stands somewhere else, which can be copied with all its digits."""


@dataclass(frozen=True)
class Written:
    """All answers as arrays (quantities, students), NaN where there is none."""

    names: tuple[str, ...]
    values: Array
    halves: Array
    """Half a unit of the last digit that was written; a whole one where digits were cut off."""
    figures: Array
    manners: tuple[Manner, ...]

    @classmethod
    def of(cls, manners: Mapping[str, Manner], answers: Sequence[Answers], plain: Reach) -> Written:
        """Of a number that can be read in two ways (1,234) the reading that is right, else the first."""
        found = [[own.get(name) for own in answers] for name in manners]
        first = cls._of(manners, [[_reading(number, 0) for number in row] for row in found])
        if not any(number and number.other for row in found for number in row):
            return first
        second = cls._of(manners, [[_reading(number, 1) for number in row] for row in found])
        better = second.lies_in(plain.answers) & ~first.lies_in(plain.answers)
        return replace(
            first, **{part: np.where(better, getattr(second, part), getattr(first, part)) for part in _MEASURES}
        )

    @classmethod
    def _of(cls, manners: Mapping[str, Manner], found: list[list[ReadNumber | None]]) -> Written:
        shape = len(manners), len(found[0]) if found else 0
        arrays = {
            part: np.array([[measure(number) if number else np.nan for number in row] for row in found]).reshape(shape)
            for part, measure in _MEASURES.items()
        }
        return cls(tuple(manners), arrays["values"], arrays["halves"], arrays["figures"], tuple(manners.values()))

    @cached_property
    def is_there(self) -> Truths:
        """Whether there is an answer."""
        return ~np.isnan(self.values)

    @cached_property
    def asked(self) -> Array:
        """Half a unit of what the sheet asks for, for numbers of this size."""
        rows = zip(np.abs(self.values), self.manners, strict=True)
        return np.array([half_unit(sizes, manner.rounding) for sizes, manner in rows]).reshape(self.values.shape)

    @cached_property
    def spare(self) -> Array:
        """What may be rounded off a number that is only copied; of others the interval has it already."""
        is_copied = np.array([[manner.is_read_off] for manner in self.manners])
        return np.where(is_copied, self.asked, 0.0)

    @cached_property
    def radii(self) -> Array:
        """How far the number with which one goes on may be from the one that was written.

        What is more coarse than asked and has hardly any figures is taken as it is: it would explain anything.
        """
        return np.where(self.figures >= _SURE_FIGURES, self.halves, np.minimum(self.halves, self.asked))

    def lies_in(self, reach: IntervalArray, rows: Any = slice(None), spare: Array | float = 0.0) -> Truths:
        """Whether each answer is one to which honest rounding leads."""
        values = self.values[rows]
        slack = self.spare[rows] + spare + _NOISE * np.abs(values)
        return np.asarray((values >= reach.low - slack) & (values <= reach.high + slack))

    def rounds_into(self, reach: IntervalArray, rows: Any = slice(None)) -> Truths:
        """Whether each is one that was rounded otherwise than the sheet asks: more coarsely, or the wrong way."""
        is_coarse = self.halves[rows] > _COARSER * self.asked[rows]
        spare = np.where(is_coarse, self.halves[rows], self.asked[rows])
        return np.asarray((self.figures[rows] >= _FEWEST_FIGURES) & self.lies_in(reach, rows, spare))

    def ranges(self, rows: Any = slice(None)) -> IntervalArray:
        """Where the numbers are from which the answers were rounded."""
        values, radii = self.values[rows], self.radii[rows]
        return IntervalArray(values - radii, values + radii)


def _reading(number: ReadNumber | None, which: int) -> ReadNumber | None:
    return number.readings[min(which, len(number.readings) - 1)] if number else None


def _value(number: ReadNumber) -> float:
    """The nearest double; what is beyond them counts as very large."""
    if isinstance(number.value, Decimal) and number.value.adjusted() > 300:
        return _LARGEST if number.value > 0 else -_LARGEST
    try:
        return max(min(float(number.value), _LARGEST), -_LARGEST)
    except OverflowError:
        return _LARGEST if number.value > 0 else -_LARGEST


def _half(number: ReadNumber) -> float:
    if number.decimals is None:
        return 0.0
    return float(Fraction(1 if number.goes_on else "1/2") * Fraction(10) ** -max(min(number.decimals, 300), -300))


def _figures(number: ReadNumber) -> float:
    return np.inf if number.figures is None else float(number.figures)


_MEASURES = {"values": _value, "halves": _half, "figures": _figures}
