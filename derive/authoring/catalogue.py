"""The shipped exercises at a glance: name, shape and title, read from their files without any mathematics.

SymPy takes half a second to import, and a list need not wait for it. The files are valid, for the tests load each of
them; what an author writes is read by ``reading``, which finds every problem.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from derive import resources


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list."""

    name: str
    shape: str
    """2-2-1 for a network, the number of formulas for a circuit."""
    title: str


def entries(language: str) -> Iterator[Entry]:
    """Every shipped exercise, its title in a language, or in English where the file does not have that."""
    for name, path in resources.exercises().items():
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        titles = raw["title"]
        yield Entry(name, _shape(raw), titles.get(language) or titles.get("en") or next(iter(titles.values())))


def _shape(raw: Mapping[str, Any]) -> str:
    if "formulas" in raw:
        count = len(raw["formulas"])
        return f"{count} formula{'s' * (count != 1)}"
    return "-".join(map(str, [_inputs(raw["inputs"]), *_widths(raw["layer"])]))


def _inputs(inputs: Any) -> int:
    """How many there are: a number where the sheet is in symbols, else those of one sample."""
    if isinstance(inputs, int):
        return inputs
    return len(inputs[0]) if isinstance(inputs[0], list) else len(inputs)


def _widths(layers: list[Mapping[str, Any]]) -> Iterator[int]:
    for layer in layers:
        width: int = layer["units"] if "units" in layer else len(layer["weights"])
        yield from [width] * layer.get("copies", 1)
