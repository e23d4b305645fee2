"""How much of what one person hands in is kept."""

from __future__ import annotations

MOST_ANSWERS = 5_000
MOST_CHARACTERS = 1_000_000
"""Of all answers together."""
LONGEST_ANSWER = 2_000
"""What is longer is cut; no reader of answers takes as much, so that it stays unreadable."""


def kept(text: str) -> str:
    """An answer without the white space around it, as much of it as anybody will look at."""
    return text.strip()[:LONGEST_ANSWER]
