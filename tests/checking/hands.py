"""People who calculate by hand: honest ones, and ones who make a mistake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP

from derive.authoring.exercise import Exercise
from derive.checking.answers.typed_numbers import ReadNumber, read_number
from derive.checking.verification.judged_numbers import Marked, Sheet
from derive.numbers.evaluation import Evaluation, Rounding, printed_rounding
from derive.sheet.build import Options, rounding
from derive.sheet.questions import asked

WAYS = (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_FLOOR, ROUND_CEILING)
"""Who may round up or down rounds a tie so; digits are cut off only where a sheet allows it."""


def asked_names(exercise: Exercise, detail: str = "") -> tuple[str, ...]:
    """The ids of the answers, in the order of the steps."""
    derivation = exercise.evaluation.derivation
    sections = asked(derivation, detail or exercise.content.sheet.detail)
    return tuple(question.step.quantity.id for _, questions in sections for question in questions)


def typed(evaluation: Evaluation, name: str, shown: Rounding) -> str:
    """A value as it is written down: with the digits that the sheet asks for."""
    (quantity,) = (step.quantity for step in evaluation.derivation.steps if step.quantity.id == name)
    value = evaluation[name]
    digits, _, exponent = printed_rounding(quantity, shown, evaluation.carry).shown(value)
    text = digits if not exponent else f"{digits}e{exponent}"
    return f"-{text}" if value < 0 and not text.startswith("-") else text


def texts_of(exercise: Exercise, evaluation: Evaluation | None = None, names: Iterable[str] = ()) -> dict[str, str]:
    """A whole sheet as it is written down."""
    shown = rounding(exercise, Options())
    own = evaluation or exercise.evaluation
    return {name: typed(own, name, shown) for name in names or asked_names(exercise)}


def read(texts: Mapping[str, str]) -> dict[str, ReadNumber]:
    """The numbers of a sheet."""
    found = {name: read_number(text) for name, text in texts.items()}
    assert all(isinstance(number, ReadNumber) for number in found.values()), texts
    return {name: number for name, number in found.items() if isinstance(number, ReadNumber)}


def sheet_of(exercise: Exercise, truncation: bool = False) -> Sheet:
    """What the students of an exercise are asked."""
    evaluation = exercise.evaluation
    return Sheet(evaluation.derivation, rounding(exercise, Options()), evaluation.carry, truncation)


def mark(exercise: Exercise, *students: Mapping[str, str]) -> list[Marked]:
    """The verdicts on whole sheets of an exercise."""
    given = [exercise.evaluation.given] * len(students)
    return sheet_of(exercise).marked(given, [read(texts) for texts in students])
