"""The audit: every number that a published page prints, beside what its own method gives.

A number is calculated under the conventions of its exercise first, and then as its entry of [[published]] says that it
came about. Rounds are counted from the given values of the file, whatever state its sheet begins with.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from derive.audit.courses import Course, Look, courses_of
from derive.audit.printed import Printed
from derive.audit.published import Entry, Number
from derive.authoring.exercise import Exercise
from derive.authoring.exercise_file import SettingsTable
from derive.authoring.validation import located
from derive.numbers.evaluation import to_figures
from derive.words.errors import AuthorError, Problem, RefusedError


class Verdict(StrEnum):
    """What has become of a printed number, in the order in which it is tried."""

    ROUNDS = "rounds"
    TRUNCATES = "truncates"
    SETTINGS = "settings"
    """Reproduced under other settings than the exercise's."""
    WRONG = "wrong"
    """Not reproduced, but explained."""
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Finding:
    """One printed number with its verdict. Values are decimal strings of 17 digits, or none where there is no value."""

    exercise: str
    place: str
    """Where it stands in the file: ``published[3].printed``."""
    label: str | None
    quantity: str
    completed: int
    epoch: int | None
    given: Mapping[str, Decimal]
    printed: str
    value: str | None
    """Under the exercise's own conventions."""
    verdict: Verdict
    settings: SettingsTable | None = None
    """What else had to be set to reproduce it."""
    instead: str | None = None
    """The formula of what was calculated in place of the quantity."""
    reproduced: str | None = None
    """What those settings or that formula give."""
    why: Mapping[str, str] = field(default_factory=dict)

    def shown(self, value: str) -> str:
        """A value with as many digits as are printed and a few more, to be read beside them."""
        figures = len(Printed.read(self.printed).units.as_tuple().digits) + 3
        return str(to_figures(Decimal(value), min(max(figures, 6), _DIGITS)))


def audit(exercise: Exercise) -> tuple[Finding, ...]:
    """A finding for each printed number, in the order of the file; ``AuthorError`` with all mistakes in its entries."""
    entries = [Entry(exercise, table, place) for place, table in enumerate(exercise.content.published)]
    faults = {entry: list(entry.faults()) for entry in entries}
    numbers = [number for entry, found in faults.items() if not found for number in entry.numbers()]
    courses = courses_of(exercise, [look for number in numbers for look in number.looks])
    found = [*chain.from_iterable(faults.values()), *(fault for number in numbers for fault in number.faults(courses))]
    if found:
        raise AuthorError(*located(exercise.path, _text(exercise.path), found))
    return tuple(_Trial(number, courses).finding() for number in numbers)


def summary(findings: Iterable[Finding]) -> dict[str, Counter[Verdict]]:
    """How many numbers of each exercise have each verdict."""
    counts: dict[str, Counter[Verdict]] = defaultdict(Counter)
    for finding in findings:
        counts[finding.exercise][finding.verdict] += 1
    return dict(counts)


def check_explained(findings: Sequence[Finding]) -> None:
    """``RefusedError`` where a number is neither reproduced nor explained."""
    left = [finding for finding in findings if finding.verdict is Verdict.UNEXPLAINED]
    if left:
        named = [f"{finding.exercise} {finding.place} ({finding.quantity})" for finding in left[:_NAMED]]
        named += [f"and {len(left) - _NAMED} more"] if len(left) > _NAMED else []
        evidence = {"found": len(left), "all": len(findings), "places": ", ".join(named)}
        raise RefusedError(Problem("unexplained", evidence=evidence))


def as_data(findings: Sequence[Finding]) -> dict[str, Any]:
    """The findings for other programs. The names of the keys are a contract."""
    return {"numbers": [_as_data(finding) for finding in findings], "summary": summary_as_data(findings)}


def summary_as_data(findings: Sequence[Finding]) -> dict[str, dict[str, int]]:
    """Every verdict for each exercise, those that do not occur too."""
    counts = summary(findings)
    return {name: {verdict.value: found[verdict] for verdict in Verdict} for name, found in counts.items()}


def _as_data(finding: Finding) -> dict[str, Any]:
    settings = finding.settings
    return {
        "exercise": finding.exercise,
        "place": finding.place,
        "label": finding.label,
        "quantity": finding.quantity,
        "completed": finding.completed,
        "epoch": finding.epoch,
        "given": {name: str(value) for name, value in finding.given.items()},
        "printed": finding.printed,
        "value": finding.value,
        "verdict": finding.verdict.value,
        "settings": settings.model_dump(mode="json", exclude_unset=True, warnings=False) if settings else None,
        "instead": finding.instead,
        "reproduced": finding.reproduced,
        "why": dict(finding.why),
    }


_NAMED = 8  # places in one sentence


@dataclass(frozen=True)
class _Trial:
    """A printed number, and what it can have come from; each is calculated when its turn comes."""

    number: Number
    courses: Mapping[str, Course]

    @cached_property
    def printed(self) -> Printed:
        return Printed.read(self.number.printed)

    @cached_property
    def own(self) -> Decimal | None:
        """What the page's method gives."""
        return self._value(self.number.quantity, self.number.stated)

    @cached_property
    def other(self) -> Decimal | None:
        """What the settings of the entry give."""
        return self._value(self.number.quantity, self.number.claimed)

    @cached_property
    def instead(self) -> Decimal | None:
        """What was calculated in place of the quantity, under the settings of the entry if it has any."""
        return self._value(self.number.instead, self.number.claimed)

    def _value(self, formula: str | None, look: Look) -> Decimal | None:
        return self.courses[look.course].value(formula, look.rounds) if formula else None

    @property
    def rounds(self) -> bool:
        return self.own is not None and self.printed.rounds(self.own)

    @property
    def truncates(self) -> bool:
        return self.own is not None and self.printed.truncates(self.own)

    @property
    def reproduced(self) -> bool:
        """Whether the settings that the entry names give it."""
        return bool(self.number.entry.table.settings) and self.number.claimed.gives(self.printed, self.other)

    @property
    def explained(self) -> bool:
        """Whether the entry says why, and what else it says is true: an untrue claim explains nothing."""
        table = self.number.entry.table
        if table.instead:
            return bool(table.why) and self.number.claimed.gives(self.printed, self.instead)
        return bool(table.why) and not table.settings

    def finding(self) -> Finding:
        """The first verdict that holds, with what it rests on."""
        number, table = self.number, self.number.entry.table
        verdict = next(verdict for verdict, holds in _TRIED.items() if holds(self))
        rests = verdict in _RESTS_ON
        return Finding(
            number.entry.exercise.name,
            number.place,
            table.label,
            number.quantity,
            table.completed,
            number.epoch,
            table.given,
            number.printed,
            _digits(self.own),
            verdict,
            table.settings if rests else None,
            number.instead if verdict is Verdict.WRONG else None,
            _digits(_RESTS_ON[verdict](self)) if rests else None,
            table.why if rests else {},
        )


_TRIED: Mapping[Verdict, Callable[[_Trial], bool]] = {
    Verdict.ROUNDS: lambda trial: trial.rounds,
    Verdict.TRUNCATES: lambda trial: trial.truncates,
    Verdict.SETTINGS: lambda trial: trial.reproduced,
    Verdict.WRONG: lambda trial: trial.explained,
    Verdict.UNEXPLAINED: lambda trial: True,
}
_RESTS_ON: Mapping[Verdict, Callable[[_Trial], Decimal | None]] = {
    Verdict.SETTINGS: lambda trial: trial.other,
    Verdict.WRONG: lambda trial: trial.instead,
}
_DIGITS = 17


def _digits(value: Decimal | None) -> str | None:
    return None if value is None else str(to_figures(value, _DIGITS))


def _text(path: Path) -> str:
    """The file, for the lines of mistakes in it."""
    return path.read_text(encoding="utf-8-sig") if path.is_file() else ""
