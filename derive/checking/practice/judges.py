"""What has become of an answer, by all answers so far: of numbers, and of formulas."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, TypeAlias

from derive.checking.answers.names import Names, names_of
from derive.checking.answers.typed_formulas import ReadFormula
from derive.checking.answers.typed_numbers import ReadNumber, read_number
from derive.checking.answers.unreadable import Blank, Unreadable
from derive.checking.verification.judged_formulas import SymbolicSheet
from derive.checking.verification.judged_numbers import Judged, Sheet
from derive.sheet.edition import Edition

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


@dataclass(frozen=True)
class _OfNumbers:
    edition: Edition

    def read(self, name: str, text: str) -> Answer | Blank | Unreadable:
        return read_number(text, self.edition.decimal_mark)

    def judged(self, answers: Mapping[str, Answer], to_come: Collection[str]) -> Mapping[str, Judged]:
        own = {name: answer for name, answer in answers.items() if isinstance(answer, ReadNumber)}
        (marked,) = self._sheet.marked([self.edition.evaluation.given], [own], asked=frozenset({*own, *to_come}))
        return marked.answers

    @cached_property
    def _sheet(self) -> Sheet:
        own = self.edition
        truncation = own.exercise.content.sheet.truncation
        return Sheet(own.evaluation.derivation, own.rounding, own.evaluation.carry, truncation)


@dataclass(frozen=True)
class _OfFormulas:
    edition: Edition

    def read(self, name: str, text: str) -> Answer | Blank | Unreadable:
        return self._sheet.read(name, text, self._names)

    def judged(self, answers: Mapping[str, Answer], to_come: Collection[str]) -> Mapping[str, Judged]:
        own = {name: answer for name, answer in answers.items() if isinstance(answer, ReadFormula)}
        return self._sheet.marked(own).answers

    @cached_property
    def _sheet(self) -> SymbolicSheet:
        return SymbolicSheet(self.edition.evaluation.derivation)

    @cached_property
    def _names(self) -> Names:
        return names_of(self.edition)
