"""The derivation: a list of steps, found by walking the graph backwards once.

``sympy.diff`` of the nested expression, central differences and an autodiff library check it, in the tests.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from heapq import heapify, heappop, heappush

from sympy import Expr, Symbol

from derive.graph import Definition, Graph
from derive.mathtext.latex import displayed
from derive.notation import NET_OUT
from derive.quantities import Factor, Kind, Partial, Variable
from derive.steps import ChainRule, Delta, Evaluate, LocalDerivative, Step, SumOverPaths, Update


class Phase(StrEnum):
    """The parts of a round, in their order."""

    FORWARD = "forward"
    ERROR = "error"
    BACKWARD = "backward"
    UPDATE = "update"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Section:
    """The steps of one phase; ``layer`` counts from 0, the first layer after the inputs."""

    phase: Phase
    layer: int
    steps: tuple[Step, ...]


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


def derive(graph: Graph, averaged: frozenset[Variable] = frozenset()) -> Derivation:
    """Every partial derivative of the graph's target, and the round of gradient descent that uses them.

    ``averaged`` names the shared biases that the update moves by the mean over the neurons that share them. That is a
    convention of the update: the partial derivative is their sum all the same.
    Time is linear in the number of weights, but for the logarithm of a priority queue.
    """
    return Derivation(graph, (*_forward(graph), *_backward(graph), *_round_end(graph, averaged)))


def _forward(graph: Graph) -> Iterator[Section]:
    by_layer: dict[tuple[Phase, int], list[Step]] = defaultdict(list)
    for definition in graph.definitions:
        phase = Phase.ERROR if definition.quantity.kind in (Kind.ERROR, Kind.TOTAL) else Phase.FORWARD
        by_layer[phase, definition.layer].append(Evaluate(definition.quantity, definition.expression))
    for (phase, layer), steps in by_layer.items():
        yield Section(phase, layer, tuple(steps))


def _backward(graph: Graph) -> Iterator[Section]:
    walk = _BackwardWalk(graph)
    by_layer: dict[int, list[Step]] = defaultdict(list)
    for layer, quantity in walk.order():
        by_layer[layer] += walk.steps_for(quantity)
    for layer, steps in by_layer.items():
        if steps:
            yield Section(Phase.BACKWARD, layer, tuple(steps))


def _round_end(graph: Graph, averaged: frozenset[Variable]) -> Iterator[Section]:
    sharing = Counter(parent for definition in graph.definitions for parent, _ in definition.partials)
    updates = (
        Update(
            parameter.after_update(),
            parameter,
            Partial(graph.target, parameter),
            sharing[parameter] if parameter in averaged else 1,
        )
        for parameter in graph.parameters
    )
    yield Section(Phase.UPDATE, 0, tuple(updates))
    again = (Evaluate(definition.quantity, definition.expression) for definition in graph.renewed())
    yield Section(Phase.AFTER, 0, tuple(again))


@dataclass
class _BackwardWalk:
    """Visits each quantity once all that it enters has been visited, and derives ∂target/∂quantity there."""

    graph: Graph
    uses: dict[Variable, list[tuple[Definition, Expr]]] = field(default_factory=lambda: defaultdict(list))
    adjoints: dict[Variable, tuple[Factor, ...]] = field(default_factory=dict)
    """∂target/∂quantity as one named factor; the empty product where it is 1."""
    expanded: dict[Variable, tuple[Factor, ...]] = field(default_factory=dict)
    """The same for a delta, as the factors it is the product of."""
    ends_in: dict[Variable, Variable | None] = field(default_factory=dict)
    """The part of the error that a quantity acts through, where it is only one."""

    def __post_init__(self) -> None:
        for definition in self.graph.definitions:
            for parent, slope in definition.partials:
                if parent in self.graph.depends:
                    self.uses[parent].append((definition, slope))
        self.adjoints[self.graph.target] = ()

    def order(self) -> Iterator[tuple[int, Variable]]:
        """Reading order: from the last layer to the first, neuron by neuron, what a layer shares at its end."""
        waiting = {quantity: len(uses) for quantity, uses in self.uses.items()}
        parents = {
            definition.quantity: [parent for parent, _ in definition.partials if parent in waiting]
            for definition in self.graph.definitions
        }
        place = self._places()
        ready = [(place[quantity], quantity) for quantity in [self.graph.target]]
        heapify(ready)
        while ready:
            (depth, *_), quantity = heappop(ready)
            if quantity != self.graph.target:
                yield -depth, quantity
            for parent in parents.get(quantity, ()):
                waiting[parent] -= 1
                if not waiting[parent]:
                    heappush(ready, (place[parent], parent))

    def _places(self) -> dict[Variable, tuple[int, int, int]]:
        """Where each quantity stands: layer, neuron, then the order of computation backwards, parameters after it."""
        place: dict[Variable, tuple[int, int, int]] = {}
        size = len(self.graph.definitions)
        for number, definition in enumerate(self.graph.definitions):
            place[definition.quantity] = (-definition.layer, definition.position, size - number)
        for number, parameter in enumerate(self.graph.parameters):
            layers = {definition.layer for definition, _ in self.uses[parameter]}
            positions = {definition.position for definition, _ in self.uses[parameter]}
            shared = len(positions) > 1
            place[parameter] = (-min(layers), size if shared else positions.pop(), size + number)
        return place

    def steps_for(self, quantity: Variable) -> Iterator[Step]:
        """The steps that end in ∂target/∂quantity."""
        uses = self.uses[quantity]
        parts = {self._part(user.quantity) for user, _ in uses}
        self.ends_in[quantity] = parts.pop() if len(parts) == 1 else None
        if len(uses) == 1:
            yield from self._one_path(quantity, *uses[0])
        else:
            yield from self._several_paths(quantity, uses)

    def _one_path(self, quantity: Variable, user: Definition, slope: Expr) -> Iterator[Step]:
        upstream = self.adjoints[user.quantity]
        whole = Partial(self.graph.target, quantity)
        if not upstream:  # ∂target/∂user is 1, so the local derivative is already the whole one
            self.adjoints[quantity] = () if slope == 1 else (whole,)
            if slope != 1:
                yield LocalDerivative(whole, slope)
            return
        local = Partial(user.quantity, quantity)
        yield LocalDerivative(local, slope)
        if quantity.kind is Kind.NET:
            delta = Variable(Kind.DELTA, quantity.at)
            self.adjoints[quantity], self.expanded[quantity] = (delta,), (*upstream, local)
            yield Delta(delta, (*upstream, local))
            return
        self.adjoints[quantity] = (whole,)
        written_out = self.expanded.get(user.quantity)
        if written_out and quantity.kind in (Kind.WEIGHT, Kind.BIAS):
            yield ChainRule(whole, (*written_out, local), (*upstream, slope))
        else:
            yield ChainRule(whole, (*upstream, local))

    def _several_paths(self, quantity: Variable, uses: list[tuple[Definition, Expr]]) -> Iterator[Step]:
        whole = Partial(self.graph.target, quantity)
        self.adjoints[quantity] = (whole,)
        parts = [self._part(user.quantity) for user, _ in uses]
        terms: list[tuple[Factor, ...]] = []
        for (user, slope), part in zip(uses, parts, strict=True):
            local = Partial(user.quantity, quantity)
            yield LocalDerivative(local, slope)
            factors = (*self.adjoints[user.quantity], local)
            if quantity.kind is Kind.OUT:
                # The share of one path has a name of its own: ∂E_o1/∂out_h1 where the path ends in one part of the
                # error only, else the share of the total that flows through that neuron.
                own = part if part and parts.count(part) == 1 else None
                share = Partial(own, quantity) if own else replace(whole, via=user.quantity)
                yield ChainRule(share, factors)
                factors = (share,)
            terms.append(factors)
        yield SumOverPaths(whole, tuple(terms))

    def _part(self, quantity: Variable) -> Variable | None:
        return quantity if quantity.kind is Kind.ERROR else self.ends_in.get(quantity)
