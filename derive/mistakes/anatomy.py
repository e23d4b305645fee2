"""A derivation seen from one of its steps: the neurons around it, and what is known when a person comes to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sympy import Expr, Integer, Symbol

from derive.derivation.round import Derivation
from derive.derivation.steps import ChainRule, Delta, Evaluate, LocalDerivative, ShortDelta, Step, SumOverPaths, Update
from derive.mistakes.writing import product_of, sum_of
from derive.model.activations import ACTIVATIONS, Activation
from derive.model.graph import Definition
from derive.model.quantities import PARAMETERS, Kind, Partial, Quantity, Variable, expression_of
from derive.sheet.questions import role_of

MOST_EXPANDED = 16
"""Formulas of later steps that a wrong formula may need at most: nobody calculates further ahead by mistake."""

_CALCULATED_AHEAD = (LocalDerivative, ShortDelta, Delta, ChainRule, SumOverPaths, Update)


@dataclass(frozen=True, slots=True)
class Unit:
    """A neuron of one sample: its weights in the order of their sources, and its bias with the sign it enters with."""

    net: Variable
    weights: tuple[Variable, ...]
    sources: tuple[Variable, ...]
    bias: Variable | None
    sign: Expr
    layer: int
    position: int

    @property
    def out(self) -> Variable:
        return replace(self.net, kind=Kind.OUT)

    @property
    def delta(self) -> Variable:
        return replace(self.net, kind=Kind.DELTA)


@dataclass(frozen=True, slots=True)
class Path:
    """One way on from a quantity: ∂E/∂net of the neuron that it enters, and the weight there."""

    upstream: Expr
    unit: Unit
    weight: Expr
    """As the derivation has it: a new one where the layer has been updated already."""


class Anatomy:
    """The parts of a derivation by name."""

    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation
        self.order = {step.quantity.id: number for number, step in enumerate(derivation.steps)}
        self.definitions: Mapping[Variable, Definition] = {
            definition.quantity: definition for definition in derivation.graph.definitions
        }
        self.units = {
            definition.quantity: _unit(definition)
            for definition in derivation.graph.definitions
            if definition.quantity.kind is Kind.NET
        }
        layers: dict[tuple[int, int], list[Unit]] = defaultdict(list)
        for unit in self.units.values():
            layers[unit.net.sample, unit.layer].append(unit)
        self._layers: Mapping[tuple[int, int], Sequence[Unit]] = layers
        self._activations: dict[int, Activation | None] = {}

    @cached_property
    def descends(self) -> bool:
        """Whether a delta is −∂E/∂net."""
        chains = (step for step in self.derivation.steps if isinstance(step, ChainRule))
        return any(step.factors[0] == -1 for step in chains)

    def layer(self, unit: Unit, further: int = 0) -> Sequence[Unit]:
        """All neurons of a layer, or of one that is so many layers further on."""
        return self._layers.get((unit.net.sample, unit.layer + further), ())

    def activation(self, unit: Unit) -> Activation | None:
        """The record of a layer's activation function; called where SymPy leaves formulas as they are written."""
        if unit.layer not in self._activations:
            formula, nets = self.definitions[unit.out].expression, [other.net.symbol for other in self.layer(unit)]
            own = unit.net.symbol
            self._activations[unit.layer] = next(
                (
                    record
                    for record in ACTIVATIONS.values()
                    if formula == (record.formula(own, *nets) if record.layerwise else record.formula(own))
                ),
                None,
            )
        return self._activations[unit.layer]

    def in_earlier(self, expression: Expr, place: str) -> Expr | None:
        """A formula in terms of what is known before a step; nothing where that is not possible.

        What comes later in the sheet can often be calculated already, as w5 after the update is when ∂E/∂w5 is known.
        """
        for _ in range(MOST_EXPANDED):
            later = [
                symbol for symbol in expression.free_symbols if self.order.get(symbol.name, -1) >= self.order[place]
            ]
            if not later:
                return expression
            steps = [self.derivation[symbol.name] for symbol in later]
            if not all(isinstance(step, _CALCULATED_AHEAD) for step in steps):
                return None
            expression = expression.xreplace({step.quantity.symbol: step.expression for step in steps})
        return None


def _unit(definition: Definition) -> Unit:
    """The neuron of a net input; ∂net/∂weight tells which source a weight belongs to."""
    slopes = dict(definition.partials)
    by_symbol = {parent.symbol: parent for parent in slopes}
    weights = tuple(parent for parent in slopes if parent.kind is Kind.WEIGHT)
    offsets = [parent for parent in slopes if parent.kind in (Kind.BIAS, Kind.THRESHOLD)]
    bias = offsets[0] if offsets else None
    return Unit(
        definition.quantity,
        weights,
        tuple(by_symbol[slopes[weight]] for weight in weights),
        bias,
        slopes[bias] if bias else Integer(1),
        definition.layer,
        definition.position,
    )


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
