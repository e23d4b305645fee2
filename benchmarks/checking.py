"""How long checking takes, reading included: a class with known mistakes, with blanks, and one that got all wrong.

    python benchmarks/checking.py [EXERCISE] [--quick]

``found`` are the answers that are right or follow from the student's own, ``mistakes`` those that a known mistake leads
to, of all that cost points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import cycle, islice
from random import Random
from time import perf_counter

import numpy as np
from measuring import line, parser_of

from derive.authoring.exercise import Exercise
from derive.authoring.reading import load
from derive.checking.answers.typed_numbers import ReadNumber, read_number
from derive.checking.verification.judged_numbers import Sheet
from derive.checking.verification.verdicts import CHARGED, FOUND, Verdict
from derive.mistakes.slips import replaced
from derive.mistakes.trials import trials_of
from derive.numbers.compiled import function
from derive.sheet.build import Options, rounding
from derive.sheet.questions import asked

STUDENTS, QUICK_STUDENTS = 1_000, 60
KINDS_OF_MISTAKES = 50
BLANK = 0.1

Given = Mapping[str, Decimal]


def numbers_of(exercise: Exercise, count: int) -> list[Given]:
    """The given values of so many students, each a little off."""
    drawn = Random(1)
    return [
        {name: value + Decimal(drawn.randint(-9, 9)).scaleb(-3) for name, value in exercise.given.items()}
        for _ in range(count)
    ]


def sheets_of(exercise: Exercise, given: Sequence[Given], names: Sequence[str]) -> list[dict[str, str]]:
    """The answers as they are written: two in three students make a mistake once and go on honestly."""
    derivation, shown = exercise.evaluation.derivation, rounding(exercise, Options())
    slips = [slip for trial in trials_of(derivation, names).trials for slip in trial.slips]
    chosen = [None, *islice(cycle(Random(2).sample(slips, min(KINDS_OF_MISTAKES, len(slips)))), KINDS_OF_MISTAKES)]
    symbols = [step.quantity.symbol for step in derivation.steps]
    arguments = sorted(
        {symbol for step in derivation.steps for symbol in step.expression.free_symbols} - set(symbols), key=str
    )
    sheets: list[dict[str, str]] = [{} for _ in given]
    for number, slip in enumerate(chosen):
        students = range(0, len(given), 3) if slip is None else _those(number, len(chosen) - 1, len(given))
        steps = (replaced(derivation, {slip.place: slip.wrong}) if slip else derivation).steps
        code = function([(step.quantity.symbol, step.expression) for step in steps], arguments, symbols, "numpy")
        columns = [np.array([float(given[student][symbol.name]) for student in students]) for symbol in arguments]
        with np.errstate(all="ignore"):
            values = dict(zip((symbol.name for symbol in symbols), code(*columns), strict=True))
        for name in names:
            row = np.broadcast_to(values[name], len(students))
            for student, value in zip(students, row.tolist(), strict=True):
                digits, _, exponent = shown.shown_float(value)
                sheets[student][name] = f"{digits}e{exponent}" if exponent else digits
    return sheets


def _those(number: int, kinds: int, count: int) -> list[int]:
    """The students who make one kind of mistake."""
    return [student for student in range(count) if student % 3 and student % kinds == number - 1]


def seconds(
    exercise: Exercise, given: Sequence[Given], sheets: Sequence[Mapping[str, str]]
) -> tuple[float, float, str, str, str]:
    """Of reading and of judging, and what came out: found, known mistakes, charged."""
    evaluation = exercise.evaluation
    sheet = Sheet(evaluation.derivation, rounding(exercise, Options()), evaluation.carry)
    start = perf_counter()
    read = [{name: read_number(text) for name, text in own.items()} for own in sheets]
    numbers = [{name: found for name, found in own.items() if isinstance(found, ReadNumber)} for own in read]
    reading = perf_counter() - start
    start = perf_counter()
    verdicts = [judged.verdict for marked in sheet.marked(given, numbers) for judged in marked.answers.values()]
    judging = perf_counter() - start
    found = sum(verdict in FOUND for verdict in verdicts) / len(verdicts)
    named = sum(verdict in (Verdict.MISTAKE, Verdict.ONE_OF) for verdict in verdicts)
    charged = sum(verdict in CHARGED for verdict in verdicts)
    return reading, judging, f"{found:.1%}", f"{named:,}", f"{charged:,}"


def main() -> None:
    """A row for each class."""
    parser = parser_of(__doc__, f"{QUICK_STUDENTS} students for {STUDENTS:,}")
    parser.add_argument("exercise", nargs="?", default="mazur", help="default: mazur")
    arguments = parser.parse_args()
    exercise, count = load(arguments.exercise), QUICK_STUDENTS if arguments.quick else STUDENTS
    sections = asked(exercise.evaluation.derivation, exercise.content.sheet.detail)
    names = [question.step.quantity.id for _, questions in sections for question in questions]
    trials = len(trials_of(exercise.evaluation.derivation, names).trials)
    drawn, given = Random(3), numbers_of(exercise, 2 * count)
    twice = sheets_of(exercise, given, names)
    once = twice[:count]
    classes = {
        f"{count:,} students": once,
        f"{2 * count:,} students": twice,
        "who left one answer in ten blank": [_without_some(own, drawn) for own in once],
        "who got all wrong": [{name: f"{drawn.uniform(-2, 2):.6g}" for name in names} for _ in once],
    }
    head = f"{len(names)} answers a student, {trials} wrong numbers each"
    line(head, "reading s", "judging s", "ratio", "found", "mistakes", "of charged")
    first = 0.0
    for label, sheets in classes.items():
        reading, judging, *outcome = seconds(exercise, given[: len(sheets)], sheets)
        first = first or reading + judging
        line(label, f"{reading:.2f}", f"{judging:.2f}", f"{(reading + judging) / first:.1f}", *outcome)


def _without_some(sheet: Mapping[str, str], drawn: Random) -> dict[str, str]:
    return {name: text for name, text in sheet.items() if drawn.random() >= BLANK}


if __name__ == "__main__":
    main()
