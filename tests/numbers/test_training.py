"""Training: in which order batches are used, where it stops, and that doubles are the doubles of other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from math import exp
from typing import Any

import pytest
from mpmath import mpf, workdps

from derive.authoring.exercise import Exercise
from derive.model.optimizers import OPTIMIZERS
from derive.numbers.evaluation import decimal_of, to_figures
from derive.numbers.training import Reached
from derive.sheet.outlook import rounds_shown
from derive.sheet.solution import as_data
from derive.words.errors import AuthorError, RefusedError
from tests.shipped import load

Raw = dict[str, Any]
ExerciseOf = Callable[[Raw], Exercise]

SAMPLES = 5


def line(**settings: Any) -> Raw:
    """A neuron w·i that is to learn five samples, i = 1 to 5, with target 2·i."""
    return {
        "title": {"en": "A line"},
        "inputs": [[Decimal(number)] for number in range(1, SAMPLES + 1)],
        "targets": [[Decimal(2 * number)] for number in range(1, SAMPLES + 1)],
        "learning_rate": Decimal("0.01"),
        "layer": [{"weights": [[Decimal("0.5")]], "activation": "identity"}],
        **settings,
    }


# --- batches ----------------------------------------------------------------------------------------------------------

BATCHES = [
    (1, [[1], [2], [3], [4], [5]]),
    (2, [[1, 2], [3, 4], [5]]),
    (3, [[1, 2, 3], [4, 5]]),
    (5, [[1, 2, 3, 4, 5]]),
    (None, [[1, 2, 3, 4, 5]]),
]


@pytest.mark.parametrize(("size", "expected"), BATCHES)
def test_batches_are_in_the_order_of_the_file(
    exercise_of: ExerciseOf, size: int | None, expected: list[list[int]]
) -> None:
    """The last one is smaller where the samples do not come out even; after it the first follows again."""
    training = exercise_of(line(training={} if size is None else {"batch": size})).training
    assert training.rounds_per_epoch == len(expected)
    reached = training.play(0)
    for batch in (*expected, *expected):
        given = training.evaluation(reached).given
        inputs = [int(value) for name, value in given.items() if name.startswith("i")]
        targets = [int(value) for name, value in given.items() if name.startswith("target")]
        assert inputs == batch
        assert targets == [2 * number for number in batch]
        reached = training.play(1, since=reached)
    assert reached.rounds == 2 * len(expected)


@pytest.mark.parametrize("share", ["sum", "mean"])
@pytest.mark.parametrize(("size", "batches"), BATCHES)
def test_rounds_of_batches_are_those_of_a_plain_loop(
    exercise_of: ExerciseOf, size: int | None, batches: list[list[int]], share: str
) -> None:
    """w ← w − η · Σ (w·i − 2·i)·i, or its mean, with fractions of whole numbers: seven rounds to 50 digits."""
    raw = line(training={} if size is None else {"batch": size}, conventions={"over_samples": share})
    reached = exercise_of(raw).training.play(7)
    with workdps(60):
        w = mpf(1) / 2
        for completed in range(7):
            batch = batches[completed % len(batches)]
            gradient = sum((w * i - 2 * i) * i for i in batch)
            w -= gradient / 100 / (len(batch) if share == "mean" else 1)
        assert abs(reached.state["w1"] - w) < mpf(10) ** -50


def test_the_error_over_all_samples_can_be_asked_for_at_any_time(exercise_of: ExerciseOf) -> None:
    """Whatever the batches are, ``size`` makes one of all samples."""
    training = exercise_of(line(training={"batch": 2})).training
    values = training.evaluation(size=SAMPLES).values
    assert values["E_total"] == sum((mpf("1.5") * i) ** 2 / 2 for i in range(1, SAMPLES + 1))
    assert [name for name in values if name.startswith("E_total@")] == [f"E_total@s{i}" for i in range(1, SAMPLES + 1)]


def test_the_curve_is_of_all_samples(exercise_of: ExerciseOf) -> None:
    """``errors`` gives the error over the file, however small the batches are, at the rounds that are asked for."""
    training = exercise_of(line(training={"batch": 2})).training
    for rounds, error in training.errors([0, 1, 4]):
        state = training.play(rounds)
        expected = training.evaluation(state, SAMPLES).values["E_total"]
        assert error == pytest.approx(float(expected), rel=1e-12)


@pytest.mark.parametrize("rounds", [1, 2, 240, 241, 1000, 1_000_000])
def test_the_curve_has_both_its_ends(rounds: int) -> None:
    """At most 241 points, rising, the first and the last round among them."""
    shown = rounds_shown(rounds)
    assert (shown[0], shown[-1]) == (0, rounds)
    assert shown == sorted(set(shown))
    assert len(shown) == min(rounds, 240) + 1


# --- where a sheet begins ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_sheet_can_begin_after_some_rounds(exercise_of: ExerciseOf, optimizer: str) -> None:
    """What training has led to is given as it is printed, to six figures, and counted on from there."""
    settings = {"optimizer": {"name": optimizer}, "conventions": {"over_samples": "mean"}}
    begun = exercise_of(line(**settings, training={"completed": 2}))
    reached = exercise_of(line(**settings)).training.play(2)
    assert begun.reached.rounds == 2
    for name, value in reached.state.items():
        assert begun.given[name] == to_figures(decimal_of(value), 6), name
    assert begun.given.get("t") == (3 if OPTIMIZERS[optimizer].counts else None)
    assert decimal_of(begun.evaluation.values["w1"]) == begun.given["w1"]


def test_a_sheet_begins_with_the_batch_that_is_next(exercise_of: ExerciseOf) -> None:
    """After one round of two samples come the third and the fourth."""
    exercise = exercise_of(line(training={"batch": 2, "completed": 1}))
    assert (exercise.given["i1@s1"], exercise.given["i1@s2"]) == (3, 4)


def test_what_no_round_has_changed_keeps_its_digits(exercise_of: ExerciseOf) -> None:
    """A bias that is not trained is given as the author typed it, however many rounds lie behind."""
    raw = line(training={"completed": 3})
    raw["layer"][0]["bias"] = Decimal("0.10")
    assert str(exercise_of(raw).given["b1"]) == "0.10"


# --- where it ends ----------------------------------------------------------------------------------------------------


def steep(**settings: Any) -> Raw:
    """A learning rate with which every step overshoots: w − 2 is multiplied by −54 in each."""
    return line(learning_rate=Decimal(1), **settings)


def test_training_ends_where_it_diverges(exercise_of: ExerciseOf) -> None:
    """The rounds that were completed and the state after them stay; another round is not completed either."""
    training = exercise_of(steep()).training
    reached = training.play(1000, "math")
    assert reached.diverged
    # |w − 2| = 1.5 · 54^n leaves the range of doubles, 1.8 · 10^308, in round 178.
    assert reached.rounds == 177
    assert dict(reached.state) == dict(training.play(177, "math").state)
    assert abs(reached.state["w1"]) == pytest.approx(1.5 * 54.0**177)
    again = training.play(1, "math", since=reached)
    assert again == Reached(177, reached.state, diverged=True)


def test_digits_without_end_diverge_in_the_same_round(exercise_of: ExerciseOf) -> None:
    """mpmath's numbers have no largest one, but the limit is that of doubles."""
    training = exercise_of(steep()).training
    reached = training.play(1000)
    assert (reached.rounds, reached.diverged) == (177, True)
    with workdps(60):
        assert abs(reached.state["w1"] - (2 - mpf("1.5") * mpf(-54) ** 177)) < mpf(10) ** 260


def test_batches_end_where_they_diverge(exercise_of: ExerciseOf) -> None:
    """The round is named by its number, whichever batch it belongs to."""
    training = exercise_of(steep(training={"batch": 2})).training
    reached = training.play(10_000, "math")
    assert reached.diverged
    assert not training.play(reached.rounds, "math").diverged
    assert training.play(reached.rounds + 1, "math") == reached


def test_the_curve_ends_where_training_diverges(exercise_of: ExerciseOf) -> None:
    """Points that were reached, and none after them."""
    training = exercise_of(steep()).training
    assert [rounds for rounds, _ in training.errors([0, 10, 60, 500])] == [0, 10, 60]


def test_the_curve_ends_where_the_error_leaves_the_range_of_doubles(exercise_of: ExerciseOf) -> None:
    """After 100 rounds the weight is 10^173, which is in range, and its square is not."""
    training = exercise_of(steep()).training
    assert [rounds for rounds, _ in training.errors([0, 10, 60, 100])] == [0, 10, 60]


def test_a_solution_says_in_which_round_training_diverged(exercise_of: ExerciseOf) -> None:
    """The first that was not completed, beside what was reached."""
    after = as_data(exercise_of(steep()), 1000)["after"]
    assert (after["rounds"], after["diverged_in"]) == (177, 178)
    assert "diverged_in" not in as_data(exercise_of(line()), 10)["after"]


def test_a_sheet_cannot_begin_after_training_has_diverged(exercise_of: ExerciseOf) -> None:
    """There would be nothing to calculate with."""
    with pytest.raises(RefusedError) as caught:
        _ = exercise_of(steep(training={"completed": 178})).given
    assert str(caught.value) == (
        "random.toml: training diverges: in round 178 a value leaves the range of numbers; "
        "choose a smaller learning rate"
    )
    assert exercise_of(steep(training={"completed": 177})).given


def test_a_round_without_a_value_is_not_completed(exercise_of: ExerciseOf) -> None:
    """ln of an output that has become 0: the state is that of the round before, rounded values or not."""
    raw = {
        "title": {"en": "ln 0"},
        "inputs": [Decimal(1)],
        "targets": [Decimal(1)],
        "loss": "cross_entropy",
        "learning_rate": Decimal(1),
        "layer": [{"weights": [[Decimal(-9)]], "activation": "logistic"}],
        "conventions": {"carry": {"digits": 2}},
    }
    training = exercise_of(raw).training
    assert training.play(5) == Reached(0, training.play(0).state, diverged=True)


# --- doubles ----------------------------------------------------------------------------------------------------------


def mazur_in_doubles(rounds: int) -> Iterator[list[float]]:
    """The weights of Mazur's network, round by round, as a program in doubles has them."""
    i1, i2, t1, t2, b1, b2, eta = 0.05, 0.10, 0.01, 0.99, 0.35, 0.60, 0.5
    w1, w2, w3, w4, w5, w6, w7, w8 = 0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55
    for _ in range(rounds):
        h1 = 1 / (1 + exp(-(w1 * i1 + w2 * i2 + b1)))
        h2 = 1 / (1 + exp(-(w3 * i1 + w4 * i2 + b1)))
        o1 = 1 / (1 + exp(-(w5 * h1 + w6 * h2 + b2)))
        o2 = 1 / (1 + exp(-(w7 * h1 + w8 * h2 + b2)))
        slope1, slope2 = o1 * (1 - o1), o2 * (1 - o2)
        delta1, delta2 = -(t1 - o1) * slope1, -(t2 - o2) * slope2
        toward1, toward2 = delta1 * w5 + delta2 * w7, delta1 * w6 + delta2 * w8
        slope3, slope4 = h1 * (1 - h1), h2 * (1 - h2)
        w5, w6 = w5 - eta * (-(t1 - o1) * slope1 * h1), w6 - eta * (-(t1 - o1) * slope1 * h2)
        w7, w8 = w7 - eta * (-(t2 - o2) * slope2 * h1), w8 - eta * (-(t2 - o2) * slope2 * h2)
        w1, w2 = w1 - eta * (toward1 * slope3 * i1), w2 - eta * (toward1 * slope3 * i2)
        w3, w4 = w3 - eta * (toward2 * slope4 * i1), w4 - eta * (toward2 * slope4 * i2)
        yield [w1, w2, w3, w4, w5, w6, w7, w8]


def test_doubles_are_those_of_a_plain_loop(mazur: Exercise) -> None:
    """The same operations in the same order: not one bit differs in a thousand rounds."""
    for rounds, weights in enumerate(mazur_in_doubles(1000), start=1):
        if rounds in (1, 2, 3, 10, 1000):
            state = mazur.training.play(rounds, "math").state
            assert [state[f"w{number}"] for number in range(1, 9)] == weights


def test_doubles_and_digits_agree(mazur: Exercise) -> None:
    """After a hundred rounds of doubles, twelve digits are still right."""
    doubles, digits = mazur.training.play(100, "math").state, mazur.training.play(100).state
    assert all(doubles[name] == pytest.approx(float(digits[name]), rel=1e-12) for name in digits)


def test_formulas_have_no_rounds() -> None:
    """Nothing is trained there, nor where there are no numbers."""
    for name in ("cs231n-product", "udacity-a"):
        with pytest.raises(AuthorError, match="has no numbers that training could change, so there are no rounds"):
            as_data(load(name), 3)
