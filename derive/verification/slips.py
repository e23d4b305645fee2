"""What a hand does with a number that was right, when it writes it down."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

TENS = range(-6, 7)
"""Powers of ten by which a decimal mark is misplaced."""


def exchanged(written: str) -> Iterator[str]:
    """The number with two neighbouring digits exchanged, in every way that changes it; ``written`` has a point."""
    for at, (first, second) in enumerate(pairwise(written)):
        if first.isdigit() and second.isdigit() and first != second:
            yield f"{written[:at]}{second}{first}{written[at + 2 :]}"
