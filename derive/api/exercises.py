"""Exercises for programs: by name, from a file, from text, from a dict, or key by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, SupportsFloat, TypeAlias, TypedDict, Unpack

from derive.authoring import reading
from derive.authoring.exercise import Exercise

Numbers: TypeAlias = "Sequence[SupportsFloat] | Sequence[Sequence[SupportsFloat]]"
ExerciseLike: TypeAlias = "Exercise | str | Path | Mapping[str, Any]"
"""An exercise, or what ``load`` makes one of."""

_TITLE = {"en": "An exercise", "es": "Un ejercicio", "zh": "练习"}


class LayerKeys(TypedDict, total=False):
    """The keys of a layer; ``weights`` has a row for each neuron: (units, sources)."""

    weights: Sequence[Sequence[SupportsFloat]]
    units: int
    copies: int
    activation: str
    bias: SupportsFloat | Sequence[SupportsFloat]
    threshold: SupportsFloat | Sequence[SupportsFloat]


class ExerciseKeys(TypedDict, total=False):
    """The keys of an exercise file, ``layer`` being called ``layers``."""

    title: str | Mapping[str, str]
    note: str | Mapping[str, str]
    answer: str | Mapping[str, str]
    source: str
    conventions: Mapping[str, Any]
    sheet: Mapping[str, Any]
    vary: Mapping[str, Any]
    credit: Mapping[str, Any]
    course: Mapping[str, Any]
    published: Sequence[Mapping[str, Any]]
    inputs: int | Numbers
    targets: int | Numbers
    loss: str
    learning_rate: SupportsFloat
    weight_decay: SupportsFloat
    input_gradients: bool
    seed: int
    layers: Sequence[LayerKeys]
    optimizer: Mapping[str, Any]
    training: Mapping[str, Any]
    gradient_check: Mapping[str, Any]
    formulas: Sequence[str]
    values: Mapping[str, SupportsFloat]


def load(source: ExerciseLike) -> Exercise:
    """An exercise by its shipped name, by the path of its file, from the text of such a file, or a dict of its keys.

    A text is TOML if it has a line break or an equals sign and does not end in ``.toml``. Numbers of a dict may be
    ints, floats, Decimals or numpy's; a float means the shortest decimal number that is printed for it.

    Raises ``AuthorError`` with everything that is wrong, each with its key and, in a file, its line.

    >>> load("mazur").title("en")
    'A step-by-step backpropagation example'
    >>> load({"title": {"en": "Two gates"}, "formulas": ["f = x * y"], "values": {"x": 2, "y": 3}}).given["x"]
    Decimal('2')
    """
    if isinstance(source, Exercise):
        return source
    if isinstance(source, Mapping):
        return reading.checked(_plain(source), Path("exercise"))
    if isinstance(source, str) and ("\n" in source or "=" in source) and not source.endswith(".toml"):
        return reading.read(source, Path("exercise"))
    return reading.load(source)


def exercise(name: str = "exercise", **keys: Unpack[ExerciseKeys]) -> Exercise:
    """An exercise from the keys of an exercise file; ``pencilgrad schema`` and docs/author.md have them all.

    A layer's ``weights`` are (units, sources), ``inputs`` and ``targets`` one row or (samples, values). ``title``,
    ``note`` and ``answer`` are texts, or dicts of texts by language. ``name`` is what its files are called.

    Raises ``AuthorError`` with everything that is wrong, each with its key.

    >>> layers = [{"weights": [[0.15, 0.20], [0.25, 0.30]], "bias": 0.35}, {"weights": [[0.40, 0.45]], "bias": 0.60}]
    >>> mine = exercise(inputs=[0.05, 0.10], targets=[0.01], layers=layers, learning_rate=0.5)
    >>> mine.given["w5"]
    Decimal('0.4')
    """
    raw: dict[str, Any] = {"title": _TITLE, **keys}
    for key in ("title", "note", "answer"):
        if isinstance(raw.get(key), str):
            raw[key] = {"en": raw[key]}
    if "layers" in raw:
        raw["layer"] = raw.pop("layers")
    return reading.checked(_plain(raw), Path(name))


def _plain(value: Any) -> Any:
    """Tables, lists and numbers as a TOML reader gives them: tuples and arrays are lists, floats are Decimals."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if hasattr(value, "tolist"):  # of numpy, and of libraries that follow it
        return _plain(value.tolist())
    return Decimal(repr(float(value))) if isinstance(value, float) else value
