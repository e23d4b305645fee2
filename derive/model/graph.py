"""The computation as an ordered list of definitions, each in terms of earlier quantities.

A layered network becomes this list; nothing after it knows which kind of exercise it came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from sympy import Expr, evaluate

from derive.model.expressions import renamed
from derive.model.quantities import Variable


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
    inputs: tuple[Variable, ...] = ()
    """What else the derivatives are asked for, without being trained."""
    shortcuts: Mapping[Variable, Expr] = field(default_factory=dict)
    """∂target/∂quantity where it is known in closed form, as output minus target is."""
    outputs: tuple[Variable, ...] = ()
    """The quantities to differentiate, where there are several."""

    @property
    def target(self) -> Variable:
        return self.definitions[-1].quantity

    @property
    def targets(self) -> tuple[Variable, ...]:
        """Everything that is differentiated by what is wanted."""
        return self.outputs or (self.target,)

    @property
    def wanted(self) -> tuple[Variable, ...]:
        """Everything that the targets are differentiated by."""
        return self.parameters + self.inputs

    @cached_property
    def samples(self) -> tuple[int, ...]:
        """The numbers of the samples; none where there is only one."""
        numbers = (definition.quantity.sample for definition in self.definitions)
        return tuple(dict.fromkeys(number for number in numbers if number))

    def of_sample(self, number: int) -> Graph:
        """The part of the graph that is one sample's; its target is the error of that sample."""
        own = tuple(definition for definition in self.definitions if definition.quantity.sample == number)
        inputs = tuple(name for name in self.inputs if name.sample == number)
        shortcuts = {name: slope for name, slope in self.shortcuts.items() if name.sample == number}
        return replace(self, definitions=own, inputs=inputs, shortcuts=shortcuts)

    def up_to(self, target: Variable) -> Graph:
        """The graph of an earlier target, without what comes after it."""
        end = next(number for number, definition in enumerate(self.definitions) if definition.quantity == target)
        return replace(self, definitions=self.definitions[: end + 1], outputs=())

    @cached_property
    def depends(self) -> frozenset[Variable]:
        """What is wanted and every quantity that changes with it."""
        return self.reached_from(self.wanted)

    def reached_from(self, parameters: Iterable[Variable]) -> frozenset[Variable]:
        """These and every quantity that changes when they do."""
        reached = set(parameters)
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

    def renewed(self, changed: Iterable[Variable] | None = None, version: str = "new") -> tuple[Definition, ...]:
        """The definitions that change with some parameters (all, if none are named), in another version.

        Every quantity that depends on one of them stands there in the version of that name.
        """
        depends = self.reached_from(self.parameters if changed is None else changed)
        new = {old: old.in_version(version) for old in depends}
        names = {old.symbol: renewed.symbol for old, renewed in new.items()}
        with evaluate(False):  # keeps the author's order of terms
            return tuple(
                replace(
                    definition,
                    quantity=new[definition.quantity],
                    expression=renamed(definition.expression, names),
                )
                for definition in self.definitions
                if definition.quantity in depends
            )
