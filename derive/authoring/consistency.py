"""Whether the parts of an exercise file fit together: lengths of lists, and settings that need or exclude one another.

It reads the file as it is, not the validated model, so that a misspelt key in one place does not hide a row of the
wrong length in another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from derive.authoring.exercise_file import GROUPS, RangeTable
from derive.authoring.validation import Finding, Keys, shortened
from derive.authoring.vary import Choices
from derive.choices import MOST_COPIES
from derive.model.losses import LOSSES
from derive.model.optimizers import OPTIMIZERS, SETTINGS
from derive.words.errors import nearest

_KEYS = tuple("decay" if name == "lambda" else name for name in SETTINGS)


def shape_problems(raw: Mapping[str, Any]) -> Iterator[Finding]:
    """Lists whose lengths do not fit together, and settings that contradict one another, as far as they can be read."""
    yield from _rounding(raw)
    yield from _published(raw)
    yield from _varied(raw)
    if "formulas" not in raw:
        yield from _rows(raw)
        yield from _columns(raw)
        yield from _targets(raw)
        yield from _numbers(raw)
        yield from _settings(raw)
        yield from _optimizer(raw)
        yield from _checked(raw)


def _layers(raw: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    layers = raw.get("layer")
    return [layer if isinstance(layer, dict) else {} for layer in layers] if isinstance(layers, list) else []


def _table(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = raw.get(name)
    return table if isinstance(table, dict) else {}


def _width(layer: Mapping[str, Any]) -> int | None:
    units = layer.get("units")
    return _length(layer.get("weights")) or (units if isinstance(units, int) else None)


def _stacked(raw: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The layers as often as they are repeated, each with its number in the file."""
    for depth, layer in enumerate(_layers(raw)):
        copies = layer.get("copies", 1)
        for _ in range(min(copies, MOST_COPIES) if isinstance(copies, int) else 1):
            yield depth, layer


def _inputs(raw: Mapping[str, Any]) -> int | None:
    inputs = raw.get("inputs")
    if isinstance(inputs, list) and inputs and isinstance(inputs[0], list):
        return _length(inputs[0])
    return inputs if isinstance(inputs, int) and not isinstance(inputs, bool) else _length(inputs)


def _rows(raw: Mapping[str, Any]) -> Iterator[Finding]:
    sources = _inputs(raw)
    for before, (depth, layer) in enumerate(_stacked(raw)):
        rows = layer.get("weights")
        for number, row in enumerate(rows if isinstance(rows, list) else []):
            if isinstance(row, list) and sources and len(row) != sources:
                evidence = {
                    "found": _count(row),
                    "expected": sources,
                    "source": "neuron of the layer before" if before else "input",
                }
                yield Finding(("layer", depth, "weights", number), "row_length", evidence)
        width = _width(layer)
        for key in ("bias", "threshold"):
            bias = layer.get(key)
            if isinstance(bias, list) and width and len(bias) != width:
                yield Finding(("layer", depth, key), "bias_length", {"found": _count(bias), "expected": width})
        sources = width


def _columns(raw: Mapping[str, Any]) -> Iterator[Finding]:
    """Samples are as long as one another."""
    inputs = raw.get("inputs")
    rows = inputs if isinstance(inputs, list) else []
    lengths = [len(row) for row in rows if isinstance(row, list)]
    for number, row in enumerate(rows):
        if isinstance(row, list) and len(row) != lengths[0]:
            yield Finding(("inputs", number), "sample_length", {"found": _count(row), "expected": lengths[0]})


def _targets(raw: Mapping[str, Any]) -> Iterator[Finding]:
    layers, targets, inputs = _layers(raw), raw.get("targets"), raw.get("inputs")
    width = _width(layers[-1]) if layers else None
    loss = raw.get("loss", "half_squared")
    needs = not isinstance(loss, str) or loss not in LOSSES or LOSSES[loss].has_targets
    if targets is None and needs and isinstance(inputs, list):
        yield Finding(("targets",), "missing_key", {"expected": "the target of each output neuron"})
    if isinstance(targets, int) and not _is_symbolic(raw):
        yield Finding(("targets",), "targets_missing")
    if not isinstance(targets, list) or not targets:
        return
    if not needs:
        yield Finding(("targets",), "no_targets", {"loss": loss})
    is_list = isinstance(targets[0], list)
    samples = len(inputs) if isinstance(inputs, list) and inputs and isinstance(inputs[0], list) else 1
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


def _is_symbolic(raw: Mapping[str, Any]) -> bool:
    """Whether the sheet has no numbers: a layer has only units, and nothing is drawn."""
    return "seed" not in raw and any("units" in layer and "weights" not in layer for layer in _layers(raw))


def _is_numeric(row: object) -> bool:
    return isinstance(row, list) and all(isinstance(number, int | Decimal) for number in row)


def _numbers(raw: Mapping[str, Any]) -> Iterator[Finding]:
    """Either everything has numbers, or the sheet is in symbols."""
    layers = _layers(raw)
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
    if len(symbolic) == len(layers) and _is_symbolic(raw) and isinstance(raw.get("inputs"), list):
        yield Finding(("inputs",), "symbolic_inputs")
    if (not symbolic or "seed" in raw) and layers:
        if isinstance(raw.get("inputs"), int) and "seed" not in raw:
            yield Finding(("inputs",), "numbers_missing")
        name = _optimizer_name(raw)
        if "learning_rate" not in raw and name in OPTIMIZERS and not OPTIMIZERS[name].rate:
            yield Finding(("learning_rate",), "missing_key", {"expected": "the η of the update"})


def _rounding(raw: Mapping[str, Any]) -> Iterator[Finding]:
    for keys, table in (
        (("sheet",), _table(raw, "sheet")),
        (("conventions", "carry"), _table(_table(raw, "conventions"), "carry")),
    ):
        if "digits" in table and "figures" in table:
            yield Finding((*keys, "figures"), "both_roundings")


def _published(raw: Mapping[str, Any]) -> Iterator[Finding]:
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


def _settings(raw: Mapping[str, Any]) -> Iterator[Finding]:
    conventions, layers = _table(raw, "conventions"), _layers(raw)
    if conventions.get("train_biases") is True and not any("bias" in layer or "threshold" in layer for layer in layers):
        yield Finding(("conventions", "train_biases"), "no_biases_to_train")
    inputs = raw.get("inputs")
    samples = len(inputs) if isinstance(inputs, list) and inputs and isinstance(inputs[0], list) else 1
    batch = _table(raw, "training").get("batch", samples)
    if conventions.get("update_order") == "output_first" and batch != 1:
        yield Finding(("conventions", "update_order"), "output_first_batch")
    training = _table(raw, "training")
    if "rounds" in training and "epochs" in training:
        yield Finding(("training", "epochs"), "rounds_and_epochs")
    shares = conventions.get("shared_bias_gradient") == "mean_of_biases"
    if shares and (batch != 1 or _optimizer_name(raw) != "sgd"):
        yield Finding(("conventions", "shared_bias_gradient"), "mean_of_biases_sgd")
    if isinstance(batch, int) and batch > samples:
        yield Finding(("training", "batch"), "batch_too_large", {"found": batch, "expected": samples})


def _varied(raw: Mapping[str, Any]) -> Iterator[Finding]:
    """What varies is there, and can take more than one value that fits the exercise."""
    table, layers = _table(raw, "vary"), _layers(raw)
    if table and _is_symbolic(raw):
        if not any("weights" in layer for layer in layers):  # else it is said that one layer has numbers
            yield Finding(("vary",), "vary_symbolic")
        return
    given = _given(raw)
    faulty = {*raw} | ({"weights"} if layers else set())  # what is there, or missing, has been complained of
    groups = list(dict.fromkeys(given.values()))
    for key, said in table.items():
        group = key if key in GROUPS.values() else given.get(key, "")
        if key == "pattern":
            continue
        if not group:
            evidence = {"nearest": nearest(key, [*groups, *given]), "groups": ", ".join(groups)}
            yield Finding(("vary", key), "vary_unknown", evidence)
        elif group not in groups:
            if group not in faulty:
                yield Finding(("vary", key), "vary_group", {"group": group, "groups": ", ".join(groups)})
        elif isinstance(said, dict):
            yield from (Finding(("vary", key), code, evidence) for code, evidence in _flaws_of(said, group, raw))


def _flaws_of(said: Mapping[str, Any], group: str, raw: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, object]]]:
    """What is wrong with a range of numbers, in the order in which one would mend it."""
    try:
        table = RangeTable.model_validate(said)
    except ValidationError:
        return
    low, high, step = table.low, table.high, table.step
    if low > high:
        yield "vary_order", {"low": low, "high": high}
    elif _places(low.normalize()) > _places(step):
        yield "vary_decimals", {"low": low, "step": step}
    elif (high - low) % step:
        yield "vary_step", {"step": step, "low": low, "high": high}
    elif len(Choices.between(low, high, step)) < 2:
        yield "vary_single", {"low": low, "high": high}
    if table.signs and low < 0:
        yield "vary_signs", {"low": low}
    if group == "learning_rate" and (low <= 0 or table.signs):
        yield "vary_rate", {}
    if group == "targets" and raw.get("loss") == "cross_entropy":
        yield "vary_distribution", {}
    if group == "targets" and raw.get("loss") == "binary_cross_entropy" and not 0 <= low <= high <= 1:
        yield "vary_probability", {}


def _places(number: Decimal) -> int:
    return -int(number.as_tuple().exponent)


def _given(raw: Mapping[str, Any]) -> dict[str, str]:
    """The ids of what may vary, each with its group."""
    if "formulas" in raw:
        return dict.fromkeys(map(str, _table(raw, "values")), "values")
    inputs, layers = raw.get("inputs"), _layers(raw)
    samples = len(inputs) if isinstance(inputs, list) and inputs and isinstance(inputs[0], list) else 1
    ends = [f"@s{number}" for number in range(1, samples + 1)] if samples > 1 else [""]
    outputs = (_width(layers[-1]) if layers else None) or 0
    loss = LOSSES.get(str(raw.get("loss")))
    has_targets = loss is None or loss.has_targets
    weights, biases = _parameters(raw)
    return {
        **{f"i{number}{end}": "inputs" for end in ends for number in range(1, (_inputs(raw) or 0) + 1)},
        **{f"target_o{number}{end}": "targets" for end in ends for number in range(1, outputs * has_targets + 1)},
        **dict.fromkeys(weights, "weights"),
        **dict.fromkeys(biases, "biases"),
        **({"eta": "learning_rate"} if "learning_rate" in raw else {}),
    }


def _checked(raw: Mapping[str, Any]) -> Iterator[Finding]:
    """A gradient check names parameters that the network has and that are trained, so that there is a derivative."""
    names = _table(raw, "gradient_check").get("parameters")
    if not isinstance(names, list):
        return
    weights, biases = _parameters(raw)
    known = {*weights, *(biases if _table(raw, "conventions").get("train_biases") is True else ())}
    for number, name in enumerate(names):
        if name in names[:number]:
            yield Finding(("gradient_check", "parameters", number), "named_twice", {"name": shortened(name)})
        if isinstance(name, str) and name not in known:
            evidence = {"name": shortened(name), "nearest": nearest(name, known)}
            yield Finding(("gradient_check", "parameters", number), "unknown_parameter", evidence)


def _parameters(raw: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The ids of weights, and of biases and thresholds, as ``Network.of`` counts them."""
    weights: list[str] = []
    biases: list[str] = []
    sources = _inputs(raw) or 0
    for _, layer in _stacked(raw):
        width = _width(layer) or 0
        weights += [f"w{len(weights) + number}" for number in range(1, width * sources + 1)]
        for key, stem in (("bias", "b"), ("threshold", "theta")):
            count = width if isinstance(layer.get(key), list) else int(key in layer)
            biases += [f"{stem}{len(biases) + number}" for number in range(1, count + 1)]
        sources = width
    return weights, biases


def _optimizer_name(raw: Mapping[str, Any]) -> str:
    return str(_table(raw, "optimizer").get("name", "sgd"))


def _optimizer(raw: Mapping[str, Any]) -> Iterator[Finding]:
    table = _table(raw, "optimizer")
    name = _optimizer_name(raw)
    if name not in OPTIMIZERS:
        return
    if "weight_decay" in raw and "lambda" in OPTIMIZERS[name].settings:
        yield Finding(("weight_decay",), "two_decays", {"optimizer": name})
    allowed = ["decay" if key == "lambda" else key for key in OPTIMIZERS[name].settings]
    for key in table:
        if key in _KEYS and key not in allowed:
            evidence = {"optimizer": name, "allowed": ", ".join(allowed) or "nothing else"}
            yield Finding(("optimizer", key), "setting_unused", evidence)


def _length(value: object) -> int | None:
    return len(value) if isinstance(value, list) and value else None


def _count(values: list[Any]) -> str:
    return f"{len(values)} number{'' if len(values) == 1 else 's'}"
