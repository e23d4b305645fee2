"""The boxes of a sheet: each answer that is asked for, in the order of the questions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from derive.derivation.steps import Step
from derive.equations.matrices.forms import MatrixStep, whole_of
from derive.model.quantities import Quantity
from derive.sheet.edition import Edition
from derive.sheet.questions import asked


@dataclass(frozen=True, slots=True)
class AnswerBox:
    """Where one answer is written: the number of the question, and the quantity that is asked for."""

    number: int
    quantity: Quantity

    @property
    def id(self) -> str:
        """The id of the quantity."""
        return self.quantity.id


def boxes_of(edition: Edition) -> tuple[AnswerBox, ...]:
    """All that a sheet asks for, each entry of a matrix by itself."""
    questions = (question for _, part in asked(edition.derivation, edition.detail) for question in part)
    return tuple(
        AnswerBox(number, quantity)
        for number, question in enumerate(questions, start=1)
        for quantity in _entries(edition, question.step)
    )


def _entries(edition: Edition, step: Step) -> Iterator[Quantity]:
    matrices = edition.matrices
    if matrices and isinstance(step, MatrixStep) and whole_of(step.quantity) is not None and not edition.in_symbols:
        yield from chain.from_iterable(matrices.layout.entries(step.quantity))
    else:
        yield step.quantity
