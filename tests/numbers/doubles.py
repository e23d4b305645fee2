"""The steps of a derivation in plain doubles, and honest people who calculate them and round as a sheet says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Max, Rational, Symbol

from derive.derivation.steps import Step
from derive.equations.scalars import branch_of
from derive.model.conventions import Carry
from derive.model.quantities import Kind, Partial, Variable
from derive.numbers.compiled import function
from derive.numbers.evaluation import Evaluation, Rounding

Array = NDArray[np.float64]
ERRORS = (Kind.ERROR, Kind.DATA, Kind.PENALTY, Kind.TOTAL)


@dataclass(frozen=True)
class Line:
    """One step: its value from those of others, and the rounding of it that is carried on and of it that is printed."""

    name: str
    arguments: tuple[str, ...]
    value: Callable[..., Any]
    kept: Rounding | None
    printed: Rounding | None
    single: bool = False


@cache
def formula_of(step: Step) -> tuple[tuple[str, ...], Callable[..., Any]]:
    """The names that a step is calculated from, and its formula in doubles."""
    symbols = sorted(step.expression.free_symbols, key=lambda symbol: symbol.name)
    goal = step.quantity.symbol
    code = function([(goal, step.expression)], symbols, [goal], "numpy")
    return tuple(symbol.name for symbol in symbols), code


def lines_of(evaluation: Evaluation, rounding: Rounding) -> list[Line]:
    """The steps as ``evaluation`` and ``equations.printed_numbers`` treat them."""
    carry, values, lines = evaluation.carry, evaluation.values, []
    keeping: dict[str, Rounding | None] = {}
    for step in evaluation.derivation.steps:
        names, code = formula_of(step)
        branch = branch_of(step.expression, values)[0]
        printed = None if isinstance(branch, Symbol | Rational) else _printed(step, carry, rounding)
        applies = not carry.is_full and carry.applies_to(step.quantity)
        read_off = isinstance(step.quantity, Partial) and step.expression.is_Symbol
        kept = printed
        if not carry.is_full:
            kept = (
                Rounding(carry.digits, carry.figures or 50) if applies and not read_off and not carry.single else None
            )
        is_picked = step.expression.is_Symbol or (isinstance(step.expression, Max) and len(names) == 1)
        if not carry.is_full and is_picked and names and kept == keeping.get(names[0]):
            kept = printed = None  # it has been rounded
        keeping[step.quantity.id] = kept or (keeping.get(names[0]) if is_picked and names else None)
        lines.append(Line(step.quantity.id, names, code, kept, printed, applies and not read_off and carry.single))
    return lines


def _printed(step: Step, carry: Carry, rounding: Rounding) -> Rounding:
    keeps = not carry.is_full and not carry.single and carry.applies_to(step.quantity)
    kept = Rounding(carry.digits, carry.figures or rounding.figures) if keeps else rounding
    quantity = step.quantity
    moved = isinstance(quantity, Variable) and quantity.kind in ERRORS and quantity.version not in ("", "new")
    return kept.finer(6) if moved else kept


def unit_of(values: Array, rounding: Rounding) -> Array:
    """A unit in the last place."""
    if rounding.digits is not None:
        return np.full_like(values, 10.0**-rounding.digits)
    with np.errstate(divide="ignore"):
        exponents = np.floor(np.log10(np.abs(values)))
    return np.where(values == 0, 0, 10.0 ** (exponents + 1 - rounding.figures))


Move = Callable[[int, Line, Array], Array]


def played(lines: list[Line], start: Mapping[str, float], trials: int, move: Move) -> Iterator[tuple[Array, Array]]:
    """Each step's value in every trial, before and after ``move`` has moved it."""
    known = {name: np.full(trials, value) for name, value in start.items()}
    with np.errstate(all="ignore"):
        for number, line in enumerate(lines):
            (value,) = line.value(*(known[name] for name in line.arguments))
            value = np.broadcast_to(np.asarray(value, np.float64), trials)
            known[line.name] = move(number, line, value)
            yield value, known[line.name]


def as_floats(numbers: Mapping[str, Decimal]) -> dict[str, float]:
    return {name: float(number) for name, number in numbers.items()}


# --- honest people ----------------------------------------------------------------------------------------------------


def rounded(values: Array, rounding: Rounding, how: NDArray[np.int_]) -> Array:
    """To the nearest with ties up, down, away from zero or to even (0 to 3), or cut off (4)."""
    unit = unit_of(values, rounding)
    scaled = np.divide(values, unit, out=np.zeros_like(values), where=unit > 0)
    whole, rest = np.floor(scaled), scaled - np.floor(scaled)
    noise = 1e-6 + 1e-14 * np.abs(scaled)  # of doubles: 50.383072 may be a little less, and is not cut off to 50.383071
    is_tie = np.abs(rest - 0.5) < noise
    ways = [whole + 1, whole, np.where(scaled > 0, whole + 1, whole), 2 * np.round(scaled / 2)]
    nearest = np.where(is_tie, np.choose(np.minimum(how, 3), ways), np.floor(scaled + 0.5))
    return np.where(how == 4, np.trunc(scaled + np.sign(scaled) * noise), nearest) * unit


def honest_sheets(
    lines: list[Line], evaluation: Evaluation, sheets: int, truncation: bool, generator: np.random.Generator
) -> Array:
    """Answers (steps, sheets) of people who round each intermediate in a way of their own.

    Where the key rounds nothing, they go on with what they have, with what is printed, or with some digits more.
    """
    free = evaluation.carry.is_full

    def move(number: int, line: Line, values: Array) -> Array:
        if line.single:
            return values.astype(np.float32).astype(np.float64)
        if line.kept is None:
            return values
        how = generator.integers(0, 5 if truncation else 4, sheets)
        moved = rounded(values, line.kept, how)
        if free:
            finer = rounded(values, line.kept.finer(int(generator.integers(1, 4))), how)
            moved = np.choose(generator.integers(0, 4, sheets), [values, moved, moved, finer])
        return moved

    answers = []
    for line, (value, moved) in zip(lines, played(lines, as_floats(evaluation.given), sheets, move), strict=True):
        how = generator.integers(0, 5 if truncation else 4, sheets)
        written = value if free else moved  # nobody rounds what has been rounded to one digit more
        answers.append(moved if line.printed is None else rounded(written, line.printed, how))
    return np.array(answers)
