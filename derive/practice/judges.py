"""What has become of an answer, by all answers so far: of numbers, and of formulas."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Protocol, TypeAlias

from sympy import Expr

from derive.answers.formulas import ReadFormula, read_formula
from derive.answers.names import Names, names_of
from derive.answers.numbers import ReadNumber, read_number
from derive.answers.unreadable import Blank, Unreadable
from derive.derivation import Derivation
from derive.edition import Edition
from derive.steps import Step
from derive.verification.formulas import SymbolicSheet
from derive.verification.numbers import Judged, Sheet

Answer: TypeAlias = ReadNumber | ReadFormula


class Judge(Protocol):
    """Reads the answers to one sheet and judges them."""

    def read(self, name: str, text: str) -> Answer | Blank | Unreadable:
        """What somebody has written for a quantity."""
        ...

    def judged(self, answers: Mapping[str, Answer], to_come: Collection[str]) -> Mapping[str, Judged]:
        """The verdicts on these answers, the others being still to come."""
        ...


def judge_of(edition: Edition) -> Judge:
    """The judge for a sheet with numbers, or for one in symbols."""
    return _OfFormulas(edition) if edition.in_symbols else _OfNumbers(edition)


_TO_COME = ReadNumber(Decimal("NaN"))
"""Keeps the place of an answer to come. So the quantities at which a mistake can show are the same from question to
question, and what the known mistakes lead to is compiled once: 0.1 s, and not 1 s at each wrong answer."""


@dataclass(frozen=True)
class _OfNumbers:
    edition: Edition

    def read(self, name: str, text: str) -> Answer | Blank | Unreadable:
        return read_number(text, self.edition.decimal_mark)

    def judged(self, answers: Mapping[str, Answer], to_come: Collection[str]) -> Mapping[str, Judged]:
        own = {name: answer for name, answer in answers.items() if isinstance(answer, ReadNumber)}
        (marked,) = self._sheet.marked([self.edition.evaluation.given], [{**dict.fromkeys(to_come, _TO_COME), **own}])
        return {name: marked.answers[name] for name in own}

    @cached_property
    def _sheet(self) -> Sheet:
        own = self.edition
        truncation = own.exercise.content.sheet.truncation
        return Sheet(own.evaluation.derivation, own.rounding, own.evaluation.carry, truncation)


@dataclass(frozen=True)
class _OfFormulas:
    edition: Edition

    def read(self, name: str, text: str) -> Answer | Blank | Unreadable:
        found = read_formula(text, self._names)
        if isinstance(found, ReadFormula) and (circular := found.uses & self._sheet.circular(name)):
            return Unreadable("answer_circular", text, 0, {"found": ", ".join(sorted(circular))})
        return found

    def judged(self, answers: Mapping[str, Answer], to_come: Collection[str]) -> Mapping[str, Judged]:
        own = {name: answer for name, answer in answers.items() if isinstance(answer, ReadFormula)}
        return self._sheet.marked(own).answers

    @cached_property
    def _sheet(self) -> SymbolicSheet:
        return _Remembering(self.edition.evaluation.derivation)

    @cached_property
    def _names(self) -> Names:
        return names_of(self.edition)


@dataclass(frozen=True)
class _Remembering(SymbolicSheet):
    """Judges no formula twice after the same slips: a wrong one, which is left, would cost 0.3 s at each answer."""

    known: dict[object, Judged] = field(default_factory=dict)

    def _judged(self, step: Step, answer: ReadFormula, own: Derivation, slips: Mapping[str, Expr]) -> Judged:
        key = step.quantity.id, answer, tuple(slips.items())
        if key not in self.known:
            self.known[key] = super()._judged(step, answer, own, slips)
        return self.known[key]
