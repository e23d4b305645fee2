"""SymPy expressions as programs of interval operations: data that can be pickled, and no source code.

Expressions of one program share what they have in common. Its derivatives are SymPy's; what these are made of where a
function has a corner, a step and a sign, is every slope between those of both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, nextafter
from typing import TypeAlias

import numpy as np
from sympy import (
    Abs,
    Add,
    And,
    Eq,
    Expr,
    Ge,
    Gt,
    Heaviside,
    Le,
    Lt,
    Max,
    Min,
    Mul,
    Not,
    Or,
    Piecewise,
    Pow,
    Rational,
    S,
    Symbol,
    cos,
    erf,
    exp,
    log,
    sign,
    sin,
    tan,
    tanh,
)
from sympy.logic.boolalg import Boolean

from derive.numbers.intervals.arrays import IntervalArray
from derive.numbers.intervals.operations import OPERATIONS

Instruction: TypeAlias = tuple[str, tuple[int, ...]]

_DIGITS = 25  # of a constant such as √(2π), before it is rounded to a double


@dataclass(frozen=True, slots=True)
class Program:
    """Straight-line code: places 0 to n − 1 hold the arguments, the next ones constants, then a result each."""

    arguments: int
    constants: tuple[tuple[float, float], ...]
    instructions: tuple[Instruction, ...]
    results: tuple[int, ...]

    def __call__(self, *arguments: IntervalArray) -> list[IntervalArray]:
        places = [*arguments, *(IntervalArray(np.asarray(low), np.asarray(high)) for low, high in self.constants)]
        for operation, operands in self.instructions:
            places.append(OPERATIONS[operation](*(places[place] for place in operands)))
        return [places[result] for result in self.results]


def program_of(
    expressions: Sequence[Expr | Boolean],
    arguments: Sequence[Symbol],
    assignments: Sequence[tuple[Symbol, Expr]] = (),
) -> Program:
    """What gives the expressions' values, and the truths of conditions as 0 or 1, in their order.

    ``assignments`` give names to what is calculated before, each from the arguments and the names before it.
    """
    writer = _Writer(arguments)
    writer.collect([formula for _, formula in assignments])
    writer.collect(expressions)
    for symbol, formula in assignments:
        writer.places[symbol] = writer.place(formula)
    results = tuple(writer.place(expression) for expression in expressions)
    return Program(len(arguments), tuple(writer.constants), tuple(writer.instructions), results)


def enclosed(number: Expr) -> tuple[float, float]:
    """The doubles around a real constant; one and the same where it is a double itself."""
    nearest = float(number.evalf(_DIGITS))
    if isinstance(number, Rational) and Rational(*nearest.as_integer_ratio()) == number:
        return nearest, nearest
    return nextafter(nearest, -inf), nextafter(nearest, inf)


class _Writer:
    """The places that are taken so far."""

    def __init__(self, arguments: Sequence[Symbol]) -> None:
        self.places: dict[Expr | Boolean, int] = {symbol: place for place, symbol in enumerate(arguments)}
        self.constants: list[tuple[float, float]] = []
        self.instructions: list[Instruction] = []
        self.first = len(arguments)

    def collect(self, expressions: Sequence[Expr | Boolean]) -> None:
        """Gives every constant its place, so that instructions can be counted from a fixed one on."""
        for expression in expressions:
            if expression in self.places or isinstance(expression, Symbol):
                continue
            if not expression.free_symbols:
                self.places[expression] = self.first + len(self.constants)
                self.constants.append(_constant(expression))
            else:
                self.collect(_operands(expression)[1])

    def place(self, expression: Expr | Boolean) -> int:
        """Where the value of an expression is."""
        if expression not in self.places:
            operation, operands = _operands(expression)
            places = tuple(self.place(operand) for operand in operands)
            self.places[expression] = self.first + len(self.constants) + len(self.instructions)
            self.instructions.append((operation, places))
        return self.places[expression]


def _constant(expression: Expr | Boolean) -> tuple[float, float]:
    if isinstance(expression, Boolean):
        truth = float(bool(expression))
        return truth, truth
    return enclosed(expression)


_Operands: TypeAlias = tuple[str, tuple[Expr | Boolean, ...]]


def _operands(expression: Expr | Boolean) -> _Operands:
    """An expression's operation, and what it is applied to."""
    for kind, rule in _RULES.items():
        if isinstance(expression, kind):
            return rule(expression)
    raise AssertionError(f"no interval operation for {type(expression).__name__}")


def _named(operation: str) -> Callable[[Expr], _Operands]:
    return lambda expression: (operation, expression.args)


def _of_product(expression: Expr) -> _Operands:
    number, *others = expression.args
    if number == -1:
        return "negative", (others[0] if len(others) == 1 else Mul(*others, evaluate=False),)
    return "product", expression.args


def _of_power(expression: Expr) -> _Operands:
    base, exponent = expression.args
    match exponent:
        case S.NegativeOne:
            return "reciprocal", (base,)
        case S.Half:
            return "root", (base,)
    return "power", (base, exponent)


def _of_cases(pieces: Piecewise) -> _Operands:
    """The last case is what else there is, where its condition says no more."""
    *before, (last, condition) = ((value, truth) for value, truth in pieces.args)
    if condition == Not(Or(*(truth for _, truth in before))):
        condition = S.true
    return "cases", tuple(part for case in (*before, (last, condition)) for part in case)


_RULES: Mapping[type, Callable[..., _Operands]] = {
    Add: _named("sum"),
    Mul: _of_product,
    Pow: _of_power,
    exp: _named("exp"),
    log: _named("log"),
    tanh: _named("tanh"),
    erf: _named("erf"),
    sin: _named("sin"),
    cos: _named("cos"),
    tan: _named("tan"),
    Abs: _named("abs"),
    Max: _named("max"),
    Min: _named("min"),
    Heaviside: lambda expression: ("step", expression.args[:1]),
    sign: _named("sign"),
    Gt: _named("above"),
    Lt: lambda relation: ("above", relation.args[::-1]),
    Ge: lambda relation: ("not", (Lt(*relation.args),)),
    Le: lambda relation: ("not", (Gt(*relation.args),)),
    Eq: _named("equal"),
    And: _named("min"),
    Or: _named("max"),
    Not: _named("not"),
    Piecewise: _of_cases,
}
