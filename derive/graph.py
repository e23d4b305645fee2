"""The computation as an ordered list of definitions, each in terms of earlier quantities.

A layered network becomes this list; nothing after it knows which kind of exercise it came from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from sympy import Expr, evaluate

from derive.quantities import Variable


@dataclass(frozen=True, slots=True)
class Definition:
    """quantity = expression, and with it each ∂quantity/∂parent as it is taught.

    ``layer`` and ``position`` say where the quantity stands, for the order in which a person reads the steps.
    """

    quantity: Variable
    expression: Expr
    partials: tuple[tuple[Variable, Expr], ...]
    layer: int
    position: int


@dataclass(frozen=True)
class Graph:
    """Definitions in the order in which they are computed; the last one is the quantity to differentiate."""

    definitions: tuple[Definition, ...]
    parameters: tuple[Variable, ...]
    """What is trained, in the order of its numbering."""

    @property
    def target(self) -> Variable:
        return self.definitions[-1].quantity

    @cached_property
    def depends(self) -> frozenset[Variable]:
        """The parameters and every quantity that changes when they do."""
        reached = set(self.parameters)
        for definition in self.definitions:
            if any(parent in reached for parent, _ in definition.partials):
                reached.add(definition.quantity)
        return frozenset(reached)

    def nested(self, quantity: Variable | None = None) -> Expr:
        """A quantity (the target, if none is named) with every definition substituted, down to inputs and parameters.

        Its size grows with the number of paths, so it is built on request only.
        """
        substituted: dict[Expr, Expr] = {}
        for definition in self.definitions:
            substituted[definition.quantity.symbol] = definition.expression.xreplace(substituted)
        return substituted[(quantity or self.target).symbol]

    def renewed(self) -> tuple[Definition, ...]:
        """The same definitions after the update: each quantity that depends on a parameter in its new version."""
        new = {old.symbol: old.after_update().symbol for old in self.depends}
        with evaluate(False):  # keeps the author's order of terms
            return tuple(
                replace(
                    definition,
                    quantity=definition.quantity.after_update(),
                    expression=definition.expression.xreplace(new),
                )
                for definition in self.definitions
                if definition.quantity in self.depends
            )
