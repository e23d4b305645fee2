"""How far known mistakes lead from the right answers of a sheet, and from each other.

A mistake shows where something is asked. What comes out there lies in an interval, for each earlier answer is known to
half a unit of its last printed place only. Around it there is ``ROOM`` for its own rounding. Two intervals that touch
with this room could give the same answer, and it could not be told which of them it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from derive.derivation.round import Derivation
from derive.mistakes.slips import Slip
from derive.mistakes.trials import Trials, trials_of
from derive.model.conventions import Carry
from derive.model.quantities import quantity_named
from derive.numbers.evaluation import Rounding, printed_rounding
from derive.numbers.intervals.arrays import Array, IntervalArray
from derive.numbers.intervals.reach import Given, Reach
from derive.numbers.intervals.units import half_unit

Flags: TypeAlias = NDArray[np.bool_]
Indices: TypeAlias = NDArray[np.intp]

ROOM = sqrt(5) / 2
"""Half units of the last printed place on each side of an interval: one for the rounding of an answer, the rest so that
no answer that could be a coarse rounding of the right one counts as another. Being irrational, it is far from every
distance that decimal numbers have; so doubles, which are off by 10⁻¹⁵, decide alike on all machines."""

_ABOVE = 1e-9  # of a number: a thousand times what doubles may be off by after many steps

AT_ONCE = 64
"""Sheets at a time, for all trials of a large network take a megabyte for each."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What mistakes leave on a sheet that come to the same everywhere."""

    slips: tuple[Slip, ...]
    trials: tuple[int, ...]
    """The numbers of their trials, one for each asked quantity at which they show."""

    @property
    def codes(self) -> frozenset[str]:
        """The names of the mistakes."""
        return frozenset(slip.code for slip in self.slips)


class Pairs(NamedTuple):
    """Numbers of two traces and of the sheet on which they are alike, each an array (pairs,)."""

    first: Indices
    second: Indices
    sheet: Indices


@dataclass(frozen=True)
class Separation:
    """The mistakes that can be made in a derivation, and what they leave on its sheets."""

    derivation: Derivation
    asked: tuple[str, ...]
    rounding: Rounding
    carry: Carry
    truncation: bool = False
    """Whether digits may also just be cut off, which moves an answer twice as far."""

    @cached_property
    def trials(self) -> Trials:
        """What the mistakes come to."""
        return trials_of(self.derivation, self.asked)

    @cached_property
    def traces(self) -> tuple[Trace, ...]:
        """In order of the steps."""
        shown: dict[Slip, list[int]] = defaultdict(list)
        for number, trial in enumerate(self.trials.trials):
            for slip in trial.slips:
                shown[slip].append(number)
        alike: dict[tuple[int, ...], list[Slip]] = defaultdict(list)
        for slip, numbers in shown.items():
            alike[tuple(numbers)].append(slip)
        return tuple(Trace(tuple(slips), numbers) for numbers, slips in alike.items())

    @cached_property
    def shown(self) -> Indices:
        """The trial of each trace at each quantity of a trial, −1 where it does not show: (traces, quantities)."""
        shown = np.full((len(self.traces), len(self.quantities)), -1, np.intp)
        for number, trace in enumerate(self.traces):
            for trial in trace.trials:
                shown[number, self.places[trial]] = trial
        return shown

    @cached_property
    def quantities(self) -> tuple[str, ...]:
        """The quantities that have trials."""
        return tuple(dict.fromkeys(trial.quantity for trial in self.trials.trials))

    @cached_property
    def places(self) -> Indices:
        """The number of each trial's quantity among them."""
        numbers = {name: number for number, name in enumerate(self.quantities)}
        return np.array([numbers[trial.quantity] for trial in self.trials.trials], np.intp)

    @cached_property
    def kinds(self) -> Indices:
        """A number for each trace, the same where the mistakes have the same names."""
        numbers: dict[frozenset[str], int] = {}
        return np.array([numbers.setdefault(trace.codes, len(numbers)) for trace in self.traces], np.intp)

    def measured(self, given: Sequence[Given]) -> Iterator[Measured]:
        """Everything that mistakes lead to on these sheets, ``AT_ONCE`` of them at a time."""
        for first in range(0, len(given), AT_ONCE):
            yield self._measured(given[first : first + AT_ONCE])

    def _measured(self, given: Sequence[Given]) -> Measured:
        reach = Reach.of(self.derivation, given, self.rounding, self.carry, truncation=self.truncation)
        low, high = (np.array([getattr(reach[name], end) for name in self.quantities]) for end in ("low", "high"))
        shape = len(self.quantities), len(given)
        right = IntervalArray(low.reshape(shape), high.reshape(shape))
        return Measured(self, right, self.trials.enclosures(self._known(given, reach)))

    def _known(self, given: Sequence[Given], reach: Reach) -> Mapping[str, IntervalArray]:
        """Where every value is: an answer as its print says, anything else wherever honest rounding leads."""
        known = {name: IntervalArray.at([float(each[name]) for each in given]) for name in given[0]}
        answers = set(self.asked)
        for name, values in zip(reach.names, reach.centre, strict=True):
            half = _half_unit(np.abs(values), self._printed(name))
            known[name] = IntervalArray(values - half, values + half) if name in answers else reach[name]
        return known

    def roomy(self, values: IntervalArray, places: Indices) -> IntervalArray:
        """Intervals of the quantities with these numbers, with the room of a rounding around them."""
        room = np.zeros_like(values.low)
        for rounding, rounded in self._rounded.items():
            rows = np.flatnonzero(rounded[places])
            room[rows] = self.room * _half_unit(values[rows].magnitude, rounding)
        return IntervalArray(values.low - room, values.high + room)

    @property
    def room(self) -> float:
        """How many half units around an interval belong to it."""
        return 2 * ROOM if self.truncation else ROOM

    @cached_property
    def _rounded(self) -> Mapping[Rounding, Flags]:
        """Which quantities are printed how."""
        printed = [self._printed(name) for name in self.quantities]
        return {rounding: np.array([own == rounding for own in printed]) for rounding in dict.fromkeys(printed)}

    def _printed(self, name: str) -> Rounding:
        return printed_rounding(quantity_named(name), self.rounding, self.carry)


@dataclass(frozen=True)
class Measured:
    """Right and wrong answers of several sheets."""

    of: Separation
    right: IntervalArray
    """Where honest rounding leads: (quantities, sheets)."""
    wrong: IntervalArray
    """What the trials come to: (trials, sheets)."""

    @property
    def sheets(self) -> int:
        """How many they are."""
        return int(self.right.low.shape[1])

    def of_sheets(self, where: Indices) -> Measured:
        """The same for the sheets of these numbers."""
        return Measured(self.of, self.right[:, where], self.wrong[:, where])

    @property
    def distances(self) -> Array:
        """From each trial to the right answers, in halves of the width of their interval: (trials, sheets).

        0 where both touch. An interval that is narrower than a unit of the last printed place counts as that wide.
        """
        right, wrong, roomy = self.right[self.of.places], self.wrong, self._roomy_right[self.of.places]
        between = np.maximum(wrong.low - right.high, right.low - wrong.high)
        with np.errstate(all="ignore"):
            half_units = (roomy.width - right.width) / (2 * self.of.room)
            far = between / np.maximum(right.width / 2, half_units)
        return np.where(between > 0, far, 0)

    @cached_property
    def is_apart(self) -> Flags:
        """Whether no answer could be both right and what the trial comes to: (trials, sheets)."""
        return np.asarray(~_touch(self._roomy_wrong, self._roomy_right[self.of.places]))

    @cached_property
    def is_seen(self) -> Flags:
        """Whether each trace is apart from the right answers somewhere: (traces, sheets)."""
        if not self.of.traces:
            return np.zeros((0, self.sheets), np.bool_)
        starts = np.cumsum([0, *(len(trace.trials) for trace in self.of.traces[:-1])])
        order = np.concatenate([trace.trials for trace in self.of.traces])
        return np.asarray(np.logical_or.reduceat(self.is_apart[order], starts, axis=0))

    @cached_property
    def _roomy_right(self) -> IntervalArray:
        return self.of.roomy(self.right, np.arange(len(self.of.quantities)))

    @cached_property
    def _roomy_wrong(self) -> IntervalArray:
        return self.of.roomy(self.wrong, self.of.places)

    def alike(self, traces: Indices) -> Pairs:
        """Two of these traces that no asked quantity tells apart, and on which sheet; not those of the same names.

        A trace that does not show at a question gives the right answer there, and two that show at no question in
        common are told apart by where they show. So two that are alike touch at the first question at which both show,
        and each of them the right answer wherever it shows before that.
        """
        is_hidden = np.ones((len(traces), self.sheets), np.bool_)
        found = Pairs(*np.zeros((3, 0), np.intp))
        for place in range(len(self.of.quantities)):
            trials = self.of.shown[traces, place]
            showing = np.flatnonzero(trials >= 0)
            pairs = self._touching(trials[showing], is_hidden[showing])
            pairs = Pairs(traces[showing[pairs.first]], traces[showing[pairs.second]], pairs.sheet)
            is_named_apart = self.of.kinds[pairs.first] != self.of.kinds[pairs.second]
            found = _joined(found, self._touching_everywhere(chosen(pairs, is_named_apart)))
            is_hidden[showing] &= ~self.is_apart[trials[showing]]
        return _distinct(found)

    def _touching(self, trials: Indices, is_counted: Flags) -> Pairs:
        """Places in ``trials`` of each two that touch on a sheet on which both are counted: (trials, sheets).

        In the order of their lower bounds those that touch are near each other.
        """
        low = np.where(is_counted, self._roomy_wrong.low[trials], np.inf)
        order = np.argsort(low, axis=0, kind="stable")
        high = np.where(is_counted, self._roomy_wrong.high[trials], -np.inf)
        low, high = (np.take_along_axis(bounds, order, axis=0) for bounds in (low, high))
        highest = np.maximum.accumulate(high, axis=0)
        found = [Pairs(*np.zeros((3, 0), np.intp))]
        for shift in range(1, len(trials)):
            if not (low[shift:] <= highest[:-shift]).any():
                break
            at, sheet = np.nonzero(low[shift:] <= high[:-shift])
            found.append(Pairs(order[at, sheet], order[at + shift, sheet], sheet))
        return _joined(*found)

    def _touching_everywhere(self, pairs: Pairs) -> Pairs:
        """Those that touch at every question."""
        for place, shown in enumerate(self.of.shown.T):
            differ = np.flatnonzero(shown[pairs.first] != shown[pairs.second])
            if not differ.size:
                continue
            answers = [self._answers(place, shown[own[differ]], pairs.sheet[differ]) for own in pairs[:2]]
            still = np.ones(len(pairs.sheet), np.bool_)
            still[differ] = _touch(*answers)
            pairs = chosen(pairs, still)
        return pairs

    def _answers(self, place: int, trials: Indices, sheets: Indices) -> IntervalArray:
        """What is answered to one question, by those who make these mistakes or, if −1, none."""
        right, wrong = self._roomy_right[place, sheets], self._roomy_wrong[trials, sheets]
        is_right = trials < 0
        return IntervalArray(np.where(is_right, right.low, wrong.low), np.where(is_right, right.high, wrong.high))


def _half_unit(sizes: Array, rounding: Rounding) -> Array:
    """Of a power of ten it is that of the numbers above it, whatever side of it doubles are on."""
    return half_unit(sizes * (1 + _ABOVE), rounding)


def _touch(first: IntervalArray, second: IntervalArray) -> Flags:
    return np.asarray((first.low <= second.high) & (second.low <= first.high))


def chosen(pairs: Pairs, where: Flags) -> Pairs:
    """Some of these pairs."""
    return Pairs(*(part[where] for part in pairs))


def _joined(*parts: Pairs) -> Pairs:
    return Pairs(*map(np.concatenate, zip(*parts, strict=True)))


def _distinct(pairs: Pairs) -> Pairs:
    """Each pair once for each sheet."""
    rows = np.stack([np.minimum(pairs.first, pairs.second), np.maximum(pairs.first, pairs.second), pairs.sheet])
    return Pairs(*np.unique(rows, axis=1))
