"""Who gets which variant."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from derive.authoring.exercise import Exercise
from derive.classes.codes import MARK_BITS, Code, letter, qr_modules
from derive.classes.file_names import file_stem
from derive.classes.roster import Roster, Student
from derive.classes.variants.drawing import RULES
from derive.numbers.evaluation import Rounding
from derive.render.stamping.marks import Mark

_SAID = {"title", "note", "answer", "source", "course", "credit", "published", "sheet"}
"""The keys of an exercise file that change no number."""


@dataclass(frozen=True, slots=True)
class Member:
    """One sheet of a set: a student's, or one that is known by a letter."""

    number: int
    """Of the variant, from 1."""
    code: Code
    language: str
    student: Student
    stem: str
    """The name of the files, without an ending."""

    @property
    def mark(self) -> Mark:
        """What stands on the pages."""
        return Mark(self.student.name, str(self.code), qr_modules(str(self.code)))

    @property
    def record(self) -> Mapping[str, object]:
        """The member in the manifest."""
        own = self.student
        kept = {"name": own.name, "id": own.id, "email": own.email, "group": own.group}
        filled = {key: value for key, value in kept.items() if value}
        return {"number": self.number, "code": str(self.code), "language": self.language, **filled}


def fingerprint(exercise: Exercise, rounding: Rounding, detail: str) -> int:
    """The mark in a code: it tells whether a code was made with these numbers and this rounding.

    The first bits of the SHA-256 of the file's content, without its words, and of what decides which draws are fit.
    """
    content = exercise.content.model_dump(exclude=_SAID)
    settings = [RULES, content, exercise.content.sheet.truncation, rounding.digits, rounding.figures, detail]
    digest = sha256(json.dumps(settings, sort_keys=True, default=str).encode()).digest()
    return int.from_bytes(digest) >> len(digest) * 8 - MARK_BITS


def of_roster(roster: Roster, first: Code, language: str) -> Iterator[Member]:
    """A member for each student, each in a language of the student's own if the list has one."""
    for number, student in enumerate(roster.students, start=1):
        spoken = student.language or language
        yield Member(number, _of(first, number), spoken, student, file_stem(student))


def of_letters(count: int, first: Code, language: str) -> Iterator[Member]:
    """So many members without names: A, B, C and so on."""
    for number in range(1, count + 1):
        name = letter(number - 1)
        yield Member(number, _of(first, number), language, Student("", name), f"{first.exercise}-{name}")


def _of(first: Code, number: int) -> Code:
    return replace(first, number=first.number + number - 1)
