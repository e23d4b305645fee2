"""Where somebody stands: a frozen value, which each reply replaces by another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from derive.checking.practice.judges import Answer
from derive.checking.verification.verdicts import FOUND, Verdict


class Way(StrEnum):
    """How somebody came to a right answer."""

    FIRST = "first"
    """At the first try."""
    LATER = "later"
    HINTS = "hints"
    SHOWN = "shown"
    """It was shown as the last hint."""


@dataclass(frozen=True, slots=True)
class Record:
    """What has happened at one answer."""

    text: str = ""
    """As it was typed last."""
    answer: Answer | None = None
    verdict: Verdict = Verdict.BLANK
    tries: int = 0
    """Wrong ones."""
    hints: int = 0
    way: Way | None = None
    """That of the first right answer."""

    @property
    def is_found(self) -> bool:
        """Whether the answer that stands is right."""
        return self.verdict in FOUND


@dataclass(frozen=True, slots=True)
class Progress:
    """The answer that is asked for, by its place on the sheet, and what has happened so far."""

    at: int
    records: Mapping[str, Record] = field(default_factory=dict)
    mistakes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What went wrong: at which quantity, and the names of the messages for what it may have been."""

    def of(self, name: str) -> Record:
        """What has happened at a quantity."""
        return self.records.get(name, Record())

    def noted(self, name: str, **changes: Any) -> Progress:
        """With other entries in the record of a quantity."""
        return replace(self, records={**self.records, name: replace(self.of(name), **changes)})

    @property
    def answers(self) -> Mapping[str, Answer]:
        """The answers that stand."""
        return {name: record.answer for name, record in self.records.items() if record.answer}


def with_way(progress: Progress, name: str) -> Progress:
    """With the way to a right answer, if it is the first one there."""
    record = progress.of(name)
    way = Way.HINTS if record.hints else Way.LATER if record.tries else Way.FIRST
    return progress.noted(name, way=record.way or way)
