"""The numbers that an exercise's author typed, by id, and the exercise with others in their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from derive.authoring.exercise import Exercise
from derive.authoring.exercise_file import ExerciseFile, FormulaFile, LayerTable, NetworkFile
from derive.model.network import Network
from derive.model.quantities import RATE, Variable

Values = Mapping[str, Decimal]


def typed(exercise: Exercise) -> dict[str, Decimal]:
    """Inputs and targets of every sample, weights, biases and the learning rate; or the values of formulas.

    Where there are several samples, their ids end in @s1, @s2, …, whatever the batches are.
    """
    content, network, training = exercise.content, exercise.network, exercise.training
    if isinstance(content, FormulaFile):
        return dict(content.values)
    assert network
    parameters = {**training.start, **training.settings}
    named = training.named(range(exercise.sample_count))
    rate = {RATE.id: content.learning_rate} if content.learning_rate else {}
    return {**named, **{name.id: parameters[name.id] for name in network.weights + network.biases}, **rate}


def with_values(exercise: Exercise, values: Values) -> Exercise:
    """The exercise with these of its values changed; it shares the derivations."""
    return exercise.with_numbers(_content(exercise, {**typed(exercise), **values}))


def _content(exercise: Exercise, values: Values) -> ExerciseFile:
    content, network = exercise.content, exercise.network
    if isinstance(content, FormulaFile):
        return content.model_copy(update={"values": {name: values[name] for name in content.values}})
    assert network
    changes: dict[str, Any] = {
        "inputs": _rows(network.inputs, exercise.sample_count, values),
        "layer": list(_layers(content, network, values)),
    }
    if network.targets:
        changes["targets"] = _rows(network.targets, exercise.sample_count, values)
    if content.learning_rate:
        changes["learning_rate"] = values[RATE.id]
    return content.model_copy(update=changes)


def _rows(names: tuple[Variable, ...], samples: int, values: Values) -> list[list[Decimal]]:
    numbers = range(1, samples + 1) if samples > 1 else (0,)
    return [[values[name.in_sample(number).id] for name in names] for number in numbers]


def _layers(content: NetworkFile, network: Network, values: Values) -> Iterator[LayerTable]:
    """A table for each layer, those that the file repeats written out."""
    for table, layer in zip(content.tables, network.layers, strict=True):
        rows = [[values[weight.id] for weight in neuron.weights] for neuron in layer.neurons]
        biases = [values[bias.id] for bias in layer.biases]
        key = "bias" if table.threshold is None else "threshold"
        offset = biases if isinstance(table.offset, list) else next(iter(biases), None)
        yield table.model_copy(update={"weights": rows, "copies": 1, key: offset})


def silenced(content: ExerciseFile) -> ExerciseFile:
    """The file of a variant, without what is said of the numbers that it had."""
    silent: dict[str, Any] = {
        "source": None,
        "answer": {},
        **({"note": {}, "published": []} if content.published else {}),
    }
    return content.model_copy(update=silent)
