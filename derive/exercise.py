"""An exercise: read from its file, validated, and with its values by name.

All problems of a file are found at once. Text from a file is data: it is never evaluated, and every format escapes it.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from itertools import chain, groupby
from pathlib import Path

from pydantic import ValidationError

from derive import resources
from derive.activations import ACTIVATIONS
from derive.errors import AuthorError, Problem, RefusedError, nearest
from derive.exercise_file import ExerciseFile, LayerTable
from derive.losses import LOSSES
from derive.mathtext.equation import LINE_WIDTH
from derive.mathtext.latex import displayed
from derive.mathtext.tree import EQUALS, Aligned, Node, Operator, Row, row, signed, width
from derive.network import BiasMode, Network
from derive.notation import NET_OUT
from derive.quantities import RATE, quantity_named
from derive.validation import located, problems_of, shape_problems

MAX_FILE_SIZE = 200_000
MAX_PARAMETERS = 2_000
"""Weights and biases of a network whose every step is still printed; that is over a thousand pages."""


@dataclass(frozen=True)
class Exercise:
    """A valid exercise."""

    name: str
    path: Path
    content: ExerciseFile = field(repr=False)

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

    def _repr_latex_(self) -> str:
        given = [(Row(()), row(*line)) for line in self._given_lines()]
        definitions = self.network.graph().definitions
        formulas = [NET_OUT.equation(definition.quantity, [definition.expression]) for definition in definitions]
        return displayed([Aligned(tuple(given)), *formulas])

    def _given_lines(self) -> Iterator[list[Node]]:
        """The given values, those of one kind on one line."""
        for _, names in groupby(self.given, key=lambda name: name.split("_")[0].rstrip("0123456789")):
            line: list[Node] = []
            for name in names:
                value = row(NET_OUT.symbol(quantity_named(name)), EQUALS, signed(f"{self.given[name]:f}"))
                if line and width(row(*line, value)) > LINE_WIDTH:
                    yield line
                    line = []
                line += [Operator(","), value] if line else [value]
            yield line

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


# What Python says of these is for programmers.
_PLAINLY: Mapping[type[Exception], str] = {
    RecursionError: "its lists or tables are nested too deeply",
    ValueError: "a number in it has too many digits",
    InvalidOperation: "a number in it is too large or too small",
}


def find(name_or_path: str) -> Path:
    """The file of a shipped exercise, or the path of one's own."""
    shipped = resources.exercises()
    if name_or_path in shipped:
        return shipped[name_or_path]
    path = Path(name_or_path)
    if path.suffix == ".toml" or os.path.exists(path):  # noqa: PTH110  (which says no to a name that no file can have)
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
    except (tomllib.TOMLDecodeError, RecursionError, ValueError, ArithmeticError) as error:
        reason = _PLAINLY.get(type(error)) or _one_line(error)
        raise AuthorError(Problem("not_toml", str(path), evidence={"reason": reason})) from None
    try:
        content = ExerciseFile.model_validate(raw)
    except ValidationError as error:
        raise AuthorError(*located(path, text, chain(problems_of(error, ExerciseFile), shape_problems(raw)))) from None
    if found := list(shape_problems(raw)):
        raise AuthorError(*located(path, text, found))
    exercise = Exercise(path.stem, path, content)
    parameters = len(exercise.network.weights) + len(exercise.network.biases)
    if parameters > MAX_PARAMETERS:
        evidence = {"found": parameters, "limit": MAX_PARAMETERS}
        raise RefusedError(Problem("network_too_large", str(path), evidence=evidence))
    return exercise


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
    return " ".join(str(error).split())
