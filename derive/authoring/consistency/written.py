"""An exercise file as it is written, as far as it can be read: layers, lengths, the ids of parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from derive.choices import MOST_COPIES


def layers_of(raw: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The tables of the layers; empty where something else stands there."""
    layers = raw.get("layer")
    return [layer if isinstance(layer, dict) else {} for layer in layers] if isinstance(layers, list) else []


def table_of(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A table of the file; empty where there is none."""
    table = raw.get(name)
    return table if isinstance(table, dict) else {}


def width_of(layer: Mapping[str, Any]) -> int | None:
    """How many neurons a layer has."""
    units = layer.get("units")
    return _length(layer.get("weights")) or (units if isinstance(units, int) else None)


def stacked(raw: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The layers as often as they are repeated, each with its number in the file."""
    for depth, layer in enumerate(layers_of(raw)):
        copies = layer.get("copies", 1)
        for _ in range(min(copies, MOST_COPIES) if isinstance(copies, int) else 1):
            yield depth, layer


def input_count(raw: Mapping[str, Any]) -> int | None:
    """How many inputs a sample has."""
    inputs = raw.get("inputs")
    if isinstance(inputs, list) and inputs and isinstance(inputs[0], list):
        return _length(inputs[0])
    return inputs if isinstance(inputs, int) and not isinstance(inputs, bool) else _length(inputs)


def sample_count(raw: Mapping[str, Any]) -> int:
    """How many samples there are."""
    inputs = raw.get("inputs")
    return len(inputs) if isinstance(inputs, list) and inputs and isinstance(inputs[0], list) else 1


def is_symbolic(raw: Mapping[str, Any]) -> bool:
    """Whether the sheet has no numbers: a layer has only units, and nothing is drawn."""
    return "seed" not in raw and any("units" in layer and "weights" not in layer for layer in layers_of(raw))


def parameters_of(raw: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The ids of weights, and of biases and thresholds, as ``Network.of`` counts them."""
    weights: list[str] = []
    biases: list[str] = []
    sources = input_count(raw) or 0
    for _, layer in stacked(raw):
        width = width_of(layer) or 0
        weights += [f"w{len(weights) + number}" for number in range(1, width * sources + 1)]
        for key, stem in (("bias", "b"), ("threshold", "theta")):
            count = width if isinstance(layer.get(key), list) else int(key in layer)
            biases += [f"{stem}{len(biases) + number}" for number in range(1, count + 1)]
        sources = width
    return weights, biases


def optimizer_name(raw: Mapping[str, Any]) -> str:
    """The optimiser, also where it is left out."""
    return str(table_of(raw, "optimizer").get("name", "sgd"))


def _length(value: object) -> int | None:
    return len(value) if isinstance(value, list) and value else None
