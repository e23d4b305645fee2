"""What can go wrong, as data. The sentences are in ``wording``.

Two families: what the author of a file or a command got wrong (exit code 2), and what the system refused (exit code 1).
Anything else that escapes is a bug of ours and keeps its traceback.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import ClassVar

from derive.words.wording import SENTENCES


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: a code with its evidence, and the place where it stands."""

    code: str
    file: str = ""
    key: str = ""
    line: int | None = None
    evidence: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        place = [self.file, f"line {self.line}" if self.line else "", self.key]
        where = ", ".join(part for part in place if part)
        return on_one_line(f"{where}: {self.sentence}" if where else self.sentence)

    @property
    def sentence(self) -> str:
        """What is wrong and what was expected, without the place."""
        return SENTENCES[self.code].format(**self.evidence)


def on_one_line(text: str) -> str:
    """Text for a terminal: what a file says cannot move the cursor, change colours or start a new line."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


class PencilgradError(Exception):
    """Raised with every problem that was found, not only the first."""

    exit_code: ClassVar[int]

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class AuthorError(PencilgradError):
    """A mistake in an exercise file, a template, a catalogue or a command."""

    exit_code = 2


class RefusedError(PencilgradError):
    """The input was right, and the machine or a limit of ours would not have it."""

    exit_code = 1


def nearest(name: str, allowed: Iterable[str]) -> str:
    """The end of a sentence that offers the most similar allowed name, or nothing."""
    close = nearest_name(name, allowed)
    return f" (did you mean {close!r}?)" if close else ""


def nearest_name(name: str, allowed: Iterable[str]) -> str:
    """The most similar allowed name, or nothing."""
    return next(iter(get_close_matches(name.lower(), list(allowed), n=1, cutoff=0.5)), "")
