"""Numbers: the published example to its last digit, and how a value is rounded for the page.

Printed numbers are those of Matt Mazur, "A Step by Step Backpropagation Example" (2015),
https://mattmazur.com/2015/03/17/a-step-by-step-backpropagation-example/.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from mpmath import exp, mpf, sech, workdps

from derive.authoring.exercise import Exercise
from derive.numbers.evaluation import PRECISION, Evaluation, Rounding, Shown, decimal_of, seventeen_digits, to_figures
from derive.sheet.build import solve as solved
from derive.words.errors import RefusedError
from tests.shipped import load

ExerciseOf = Callable[[Any], Exercise]

# --- the published example --------------------------------------------------------------------------------------------

# id, what the page prints, the same recomputed at high precision by another program
STATED = [
    ("net_h1", "0.3775", "0.3775"),
    ("out_h1", "0.593269992", "0.59326999210718725517"),
    ("out_h2", "0.596884378", "0.5968843782597670562"),
    ("net_o1", "1.105905967", "1.1059059670597700774"),
    ("out_o1", "0.75136507", "0.75136506955231570796"),
    ("out_o2", "0.772928465", "0.77292846532146258852"),
    ("E_o1", "0.274811083", "0.27481108317615495359"),
    ("E_o2", "0.023560026", "0.023560025583847735016"),
    ("E_total", "0.298371109", "0.29837110876000268861"),
    ("dE_total_dout_o1", "0.74136507", "0.74136506955231570796"),
    ("dout_o1_dnet_o1", "0.186815602", "0.18681560180895948661"),
    ("delta_o1", "0.138498562", "0.13849856162855696598"),
    ("dE_total_dw5", "0.082167041", "0.082167040564230778846"),
    ("w5_new", "0.35891648", "0.35891647971788461058"),
    ("w6_new", "0.408666186", "0.40866618607623337234"),
    ("w7_new", "0.511301270", "0.51130127023873752992"),
    ("w8_new", "0.561370121", "0.56137012110798910538"),
    ("dE_o1_dout_h1", "0.055399425", "0.055399424651422786393"),
    ("dE_total_dout_h1", "0.036350306", "0.036350306393144678127"),
    ("dout_h1_dnet_h1", "0.241300709", "0.24130070857232522712"),
    ("dE_total_dw1", "0.000438568", "0.00043856773447434672705"),
    ("w1_new", "0.149780716", "0.14978071613276282664"),
    ("w2_new", "0.19956143", "0.19956143226552565327"),
    ("w3_new", "0.24975114", "0.24975114363236956996"),
    ("w4_new", "0.29950229", "0.29950228726473913993"),
]


@pytest.fixture(scope="module")
def solution(mazur: Exercise) -> Evaluation:
    return mazur.evaluation


def after(exercise: Exercise, rounds: int) -> Evaluation:
    """The round that follows so many others."""
    return exercise.training.evaluation(exercise.training.play(rounds))


@pytest.fixture(scope="module")
def ten_thousand(mazur: Exercise) -> Evaluation:
    return after(mazur, 10_000)


def places_of(text: str) -> int:
    """Decimal places of a printed number."""
    return len(text.partition(".")[2])


def figures_of(text: str) -> int:
    """Significant figures of a printed number."""
    return len(Decimal(text).as_tuple().digits)


def as_printed(value: mpf, like: str) -> str:
    """A value with as many decimals as a printed number has."""
    return Rounding(digits=places_of(like)).shown(decimal_of(value))[0]


@pytest.mark.parametrize(("name", "printed"), [(name, printed) for name, printed, _ in STATED])
def test_page_is_reproduced_to_its_last_digit(solution: Evaluation, name: str, printed: str) -> None:
    """Every number of the page that comes from its stated method, rounded to as many decimals as the page prints."""
    assert as_printed(solution.values[name], printed) == printed


@pytest.mark.parametrize(("name", "digits"), [(name, digits) for name, _, digits in STATED])
def test_recomputed_digits_are_all_right(solution: Evaluation, name: str, digits: str) -> None:
    """The same numbers agree with an independent computation in all its 20 digits."""
    assert to_figures(decimal_of(solution.values[name]), figures_of(digits)) == Decimal(digits)


def test_share_of_the_second_output_differs_from_the_page_in_the_last_digit(solution: Evaluation) -> None:
    """∂E_o2/∂out_h1 is −0.01904911826; the page prints −0.019049119, one too large in the last digit."""
    value = decimal_of(solution.values["dE_o2_dout_h1"])
    assert Rounding(digits=9).shown(value) == Shown("-0.019049118", False)
    assert to_figures(value, 20) == Decimal("-0.019049118258278108266")


def test_error_after_one_round_is_that_of_the_stated_method(mazur: Exercise, solution: Evaluation) -> None:
    """The stated update, all weights at once, leaves 0.291027774.

    The page prints 0.291027924, which belongs to an older program that took the new output weights for the hidden
    gradients.
    """
    assert as_printed(solution.values["E_total_new"], "0.291027774") == "0.291027774"
    assert to_figures(after(mazur, 1)["E_total"], 20) == Decimal("0.29102777369359935087")


def test_hidden_gradients_with_the_new_output_weights_give_the_printed_error(solution: Evaluation) -> None:
    """What the page prints after one round is what its older order of updates gives, so the explanation holds."""
    values = solution.values
    with workdps(60):
        start = dict(solution.given)
        for weight in ("w5", "w6", "w7", "w8"):
            start[weight] = decimal_of(values[f"{weight}_new"])
        for neuron, (one, two), weights in (("h1", ("w5", "w7"), ("w1", "w2")), ("h2", ("w6", "w8"), ("w3", "w4"))):
            arriving = values["delta_o1"] * values[f"{one}_new"] + values["delta_o2"] * values[f"{two}_new"]
            delta = arriving * values[f"dout_{neuron}_dnet_{neuron}"]
            for weight, signal in zip(weights, ("i1", "i2"), strict=True):
                change = values["eta"] * delta * values[signal]
                start[weight] = decimal_of(values[weight] - change)
    assert as_printed(Evaluation(solution.derivation, start).values["E_total"], "0.291027924") == "0.291027924"


@pytest.mark.parametrize(
    ("name", "digits"),
    [
        ("E_total", "0.000035101877829788458742"),
        ("out_o1", "0.015913620443550626595"),
        ("out_o2", "0.98406427351462375687"),
    ],
)
def test_ten_thousand_rounds_of_the_stated_method(ten_thousand: Evaluation, name: str, digits: str) -> None:
    """10,000 rounds leave an error of 3.510187783e-05 and outputs of 0.015913620 and 0.984064274.

    The page prints 0.0000351085, which is what 9,999 rounds leave, and the outputs 0.015912196 and 0.984065734, which
    are those of its older order of updates.
    """
    assert to_figures(ten_thousand[name], 20) == Decimal(digits)


def test_error_printed_for_ten_thousand_rounds_is_that_of_one_fewer(mazur: Exercise) -> None:
    """0.0000351085, as the page prints it, is the error after 9,999 rounds of the stated method."""
    assert as_printed(after(mazur, 9_999).values["E_total"], "0.0000351085") == "0.0000351085"


# --- values and rounds ------------------------------------------------------------------------------------------------


def test_all_fifty_digits_are_right(solution: Evaluation) -> None:
    """The error of the example to 50 digits, computed anew with mpmath at 100."""
    with workdps(100):
        i1, i2, t1, t2 = (mpf(number) / 100 for number in (5, 10, 1, 99))
        w1, w2, w3, w4, w5, w6, w7, w8 = (mpf(number) / 100 for number in (15, 20, 25, 30, 40, 45, 50, 55))

        def logistic(z: mpf) -> mpf:
            return 1 / (1 + exp(-z))

        h1, h2 = (logistic(a * i1 + b * i2 + mpf(35) / 100) for a, b in ((w1, w2), (w3, w4)))
        o1, o2 = (logistic(a * h1 + b * h2 + mpf(60) / 100) for a, b in ((w5, w6), (w7, w8)))
        expected = ((t1 - o1) ** 2 + (t2 - o2) ** 2) / 2
        error = abs(solution.values["E_total"] - expected) / expected
    assert error < mpf(10) ** -PRECISION


def test_no_rounds_leave_everything_as_it_is(mazur: Exercise, solution: Evaluation) -> None:
    """After 0 rounds: the parameters as given, and the values of the forward pass."""
    reached = mazur.training.play(0)
    assert (reached.rounds, reached.diverged) == (0, False)
    assert {name: decimal_of(value) for name, value in reached.state.items()} == dict(mazur.training.start)
    assert after(mazur, 0).values == solution.values


@settings(max_examples=30)
@given(data=st.data())
def test_one_round_is_what_the_steps_show(data: st.DataObject, contents: Any, exercise_of: ExerciseOf) -> None:
    """After a round, parameters and what the optimiser keeps are those of the steps whose ids end in ``_new``."""
    exercise = exercise_of(data.draw(contents))
    values = exercise.evaluation.values
    for name, value in exercise.training.play(1).state.items():
        expected = values["t"] + 1 if name == "t" else values[f"{name}_new"]
        assert abs(value - expected) <= mpf(10) ** -45 * max(1, abs(value)), name


@settings(max_examples=30)
@given(data=st.data())
def test_the_error_left_is_that_of_the_next_round(data: st.DataObject, contents: Any, exercise_of: ExerciseOf) -> None:
    """Where all samples are one batch, what the sheet's last steps find is what the next round begins with."""
    raw = data.draw(contents)
    exercise = exercise_of(raw)
    assume(exercise.training.rounds_per_epoch == 1)
    values, following = exercise.evaluation.values, after(exercise, 1).values
    renewed = [name.replace("_new", "") for name in values if name.startswith(("net", "out", "E_")) and "_new" in name]
    assert "E_total" in renewed
    for name in renewed:
        bare, _, sample = name.partition("@")
        found = values[f"{bare}_new@{sample}" if sample else f"{bare}_new"]
        assert abs(following[name] - found) <= mpf(10) ** -35 * max(1, abs(found)), name


@settings(max_examples=15)
@given(data=st.data())
def test_rounds_follow_one_another(data: st.DataObject, contents: Any, exercise_of: ExerciseOf) -> None:
    """Two rounds are one round from where one round leads."""
    training = exercise_of(data.draw(contents)).training
    at_once, again = training.play(2), training.play(1, since=training.play(1))
    assert at_once.rounds == again.rounds == 2
    assert at_once.state == again.state


@settings(max_examples=15)
@given(data=st.data())
def test_every_step_has_a_value(data: st.DataObject, contents: Any, exercise_of: ExerciseOf) -> None:
    """``values`` has the given values unchanged and one of mpmath's numbers for every step, and nothing else."""
    exercise = exercise_of(data.draw(contents))
    values, derivation = exercise.evaluation.values, exercise.evaluation.derivation
    assert set(values) == {*exercise.given, *(step.quantity.id for step in derivation.steps)}
    assert all(isinstance(value, mpf) for value in values.values())
    assert all(decimal_of(values[name]) == number for name, number in exercise.given.items())


# --- rounding ---------------------------------------------------------------------------------------------------------

PLACES, FIGURES = "digits", "figures"
ROUNDINGS = [
    ("half away from zero", PLACES, 2, "0.125", "0.13", False),
    ("half away from zero, below zero", PLACES, 2, "-0.125", "-0.13", False),
    ("half of an even digit is no exception", PLACES, 1, "0.25", "0.3", False),
    ("just below a half", PLACES, 2, "0.12499999999999999999", "0.12", False),
    ("places are filled up", PLACES, 4, "0.5", "0.5000", True),
    ("exact at all its places", PLACES, 4, "0.3775", "0.3775", True),
    ("one place too few", PLACES, 3, "0.3775", "0.378", False),
    ("no places at all", PLACES, 0, "2.5", "3", False),
    ("places of a large number", PLACES, 2, "123456789.005", "123456789.01", False),
    ("rounded to nothing", PLACES, 4, "0.00001", "0.0000", False),
    ("no minus before a rounded zero", PLACES, 3, "-0.0004", "0.000", False),
    ("zero is exact", PLACES, 3, "0", "0.000", True),
    ("negative zero has no sign", PLACES, 2, "-0.0", "0.00", True),
    ("six figures by default", FIGURES, 6, "0.75136506955231570796", "0.751365", False),
    ("a digit more would be shown", FIGURES, 4, "9.9996", "10.00", False),
    ("the same below one", FIGURES, 3, "0.09999", "0.100", False),
    ("the same below zero", FIGURES, 4, "-9.9996", "-10.00", False),
    ("half away from zero in figures", FIGURES, 2, "-1.25", "-1.3", False),
    ("tiny, without an exponent", FIGURES, 6, "0.000035101877829788", "0.0000351019", False),
    ("tiny, as the page prints it", FIGURES, 6, "0.00003510854812251", "0.0000351085", False),
    ("large, without an exponent", FIGURES, 2, "12345", "12000", False),
    ("figures are filled up", FIGURES, 6, "0.3775", "0.377500", True),
    ("zero in figures", FIGURES, 6, "0", "0", True),
    ("zero with places, in figures", FIGURES, 6, "0.0000", "0", True),
    ("negative zero in figures", FIGURES, 6, "-0.0", "0", True),
    ("exact in figures", FIGURES, 3, "-123", "-123", True),
]


@pytest.mark.parametrize(
    ("policy", "count", "value", "text", "exact"),
    [pytest.param(*row, id=name) for name, *row in ROUNDINGS],
)
def test_how_a_value_is_shown(policy: str, count: int, value: str, text: str, exact: bool) -> None:
    """The digits on paper, and whether they are all of the value."""
    assert Rounding(**{policy: count}).shown(Decimal(value)) == Shown(text, exact)


def test_places_go_before_figures() -> None:
    """Where decimal places are set, significant figures have no say; where neither is set there are six figures."""
    assert Rounding(digits=2, figures=6).shown(Decimal("0.123456789")) == Shown("0.12", False)
    assert Rounding().shown(Decimal("0.123456789")) == Shown("0.123457", False)


REAL = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(9 * 10**9), max_value=9 * 10**9, places=20)


@given(value=REAL, places=st.integers(0, 15))
@example(value=Decimal("-0.5"), places=0)
def test_shown_places_are_within_half_a_unit(value: Decimal, places: int) -> None:
    """A value shown to n places has n places and is off by at most half a unit of the last; exact means equal."""
    text, exact, _ = Rounding(digits=places).shown(value)
    assert places_of(text) == places
    assert abs(Decimal(text) - value) <= Decimal(5).scaleb(-places - 1)
    assert exact is (Decimal(text) == value)


@given(value=REAL.filter(bool), figures=st.integers(1, 15))
@example(value=Decimal("9.9996"), figures=4)
@example(value=Decimal("-0.00099995"), figures=4)
def test_shown_figures_are_within_half_a_unit(value: Decimal, figures: int) -> None:
    """A value shown to n figures is off by at most half a unit of the n-th, and has no figure more."""
    text, exact, exponent = Rounding(figures=figures).shown(value)
    shown = Decimal(text).scaleb(exponent)
    assert abs(shown - value) <= Decimal(1).scaleb(value.adjusted() - figures + 1) / 2
    assert exact is (shown == value)
    assert len(text.lstrip("-0.").replace(".", "")) == max(figures, Decimal(text).adjusted() + 1)
    assert -7 <= Decimal(text).adjusted() < 15


@given(number=st.floats(allow_nan=False, allow_infinity=False))
@example(number=5e-324)
@example(number=1.7976931348623157e308)
def test_seventeen_digits_tell_doubles_apart(number: float) -> None:
    """A double survives the way into seventeen digits and back."""
    assert float(seventeen_digits(mpf(number))) == number


@pytest.mark.parametrize("exponent", [-5_000_000, -999_999, -400, 400, 999_999])
def test_no_size_is_lost(exponent: int) -> None:
    """A value far beyond a double, as a saturated logistic or a diverging training gives, is not turned into 0."""
    with workdps(60):
        value = mpf(10) ** exponent * 3
    assert Decimal(seventeen_digits(value)).adjusted() == exponent


def test_places_of_a_diverged_value() -> None:
    """A value of 300 digits before the point, as a diverging training reaches it, can be shown to 4 places."""
    assert Rounding(digits=4).shown(Decimal(10) ** 300) == Shown("1.00000", True, 300)


@pytest.mark.parametrize(("activation", "net"), [("logistic", 110), ("logistic", 200), ("tanh", 60), ("tanh", 300)])
def test_a_saturated_neuron_keeps_its_digits(activation: str, net: int, tmp_path: Path) -> None:
    """out·(1 − out) of a neuron far out loses no digit to cancellation: checked at 600 digits by another formula."""
    path = tmp_path / "far.toml"
    layer = f'[[layer]]\nactivation = "{activation}"\nweights = [[{net}]]\n'
    path.write_text(f'title.en = "x"\ninputs = [1]\ntargets = [0.5]\nlearning_rate = 1\n{layer}', encoding="utf-8")
    with workdps(600):
        slope = {"logistic": lambda z: 1 / (2 + exp(z) + exp(-z)), "tanh": lambda z: sech(z) ** 2}[activation](mpf(net))
        found = solved(load(path)).values["dout_o1_dnet_o1"]
        assert abs(found / slope - 1) < mpf(10) ** -49


def test_a_neuron_without_any_slope_is_refused(tmp_path: Path) -> None:
    """Rather no sheet than one that says 0.5 × (1 − 1) = 0."""
    path = tmp_path / "saturated.toml"
    path.write_text('title.en = "x"\ninputs = [1]\ntargets = [0.5]\nlearning_rate = 1\n[[layer]]\nweights = [[501]]\n')
    with pytest.raises(RefusedError, match=r"neuron o1 is saturated: its net input is 501"):
        solved(load(path))
