"""All checks, in the order in which their findings are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from derive.authoring.consistency.lengths import published_fit, rows_fit, samples_fit, targets_fit, targets_there
from derive.authoring.consistency.settings import gradient_check, numbers, optimizer, rounding, settings
from derive.authoring.consistency.variation import varied
from derive.authoring.validation import Finding

Check: TypeAlias = Callable[[Mapping[str, Any]], Iterator[Finding]]

_OF_ALL: tuple[Check, ...] = (rounding, published_fit, varied)
_OF_NETWORKS: tuple[Check, ...] = (
    rows_fit,
    samples_fit,
    targets_there,
    targets_fit,
    numbers,
    settings,
    optimizer,
    gradient_check,
)


def shape_problems(raw: Mapping[str, Any]) -> Iterator[Finding]:
    """Lists whose lengths do not fit together, and settings that contradict one another, as far as they can be read."""
    for check in _OF_ALL if "formulas" in raw else (*_OF_ALL, *_OF_NETWORKS):
        yield from check(raw)
