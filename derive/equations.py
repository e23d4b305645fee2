"""A step as printed mathematics: what it equals in symbols, with numbers put in, and its value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sympy import Expr, Integer, Symbol

from derive.derivation import Step
from derive.evaluation import Evaluation, Rounding
from derive.mathtext.equation import equation, stacked
from derive.mathtext.expression import ExpressionPrinter
from derive.mathtext.tree import EQUALS, Aligned, Node, row, signed
from derive.notation import NET_OUT, Notation
from derive.quantities import Quantity

PrintedNumbers = Mapping[str, Node]
"""Each quantity's value as the sheet shows it, by id."""


def printed_numbers(evaluation: Evaluation, rounding: Rounding, decimal_mark: str = ".") -> PrintedNumbers:
    """Given values with the digits that the author typed, computed ones rounded.

    What a step only reads off (∂net/∂w5 = out_h1, ∂net/∂b = 1) is printed just as it is printed there.
    """
    printed = {name: signed(f"{value:f}".replace(".", decimal_mark)) for name, value in evaluation.given.items()}
    for step in evaluation.derivation.steps:
        if isinstance(step.expression, Symbol):
            printed[step.quantity.id] = printed[step.expression.name]
        elif isinstance(step.expression, Integer):
            printed[step.quantity.id] = signed(str(step.expression))
        else:
            shown = rounding.shown(evaluation[step.quantity.id])
            printed[step.quantity.id] = signed(shown.digits.replace(".", decimal_mark), shown.exact, shown.exponent)
    return printed


@dataclass(frozen=True, slots=True)
class Equations:
    """Prints quantities and steps in one notation, with numbers as the sheet shows them."""

    notation: Notation = NET_OUT
    numbers: PrintedNumbers = field(default_factory=dict)

    def valued(self, quantity: Quantity) -> Node:
        """quantity = value, in one line."""
        return row(self.notation.symbol(quantity), EQUALS, self.numbers[quantity.id])

    def symbolic(self, step: Step) -> Aligned:
        """quantity = form = form …, in symbols."""
        return self.notation.equation(step.quantity, step.forms)

    def worked(self, step: Step) -> Aligned:
        """Each form in symbols, then with numbers put in, then the value."""
        return stacked([self._worked_form(step, form) for form in step.forms])

    def _worked_form(self, step: Step, form: Expr) -> Aligned:
        value = self.numbers[step.quantity.id]
        sides = list(dict.fromkeys((self.in_symbols(form), self.in_numbers(form), value)))
        return equation(self.notation.symbol(step.quantity), sides)

    def in_symbols(self, expression: Expr) -> Node:
        """An expression with the notation's names."""
        return self.notation.expression(expression)

    def in_numbers(self, expression: Expr) -> Node:
        """An expression with numbers for the names."""
        return ExpressionPrinter(lambda symbol: self.numbers[symbol.name], numeric=True).tree(expression)
