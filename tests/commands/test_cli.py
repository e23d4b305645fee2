"""The command line as people use it: what it writes, what it says, and how it refuses."""

import errno
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import mpmath
import pytest
from click.testing import CliRunner

from derive import resources
from derive.commands.cli import main
from derive.model.conventions import Conventions
from tests.shipped import load


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs a command in an empty folder; a failure that is not ours is raised."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments, code=0):
        result = CliRunner().invoke(main, arguments, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result.output

    return invoke


def files(folder="."):
    return sorted(path.name for path in Path(folder).iterdir())


@pytest.mark.parametrize("command", ["worksheet", "key"])
def test_a_sheet_without_a_name_is_named_after_its_exercise(run, command):
    """And the command says where it is."""
    said = run(command, "one-weight")
    assert files() == [f"one-weight-{command}.pdf"]
    assert said.startswith("Wrote ")
    assert str(Path(f"one-weight-{command}.pdf").resolve()) in said.replace("\n", "")


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ([], ["one-weight-key.pdf", "one-weight-worksheet.pdf"]),
        (["-o", "sheet.html"], ["sheet-key.html", "sheet.html"]),
    ],
)
def test_with_key_writes_both(run, arguments, names):
    """The evening before class, in one go."""
    assert run("worksheet", "one-weight", "--with-key", *arguments).count("Wrote") == 2
    assert files() == names


def test_several_exercises_go_into_one_document(run):
    """In the order in which they are named."""
    run("new", "mine.toml")
    run("key", "mazur", "mine.toml", "-o", "both.html")
    text = Path("both.html").read_text(encoding="utf-8")
    assert text.index("A step-by-step backpropagation example</h1>") < text.index("My first network</h1>")


def test_list_names_the_shipped_exercises(run):
    """With shape and title, in the language asked for."""
    assert "mazur" in run("list")
    assert "反向传播分步示例" in run("list", "--lang", "zh")


def test_show_prints_the_derivation(run):
    """Every step, with its reason."""
    shown = run("show", "mazur")
    assert "net_h1 = w1 i1 + w2 i2 + b1" in shown
    assert "= 0.15 × 0.05 + 0.20 × 0.10 + 0.35 = 0.377500" in shown
    assert "E_total⁺ = E_o1⁺ + E_o2⁺" in shown


def test_solve_json_is_a_contract(run):
    """The names of its keys, the order of its quantities, and 17 digits."""
    solved = json.loads(run("solve", "mazur", "--json", "--rounds", "1"))
    assert list(solved) == ["exercise", "conventions", "given", "quantities", "after"]
    ids = [quantity["id"] for quantity in solved["quantities"]]
    assert ids[:4] == ["net_h1", "out_h1", "net_h2", "out_h2"]
    assert ids.index("E_total") < ids.index("dE_total_dw5") < ids.index("dE_total_dw1") < ids.index("w1_new")
    assert all(list(quantity) == ["id", "latex", "formula", "value", "interval"] for quantity in solved["quantities"])
    values = {quantity["id"]: quantity["value"] for quantity in solved["quantities"]}
    assert values["out_o1"] == "0.75136506955231571"
    assert values["dE_total_dw1"] == "0.00043856773447434673"
    assert list(solved["after"]) == ["rounds", "E_total", "out_o1", "out_o2", *(f"w{n}" for n in range(1, 9))]
    assert solved["after"]["E_total"] == values["E_total_new"] == "0.29102777369359935"


WITH_ALL_DIGITS = [
    name for name in resources.exercises() if load(name).content.conventions.carry.is_full and load(name).given
]
SOME = WITH_ALL_DIGITS[::3]
FUNCTIONS = {name: getattr(mpmath, name) for name in ("exp", "log", "sqrt", "tanh", "erf", "sin", "cos", "tan", "pi")}


@pytest.mark.parametrize(
    "exercise", [pytest.param(name, marks=[] if name in SOME else pytest.mark.slow) for name in WITH_ALL_DIGITS]
)
def test_formulas_of_the_json_can_be_evaluated(run, exercise):
    """Each gives its value from the given values and the quantities before it, its ids being names of a program."""
    solved = json.loads(run("solve", exercise, "--json"))
    with mpmath.workdps(30):
        known = {name: mpmath.mpf(value) for name, value in solved["given"].items()}
        for quantity in solved["quantities"]:
            names = re.compile(r"[A-Za-z_]\w*(?:@s\d+)?")
            formula = names.sub(
                lambda found: f"known[{found[0]!r}]" if found[0] in known else found[0], quantity["formula"]
            )
            # Our own output, in a test: the one place where a formula may be evaluated by Python.
            known[quantity["id"]] = eval(formula, FUNCTIONS, {"known": known})
            assert float(known[quantity["id"]]) == pytest.approx(float(quantity["value"]), rel=1e-11), quantity["id"]


def test_solve_json_of_a_sheet_in_symbols_has_formulas_and_no_values(run):
    """Nothing is given there."""
    solved = json.loads(run("solve", "udacity-a", "--json"))
    assert solved["given"] == {}
    assert {quantity["value"] for quantity in solved["quantities"]} == {None}
    assert all(quantity["formula"] for quantity in solved["quantities"])


def test_solve_json_says_what_is_agreed(run):
    """Loss, activations, biases, optimiser and batch, and every convention by its key."""
    agreed = json.loads(run("solve", "softmax-4", "--json"))["conventions"]
    assert agreed.items() >= {"loss": "cross_entropy", "activations": ["tanh", "softmax"], "optimizer": "sgd"}.items()
    assert set(agreed) >= set(Conventions.model_fields) | {"biases", "batch"}


DIVERGING = """
title.en = "Too steep"
inputs = [3]
targets = [1]
learning_rate = 1
[[layer]]
activation = "identity"
weights = [[2]]
"""


def test_solve_prints_what_there_was_before_training_diverged(run):
    """And ends with 1 and the number of the round."""
    Path("steep.toml").write_text(DIVERGING, encoding="utf-8")
    said = run("solve", "steep.toml", "--rounds", "2000", code=1)
    assert "dE_total_dw1" in said
    assert re.search(r"Error: steep\.toml: training diverges: in round \d+ a value leaves the range of numbers", said)
    assert run("solve", "steep.toml", "--rounds", "10").count("Error") == 0


@pytest.mark.parametrize("exercise", ["cs231n-product", "udacity-a"])
def test_solve_has_no_rounds_where_nothing_is_trained(run, exercise):
    """Formulas, and sheets in symbols."""
    assert "has no numbers that training could change" in run("solve", exercise, "--rounds", "3", code=2)


@pytest.mark.parametrize(
    ("notation", "printed"),
    [
        ("net-out", r"net_h1 = w1 i1 \+ w2 i2 \+ b1"),
        ("z-a", r"z1⁽¹⁾ = w11⁽¹⁾ x1 \+ w12⁽¹⁾ x2 \+ b⁽¹⁾"),
        ("matrix", r"W⁽¹⁾\[2×2\] x\[2×1\]"),
    ],
)
def test_show_writes_in_the_notation_asked_for(run, notation, printed):
    """Names of neurons, layers as superscripts, or whole layers."""
    assert re.search(printed, run("show", "mazur", "--notation", notation))


def test_the_error_can_be_nested(run):
    """With everything put in, down to inputs and weights; where it would not fit on a page, a sentence says so."""
    assert "σ(" in run("show", "mazur", "--nested")
    assert "the error as one nested expression would take" in run("show", "two-groups", "--nested", code=1)


def test_solve_prints_a_table_for_people(run):
    """And where training leads."""
    shown = run("solve", "mazur", "--rounds", "2")
    assert "dE_total_dw5" in shown
    assert "after 2 rounds" in shown


def test_new_writes_a_file_that_works(run):
    """Its comments name every key; it loads, and it is not overwritten unasked."""
    run("new", "mine.toml")
    assert load("mine.toml").network.conventions.train_biases
    run("worksheet", "mine.toml", "-o", "mine.html")
    assert "already exists" in run("new", "mine.toml", code=2)
    run("new", "mine.toml", "--force")
    assert "cannot tell a format from 'mine.txt'" in run("new", "mine.txt", code=2)


def test_schema_is_json(run):
    """With a description for every key."""
    schema = json.loads(run("schema"))
    for kind in ("then", "else"):
        assert all("description" in key or "$ref" in str(key) for key in schema[kind]["properties"].values())


@pytest.mark.parametrize("command", ["", *main.commands])
def test_every_command_has_help(run, command):
    """And every option of it."""
    shown = run(*filter(None, [command]), "--help")
    assert "Usage: " in shown
    for parameter in main.commands[command].params if command else ():
        assert parameter.help or not isinstance(parameter, click.Option)


MAZUR = load("mazur").path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["worksheet", "mazzur"], 2, "no shipped exercise 'mazzur' (did you mean 'mazur'?)"),
        (["worksheet", "none.toml"], 2, "none.toml: there is no such file"),
        (["worksheet", "mazur", "-o", "sheet.docx"], 2, "end the name in one of .pdf, .html, .tex"),
        (["worksheet", "mazur", "-o", "sheet"], 2, "cannot tell a format from 'sheet'"),
        (["worksheet", "mazur", "-o", "no/sheet.html"], 2, "the folder 'no' does not exist; create it first"),
        (["worksheet", "mazur", "-o", "taken.html"], 2, "taken.html: is a folder; name a file"),
        (
            ["worksheet", "mazur", "--digits", "3", "--figures", "3"],
            2,
            "--digits and --figures cannot be used together",
        ),
        (["worksheet", "mazur", "--logo", "none.png", "-o", "a.html"], 2, "none.png: there is no such file"),
        (
            ["worksheet", "mazur", "--logo", "text.png", "-o", "a.html"],
            2,
            "'text.png' is not a PNG or JPEG image, or it is damaged",
        ),
        (["worksheet", "mazur", "--templates", "none", "-o", "a.html"], 2, "none: there is no such folder"),
        (["key", "bad.toml", "worse.toml"], 2, "worse.toml"),
        (["solve", "mazur", "--rounds", "-1"], 2, "--rounds"),
        (["worksheet", "mazur", "--lang", "fr"], 2, "'fr' is not one of 'en', 'es', 'zh'"),
    ],
)
def test_refusals_are_one_sentence(run, arguments, code, sentence):
    """What is wrong, where, what was expected; no traceback, no file."""
    Path("taken.html").mkdir()
    Path("text.png").write_text("no image")
    Path("bad.toml").write_text(MAZUR.replace("logistic", "logistik"), encoding="utf-8")
    Path("worse.toml").write_text("= = =", encoding="utf-8")
    before = files()
    said = run(*arguments, code=code)
    assert sentence in said
    assert "Traceback" not in said
    assert files() == before


def test_problems_of_all_files_are_told_at_once(run):
    """Each on its own line."""
    Path("bad.toml").write_text(MAZUR.replace("logistic", "logistik"), encoding="utf-8")
    Path("worse.toml").write_text("= = =", encoding="utf-8")
    said = run("key", "bad.toml", "worse.toml", code=2)
    assert said.count("Error: ") == 3


def test_too_large_a_network_is_refused(run):
    """With exit code 1: there is nothing wrong with the file."""
    values = [0.1] * 50
    lines = ['title.en = "x"', f"inputs = {values}", f"targets = {values}", "learning_rate = 1"]
    Path("large.toml").write_text("\n".join([*lines, "[[layer]]", f"weights = {[values] * 50}"]), encoding="utf-8")
    said = run("worksheet", "large.toml", code=1)
    assert "has 2500 weights and biases; step-by-step sheets are printed for at most 2000" in said
    assert files() == ["large.toml"]
    run("worksheet", "large.toml", "--notation", "matrix", "-o", "large.html")


def test_a_full_disk_leaves_the_old_file(run, monkeypatch):
    """Nothing is half-written and nothing is lost."""
    Path("sheet.html").write_text("old", encoding="utf-8")

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("derive.files.os.fsync", full)
    said = run("worksheet", "mazur", "-o", "sheet.html", code=1)
    assert "sheet.html: could not be written: No space left on device; what stood there is unchanged" in said
    assert Path("sheet.html").read_text(encoding="utf-8") == "old"
    assert files() == ["sheet.html"]


def test_missing_pango_is_one_sentence(tmp_path):
    """With the package's name for each system, and the formats that need nothing."""
    blocked = (
        "import sys, builtins; real = builtins.__import__\n"
        "def fake(name, *rest, **more):\n"
        "    if name.split('.')[0] == 'weasyprint': raise OSError(\"cannot load library 'libpango-1.0-0'\")\n"
        "    return real(name, *rest, **more)\n"
        "builtins.__import__ = fake\n"
        "from derive.commands.cli import main; main(['worksheet', 'mazur'])\n"
    )
    done = subprocess.run([sys.executable, "-c", blocked], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    for word in ("Pango", "apt install", "brew install", "MSYS2", ".html or .tex"):
        assert word in done.stderr
    assert not files(tmp_path)


def test_python_m_derive_is_pencilgrad(tmp_path):
    """The same commands."""
    done = subprocess.run(
        [sys.executable, "-m", "derive", "--version"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("pencilgrad, version ")


@pytest.mark.parametrize(
    "command", [["--help"], ["--version"], ["list"], ["new", "mine.toml"], ["schema"], []], ids=str
)
def test_what_needs_no_mathematics_imports_nothing_slow(command, tmp_path):
    """SymPy alone takes half a second, so these must not reach it; nor does ``import derive`` by itself."""
    run = (
        f"from derive.commands.cli import main; main({command}, standalone_mode=False)" if command else "import derive"
    )
    code = f"import sys; {run}; print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    loaded = done.stdout.splitlines()[-1]
    slow = ("sympy", "weasyprint", "numpy", "rich", "pydantic", "babel", "jinja2")
    assert not [name for name in slow if f"'{name}'" in loaded]


def test_permissions_follow_the_umask_and_the_old_file(run):
    """A sheet can be read by whoever could read a file made by any other program."""
    old = os.umask(0o022)
    try:
        run("worksheet", "mazur", "-o", "a.html")
        assert Path("a.html").stat().st_mode & 0o777 == 0o644
        Path("a.html").chmod(0o600)
        run("worksheet", "mazur", "-o", "a.html")
        assert Path("a.html").stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(old)


def test_a_link_stays_a_link(run):
    """What it leads to is replaced."""
    Path("real.html").write_text("old", encoding="utf-8")
    Path("link.html").symlink_to("real.html")
    run("worksheet", "mazur", "-o", "link.html")
    assert Path("link.html").is_symlink()
    assert Path("real.html").stat().st_size > 1000


def test_interrupted_writing_leaves_nothing(run, monkeypatch):
    """Ctrl-C at the worst moment."""
    monkeypatch.setattr("derive.files.os.fsync", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    run("worksheet", "mazur", "-o", "sheet.html", code=1)
    assert files() == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["worksheet", "mazur", "-o", "a" * 300 + ".html"], "could not be written: File name too long"),
        (["new", "a" * 300 + ".toml"], "could not be written: File name too long"),
        (["worksheet", "mazur", "-o", "a.html", "--templates", "a" * 300], "cannot be read: File name too long"),
        (["worksheet", "mazur", "-o", "/dev/full"], "cannot tell a format"),
        (["worksheet", "mazur", "-o", "pipe.html"], "is neither a file nor free"),
        (["worksheet", "mazur", "-o", "a.tex", "--fillable"], "--fillable works for .pdf and .html"),
        (["worksheet", "own.toml", "-o", "own.html", "--templates", "empty"], "none of its files has the place of a"),
        (
            ["worksheet", "mazur", "-o", "a.html", "--school", "A\x07B"],
            "--school: contains the control character U+0007",
        ),
        (["worksheet", "mazur", "-o", "a.html", "--school", "A" * 201], "--school: is too long (201 characters)"),
        (
            ["worksheet", "mazur", "-o", "a.html", "--course", "\udcff"],
            "--course: contains the control character U+DCFF",
        ),
    ],
)
def test_more_refusals_are_one_sentence(run, arguments, sentence):
    """Wherever it goes wrong: no traceback, no file."""
    os.mkfifo("pipe.html")
    Path("empty").mkdir()
    Path("own.toml").write_text(MAZUR, encoding="utf-8")
    before = files()
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code in (1, 2)
    assert sentence in result.output
    assert files() == before


def test_an_exercise_is_not_overwritten_by_its_sheet(run):
    """One slip of the keyboard away."""
    Path("own.tex").write_text(MAZUR, encoding="utf-8")
    assert "own.tex: is the exercise itself" in run("worksheet", "./own.tex", "-o", "own.tex", code=2)
    assert Path("own.tex").read_text(encoding="utf-8") == MAZUR


def test_a_full_standard_output_is_one_sentence(tmp_path):
    """Redirection is how JSON is kept."""
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "derive", "solve", "mazur", "--json"]
        done = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert "Error: could not print: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_poor_terminal_stops_nothing(tmp_path):
    """A code page without Greek or Chinese shows question marks."""
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    for arguments in (["schema"], ["list", "--lang", "zh"], ["show", "mazur"]):
        command = [sys.executable, "-m", "derive", *arguments]
        assert not subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True).stderr


def test_fields_of_several_exercises_are_told_apart(run):
    """One name is one field: an answer of one sheet must not appear on the next."""
    run("worksheet", "mazur", "mazur", "--fillable", "-o", "two.html")
    names = re.findall(r'name="([^"]+:[^"]+)"', Path("two.html").read_text(encoding="utf-8"))
    assert len(names) == len(set(names)) == 84
    assert names[0] == "1-mazur:net_h1"


def test_solve_cuts_nothing(run):
    """However narrow the terminal, every id and value is there whole."""
    run("new", "mine.toml")
    shown = re.sub(r"\s", "", run("solve", "mine.toml"))
    assert "…" not in shown


def test_epochs_are_passes_through_all_samples(run) -> None:
    """One epoch of ten samples, each with its update, is ten rounds."""
    by = {
        option: json.loads(run("solve", "brownlee", "--json", option, number))["after"]
        for option, number in (("--epochs", "1"), ("--rounds", "10"))
    }
    assert by["--epochs"] == by["--rounds"]
    assert by["--epochs"]["rounds"] == 10
    assert "cannot be used together" in run("solve", "mazur", "--rounds", "1", "--epochs", "1", code=2)
