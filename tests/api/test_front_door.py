"""The front door for programs: what it offers, what it says of mistakes, and that its examples are true."""

import doctest
import io
import json
from contextlib import redirect_stdout
from decimal import Decimal
from importlib import import_module
from math import exp
from pathlib import Path

import numpy as np
import pytest

import derive
from derive import resources
from derive.api.exercises import ExerciseKeys, LayerKeys
from derive.api.settings import Keywords, Settings
from derive.authoring.exercise_file import FormulaFile, LayerTable, NetworkFile
from tests.shipped import load

MODULES = sorted(path.stem for path in (Path(derive.__file__).parent / "api").glob("[a-z]*.py"))
RECURSIVE = {"inputs": []}
RECURSIVE["inputs"].append(RECURSIVE)
GATES = 'title.en = "Two gates"\nformulas = ["q = x + y", "f = q * z"]\n[values]\nx = -2\ny = 5\nz = -4\n'


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_are_true(name, tmp_path, monkeypatch):
    """They run as they stand, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    assert doctest.testmod(import_module(f"derive.api.{name}"), optionflags=doctest.ELLIPSIS).failed == 0


def test_dir_and_help_list_the_public_names():
    """Exactly these, though none of them is imported before it is used."""
    assert dir(derive) == sorted([*derive.__all__, "__version__"])
    text = io.StringIO()
    with redirect_stdout(text):
        help(derive)
    assert all(name in text.getvalue() for name in derive.__all__)
    assert "TYPE_CHECKING" not in text.getvalue()
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        derive.lode  # noqa: B018


@pytest.mark.parametrize("name", derive.__all__)
def test_each_public_name_has_a_docstring(name):
    """Functions say what they raise and show an example."""
    value = getattr(derive, name)
    assert value.__doc__
    if not isinstance(value, type):
        assert "Raises" in value.__doc__
        assert ">>>" in value.__doc__


def test_type_checkers_know_every_key():
    """The keywords are those of the settings, and the keys of an exercise those of its file."""
    assert set(Keywords.__annotations__) == set(Settings.model_fields)
    of_files = {*NetworkFile.model_fields, *FormulaFile.model_fields}
    assert set(ExerciseKeys.__annotations__) == of_files - {"layer"} | {"layers"}
    assert set(LayerKeys.__annotations__) == set(LayerTable.model_fields)


# --- exercises --------------------------------------------------------------------------------------------------------


def test_one_exercise_in_five_ways(tmp_path):
    """By path, as text, as a dict, key by key, and as itself."""
    path = tmp_path / "gates.toml"
    path.write_text(GATES)
    keys = {"formulas": ["q = x + y", "f = q * z"], "values": {"x": -2, "y": 5.0, "z": np.float64(-4)}}
    ways = [path, str(path), GATES, {"title": {"en": "Two gates"}, **keys}]
    found = [derive.load(way) for way in ways] + [derive.exercise(title="Two gates", **keys)]
    assert {own.title("en") for own in found} == {"Two gates"}
    assert [dict(derive.solve(own)) for own in found] == [dict(derive.solve(path))] * 5
    assert derive.load(found[0]) is found[0]


def test_arrays_are_as_good_as_lists():
    """Weights of numpy, in either precision, and tuples."""
    weights = np.array([[0.5, -0.25]], dtype=np.float32)
    own = derive.exercise(inputs=(1, 2), targets=np.array([0.5]), learning_rate=0.1, layers=({"weights": weights},))
    assert [own.given[name] for name in ("w1", "w2", "target_o1")] == [Decimal("0.5"), Decimal("-0.25"), Decimal("0.5")]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: derive.load("mazurr"), "did you mean 'mazur'?"),
        (lambda: derive.load("inputs = [1]\nlayers = 3"), "line 2, layers: unknown key (did you mean 'layer'?)"),
        (lambda: derive.load("x = 1\n" * 100_000), "is larger than 200000 bytes"),
        (lambda: derive.load({"inputs": [float("nan")]}), "is NaN; expected a finite number"),
        (lambda: derive.exercise(inputs=[1], layers=[{"wieghts": [[1]]}]), "layer[1].wieghts: unknown key"),
        (lambda: derive.worksheet("mazur", langage="es"), "langage: unknown key (did you mean 'language'?)"),
        (lambda: derive.worksheet("mazur", digits=2, figures=3), "digits and figures cannot be used together"),
        (lambda: derive.key("mazur", paper="a3"), "paper: unknown name 'a3' (did you mean 'a4'?)"),
        (lambda: derive.worksheet("mazur", digits=99), "digits: is 99; expected at most 15"),
        (lambda: derive.worksheet("mazur").save("sheet.docx"), "sheet.docx"),
        (lambda: derive.worksheet("mazur", fillable=True).save("sheet.tex"), "LaTeX has no such boxes"),
        (lambda: derive.worksheet("mazur").save("nowhere/sheet.pdf"), "nowhere"),
        (lambda: derive.check("mazur", {"net_h9": 1}), "no quantity here is called 'net_h9' (did you mean 'net_h"),
        (lambda: derive.check("mazur", {}, code="mazur-XXXXX"), "code"),
        (lambda: derive.compare("udacity-a", {"net_h1": 1}), "is in symbols"),
        (lambda: derive.class_set("mazur", "set"), "--roster"),
        (lambda: derive.class_set("mazur", "set", variants=0), "variants: is the number 0; expected a whole number"),
        (lambda: derive.class_set("mazur", "set", variants=10**12), "expected a whole number from 1 to 5,000"),
        (lambda: derive.class_set("mazur", "set", variants=2, jobs=-1), "jobs: is the number -1"),
        (lambda: derive.class_set("mazur", "set", roster=["Ana"]), "roster: is a list of 1; expected the path"),
        (lambda: derive.load([3]), "is a list of 1; expected the name of an exercise"),
        (lambda: derive.load(None), "expected the name of an exercise"),
        (lambda: derive.load(RECURSIVE), "nested too deeply"),
        (lambda: derive.exercise("a/b", inputs=[1]), "expected what its files can be called: one line"),
        (lambda: derive.exercise("", inputs=[1]), "expected what its files can be called"),
        (lambda: derive.check("mazur", ["net_h1"]), "answers: is a list of 1; expected a dict of answers"),
        (lambda: derive.check("mazur", {"net_h1": object()}), "net_h1: is a object; expected a number"),
        (lambda: derive.compare("mazur", {"net_h1": "abc"}), "net_h1: is the text 'abc'; expected a number"),
        (lambda: derive.compare("mazur", {"net_h1": [1, 2]}), "net_h1: is a list of 2; expected a number"),
        (lambda: derive.compare("mazur", {}, figures=-1), "figures: is -1; expected at least 1"),
        (lambda: derive.solve("mazur").after(1.5), "rounds: is "),
        (lambda: derive.solve("mazur").after(10**9), "expected a whole number from 0 to 1,000,000"),
        (lambda: derive.solve("mazur").given["w55"], "no quantity here is called 'w55' (did you mean 'w5'?)"),
        (lambda: derive.check("mazur", {}).verdicts["net_hh1"], "did you mean 'net_h1'?"),
    ],
)  # fmt: skip
def test_what_is_said_of_mistakes(call, said, tmp_path, monkeypatch):
    """One sentence with the place, and what was meant where that can be guessed."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(derive.PencilgradError) as caught:
        call()
    assert said in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_numbers_of_single_precision_are_the_decimals_that_they_stand_for():
    """0.05 and not 0.05000000074505806, in arrays, alone, and among answers; what is None is not set."""
    layers = [{"weights": np.array([[0.1, 0.7]], dtype=np.float32), "bias": np.float32(0.3), "threshold": None}]
    inputs = np.array([0.05, 0.6], dtype=np.float32)
    own = derive.exercise(inputs=inputs, targets=[1], learning_rate=np.float32(0.1), layers=layers, seed=None)
    assert [str(own.given[name]) for name in ("i1", "i2", "w1", "w2", "b1", "eta")] == [
        "0.05",
        "0.6",
        "0.1",
        "0.7",
        "0.3",
        "0.1",
    ]
    assert derive.check("mazur", {"net_h1": np.float32(0.3775)}).verdicts["net_h1"] == "correct"
    assert derive.compare("mazur", {"net_h1": np.array([0.3775], dtype=np.float32)}).agrees
    with pytest.raises(derive.AuthorError, match="learning_rate: is missing"):
        derive.exercise(inputs=[1], targets=[1], learning_rate=None, layers=[{"weights": [[1]]}])


# --- solutions --------------------------------------------------------------------------------------------------------


def test_a_solution_is_a_mapping():
    """Of ids to values, in the order of the derivation; what is given stands apart."""
    solution = derive.solve("mazur")
    assert next(iter(solution)) == "net_h1"
    assert len(solution) == len(list(solution)) == 66
    assert "w5" not in solution
    assert solution.given["w5"] == Decimal("0.40")
    assert solution.get("nothing") is None
    assert str(solution["E_total"]).startswith("0.298371108760002688")
    with pytest.raises(KeyError, match=r"'w5' is given and not calculated; \.given has its value"):
        solution["w5"]
    with pytest.raises(KeyError, match="did you mean 'out_o1'"):
        solution.steps["out_o11"]


def test_a_solution_in_symbols_has_steps_and_no_values():
    """The mapping is empty, and a name that it would have says where the formula is."""
    solution = derive.solve("deep-symbolic")
    assert not solution
    assert str(solution.steps["net_h1"].expression) == "i1*w1 + i2*w2 + i3*w3 + i4*w4"
    assert {row.value for row in solution.table()} == {None}
    with pytest.raises(derive.UnknownQuantityError, match=r"\.steps has its formula"):
        solution["net_h1"]


def test_the_table_is_what_the_command_prints():
    """Formulas and values of ``solve --json``, and the numbers of the questions."""
    solution = derive.solve("mazur")
    printed = {quantity["id"]: quantity for quantity in solution.as_dict()["quantities"]}
    rows = solution.table()
    assert [row.id for row in rows] == list(printed)
    assert [row.formula for row in rows] == [quantity["formula"] for quantity in printed.values()]
    assert all(abs(row.value - Decimal(printed[row.id]["value"])) <= Decimal("1e-16") for row in rows)
    assert [row.number for row in rows if row.number] == list(range(1, 43))
    assert all(row.interval[0] <= float(row.value) * (1 + 1e-15) for row in rows)
    json.dumps(solution.as_dict(rounds=10))


def test_training_that_diverges_is_refused():
    """With the round in which it did."""
    own = derive.exercise(
        inputs=[1], targets=[0], learning_rate=1000, layers=[{"weights": [[1]], "activation": "identity"}]
    )
    with pytest.raises(derive.RefusedError, match="training diverges"):
        derive.solve(own).after(10_000)


# --- sheets -----------------------------------------------------------------------------------------------------------


def test_a_sheet_is_saved_by_suffix_and_kept_in_memory(tmp_path):
    """The three formats are what the command line writes, and only saving writes."""
    sheet = derive.worksheet("one-weight", language="es", digits=4, paper="letter")
    assert repr(sheet).startswith("<worksheet in es: ")
    assert sheet.save(tmp_path / "hoja.html").read_text("utf-8") == sheet.html
    assert sheet.save(str(tmp_path / "hoja.tex")).read_text("utf-8") == sheet.tex
    assert sheet.save(tmp_path / "hoja.pdf").read_bytes() == sheet.pdf
    assert sheet.pdf.startswith(b"%PDF")
    assert derive.key("one-weight").html != sheet.html


def test_several_exercises_make_one_document():
    """As on the command line."""
    both = derive.key("one-weight", "cs231n-product")
    assert [sheet.title for sheet in both.document.sheets] == [
        derive.load(name).title("en") for name in ("one-weight", "cs231n-product")
    ]
    with pytest.raises(TypeError, match="at least one exercise"):
        derive.key()


# --- checks -----------------------------------------------------------------------------------------------------------


def test_answers_are_checked():
    """Texts in the language's spelling, numbers, blanks, and a mistake with its name."""
    answers = {"net_h1": "0,3775", "2": 0.593270, "net_h2": 0.0425, "net_o1": None, "E_total": "x"}
    checked = derive.check("mazur", answers, language="es")
    assert checked.verdicts["net_h1"] == "correct"
    assert checked.verdicts["out_h1"] is derive.Verdict.CORRECT
    assert checked.verdicts["E_total"] == "unreadable"
    assert checked.verdicts["net_o1"] == "blank"
    first = checked.first_wrong
    assert (first.id, first.mistakes[0].code, first.mistakes[0].place) == ("net_h2", "bias_forgotten", "net_h2")
    assert first.mistakes[0].name == "sesgo olvidado"
    assert checked.marks == sum(answer.credit for answer in checked.answers)
    assert checked.out_of == 42
    assert "sesgo olvidado" in checked.report.html
    assert checked.as_dict()["first_wrong"] == "net_h2"
    assert not derive.check("mazur", {}).marks


def test_a_sheet_of_a_class_set_is_checked_by_its_code(tmp_path):
    """With the numbers of that sheet."""
    made = derive.class_set("one-weight", tmp_path / "set", variants=2, seed="autumn")
    (first, code), _ = made.codes.items()
    assert first == "A"
    with (made.folder / "marking.csv").open(encoding="utf-8-sig") as file:
        table = [line.rstrip("\n").split(",") for line in file]
    head, own = table[0], table[1]
    answers = {name: own[head.index(name)] for name in derive.solve("one-weight") if name in head}
    assert answers
    verdicts = derive.check("one-weight", answers, code=code).verdicts
    assert {verdicts[name] for name in answers} == {"correct"}


# --- comparisons ------------------------------------------------------------------------------------------------------


FEW = ("mazur", "cs231n-staged", "micrograd", "optimizer-adam", "datacamp-relu", "demofox-2", "xor-momentum")
"""Of each kind: a network, gates, an optimizer, numbers that are rounded on the way, several samples."""


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in FEW else pytest.mark.slow)
        for name in resources.exercises()
        if not load(name).is_symbolic
    ],
)
def test_single_precision_agrees(name):
    """The numbers of a right program do, though it calculates in floats of seven digits."""
    solution = derive.solve(name)
    noise = np.random.default_rng(1).normal(scale=1e-7, size=len(solution))
    numbers = {id: np.float32(float(value) * (1 + noise[at])) for at, (id, value) in enumerate(solution.items())}
    assert derive.compare(name, numbers).agrees


def test_the_first_number_that_differs_is_named_with_its_mistake():
    """Numbers that follow from it differ too, and are not the first."""
    right = {name: float(value) for name, value in derive.solve("mazur").items()}
    net = right["net_h1"] - 0.35  # without its bias
    wrong = {**right, "net_h1": net, "out_h1": 1 / (1 + exp(-net))}
    found = derive.compare("mazur", dict(reversed(wrong.items())))
    assert found.first.id == "net_h1"
    assert [mistake.code for mistake in found.first.mistakes] == ["bias_forgotten"]
    assert "net_h1 is the first that differs" in str(found)
    assert found.checked.verdicts["out_h1"] == "follows"
    assert derive.compare("mazur", {"out_o1": float("nan")}).first.verdict == "unreadable"
    assert derive.compare("mazur", {}).agrees
