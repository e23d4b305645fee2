"""What one person handed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derive.checking.submissions.limits import kept
from derive.classes.people import language_code
from derive.words.errors import Problem


@dataclass(frozen=True, slots=True)
class Submission:
    """What one person handed in, as it was written."""

    answers: Mapping[str, str]
    """By the name of the field: the id of a quantity, or what the column was called. A blank one is empty text."""
    source: str
    """The file, and in it the place: "answers.csv, line 4"."""
    name: str = ""
    id: str = ""
    email: str = ""
    language: str = ""
    """A code of ours, or empty."""
    group: str = ""
    code: str = ""
    """Of the variant, as it was written; empty where nothing says it."""
    asked: tuple[str, ...] | None = None
    """The fields of a form, blank ones too; nothing where the file does not say what was asked."""

    @property
    def person(self) -> tuple[str, ...]:
        """By what one person is known; a code alone may be that of a whole class."""
        if self.id:
            return (self.id,)
        return (self.name.casefold(), self.code) if self.name and self.code else (self.source,)


@dataclass(frozen=True, slots=True)
class Collected:
    """All that was handed in, and what is wrong with what could not be read."""

    submissions: tuple[Submission, ...]
    problems: tuple[Problem, ...]


def handed_in(answers: Mapping[str, str], source: str, texts: Mapping[str, str]) -> Submission:
    """The answers of a person, of whom these texts speak; ``findings`` has nothing to say of them."""
    return Submission(
        {name: kept(text) for name, text in answers.items()},
        source,
        name=texts.get("name", ""),
        id=texts.get("id", ""),
        email=texts.get("email", ""),
        language=language_code(texts.get("language", "")),
        group=texts.get("group", ""),
        code=texts.get("code", ""),
    )
