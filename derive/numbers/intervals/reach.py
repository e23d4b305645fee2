"""What each quantity of a derivation can come to, for every student at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from sympy import Rational, Symbol

from derive.derivation.round import Derivation
from derive.model.conventions import Carry
from derive.numbers.evaluation import Rounding
from derive.numbers.intervals.arrays import SLACK, Array, IntervalArray
from derive.numbers.intervals.chain import Chain, Link, chain_of, partial_sums, unpacked
from derive.numbers.intervals.units import Policy, Rounded, rounded_in_single, rounded_off

Given = Mapping[str, Decimal]

DROWNED = 0.1
"""Half the width of an interval, relative to the value in it, from which on an answer says little."""

_NOISE = 1e-12  # of the largest value: what doubles may leave of a 0
_FAR_OUT = 300  # where the square of an exponential leaves the range of doubles: e to 355
_WORTHWHILE = 1.01  # how much wider than to first order an interval has to be, for a closer look
_MOST_NUMBERS = 2_000_000  # derivatives that are held at a time: 48 MB


class Bounds(NamedTuple):
    """The least and the greatest answer that honest rounding leads to."""

    low: float
    high: float


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
        walks = [_Walk(chain, policy, students[part], observer, part) for part in parts]
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


@dataclass(frozen=True, slots=True, eq=False)
class _Value:
    """A quantity in all that follows from it; its derivatives are by the roundings of its ``Link.origins``."""

    ends: IntervalArray
    """(2, students): first the value without rounding, then all that it can be."""
    derivatives: IntervalArray
    """(origins, students), enclosed over all that can occur."""
    slopes: Array
    """The same without rounding."""
    printed: IntervalArray
    """What it may be as an answer."""


class _Row(NamedTuple):
    centre: Array
    low: Array
    high: Array
    first_order: Array


class _Walk:
    """One walk over the steps, for a number of students."""

    def __init__(
        self, chain: Chain, policy: Policy, students: Sequence[Given], observer: Observer | None, part: slice
    ) -> None:
        self.chain, self.policy, self.observer, self.part = chain, policy, observer, part
        self.observed: dict[str, NDArray[np.bool_]] = {}
        self.links = {link.quantity.id: link for link in chain.links}
        self.count = len(students)
        shape = len(chain.links), self.count
        self.centre, self.below, self.above, self.low, self.high = (np.zeros(shape) for _ in range(5))
        self.is_fresh = np.zeros(shape, np.bool_)
        given = {name: _enclosed([each[name] for each in students]) for name in chain.given}
        self.known = {name: _exactly(numbers) for name, numbers in given.items()}

    def rows(self) -> _Row:
        """The result, quantity by quantity."""
        with np.errstate(all="ignore"):
            return _Row(*map(np.array, zip(*self._rows(), strict=True)))

    def _rows(self) -> Iterator[_Row]:
        for number, link in enumerate(self.chain.links):
            value, row = self._step(number, link)
            self.known[link.quantity.id] = self._as_observed(number, link, value)
            for name in link.retired:
                del self.known[name]
            yield row

    def _step(self, number: int, link: Link) -> tuple[_Value, _Row]:
        results = link.rule.program(*(self.known[name].ends for name in link.arguments))
        shaped = [result.shaped(2, self.count) for result in results]
        value, slopes, worked, breaks = unpacked(link.rule, shaped)
        centre = value[0].middle
        inexact = (value[0].width + SLACK * np.abs(centre)) / 2
        derivatives, slopes_here = self._derivatives(link, slopes)
        before = self._before_rounding(link, derivatives, centre, inexact).within(value[1])
        before = self._recentred(link, derivatives, slopes_here, before)
        # Where a formula jumps, or a derivative has no bound, what comes of earlier roundings is one error of its own.
        fresh = ~np.isfinite(before.width) | self._breaks(breaks) | self._vanishes(link, slopes)
        before = _chosen(fresh, value[1], before)
        rounded = self._rounded(link, before, worked)
        self.below[number] = rounded.below + np.where(fresh, centre - before.low, inexact)
        self.above[number] = rounded.above + np.where(fresh, before.high - centre, inexact)
        for array in (derivatives.low, derivatives.high, slopes_here):
            array[:, fresh] = 0
            array[-1] = 1
        self.centre[number], self.low[number], self.high[number] = centre, rounded.values.low, rounded.values.high
        self.is_fresh[number] = fresh
        printed = self._printed(link, rounded.values)
        first_order = self._to_first_order(link, slopes_here)
        ends = IntervalArray(np.stack([centre, rounded.values.low]), np.stack([centre, rounded.values.high]))
        made = _Value(ends, derivatives, slopes_here, printed)
        return made, _Row(centre, printed.low, printed.high, first_order)

    def _derivatives(self, link: Link, slopes: Sequence[IntervalArray]) -> tuple[IntervalArray, Array]:
        """By the chain rule, over all that can occur and without rounding; that by its own rounding is still 0."""
        low, high, exact = (np.zeros((len(link.origins), self.count)) for _ in range(3))
        for name, slope, places in zip(link.varying, slopes, link.inherited, strict=True):
            parent = self.known[name]
            share = slope[1] * parent.derivatives
            low[places] += share.low
            high[places] += share.high
            exact[places] += slope[0].middle * parent.slopes
        return IntervalArray(low - SLACK * np.abs(low), high + SLACK * np.abs(high)), exact

    def _before_rounding(self, link: Link, derivatives: IntervalArray, centre: Array, inexact: Array) -> IntervalArray:
        """The mean-value form: the centre, and each derivative times how far that step may be off."""
        below, above = self.below[link.origins], self.above[link.origins]
        down = np.minimum(derivatives.low * above, -derivatives.high * below).sum(axis=0)
        up = np.maximum(derivatives.high * above, -derivatives.low * below).sum(axis=0)
        slack = inexact + SLACK * (np.abs(centre) + (up - down) * len(link.origins))
        return IntervalArray(centre + down - slack, centre + up + slack)

    def _to_first_order(self, link: Link, slopes: Array) -> Array:
        units = self.below[link.origins] + self.above[link.origins]
        return np.asarray(np.sum(np.abs(slopes) * units / 2, axis=0))

    def _recentred(self, link: Link, derivatives: IntervalArray, slopes: Array, bounds: IntervalArray) -> IntervalArray:
        """Tighter bounds where the mean-value form is much wider than to first order.

        The form holds around any values that can occur, not only those without rounding. Around the corner to which the
        derivatives point nothing is left to add, where their signs are sure (Baumann, "Optimal centered forms", BIT 28,
        1988): the bound is the value at that corner.
        """
        wide = np.isfinite(bounds.width) & (bounds.width > _WORTHWHILE * 2 * self._to_first_order(link, slopes))
        if not wide.any():
            return bounds
        low, high = self._around_corners(link, derivatives[:, wide], wide)
        better = IntervalArray(bounds.low.copy(), bounds.high.copy())
        better.low[wide] = np.fmax(bounds.low[wide], low)
        better.high[wide] = np.fmin(bounds.high[wide], high)
        return better

    def _around_corners(
        self, link: Link, derivatives: IntervalArray, students: NDArray[np.bool_]
    ) -> tuple[Array, Array]:
        """Bounds from two other centres, one for the least value and one for the greatest: arrays (2, students)."""
        known: dict[str, IntervalArray] = {}
        extra = np.zeros((2, int(students.sum())))
        for origin, least, greatest in zip(link.origins[:-1], derivatives.low, derivatives.high, strict=False):
            source = self.chain.links[origin]
            (value,) = source.rule.value(*(self._at_corner(name, known, students) for name in source.arguments))
            value = _chosen(self.is_fresh[origin, students], IntervalArray.at(self.centre[origin, students]), value)
            below, above = self.below[origin, students], self.above[origin, students]
            rises, falls = least >= -greatest / 4, greatest <= -least / 4
            upwards = np.where(rises, above, np.where(falls, -below, 0))
            downwards = np.where(rises, -below, np.where(falls, above, 0))
            place = np.clip(
                value.middle + np.stack([downwards, upwards]), self.low[origin, students], self.high[origin, students]
            )
            moved = IntervalArray.at(place) - value
            left = IntervalArray(-below - moved.high, above - moved.low)
            rest = IntervalArray(least, greatest) * left
            extra += np.stack([np.minimum(rest.low[0], 0), np.maximum(rest.high[1], 0)])
            known[source.quantity.id] = IntervalArray.at(place)
        (value,) = link.rule.value(*(self._at_corner(name, known, students) for name in link.arguments))
        value = value.shaped(2, extra.shape[1])
        return value.low[0] + extra[0], value.high[1] + extra[1]

    def _at_corner(self, name: str, known: Mapping[str, IntervalArray], students: NDArray[np.bool_]) -> IntervalArray:
        return known[name] if name in known else self.known[name].ends[:, students]

    def _vanishes(self, link: Link, slopes: Sequence[IntervalArray]) -> NDArray[np.bool_]:
        """Whether a derivative may be 0 only because doubles end there, as far out on a logistic curve."""
        lost = np.zeros(self.count, np.bool_)
        for name, slope in zip(link.varying, slopes, strict=True):
            lost |= (slope[1].magnitude == 0) & (self.known[name].ends[1].magnitude > _FAR_OUT)
        return lost

    def _breaks(self, truths: Sequence[IntervalArray]) -> NDArray[np.bool_]:
        undecided = [truth[1].width > 0 for truth in truths]
        return np.any(undecided, axis=0) if undecided else np.zeros(self.count, np.bool_)

    def _rounded(self, link: Link, values: IntervalArray, worked: IntervalArray | None) -> Rounded:
        """What the step's own rounding adds."""
        if self.policy.is_single(link):
            program, names = partial_sums(link.step.expression)
            return rounded_in_single(values, program(*(self.known[name].ends[1] for name in names)))
        kept, nothing = self.policy.kept(link), np.zeros(self.count)
        if kept is None:
            return Rounded(values, nothing, nothing)
        rounded = rounded_off(values, kept, self.policy.truncation)
        picked = worked[1].high == 0 if worked else np.full(self.count, link.is_picked)
        picked = picked & self._are_kept(link, kept)
        if not picked.any():
            return rounded
        return Rounded(
            _chosen(picked, values, rounded.values),
            np.where(picked, 0, rounded.below),
            np.where(picked, 0, rounded.above),
        )

    def _are_kept(self, link: Link, kept: Rounding) -> NDArray[np.bool_]:
        """Whether what a step can pick from is not rounded again: it has been, or it is only read off."""
        alike = np.full(self.count, not (self.policy.carry.is_full and link.is_extreme))
        for pick in link.picks:
            if isinstance(pick, Symbol):
                source = self.links.get(pick.name)
                alike &= self.policy.carry.is_full or (source is not None and self.policy.kept(source) == kept)
                alike &= ~self._is_observed(pick.name)
            else:
                alike &= self.policy.carry.is_full or kept.rounded(_decimal(pick)) == _decimal(pick)
        return alike

    def _printed(self, link: Link, values: IntervalArray) -> IntervalArray:
        """The answers, from the values that one goes on with; what is read off has the digits that it had there."""
        printed = rounded_off(values, self.policy.printed(link.quantity), self.policy.truncation).values
        is_rounded = self.policy.kept(link) is not None
        if link.is_read_off and not is_rounded:
            for name in link.arguments:
                source = _chosen(self._is_observed(name), printed, self.known[name].printed)
                return source.hull(printed) if self.policy.is_single(link) else source
            return values
        return values if self.policy.is_printed_as_kept(link.quantity) else printed

    def _is_observed(self, name: str) -> NDArray[np.bool_]:
        return self.observed.get(name, np.zeros(self.count, np.bool_))

    def _as_observed(self, number: int, link: Link, value: _Value) -> _Value:
        """The value that later steps use: a student's own, where it is known, with its own range as its rounding."""
        own = self.observer.own(link.quantity.id, value.printed, self.part) if self.observer else None
        if own is None or np.isnan(own.low).all():
            return value
        is_own = self.observed[link.quantity.id] = ~np.isnan(own.low)
        places = _widened(own.middle)
        for array, values in (
            (self.centre, own.middle),
            (self.low, own.low),
            (self.high, own.high),
            (self.below, own.width / 2),
            (self.above, own.width / 2),
            (self.is_fresh, is_own),
        ):
            array[number, is_own] = values[is_own]
        for array in (value.derivatives.low, value.derivatives.high, value.slopes):
            array[:, is_own] = 0
            array[-1, is_own] = 1
        ends = IntervalArray(
            np.stack([places.low, np.minimum(places.low, own.low)]),
            np.stack([places.high, np.maximum(places.high, own.high)]),
        )
        return _Value(
            _chosen(is_own, ends, value.ends),
            value.derivatives,
            value.slopes,
            _chosen(is_own, ends[1], value.printed),
        )


def _enclosed(numbers: Sequence[Decimal]) -> IntervalArray:
    """The doubles around decimal numbers."""
    nearest = np.array([float(number) for number in numbers])
    exact = np.array([Decimal(double) == number for double, number in zip(nearest.tolist(), numbers, strict=True)])
    wide = _widened(nearest)
    return IntervalArray(np.where(exact, nearest, wide.low), np.where(exact, nearest, wide.high))


def _widened(numbers: Array) -> IntervalArray:
    return IntervalArray(np.nextafter(numbers, -np.inf), np.nextafter(numbers, np.inf))


def _exactly(numbers: IntervalArray) -> _Value:
    """A value that nothing has been rounded for."""
    none = np.zeros((0, *numbers.low.shape))
    ends = IntervalArray(np.stack([numbers.low] * 2), np.stack([numbers.high] * 2))
    return _Value(ends, IntervalArray(none, none), none, numbers)


def _chosen(where: NDArray[np.bool_], first: IntervalArray, second: IntervalArray) -> IntervalArray:
    return IntervalArray(np.where(where, first.low, second.low), np.where(where, first.high, second.high))


def _decimal(number: Rational) -> Decimal:
    return Decimal(int(number.p)) / Decimal(int(number.q))
