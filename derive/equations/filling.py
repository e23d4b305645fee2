"""The numbers of one student in a sheet whose layout all students share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from derive.mathtext.building import masked, with_numbers
from derive.mathtext.contents import numbers_in
from derive.mathtext.tree import Node, Number


@dataclass(frozen=True, slots=True)
class Choices:
    """What the text of a sheet takes from its values, besides the numbers themselves."""

    cases: tuple[int, ...] = ()
    """Which case of each case distinction holds, in the order of the derivation."""
    rounded: frozenset[str] = frozenset()
    """What is rounded before one calculates on with it."""
    outcome: str = ""
    """What is said of the error after the update."""


@dataclass(frozen=True)
class Filling:
    """Printed numbers by id, and everything else that decides what a sheet says.

    Two fillings of one exercise have the same ``pattern`` exactly where their sheets differ in digits only.
    """

    numbers: Mapping[str, Node]
    choices: Choices = Choices()

    @cached_property
    def pattern(self) -> tuple[object, ...]:
        """All of it but the digits: how each number is written, and whose value it is."""
        return self.choices, tuple(
            (name, masked(node), tuple(number.of for number in numbers_in(node))) for name, node in self.numbers.items()
        )

    @cached_property
    def digits(self) -> Mapping[str, str]:
        """What is printed of each value, without sign and power of ten, by the id of the quantity whose value it is."""
        found = (number for node in self.numbers.values() for number in numbers_in(node))
        return {number.of: number.text for number in found if number.of}

    def with_mark(self, mark: str) -> Filling:
        """The same numbers with another decimal mark, where they have a point."""

        def marked(number: Number) -> Number:
            return replace(number, text=number.text.replace(".", mark))

        if mark == ".":
            return self
        return Filling({name: with_numbers(node, marked) for name, node in self.numbers.items()}, self.choices)
