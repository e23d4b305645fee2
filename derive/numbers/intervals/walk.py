"""The walk over the steps: from what comes before to each value, its derivatives, and its rounding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from derive.numbers.intervals.arrays import SLACK, Array, IntervalArray, chosen
from derive.numbers.intervals.chain import Chain, Link, unpacked
from derive.numbers.intervals.corners import recentred
from derive.numbers.intervals.observing import Observer, with_own
from derive.numbers.intervals.policy import Policy, kept_by, printed_by
from derive.numbers.intervals.trace import Trace, Value

_FAR_OUT = 300  # where the square of an exponential leaves the range of doubles: e to 355


class Row(NamedTuple):
    """What comes of one step; each an array (students,)."""

    centre: Array
    low: Array
    high: Array
    first_order: Array


class Walk:
    """One walk over the steps, for a number of students."""

    def __init__(
        self,
        chain: Chain,
        policy: Policy,
        students: Sequence[Mapping[str, Decimal]],
        observer: Observer | None,
        part: slice,
    ) -> None:
        self.policy, self.observer, self.part = policy, observer, part
        self.trace = Trace(chain, students)

    def rows(self) -> Row:
        """The result, quantity by quantity."""
        with np.errstate(all="ignore"):
            return Row(*map(np.array, zip(*self._rows(), strict=True)))

    def _rows(self) -> Iterator[Row]:
        for number, link in enumerate(self.trace.chain.links):
            value, row = self._step(number, link)
            self.trace.values[link.quantity.id] = self._observed(number, link, value)
            for name in link.retired:
                del self.trace.values[name]
            yield row

    def _step(self, number: int, link: Link) -> tuple[Value, Row]:
        trace = self.trace
        results = link.rule.program(*(trace.values[name].ends for name in link.arguments))
        shaped = [result.shaped(2, trace.count) for result in results]
        value, slopes, worked, breaks = unpacked(link.rule, shaped)
        centre = value[0].middle
        inexact = (value[0].width + SLACK * np.abs(centre)) / 2
        derivatives, slopes_here = self._derivatives(link, slopes)
        before = self._before_rounding(link, derivatives, centre, inexact).within(value[1])
        before = recentred(trace, link, derivatives, slopes_here, before)
        # Where a formula jumps, or a derivative has no bound, what comes of earlier roundings is one error of its own.
        fresh = ~np.isfinite(before.width) | self._breaks(breaks) | self._vanishes(link, slopes)
        before = chosen(fresh, value[1], before)
        kept, below, above = kept_by(self.policy, trace, link, before, worked)
        trace.below[number] = below + np.where(fresh, centre - before.low, inexact)
        trace.above[number] = above + np.where(fresh, before.high - centre, inexact)
        for array in (derivatives.low, derivatives.high, slopes_here):
            array[:, fresh] = 0
            array[-1] = 1
        trace.centre[number], trace.low[number], trace.high[number] = centre, kept.low, kept.high
        trace.is_fresh[number] = fresh
        printed = printed_by(self.policy, trace, link, kept)
        first_order = trace.to_first_order(link, slopes_here)
        ends = IntervalArray(np.stack([centre, kept.low]), np.stack([centre, kept.high]))
        made = Value(ends, derivatives, slopes_here, printed)
        return made, Row(centre, printed.low, printed.high, first_order)

    def _observed(self, number: int, link: Link, value: Value) -> Value:
        """The value that later steps use: a student's own, where it is known."""
        own = self.observer.own(link.quantity.id, value.printed, self.part) if self.observer else None
        if own is None or np.isnan(own.low).all():
            return value
        return with_own(self.trace, number, value, own)

    def _derivatives(self, link: Link, slopes: Sequence[IntervalArray]) -> tuple[IntervalArray, Array]:
        """By the chain rule, over all that can occur and without rounding; that by its own rounding is still 0."""
        low, high, exact = (np.zeros((len(link.origins), self.trace.count)) for _ in range(3))
        for name, slope, places in zip(link.varying, slopes, link.inherited, strict=True):
            parent = self.trace.values[name]
            share = slope[1] * parent.derivatives
            low[places] += share.low
            high[places] += share.high
            exact[places] += slope[0].middle * parent.slopes
        return IntervalArray(low - SLACK * np.abs(low), high + SLACK * np.abs(high)), exact

    def _before_rounding(self, link: Link, derivatives: IntervalArray, centre: Array, inexact: Array) -> IntervalArray:
        """The mean-value form: the centre, and each derivative times how far that step may be off."""
        below, above = self.trace.below[link.origins], self.trace.above[link.origins]
        down = np.minimum(derivatives.low * above, -derivatives.high * below).sum(axis=0)
        up = np.maximum(derivatives.high * above, -derivatives.low * below).sum(axis=0)
        slack = inexact + SLACK * (np.abs(centre) + (up - down) * len(link.origins))
        return IntervalArray(centre + down - slack, centre + up + slack)

    def _vanishes(self, link: Link, slopes: Sequence[IntervalArray]) -> NDArray[np.bool_]:
        """Whether a derivative may be 0 only because doubles end there, as far out on a logistic curve."""
        lost = np.zeros(self.trace.count, np.bool_)
        for name, slope in zip(link.varying, slopes, strict=True):
            lost |= (slope[1].magnitude == 0) & (self.trace.values[name].ends[1].magnitude > _FAR_OUT)
        return lost

    def _breaks(self, truths: Sequence[IntervalArray]) -> NDArray[np.bool_]:
        undecided = [truth[1].width > 0 for truth in truths]
        return np.any(undecided, axis=0) if undecided else np.zeros(self.trace.count, np.bool_)
