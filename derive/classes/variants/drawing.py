"""Numbers that look random and are the same on every machine, in every version of Python, in every language.

The value with the identifier ``id`` in draw ``n`` of a seed (n counts from 1) is the choice with the index that
``Stream(seed).index(n, id, count)`` gives, where ``count`` is how many choices it has, in rising order from index 0:

1. The message is the text ``pencilgrad/SEED/N/ID/ATTEMPT`` in UTF-8, numbers in decimal digits, ATTEMPT being 0.
2. Its SHA-256, read as an unsigned integer of 256 bits with the most significant byte first, is h.
3. Let limit = 2²⁵⁶ − (2²⁵⁶ mod count). If h < limit, the index is h mod count; else ATTEMPT is raised by 1, and it goes
   on at 1. So every index is equally likely.

Nothing that is drawn depends on anything drawn before it. Two streams are not a person's: the draws that find out what
most variants look like have the word ``pilot`` in place of the seed, and the signs of a set are those of its stream's
ids ``sign/ID``, with 2 choices, the second of which is the negative.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from derive.authoring.vary import Choices

RULES = 2
"""Counted up whenever another draw becomes fit, as when a mistake or a constraint is added: so a code that was printed
under other rules is recognised, and does not lead to other numbers."""

_ALL = 2**256
PILOT = "pilot"


@dataclass(frozen=True, slots=True)
class Stream:
    """The draws of a seed."""

    seed: int | str

    def index(self, draw: int, name: str, count: int) -> int:
        """A number from 0 to below ``count``, each of them equally likely."""
        limit = _ALL - _ALL % count
        attempt = 0
        while True:
            message = f"pencilgrad/{self.seed}/{draw}/{name}/{attempt}"
            found = int.from_bytes(sha256(message.encode()).digest(), "big")
            if found < limit:
                return found % count
            attempt += 1

    def draw(self, number: int, choices: Mapping[str, Choices]) -> dict[str, Decimal]:
        """One of the choices for each value."""
        return {name: choice[self.index(number, name, len(choice))] for name, choice in choices.items()}

    def negatives(self, number: int, choices: Mapping[str, Choices]) -> frozenset[str]:
        """Which of the values whose sign may vary are negative."""
        free = (name for name, choice in choices.items() if choice.signs)
        return frozenset(name for name in free if self.index(number, f"sign/{name}", 2))
