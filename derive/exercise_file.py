"""What may stand in an exercise file: the one place to add a key. pydantic validates it and makes its JSON schema."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any
from unicodedata import category, normalize

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

from derive.activations import ACTIVATIONS
from derive.choices import DETAILS, MOST_DIGITS, languages
from derive.losses import LOSSES

_MAX_DIGITS, _MAX_EXPONENT = 15, 9


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


def _one_or_each(value: object) -> Decimal | list[Decimal]:
    if not isinstance(value, list):
        return _decimal(value)
    numbers = []
    for index, item in enumerate(value):
        try:
            numbers.append(_decimal(item))
        except PydanticCustomError as error:
            raise PydanticCustomError(error.type, "", {"index": index}) from None
    return numbers


# Characters that turn the direction of writing, and with it what a text seems to say.
_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# What people call things, for the sentence that offers the name we have for it.
_ALSO_CALLED = {"sigmoid": "logistic", "linear": "identity", "none": "identity", "mse": "mean_squared"}


def _printable(also: str) -> BeforeValidator:
    """Refuses characters that have no glyph, except those in ``also``."""

    def check(text: object) -> object:
        for character in text if isinstance(text, str) else "":
            unprintable = category(character) in ("Cc", "Cs", "Cn", "Zl", "Zp") or character in _TURNING
            if unprintable and character not in also:
                raise PydanticCustomError("control_character", "", {"found": f"{ord(character):04X}"})
        return normalize("NFC", text) if isinstance(text, str) else text

    return BeforeValidator(check)


def _one_of(names: Sequence[str]) -> BeforeValidator:
    def check(value: object) -> object:
        if isinstance(value, str) and value not in names:
            meant = _ALSO_CALLED.get(value.lower(), value)
            raise PydanticCustomError("unknown_name", "", {"names": list(names), "meant": meant})
        return value

    return BeforeValidator(check)


def _enum(names: Sequence[str]) -> WithJsonSchema:
    return WithJsonSchema({"enum": list(names)})


Number = Annotated[Decimal, PlainValidator(_decimal), WithJsonSchema({"type": "number"})]
PositiveNumber = Annotated[
    Decimal, PlainValidator(_positive), WithJsonSchema({"type": "number", "exclusiveMinimum": 0})
]
Bias = Annotated[
    Decimal | list[Decimal],
    PlainValidator(_one_or_each),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "array", "items": {"type": "number"}}]}),
]
_TEXT = StringConstraints(strip_whitespace=True, min_length=1)
Line = Annotated[str, _TEXT, StringConstraints(max_length=200), _printable(also="")]
Paragraph = Annotated[str, _TEXT, StringConstraints(max_length=2000), _printable(also="\n\t")]

_ACTIVATIONS, _LOSSES, _SHARES = tuple(ACTIVATIONS), tuple(LOSSES), ("sum", "mean")
ActivationName = Annotated[str, _one_of(_ACTIVATIONS), _enum(_ACTIVATIONS)]
LossName = Annotated[str, _one_of(_LOSSES), _enum(_LOSSES)]
Detail = Annotated[str, _one_of(DETAILS), _enum(DETAILS)]
_LANGUAGES = tuple(languages())
LanguageCode = Annotated[str, _one_of(_LANGUAGES), _enum(_LANGUAGES)]
Share = Annotated[str, _one_of(_SHARES), _enum(_SHARES)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class LayerTable(_Table):
    """A [[layer]] of the file; the last one is the output layer."""

    weights: list[Annotated[list[Number], Field(min_length=1)]] = Field(
        min_length=1, description="One row for each neuron: its weights, in the order of what they come from."
    )
    activation: ActivationName = Field(
        default="logistic", description="The activation function of the layer's neurons."
    )
    bias: Bias | None = Field(
        default=None,
        description="One number: a bias that the layer shares. A list: one for each neuron. Left out: no bias.",
    )


class SheetTable(_Table):
    """How the sheet is printed unless the command line says otherwise."""

    digits: int | None = Field(default=None, ge=0, le=MOST_DIGITS, description="Decimal places of the answers.")
    figures: int | None = Field(
        default=None, ge=1, le=MOST_DIGITS, description="Significant figures of the answers (6 if not set)."
    )
    detail: Detail = Field(
        default="quantities", description="How much is asked: every factor, one a quantity, or results only."
    )


class CourseTable(_Table):
    """Who gives the sheet; each can be set on the command line too."""

    school: Line | None = None
    course: Line | None = None
    instructor: Line | None = None
    logo: Line | None = Field(default=None, description="A PNG or JPEG file, relative to the exercise file.")


class ExerciseFile(_Table):
    """A pencilgrad exercise: a small network, one training pair and the numbers of one round of gradient descent."""

    title: dict[LanguageCode, Line] = Field(min_length=1, description="By language: title.en, title.es, title.zh.")
    note: dict[LanguageCode, Paragraph] = Field(
        default={}, description="What the sheet says below its title, by language."
    )
    source: Line | None = Field(default=None, description="Where the numbers come from.")
    inputs: list[Number] = Field(min_length=1, description="The input values i1, i2, …")
    targets: list[Number] = Field(min_length=1, description="The target of each output neuron.")
    loss: LossName = Field(default="half_squared", description="The error that is minimised.")
    learning_rate: PositiveNumber = Field(description="The η of the update.")
    train_biases: bool = Field(default=False, description="Whether the update changes the biases too.")
    shared_bias_gradient: Share = Field(
        default="sum", description="What a shared bias takes from the gradients of the neurons that share it."
    )
    layer: list[LayerTable] = Field(min_length=1, description="The layers after the inputs, in order.")
    sheet: SheetTable = SheetTable()
    course: CourseTable = CourseTable()


def json_schema() -> dict[str, Any]:
    """The JSON schema of exercise files, for editors that complete and check TOML."""
    schema = ExerciseFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "pencilgrad exercise"}
