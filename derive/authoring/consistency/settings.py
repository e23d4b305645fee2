"""Whether settings have what they need, and do not exclude one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from derive.authoring.consistency.written import (
    is_symbolic,
    layers_of,
    optimizer_name,
    parameters_of,
    sample_count,
    table_of,
)
from derive.authoring.validation import Finding, shortened
from derive.model.optimizers import OPTIMIZERS, SETTINGS
from derive.words.errors import nearest

_KEYS = tuple("decay" if name == "lambda" else name for name in SETTINGS)


def numbers(raw: Mapping[str, Any]) -> Iterator[Finding]:
    """Either everything has numbers, or the sheet is in symbols."""
    layers = layers_of(raw)
    symbolic = [depth for depth, layer in enumerate(layers) if "weights" not in layer]
    for depth in symbolic:
        if "units" not in layers[depth]:
            yield Finding(("layer", depth, "weights"), "missing_key", {"expected": "a list of rows, or units = …"})
    for depth, layer in enumerate(layers):
        if "units" in layer and "weights" in layer:
            yield Finding(("layer", depth, "units"), "units_and_weights")
        if "bias" in layer and "threshold" in layer:
            yield Finding(("layer", depth, "threshold"), "bias_and_threshold")
        if symbolic and depth not in symbolic and "seed" not in raw:
            yield Finding(("layer", depth, "weights"), "half_symbolic")
        activation = layer.get("activation")
        if activation == "softmax" and depth + 1 < len(layers):
            yield Finding(("layer", depth, "activation"), "softmax_inside")
    if len(symbolic) == len(layers) and is_symbolic(raw) and isinstance(raw.get("inputs"), list):
        yield Finding(("inputs",), "symbolic_inputs")
    if (not symbolic or "seed" in raw) and layers:
        if isinstance(raw.get("inputs"), int) and "seed" not in raw:
            yield Finding(("inputs",), "numbers_missing")
        name = optimizer_name(raw)
        if "learning_rate" not in raw and name in OPTIMIZERS and not OPTIMIZERS[name].rate:
            yield Finding(("learning_rate",), "missing_key", {"expected": "the η of the update"})


def rounding(raw: Mapping[str, Any]) -> Iterator[Finding]:
    """One rounds to decimals or to figures."""
    for keys, table in (
        (("sheet",), table_of(raw, "sheet")),
        (("conventions", "carry"), table_of(table_of(raw, "conventions"), "carry")),
    ):
        if "digits" in table and "figures" in table:
            yield Finding((*keys, "figures"), "both_roundings")


def settings(raw: Mapping[str, Any]) -> Iterator[Finding]:
    """Conventions and the course of training go with the network, and with each other."""
    conventions, layers = table_of(raw, "conventions"), layers_of(raw)
    if conventions.get("train_biases") is True and not any("bias" in layer or "threshold" in layer for layer in layers):
        yield Finding(("conventions", "train_biases"), "no_biases_to_train")
    samples = sample_count(raw)
    batch = table_of(raw, "training").get("batch", samples)
    if conventions.get("update_order") == "output_first" and batch != 1:
        yield Finding(("conventions", "update_order"), "output_first_batch")
    training = table_of(raw, "training")
    if "rounds" in training and "epochs" in training:
        yield Finding(("training", "epochs"), "rounds_and_epochs")
    shares = conventions.get("shared_bias_gradient") == "mean_of_biases"
    if shares and (batch != 1 or optimizer_name(raw) != "sgd"):
        yield Finding(("conventions", "shared_bias_gradient"), "mean_of_biases_sgd")
    if isinstance(batch, int) and batch > samples:
        yield Finding(("training", "batch"), "batch_too_large", {"found": batch, "expected": samples})


def optimizer(raw: Mapping[str, Any]) -> Iterator[Finding]:
    """Nothing is set that the optimiser does not use."""
    table = table_of(raw, "optimizer")
    name = optimizer_name(raw)
    if name not in OPTIMIZERS:
        return
    if "weight_decay" in raw and "lambda" in OPTIMIZERS[name].settings:
        yield Finding(("weight_decay",), "two_decays", {"optimizer": name})
    allowed = ["decay" if key == "lambda" else key for key in OPTIMIZERS[name].settings]
    for key in table:
        if key in _KEYS and key not in allowed:
            evidence = {"optimizer": name, "allowed": ", ".join(allowed) or "nothing else"}
            yield Finding(("optimizer", key), "setting_unused", evidence)


def gradient_check(raw: Mapping[str, Any]) -> Iterator[Finding]:
    """A gradient check names parameters that the network has and that are trained, so that there is a derivative."""
    names = table_of(raw, "gradient_check").get("parameters")
    if not isinstance(names, list):
        return
    weights, biases = parameters_of(raw)
    known = {*weights, *(biases if table_of(raw, "conventions").get("train_biases") is True else ())}
    for number, name in enumerate(names):
        if name in names[:number]:
            yield Finding(("gradient_check", "parameters", number), "named_twice", {"name": shortened(name)})
        if isinstance(name, str) and name not in known:
            evidence = {"name": shortened(name), "nearest": nearest(name, known)}
            yield Finding(("gradient_check", "parameters", number), "unknown_parameter", evidence)
