"""Signs, factors and terms that are wrong at steps of many kinds."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Expr

from derive.mistakes.place import Place
from derive.mistakes.writing import negated, of_base_ten, scaled, sum_of, terms_of, without_each


def sign(place: Place) -> Iterator[Expr]:
    """The negative: target − out for out − target, or the sign of an inner derivative lost."""
    yield negated(place.formula)


def term_sign(place: Place) -> Iterator[Expr]:
    """The sign of one term of a sum is lost."""
    terms = terms_of(place.formula)
    if len(terms) > 1:
        for at, term in enumerate(terms):
            yield sum_of(*terms[:at], negated(term), *terms[at + 1 :])


def factor_two(place: Place) -> Iterator[Expr]:
    """Twice or half of it: the ½ of the error forgotten, or written where it is not."""
    yield scaled(2, 1, place.formula)
    yield scaled(1, 2, place.formula)


def base_ten(place: Place) -> Iterator[Expr]:
    """log₁₀ in place of ln."""
    yield from of_base_ten(place.formula)


def mean_or_sum(place: Place) -> Iterator[Expr]:
    """The n-th part where nothing is divided, or n times it where the n-th part is meant; n outputs, samples, users."""
    for number in _numbers_shared(place):
        yield scaled(1, number, place.formula)
        yield scaled(number, 1, place.formula)


def _numbers_shared(place: Place) -> set[int]:
    """How many there are, over which a mean might be taken."""
    match place.site:
        case "error" | "error_slope" | "delta_short":
            outputs = [unit for unit in place.anatomy.outputs if unit.net.sample == place.quantity.sample]
            numbers = {len(outputs)}
        case _:
            whole = max(place.formula.atoms(Add), key=lambda part: len(part.args), default=place.formula)
            numbers = {len(terms_of(whole))}
    return {number for number in numbers if number > 1}


def part_forgotten(place: Place) -> Iterator[Expr]:
    """A part of a sum is left out; of three and more, also all but one."""
    whole = max(place.formula.atoms(Add), key=lambda part: len(part.args), default=None)
    if whole is None:
        return
    for rest in without_each(whole.args):
        yield place.formula.xreplace({whole: sum_of(*rest)})
    if len(whole.args) > 2:
        yield from (place.formula.xreplace({whole: part}) for part in whole.args)
