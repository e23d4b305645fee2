"""One exercise file: what may stand in it, read and validated.

All problems of a file are found at once. Text from a file is data: it is never evaluated, and every format escapes it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from derive import resources
from derive.activations import ACTIVATIONS
from derive.errors import AuthorError, Problem, RefusedError, nearest
from derive.losses import LOSSES
from derive.network import BiasMode, Network
from derive.quantities import RATE
from derive.validation import located, problems_of, shape_problems

MAX_FILE_SIZE = 1_000_000
MAX_PARAMETERS = 2_000
"""Weights and biases of a network whose every step is still printed; that is over a thousand pages."""

_MAX_DIGITS, _MAX_EXPONENT = 15, 9


def _decimal(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise PydanticCustomError("number_type", "")
    number = Decimal(value)
    if not number.is_finite():
        raise PydanticCustomError("not_finite", "")
    sign_digits_exponent = number.as_tuple()
    if len(sign_digits_exponent.digits) > _MAX_DIGITS or abs(number.adjusted()) > _MAX_EXPONENT:
        raise PydanticCustomError("too_extreme", "")
    return number


def _positive(value: object) -> Decimal:
    number = _decimal(value)
    if number <= 0:
        raise PydanticCustomError("not_positive", "")
    return number


def _one_or_each(value: object) -> Decimal | list[Decimal]:
    return [_decimal(item) for item in value] if isinstance(value, list) else _decimal(value)


def _printable(text: object) -> object:
    if isinstance(text, str) and (found := re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]", text)):
        raise PydanticCustomError("control_character", "", {"found": f"{ord(found[0]):04X}"})
    return text


def _one_of(names: Sequence[str]) -> BeforeValidator:
    def check(value: object) -> object:
        if isinstance(value, str) and value not in names:
            raise PydanticCustomError("unknown_name", "", {"names": list(names)})
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
Line = Annotated[str, _TEXT, StringConstraints(max_length=200), BeforeValidator(_printable)]
Paragraph = Annotated[str, _TEXT, StringConstraints(max_length=2000), BeforeValidator(_printable)]

DETAILS = ("factors", "quantities", "results")
_ACTIVATIONS, _LOSSES, _SHARES = tuple(ACTIVATIONS), tuple(LOSSES), ("sum", "mean")
ActivationName = Annotated[str, _one_of(_ACTIVATIONS), _enum(_ACTIVATIONS)]
LossName = Annotated[str, _one_of(_LOSSES), _enum(_LOSSES)]
Detail = Annotated[str, _one_of(DETAILS), _enum(DETAILS)]
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

    digits: int | None = Field(default=None, ge=0, le=15, description="Decimal places of the answers.")
    figures: int | None = Field(
        default=None, ge=1, le=15, description="Significant figures of the answers (6 if not set)."
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

    title: dict[str, Line] = Field(min_length=1, description="By language: title.en, title.es, title.zh.")
    note: dict[str, Paragraph] = Field(default={}, description="What the sheet says below its title, by language.")
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


@dataclass(frozen=True)
class Exercise:
    """A valid exercise."""

    name: str
    path: Path
    content: ExerciseFile

    @cached_property
    def network(self) -> Network:
        layers = [
            (len(layer.weights), ACTIVATIONS[layer.activation], _bias_mode(layer)) for layer in self.content.layer
        ]
        return Network.of(len(self.content.inputs), layers, LOSSES[self.content.loss], self.content.train_biases)

    @cached_property
    def given(self) -> dict[str, Decimal]:
        """Every given value by id, with the digits that the author typed."""
        network, content = self.network, self.content
        rows = [row for layer in content.layer for row in layer.weights]
        weights = [weight for row in rows for weight in row]
        biases = [bias for layer in content.layer for bias in _biases(layer)]
        named = [
            *zip(network.inputs, content.inputs, strict=True),
            *zip(network.targets, content.targets, strict=True),
            *zip(network.weights, weights, strict=True),
            *zip(network.biases, biases, strict=True),
            (RATE, content.learning_rate),
        ]
        return {variable.id: number for variable, number in named}

    def title(self, language: str) -> str:
        """The title in a language, else in English, else in the first that the file has."""
        return _in_language(self.content.title, language)

    def note(self, language: str) -> str:
        """The note likewise; nothing where the file has none."""
        return _in_language(self.content.note, language)


def _in_language(texts: dict[str, str], language: str) -> str:
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


def _bias_mode(layer: LayerTable) -> BiasMode:
    if layer.bias is None:
        return BiasMode.NONE
    return BiasMode.NEURON if isinstance(layer.bias, list) else BiasMode.LAYER


def _biases(layer: LayerTable) -> list[Decimal]:
    if layer.bias is None:
        return []
    return layer.bias if isinstance(layer.bias, list) else [layer.bias]


def find(name_or_path: str) -> Path:
    """The file of a shipped exercise, or the path of one's own."""
    shipped = resources.exercises()
    if name_or_path in shipped:
        return shipped[name_or_path]
    path = Path(name_or_path)
    if path.suffix == ".toml" or path.exists():
        return path
    raise AuthorError(
        Problem("unknown_exercise", evidence={"name": name_or_path, "nearest": nearest(name_or_path, shipped)})
    )


def load(name_or_path: str | Path) -> Exercise:
    """Reads an exercise by its shipped name or its path; ``AuthorError`` with all its problems if it has any."""
    path = find(str(name_or_path))
    text = _read(path)
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise AuthorError(Problem("not_toml", str(path), evidence={"reason": _one_line(error)})) from None
    try:
        content = ExerciseFile.model_validate(raw)
    except ValidationError as error:
        raise AuthorError(*located(path, text, [*problems_of(error, ExerciseFile), *shape_problems(raw)])) from None
    if found := shape_problems(raw):
        raise AuthorError(*located(path, text, found))
    exercise = Exercise(path.stem, path, content)
    parameters = len(exercise.network.weights) + len(exercise.network.biases)
    if parameters > MAX_PARAMETERS:
        evidence = {"found": parameters, "limit": MAX_PARAMETERS}
        raise RefusedError(Problem("network_too_large", str(path), evidence=evidence))
    return exercise


def json_schema() -> dict[str, Any]:
    """The JSON schema of exercise files, for editors that complete and check TOML."""
    schema = ExerciseFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "pencilgrad exercise"}


def _read(path: Path) -> str:
    try:
        return read_limited(path, MAX_FILE_SIZE).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise AuthorError(Problem("not_text", str(path), evidence={"offset": error.start})) from None


def read_limited(path: Path, limit: int) -> bytes:
    """The bytes of a file that an author named; never more than ``limit``, whatever the file says of its size."""
    try:
        if path.is_dir():
            raise AuthorError(Problem("not_a_file", str(path)))
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError:
        raise AuthorError(Problem("file_missing", str(path))) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or _one_line(error)
        raise AuthorError(Problem("file_unreadable", str(path), evidence={"reason": reason})) from None
    if len(data) > limit:
        raise AuthorError(Problem("file_too_large", str(path), evidence={"limit": limit}))
    return data


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or "it is nested too deeply"
