"""A formula as the tree of the operations that were typed, each with its SymPy form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

from sympy import Expr, Float, Rational, S, Symbol

PRECISION = 50
"""Significant digits of the value of a constant."""


@dataclass(frozen=True, slots=True)
class Number:
    """A decimal number, with the digits that the author typed."""

    text: str
    column: int = field(default=0, compare=False)
    operations: ClassVar = 0
    nesting: ClassVar = 0

    @property
    def expression(self) -> Expr:
        return Rational(self.text)

    @property
    def constant(self) -> Expr:
        return Float(self.text, PRECISION)


@dataclass(frozen=True, slots=True)
class Name:
    """A quantity by its id."""

    id: str
    column: int = field(default=0, compare=False)
    operations: ClassVar = 0
    nesting: ClassVar = 0
    constant: ClassVar = None

    @property
    def expression(self) -> Expr:
        return Symbol(self.id, real=True)


@dataclass(frozen=True, slots=True)
class Operation:
    """One typed operation on its arguments, with what has to be known of it at every level."""

    operator: str
    arguments: tuple[Tree, ...]
    column: int = field(default=0, compare=False)
    expression: Expr = field(default=S.NaN, compare=False, repr=False)
    constant: Expr | None = field(default=None, compare=False, repr=False)
    """Its value to 50 digits, where there is no name in it."""
    operations: int = field(default=0, compare=False, repr=False)
    nesting: int = field(default=0, compare=False, repr=False)


Tree: TypeAlias = Number | Name | Operation


@dataclass(frozen=True, slots=True)
class Statement:
    """name = expression."""

    name: str
    tree: Tree

    @property
    def expression(self) -> Expr:
        return self.tree.expression


def names_in(tree: Tree) -> Iterator[Name]:
    """Every use of a name, from left to right."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Name):
            yield node
        elif isinstance(node, Operation):
            waiting += reversed(node.arguments)


# How strongly an operation binds, how it is written, and what its first and second argument must at least bind.
_WRITTEN = {
    "add": (1, "{} + {}", (1, 2)),
    "subtract": (1, "{} - {}", (1, 2)),
    "multiply": (2, "{}*{}", (2, 3)),
    "divide": (2, "{}/{}", (2, 3)),
    "negate": (3, "-{}", (3,)),
    "power": (4, "{}**{}", (5, 3)),
}
_ATOM = 5


def written(tree: Tree) -> str:
    """The formula as it is typed, with no more brackets than it needs; reading it gives the same tree."""
    if isinstance(tree, Number | Name):
        return tree.text if isinstance(tree, Number) else tree.id
    if tree.operator not in _WRITTEN:
        return f"{tree.operator}({', '.join(map(written, tree.arguments))})"
    _, form, needs = _WRITTEN[tree.operator]
    parts = []
    for argument, need in zip(tree.arguments, needs, strict=True):
        text = written(argument)
        parts.append(text if _binding(argument) >= need else f"({text})")
    return form.format(*parts)


def _binding(tree: Tree) -> int:
    return _WRITTEN[tree.operator][0] if isinstance(tree, Operation) and tree.operator in _WRITTEN else _ATOM


def inputs_of(statements: Sequence[Statement]) -> tuple[str, ...]:
    """The names that are used and never assigned, in the order of their first use."""
    assigned = {statement.name for statement in statements}
    used = dict.fromkeys(name.id for statement in statements for name in names_in(statement.tree))
    return tuple(name for name in used if name not in assigned)
