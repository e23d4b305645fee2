"""What can be wrong in a formula, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from derive.words.errors import AuthorError, Problem

_SHOWN = 24  # characters of a formula in a sentence


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong in a formula; columns and statements are counted from 1."""

    code: str
    column: int
    details: Mapping[str, object] = field(default_factory=dict)
    text: str = ""
    statement: int = 1

    @property
    def evidence(self) -> dict[str, object]:
        """What the sentence of the code needs."""
        rest = self.text[self.column - 1 :].strip()
        place = "the end" if not rest else repr(shortened(rest))
        return {**self.details, "column": self.column, "place": place}

    @property
    def problem(self) -> Problem:
        return Problem(self.code, evidence=self.evidence)


class FormulaError(AuthorError):
    """What an author typed is no formula; ``flaws`` has the codes and the places."""

    def __init__(self, *flaws: Flaw) -> None:
        super().__init__(*(flaw.problem for flaw in flaws))
        self.flaws = flaws


def shortened(text: str) -> str:
    """A piece of a formula, short enough to stand in a sentence."""
    return str(text) if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
