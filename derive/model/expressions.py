"""SymPy's symbols, sums and products, made as their author wrote them and past SymPy's cache.

``Add`` and ``Mul`` make the same of ``evaluate=False``, but look for an equal one in the cache first, and ask whether
numbers commute: that takes far longer than to make one. The tests hold what is made here to what SymPy makes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import is_

from sympy import Add, Expr, Mul, Symbol


def symbol_named(name: str) -> Symbol:
    """The real symbol of this name, made as SymPy makes its own dummies: not looked up in its cache.

    A quantity keeps its symbol itself. The cache holds a thousand, which is fewer than a derivation has, and to look
    for a new one there takes as long as to make it.
    """
    return Symbol.__xnew__(Symbol, name, real=True)


def added(terms: Sequence[Expr]) -> Expr:
    """The terms added up, in their order and not simplified."""
    return Add._from_args(terms, is_commutative=True)


def multiplied(factors: Sequence[Expr]) -> Expr:
    """The factors multiplied, in their order and not simplified."""
    return Mul._from_args(factors, is_commutative=True)


_IN_ORDER: Mapping[type[Expr], Callable[[Sequence[Expr]], Expr]] = {Add: added, Mul: multiplied}


def renamed(expression: Expr, names: Mapping[Symbol, Symbol]) -> Expr:
    """The expression with other names in it and all else as it was written, where SymPy's evaluation is off."""
    if not expression.args:
        return names.get(expression, expression)
    parts = [renamed(part, names) for part in expression.args]
    if all(map(is_, parts, expression.args)):
        return expression
    in_order = _IN_ORDER.get(type(expression))
    return in_order(parts) if in_order else expression.func(*parts)
