"""Formulas as straight-line Python code: one pass through them, or many rounds of training in one call.

The source is printed by SymPy from expressions, one local variable an assignment, under names of its own: nothing that
an author typed is in it. Operations are carried out in the order in which a formula is written, so that doubles come
out as they do on a page that was computed with doubles.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal, NamedTuple, TypeAlias, cast

from sympy import Add, Expr, Integer, Max, Not, Or, Piecewise, Pow, Rational, Symbol, erf, exp, log
from sympy.printing.numpy import NumPyPrinter
from sympy.printing.pycode import MpmathPrinter, PythonCodePrinter

Assignment: TypeAlias = tuple[Symbol, Expr]
Modules: TypeAlias = Literal["math", "mpmath", "numpy"]

WORTH_COMPILING = 40_000_000
"""From so many lines on, those of a round times the rounds, machine code saves more than the second that it takes to
make: a third of a second for the interpreter, for each ten million. It needs Numba, which is optional."""

LARGEST = sys.float_info.max
"""A round that takes the state beyond this, in doubles or in mpmath's numbers, is not completed."""

# What a formula raises where it has no real value: math.log(-1) a ValueError, math.exp(1000) and 1/0 ArithmeticErrors,
# and the complex number that mpmath makes of log(-1) a TypeError as soon as it is compared.
_NO_VALUE = (ArithmeticError, TypeError, ValueError)


class Played(NamedTuple):
    """How many rounds were completed, and the state after the last of them."""

    rounds: int
    state: tuple[Any, ...]


def function(
    assignments: Sequence[Assignment], arguments: Sequence[Symbol], outputs: Sequence[Symbol], modules: Modules = "math"
) -> Callable[..., tuple[Any, ...]]:
    """A function of the arguments' values, in their order, that returns the outputs', in theirs.

    Assignments that no output depends on are left out.
    """
    code = _Code(modules)
    parameters = [code.name(argument) for argument in arguments]
    body = list(code.lines(_needed(assignments, outputs)))
    returned = _tuple(code.names[output] for output in outputs)
    return code.compiled(f"def compiled({', '.join(parameters)}):", [*body, f"return {returned}"])


def loop(
    assignments: Sequence[Assignment],
    state: Mapping[Symbol, Symbol],
    constants: Sequence[Symbol],
    modules: Literal["math", "mpmath"] = "math",
) -> Callable[[Sequence[Any], Sequence[Any], int], Played]:
    """A function of the state's values, the constants' values and a number of rounds, which plays them in one call.

    ``state`` says which symbol takes which assigned symbol's value at the end of a round: w5 takes that of w5_new. A
    round is not completed, and the last one played, where a value of the state would leave the range of doubles or
    would be no real number at all.
    """
    code = _Code(modules)
    fixed = [code.name(constant) for constant in constants]
    old = _tuple(code.name(symbol) for symbol in state)
    body = list(code.lines(_needed(assignments, state.values())))
    renewed = [code.names[symbol] for symbol in state.values()]
    one_round = [f"{old} = state", *body, *_check(renewed, modules), f"state = {_tuple(renewed)}"]
    rounds = ["for completed in range(rounds):", *_indented(one_round), "else:", "    completed = rounds"]
    head, start = "def compiled(state, constants, rounds):", [f"{_tuple(fixed)} = constants", "completed = 0"]
    end = ["except no_value:", "    pass", "return Played(completed, tuple(state))"]
    interpreted = code.compiled(head, [*start, "try:", *_indented(rounds), *end])
    if modules != "math":
        return interpreted

    @cache
    def in_machine_code() -> Callable[..., Any]:
        plain = code.compiled(head, [*(start if fixed else start[1:]), *rounds, "return completed, state"])
        return cast(Callable[..., Any], import_module("numba").njit(plain))

    def play(state: Sequence[Any], constants: Sequence[Any], rounds: int) -> Played:
        if rounds * len(one_round) >= WORTH_COMPILING and find_spec("numba"):
            with suppress(*_NO_VALUE):  # the interpreter finds the round in which that happens
                return Played(*in_machine_code()(tuple(map(float, state)), tuple(map(float, constants)), rounds))
        return interpreted(state, constants, rounds)  # type: ignore[no-any-return]

    return play


def _check(renewed: Sequence[str], modules: Modules) -> Iterator[str]:
    """Leaves the loop where a value is out of range; of doubles one that is makes their sum so, which is soon seen."""
    within = " and ".join(f"-largest <= {name} <= largest" for name in renewed)
    if renewed and modules == "math":
        yield f"if not -largest <= {' + '.join(renewed)} <= largest and not ({within}): break"
    elif renewed:
        yield f"if not ({within}): break"


def _needed(assignments: Sequence[Assignment], wanted: Iterable[Symbol]) -> list[Assignment]:
    """The assignments that the wanted symbols depend on, in their order."""
    needed = set(wanted)
    kept = []
    for symbol, expression in reversed(assignments):
        if symbol in needed:
            needed |= expression.free_symbols
            kept.append((symbol, expression))
    return kept[::-1]


def _tuple(names: Iterable[str]) -> str:
    return f"({''.join(f'{name}, ' for name in names)})"


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]


class _Code:
    """The names of one function's local variables, and its source."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self.names: dict[Symbol, str] = {}
        self.constants: dict[str, str] = {}
        self.printer = _printer(self)

    def name(self, symbol: Symbol) -> str:
        return self.names.setdefault(symbol, f"v{len(self.names)}")

    def of(self, name: str) -> str:
        """A name of the module that computes."""
        return str(self.printer._module_format(f"{self.modules}.{name}"))

    def constant(self, text: str) -> str:
        """The name of something that is computed once a call."""
        return self.constants.setdefault(text, f"c{len(self.constants)}")

    def lines(self, assignments: Iterable[Assignment]) -> Iterator[str]:
        """A line for each assignment, but for those that only give another name."""
        for symbol, expression in assignments:
            if isinstance(expression, Symbol):
                self.names[symbol] = self.names[expression]
            else:
                text = self.printer._print(expression)  # without the rewriting that doprint does first
                yield f"{self.name(symbol)} = {text}"

    def compiled(self, head: str, body: list[str]) -> Callable[..., Any]:
        constants = [f"{name} = {text}" for text, name in self.constants.items()]
        source = "\n".join([head, *_indented([*constants, *body])])
        namespace: dict[str, Any] = {"largest": LARGEST, "no_value": _NO_VALUE, "Played": Played}
        for module, names in self.printer.module_imports.items():
            namespace |= {name: getattr(import_module(module), name) for name in names}
        exec(source, namespace)
        made: Callable[..., Any] = namespace["compiled"]
        return made


def _symbol(printer: Any, symbol: Symbol) -> str:
    return str(printer.code.names[symbol])


def _fraction(printer: Any, number: Rational) -> str:
    return f"({number.p}/{number.q})"


def _double(printer: Any, number: Integer) -> str:
    return f"{number.p}.0"  # Python is faster where both operands are of one type


def _precise_integer(printer: Any, number: Integer) -> str:
    return str(printer.code.constant(f"{printer.code.of('mpf')}({number.p})"))


def _precise_fraction(printer: Any, number: Rational) -> str:
    return str(printer.code.constant(f"{printer.code.of('mpf')}({number.p})/{number.q}"))


def _conditional(printer: Any, pieces: Piecewise) -> str:
    return _nested(printer, pieces, "({value} if {condition} else {rest})")


def _elementwise_conditional(printer: Any, pieces: Piecewise) -> str:
    return _nested(printer, pieces, printer.code.of("where") + "({condition}, {value}, {rest})")


def _nested(printer: Any, pieces: Piecewise, form: str) -> str:
    """The last condition is not tested where it only says "else"; without an else, the rest has no value."""
    *tested, (last, condition) = pieces.args
    if condition == Not(Or(*(other for _, other in tested))):
        rest = printer._print(last)
    else:
        tested, rest = pieces.args, printer.code.of("nan")
    for value, condition in reversed(tested):
        rest = form.format(value=printer._print(value), condition=printer._print(condition), rest=rest)
    return str(rest)


def _power(printer: Any, power: Pow) -> str:
    return str(printer._hprint_Pow(power, sqrt="numpy.sqrt"))  # as Python's and mpmath's printers do


def _maximum(printer: Any, largest: Max) -> str:
    text, *others = map(printer._print, largest.args)
    for other in others:
        text = f"{printer.code.of('maximum')}({text}, {other})"
    return str(text)


def _logarithm(printer: Any, logarithm: log) -> str:
    """log(1 + exp(z)) as one function: in single precision exp(z) overflows from z = 89 on, where that is z."""
    (inside,) = logarithm.args
    match inside.args:
        case (one, exp(args=(z,))) if isinstance(inside, Add) and one == 1:
            return f"{printer.code.of('logaddexp')}(0, {printer._print(z)})"
    return f"{printer.code.of('log')}({printer._print(inside)})"


def _error_function(printer: Any, function: erf) -> str:
    """math's, element by element: numpy has none."""
    vectorized = printer.code.constant(f"{printer.code.of('vectorize')}({printer._module_format('math.erf')})")
    return f"{vectorized}({printer._print(function.args[0])})"


_DOUBLES = {"Integer": _double, "Zero": _double}
# Numbers in formulas for mpmath are mpmath's, for 1/3 in Python's is a double.
_PRECISE = {
    "Integer": _precise_integer,
    "Zero": _precise_integer,
    "Rational": _precise_fraction,
    "Half": _precise_fraction,
}
_ELEMENTWISE = {
    "Piecewise": _elementwise_conditional,
    "Pow": _power,
    "Max": _maximum,
    "log": _logarithm,
    "erf": _error_function,
}
_COMMON = {"Symbol": _symbol, "Rational": _fraction, "Half": _fraction, "Piecewise": _conditional}

_PRINTERS: Mapping[Modules, tuple[Any, Mapping[str, Callable[[Any, Any], str]]]] = {
    "math": (PythonCodePrinter, _DOUBLES),
    "mpmath": (MpmathPrinter, _PRECISE),
    "numpy": (NumPyPrinter, _ELEMENTWISE),
}


def _printer(code: _Code) -> Any:
    """SymPy's printer for these modules, with terms kept in order and the methods above in place of its own."""
    base, own = _PRINTERS[code.modules]
    methods = {f"_print_{kind}": method for kind, method in {**_COMMON, **own}.items()}
    return type(base.__name__, (base,), {**methods, "code": code})({"order": "none", "fully_qualified_modules": False})
