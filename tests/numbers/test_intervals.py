"""What honest rounding can reach, against people who round and against errors that do the most harm.

Neither of these uses an interval: they are the steps of a derivation in plain doubles, each moved a little.
"""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from time import process_time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive import resources
from derive.authoring.exercise import Exercise
from derive.equations.scalars import printed_numbers
from derive.mathtext.plain import plain
from derive.model.conventions import Carry
from derive.numbers.evaluation import Evaluation, Rounding
from derive.numbers.intervals.arrays import IntervalArray
from derive.numbers.intervals.chain import chain_of
from derive.numbers.intervals.observing import Observed
from derive.numbers.intervals.operations import OPERATIONS
from derive.numbers.intervals.reach import Reach, drowned
from derive.numbers.intervals.units import rounded_off
from tests.numbers.doubles import Array, Line, as_floats, honest_sheets, lines_of, played, rounded, unit_of
from tests.shipped import load

NAMES = sorted(resources.exercises())


@cache
def numbered() -> Mapping[str, Exercise]:
    """Every shipped exercise that has numbers by name."""
    exercises = {name: load(name) for name in NAMES}
    return {name: exercise for name, exercise in exercises.items() if not exercise.is_symbolic}


WITH_NUMBERS = tuple(numbered())


def rounding_of(exercise: Exercise) -> Rounding:
    """The digits that the sheet prints."""
    sheet = exercise.content.sheet
    return Rounding(sheet.digits, sheet.figures or Rounding().figures)


# --- honest people ----------------------------------------------------------------------------------------------------


def assert_within(reach: Reach, answers: Array) -> None:
    """No answer lies outside; one that does not exist cannot."""
    spare = 1e-11 * np.maximum(np.abs(reach.centre), np.where(np.isfinite(answers), np.abs(answers), 0))
    outside = np.isfinite(answers) & ((answers < reach.low - spare) | (answers > reach.high + spare))
    rows = np.nonzero(outside.any(axis=1))[0]
    found = [(reach.names[row], reach[reach.names[row]], answers[row][outside[row]][:3]) for row in rows]
    assert not found, found


POLICIES = [
    (Rounding(digits=digits), Carry(**carry))
    for digits in range(2, 7)
    for carry in ({}, {"digits": digits}, {"digits": digits, "only": ["out", "delta"]})
] + [
    (Rounding(figures=figures), Carry(**carry))
    for figures in range(2, 7)
    for carry in ({}, {"figures": figures}, {"figures": figures, "only": ["net", "gradient", "weight"]})
]
POLICIES += [(Rounding(figures=8), Carry(single=True)), (Rounding(digits=6), Carry(single=True, only=["bias", "out"]))]


def check_honest_sheets(name: str, sheets: int, policies: Sequence[tuple[Rounding, Carry]]) -> None:
    """Sheets of one exercise under each policy."""
    exercise, generator = numbered()[name], np.random.default_rng(NAMES.index(name))
    original = exercise.evaluation
    for rounding, carry in policies:
        evaluation = Evaluation(original.derivation, original.given, carry)
        try:
            lines = lines_of(evaluation, rounding)
        except ArithmeticError:
            continue  # rounded so coarsely that a formula has no value
        for truncation in (False, True):
            reach = Reach.of(original.derivation, original.given, rounding, carry, truncation=truncation)
            assert_within(reach, honest_sheets(lines, evaluation, sheets, truncation, generator))
            key = np.array([[float(evaluation[each])] for each in reach.names])
            assert_within(reach, key)


SOME = WITH_NUMBERS[::3]


@pytest.mark.parametrize("name", SOME)
def test_no_honest_sheet_is_outside(name: str) -> None:
    """However people round, ties included; and neither is the key. Every policy has its turn in one of them."""
    check_honest_sheets(name, 100, POLICIES[SOME.index(name) :: len(SOME)])


@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_NUMBERS)
def test_no_honest_sheet_of_ten_thousand_is_outside(name: str) -> None:
    """The same for 12,800 sheets of each exercise: 200 at each of 32 policies, cut off and not."""
    check_honest_sheets(name, 200, POLICIES)


# --- errors that do the most harm -------------------------------------------------------------------------------------


def by_half_a_unit(values: Array, rounding: Rounding, directions: Array) -> Array:
    """Moved, but not where no rounding leads: beyond a power of ten, or further than to 0."""
    unit, sizes = unit_of(values, rounding), np.abs(values)
    with np.errstate(divide="ignore"):
        exponents = np.log10(sizes)
    least, greatest = 10.0 ** np.floor(exponents), 10.0 ** np.ceil(exponents)
    moved = sizes + np.sign(values) * directions * np.minimum(unit / 2, sizes)
    moved = np.where(least >= unit * (1 - 1e-9), np.maximum(moved, least), moved)
    return np.sign(values) * np.where(greatest >= unit * (1 - 1e-9), np.minimum(moved, greatest), moved)


class Corners:
    """Every intermediate moved by its half unit, down or up, in the direction that hurts an answer most."""

    def __init__(self, evaluation: Evaluation, rounding: Rounding) -> None:
        self.lines = lines_of(evaluation, rounding)
        self.start = as_floats(evaluation.given)
        self.moved = [True] * len(self.lines)
        self._leave_exact_ones(evaluation)

    def _leave_exact_ones(self, evaluation: Evaluation) -> None:
        """A rounding moves no value that is what it is whatever is rounded before, and has no more digits."""
        full = Evaluation(evaluation.derivation, evaluation.given)
        directions = np.random.default_rng(1).uniform(-1, 1, (len(self.lines), 8))

        def move(number: int, line: Line, values: Array) -> Array:
            fixed = np.ptp(values) <= 1e-12 * np.abs(values).max()
            keeps = line.kept is None or line.kept.shown(full[line.name]).exact
            self.moved[number] = not (fixed and keeps and not line.single)
            return self._moved(number, line, values, directions)

        for _ in played(self.lines, self.start, 8, move):
            pass

    def answers(self, directions: Array) -> Array:
        """Printed answers (steps, trials) for directions (steps, trials) from −1 to 1; the answer's own is its last."""

        def move(number: int, line: Line, values: Array) -> Array:
            return self._moved(number, line, values, directions)

        steps = zip(self.lines, played(self.lines, self.start, directions.shape[1], move), strict=True)
        return np.array([self._printed(number, line, *step, directions) for number, (line, step) in enumerate(steps)])

    def _moved(self, number: int, line: Line, values: Array, directions: Array) -> Array:
        if not self.moved[number] or (line.kept is None and not line.single):
            return values
        if line.kept is None:
            return values * (1 + directions[number] * 2.0**-24)
        return by_half_a_unit(values, line.kept, directions[number])

    def _printed(self, number: int, line: Line, value: Array, moved: Array, directions: Array) -> Array:
        """The answer: what one goes on with, rounded once more where it is printed with fewer digits."""
        if line.printed is None or line.kept is not None or not self.moved[number]:
            return moved
        return by_half_a_unit(moved, line.printed, directions[number])

    def reached(self, sweeps: int = 3) -> tuple[Array, Array]:
        """The least and greatest answers (steps,), each found on its own."""
        count = len(self.lines)
        unmoved = np.zeros((count, 2 * count))
        nudges = np.concatenate([np.eye(count), -np.eye(count)], axis=1) * 1e-3
        answers = self.answers(unmoved + nudges)
        slopes = answers[:, :count] - answers[:, count:]  # (answers, roundings)
        return tuple(self._climbed(sign, np.sign(sign * slopes), sweeps) for sign in (-1, 1))  # type: ignore[return-value]

    def _climbed(self, sign: int, directions: Array, sweeps: int) -> Array:
        """Coordinate ascent from the corner to which the derivatives point, one for each answer at once."""
        count = len(self.lines)
        best = self._own(self.answers(directions.T), sign)
        for _ in range(sweeps):
            before = best
            for number in range(count):
                if not self.moved[number]:
                    continue
                for direction in (-1.0, 0.0, 1.0):
                    tried = directions.copy()
                    tried[:, number] = direction
                    found = self._own(self.answers(tried.T), sign)
                    better = found > best
                    directions[better, number] = direction
                    best = np.where(better, found, best)
            if np.allclose(best, before, rtol=1e-6, atol=0):
                break
        return sign * best

    def _own(self, answers: Array, sign: int) -> Array:
        found: Array = sign * np.diagonal(answers)
        return np.where(np.isfinite(found), found, -np.inf)


WORST = 1.2  # how much wider than what is reached an interval may be


def ratios(name: str, rounding: Rounding, carry: Carry, sweeps: int = 2) -> dict[str, float]:
    """Each interval's width relative to what the corners reach, which is all inside."""
    original = numbered()[name].evaluation
    low, high = Corners(Evaluation(original.derivation, original.given, carry), rounding).reached(sweeps)
    reach = Reach.of(original.derivation, original.given, rounding, carry)
    assert_within(reach, np.stack([low, high], axis=1))
    noise = 1e-11 * np.abs(reach.centre).max()
    widths = (reach.high - reach.low)[:, 0]
    wide = widths > noise
    return dict(zip(np.array(reach.names)[wide], widths[wide] / (high - low)[wide], strict=True))


def _by_size(name: str) -> Any:
    """Coordinate ascent of hundreds of steps takes its time."""
    large = len(numbered()[name].evaluation.derivation.steps) > 50
    return pytest.param(name, marks=pytest.mark.slow) if large else name


@pytest.mark.parametrize("name", [_by_size(name) for name in WITH_NUMBERS])
def test_no_interval_is_much_wider_than_what_is_reached(name: str) -> None:
    """Every shipped exercise at its own digits."""
    exercise = numbered()[name]
    found = ratios(name, rounding_of(exercise), exercise.evaluation.carry)
    assert not {quantity: ratio for quantity, ratio in found.items() if ratio > WORST}


@pytest.mark.parametrize(
    ("name", "rounding", "carry"),
    [
        pytest.param("mazur", Rounding(digits=2), Carry(), marks=pytest.mark.slow),
        ("mazur", Rounding(figures=2), Carry(figures=2)),
        ("udacity-b", Rounding(digits=2), Carry()),  # w2 comes close to 0.1, where a figure more begins
        ("gradient-check", Rounding(figures=8), Carry()),  # a quotient of differences
        ("optimizer-adam", Rounding(figures=3), Carry(figures=3)),
        ("cs231n-neuron", Rounding(digits=2), Carry(digits=2)),
        ("datacamp-relu", Rounding(figures=3), Carry(figures=3)),
        pytest.param("deep-three", Rounding(digits=2), Carry(), marks=pytest.mark.slow),  # gradients as small as a unit
    ],
)
def test_coarse_rounding_is_tight_too(name: str, rounding: Rounding, carry: Carry) -> None:
    """Two digits, cancelling differences, a value at a power of ten."""
    assert max(ratios(name, rounding, carry).values()) < WORST


# --- examples worked out by hand --------------------------------------------------------------------------------------


def exercise_with(formulas: list[str], values: Mapping[str, str], exercise_of: Callable[[Any], Exercise]) -> Evaluation:
    numbers = {name: Decimal(value) for name, value in values.items()}
    return exercise_of({"title": {"en": "A formula"}, "formulas": formulas, "values": numbers}).evaluation


ExerciseOf = Callable[[Any], Exercise]


def test_a_product_with_its_own_complement_is_not_overestimated(exercise_of: ExerciseOf) -> None:
    """out·(1 − out) at 0.75: plain interval arithmetic comes to twice the width, at 0.5 to ever more."""
    formulas = ["a = sigma(z)", "slope = a * (1 - a)"]
    evaluation = exercise_with(formulas, {"z": "1.1"}, exercise_of)
    out = float(evaluation["a"])
    half = 0.5e-4
    reach = Reach.of(evaluation.derivation, evaluation.given, Rounding(digits=4), Carry())
    least, greatest = reach.of_student()["slope"]
    naive = (out + half) * (1 - out + half) - (out - half) * (1 - out - half)
    # two roundings of factors and that of the product itself
    assert greatest - least == pytest.approx(2 * half * (abs(1 - 2 * out) + out + 1), rel=1e-3)
    assert naive > 1.9 * 2 * half * abs(1 - 2 * out)


@pytest.mark.parametrize(
    ("carry", "truncation", "low", "high"),
    [
        (Carry(), False, "1.0500", "1.0700"),
        (Carry(digits=2), False, "1.0500", "1.0700"),
        (Carry(digits=2), True, "1.0400", "1.0700"),
        (Carry(digits=2, only=["net"]), False, "1.0550", "1.0650"),
    ],
)
def test_two_roundings_add_up(carry: Carry, truncation: bool, low: str, high: str, exercise_of: ExerciseOf) -> None:
    """x/3 + 1 at x = 0.18: the quotient 0.06 is exact, so that y is 1.06; at 0.1801 both are off by half a unit."""
    evaluation = exercise_with(["q = x / 3", "y = q + 1"], {"x": "0.1801"}, exercise_of)
    reach = Reach.of(evaluation.derivation, evaluation.given, Rounding(digits=2), carry, truncation=truncation)
    found = reach.of_student()["y"]
    off = float(evaluation["y"]) - 1.06
    assert found == pytest.approx((float(low) + off, float(high) + off), abs=1e-9)


def test_an_exact_value_is_not_rounded(mazur: Exercise) -> None:
    """net_h1 is 0.3775, all of it; out_h1 is not."""
    evaluation = mazur.evaluation
    reach = Reach.of(evaluation.derivation, evaluation.given, Rounding(digits=4), Carry()).of_student()
    assert reach["net_h1"] == pytest.approx((0.3775, 0.3775), abs=1e-12)
    assert reach["out_h1"].high - reach["out_h1"].low == pytest.approx(1e-4)


def test_what_is_read_off_has_the_interval_of_what_it_is(mazur: Exercise) -> None:
    """∂net_o1/∂w5 = out_h1."""
    evaluation = mazur.evaluation
    reach = Reach.of(evaluation.derivation, evaluation.given, Rounding(digits=4), Carry()).of_student()
    assert reach["dnet_o1_dw5"] == reach["out_h1"]


@pytest.mark.parametrize(
    ("formula", "value", "low", "high"),
    [
        # q = 0.0033 at two decimals is between −… and …: 0.0033 ± 0.0033, and what is printed is rounded once more
        ("relu(q)", "0.01", 0.0, 0.01),
        ("relu(q)", "-0.01", 0.0, 0.0),
        ("abs(q)", "0.01", 0.0, 0.01),
        ("max(q, 0.2)", "0.6", 0.2, 0.21),
        ("min(q, 0.2)", "0.6", 0.19, 0.2),
    ],
)
def test_a_kink_inside_the_interval(formula: str, value: str, low: float, high: float, exercise_of: ExerciseOf) -> None:
    """Both sides of a corner can be reached, and nothing beyond."""
    evaluation = exercise_with(["q = x / 3", f"y = {formula}"], {"x": value}, exercise_of)
    reach = Reach.of(evaluation.derivation, evaluation.given, Rounding(digits=2), Carry())
    found = reach.of_student()["y"]
    assert low - 1e-9 <= found.low <= found.high <= high + 1e-9


def leaky(exercise_of: ExerciseOf) -> Evaluation:
    """A leaky ReLU whose net input 0.0003 can be on both sides of 0, for out_h1 = 0.0333 is rounded to 0.033."""
    layers: list[dict[str, Any]] = [
        {"weights": [[Decimal("0.333")]], "activation": "identity"},
        {"weights": [[Decimal(1)]], "bias": Decimal("-0.033"), "activation": "leaky_relu"},
    ]
    raw = {
        "title": {"en": "A corner"},
        "inputs": [Decimal("0.1")],
        "targets": [Decimal("0.9")],
        "loss": "half_squared",
        "learning_rate": Decimal("0.5"),
        "layer": layers,
    }
    return exercise_of(raw).evaluation


def test_a_slope_that_jumps_may_be_either(exercise_of: ExerciseOf) -> None:
    """So the gradient may be a hundredth of itself; the negative side of the function is itself a hundredth."""
    evaluation, rounding = leaky(exercise_of), Rounding(digits=3)
    whole = Reach.of(evaluation.derivation, evaluation.given, rounding, Carry())
    reach = whole.of_student()
    assert reach["net_o1"].low < 0 < reach["net_o1"].high
    assert reach["dout_o1_dnet_o1"].low <= 0.01 + 1e-9
    assert reach["dout_o1_dnet_o1"].high >= 1
    assert reach["delta_o1"].low < -0.89 < -0.01 < reach["delta_o1"].high
    assert -1e-5 < reach["out_o1"].low < 0
    sheets = honest_sheets(lines_of(evaluation, rounding), evaluation, 500, False, np.random.default_rng(5))
    assert_within(whole, sheets)


def test_what_is_picked_from_an_observed_value_may_be_rounded(exercise_of: ExerciseOf) -> None:
    """relu(0.12345) is 0.123 where three decimals are kept, whatever digits the student has written before."""
    evaluation = exercise_with(["q = x / 3", "y = relu(q)"], {"x": "0.37"}, exercise_of)
    observed = {"q": np.array([0.12345])}
    carry = Carry(digits=3)
    reach = Reach.of(evaluation.derivation, evaluation.given, Rounding(digits=3), carry, observer=Observed(observed))
    assert reach.of_student()["y"] == pytest.approx((0.12295, 0.12395), abs=1e-9)


@pytest.mark.parametrize("formula", ["1 / q", "ln(q)", "q ** (-2)", "exp(1 / q)"])
def test_a_pole_inside_the_interval_leaves_nothing(formula: str, exercise_of: ExerciseOf) -> None:
    """q = 0.0033 may have been rounded to 0."""
    evaluation = exercise_with(["q = x / 3", f"y = {formula}"], {"x": "0.01"}, exercise_of)
    reach = Reach.of(evaluation.derivation, evaluation.given, Rounding(digits=2), Carry())
    assert reach.of_student()["y"] == (-math.inf, math.inf)
    assert "y" in drowned(reach)


def test_drowned_are_those_of_few_digits(mazur: Exercise) -> None:
    """At three decimals dE_total_dw1 is 0.000; at its own six figures nothing drowns."""
    evaluation = mazur.evaluation
    coarse = Reach.of(evaluation.derivation, evaluation.given, Rounding(digits=3), Carry())
    assert "dE_total_dw1" in drowned(coarse)
    assert "out_o1" not in drowned(coarse)
    assert drowned(Reach.of(evaluation.derivation, evaluation.given, rounding_of(mazur), Carry())) == ()


@pytest.mark.parametrize("name", ["micrograd", "cs231n-product"])
def test_an_exact_0_does_not_drown(name: str) -> None:
    """What doubles leave of it is no rounding of a person."""
    exercise = numbered()[name]
    evaluation = exercise.evaluation
    reach = Reach.of(evaluation.derivation, evaluation.given, rounding_of(exercise), Carry())
    zeros = [name for name in reach.names if evaluation[name] == 0]
    assert not set(zeros) & set(drowned(reach))


# --- first order ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mazur", "softmax-4", "optimizer-adam", "cs231n-staged", "xor-notes"])
def test_first_order_is_that_of_central_differences(name: str) -> None:
    """Σ |∂answer/∂rounding| · half unit, with the derivatives as quotients of differences of the whole chain."""
    exercise = numbered()[name]
    evaluation, rounding = exercise.evaluation, Rounding(figures=4)
    corners = Corners(evaluation, rounding)
    count, move = len(corners.lines), 1e-2
    nudges = np.concatenate([np.eye(count), -np.eye(count)], axis=1) * move
    answers = corners.answers(nudges)
    moved = np.abs(answers[:, :count] - answers[:, count:]).sum(axis=1) / (2 * move)
    reach = Reach.of(evaluation.derivation, evaluation.given, rounding, Carry())
    large = moved > 1e-9
    assert reach.first_order[large, 0] == pytest.approx(moved[large], rel=2e-3)


# --- many students, and their own values ------------------------------------------------------------------------------


def students_of(exercise: Exercise, count: int) -> list[dict[str, Decimal]]:
    """The same exercise with other numbers: each a little off."""
    generator = np.random.default_rng(3)
    return [
        {name: value + Decimal(int(generator.integers(-9, 10))).scaleb(-3) for name, value in exercise.given.items()}
        for _ in range(count)
    ]


def test_many_students_at_once_are_as_each_alone(mazur: Exercise) -> None:
    """Interval by interval."""
    derivation, students = mazur.evaluation.derivation, students_of(mazur, 5)
    together = Reach.of(derivation, students, Rounding(digits=4), Carry(digits=4))
    for number, student in enumerate(students):
        alone = Reach.of(derivation, student, Rounding(digits=4), Carry(digits=4))
        assert alone.of_student() == together.of_student(number)
        assert float(Evaluation(derivation, student)["E_total"]) == pytest.approx(together["E_total"].middle[number])


def test_observed_values_are_taken_as_they_are(mazur: Exercise) -> None:
    """A student who has a wrong out_h1 and goes on correctly is within what follows from it."""
    evaluation = mazur.evaluation
    derivation, given_values, rounding = evaluation.derivation, evaluation.given, Rounding(digits=4)
    wrong = np.array([0.6933, np.nan])
    reach = Reach.of(derivation, [given_values] * 2, rounding, Carry(digits=4), observer=Observed({"out_h1": wrong}))
    own = reach.of_student(0)
    assert own["out_h1"].high < 0.6  # what follows from the net input
    out_h2 = float(evaluation["out_h2"])
    assert own["net_o1"] == pytest.approx(
        (0.4 * 0.6933 + 0.45 * out_h2 + 0.6 - 0.5e-4 - 0.45 * 0.5e-4, 0.4 * 0.6933 + 0.45 * out_h2 + 0.6 + 0.725e-4),
        abs=1e-9,
    )
    assert reach.of_student(1) == Reach.of(derivation, given_values, rounding, Carry(digits=4)).of_student()


def test_an_observed_value_is_like_a_given_one(exercise_of: ExerciseOf) -> None:
    """Nothing before it has a part in what follows."""
    after = ["a = sigma(q)", "y = a * (1 - a) + q", "z = y * y - q * a"]
    whole = exercise_with(["q = x / 3", *after], {"x": "0.37"}, exercise_of)
    part = exercise_with(after, {"q": "0.12345"}, exercise_of)
    observed = {"q": np.array([0.12345])}
    found = Reach.of(
        whole.derivation, whole.given, Rounding(digits=2), Carry(), observer=Observed(observed)
    ).of_student()
    expected = Reach.of(part.derivation, part.given, Rounding(digits=2), Carry()).of_student()
    for name in ("a", "y", "z"):
        assert found[name] == pytest.approx(expected[name], abs=1e-12)


@pytest.mark.parametrize("name", ["mazur", "datacamp-relu", "optimizer-adam", "cs231n-vector"])
@pytest.mark.parametrize("carry", [Carry(), Carry(digits=4)])
def test_what_follows_from_observed_values(name: str, carry: Carry) -> None:
    """All answers of honest people observed at once: each is within half a unit of what the others before it give."""
    evaluation = Evaluation(numbered()[name].evaluation.derivation, numbered()[name].evaluation.given, carry)
    rounding = Rounding(digits=4)
    answers = []
    known = as_floats(evaluation.given)
    for line in lines_of(evaluation, rounding):
        (value,) = line.value(*(np.asarray([known[name]]) for name in line.arguments))
        value = np.asarray(value, np.float64).reshape(1)
        answer = value if line.printed is None else rounded(value, line.printed, np.array([0]))
        known[line.name] = float(answer[0])
        answers.append(answer)
    observed = {step.quantity.id: np.array([known[step.quantity.id]]) for step in evaluation.derivation.steps}
    reach = Reach.of(evaluation.derivation, evaluation.given, rounding, carry, observer=Observed(observed))
    assert_within(reach, np.array(answers))
    widths = (reach.high - reach.low)[:, 0]
    assert np.all(widths <= 1.0001e-4)


def test_two_hundred_students_take_little_time(mazur: Exercise) -> None:
    """Interval by interval for every quantity of the sheet."""
    derivation, students = mazur.evaluation.derivation, students_of(mazur, 200)
    chain_of(derivation)
    start = process_time()
    Reach.of(derivation, students, Rounding(digits=3), Carry(digits=3))
    assert process_time() - start < 2


def test_the_compiled_part_is_made_once_and_can_be_sent_to_another_process(mazur: Exercise) -> None:
    """It is data."""
    chain = chain_of(mazur.evaluation.derivation)
    assert chain is chain_of(mazur.evaluation.derivation)
    programs = [link.rule for link in chain.links]
    assert pickle.loads(pickle.dumps(programs)) == programs


def test_the_two_errors_of_a_gradient_check_have_more_digits() -> None:
    """As many as the sheet prints."""
    exercise = numbered()["gradient-check"]
    evaluation = exercise.evaluation
    observed = {
        step.quantity.id: np.array([float(evaluation[step.quantity.id])]) for step in evaluation.derivation.steps
    }
    after = Reach.of(evaluation.derivation, evaluation.given, Rounding(digits=4), Carry(), observer=Observed(observed))
    printed = plain(printed_numbers(evaluation, Rounding(digits=4))["E_total_plus_w3"])
    assert len(printed.partition(".")[2]) == 10
    assert after["E_total_plus_w3"].width[0] == pytest.approx(1e-10, rel=1e-3)


# --- operations -------------------------------------------------------------------------------------------------------

numbers = st.floats(-20, 20, allow_subnormal=False).filter(lambda number: number == 0 or abs(number) > 1e-6)
shares = st.floats(0, 1)


@st.composite
def intervals_with_a_point(draw: st.DrawFn) -> tuple[IntervalArray, float]:
    """An interval, and a number in it."""
    first, second = draw(numbers), draw(numbers)
    low, high = min(first, second), max(first, second)
    point = min(max(low + draw(shares) * (high - low), low), high)
    return IntervalArray(np.array([low]), np.array([high])), point


FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "sum": lambda *numbers: math.fsum(numbers),
    "product": lambda x, y: x * y,
    "negative": lambda x: -x,
    "reciprocal": lambda x: 1 / x,
    "root": math.sqrt,
    "exp": math.exp,
    "log": math.log,
    "tanh": math.tanh,
    "erf": math.erf,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "abs": abs,
    "max": max,
    "min": min,
    "step": lambda x: 1.0 if x > 0 else 0.0,
    "sign": lambda x: math.copysign(1, x),
    "above": lambda x, y: float(x > y),
    "equal": lambda x, y: float(x == y),
}
BINARY = ("sum", "product", "max", "min", "above", "equal")


@pytest.mark.parametrize("name", FUNCTIONS)
@given(data=st.data())
def test_a_point_goes_into_the_result(name: str, data: st.DataObject) -> None:
    """f(x) is in f(X) for every x in X at which there is one."""
    drawn = [data.draw(intervals_with_a_point()) for _ in range(2 if name in BINARY else 1)]
    try:
        value = FUNCTIONS[name](*(point for _, point in drawn))
    except (ValueError, ZeroDivisionError):
        return
    result = OPERATIONS[name](*(interval for interval, _ in drawn))
    assert result.low[0] <= value <= result.high[0]


@given(base=intervals_with_a_point(), exponent=st.integers(-5, 5))
def test_whole_powers(base: tuple[IntervalArray, float], exponent: int) -> None:
    """Of negative numbers too."""
    interval, point = base
    if point == 0 and exponent < 0:
        return
    result = interval ** IntervalArray.at(float(exponent))
    assert result.low[0] <= point**exponent <= result.high[0]


@given(base=intervals_with_a_point(), exponent=intervals_with_a_point())
def test_real_powers(base: tuple[IntervalArray, float], exponent: tuple[IntervalArray, float]) -> None:
    """Of positive numbers; of others the result is the whole line."""
    result = base[0] ** exponent[0]
    if base[1] > 0:
        assert result.low[0] <= base[1] ** exponent[1] <= result.high[0]


@pytest.mark.parametrize(
    ("operation", "low", "high", "expected"),
    [
        ("abs", -1, 2, (0, 2)),
        ("cos", -0.1, 0.1, (math.cos(0.1), 1)),
        ("cos", 3, 3.3, (-1, math.cos(3.3))),
        ("sin", 1.5, 1.6, (math.sin(1.5), 1)),
        ("root", -1, 4, (0, 2)),
        ("log", 0, 1, (-math.inf, math.inf)),
        ("reciprocal", -1, 1, (-math.inf, math.inf)),
        ("tan", 1.5, 1.6, (-math.inf, math.inf)),
        ("step", -1, 1, (0, 1)),
        ("sign", 0, 0, (-1, 1)),
        ("exp", 0, 1, (1, math.e)),
    ],
)
def test_operations_are_tight(operation: str, low: float, high: float, expected: tuple[float, float]) -> None:
    """Not only right."""
    result = OPERATIONS[operation](IntervalArray(np.array([float(low)]), np.array([float(high)])))
    assert (result.low[0], result.high[0]) == pytest.approx(expected, abs=1e-14)


def test_what_has_no_value_stays_so() -> None:
    """But for a product with 0."""
    without = IntervalArray(np.array([-1.0]), np.array([1.0])).reciprocal()
    one, nothing = IntervalArray.at([1.0]), IntervalArray.at([0.0])
    for result in (without + one, without * one, without * without, OPERATIONS["exp"](without), without - without):
        assert (result.low[0], result.high[0]) == (-math.inf, math.inf)
    product = without * nothing
    assert (product.low[0], product.high[0]) == (0, 0)


@given(value=intervals_with_a_point())
def test_cases_hold_the_side_that_a_point_is_on(value: tuple[IntervalArray, float]) -> None:
    """As a leaky ReLU has it, and no more than its sides where the sign is known."""
    interval, point = value
    above = OPERATIONS["above"](interval, IntervalArray.at(0.0))
    scaled = interval * IntervalArray.at(0.01)
    result = OPERATIONS["cases"](interval, above, scaled, IntervalArray.at(1.0))
    assert result.low[0] <= (point if point > 0 else 0.01 * point) <= result.high[0]
    if interval.low[0] > 0:
        assert result.high[0] == interval.high[0]


def test_a_value_far_out_on_a_logistic_curve_is_as_uncertain_as_it_is(mazur: Exercise) -> None:
    """At a net input of -540, known to a thousandth, the output is known to a thousandth of itself, tiny as it is."""
    derivation, given_values = mazur.evaluation.derivation, mazur.evaluation.given
    far = {**given_values, "b2": Decimal("-541")}
    reach = Reach.of(derivation, far, Rounding(figures=6), Carry())
    net, out = reach["net_o1"], reach["out_o1"]
    least, most = (math.exp(end) for end in (net.low[0], net.high[0]))
    assert out.low[0] <= least * 1.0001
    assert out.high[0] >= most * 0.9999


def test_a_narrow_interval_beside_a_number_with_few_digits_is_rounded() -> None:
    """0.299919530005 has more digits than are kept, though it is very near to one that has not."""
    values = IntervalArray(np.array([0.2999195300019999]), np.array([0.2999195300080001]))
    rounded_values = rounded_off(values, Rounding(figures=8), truncation=False).values
    assert rounded_values.low[0] <= 0.29991953 <= rounded_values.high[0]
