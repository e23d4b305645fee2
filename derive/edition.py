"""An exercise as one sheet prints it: in one language, with one rounding, in one notation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from derive.equations import Equations, printed_numbers
from derive.evaluation import Evaluation, Rounding
from derive.exercise import Exercise
from derive.languages import Language, Prose
from derive.network import Layer
from derive.notation import NET_OUT, Notation


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

    @cached_property
    def equations(self) -> Equations:
        """Prints steps with this edition's numbers."""
        return Equations(
            self.notation,
            printed_numbers(self.evaluation, self.rounding, self.decimal_mark),
            self.evaluation.values,
        )

    @cached_property
    def layer_of(self) -> dict[str, Layer]:
        """The layer that a neuron stands in."""
        return {neuron.name: layer for layer in self.exercise.network.layers for neuron in layer.neurons}

    def layer_name(self, prefix: str, depth: int) -> Prose:
        """The text for a layer: ``prefix.output``, ``prefix.hidden``, or that with a number if there are several."""
        hidden = len(self.exercise.network.layers) - 1
        if depth == hidden:
            return self.language.text(f"{prefix}.output")
        if hidden == 1:
            return self.language.text(f"{prefix}.hidden")
        return self.language.text(f"{prefix}.hidden_numbered", number=depth + 1)
