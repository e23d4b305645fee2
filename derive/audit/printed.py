"""Numbers as pages print them, to be compared with values digit by digit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal

from derive.numbers.evaluation import PRECISION

_PRINTED = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_WIDE = Context(prec=2 * PRECISION, Emin=MIN_EMIN, Emax=MAX_EMAX)


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as it is printed: a whole number of units of its last digit."""

    units: Decimal
    exponent: int
    """The unit is 10 to this power."""

    @classmethod
    def read(cls, text: str) -> Printed:
        """The number that a page prints; ``ValueError`` if it is none. A minus sign may be the typesetter's."""
        plain = text.replace("−", "-")
        if not _PRINTED.fullmatch(plain):
            raise ValueError(text)
        sign, digits, exponent = Decimal(plain).as_tuple()
        assert isinstance(exponent, int)
        return cls(Decimal((sign, digits, 0)), exponent)

    def rounds(self, value: Decimal) -> bool:
        """Whether the value, with these digits, is this number: halves away from zero, or to the even digit."""
        scaled = value.scaleb(-self.exponent, _WIDE)
        return self.units in (scaled.to_integral_value(ROUND_HALF_UP), scaled.to_integral_value(ROUND_HALF_EVEN))

    def truncates(self, value: Decimal) -> bool:
        """Whether the value begins with these digits."""
        return self.units == value.scaleb(-self.exponent, _WIDE).to_integral_value(ROUND_DOWN)

    def lies_within(self, margin: Decimal, value: Decimal) -> bool:
        """Whether it is no further from the value than that, and half a unit of its last digit."""
        unit = Decimal(1).scaleb(self.exponent, _WIDE)
        distance = abs(_WIDE.subtract(_WIDE.multiply(self.units, unit), value))
        return distance <= _WIDE.add(margin, unit / 2)


def margin_of_doubles(updates: int, value: Decimal) -> Decimal:
    """What rounding to 53 bits can add up to in so many rounds: a unit for each, and ten for the round itself."""
    return (10 + updates) * Decimal(2) ** -53 * max(Decimal(1), abs(value))
