"""What all variants of a set have in common: signs, numbers of digits, exactness, and the side of every case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from derive.classes.variants.candidate import Candidate
from derive.mathtext.building import masked
from derive.mathtext.contents import numbers_in
from derive.mathtext.tree import Node


@dataclass(frozen=True)
class Pattern:
    """The pattern of a draw; two sheets of one pattern differ in digits only."""

    whole: tuple[object, ...]
    """Every printed number with its digits masked, and what else the text of the sheet takes from its values."""
    zeros: frozenset[str]
    """What is exactly 0."""
    sides: tuple[int, ...]
    """Which operand of each case distinction is the largest."""
    draw: Candidate

    @classmethod
    def of(cls, draw: Candidate) -> Pattern:
        """The pattern of this draw."""
        sides = tuple(values.index(max(values)) for _, values in draw.operands)
        return cls(draw.filling.pattern, draw.zeros, sides, draw)

    @property
    def key(self) -> object:
        """What two draws of one pattern have in common."""
        return self.whole, self.zeros, self.sides

    @cached_property
    def marks(self) -> Mapping[str, tuple[Node, list[str]]]:
        """Each printed number with its digits masked, and the quantity whose digits they are."""
        numbers = self.draw.filling.numbers.items()
        return {name: (masked(node), [number.of for number in numbers_in(node)]) for name, node in numbers}

    def branch_offender(self, other: Pattern) -> str:
        """A quantity that takes another branch in the other pattern, or is 0 in only one of them."""
        if self.zeros != other.zeros:
            return min(self.zeros ^ other.zeros)
        pairs = zip(self.sides, other.sides, self.draw.frame.kinks, strict=True)
        return next((kink.quantity for own, others, kink in pairs if own != others), "")

    def digit_offender(self, other: Pattern) -> str:
        """A quantity that is printed in another form there."""
        if self.whole == other.whole:
            return ""
        different = (name for name, mark in self.marks.items() if mark != other.marks[name])
        return next(different, self.draw.frame.finals[0])
