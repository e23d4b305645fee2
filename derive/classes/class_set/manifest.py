"""The manifest of a set, read again: whose sheets there are, and what they were made with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import ConfigDict, Field, ValidationError

from derive.choices import DETAILS, MOST_DIGITS, NOTATIONS
from derive.classes.class_set.folder import MANIFEST, MAX_MANIFEST_SIZE
from derive.classes.codes import letter
from derive.classes.roster import Student
from derive.files import read_limited
from derive.model.fields import LanguageCode, OneOf, Table
from derive.words.errors import AuthorError, Problem


class _Settings(Table):
    """What a set was made with, as far as its answers depend on it."""

    model_config = ConfigDict(extra="ignore")

    exercise: str
    language: LanguageCode
    digits: int | None = Field(default=None, ge=0, le=MOST_DIGITS)
    figures: int | None = Field(default=None, ge=1, le=MOST_DIGITS)
    detail: Annotated[str, OneOf(DETAILS)] | None = None
    notation: Annotated[str, OneOf(NOTATIONS)] | None = None
    decimal: Annotated[str, OneOf(("point", "comma"))] | None = None


class _Member(Table):
    model_config = ConfigDict(extra="ignore")

    code: str
    language: LanguageCode
    id: str
    name: str = ""
    email: str = ""
    group: str = ""


class _Contents(Table):
    model_config = ConfigDict(extra="ignore")

    settings: _Settings = Field(alias="set")
    members: list[_Member]


@dataclass(frozen=True)
class Manifest:
    """A set as its folder tells of it."""

    path: Path
    exercise: str
    language: str
    numbers: Mapping[str, Any]
    """The options that its answers depend on, by the names that they have on the command line."""
    members: tuple[tuple[Student, str], ...]
    """Each student with the code of the sheet."""

    @cached_property
    def is_of_letters(self) -> bool:
        """Whether its sheets are variants A, B, C … and not persons'."""
        return all(not own.name and own.id == letter(place) for place, (own, _) in enumerate(self.members))

    @cached_property
    def by_code(self) -> Mapping[str, Student]:
        """Who has the sheet with a code."""
        return {code: student for student, code in self.members}

    def student_of(self, name: str) -> Student | None:
        """The only one of this name, as it stands on a sheet that was made later for the same class."""
        found = [student for student, _ in self.members if name and _same(student.name, name)]
        return found[0] if len(found) == 1 else None

    def code_of(self, name: str, id: str) -> str:
        """The code of somebody's sheet, by the id or, where only one has it, by the name; else nothing."""
        by_id = [code for student, code in self.members if id and student.id == id]
        by_name = [code for student, code in self.members if name and _same(student.name, name)]
        return by_id[0] if by_id else by_name[0] if len(by_name) == 1 and not id else ""


def read_manifest(folder: Path) -> Manifest:
    """The manifest in the folder of a set; ``AuthorError`` if there is none or it is damaged."""
    path = folder / MANIFEST if folder.is_dir() else folder
    try:
        contents = _Contents.model_validate(json.loads(read_limited(path, MAX_MANIFEST_SIZE)))
    except (ValidationError, ValueError, RecursionError):
        raise AuthorError(Problem("manifest_broken", str(path))) from None
    settings = contents.settings.model_dump()
    return Manifest(
        path,
        settings.pop("exercise"),
        settings.pop("language"),
        settings,
        tuple((Student(own.name, own.id, own.email, own.language, own.group), own.code) for own in contents.members),
    )


def _same(first: str, second: str) -> bool:
    return first.casefold().split() == second.casefold().split()
