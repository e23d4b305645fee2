"""The walk backwards through a graph: where ∂target/∂quantity comes from, step by step.

Each quantity is visited once all that it enters has been visited, so that time is linear in the size of the graph, but
for the logarithm of a priority queue.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from heapq import heapify, heappop, heappush

from sympy import Expr, Integer, Symbol

from derive.derivation.steps import ChainRule, Delta, LocalDerivative, ShortDelta, Step, SumOverPaths
from derive.model.graph import Definition, Graph
from derive.model.quantities import PARAMETERS, Factor, Kind, Partial, Quantity, Variable

# What has one share of ∂E/∂q for each path, with a name of its own.
_BRANCHING = (Kind.OUT, Kind.INPUT)


@dataclass
class BackwardWalk:
    """Visits each quantity once all that it enters has been visited, and derives ∂target/∂quantity there."""

    graph: Graph
    descent: bool = False
    renewed: dict[Symbol, Symbol] = field(default_factory=dict)
    """What stands for a parameter that has been updated already."""
    uses: dict[Variable, list[tuple[Definition, Expr]]] = field(default_factory=lambda: defaultdict(list))
    adjoints: dict[Variable, tuple[Factor, ...]] = field(default_factory=dict)
    """∂target/∂quantity as one named factor, perhaps with a sign; the empty product where it is 1."""
    expanded: dict[Variable, tuple[Factor, ...]] = field(default_factory=dict)
    """The same for a delta, as the factors it is the product of."""
    ends_in: dict[Variable, Variable | None] = field(default_factory=dict)
    """The part of the error that a quantity acts through, where it is only one."""

    def __post_init__(self) -> None:
        leading = {self.graph.target}
        for definition in reversed(self.graph.definitions):
            if definition.quantity in leading:
                leading |= {parent for parent, _ in definition.partials}
        depends = self.graph.depends
        for definition in self.graph.definitions:
            for parent, slope in definition.partials if definition.quantity in leading else ():
                if parent in depends:
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
        for number, parameter in enumerate(self.graph.wanted):
            layers = {definition.layer for definition, _ in self.uses[parameter]}
            positions = {definition.position for definition, _ in self.uses[parameter]}
            is_input = parameter in self.graph.inputs
            shared = is_input or len(positions) > 1
            layer = min(layers, default=0) - is_input
            place[parameter] = (-layer, size if shared else min(positions, default=0), size + number)
        return place

    def steps_for(self, quantity: Variable) -> Iterator[Step]:
        """The steps that end in ∂target/∂quantity."""
        uses = self.uses[quantity]
        if self.renewed:
            uses = [(user, slope.xreplace(self.renewed)) for user, slope in uses]
        parts = [self._part(user.quantity) for user, _ in uses]
        self.ends_in[quantity] = parts[0] if len(set(parts)) == 1 else None
        if quantity.kind is Kind.OUT and replace(quantity, kind=Kind.NET) in self.graph.shortcuts:
            return
        if short := self.graph.shortcuts.get(quantity):
            delta = self._delta(quantity)
            yield ShortDelta(delta, short)
        elif len(uses) == 1:
            yield from self._one_path(quantity, *uses[0])
        else:
            yield from self._several_paths(quantity, uses, parts)

    def _delta(self, net: Variable) -> Variable:
        """The delta of a neuron, which is from now on what ∂target/∂net is written as."""
        delta = replace(net, kind=Kind.DELTA)
        self.adjoints[net] = (Integer(-1), delta) if self.descent else (delta,)
        return delta

    def _one_path(self, quantity: Variable, user: Definition, slope: Expr) -> Iterator[Step]:
        upstream = self.adjoints[user.quantity]
        whole = Partial(self.graph.target, quantity)
        if not upstream:  # ∂target/∂user is 1, so the local derivative is already the whole one
            is_asked = slope != 1 or quantity.kind is Kind.NAME
            self.adjoints[quantity] = (whole,) if is_asked else ()
            if is_asked:
                yield LocalDerivative(whole, slope, is_whole=True)
            return
        local = Partial(user.quantity, quantity)
        yield LocalDerivative(local, slope)
        if quantity.kind is Kind.NET:
            delta = self._delta(quantity)
            self.expanded[quantity] = (*upstream, local)
            yield Delta(delta, (Integer(-1), *upstream, local) if self.descent else (*upstream, local))
            return
        self.adjoints[quantity] = (whole,)
        written_out = self.expanded.get(user.quantity)
        if written_out and quantity.kind in PARAMETERS:
            yield ChainRule(whole, (*written_out, local), (*upstream, slope))
        else:
            yield ChainRule(whole, (*upstream, local))

    def _several_paths(
        self, quantity: Variable, uses: Sequence[tuple[Definition, Expr]], parts: Sequence[Variable | None]
    ) -> Iterator[Step]:
        """``parts`` are the parts of the error that the uses act through, where it is only one for each."""
        whole: Quantity = Partial(self.graph.target, quantity)
        paths_into = Counter(parts)
        terms: list[tuple[Factor, ...]] = []
        for (user, slope), part in zip(uses, parts, strict=True):
            upstream = self.adjoints[user.quantity]
            # Where the user is the target itself, ∂user/∂quantity is only a share of what is looked for.
            direct = user.quantity == self.graph.target
            local = Partial(user.quantity, quantity, user.quantity if direct else None)
            yield LocalDerivative(local, slope)
            factors = (*upstream, local)
            if quantity.kind in _BRANCHING:
                # The share of one path has a name of its own: ∂E_o1/∂out_h1 where the path ends in one part of the
                # error only, else the share of the total that flows through that neuron.
                own = part if part and paths_into[part] == 1 else None
                share = Partial(own, quantity) if own else Partial(self.graph.target, quantity, user.quantity)
                yield ChainRule(share, factors)
                factors = (share,)
            terms.append(factors)
        if quantity.kind is Kind.NET:
            whole = self._delta(quantity)
            terms = [(Integer(-1), *term) for term in terms] if self.descent else terms
        else:
            self.adjoints[quantity] = (whole,)
        yield SumOverPaths(whole, tuple(terms))

    def _part(self, quantity: Variable) -> Variable | None:
        return quantity if quantity.kind is Kind.ERROR else self.ends_in.get(quantity)
