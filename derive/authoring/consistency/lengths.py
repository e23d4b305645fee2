"""Whether lists are as long as one another, and targets such as the error has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from derive.authoring.consistency.written import input_count, is_symbolic, layers_of, sample_count, stacked, width_of
from derive.authoring.validation import Finding, Keys
from derive.model.losses import LOSSES


def rows_fit(raw: Mapping[str, Any]) -> Iterator[Finding]:
    """A row of weights has one for each source, a list of biases one for each neuron."""
    sources = input_count(raw)
    for before, (depth, layer) in enumerate(stacked(raw)):
        rows = layer.get("weights")
        for number, row in enumerate(rows if isinstance(rows, list) else []):
            if isinstance(row, list) and sources and len(row) != sources:
                evidence = {
                    "found": _count(row),
                    "expected": sources,
                    "source": "neuron of the layer before" if before else "input",
                }
                yield Finding(("layer", depth, "weights", number), "row_length", evidence)
        width = width_of(layer)
        for key in ("bias", "threshold"):
            bias = layer.get(key)
            if isinstance(bias, list) and width and len(bias) != width:
                yield Finding(("layer", depth, key), "bias_length", {"found": _count(bias), "expected": width})
        sources = width


def samples_fit(raw: Mapping[str, Any]) -> Iterator[Finding]:
    """Samples are as long as one another."""
    inputs = raw.get("inputs")
    rows = inputs if isinstance(inputs, list) else []
    lengths = [len(row) for row in rows if isinstance(row, list)]
    for number, row in enumerate(rows):
        if isinstance(row, list) and len(row) != lengths[0]:
            yield Finding(("inputs", number), "sample_length", {"found": _count(row), "expected": lengths[0]})


def targets_there(raw: Mapping[str, Any]) -> Iterator[Finding]:
    """There are targets where the error has some."""
    targets = raw.get("targets")
    if targets is None and _needs_targets(raw) and isinstance(raw.get("inputs"), list):
        yield Finding(("targets",), "missing_key", {"expected": "the target of each output neuron"})
    if isinstance(targets, int) and not is_symbolic(raw):
        yield Finding(("targets",), "targets_missing")


def targets_fit(raw: Mapping[str, Any]) -> Iterator[Finding]:
    """Each sample has a target for each output, of which the error has a value."""
    layers, targets, loss = layers_of(raw), raw.get("targets"), _loss(raw)
    width = width_of(layers[-1]) if layers else None
    if not isinstance(targets, list) or not targets:
        return
    if not _needs_targets(raw):
        yield Finding(("targets",), "no_targets", {"loss": loss})
    is_list = isinstance(targets[0], list)
    samples = sample_count(raw)
    rows = targets if is_list else [targets]
    if len(rows) != samples:
        yield Finding(("targets",), "samples_differ", {"found": len(rows), "expected": samples})
    for number, row in enumerate(rows):
        keys: Keys = ("targets", number) if is_list else ("targets",)
        if isinstance(row, list) and width and len(row) != width:
            yield Finding(keys, "list_length", {"found": _count(row), "expected": width})
        elif loss == "cross_entropy" and _is_numeric(row) and sum(row) != 1:
            yield Finding(keys, "not_distribution", {"found": sum(row)})
        elif loss == "binary_cross_entropy" and _is_numeric(row) and not all(0 <= number <= 1 for number in row):
            yield Finding(keys, "not_probability")


def _loss(raw: Mapping[str, Any]) -> object:
    return raw.get("loss", "half_squared")


def _needs_targets(raw: Mapping[str, Any]) -> bool:
    loss = _loss(raw)
    return not isinstance(loss, str) or loss not in LOSSES or LOSSES[loss].has_targets


def _is_numeric(row: object) -> bool:
    return isinstance(row, list) and all(isinstance(number, int | Decimal) for number in row)


def published_fit(raw: Mapping[str, Any]) -> Iterator[Finding]:
    """As many quantities are named as numbers are printed."""
    tables = raw.get("published")
    for number, table in enumerate(tables if isinstance(tables, list) else []):
        if not isinstance(table, dict):
            continue
        counts = {
            key: 1 if isinstance(table.get(key), str) else len(table[key])
            for key in ("quantity", "printed", "instead")
            if isinstance(table.get(key), str | list)
        }
        wanted = counts.get("printed", 1)
        for key in ("quantity", "instead"):
            if key in counts and counts[key] != wanted and not ("epoch" in table and counts[key] == 1):
                evidence = {"found": counts[key], "expected": wanted}
                yield Finding(("published", number, key), "published_length", evidence)


def _count(values: list[Any]) -> str:
    return f"{len(values)} number{'' if len(values) == 1 else 's'}"
