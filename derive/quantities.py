"""The names of everything that a derivation talks about.

A quantity's ``id`` is ASCII and the same in every language and notation: exercise files, answer files, form fields
and JSON use it. How it looks on paper is decided by ``notation``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from typing import TypeAlias

from sympy import Expr, Symbol


class Kind(StrEnum):
    """What a variable stands for; the value is the stem of its id."""

    INPUT = "i"
    TARGET = "target"
    WEIGHT = "w"
    BIAS = "b"
    RATE = "eta"
    NET = "net"
    OUT = "out"
    ERROR = "E"
    TOTAL = "E_total"
    DELTA = "delta"


# Stems that carry a number without an underscore: w5, b2, i1.
_NUMBERED = {Kind.INPUT, Kind.WEIGHT, Kind.BIAS}


@dataclass(frozen=True)
class Variable:
    """A value of the network: ``net_h1``, ``w5``, ``E_total``; ``renewed`` after the update: ``w5_new``."""

    kind: Kind
    at: str = ""
    renewed: bool = False

    @cached_property
    def id(self) -> str:
        stem = self.kind + ("" if self.kind in _NUMBERED or not self.at else "_") + self.at
        return stem + ("_new" if self.renewed else "")

    @cached_property
    def symbol(self) -> Symbol:
        return Symbol(self.id, real=True)

    def after_update(self) -> Variable:
        return Variable(self.kind, self.at, renewed=True)


@dataclass(frozen=True)
class Partial:
    """∂of/∂by; with ``via``, the share of it that flows through one of several paths."""

    of: Variable
    by: Variable
    via: Variable | None = None

    @cached_property
    def id(self) -> str:
        return f"d{self.of.id}_d{self.by.id}" + (f"_via_{self.via.id}" if self.via else "")

    @cached_property
    def symbol(self) -> Symbol:
        return Symbol(self.id, real=True)


Quantity = Variable | Partial

RATE = Variable(Kind.RATE)
TOTAL_ERROR = Variable(Kind.TOTAL)

# Without its index a variable stands for any of its kind, as in the formula of a convention: out = f(net).
_VARIABLE = r"(?:[iwb]\d*|(?:net|out|delta|target|E)(?:_[ho]\d+)?|E_total|eta)(?:_new)?"
_PARTIAL = re.compile(rf"d({_VARIABLE})_d({_VARIABLE})(?:_via_({_VARIABLE}))?")
_PARTS = re.compile(r"(E_total|eta|[iwb]|net|out|delta|target|E)_?((?:[ho]?\d+)?)(_new)?")


@cache
def quantity_named(quantity_id: str) -> Quantity:
    """The quantity with this id; ``KeyError`` if no quantity can have it."""
    if names := _PARTIAL.fullmatch(quantity_id):
        of, by, via = (_variable_named(name) if name else None for name in names.groups())
        if of and by:
            return Partial(of, by, via)
    return _variable_named(quantity_id)


def _variable_named(variable_id: str) -> Variable:
    parts = _PARTS.fullmatch(variable_id)
    if not parts or not re.fullmatch(_VARIABLE, variable_id):
        raise KeyError(variable_id)
    return Variable(Kind(parts[1]), parts[2], renewed=bool(parts[3]))


# A factor of a printed product: a named quantity, or a number such as the 1/n of a mean.
Factor: TypeAlias = Quantity | Expr


def expression_of(factor: Factor) -> Expr:
    """The SymPy form of a factor."""
    return factor if isinstance(factor, Expr) else factor.symbol
