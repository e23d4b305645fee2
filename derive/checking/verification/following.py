"""One walk over the steps that goes on, for each student, from what that student has written.

The walk gives every quantity the interval to which honest rounding leads from the student's own answers before it. An
answer within it needs no reason of its own. One that is outside is the student's own slip: it is charged once, there,
and everything behind it is calculated from it.

Somebody who writes 0, 1, the target or another given value for an answer, or nearly that, makes everything behind it
easy. What follows from such a number earns nothing. If a known mistake or a slip of the hand leads to it, it has been
calculated and not chosen: then only what is 0, 1, a given value or a copy of an earlier answer itself earns nothing
below it. Neither does what is one of these below any other wrong number without a known reason: so a neuron that was
saturated on purpose leads nowhere. Where the right value has hardly any digits itself, as in exercises with whole
numbers, no number is easier than that one but 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from derive.checking.verification.written import Truths, Written
from derive.derivation.round import Derivation
from derive.derivation.steps import Step
from derive.numbers.intervals.arrays import Array, IntervalArray
from derive.numbers.intervals.reach import Given, Reach

_NEARLY = 1e-4
"""How near to an easy number another one is as easy, relative to it."""

_NEAR_ITSELF = 100 * _NEARLY
"""How near to it the right value may be, so that only the easy number itself is as easy."""

_EXACT = 1e-9  # what doubles may leave of a difference

_MOST_TENS = 4
"""A value that is more powers of ten away than these from the right one leaves nothing of what is added to it."""


@dataclass(frozen=True)
class Reading:
    """How a walk takes answers; arrays (quantities, students)."""

    unused: Truths
    """Written down, but not gone on with."""
    excused: Truths
    """Wrong numbers that were calculated and not chosen: by a known mistake, or by a slip of the hand."""
    is_literal: bool = False
    """Whether every number is gone on with as it is written, and not with any that honest rounding leads to there."""
    is_exact: bool = False
    """Whether a number that is only rounded more coarsely than asked counts as any other wrong one."""

    @classmethod
    def plain(cls, shape: tuple[int, ...]) -> Reading:
        """All answers as they are."""
        return cls(np.zeros(shape, np.bool_), np.zeros(shape, np.bool_))

    def of(self, students: Sequence[int]) -> Reading:
        """That of some students."""
        return Reading(self.unused[:, students], self.excused[:, students], self.is_literal, self.is_exact)


class Following:
    """Students' answers, as ``Reach`` asks for them step by step, and what has been found out about each.

    Arrays (quantities, students), quantities in order of the steps.
    """

    def __init__(
        self, derivation: Derivation, written: Written, plain: Reach, given: Sequence[Given], reading: Reading
    ) -> None:
        self.written = written
        self.reading = reading
        self.is_right = written.lies_in(plain.answers)
        self.is_near = written.rounds_into(plain.answers) & ~self.is_right & (not reading.is_exact)
        is_wrong = written.is_there & ~self.is_right & ~self.is_near
        is_long = ~_is_short(plain.centre)
        exactly, nearly = _is_chosen(written, plain.centre, given)
        is_zero = _is_zero(written)
        self.is_given = (is_zero | (exactly & is_long)) & is_wrong
        self.is_easy = (is_zero | (nearly & is_long) | _is_far(written.values, plain, _MOST_TENS)) & is_wrong
        self.is_repeated = self.is_given | (_is_copied(written, plain) & is_wrong)
        self.is_trivial = self.is_repeated | (_is_far(written.values, plain, 2 * _MOST_TENS) & is_wrong)
        self.descendants = descendants_of(derivation.steps)
        self.rows = {name: row for row, name in enumerate(written.names)}
        self.follows, self.follows_coarsely, self.follows_easily, self.is_charged = (
            np.zeros_like(self.is_right) for _ in range(4)
        )
        self.is_spoilt, self.is_suspect, self.is_below_given = (np.zeros_like(self.is_right) for _ in range(3))

    def own(self, name: str, reached: IntervalArray, students: slice) -> IntervalArray | None:
        """Where the value is that each student goes on with; see ``Observer``."""
        row = self.rows[name]
        here = row, students
        if not self.written.is_there[here].any():
            return None
        is_inside = self.written.lies_in(reached, here)
        is_easy = (
            self.is_spoilt[here]
            | (self.is_suspect[here] & self.is_trivial[here])
            | (self.is_below_given[here] & self.is_repeated[here])
        )
        may_follow = self.written.is_there[here] & ~self.is_right[here]
        self.follows_easily[here] = may_follow & is_inside & is_easy
        self.follows[here] = may_follow & is_inside & ~is_easy
        self.is_near[here] &= ~self.follows[here]
        is_found = self.is_right[here] | self.is_near[here] | (may_follow & is_inside)
        is_coarse = may_follow & ~is_found & self.written.rounds_into(reached, here) & (not self.reading.is_exact)
        self.follows_easily[here] |= is_coarse & is_easy
        self.follows_coarsely[here] = is_coarse & ~is_easy
        charged = self.written.is_there[here] & ~is_found & ~is_coarse
        self.is_charged[here] = charged
        self._spoil(row, students, charged)
        slips = charged & ~self.reading.unused[here]
        coarse = (self.is_near[here] | is_coarse) & ~self.reading.unused[here]
        return self._gone_on_with(here, reached, slips, coarse, is_inside)

    def _spoil(self, row: int, students: slice, charged: Truths) -> None:
        """What is behind a number that was chosen because it is easy, and behind any other wrong one."""
        behind = np.array(self.descendants[row], np.intp)
        excused = charged & self.reading.excused[row, students]
        chosen = charged & ~excused
        for marks, where in (
            (self.is_spoilt, chosen & self.is_easy[row, students]),
            (self.is_suspect, chosen),
            (self.is_below_given, excused & self.is_given[row, students]),
        ):
            those = np.zeros(self.is_easy.shape[1], np.bool_)
            those[students] = where
            marks[np.ix_(behind, those)] = True

    def _gone_on_with(
        self, here: tuple[int, slice], reached: IntervalArray, slips: Truths, coarse: Truths, inside: Truths
    ) -> IntervalArray:
        """The student's own number; where that is only coarse, anything between it and what was to be written."""
        own, values = self.written.ranges(here), self.written.values[here]
        returned = self.is_right[here] & ~inside  # to the right value, after an earlier slip
        if self.reading.is_literal:
            returned |= (self.is_right[here] | inside) & ~coarse
        low = np.where(slips | returned, own.low, np.where(coarse, np.minimum(reached.low, values), np.nan))
        high = np.where(slips | returned, own.high, np.where(coarse, np.maximum(reached.high, values), np.nan))
        is_known = np.isfinite(low) & np.isfinite(high)
        return IntervalArray(np.where(is_known, low, np.nan), np.where(is_known, high, np.nan))


def descendants_of(steps: tuple[Step, ...]) -> Sequence[list[int]]:
    """For each step the numbers of all in whose values it has a part."""
    return _descendants_of(steps)


@lru_cache(maxsize=64)
def _descendants_of(steps: tuple[Step, ...]) -> Sequence[list[int]]:
    numbers = {step.quantity.id: number for number, step in enumerate(steps)}
    ancestors: list[set[int]] = []
    behind: list[list[int]] = [[] for _ in steps]
    for number, step in enumerate(steps):
        parents = {numbers[name] for name in names_in(step) if name in numbers}
        ancestors.append(parents.union(*(ancestors[parent] for parent in parents)))
        for ancestor in ancestors[-1]:
            behind[ancestor].append(number)
    return behind


def names_in(step: Step) -> Sequence[str]:
    """What a step's value is calculated from."""
    return [symbol.name for symbol in step.expression.free_symbols]


def _is_zero(written: Written) -> Truths:
    """Whether each number is 0 with the digits that are asked for."""
    return np.asarray((np.abs(written.values) < written.asked) | (written.values == 0))


def _is_chosen(written: Written, right: Array, given: Sequence[Given]) -> tuple[Truths, Truths]:
    """Whether each number is 1 or one that stands on the sheet, as it is printed; and whether it is that or nearly so.

    A number near to one that the right value is not far from either, as a new weight is from the old one, is not meant.
    """
    values = written.values
    known = [np.ones(values.shape[1])]
    known += [np.abs([float(each[name]) for each in given]) for name in (given[0] if given else ())]
    exactly, nearly = np.zeros(values.shape, np.bool_), np.zeros(values.shape, np.bool_)
    for number in known:
        far, right_far = (np.abs(np.abs(sizes) - number) for sizes in (values, right))
        exactly |= far <= np.maximum(_EXACT * number, written.asked)
        nearly |= (far <= _NEARLY * number) & (right_far > _NEAR_ITSELF * number)
    return exactly, exactly | nearly


def _is_short(right: Array) -> Truths:
    """Whether the right values have no more than two digits."""
    sizes = np.abs(right)
    with np.errstate(divide="ignore", invalid="ignore"):
        unit = 10.0 ** (np.floor(np.log10(sizes * (1 + _EXACT))) - 1)
        return np.asarray((sizes == 0) | (np.abs(sizes / unit - np.round(sizes / unit)) <= _EXACT * sizes / unit))


def _is_far(values: Array, plain: Reach, tens: int) -> Truths:
    """Whether each is so small or large, beside the right one, that it swallows the rest or vanishes beside it."""
    sizes, right = np.abs(values), np.abs(plain.centre)
    far = 10.0**tens * 1.5
    with np.errstate(invalid="ignore", over="ignore"):
        return np.asarray((right > 0) & ((sizes * far < right) | (sizes > right * far)))


def _is_copied(written: Written, plain: Reach) -> Truths:
    """Whether each is an earlier answer once more, where the right ones are not the same as printed."""
    sizes, right = np.abs(written.values), np.abs(plain.centre)
    copied = np.zeros(sizes.shape, np.bool_)
    for row in range(1, len(sizes)):
        is_same = np.abs(sizes[:row] - sizes[row]) <= _EXACT * sizes[row]
        is_other = np.abs(right[:row] - right[row]) > 2 * written.asked[row]
        copied[row] = np.any(is_same & is_other, axis=0)
    return copied
