"""What is wrong with an exercise file: the findings of pydantic and of ``consistency``, as located problems."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from derive.words.errors import Problem, nearest

Keys = tuple[str | int, ...]

MOST_PROBLEMS = 40


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem at a place inside the file, before that place has a line."""

    keys: Keys
    code: str
    evidence: Mapping[str, object] = field(default_factory=dict)


# What pydantic's error types ask for, in our words.
_EXPECTED = {
    "number_type": "a number",
    "not_positive": "a number greater than 0",
    "negative": "a number that is not negative",
    "not_share": "a number from 0 to 1",
    "not_share_below_one": "a number from 0 to below 1",
    "list_type": "a list in square brackets",
    "samples_type": "a list of numbers, a list of such lists, or how many there are",
    "string_type": "text in quotes",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "dict_type": "texts by language, such as title.en",
    "model_type": "a table",
    "variation_type": '"fixed", or a table such as { from = 0.1, to = 0.9, step = 0.05 }',
    "too_short": "at least one entry",
    "string_too_short": "some text",
}
_LENGTH_LIMIT = "{max_length} characters"


def problems_of(error: ValidationError, model: type[BaseModel]) -> Iterator[Finding]:
    """The findings of pydantic, in our codes."""
    for detail in error.errors(include_url=False):
        keys: Keys = detail["loc"]
        found, context = detail["input"], detail.get("ctx", {})
        for index in context.get("place", ()):  # within a list that may be a single number, or a list of lists
            keys, found = (*keys, index), found[index]
        match detail["type"]:
            case "extra_forbidden":
                allowed = list(_fields(_model_at(model, keys[:-1])))
                yield Finding(keys, "unknown_key", _unknown(str(keys[-1]), allowed))
            case "missing":
                field_info = _fields(_model_at(model, keys[:-1]))[str(keys[-1])]
                yield Finding(keys, "missing_key", {"expected": _lower_first(field_info.description or "a value")})
            case "unknown_name":
                evidence = _unknown(found, context["names"])
                evidence["nearest"] = nearest(context["meant"], context["names"])
                yield Finding(tuple(key for key in keys if key != "[key]"), "unknown_name", evidence)
            case "not_finite" | "too_extreme":
                yield Finding(keys, detail["type"], {"found": shortened(found)})
            case "control_character":
                yield Finding(keys, "control_character", context)
            case "greater_than_equal":
                yield Finding(
                    keys, "out_of_range", {"found": shortened(found), "expected": f"at least {context['ge']}"}
                )
            case "less_than_equal":
                yield Finding(keys, "out_of_range", {"found": shortened(found), "expected": f"at most {context['le']}"})
            case "string_too_long":
                limit = _LENGTH_LIMIT.format(**context)
                yield Finding(keys, "too_long", {"found": f"{len(found)} characters", "limit": limit})
            case kind:
                expected = _EXPECTED.get(kind, detail["msg"])
                yield Finding(keys, "wrong_type", {"found": described(found), "expected": expected})


def _unknown(found: str, allowed: list[str]) -> dict[str, object]:
    return {"found": shortened(found), "nearest": nearest(found, allowed), "allowed": ", ".join(allowed)}


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".")


def shortened(value: object) -> str:
    """A value for a sentence: its beginning, on one line."""
    if isinstance(value, int) and value.bit_length() > 200:  # Python prints no more than 4,300 digits
        return f"a number of {value.bit_length()} bits"
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "…"


def described(value: object) -> str:
    """What stands there, in words."""
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal() | int():
            return f"the number {shortened(value)}"
        case str():
            return f"the text {shortened(value)!r}"
        case list():
            return "an empty list" if not value else f"a list of {len(value)}"
        case dict():
            return "a table"
        case _:
            return f"a {type(value).__name__}"


def _model_at(model: type[BaseModel], keys: Keys) -> type[BaseModel]:
    """The model of the table that these keys lead to."""
    for key in keys:
        if isinstance(key, str):
            annotation = _annotation(model, key)
            inner = [part for part in (annotation, *get_args(annotation)) if isinstance(part, type)]
            model = next(part for part in inner if issubclass(part, BaseModel))
    return model


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a model, by the keys that a file has for them."""
    return {field_info.alias or name: field_info for name, field_info in model.model_fields.items()}


def _annotation(model: type[BaseModel], key: str) -> Any:
    """What may stand under a key of a table; under one that has no field of its own, what its free keys may hold."""
    fields = _fields(model)
    return fields[key].annotation if key in fields else get_args(get_type_hints(model)["__pydantic_extra__"])[1]


def located(path: Path, text: str, findings: Iterable[Finding]) -> list[Problem]:
    """The findings in the order of their lines, each once for each place, and no more than a person will read."""
    lines: dict[Keys, int] = {}
    for keys, line in _statements(text):
        lines.setdefault(keys, line)
    some = list(islice(findings, MOST_PROBLEMS + 1))
    problems = {
        (finding.keys, finding.code): Problem(
            finding.code, str(path), _spelled(finding.keys), _line(lines, finding.keys), finding.evidence
        )
        for finding in some[:MOST_PROBLEMS]
    }
    ordered = sorted(problems.values(), key=lambda problem: problem.line or 0)
    if len(some) > MOST_PROBLEMS:
        ordered.append(Problem("more_problems", str(path), evidence={"shown": MOST_PROBLEMS}))
    return ordered


def _spelled(keys: Keys) -> str:
    """layer[2].weights[1]: counted from 1, as people do."""
    text = ""
    for key in keys:
        text += f"[{key + 1}]" if isinstance(key, int) else ("." if text else "") + shortened(key)
    return text


def _line(lines: Mapping[Keys, int], keys: Keys) -> int | None:
    """The line of the key, else that of the nearest table or list around it."""
    while keys:
        if keys in lines:
            return lines[keys]
        keys = keys[:-1]
    return None


# A line with which a statement of TOML can begin: a header or a key. A row of a matrix is neither.
_KEY = r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[\w-]+)"""
_DOTTED = rf"\s*{_KEY}(?:\s*\.\s*{_KEY})*\s*"
_BEGINS = re.compile(rf"\s*\[{{1,2}}{_DOTTED}\]{{1,2}}\s*(?:#.*)?$|{_DOTTED}=")
_PATIENCE = 3_000_000  # characters read before the rest of a file is left without lines


def _statements(text: str) -> Iterator[tuple[Keys, int]]:
    """Each key of a TOML file with its line. tomllib itself says where a statement ends, so no second TOML reader."""
    table: Keys = ()
    seen: dict[Keys, int] = {}
    for start, statement in _split(text.split("\n")):
        keys = _only_path(tomllib.loads(statement, parse_float=str))
        if statement.lstrip().startswith("["):
            table = _entered(keys, statement.lstrip().startswith("[["), seen)
            yield table, start
        else:
            for length in range(len(keys), 0, -1):
                yield (*table, *keys[:length]), start


def _split(lines: list[str]) -> Iterator[tuple[int, str]]:
    """The statements with the numbers of their first lines, as far as patience goes."""
    statement, start, read = "", 0, 0
    for number, line in enumerate([*lines, "end ="], start=1):
        if not _BEGINS.match(line):
            statement += f"{line}\n" if statement else ""
            continue
        read += len(statement)
        if read > _PATIENCE:
            return
        if statement and _is_whole(statement):
            yield start, statement
            statement = ""
        start = start if statement else number
        statement += f"{line}\n"


def _is_whole(statement: str) -> bool:
    try:
        tomllib.loads(statement, parse_float=str)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return False
    return True


def _entered(keys: Keys, is_array: bool, seen: dict[Keys, int]) -> Keys:
    """Where a header leads: [[layer]] for the third time is layer 2, counted from 0."""
    if not is_array:
        return keys
    seen[keys] = seen.get(keys, -1) + 1
    return (*keys, seen[keys])


def _only_path(statement: Mapping[str, Any]) -> Keys:
    """The dotted keys of a document that holds one statement."""
    keys: list[str] = []
    value: Any = statement
    while isinstance(value, dict) and len(value) == 1:
        key, value = next(iter(value.items()))
        keys.append(key)
        if isinstance(value, list) and value == [{}]:
            break
    return tuple(keys)
