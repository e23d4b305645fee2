"""The numbers of an exercise as data for other programs: what ``pencilgrad solve --json`` prints.

The names of the keys are a contract.
"""

from __future__ import annotations

from typing import Any

from derive.build import solve
from derive.equations import Equations
from derive.evaluation import seventeen_digits
from derive.exercise import Exercise
from derive.mathtext.formula import formula
from derive.mathtext.latex import latex_of


def solution(exercise: Exercise, rounds: int | None = None) -> dict[str, Any]:
    """Every quantity in the order of the derivation, each a decimal string of 17 digits computed at 50.

    ``formula`` is plain text in the ids of earlier quantities and of ``given``, so that a program can evaluate it.
    """
    evaluation, equations = solve(exercise), Equations()
    solved: dict[str, Any] = {
        "exercise": exercise.name,
        "conventions": conventions(exercise),
        "given": {name: str(value) for name, value in evaluation.given.items()},
        "quantities": [
            {
                "id": step.quantity.id,
                "latex": latex_of(equations.symbolic(step)),
                "formula": formula(step.expression),
                "value": seventeen_digits(evaluation.values[step.quantity.id]),
            }
            for step in evaluation.derivation.steps
        ],
    }
    if rounds is not None:
        reached = {name: seventeen_digits(value) for name, value in evaluation.after(rounds).items()}
        solved["after"] = {"rounds": rounds, **reached}
    return solved


def conventions(exercise: Exercise) -> dict[str, Any]:
    """What sources disagree on, as this exercise has it."""
    network, content = exercise.network, exercise.content
    kinks = {
        layer.activation.name: str(layer.activation.slope_at_kink)
        for layer in network.layers
        if layer.activation.slope_at_kink is not None
    }
    return {
        "loss": network.loss.name,
        "activations": [layer.activation.name for layer in network.layers],
        "slope_at_kink": kinks,
        "biases": [layer.bias_mode.value for layer in network.layers],
        "train_biases": network.trains_biases,
        "shared_bias_gradient": content.shared_bias_gradient,
        "update": "simultaneous",
        "carried": "full precision",
    }
