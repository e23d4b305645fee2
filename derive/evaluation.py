"""Numbers: every quantity of a derivation at 50 digits, rounds of training, and how a value is printed.

The steps are compiled as they stand, one assignment a step, so what is computed is what is printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_UP, Context, Decimal
from functools import cached_property
from typing import Any, NamedTuple

from mpmath import mpf, nstr, workdps
from sympy import Symbol, lambdify

from derive.derivation import Derivation, Phase
from derive.steps import Evaluate, Step, Update

PRECISION = 50
"""Significant digits of every value."""

MOST_NET_INPUT = 500
"""Beyond this a logistic or tanh neuron has no slope left that anyone could calculate with."""

_WORKING = PRECISION + 10  # so that the 50th is right, and 0.3775 is found to be exact
_SPARE = 5  # of these
_JSON_DIGITS = 17
_WIDE = Context(prec=2 * PRECISION, Emin=MIN_EMIN, Emax=MAX_EMAX)
# Within these powers of ten a value is written out; outside, as digits times a power of ten.
_PLAIN = range(-7, 15)

Values = Mapping[str, mpf]


class Shown(NamedTuple):
    """Decimal digits, whether they are all of the value, and the power of ten that they are to be multiplied by."""

    digits: str
    exact: bool
    exponent: int = 0


@dataclass(frozen=True, slots=True)
class Rounding:
    """How a computed value is shown: to so many decimal places or, where those are not set, significant figures."""

    digits: int | None = None
    figures: int = 6

    def shown(self, value: Decimal) -> Shown:
        """The value as it is printed, halves rounded away from zero."""
        if self.digits is not None and (value.is_zero() or value.adjusted() < _PLAIN.stop):
            rounded = value.quantize(Decimal(1).scaleb(-self.digits), ROUND_HALF_UP, _WIDE)
            return Shown(f"{abs(rounded) if rounded.is_zero() else rounded:f}", rounded == value)
        rounded = to_figures(value, self.figures)
        if value.is_zero() or rounded.adjusted() in _PLAIN:
            return Shown(f"{rounded:f}", rounded == value)
        digits = rounded.scaleb(-rounded.adjusted(), _WIDE)
        return Shown(f"{digits:f}", rounded == value, rounded.adjusted())


def to_figures(value: Decimal, figures: int) -> Decimal:
    """A value rounded to significant figures."""
    if value.is_zero():
        return Decimal(0)
    rounded = value.quantize(_last_place(value, figures), ROUND_HALF_UP, _WIDE)
    # 9.9996 becomes 10.000, which is one figure too many.
    return rounded.quantize(_last_place(rounded, figures), context=_WIDE)


def _last_place(value: Decimal, figures: int) -> Decimal:
    return Decimal(1).scaleb(value.adjusted() - figures + 1, _WIDE)


def decimal_of(value: mpf) -> Decimal:
    """An mpmath number as a Decimal of ``PRECISION`` significant digits."""
    with workdps(_WORKING):
        return Decimal(nstr(value, PRECISION, min_fixed=1, max_fixed=0))


def seventeen_digits(value: mpf) -> str:
    """A decimal string of 17 significant digits: enough to tell any two doubles apart."""
    return str(to_figures(decimal_of(value), _JSON_DIGITS))


@dataclass(frozen=True)
class Evaluation:
    """A derivation with numbers put in."""

    derivation: Derivation
    given: Mapping[str, Decimal] = field(repr=False)
    """Inputs, targets, weights, biases and the learning rate, by id."""

    @cached_property
    def values(self) -> Values:
        """Given and computed quantities by id."""
        values = self._at(_WORKING)
        # 1 − out loses as many digits as out has nines: 0.87 of tanh's net input, half that of the logistic's.
        largest = max(abs(values[name]) for name in values if name.startswith("net_"))
        lost = int(min(largest, MOST_NET_INPUT) * mpf("0.87"))
        return self._at(_WORKING + lost) if lost > _SPARE else values

    def _at(self, digits: int) -> Values:
        with workdps(digits):
            return {**self._start(), **self._values_of(self.derivation.steps, self._start())}

    def __getitem__(self, quantity_id: str) -> Decimal:
        """One value, with all its digits."""
        return decimal_of(self.values[quantity_id])

    def after(self, rounds: int) -> Values:
        """The error, the outputs and the parameters after so many rounds of the same update."""
        graph = self.derivation.graph
        sections = self.derivation.sections
        round_steps = [step for section in sections if section.phase is not Phase.AFTER for step in section.steps]
        with workdps(_WORKING):
            state = self._start()
            updates = [step for step in round_steps if isinstance(step, Update)]
            names = [step.parameter.id for step in updates]
            play = _compiled(state, round_steps, updates)
            for _ in range(rounds):
                state.update(zip(names, play(*state.values()), strict=True))
            reached = self._values_of([step for step in round_steps if isinstance(step, Evaluate)], state)
        outputs = {name: value for name, value in reached.items() if name.startswith("out_o")}
        parameters = {parameter.id: state[parameter.id] for parameter in graph.parameters}
        return {graph.target.id: reached[graph.target.id], **outputs, **parameters}

    def _start(self) -> dict[str, mpf]:
        return {name: mpf(str(number)) for name, number in self.given.items()}

    @staticmethod
    def _values_of(steps: Sequence[Step], start: Values) -> dict[str, mpf]:
        computed = _compiled(start, steps, steps)(*start.values())
        return {step.quantity.id: mpf(value) for step, value in zip(steps, computed, strict=True)}


def _compiled(given: Iterable[str], steps: Sequence[Step], wanted: Iterable[Step]) -> Callable[..., Sequence[Any]]:
    """A function from the given values to those of the wanted steps.

    ``lambdify`` takes its own common subexpressions for assignments made beforehand; here these are the steps.
    """
    assignments = [(step.quantity.symbol, step.expression) for step in steps]
    arguments = [Symbol(name, real=True) for name in given]
    outputs = [step.quantity.symbol for step in wanted]
    compiled: Callable[..., Sequence[Any]] = lambdify(
        arguments, outputs, modules="mpmath", cse=lambda expressions: (assignments, expressions)
    )
    return compiled
