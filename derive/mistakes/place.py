"""A step at which a mistake may be made: its formula, its neuron, and the paths that lead on from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sympy import Expr, Symbol

from derive.derivation.steps import ChainRule, Evaluate, Step, SumOverPaths, Update
from derive.mistakes.anatomy import Anatomy, Unit
from derive.mistakes.writing import product_of, sum_of
from derive.model.activations import Activation
from derive.model.graph import Definition
from derive.model.quantities import PARAMETERS, Kind, Partial, Quantity, Variable, expression_of
from derive.sheet.questions import role_of


@dataclass(frozen=True, slots=True)
class Path:
    """One way on from a quantity: ∂E/∂net of the neuron that it enters, and the weight there."""

    upstream: Expr
    unit: Unit
    weight: Expr
    """As the derivation has it: a new one where the layer has been updated already."""


@dataclass(frozen=True)
class Place:
    """A step at which a mistake may be made."""

    anatomy: Anatomy
    step: Step

    @property
    def quantity(self) -> Quantity:
        return self.step.quantity

    @property
    def formula(self) -> Expr:
        """What the step's value is rightly calculated from."""
        return self.step.expression

    @cached_property
    def site(self) -> str:
        """The kind of step: the role that it has on a sheet, whichever pass and whichever error it belongs to."""
        step, quantity = self.step, self.step.quantity
        if not isinstance(quantity, Variable) or not isinstance(step, Evaluate):
            return role_of(step).removeprefix("data_")
        if quantity.kind in PARAMETERS:
            return "moved"
        return role_of(Evaluate(replace(quantity, version=""), step.formula))

    @property
    def variable(self) -> Variable:
        """The quantity of a step that gives no derivative."""
        assert isinstance(self.quantity, Variable)
        return self.quantity

    @property
    def partial(self) -> Partial:
        """The quantity of a step that gives a derivative."""
        assert isinstance(self.quantity, Partial)
        return self.quantity

    @property
    def update(self) -> Update:
        """The step of an optimiser's rule."""
        assert isinstance(self.step, Update)
        return self.step

    def now(self, quantity: Variable) -> Symbol:
        """A quantity as it is in the pass of this step: in the pass after the update, its new value."""
        present = replace(quantity, version=self.variable.version)
        return (present if present.id in self.anatomy.order else quantity).symbol

    def definition(self, quantity: Variable) -> Definition:
        """How the forward pass defines a quantity."""
        return self.anatomy.definitions[replace(quantity, version="")]

    @cached_property
    def unit(self) -> Unit:
        """The neuron that the step is about: the one whose net input, output, delta or derivative it gives."""
        quantity = self.quantity
        if isinstance(quantity, Partial):
            quantity = quantity.of if quantity.of.kind in (Kind.NET, Kind.OUT) else quantity.by
        return self.anatomy.units[replace(quantity, kind=Kind.NET, version="")]

    @cached_property
    def owner(self) -> Unit:
        """The neuron whose weight, bias or source the derivative is by."""
        if isinstance(self.step, ChainRule):
            return self._path(self.step).unit
        return self.anatomy.units[self.partial.of]

    @property
    def mates(self) -> Sequence[Unit]:
        """The neurons of its layer."""
        return self.anatomy.layer(self.unit)

    @property
    def activation(self) -> Activation | None:
        """Its activation function."""
        return self.anatomy.activation(self.unit)

    @cached_property
    def chain(self) -> tuple[Expr, ...]:
        """The factors of a chain rule, long form."""
        assert isinstance(self.step, ChainRule)
        return tuple(expression_of(factor) for factor in self.step.factors)

    @cached_property
    def upstream(self) -> Expr:
        """The factors of a chain rule before the last one: ∂E/∂net where it ends in a parameter."""
        assert isinstance(self.step, ChainRule)
        return product_of(*(expression_of(factor) for factor in (self.step.short or self.step.factors)[:-1]))

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        """The ways on from an output or input: each neuron that it enters, with what comes back from there."""
        if isinstance(self.step, ChainRule):
            return (self._path(self.step),)
        assert isinstance(self.step, SumOverPaths)
        shares = [self.anatomy.derivation[expression_of(term[0]).name] for term in self.step.terms]
        return tuple(self._path(share) for share in shares)

    def _path(self, step: Step) -> Path:
        assert isinstance(step, ChainRule)
        *upstream, local = step.factors
        assert isinstance(local, Partial)
        unit = self.anatomy.units[local.of]
        weight = self.anatomy.derivation[local.id].expression
        return Path(product_of(*map(expression_of, upstream)), unit, weight)

    @cached_property
    def parts(self) -> tuple[Expr, ...]:
        """The terms of a sum over paths."""
        assert isinstance(self.step, SumOverPaths)
        return tuple(product_of(*map(expression_of, term)) for term in self.step.terms)

    def along(self, others: Sequence[Expr | None]) -> Iterator[Expr]:
        """The sum over paths with something else in place of each weight, if it is known for all of them."""
        known = [other for other in others if other is not None]
        if len(known) == len(others):
            pairs = zip(self.paths, known, strict=True)
            yield sum_of(*(product_of(path.upstream, other) for path, other in pairs))
