"""The steps of a derivation: frozen values, each with its rule as docstring.

A step knows mathematics only. The answers are computed from its ``expression``, and its ``forms`` are what is printed.
To add a rule, add a class with its ``forms`` here, and its row in ``questions.ROLES``.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Add, Expr, Integer, Mul, Rational

from derive.mathtext.latex import displayed
from derive.notation import NET_OUT
from derive.quantities import RATE, Factor, Partial, Quantity, Variable, expression_of


@dataclass(frozen=True, slots=True)
class Step:
    """quantity = forms[0] = forms[1] = …, each in terms of quantities that come before it."""

    quantity: Quantity

    @property
    def forms(self) -> tuple[Expr, ...]:
        raise AssertionError(f"{type(self).__name__} does not say what it equals")

    @property
    def expression(self) -> Expr:
        """What the quantity's value is computed from."""
        return self.forms[0]

    def _repr_latex_(self) -> str:
        return displayed([NET_OUT.equation(self.quantity, self.forms)])


@dataclass(frozen=True, slots=True)
class Evaluate(Step):
    """q = f(earlier quantities), as the graph defines it."""

    formula: Expr

    @property
    def forms(self) -> tuple[Expr, ...]:
        return (self.formula,)


@dataclass(frozen=True, slots=True)
class LocalDerivative(Step):
    """∂q/∂p, read off the definition of q, all else held constant."""

    formula: Expr

    @property
    def forms(self) -> tuple[Expr, ...]:
        return (self.formula,)


@dataclass(frozen=True, slots=True)
class ChainRule(Step):
    """∂E/∂p = ∂E/∂q · ∂q/∂p; ``short`` is the same product with a delta in place of its factors."""

    factors: tuple[Factor, ...]
    short: tuple[Factor, ...] = ()

    @property
    def forms(self) -> tuple[Expr, ...]:
        return tuple(product(factors) for factors in (self.factors, self.short) if factors)


@dataclass(frozen=True, slots=True)
class Delta(ChainRule):
    """δ = ∂E/∂net = ∂E/∂out · ∂out/∂net."""


@dataclass(frozen=True, slots=True)
class SumOverPaths(Step):
    """∂E/∂p = Σ ∂E/∂q · ∂q/∂p over every q that p enters."""

    terms: tuple[tuple[Factor, ...], ...]

    @property
    def forms(self) -> tuple[Expr, ...]:
        return (Add(*(product(term) for term in self.terms), evaluate=False),)


@dataclass(frozen=True, slots=True)
class Update(Step):
    """w⁺ = w − η · ∂E/∂w; where a bias that n neurons share takes their mean, b⁺ = b − η · 1/n · ∂E/∂b."""

    parameter: Variable
    gradient: Partial
    shared_by: int = 1

    @property
    def forms(self) -> tuple[Expr, ...]:
        factors = (Integer(-1), RATE, Rational(1, self.shared_by), self.gradient)
        change = product(factors)
        return (Add(self.parameter.symbol, change, evaluate=False),)


def product(factors: tuple[Factor, ...]) -> Expr:
    """The factors multiplied, in their order and not simplified; a factor of 1 is not written."""
    expressions = [expression_of(factor) for factor in factors if factor != 1] or [Integer(1)]
    return expressions[0] if len(expressions) == 1 else Mul(*expressions, evaluate=False)
