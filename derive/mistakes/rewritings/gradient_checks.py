"""Wrong quotients of differences in a gradient check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Expr

from derive.mistakes.place import Place
from derive.mistakes.writing import exchanged, negated, quotient_of, sum_of
from derive.model.quantities import TOTAL_ERROR, Kind, Variable


def output_for_error(place: Place) -> Iterator[Expr]:
    """(out(w + ε) − out(w − ε))/2ε: the outputs are compared, not the errors."""
    for unit in place.anatomy.outputs:
        plus, minus = (replace(unit.out, version=_moved(place, direction)) for direction in ("plus", "minus"))
        if plus.id in place.anatomy.order:
            errors = (replace(TOTAL_ERROR, version=moved.version).symbol for moved in (plus, minus))
            yield place.formula.xreplace(dict(zip(errors, (plus.symbol, minus.symbol), strict=True)))


def one_sided(place: Place) -> Iterator[Expr]:
    """(E(w + ε) − E)/ε, and (E(w + ε) − E)/2ε."""
    plus = replace(TOTAL_ERROR, version=_moved(place, "plus")).symbol
    minus = replace(TOTAL_ERROR, version=_moved(place, "minus")).symbol
    if {plus, minus} <= place.formula.free_symbols:
        difference = sum_of(plus, negated(TOTAL_ERROR.symbol))
        yield quotient_of(difference, Variable(Kind.MOVE).symbol)
        yield place.formula.xreplace({minus: TOTAL_ERROR.symbol})


def quotient_upside_down(place: Place) -> Iterator[Expr]:
    """E(w − ε) − E(w + ε)."""
    plus = replace(TOTAL_ERROR, version=_moved(place, "plus")).symbol
    minus = replace(TOTAL_ERROR, version=_moved(place, "minus")).symbol
    yield from exchanged(place.formula, plus, minus)


def _moved(place: Place, direction: str) -> str:
    return f"{direction}_{place.variable.at}"
