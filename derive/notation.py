"""How quantities look on paper. A profile is one record: a table from kind to printed name.

``NET_OUT`` follows Mazur's page: net and out of a neuron, i for inputs, a superscript plus after the update.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sympy import Expr, Symbol

from derive.mathtext.equation import equation
from derive.mathtext.expression import ExpressionPrinter
from derive.mathtext.tree import Aligned, Fraction, Identifier, Node, Number, Operator, Row, Scripts, Spacing, row
from derive.quantities import Kind, Partial, Quantity, Variable, quantity_named

_UPDATED = Operator("+", Spacing.NONE)
_PARTIAL_SIGN = Identifier("∂")


@dataclass(frozen=True, slots=True)
class Notation:
    """The printed stem of each kind of variable; the rest (indices, ∂, the plus of an update) is the same for all."""

    name: str
    stems: Mapping[Kind, str]
    total: str

    def symbol(self, quantity: Quantity) -> Node:
        """The printed name of a quantity."""
        return self._partial(quantity) if isinstance(quantity, Partial) else self._variable(quantity)

    def neuron(self, name: str) -> Node:
        """The printed name of a neuron: h₁."""
        return Scripts(Identifier(name[0]), Number(name[1:]))

    def equation(self, quantity: Quantity, forms: Sequence[Expr]) -> Aligned:
        """quantity = form = form …, in symbols."""
        return equation(self.symbol(quantity), [self.expression(form) for form in forms])

    def expression(self, expression: Expr) -> Node:
        """An expression with the names of this notation."""
        return ExpressionPrinter(self.leaf).tree(expression)

    def leaf(self, symbol: Symbol) -> Node:
        """The printed name of the quantity that a symbol of an expression stands for."""
        return self.symbol(quantity_named(symbol.name))

    def _variable(self, variable: Variable) -> Node:
        stem = Identifier(self.stems[variable.kind])
        sub = Identifier(self.total, upright=True) if variable.kind is Kind.TOTAL else _index(variable.at)
        sup = _UPDATED if variable.renewed else None
        return Scripts(stem, sub, sup) if sub or sup else stem

    def _partial(self, partial: Partial) -> Node:
        if partial.via:
            # The share of ∂E/∂out that flows through one neuron has no symbol of its own but the product it is.
            return row(
                self._partial(Partial(partial.of, partial.via)),
                Operator("⋅"),
                self._partial(Partial(partial.via, partial.by)),
            )
        return Fraction(row(_PARTIAL_SIGN, self._variable(partial.of)), row(_PARTIAL_SIGN, self._variable(partial.by)))


def _index(at: str) -> Node | None:
    letters, digits = at.rstrip("0123456789"), at.lstrip("abcdefghijklmnopqrstuvwxyz")
    items = tuple(
        node for node in (Identifier(letters) if letters else None, Number(digits) if digits else None) if node
    )
    if not items:
        return None
    return items[0] if len(items) == 1 else Row(items)


NET_OUT = Notation(
    "net/out",
    {
        Kind.INPUT: "i",
        Kind.TARGET: "target",
        Kind.WEIGHT: "w",
        Kind.BIAS: "b",
        Kind.RATE: "η",
        Kind.NET: "net",
        Kind.OUT: "out",
        Kind.ERROR: "E",
        Kind.TOTAL: "E",
        Kind.DELTA: "δ",
    },
    total="total",
)
