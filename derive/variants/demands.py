"""What mistakes a variant has to show, and how many it may mix up: decided once for an exercise, by its pilot.

Not every mistake can be seen in every exercise. Adam's ε is too small for any number of printed digits, a momentum of 0
does not tell its sign, and a factor that is 1 may be forgotten. So ``FIT`` draws of the pilot that are fit otherwise
are looked at. Mistakes are demanded one after the other, those first that the fewest of these draws hide, and each only
if ``_LEAST_SEEN`` draws show it with all that are demanded before. Of these draws ``_LEAST_TOLD`` decide how many pairs
of demanded mistakes a variant may mix up: as few as that many draws do, which is none at all where that is possible. So
a draw in four of the pilot is as it has to be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np

from derive.intervals.reach import Given
from derive.variants.separation import Flags, Indices, Measured, Separation, Trace

FIT = 128
"""Draws of the pilot that decide."""
_LEAST_SEEN = 64
"""How many of them show all mistakes that are demanded: a half; all, where they are fewer."""
_LEAST_TOLD = 32
"""How many of these mix up no more pairs than a variant may: a quarter of all."""

Failed: TypeAlias = tuple[str, str]
"""The constraint that a draw fails, and for which quantity."""


@dataclass(frozen=True)
class Demands:
    """What is demanded of the draws from one exercise."""

    separation: Separation
    seen: Indices
    """The numbers of the traces that each draw shows."""
    most_alike: int
    """How many pairs of them a draw may have that no asked quantity tells apart."""

    @classmethod
    def of(cls, separation: Separation, pilot: Sequence[Given]) -> Demands:
        """What these draws say."""
        measured = list(separation.measured(pilot[:FIT]))
        if not measured:
            return cls(separation, np.zeros(0, np.intp), 0)
        seen = _often_seen(np.concatenate([part.is_seen for part in measured], axis=1))
        counts = np.sort(np.concatenate([_counts(part.of_sheets(_shows(part, seen)), seen) for part in measured]))
        return cls(separation, seen, int(counts[min(_LEAST_TOLD, len(counts)) - 1]))

    @cached_property
    def hidden(self) -> tuple[Trace, ...]:
        """The mistakes that are not demanded, since too many draws hide them."""
        seen = set(self.seen.tolist())
        return tuple(trace for number, trace in enumerate(self.separation.traces) if number not in seen)

    def failures(self, given: Sequence[Given]) -> list[Failed | None]:
        """What each draw fails, with the first quantity for which it does."""
        if not self.seen.size:
            return [None] * len(given)
        return [failed for part in self.separation.measured(given) for failed in self._failures(part)]

    def _failures(self, measured: Measured) -> list[Failed | None]:
        found: list[Failed | None] = [None] * measured.right.low.shape[1]
        showing = _shows(measured, self.seen)
        for sheet in np.flatnonzero(~showing):
            found[sheet] = "variant_hidden", self._quantity(self.seen[np.argmin(measured.is_seen[self.seen, sheet])])
        pairs = measured.of_sheets(showing).alike(self.seen)
        for number, sheet in enumerate(np.flatnonzero(showing)):
            first = pairs.first[pairs.sheet == number]
            if len(first) > self.most_alike:
                found[sheet] = "variant_alike", self._quantity(first[0])
        return found

    def _quantity(self, trace: int) -> str:
        """The first question at which it shows."""
        return self.separation.trials.trials[self.separation.traces[trace].trials[0]].quantity


def _shows(measured: Measured, seen: Indices) -> Flags:
    """Which sheets show all of these traces."""
    return np.asarray(measured.is_seen[seen].all(axis=0))


def _counts(measured: Measured, seen: Indices) -> Indices:
    """The pairs that are alike, on each sheet."""
    return np.bincount(measured.alike(seen).sheet, minlength=measured.right.low.shape[1])


def _often_seen(is_seen: Flags) -> Indices:
    """The traces that are demanded."""
    draws = is_seen.shape[1]
    left, chosen = np.ones(draws, np.bool_), []
    for number in np.argsort((~is_seen).sum(axis=1), kind="stable"):
        still = left & is_seen[number]
        if still.sum() >= min(_LEAST_SEEN, draws):
            left = still
            chosen.append(number)
    return np.sort(np.array(chosen, np.intp))
