"""An exercise as one sheet prints it: in one language, with one rounding, in one notation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from derive.authoring.exercise import Exercise
from derive.derivation.round import Derivation
from derive.derivation.steps import Step
from derive.equations.matrices.derivation import matrix_derivation
from derive.equations.matrices.equations import MatrixEquations
from derive.equations.matrices.forms import Layout, MatrixStep
from derive.equations.matrices.large import LargeRound
from derive.equations.scalars import Equations, printed_numbers
from derive.mathtext.tree import Aligned, Node
from derive.model.network import Layer, Network
from derive.model.notation import NET_OUT, Notation
from derive.numbers.evaluation import Evaluation, Rounding
from derive.words.languages import Language, Prose


@dataclass(frozen=True)
class Edition:
    """What every part of a sheet is written from."""

    exercise: Exercise
    evaluation: Evaluation
    language: Language
    rounding: Rounding
    detail: str
    decimal_mark: str
    notation: Notation = NET_OUT
    nested: bool = False
    """Whether the error is printed as one nested expression too."""
    outlook: bool = True
    """Whether it goes on to where training leads."""
    only: frozenset[str] = frozenset()
    """The answers that are asked for, by id; all, where none is named."""
    note: str = ""
    """What the sheet says below its title."""

    @cached_property
    def equations(self) -> Equations:
        """Prints steps with this edition's numbers; in symbols only, where there are none."""
        if self.exercise.is_symbolic:
            return Equations(self.notation)
        return Equations(
            self.notation,
            printed_numbers(self.evaluation, self.rounding, self.decimal_mark),
            self.evaluation.values,
            self.evaluation.rounded,
            one_form=not self.evaluation.carry.is_full,
        )

    @cached_property
    def derivation(self) -> Derivation:
        """The steps of the sheet: of single quantities, or of whole layers where it is written in matrices."""
        scalar = self.evaluation.derivation
        if self.large:
            return self.large.derivation()
        if self.matrices is None:
            return scalar
        return matrix_derivation(self.matrices.layout, self.exercise.optimizer, scalar)

    @cached_property
    def matrices(self) -> MatrixEquations | None:
        """Prints vectors and matrices, where the sheet of a network is written in them."""
        architecture, network = self.exercise.architecture, self.exercise.network
        if self.large:
            wholes = self.large.wholes(self.rounding, self.decimal_mark)
            return MatrixEquations(Layout(self.large.architecture), self.equations, wholes=wholes)
        if self.notation.name != "matrix" or not (architecture and network):
            return None
        return MatrixEquations(Layout(architecture, network), self.equations, self.evaluation.derivation)

    @cached_property
    def large(self) -> LargeRound | None:
        """The round of a network whose parts have no names."""
        return LargeRound.of(self.exercise) if self.exercise.is_large else None

    @cached_property
    def network(self) -> Network | None:
        """The network; of a large one a sketch, which has the same functions but only few neurons."""
        return self.large.architecture.sketch() if self.large else self.exercise.network

    def worked(self, step: Step) -> Aligned:
        """A step in symbols, then with numbers put in, then its value."""
        if isinstance(step, MatrixStep):
            assert self.matrices
            return self.matrices.worked(step)
        return self.equations.worked(step)

    def answer(self, step: Step) -> Node:
        """The value; on a sheet in symbols, the last form of the formula."""
        if isinstance(step, MatrixStep):
            assert self.matrices
            return (
                self.matrices.in_symbols(step.matrix_forms[-1])
                if self.in_symbols
                else self.matrices.value(step.quantity)
            )
        return (
            self.equations.in_symbols(step.forms[-1]) if self.in_symbols else self.equations.numbers[step.quantity.id]
        )

    def norm(self, step: Step) -> Node | None:
        """The length of a vector or matrix that is not printed in full."""
        whole = self.matrices.wholes.get(step.quantity.id) if self.matrices else None
        return whole.norm if whole else None

    @property
    def in_symbols(self) -> bool:
        """Whether answers are formulas."""
        return self.exercise.is_symbolic

    @property
    def updates_by_layer(self) -> bool:
        """Whether each layer is updated by itself."""
        return self.exercise.content.conventions.update_order == "output_first"

    @cached_property
    def layer_of(self) -> dict[str, Layer]:
        """The layer that a neuron stands in."""
        layers = self.exercise.network.layers if self.exercise.network else ()
        return {neuron.name: layer for layer in layers for neuron in layer.neurons}

    def layer_name(self, prefix: str, depth: int) -> Prose:
        """The text for a layer: ``prefix.output``, ``prefix.hidden``, or that with a number if there are several."""
        hidden = len(self.exercise.architecture.shapes) - 1 if self.exercise.architecture else 0
        if depth == hidden:
            return self.language.text(f"{prefix}.output")
        if hidden == 1:
            return self.language.text(f"{prefix}.hidden")
        return self.language.text(f"{prefix}.hidden_numbered", number=depth + 1)
