"""Optimisers: one record each. To add one, add a record here and its words to each catalogue.

A rule is written as people write it, a line for each thing that is calculated, and is read by the reader of formulas.
In it ``w`` is any parameter and ``g`` the derivative of the error by it; ``w_new`` and ``v_new`` are the values after
the update; ``t`` is the number of the update, counted from 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import NamedTuple

from sympy import Add, Expr, Mul, Symbol

from derive.model.expressions import added, multiplied
from derive.model.formulas.reader import read_formula
from derive.model.quantities import Kind, Variable, quantity_named


class Line(NamedTuple):
    """One line of a rule: what is calculated, from what, and the end of the message that says why (``why.rule.…``)."""

    quantity: str
    formula: str
    why: str


@dataclass(frozen=True, slots=True)
class Optimizer:
    """How an update uses the gradient, line by line; the last line gives the parameter itself."""

    name: str
    rule: tuple[Line, ...]
    settings: Mapping[str, str] = field(default_factory=dict)
    """What can be set, with the value that it has otherwise."""
    rate: str = ""
    """The learning rate if none is given; the author has to give one where this is empty."""

    @property
    def state(self) -> tuple[Kind, ...]:
        """What is kept of each parameter from update to update, 0 at the start."""
        return tuple(Kind(name.removesuffix("_new")) for name, *_ in self.rule if name.endswith("_new"))[:-1]

    @property
    def counts(self) -> bool:
        """Whether the number of the update enters the rule."""
        return any(symbol.name == Kind.ROUND for formula in self.formulas.values() for symbol in formula.free_symbols)

    @property
    def formulas(self) -> Mapping[str, Expr]:
        """The rule as SymPy expressions."""
        return _read(self.rule)


# What Adam and its kin keep and correct before they move a parameter.
_MOMENTS = (
    Line("m_new", "beta1 * m + (1 - beta1) * g", "first_moment"),
    Line("v_new", "beta2 * v + (1 - beta2) * g**2", "second_moment"),
    Line("m_hat", "m_new / (1 - beta1**t)", "corrected"),
    Line("v_hat", "v_new / (1 - beta2**t)", "corrected"),
)

_RECORDS = (
    Optimizer("sgd", (Line("w_new", "w - eta * g", "descent"),)),
    # Polyak 1964, as Sutskever et al. 2013 write it.
    Optimizer(
        "momentum", (Line("v_new", "mu * v - eta * g", "velocity"), Line("w_new", "w + v_new", "moved")), {"mu": "0.9"}
    ),
    # Nesterov 1983, with the gradient taken where the parameters are (Bengio, Boulanger-Lewandowski and Pascanu 2013).
    Optimizer(
        "nesterov",
        (Line("v_new", "mu * v - eta * g", "velocity"), Line("w_new", "w + mu * v_new - eta * g", "ahead")),
        {"mu": "0.9"},
    ),
    # Duchi, Hazan and Singer 2011.
    Optimizer(
        "adagrad",
        (Line("s_new", "s + g**2", "squares"), Line("w_new", "w - eta * g / (sqrt(s_new) + epsilon)", "scaled")),
        {"epsilon": "0.00000001"},
    ),
    # Tieleman and Hinton 2012.
    Optimizer(
        "rmsprop",
        (
            Line("s_new", "rho * s + (1 - rho) * g**2", "mean_square"),
            Line("w_new", "w - eta * g / (sqrt(s_new) + epsilon)", "scaled"),
        ),
        {"rho": "0.9", "epsilon": "0.00000001"},
    ),
    # Zeiler 2012; with a learning rate of 1 it is his algorithm.
    Optimizer(
        "adadelta",
        (
            Line("s_new", "rho * s + (1 - rho) * g**2", "mean_square"),
            Line("change", "-sqrt(u + epsilon) / sqrt(s_new + epsilon) * g", "change"),
            Line("u_new", "rho * u + (1 - rho) * change**2", "mean_change"),
            Line("w_new", "w + eta * change", "changed"),
        ),
        {"rho": "0.95", "epsilon": "0.000001"},
        rate="1",
    ),
    # Kingma and Ba 2015.
    Optimizer(
        "adam",
        (*_MOMENTS, Line("w_new", "w - eta * m_hat / (sqrt(v_hat) + epsilon)", "adam")),
        {"beta1": "0.9", "beta2": "0.999", "epsilon": "0.00000001"},
    ),
    # Loshchilov and Hutter 2019: the decay stands beside the gradient, not in it.
    Optimizer(
        "adamw",
        (*_MOMENTS, Line("w_new", "w - eta * (m_hat / (sqrt(v_hat) + epsilon) + lambda * w)", "adamw")),
        {"beta1": "0.9", "beta2": "0.999", "epsilon": "0.00000001", "lambda": "0.01"},
    ),
)

OPTIMIZERS = {record.name: record for record in _RECORDS}
SGD = OPTIMIZERS["sgd"]
# What each parameter has its own of.
_KEPT = frozenset(
    (
        Kind.VELOCITY,
        Kind.FIRST_MOMENT,
        Kind.SQUARES,
        Kind.CHANGES,
        Kind.FIRST_CORRECTED,
        Kind.SECOND_CORRECTED,
        Kind.CHANGE,
    )
)
SETTINGS = tuple(dict.fromkeys(name for record in _RECORDS for name in record.settings))


@cache
def _read(rule: tuple[Line, ...]) -> Mapping[str, Expr]:
    return {line.quantity: read_formula(line.formula) for line in rule}


def update_of(optimizer: Optimizer, parameter: Variable, gradient: Expr) -> Iterator[tuple[Variable, Expr, str]]:
    """The lines of the rule for one parameter: the quantity that each gives, its formula, and why."""
    for name, _, why in optimizer.rule:
        yield _owned(name, parameter), _for_one(optimizer.formulas[name], parameter, gradient), why


def _for_one(formula: Expr, parameter: Variable, gradient: Expr) -> Expr:
    """A formula of the rule with each name replaced by what it is for this parameter, in the author's order of terms.

    A product put into a product is dissolved in it, as where the gradient is itself a mean: η · ½ · ∂E/∂b. Nothing is
    evaluated, each node being told so: SymPy's switch for all of them would empty its caches once a parameter.
    """
    if isinstance(formula, Symbol):
        return gradient if formula.name == "g" else _owned(formula.name, parameter).symbol
    if not formula.args:
        return formula
    parts = [_for_one(part, parameter, gradient) for part in formula.args]
    if isinstance(formula, Mul):
        return multiplied([factor for part in parts for factor in (part.args if isinstance(part, Mul) else (part,))])
    if isinstance(formula, Add):
        return added(parts)
    return formula.func(*parts, evaluate=False)


def _owned(name: str, parameter: Variable) -> Variable:
    """What a name of the rule is for this parameter: v becomes v_w5, and what all parameters share stays itself."""
    variable = quantity_named(name)
    assert isinstance(variable, Variable)
    if variable.kind is Kind.WEIGHT:
        return parameter.in_version(variable.version) if variable.version else parameter
    return replace(variable, at=parameter.id) if variable.kind in _KEPT else variable
