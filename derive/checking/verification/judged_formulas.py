"""The verdicts on formulas, of a sheet in symbols: decided by values at points, not by how a formula is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from sympy import Expr

from derive.checking.answers.equality import NoRealValueError, OutOfTimeError, Point, are_equal, value_at
from derive.checking.answers.names import Names
from derive.checking.answers.points import POINTS, inputs_of, points_of
from derive.checking.answers.typed_formulas import ReadFormula, read_formula
from derive.checking.answers.unreadable import Blank, Unreadable
from derive.checking.verification.following import descendants_of, names_in
from derive.checking.verification.judged_numbers import Judged, Marked
from derive.checking.verification.verdicts import CHARGED, Verdict
from derive.derivation.round import Derivation
from derive.derivation.steps import Step
from derive.mistakes.slips import Slip, replaced, slips_of

_NOTHING = 1e-12
"""A difference that makes no formula less easy."""

_FEW_POINTS = 3
"""Enough to find out that a formula is not a known mistake."""


@dataclass(frozen=True)
class SymbolicSheet:
    """What was asked, without numbers."""

    derivation: Derivation
    _known: dict[object, Judged] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Verdicts by the quantity, the formula and the slips before it: the same formula is looked at once."""

    def read(self, name: str, text: str, names: Names) -> ReadFormula | Blank | Unreadable:
        """A formula that says something: not in terms of what it is a formula for."""
        found = read_formula(text, names)
        if isinstance(found, ReadFormula) and (circular := found.uses & self.circular(name)):
            return Unreadable("answer_circular", text, 0, {"found": ", ".join(sorted(circular))})
        return found

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """Where the right formulas are compared."""
        return points_of(self.derivation)

    def circular(self, name: str) -> frozenset[str]:
        """The quantities in which an answer says nothing: itself, and what is calculated from it."""
        return frozenset({name, *self._behind(name)})

    def _behind(self, name: str) -> frozenset[str]:
        """What is calculated from a quantity."""
        steps = self.derivation.steps
        names = [step.quantity.id for step in steps]
        return frozenset(names[number] for number in descendants_of(steps)[names.index(name)])

    def _is_trivial(self, answer: ReadFormula) -> bool:
        """Whether a formula is worth a number, or a given quantity, wherever it is looked at: however it is written."""
        given, formula = inputs_of(self.derivation), answer.readings[0]
        if not formula.free_symbols:
            return True
        try:
            values = [abs(value_at(formula, point)) for point in self.points]
        except NoRealValueError:
            return False
        is_constant = all(abs(value - values[0]) < _NOTHING for value in values)
        columns = ([abs(point[name]) for point in self.points] for name in given)
        return is_constant or any(
            all(abs(value - other) < _NOTHING for value, other in zip(values, column, strict=True))
            for column in columns
        )

    def marked(self, answers: Mapping[str, ReadFormula]) -> Marked:
        """One student's verdicts, step by step; what follows a slip is compared where that slip was made."""
        own, slips, found = self.derivation, dict[str, Expr](), dict[str, Judged]()
        spoilt = frozenset[str]()
        for step in self.derivation.steps:
            name = step.quantity.id
            if name not in answers:
                continue
            found[name] = self._judged(step, answers[name], own, slips)
            if found[name].verdict in CHARGED:
                spoilt |= self._behind(name) if self._is_trivial(answers[name]) else frozenset()
                slips[name] = answers[name].readings[0]
                own = replaced(own, {name: slips[name]})
            elif found[name].verdict is Verdict.FOLLOWS and (name in spoilt or self._is_trivial(answers[name])):
                found[name] = replace(found[name], verdict=Verdict.EASY)
        return Marked(found)

    def _judged(self, step: Step, answer: ReadFormula, own: Derivation, slips: Mapping[str, Expr]) -> Judged:
        key = step.quantity.id, answer, tuple(slips.items())
        if key not in self._known:
            self._known[key] = self._found(step, answer, own, slips)
        return self._known[key]

    def _found(self, step: Step, answer: ReadFormula, own: Derivation, slips: Mapping[str, Expr]) -> Judged:
        if _agrees(answer, step.expression, self.points):
            return Judged(Verdict.CORRECT)
        points = self._points_of(own) if slips else self.points
        if slips and _agrees(answer, step.expression, points):
            return Judged(Verdict.FOLLOWS, used=tuple(self._used(step, slips)))
        known = {slip.code: slip for slip in self._mistakes(step, answer, own)}
        if known:
            verdict = Verdict.MISTAKE if len(known) == 1 else Verdict.ONE_OF
            return Judged(verdict, tuple(known.values()))
        is_negative = _agrees(answer, -step.expression, points)
        return Judged(Verdict.SIGN if is_negative else Verdict.WRONG)

    def _mistakes(self, step: Step, answer: ReadFormula, own: Derivation) -> Iterator[Slip]:
        """Those that give this formula at its own step, or at a step before it that may have been left out."""
        name = step.quantity.id
        behind = {name, *self._before(step)}
        for slip in slips_of(self.derivation):
            if slip.place not in behind:
                continue
            if slip.place == name:
                if _agrees(answer, slip.wrong, self._points_of(own, _FEW_POINTS)):
                    yield slip
            elif _agrees(
                answer, step.expression, self._points_of(replaced(own, {slip.place: slip.wrong}), _FEW_POINTS)
            ):
                yield slip

    def _points_of(self, own: Derivation, count: int = POINTS) -> tuple[Point, ...]:
        """Points of a student's own derivation, where whatever the right one uses has a value too."""
        return points_of(own, count=count, names=inputs_of(self.derivation))

    def _before(self, step: Step) -> Iterator[str]:
        """What a step is calculated from directly."""
        ids = {own.quantity.id for own in self.derivation.steps}
        yield from (name for name in names_in(step) if name in ids)

    def _used(self, step: Step, slips: Mapping[str, Expr]) -> Iterator[str]:
        """The student's own formulas that an answer follows from, those nearest to it."""
        by_id = {own.quantity.id: own for own in self.derivation.steps}
        for name in sorted(self._before(step)):
            if name in slips:
                yield name
            else:
                yield from self._used(by_id[name], slips)


def _agrees(answer: ReadFormula, right: Expr, points: tuple[Point, ...]) -> bool:
    try:
        return any(are_equal(reading, right, points) for reading in answer.readings)
    except OutOfTimeError:
        return False
