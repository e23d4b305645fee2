"""The steps of a derivation: frozen values, each with its rule as docstring.

A step knows mathematics only. The answers are computed from its ``expression``, and its ``forms`` are what is printed.
To add a rule, add a class with its ``forms`` here, and its row in ``questions.ROLES``.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, S

from derive.mathtext.latex import displayed
from derive.model.expressions import added, multiplied
from derive.model.notation import NET_OUT
from derive.model.quantities import Factor, Partial, Quantity, Variable, expression_of


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
    is_whole: bool = False
    """Whether q is what is differentiated in the end, so that no chain rule follows."""

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

    @property
    def expression(self) -> Expr:
        """The short form, as one calculates by hand: a delta that was rounded is used as it was rounded."""
        return self.forms[-1]


@dataclass(frozen=True, slots=True)
class Delta(ChainRule):
    """δ = ∂E/∂net = ∂E/∂out · ∂out/∂net; or its negative, where the convention is so."""


@dataclass(frozen=True, slots=True)
class ShortDelta(LocalDerivative):
    """δ = out − target, where the derivative of the activation cancels against that of the error."""


@dataclass(frozen=True, slots=True)
class SumOverPaths(Step):
    """∂E/∂p = Σ ∂E/∂q · ∂q/∂p over every q that p enters."""

    terms: tuple[tuple[Factor, ...], ...]

    @property
    def forms(self) -> tuple[Expr, ...]:
        return (added([product(term) for term in self.terms]),)


@dataclass(frozen=True, slots=True)
class SumOverSamples(Step):
    """∂E/∂p = Σ ∂E@s/∂p over the samples of a batch; or their mean, where the error is one."""

    parts: tuple[Partial, ...]
    share: Expr

    @property
    def forms(self) -> tuple[Expr, ...]:
        whole = added([part.symbol for part in self.parts])
        return (whole if self.share == 1 else multiplied((self.share, whole)),)


@dataclass(frozen=True, slots=True)
class Update(Step):
    """One line of the optimiser's rule for one parameter; with plain gradient descent, w⁺ = w − η · ∂E/∂w.

    A bias that n neurons share and whose mean is taken has 1/n · ∂E/∂b there.
    """

    formula: Expr
    parameter: Variable
    gradient: Partial
    why: str
    """The name of this line of the rule, for its explanation."""
    shared_by: int = 1

    @property
    def forms(self) -> tuple[Expr, ...]:
        return (self.formula,)

    @property
    def is_last(self) -> bool:
        """Whether it gives the parameter itself, not what the optimiser keeps of it."""
        return self.quantity == self.parameter.after_update()


def product(factors: tuple[Factor, ...]) -> Expr:
    """The factors multiplied, in their order and not simplified; a factor of 1 is not written."""
    return multiplied([expression_of(factor) for factor in factors if factor is not S.One])
