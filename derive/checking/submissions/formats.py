"""The formats in which answers are handed in. To add one, write a reader and add its line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from derive.checking.submissions.forms import form_reader
from derive.checking.submissions.records import from_toml, read_json, read_toml
from derive.checking.submissions.submission import Submission
from derive.checking.submissions.tables import read_table
from derive.classes.tables import decoded
from derive.words.errors import Problem

Reader = Callable[[bytes, str], Iterator[Submission | Problem]]
"""Takes the content of a file and its name; ``AuthorError`` where nothing of it can be read."""


@dataclass(frozen=True, slots=True)
class Format:
    """How a reader is opened, and the largest file that it is given, in bytes: what it makes of it fits into memory."""

    opened: Callable[[], AbstractContextManager[Reader]]
    largest: int


FORMATS: Mapping[str, Format] = {
    ".pdf": Format(form_reader, 20_000_000),
    ".csv": Format(lambda: nullcontext(read_table), 20_000_000),
    ".json": Format(lambda: nullcontext(read_json), 5_000_000),
    ".toml": Format(lambda: nullcontext(read_toml), 1_000_000),
}
"""By the suffix of the file."""

LARGEST = max(known.largest for known in FORMATS.values())


def suffix_of(content: bytes, name: str) -> str:
    """The suffix that a file would have, by what stands in it."""
    if b"%PDF-" in content[:1024]:
        return ".pdf"
    text = decoded(content, name).lstrip()
    if len(content) <= FORMATS[".toml"].largest and _is_toml(text):
        return ".toml"
    return ".json" if text.startswith(("{", "[")) else ".csv"


def _is_toml(text: str) -> bool:
    try:
        return bool(from_toml(text))
    except (ValueError, RecursionError):
        return False
