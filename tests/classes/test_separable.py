"""Variants in which known mistakes can be told from right answers, and from each other."""

from __future__ import annotations

import csv
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from io import StringIO
from itertools import combinations, islice
from typing import Any

import numpy as np
import pytest
from mpmath import isfinite, mpc, mpf, workdps
from sympy import Expr, Symbol

from derive import resources
from derive.api.class_sets import notes_on_mistakes
from derive.authoring.exercise import Exercise
from derive.authoring.typed_values import with_values
from derive.classes.class_set.marking import mistakes_csv
from derive.classes.variants.drawing import PILOT, Stream
from derive.classes.variants.generation import Series, Variant
from derive.classes.variants.separation import Measured, Separation, Trace
from derive.mistakes.slips import Slip
from derive.model.quantities import quantity_named
from derive.numbers.compiled import function
from derive.numbers.evaluation import WORKING, decimal_of, printed_rounding
from derive.numbers.intervals.arrays import IntervalArray
from derive.numbers.intervals.reach import Given, Reach
from derive.sheet.build import Options, edition
from derive.words.errors import PencilgradError
from derive.words.languages import language
from tests import shipped
from tests.shipped import load

Raw = dict[str, Any]
ExerciseOf = Callable[[Raw], Exercise]


def series(exercise: Exercise, seed: int = 1, detail: str | None = None, **options: Any) -> Series:
    """How the variants of a seed are drawn."""
    return shipped.series(exercise, seed, detail, **options)


def fit_draws(found: Series, count: int, seed: int | str = PILOT) -> list[Given]:
    """What stands on the sheets of draws that the sieve leaves."""
    draws = islice(found.sieve.sifted(Stream(seed), found.choices), 10_000)
    fit = (drawn for _, drawn, failed in draws if failed is None)
    return [with_values(found.frame.exercise, drawn).evaluation.given for drawn in islice(fit, count)]


def measured(found: Series, given: Sequence[Given]) -> Measured:
    (all_of_them,) = found.frame.separation.measured(given)
    return all_of_them


# another way to the same: mistakes at 50 digits, as they are printed


class Hand:
    """Writes down what somebody comes to who makes one mistake, question by question."""

    def __init__(self, separation: Separation, slip: Slip) -> None:
        asked, moved = set(separation.asked), dict[Symbol, Symbol]()
        assignments: list[tuple[Symbol, Expr]] = []
        self.names: list[str] = []
        for step in separation.derivation.steps:
            name = step.quantity.id
            if name != slip.place and not step.expression.free_symbols & moved.keys():
                continue
            wrong = slip.wrong if name == slip.place else step.expression.xreplace(moved)
            goal = Symbol(f"wrong {name}", real=True)
            assignments.append((goal, wrong))
            if name in asked:
                self.names.append(name)
            else:
                moved[step.quantity.symbol] = goal
        own = {goal for goal, _ in assignments}
        symbols = {symbol for _, wrong in assignments for symbol in wrong.free_symbols} - own
        self.known = sorted(str(symbol.name) for symbol in symbols)
        goals = [Symbol(f"wrong {name}", real=True) for name in self.names]
        self.formula = function(assignments, [Symbol(name, real=True) for name in self.known], goals, "mpmath")

    def answers(self, values: Mapping[str, mpf]) -> dict[str, mpf]:
        """Where the mistake shows; nothing where the result is not real, as with the logarithm of a negative number."""
        try:
            with workdps(WORKING):
                found = self.formula(*(values[name] for name in self.known))
                numbers = {name: mpc(value) for name, value in zip(self.names, found, strict=True)}
                return {name: value.real for name, value in numbers.items() if isfinite(value) and value.imag == 0}
        except (ArithmeticError, TypeError, ValueError):
            return {}


def written(separation: Separation, answers: Mapping[str, mpf]) -> dict[str, Decimal]:
    """The answers with as many digits as the sheet asks for."""
    return {
        name: printed_rounding(quantity_named(name), separation.rounding, separation.carry).rounded(decimal_of(value))
        for name, value in answers.items()
    }


def demanded(found: Series) -> list[Trace]:
    return [found.demands.separation.traces[number] for number in found.demands.seen]


def identical(found: Series) -> set[tuple[Trace, Trace]]:
    """Every two that no draw of the pilot tells apart."""
    traces = found.demands.separation.traces
    pairs = (divmod(code, len(traces)) for code in found.demands.never_told.tolist())
    return {(traces[first], traces[second]) for first, second in pairs}


QUICK = ("mazur", "cs231n-max")
_MOST = 250  # mistakes of an exercise that are tried


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow) for name in sorted(resources.exercises())],
)
def test_no_demanded_mistake_comes_to_a_right_answer(name: str) -> None:
    """In 20 variants of a pattern: it leads out of what honest rounding can reach; two lead to the same only always."""
    try:
        found = series(load(name))
    except PencilgradError:
        assert name in ("deep-symbolic", "udacity-a", "cs231n-neuron")
        pytest.skip("in symbols, or without variants")
    separation, traces = found.demands.separation, demanded(found)
    traces = traces[:: len(traces) // _MOST + 1]
    hands = {trace: Hand(separation, trace.slips[0]) for trace in traces}
    variants = list(_variants(found, 20))
    assert len(variants) >= 3
    assert len({variant.filling.pattern for variant in variants}) == 1 or not found.is_uniform
    for variant in variants:
        right = written(separation, variant.evaluation.values)
        bounds = Reach.of(
            separation.derivation, variant.evaluation.given, separation.rounding, separation.carry
        ).of_student()
        same: dict[frozenset[tuple[str, Decimal]], list[Trace]] = defaultdict(list)
        for trace, hand in hands.items():
            answers = written(separation, hand.answers(variant.evaluation.values))
            outside = [
                name for name, value in answers.items() if not bounds[name].low <= float(value) <= bounds[name].high
            ]
            assert outside, (variant.draw, trace.slips[0])
            same[frozenset((name, value) for name, value in answers.items() if value != right[name])].append(trace)
        pairs = [pair for group in same.values() for pair in combinations(group, 2) if pair[0].codes != pair[1].codes]
        assert set(pairs) <= identical(found), pairs


def _variants(found: Series, count: int) -> Iterator[Variant]:
    """So many, or as many as there are."""
    try:
        yield from islice(found.variants(), count)
    except PencilgradError:
        return


def test_mistakes_that_a_draw_hides_throw_it_out(mazur: Exercise) -> None:
    """Of the draws that the sieve leaves: some hide a mistake or mix two up, and none of these is a variant."""
    found = series(mazur)
    draws = list(islice(found.sieve.sifted(found.stream, found.choices), 1200))
    fit = {draw: drawn for draw, drawn, failed in draws if failed is None}
    given = [with_values(mazur, drawn).evaluation.given for drawn in fit.values()]
    failures = dict(zip(fit, found.demands.failures(given), strict=True))
    assert {failed[0] for failed in failures.values() if failed} == {"variant_hidden", "variant_alike"}
    chosen = {variant.draw for variant in islice(found.variants(), 15)} & failures.keys()
    assert chosen
    assert not any(failures[draw] for draw in chosen)


def test_pairs_are_alike_that_touch_at_every_question() -> None:
    """Compared two by two, where mistakes at steps that are not asked show at several answers.

    Two that show at no question in common are told apart by where they show.
    """
    found = series(load("two-two-one-half"), detail="results")
    part = measured(found, fit_draws(found, 6))
    separation = part.of
    assert max(len(trace.trials) for trace in separation.traces) > 3
    expected = set()
    for sheet in range(6):
        places = [_answers_of(part, trace, sheet) for trace in separation.traces]
        for (first, own), (second, other) in combinations(enumerate(places), 2):
            both = (separation.shown[first] >= 0) & (separation.shown[second] >= 0)
            if both.any() and separation.kinds[first] != separation.kinds[second] and all(map(_touch, own, other)):
                expected.add((first, second, sheet))
    everything = np.arange(len(separation.traces))
    assert set(zip(*(part_.tolist() for part_ in part.alike(everything)), strict=True)) == expected
    counts = {number: len(trace.trials) for number, trace in enumerate(separation.traces)}
    assert any(counts[first] != counts[second] for first, second, _ in expected)


def _answers_of(part: Measured, trace: Trace, sheet: int) -> list[tuple[float, float]]:
    """What the trace leads to, question by question, with the room around it."""
    separation = part.of
    right = separation.roomy(part.right, np.arange(len(separation.quantities)))
    wrong = separation.roomy(part.wrong, separation.places)
    shown = {int(separation.places[trial]): trial for trial in trace.trials}
    return [
        (float(intervals.low[row, sheet]), float(intervals.high[row, sheet]))
        for place in range(len(separation.quantities))
        for intervals, row in [(wrong, shown[place]) if place in shown else (right, place)]
    ]


def _touch(first: tuple[float, float], second: tuple[float, float]) -> bool:
    return first[0] <= second[1] and second[0] <= first[1]


# what is demanded


def neuron(**settings: Any) -> Raw:
    """One neuron with two inputs, the second of which is 0."""
    raw = tomllib.loads(
        """
        title = { en = "Small" }
        inputs = [0.52, 0]
        targets = [0.91]
        learning_rate = 0.13
        layer = [{ weights = [[0.75, 0.62]], bias = 0.25, activation = "logistic" }]
        conventions = { train_biases = true }
        """,
        parse_float=Decimal,
    )
    return {**raw, **settings}


MOMENTUM = {"optimizer": {"name": "momentum", "mu": Decimal("0.9")}}


@pytest.mark.parametrize(
    ("settings", "code", "place"),
    [
        pytest.param({}, "source_forgotten", "net_o1", id="a source that is 0"),
        pytest.param(MOMENTUM, "kept_forgotten", "v_w1_new", id="a velocity that is 0"),
    ],
)
def test_what_no_number_can_show_is_not_demanded(exercise_of: ExerciseOf, settings: Raw, code: str, place: str) -> None:
    """There are variants all the same, and what can be shown is demanded."""
    found = series(exercise_of(neuron(**settings)))
    identities = found.demands.identities
    assert (code, place) in {(slip.code, slip.place) for trace in identities for slip in trace.slips}
    assert len(demanded(found)) > len(identities)
    assert len(list(islice(found.variants(), 5))) == 5


def test_the_small_constant_of_adam_is_not_demanded() -> None:
    """It is 10⁻⁸, and three mistakes are about nothing else."""
    identities = series(load("optimizer-adam")).demands.identities
    assert {code for trace in identities for code in trace.codes} == {"epsilon_misplaced"}


def test_more_digits_show_more() -> None:
    """With three figures some mistakes are given up and some pairs mixed up; with the six of the sheet, none."""
    exercise = load("cs231n-staged")
    few, many = series(exercise, figures=3).demands, series(exercise).demands
    assert few.given_up
    assert not many.given_up
    few, many = (series(load("hmkcode"), digits=digits).demands for digits in (3, 4))
    assert few.most_alike > many.most_alike == 0


def test_demands_do_not_depend_on_the_seed() -> None:
    """They are those of the exercise, at these digits and in this detail."""
    exercise = load("threshold")
    first, second = (series(exercise, seed).demands for seed in (1, 2))
    assert first.seen.tolist() == second.seen.tolist()
    assert first.most_alike == second.most_alike
    assert series(exercise, figures=3).demands.seen.tolist() != first.seen.tolist()


@pytest.mark.parametrize("name", ["mazur", "hmkcode", "datacamp-slopes", "deep-three"])
def test_the_last_bits_of_doubles_decide_nothing(name: str) -> None:
    """Bounds that are off by a thousand times what doubles are lead to the same pairs and the same mistakes."""
    found = series(load(name))
    part = measured(found, fit_draws(found, 48, "other"))
    everything = np.arange(len(part.of.traces))
    pairs = [array.tolist() for array in part.alike(everything)]
    for error in (1e-12, -1e-12):
        moved = replace(part, wrong=IntervalArray(part.wrong.low * (1 + error), part.wrong.high * (1 + error)))
        assert (moved.is_seen == part.is_seen).all()
        assert [array.tolist() for array in moved.alike(everything)] == pairs


# how far mistakes are from the truth


def rows_of(exercise: Exercise, found: Series) -> tuple[list[Given], list[dict[str, str]]]:
    """What five students are given, and the table of their mistakes."""
    given = [variant.evaluation.given for variant in islice(found.variants(), 5)]
    paper = edition(exercise, language("en"), Options())
    text = mistakes_csv(paper, found.demands, given).decode("utf-8-sig")
    return given, list(csv.DictReader(StringIO(text)))


def test_the_table_says_how_far_each_mistake_is_from_the_right_answers(mazur: Exercise) -> None:
    """Distances by hand for one of them; each variant has to show all."""
    found = series(mazur)
    given, rows = rows_of(mazur, found)
    assert len(rows) == len(found.demands.separation.trials.trials)
    (row,) = (row for row in rows if row["quantity"] == "out_h1" and row["mistakes"] == "activation_forgotten")
    assert row["wrong"] == "out_h1 = net_h1"
    reach = Reach.of(found.frame.derivation, given, found.frame.rounding, mazur.evaluation.carry)["out_h1"]
    nets = np.array([float(own["w1"] * own["i1"] + own["w2"] * own["i2"] + own["b1"]) for own in given])
    distances = np.maximum(reach.low - nets, nets - reach.high) / ((reach.high - reach.low) / 2)
    assert float(row["least_distance"]) == pytest.approx(distances.min(), rel=0.01)
    assert float(row["median_distance"]) == pytest.approx(np.median(distances), rel=0.01)
    assert {(row["alike"], row["demanded"]) for row in rows} == {("0", "yes")}


def test_the_table_says_what_cannot_be_seen() -> None:
    """The input 1 of this neuron may be forgotten as a factor; and who forgets it comes to the right answer."""
    exercise = load("single-neuron")
    _, rows = rows_of(exercise, series(exercise))
    hidden = [row for row in rows if row["demanded"] == "no"]
    assert {row["quantity"] for row in hidden} == {"dE_total_dw1", "dE_total_db1", "dnet_o1_db1"}
    assert {row["alike"] for row in hidden} == {"5"}
    assert {row["least_distance"] for row in hidden} == {"0"}


@pytest.mark.parametrize(
    ("name", "options", "notes"),
    [
        ("mazur", {}, []),
        ("single-neuron", {}, ["Note: 3 of the known mistakes come to the right answers in every variant, at th"]),
        (
            "hmkcode",
            {"digits": 3},
            ["Warning: with these digits a variant may mix up 4 pairs of known mistakes; more "],
        ),
        ("cs231n-staged", {"figures": 3}, ["Note: 3 of", "Warning: with these digits a variant may hide 1 known mis"]),
    ],
)
def test_what_cannot_be_shown_is_said(name: str, options: dict[str, int], notes: list[str]) -> None:
    """Once a set is made: identities as a note, what the digits are too few for as a warning."""
    found = list(notes_on_mistakes(series(load(name), **options).demands))
    assert len(found) == len(notes), found
    assert all(map(str.startswith, found, notes)), found
