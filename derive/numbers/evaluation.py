"""Numbers: every quantity of a derivation at 50 digits, and how a value is printed.

The steps are compiled as they stand, one assignment a step, so what is computed is what is printed.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_UP, Context, Decimal
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from mpmath import isfinite, mag, mpf, nstr, workdps
from sympy import Add, Integer, Mul, Symbol

from derive.derivation.round import Derivation
from derive.derivation.steps import Evaluate, Step
from derive.model.conventions import Carry
from derive.model.quantities import Kind, Partial, Quantity, Variable
from derive.numbers.compiled import function

PRECISION = 50
"""Significant digits of every value."""

MOST_NET_INPUT = 500
"""Beyond this a logistic or tanh neuron has no slope left that anyone could calculate with."""

WORKING = PRECISION + 10  # so that the 50th is right, and 0.3775 is found to be exact
_MAGNITUDES = range(-(10**15), 10_000)  # powers of two
_FOR_FORMULAS = 8 * WORKING  # in which a difference of typed numbers and their powers keeps its digits
_SPARE = 5  # of these
JSON_DIGITS = 17
_WIDE = Context(prec=2 * PRECISION, Emin=MIN_EMIN, Emax=MAX_EMAX)
WRITTEN_OUT = range(-7, 10)
"""Within these powers of ten a value is written out; outside, as digits times a power of ten."""

_CANCELLED = 6  # digits that are lost in the difference of two errors that a small move tells apart

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
        rounded = self.rounded(value)
        if self._to_places(value):
            return Shown(f"{abs(rounded) if rounded.is_zero() else rounded:f}", rounded == value)
        if value.is_zero() or rounded.adjusted() in WRITTEN_OUT:
            return Shown(f"{rounded:f}", rounded == value)
        digits = rounded.scaleb(-rounded.adjusted(), _WIDE)
        return Shown(f"{digits:f}", rounded == value, rounded.adjusted())

    def finer(self, digits: int) -> Rounding:
        """The same with so many digits more."""
        places = None if self.digits is None else self.digits + digits
        return Rounding(places, self.figures + digits)

    def shown_float(self, value: float) -> Shown:
        """A double as it is printed."""
        return self.shown(Decimal(repr(value)))

    def rounded(self, value: Decimal) -> Decimal:
        """The value with as many digits as are printed."""
        if self.digits is not None and self._to_places(value):
            return value.quantize(Decimal(1).scaleb(-self.digits), ROUND_HALF_UP, _WIDE)
        return to_figures(value, self.figures)

    def _to_places(self, value: Decimal) -> bool:
        return self.digits is not None and (value.is_zero() or value.adjusted() < WRITTEN_OUT.stop)


def printed_rounding(quantity: Quantity, rounding: Rounding, carry: Carry) -> Rounding:
    """How a quantity is printed: with the digits that it keeps when one calculates on, or else with those of the sheet.

    The two errors of a gradient check have more, for their first digits cancel in their difference.
    """
    keeps = not carry.is_full and not carry.single and carry.applies_to(quantity)
    kept = Rounding(carry.digits, carry.figures or rounding.figures) if keeps else rounding
    return kept.finer(_CANCELLED) if _is_moved_error(quantity) else kept


def _is_moved_error(quantity: Quantity) -> bool:
    return isinstance(quantity, Variable) and quantity.kind in _ERRORS and quantity.version not in ("", "new")


_ERRORS = (Kind.ERROR, Kind.DATA, Kind.PENALTY, Kind.TOTAL)


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
    with workdps(WORKING):
        return Decimal(nstr(value, PRECISION, min_fixed=1, max_fixed=0))


def seventeen_digits(value: mpf) -> str:
    """A decimal string of 17 significant digits: enough to tell any two doubles apart."""
    return str(to_figures(decimal_of(value), JSON_DIGITS))


def started(given: Mapping[str, Decimal]) -> dict[str, mpf]:
    """Decimal numbers as mpmath's, at the precision that is set."""
    return {name: mpf(str(number)) for name, number in given.items()}


@dataclass(frozen=True)
class Evaluation:
    """A derivation with numbers put in."""

    derivation: Derivation
    given: Mapping[str, Decimal] = field(repr=False)
    """Inputs, targets, parameters, the learning rate and what else is set, by id."""
    carry: Carry = field(default_factory=Carry)
    """How values are rounded before one calculates on with them."""

    @cached_property
    def values(self) -> Values:
        """Given and computed quantities by id; ``NoValueError`` where a formula has none at these numbers."""
        if any(map(_is_of_formula, self.derivation.steps)):
            return self._at(_FOR_FORMULAS)
        values = self._at(WORKING)
        # 1 − out loses as many digits as out has nines: 0.87 of tanh's net input, half that of the logistic's.
        nets = (abs(value) for name, value in values.items() if name.startswith("net_"))
        lost = int(min(max(nets, default=mpf(0)), MOST_NET_INPUT) * mpf("0.87"))
        return self._at(WORKING + lost) if lost > _SPARE else values

    def _at(self, digits: int) -> Values:
        with workdps(digits):
            start = started(self.given)
            return {**start, **values_of(self.derivation.steps, start, self.carry)}

    @cached_property
    def rounded(self) -> frozenset[str]:
        """The quantities from which rounding takes something away before one calculates on with them."""
        if self.carry.is_full:
            return frozenset()
        with workdps(WORKING):
            carried = (step for step in self.derivation.steps if self.carry.applies_to(step.quantity))
            return frozenset(
                step.quantity.id
                for step in carried
                if abs(_value_of(step, self.values) - self.values[step.quantity.id]) > mpf(10) ** -PRECISION
            )

    def __getitem__(self, quantity_id: str) -> Decimal:
        """One value, with all its digits."""
        return decimal_of(self.values[quantity_id])


class NoValueError(ArithmeticError):
    """A formula that has no real value at the given numbers, such as 1/0 or ln 0."""

    def __init__(self, step: Step) -> None:
        super().__init__(step.quantity.id)
        self.step = step


def values_of(steps: Sequence[Step], start: Values, carry: Carry) -> dict[str, mpf]:
    """What the steps come to, each computed from those before it and rounded if that is the convention."""
    # A formula may grow beyond all bounds, which is found out only step by step.
    if carry.is_full and not any(map(_is_of_formula, steps)):
        assignments = [(step.quantity.symbol, step.expression) for step in steps]
        arguments = [Symbol(name, real=True) for name in start]
        wanted = [step.quantity.symbol for step in steps]
        try:
            computed = function(assignments, arguments, wanted, "mpmath")(*start.values())
            if all(isinstance(value, mpf) and _is_usable(value) for value in map(_real, computed)):
                return {step.quantity.id: mpf(value) for step, value in zip(steps, computed, strict=True)}
        except (ArithmeticError, TypeError, ValueError):
            pass  # the way below finds the step
    values = dict(start)
    for step in steps:
        values[step.quantity.id] = _carried(_value_of(step, values), step, values, carry)
    return {step.quantity.id: values[step.quantity.id] for step in steps}


def _is_of_formula(step: Step) -> bool:
    return isinstance(step.quantity, Variable) and step.quantity.kind is Kind.NAME


def _is_usable(value: mpf) -> bool:
    """Whether a value is a number that a Decimal can hold, as that of exp(10^20) is not."""
    return bool(isfinite(value)) and (value == 0 or mag(value) in _MAGNITUDES)


def _real(value: object) -> object:
    return mpf(value) if isinstance(value, int | float) else value


def _value_of(step: Step, values: Values) -> mpf:
    names, formula = _formula_of(step)
    try:
        number = mpf(formula(*(values[name] for name in names))[0])
    except (ArithmeticError, TypeError, ValueError):
        raise NoValueError(step) from None
    if not _is_usable(number):
        raise NoValueError(step)
    return number


@lru_cache(maxsize=4096)  # the steps of a round are calculated again in every round
def _formula_of(step: Step) -> tuple[tuple[str, ...], Callable[..., Any]]:
    symbols = sorted(step.expression.free_symbols, key=lambda symbol: str(symbol.name))
    goal = step.quantity.symbol
    formula = function([(goal, step.expression)], symbols, [goal], "mpmath")
    return tuple(symbol.name for symbol in symbols), formula


def _carried(value: mpf, step: Step, values: Values, carry: Carry) -> mpf:
    is_read_off = isinstance(step.quantity, Partial) and step.expression.is_Symbol  # ∂net/∂out = w, which is as given
    if carry.is_full or is_read_off or not carry.applies_to(step.quantity):
        return value
    if carry.single:
        return _added_up_in_single(step, values)
    shown = Rounding(carry.digits, carry.figures or PRECISION).rounded(decimal_of(value))
    return mpf(str(shown))


def _added_up_in_single(step: Step, values: Values) -> mpf:
    """A step's value in a variable of single precision: a sum is rounded with each term that is added."""
    expression = step.expression
    share, whole = expression.as_coeff_Mul() if isinstance(expression, Mul) else (Integer(1), expression)
    total = mpf(0)
    try:
        for term in whole.args if isinstance(whole, Add) else (whole,):
            total = _single(total + _value_of(Evaluate(step.quantity, term), values))
        return _single(total * share.p / share.q)
    except OverflowError:
        raise NoValueError(step) from None


def _single(value: mpf) -> mpf:
    return mpf(struct.unpack("f", struct.pack("f", float(value)))[0])
