"""The known mistakes behind the answers that are charged, calculated from what each student has written before them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Any, TypeAlias

import numpy as np
from sympy import Symbol

from derive.checking.verification.written import Truths, Written
from derive.derivation.round import Derivation
from derive.derivation.steps import Step
from derive.mistakes.slips import Slip
from derive.mistakes.trials import Trials, trials_of
from derive.numbers.intervals.arrays import Array, IntervalArray
from derive.numbers.intervals.programs import Program, program_of

_AT_ONCE = 4_000_000  # bounds of trials that are held at a time: 64 MB

Candidates: TypeAlias = dict[str, tuple[Slip, ...]]
"""What a student may have done, by the quantity at which it shows."""


@dataclass(frozen=True)
class Diagnosis:
    """What is behind one student's charged answers."""

    slips: Mapping[str, tuple[Slip, ...]] = field(default_factory=dict)
    """The mistakes that each may be, one for each code; nothing where none is known."""
    follows: Mapping[str, str] = field(default_factory=dict)
    """Answers that come of a slip that was charged before: at which quantity, or "" where it is another right way."""

    def has_reason(self, name: str) -> bool:
        """Whether it is known how the answer came about."""
        return bool(self.slips.get(name)) or name in self.follows


@dataclass(frozen=True)
class Known:
    """What is known of all students' calculations."""

    derivation: Derivation
    written: Written
    values: Mapping[str, IntervalArray]
    """Where every given value and every quantity is for each student."""
    answered: Sequence[frozenset[str]]
    """The quantities that each has written down: what happens at another one shows only where it leads to these."""
    asked: frozenset[str]
    """What else counts as written down by everybody."""
    is_rounded: bool
    """Whether the sheet has values rounded before one goes on with them."""

    def missing_before(self, names: Iterable[str], student: int) -> frozenset[str]:
        """What a student has not written down and leads to these answers, through nothing but what is not there."""
        missing: set[str] = set()
        waiting = list(names)
        while waiting:
            for parent in self._parents.get(waiting.pop(), ()):
                if parent in self._parents and parent not in self.answered[student] and parent not in missing:
                    missing.add(parent)
                    waiting.append(parent)
        return frozenset(missing & self.everything)

    @cached_property
    def _parents(self) -> Mapping[str, Sequence[str]]:
        return {
            step.quantity.id: [symbol.name for symbol in step.expression.free_symbols] for step in self.derivation.steps
        }

    @cached_property
    def everything(self) -> frozenset[str]:
        """What anybody has written down, or could have."""
        return self.asked.union(*self.answered)


def diagnoses(known: Known, charged: Truths) -> list[Diagnosis]:
    """The diagnosis of every student, of the answers that are charged: (quantities, students).

    First as if everybody had written down what anybody has, for those trials are the same for all. Only whose charged
    answers that leaves without a reason, and who has left out what leads to them, is looked at again.
    """
    found = [Diagnosis()] * len(known.answered)
    everything = known.everything
    students = np.flatnonzero(charged.any(axis=0)).tolist()
    _diagnose(known, charged, everything, students, found)
    missing = {
        student: known.missing_before(_unsolved(known, charged, student, found), student) for student in students
    }
    some = sorted((student for student in students if missing[student]), key=lambda student: sorted(missing[student]))
    for names, alike in groupby(some, key=lambda student: missing[student]):
        _diagnose(known, charged, everything - names, list(alike), found)
    return found


def _unsolved(known: Known, charged: Truths, student: int, found: Sequence[Diagnosis]) -> list[str]:
    """The charged answers for which no reason is known."""
    names = (known.written.names[row] for row in np.flatnonzero(charged[:, student]))
    return [name for name in names if not found[student].has_reason(name)]


def _diagnose(
    known: Known, charged: Truths, names: frozenset[str], students: Sequence[int], found: list[Diagnosis]
) -> None:
    """Of students who count as having written down these quantities."""
    if not students:
        return
    trials = trials_of(known.derivation, names)
    size = max(1, _AT_ONCE // max(len(trials.trials), 1))
    for part in (students[first : first + size] for first in range(0, len(students), size)):
        own = _Class(trials, known, part)
        for place, student in enumerate(part):
            found[student] = own.diagnosis(place, np.flatnonzero(charged[:, student]).tolist())


@dataclass(frozen=True)
class _Class:
    """Students who have answered the same questions."""

    trials: Trials
    known: Known
    students: Sequence[int]

    @property
    def written(self) -> Written:
        return self.known.written

    @cached_property
    def values(self) -> Mapping[str, IntervalArray]:
        """Where every value is for these students."""
        return {name: values[self.students] for name, values in self.known.values.items()}

    def spare(self, rows: Any) -> Array:
        """How far an answer may be from what a formula comes to: by its last digit, or by that which is kept."""
        radii = self.written.radii[rows]
        return np.asarray(np.maximum(radii, self.written.asked[rows]) if self.known.is_rounded else radii)

    @cached_property
    def rows(self) -> Mapping[str, Sequence[int]]:
        """The trials of each quantity."""
        rows: dict[str, list[int]] = defaultdict(list)
        for number, trial in enumerate(self.trials.trials):
            rows[trial.quantity].append(number)
        return rows

    @cached_property
    def matches(self) -> Truths:
        """Which trials each student's answers agree with: (trials, students)."""
        places = {name: place for place, name in enumerate(self.written.names)}
        at = np.array([places[trial.quantity] for trial in self.trials.trials], np.intp)
        rows = np.ix_(at, np.array(self.students, np.intp))
        results = self.trials.enclosures(self.values)
        is_bounded = np.isfinite(results.low) & np.isfinite(results.high)
        return is_bounded & self.written.lies_in(results, rows, self.spare(rows))

    @cached_property
    def shown(self) -> Mapping[Slip, Mapping[str, int]]:
        """The quantities at which each slip shows, with the number of the trial."""
        shown: dict[Slip, dict[str, int]] = defaultdict(dict)
        for number, trial in enumerate(self.trials.trials):
            for slip in trial.slips:
                shown[slip][trial.quantity] = number
        return shown

    def diagnosis(self, student: int, charged: Sequence[int]) -> Diagnosis:
        """What is behind one student's charged answers, in order of the steps."""
        names = [self.written.names[row] for row in charged]
        follows = {name: "" for name in names if self._is_another_way(name, student)}
        candidates: Candidates = {
            name: tuple(
                slip
                for number in self.rows.get(name, ())
                if self.matches[number, student]
                for slip in self.trials.trials[number].slips
            )
            for name in names
            if name not in follows
        }
        follows |= _taken_together(candidates)
        left = {name: self._consistent(name, slips, student) for name, slips in candidates.items()}
        return Diagnosis(_repeated(left), follows)

    def _consistent(self, name: str, slips: tuple[Slip, ...], student: int) -> tuple[Slip, ...]:
        """Those of the slips that every other answer agrees with at which they show; all, if none is."""
        agreeing = tuple(
            slip
            for slip in slips
            if all(
                self.matches[number, student] or not self._has(other, student)
                for other, number in self.shown[slip].items()
                if other != name
            )
        )
        return agreeing or slips

    def _has(self, name: str, student: int) -> bool:
        place = self.written.names.index(name)
        return bool(self.written.is_there[place, self.students[student]])

    def _is_another_way(self, name: str, student: int) -> bool:
        """Whether the answer is what another form of its formula gives for the student's own values."""
        place = self.written.names.index(name)
        step = self.trials.steps[place]
        if len(step.forms) == 1:
            return False
        names, program = _other_forms(step)
        here = (place, [self.students[student]])
        results = program(*(self.values[other][[student]] for other in names))
        return any(
            bool(np.isfinite(result.width).all() and self.written.lies_in(result, here, self.spare(here)).all())
            for result in (result.shaped(1) for result in results)
        )


@lru_cache(maxsize=4096)
def _other_forms(step: Step) -> tuple[tuple[str, ...], Program]:
    others = [form for form in step.forms if form != step.expression]
    names = sorted({symbol.name for form in others for symbol in form.free_symbols})
    return tuple(names), program_of(others, [Symbol(name, real=True) for name in names])


def _taken_together(candidates: Candidates) -> dict[str, str]:
    """Answers that one and the same slip explains are charged once, where it shows first.

    A slip at a quantity that is not asked shows at several that are. The first keeps only what all have in common.
    """
    follows: dict[str, str] = {}
    for name, slips in list(candidates.items()):
        for first, others in candidates.items():
            if first == name:
                break
            if common := tuple(slip for slip in others if slip in slips):
                candidates[first], follows[name] = common, first
                break
    for name in follows:
        del candidates[name]
    return follows


def _repeated(candidates: Candidates) -> Candidates:
    """One slip for each code; of several codes only those that explain the most answers of the sheet, if that is two.

    Who forgets a bias once is likely to have forgotten it where it could be something else too.
    """
    codes = {name: tuple(dict.fromkeys(slip.code for slip in slips)) for name, slips in candidates.items()}
    counts = Counter(code for own in codes.values() for code in own)
    found: Candidates = {}
    for name, slips in candidates.items():
        most = max((counts[code] for code in codes[name]), default=0)
        likely = [code for code in codes[name] if most == 1 or counts[code] == most]
        found[name] = tuple(next(slip for slip in slips if slip.code == code) for code in likely)
    return found
