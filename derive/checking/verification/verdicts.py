"""What can become of an answer: stable codes; the words for them are in the catalogues."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """One of these for each answer."""

    BLANK = "blank"
    UNREADABLE = "unreadable"
    """No number or formula, which is not to say that it is wrong."""
    CORRECT = "correct"
    """Within what honest rounding leads to."""
    COARSE = "coarse"
    """Right, or right for the student's own earlier answers, but rounded more coarsely than the sheet asks."""
    FOLLOWS = "follows"
    """Right for the student's own earlier answers."""
    EASY = "easy"
    """Right for an earlier answer that made it easy: 0, 1, the target or another given value."""
    MISTAKE = "mistake"
    """A known mistake."""
    ONE_OF = "one_of"
    """One of several known mistakes, which no number on this sheet tells apart."""
    SIGN = "sign"
    TEN = "ten"
    """A power of ten away."""
    EXCHANGED = "exchanged"
    """Two digits exchanged."""
    WRONG = "wrong"


FOUND = frozenset({Verdict.CORRECT, Verdict.COARSE, Verdict.FOLLOWS})
"""The student has found what was to be found."""

SLIPS = frozenset({Verdict.SIGN, Verdict.TEN, Verdict.EXCHANGED})
"""The student has found it and written something else."""

CHARGED = frozenset({Verdict.MISTAKE, Verdict.ONE_OF, Verdict.WRONG}) | SLIPS
"""It went wrong here, and not before."""
