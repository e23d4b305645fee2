"""A step as printed mathematics: what it equals in symbols, with numbers put in, and its value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sympy import Expr, Float, Piecewise, Rational, Symbol

from derive.derivation.steps import Step, Update
from derive.equations.filling import Choices, Filling
from derive.mathtext.building import about, row, signed
from derive.mathtext.equation import equation, stacked
from derive.mathtext.expression import ExpressionPrinter
from derive.mathtext.tree import EQUALS, GAP, Aligned, Bracket, Node
from derive.model.notation import NET_OUT, Notation
from derive.model.quantities import TOTAL_ERROR, Quantity, Variable
from derive.numbers.evaluation import PRECISION, Evaluation, Rounding, Values, printed_rounding

PrintedNumbers = Mapping[str, Node]
"""Each quantity's value as the sheet shows it, by id."""


def printed_numbers(evaluation: Evaluation, rounding: Rounding, decimal_mark: str = ".") -> PrintedNumbers:
    """Given values with the digits that the author typed, computed ones rounded.

    What a step only reads off (∂net/∂w5 = out_h1, ∂net/∂b = 1) is printed just as it is printed there; a value that is
    rounded before one calculates on has the digits that it keeps. Each number says whose value it is: one that is read
    off is still that of the other quantity, and 1 in ∂net/∂b = 1 belongs to the formula.
    """
    printed = {
        name: signed(f"{value:f}".replace(".", decimal_mark), of=name) for name, value in evaluation.given.items()
    }
    carry = evaluation.carry
    for step in evaluation.derivation.steps:
        expression = branch_of(step.expression, evaluation.values)[0]
        keeps = not carry.is_full and not carry.single and carry.applies_to(step.quantity)
        if isinstance(expression, Symbol) and not (keeps and isinstance(step.quantity, Variable)):
            printed[step.quantity.id] = printed[expression.name]
        elif isinstance(expression, Rational):
            exact = Decimal(int(expression.p)) / Decimal(int(expression.q))
            printed[step.quantity.id] = signed(f"{exact:f}".replace(".", decimal_mark))
        else:
            name = step.quantity.id
            shown = printed_rounding(step.quantity, rounding, carry).shown(evaluation[name])
            printed[name] = signed(shown.digits.replace(".", decimal_mark), shown.exact, shown.exponent, of=name)
    return printed


def filling(evaluation: Evaluation, rounding: Rounding, decimal_mark: str = ".") -> Filling:
    """The numbers of a sheet, and what else it takes from its values; for a sheet that is laid out already."""
    forms = (form for step in evaluation.derivation.steps for form in (step.expression, *step.forms))
    cases = tuple(_case_of(form, evaluation.values) for form in forms if isinstance(form, Piecewise))
    choices = Choices(cases, evaluation.rounded, outcome(evaluation))
    return Filling(printed_numbers(evaluation, rounding, decimal_mark), choices)


def outcome(evaluation: Evaluation) -> str:
    """What has become of the error: ``fallen``, ``not_fallen`` or ``unchanged``; nothing without an update."""
    values, before, after = evaluation.values, TOTAL_ERROR.id, TOTAL_ERROR.after_update().id
    if not {before, after} <= values.keys():
        return ""
    gradients = (step.gradient.id for step in evaluation.derivation.steps if isinstance(step, Update))
    if all(values[gradient] == 0 for gradient in gradients):
        return "unchanged"
    return "fallen" if values[after] < values[before] else "not_fallen"


def branch_of(expression: Expr, values: Values) -> tuple[Expr, Expr | None]:
    """What a case distinction comes to at these values, and the condition that decides it; else the whole."""
    if not isinstance(expression, Piecewise):
        return expression, None
    value, condition = expression.args[_case_of(expression, values)]
    return value, condition


def _case_of(pieces: Piecewise, values: Values) -> int:
    numbers = {symbol: Float(values[symbol.name], PRECISION) for symbol in pieces.free_symbols}
    return next(index for index, (_, condition) in enumerate(pieces.args) if condition.xreplace(numbers))


@dataclass(frozen=True, slots=True)
class Equations:
    """Prints quantities and steps in one notation, with numbers as the sheet shows them."""

    notation: Notation = NET_OUT
    numbers: PrintedNumbers = field(default_factory=dict)
    values: Values = field(default_factory=dict)
    rounded: frozenset[str] = frozenset()
    """What is rounded before one calculates on with it, so that it is only about what it is calculated from."""
    one_form: bool = False
    """Whether only the form is printed that the value is calculated from, as where roundings would tell them apart."""

    def valued(self, quantity: Quantity) -> Node:
        """quantity = value, in one line."""
        return row(self.notation.symbol(quantity), EQUALS, self.numbers[quantity.id])

    def symbolic(self, step: Step) -> Aligned:
        """quantity = form = form …, in symbols."""
        return self.notation.equation(step.quantity, step.forms)

    def worked(self, step: Step) -> Aligned:
        """Each form in symbols, then with numbers put in, then the value."""
        if not self.numbers:
            return self.symbolic(step)
        forms = (step.expression,) if self.one_form else step.forms
        return stacked([self._worked_form(step, form) for form in forms])

    def _worked_form(self, step: Step, form: Expr) -> Aligned:
        branch, condition = branch_of(form, self.values)
        value = self.numbers[step.quantity.id]
        if step.quantity.id in self.rounded:
            value = about(value)
        sides = dict.fromkeys((self.in_symbols(form), self.in_numbers(branch), value))
        worked = equation(self.notation.symbol(step.quantity), list(sides))
        return worked if condition is None else _under(worked, self.in_numbers(condition))

    def defined(self, formulas: Sequence[tuple[Quantity, Expr]]) -> Aligned:
        """Formulas as they were typed, below one another."""
        return stacked([self.notation.equation(quantity, [expression]) for quantity, expression in formulas])

    def in_symbols(self, expression: Expr) -> Node:
        """An expression with the notation's names."""
        return self.notation.expression(expression)

    def in_numbers(self, expression: Expr) -> Node:
        """An expression with numbers for the names."""
        return ExpressionPrinter(lambda symbol: self.numbers[symbol.name], numeric=True).tree(expression)


def _under(worked: Aligned, condition: Node) -> Aligned:
    """The equation with the condition under which it holds at its end: = 1 (0.65 > 0)."""
    *lines, (left, right) = worked.lines
    return Aligned((*lines, (left, row(right, GAP, Bracket(condition)))))
