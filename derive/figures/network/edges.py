"""Lines from the rim of one circle to the rim of another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derive.figures.drawing import Circle, Line, Stroke
from derive.figures.network.grid import Grid
from derive.model.network import Network
from derive.model.quantities import Variable


def weighted_edges(network: Network, grid: Grid) -> Iterator[tuple[Line, Variable]]:
    """Every edge between columns that are both drawn, with its weight."""
    for depth, layer in enumerate(network.layers, start=1):
        if depth not in grid.columns or depth - 1 not in grid.columns:
            continue
        for number, target in grid.columns[depth].items():
            for source_number, source in grid.columns[depth - 1].items():
                yield joined(Stroke.WEIGHT, source, target), layer.neurons[number].weights[source_number]


def joined(stroke: Stroke, source: Circle, target: Circle) -> Line:
    """The line between two circles."""
    centres = Line(stroke, (source.x, source.y), (target.x, target.y), source.name, target.name)
    rims = centres.at(source.radius), centres.at(centres.length - target.radius)
    return replace(centres, start=rims[0], end=rims[1])
