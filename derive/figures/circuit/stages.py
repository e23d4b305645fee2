"""A circuit in stages, each of them a circuit that can be drawn on its own.

A gate is as many layers from the end as the longest path from it has gates: it stands as late as it can, so that a
value which only a later stage needs is calculated there instead of being handed on to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from derive.figures.circuit.layers import Circuit, Gate
from derive.model.quantities import Variable


@dataclass(frozen=True, slots=True)
class Stage:
    """Some gates of a circuit in order of evaluation, what they use from elsewhere, and what they hand on."""

    inputs: tuple[Variable, ...]
    gates: tuple[Gate, ...]
    outputs: tuple[Variable, ...]
    """Results of the circuit, and values that a later stage uses."""


def stages_of(circuit: Circuit, count: int) -> tuple[Stage, ...]:
    """The circuit in ``count`` stages of about as many layers each, but in no more stages than it has layers.

    What several stages use is an input of each. A result that is an input of the circuit is a result of the last stage.
    """
    left = _layers_left(circuit)
    depth = 1 + max(left.values(), default=0)
    count = min(count, depth)
    parts: list[list[Gate]] = [[] for _ in range(count)]
    for gate in circuit.gates:
        parts[-1 - left[gate.output] * count // depth].append(gate)
    return tuple(_stage(circuit, parts[number], parts[number + 1 :]) for number in range(count))


def _stage(circuit: Circuit, part: Sequence[Gate], later: Sequence[Sequence[Gate]]) -> Stage:
    """The stage of some gates, given those of the stages after it."""
    made = [gate.output for gate in part]
    used, needed_later = _used_by(part), _used_by(chain.from_iterable(later))
    results = [variable for variable in circuit.outputs if variable in made]
    if not later:
        results = [variable for variable in circuit.outputs if variable in made or variable in circuit.inputs]
    handed_on = [variable for variable in made if variable in needed_later and variable not in results]
    known = (*circuit.inputs, *(gate.output for gate in circuit.gates))
    inputs = [variable for variable in known if variable in used.union(results).difference(made)]
    return Stage(tuple(inputs), tuple(part), (*results, *handed_on))


def _used_by(gates: Iterable[Gate]) -> set[Variable]:
    return {variable for gate in gates for variable in gate.inputs}


def _layers_left(circuit: Circuit) -> dict[Variable, int]:
    """How many layers come after each gate, by its result."""
    left = dict.fromkeys((gate.output for gate in circuit.gates), 0)
    for gate in reversed(circuit.gates):
        for variable in gate.inputs:
            if variable in left:
                left[variable] = max(left[variable], left[gate.output] + 1)
    return left
