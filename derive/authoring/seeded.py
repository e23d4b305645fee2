"""Weights, inputs and targets that an exercise file leaves to its seed.

The weights of layer l, counted from 1, are ``random_weights(seed + l, units, sources)``. Inputs and then targets
come one after the other from ``numpy.random.Generator(numpy.random.PCG64(seed))``: inputs uniform between −1 and 1;
targets uniform between 0 and 1, where the loss wants probabilities 0 or 1, and of softmax a 1 at one output. On a sheet
with every step they are rounded to two decimals and are then as good as typed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal

import numpy as np
from numpy.typing import DTypeLike

from derive.authoring.exercise_file import LayerTable, NetworkFile
from derive.model.architecture import Architecture
from derive.model.losses import LOSSES
from derive.numbers.batches import Array

_PLACES = Decimal("0.01")


def drawn(content: NetworkFile, architecture: Architecture, seed: int) -> NetworkFile:
    """The exercise with numbers of two decimals for all that it does not list."""
    inputs, targets = drawn_sample(content, architecture, seed)
    changes: dict[str, object] = {"layer": list(_filled(content, architecture, seed))}
    if isinstance(content.inputs, int):
        changes["inputs"] = [_decimals(inputs)]
    if content.targets is None and LOSSES[content.loss].has_targets:
        changes["targets"] = [_decimals(targets)] * (1 if isinstance(content.inputs, int) else len(content.inputs))
    return content.model_copy(update=changes)


def _filled(content: NetworkFile, architecture: Architecture, seed: int) -> Iterator[LayerTable]:
    for number, table in enumerate(content.tables, start=1):
        weights = table.weights
        if weights is None:
            units, sources = architecture.widths[number], architecture.widths[number - 1]
            weights = [_decimals(row) for row in random_weights(seed + number, units, sources)]
        yield table.model_copy(update={"weights": weights, "units": None, "copies": 1})


def drawn_sample(content: NetworkFile, architecture: Architecture, seed: int) -> tuple[Array, Array]:
    """Inputs (inputs,) and targets (outputs,)."""
    generator = np.random.Generator(np.random.PCG64(seed))
    inputs = generator.uniform(-1, 1, architecture.inputs)
    outputs = architecture.widths[-1]
    if content.loss == "cross_entropy":
        return inputs, np.eye(outputs)[generator.integers(outputs)]
    targets = generator.uniform(0, 1, outputs)
    return inputs, targets.round() if LOSSES[content.loss].logarithmic else targets


def random_weights(seed: int, units: int, sources: int, dtype: DTypeLike = np.float64) -> Array:
    """Weights (units, sources), uniform between ±√(6 / (units + sources)): Glorot and Bengio 2010, equation 16.

    They are drawn row by row as doubles by ``numpy.random.Generator(numpy.random.PCG64(seed)).uniform`` and then
    rounded to ``dtype``, so that a seed gives the same weights on every machine.
    """
    limit = math.sqrt(6 / (units + sources))
    generator = np.random.Generator(np.random.PCG64(seed))
    return generator.uniform(-limit, limit, (units, sources)).astype(dtype)


def _decimals(row: Array) -> list[Decimal]:
    return [Decimal(repr(float(number))).quantize(_PLACES) for number in row]
