"""What each value of an exercise may be.

Without a table [vary], weights, biases, inputs and the values of formulas lie around their typed size, in steps of
their last typed decimal place, and keep their sign: as far from it as the widest of ``SPREADS`` allows in which draws
of one pattern are not too rare, which is half of it to each side if possible. Whole numbers (the 0, 1 and −1 of
one-hot vectors and truth tables, the integers of a circuit) stay as they are, and so do targets and the learning rate.
0 is never drawn: it would hide the factor beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cached_property

from derive.authoring.exercise import Exercise
from derive.authoring.typed_values import typed
from derive.authoring.vary_table import GROUPS, RangeTable, VaryTable
from derive.model.quantities import Variable, quantity_named

SPREADS = (Decimal("0.5"), Decimal("0.3"), Decimal("0.2"), Decimal("0.1"))
"""How far a value may be from the typed one, as a share of it."""

_BY_DEFAULT = ("inputs", "weights", "biases", "values")


@dataclass(frozen=True)
class Choices:
    """The numbers first, first + step, …, without 0: ``len`` of them, each with as many decimals as the step."""

    first: Decimal
    step: Decimal
    steps: int
    """How many steps lead to the last number."""
    signs: bool = False
    """Whether their negatives are as good; which it is to be is the same in a whole set."""

    @classmethod
    def between(cls, low: Decimal, high: Decimal, step: Decimal, signs: bool = False) -> Choices:
        """From ``low`` to ``high``, which is a whole number of steps away."""
        return cls(low.quantize(step), step, int((high - low) / step), signs)

    @cached_property
    def _zero(self) -> int:
        """Where 0 would be; behind the last number, where it is not among them."""
        place = -self.first / self.step
        return int(place) if place == int(place) and 0 <= place <= self.steps else self.steps + 1

    def __len__(self) -> int:
        return self.steps + (self._zero > self.steps)

    def __getitem__(self, index: int) -> Decimal:
        return self.first + (index + (index >= self._zero)) * self.step

    def __contains__(self, number: Decimal) -> bool:
        place = (number - self.first) / self.step
        alike = number.as_tuple().exponent == self.step.as_tuple().exponent
        return alike and number != 0 and place == int(place) and 0 <= place <= self.steps

    def negative(self) -> Choices:
        """Their negatives."""
        return replace(self, first=-(self.first + self.steps * self.step))


def is_told(exercise: Exercise) -> bool:
    """Whether the file says what varies."""
    return exercise.content.vary is not None and exercise.content.vary.names_something


def choices_of(exercise: Exercise, spread: Decimal = SPREADS[0]) -> dict[str, Choices]:
    """What may vary, by id: what the file says of the value itself, else of its group, else what goes without saying.

    A value for which there is only one choice does not vary.
    """
    table = exercise.content.vary if is_told(exercise) else None
    numbers = typed(exercise).items()
    chosen = {name: _said(name, table) if table else _near(name, number, spread) for name, number in numbers}
    return {name: choices for name, choices in chosen.items() if choices and len(choices) > 1}


def _said(name: str, table: VaryTable) -> Choices | None:
    own = table.singly
    said: RangeTable | None = own[name] if name in own else getattr(table, group_of(name))
    return Choices.between(said.low, said.high, said.step, said.signs) if said else None


def _near(name: str, number: Decimal, spread: Decimal) -> Choices | None:
    if group_of(name) not in _BY_DEFAULT or number == number.to_integral_value():
        return None
    size = abs(number)
    step = Decimal(1).scaleb(int(size.as_tuple().exponent))
    low = (size * (1 - spread)).quantize(step, ROUND_CEILING)
    high = (size * (1 + spread)).quantize(step, ROUND_FLOOR)
    choices = Choices.between(low, high, step)
    return choices if number > 0 else choices.negative()


def group_of(name: str) -> str:
    """The key of the table [vary] that speaks of values of this kind."""
    quantity = quantity_named(name)
    assert isinstance(quantity, Variable)
    return GROUPS[quantity.kind]


def signed(choices: Mapping[str, Choices], negatives: frozenset[str]) -> dict[str, Choices]:
    """The choices with the negatives of these, of those whose signs vary."""
    turned = {name for name, choice in choices.items() if choice.signs} & negatives
    return {name: choice.negative() if name in turned else choice for name, choice in choices.items()}
