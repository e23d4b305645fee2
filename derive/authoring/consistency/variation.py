"""Whether what varies is there, and can take more than one value that fits the exercise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from derive.authoring.consistency.written import (
    input_count,
    is_symbolic,
    layers_of,
    parameters_of,
    sample_count,
    table_of,
    width_of,
)
from derive.authoring.validation import Finding
from derive.authoring.vary import Choices
from derive.authoring.vary_table import GROUPS, RangeTable
from derive.model.losses import LOSSES
from derive.words.errors import nearest


def varied(raw: Mapping[str, Any]) -> Iterator[Finding]:
    """What varies is there, and can take more than one value that fits the exercise."""
    table, layers = table_of(raw, "vary"), layers_of(raw)
    if table and is_symbolic(raw):
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
        return dict.fromkeys(map(str, table_of(raw, "values")), "values")
    _inputs, layers = raw.get("inputs"), layers_of(raw)
    samples = sample_count(raw)
    ends = [f"@s{number}" for number in range(1, samples + 1)] if samples > 1 else [""]
    outputs = (width_of(layers[-1]) if layers else None) or 0
    loss = LOSSES.get(str(raw.get("loss")))
    has_targets = loss is None or loss.has_targets
    weights, biases = parameters_of(raw)
    return {
        **{f"i{number}{end}": "inputs" for end in ends for number in range(1, (input_count(raw) or 0) + 1)},
        **{f"target_o{number}{end}": "targets" for end in ends for number in range(1, outputs * has_targets + 1)},
        **dict.fromkeys(weights, "weights"),
        **dict.fromkeys(biases, "biases"),
        **({"eta": "learning_rate"} if "learning_rate" in raw else {}),
    }
