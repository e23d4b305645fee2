"""Wrong formulas of a circuit of gates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sympy import Expr, Integer, Piecewise, Pow, Rational, cos, pi, sin, tan

from derive.mistakes.place import Place
from derive.mistakes.writing import factors_of, negated, product_of, quotient_of, sum_of, terms_of, with_cases
from derive.model.quantities import Variable


def degrees(place: Place) -> Iterator[Expr]:
    """The calculator is set to degrees."""
    angles = place.formula.atoms(sin, cos, tan)
    if angles:
        yield place.formula.xreplace({call: call.func(_in_degrees(call.args[0]), evaluate=False) for call in angles})


def _in_degrees(angle: Expr) -> Expr:
    return product_of(angle, quotient_of(pi, Integer(180)))


def power_as_product(place: Place) -> Iterator[Expr]:
    """n·x for x^n."""
    if isinstance(place.formula, Pow) and isinstance(place.formula.exp, Rational) and place.formula.exp > 1:
        yield product_of(place.formula.exp, place.formula.base)


def operands_exchanged(place: Place) -> Iterator[Expr]:
    """b − a for a − b, b/a for a/b."""
    formula = place.formula
    over, *under = factors_of(formula)
    if len(under) == 1 and isinstance(under[0], Pow) and under[0].exp == -1:
        yield quotient_of(under[0].base, over)
    elif len(terms_of(formula)) == 2 and terms_of(formula)[1].could_extract_minus_sign():
        yield negated(formula)


def operation_exchanged(place: Place) -> Iterator[Expr]:
    """A sum for a product, a product for a sum."""
    terms, factors = terms_of(place.formula), factors_of(place.formula)
    if len(terms) == 2:
        yield product_of(*terms)
    elif len(factors) == 2 and all(factor.is_Symbol for factor in factors):
        yield sum_of(*factors)


# --- slopes -----------------------------------------------------------------------------------------------------------


def _inputs(place: Place, of: Variable) -> Mapping[Variable, Expr]:
    definition = place.anatomy.definitions.get(of)
    return dict(definition.partials) if definition else {}


def inner_not_substituted(place: Place) -> Iterator[Expr]:
    """f′(x)·g′(x) for f′(g(x))·g′(x): the outer derivative is taken at the inner function's own input."""
    outer, inner = place.partial.of, place.partial.by
    own = _inputs(place, inner)
    if len(own) == 1 and len(_inputs(place, outer)) == 1:
        (argument,) = own
        at_input = place.formula.xreplace({outer.symbol: place.definition(outer).expression})
        yield at_input.xreplace({inner.symbol: argument.symbol})


def own_input(place: Place) -> Iterator[Expr]:
    """∂(x·y)/∂x = x: the input itself in place of the other one, or the other one where it is the input."""
    inputs = list(_inputs(place, place.partial.of))
    if place.formula in [name.symbol for name in inputs]:
        yield place.partial.by.symbol


def slope_of_value(place: Place) -> Iterator[Expr]:
    """The gate's value in place of its derivative."""
    yield place.partial.of.symbol


def exponent_not_lowered(place: Place) -> Iterator[Expr]:
    """n·x^n, and x^(n − 1) without the n."""
    power = place.definition(place.partial.of).expression
    if isinstance(power, Pow) and isinstance(power.exp, Rational) and power.exp > 1:
        yield product_of(power.exp, power)
        number, *others = factors_of(place.formula)
        if isinstance(number, Rational) and others:
            yield product_of(*others)


def shared_among_inputs(place: Place) -> Iterator[Expr]:
    """A maximum's gradient is spread over all inputs, or goes to the wrong one."""
    if isinstance(place.formula, Piecewise):
        inputs = len(_inputs(place, place.partial.of))
        values = [value for value, _ in place.formula.args]
        yield Rational(1, inputs) if inputs > 1 else Integer(1)
        yield from with_cases(place.formula, values[::-1])


def half_of_product(place: Place) -> Iterator[Expr]:
    """One factor alone, as of out·(1 − out)."""
    factors = factors_of(place.formula)
    if len(factors) > 1:
        yield from (factor for factor in factors if factor.free_symbols)
