"""An exercise: read from its file, validated, and with its values by name.

All problems of a file are found at once. Text from a file is data: it is never evaluated, and every format escapes it.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from functools import cached_property
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from mpmath import mpf, workdps
from pydantic import ValidationError
from sympy import Expr, Integer

from derive import resources
from derive.activations import ACTIVATIONS
from derive.choices import MOST_ROUNDS
from derive.consistency import shape_problems
from derive.derivation import Derivation, Rules, derive
from derive.errors import AuthorError, Problem, RefusedError, nearest
from derive.evaluation import WORKING, Evaluation, decimal_of, to_figures
from derive.exercise_file import ExerciseFile, FormulaFile, LayerTable, NetworkFile, model_for
from derive.formulas.gates import Choices, Circuit, circuit_of
from derive.formulas.reader import FormulaError, read_statements
from derive.graph import Graph
from derive.losses import LOSSES
from derive.mathtext.equation import LINE_WIDTH
from derive.mathtext.latex import displayed
from derive.mathtext.tree import EQUALS, Aligned, Node, Operator, Row, row, signed, width
from derive.matrices.drawn import drawn
from derive.network import DECAY, Architecture, BiasMode, Network, Shape
from derive.notation import NET_OUT
from derive.optimizers import OPTIMIZERS, SGD, Optimizer
from derive.quantities import RATE, Kind, Quantity, Variable, quantity_named
from derive.training import Reached, Training
from derive.validation import Finding, located, problems_of

MAX_FILE_SIZE = 200_000
MAX_PARAMETERS = 2_000
"""Weights and biases of a network whose every step is still printed; that is over a thousand pages."""


@dataclass(frozen=True)
class Exercise:
    """A valid exercise: a network with its samples, or formulas with the values of their inputs."""

    name: str
    path: Path
    content: ExerciseFile = field(repr=False)

    @cached_property
    def architecture(self) -> Architecture | None:
        """The layers and their widths; none where the exercise is made of formulas."""
        return _architecture_of(self.content) if isinstance(self.content, NetworkFile) else None

    @cached_property
    def network(self) -> Network | None:
        """The network; none where the exercise is made of formulas."""
        return self.architecture.network() if self.architecture and not self.is_large else None

    @property
    def is_large(self) -> bool:
        """Whether it is a network of too many parts for each of them to have a name: its sheet is in matrices."""
        return self.architecture is not None and self.architecture.parameter_count > MAX_PARAMETERS

    @cached_property
    def circuit(self) -> Circuit | None:
        """The gates of formulas; none where the exercise is a network."""
        if isinstance(self.content, NetworkFile):
            return None
        conventions = self.content.conventions
        choices = Choices(conventions.corner or Integer(0), conventions.max_ties)
        return circuit_of(read_statements(self.content.formulas), choices=choices)

    @property
    def formulas(self) -> tuple[tuple[Quantity, Expr], ...]:
        """The formulas as they were typed."""
        texts = self.content.formulas if isinstance(self.content, FormulaFile) else ()
        statements = read_statements(texts) if texts else ()
        return tuple((Variable(Kind.NAME, statement.name), statement.expression) for statement in statements)

    @cached_property
    def optimizer(self) -> Optimizer:
        """The record of the optimiser."""
        return OPTIMIZERS[self.content.optimizer.name] if isinstance(self.content, NetworkFile) else SGD

    @cached_property
    def is_symbolic(self) -> bool:
        """Whether it has no numbers by name, so that its sheet is in symbols."""
        if not isinstance(self.content, NetworkFile):
            return False
        return self.is_large or any(table.weights is None for table in self.content.layer)

    @cached_property
    def training(self) -> Training:
        """The samples, where training starts, and how it goes on."""
        content = self.content
        if isinstance(content, FormulaFile):
            return Training(self.derivation, ({},), dict(content.values), {}, carry=content.conventions.carry)
        batch = content.training.batch or self.sample_count
        updated = {parameter.id for parameter in self.network.parameters} if self.network else set()
        parameters = self._parameters()
        trained = {name: value for name, value in parameters.items() if name in updated}
        fixed = {name: value for name, value in parameters.items() if name not in updated}
        return Training(
            self.derivation,
            tuple(self._samples()) or ({},),
            {**trained, **self._state()},
            {**fixed, **self.settings()},
            min(batch, self.sample_count),
            content.conventions.carry,
        )

    @property
    def shape(self) -> str:
        """2-2-1 for a network, the number of gates for formulas."""
        if self.architecture:
            return "-".join(map(str, self.architecture.widths))
        return f"{len(self.circuit.gates) if self.circuit else 0} gates"

    @property
    def sample_count(self) -> int:
        """How many samples there are."""
        inputs = self.content.inputs if isinstance(self.content, NetworkFile) else 1
        return len(inputs) if isinstance(inputs, list) else 1

    @cached_property
    def reached(self) -> Reached:
        """Where the sheet begins. A state that training has led to is taken as it is printed there."""
        training = self.training
        completed = self.content.training.completed if isinstance(self.content, NetworkFile) else 0
        now = training.play(completed) if completed else Reached(0, training.start)
        if now.diverged:
            raise RefusedError(Problem("diverged", str(self.path), evidence={"round": now.rounds + 1}))
        rounded = {name: _as_printed(value) for name, value in now.state.items()} if completed else now.state
        return replace(now, state=rounded)

    @cached_property
    def evaluation(self) -> Evaluation:
        """The round of the sheet with its numbers."""
        return self.training.evaluation(self.reached)

    @property
    def rounds(self) -> int:
        """How many updates the sheet reports on."""
        table = self.content.training if isinstance(self.content, NetworkFile) else None
        if not table:
            return 0
        return table.rounds or min(table.epochs * self.training.rounds_per_epoch, MOST_ROUNDS)

    @property
    def given(self) -> Mapping[str, Decimal]:
        """Every given value by id, with the digits that the author typed; none on a sheet in symbols."""
        return {} if self.is_symbolic else self.evaluation.given

    def derivation(self, samples: int = 1) -> Derivation:
        """Every step of one round of a batch, in symbols."""
        known = self._derivations
        if samples not in known:
            known[samples] = self._derive(samples)
        return known[samples]

    @cached_property
    def _derivations(self) -> dict[int, Derivation]:
        return {}

    def _derive(self, samples: int) -> Derivation:
        if self.network:
            conventions = self.network.conventions
            rules = Rules(
                self.optimizer,
                self.network.averaged,
                conventions.shared_bias_gradient == "mean_of_biases",
                conventions.update_order == "output_first",
                conventions.delta == "descent",
                *self._checked(samples),
            )
            return derive(self.network.graph(samples), rules)
        assert self.circuit
        return derive(Graph(self.circuit.definitions, (), self.circuit.inputs, outputs=self.circuit.outputs))

    def _checked(self, samples: int) -> tuple[tuple[Variable, ...], Graph | None]:
        """What a gradient check compares, and the graph of its error where that is another one."""
        check = self.content.gradient_check if isinstance(self.content, NetworkFile) else None
        if not check or not self.network:
            return (), None
        known = {parameter.id: parameter for parameter in self.network.weights + self.network.biases}
        parameters = tuple(known[name] for name in check.parameters)
        other = replace(self.network, loss=LOSSES[check.loss]).graph(samples) if check.loss else None
        return parameters, other

    def _samples(self) -> Iterator[dict[str, Decimal]]:
        network, content = self.network, self.content
        if network and isinstance(content, NetworkFile) and isinstance(content.inputs, list):
            targets = content.targets if isinstance(content.targets, list) and network.targets else None
            for index, row in enumerate(content.inputs):
                values = {name.id: value for name, value in zip(network.inputs, row, strict=True)}
                wanted = zip(network.targets, targets[index], strict=True) if targets else ()
                yield values | {name.id: value for name, value in wanted}

    def _parameters(self) -> dict[str, Decimal]:
        network, content = self.network, self.content
        if not network or self.is_symbolic or not isinstance(content, NetworkFile):
            return {}
        tables = list(tables_of(content))
        weights = [weight for table in tables for row in table.weights or () for weight in row]
        biases = [bias for table in tables for bias in _biases(table)]
        named = [*zip(network.weights, weights, strict=True), *zip(network.biases, biases, strict=True)]
        return {variable.id: number for variable, number in named}

    def _state(self) -> dict[str, Decimal]:
        """What the optimiser keeps, before the first update."""
        parameters = self.network.parameters if self.network and not self.is_symbolic else ()
        kept = [Variable(kind, parameter.id).id for parameter in parameters for kind in self.optimizer.state]
        counter = {Variable(Kind.ROUND).id: Decimal(1)} if self.optimizer.counts and parameters else {}
        return dict.fromkeys(kept, Decimal(0)) | counter

    def settings(self) -> dict[str, Decimal]:
        """The learning rate and what else is set, by id."""
        content = self.content
        assert isinstance(content, NetworkFile)
        chosen = {name: getattr(content.optimizer, _SETTING_KEYS.get(name, name)) for name in self.optimizer.settings}
        defaults = self.optimizer.settings
        settings = {name: Decimal(defaults[name]) if value is None else value for name, value in chosen.items()}
        if content.learning_rate or self.optimizer.rate:
            settings[RATE.id] = content.learning_rate or Decimal(self.optimizer.rate)
        if content.weight_decay:
            settings[DECAY.id] = content.weight_decay
        if content.gradient_check:
            settings[Variable(Kind.MOVE).id] = content.gradient_check.move
        return settings

    def _repr_latex_(self) -> str:
        given = [(Row(()), row(*line)) for line in self._given_lines()]
        definitions = self.derivation(1).graph.definitions
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
        return in_language(self.content.title, language)

    def note(self, language: str) -> str:
        """The note likewise; nothing where the file has none."""
        return in_language(self.content.note, language)


# A λ that stands beside the gradient is called what it is.
_SETTING_KEYS = {"lambda": "decay"}
_PRINTED_FIGURES = 6


def _as_printed(value: mpf) -> Decimal:
    with workdps(WORKING):
        number = decimal_of(value)
    whole = number.to_integral_value()
    return whole if number == whole else to_figures(number, _PRINTED_FIGURES)


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text in a language, else in English, else in the first that there is."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


def tables_of(content: NetworkFile) -> Iterator[LayerTable]:
    """The tables of the layers, those that are repeated as often as they are."""
    for table in content.layer:
        yield from (table for _ in range(table.copies))


def _architecture_of(content: NetworkFile) -> Architecture:
    shapes = tuple(
        Shape(
            table.units or len(table.weights or ()),
            ACTIVATIONS[table.activation],
            _bias_mode(table),
            threshold=table.threshold is not None,
        )
        for table in tables_of(content)
    )
    inputs = content.inputs if isinstance(content.inputs, int) else len(content.inputs[0])
    return Architecture(
        inputs,
        shapes,
        LOSSES[content.loss],
        conventions=content.conventions,
        decays=content.weight_decay is not None,
        input_gradients=content.input_gradients,
    )


def _bias_mode(table: LayerTable) -> BiasMode:
    bias = table.bias if table.threshold is None else table.threshold
    if bias is None:
        return BiasMode.NONE
    return BiasMode.NEURON if isinstance(bias, list) else BiasMode.LAYER


def _biases(table: LayerTable) -> list[Decimal]:
    bias = table.bias if table.threshold is None else table.threshold
    if bias is None:
        return []
    return bias if isinstance(bias, list) else [bias]


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
    return checked(raw, path, text)


def checked(raw: dict[str, Any], path: Path, text: str = "") -> Exercise:
    """The exercise that these tables describe; ``text`` is the file, for the lines of problems."""
    model = model_for(raw)
    try:
        content = model.model_validate(raw)
    except ValidationError as error:
        raise AuthorError(*located(path, text, chain(problems_of(error, model), shape_problems(raw)))) from None
    found = [*shape_problems(raw), *(_flaws(content.formulas) if isinstance(content, FormulaFile) else ())]
    if found:
        raise AuthorError(*located(path, text, found))
    exercise = Exercise(path.stem, path, content)
    if (
        exercise.architecture
        and isinstance(content, NetworkFile)
        and content.seed is not None
        and not exercise.is_large
    ):
        exercise = replace(exercise, content=drawn(content, exercise.architecture, content.seed))
    if isinstance(content, FormulaFile):
        _check_values(exercise, content)
    return exercise


def _flaws(formulas: Sequence[str]) -> Iterator[Finding]:
    """What is wrong with the formulas, at the line of each."""
    try:
        read_statements(formulas)
    except FormulaError as error:
        for flaw in error.flaws:
            yield Finding(("formulas", flaw.statement - 1), flaw.code, flaw.evidence)


def _check_values(exercise: Exercise, content: FormulaFile) -> None:
    """Each input of the formulas has a value, and nothing else has."""
    assert exercise.circuit
    inputs = {variable.id for variable in exercise.circuit.inputs}
    for name in inputs - content.values.keys():
        raise AuthorError(Problem("value_missing", str(exercise.path), "values", evidence={"name": name}))
    for name in content.values.keys() - inputs:
        evidence = {"name": name, "nearest": nearest(name, inputs)}
        raise AuthorError(Problem("value_unused", str(exercise.path), f"values.{name}", evidence=evidence))


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
