"""The ways to an answer as printed mathematics: the wrong one and the right one, with the student's own numbers."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from mpmath import mpf
from sympy import Expr

from derive.checking.answers.equality import NoRealValueError, value_at
from derive.checking.answers.typed_formulas import ReadFormula
from derive.checking.answers.typed_numbers import ReadNumber
from derive.checking.answers.unreadable import on_a_line
from derive.checking.verification.papers import Finding, Paper
from derive.checking.verification.verdicts import CHARGED, Verdict
from derive.derivation.steps import Step
from derive.equations.scalars import Equations, branch_of
from derive.mathtext.building import about, row, signed
from derive.mathtext.contents import numbers_in
from derive.mathtext.equation import equation
from derive.mathtext.tree import EQUALS, Aligned, Identifier, Node
from derive.mistakes.slips import Slip
from derive.model.quantities import quantity_named

_WRITTEN_OUT = range(-7, 13)
"""Powers of ten of numbers that are shown without one."""


@dataclass(frozen=True)
class Ways:
    """Formulas of one paper."""

    paper: Paper

    def wrong(self, finding: Finding, slip: Slip) -> Aligned:
        """The formula of a known mistake, in symbols, with the student's numbers, and what it comes to."""
        sides = [self.own.in_symbols(slip.wrong)]
        if not self.paper.edition.in_symbols:
            sides += [self.own.in_numbers(branch_of(slip.wrong, self.own.values)[0]), self._result(finding, slip)]
        return equation(self._symbol(slip.place), list(dict.fromkeys(sides)))

    def right(self, name: str) -> Aligned:
        """The right formula likewise; what it comes to for the student's own values is what was to be found."""
        edition, step = self.paper.edition, self._steps[name]
        if edition.in_symbols or not self.is_tainted(name):
            return edition.equations.worked(step)
        numbers = {**self.own.numbers, name: self._value_of(step.expression)}
        return replace(self.own, numbers=numbers, one_form=True).worked(step)

    def answer(self, name: str) -> Node:
        """The right answer, as the key has it."""
        return self.paper.edition.answer(self._steps[name])

    def own_value(self, name: str) -> Node:
        """A quantity with the student's own value."""
        return row(self._symbol(name), EQUALS, self.own.numbers.get(name) or self._own_formula(name))

    def formula(self, read: ReadFormula) -> Node:
        """A formula as it was read."""
        return self.paper.edition.equations.in_symbols(read.readings[0])

    def shown(self, text: str) -> str | Node:
        """An answer as it was written; a plain number with the minus sign of printed ones."""
        body = text.strip().replace("−", "-")
        is_plain = body.removeprefix("-").replace(".", "").replace(",", "").isdecimal()
        return signed(body) if is_plain else on_a_line(text)

    def is_tainted(self, name: str) -> bool:
        """Whether a quantity is calculated from answers of the student's that are not the right ones."""
        return bool(self._behind[name] & self._wrong)

    @cached_property
    def own(self) -> Equations:
        """The equations of the sheet with the numbers that the student wrote, or would have had to write."""
        equations = self.paper.edition.equations
        if self.paper.edition.in_symbols:
            return equations
        numbers, values = dict(equations.numbers), dict(equations.values)
        for name, step in self._steps.items():
            finding = self.paper.findings.get(name)
            if finding and isinstance(finding.read, ReadNumber):
                is_exact = all(number.exact for number in numbers_in(numbers[name]))
                written = self._written(finding.read)
                numbers[name] = written if is_exact else about(written)
                values[name] = mpf(float(finding.read.value))
            elif not finding and self.is_tainted(name):
                with suppress(NoRealValueError):
                    values[name] = value_at(step.expression, values)
                    numbers[name] = self._calculated(float(values[name]))
        return replace(equations, numbers=numbers, values=values)

    @cached_property
    def _wrong(self) -> frozenset[str]:
        verdicts = CHARGED | {Verdict.FOLLOWS, Verdict.COARSE}
        return frozenset(name for name, finding in self.paper.findings.items() if finding.verdict in verdicts)

    @cached_property
    def _behind(self) -> Mapping[str, frozenset[str]]:
        """What each quantity is calculated from, up to the nearest answers of the student's own."""
        behind: dict[str, frozenset[str]] = {}
        for step in self._steps.values():
            parents = {symbol.name for symbol in step.expression.free_symbols}
            unasked = [behind[name] for name in parents if name in behind and name not in self.paper.findings]
            behind[step.quantity.id] = frozenset(parents).union(*unasked)
        return behind

    @cached_property
    def _steps(self) -> Mapping[str, Step]:
        return {step.quantity.id: step for step in self.paper.edition.evaluation.derivation.steps}

    def _symbol(self, name: str) -> Node:
        return self.paper.edition.notation.symbol(quantity_named(name))

    def _own_formula(self, name: str) -> Node:
        read = self.paper.findings[name].read
        return self.formula(read) if isinstance(read, ReadFormula) else Identifier("?")

    def _result(self, finding: Finding, slip: Slip) -> Node:
        """What a mistake comes to: the student's answer, or, at a step that was not asked, what leads to it."""
        if slip.place == finding.quantity and isinstance(finding.read, ReadNumber):
            return about(self._written(finding.read))
        return self._value_of(slip.wrong)

    def _value_of(self, formula: Expr) -> Node:
        """What a formula comes to for the student's own values."""
        try:
            return self._calculated(float(value_at(formula, self.own.values)))
        except NoRealValueError:
            return Identifier("?")

    def _written(self, number: ReadNumber) -> Node:
        value = number.value
        if not isinstance(value, Decimal):
            return self._calculated(float(value))
        if not value or value.adjusted() in _WRITTEN_OUT:
            return signed(self._marked(f"{value:f}"))
        digits = value.scaleb(-value.adjusted())
        return signed(self._marked(f"{digits:f}"), exponent=value.adjusted())

    def _calculated(self, value: float) -> Node:
        shown = self.paper.edition.rounding.shown_float(value)
        digits = shown.digits if value >= 0 or shown.digits.startswith("-") else f"-{shown.digits}"
        return about(signed(self._marked(digits), False, shown.exponent))

    def _marked(self, digits: str) -> str:
        return digits.replace(".", self.paper.edition.decimal_mark)


def decimal_text(number: Decimal, mark: str) -> str:
    """A number of marks: 12, 12.5 or 12.33."""
    text = f"{number.quantize(Decimal('0.01')):f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", mark)
