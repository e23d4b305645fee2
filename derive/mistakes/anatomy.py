"""The parts of a derivation: its neurons by layer, and what can be calculated before a step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sympy import Expr, Integer, Symbol

from derive.derivation.round import Derivation
from derive.derivation.steps import ChainRule, Delta, LocalDerivative, ShortDelta, SumOverPaths, Update
from derive.model.activations import ACTIVATIONS, Activation
from derive.model.graph import Definition
from derive.model.quantities import Kind, Variable

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

    @cached_property
    def outputs(self) -> Sequence[Unit]:
        """The neurons of the last layer, of all samples."""
        last = max((unit.layer for unit in self.units.values()), default=0)
        return [unit for unit in self.units.values() if unit.layer == last]

    def target(self, out: Variable) -> Symbol | None:
        """The target of an output, where the error has one."""
        error = self.definitions.get(replace(out, kind=Kind.ERROR))
        target = replace(out, kind=Kind.TARGET).symbol
        return target if error and target in error.expression.free_symbols else None

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
