"""What mistakes a variant has to show, and which it has to tell apart: decided once for an exercise, by its pilot.

Every known mistake, and every two of them, except identities. Adam's ε is too small for any number of printed digits,
a momentum of 0 does not tell its sign, a factor that is 1 may be forgotten, and where a net input is 0, no activation
at all gives what a wrong one gives. So ``FIT`` draws of the pilot that are fit otherwise are looked at: what none of
them shows is an identity of this exercise at these digits, and so are two mistakes that none of them tells apart.

There may be too much left for any draw. Mistakes are demanded one after the other, those first that the fewest draws
hide, and each only if ``_LEAST`` draws show it with all that are demanded before; a variant may mix up as few pairs as
so many of these draws do, which is none where that is possible. What is given up so is told (``given_up``,
``most_alike``): the exercise has too few digits, or numbers too alike, for all the mistakes that can be made in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from derive.classes.variants.failures import Failed
from derive.classes.variants.separation import Flags, Indices, Measured, Pairs, Separation, Trace, chosen
from derive.numbers.intervals.reach import Given

FIT = 128
"""Draws of the pilot that decide."""
_LEAST = 4
"""How many of them have to fulfil what is demanded; all, where they are fewer."""


@dataclass(frozen=True)
class Demands:
    """What is demanded of the draws from one exercise."""

    separation: Separation
    seen: Indices
    """The numbers of the traces that each draw shows."""
    never_seen: Indices
    """Those of the traces that no draw of the pilot shows: identities."""
    never_told: Indices
    """Every two of ``seen`` that no draw of the pilot tells apart, as ``_coded``: identities."""
    most_alike: int
    """How many other pairs a draw may have that no asked quantity tells apart."""

    @classmethod
    def of(cls, separation: Separation, pilot: Sequence[Given]) -> Demands:
        """What these draws say."""
        parts = list(separation.measured(pilot[:FIT]))
        if not parts:
            none = np.zeros(0, np.intp)
            return cls(separation, none, none, none, 0)
        is_seen = np.concatenate([part.is_seen for part in parts], axis=1)
        seen = _often_seen(is_seen)
        pairs = [part.alike(seen) for part in parts]
        demands = cls(separation, seen, np.flatnonzero(~is_seen.any(axis=1)), _never_told(parts, pairs, is_seen), 0)
        alike = np.concatenate([demands._alike(part, own) for part, own in zip(parts, pairs, strict=True)])
        counts = np.sort(alike[is_seen[seen].all(axis=0)])
        return replace(demands, most_alike=int(counts[min(_LEAST, len(counts)) - 1]))

    @cached_property
    def identities(self) -> tuple[Trace, ...]:
        """The mistakes that these digits never show."""
        return tuple(self.separation.traces[number] for number in self.never_seen)

    @cached_property
    def given_up(self) -> tuple[Trace, ...]:
        """The mistakes that can show, and are not demanded, since too few draws show them with all others."""
        known = {*self.seen.tolist(), *self.never_seen.tolist()}
        return tuple(trace for number, trace in enumerate(self.separation.traces) if number not in known)

    def failures(self, given: Sequence[Given]) -> list[Failed | None]:
        """What each draw fails, with the first quantity for which it does."""
        if not self.seen.size:
            return [None] * len(given)
        return [failed for part in self.separation.measured(given) for failed in self._failures(part)]

    def _failures(self, measured: Measured) -> list[Failed | None]:
        found: list[Failed | None] = [None] * measured.sheets
        is_seen = measured.is_seen[self.seen]
        for sheet in np.flatnonzero(~is_seen.all(axis=0)):
            found[sheet] = "variant_hidden", self._quantity(self.seen[np.argmin(is_seen[:, sheet])])
        showing = np.flatnonzero(is_seen.all(axis=0))
        some = measured.of_sheets(showing)
        pairs = self._not_identical(some.alike(self.seen))
        for sheet in np.flatnonzero(_counts(pairs, some) > self.most_alike):
            found[showing[sheet]] = "variant_alike", self._quantity(pairs.first[pairs.sheet == sheet][0])
        return found

    def _alike(self, measured: Measured, pairs: Pairs) -> Indices:
        """How many of these pairs each sheet has that are no identities."""
        return _counts(self._not_identical(pairs), measured)

    def _not_identical(self, pairs: Pairs) -> Pairs:
        return chosen(pairs, ~np.isin(_coded(pairs, self.separation), self.never_told))

    def _quantity(self, trace: int) -> str:
        """The first question at which it shows."""
        return self.separation.trials.trials[self.separation.traces[trace].trials[0]].quantity


def _often_seen(is_seen: Flags) -> Indices:
    """The traces that are demanded."""
    draws = is_seen.shape[1]
    left, demanded = np.ones(draws, np.bool_), []
    for number in np.argsort((~is_seen).sum(axis=1), kind="stable"):
        still = left & is_seen[number]
        if still.sum() >= min(_LEAST, draws):
            left = still
            demanded.append(number)
    return np.sort(np.array(demanded, np.intp))


def _never_told(parts: Sequence[Measured], pairs: Sequence[Pairs], is_seen: Flags) -> Indices:
    """Those pairs that are alike on every sheet that shows both."""
    both = [
        chosen(own, part.is_seen[own.first, own.sheet] & part.is_seen[own.second, own.sheet])
        for part, own in zip(parts, pairs, strict=True)
    ]
    separation = parts[0].of
    codes, times = np.unique(np.concatenate([_coded(own, separation) for own in both]), return_counts=True)
    first, second = np.divmod(codes, len(separation.traces))
    return np.asarray(codes[times == (is_seen[first] & is_seen[second]).sum(axis=1)])


def _coded(pairs: Pairs, separation: Separation) -> Indices:
    """A number for each pair, the same on every sheet."""
    return pairs.first * len(separation.traces) + pairs.second


def _counts(pairs: Pairs, measured: Measured) -> Indices:
    """The pairs on each sheet."""
    return np.bincount(pairs.sheet, minlength=measured.sheets)
