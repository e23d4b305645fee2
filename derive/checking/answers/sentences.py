"""Why an answer could not be read, in the language of the one who wrote it."""

from __future__ import annotations

from derive.checking.answers.unreadable import Unreadable
from derive.words.languages import Language, Prose


def unreadable_sentence(read: Unreadable, words: Language) -> Prose:
    """What is wrong at the place to which ``read`` points."""
    details = {name: str(value) for name, value in read.details.items()}
    near = details.get("nearest", "")
    if "nearest" in details:
        details["nearest"] = words.plain("unreadable.nearest", name=near) if near else ""
    return words.text(f"unreadable.{read.code}", **details)
