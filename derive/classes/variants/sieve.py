"""Throws out in double precision what surely fails, many draws at a time.

It changes nothing but the time that it takes: what it throws out fails by more than doubles can be wrong, and whatever
is left is looked at with 50 digits. Its margin is 10⁻⁹ of a value, 10⁻¹¹ of the largest value of the draw, and a unit
of the last printed place. Where a value is rounded on the way, a draw in which that is a close decision is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from math import inf
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sympy import Symbol

from derive.authoring.exercise import _PRINTED_FIGURES as PRINTED_FIGURES
from derive.authoring.typed_values import typed
from derive.authoring.vary import Choices
from derive.classes.variants.candidate import Frame
from derive.classes.variants.constraints import FEWEST_DIGITS, LARGEST_NET
from derive.classes.variants.drawing import Stream
from derive.classes.variants.pattern import Pattern
from derive.derivation.round import Derivation, Phase
from derive.derivation.steps import Step
from derive.mathtext.contents import numbers_in
from derive.mathtext.tree import Number, Row
from derive.model.quantities import Kind, Partial, Variable, quantity_named
from derive.numbers.compiled import function
from derive.numbers.evaluation import Rounding

Doubles: TypeAlias = dict[str, NDArray[np.float64]]
Flags: TypeAlias = NDArray[np.bool_]

_OF_VALUE, _OF_LARGEST = 1e-9, 1e-11
_CLOSE = 1e-6  # of a unit of the last place that is kept
_FIRST, _MOST = 32, 512  # draws at a time


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What a printed value lies between, its sign taken off, and a unit of its last place."""

    sign: int
    low: float
    high: float
    unit: float
    exact: bool


@dataclass(frozen=True)
class Sieve:
    """What of the constraints can be seen in double precision; of the pattern too, once there is one."""

    frame: Frame
    pattern: Pattern | None = None

    def sifted(
        self, stream: Stream, choices: Mapping[str, Choices]
    ) -> Iterator[tuple[int, dict[str, Decimal], tuple[str, str] | None]]:
        """The draws of a stream without end: number, values, and which constraint fails for which quantity, if seen."""
        start, size = 1, _FIRST
        while True:
            drawn = [stream.draw(number, choices) for number in range(start, start + size)]
            yield from zip(range(start, start + size), drawn, self._failures(drawn), strict=True)
            start, size = start + size, min(2 * size, _MOST)

    def _failures(self, drawn: Sequence[Mapping[str, Decimal]]) -> list[tuple[str, str] | None]:
        found: list[tuple[str, str] | None] = [None] * len(drawn)
        if self.frame.exercise.content.conventions.carry.single:
            return found
        with np.errstate(all="ignore"):
            values, doubtful = self._values(drawn)
            largest = np.max([np.broadcast_to(abs(value), len(drawn)) for value in values.values()], axis=0)
            for code, name, fails in self._tests(values, _OF_LARGEST * largest):
                for index in np.flatnonzero(fails & ~doubtful):
                    found[index] = found[index] or (code, name)
        return found

    def _tests(self, values: Doubles, slack: NDArray[np.float64]) -> Iterator[tuple[str, str, Flags]]:
        """Each constraint that can be seen, with the draws that fail it; the order is that of ``CONSTRAINTS``."""
        for (layer, *_), names in self.frame.nets.items():
            limit = float(LARGEST_NET.get(layer.activation.name, inf))
            for name in names:
                yield "variant_saturated", name, abs(values[name]) > limit + slack
        for name in self.frame.asked:
            if name in self._bounds and self._smallest(name):
                yield "variant_vanishing", name, abs(values[name]) < self._smallest(name) - slack
        if self.frame.errors:
            before, after = (values[name] for name in self.frame.errors)
            wrong = before - after if self.frame.rising else after - before
            yield "variant_error", self.frame.errors[1], wrong > slack
        for name, bounds in self._bounds.items():
            size, margin = bounds.sign * values[name], bounds.unit + slack + _OF_VALUE * abs(values[name])
            yield "variant_pattern", name, (size < bounds.low - margin) | (size > bounds.high + margin)
            if bounds.exact:
                units = values[name] / bounds.unit
                yield "variant_pattern", name, abs(units - np.rint(units)) > _CLOSE + (margin / bounds.unit - 1)

    def _smallest(self, name: str) -> float:
        """Below which an answer that is not exact has too few digits; nothing where the digits follow its size."""
        digits = self._rounding_of(name).digits
        is_exact = self.pattern is None or self.pattern.draw.number(name).exact
        return 0 if digits is None or is_exact else 10.0 ** (FEWEST_DIGITS - 1 - digits) * (1 - _OF_VALUE)

    @cached_property
    def _bounds(self) -> Mapping[str, _Bounds]:
        """Of every value that has digits of its own, but for those of a gradient check, where doubles cancel."""
        if self.pattern is None:
            return {}
        checked = (section for section in self.frame.derivation.sections if section.phase is Phase.CHECK)
        left_out = {step.quantity.id for section in checked for step in section.steps} | self.pattern.zeros
        printed = self.pattern.draw.filling.numbers.items()
        own = {name: node for name, node in printed if numbers_in(node)[0].of == name and name not in left_out}
        return {name: self._bounds_of(name, -1 if isinstance(node, Row) else 1) for name, node in own.items()}

    def _bounds_of(self, name: str, sign: int) -> _Bounds:
        assert self.pattern
        number = self.pattern.draw.number(name)
        value, rounding = Decimal(number.text).scaleb(number.exponent), self._rounding_of(name)
        if name in self._state:
            rounding = Rounding(figures=PRINTED_FIGURES)
        elif rounding.digits is not None or name in self.frame.exercise.evaluation.given:
            return self._bounds_of_places(number, sign)
        low, figures = 10.0 ** value.adjusted(), rounding.figures
        return _Bounds(sign, low, 10 * low, low * 10.0 ** (1 - figures), number.exact)

    @staticmethod
    def _bounds_of_places(number: Number, sign: int) -> _Bounds:
        """From 0 to below 10 there is one digit before the mark."""
        whole, _, places = number.text.partition(".")
        scale = 10.0**number.exponent
        low = 0.0 if len(whole) == 1 else scale * 10.0 ** (len(whole) - 1)
        return _Bounds(sign, low, scale * 10.0 ** len(whole), scale * 10.0 ** -len(places), number.exact)

    @property
    def _state(self) -> Set[str]:
        """What earlier rounds have led to, which is printed with significant figures."""
        exercise = self.frame.exercise
        return exercise.training.start.keys() if exercise.reached.rounds else set()

    def _rounding_of(self, name: str) -> Rounding:
        """How a value is printed."""
        carry = self.frame.exercise.content.conventions.carry
        keeps = not carry.is_full and carry.applies_to(quantity_named(name))
        return Rounding(carry.digits, carry.figures or self.frame.rounding.figures) if keeps else self.frame.rounding

    def _values(self, drawn: Sequence[Mapping[str, Decimal]]) -> tuple[Doubles, Flags]:
        """All values of the round that the sheet shows, and where rounding on the way is a close decision."""
        exercise = self.frame.exercise
        typed_values: Doubles = {name: np.array(float(value)) for name, value in typed(exercise).items()}
        typed_values |= {name: np.array([float(values[name]) for values in drawn]) for name in drawn[0]}
        doubtful = np.zeros(len(drawn), dtype=bool)
        training = exercise.training
        state = {name: typed_values.get(name, np.array(float(value))) for name, value in training.start.items()}
        fixed = {name: typed_values.get(name, np.array(float(value))) for name, value in training.settings.items()}
        completed = exercise.reached.rounds
        for number in range(completed):
            samples, size = self._batch(typed_values, number)
            values = self._played(exercise.derivation(size), {**samples, **state, **fixed}, doubtful)
            state = {name: _renewed(name, values) for name in state}
        for name in state if completed else ():
            if name != Kind.ROUND:
                state[name] = _rounded(state[name], Rounding(figures=PRINTED_FIGURES), doubtful)
        samples, _ = self._batch(typed_values, completed)
        return self._played(self.frame.derivation, {**samples, **state, **fixed}, doubtful), doubtful

    def _batch(self, values: Doubles, number: int) -> tuple[Doubles, int]:
        """The samples of a round, by the ids that they have in their batch, and how many they are."""
        exercise = self.frame.exercise
        if exercise.circuit:
            return {}, 1
        batches = exercise.training.rounds_per_epoch
        first = number % batches * exercise.training.batch
        chosen = range(first, min(first + exercise.training.batch, exercise.sample_count))
        named: Doubles = {}
        for place, index in enumerate(chosen, start=1):
            for name in exercise.training.samples[index]:
                own = f"{name}@s{index + 1}" if exercise.sample_count > 1 else name
                named[f"{name}@s{place}" if len(chosen) > 1 else name] = values[own]
        return named, len(chosen)

    def _played(self, derivation: Derivation, start: Doubles, doubtful: Flags) -> Doubles:
        """The steps one after the other, rounded where people round before they go on."""
        carry = self.frame.exercise.content.conventions.carry
        values = dict(start)
        for step, names, formula in self._formulas(derivation):
            (value,) = formula(*(values[name] for name in names))
            values[step.quantity.id] = value = np.asarray(value, dtype=np.float64)
            is_read_off = isinstance(step.quantity, Partial) and step.expression.is_Symbol
            if not carry.is_full and not is_read_off and carry.applies_to(step.quantity):
                kept = Rounding(carry.digits, carry.figures or Rounding().figures)
                values[step.quantity.id] = _rounded(value, kept, doubtful)
        return values

    @cached_property
    def _known(self) -> dict[int, list[tuple[Step, tuple[str, ...], Callable[..., Any]]]]:
        return {}

    def _formulas(self, derivation: Derivation) -> list[tuple[Step, tuple[str, ...], Callable[..., Any]]]:
        """Each step with what it is calculated from, and how."""
        if id(derivation) not in self._known:
            self._known[id(derivation)] = [_formula_of(step) for step in derivation.steps]
        return self._known[id(derivation)]


def _formula_of(step: Step) -> tuple[Step, tuple[str, ...], Callable[..., Any]]:
    symbols = sorted(step.expression.free_symbols, key=lambda symbol: str(symbol.name))
    goal = Symbol("goal")
    formula = function([(goal, step.expression)], symbols, [goal], "numpy")
    return step, tuple(symbol.name for symbol in symbols), formula


def _renewed(name: str, values: Doubles) -> NDArray[np.float64]:
    """What a quantity of the state is after a round."""
    quantity = quantity_named(name)
    assert isinstance(quantity, Variable)
    return values[name] + 1 if quantity.kind is Kind.ROUND else values[quantity.after_update().id]


def _rounded(value: NDArray[np.float64], rounding: Rounding, doubtful: Flags) -> NDArray[np.float64]:
    """Halves away from zero; ``doubtful`` learns where doubles cannot tell which side, or which place is the last."""
    size = abs(value)
    unit: Any = 10.0 ** -(rounding.digits or 0)
    if rounding.digits is None:
        power = np.log10(np.where(size == 0, 1.0, size))
        doubtful |= abs(power - np.rint(power)) < _OF_VALUE
        unit = 10.0 ** (np.floor(power) - rounding.figures + 1)
    scaled = size / unit
    doubtful |= abs(scaled - np.floor(scaled) - 0.5) < _CLOSE
    return np.asarray(np.sign(value) * np.floor(scaled + 0.5) * unit)
