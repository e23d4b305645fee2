"""The verdicts on numbers, for all students of a class at once.

An answer is judged by two intervals. The first is what honest rounding can make of the right value. The second is what
it can make of the student's own earlier answers (``following``). What lies in neither is charged, and looked at for
known mistakes (``diagnosis``).

Somebody who miswrites a number may go on with what stands there or with what the calculator shows. Who is right to
within the last digit may go on with just what was written. All of these are tried, and what leaves fewer answers to
charge, or to wonder at, counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import numpy as np
from sympy import Rational, Symbol

from derive.checking.verification.diagnosis import Diagnosis, Known, diagnoses
from derive.checking.verification.following import Following, Reading, names_in
from derive.checking.verification.miswritten import miswritten
from derive.checking.verification.verdicts import CHARGED, SLIPS, Verdict
from derive.checking.verification.written import Answers, Manner, Truths, Written
from derive.derivation.round import Derivation
from derive.mistakes.slips import Slip
from derive.model.conventions import Carry
from derive.numbers.evaluation import Rounding, printed_rounding
from derive.numbers.intervals.arrays import IntervalArray
from derive.numbers.intervals.observing import Observer
from derive.numbers.intervals.reach import Bounds, Given, Reach

Names: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on one answer, and what it rests on."""

    verdict: Verdict
    slips: tuple[Slip, ...] = ()
    """The known mistakes that it may be, one for each code."""
    used: Names = ()
    """The earlier answers of the student's own that it follows from."""


@dataclass(frozen=True)
class Marked:
    """One student's verdicts by quantity, in order of the steps: of all that was answered."""

    answers: Mapping[str, Judged] = field(default_factory=dict)

    @property
    def charges(self) -> tuple[int, int, int, int]:
        """How many answers are charged, how many of these without a known reason, how many are too easy or coarse."""
        verdicts = [judged.verdict for judged in self.answers.values()]
        charged = sum(verdict in CHARGED for verdict in verdicts)
        wrong, easy, coarse = map(verdicts.count, (Verdict.WRONG, Verdict.EASY, Verdict.COARSE))
        return charged, wrong, easy, coarse

    @property
    def has_riddles(self) -> bool:
        """Whether several answers are charged, and one without a reason that lies in the calculation."""
        verdicts = [judged.verdict for judged in self.answers.values()]
        return self.charges[0] > 1 and not {Verdict.WRONG, *SLIPS}.isdisjoint(verdicts)

    @property
    def first_wrong(self) -> str:
        """The first step that went wrong; nothing where none did."""
        return next((name for name, judged in self.answers.items() if judged.verdict in CHARGED), "")


@dataclass(frozen=True)
class Sheet:
    """What all students were asked, and how they were to round."""

    derivation: Derivation
    rounding: Rounding
    carry: Carry
    truncation: bool = False
    """Whether digits may also be cut off."""

    @cached_property
    def names(self) -> Names:
        """Every quantity that has a step."""
        return tuple(step.quantity.id for step in self.derivation.steps)

    @cached_property
    def manners(self) -> Mapping[str, Manner]:
        """How each quantity is to be written."""
        return {
            step.quantity.id: Manner(
                printed_rounding(step.quantity, self.rounding, self.carry),
                isinstance(step.expression, Symbol | Rational),
            )
            for step in self.derivation.steps
        }

    @cached_property
    def parents(self) -> Mapping[str, Sequence[str]]:
        """What each step is calculated from."""
        return {step.quantity.id: names_in(step) for step in self.derivation.steps}

    def reach(self, given: Sequence[Given], observer: Observer | None = None) -> Reach:
        """What honest rounding leads to."""
        return Reach.of(
            self.derivation, given, self.rounding, self.carry, truncation=self.truncation, observer=observer
        )

    def marked(
        self, given: Sequence[Given], answers: Sequence[Answers], asked: frozenset[str] = frozenset()
    ) -> list[Marked]:
        """The verdicts of all students; ``answers`` of each, in the order of ``given``.

        ``asked`` names what is asked, whether or not somebody has answered it: known mistakes are compiled once for all
        of it, and nobody goes on from a wrong answer to anything else, which would cost nothing. Empty, it is all.
        """
        if not given:
            return []
        plain = Reading.plain((len(self.names), len(given)))
        if asked:
            plain.unused[[name not in asked for name in self.names]] = True
        first = _Class.of(self, given, answers, plain, asked)
        marked = first.marked

        def read_again(reading: Reading, students: Sequence[int]) -> None:
            own = [given[student] for student in students], [answers[student] for student in students]
            others = _Class.of(self, *own, reading.of(students), asked).marked if students else []
            for student, other in zip(students, others, strict=True):
                marked[student] = min(marked[student], other, key=lambda found: found.charges)

        excused = first.excusable
        read_again(Reading(plain.unused, excused), [student for student, own in enumerate(marked) if own.charges[2]])
        read_again(
            Reading(plain.unused | first.miswritten, excused), np.flatnonzero(first.miswritten.any(axis=0)).tolist()
        )
        literal = Reading(plain.unused, excused, is_literal=True)
        read_again(literal, [student for student, found in enumerate(marked) if found.has_riddles])
        exact = Reading(plain.unused, excused, is_exact=True)
        read_again(exact, [student for student, own in enumerate(marked) if own.charges[0] and own.charges[3]])
        return marked


@dataclass(frozen=True)
class _Class:
    """Students with their answers, and a walk over the steps that goes on from these."""

    sheet: Sheet
    given: Sequence[Given]
    answers: Sequence[Answers]
    written: Written
    plain: Reach
    following: Following
    own: Reach
    asked: frozenset[str]

    @classmethod
    def of(
        cls,
        sheet: Sheet,
        given: Sequence[Given],
        answers: Sequence[Answers],
        reading: Reading,
        asked: frozenset[str],
    ) -> _Class:
        """The walk that takes answers in this way."""
        plain = sheet.reach(given)
        written = Written.of(sheet.manners, answers, plain)
        following = Following(sheet.derivation, written, plain, given, reading)
        return cls(sheet, given, answers, written, plain, following, sheet.reach(given, following), asked)

    @cached_property
    def marked(self) -> list[Marked]:
        """The verdicts of all students."""
        return [self._marked(student, diagnosis) for student, diagnosis in enumerate(self.diagnoses)]

    @cached_property
    def diagnoses(self) -> Sequence[Diagnosis]:
        """What is behind the charged answers of each student."""
        answered = [frozenset(names) & frozenset(self.sheet.names) for names in self.answers]
        is_rounded = not self.sheet.carry.is_full
        own = Known(self.sheet.derivation, self.written, self._known, answered, self.asked, is_rounded)
        return diagnoses(own, self.following.is_charged)

    @cached_property
    def excusable(self) -> Truths:
        """Which wrong numbers a known mistake or a slip of the hand leads to."""
        found = np.zeros_like(self.following.is_charged)
        for row, student in zip(*np.nonzero(self.following.is_charged), strict=True):
            name = self.sheet.names[row]
            found[row, student] = self.diagnoses[student].has_reason(name) or self._slip(name, int(student)) in SLIPS
        return found

    @cached_property
    def miswritten(self) -> Truths:
        """Which charged answers are right but for how they were written down."""
        found = np.zeros_like(self.following.is_charged)
        for row, student in zip(*np.nonzero(self.following.is_charged), strict=True):
            found[row, student] = self._slip(self.sheet.names[row], int(student)) in SLIPS
        return found

    @property
    def _known(self) -> Mapping[str, IntervalArray]:
        """Where every value is for each student: by what was written, else by what follows from that."""
        start = {name: IntervalArray.at([float(each[name]) for each in self.given]) for name in self.given[0]}
        ranges, is_used = (
            self.written.ranges(),
            self.written.is_there & ~self.following.is_near & ~self.following.reading.unused,
        )
        low, high = (np.where(is_used, getattr(ranges, end), getattr(self.own, end)) for end in ("low", "high"))
        return start | {name: IntervalArray(low[row], high[row]) for row, name in enumerate(self.sheet.names)}

    def _marked(self, student: int, diagnosis: Diagnosis) -> Marked:
        """One student's verdicts."""
        names = [name for name in self.sheet.names if name in self.answers[student]]
        verdicts = {name: self._verdict(name, student, diagnosis) for name in names}
        tainted = {name for name, verdict in verdicts.items() if verdict not in (Verdict.CORRECT, Verdict.BLANK)}
        return Marked(
            {
                name: Judged(
                    verdict,
                    diagnosis.slips.get(name, ()) if verdict in (Verdict.MISTAKE, Verdict.ONE_OF) else (),
                    self._used(name, verdict, student, tainted, diagnosis),
                )
                for name, verdict in verdicts.items()
            }
        )

    def _verdict(self, name: str, student: int, diagnosis: Diagnosis) -> Verdict:
        follow, here = self.following, (self.following.rows[name], student)
        for verdict, truths in (
            (Verdict.CORRECT, follow.is_right),
            (Verdict.FOLLOWS, follow.follows),
            (Verdict.COARSE, follow.is_near),
            (Verdict.COARSE, follow.follows_coarsely),
            (Verdict.EASY, follow.follows_easily),
        ):
            if truths[here]:
                return verdict
        if name in diagnosis.follows and not follow.is_spoilt[here]:
            return Verdict.FOLLOWS
        if slips := diagnosis.slips.get(name):
            return Verdict.MISTAKE if len(slips) == 1 else Verdict.ONE_OF
        return self._slip(name, student)

    def _slip(self, name: str, student: int) -> Verdict:
        """What a hand has done with the number to be written, by the student's own values or by the right ones."""
        here = self.following.rows[name], student
        number, half = self.answers[student][name], float(self.written.radii[here])
        bounds = (Bounds(float(reach.low[here]), float(reach.high[here])) for reach in (self.own, self.plain))
        found = (miswritten(number, half, bound) for bound in bounds)
        return next((verdict for verdict in found if verdict in SLIPS), Verdict.WRONG)

    def _used(self, name: str, verdict: Verdict, student: int, tainted: set[str], diagnosis: Diagnosis) -> Names:
        """The student's own values that an answer follows from, those nearest to it."""
        is_plain = self.following.is_near[self.following.rows[name], student]
        if verdict not in (Verdict.FOLLOWS, Verdict.COARSE, Verdict.EASY) or is_plain:
            return ()
        if first := diagnosis.follows.get(name):
            return (first,)
        if verdict is Verdict.EASY:
            return tuple(self._easy_before(name, student))
        return tuple(dict.fromkeys(self._tainted_before(name, student, tainted)))

    def _easy_before(self, name: str, student: int) -> Iterator[str]:
        """The wrong answers that make one easy: those that are easy themselves or, where none is, all."""
        row, follow = self.following.rows[name], self.following
        before = [
            other
            for other in self.sheet.names
            if follow.is_charged[follow.rows[other], student] and row in follow.descendants[follow.rows[other]]
        ]
        yield from [other for other in before if follow.is_easy[follow.rows[other], student]] or before

    def _tainted_before(self, name: str, student: int, tainted: set[str]) -> Iterator[str]:
        for parent in sorted(self.sheet.parents[name]):
            is_unused = (
                parent in self.following.rows and self.following.reading.unused[self.following.rows[parent], student]
            )
            if parent in tainted and not is_unused:
                yield parent
            elif parent in self.sheet.parents and (is_unused or parent not in self.answers[student]):
                yield from self._tainted_before(parent, student, tainted)
