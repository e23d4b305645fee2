"""Formulas as people type them: ``f = (x + sigma(y)) / (sigma(x) + (x + y)**2)``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from sympy import Expr

from derive.model.formulas.flaws import Flaw, FormulaError, shortened
from derive.model.formulas.grammar import MOST_OPERATIONS, parsed
from derive.model.formulas.trees import Name, Statement, Tree, names_in
from derive.model.quantities import PARAMETERS, Kind, Variable, quantity_named

# The stems of our own names that an author may use too: w0, b, i1, and whatever is a single letter.
_SHARED_STEMS = {Kind.NAME, *PARAMETERS, *(kind for kind in Kind if len(kind) == 1)}


def read_formula(text: str) -> Expr:
    """One expression in the ids of quantities, such as ``delta_o1 * out_h1@s2``, as an unevaluated SymPy expression."""
    tree: Tree = parsed(text, "sum")
    return tree.expression


def read_statements(texts: Sequence[str]) -> tuple[Statement, ...]:
    """Assignments in the order in which they are computed; a FormulaError has the flaws of all of them.

    Each name is assigned once and used only after that; what is never assigned is an input.
    """
    flaws: list[Flaw] = []
    statements: dict[int, Statement] = {}
    for number, text in enumerate(texts, start=1):
        try:
            target, tree = parsed(text, "statement")
            statements[number] = Statement(target.id, tree)
            flaws += _misnamed((target, *names_in(tree)), text, number)
        except FormulaError as error:
            flaws += (replace(flaw, statement=number) for flaw in error.flaws)
    flaws += (replace(flaw, text=texts[flaw.statement - 1]) for flaw in _disordered(statements))
    if flaws:
        raise FormulaError(*sorted(flaws, key=lambda flaw: (flaw.statement, flaw.column)))
    return tuple(statements.values())


def _each_once(names: Iterable[Name]) -> Iterable[Name]:
    """Every name at its first place."""
    first: dict[str, Name] = {}
    for name in names:
        first.setdefault(name.id, name)
    return first.values()


def _misnamed(names: Iterable[Name], text: str, number: int) -> Iterator[Flaw]:
    """Names that an author cannot give."""
    for name in _each_once(names):
        details = {"found": shortened(name.id)}
        if not re.fullmatch(r"[A-Za-z]+[0-9]*", name.id):
            yield Flaw("formula_name", name.column, details, text, number)
        elif not _is_free(name.id):
            yield Flaw("formula_reserved", name.column, details, text, number)


def _is_free(name: str) -> bool:
    quantity = quantity_named(name)
    return isinstance(quantity, Variable) and quantity.kind in _SHARED_STEMS


def _disordered(statements: Mapping[int, Statement]) -> Iterator[Flaw]:
    """Names assigned twice or used too early, and the statement in which the operations become too many."""
    assigned: dict[str, int] = {}
    for number, statement in statements.items():
        if assigned.setdefault(statement.name, number) != number:
            details = {"found": shortened(statement.name), "first": assigned[statement.name]}
            yield Flaw("formula_assigned_twice", 1, details, statement=number)
    operations = 0
    for number, statement in statements.items():
        before, operations = operations, operations + statement.tree.operations
        if before <= MOST_OPERATIONS < operations:
            yield Flaw("formula_operations", 1, {"limit": MOST_OPERATIONS}, statement=number)
        for name in _each_once(names_in(statement.tree)):
            if assigned.get(name.id, 0) >= number:
                details = {"found": shortened(name.id), "used": number, "assigned": assigned[name.id]}
                yield Flaw("formula_too_early", name.column, details, statement=number)
