"""A class list: the students for whom a set is made, read from CSV as spreadsheets and learning platforms write it.

All problems of a file are found at once. A name is data: whatever it says, in whatever script, it stays a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from unicodedata import category

from derive.authoring.validation import MOST_PROBLEMS, shortened
from derive.classes.columns import Head, read_head, rows_below, spellings_of
from derive.classes.people import findings, language_code, spaced
from derive.classes.tables import Row, decoded
from derive.files import read_limited
from derive.words.errors import AuthorError, Problem

MOST_STUDENTS = 5_000
MAX_ROSTER_SIZE = 5_000_000
_REQUIRED = ("name", "id")


@dataclass(frozen=True, slots=True)
class Student:
    """One line of a class list; ``language`` is a code of ours, or empty where the list leaves it to the set."""

    name: str
    id: str
    email: str = ""
    language: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    """A class, in the order of its list; no two students have the same id."""

    students: tuple[Student, ...]


def read_roster(path: Path) -> Roster:
    """The students of a CSV file; ``AuthorError`` with what is wrong in it, line by line.

    The first row names the columns, in any order and in English, Spanish or Chinese; others than the known are
    ignored, and so are empty rows. Comma, semicolon or tab; UTF-8, or UTF-16 with a byte order mark.
    """
    file = str(path)
    text = decoded(read_limited(path, MAX_ROSTER_SIZE), file)
    students: list[Student] = []
    problems: list[Problem] = []
    for found in _found(file, text):
        if isinstance(found, Student):
            students.append(found)
        elif len(problems) == MOST_PROBLEMS:
            problems.append(Problem("more_problems", file, evidence={"shown": MOST_PROBLEMS}))
            break
        else:
            problems.append(found)
    if problems:
        raise AuthorError(*problems)
    return Roster(tuple(students))


def _found(file: str, text: str) -> Iterator[Student | Problem]:
    """Each student, or what is wrong with the row; nothing is read beyond the last that a set can have."""
    head = read_head(text, file)
    if not head.headings:
        yield Problem("roster_empty", file)
        return
    yield from _missing(head)
    yield from head.twice({column for columns in head.columns.values() for column in columns})
    lines: dict[str, int] = {}
    number = 0
    for number, row in enumerate(rows_below(head, text), start=1):
        if isinstance(row, Problem):
            yield row
        elif number > MOST_STUDENTS:
            yield Problem("roster_too_long", file, line=row.line, evidence={"limit": f"{MOST_STUDENTS:,}"})
            return
        else:
            yield from _student(head, row, lines)
    if not number:
        yield Problem("roster_empty", file)


def _missing(head: Head) -> Iterator[Problem]:
    for field in _REQUIRED:
        if field not in head.columns:
            found = ", ".join(shortened(spaced(heading)) or "''" for heading in head.headings[:20])
            evidence = {"column": field, "found": found, "spellings": ", ".join(spellings_of(field))}
            yield Problem("roster_column", head.file, line=head.line, evidence=evidence)


def _student(head: Head, row: Row, lines: dict[str, int]) -> Iterator[Student | Problem]:
    """The student of a row, or its problems; ``lines`` says where each id has been."""
    texts = head.texts(row)
    problems = [
        *_empty(head, row, texts),
        *_same_id(head, row, texts, lines),
        *(head.problem(finding.code, row, str(finding.keys[0]), finding.evidence) for finding in findings(texts)),
    ]
    yield from problems
    if not problems:
        yield Student(**{"name": "", "id": "", **texts, "language": language_code(texts.get("language", ""))})


def _empty(head: Head, row: Row, texts: Mapping[str, str]) -> Iterator[Problem]:
    for field in _REQUIRED:
        if field in texts and all(category(character) == "Cf" for character in texts[field]):
            yield head.problem("roster_cell_empty", row, field, {})


def _same_id(head: Head, row: Row, texts: Mapping[str, str], lines: dict[str, int]) -> Iterator[Problem]:
    student = texts.get("id")
    if student and lines.setdefault(student, row.line) != row.line:
        yield head.problem("roster_same_id", row, "id", {"found": shortened(student), "first": lines[student]})
