"""Verdicts: honest sheets are right, a slip is charged once, and nobody profits from an easy number."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from random import Random

import pytest

from derive import resources
from derive.build import Options, rounding
from derive.equations import printed_numbers
from derive.evaluation import Rounding
from derive.exercise import Exercise
from derive.intervals.reach import Reach
from derive.mathtext.plain import plain
from derive.mathtext.tree import Number, numbers_in
from derive.reading import load
from derive.verification.slips import exchanged
from derive.verification.verdicts import Answer, Judged, Verdict, judged

FIGURES = Rounding(figures=6)


def typed(number: Number) -> str:
    return f"{number.text}E{number.exponent}" if number.exponent else number.text


def answers_of(exercise: Exercise, changed: Mapping[str, str] | None = None) -> dict[str, Answer]:
    """The key's own answers, as they are printed, some of them changed."""
    numbers = printed_numbers(exercise.evaluation, rounding(exercise, Options()))
    asked = [step.quantity.id for step in exercise.evaluation.derivation.steps]
    found = {name: Answer("".join(map(typed, numbers_in(numbers[name])))) for name in asked}
    found |= {name: Answer(f"-{found[name].written}") for name in asked if plain(numbers[name]).startswith("−")}
    return {**found, **{name: Answer(text) for name, text in (changed or {}).items()}}


def judge(exercise: Exercise, answers: Mapping[str, Answer]) -> Judged:
    evaluation = exercise.evaluation
    shown = rounding(exercise, Options())
    (result,) = judged(evaluation.derivation, [evaluation.given], shown, evaluation.carry, [answers])
    return result


NUMERIC = [name for name in resources.exercises() if not load(name).is_symbolic]


@pytest.mark.parametrize("name", NUMERIC)
def test_the_key_is_right(name):
    """Every answer of every shipped key, as it is printed."""
    exercise = load(name)
    found = judge(exercise, answers_of(exercise))
    assert {name: verdict for name, verdict in found.verdicts.items() if verdict is not Verdict.CORRECT} == {}
    assert found.first_wrong == ""


@pytest.mark.parametrize(
    ("written", "verdict"),
    [
        ("0.751365", Verdict.CORRECT),
        ("0.75136507", Verdict.CORRECT),
        ("0.751366", Verdict.CORRECT),  # honest roundings on the way lead there
        ("0.7514", Verdict.COARSE),
        ("0.75", Verdict.COARSE),
        ("0.8", Verdict.WRONG),
        ("-0.751365", Verdict.SIGN),
        ("7.51365", Verdict.TEN),
        ("0.0751365", Verdict.TEN),
        ("0.715365", Verdict.EXCHANGED),
        ("0.751368", Verdict.WRONG),
        ("1", Verdict.WRONG),
    ],
)
def test_each_verdict(mazur, written, verdict):
    """Of out_o1, which is 0.75136507 in the round of Mazur's page; all other answers are right."""
    assert judge(mazur, answers_of(mazur, {"out_o1": written})).verdicts["out_o1"] is verdict


def again(mazur: Exercise, changed: Mapping[str, Decimal]) -> dict[str, Answer]:
    """The sheet of a person who has these values wrong and goes on honestly."""
    known = {name: float(value) for name, value in mazur.evaluation.given.items()}
    found = {}
    for step in mazur.evaluation.derivation.steps:
        name = step.quantity.id
        if name in changed:
            value = float(changed[name])
        else:
            value = float(step.expression.subs({symbol: known[symbol.name] for symbol in step.expression.free_symbols}))
        known[name] = value
        found[name] = Answer(FIGURES.shown_float(value).digits if abs(value) > 1e-6 else f"{value:.6g}")
    return found


@pytest.mark.parametrize("quantity", ["net_h1", "out_h1", "out_o1", "E_o1", "delta_o1", "dE_total_dw5", "w5_new"])
def test_one_slip_is_charged_once(mazur, quantity):
    """What follows honestly from a wrong value is not wrong again."""
    wrong = mazur.evaluation[quantity] * Decimal("1.1371")
    found = judge(mazur, again(mazur, {quantity: wrong}))
    charged = [
        name for name, verdict in found.verdicts.items() if verdict in (Verdict.WRONG, Verdict.SIGN, Verdict.TEN)
    ]
    assert charged == [quantity]
    assert found.first_wrong == quantity


@pytest.mark.parametrize("easy", ["0", "1", "0.01", "0.5", "0.40"])
def test_an_easy_number_is_not_followed(mazur, easy):
    """0, 1, the target, or a given value in place of an output makes what comes after it trivial."""
    found = judge(mazur, again(mazur, {"out_o1": Decimal(easy)}))
    assert found.verdicts["out_o1"] is Verdict.WRONG
    assert Verdict.FOLLOWS not in {found.verdicts["E_o1"], found.verdicts["delta_o1"]}


def test_what_is_left_out_is_blank(mazur):
    """And judges nothing else."""
    answers = answers_of(mazur)
    others = answers_of(mazur)
    del others["out_h1"]
    shown, evaluation = rounding(mazur, Options()), mazur.evaluation
    first, second = judged(evaluation.derivation, [evaluation.given] * 2, shown, evaluation.carry, [answers, others])
    assert first.verdicts["out_h1"] is Verdict.CORRECT
    assert second.verdicts["out_h1"] is Verdict.BLANK
    assert {verdict for name, verdict in second.verdicts.items() if name != "out_h1"} == {Verdict.CORRECT}


WAYS = (ROUND_HALF_UP, ROUND_HALF_EVEN)


@pytest.mark.parametrize("name", ["mazur", "hmkcode", "micrograd", "softmax-4", "xor-momentum", "optimizer-adam"])
def test_honest_students_are_never_wrong(name):
    """Who rounds every value on the way as it is printed, and halves up, down or to even."""
    exercise, generator = load(name), Random(name)
    evaluation, shown = exercise.evaluation, rounding(exercise, Options())
    reach = Reach.of(evaluation.derivation, evaluation.given, shown, evaluation.carry).of_student()
    key = answers_of(exercise)
    students = []
    for _ in range(40):
        sheet = {}
        for step in evaluation.derivation.steps:
            low, high = reach[step.quantity.id]
            exact = evaluation[step.quantity.id]
            digits, _, exponent = shown.shown(exact)
            unit = Decimal(1).scaleb(Decimal(digits).as_tuple().exponent + exponent)
            way = generator.choice([*WAYS, ROUND_FLOOR, ROUND_CEILING, ROUND_DOWN])
            rounded = exact.quantize(unit, way)
            is_reached = low <= float(rounded) <= high
            sheet[step.quantity.id] = Answer(str(rounded)) if is_reached else key[step.quantity.id]
        students.append(sheet)
    found = judged(evaluation.derivation, [evaluation.given] * 40, shown, evaluation.carry, students)
    assert all(set(own.verdicts.values()) <= {Verdict.CORRECT} for own in found)


def test_digits_are_exchanged_in_every_way():
    """Neighbours only, and not across the point."""
    assert list(exchanged("0.751")) == ["0.571", "0.715"]
    assert list(exchanged("11.0")) == []
