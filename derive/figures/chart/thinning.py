"""A long series as few points that look the same."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import TypeAlias

Sample: TypeAlias = tuple[int, float]
_MOST = 300


def thinned(samples: Sequence[Sample]) -> tuple[Sample, ...]:
    """At most 300 samples: the first, the last, and the lowest and the highest of each of equal stretches between."""
    if len(samples) <= _MOST:
        return tuple(samples)
    inner = samples[1:-1]
    stretches = _MOST // 2 - 1
    kept = [samples[0]]
    for index in range(stretches):
        stretch = inner[index * len(inner) // stretches : (index + 1) * len(inner) // stretches]
        kept += sorted({min(stretch, key=itemgetter(1)), max(stretch, key=itemgetter(1))})
    return (*kept, samples[-1])
