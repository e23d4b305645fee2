"""Values at which two formulas are compared: each given quantity drawn, and the others as their steps give them.

The draws come from a hash of the quantity's id and the number of the draw, so that they are the same on every machine.
Each is one of 2^40 numbers in an interval, and the intervals take turns: between 0 and 1, where logarithms and roots
have values; on both sides of 0; and beyond 1, on one side and on both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from hashlib import blake2b
from itertools import islice

from mpmath import mpf, workdps

from derive.checking.answers.equality import WORKING, Point
from derive.derivation.round import Derivation
from derive.model.conventions import Carry
from derive.numbers.evaluation import NoValueError, started, values_of

POINTS = 8
_MOST_DRAWS = 40
_INTERVALS = (("0.1", "0.9"), ("-0.9", "0.9"), ("0.1", "2.5"), ("-2.5", "2.5"))
_STEPS = 2**40


def points_of(
    derivation: Derivation,
    given: Mapping[str, Decimal] | None = None,
    count: int = POINTS,
    *,
    names: Sequence[str] | None = None,
) -> tuple[Point, ...]:
    """Points at which every step has a value; where none is found, as with ln(x − 100), the given one.

    ``names`` are those that have values from the start, if they are not just those that the steps use.
    """
    found = tuple(islice(_points(derivation, inputs_of(derivation) if names is None else names), count))
    if found or not given:
        return found
    with workdps(WORKING):
        start = started(given)
        return ({**start, **values_of(derivation.steps, start, Carry())},)


def inputs_of(derivation: Derivation) -> tuple[str, ...]:
    """The ids that the steps use and that none of them gives."""
    used = {str(symbol.name) for step in derivation.steps for form in step.forms for symbol in form.free_symbols}
    return tuple(sorted(used - {step.quantity.id for step in derivation.steps}))


def _points(derivation: Derivation, names: Sequence[str]) -> Iterator[Point]:
    for draw in range(_MOST_DRAWS):
        with workdps(WORKING):
            start = {name: _drawn(name, draw) for name in names}
            try:
                point = {**start, **values_of(derivation.steps, start, Carry())}
            except NoValueError:
                continue
        yield point


def _drawn(name: str, draw: int) -> mpf:
    low, high = map(mpf, _INTERVALS[draw % len(_INTERVALS)])
    number = int.from_bytes(blake2b(f"{name} {draw}".encode(), digest_size=5).digest(), "big")
    return low + (high - low) * number / _STEPS
