"""Wrong formulas are written from right ones: signs turned, factors dropped, terms left out, and nothing simplified."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from sympy import Add, Expr, Integer, Mul, Piecewise, Pow, Rational, S, Symbol, log


def product_of(*factors: Expr) -> Expr:
    """The factors in their order; a factor of 1 is not written, and a product among them is dissolved."""
    flat = [part for factor in factors for part in factors_of(factor) if part != 1]
    return Mul(*flat, evaluate=False) if len(flat) > 1 else flat[0] if flat else Integer(1)


def sum_of(*terms: Expr) -> Expr:
    """The terms in their order; the empty sum is 0."""
    return Add(*terms, evaluate=False) if len(terms) > 1 else terms[0] if terms else Integer(0)


def factors_of(expression: Expr) -> tuple[Expr, ...]:
    """The factors of a product, or the expression alone."""
    return expression.args if isinstance(expression, Mul) else (expression,)


def terms_of(expression: Expr) -> tuple[Expr, ...]:
    """The terms of a sum, or the expression alone."""
    return expression.args if isinstance(expression, Add) else (expression,)


def negated(expression: Expr) -> Expr:
    """The negative: a minus in front is taken away rather than doubled."""
    number, *others = factors_of(expression)
    if isinstance(number, Rational):
        return product_of(Rational(-number.p, number.q), *others)
    return product_of(S.NegativeOne, number, *others)


def scaled(numerator: int, denominator: int, expression: Expr) -> Expr:
    """A multiple, its number put together with the one that the formula begins with."""
    number, *others = factors_of(expression)
    if isinstance(number, Rational):
        return product_of(Rational(number.p * numerator, number.q * denominator), *others)
    return product_of(Rational(numerator, denominator), number, *others)


def quotient_of(over: Expr, under: Expr) -> Expr:
    """over / under."""
    return product_of(over, Pow(under, S.NegativeOne, evaluate=False))


def one_minus(expression: Expr) -> Expr:
    """1 − x."""
    return sum_of(Integer(1), negated(expression))


def squared(expression: Expr) -> Expr:
    """The second power."""
    return Pow(expression, Integer(2), evaluate=False)


def base_of_square(expression: Expr) -> Expr | None:
    """What a formula squares, if there is only one such square in it."""
    bases = {power.base for power in expression.atoms(Pow) if power.exp == 2}
    return bases.pop() if len(bases) == 1 else None


def without_each(parts: Sequence[Expr]) -> Iterator[tuple[Expr, ...]]:
    """All but one of the parts, for each of them."""
    for left_out in range(len(parts)):
        yield (*parts[:left_out], *parts[left_out + 1 :])


def changed(expression: Expr, kind: type[Expr], change: Callable[[Expr], Expr]) -> Iterator[Expr]:
    """The formula with every part of a kind changed; nothing where it has no such part."""
    if parts := expression.atoms(kind):
        yield expression.xreplace({part: change(part) for part in parts})


def some_changed(expression: Expr, holds: Callable[[Expr], bool], change: Callable[[Expr], Expr]) -> Iterator[Expr]:
    """The formula with those products and powers in it changed for which something holds."""
    if parts := [part for part in expression.atoms(Mul, Pow) if holds(part)]:
        yield expression.xreplace({part: change(part) for part in parts})


def without_factor(expression: Expr, factor: Expr) -> Expr:
    """The product without a factor, as often as it is there."""
    return product_of(*(part for part in factors_of(expression) if part != factor))


def exchanged(expression: Expr, first: Symbol, second: Symbol) -> Iterator[Expr]:
    """Two quantities in each other's place."""
    if {first, second} <= expression.free_symbols:
        yield expression.xreplace({first: second, second: first})


def of_base_ten(expression: Expr) -> Iterator[Expr]:
    """The decimal logarithm where the natural one is meant."""
    return changed(expression, log, lambda logarithm: quotient_of(logarithm, log(Integer(10), evaluate=False)))


def with_cases(pieces: Expr, values: Iterable[Expr]) -> Iterator[Expr]:
    """The same cases with other values."""
    if isinstance(pieces, Piecewise):
        conditions = [condition for _, condition in pieces.args]
        yield Piecewise(*zip(values, conditions, strict=True), evaluate=False)
