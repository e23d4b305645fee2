"""Mistakes at their places in one derivation, and the sheet of a person who makes one of them once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from sympy import Expr, evaluate

from derive.derivation.round import Derivation
from derive.derivation.steps import Evaluate, Step
from derive.mistakes.anatomy import Anatomy
from derive.mistakes.place import Place
from derive.mistakes.table import MISTAKES
from derive.numbers.evaluation import Evaluation


@dataclass(frozen=True, slots=True)
class Slip:
    """One mistake made at one step: there the quantity equals the wrong formula."""

    code: str
    place: str
    """The id of the quantity that the step gives."""
    wrong: Expr
    """In ids of given values and of quantities that come before it."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A derivation that is known by its steps."""

    steps: tuple[Step, ...]
    derivation: Derivation = field(compare=False)


def slips_of(derivation: Derivation) -> tuple[Slip, ...]:
    """Every way in which a known mistake can be written down, in order of the steps; they are found once.

    Some give the right number after all, and some give the same number as others: ``trials`` sorts that out.
    """
    return _slips_of(_Known(derivation.steps, derivation))


@lru_cache(maxsize=64)
def _slips_of(known: _Known) -> tuple[Slip, ...]:
    anatomy = Anatomy(known.derivation)
    with evaluate(False):  # one switch for all formulas: SymPy empties its caches at each
        return tuple(slip for step in known.steps for slip in _slips_at(Place(anatomy, step)))


def _slips_at(place: Place) -> Iterator[Slip]:
    name, seen = place.quantity.id, {(form, "") for form in place.step.forms}
    for mistake in MISTAKES:
        for wrong in mistake.wrong(place):
            known = place.anatomy.in_earlier(wrong, name)
            if known is not None and (known, "") not in seen and (known, mistake.code) not in seen:
                seen.add((known, mistake.code))
                yield Slip(mistake.code, name, known)


def planted(evaluation: Evaluation, slip: Slip) -> Evaluation:
    """The whole sheet of a person who makes a mistake once and goes on honestly.

    Every later step is calculated as the key calculates it, from what has come out so far. Its ``values`` raise
    ``NoValueError`` where a formula has none at the wrong numbers.
    """
    return replace(evaluation, derivation=replaced(evaluation.derivation, {slip.place: slip.wrong}))


def replaced(derivation: Derivation, formulas: Mapping[str, Expr]) -> Derivation:
    """A derivation in which these quantities equal other formulas."""
    sections = tuple(
        replace(section, steps=tuple(_with(step, formulas) for step in section.steps))
        for section in derivation.sections
    )
    return Derivation(derivation.graph, sections)


def _with(step: Step, formulas: Mapping[str, Expr]) -> Step:
    formula = formulas.get(step.quantity.id)
    return step if formula is None else Evaluate(step.quantity, formula)
