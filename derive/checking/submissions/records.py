"""JSON and TOML: a record for each student.

    {"students": [{"name": "Ana", "id": "A01", "code": "mazur-7QK2M-9X4TC", "answers": {"net_h1": "0,3775"}}]}

A record without ``answers`` has them beside the rest. Numbers keep the digits with which they were typed.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from derive.authoring.validation import described, shortened
from derive.checking.submissions.limits import MOST_ANSWERS, MOST_CHARACTERS
from derive.checking.submissions.submission import Submission, handed_in
from derive.classes.people import LONGEST_TEXT, findings, spaced
from derive.classes.tables import decoded
from derive.files import one_line
from derive.words.errors import AuthorError, Problem

LONGEST_LINE = 3_000
"""Characters of a line of TOML: a key that is parted by thousands of points takes tomllib minutes."""

_TEXTS = ("name", "id", "email", "language", "group", "code")
_LONGEST_NUMBER = 10_000  # bits of a whole number of TOML, which Python would take long to write out
_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character, which JSON can spell and no file can hold


def read_json(content: bytes, file: str) -> Iterator[Submission | Problem]:
    """The records of a JSON file."""
    return _read(content, file, _from_json, "not_json")


def read_toml(content: bytes, file: str) -> Iterator[Submission | Problem]:
    """The records of a TOML file."""
    return _read(content, file, from_toml, "not_toml")


def from_toml(text: str) -> object:
    """The tables of a TOML text; ``ValueError`` or ``RecursionError`` if it is none."""
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LONGEST_LINE:
            raise ValueError(f"line {number} has more than {LONGEST_LINE:,} characters")
    return tomllib.loads(text.replace("\r\n", "\n"), parse_float=lambda digits: digits.replace("_", ""))


def _from_json(text: str) -> object:
    return json.loads(text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_table)


class _Ambiguous(dict[str, object]):
    """A table of JSON that has a key twice."""

    twice: str


def _table(pairs: Sequence[tuple[str, object]]) -> Mapping[str, object]:
    table = dict(pairs)
    if len(table) == len(pairs):
        return table
    ambiguous = _Ambiguous(table)
    ambiguous.twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
    return ambiguous


def _read(content: bytes, file: str, parse: Callable[[str], object], code: str) -> Iterator[Submission | Problem]:
    text = decoded(content, file)
    try:
        found = parse(text)
    except (ValueError, RecursionError) as error:
        reason = "its lists or tables are nested too deeply" if isinstance(error, RecursionError) else one_line(error)
        raise AuthorError(Problem(code, file, evidence={"reason": reason})) from None
    records = found["students"] if _is_table(found) and "students" in found else found
    if not isinstance(records, list):
        yield from _Record(file, file, "").read(records)
        return
    if not records:
        yield Problem("record_empty", file)
    for number, record in enumerate(records, start=1):
        place = f"record {number}"
        yield from _Record(file, f"{file}, {place}", place).read(record)


@dataclass(frozen=True, slots=True)
class _Record:
    """Where a record stands."""

    file: str
    source: str
    place: str

    def read(self, record: object) -> Iterator[Submission | Problem]:
        """The submission that it is, and what is wrong with it or with single answers."""
        if not _is_table(record):
            yield self._no_table("", record)
            return
        own = record.get("answers", {key: value for key, value in record.items() if key not in _TEXTS})
        if not _is_table(own):
            yield self._no_table("answers", own)
            return
        texts, problems = self._texts({key: record[key] for key in _TEXTS if key in record})
        texts = {key: spaced(text) for key, text in texts.items()}
        problems += [self._problem(flaw.code, str(flaw.keys[0]), **flaw.evidence) for flaw in findings(texts)]
        answers, left_out = self._texts(own)
        problems += self._sizes(answers)
        if not (texts or own or problems):
            problems.append(self._problem("record_empty"))
        yield from (*problems, *left_out)
        if not problems:
            yield handed_in(answers, self.source, texts)

    def _texts(self, values: Mapping[str, object]) -> tuple[dict[str, str], list[Problem]]:
        """The texts and numbers as texts, and what is wrong with those that are neither."""
        texts: dict[str, str] = {}
        problems: list[Problem] = []
        for key, value in values.items():
            text = _text(value)
            if text is None:
                evidence = {"found": described(value), "expected": "text or a number"}
                problems.append(self._problem("wrong_type", _whole(key), **evidence))
            else:
                texts[_whole(key)[:LONGEST_TEXT]] = text
        return texts, problems

    def _sizes(self, answers: Mapping[str, str]) -> Iterator[Problem]:
        if len(answers) > MOST_ANSWERS:
            yield self._problem("answers_many", limit=f"{MOST_ANSWERS:,}")
        if sum(map(len, answers.values())) > MOST_CHARACTERS:
            yield self._problem("answers_long", limit=f"{MOST_CHARACTERS:,}")

    def _no_table(self, key: str, value: object) -> Problem:
        if isinstance(value, _Ambiguous):
            return self._problem("answer_named_twice", key, found=shortened(_whole(value.twice)))
        found = "nothing" if value is None else described(value)
        return self._problem("wrong_type", key, found=found, expected="a table of answers")

    def _problem(self, code: str, key: str = "", **evidence: object) -> Problem:
        return Problem(code, self.file, ", ".join(filter(None, (self.place, shortened(key)))), evidence=evidence)


def _is_table(value: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(value, dict) and not isinstance(value, _Ambiguous)


def _text(value: object) -> str | None:
    """Text, a number with its digits, nothing at all as blank text; none where it is something else."""
    match value:
        case None:
            return ""
        case str():
            return _whole(value)
        case int() if not isinstance(value, bool) and value.bit_length() <= _LONGEST_NUMBER:
            return str(value)
        case _:
            return None


def _whole(text: str) -> str:
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
