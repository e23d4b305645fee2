"""The numbers of an exercise as data for other programs: what ``pencilgrad solve --json`` prints.

The names of the keys are a contract.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import Any

from derive.authoring.exercise import Exercise
from derive.authoring.exercise_file import NetworkFile
from derive.equations.scalars import Equations
from derive.mathtext.formula import formula
from derive.mathtext.latex import latex_of
from derive.model.notation import notation_for
from derive.model.quantities import TOTAL_ERROR, Kind, Variable
from derive.numbers.evaluation import JSON_DIGITS, decimal_of, seventeen_digits, to_figures
from derive.numbers.intervals.reach import Bounds
from derive.sheet.build import Options, reach, solve, values_in
from derive.words.errors import AuthorError, Problem


def as_data(exercise: Exercise, rounds: int | None = None) -> dict[str, Any]:
    """Every quantity in the order of the derivation, each a decimal string of 17 digits computed at 50.

    ``formula`` is plain text in the ids of earlier quantities and of ``given``, so that a program can evaluate it.
    """
    evaluation, equations = solve(exercise), Equations(notation_for("net-out", exercise.network))
    bounds = {} if exercise.is_symbolic else reach(exercise, Options()).of_student()
    solved: dict[str, Any] = {
        "exercise": exercise.name,
        "conventions": conventions(exercise),
        "given": {name: str(value) for name, value in evaluation.given.items()},
        "quantities": [
            {
                "id": step.quantity.id,
                "latex": latex_of(equations.symbolic(step)),
                "formula": formula(step.expression),
                "value": None if exercise.is_symbolic else seventeen_digits(evaluation.values[step.quantity.id]),
                "interval": _interval(bounds.get(step.quantity.id)),
            }
            for step in evaluation.derivation.steps
        ],
    }
    if rounds is not None:
        solved["after"] = reached(exercise, rounds).as_data()
    return solved


def _interval(bounds: Bounds | None) -> list[str] | None:
    """The least and the greatest answer that honest rounding leads to; None where there is no number or no bound."""
    if bounds is None or not all(map(isfinite, bounds)):
        return None
    return [f"{bound:.12g}" for bound in bounds]


@dataclass(frozen=True, slots=True)
class Trained:
    """Where training leads: the error over all samples, the outputs and the parameters, by id."""

    rounds: int
    values: Mapping[str, Decimal]
    diverged_in: int | None = None
    """The round that could not be completed."""

    def as_data(self) -> dict[str, Any]:
        """With numbers as strings of 17 digits."""
        data: dict[str, Any] = {"rounds": self.rounds}
        data |= {name: str(to_figures(value, JSON_DIGITS)) for name, value in self.values.items()}
        return data if self.diverged_in is None else data | {"diverged_in": self.diverged_in}


def reached(exercise: Exercise, rounds: int) -> Trained:
    """What so many updates lead to; ``AuthorError`` where nothing is trained."""
    if exercise.is_symbolic or not exercise.network:
        raise AuthorError(Problem("no_training", str(exercise.path)))
    training = exercise.training
    end = training.play(rounds)
    values = values_in(exercise, training.evaluation(end, exercise.sample_count))
    error = TOTAL_ERROR.id
    outputs = [name for name in values if name.startswith("out_o") and "_new" not in name]
    state = [name for name in training.start if name != Variable(Kind.ROUND).id]
    found = {name: decimal_of(values[name]) for name in (error, *outputs, *state)}
    return Trained(end.rounds, found, end.rounds + 1 if end.diverged else None)


def conventions(exercise: Exercise) -> dict[str, Any]:
    """What sources disagree on, as this exercise has it."""
    settings = exercise.content.conventions.model_dump()
    chosen = {name: str(value) if isinstance(value, Decimal) else value for name, value in settings.items()}
    network, content = exercise.network, exercise.content
    if not network or not isinstance(content, NetworkFile):
        return chosen
    return {
        "loss": network.loss.name,
        "activations": [layer.activation.name for layer in network.layers],
        "biases": [layer.bias_mode.value for layer in network.layers],
        "optimizer": exercise.optimizer.name,
        "batch": exercise.training.batch,
        **chosen,
    }
