"""An exercise: a network or formulas, its values by name, and the round that its sheet prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from pathlib import Path

from mpmath import mpf, workdps
from sympy import Expr, Integer

from derive.authoring.exercise_file import ExerciseFile, FormulaFile, NetworkFile
from derive.choices import MOST_ROUNDS
from derive.derivation.round import Derivation, Rules, derive
from derive.mathtext.building import row, signed
from derive.mathtext.equation import LINE_WIDTH
from derive.mathtext.latex import displayed
from derive.mathtext.sizes import width
from derive.mathtext.tree import EQUALS, Aligned, Node, Operator, Row
from derive.model.activations import ACTIVATIONS
from derive.model.architecture import Architecture
from derive.model.formulas.gates import Choices, Circuit, circuit_of
from derive.model.formulas.reader import read_statements
from derive.model.forward_pass import forward_pass
from derive.model.graph import Graph
from derive.model.losses import LOSSES
from derive.model.network import DECAY, BiasMode, Network, Shape
from derive.model.notation import NET_OUT
from derive.model.optimizers import OPTIMIZERS, SGD, Optimizer
from derive.model.quantities import RATE, Kind, Quantity, Variable, quantity_named
from derive.numbers.evaluation import WORKING, Evaluation, decimal_of, to_figures
from derive.numbers.training import Reached, Training
from derive.words.errors import Problem, RefusedError

MAX_PARAMETERS = 2_000
"""Weights and biases of a network whose every step is still printed; that is over a thousand pages."""


@dataclass(frozen=True)
class Exercise:
    """A valid exercise: a network with its samples, or formulas with the values of their inputs."""

    name: str
    path: Path
    content: ExerciseFile = field(repr=False)
    _derivations: dict[int, Derivation] = field(init=False, default_factory=dict, repr=False, compare=False)
    """By the number of samples."""

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
        if samples not in self._derivations:
            self._derivations[samples] = self._derive(samples)
        return self._derivations[samples]

    def with_numbers(self, content: ExerciseFile) -> Exercise:
        """The same exercise with other numbers in it, which leave every step as it is."""
        other = replace(self, content=content)
        other._derivations.update(self._derivations)
        return other

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
            return derive(forward_pass(self.network, samples), rules)
        assert self.circuit
        return derive(Graph(self.circuit.definitions, (), self.circuit.inputs, outputs=self.circuit.outputs))

    def _checked(self, samples: int) -> tuple[tuple[Variable, ...], Graph | None]:
        """What a gradient check compares, and the graph of its error where that is another one."""
        check = self.content.gradient_check if isinstance(self.content, NetworkFile) else None
        if not check or not self.network:
            return (), None
        known = {parameter.id: parameter for parameter in self.network.weights + self.network.biases}
        parameters = tuple(known[name] for name in check.parameters)
        other = forward_pass(replace(self.network, loss=LOSSES[check.loss]), samples) if check.loss else None
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
        weights = [weight for table in content.tables for row in table.weights or () for weight in row]
        biases = [bias for table in content.tables for bias in table.offsets]
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

    def answer(self, language: str) -> str:
        """What the key answers to a question of the note, likewise."""
        return in_language(self.content.answer, language)


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


def _architecture_of(content: NetworkFile) -> Architecture:
    shapes = tuple(
        Shape(
            table.units or len(table.weights or ()),
            ACTIVATIONS[table.activation],
            _bias_mode(table.offset),
            threshold=table.threshold is not None,
        )
        for table in content.tables
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


def _bias_mode(offset: Decimal | list[Decimal] | None) -> BiasMode:
    if offset is None:
        return BiasMode.NONE
    return BiasMode.NEURON if isinstance(offset, list) else BiasMode.LAYER
