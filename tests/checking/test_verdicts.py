"""Verdicts: honest sheets are right, a slip is charged once, mistakes are named, and easy numbers earn nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest

from derive import resources
from derive.authoring.exercise import Exercise
from derive.checking.verification.judged_numbers import Judged, Marked
from derive.checking.verification.miswritten import exchanged
from derive.checking.verification.verdicts import CHARGED, Verdict
from derive.mistakes.slips import Slip, planted, replaced, slips_of
from derive.numbers.evaluation import Evaluation
from tests.checking.hands import asked_names, mark, read, sheet_of, texts_of
from tests.shipped import load

NUMERIC = [name for name in resources.exercises() if not load(name).is_symbolic]


@cache
def loaded(name: str) -> Exercise:
    return load(name)


def verdicts(marked: Marked) -> dict[str, Verdict]:
    return {name: judged.verdict for name, judged in marked.answers.items()}


def charged(marked: Marked) -> dict[str, Judged]:
    return {name: judged for name, judged in marked.answers.items() if judged.verdict in CHARGED}


def changed(exercise: Exercise, **texts: str) -> Marked:
    """The key's own answers with some of them changed."""
    (found,) = mark(exercise, {**texts_of(exercise), **texts})
    return found


def slip_of(exercise: Exercise, code: str, place: str) -> Slip:
    return next(slip for slip in slips_of(exercise.evaluation.derivation) if (slip.code, slip.place) == (code, place))


def with_slips(exercise: Exercise, *slips: tuple[str, str]) -> Evaluation:
    """The sheet of somebody who makes these mistakes and goes on honestly."""
    evaluation = exercise.evaluation
    for code, place in slips:
        evaluation = planted(evaluation, slip_of(exercise, code, place))
    return evaluation


@pytest.mark.parametrize("name", NUMERIC)
def test_the_key_is_right(name):
    """Every answer of every shipped key, as it is printed."""
    exercise = loaded(name)
    names = [step.quantity.id for step in exercise.evaluation.derivation.steps]
    (found,) = mark(exercise, texts_of(exercise, names=names))
    assert {name: verdict for name, verdict in verdicts(found).items() if verdict is not Verdict.CORRECT} == {}
    assert found.first_wrong == ""


@pytest.mark.parametrize(
    ("written", "verdict"),
    [
        ("0.751365", Verdict.CORRECT),
        ("0.75136507", Verdict.CORRECT),
        ("75.1365 %", Verdict.CORRECT),
        ("7.51365e-1", Verdict.CORRECT),
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
        ("1e400", Verdict.WRONG),
        ("1e-400", Verdict.WRONG),
        ("1.10591", Verdict.MISTAKE),  # the net input
        ("0.751", Verdict.COARSE),
    ],
)
def test_each_verdict(mazur, written, verdict):
    """Of out_o1, which is 0.75136507 in the round of Mazur's page; all other answers are right."""
    assert changed(mazur, out_o1=written).answers["out_o1"].verdict is verdict


@pytest.mark.parametrize(
    ("slip", "codes"),
    [
        (("bias_forgotten", "net_h1"), {"bias_forgotten"}),
        (("weights_crossed", "net_o1"), {"weights_crossed"}),
        (("other_activation", "out_o1"), {"other_activation"}),
        (("square_forgotten", "E_o1"), {"square_forgotten"}),
        (("half_slope", "dout_o1_dnet_o1"), {"half_slope"}),
        (("one_path", "dE_total_dout_h1"), {"one_path"}),
        (("updated_weights", "dE_total_dout_h1"), {"updated_weights"}),
        (("other_source", "dE_total_dw5"), {"other_source"}),
        (("ascent", "w5_new"), {"ascent"}),
        # two names for one number
        (("error_sign", "dE_total_dout_o1"), {"error_sign", "slope_sign"}),
        (("mean_or_sum", "E_total"), {"mean_or_sum", "factor_two"}),
        (("term_sign", "net_h1"), {"term_sign"}),
    ],
)
def test_a_known_mistake_is_named(mazur, slip, codes):
    """At its own step or where it shows first, with its wrong formula; what follows honestly is not charged again."""
    (found,) = mark(mazur, texts_of(mazur, with_slips(mazur, slip)))
    ((name, judged),) = charged(found).items()
    assert {own.code for own in judged.slips} == codes
    assert judged.verdict is (Verdict.MISTAKE if len(codes) == 1 else Verdict.ONE_OF)
    assert found.first_wrong == name
    assert slip_of(mazur, *slip) in judged.slips


def test_mistakes_are_looked_for_in_the_students_own_values(mazur):
    """A second mistake, made with values that are wrong already."""
    evaluation = with_slips(mazur, ("weights_crossed", "net_o1"), ("one_path", "dE_total_dout_h1"))
    (found,) = mark(mazur, texts_of(mazur, evaluation))
    assert {name: own.slips[0].code for name, own in charged(found).items()} == {
        "net_o1": "weights_crossed",
        "delta_h1": "one_path",
    }


def test_other_answers_decide_between_mistakes(mazur):
    """A forgotten bias is told from other reasons by a place where it is the only one."""
    alone = with_slips(mazur, ("error_sign", "dE_total_dout_o1"))
    both = with_slips(mazur, ("error_sign", "dE_total_dout_o1"), ("error_sign", "dE_total_dout_o2"))
    factors = asked_names(mazur, "factors")
    (first,) = mark(mazur, texts_of(mazur, alone))
    (second,) = mark(mazur, texts_of(mazur, alone, factors))
    assert {slip.code for slip in first.answers["delta_o1"].slips} == {"error_sign", "slope_sign"}
    assert {slip.code for slip in second.answers["dE_total_dout_o1"].slips} == {"error_sign"}
    (third,) = mark(mazur, texts_of(mazur, both, [*asked_names(mazur), "dE_total_dout_o2"]))
    assert {slip.code for slip in third.answers["delta_o1"].slips} == {"error_sign"}


def test_one_slip_that_shows_in_several_answers_is_charged_once():
    """A wrong factor that nobody asked for spoils every gradient that it is in."""
    exercise = load("mazur")
    names = asked_names(exercise, "results")
    (found,) = mark(exercise, texts_of(exercise, with_slips(exercise, ("half_slope", "dout_o1_dnet_o1")), names))
    ((name, judged),) = charged(found).items()
    assert (name, [slip.code for slip in judged.slips]) == ("dE_total_dw5", ["half_slope"])
    assert found.answers["dE_total_dw6"] == Judged(Verdict.FOLLOWS, (), ("dE_total_dw5",))


@pytest.mark.parametrize("quantity", ["net_h1", "out_h1", "out_o1", "E_o1", "delta_o1", "dE_total_dw5", "w5_new"])
def test_one_slip_is_charged_once(mazur, quantity):
    """What follows honestly from a wrong value is not wrong again, and says which value it follows from."""
    (step,) = (step for step in mazur.evaluation.derivation.steps if step.quantity.id == quantity)
    wrong = replaced(mazur.evaluation.derivation, {quantity: step.expression * Decimal("1.1371")})
    (found,) = mark(mazur, texts_of(mazur, replace(mazur.evaluation, derivation=wrong)))
    assert list(charged(found)) == [quantity]
    follows = {name: judged.used for name, judged in found.answers.items() if judged.verdict is Verdict.FOLLOWS}
    assert quantity in {name for used in follows.values() for name in used}


@pytest.mark.parametrize("easy", ["0", "1", "0.01", "0.5", "0.40", "-1", "0.000000001", "1e12"])
def test_an_easy_number_is_not_followed(mazur, easy):
    """0, 1, the target or a given value in place of an output makes what comes after it trivial."""
    evaluation = mazur.evaluation
    derivation = replaced(
        evaluation.derivation, {"out_o1": evaluation.derivation["out_o1"].expression * 0 + Decimal(easy)}
    )
    texts = texts_of(mazur, replace(evaluation, derivation=derivation)) | {"out_o1": easy}
    (found,) = mark(mazur, texts)
    assert found.answers["out_o1"].verdict in CHARGED
    assert Verdict.FOLLOWS not in {found.answers[name].verdict for name in ("E_o1", "E_total", "delta_o1", "w5_new")}
    assert found.answers["net_o2"].verdict is Verdict.CORRECT


def test_an_easy_number_that_was_calculated_is_followed(mazur):
    """A gradient that lacks all but the input is the input, which stands on the sheet; what is copied earns nothing."""
    (found,) = mark(mazur, texts_of(mazur, with_slips(mazur, ("upstream_forgotten", "dE_total_dw1"))))
    assert list(charged(found)) == ["dE_total_dw1"]
    assert found.answers["w1_new"].verdict is Verdict.FOLLOWS
    skipped = with_slips(mazur, *(("not_updated", f"w{number}_new") for number in range(1, 9)))
    (copied,) = mark(mazur, texts_of(mazur, skipped))
    assert copied.answers["E_total_new"].verdict is Verdict.EASY


def test_what_is_copied_with_the_digits_asked_earns_nothing():
    """The weights of this exercise have 16 digits: who copies them rounded, and the first pass behind, copies all."""
    exercise = load("brownlee")
    names = [name for name in asked_names(exercise) if re.fullmatch(r"[wb]\d+_new", name)]
    (found,) = mark(exercise, texts_of(exercise, with_slips(exercise, *(("not_updated", name) for name in names))))
    behind = {name: verdict for name, verdict in verdicts(found).items() if name.endswith("_new")}
    assert {behind.pop(name) for name in names} == {Verdict.MISTAKE}
    assert set(behind.values()) == {Verdict.EASY}


def test_nobody_goes_on_from_a_wrong_number_that_was_not_asked_for(mazur):
    """Which would cost nothing, and make everything behind it right."""
    invented = {"dE_total_dout_o1": "3", "dout_o1_dnet_o1": "7", "delta_o1": "21.0000"}
    sheet, given = sheet_of(mazur), [mazur.evaluation.given]
    answers = read(texts_of(mazur) | invented)
    (free,) = sheet.marked(given, [answers])
    (found,) = sheet.marked(given, [answers], frozenset(asked_names(mazur)))
    assert free.answers["delta_o1"].verdict is Verdict.FOLLOWS
    assert found.answers["delta_o1"].verdict is Verdict.WRONG


GAMES = {
    "saturated neurons": {"net_h1": "50", "net_h2": "60", "net_o1": "40", "net_o2": "40"},
    "deltas of nearly 1": {"delta_o1": "1.000001", "delta_o2": "1.000001"},
    "outputs of nearly 1": {"out_o1": "0.9999999", "out_o2": "0.9999999"},
    "outputs of nearly the targets": {"out_o1": "0.0100001", "out_o2": "0.9900001"},
}


@pytest.mark.parametrize("name", GAMES)
def test_no_easy_way_pays(mazur, name):
    """Whoever makes the work below easy has credit only for what had to be calculated all the same."""
    derivation = mazur.evaluation.derivation
    chosen = {key: derivation[key].expression * 0 + Decimal(text) for key, text in GAMES[name].items()}
    texts = texts_of(mazur, replace(mazur.evaluation, derivation=replaced(derivation, chosen))) | GAMES[name]
    (found,) = mark(mazur, texts)
    follows = [key for key, verdict in verdicts(found).items() if verdict is Verdict.FOLLOWS]
    assert len(follows) <= 14, follows


CONSTANTS = ("1e6", "1e12", "-1", "10", "-0.3", "100", "0.001", "1e-6", "0")


@pytest.mark.parametrize("name", ["mazur", "hmkcode"])
def test_one_constant_everywhere_earns_next_to_nothing(name):
    """Neither as a slip of the hand nor as what follows; each of a class writes a constant of their own."""
    exercise, unearned = loaded(name), CHARGED - {Verdict.TEN, Verdict.SIGN} | {Verdict.EASY}
    found = mark(exercise, *(dict.fromkeys(asked_names(exercise), constant) for constant in CONSTANTS))
    for constant, own in zip(CONSTANTS, found, strict=True):
        earned = {key: verdict for key, verdict in verdicts(own).items() if verdict not in unearned}
        assert len(earned) <= 3, (constant, earned)


@pytest.mark.parametrize(
    ("name", "quantity", "wrong"),
    [("cs231n-neuron", "q1", "2"), ("micrograd", "c1", "2"), ("datacamp-relu", "E_o1", "5")],
)
def test_where_numbers_are_whole_one_slip_is_one_slip(name, quantity, wrong):
    """Though the wrong number stands on the sheet, it is no easier than the right one."""
    exercise = loaded(name)
    derivation = exercise.evaluation.derivation
    chosen = replaced(derivation, {quantity: derivation[quantity].expression * 0 + Decimal(wrong)})
    texts = texts_of(exercise, replace(exercise.evaluation, derivation=chosen)) | {quantity: wrong}
    (found,) = mark(exercise, texts)
    lost = {key for key, own in found.answers.items() if own.verdict not in (Verdict.CORRECT, Verdict.FOLLOWS)}
    assert lost == {quantity}, {key: found.answers[key] for key in lost}


def test_a_number_may_be_miswritten_and_gone_on_with_as_it_was(mazur):
    """A sign that is lost on the paper, but not in the calculator."""
    found = changed(mazur, delta_o2=texts_of(mazur)["delta_o2"].removeprefix("-"))
    assert {name: own.verdict for name, own in charged(found).items()} == {"delta_o2": Verdict.ONE_OF}
    found = changed(mazur, out_h1="-0.593270")
    assert {name: own.verdict for name, own in charged(found).items()} == {"out_h1": Verdict.SIGN}


def test_a_coarse_number_may_be_gone_on_with(mazur):
    """With the digits that stand there, or with those of the calculator."""
    evaluation = mazur.evaluation
    step = evaluation.derivation["out_h1"]
    rounded = replaced(evaluation.derivation, {"out_h1": step.expression * 0 + Decimal("0.593")})
    for derivation in (rounded, evaluation.derivation):
        (found,) = mark(mazur, texts_of(mazur, replace(evaluation, derivation=derivation)) | {"out_h1": "0.593"})
        assert found.answers["out_h1"].verdict is Verdict.COARSE
        assert not charged(found)


def test_what_is_left_out_is_not_judged(mazur):
    """And judges nothing else."""
    texts = texts_of(mazur)
    others = {name: text for name, text in texts.items() if name != "out_h1"}
    first, second = mark(mazur, texts, others)
    assert first.answers["out_h1"].verdict is Verdict.CORRECT
    assert "out_h1" not in second.answers
    assert set(verdicts(second).values()) == {Verdict.CORRECT}


@pytest.mark.parametrize("text", ["1,106", "1.106"])
def test_a_number_that_can_be_read_in_two_ways_is_the_right_one(mazur, text):
    """1,106 is a thousand, or a little more than one."""
    assert changed(mazur, net_o1=text).answers["net_o1"].verdict is Verdict.COARSE


def test_verdicts_do_not_depend_on_the_others_in_the_class(mazur):
    """Each student's verdicts are those of a class of one."""
    slips = [("bias_forgotten", "net_h1"), ("one_path", "dE_total_dout_h1"), ("ascent", "w5_new")]
    sheets = [texts_of(mazur), *(texts_of(mazur, with_slips(mazur, slip)) for slip in slips)]
    sheets += [{"net_h1": "5"}, {}, dict.fromkeys(sheets[0], "1")]
    assert mark(mazur, *sheets) == [found for sheet in sheets for found in mark(mazur, sheet)]


def test_digits_are_exchanged_in_every_way():
    """Neighbours only, and not across the point."""
    assert list(exchanged("0.751")) == ["0.571", "0.715"]
    assert list(exchanged("11.0")) == []
