"""The names of everything that a derivation talks about.

A quantity's ``id`` is ASCII and the same in every language and notation: exercise files, answer files, form fields
and JSON use it. How it looks on paper is decided by ``notation``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import TypeAlias

from sympy import Expr, Symbol

from derive.model.expressions import symbol_named
from derive.model.once import Once


class Kind(StrEnum):
    """What a variable stands for; the value is the stem of its id."""

    INPUT = "i"
    TARGET = "target"
    WEIGHT = "w"
    BIAS = "b"
    THRESHOLD = "theta"
    NET = "net"
    OUT = "out"
    ERROR = "E"
    TOTAL = "E_total"
    DATA = "E_data"
    """The error of the samples, where a penalty is added to it."""
    PENALTY = "E_weights"
    DELTA = "delta"
    RATE = "eta"
    DECAY = "lambda"
    # What an optimiser keeps of a parameter, calculates on the way, or is set to.
    VELOCITY = "v"
    FIRST_MOMENT = "m"
    SQUARES = "s"
    CHANGES = "u"
    FIRST_CORRECTED = "m_hat"
    SECOND_CORRECTED = "v_hat"
    CHANGE = "change"
    MOMENTUM = "mu"
    FORGETTING = "rho"
    BETA1 = "beta1"
    BETA2 = "beta2"
    SMALL = "epsilon"
    ROUND = "t"
    # A gradient check.
    MOVE = "h"
    QUOTIENT = "quotient"
    DIFFERENCE = "difference"
    NAME = ""
    """A name that the author of a formula gave."""


# Stems that carry a number without an underscore: w5, b2, i1.
_NUMBERED = {Kind.INPUT, Kind.WEIGHT, Kind.BIAS, Kind.THRESHOLD, Kind.NAME}
# What each sample has its own of.
_SAMPLED = {Kind.INPUT, Kind.TARGET, Kind.NET, Kind.OUT, Kind.ERROR, Kind.TOTAL, Kind.DELTA}
PARAMETERS = (Kind.WEIGHT, Kind.BIAS, Kind.THRESHOLD)


@dataclass(frozen=True, repr=False)
class Variable:
    """A value of the network: ``net_h1``, ``w5``, ``E_total``; of the second sample: ``net_h1@s2``.

    ``version`` tells the same quantity at other parameters: ``new`` after the update, ``plus_w5`` and ``minus_w5``
    where the gradient check has moved one of them. Where a sheet is written in matrices, ``at`` may be a layer:
    ``net_layer1`` is the vector of its net inputs, ``wlayer1`` the matrix of its weights.
    """

    kind: Kind
    at: str = ""
    version: str = ""
    sample: int = 0

    @Once
    def bare(self) -> str:
        """The id without its sample."""
        stem = self.kind + ("" if self.kind in _NUMBERED or not self.at else "_") + self.at
        return stem + (f"_{self.version}" if self.version else "")

    @property
    def id(self) -> str:
        return self.bare + _of_sample(self.sample) if self.sample else self.bare

    @Once
    def symbol(self) -> Symbol:
        return symbol_named(self.id)

    def __repr__(self) -> str:
        return self.id

    @property
    def layer(self) -> int | None:
        """The layer that this is the vector or matrix of, counted from 1 (inputs: 0); nothing for a single value."""
        number = self.at.rpartition("layer")[2]
        return int(number) if number != self.at else None

    def after_update(self) -> Variable:
        return self.in_version("new")

    def in_version(self, version: str) -> Variable:
        """The same quantity at other parameters."""
        return Variable(self.kind, self.at, version, self.sample)

    def in_sample(self, sample: int) -> Variable:
        """The same quantity of one sample; what all samples share stays as it is."""
        return self if sample == self.sample or self.kind not in _SAMPLED else replace(self, sample=sample)


@dataclass(frozen=True, repr=False)
class Partial:
    """∂of/∂by; with ``via``, the share of it that flows through one of several paths."""

    of: Variable
    by: Variable
    via: Variable | None = None

    @property
    def sample(self) -> int:
        return self.of.sample

    @Once
    def id(self) -> str:
        path = f"_via_{self.via.bare}" if self.via else ""
        return f"d{self.of.bare}_d{self.by.bare}{path}{_of_sample(self.sample)}"

    @Once
    def symbol(self) -> Symbol:
        return symbol_named(self.id)

    def __repr__(self) -> str:
        return self.id


Quantity = Variable | Partial


def of_layer(kind: Kind, layer: int, version: str = "", sample: int = 0) -> Variable:
    """All values of one kind in a layer, as a vector or a matrix."""
    return Variable(kind, f"layer{layer}", version, sample)


RATE = Variable(Kind.RATE)
TOTAL_ERROR = Variable(Kind.TOTAL)


def _of_sample(sample: int) -> str:
    return f"@s{sample}" if sample else ""


# Without its index a variable stands for any of its kind, as in the formula of a convention: out = f(net).
_NUMBER = r"(?:layer)?\d+"
_PARAMETER = rf"(?:w|b|theta)(?:{_NUMBER})?"
_PLACES = {
    **dict.fromkeys((Kind.INPUT, Kind.WEIGHT, Kind.BIAS, Kind.THRESHOLD), _NUMBER),
    **dict.fromkeys((Kind.NET, Kind.OUT, Kind.DELTA, Kind.TARGET, Kind.ERROR), r"(?:[ho]|layer)\d+"),
    **dict.fromkeys(
        (
            Kind.VELOCITY, Kind.FIRST_MOMENT, Kind.SQUARES, Kind.CHANGES, Kind.FIRST_CORRECTED,
            Kind.SECOND_CORRECTED, Kind.CHANGE, Kind.QUOTIENT, Kind.DIFFERENCE,
        ),
        _PARAMETER,
    ),
}  # fmt: skip
_VERSION = rf"(?:_(new|(?:plus|minus)_(?:{_PARAMETER}|i\d+|[A-Za-z]+\d*)))?"
_KNOWN = {
    kind: re.compile(rf"{kind}(?:{'' if kind in _NUMBERED else '_'}({_PLACES[kind]}))?{_VERSION}")
    if kind in _PLACES
    else re.compile(rf"{kind}(){_VERSION}")
    for kind in Kind
    if kind is not Kind.NAME
}
_NAME = re.compile(rf"([A-Za-z]+\d*){_VERSION}")
_SAMPLE = re.compile(r"(.+)@s([1-9]\d*)")


@cache
def quantity_named(quantity_id: str) -> Quantity:
    """The quantity with this id; ``KeyError`` if no quantity can have it."""
    bare, sample = quantity_id, 0
    if parts := _SAMPLE.fullmatch(quantity_id):
        bare, sample = parts[1], int(parts[2])
    if partial := _partial_named(bare):
        of, by, via = partial
        return Partial(of.in_sample(sample), by.in_sample(sample), via.in_sample(sample) if via else None)
    if variable := _variable_named(bare):
        return variable.in_sample(sample)
    raise KeyError(quantity_id)


def _partial_named(bare: str) -> tuple[Variable, Variable, Variable | None] | None:
    whole, _, path = bare.partition("_via_")
    if not whole.startswith("d"):
        return None
    for cut in re.finditer("_d", whole):
        of, by = _variable_named(whole[1 : cut.start()]), _variable_named(whole[cut.end() :])
        if of and by:
            return of, by, _variable_named(path) if path else None
    return None


def _variable_named(bare: str) -> Variable | None:
    for kind, pattern in _KNOWN.items():
        if parts := pattern.fullmatch(bare):
            return Variable(kind, parts[1] or "", parts[2] or "")
    if parts := _NAME.fullmatch(bare):
        return Variable(Kind.NAME, parts[1], parts[2] or "")
    return None


# A factor of a printed product: a named quantity, or a number such as the 1/n of a mean.
Factor: TypeAlias = Quantity | Expr


def expression_of(factor: Factor) -> Expr:
    """The SymPy form of a factor."""
    return factor if isinstance(factor, Expr) else factor.symbol
