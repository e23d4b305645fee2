"""Which verdict an answer earns; for all answers of a class at once.

An answer is judged by two intervals. The first is what honest rounding can make of the right value. The second is what
it can make of the student's own slips before it; all else is left to vary as rounding lets it, since nobody knows
whether the student went on with what is written or with what the calculator showed. So each slip is charged once,
where it was made.

Somebody who writes 0, 1, the target or another given value for an answer makes everything behind it easy. Such an
answer is not followed: what comes after it is judged by the right values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from derive.conventions import Carry
from derive.derivation import Derivation
from derive.evaluation import Rounding
from derive.intervals.reach import Reach
from derive.verification.slips import TENS, exchanged

Array: TypeAlias = NDArray[np.float64]
Truths: TypeAlias = NDArray[np.bool_]
Given: TypeAlias = Mapping[str, Decimal]


class Verdict(StrEnum):
    """What has become of an answer; the words for each are in the catalogues."""

    BLANK = "blank"
    CORRECT = "correct"
    COARSE = "coarse"
    """Right, but rounded more coarsely than the sheet asks."""
    FOLLOWS = "follows"
    """Right for the student's own earlier answers."""
    SIGN = "sign"
    TEN = "ten"
    """A power of ten away."""
    EXCHANGED = "exchanged"
    """Two digits exchanged."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Answer:
    """A number as it was written, with a decimal point: its last digit says how finely it was rounded."""

    written: str

    @property
    def value(self) -> float:
        return float(self.written)

    @property
    def half_unit(self) -> float:
        """Half a unit of the last digit that was written."""
        exponent = Decimal(self.written).as_tuple().exponent
        assert isinstance(exponent, int)
        return 0.5 * 10.0**exponent


Answers: TypeAlias = Mapping[str, Answer]


@dataclass(frozen=True)
class Judged:
    """One student's verdicts by quantity, and the first step that is the student's own slip."""

    verdicts: Mapping[str, Verdict]
    first_wrong: str = ""


_FOUND = (Verdict.CORRECT, Verdict.COARSE, Verdict.FOLLOWS)
_FINE = (*_FOUND, Verdict.BLANK)
_LEAST_FIGURES = 2
"""An answer of fewer significant figures is no rounding of the right one but a guess."""


def judged(
    derivation: Derivation, given: Sequence[Given], rounding: Rounding, carry: Carry, answers: Sequence[Answers]
) -> tuple[Judged, ...]:
    """The verdicts of all students; ``answers`` of each, in the order of ``given``."""
    sheet = _Sheet(derivation, rounding, carry)
    written = _Written.of(sheet.names, answers)
    plain = sheet.reach(given)
    right, near = written.lies_in(plain), written.rounds_into(plain)
    follows = _followed(sheet, written, given, right | near)
    return tuple(
        _judged(own, sheet.names, student, (right, near, follows), plain) for student, own in enumerate(answers)
    )


@dataclass(frozen=True)
class _Sheet:
    """What all students were asked, and how they were to round."""

    derivation: Derivation
    rounding: Rounding
    carry: Carry

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(step.quantity.id for step in self.derivation.steps)

    def reach(self, given: Sequence[Given], observed: Mapping[str, Array] | None = None) -> Reach:
        return Reach.of(self.derivation, given, self.rounding, self.carry, observed=observed)

    @cached_property
    def descendants(self) -> Mapping[str, frozenset[int]]:
        """The numbers of all steps in whose values each quantity has a part."""
        behind: dict[str, set[int]] = {name: set() for name in self.names}
        ancestors: dict[str, set[str]] = {}
        for number, step in enumerate(self.derivation.steps):
            parents = {symbol.name for symbol in step.expression.free_symbols} & behind.keys()
            ancestors[step.quantity.id] = parents.union(*(ancestors[parent] for parent in parents))
            for ancestor in ancestors[step.quantity.id]:
                behind[ancestor].add(number)
        return {name: frozenset(numbers) for name, numbers in behind.items()}


@dataclass(frozen=True)
class _Written:
    """All answers as arrays (quantities, students), NaN where there is none."""

    values: Array
    half_units: Array

    @classmethod
    def of(cls, names: Sequence[str], answers: Sequence[Answers]) -> _Written:
        found = [[own.get(name) for own in answers] for name in names]
        values = [[answer.value if answer else np.nan for answer in row] for row in found]
        half_units = [[answer.half_unit if answer else np.nan for answer in row] for row in found]
        return cls(np.array(values), np.array(half_units))

    def of_students(self, students: list[int]) -> _Written:
        return _Written(self.values[:, students], self.half_units[:, students])

    def lies_in(self, reach: Reach) -> Truths:
        """Whether each answer is one to which honest rounding leads."""
        return self._within(reach, np.zeros_like(self.values))

    def rounds_into(self, reach: Reach) -> Truths:
        """Whether each would be one if it had been rounded as finely as the sheet asks."""
        with np.errstate(invalid="ignore"):
            is_fine = np.abs(self.values) >= 2 * self.half_units * 10 ** (_LEAST_FIGURES - 1)
        return np.asarray(is_fine & self._within(reach, self.half_units))

    def _within(self, reach: Reach, spare: Array) -> Truths:
        slack = spare + _NOISE * np.abs(self.values)
        return np.asarray((self.values >= reach.low - slack) & (self.values <= reach.high + slack))


_NOISE = 1e-12  # what doubles may add to a decimal number, relative to it


def _followed(sheet: _Sheet, written: _Written, given: Sequence[Given], is_right: Truths) -> Truths:
    """Which wrong answers are right for the earlier ones.

    Slip by slip: the first answer that nothing before it explains is taken as it is, and what follows from it is looked
    at again, until everything is explained or charged. What makes all that follows easy is charged and not followed.
    """
    follows = np.zeros_like(is_right)
    is_open = ~is_right & ~np.isnan(written.values)
    slips = np.full_like(written.values, np.nan)
    spoilt = np.zeros_like(is_right)
    while active := np.flatnonzero(is_open.any(axis=0)).tolist():
        first = is_open[:, active].argmax(axis=0).tolist()
        for row, student in zip(first, active, strict=True):
            is_open[row, student] = False
            if _is_easy(written.values[row, student], given[student]):
                spoilt[list(sheet.descendants[sheet.names[row]]), student] = True
            else:
                slips[row, student] = written.values[row, student]
        here = _explained(sheet, written.of_students(active), [given[student] for student in active], slips[:, active])
        explained = np.zeros_like(is_open)
        explained[:, active] = here
        follows |= is_open & explained & ~spoilt
        is_open &= ~explained | spoilt
    return follows


def _is_easy(value: float, given: Given) -> bool:
    """Whether a number is 0, 1, or one that stands on the sheet."""
    return abs(value) in (0.0, 1.0) or any(abs(value) == abs(float(known)) for known in given.values())


def _explained(sheet: _Sheet, written: _Written, given: Sequence[Given], slips: Array) -> Truths:
    """Which answers honest rounding leads to from these slips, which may be rounded where they were written down."""
    named = [number for number in range(len(sheet.names)) if np.isfinite(slips[number]).any()]
    moved = [
        sheet.reach(
            given, {sheet.names[number]: slips[number] + share * written.half_units[number] for number in named}
        )
        for share in ((-1, 0, 1) if named else (0,))
    ]
    slack = _NOISE * np.abs(written.values)
    low = np.minimum.reduce([reach.low for reach in moved]) - slack
    high = np.maximum.reduce([reach.high for reach in moved]) + slack
    return np.asarray((written.values >= low) & (written.values <= high))


def _judged(
    own: Answers, names: Sequence[str], student: int, found: tuple[Truths, Truths, Truths], plain: Reach
) -> Judged:
    verdicts: dict[str, Verdict] = {}
    for number, name in enumerate(names):
        earned = (verdict for verdict, truths in zip(_FOUND, found, strict=True) if truths[number, student])
        if name not in own:
            verdicts[name] = Verdict.BLANK
        else:
            low, high = float(plain.low[number, student]), float(plain.high[number, student])
            verdicts[name] = next(earned, None) or _slip(own[name], low, high)
    first = next((name for name, verdict in verdicts.items() if verdict not in _FINE), "")
    return Judged(verdicts, first)


def _slip(answer: Answer, low: float, high: float) -> Verdict:
    """What happened when a right number was written down, if that is what happened."""

    def is_right(value: float) -> bool:
        return low - answer.half_unit <= value <= high + answer.half_unit

    if answer.value and is_right(-answer.value):
        return Verdict.SIGN
    if answer.value and any(low <= answer.value * 10.0**power <= high for power in TENS if power):
        return Verdict.TEN
    if any(is_right(float(number)) for number in exchanged(answer.written)):
        return Verdict.EXCHANGED
    return Verdict.WRONG
