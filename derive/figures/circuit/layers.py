"""A circuit in layers, each wire cut into pieces that reach from one layer to the next, with few crossings.

The layered drawing of Sugiyama, Tagawa and Toda (1981): the longest path to a gate is its layer, a wire that skips
layers gets a passage through each of them, and the layers are sorted by barycentres. Unlike there, all branches of a
wire share one passage in a layer, so a value that is used often is one line that forks where it is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import combinations, pairwise
from typing import Protocol

from derive.model.quantities import Variable

_SWEEPS = 12
_IN_ORDER = {"subtract", "divide", "power"}  # their first input is the uppermost


class Gate(Protocol):
    """One operation. The inputs of most can be exchanged; they arrive in the order that crosses fewest wires."""

    @property
    def operation(self) -> str: ...
    @property
    def sign(self) -> str: ...
    @property
    def inputs(self) -> tuple[Variable, ...]: ...
    @property
    def output(self) -> Variable: ...


class Circuit(Protocol):
    """Gates in order of evaluation."""

    @property
    def inputs(self) -> tuple[Variable, ...]: ...
    @property
    def gates(self) -> tuple[Gate, ...]: ...
    @property
    def outputs(self) -> tuple[Variable, ...]: ...


class Role(Enum):
    """What stands at a spot; a passage is where a wire runs through a layer."""

    INPUT = "input"
    GATE = "gate"
    PASSAGE = "passage"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a layer; ``variable`` is what its wire carries on to the next."""

    role: Role
    variable: Variable
    layer: int
    gate: Gate | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Link:
    """A piece of wire from a spot to one in the next layer."""

    source: Spot
    target: Spot


@dataclass(frozen=True, slots=True)
class Layers:
    """Spots from top to bottom, layer by layer; ``links[k]`` leads from layer k to the next one."""

    spots: tuple[tuple[Spot, ...], ...]
    links: tuple[tuple[Link, ...], ...]

    @property
    def outputs(self) -> tuple[Variable, ...]:
        """The results of the circuit, from top to bottom."""
        return tuple(spot.variable for spot in self.spots[-1])

    def arriving(self, spot: Spot) -> list[Link]:
        """The links into a spot, from the uppermost that arrives to the lowest."""
        if not spot.layer:
            return []
        links = [link for link in self.links[spot.layer - 1] if link.target == spot]
        return sorted(sorted(links, key=_place(self.spots[spot.layer - 1], "source")), key=_port)

    def forks(self, spot: Spot) -> bool:
        """Whether several links leave a spot."""
        return sum(link.source == spot for links in self.links[spot.layer : spot.layer + 1] for link in links) > 1


def _place(layer: Sequence[Spot], end: str) -> Callable[[Link], int]:
    """Where in a layer an end of a link is."""
    places = {spot: index for index, spot in enumerate(layer)}
    return lambda link: places[getattr(link, end)]


def _port(link: Link) -> int:
    """Which input of its gate a link is, where that matters."""
    gate = link.target.gate
    return gate.inputs.index(link.source.variable) if gate is not None and gate.operation in _IN_ORDER else 0


def layers_of(circuit: Circuit) -> Layers:
    """The circuit in layers, inputs first and outputs last, in the best order that the sweeps have found."""
    level = dict.fromkeys(circuit.inputs, 0)
    for gate in circuit.gates:
        level[gate.output] = max((1 + level[variable] for variable in gate.inputs), default=0)
    last = max(level.values()) + 1
    gates = {gate.output: gate for gate in circuit.gates}
    spots: list[list[Spot]] = [[] for _ in range(last + 1)]
    links: list[list[Link]] = [[] for _ in range(last)]
    for variable, layer in level.items():
        targets = list(_targets(variable, circuit, level, last))
        role = Role.GATE if variable in gates else Role.INPUT
        here = Spot(role, variable, layer, gates.get(variable))
        spots[here.layer].append(here)
        while ahead := [target for target in targets if target.layer > here.layer]:
            following = [target for target in ahead if target.layer == here.layer + 1]
            passage = Spot(Role.PASSAGE, variable, here.layer + 1)
            goes_on = [passage] if len(following) < len(ahead) else []
            links[here.layer] += [Link(here, target) for target in (*following, *goes_on)]
            spots[passage.layer] += goes_on
            here = passage
    for variable in circuit.outputs:
        spots[last].append(Spot(Role.OUTPUT, variable, last))
    fixed = tuple(map(tuple, links))
    return Layers(tuple(map(tuple, _ordered(spots, fixed))), fixed)


def _targets(variable: Variable, circuit: Circuit, level: Mapping[Variable, int], last: int) -> Iterator[Spot]:
    """Where a variable is used, once for each time that it is."""
    for gate in circuit.gates:
        yield from [Spot(Role.GATE, gate.output, level[gate.output], gate)] * gate.inputs.count(variable)
    if variable in circuit.outputs:
        yield Spot(Role.OUTPUT, variable, last)


def _ordered(spots: list[list[Spot]], links: Sequence[Sequence[Link]]) -> list[list[Spot]]:
    """The layers sorted by barycentres, from left to right and back; the order with the fewest crossings is kept."""
    best, current = spots, [list(layer) for layer in spots]
    fewest = _all_crossings(best, links)
    for sweep in range(_SWEEPS):
        rightwards = sweep % 2 == 0
        ends = ("target", "source") if rightwards else ("source", "target")
        for left in range(len(links)) if rightwards else reversed(range(len(links))):
            moved, fixed = (left + 1, left) if rightwards else (left, left + 1)
            current[moved] = _by_barycentre(current[moved], current[fixed], links[left], *ends)
        current = _exchanged(current, links)
        if (crossings := _all_crossings(current, links)) < fewest:
            best, fewest = [list(layer) for layer in current], crossings
    return best


def _by_barycentre(
    moved: list[Spot], fixed: list[Spot], links: Iterable[Link], own_end: str, other_end: str
) -> list[Spot]:
    """A layer sorted by the mean place of its neighbours; what has none there keeps its share of the height."""
    places: dict[Spot, list[int]] = {}
    place = _place(fixed, other_end)
    for link in links:
        places.setdefault(getattr(link, own_end), []).append(place(link))
    share = len(fixed) / len(moved) if moved else 1
    means = {spot: index * share for index, spot in enumerate(moved)}
    means |= {spot: sum(found) / len(found) for spot, found in places.items()}
    return sorted(moved, key=means.__getitem__)


def _exchanged(spots: list[list[Spot]], links: Sequence[Sequence[Link]]) -> list[list[Spot]]:
    """Neighbours exchanged as long as that removes crossings, which barycentres alone do not see."""
    spots = [list(layer) for layer in spots]
    improving = True
    while improving:
        improving = False
        for depth, layer in enumerate(spots):
            for index, pair in enumerate(pairwise(tuple(layer))):
                as_it_is = _crossings_at(spots, links, depth)
                layer[index], layer[index + 1] = layer[index + 1], layer[index]
                if _crossings_at(spots, links, depth) < as_it_is:
                    improving = True
                    break
                layer[index : index + 2] = pair
    return spots


def _crossings_at(spots: Sequence[Sequence[Spot]], links: Sequence[Sequence[Link]], depth: int) -> int:
    """Crossings on both sides of a layer."""
    sides = range(max(depth - 1, 0), min(depth + 1, len(links)))
    return sum(_crossings(spots[left], spots[left + 1], links[left]) for left in sides)


def _all_crossings(spots: Sequence[Sequence[Spot]], links: Sequence[Sequence[Link]]) -> int:
    return sum(_crossings(spots[left], spots[left + 1], links[left]) for left in range(len(links)))


def _crossings(left: Sequence[Spot], right: Sequence[Spot], links: Sequence[Link]) -> int:
    start, end = _place(left, "source"), _place(right, "target")
    places = [(start(link), (end(link), _port(link))) for link in links]
    return sum((a < c and b > d) or (a > c and b < d) for (a, b), (c, d) in combinations(places, 2))
