"""The derivation: a list of steps, found by walking the graph backwards once.

``sympy.diff`` of the nested expression, central differences and an autodiff library check it, in the tests.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from itertools import groupby

from sympy import Abs, Add, Expr, Integer, Max, Mul, Rational, Symbol, evaluate

from derive.derivation.backward import BackwardWalk
from derive.derivation.steps import (
    Evaluate,
    LocalDerivative,
    Step,
    SumOverPaths,
    SumOverSamples,
    Update,
    product,
)
from derive.mathtext.latex import displayed
from derive.model.graph import Definition, Graph
from derive.model.notation import NET_OUT
from derive.model.optimizers import SGD, Optimizer, update_of
from derive.model.quantities import RATE, Kind, Partial, Variable


class Phase(StrEnum):
    """The parts of a round, in their order."""

    FORWARD = "forward"
    ERROR = "error"
    BACKWARD = "backward"
    BATCH = "batch"
    PENALTY = "penalty"
    UPDATE = "update"
    AFTER = "after"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Section:
    """The steps of one phase; ``layer`` counts from 0, the first layer after the inputs."""

    phase: Phase
    layer: int
    steps: tuple[Step, ...]
    sample: int = 0
    """The sample whose steps they are, where there are several."""
    target: Variable | None = None
    """What is differentiated, where there are several such quantities."""


@dataclass(frozen=True)
class Derivation:
    """One round of gradient descent: forward pass, backward pass, update, and the error that is left."""

    graph: Graph = field(repr=False)
    sections: tuple[Section, ...] = field(repr=False)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for section in self.sections for step in section.steps)

    @cached_property
    def _by_id(self) -> Mapping[str, Step]:
        return {step.quantity.id: step for step in self.steps}

    def __getitem__(self, quantity_id: str) -> Step:
        return self._by_id[quantity_id]

    def __contains__(self, quantity_id: str) -> bool:
        return quantity_id in self._by_id

    def _repr_latex_(self) -> str:
        return displayed([NET_OUT.equation(step.quantity, step.forms) for step in self.steps])

    def gradient(self, parameter: Variable) -> Partial:
        """The name of ∂E/∂parameter."""
        return Partial(self.graph.target, parameter)

    def gradient_in_parameters(self, parameter: Variable) -> Expr:
        """∂E/∂parameter as the steps give it, every quantity substituted down to inputs and parameters.

        Made for proofs: its size explodes with depth just as that of the nested error does.
        """
        substituted: dict[Symbol, Expr] = {}
        wanted = self.gradient(parameter)
        for step in self.steps:
            substituted[step.quantity.symbol] = step.expression.xreplace(substituted)
            if step.quantity == wanted:
                return substituted[wanted.symbol]
        raise KeyError(parameter.id)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the update does with the gradient, and in which order."""

    optimizer: Optimizer = SGD
    averaged: frozenset[Variable] = frozenset()
    """Shared biases that the update moves by the mean over the neurons that share them. That is a convention of the
    update: the partial derivative is their sum all the same."""
    mean_of_biases: bool = False
    """Whether that mean is taken of the moved biases, one for each neuron."""
    output_first: bool = False
    """Whether each layer is updated before the error is sent further back, through its new weights."""
    descent: bool = False
    """Whether a delta is −∂E/∂net, the direction in which the error falls."""
    checked: tuple[Variable, ...] = ()
    """Parameters whose derivatives are compared with a quotient of differences."""
    check_graph: Graph | None = None
    """The graph of the error of that quotient, if it is not the one that is derived."""


def derive(graph: Graph, rules: Rules = Rules()) -> Derivation:
    """Every partial derivative of the graph's target, and the round of training that uses them.

    Time is linear in the number of weights, but for the logarithm of a priority queue.
    """
    return Derivation(graph, tuple(section for section in _Round(graph, rules).sections() if section.steps))


@dataclass
class _Round:
    """The sections of one round, in the order in which a person goes through them."""

    graph: Graph
    rules: Rules

    def sections(self) -> Iterator[Section]:
        if self.graph.samples:
            for number in self.graph.samples:
                own = self.graph.of_sample(number)
                yield from _forward(own.definitions, number)
                yield from self._backward(own, number)
            yield self._batch()
        else:
            yield from _forward(self._data.definitions)
            for target in self._data.targets:
                yield from self._backward(self._data.up_to(target), target=target)
        yield self._penalty()
        if not self.rules.output_first:
            yield self._update(self.graph.parameters)
        yield from self._after()
        for parameter in self.rules.checked:
            yield from self._check(parameter)

    @property
    def _data(self) -> Graph:
        """The graph without the penalty on its weights."""
        data = Variable(Kind.DATA)
        has_penalty = any(definition.quantity == data for definition in self.graph.definitions)
        return self.graph.up_to(data) if has_penalty else self.graph

    def _backward(self, graph: Graph, sample: int = 0, target: Variable | None = None) -> Iterator[Section]:
        walk = BackwardWalk(graph, self.rules.descent)
        several = target if len(self.graph.targets) > 1 else None
        is_formula = not self.graph.parameters
        for layer, quantities in groupby(walk.order(), key=lambda pair: 0 if is_formula else pair[0]):
            names = [quantity for _, quantity in quantities]
            steps = tuple(step for name in names for step in walk.steps_for(name))
            yield Section(Phase.BACKWARD, layer, steps, sample, several)
            if self.rules.output_first:
                own = [name for name in names if name in self.graph.parameters]
                yield self._update(own, layer)
                walk.renewed |= {name.symbol: name.after_update().symbol for name in own}

    def _batch(self) -> Section:
        """The error of a batch and its derivatives, from those of its samples."""
        data = self._data.target
        (definition,) = (definition for definition in self._data.definitions if definition.quantity == data)
        share = definition.partials[0][1]
        parts = [part for part, _ in definition.partials]
        sums = (
            SumOverSamples(Partial(data, parameter), tuple(Partial(part, parameter) for part in parts), share)
            for parameter in self.graph.parameters
        )
        return Section(Phase.BATCH, 0, (Evaluate(data, definition.expression), *sums))

    def _penalty(self) -> Section:
        """What the weights themselves add to the error, and to its derivatives unless an update has had these."""
        if not self._has_penalty:
            return Section(Phase.PENALTY, 0, ())
        penalty, total = self.graph.definitions[-2:]
        steps: list[Step] = [Evaluate(added.quantity, added.expression) for added in (penalty, total)]
        if not self.rules.output_first:
            steps += self._penalized(self.graph.parameters)
        return Section(Phase.PENALTY, 0, tuple(steps))

    @property
    def _has_penalty(self) -> bool:
        return bool(self.graph.parameters) and self._data.target != self.graph.target

    def _penalized(self, parameters: Sequence[Variable]) -> Iterator[Step]:
        """The derivatives of the error with those of the penalty added."""
        data, whole, penalty = self._data.target, self.graph.target, self.graph.definitions[-2]
        slopes = dict(penalty.partials)
        for parameter in parameters:
            terms = [Partial(data, parameter)]
            if parameter in slopes:
                terms.append(Partial(penalty.quantity, parameter))
                yield LocalDerivative(terms[-1], slopes[parameter])
            yield SumOverPaths(Partial(whole, parameter), tuple((term,) for term in terms))

    def _update(self, parameters: Sequence[Variable], layer: int = 0) -> Section:
        by_layer = self.rules.output_first and self._has_penalty
        steps: list[Step] = list(self._penalized(parameters)) if by_layer else []
        for parameter in parameters:
            gradient = Partial(self.graph.target, parameter)
            sharing = self._sharing[parameter] if parameter in self.rules.averaged else 1
            if sharing > 1 and self.rules.mean_of_biases:
                formula = self._mean_of_biases(parameter)
                steps.append(Update(parameter.after_update(), formula, parameter, gradient, "biases", sharing))
                continue
            meant = product((Rational(1, sharing), gradient)) if sharing > 1 else gradient.symbol
            for quantity, formula, why in update_of(self.rules.optimizer, parameter, meant):
                steps.append(Update(quantity, formula, parameter, gradient, why, sharing))
        return Section(Phase.UPDATE, layer, tuple(steps))

    def _mean_of_biases(self, bias: Variable) -> Expr:
        """b⁺ = 1/n · Σ (b − η · δ) over the n neurons that share it."""
        users = [definition for definition in self.graph.definitions if bias in dict(definition.partials)]
        deltas = [replace(user.quantity, kind=Kind.DELTA) for user in users]
        sign = Integer(1 if self.rules.descent != (bias.kind is Kind.THRESHOLD) else -1)
        moved = [Add(bias.symbol, product((sign, RATE, delta)), evaluate=False) for delta in deltas]
        return Mul(Rational(1, len(moved)), Add(*moved, evaluate=False), evaluate=False)

    @cached_property
    def _sharing(self) -> Counter[Variable]:
        """How many neurons have each parameter."""
        first = self.graph.of_sample(self.graph.samples[0]) if self.graph.samples else self.graph
        nets = (definition for definition in first.definitions if definition.quantity.kind is Kind.NET)
        return Counter(parent for definition in nets for parent, _ in definition.partials)

    def _after(self) -> Iterator[Section]:
        again = self.graph.renewed() if self.graph.parameters else ()
        for number, definitions in groupby(again, key=lambda definition: definition.quantity.sample):
            steps = tuple(Evaluate(definition.quantity, definition.expression) for definition in definitions)
            yield Section(Phase.AFTER, 0, steps, number)

    def _check(self, parameter: Variable) -> Iterator[Section]:
        """E at w + ε and at w − ε, the quotient of their difference, and how far it is from the derivative."""
        graph = self.rules.check_graph or self.graph
        target, move = graph.target, Variable(Kind.MOVE)
        steps: list[Step] = []
        for version, direction in (("plus", Integer(1)), ("minus", Integer(-1))):
            name = f"{version}_{parameter.id}"
            moved = replace(parameter, version=name)
            with evaluate(False):
                shift = move.symbol if direction == 1 else Mul(direction, move.symbol)
                steps.append(Evaluate(moved, Add(parameter.symbol, shift)))
            again = graph.renewed([parameter], name)
            steps += [Evaluate(definition.quantity, definition.expression) for definition in again]
        plus, minus = (replace(target, version=f"{version}_{parameter.id}").symbol for version in ("plus", "minus"))
        quotient, gradient = Variable(Kind.QUOTIENT, parameter.id), Partial(self.graph.target, parameter).symbol
        with evaluate(False):
            steps.append(Evaluate(quotient, (plus - minus) / Mul(Integer(2), move.symbol)))
            gap = Abs(quotient.symbol - gradient)
            scale = Max(Abs(quotient.symbol), Abs(gradient), evaluate=False)
            steps.append(Evaluate(Variable(Kind.DIFFERENCE, parameter.id), gap / scale))
        yield Section(Phase.CHECK, 0, tuple(steps), target=parameter)


_OF_ERROR = (Kind.ERROR, Kind.TOTAL, Kind.DATA)


def _forward(definitions: Sequence[Definition], sample: int = 0) -> Iterator[Section]:
    by_layer: dict[tuple[Phase, int], list[Step]] = defaultdict(list)
    for definition in definitions:
        phase = Phase.ERROR if definition.quantity.kind in _OF_ERROR else Phase.FORWARD
        layer = 0 if definition.quantity.kind is Kind.NAME else definition.layer
        by_layer[phase, layer].append(Evaluate(definition.quantity, definition.expression))
    for (phase, layer), steps in by_layer.items():
        yield Section(phase, layer, tuple(steps), sample)
