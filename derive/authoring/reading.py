"""Reads exercise files and validates them.

All problems of a file are found at once. Text from a file is data: it is never evaluated, and every format escapes it.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from derive import resources
from derive.authoring.consistency.problems import shape_problems
from derive.authoring.exercise import Exercise
from derive.authoring.exercise_file import FormulaFile, NetworkFile, model_for
from derive.authoring.seeded import drawn
from derive.authoring.validation import Finding, located, problems_of
from derive.files import one_line, read_limited
from derive.model.formulas.flaws import FormulaError
from derive.model.formulas.reader import read_statements
from derive.words.errors import AuthorError, Problem, nearest

MAX_FILE_SIZE = 200_000

# What Python says of these is for programmers.
_PLAINLY: Mapping[type[Exception], str] = {
    RecursionError: "its lists or tables are nested too deeply",
    ValueError: "a number in it has too many digits",
    InvalidOperation: "a number in it is too large or too small",
}


def find(name_or_path: str) -> Path:
    """The file of a shipped exercise, or the path of one's own."""
    shipped = resources.exercises()
    if name_or_path in shipped:
        return shipped[name_or_path]
    path = Path(name_or_path)
    if path.suffix == ".toml" or os.path.exists(path):  # noqa: PTH110  (which says no to a name that no file can have)
        return path
    raise AuthorError(
        Problem("unknown_exercise", evidence={"name": name_or_path, "nearest": nearest(name_or_path, shipped)})
    )


def load(name_or_path: str | Path) -> Exercise:
    """Reads an exercise by its shipped name or its path; ``AuthorError`` with all its problems if it has any."""
    path = find(str(name_or_path))
    return read(_text_of(path), path)


def read(text: str, path: Path) -> Exercise:
    """The exercise that a text describes; ``path`` is what problems call it."""
    if len(text) > MAX_FILE_SIZE:
        raise AuthorError(Problem("file_too_large", str(path), evidence={"limit": MAX_FILE_SIZE}))
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError, ArithmeticError) as error:
        reason = _PLAINLY.get(type(error)) or one_line(error)
        raise AuthorError(Problem("not_toml", str(path), evidence={"reason": reason})) from None
    return checked(raw, path, text)


def checked(raw: dict[str, Any], path: Path, text: str = "") -> Exercise:
    """The exercise that these tables describe; ``text`` is the file, for the lines of problems."""
    model = model_for(raw)
    try:
        content = model.model_validate(raw)
    except ValidationError as error:
        raise AuthorError(*located(path, text, chain(problems_of(error, model), shape_problems(raw)))) from None
    found = [*shape_problems(raw), *(_flaws(content.formulas) if isinstance(content, FormulaFile) else ())]
    if found:
        raise AuthorError(*located(path, text, found))
    exercise = Exercise(path.stem, path, content)
    if (
        exercise.architecture
        and isinstance(content, NetworkFile)
        and content.seed is not None
        and not exercise.is_large
    ):
        exercise = replace(exercise, content=drawn(content, exercise.architecture, content.seed))
    if isinstance(content, FormulaFile):
        _check_values(exercise, content)
    return exercise


def _flaws(formulas: Sequence[str]) -> Iterator[Finding]:
    """What is wrong with the formulas, at the line of each."""
    try:
        read_statements(formulas)
    except FormulaError as error:
        for flaw in error.flaws:
            yield Finding(("formulas", flaw.statement - 1), flaw.code, flaw.evidence)


def _check_values(exercise: Exercise, content: FormulaFile) -> None:
    """Each input of the formulas has a value, and nothing else has."""
    assert exercise.circuit
    inputs = {variable.id for variable in exercise.circuit.inputs}
    for name in inputs - content.values.keys():
        raise AuthorError(Problem("value_missing", str(exercise.path), "values", evidence={"name": name}))
    for name in content.values.keys() - inputs:
        evidence = {"name": name, "nearest": nearest(name, inputs)}
        raise AuthorError(Problem("value_unused", str(exercise.path), f"values.{name}", evidence=evidence))


def _text_of(path: Path) -> str:
    try:
        return read_limited(path, MAX_FILE_SIZE).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise AuthorError(Problem("not_text", str(path), evidence={"offset": error.start})) from None
