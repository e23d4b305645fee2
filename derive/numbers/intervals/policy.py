"""Which digits a step keeps: what a sheet says of rounding, and what becomes of a step's values by it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray
from sympy import Rational, Symbol

from derive.model.conventions import Carry
from derive.model.quantities import Partial, Quantity
from derive.numbers.evaluation import PRECISION, Rounding, printed_rounding
from derive.numbers.intervals.arrays import IntervalArray, chosen
from derive.numbers.intervals.chain import Link, partial_sums
from derive.numbers.intervals.trace import Trace
from derive.numbers.intervals.units import Rounded, rounded_in_single, rounded_off


@dataclass(frozen=True, slots=True)
class Policy:
    """What a sheet says of rounding."""

    rounding: Rounding
    """How answers are printed."""
    carry: Carry
    """How values are rounded before one calculates on with them."""
    truncation: bool = False
    """Whether digits may also just be cut off."""

    def printed(self, quantity: Quantity) -> Rounding:
        """How a quantity is printed."""
        return printed_rounding(quantity, self.rounding, self.carry)

    def kept(self, link: Link) -> Rounding | None:
        """How a step's value is rounded before one goes on with it; None where it is not, but to single precision.

        Where the key rounds nothing a person still may go on with what is printed. What is only read off is as it was.
        """
        if self.carry.is_full:
            return None if link.is_read_off else self.printed(link.quantity)
        if self.carry.single or not self._keeps(link.quantity) or _is_copied(link):
            return None
        return Rounding(self.carry.digits, self.carry.figures or PRECISION)

    def is_printed_as_kept(self, quantity: Quantity) -> bool:
        """Whether printing takes nothing away from what one goes on with."""
        return self.carry.is_full or (self._keeps(quantity) and not self.carry.single)

    def is_single(self, link: Link) -> bool:
        """Whether a step's value is kept in single precision."""
        return self.carry.single and self._keeps(link.quantity) and not _is_copied(link)

    def _keeps(self, quantity: Quantity) -> bool:
        return not self.carry.is_full and self.carry.applies_to(quantity)


def _is_copied(link: Link) -> bool:
    """Whether it is a derivative that is a quantity as it stands: ∂net/∂out = w."""
    return link.is_read_off and isinstance(link.quantity, Partial) and bool(link.arguments)


def kept_by(policy: Policy, trace: Trace, link: Link, values: IntervalArray, worked: IntervalArray | None) -> Rounded:
    """The values that one goes on with, and how far the step's own rounding has moved them."""
    if policy.is_single(link):
        program, names = partial_sums(link.step.expression)
        return rounded_in_single(values, program(*(trace.values[name].ends[1] for name in names)))
    kept, nothing = policy.kept(link), np.zeros(trace.count)
    if kept is None:
        return Rounded(values, nothing, nothing)
    rounded = rounded_off(values, kept, policy.truncation)
    picked = worked[1].high == 0 if worked else np.full(trace.count, link.is_picked)
    picked = picked & _are_kept(policy, trace, link, kept)
    if not picked.any():
        return rounded
    return Rounded(
        chosen(picked, values, rounded.values),
        np.where(picked, 0, rounded.below),
        np.where(picked, 0, rounded.above),
    )


def _are_kept(policy: Policy, trace: Trace, link: Link, kept: Rounding) -> NDArray[np.bool_]:
    """Whether what a step can pick from is not rounded again: it has been, or it is only read off."""
    alike = np.full(trace.count, not (policy.carry.is_full and link.is_extreme))
    for pick in link.picks:
        if isinstance(pick, Symbol):
            source = trace.links.get(pick.name)
            alike &= policy.carry.is_full or (source is not None and policy.kept(source) == kept)
            alike &= ~trace.is_observed(pick.name)
        else:
            alike &= policy.carry.is_full or kept.rounded(_decimal(pick)) == _decimal(pick)
    return alike


def printed_by(policy: Policy, trace: Trace, link: Link, values: IntervalArray) -> IntervalArray:
    """The answers, from the values that one goes on with; what is read off has the digits that it had there."""
    printed = rounded_off(values, policy.printed(link.quantity), policy.truncation).values
    is_rounded = policy.kept(link) is not None
    if link.is_read_off and not is_rounded:
        for name in link.arguments:
            source = chosen(trace.is_observed(name), printed, trace.values[name].printed)
            return source.hull(printed) if policy.is_single(link) else source
        return values
    return values if policy.is_printed_as_kept(link.quantity) else printed


def _decimal(number: Rational) -> Decimal:
    return Decimal(int(number.p)) / Decimal(int(number.q))
