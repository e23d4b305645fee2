"""What can be typed in place of an answer, by its word in English and in the person's language."""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import combining, normalize

from derive.sheet.document import Block, Heading, Paragraph, Table
from derive.words.languages import Language

COMMANDS = ("hint", "skip", "back", "show", "help", "quit")

_LONGEST = 20


def command_in(line: str, say: Language) -> str | None:
    """The command that a line is."""
    if len(line) > _LONGEST:
        return None
    own = {_bare(say.plain(f"practice.command.{command}")): command for command in COMMANDS}
    words = {**own, **{command: command for command in COMMANDS}}
    return words.get(_bare(line))


def explained(say: Language, *, in_symbols: bool) -> Iterator[Block]:
    """What can be typed, and what comes of it."""
    yield Heading(say.text("practice.commands"))
    yield Paragraph(say.text("practice.how_formula" if in_symbols else "practice.how"), "note")
    yield Table(tuple(((_word(command, say),), say.text(f"practice.does.{command}")) for command in COMMANDS))


def _word(command: str, say: Language) -> str:
    word = say.plain(f"practice.command.{command}")
    return word if word == command else f"{word}, {command}"


def _bare(line: str) -> str:
    """What was typed without what people leave out: capitals, accents, the width of Chinese characters."""
    letters = normalize("NFKD", line.strip()).casefold()
    return "".join(letter for letter in letters if not combining(letter))
