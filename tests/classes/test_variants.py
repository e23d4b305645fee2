"""Variants of an exercise: drawn alike on every machine, fit for a pencil, of one pattern, and all different."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from decimal import Decimal
from hashlib import sha256
from itertools import islice
from math import exp
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from derive import resources
from derive.authoring.exercise import Exercise
from derive.authoring.reading import checked
from derive.authoring.typed_values import typed, with_values
from derive.authoring.vary import Choices, choices_of
from derive.classes.variants.candidate import Candidate, Frame
from derive.classes.variants.constraints import CONSTRAINTS, failure
from derive.classes.variants.drawing import Stream
from derive.classes.variants.generation import Variant, variants
from derive.classes.variants.pattern import Pattern
from derive.classes.variants.sieve import Sieve
from derive.numbers.evaluation import Evaluation, Rounding
from derive.sheet.build import Options, rounding
from derive.words.errors import AuthorError, PencilgradError, RefusedError
from tests.shipped import load, series

Raw = dict[str, Any]
ExerciseOf = Callable[[Raw], Exercise]


def numbers_of(exercise: Exercise, **options: Any) -> Rounding:
    return rounding(exercise, Options(**options))


def drawn(exercise: Exercise, count: int, seed: int = 1, **options: Any) -> list[Variant]:
    """The first variants of a seed."""
    return list(islice(series(exercise, seed, **options).variants(), count))


def neuron(**settings: Any) -> Raw:
    """One neuron with one input, which everything can be set of."""
    raw: Raw = {
        "title": {"en": "Small"},
        "inputs": [Decimal("0.5")],
        "targets": [Decimal("0.9")],
        "learning_rate": Decimal("0.1"),
        "layer": [{"weights": [[Decimal("0.75")]], "bias": Decimal("0.25"), "activation": "logistic"}],
        "conventions": {"train_biases": True},
    }
    return {**raw, **settings}


def table(text: str) -> Raw:
    """A table of TOML, its numbers with the digits that are typed."""
    return tomllib.loads(text, parse_float=Decimal)


def frame_of(exercise: Exercise, **options: Any) -> Frame:
    return Frame(exercise, numbers_of(exercise, **options), exercise.content.sheet.detail)


# the algorithm


def test_an_index_is_the_documented_function_of_the_message() -> None:
    """Computed here from its description."""
    message = b"pencilgrad/7/12/w5/0"
    expected = int(sha256(message).hexdigest(), 16) % 41
    assert Stream(7).index(12, "w5", 41) == expected


def test_a_number_that_would_favour_some_choices_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a digest beyond the last multiple of the count, the next attempt decides."""
    asked: list[bytes] = []

    class Digest:
        def __init__(self, message: bytes) -> None:
            asked.append(message)

        def digest(self) -> bytes:
            return b"\xff" * 32 if len(asked) == 1 else (5).to_bytes(32, "big")

    monkeypatch.setattr("derive.classes.variants.drawing.sha256", Digest)
    assert Stream(0).index(1, "x", 3) == 2  # 2**256 % 3 == 1, so the largest number is one too many
    assert asked == [b"pencilgrad/0/1/x/0", b"pencilgrad/0/1/x/1"]


def test_every_choice_is_as_likely_as_another() -> None:
    """Over 7,000 draws no choice of seven is off by more than four standard deviations."""
    counts = [0] * 7
    for draw in range(7000):
        counts[Stream(3).index(draw, "w1", 7)] += 1
    assert all(abs(count - 1000) < 4 * (1000 * 6 / 7) ** 0.5 for count in counts)


@pytest.mark.parametrize(
    ("low", "high", "step", "expected"),
    [
        ("0.1", "0.3", "0.1", ["0.1", "0.2", "0.3"]),
        ("0.10", "0.30", "0.10", ["0.10", "0.20", "0.30"]),
        ("0.1", "0.2", "0.05", ["0.10", "0.15", "0.20"]),
        ("-0.1", "0.1", "0.1", ["-0.1", "0.1"]),
        ("0", "2", "1", ["1", "2"]),
        ("-3", "-1", "1", ["-3", "-2", "-1"]),
    ],
)
def test_choices_have_the_decimals_of_the_step_and_no_zero(low: str, high: str, step: str, expected: list[str]) -> None:
    """In rising order."""
    choices = Choices.between(Decimal(low), Decimal(high), Decimal(step))
    assert [str(choices[index]) for index in range(len(choices))] == expected
    assert all(Decimal(text) in choices for text in expected)
    assert Decimal(0) not in choices
    assert Decimal(high) + Decimal(step) not in choices
    turned = choices.negative()
    assert [str(-turned[index]) for index in reversed(range(len(turned)))] == expected


def test_whole_numbers_targets_and_settings_stay_without_a_table(exercise_of: ExerciseOf) -> None:
    """Inputs, weights and biases vary, each around its own size, in steps of its last decimal."""
    exercise = load("ehlert-bias")
    assert exercise.content.vary is None
    choices = choices_of(exercise)
    assert set(choices) == set(typed(exercise)) - {"target_o1", "target_o2", "eta"}
    assert [str(choices["w1"][index]) for index in (0, -1 + len(choices["w1"]))] == ["0.08", "0.22"]
    assert set(choices_of(exercise_of(neuron(inputs=[1])))) == {"w1", "b1"}


# the values of a file


@pytest.mark.parametrize("name", ["mazur", "threshold", "xor-momentum", "brownlee", "two-groups", "cs231n-max"])
def test_an_exercise_with_its_own_values_is_itself(name: str) -> None:
    """Shared biases, thresholds, samples and formulas find their places."""
    exercise = load(name)
    derivation = exercise.evaluation.derivation
    same = with_values(exercise, {})
    assert same.evaluation.given == exercise.evaluation.given
    assert same.evaluation.values == exercise.evaluation.values
    assert same.evaluation.derivation is derivation


def test_layers_that_are_repeated_are_written_out(exercise_of: ExerciseOf) -> None:
    """Each copy has weights of its own."""
    layer = {"weights": [[Decimal("0.5")]], "activation": "tanh"}
    exercise = exercise_of(neuron(layer=[{**layer, "copies": 2}, layer], conventions={}))
    changed = with_values(exercise, {"w2": Decimal("0.7")})
    assert changed.evaluation.given["w1"] == Decimal("0.5")
    assert changed.evaluation.given["w2"] == Decimal("0.7")


def test_values_of_one_compiled_function_are_those_of_the_evaluation(mazur: Exercise) -> None:
    """To the last of 50 digits."""
    (variant,) = drawn(mazur, 1)
    alone = Evaluation(variant.evaluation.derivation, variant.evaluation.given)
    assert variant.evaluation.values == alone.values
    assert variant.exercise.evaluation is variant.evaluation


# constraints

RELU = [
    {"weights": [[Decimal("0.75")]], "bias": Decimal("0.25"), "activation": "relu"},
    {"weights": [[Decimal("0.75")]], "bias": Decimal("0.25"), "activation": "identity"},
]


@pytest.mark.parametrize(
    ("code", "values", "settings", "options"),
    [
        ("variant_saturated", {"w1": "9.75"}, {}, {}),
        ("variant_saturated", {"w1": "6.1"}, {"activation": "tanh"}, {}),
        ("variant_dead", {"w1": "-0.75"}, {"layer": RELU}, {}),
        ("variant_kink", {"w1": "-0.4999123"}, {"layer": RELU}, {"figures": 3}),
        ("variant_vanishing", {"target_o1": "0.6", "eta": "0.9"}, {}, {"digits": 4}),
        ("variant_error", {"eta": "3.0"}, {"activation": "identity"}, {}),
    ],
)
def test_each_constraint_finds_what_it_is_for(
    exercise_of: ExerciseOf, code: str, values: dict[str, str], settings: Raw, options: Raw
) -> None:
    """The file's own numbers fulfil all of them; the changed ones violate just this one."""
    raw = neuron()
    if "activation" in settings:
        raw["layer"][0]["activation"] = settings["activation"]
    exercise = exercise_of({**raw, **{key: value for key, value in settings.items() if key != "activation"}})
    frame = frame_of(exercise, **options)
    assert failure(frame.candidate(0, {})) is None
    candidate = frame.candidate(1, {name: Decimal(number) for name, number in values.items()})
    assert [constraint.code for constraint in CONSTRAINTS if constraint.offender(candidate)] == [code]


def test_an_error_that_rises_in_the_file_rises_in_every_variant() -> None:
    """The exercise on a learning rate that is too large stays one."""
    exercise = load("one-weight")
    for variant in drawn(exercise, 5):
        assert variant.evaluation["E_total_new"] > variant.evaluation["E_total"]


@pytest.mark.parametrize(
    ("code", "values"),
    [("pattern", {"w1": "12.75"}), ("pattern", {"w1": "-0.75"}), ("branch", {"w2": "-0.75"})],
)
def test_another_pattern_is_told(exercise_of: ExerciseOf, code: str, values: dict[str, str]) -> None:
    """A longer number, another sign, or another neuron that is off."""
    layers = [{"weights": [[Decimal("0.75")], [Decimal("0.25")]], "activation": "leaky_relu"}, RELU[1]]
    layers[1] = {**RELU[1], "weights": [[Decimal("0.75"), Decimal("0.5")]]}
    frame = frame_of(exercise_of(neuron(layer=layers)))
    own, other = (
        Pattern.of(frame.candidate(0, {name: Decimal(text) for name, text in changed.items()}))
        for changed in ({}, values)
    )
    assert own.branch_offender(own) == own.digit_offender(own) == ""
    assert own.digit_offender(other)
    assert code == "pattern" or own.branch_offender(other)


# sets


def test_variants_of_a_set_are_alike_and_all_different(mazur: Exercise) -> None:
    """Of 60: one pattern; no two with the same error before or after the update, or with all answers the same."""
    found = drawn(mazur, 60)
    assert [variant.number for variant in found] == list(range(1, 61))
    assert len({variant.filling.pattern for variant in found}) == 1
    for name in ("E_total", "E_total_new"):
        assert len({variant.numbers[name] for variant in found}) == 60
    assert len({tuple(variant.drawn.values()) for variant in found}) == 60


def test_a_set_looks_like_the_file_where_that_can_be() -> None:
    """Its variants have the signs and digits of the numbers that the author typed."""
    exercise = load("ehlert-bias")
    own = Pattern.of(frame_of(exercise).candidate(0, {}))
    assert drawn(exercise, 1)[0].filling.pattern == own.whole


def test_numbers_of_mazur_are_those_of_plain_python(mazur: Exercise) -> None:
    """Forward and backward pass written out, in doubles."""
    for variant in drawn(mazur, 10):
        v = {name: float(value) for name, value in variant.evaluation.given.items()}
        h1 = 1 / (1 + exp(-(v["w1"] * v["i1"] + v["w2"] * v["i2"] + v["b1"])))
        h2 = 1 / (1 + exp(-(v["w3"] * v["i1"] + v["w4"] * v["i2"] + v["b1"])))
        o1 = 1 / (1 + exp(-(v["w5"] * h1 + v["w6"] * h2 + v["b2"])))
        o2 = 1 / (1 + exp(-(v["w7"] * h1 + v["w8"] * h2 + v["b2"])))
        d1, d2 = (o1 - v["target_o1"]) * o1 * (1 - o1), (o2 - v["target_o2"]) * o2 * (1 - o2)
        expected = {
            "E_total": ((v["target_o1"] - o1) ** 2 + (v["target_o2"] - o2) ** 2) / 2,
            "w5_new": v["w5"] - v["eta"] * d1 * h1,
            "w1_new": v["w1"] - v["eta"] * (d1 * v["w5"] + d2 * v["w7"]) * h1 * (1 - h1) * v["i1"],
        }
        for name, value in expected.items():
            assert float(variant.evaluation[name]) == pytest.approx(value, rel=1e-12)
            (number,) = [variant.filling.digits[name]]
            assert float(number) == pytest.approx(value, abs=0.5e-6)


GOLDEN = {
    "draw": 72,
    "i1": "0.22",
    "i2": "0.23",
    "w1": "0.28",
    "w2": "0.47",
    "w3": "0.71",
    "w4": "0.34",
    "w5": "0.75",
    "w6": "0.65",
    "w7": "0.86",
    "w8": "0.46",
    "b1": "0.22",
    "b2": "0.73",
}


def test_the_same_seed_gives_the_same_numbers_for_ever(mazur: Exercise) -> None:
    """The second variant of seed 1, and the draw that it is."""
    variant = drawn(mazur, 2)[1]
    assert {"draw": variant.draw, **{name: str(value) for name, value in variant.drawn.items()}} == GOLDEN
    assert drawn(mazur, 1, seed=2)[0].drawn != drawn(mazur, 1)[0].drawn


@pytest.mark.parametrize("name", ["mazur", pytest.param("deep-three", marks=pytest.mark.slow)])
def test_another_process_draws_the_same(name: str) -> None:
    """With hashes of its own."""
    script = (
        "from itertools import islice; from derive.authoring.reading import load; "
        "from derive.sheet.build import Options, rounding; "
        "from derive.classes.variants.generation import variants; "
        f"exercise = load({name!r}); found = variants(exercise, rounding(exercise, Options()), 5, 'quantities'); "
        "print([(variant.draw, str(variant.drawn)) for variant in islice(found, 3)])"
    )
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    command, environment = [sys.executable, "-c", script], {**os.environ, "PYTHONHASHSEED": seed}
    other = subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout
    exercise = load(name)
    found = islice(variants(exercise, numbers_of(exercise), 5, "quantities"), 3)
    assert other.strip() == str([(variant.draw, str(variant.drawn)) for variant in found])


@pytest.mark.parametrize(
    "name",
    [
        *("mazur", "cs231n-max"),
        *(
            pytest.param(name, marks=pytest.mark.slow)
            for name in ("hmkcode", "two-two-one-half", "optimizer-adam", "datacamp-deep", "xor-momentum")
        ),
    ],
)
def test_the_sieve_throws_out_only_what_fails(name: str) -> None:
    """Of 150 draws: those that it throws out would fail with 50 digits too."""
    exercise = load(name)
    frame = frame_of(exercise)
    (variant,) = drawn(exercise, 1)
    pattern = Pattern.of(frame.candidate(variant.draw, variant.drawn))
    choices = choices_of(exercise)
    own = {key for key, value in variant.drawn.items() if value < 0}
    choices = {key: choice.negative() if key in own and choice.signs else choice for key, choice in choices.items()}
    thrown = 0
    for draw, values, failed in islice(Sieve(frame, pattern).sifted(Stream(9), choices), 150):
        if failed:
            thrown += 1
            candidate = frame.candidate(draw, values)
            assert failure(candidate) or pattern.key != Pattern.of(candidate).key
    assert thrown


QUICK = ("mazur", "cs231n-staged", "datacamp-slopes", "optimizer-adam")


REFUSED = {
    "deep-symbolic": "is in symbols",
    "udacity-a": "is in symbols",
    "cs231n-neuron": "has fewer than 3 significant digits as printed",
}


@pytest.mark.parametrize("name", [name for name in sorted(resources.exercises()) if name in (*QUICK, *REFUSED)])
def test_every_shipped_exercise_has_variants_or_says_why_not(name: str) -> None:
    """Three, of one pattern unless the file leaves that free, or a sentence; twenty of all in ``test_separable``."""
    exercise = load(name)
    if name in REFUSED:
        with pytest.raises(PencilgradError, match=REFUSED[name]):
            drawn(exercise, 1)
        return
    found = drawn(exercise, 3)
    assert len(found) == 3
    table = exercise.content.vary
    is_free = table is not None and table.pattern == "free"
    assert len({variant.filling.pattern for variant in found}) == 1 or is_free


def test_more_digits_help_where_an_answer_would_vanish() -> None:
    """The neuron of the lecture has answers such as 0.73."""
    assert len(drawn(load("cs231n-neuron"), 3, digits=5)) == 3


# refusals


def test_a_set_ends_when_there_is_nothing_left_to_draw(exercise_of: ExerciseOf) -> None:
    """What was found before has been handed out; the sentence says what failed most often, and how often."""
    exercise = exercise_of(neuron(vary=table("w1 = { from = 0.70, to = 0.80, step = 0.05 }")))
    found = variants(exercise, numbers_of(exercise), 1, "quantities")
    assert len({next(found).drawn["w1"] for _ in range(3)}) == 3
    with pytest.raises(
        RefusedError,
        match=r"no variant number 4 was found in \d+ draws: \d+ failed because .* is that of an earlier variant",
    ):
        next(found)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"vary": table("w1 = { from = 20.0, to = 30.0, step = 0.5 }")}, "hardly any slope left"),
        (
            {"layer": RELU[1:], "vary": table("eta = { from = 3.0, to = 9.0, step = 0.5 }")},
            "in the direction in which it should",
        ),
        (
            {"layer": RELU, "vary": table("w1 = { from = -9.0, to = -1.0, step = 0.5 }")},
            "all neurons of a layer are off",
        ),
        ({"inputs": [1], "layer": [{"weights": [[1]], "bias": 1}]}, "has no value that could vary"),
        (
            {
                "layer": [{"weights": [[Decimal("0.75")]], "bias": Decimal("0.25"), "activation": "identity"}],
                "loss": "binary_cross_entropy",
                "vary": table("w1 = { from = 9.0, to = 19.0, step = 0.5 }"),
            },
            "a formula has no value there",
        ),
    ],
)
def test_where_no_variant_can_be_the_reason_is_told(exercise_of: ExerciseOf, settings: Raw, words: str) -> None:
    """With the constraint that failed most often."""
    exercise = exercise_of(neuron(**settings))
    with pytest.raises(PencilgradError, match=words):
        next(variants(exercise, numbers_of(exercise), 1, "quantities"))


def test_a_large_network_is_refused() -> None:
    """Its weights have no names."""
    layers = [{"units": 300, "copies": 2}, {"units": 1}]
    exercise = checked(
        {**neuron(layer=layers, conventions={}), "seed": 1, "inputs": 100, "targets": [1]}, Path("large.toml")
    )
    with pytest.raises(AuthorError, match="variants are drawn of networks with at most"):
        next(variants(exercise, Rounding(), 1, "quantities"))


# the table


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("w7 = { from = 0.1, to = 0.5, step = 0.1 }", r"names nothing that can vary here \(did you mean 'w1'\?\)"),
        ("weight = 'fixed'", r"did you mean 'weights'"),
        ("values = 'fixed'", "this exercise has no values that could vary; it has inputs, targets, weights, biases"),
        ("w1 = { from = 0.5, to = 0.1, step = 0.1 }", "runs from 0.5 down to 0.1; begin with the smaller"),
        ("w1 = { from = 0.15, to = 0.35, step = 0.1 }", "has more decimals than the step 0.1; write the step"),
        ("w1 = { from = 0.1, to = 0.5, step = 0.3 }", "steps of 0.3 do not lead from 0.1 to 0.5"),
        ("w1 = { from = 0.1, to = 0.1, step = 0.1 }", r"leaves one choice between 0.1 and 0.1 \(0 is never drawn\)"),
        ("w1 = { from = 0, to = 1, step = 1 }", "leaves one choice between 0 and 1"),
        ("w1 = { from = 0.1, to = 0.5, step = 0 }", "step: is the number 0; expected a number greater than 0"),
        ("w1 = { from = 0.1, to = 0.5 }", "step: is missing"),
        ("w1 = { form = 0.1, to = 0.5, step = 0.1 }", r"unknown key \(did you mean 'from'\?\)"),
        ("w1 = { to = 0.5, step = 0.1 }", "from: is missing"),
        ("w1 = 'fix'", "is the text 'fix'; expected \"fixed\", or a table such as"),
        ("weights = 3", 'is the number 3; expected "fixed", or a table'),
        ("w1 = { from = -0.5, to = 0.5, step = 0.1, signs = true }", "has signs = true, which turns sizes round"),
        ("eta = { from = 0, to = 0.5, step = 0.1 }", "could make the learning rate negative or 0"),
        ("learning_rate = { from = 0.1, to = 0.5, step = 0.1, signs = true }", "keep it greater than 0, without signs"),
        ("pattern = 'fee'", r"unknown name 'fee' \(did you mean 'free'\?\)"),
        ("w1 = { from = 1e99, to = 2e99, step = 1e-99 }", "too large, too small or too long"),
    ],
)
def test_what_is_wrong_with_a_table_is_told(exercise_of: ExerciseOf, text: str, words: str) -> None:
    """One sentence each."""
    with pytest.raises(AuthorError, match=words):
        exercise_of(neuron(vary=table(text)))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"loss": "binary_cross_entropy"}, "could draw a target outside 0 to 1"),
        ({"loss": "cross_entropy", "targets": [1]}, "draws targets one by one"),
        ({"loss": "squared_norm"}, "this exercise has no targets that could vary"),
    ],
)
def test_targets_that_a_loss_has_no_use_for_are_told(exercise_of: ExerciseOf, changes: Raw, words: str) -> None:
    raw = neuron(**changes, vary=table("targets = { from = 0.5, to = 1.5, step = 0.5 }"))
    if changes["loss"] == "squared_norm":
        del raw["targets"]
    with pytest.raises(AuthorError, match=words):
        exercise_of(raw)


def test_a_sheet_in_symbols_has_nothing_that_varies(exercise_of: ExerciseOf) -> None:
    with pytest.raises(AuthorError, match="is in symbols, so it has no numbers that could vary"):
        exercise_of({"title": {"en": "S"}, "inputs": 2, "layer": [{"units": 1}], "vary": table("w1 = 'fixed'")})


def test_a_single_value_wins_over_its_group_and_samples_have_numbers() -> None:
    """Of the truth table of XOR, only what is named varies."""
    raw = tomllib.loads(resources.exercises()["xor-notes"].read_text(encoding="utf-8"), parse_float=Decimal)
    raw["vary"] = table(
        "weights = { from = 0.10, to = 0.90, step = 0.05 }\nw3 = 'fixed'\n\"i1@s2\" = { from = 1, to = 3, step = 1 }"
    )
    choices = choices_of(checked(raw, Path("x.toml")))
    assert set(choices) == {f"w{number}" for number in range(1, 13)} - {"w3"} | {"i1@s2"}
    assert len(choices["i1@s2"]) == 3


def test_a_pattern_alone_leaves_the_ranges_as_they_are(exercise_of: ExerciseOf) -> None:
    """As if there were no table."""
    assert choices_of(exercise_of(neuron(vary={"pattern": "free"}))) == choices_of(exercise_of(neuron()))


def test_numbers_may_be_of_unequal_length_if_the_author_insists(exercise_of: ExerciseOf) -> None:
    """9.5 and 10.5, which a set of one pattern would not have both."""
    vary = "i1 = { from = 0.1, to = 40.1, step = 0.5 }\nw1 = { from = 0.01, to = 0.05, step = 0.01 }"
    lengths = [
        {len(str(variant.drawn["i1"])) for variant in drawn(exercise_of(neuron(vary=table(text))), 40)}
        for text in (vary, f"pattern = 'free'\n{vary}")
    ]
    assert [len(found) for found in lengths] == [1, 2]


def test_signs_are_those_of_a_whole_set(exercise_of: ExerciseOf) -> None:
    """Those of the file where it has variants with them; sizes vary on both sides of 0."""
    exercise = load("single-neuron")
    own = typed(exercise)
    for variant in drawn(exercise, 3):
        assert all((value < 0) == (own[name] < 0) for name, value in variant.drawn.items())
    saturated = neuron(inputs=[Decimal("0.25")], vary=table("b1 = { from = 4.6, to = 4.9, step = 0.1, signs = true }"))
    saturated["layer"] = [{"weights": [[Decimal("3.5")]], "bias": Decimal("-4.7"), "activation": "logistic"}]
    assert all(variant.drawn["b1"] < 0 for variant in drawn(exercise_of(saturated), 2))
    saturated["layer"] = [{"weights": [[Decimal("3.5")]], "bias": Decimal("4.7"), "activation": "logistic"}]
    assert all(variant.drawn["b1"] < 0 for variant in drawn(exercise_of(saturated), 2))


def _ranges() -> st.SearchStrategy[dict[str, Any]]:
    number = st.integers(-30, 30).map(lambda tenths: Decimal(tenths).scaleb(-1))
    step = st.sampled_from([Decimal("0.1"), Decimal("0.5"), Decimal("0.05"), Decimal(1), Decimal("0.3"), Decimal(-1)])
    return st.fixed_dictionaries({"from": number, "to": number, "step": step}, optional={"signs": st.booleans()})


KEYS = ("inputs", "targets", "weights", "biases", "learning_rate", "w1", "w9", "b1", "i1", "eta", "target_o1", "x")


@settings(max_examples=40)
@given(
    vary=st.dictionaries(st.sampled_from(KEYS), st.one_of(st.just("fixed"), _ranges()), max_size=4),
    activation=st.sampled_from(["logistic", "tanh", "relu", "identity", "softplus"]),
    pattern=st.sampled_from(["same", "free"]),
    seed=st.integers(0, 2**64),
)
def test_any_table_gives_variants_or_a_sentence(vary: Raw, activation: str, pattern: str, seed: int) -> None:
    """Those that it gives are drawn from the ranges, alike, and different."""
    raw = neuron(vary={**vary, "pattern": pattern})
    raw["layer"][0]["activation"] = activation
    try:
        exercise = checked(raw, Path("random.toml"))
        found = drawn(exercise, 3, seed=seed)
    except PencilgradError as error:
        said = str(error)
        event(said.partition("because")[2] or "a table that does not fit")
        return
    assert len({variant.numbers["E_total"] for variant in found}) == 3
    assert pattern == "free" or len({variant.filling.pattern for variant in found}) == 1
    for variant in found:
        assert failure(Candidate(frame_of(exercise), 0, {}, variant.exercise)) is None
        assert 0 not in variant.drawn.values()
