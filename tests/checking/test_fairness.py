"""That checking is fair: honest sheets, planted mistakes, and slips that are followed by honest work.

The figures of the long versions are in docs/checking.md.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import islice
from math import isfinite
from typing import TypeAlias

import numpy as np
import pytest

from derive import resources
from derive.authoring.exercise import Exercise
from derive.checking.answers.typed_numbers import ReadNumber, read_number
from derive.checking.verification.judged_numbers import Marked
from derive.checking.verification.verdicts import CHARGED, Verdict
from derive.classes.variants.demands import Demands
from derive.classes.variants.generation import Series
from derive.mistakes.slips import Slip, planted, replaced
from derive.mistakes.trials import trials_of
from derive.model.quantities import quantity_named
from derive.numbers.compiled import function
from derive.numbers.evaluation import NoValueError, Rounding, printed_rounding
from derive.sheet.build import Options, rounding
from tests import shipped
from tests.checking.hands import asked_names, read, sheet_of, texts_of
from tests.numbers.doubles import Array, honest_sheets, lines_of, unit_of
from tests.shipped import load

LOG = logging.getLogger(__name__)
SEED = 7
AT_ONCE = 300  # mistakes


@cache
def numbered() -> Mapping[str, Exercise]:
    """Every shipped exercise with numbers by name."""
    exercises = {name: load(name) for name in resources.exercises()}
    return {name: exercise for name, exercise in exercises.items() if not exercise.is_symbolic}


NAMES = tuple(numbered())
FEW = ("mazur", "cs231n-staged", "optimizer-adam", "two-two-one-half", "datacamp-relu", "demofox-2")


# --- honest people ----------------------------------------------------------------------------------------------------


def honest(exercise: Exercise, sheets: int, truncation: bool) -> list[dict[str, ReadNumber]]:
    """The answers of so many people, who round every intermediate in a way of their own that the sheet allows."""
    evaluation, shown = exercise.evaluation, rounding(exercise, Options())
    lines = lines_of(evaluation, shown)
    generator = np.random.default_rng(NAMES.index(exercise.name))
    answers = honest_sheets(lines, evaluation, sheets, truncation, generator)
    asked = set(asked_names(exercise))
    return [
        {
            line.name: written(float(value), line.printed)
            for line, value in zip(lines, column, strict=True)
            if line.name in asked and isfinite(value)
        }
        for column in answers.T
    ]


def written(value: float, shown: Rounding | None) -> ReadNumber:
    """A number with the digits that are asked for; all that it has, where it is only copied."""
    if shown is None or not value:
        text = f"{Decimal(repr(value)):f}"
    else:
        places = round(-np.log10(float(unit_of(np.array(value), shown))))
        text = f"{value:.{places}f}" if places >= 0 else f"{round(value, places):.0f}"
    number = read_number(text)
    assert isinstance(number, ReadNumber), text
    return number


def check_honest(name: str, sheets: int) -> int:
    """How many answers were looked at; all of them are right."""
    exercise, looked_at = numbered()[name], 0
    for truncation in (False, True):
        answers = honest(exercise, sheets // 2, truncation)
        own = sheet_of(exercise, truncation)
        for marked in own.marked([exercise.evaluation.given] * len(answers), answers):
            assert {
                name: judged for name, judged in marked.answers.items() if judged.verdict is not Verdict.CORRECT
            } == {}
            looked_at += len(marked.answers)
    return looked_at


@pytest.mark.parametrize("name", [*FEW, "hmkcode", "not-so-random-walk", "weight-decay", "micrograd"])
def test_no_honest_answer_is_wrong(name: str) -> None:
    """Rounded up, down or half to even, and cut off where the sheet allows that; no mistake is named."""
    assert check_honest(name, 10)


@pytest.mark.slow
def test_no_answer_of_ten_thousand_honest_people_is_wrong() -> None:
    """230 sheets of each exercise with numbers."""
    LOG.warning("%s answers on %s honest sheets", sum(check_honest(name, 230) for name in NAMES), 230 * len(NAMES))
    assert 230 * len(NAMES) > 10_000


# --- planted mistakes -------------------------------------------------------------------------------------------------


Answers: TypeAlias = Mapping[str, ReadNumber]

SHOWN = frozenset({"named", "one of"})
HIDDEN = frozenset({"invisible", "identity"})
"""No digit differs; or none of the draws of the pilot shows it, like Adam's ε, and a digit differs by chance."""


@dataclass
class Outcome:
    """What became of planted mistakes."""

    counts: Counter[str]
    strange: list[object]
    below_easy: int = 0
    """Sheets on which the mistake comes to 0, 1 or a given value, so that what this makes easy earns nothing either."""


def in_sets(name: str) -> Exercise:
    """As class sets have it: the slides of this neuron have two decimals, with which no draw is fit."""
    exercise = numbered()[name]
    if name != "cs231n-neuron":
        return exercise
    sheet = exercise.content.sheet.model_copy(update={"digits": 5})
    return exercise.with_numbers(exercise.content.model_copy(update={"sheet": sheet}))


def series(name: str) -> Series:
    """How the variants of an exercise are drawn."""
    return shipped.series(in_sets(name), SEED)


def versions(name: str, count: int) -> tuple[list[Exercise], frozenset[Slip]]:
    """So many variants, and the mistakes that are identities in them."""
    found = [variant.exercise for variant in islice(series(name).variants(), count)]
    return found, frozenset(slip for trace in series(name).demands.identities for slip in trace.slips)


def assert_told_apart(demands: Demands) -> None:
    """Variants show every mistake that is no identity; nothing is given up for want of digits."""
    assert len(demands.seen) > len(demands.identities)
    assert not demands.given_up
    assert demands.most_alike == 0


@pytest.mark.parametrize("name", FEW[:4])
def test_variants_show_every_mistake_and_tell_any_two_apart(name: str) -> None:
    """Of these exercises; of all of them where mistakes are planted in twenty variants."""
    assert_told_apart(series(name).demands)


def slips_shown(exercise: Exercise) -> list[Slip]:
    """Every mistake at every place where it applies and shows in an answer."""
    trials = trials_of(exercise.evaluation.derivation, asked_names(exercise))
    return list(dict.fromkeys(slip for trial in trials.trials for slip in trial.slips))


def sheets_with(slip: Slip, versions: Sequence[Exercise]) -> Iterator[tuple[int, dict[str, ReadNumber]]]:
    """The whole sheets of people who make one mistake and go on honestly, those from which a number comes out."""
    exercise = versions[0]
    names, shown = asked_names(exercise), rounding(exercise, Options())
    if not exercise.evaluation.carry.is_full:  # rounded on the way, as the key does it
        for number, version in enumerate(versions):
            with suppress(NoValueError, AssertionError):
                yield number, read(texts_of(version, planted(version.evaluation, slip), names))
        return
    columns = played_with(slip, versions)
    printed = {name: printed_rounding(quantity_named(name), shown, exercise.evaluation.carry) for name in names}
    for number in range(len(versions)):
        values = {name: float(columns[name][number]) for name in names}
        if all(isfinite(column[number]) for column in columns.values()):  # nobody divides by 0
            yield number, read({name: typed_float(value, printed[name]) for name, value in values.items()})


def played_with(slip: Slip, versions: Sequence[Exercise]) -> Mapping[str, Array]:
    """Every quantity in doubles, for all versions at once."""
    steps = replaced(versions[0].evaluation.derivation, {slip.place: slip.wrong}).steps
    goals = [step.quantity.symbol for step in steps]
    used = {symbol for step in steps for symbol in step.expression.free_symbols} - set(goals)
    arguments = sorted(used, key=lambda symbol: str(symbol.name))
    code = function([(step.quantity.symbol, step.expression) for step in steps], arguments, goals, "numpy")
    given = [np.array([float(version.evaluation.given[symbol.name]) for version in versions]) for symbol in arguments]
    with np.errstate(all="ignore"):
        results = code(*given)
    return {goal.name: np.broadcast_to(row, len(versions)) for goal, row in zip(goals, results, strict=True)}


def typed_float(value: float, shown: Rounding) -> str:
    digits, _, exponent = shown.shown_float(value)
    return f"{digits}e{exponent}" if exponent else digits


def check_planted(name: str, count: int, every: int = 1) -> Outcome:
    """Plants every mistake, or every so-manieth, in so many variants."""
    exercise, outcome = in_sets(name), Outcome(Counter(), [])
    sheet, (own, identities) = sheet_of(exercise), versions(name, count)
    keys = [read(texts_of(version)) for version in own]
    slips = slips_shown(exercise)[::every]
    for part in (slips[first : first + AT_ONCE] for first in range(0, len(slips), AT_ONCE)):
        planted_sheets = [(slip, *numbered) for slip in part for numbered in sheets_with(slip, own)]
        given = [own[number].evaluation.given for _, number, _ in planted_sheets]
        found = sheet.marked(given, [answers for _, _, answers in planted_sheets])
        for (slip, number, answers), marked in zip(planted_sheets, found, strict=True):
            verdict = outcome_of(slip, answers, keys[number], own[number].evaluation.given, marked)
            outcome.below_easy += Verdict.EASY in verdicts_of(marked) and verdict in SHOWN
            if verdict in ("missed", "coarse") and slip in identities:
                verdict = "identity"
            outcome.counts[verdict] += 1
            if verdict not in SHOWN | HIDDEN:
                outcome.strange.append((verdict, slip.code, slip.place, marked.first_wrong))
    return outcome


def verdicts_of(marked: Marked) -> frozenset[Verdict]:
    return frozenset(judged.verdict for judged in marked.answers.values())


def is_easy(number: Decimal, given: Mapping[str, Decimal]) -> bool:
    """Whether a number makes what is behind it easy: 0, 1 or a given value, of either sign."""
    return abs(number) in {0, 1, *map(abs, given.values())}


def outcome_of(slip: Slip, answers: Answers, key: Answers, given: Mapping[str, Decimal], marked: Marked) -> str:
    charged = {name: judged for name, judged in marked.answers.items() if judged.verdict in CHARGED}
    if all(number.value == key[name].value for name, number in answers.items()):
        return "invisible"  # as with the ε of Adam: not one digit of the sheet differs
    if not charged:
        # 0.1000 is 0.09996 with a digit less: at a power of ten a mistake may look like a coarse rounding
        return "coarse" if any(judged.verdict is Verdict.COARSE for judged in marked.answers.values()) else "missed"
    if len(charged) > 1:
        return "charged twice"
    ((name, judged),) = charged.items()
    spared = {Verdict.CORRECT, Verdict.FOLLOWS} | ({Verdict.EASY} if is_easy(answers[name].value, given) else set())
    if not verdicts_of(marked) <= {judged.verdict, *spared}:
        return "lost besides"
    if slip.code not in {own.code for own in judged.slips}:
        return "not named"
    return "named" if len(judged.slips) == 1 else "one of"


def assert_fair(outcome: Outcome) -> None:
    """Whatever shows is named, or among several, but for one in a hundred; none passes, none costs a second answer."""
    counts = outcome.counts
    shown = sum(counts.values()) - sum(counts[verdict] for verdict in HIDDEN)
    assert sum(counts[verdict] for verdict in SHOWN) >= 0.99 * shown > 0, outcome.strange[:20]
    lost = {verdict: counts[verdict] for verdict in ("missed", "coarse", "charged twice", "lost besides")}
    assert not any(lost.values()), (lost, outcome.strange[:20])


@pytest.mark.parametrize("name", FEW)
def test_planted_mistakes_are_named(name: str) -> None:
    """In one variant: each is named, or among several, and charged once."""
    assert_fair(check_planted(name, 1, every=6))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_planted_mistakes_are_named_in_twenty_variants(name: str) -> None:
    """The same for every mistake at every place; the variants show each, and tell any two apart."""
    assert_told_apart(series(name).demands)
    outcome = check_planted(name, 20)
    LOG.warning("%s: %s, below an easy number %s", name, dict(outcome.counts), outcome.below_easy)
    assert_fair(outcome)
