"""The known mistakes: which there are, what each gives, and that no two of them are told apart by name only."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import resources
from derive.authoring.exercise import Exercise
from derive.derivation.round import Derivation
from derive.mathtext.plain import plain
from derive.mistakes.slips import Slip, planted, slips_of
from derive.mistakes.table import BY_CODE, MISTAKES
from derive.mistakes.trials import Trial, trials_of, wrong_values
from derive.model.notation import NET_OUT
from derive.numbers.evaluation import Evaluation
from derive.sheet.questions import asked
from tests.shipped import load

Raw = dict[str, Any]

MAZUR = """\
net_h1
    bias_forgotten           w1 i1 + w2 i2
    bias_twice               w1 i1 + w2 i2 + b1 + b1
    bias_sign                w1 i1 + w2 i2 − b1
    source_forgotten         w2 i2 + b1
    source_forgotten         w1 i1 + b1
    weights_crossed          w2 i1 + w1 i2 + b1
    weights_of_other_neuron  w3 i1 + w4 i2 + b1
    matrix_transposed        w1 i1 + w3 i2 + b1
    term_sign                −w1 i1 + w2 i2 + b1
    term_sign                w1 i1 − w2 i2 + b1
    term_sign                w1 i1 + w2 i2 − b1
out_h1
    activation_forgotten     net_h1
    exponent_sign            1/(1 + e^(net_h1))
    logistic_brackets        1/(1 + e)^(−net_h1)
    logistic_brackets        1 + e^(−net_h1)
    logistic_brackets        1/(1 − e^(−net_h1))
    other_activation         tanh(net_h1)
net_o1
    bias_forgotten           w5 out_h1 + w6 out_h2
    bias_twice               w5 out_h1 + w6 out_h2 + b2 + b2
    bias_sign                w5 out_h1 + w6 out_h2 − b2
    source_forgotten         w6 out_h2 + b2
    source_forgotten         w5 out_h1 + b2
    weights_crossed          w6 out_h1 + w5 out_h2 + b2
    weights_of_other_neuron  w7 out_h1 + w8 out_h2 + b2
    matrix_transposed        w5 out_h1 + w7 out_h2 + b2
    term_sign                −w5 out_h1 + w6 out_h2 + b2
    term_sign                w5 out_h1 − w6 out_h2 + b2
    term_sign                w5 out_h1 + w6 out_h2 − b2
    activation_forgotten     w5 net_h1 + w6 net_h2 + b2
E_o1
    factor_two               (target_o1 − out_o1)²
    factor_two               1/4 (target_o1 − out_o1)²
    square_forgotten         1/2 (target_o1 − out_o1)
    mean_or_sum              1/4 (target_o1 − out_o1)²
    mean_or_sum              (target_o1 − out_o1)²
E_total
    term_sign                −E_o1 + E_o2
    term_sign                E_o1 − E_o2
    factor_two               2 (E_o1 + E_o2)
    factor_two               1/2 (E_o1 + E_o2)
    mean_or_sum              1/2 (E_o1 + E_o2)
    mean_or_sum              2 (E_o1 + E_o2)
    part_forgotten           E_o2
    part_forgotten           E_o1
dE_total_dout_o1
    factor_two               −2 (target_o1 − out_o1)
    factor_two               −1/2 (target_o1 − out_o1)
    square_kept              (target_o1 − out_o1)²
    square_kept              1/2 (target_o1 − out_o1)²
    mean_or_sum              −1/2 (target_o1 − out_o1)
    mean_or_sum              −2 (target_o1 − out_o1)
    error_sign               target_o1 − out_o1
dout_o1_dnet_o1
    slope_sign               −out_o1 (1 − out_o1)
    slope_at_output          (1 − 1/(1 + e^(−out_o1)))/(1 + e^(−out_o1))
    slope_of_net             net_o1 (1 − net_o1)
    half_slope               out_o1
    half_slope               1 − out_o1
    slope_of_error           ∂E_total/∂out_o1 ⋅ (1 − ∂E_total/∂out_o1)
    sign_inside              out_o1 (1 + out_o1)
    other_slope              1 − out_o1²
delta_o1
    slope_forgotten          ∂E_total/∂out_o1
    upstream_forgotten       ∂out_o1/∂net_o1
    difference_for_delta     out_o1 − target_o1
    slope_of_other_neuron    ∂E_total/∂out_o1 ⋅ out_o2 (1 − out_o2)
dnet_o1_dw5
    other_source             out_h2
    parameter_for_source     w5
    net_for_output           net_h1
    input_for_hidden         i1
dE_total_dw5
    slope_forgotten          ∂E_total/∂out_o1 ⋅ ∂net_o1/∂w5
    upstream_forgotten       ∂net_o1/∂w5
    local_forgotten          δ_o1
    other_source             δ_o1 out_h2
    parameter_for_source     δ_o1 w5
    net_for_output           δ_o1 net_h1
    input_for_hidden         δ_o1 i1
    other_delta              −(target_o2 − out_o2) out_o2 (1 − out_o2) out_h1
    all_deltas               (δ_o1 − (target_o2 − out_o2) out_o2 (1 − out_o2)) out_h1
dE_total_dw7
    matrix_transposed        δ_o1 out_h2
    slope_forgotten          ∂E_total/∂out_o2 ⋅ ∂net_o2/∂w7
    upstream_forgotten       ∂net_o2/∂w7
    local_forgotten          δ_o2
    other_source             δ_o2 out_h2
    parameter_for_source     δ_o2 w7
    net_for_output           δ_o2 net_h1
    input_for_hidden         δ_o2 i1
    other_delta              δ_o1 out_h1
    all_deltas               (δ_o1 + δ_o2) out_h1
dnet_o1_dout_h1
    weights_of_other_neuron  w6
    updated_weights          w5 − η ⋅ ∂E_total/∂w5
    incoming_weights         w1
    activation_for_weight    out_h1
dE_total_dout_h1
    weights_of_other_neuron  δ_o1 w6 + δ_o2 w8
    matrix_transposed        δ_o1 w5 + δ_o2 w6
    old_parameters           δ_o1 w5 + δ_o2 w7
    mean_or_sum              1/2 (∂E_o1/∂out_h1 + ∂E_o2/∂out_h1)
    mean_or_sum              2 (∂E_o1/∂out_h1 + ∂E_o2/∂out_h1)
    one_path                 ∂E_o1/∂out_h1
    one_path                 ∂E_o2/∂out_h1
    paths_multiplied         ∂E_o1/∂out_h1 ⋅ ∂E_o2/∂out_h1
    path_sign                −∂E_o1/∂out_h1 + ∂E_o2/∂out_h1
    path_sign                ∂E_o1/∂out_h1 − ∂E_o2/∂out_h1
    updated_weights          δ_o1 (w5 − η ⋅ ∂E_total/∂w5) + δ_o2 (w7 − η ⋅ ∂E_total/∂w7)
    incoming_weights         δ_o1 w1 + δ_o2 w3
    weight_forgotten         δ_o1 + δ_o2
    errors_for_deltas        ∂E_total/∂out_o1 ⋅ w5 + ∂E_total/∂out_o2 ⋅ w7
delta_h1
    slope_forgotten          ∂E_total/∂out_h1
    upstream_forgotten       ∂out_h1/∂net_h1
    slope_of_other_neuron    ∂E_total/∂out_h1 ⋅ out_h2 (1 − out_h2)
dE_total_dw1
    slope_forgotten          ∂E_total/∂out_h1 ⋅ ∂net_h1/∂w1
    upstream_forgotten       ∂net_h1/∂w1
    local_forgotten          δ_h1
    other_source             δ_h1 i2
    parameter_for_source     δ_h1 w1
    other_delta              (δ_o1 w6 + δ_o2 w8) out_h2 (1 − out_h2) i1
    all_deltas               (δ_h1 + (δ_o1 w6 + δ_o2 w8) out_h2 (1 − out_h2)) i1
w5_new
    ascent                   w5 + η ⋅ ∂E_total/∂w5
    rate_forgotten           w5 − ∂E_total/∂w5
    rate_squared             w5 − η² ⋅ ∂E_total/∂w5
    rate_of_all              η (w5 − ∂E_total/∂w5)
    change_alone             −η ⋅ ∂E_total/∂w5
    not_updated              w5
    gradient_of_neighbour    w5 − η ⋅ ∂E_total/∂w4
    gradient_of_neighbour    w5 − η ⋅ ∂E_total/∂w6
net_o1_new
    bias_forgotten           w5⁺ out_h1⁺ + w6⁺ out_h2⁺
    bias_twice               w5⁺ out_h1⁺ + w6⁺ out_h2⁺ + b2 + b2
    bias_sign                w5⁺ out_h1⁺ + w6⁺ out_h2⁺ − b2
    source_forgotten         w6⁺ out_h2⁺ + b2
    source_forgotten         w5⁺ out_h1⁺ + b2
    weights_crossed          w6⁺ out_h1⁺ + w5⁺ out_h2⁺ + b2
    weights_of_other_neuron  w7⁺ out_h1⁺ + w8⁺ out_h2⁺ + b2
    matrix_transposed        w5⁺ out_h1⁺ + w7⁺ out_h2⁺ + b2
    old_parameters           w5 out_h1⁺ + w6 out_h2⁺ + b2
    old_values               w5⁺ out_h1 + w6⁺ out_h2 + b2
    term_sign                −w5⁺ out_h1⁺ + w6⁺ out_h2⁺ + b2
    term_sign                w5⁺ out_h1⁺ − w6⁺ out_h2⁺ + b2
    term_sign                w5⁺ out_h1⁺ + w6⁺ out_h2⁺ − b2
    activation_forgotten     w5⁺ net_h1⁺ + w6⁺ net_h2⁺ + b2
"""
"""Every wrong formula at the steps of one neuron of each layer, as the table gives it for Mazur's network."""


@cache
def exercise(name: str) -> Exercise:
    return load(name)


@cache
def with_numbers() -> Mapping[str, Exercise]:
    """The shipped exercises in which every step has a value."""
    exercises = {name: exercise(name) for name in sorted(resources.exercises())}
    return {name: each for name, each in exercises.items() if not each.is_symbolic}


def asked_in(of: Exercise) -> list[str]:
    """What the sheet asks, by id."""
    questions = asked(of.evaluation.derivation, of.content.sheet.detail)
    return [question.step.quantity.id for _, group in questions for question in group]


def numbers_of(evaluation: Evaluation) -> dict[str, float]:
    return {name: float(value) for name, value in evaluation.values.items()}


def slips_at(of: Exercise, code: str, place: str) -> list[Slip]:
    return [slip for slip in slips_of(of.evaluation.derivation) if (slip.code, slip.place) == (code, place)]


# --- the table --------------------------------------------------------------------------------------------------------


def test_the_table_reads_as_documentation() -> None:
    slips = slips_of(exercise("mazur").evaluation.derivation)
    places = [line for line in MAZUR.splitlines() if not line.startswith(" ")]
    lines = []
    for place in places:
        lines.append(place)
        lines += [
            f"    {slip.code:<25}{plain(NET_OUT.expression(slip.wrong))}" for slip in slips if slip.place == place
        ]
    assert "\n".join(lines) == MAZUR.strip()


def test_codes_are_unique() -> None:
    assert len(BY_CODE) == len(MISTAKES)


def decimals(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]


KNOWN: Mapping[str, tuple[str, ...]] = {
    "sign of the error term": ("error_sign",),
    "gradient ascent": ("ascent",),
    "activation derivative dropped at the output": ("slope_forgotten",),
    "shortcut of cross-entropy with squared errors": ("difference_for_delta",),
    "derivative of the activation kept with cross-entropy": ("slope_kept",),
    "derivative taken at out instead of net": ("slope_at_output",),
    "net(1 − net)": ("slope_of_net",),
    "half the derivative": ("half_slope",),
    "error(1 − error)": ("slope_of_error",),
    "sign of the logistic derivative": ("slope_sign", "sign_inside"),
    "logistic function miswritten": ("exponent_sign", "logistic_brackets"),
    "tanh′ wrong": ("hyperbolic_secant", "slope_of_net"),
    "tanh′ and σ′ swapped": ("other_slope",),
    "ReLU′ at and below 0": ("wrong_side",),
    "factor 2": ("factor_two",),
    "derivative of the square forgotten": ("square_kept",),
    "1/n or sum": ("mean_or_sum",),
    "one output path only": ("one_path",),
    "paths multiplied": ("paths_multiplied",),
    "updated weights in the hidden step": ("updated_weights",),
    "wrong weight index": ("matrix_transposed", "weights_of_other_neuron"),
    "incoming weights": ("incoming_weights",),
    "raw error sent back": ("errors_for_deltas",),
    "no hidden activation derivative": ("slope_forgotten",),
    "last factor forgotten": ("local_forgotten",),
    "wrong input or hidden neuron": ("other_source", "other_delta", "slope_of_other_neuron"),
    "weight where the activation belongs": ("parameter_for_source", "activation_for_weight"),
    "net_h for out_h": ("net_for_output",),
    "x for h at the output layer": ("input_for_hidden",),
    "both deltas for one output weight": ("all_deltas",),
    "bias gradient times activation": ("bias_times_activation",),
    "bias not updated": ("not_updated", "old_bias"),
    "one path of a shared bias": ("one_path",),
    "bias left out": ("bias_forgotten",),
    "no activation in the hidden layer": ("activation_forgotten",),
    "learning rate left out, squared, on all, or alone": (
        "rate_forgotten",
        "rate_squared",
        "rate_of_all",
        "change_alone",
    ),
    "sign of the second term of binary cross-entropy": ("second_term_sign",),
    "diagonal of the softmax Jacobian only": ("diagonal_only", "other_activation"),
    "sum of y·p for softmax": ("jacobian_again",),
    "Jacobian multiplied in again": ("jacobian_again",),
    "transpose lost": ("matrix_transposed",),
    "last time step only": (),
    "kernel not turned": (),
    "gradient of one position only": ("part_forgotten", "one_path"),
    "gradient of a maximum spread to all": ("spread_over_inputs",),
    "mean and deviation taken for constants": (),
    "Adam without correction, t off by one, ε in the root, β swapped": (
        "correction_forgotten",
        "count_off_by_one",
        "epsilon_misplaced",
        "betas_swapped",
    ),
    "momentum without buffer, with its sign flipped, Nesterov's or classical": (
        "kept_forgotten",
        "velocity_sign",
        "other_momentum",
    ),
    "gradients not set back": ("accumulated",),
    "numeric check of the output": ("output_for_error",),
    "inner function not substituted": ("inner_not_substituted",),
    "intermediates rounded to two digits": (),
    "2λw or λw, penalized biases, coupled decay": ("factor_two", "biases_penalized", "decay_misplaced"),
}
"""What people are known to do, and its records; none where nothing of the kind is derived, or no formula is wrong."""


def test_what_people_are_known_to_do_is_in_the_table() -> None:
    assert {code for codes in KNOWN.values() for code in codes} <= BY_CODE.keys()
    assert len(KNOWN) == 53


SINE: Raw = {
    "title": {"en": "Sine"},
    "formulas": ["f = sin(x) * y"],
    "values": {"x": Decimal("1.2"), "y": Decimal("0.5")},
}
LONG_SOFTMAX: Raw = {
    "title": {"en": "Softmax, every derivative"},
    "inputs": [decimals("0.5", "-1.0")],
    "targets": [decimals("0", "1")],
    "loss": "cross_entropy",
    "learning_rate": Decimal("0.1"),
    "layer": [
        {
            "weights": [decimals("0.1", "0.2"), decimals("0.3", "-0.4")],
            "activation": "softmax",
            "bias": decimals("0.1", "0.2"),
        }
    ],
    "conventions": {"cross_entropy": "long", "train_biases": True},
}


def test_every_mistake_can_be_made_somewhere(exercise_of: Callable[[Raw], Exercise]) -> None:
    """In a shipped exercise; softmax in all its derivatives and angles are in none of them."""
    derivations = [each.evaluation.derivation for each in with_numbers().values()]
    shipped = {slip.code for each in derivations for trial in trials_of(each).trials for slip in trial.slips}
    own = {
        slip.code
        for raw in (SINE, LONG_SOFTMAX)
        for trial in trials_of(exercise_of(raw).evaluation.derivation).trials
        for slip in trial.slips
    }
    assert BY_CODE.keys() - shipped == {"diagonal_only", "degrees"}
    assert {"diagonal_only", "degrees"} <= own


# --- numbers of Mazur's network ---------------------------------------------------------------------------------------

PUBLISHED = [
    ("error_sign", "dE_total_dout_o1", "dE_total_dw5", -0.082167041),
    ("ascent", "w5_new", "w5_new", 0.441083520),
    ("slope_forgotten", "delta_o1", "dE_total_dw5", 0.439829649),
    ("difference_for_delta", "delta_o1", "dE_total_dw5", 0.439829649),
    ("slope_at_output", "dout_o1_dnet_o1", "dE_total_dw5", 0.095789770),
    ("slope_of_net", "dout_o1_dnet_o1", "dE_total_dw5", -0.051513746),
    ("half_slope", "dout_o1_dnet_o1", "dE_total_dw5", 0.330472635),
    ("half_slope", "dout_o1_dnet_o1", "dE_total_dw5", 0.109357014),
    ("exponent_sign", "out_h1", "out_h1", 0.406730008),
    ("other_slope", "dout_o1_dnet_o1", "dE_total_dw5", 0.191524055),
    ("factor_two", "dE_total_dout_o1", "dE_total_dw5", 0.164334081),
    ("square_kept", "dE_total_dout_o1", "dE_total_dw5", 0.060915774),
    ("mean_or_sum", "dE_total_dout_o1", "dE_total_dw5", 0.041083520),
    ("one_path", "dE_total_dout_h1", "dE_total_dw1", 0.000668396),
    ("one_path", "dE_total_dout_h1", "dE_total_dw1", -0.000229828),
    ("paths_multiplied", "dE_total_dout_h1", "dE_total_dw1", -0.000012732),
    ("updated_weights", "dE_total_dout_h1", "dE_total_dw1", 0.000364723),
    ("matrix_transposed", "dE_total_dout_h1", "dE_total_dw1", 0.000461551),
    ("incoming_weights", "dE_total_dout_h1", "dE_total_dw1", 0.000135734),
    ("errors_for_deltas", "dE_total_dout_h1", "dE_total_dw1", 0.002268350),
    ("slope_forgotten", "delta_h1", "dE_total_dw1", 0.001817515),
    ("local_forgotten", "dE_total_dw1", "dE_total_dw1", 0.008771355),
    ("other_source", "dE_total_dw1", "dE_total_dw1", 0.000877135),
    ("other_source", "dE_total_dw5", "dE_total_dw5", 0.082667628),
    ("parameter_for_source", "dE_total_dw5", "dE_total_dw5", 0.055399425),
    ("net_for_output", "dE_total_dw5", "dE_total_dw5", 0.052283207),
    ("input_for_hidden", "dE_total_dw5", "dE_total_dw5", 0.006924928),
    ("all_deltas", "dE_total_dw5", "dE_total_dw5", 0.059564500),
    ("bias_forgotten", "net_o1", "out_o1", 0.623846248),
    ("activation_forgotten", "net_o1", "out_o1", 0.716593201),
    ("rate_forgotten", "w5_new", "w5_new", 0.317832959),
    ("rate_squared", "w5_new", "w5_new", 0.379458240),
    ("rate_of_all", "w5_new", "w5_new", 0.158916480),
    ("change_alone", "w5_new", "w5_new", -0.041083520),
    # with biases of the layers that are trained
    ("one_path", "dE_total_db2", "dE_total_db2", 0.138498562),
    ("bias_times_activation", "dE_total_db2", "dE_total_db2", 0.059564500),
    ("not_updated", "b2_new", "b2_new", 0.60),
]


@cache
def with_conventions(name: str, **chosen: Any) -> Exercise:
    shipped = exercise(name)
    conventions = shipped.content.conventions.model_copy(update=chosen)
    return Exercise(shipped.name, shipped.path, shipped.content.model_copy(update={"conventions": conventions}))


def mazur_with_biases() -> Exercise:
    return with_conventions("mazur", train_biases=True)


@pytest.mark.parametrize(("code", "place", "at", "number"), PUBLISHED)
def test_numbers_that_are_known_from_published_questions(code: str, place: str, at: str, number: float) -> None:
    """Calculated elsewhere, from the formulas that people gave in their questions."""
    sheets = [planted(mazur_with_biases().evaluation, slip) for slip in slips_at(mazur_with_biases(), code, place)]
    assert min(abs(float(sheet.values[at]) - number) for sheet in sheets) <= 0.6e-9


@pytest.mark.parametrize(("code", "place", "at", "number"), PUBLISHED)
def test_mistakes_show_where_something_is_asked_next(code: str, place: str, at: str, number: float) -> None:
    """The same numbers where nothing else is asked, from the given values alone."""
    evaluation = mazur_with_biases().evaluation
    start = {name: float(value) for name, value in evaluation.given.items()}
    found = [
        value.item()
        for trial, value in wrong_values(evaluation.derivation, start, [at])
        if (code, place) in {(slip.code, slip.place) for slip in trial.slips}
    ]
    assert min(abs(value - number) for value in found) <= 0.6e-9


def test_the_sheet_without_a_mistake() -> None:
    """From which those numbers differ."""
    values = numbers_of(mazur_with_biases().evaluation)
    right = {"dE_total_dw5": 0.0821670406, "dE_total_dw1": 0.00043856773, "dE_total_db2": 0.10040033, "b2_new": 0.5498}
    assert {name: values[name] for name in right} == pytest.approx(right, rel=1e-4)


def recomputed() -> Mapping[tuple[str, str], Callable[[Mapping[str, float]], set[float]]]:
    """Wrong formulas written out by hand, on whatever values there are: every one of a mistake at a place."""

    def logistic(x: float) -> float:
        return 1 / (1 + math.exp(-x))

    return {
        ("bias_twice", "net_h1"): lambda v: {0.05 * v["w1"] + 0.1 * v["w2"] + 2 * v["b1"]},
        ("bias_sign", "net_h1"): lambda v: {0.05 * v["w1"] + 0.1 * v["w2"] - v["b1"]},
        ("weights_crossed", "net_h1"): lambda v: {0.05 * v["w2"] + 0.1 * v["w1"] + v["b1"]},
        ("weights_of_other_neuron", "net_h1"): lambda v: {0.05 * v["w3"] + 0.1 * v["w4"] + v["b1"]},
        ("matrix_transposed", "net_h1"): lambda v: {0.05 * v["w1"] + 0.1 * v["w3"] + v["b1"]},
        ("other_activation", "out_h1"): lambda v: {math.tanh(v["net_h1"])},
        ("logistic_brackets", "out_h1"): lambda v: {
            (1 + math.e) ** v["net_h1"],
            1 + math.exp(-v["net_h1"]),
            1 / (1 - math.exp(-v["net_h1"])),
        },
        ("factor_two", "E_o1"): lambda v: {(0.01 - v["out_o1"]) ** 2, (0.01 - v["out_o1"]) ** 2 / 4},
        ("square_forgotten", "E_o1"): lambda v: {(0.01 - v["out_o1"]) / 2},
        ("part_forgotten", "E_total"): lambda v: {v["E_o1"], v["E_o2"]},
        ("term_sign", "E_total"): lambda v: {v["E_o1"] - v["E_o2"], v["E_o2"] - v["E_o1"]},
        ("slope_sign", "dout_o1_dnet_o1"): lambda v: {-v["out_o1"] * (1 - v["out_o1"])},
        ("sign_inside", "dout_o1_dnet_o1"): lambda v: {v["out_o1"] * (1 + v["out_o1"])},
        ("slope_of_error", "dout_o1_dnet_o1"): lambda v: {(v["out_o1"] - 0.01) * (1.01 - v["out_o1"])},
        ("slope_at_output", "dout_o1_dnet_o1"): lambda v: {logistic(v["out_o1"]) * logistic(-v["out_o1"])},
        ("slope_of_other_neuron", "delta_o1"): lambda v: {(v["out_o1"] - 0.01) * v["out_o2"] * (1 - v["out_o2"])},
        ("upstream_forgotten", "delta_o1"): lambda v: {v["out_o1"] * (1 - v["out_o1"])},
        ("other_delta", "dE_total_dw7"): lambda v: {v["delta_o1"] * v["out_h1"]},
        ("matrix_transposed", "dE_total_dw7"): lambda v: {v["delta_o1"] * v["out_h2"]},
        ("weights_of_other_neuron", "dE_total_dout_h1"): lambda v: {v["delta_o1"] * v["w6"] + v["delta_o2"] * v["w8"]},
        ("weight_forgotten", "dE_total_dout_h1"): lambda v: {v["delta_o1"] + v["delta_o2"]},
        ("path_sign", "dE_total_dout_h1"): lambda v: {
            v["delta_o1"] * v["w5"] - v["delta_o2"] * v["w7"],
            v["delta_o2"] * v["w7"] - v["delta_o1"] * v["w5"],
        },
        ("gradient_of_neighbour", "w5_new"): lambda v: {
            v["w5"] - 0.5 * v["dE_total_dw4"],
            v["w5"] - 0.5 * v["dE_total_dw6"],
        },
        ("old_parameters", "net_o1_new"): lambda v: {v["w5"] * v["out_h1_new"] + v["w6"] * v["out_h2_new"] + v["b2"]},
        ("old_values", "net_o1_new"): lambda v: {v["w5_new"] * v["out_h1"] + v["w6_new"] * v["out_h2"] + v["b2"]},
        ("activation_for_weight", "dnet_o1_dout_h1"): lambda v: {v["out_h1"]},
    }


@pytest.mark.parametrize("key", recomputed())
def test_wrong_numbers_from_a_students_own_values(key: tuple[str, str]) -> None:
    """Whatever the student has got so far, right or not, is what the mistake is made with."""
    derivation = exercise("mazur").evaluation.derivation
    own = numbers_of(exercise("mazur").evaluation)
    for name in derivation.steps:
        if not name.quantity.id.startswith(("dnet", "dout", "dE_o", "dE_total_dout")):  # these are read off or between
            own[name.quantity.id] *= 1.07
    own["dE_total_dout_o1"] = own["out_o1"] - 0.01
    own["dout_o1_dnet_o1"] = own["out_o1"] * (1 - own["out_o1"])
    own |= {f"dE_o{to}_dout_h1": own[f"delta_o{to}"] * own[weight] for to, weight in ((1, "w5"), (2, "w7"))}
    found = {
        value.item()
        for trial, value in wrong_values(derivation, own)
        for slip in trial.slips
        if (slip.code, slip.place) == key
    }
    assert sorted(found) == pytest.approx(sorted(recomputed()[key](own)), rel=1e-12)


OTHERS: list[tuple[str, str, str, Callable[[Mapping[str, float]], float]]] = [
    ("optimizer-adam", "correction_forgotten", "m_hat_w1", lambda v: v["m_w1_new"]),
    ("optimizer-adam", "betas_swapped", "m_w1_new", lambda v: 0.999 * v["m_w1"] + 0.001 * v["dE_total_dw1"]),
    ("optimizer-adam", "count_off_by_one", "m_hat_w1", lambda v: v["m_w1_new"] / (1 - 0.9 ** (v["t"] + 1))),
    ("optimizer-adam", "gradient_not_squared", "v_w1_new", lambda v: 0.999 * v["v_w1"] + 0.001 * v["dE_total_dw1"]),
    ("optimizer-adam", "epsilon_misplaced", "w1_new",
     lambda v: v["w1"] - v["eta"] * v["m_hat_w1"] / math.sqrt(v["v_hat_w1"] + v["epsilon"])),
    ("optimizer-momentum", "velocity_sign", "w1_new", lambda v: v["w1"] - v["v_w1_new"]),
    ("optimizer-momentum", "kept_forgotten", "v_w1_new", lambda v: -v["eta"] * v["dE_total_dw1"]),
    ("optimizer-momentum", "other_momentum", "w1_new",
     lambda v: v["w1"] + v["mu"] * v["v_w1_new"] - v["eta"] * v["dE_total_dw1"]),
    ("optimizer-nesterov", "other_momentum", "w1_new", lambda v: v["w1"] + v["v_w1_new"]),
    ("optimizer-adamw", "decay_misplaced", "m_w1_new",
     lambda v: 0.9 * v["m_w1"] + 0.1 * (v["dE_total_dw1"] + v["lambda"] * v["w1"])),
    ("weight-decay", "factor_two", "dE_weights_dw1", lambda v: 2 * v["lambda"] * v["w1"]),
    ("weight-decay", "decay_forgotten", "dE_total_dw1", lambda v: v["dE_data_dw1"]),
    ("weight-decay", "biases_penalized", "dE_total_db1", lambda v: v["dE_data_db1"] + v["lambda"] * v["b1"]),
    ("gradient-check", "output_for_error", "quotient_w3",
     lambda v: (v["out_o1_plus_w3"] - v["out_o1_minus_w3"]) / (2 * v["h"])),
    ("softmax-4", "jacobian_again", "delta_o1",
     lambda v: v["out_o1"] * ((v["out_o1"] - v["target_o1"]) - sum(
         (v[f"out_o{k}"] - v[f"target_o{k}"]) * v[f"out_o{k}"] for k in range(1, 5)))),
    ("softmax-4", "jacobian_again", "delta_o1",
     lambda v: sum(v[f"out_o{k}"] * v[f"target_o{k}"] for k in range(1, 5)) - v["target_o1"]),
    ("softmax-4", "slope_kept", "delta_o1",
     lambda v: (v["out_o1"] - v["target_o1"]) * v["out_o1"] * (1 - v["out_o1"])),
    ("softmax-4", "base_ten", "E_o3", lambda v: -math.log10(v["out_o3"])),
    ("softmax-4", "other_activation", "out_o1", lambda v: 1 / (1 + math.exp(-v["net_o1"]))),
    ("softmax-4", "hyperbolic_secant", "dout_h1_dnet_h1", lambda v: 1 / math.cosh(v["net_h1"])),
    ("softmax-4", "slope_of_net", "dout_h1_dnet_h1", lambda v: 1 - v["net_h1"] ** 2),
    ("datacamp-relu", "wrong_side", "dout_h1_dnet_h1", lambda v: v["out_h1"]),
    ("threshold", "bias_sign", "net_h1", lambda v: v["i1"] * v["w1"] + v["i2"] * v["w2"] + v["theta1"]),
    ("threshold", "bias_twice", "net_h1", lambda v: v["i1"] * v["w1"] + v["i2"] * v["w2"] - 2 * v["theta1"]),
    ("xor-notes", "accumulated", "dE_total_dw5@s2", lambda v: v["dE_total_dw5@s1"] + v["dE_total_dw5@s2"]),
    ("cs231n-max", "spread_over_inputs", "dq2_dz", lambda v: 0.5),
    ("cs231n-product", "own_input", "df_dz", lambda v: v["z"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "code", "place", "formula"), OTHERS)
def test_numbers_of_other_exercises(
    name: str, code: str, place: str, formula: Callable[[Mapping[str, float]], float]
) -> None:
    right = numbers_of(exercise(name).evaluation)
    sheets = [planted(exercise(name).evaluation, slip) for slip in slips_at(exercise(name), code, place)]
    found = [float(sheet.values[place]) for sheet in sheets]
    assert min(abs(value - formula(right)) for value in found) <= 1e-12 * max(1, abs(formula(right)))


def test_degrees_and_one_diagonal(exercise_of: Callable[[Raw], Exercise]) -> None:
    sine, softmax = exercise_of(SINE), exercise_of(LONG_SOFTMAX)
    (slip,) = slips_at(sine, "degrees", "q1")
    assert float(planted(sine.evaluation, slip).values["q1"]) == pytest.approx(math.sin(math.radians(1.2)))
    (slip,) = slips_at(softmax, "diagonal_only", "dout_o1_dnet_o2")
    assert planted(softmax.evaluation, slip).values["dout_o1_dnet_o2"] == 0


@pytest.mark.parametrize(
    ("name", "code", "place", "at"),
    [
        ("mazur", "difference_for_delta", "delta_o1", "dE_total_dw5"),
        ("mazur", "other_delta", "dE_total_dw7", "dE_total_dw7"),
        ("mazur", "all_deltas", "dE_total_dw5", "dE_total_dw5"),
        ("mazur", "errors_for_deltas", "dE_total_dout_h1", "dE_total_dw1"),
        ("mazur", "updated_weights", "dE_total_dout_h1", "dE_total_dw1"),
        ("mazur", "slope_of_other_neuron", "delta_h1", "dE_total_dw1"),
        ("softmax-4", "jacobian_again", "delta_o1", "dE_total_dw31"),
        ("softmax-4", "slope_kept", "delta_o1", "dE_total_dw31"),
    ],
)
def test_a_delta_that_points_downhill_changes_no_gradient(name: str, code: str, place: str, at: str) -> None:
    """Whether δ is ∂E/∂net or its negative, the same mistake gives the same wrong derivative by a weight."""
    up, down = exercise(name), with_conventions(name, delta="descent")
    wrong = [[planted(of.evaluation, slip).values[at] for slip in slips_at(of, code, place)] for of in (up, down)]
    assert [float(value) for value in wrong[0]] == pytest.approx([float(value) for value in wrong[1]], rel=1e-12)
    assert wrong[0]


# --- places and numbers -----------------------------------------------------------------------------------------------


def test_a_planted_mistake_changes_its_step_and_what_follows_from_it() -> None:
    """And nothing before it; each later step is right, given what came out."""
    evaluation = exercise("mazur").evaluation
    order = [step.quantity.id for step in evaluation.derivation.steps]
    made = {slip for trial in trials_of(evaluation.derivation).trials for slip in trial.slips}
    for slip in sorted(made, key=lambda slip: (order.index(slip.place), slip.code, str(slip.wrong)))[::9]:
        sheet = planted(evaluation, slip)
        at = order.index(slip.place)
        assert all(sheet.values[name] == evaluation.values[name] for name in order[:at])
        assert sheet.values[slip.place] != evaluation.values[slip.place]
        honest = trials_of(evaluation.derivation).completed(
            {name: float(value) for name, value in sheet.values.items() if name not in order[at + 1 :]}
        )
        assert {name: float(sheet.values[name]) for name in order} == pytest.approx(
            {name: honest[name].item() for name in order}, rel=1e-9
        )


@pytest.mark.parametrize("name", ["mazur", "weight-decay", "demofox-3", "cs231n-staged", "optimizer-adam"])
def test_a_trial_is_what_stands_on_the_sheet(name: str) -> None:
    """At every asked quantity where a mistake shows first, also where it was made at a step that is not asked."""
    evaluation, names = exercise(name).evaluation, asked_in(exercise(name))
    found = wrong_values(evaluation.derivation, numbers_of(evaluation), names)
    for trial, value in found[:: max(1, len(found) // 25)]:
        for slip in trial.slips:
            sheet = planted(evaluation, slip)
            assert value.item() == pytest.approx(float(sheet.values[trial.quantity]), rel=1e-9, abs=1e-13)


def test_a_class_at_once() -> None:
    """Each student's row is what the student alone would get; blank answers follow from the ones before."""
    evaluation = exercise("mazur").evaluation
    right, names = numbers_of(evaluation), asked_in(exercise("mazur"))
    drawn = np.random.default_rng(1)
    own = {name: value * drawn.uniform(0.9, 1.1, 5) for name, value in right.items()}
    own["delta_o1"][2] = own["w5_new"][2] = np.nan
    together = wrong_values(evaluation.derivation, own, names)
    for student in range(5):
        alone = wrong_values(evaluation.derivation, {name: row[student] for name, row in own.items()}, names)
        np.testing.assert_array_equal([row[student] for _, row in together], [row[0] for _, row in alone])
    assert all(np.isfinite(row).all() for _, row in together)


def test_what_is_not_asked_is_not_looked_at() -> None:
    """A factor that the sheet does not ask for follows from the student's own answers."""
    evaluation = exercise("mazur").evaluation
    right, names = numbers_of(evaluation), asked_in(exercise("mazur"))
    own = {name: right[name] * (1.1 if name in names else 1) for name in (*names, *evaluation.given)}
    found = wrong_values(evaluation.derivation, {**right, **own}, names)
    expected = wrong_values(evaluation.derivation, own, names)
    np.testing.assert_array_equal([row for _, row in found], [row for _, row in expected])


def trial_of(derivation: Derivation, quantity: str, code: str) -> list[Trial]:
    return [
        trial
        for trial in trials_of(derivation).trials
        if trial.quantity == quantity and code in {slip.code for slip in trial.slips}
    ]


def test_what_no_number_tells_apart_is_one_of_several() -> None:
    """Without the derivative of the activation, or with the short delta of cross-entropy: out − target both times."""
    derivation = exercise("mazur").evaluation.derivation
    (trial,) = trial_of(derivation, "delta_o1", "slope_forgotten")
    assert {slip.code for slip in trial.slips} == {"slope_forgotten", "difference_for_delta"}
    (trial,) = trial_of(derivation, "E_o1", "square_forgotten")
    assert len(trial.slips) == 1


def test_a_factor_of_one_cannot_be_forgotten() -> None:
    """The identity has no derivative that anyone would miss."""
    derivation = exercise("cs231n-vector").evaluation.derivation
    assert slips_at(exercise("cs231n-vector"), "slope_forgotten", "delta_o1")
    assert not trial_of(derivation, "delta_o1", "slope_forgotten")


@pytest.mark.parametrize("name", with_numbers())
def test_trials_of_shipped_exercises(name: str) -> None:
    """There is something to get wrong at most steps, and hardly any wrong formula without a value, such as ln 0."""
    evaluation = exercise(name).evaluation
    derivation = evaluation.derivation
    found = wrong_values(derivation, numbers_of(evaluation))
    places = {slip.place for trial, _ in found for slip in trial.slips}
    assert len(places) >= 0.75 * len(derivation.steps)
    assert sum(not np.isfinite(values).all() for _, values in found) <= 0.05 * len(found)


# --- any network ------------------------------------------------------------------------------------------------------


@settings(max_examples=20)
@given(data=st.data())
def test_wrong_formulas_of_random_networks(
    data: st.DataObject, contents: st.SearchStrategy[Raw], exercise_of: Callable[[Raw], Exercise]
) -> None:
    """Each is in given values and earlier quantities, and shows at its own step where every step is asked."""
    of = exercise_of(data.draw(contents))
    derivation = of.derivation(of.training.batch)
    order = {step.quantity.id: number for number, step in enumerate(derivation.steps)}
    given_names = {
        symbol.name for step in derivation.steps for symbol in step.expression.free_symbols if symbol.name not in order
    }
    slips = slips_of(derivation)
    assert slips
    for slip in slips:
        used = {symbol.name for symbol in slip.wrong.free_symbols}
        assert used <= given_names | {name for name, number in order.items() if number < order[slip.place]}
    trials = trials_of(derivation)
    drawn = np.random.default_rng(7)
    values = trials.completed({name: drawn.uniform(0.1, 0.9, 7) for name in given_names})
    for trial, row in zip(trials.trials, trials.values(values), strict=True):
        assert row.shape == (7,)
        assert trial.slips
        assert all(slip.place == trial.quantity for slip in trial.slips)
