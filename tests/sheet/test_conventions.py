"""Conventions: what a sheet says of a choice is what its numbers follow."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from string import Formatter
from typing import Any, TypeAlias

import numpy as np
import pytest
from mpmath import exp, mpf, workdps

from derive.authoring.exercise import Exercise
from derive.model.conventions import BIAS_SHARES, CARRIED, ORDERS
from derive.model.losses import DIFFERENCES, LOSSES
from derive.model.optimizers import OPTIMIZERS
from derive.numbers.evaluation import decimal_of
from derive.sheet.build import Options, edition
from derive.sheet.stated import StatedConventions
from derive.words.errors import AuthorError
from derive.words.languages import as_text, language
from tests.shipped import load

Raw = dict[str, Any]
ExerciseOf = Callable[[Raw], Exercise]


def sentences(exercise: Exercise, code: str = "en") -> list[str]:
    """The conventions that the sheet of an exercise prints."""
    return [as_text(words) for words in StatedConventions(edition(exercise, language(code), Options())).sentences()]


def says(exercise: Exercise, message: str) -> bool:
    """Whether one of the sentences is this message of the catalogue, whatever stands in its placeholders."""
    translations, printed = language("en").translations, sentences(exercise)
    templates = {translations.ngettext(message, message, n) for n in (1, 2)} | {translations.gettext(message)}
    return any(re.search(_pattern(template), sentence) for template in templates for sentence in printed)


def _pattern(template: str) -> str:
    return ".*".join(re.escape(words) for words, *_ in Formatter().parse(template))


def small(**settings: Any) -> Raw:
    """A neuron with one input of exactly 0, so that its net input is 0, before an output neuron."""
    hidden = {"weights": [[Decimal("0.7")]], "activation": "relu"}
    output = {"weights": [[Decimal("0.5")]], "activation": "identity"}
    return {
        "title": {"en": "Small"},
        "inputs": [Decimal(0)],
        "targets": [Decimal(1)],
        "learning_rate": Decimal("0.1"),
        "layer": [hidden, output],
        **settings,
    }


# --- corners and ties -------------------------------------------------------------------------------------------------

CORNERS = [
    ("relu", None, "0"),
    ("relu", "0", "0"),
    ("relu", "1", "1"),
    ("relu", "0.5", "1/2"),
    ("leaky_relu", None, "1/100"),
    ("leaky_relu", "1", "1"),
    ("leaky_relu", "0.5", "1/2"),
]


@pytest.mark.parametrize(("activation", "stated", "printed"), CORNERS)
def test_a_corner_is_taken_as_the_sheet_says(
    exercise_of: ExerciseOf, activation: str, stated: str | None, printed: str
) -> None:
    """The sentence names the slope at a net input of exactly 0, and the derivatives there are that number."""
    raw = small(conventions={} if stated is None else {"slope_at_corner": Decimal(stated)})
    raw["layer"][0]["activation"] = activation
    exercise, say = exercise_of(raw), language("en")
    words = say.text("convention.kink", name=say.text(f"activation.{activation}"), value=printed)
    assert as_text(words) in sentences(exercise)
    slope, evaluation = Fraction(printed), exercise.evaluation
    assert evaluation["net_h1"] == 0
    assert evaluation["dout_h1_dnet_h1"] == slope
    assert evaluation["delta_h1"] == -slope / 2


@pytest.mark.parametrize("activation", ["elu", "softplus", "gelu", "silu", "tanh", "identity"])
def test_nothing_is_said_of_a_corner_where_there_is_none(exercise_of: ExerciseOf, activation: str) -> None:
    """A function that has a derivative everywhere leaves nothing to be agreed on, and nothing can change it."""
    raw = small(conventions={"slope_at_corner": Decimal("0.25")})
    raw["layer"][0]["activation"] = activation
    exercise = exercise_of(raw)
    assert not says(exercise, "convention.kink")
    assert exercise.evaluation["dout_h1_dnet_h1"] != Decimal("0.25")


def circuit(formula: str, values: Raw, conventions: Raw) -> Raw:
    return {"title": {"en": "Gates"}, "formulas": [formula], "values": values, "conventions": conventions}


TIES = [
    ("f = max(x, y) * 4", {"x": 3, "y": 3}, {"first": (4, 0), "split": (2, 2)}),
    ("f = min(x, y, z) * 3", {"x": 2, "y": 2, "z": 2}, {"first": (3, 0, 0), "split": (1, 1, 1)}),
    ("f = min(x, y, z) * 6", {"x": 5, "y": 2, "z": 2}, {"first": (0, 6, 0), "split": (0, 3, 3)}),
    ("f = max(x, y) * 4", {"x": 3, "y": 2}, {"first": (4, 0), "split": (4, 0)}),
]


@pytest.mark.parametrize(("formula", "values", "gradients"), TIES)
def test_a_tie_is_broken_as_the_sheet_says(
    exercise_of: ExerciseOf, formula: str, values: Raw, gradients: dict[str, tuple[int, ...]]
) -> None:
    """The first of equal inputs gets the gradient, or each gets a share; of unequal ones it is always the one."""
    for choice, gradient in gradients.items():
        exercise = exercise_of(circuit(formula, values, {"max_ties": choice}))
        assert says(exercise, f"convention.ties.{choice}")
        assert tuple(exercise.evaluation[f"df_d{name}"] for name in values) == gradient


def test_the_first_gets_it_if_nothing_is_said(exercise_of: ExerciseOf) -> None:
    """As in the notes of cs231n."""
    exercise = exercise_of(circuit("f = max(x, y)", {"x": 1, "y": 1}, {}))
    assert says(exercise, "convention.ties.first")
    assert exercise.evaluation["df_dx"] == 1


@pytest.mark.parametrize(("stated", "slope"), [(None, "0"), ("1", "1"), ("0.5", "0.5")])
@pytest.mark.parametrize("function", ["relu", "abs"])
def test_a_corner_of_a_formula_is_taken_as_the_sheet_says(
    exercise_of: ExerciseOf, function: str, stated: str | None, slope: str
) -> None:
    """ReLU and the absolute value at exactly 0."""
    conventions = {} if stated is None else {"slope_at_corner": Decimal(stated)}
    exercise = exercise_of(circuit(f"f = {function}(x) * 8", {"x": 0}, conventions))
    assert as_text(language("en").text("convention.corner", value=slope)) in sentences(exercise)
    assert exercise.evaluation["df_dx"] == 8 * Decimal(slope)


# --- every other choice -----------------------------------------------------------------------------------------------

THREE = {
    "inputs": [[Decimal(1)], [Decimal(2)], [Decimal(3)]],
    "targets": [[Decimal(1)], [Decimal(0)], [Decimal(1)]],
}
TWO = {"inputs": [[Decimal(1)], [Decimal(2)]], "targets": [[Decimal(1)], [Decimal(0)]]}
BIASED = [{"weights": [[Decimal("0.7")], [Decimal("0.2")]], "bias": Decimal("0.1")}]
PAIR = {"targets": [Decimal(1), Decimal(0)]}
SAID: list[tuple[Raw, list[str]]] = [
    ({}, ["net", "activation_hidden", "activation_output", "loss.half_squared", "total", "delta", "rule"]),
    ({}, ["bias.none", "update.simultaneous", "figures"]),
    ({"layer": BIASED, **PAIR}, ["net_bias", "activation_output", "bias.fixed"]),
    ({"layer": BIASED, "conventions": {"train_biases": True}, **PAIR}, ["bias.trained", "bias.sum"]),
    *[
        (
            {"layer": BIASED, "conventions": {"train_biases": True, "shared_bias_gradient": share}, **PAIR},
            ["bias.trained", f"bias.{share}"],
        )
        for share in BIAS_SHARES
    ],
    ({"layer": [{"weights": [[Decimal(1)]], "threshold": Decimal(1)}]}, ["net_threshold", "threshold.fixed"]),
    ({"layer": BIASED, "conventions": {"over_outputs": "mean"}, **PAIR}, ["total_mean"]),
    ({"conventions": {"delta": "descent"}}, ["delta_descent"]),
    *[({"conventions": {"update_order": order}}, [f"update.{order}"]) for order in ORDERS],
    ({"weight_decay": Decimal("0.01")}, ["decay"]),
    (TWO, ["batch.full", "samples.sum", "sample_mark"]),
    ({**TWO, "conventions": {"over_samples": "mean"}}, ["batch.full", "samples.mean"]),
    ({**TWO, "training": {"batch": 1}}, ["batch.one"]),
    ({**THREE, "training": {"batch": 2}}, ["batch.mini", "samples.sum"]),
    ({"optimizer": {"name": "momentum"}}, ["rule", "state"]),
    ({"sheet": {"digits": 3}}, ["digits"]),
    ({"conventions": {"carry": {"digits": 3}}}, ["digits_carried"]),
    ({"conventions": {"carry": {"figures": 1}}}, ["figures_carried"]),
    ({"conventions": {"carry": {"digits": 3, "only": ["net"]}}}, ["carry.digits", "digits_others"]),
    ({"conventions": {"carry": {"figures": 3, "only": ["net"]}}}, ["carry.figures", "figures_others"]),
    ({"conventions": {"carry": {"single": True}}}, ["carry.single"]),
]


@pytest.mark.parametrize(("settings", "said"), SAID, ids=lambda value: "-".join(map(str, value)))
def test_a_choice_is_printed(exercise_of: ExerciseOf, settings: Raw, said: list[str]) -> None:
    """Whatever sources disagree on, the sheet says how it is done there."""
    exercise = exercise_of(small(**settings))
    assert [message for message in said if not says(exercise, f"convention.{message}")] == [], sentences(exercise)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("difference", DIFFERENCES)
def test_the_order_of_the_difference_is_printed(exercise_of: ExerciseOf, loss: str, difference: str) -> None:
    """In the formula of the error, where there is a difference in it."""
    last = "logistic" if LOSSES[loss].logarithmic else "identity"
    raw = small(loss=loss, conventions={"difference": difference})
    raw["layer"][1]["activation"] = last
    if not LOSSES[loss].has_targets:
        del raw["targets"]
    exercise = exercise_of(raw)
    assert says(exercise, f"convention.loss.{loss}")
    written = {"target_minus_output": "(target − out)", "output_minus_target": "(out − target)"}[difference]
    assert any(written in sentence for sentence in sentences(exercise)) is (loss in ("half_squared", "squared"))


@pytest.mark.parametrize("code", ["es", "zh"])
@pytest.mark.parametrize("settings", [settings for settings, _ in SAID], ids="-".join)
def test_a_choice_is_printed_in_every_language(exercise_of: ExerciseOf, settings: Raw, code: str) -> None:
    """As many sentences as in English, and none of them in English."""
    exercise = exercise_of(small(**settings))
    english, translated = sentences(exercise), sentences(exercise, code)
    assert len(english) == len(translated)
    assert not set(english) & set(translated)


# --- rounding on the way ----------------------------------------------------------------------------------------------

Keep: TypeAlias = Callable[[str, Sequence[mpf]], mpf]
"""What is kept of a sum: the name of its kind, and its terms in their order."""

WIDE = Context(prec=80)


def kept_to_digits(digits: int) -> Callable[[Sequence[mpf]], mpf]:
    """Decimal places, halves away from zero."""
    return lambda terms: mpf(str(decimal_of(sum(terms)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, WIDE)))


def kept_to_figures(figures: int) -> Callable[[Sequence[mpf]], mpf]:
    """Significant figures, halves away from zero."""
    return lambda terms: mpf(str(Context(prec=figures, rounding=ROUND_HALF_UP).plus(decimal_of(sum(terms)))))


def kept_in_single(terms: Sequence[mpf]) -> mpf:
    """numpy's float32, which each term is added to in turn."""
    total = mpf(0)
    for term in terms:
        total = mpf(float(np.float32(float(total + term))))
    return total


def mazur_by_hand(keep: Keep) -> dict[str, mpf]:
    """A round of Mazur's network, line by line as the sheet has it; only what is read off is not kept anew."""
    v = {name: mpf(number) / 100 for name, number in {"i1": 5, "i2": 10, "target_o1": 1, "target_o2": 99}.items()}
    v |= {f"w{number}": mpf(10 + 5 * number) / 100 for number in range(1, 5)}
    v |= {f"w{number}": mpf(15 + 5 * number) / 100 for number in range(5, 9)}
    v |= {"b1": mpf(35) / 100, "b2": mpf(60) / 100, "eta": mpf(1) / 2}
    layers = [[("h1", "w1", "w2"), ("h2", "w3", "w4")], [("o1", "w5", "w6"), ("o2", "w7", "w8")]]
    sources = [("i1", "i2"), ("out_h1", "out_h2")]

    def forward(new: str = "") -> None:
        for neurons, (first, second), bias in zip(layers, sources, ("b1", "b2"), strict=True):
            inputs = [v[source + (new if source.startswith("out") else "")] for source in (first, second)]
            for at, *weights in neurons:
                terms = [v[weight + new] * value for weight, value in zip(weights, inputs, strict=True)]
                v[f"net_{at}{new}"] = keep("net", [*terms, v[bias]])
                v[f"out_{at}{new}"] = keep("out", [1 / (1 + exp(-v[f"net_{at}{new}"]))])
        for at in ("o1", "o2"):
            v[f"E_{at}{new}"] = keep("error", [(v[f"target_{at}"] - v[f"out_{at}{new}"]) ** 2 / 2])
        v[f"E_total{new}"] = keep("error", [v[f"E_o1{new}"], v[f"E_o2{new}"]])

    def gradients(at: str, weights: Sequence[str], inputs: Sequence[str]) -> None:
        v[f"dout_{at}_dnet_{at}"] = keep("slope", [v[f"out_{at}"] * (1 - v[f"out_{at}"])])
        v[f"delta_{at}"] = keep("delta", [v[f"dE_total_dout_{at}"] * v[f"dout_{at}_dnet_{at}"]])
        for weight, source in zip(weights, inputs, strict=True):
            v[f"dE_total_d{weight}"] = keep("gradient", [v[f"delta_{at}"] * v[source]])

    forward()
    for at, *weights in layers[1]:
        negative = keep("slope", [v[f"target_{at}"], -v[f"out_{at}"]])
        v[f"dE_total_dout_{at}"] = -negative
        gradients(at, weights, sources[1])
    for (at, *weights), branches in zip(layers[0], (("w5", "w7"), ("w6", "w8")), strict=True):
        for output, weight in zip(("o1", "o2"), branches, strict=True):
            v[f"dE_{output}_dout_{at}"] = keep("slope", [v[f"delta_{output}"] * v[weight]])
        v[f"dE_total_dout_{at}"] = keep("slope", [v[f"dE_o1_dout_{at}"], v[f"dE_o2_dout_{at}"]])
        gradients(at, weights, sources[0])
    for number in range(1, 9):
        weight = f"w{number}"
        v[f"{weight}_new"] = keep("weight", [v[weight], -v["eta"] * v[f"dE_total_d{weight}"]])
    forward("_new")
    return v


HOW = {
    "2 digits": ({"digits": 2}, kept_to_digits(2)),
    "4 digits": ({"digits": 4}, kept_to_digits(4)),
    "no digits": ({"digits": 0}, kept_to_digits(0)),
    "1 figure": ({"figures": 1}, kept_to_figures(1)),
    "3 figures": ({"figures": 3}, kept_to_figures(3)),
    "single": ({"single": True}, kept_in_single),
}


@pytest.mark.parametrize("only", [[], *([kind] for kind in CARRIED), ["net", "delta"]], ids="-".join)
@pytest.mark.parametrize("how", HOW)
def test_values_are_rounded_on_the_way(exercise_of: ExerciseOf, mazur: Exercise, how: str, only: list[str]) -> None:
    """Every number of a round of Mazur's network, rounded step by step, or only where the convention says so."""
    table, rounded = HOW[how]
    raw = mazur.content.model_dump(exclude_unset=True, exclude={"published", "vary"})
    found = exercise_of({**raw, "conventions": {"carry": {**table, "only": only}}}).evaluation.values
    with workdps(60):
        expected = mazur_by_hand(lambda kind, terms: rounded(terms) if not only or kind in only else mpf(sum(terms)))
        for name, value in expected.items():
            assert abs(found[name] - value) <= mpf(10) ** -45 * max(1, abs(value)), name


@pytest.mark.parametrize("how", HOW)
def test_training_carries_on_with_rounded_values(exercise_of: ExerciseOf, mazur: Exercise, how: str) -> None:
    """A round of training ends with the new weights of the sheet, and the next begins with them."""
    raw = mazur.content.model_dump(exclude_unset=True, exclude={"published", "vary"})
    exercise = exercise_of({**raw, "conventions": {"carry": HOW[how][0]}})
    values, reached = exercise.evaluation.values, exercise.training.play(1)
    assert {f"{name}_new": value for name, value in reached.state.items()}.items() <= values.items()
    following = exercise.training.evaluation(reached).values
    assert following["net_h1"] == values["net_h1_new"]
    assert following["E_total"] == values["E_total_new"]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_rounds_with_fifteen_digits_are_rounds(exercise_of: ExerciseOf, optimizer: str) -> None:
    """Where hardly anything is rounded, the way round by round leads to where the other one does."""
    settings = {"inputs": [Decimal("0.7")], "optimizer": {"name": optimizer}}
    exact = exercise_of(small(**settings)).training.play(4)
    rounded = exercise_of(small(**settings, conventions={"carry": {"digits": 15}})).training.play(4)
    assert exact.rounds == rounded.rounds
    for name, value in exact.state.items():
        assert float(rounded.state[name]) == pytest.approx(float(value), abs=1e-8), name


def test_what_is_only_read_off_keeps_its_digits(exercise_of: ExerciseOf) -> None:
    """∂net/∂out is the weight as it is given, however few digits are carried."""
    raw = small(inputs=[Decimal("0.7")], conventions={"carry": {"digits": 1}})
    raw["layer"][1]["weights"] = [[Decimal("0.45")]]
    evaluation = exercise_of(raw).evaluation
    assert evaluation["dnet_o1_dout_h1"] == Decimal("0.45")
    assert evaluation["out_h1"] == evaluation["dnet_o1_dw2"] == Decimal("0.5")


# --- shared biases ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delta", ["gradient", "descent"])
@pytest.mark.parametrize("key", ["bias", "threshold"])
@pytest.mark.parametrize("share", BIAS_SHARES)
def test_a_shared_bias_moves_as_the_sheet_says(exercise_of: ExerciseOf, share: str, key: str, delta: str) -> None:
    """Two identities, net = w·i + b or w·i − θ, and half the squared error: ∂E/∂net is what an output is too large by.

    The sum of both, or half of it; the mean of two moved biases is the bias moved by the mean.
    """
    layer = {"weights": [[Decimal(1)], [Decimal(3)]], "activation": "identity", key: Decimal("0.5")}
    conventions = {"train_biases": True, "shared_bias_gradient": share, "delta": delta}
    raw = small(inputs=[Decimal(2)], targets=[Decimal(1), Decimal(1)], layer=[layer], conventions=conventions)
    evaluation = exercise_of(raw).evaluation
    sign, name = (1, "b1") if key == "bias" else (-1, "theta1")
    too_large = [weight * 2 + sign * Decimal("0.5") - 1 for weight in (1, 3)]
    gradient = sign * sum(too_large)
    assert evaluation[f"dE_total_d{name}"] == gradient
    moved = gradient if share == "sum" else gradient / 2
    assert evaluation[f"{name}_new"] == Decimal("0.5") - Decimal("0.1") * moved


# --- choices together -------------------------------------------------------------------------------------------------


def test_the_decay_of_weights_with_the_output_layer_first(exercise_of: ExerciseOf) -> None:
    """There is a value for every step, or a sentence that says that the two do not go together."""
    with suppress(AuthorError):
        exercise = exercise_of(small(weight_decay=Decimal("0.1"), conventions={"update_order": "output_first"}))
        assert exercise.evaluation["w2_new"] == Decimal("0.495")  # ∂E/∂w2 = λ · w2, as the output of h1 is 0


def test_two_decays_of_weights(exercise_of: ExerciseOf) -> None:
    """That of the error and that of AdamW are two numbers, or a sentence says that one is enough."""
    decays = {"weight_decay": Decimal("0.1"), "optimizer": {"name": "adamw", "decay": Decimal("0.2")}}
    with suppress(AuthorError):
        given = exercise_of(small(**decays)).given
        assert {Decimal("0.1"), Decimal("0.2")} <= set(given.values()) - {given["eta"]}


@pytest.mark.parametrize("name", ["mazur", "jinkey"])
def test_both_orders_of_updates_reproduce_what_is_printed(name: str) -> None:
    """0.291027774 with all weights at once, 0.291027924 with the output layer first."""
    expected = {"mazur": "0.291027774", "jinkey": "0.291027924"}[name]
    assert round(load(name).evaluation["E_total_new"], 9) == Decimal(expected)
