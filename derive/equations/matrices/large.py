"""A network that is too large for a sheet of single quantities: its round in matrices, with some of the numbers.

Of many equal layers the first two and the last are shown; of a large matrix the first entries and the last. Numbers are
drawn as ``drawn`` says, and calculated in double precision, or in single precision where there are many.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import groupby

import numpy as np

from derive.authoring.exercise import MAX_PARAMETERS, Exercise
from derive.authoring.exercise_file import NetworkFile
from derive.authoring.seeded import drawn_sample, random_weights
from derive.derivation.round import Derivation, Section
from derive.derivation.steps import Step
from derive.equations.matrices.derivation import MatrixRound
from derive.equations.matrices.equations import Whole, cut, is_elided
from derive.equations.matrices.forms import Layout, MatrixStep, whole_of
from derive.equations.matrices.values import MatrixValues, Value, initial_state
from derive.mathtext.building import signed
from derive.mathtext.tree import Node
from derive.model.architecture import Architecture
from derive.model.graph import Graph
from derive.model.quantities import Kind, Quantity, Variable, of_layer
from derive.numbers.batches import Array
from derive.numbers.evaluation import Rounding
from derive.words.errors import Problem, RefusedError

MOST_DOUBLES = 10_000_000
"""Parameters of a network that is still calculated in double precision."""

_CORNER = 4, 6  # rows and columns that are printed of a matrix, dots among them


@dataclass(frozen=True)
class LargeRound:
    """One round of gradient descent of a large network, for one sample."""

    exercise: Exercise
    architecture: Architecture
    content: NetworkFile

    @classmethod
    def of(cls, exercise: Exercise) -> LargeRound:
        """``RefusedError`` for what only sheets of single quantities have."""
        content, architecture = exercise.content, exercise.architecture
        assert isinstance(content, NetworkFile)
        assert architecture
        unsupported = {
            "inputs": exercise.sample_count > 1,
            "weight_decay": content.weight_decay is not None,
            "gradient_check": content.gradient_check is not None,
            "conventions.carry": not content.conventions.carry.is_full,
        }
        for key, is_set in unsupported.items():
            if is_set:
                raise RefusedError(
                    Problem("not_for_large", str(exercise.path), key, evidence={"limit": MAX_PARAMETERS})
                )
        return cls(exercise, architecture, content)

    @property
    def is_single(self) -> bool:
        """Whether numbers are of single precision."""
        return self.architecture.parameter_count > MOST_DOUBLES

    @cached_property
    def runs(self) -> tuple[range, ...]:
        """The layers, counted from 1, in runs of equal ones."""
        widths, shapes = self.architecture.widths, self.architecture.shapes

        def kind(layer: int) -> tuple[object, ...]:
            shape = shapes[layer - 1]
            return widths[layer - 1], shape.width, shape.activation.name, shape.bias, shape.threshold

        layers = groupby(range(1, len(shapes) + 1), key=kind)
        return tuple(range(run[0], run[-1] + 1) for run in (list(group) for _, group in layers))

    @cached_property
    def shown(self) -> tuple[int, ...]:
        """The layers whose steps are printed."""
        return tuple(layer for run in self.runs for layer in (run if len(run) <= 3 else (*run[:2], run[-1])))

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """All steps, of every layer."""
        sections = MatrixRound(Layout(self.architecture), self.exercise.optimizer).sections()
        return tuple(section for section in sections if section.steps)

    def derivation(self) -> Derivation:
        """The steps that are shown."""
        sections = []
        for section in self.sections:
            steps = tuple(step for step in section.steps if self._is_shown(step))
            if steps:
                sections.append(Section(section.phase, section.layer, steps))
        return Derivation(Graph((), ()), tuple(sections))

    def _is_shown(self, step: Step) -> bool:
        layer = self.layer_of(step.quantity)
        return layer is None or layer in self.shown or not layer

    def layer_of(self, quantity: Quantity) -> int | None:
        """The layer that a step is about; nothing for the error."""
        if whole := whole_of(quantity):
            return whole.layer
        variable = quantity if isinstance(quantity, Variable) else quantity.by
        bare = Variable(variable.kind, variable.at)
        return next((layer for layer, bias in self.architecture.shared_biases.items() if bias == bare), None)

    # --- numbers ------------------------------------------------------------------------------------------------------

    @property
    def has_numbers(self) -> bool:
        """Whether every weight is listed or can be drawn."""
        return self.content.seed is not None or not (
            isinstance(self.content.inputs, int) or any(table.weights is None for table in self.content.layer)
        )

    def wholes(self, rounding: Rounding, decimal_mark: str) -> Mapping[str, Whole]:
        """What is printed of the value of every step that is shown, by id."""
        if not self.has_numbers:
            return {}
        steps = [step for section in self.sections for step in section.steps if isinstance(step, MatrixStep)]
        given = self.given()
        values = MatrixValues(
            Layout(self.architecture), {step.quantity.id: step for step in steps}, {**given, **initial_state(steps)}
        )
        printed = _Printed(rounding, decimal_mark)
        data = of_layer(Kind.INPUT, 0).id, of_layer(Kind.TARGET, len(self.architecture.shapes)).id
        wholes = {name: printed.whole(name, given.pop(name)) for name in data}
        given.clear()  # of each matrix of weights one copy is enough, the one that the update replaces
        for step in steps:
            value = values[step.quantity.id] if _is_needed(step) or self._is_shown(step) else None
            if value is not None and self._is_shown(step):
                wholes[step.quantity.id] = printed.whole(step.quantity.id, value)
        return wholes

    def given(self) -> dict[str, Value]:
        """Inputs, targets, parameters and settings, as they stand on the sheet, by id."""
        content, depth = self.content, len(self.architecture.shapes)
        inputs, targets = drawn_sample(content, self.architecture, content.seed or 0)
        if isinstance(content.inputs, list):
            inputs = np.array(content.inputs[0], float)
        if isinstance(content.targets, list):
            targets = np.array(content.targets[0], float)
        known: dict[str, Value] = {
            of_layer(Kind.INPUT, 0).id: self._vector(inputs),
            of_layer(Kind.TARGET, depth).id: self._vector(targets),
        }
        for layer, table in enumerate(content.tables, start=1):
            known[of_layer(Kind.WEIGHT, layer).id] = self._weights(layer, table.weights)
            bias, given = self.architecture.bias(layer), table.offset
            if bias and isinstance(given, list):
                known[bias.id] = self._vector(np.array(given, float))
            elif bias and isinstance(given, Decimal):
                known[bias.id] = float(given)
        settings = self.exercise.settings()
        return known | {name: float(value) for name, value in settings.items()}

    def _weights(self, layer: int, listed: object) -> Array:
        widths, kind = self.architecture.widths, np.float32 if self.is_single else np.float64
        if listed is not None:
            weights: Array = np.array(listed, float).astype(kind)
        else:
            weights = random_weights((self.content.seed or 0) + layer, widths[layer], widths[layer - 1], kind)
        return weights.T if self.architecture.conventions.vectors == "row" else weights

    def _vector(self, values: Array) -> Array:
        column: Array = values.reshape(-1, 1).astype(np.float32 if self.is_single else np.float64)
        return column.T if self.architecture.conventions.vectors == "row" else column


def _is_needed(step: MatrixStep) -> bool:
    """Whether later steps use its value: all but what can be computed again."""
    return step.role.startswith(("matrix_net", "matrix_out", "matrix_delta", "matrix_weight_update", "matrix_bias"))


@dataclass(frozen=True, slots=True)
class _Printed:
    """Prints values as doubles are printed."""

    rounding: Rounding
    decimal_mark: str

    def whole(self, name: str, value: Value) -> Whole:
        """A number, or what is kept of a matrix; ``name`` is the quantity's id."""
        if np.ndim(value) == 0:
            return Whole(self._number(name, float(value)))
        array = np.asarray(value)
        norm = float(np.sqrt(np.sum(np.square(array, dtype=np.float64))))
        corner = cut(array.shape, _CORNER, lambda i, j: self._number(name, float(array[i, j])))
        return Whole(corner, self._number(name, norm) if is_elided(corner) else None)

    def _number(self, name: str, value: float) -> Node:
        shown = self.rounding.shown_float(value)
        return signed(shown.digits.replace(".", self.decimal_mark), shown.exact, shown.exponent, of=name)
