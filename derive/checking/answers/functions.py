"""The functions that an answer can have: those of formulas, and the activation functions with their derivatives.

SymPy's own cases (``Piecewise``) simplify the conditions that they are given, and what a student writes must not be
simplified: that can take any time. So an activation function stands in an expression as a function of its name, and
its formula is looked up when its value is calculated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

from sympy import Expr, Integer, Symbol
from sympy import Function as NamedFunction

from derive.model.activations import ACTIVATIONS, Activation, activation_of, slope_of
from derive.model.formulas.operations import ALSO_CALLED, FUNCTIONS, OF_SEVERAL, OPERATIONS

MOST_ARGUMENTS = 6
ARGUMENT = Symbol("z", real=True)
"""What the formulas of ``FORMULAS`` are formulas of."""

_OUT = Symbol("a", real=True)
_OF_ANY_NETWORK = ("f", "g", "phi", "act")
"""What the activation function is called where all layers have the same one."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function by the name that it is written with, and what it makes of its arguments."""

    name: str
    build: Callable[..., Expr]
    arguments: range = range(1, 2)
    """How many it takes."""


def _single(record: Activation) -> bool:
    return not record.layerwise


def _slope(record: Activation) -> Expr:
    return slope_of(record, ARGUMENT, _OUT).xreplace({_OUT: activation_of(record, ARGUMENT)})


FORMULAS: Mapping[str, Expr] = {
    **{record.name: activation_of(record, ARGUMENT) for record in filter(_single, ACTIVATIONS.values())},
    **{f"{record.name}'": _slope(record) for record in filter(_single, ACTIVATIONS.values())},
    "exp'": FUNCTIONS["exp"](ARGUMENT),
    "ln'": OPERATIONS["divide"](Integer(1), ARGUMENT),
}
"""The activation functions, their derivatives as they are taught, and two derivatives more, by name."""

CONDITIONS: Mapping[str, Callable[[Expr, Expr], Expr]] = {
    relation: NamedFunction(relation, real=True) for relation in (">", "<", ">=", "<=", "==", "!=")
}
"""[left > right], which is 1 where that holds and else 0."""


@cache
def known_functions() -> Mapping[str, Function]:
    """By the spelling of the name; a derivative has a ′ after it."""
    of_formulas = {name: ALSO_CALLED.get(name, name) for name in (*FUNCTIONS, *ALSO_CALLED)}
    one, several = range(1, 2), range(2, MOST_ARGUMENTS + 1)
    records = filter(_single, ACTIVATIONS.values())
    return {
        **_named({"exp'": "exp'", "ln'": "ln'"}),
        **_named(dict(chain.from_iterable(_spellings(record, _names_of(record)).items() for record in records))),
        **{
            name: Function(name, OPERATIONS[operator], several if operator in OF_SEVERAL else one)
            for name, operator in of_formulas.items()
        },
    }


def functions_of(activations: Sequence[Activation]) -> Mapping[str, Function]:
    """The same for the layers of one network, whose activation function may be called f."""
    different = {record.name: record for record in activations if not record.layerwise}
    if len(different) != 1:
        return known_functions()
    (record,) = different.values()
    return {**known_functions(), **_named(_spellings(record, _OF_ANY_NETWORK))}


def _names_of(record: Activation) -> tuple[str, ...]:
    own, symbol = record.name.replace("_", ""), {"σ": "sigma"}.get(record.symbol, record.symbol)
    return own, symbol, own.lower(), *(("sigmoid",) if own == "logistic" else ())


def _spellings(record: Activation, names: Sequence[str]) -> dict[str, str]:
    """Each name and that of its derivative, with the name of its formula."""
    return {f"{name}{prime}": f"{record.name}{prime}" for name in names for prime in ("", "'")}


def _named(formulas: Mapping[str, str]) -> dict[str, Function]:
    return {name: Function(name, NamedFunction(formula, real=True)) for name, formula in formulas.items()}
