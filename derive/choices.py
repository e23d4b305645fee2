"""What can be chosen by name or number, for the exercise file and the command line alike; it imports nothing slow."""

from __future__ import annotations

from derive import resources

DETAILS = ("factors", "quantities", "results")
"""How much a sheet asks, the most first."""

PAPERS = ("a4", "letter")
MOST_DIGITS = 15
"""Decimal places or significant figures that a sheet shows at most."""

MOST_ROUNDS = 1_000_000

MOST_VARIANTS = 5_000
"""Of a class set."""

MOST_COPIES = 200
"""How often a layer of an exercise file can be repeated."""

NOTATIONS = ("net-out", "z-a", "gates", "matrix")
"""How quantities are written; ``model.profiles`` has a record for each."""


def languages() -> list[str]:
    """Every language that there is a catalogue for."""
    return sorted(path.stem for path in (resources.templates() / "languages").glob("*.po"))
