"""What a hand does with a number that was right, when it writes it down."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from derive.checking.answers.typed_numbers import ReadNumber
from derive.checking.verification.verdicts import Verdict
from derive.numbers.intervals.reach import Bounds

TENS = range(-6, 7)
"""Powers of ten by which a decimal mark is misplaced."""

_SHARP = 1e-3
"""How wide an interval may be, relative to the value in it, for digits to be told from others that are near them."""

_MOST_ZEROS = 30  # of a number whose digits are looked at one by one


def miswritten(number: ReadNumber, half: float, bounds: Bounds) -> Verdict:
    """What happened when a right number, one between ``bounds``, was written down; else the number is wrong.

    ``half`` is half a unit of the last digit that was written.
    """
    value = float(number.value)

    def is_right(value: float) -> bool:
        return bounds.low - half <= value <= bounds.high + half

    if value and is_right(-value):
        return Verdict.SIGN
    if value and any(bounds.low <= value * 10.0**power <= bounds.high for power in TENS if power):
        return Verdict.TEN
    is_sharp = bounds.high - bounds.low <= _SHARP * abs(bounds.high + bounds.low) / 2
    if is_sharp and any(is_right(float(other)) for other in exchanged(_digits(number))):
        return Verdict.EXCHANGED
    return Verdict.WRONG


def exchanged(written: str) -> Iterator[str]:
    """The number with two neighbouring digits exchanged, in every way that changes it; ``written`` has a point."""
    for at, (first, second) in enumerate(pairwise(written)):
        if first.isdigit() and second.isdigit() and first != second:
            yield f"{written[:at]}{second}{first}{written[at + 2 :]}"


def _digits(number: ReadNumber) -> str:
    value = number.value
    is_short = isinstance(value, Decimal) and abs(value.adjusted()) < _MOST_ZEROS
    return f"{value:f}" if is_short else ""
