"""Exercises for programs: by name, from a file, from text, from a dict, or key by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, SupportsFloat, TypeAlias, TypedDict, Unpack

import numpy as np
from numpy.typing import ArrayLike

from derive.authoring import reading
from derive.authoring.exercise import Exercise
from derive.authoring.validation import described
from derive.words.errors import AuthorError, Problem

Numbers: TypeAlias = "ArrayLike | Sequence[SupportsFloat] | Sequence[Sequence[SupportsFloat]]"
ExerciseLike: TypeAlias = "Exercise | str | Path | Mapping[str, Any]"
"""An exercise, or what ``load`` makes one of."""

_LONGEST_NAME = 100
_TITLE = {"en": "An exercise", "es": "Un ejercicio", "zh": "练习"}


class LayerKeys(TypedDict, total=False):
    """The keys of a layer; ``weights`` has a row for each neuron: (units, sources)."""

    weights: Numbers
    units: int
    copies: int
    activation: str
    bias: SupportsFloat | Numbers
    threshold: SupportsFloat | Numbers


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
    layers: Sequence[LayerKeys | Mapping[str, Any]]
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
    given: Any = source  # whatever a program hands over
    match given:
        case Exercise():
            return given
        case Mapping():
            return _checked(given, "exercise")
        case str() if ("\n" in given or "=" in given) and not given.endswith(".toml"):
            return reading.read(given, Path("exercise"))
        case str() | Path():
            return reading.load(given)
    expected = "the name of an exercise, a path, a text, or a dict"
    raise AuthorError(Problem("wrong_type", "exercise", evidence={"found": described(given), "expected": expected}))


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
    if not _is_file_name(name):
        raise AuthorError(Problem("exercise_name", key="name", evidence={"found": described(name)}))
    return _checked({"title": _TITLE, **keys}, name)


def _is_file_name(name: Any) -> bool:
    if not isinstance(name, str) or not name.strip() or len(name) > _LONGEST_NAME:
        return False
    return name.isprintable() and not {"/", "\\"} & set(name)


def _checked(keys: Mapping[str, Any], name: str) -> Exercise:
    """The exercise of these keys, of which those that are None are as good as not there."""
    try:
        raw = _plain(keys)
    except RecursionError:
        reason = "its lists or tables are nested too deeply"
        raise AuthorError(Problem("not_toml", name, evidence={"reason": reason})) from None
    for key in ("title", "note", "answer"):
        if isinstance(raw.get(key), str):
            raw[key] = {"en": raw[key]}
    if "layers" in raw and "layer" not in raw:
        raw["layer"] = raw.pop("layers")
    return reading.checked(raw, Path(name))


def _plain(value: Any) -> Any:
    """Tables, lists and numbers as a TOML reader gives them: tuples and arrays are lists, floats are Decimals."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if hasattr(value, "__array__"):
        array = array_of(value)
        return (
            [_plain(inner) for inner in array]
            if array.ndim
            else _plain_number(array.item() if array.dtype.kind in "biu" else array[()])
        )
    return Decimal(repr(value)) if isinstance(value, float) else value


def array_of(value: Any) -> np.ndarray[Any, Any]:
    """An array of numpy's or of a library that follows it, without what a tensor keeps for its gradient."""
    return np.asarray(value.detach() if hasattr(value, "detach") else value)


def _plain_number(number: Any) -> Any:
    """A whole number, or the shortest decimal that is printed for a float of its precision: 0.05, not 0.0500000007."""
    return Decimal(str(number)) if isinstance(number, np.floating) else number
