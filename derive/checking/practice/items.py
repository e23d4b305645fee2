"""What is asked, one answer at a time, in the order of the sheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.model.quantities import Quantity
from derive.sheet.answer_boxes import boxes_of
from derive.sheet.document import Heading, Question
from derive.sheet.edition import Edition
from derive.sheet.questions import Asked
from derive.sheet.selection import Selection
from derive.sheet.worksheet import Worksheet
from derive.words.languages import Prose


@dataclass(frozen=True, slots=True)
class Item:
    """One answer: a question, or one entry of a matrix that a question asks for."""

    number: int
    """Of the question."""
    section: Prose
    """The part of the sheet in which it stands."""
    prompt: Prose
    quantity: Quantity
    asked: Asked

    @property
    def id(self) -> str:
        """The id of the quantity."""
        return self.quantity.id


def items_of(edition: Edition) -> tuple[Item, ...]:
    """Every answer that the sheet asks for."""
    asked = (own for _, questions in Selection(edition).sections for own in questions)
    questions = {
        question.number: (section, question.prompt, own)
        for (section, question), own in zip(_questions(edition), asked, strict=True)
    }
    return tuple(
        Item(box.number, section, prompt, box.quantity, own)
        for box in boxes_of(edition)
        for section, prompt, own in (questions[box.number],)
    )


def _questions(edition: Edition) -> Iterator[tuple[Prose, Question]]:
    """The questions of the sheet, each with the heading above it."""
    section: Prose = ()
    for block in Worksheet(edition).sheet().blocks:
        match block:
            case Heading(text):
                section = text
            case Question():
                yield section, block
