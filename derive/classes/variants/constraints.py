"""What a draw has to fulfil, so that its numbers are made for a pencil: one record each.

To add a constraint, add its record here, and its sentence to ``wording``. All are decided by numbers of 50 digits and
by what is printed, which are the same on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from decimal import Decimal

from mpmath import mpf

from derive.classes.variants.candidate import Candidate, Frame
from derive.classes.variants.failures import Failed
from derive.model.activations import ACTIVATIONS
from derive.numbers.evaluation import NoValueError
from derive.words.errors import RefusedError

LARGEST_NET: Mapping[str, mpf] = {
    **{name: mpf(4) for name, record in ACTIVATIONS.items() if record.saturates},
    "tanh": mpf("2.7"),
}
"""How large a net input may be. The logistic function has a slope of 0.018 at 4, where its output is 0.982; tanh has
that slope at 2.7."""

FEWEST_DIGITS = 3
"""Significant digits of an answer that is not exact."""

_UNITS_FROM_KINK = 5
_MOST_FROM_KINK = mpf("0.05")


@dataclass(frozen=True, slots=True)
class Constraint:
    """A condition on a single draw."""

    code: str
    """The sentence that says what is wrong where it does not hold."""
    offender: Callable[[Candidate], str]
    """The id of the first quantity for which it does not hold; nothing where it holds."""


def saturated(draw: Candidate) -> str:
    """A net input beyond ``LARGEST_NET``, before or after the update."""
    values = draw.evaluation.values
    for (layer, *_), names in draw.frame.nets.items():
        limit = LARGEST_NET.get(layer.activation.name)
        for name in names if limit else ():
            if abs(values[name]) > limit:
                return name
    return ""


def dead(draw: Candidate) -> str:
    """The first net input of a layer whose neurons all give 0: ReLU's, where no net input is above 0."""
    values = draw.evaluation.values
    for (layer, *_), names in draw.frame.nets.items():
        corner = layer.activation.corner
        if corner and corner[0] == 0 and all(values[name] <= 0 for name in names):
            return names[0]
    return ""


def at_kink(draw: Candidate) -> str:
    """A case distinction that a small error would decide otherwise.

    The two largest of what it compares are ``_UNITS_FROM_KINK`` units of the last printed decimal place apart, or 0.05
    where these are large; with f significant figures the last place is that of a number between 1 and 10. Exact numbers
    only have to differ.
    """
    rounding = draw.frame.rounding
    places = rounding.figures - 1 if rounding.digits is None else rounding.digits
    margin = min(_UNITS_FROM_KINK * mpf(10) ** -places, _MOST_FROM_KINK)
    for kink, values in draw.operands:
        *_, second, largest = sorted(values)
        is_exact = all(draw.number(symbol.name).exact for operand in kink.operands for symbol in operand.free_symbols)
        if largest - second < margin and not (is_exact and largest > second):
            return kink.quantity
    return ""


def vanishing(draw: Candidate) -> str:
    """An answer from which rounding leaves too little.

    An exact answer may be short, or 0: whether it is exact, and whether it is 0, is the same in a whole set.
    """
    for name in draw.frame.asked:
        number = draw.number(name)
        if not number.exact and len(number.text.replace(".", "").lstrip("0")) < FEWEST_DIGITS:
            return name
    return ""


def error_unmoved(draw: Candidate) -> str:
    """The error after the update, if it has not fallen as printed; or risen, where that of the file's own numbers does.

    An exercise about a learning rate that is too large stays one.
    """
    if not draw.frame.errors:
        return ""
    before, after = (draw.frame.rounding.rounded(draw.evaluation[name]) for name in draw.frame.errors)
    return "" if before != after and (after > before) == draw.frame.rising else draw.frame.errors[1]


CONSTRAINTS = (
    Constraint("variant_saturated", saturated),
    Constraint("variant_dead", dead),
    Constraint("variant_kink", at_kink),
    Constraint("variant_vanishing", vanishing),
    Constraint("variant_error", error_unmoved),
)


def failure(draw: Candidate) -> Failed | None:
    """The first constraint that does not hold, with the quantity for which it does not."""
    for constraint in CONSTRAINTS:
        if offender := constraint.offender(draw):
            return constraint.code, offender
    return None


def fit_or_failed(
    frame: Frame, draw: int, drawn: Mapping[str, Decimal], known: Set[object] = frozenset()
) -> Candidate | Failed:
    """A draw that fulfils every constraint on single draws, or the first that it does not."""
    try:
        candidate = frame.candidate(draw, drawn)
    except NoValueError as error:
        return "variant_no_value", error.step.quantity.id
    except RefusedError:
        return "variant_no_value", frame.finals[0]
    if candidate.finals & known:
        return "variant_repeated", frame.finals[0]
    return failure(candidate) or candidate
