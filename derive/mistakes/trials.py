"""What each known mistake leads to, as numbers: for all students of a class at once.

A mistake shows where something is asked: at its own step, or at the first asked quantities after it. These are
calculated from a student's own values, by code that is compiled once for a derivation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Symbol, evaluate

from derive.derivation.round import Derivation
from derive.derivation.steps import Step
from derive.mistakes.slips import Slip, slips_of
from derive.model.quantities import PARAMETERS, Kind, Variable, quantity_named
from derive.numbers.compiled import Assignment, function
from derive.numbers.intervals.arrays import IntervalArray
from derive.numbers.intervals.programs import Program, program_of

Array: TypeAlias = NDArray[np.float64]
Numbers: TypeAlias = Mapping[str, "Array | float"]

_SAMPLES = 24  # random sheets on which two formulas have to differ once, or they are the same
_SAME = 1e-9  # relative
_SEED = 20151


@dataclass(frozen=True, slots=True)
class Trial:
    """What one asked quantity comes to if a mistake was made there or on the way to it."""

    quantity: str
    slips: tuple[Slip, ...]
    """More than one where they come to the same whatever the numbers are: one of several mistakes."""


class Wrong(NamedTuple):
    """A trial with its values, one for each student; NaN or infinite where the wrong formula has no value."""

    trial: Trial
    values: Array


def wrong_values(derivation: Derivation, values: Numbers, asked: Collection[str] | None = None) -> list[Wrong]:
    """What each known mistake leads to, calculated from a student's own values or from those of many.

    ``values`` has every given value and whatever else is known, by id: numbers, or arrays (students,) with NaN where a
    student has no answer. What is missing is calculated from the rest. ``asked`` names the quantities that the sheet
    asks; all, if it is not said. A trial of a quantity uses the student's own values of all asked ones before it, so
    that an earlier slip is not charged again; values of what is not asked are not looked at.
    """
    trials = trials_of(derivation, asked)
    return [Wrong(trial, row) for trial, row in zip(trials.trials, trials.values(values), strict=True)]


@dataclass(frozen=True)
class Trials:
    """All trials of a derivation whose sheet asks some of its quantities."""

    steps: tuple[Step, ...]
    asked: frozenset[str]
    slips: tuple[Slip, ...] = field(compare=False, repr=False)

    @cached_property
    def trials(self) -> tuple[Trial, ...]:
        """In order of the steps, without those that come to the right value whatever the numbers are."""
        return tuple(trial for trial, _ in self._grouped)

    def values(self, values: Numbers) -> Array:
        """What the trials come to: an array (trials, students)."""
        completed = self.completed(values)
        with np.errstate(all="ignore"):
            rows = self._compiled(*(completed[name] for name in self._names))
        students = next(iter(completed.values())).shape
        chosen = [np.broadcast_to(rows[number], students) for _, number in self._grouped]
        return np.array(chosen, np.float64).reshape(len(chosen), *students)

    def enclosures(self, known: Mapping[str, IntervalArray]) -> IntervalArray:
        """What the trials come to where each value is only known to lie in an interval: (trials, students)."""
        students = next(iter(known.values())).low.shape
        rows = [row.shaped(*students) for row in self._program(*(known[name] for name in self._names))]
        chosen = [rows[number] for _, number in self._grouped]
        shape = len(chosen), *students
        low, high = ([getattr(row, end) for row in chosen] for end in ("low", "high"))
        return IntervalArray(np.array(low).reshape(shape), np.array(high).reshape(shape))

    def completed(self, values: Numbers) -> dict[str, Array]:
        """Every given value and every quantity, for each student: their own where there is one, else what follows."""
        shape = np.broadcast_shapes(*(np.shape(value) for value in values.values())) or (1,)
        known = {name: np.broadcast_to(np.asarray(value, np.float64), shape) for name, value in values.items()}
        with np.errstate(all="ignore"):
            for step in self.steps:
                name = step.quantity.id
                own = known.get(name) if name in self.asked else None
                if own is None or np.isnan(own).any():
                    value = _value_of(step, known, shape)
                    known[name] = value if own is None else np.where(np.isnan(own), value, own)
        return known

    @cached_property
    def _names(self) -> tuple[str, ...]:
        own = {step.quantity.id for step in self.steps}
        used = {symbol.name for step in self.steps for symbol in step.expression.free_symbols}
        return (*sorted(used - own), *(step.quantity.id for step in self.steps))

    @cached_property
    def _symbols(self) -> tuple[Symbol, ...]:
        return tuple(Symbol(name, real=True) for name in self._names)

    @cached_property
    def _shown(self) -> tuple[tuple[Slip, str, Symbol], ...]:
        """Every slip at every asked quantity where it shows, with the symbol that holds its value."""
        return tuple((slip, name, symbol) for slip, shown, _ in self._written for name, symbol in shown)

    @cached_property
    def _written(self) -> tuple[tuple[Slip, Sequence[tuple[str, Symbol]], Sequence[Assignment]], ...]:
        users = defaultdict(list)
        for number, step in enumerate(self.steps):
            for symbol in step.expression.free_symbols:
                users[symbol.name].append(number)
        places = {step.quantity.id: number for number, step in enumerate(self.steps)}
        with evaluate(False):
            return tuple(
                (slip, *self._followed(number, slip, places[slip.place], users))
                for number, slip in enumerate(self.slips)
                if slip.place in self._leading
            )

    @cached_property
    def _leading(self) -> frozenset[str]:
        """The quantities that are asked, and all that have a part in these."""
        leading = set(self.asked)
        for step in reversed(self.steps):
            if step.quantity.id in leading:
                leading.update(symbol.name for symbol in step.expression.free_symbols)
        return frozenset(leading)

    def _followed(
        self, number: int, slip: Slip, place: int, users: Mapping[str, Sequence[int]]
    ) -> tuple[list[tuple[str, Symbol]], list[Assignment]]:
        """The asked quantities at which a slip shows, and the assignments that lead there through what is not asked."""
        assignments: list[Assignment] = []
        shown: list[tuple[str, Symbol]] = []
        moved: dict[Symbol, Symbol] = {}
        waiting = {place}
        while waiting:
            at = min(waiting)
            waiting.remove(at)
            quantity = self.steps[at].quantity
            formula: Expr = slip.wrong if at == place else self.steps[at].expression.xreplace(moved)
            made = Symbol(f"{quantity.id} of {number}", real=True)
            assignments.append((made, formula))
            if quantity.id in self.asked:
                shown.append((quantity.id, made))
            else:
                moved[quantity.symbol] = made
                waiting.update(users[quantity.id])
        return shown, assignments

    @cached_property
    def _compiled(self) -> Callable[..., tuple[Any, ...]]:
        """Every value that is shown, from the given values and the quantities."""
        assignments = [assignment for _, _, assignments in self._written for assignment in assignments]
        return function(assignments, self._symbols, [symbol for _, _, symbol in self._shown], "numpy")

    @cached_property
    def _program(self) -> Program:
        """The same for intervals."""
        assignments = [assignment for _, _, assignments in self._written for assignment in assignments]
        return program_of([symbol for _, _, symbol in self._shown], self._symbols, assignments)

    @cached_property
    def _grouped(self) -> tuple[tuple[Trial, int], ...]:
        """The trials, each with the number of one of its values among those shown.

        They are told apart on sheets with random numbers. Two formulas that agree on all of these are the same by an
        identity, such as a mean of two and half of their sum.
        """
        sheets = self.completed(_random_given(self._names[: -len(self.steps)]))
        with np.errstate(all="ignore"):
            rows = self._compiled(*(sheets[name] for name in self._names))
        groups = {step.quantity.id: _Groups(sheets[step.quantity.id]) for step in self.steps}
        for number, ((slip, name, _), row) in enumerate(zip(self._shown, rows, strict=True)):
            groups[name].add(slip, number, np.broadcast_to(row, (_SAMPLES,)))
        return tuple(
            (Trial(name, tuple(slips)), number)
            for name, group in groups.items()
            for slips, number in zip(group.slips, group.numbers, strict=True)
        )


class _Groups:
    """The slips that show at one quantity, those that come to the same together."""

    def __init__(self, right: Array) -> None:
        self.known = [right]
        self.slips: list[list[Slip]] = []
        self.numbers: list[int] = []

    def add(self, slip: Slip, number: int, values: Array) -> None:
        if not np.isfinite(values).any():
            return
        same = np.flatnonzero(_are_same(np.array(self.known), values))
        if not same.size:
            self.known.append(values)
            self.slips.append([slip])
            self.numbers.append(number)
        elif same[0]:  # the first of them is the right value
            self.slips[same[0] - 1].append(slip)


def trials_of(derivation: Derivation, asked: Collection[str] | None = None) -> Trials:
    """The trials of a derivation; they are made once."""
    everything = (step.quantity.id for step in derivation.steps)
    trials = Trials(derivation.steps, frozenset(everything if asked is None else asked), slips_of(derivation))
    return _kept(trials)


@lru_cache(maxsize=64)
def _kept(trials: Trials) -> Trials:
    return trials


def _are_same(known: Array, values: Array) -> NDArray[np.bool_]:
    """Which rows agree with the values on every random sheet, and have none on the same ones."""
    finite = np.isfinite(values)
    size = np.maximum(np.abs(known[:, finite]), np.abs(values[finite]))
    agree = np.all(np.abs(known[:, finite] - values[finite]) <= _SAME * size, axis=1)
    return np.asarray(agree & np.all(np.isfinite(known) == finite, axis=1))


def _value_of(step: Step, known: Mapping[str, Array], shape: tuple[int, ...]) -> Array:
    names, formula = _formula_of(step)
    (value,) = formula(*(known[name] for name in names))
    return np.broadcast_to(np.asarray(value, np.float64), shape)


@lru_cache(maxsize=4096)
def _formula_of(step: Step) -> tuple[tuple[str, ...], Callable[..., tuple[Any, ...]]]:
    symbols = sorted(step.expression.free_symbols, key=lambda symbol: str(symbol.name))
    goal = step.quantity.symbol
    return tuple(symbol.name for symbol in symbols), function([(goal, step.expression)], symbols, [goal], "numpy")


def _random_given(names: Sequence[str]) -> dict[str, Array]:
    """Given values of as many sheets: of either sign, or between 0 and 1 where only such values make sense."""
    drawn = np.random.default_rng(_SEED)
    return {name: drawn.uniform(*_range_of(name), _SAMPLES) for name in names}


def _range_of(name: str) -> tuple[float, float]:
    quantity = quantity_named(name)
    is_signed = isinstance(quantity, Variable) and quantity.kind in (*PARAMETERS, Kind.INPUT, Kind.NAME)
    return (-1.5, 1.5) if is_signed else (0.1, 0.9)
