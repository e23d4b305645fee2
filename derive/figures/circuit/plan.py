"""Where the spots of a circuit stand, and the channels between its layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from derive.figures.circuit.heights import heights_of
from derive.figures.circuit.layers import Layers, Link, Spot
from derive.figures.circuit.measures import Measures

WIDEST, HIGHEST = 480.0, 640.0
_ROOM = WIDEST - 6  # without the margins of the frame
LEAD = 6.0  # the level end of a wire, as long as its arrowhead
# The width of a channel: of the height that its wires climb, at best and at least, and within these limits.
_EASY, _STEEP, _NARROWEST, _BROADEST = 0.6, 0.15, 7.0, 60.0


@dataclass(frozen=True, slots=True)
class Column:
    """A layer from left to right: circles or names, then level wires, up to ``fork``, where its channel begins."""

    left: float
    right: float
    fork: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class Plan:
    """The place of every spot."""

    layers: Layers
    columns: tuple[Column, ...]
    heights: Mapping[Spot, float]
    ports: Mapping[Spot, tuple[float, ...]]

    def arrivals(self) -> Iterator[tuple[Link, float]]:
        """Every link, with the height at which it arrives."""
        return _arrivals(self.layers, self.heights, self.ports)


def plan_of(measures: Measures) -> Plan | None:
    """The places of all spots, or nothing where they need more than the width of a page."""
    layers = measures.layers
    spots = [spot for layer in layers.spots for spot in layer]
    ports = {spot: measures.ports(spot) for spot in spots}
    heights = heights_of(layers, {spot: measures.extent(spot) for spot in spots}, ports)
    breadths = [max(map(measures.breadth, layer)) for layer in layers.spots]
    rooms = [max(map(measures.room, layer)) for layer in layers.spots]
    rises = [0.0] * len(layers.links)
    for link, height in _arrivals(layers, heights, ports):
        rises[link.source.layer] = max(rises[link.source.layer], abs(height - heights[link.source]))
    channels = _channels(rises, _ROOM - sum(breadths) - sum(rooms) - LEAD * len(rises))
    if channels is None:
        return None
    columns, left = [], 0.0
    for breadth, room, channel in zip(breadths, rooms, (*channels, 0.0), strict=True):
        columns.append(Column(left, left + breadth, left + breadth + room))
        left = columns[-1].fork + channel + LEAD
    return Plan(layers, tuple(columns), heights, ports)


def _arrivals(
    layers: Layers, heights: Mapping[Spot, float], ports: Mapping[Spot, tuple[float, ...]]
) -> Iterator[tuple[Link, float]]:
    for layer in layers.spots[1:]:
        for spot in layer:
            for link, port in zip(layers.arriving(spot), ports[spot], strict=True):
                yield link, heights[spot] + port


def _channels(rises: list[float], room: float) -> list[float] | None:
    """The width of each channel: the more its wires rise or fall the wider, as far as there is room for all."""
    wanted, least = (
        [min(max(slope * rise, _NARROWEST), _BROADEST) if rise else 0.0 for rise in rises] for slope in (_EASY, _STEEP)
    )
    spare, extra = room - sum(least), sum(wanted) - sum(least)
    if spare < 0:
        return None
    share = min(spare / extra, 1.0) if extra else 0.0
    return [low + share * (width - low) for low, width in zip(least, wanted, strict=True)]
