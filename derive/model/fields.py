"""The kinds of values that may stand in an exercise file: numbers, names from a table, lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated
from unicodedata import category, normalize

from annotated_types import GroupedMetadata
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from derive.choices import languages

_MOST_INPUTS = 1000
_MAX_DIGITS, _MAX_EXPONENT = 17, 9  # 17 tell any two double-precision numbers apart


def _decimal(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise PydanticCustomError("number_type", "")
    number = Decimal(value)
    if not number.is_finite():
        raise PydanticCustomError("not_finite", "")
    if number.is_zero() and abs(number.adjusted()) > _MAX_EXPONENT:
        return Decimal(0)
    if len(number.as_tuple().digits) > _MAX_DIGITS or abs(number.adjusted()) > _MAX_EXPONENT:
        raise PydanticCustomError("too_extreme", "")
    return number


def _positive(value: object) -> Decimal:
    number = _decimal(value)
    if number <= 0:
        raise PydanticCustomError("not_positive", "")
    return number


def _not_negative(value: object) -> Decimal:
    number = _decimal(value)
    if number < 0:
        raise PydanticCustomError("negative", "")
    return number


def _share(value: object) -> Decimal:
    number = _decimal(value)
    if not 0 <= number <= 1:
        raise PydanticCustomError("not_share", "")
    return number


def _share_below_one(value: object) -> Decimal:
    number = _decimal(value)
    if not 0 <= number < 1:
        raise PydanticCustomError("not_share_below_one", "")
    return number


def _each(values: list[object], *place: int) -> list[Decimal]:
    numbers = []
    for index, item in enumerate(values):
        try:
            numbers.append(_decimal(item))
        except PydanticCustomError as error:
            raise PydanticCustomError(error.type, "", {"place": (*place, index)}) from None
    return numbers


def _one_or_each(value: object) -> Decimal | list[Decimal]:
    return _each(value) if isinstance(value, list) else _decimal(value)


def _samples(value: object) -> list[list[Decimal]] | int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _MOST_INPUTS:
        return value
    if not isinstance(value, list):
        raise PydanticCustomError("samples_type", "")
    if not value:
        raise PydanticCustomError("too_short", "")
    if not isinstance(value[0], list):
        return [_each(value)]
    rows = []
    for index, row in enumerate(value):
        if not isinstance(row, list) or not row:
            raise PydanticCustomError("list_type" if row != [] else "too_short", "", {"place": (index,)})
        rows.append(_each(row, index))
    return rows


# Characters that turn the direction of writing, and with it what a text seems to say.
_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# What people call things, for the sentence that offers the name we have for it.
_ALSO_CALLED = {
    "sigmoid": "logistic",
    "linear": "identity",
    "none": "identity",
    "mse": "squared",
    "sse": "half_squared",
}


def _printable(also: str) -> BeforeValidator:
    """Refuses characters that have no glyph, except those in ``also``."""

    def check(text: object) -> object:
        for character in text if isinstance(text, str) else "":
            unprintable = category(character) in ("Cc", "Cs", "Cn", "Zl", "Zp") or character in _TURNING
            if unprintable and character not in also:
                raise PydanticCustomError("control_character", "", {"found": f"{ord(character):04X}"})
        return normalize("NFC", text) if isinstance(text, str) else text

    return BeforeValidator(check)


@dataclass(frozen=True, slots=True)
class OneOf(GroupedMetadata):
    """A name that has to be one of these."""

    names: tuple[str, ...]

    def __iter__(self) -> Iterator[BeforeValidator | WithJsonSchema]:
        yield BeforeValidator(self._check)
        yield WithJsonSchema({"enum": list(self.names)})

    def _check(self, value: object) -> object:
        if isinstance(value, str) and value not in self.names:
            meant = _ALSO_CALLED.get(value.lower(), value)
            raise PydanticCustomError("unknown_name", "", {"names": list(self.names), "meant": meant})
        return value


Number = Annotated[Decimal, PlainValidator(_decimal), WithJsonSchema({"type": "number"})]
PositiveNumber = Annotated[
    Decimal, PlainValidator(_positive), WithJsonSchema({"type": "number", "exclusiveMinimum": 0})
]
NumberFromZero = Annotated[Decimal, PlainValidator(_not_negative), WithJsonSchema({"type": "number", "minimum": 0})]
Share = Annotated[Decimal, PlainValidator(_share), WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1})]
ShareBelowOne = Annotated[
    Decimal,
    PlainValidator(_share_below_one),
    WithJsonSchema({"type": "number", "minimum": 0, "exclusiveMaximum": 1}),
]
_NUMBERS = {"type": "array", "items": {"type": "number"}, "minItems": 1}
Samples = Annotated[
    list[list[Decimal]] | int,
    PlainValidator(_samples),
    WithJsonSchema(
        {"anyOf": [_NUMBERS, {"type": "array", "items": _NUMBERS, "minItems": 1}, {"type": "integer", "minimum": 1}]}
    ),
]
Bias = Annotated[
    Decimal | list[Decimal],
    PlainValidator(_one_or_each),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "array", "items": {"type": "number"}}]}),
]
_TEXT = StringConstraints(strip_whitespace=True, min_length=1)
Line = Annotated[str, _TEXT, StringConstraints(max_length=200), _printable(also="")]
Paragraph = Annotated[str, _TEXT, StringConstraints(max_length=2000), _printable(also="\n\t")]

Texts = Annotated[
    list[Line],
    Field(min_length=1, max_length=100),
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}),
]
LanguageCode = Annotated[str, OneOf(tuple(languages()))]


class Table(BaseModel):
    """A table of the file: no other keys than these, and no text where a number is expected."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
