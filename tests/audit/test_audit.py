"""The audit of printed numbers: verdicts, what is looked at, what is refused, and what the command says."""

import json
import tomllib
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from derive import resources
from derive.audit.printed import Printed, margin_of_doubles
from derive.audit.verdicts import Verdict, as_data, audit, check_explained, summary
from derive.authoring.exercise_file import SettingsTable
from derive.authoring.reading import checked
from derive.commands import tables
from derive.commands.cli import main
from derive.model.activations import ACTIVATIONS
from derive.model.conventions import CARRIED, Conventions
from derive.model.losses import LOSSES
from derive.numbers.training import Training
from derive.words.errors import AuthorError, RefusedError
from derive.words.languages import language
from tests.shipped import findings_of, load

MAZUR = """
title.en = "A network"
inputs = [0.05, 0.10]
targets = [0.01, 0.99]
learning_rate = 0.5
layer = [
    { weights = [[0.15, 0.20], [0.25, 0.30]], bias = 0.35 },
    { weights = [[0.40, 0.45], [0.50, 0.55]], bias = 0.60 },
]
"""
ROWS = """
title.en = "One neuron and three rows"
inputs = [[1, 0], [0, 1], [1, 1]]
targets = [[0], [1], [1]]
learning_rate = 0.5
training.batch = 1
layer = [{ weights = [[0.5, -0.25]], activation = "identity" }]
"""
GATES = """
title.en = "Gates"
formulas = ["f = (x + y) * z", "r = 1 / (x + 2)"]
values = { x = -2, y = 5, z = -4 }
"""


def exercise_of(*entries, base=MAZUR):
    """An exercise with these tables of [[published]]."""
    raw = tomllib.loads(base, parse_float=Decimal)
    return checked({**raw, "published": list(entries)}, Path("own.toml"))


def audited(*entries, base=MAZUR):
    return audit(exercise_of(*entries, base=base))


def entry(quantity, printed, **more):
    return {"quantity": quantity, "printed": printed, **more}


# --- printed numbers -------------------------------------------------------------------------------------------------

R, T = Verdict.ROUNDS, Verdict.TRUNCATES


@pytest.mark.parametrize(
    ("value", "printed", "verdict"),
    [
        ("0.29837110876", "0.298371109", R),
        ("0.29837110876", "0.298371108", T),
        ("0.29837110876", "0.298371107", None),
        # halves: away from zero, or to the even digit
        ("0.125", "0.13", R),
        ("0.125", "0.12", R),
        ("0.375", "0.38", R),
        ("0.375", "0.37", T),
        ("-0.125", "-0.13", R),
        ("-0.125", "-0.12", R),
        ("-0.375", "-0.38", R),
        ("-0.375", "-0.37", T),
        ("0.5", "1", R),
        ("1.5", "1", T),
        # a nine that carries
        ("9.995", "10.00", R),
        ("9.995", "9.99", T),
        ("9.9949", "10.00", None),
        ("-9.9996", "-10.000", R),
        # trailing zeros are digits
        ("0.4951", "0.50", R),
        ("0.4949", "0.50", None),
        ("0.4949", "0.5", R),
        ("-12.001", "-12.00", R),
        ("-12.006", "-12.00", T),
        ("1.0", "1", R),
        # integers
        ("12.4", "12", R),
        ("12.6", "12", T),
        ("11.4", "12", None),
        ("1499.9", "1500", R),
        # exponents
        ("0.000177005547", "1.77005547e-04", R),
        ("0.00017700554799", "1.77005547e-04", T),
        ("1774.9", "1.77e3", R),
        ("1775.1", "1.77E+03", T),
        ("1e300", "1e300", R),
        ("0.1", "1e-300", None),
        # signs
        ("-0.75", "−0.75", R),
        ("0.75", "-0.75", None),
        ("0.75", "+.75", R),
        ("3.1", "3.", R),
        # next to nothing
        ("0.004", "0.00", R),
        ("0.006", "0.00", T),
        ("-0.004", "-0.00", R),
        ("1e-40", "0", R),
        ("0", "0.000", R),
    ],
)
def test_a_value_rounds_or_is_cut_off_to_the_printed_digits(value, printed, verdict):
    """The first that holds; neither, where the number is another."""
    number = Printed.read(printed)
    holds = {R: number.rounds(Decimal(value)), T: number.truncates(Decimal(value))}
    assert next((name for name, does in holds.items() if does), None) is verdict


@given(st.decimals(-1000, 1000, places=12), st.integers(0, 11))
def test_what_is_printed_with_fewer_digits_is_recognised(value, places):
    """As Python rounds it, as it is cut off, and not if its last digit is one too large."""
    unit = Decimal(1).scaleb(-places)
    assert Printed.read(f"{value:.{places}f}").rounds(value)
    cut = value.quantize(unit, ROUND_DOWN)
    assert Printed.read(f"{cut:f}").truncates(value)
    beyond = cut + 2 * unit if value > 0 else cut - 2 * unit
    number = Printed.read(f"{beyond:f}")
    assert not number.rounds(value)
    assert not number.truncates(value)


@pytest.mark.parametrize(
    "text", ["0,5", "1,000", "1 000", "1/3", "0x1F", "1e", "e5", ".", "-", "nan", "inf", "٣", "1e1000"]
)
def test_what_is_no_number_is_not_read(text):
    """Neither words nor decimal commas, nor what only some program calls a number."""
    with pytest.raises(ValueError, match=r".*"):
        Printed.read(text)


@pytest.mark.parametrize(
    ("printed", "margin", "value", "lies"),
    [
        ("0.50", "0", "0.505", True),
        ("0.50", "0", "0.5051", False),
        ("0.50", "0.0001", "0.5051", True),
        ("-0.50", "0.001", "-0.4941", True),
        ("-0.50", "0.001", "-0.4939", False),
    ],
)
def test_a_margin_comes_to_half_a_unit_of_the_last_digit(printed, margin, value, lies):
    """On both sides."""
    assert Printed.read(printed).lies_within(Decimal(margin), Decimal(value)) is lies


def test_the_margin_of_doubles_grows_with_updates_and_size():
    """Ten units of 2^-53 at the start, one more for each update; for large values as many times larger."""
    unit = Decimal(2) ** -53
    assert margin_of_doubles(0, Decimal("0.1")) == 10 * unit
    assert margin_of_doubles(90, Decimal(1)) == 100 * unit
    assert margin_of_doubles(0, Decimal(-3)) == 30 * unit


# --- verdicts --------------------------------------------------------------------------------------------------------

OUTPUT_FIRST = {"conventions": {"update_order": "output_first"}}
WHY = {"en": "Because."}


@pytest.mark.parametrize(
    ("table", "verdict", "reproduced"),
    [
        (entry("E_total", "0.298371109"), "rounds", None),
        (entry("E_total", "0.298371108"), "truncates", None),
        (entry("E_total_new", "0.291027774"), "rounds", None),
        # what an entry claims is not asked where it is not needed
        (entry("E_total_new", "0.291027774", settings=OUTPUT_FIRST, instead="w1", why=WHY), "rounds", None),
        (entry("E_total_new", "0.291027924", settings=OUTPUT_FIRST, why=WHY), "settings", "0.291027923905"),
        (entry("E_total_new", "0.291027923", settings=OUTPUT_FIRST), "settings", "0.291027923905"),
        (entry("E_total_new", "0.291027924"), "unexplained", None),
        (entry("E_total", "0.29102777", completed=1), "rounds", None),
        (entry("E_total", "0.29102777", settings={"completed": 1}), "settings", "0.291027773693"),
        (entry("net_o1", "1.04658", settings={"given": {"w5": Decimal("0.3")}}), "settings", "1.0465789"),
        (entry("E_total", "0.597", settings={"loss": "squared"}), "settings", "0.59674"),
        (entry("out_h1", "0.3775", settings={"activations": ["identity", "logistic"]}), "settings", "0.3775"),
        (entry("b1_new", "0.34", settings={"conventions": {"train_biases": True}}), "settings", "0.34"),
        (entry("dE_o2_dout_h1", "-0.019049119", why=WHY), "wrong", None),
        (entry("dE_o2_dout_h1", "-0.019049119"), "unexplained", None),
        # the delta was rounded to nine decimals before it was multiplied
        (
            entry(
                "dE_o2_dout_h1",
                "-0.019049119",
                settings={"conventions": {"carry": {"digits": 9, "only": ["delta"]}}},
                why=WHY,
            ),
            "settings",
            "-0.0190491185",
        ),
        # the old outputs beside the new weights
        (entry("net_o1_new", "1.1059", instead="net_o1", why=WHY), "wrong", "1.10590596"),
        (entry("net_o1_new", "1.1059", instead="net_o1"), "unexplained", None),
        (entry("net_o1_new", "1.1059", instead="net_o2", why=WHY), "unexplained", None),
        (entry("net_o1_new", "1.1059", instead="net_o1", settings={}, why=WHY), "wrong", "1.10590596"),
        # in the settings of the entry, if it has any
        (
            entry("net_o1", "0.58205", instead="E_total_new * 2", settings=OUTPUT_FIRST, why=WHY),
            "wrong",
            "0.582055847",
        ),
        # an untrue claim explains nothing
        (entry("E_total_new", "0.31", settings=OUTPUT_FIRST, why=WHY), "unexplained", None),
        # formulas
        (entry("2 * E_total", "0.596742218"), "rounds", None),
        (entry("sqrt(2 * E_total)", "0.7725"), "rounds", None),
        (entry("w5_new - w5", "-0.041"), "rounds", None),
        (entry("-delta_o1", "-0.1385"), "rounds", None),
        (entry("1 / (w1 - w1)", "7", why=WHY), "wrong", None),
        (entry("1 / (w1 - w1)", "7"), "unexplained", None),
        # other given values
        (entry("net_h1", "0.55", given={"i1": 1, "i2": Decimal("0.25")}), "rounds", None),
        (entry("w5_new", "0.317", given={"eta": 1}), "truncates", None),
        (entry("net_h1", "0.6", given={"i1": 1}, settings={"given": {"b1": Decimal("0.43")}}), "settings", "0.6"),
    ],
)
def test_verdicts(table, verdict, reproduced):
    """The first that holds, with what the claim of the entry gives where the verdict rests on it."""
    (finding,) = audited(table)
    assert finding.verdict == verdict
    assert (finding.reproduced or "").startswith(reproduced or "")
    assert (finding.reproduced is None) is (reproduced is None)


def test_a_finding_says_what_was_looked_at():
    """And what the verdict rests on, which is no more than was needed."""
    table = entry(
        ["net_h1", "E_total_new"],
        ["0.3775", "0.291027924"],
        label="numbers of a page",
        settings=OUTPUT_FIRST,
        instead=["w1", "w2"],
        why={"en": "Because.", "zh": "因为。"},
    )
    plain, other = audited(table)
    assert (plain.exercise, plain.place, plain.label) == ("own", "published[1].printed[1]", "numbers of a page")
    assert (plain.quantity, plain.printed, plain.value) == ("net_h1", "0.3775", "0.37750000000000000")
    assert (plain.settings, plain.instead, plain.reproduced, plain.why) == (None, None, None, {})
    assert (other.place, other.value) == ("published[1].printed[2]", "0.29102777369359935")
    assert (other.settings.conventions.update_order, other.instead) == ("output_first", None)
    assert other.why == {"en": "Because.", "zh": "因为。"}


def test_mazurs_error_of_round_10000_is_that_after_9999_updates():
    """The page takes it before the update of that round."""
    table = entry("E_total", "0.0000351085", completed=10_000, settings={"completed": 9_999}, why=WHY)
    (finding,) = audited(table)
    assert finding.verdict is Verdict.SETTINGS
    assert finding.value.startswith("0.0000351018778297")
    assert finding.reproduced.startswith("0.0000351085481225")


def test_double_precision_is_a_setting():
    """Agreement to as many digits as doubles can have after so many rounds, and no more."""
    (exact,) = audited(entry("w5", "0.1", completed=300))
    in_doubles = exercise_of().training.play(300, "math").state["w5"]
    printed = repr(in_doubles)
    assert not Printed.read(printed).rounds(Decimal(exact.value))
    near, far = (repr(in_doubles + units * 2.0**-53) for units in (40, 2000))
    tables = [entry("w5", number, completed=300, settings={"double": True}) for number in (printed, near, far)]
    plain = entry("w5", printed, completed=300, settings={"double": False})
    assert [finding.verdict for finding in audited(*tables, plain)] == ["settings", "settings", *["unexplained"] * 2]


def test_settings_leave_other_conventions_alone():
    """Only what an entry names is different: the biases are trained as before."""
    tables = [entry("b1_new", "0.3421", settings=OUTPUT_FIRST), entry("b1_new", "7", settings=OUTPUT_FIRST)]
    first, second = audited(*tables, base=f"{MAZUR}conventions.train_biases = true")
    assert (first.verdict, second.verdict) == ("settings", "unexplained")
    assert first.value != first.reproduced


def test_a_state_is_reached_once(monkeypatch):
    """In whatever order numbers ask for it, each goes on from the one before."""
    played = []
    play = Training.play

    def counted(self, rounds, arithmetic="mpmath", since=None):
        played.append((rounds, arithmetic))
        return play(self, rounds, arithmetic, since)

    monkeypatch.setattr(Training, "play", counted)
    numbers = [entry(name, "7", completed=rounds) for rounds in (10, 3, 7, 3, 0) for name in ("w1", "E_total")]
    findings = audited(*numbers, entry("w1", "7", completed=4, settings={"completed": 5, "double": True}))
    assert played == [(3, "mpmath"), (1, "mpmath"), (3, "mpmath"), (3, "mpmath"), (5, "math")]
    assert findings[0].value == audited(entry("w1", "7", completed=10))[0].value


# --- samples, epochs, other rows -------------------------------------------------------------------------------------


def test_epochs_add_up_what_each_update_begins_with():
    """One quantity and several numbers are epochs that follow one another; several quantities are of the same one."""
    training = exercise_of(base=ROWS).training
    errors = [training.evaluation(training.play(rounds))["E_total"] for rounds in range(9)]
    sums = [sum(errors[start : start + 3]) for start in (3, 6)]
    following = entry("E_total", [f"{number:.6f}" for number in sums], epoch=1)
    together = entry(["E_total", "2 * E_total"], [f"{sums[0]:.6f}", f"{2 * sums[0]:.6f}"], epoch=1)
    findings = audited(following, together, base=ROWS)
    assert {finding.verdict for finding in findings} == {R}
    assert [finding.epoch for finding in findings] == [1, 2, 1, 1]


@pytest.mark.parametrize(
    ("table", "value"),
    [
        # the row of the round: the first one, then the second with the weights after one update
        (entry("net_o1", "7"), "0.5"),
        (entry("net_o1", "7", completed=1), "-0.25"),
        # all rows at once, which batches of one have no names for
        (entry("out_o1@s3", "7"), "0.25"),
        (entry("out_o1@s2 + out_o1@s3", "7", completed=1), "-0.25"),
        # a row of the file changed, and a row put in place of the samples after training with them
        (entry("w1_new", "7", given={"i1@s1": 2}), "-0.5"),
        (entry("out_o1", "7", completed=1, given={"i1": 10, "i2": 2}), "2"),
    ],
)
def test_which_samples_are_looked_at(table, value):
    """Worked out by hand: w1 = 0.5 becomes 0.5 − 0.5 · 0.5 = 0.25 with the first row."""
    (finding,) = audited(table, base=ROWS)
    assert Decimal(finding.value) == Decimal(value)


def test_formulas_are_audited_too():
    """Their values, their derivatives, and values that a page changes."""
    tables = [
        entry(["f", "dr_dx", "df_dx"], ["3", "1", "-4"], given={"x": -1, "y": Decimal("0.25")}),
        entry("f", "-12"),
        entry("r", "7", why=WHY),
    ]
    findings = audited(*tables, base=GATES)
    assert [finding.verdict for finding in findings] == [R, "unexplained", R, "unexplained", "wrong"]
    assert findings[-1].value is None


def test_a_number_after_training_has_diverged_has_no_value():
    """It can be explained, but not reproduced."""
    base = ROWS.replace("learning_rate = 0.5", "learning_rate = 1e9")
    early, late, explained = audited(
        entry("w1", "0.5"), entry("w1", "7", completed=1000), entry("w1", "7", completed=1000, why=WHY), base=base
    )
    assert (early.verdict, late.verdict, explained.verdict) == ("rounds", "unexplained", "wrong")
    assert late.value is None


# --- mistakes in entries ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "table", "sentence"),
    [
        (MAZUR, entry("E_total", "about 0.3"), "published[1].printed: is 'about 0.3'; expected a number as a page"),
        (MAZUR, entry(["w1", "w2"], ["1", "1,5"]), "published[1].printed[2]: is '1,5'; expected a number"),
        (MAZUR, entry("2 E_total", "1"), "published[1].quantity: column 3, at 'E_total': expected an operator"),
        (MAZUR, entry("w1", "1", instead="w1 +"), "published[1].instead: column 5, at the end: expected a name"),
        (MAZUR, entry("E_totl", "1"), "published[1].quantity: there is no quantity 'E_totl' (did you mean 'E_total'?)"),
        (MAZUR, entry("w1", "1", instead="w10"), "published[1].instead: there is no quantity 'w10'"),
        (MAZUR, entry("zzzzzz", "1"), "there is no quantity 'zzzzzz'; 'pencilgrad solve' lists them all"),
        (MAZUR, entry("b1_new", "1"), "published[1].quantity: there is no quantity 'b1_new'"),
        (MAZUR, entry("out_o1@s2", "1"), "published[1].quantity: there is no quantity 'out_o1@s2'"),
        (MAZUR, entry("w1", "1", given={"i3": 1}), "published[1].given.i3: there is no given value 'i3'"),
        (
            MAZUR,
            entry("w1", "1", settings={"given": {"w01": 1}}),
            "published[1].settings.given.w01: there is no given value 'w01' (did you mean 'w1'?)",
        ),
        (MAZUR, entry("w1", "1", completed=1, epoch=0), "published[1].completed: stands beside epoch"),
        (MAZUR, entry("w1", "1", epoch=0, settings={"completed": 1}), "settings.completed: stands beside epoch"),
        (MAZUR, entry("w1", "1", epoch=10**9), "published[1].epoch: is 1000000000; expected at most 1000000"),
        (
            MAZUR,
            entry("w1", "1", settings={"activations": ["identity"]}),
            "published[1].settings.activations: has 1 entries; expected 2, one for each [[layer]]",
        ),
        (
            MAZUR.replace("0.99", "0.98"),
            entry("w1", "1", settings={"loss": "cross_entropy"}),
            "published[1].settings.targets[1]: adds up to 0.99",
        ),
        (
            ROWS.replace("training.batch = 1", ""),
            entry("w1", "1", settings=OUTPUT_FIRST),
            "published[1].settings.conventions.update_order: is output_first, which updates after every sample",
        ),
        (
            MAZUR,
            entry("w1", "1", settings={"activations": ["softmax", "logistic"]}),
            "published[1].settings.layer[1].activation: is softmax, which only the last layer can have",
        ),
        (GATES, entry("f", "1", completed=1), "published[1].completed: is of networks, but formulas have no rounds"),
        (GATES, entry("f", "1", epoch=1), "published[1].epoch: is of networks"),
        (GATES, entry("f", "1", settings={"completed": 1}), "published[1].settings.completed: is of networks"),
        (GATES, entry("f", "1", settings={"loss": "squared"}), "published[1].settings.loss: is of networks"),
        (
            GATES,
            entry("f", "1", settings={"activations": ["tanh"]}),
            "published[1].settings.activations: is of networks",
        ),
        (
            'title.en = "Symbols"\ninputs = 2\nlayer = [{ units = 1 }]',
            entry("out_o1", "1"),
            "published[1]: stands in an exercise in symbols",
        ),
    ],
)
def test_mistakes_are_one_sentence_each(base, table, sentence):
    """What is wrong, where, and what was expected."""
    with pytest.raises(AuthorError) as caught:
        audited(table, base=base)
    (problem,) = caught.value.problems
    assert sentence in str(problem)
    assert str(problem).startswith("own.toml, ")


def test_all_mistakes_are_told_at_once_with_their_lines(tmp_path):
    """Those of different kinds too."""
    path = tmp_path / "own.toml"
    tables = ('quantity = "E_totl"\nprinted = "1"', 'quantity = ["w1", "w2"]\nprinted = ["1", "x"]')
    path.write_text(MAZUR + "".join(f"[[published]]\n{table}\n" for table in tables), encoding="utf-8")
    first = MAZUR.count("\n")
    with pytest.raises(AuthorError) as caught:
        audit(load(path))
    assert [problem.line for problem in caught.value.problems] == [first + 2, first + 6]


# --- what is said ----------------------------------------------------------------------------------------------------

PUBLISHED = """
[[published]]
quantity = ["net_h1", "E_total"]
printed = ["0.3775", "0.298371108"]

[[published]]
label = "error after one round"
quantity = "E_total_new"
printed = "0.291027924"
settings.conventions = { update_order = "output_first", carry = { figures = 12, only = ["net", "out"] } }
why.en = "An early program."
why.es = "Un programa antiguo."
why.zh = "早期的程序。"

[[published]]
quantity = "dE_o2_dout_h1"
printed = "-0.019049119"
instead = "-0.038098237 * w7 - 0.0000000003"
settings = {}
why.en = "One too large."
"""
OPEN = """
[[published]]
quantity = "w1_new"
printed = ["0.5"]
completed = 1
given = { i1 = 0.5 }
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs the command in a folder with an exercise all of whose numbers are explained, and one with another."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    Path("good.toml").write_text(MAZUR + PUBLISHED, encoding="utf-8")
    Path("open.toml").write_text(MAZUR + PUBLISHED + OPEN, encoding="utf-8")
    Path("bad.toml").write_text(MAZUR + OPEN.replace("w1_new", "w1_nwe"), encoding="utf-8")

    def invoke(*arguments, code=0):
        result = CliRunner().invoke(main, ["audit", *arguments], catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    return invoke


def test_the_counts_are_by_exercise_and_verdict():
    """Counted once each."""
    findings = audited(entry(["w1", "w2"], ["0.15", "0.2"]), entry("w3", "0.5", why=WHY), entry("w4", "0.5"))
    assert summary(findings) == {"own": {R: 2, Verdict.WRONG: 1, Verdict.UNEXPLAINED: 1}}


def test_the_sentence_names_the_first_of_many():
    """And says how many more there are."""
    findings = audited(entry(["w1"] * 10, ["7"] * 10))
    with pytest.raises(RefusedError, match=r"^neither .*, 10 of 10 printed numbers: own published\[1\].*, and 2 more$"):
        check_explained(findings)


def test_numbers_that_are_all_explained_end_with_0(run):
    """The table has what the verdicts rest on."""
    said = " ".join(run("good.toml").output.split())
    assert "error after one round E_total_new 0.291027924 0.291027773694 reproduced under" in said
    assert "reproduced under other settings [1]" in said
    settings = "Settings that give it: output layer updated first and 12 significant figures carried on"
    assert f"[1] {settings} (only net inputs and outputs). An early program." in said
    assert "[2] What gives it in place of the quantity: -0.038098237 * w7 - 0.0000000003. One too large." in said


def test_an_unexplained_number_ends_with_1(run):
    """After the table, one sentence says how many and where."""
    done = run("good.toml", "open.toml", code=1)
    assert "after 1 update and i1 = 0.5" in done.stdout
    assert done.stderr == (
        "Error: neither reproduced nor explained, 1 of 9 printed numbers: open published[4].printed (w1_new)\n"
    )


def test_a_mistake_ends_with_2(run):
    """Before anything is printed, and those of all files at once."""
    done = run("good.toml", "bad.toml", "none.toml", code=2)
    assert not done.stdout
    assert "none.toml: there is no such file" in done.stderr
    done = run("good.toml", "bad.toml", code=2)
    assert not done.stdout
    line = MAZUR.count("\n") + 3
    assert done.stderr.startswith(
        f"Error: bad.toml, line {line}, published[1].quantity: there is no quantity 'w1_nwe' (did"
    )


def test_the_summary_is_a_table_of_counts(run):
    """With the sums below, where there are several exercises."""
    lines = run("good.toml", "open.toml", "--summary", code=1).stdout.splitlines()
    assert [line.split() for line in lines[-3:]] == [
        ["good", "4", "1", "1", "1", "1", "0"],
        ["open", "5", "1", "1", "1", "1", "1"],
        ["All", "9", "2", "2", "2", "2", "1"],
    ]
    assert "All" not in run("good.toml", "--summary").stdout


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Quantity", "rounds to it", "output layer updated first", "An early program.", "One too large.")),
        ("es", ("Magnitud", "se redondea a él", "capa de salida actualizada primero", "Un programa", "One too large.")),
        ("zh", ("计算值", "四舍五入后相同", "先更新输出层", "早期的程序。", "One too large.")),
    ],
)
def test_every_language_has_its_words(run, language, words):
    """An explanation that a file has not in that language is in English."""
    said = run("good.toml", "--lang", language).output
    assert all(word in said for word in words)
    assert "good" in run("good.toml", "--lang", language, "--summary").output


def test_json_is_a_contract(run):
    """The names of its keys and their order; the same bytes each time."""
    said = run("open.toml", "--json", code=1).stdout
    assert said == run("open.toml", "--json", code=1).stdout
    data = json.loads(said)
    assert list(data) == ["numbers", "summary"]
    assert data["summary"] == {"open": {"rounds": 1, "truncates": 1, "settings": 1, "wrong": 1, "unexplained": 1}}
    assert list(data["numbers"][0]) == [
        *("exercise", "place", "label", "quantity", "completed", "epoch", "given", "printed", "value", "verdict"),
        *("settings", "instead", "reproduced", "why"),
    ]
    settings = {"conventions": {"update_order": "output_first", "carry": {"figures": 12, "only": ["net", "out"]}}}
    assert data["numbers"][2]["settings"] == settings
    assert data["numbers"][4]["given"] == {"i1": "0.5"}
    assert json.loads(run("open.toml", "--json", "--summary", code=1).stdout) == {"summary": data["summary"]}
    assert data == json.loads(json.dumps(as_data(audit(load("open.toml")))))


CARRIES = ({}, {"digits": 3}, {"figures": 1}, {"single": True}, {"digits": 0, "only": list(CARRIED)})


def every_setting():
    """One entry for each thing that a file can set."""
    for name, schema in Conventions.model_json_schema()["properties"].items():
        others = (True, False) if schema.get("type") == "boolean" else (Decimal("0.5"),)
        for value in CARRIES if name == "carry" else schema.get("enum", others):
            yield {"conventions": {name: value}}
    yield from ({"loss": name} for name in LOSSES)
    yield from ({"activations": [name]} for name in ACTIVATIONS)
    yield {"double": True, "completed": 1000, "given": {"w1": 1}}


@pytest.mark.parametrize("code", ["en", "es", "zh"])
def test_every_setting_has_words(code):
    """A convention, a loss or an activation without them would stop the command."""
    (finding,) = audited(entry("E_total_new", "0.291027924", settings=OUTPUT_FIRST))
    findings = [replace(finding, settings=SettingsTable.model_validate(settings)) for settings in every_setting()]
    console = Console(file=StringIO(), width=300)
    console.print(tables.audit(findings, language(code)))
    notes = [line for line in console.file.getvalue().splitlines() if line.startswith("[")]
    assert len(notes) == len(findings) == len(set(notes))


# --- what is shipped -------------------------------------------------------------------------------------------------

SHIPPED = {name: path for name, path in resources.exercises().items() if "[[published]]" in path.read_text("utf-8")}


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_numbers_are_reproduced_or_explained(name):
    """Explained in every language that the project ships."""
    findings = findings_of(name)
    check_explained(findings)
    for finding in findings:
        if finding.verdict in (Verdict.SETTINGS, Verdict.WRONG):
            assert set(finding.why) == {"en", "es", "zh"}, finding
