"""How high each spot of a layered circuit stands: wires as level as their order and their labels let them be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from derive.figures.circuit.layers import Layers, Link, Role, Spot

_SWEEPS = 30
# How much a piece of wire wants to be level, by how many of its ends are passages (after Gansner and others, 1993).
_WEIGHTS = (1.0, 2.0, 8.0)
_LITTLE = 8.0  # a rise of a wire that is worth taking out
_FIRMLY = 1e3  # the weight of a spot whose wire is level


@dataclass(frozen=True, slots=True)
class Extent:
    """What a spot needs above and below the height at which it stands."""

    above: float
    below: float


def heights_of(
    layers: Layers, extents: Mapping[Spot, Extent], ports: Mapping[Spot, Sequence[float]]
) -> dict[Spot, float]:
    """The height of every spot; ``ports`` are the heights within a gate at which its wires arrive.

    Each layer in turn is moved to where its wires would be level, as near as its own spacing allows.
    """
    heights: dict[Spot, float] = {}
    for layer in layers.spots:
        heights |= zip(layer, _spaced(layer, [0.0] * len(layer), [1.0] * len(layer), extents), strict=True)
    pulls = _pulls(layers, ports)
    for sweep in range(_SWEEPS):
        for layer in layers.spots if sweep % 2 == 0 else reversed(layers.spots):
            wanted, weights = [], []
            for spot in layer:
                own = pulls[spot]
                weights.append(sum(weight for _, _, weight in own) or 1.0)
                wanted.append(sum(weight * (heights[other] + shift) for other, shift, weight in own) / weights[-1])
            heights |= zip(layer, _spaced(layer, wanted, weights, extents), strict=True)
    return _levelled(layers, heights, extents)


def _levelled(layers: Layers, heights: Mapping[Spot, float], extents: Mapping[Spot, Extent]) -> dict[Spot, float]:
    """Spots moved by a little, where that makes a wire level that is alone in arriving where it does."""
    neighbours: dict[Spot, list[Spot]] = {spot: [] for layer in layers.spots for spot in layer}
    for layer in layers.spots:
        for spot in layer:
            if len(arriving := layers.arriving(spot)) == 1:
                neighbours[spot].append(arriving[0].source)
                neighbours[arriving[0].source].append(spot)
    levelled = {spot: round(height, 1) for spot, height in heights.items()}
    for side in (-1, 1, -1):
        for layer in layers.spots[::-side]:
            wanted, weights = [], []
            for spot in layer:
                ways = [
                    levelled[other] - levelled[spot] for other in neighbours[spot] if other.layer == spot.layer + side
                ]
                way = min(ways, key=abs, default=_LITTLE)
                is_near = abs(way) < _LITTLE
                wanted.append(levelled[spot] + (way if is_near else 0))
                weights.append(_FIRMLY if is_near else 1.0)
            placed = _spaced(layer, wanted, weights, extents)
            levelled |= {spot: round(height, 1) + 0.0 for spot, height in zip(layer, placed, strict=True)}
    return levelled


def _pulls(layers: Layers, ports: Mapping[Spot, Sequence[float]]) -> dict[Spot, list[tuple[Spot, float, float]]]:
    """For each spot its neighbours, how far from their height it wants to stand, and how much."""
    pulls: dict[Spot, list[tuple[Spot, float, float]]] = {spot: [] for layer in layers.spots for spot in layer}
    for layer in layers.spots[1:]:
        for spot in layer:
            for link, port in zip(layers.arriving(spot), ports[spot], strict=True):
                weight = _weight(link)
                pulls[link.source].append((spot, port, weight))
                pulls[spot].append((link.source, -port, weight))
    return pulls


def _weight(link: Link) -> float:
    return _WEIGHTS[(link.source.role, link.target.role).count(Role.PASSAGE)]


def _spaced(
    layer: Sequence[Spot], wanted: Sequence[float], weights: Sequence[float], extents: Mapping[Spot, Extent]
) -> list[float]:
    """The heights nearest to the wanted ones (least squares) at which no spot needs the room of another.

    With the needed distances taken off, the heights have only to rise: isotonic regression, by pooling adjacent
    violators.
    """
    offsets = [0.0]  # from the first spot
    for above, below in pairwise(layer):
        offsets.append(offsets[-1] + extents[above].below + extents[below].above)
    pools: list[tuple[float, float, int]] = []
    for want, weight, offset in zip(wanted, weights, offsets, strict=True):
        pools.append((want - offset, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (one, first, few), (other, second, more) = pools[-2:]
            pools[-2:] = [((one * first + other * second) / (first + second), first + second, few + more)]
    rising = [level for level, _, count in pools for _ in range(count)]
    return [level + offset for level, offset in zip(rising, offsets, strict=True)]
