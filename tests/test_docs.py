"""The README and the pages in docs/ are true: their commands and their Python are run, and what they name is there."""

import ast
import doctest
import os
import re
import shlex
import tomllib
from importlib.util import module_from_spec, spec_from_file_location
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner

import derive
from derive import resources
from derive.authoring.exercise import MAX_PARAMETERS
from derive.authoring.reading import load
from derive.checking.submissions.formats import FORMATS as ANSWERS
from derive.checking.verification.verdicts import Verdict
from derive.choices import DETAILS, MOST_VARIANTS, NOTATIONS
from derive.classes.roster import MOST_STUDENTS
from derive.commands.cli import main
from derive.mistakes.table import MISTAKES
from derive.model.activations import ACTIVATIONS
from derive.model.formulas.operations import FUNCTIONS
from derive.model.losses import LOSSES
from derive.model.optimizers import OPTIMIZERS
from derive.render import FORMATS

ROOT = Path(__file__).parent.parent
PACKAGE = Path(derive.__file__).parent
PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
}
README = PAGES["README.md"]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

BLOCK = re.compile(r"(?:<!-- (?P<file>\S+) -->\n)?```(?P<language>\w+)\n(?P<text>.*?)```", re.DOTALL)


def blocks(text, *languages):
    return [block for block in BLOCK.finditer(text) if block["language"] in languages]


def commands(text):
    lines = [line.split(" #")[0].strip() for block in blocks(text, "sh") for line in block["text"].splitlines()]
    return [line for line in lines if line.startswith("pencilgrad ")]


# --- what can be run --------------------------------------------------------------------------------------------------


def test_there_are_commands():
    """The test below runs something, and nobody has to guess what a block is."""
    assert sum(len(commands(text)) for text in PAGES.values()) > 40
    languages = {block["language"] for text in PAGES.values() for block in BLOCK.finditer(text)}
    assert languages == {"sh", "csv", "json", "toml", "jinja", "python", "pycon"}
    assert sum(text.count("```") for text in PAGES.values()) == 2 * sum(
        len(BLOCK.findall(text)) for text in PAGES.values()
    )


@pytest.mark.parametrize("page", [page for page in PAGES if commands(PAGES[page])])
def test_the_commands_of_a_page_run_in_order(page, tmp_path, monkeypatch):
    """In one empty folder, as a reader would; a block under the name of a file is that file."""
    monkeypatch.chdir(tmp_path)
    for block in BLOCK.finditer(PAGES[page]):
        if block["file"]:
            Path(block["file"]).parent.mkdir(parents=True, exist_ok=True)
            Path(block["file"]).write_text(block["text"], encoding="utf-8")
        for command in commands(block[0]):
            words = shlex.split(command)
            result = CliRunner().invoke(main, words[1:], catch_exceptions=False)
            assert result.exit_code == 0, (command, result.output)
            if "-o" in words:
                assert Path(words[words.index("-o") + 1]).stat().st_size > 1000


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(PAGES[page], "pycon")])
def test_the_python_of_a_page_is_true(page, tmp_path, monkeypatch):
    """It prints what stands there, block after block in one namespace."""
    monkeypatch.chdir(tmp_path)
    text = "\n".join(block["text"] for block in blocks(PAGES[page], "pycon"))
    example = doctest.DocTestParser().get_doctest(text, {}, page, page, 0)
    said = StringIO()
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(example, out=said.write)
    assert runner.tries > 10
    assert not runner.failures, said.getvalue()


def test_the_notebook_lines_run():
    """And show themselves as LaTeX."""
    space = {}
    (block,) = blocks(PAGES["docs/programmer.md"], "python")
    exec(block["text"], space)
    assert space["mazur"]._repr_latex_().startswith("$\\displaystyle \\begin{aligned}")
    assert "\\partial w_{5}" in space["solution"].derivation["dE_total_dw5"]._repr_latex_()
    assert "\\delta_{o1}" in space["solution"].derivation._repr_latex_()
    assert str(space["solution"]["dE_total_dw5"]).startswith("0.0821670405642307")


def test_a_folder_of_looks_changes_the_page(tmp_path, monkeypatch):
    """The template of the page about templates is used for the sheet that is made with it."""
    monkeypatch.chdir(tmp_path)
    (block,) = blocks(PAGES["docs/templates.md"], "jinja")
    Path(block["file"]).parent.mkdir(parents=True)
    Path(block["file"]).write_text(block["text"], encoding="utf-8")
    assert derive.worksheet("one-weight", templates="mine").pdf != derive.worksheet("one-weight").pdf


def test_the_two_first_commands_are_those_of_the_check():
    """Installing, a sheet, and the tests: the check runs the very line, after the environment is there."""
    first = blocks(README, "sh")[0]["text"].splitlines()
    places = [
        next(number for number, line in enumerate(first) if line.startswith(start))
        for start in (
            "git clone ",
            "python3 -m venv",
            "pip install . && pencilgrad worksheet mazur",
            "pip install '.[test]' && pytest",
        )
    ]
    assert places == [0, 1, 2, 3]
    assert "README.md" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_installed_package_is_tested_in_ci():
    """CI tests the wheel, not the checkout."""
    if os.environ.get("CI"):
        assert ROOT not in load("mazur").path.parents


# --- the keys of exercise files ---------------------------------------------------------------------------------------


def test_every_key_stands_on_the_authors_page():
    """The tables are those that the schema makes."""
    spec = spec_from_file_location("keys", ROOT / "docs" / "keys.py")
    keys = module_from_spec(spec)
    spec.loader.exec_module(keys)
    page = PAGES["docs/author.md"]
    assert f"{keys.BEGIN}\n\n{keys.tables()}\n\n{keys.END}" in page, "write the tables anew: python docs/keys.py"
    assert keys.renewed(page) == page


def test_the_files_on_the_authors_page_are_valid():
    """Each block of TOML is an exercise."""
    for block in blocks(PAGES["docs/author.md"], "toml"):
        assert derive.load(block["text"])


# --- what is said is so -----------------------------------------------------------------------------------------------


def test_the_readme_fits_on_two_screens():
    """It says what this is and where to read on; what is longer has a page."""
    assert len(README.splitlines()) <= 120
    for page, text in PAGES.items():
        rows = [line for line in text.splitlines() if len(line) > 120 and not line.startswith(("|", "pencilgrad "))]
        assert not rows, page


def test_every_page_is_found_from_the_readme():
    """In its table of what to read."""
    assert {page for page in PAGES if page != "README.md"} <= set(re.findall(r"\]\((docs/[^)]*)\)", README))


NAMED = {
    "docs/author.md": [*ACTIVATIONS, *LOSSES, *OPTIMIZERS, *FUNCTIONS],
    "docs/instructor.md": [*NOTATIONS, *DETAILS],
    "docs/checking.md": list(Verdict),
    "docs/published.md": list(resources.exercises()),
    "docs/programmer.md": [
        f"derive.{name}" for name in derive.__all__ if not isinstance(getattr(derive, name), type)
    ],
}  # fmt: skip


@pytest.mark.parametrize("page", NAMED)
def test_what_can_be_chosen_is_named(page):
    """Every name that the code knows stands on the page of whoever needs it."""
    text = re.sub(r"`demofox-1` … `demofox-4`", "`demofox-1` `demofox-2` `demofox-3` `demofox-4`", PAGES[page])
    text = text.replace("`optimizer-momentum` … `optimizer-adamw`", " ".join(f"`optimizer-{n}`" for n in OPTIMIZERS))
    assert not [name for name in NAMED[page] if not re.search(rf"`[^`\n]*\b{re.escape(name)}\b[^`\n]*`", text)]


def test_the_settings_of_optimisers_are_those_of_the_table():
    """With the values that they have if nothing is said."""
    for record in OPTIMIZERS.values():
        (row,) = re.findall(rf"^\| `{record.name}` \|.*$", PAGES["docs/author.md"], re.MULTILINE)
        if record.name != "adamw":  # which has those of adam, and its own
            assert dict(re.findall(r"`(\w+)` ([\d.]+\d)", row)) == dict(record.settings)
        assert (f"the learning rate is {record.rate}" in row) == bool(record.rate)


def test_numbers_in_the_text_are_those_of_the_code():
    """Limits and counts."""
    assert f"at most {MAX_PARAMETERS:,} weights" in PAGES["docs/author.md"]
    assert f"one of {len(MISTAKES)} known mistakes" in PAGES["docs/checking.md"]
    assert f"the {len(resources.exercises())} exercises" in README
    assert MOST_STUDENTS == MOST_VARIANTS
    assert f"At most {MOST_VARIANTS:,} sheets" in PAGES["docs/class.md"]
    python = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    assert f"Python {python.removeprefix('>=')}" in README
    assert all(suffix in PAGES["docs/instructor.md"] for suffix in FORMATS)
    assert all(suffix[1:].upper() in PAGES["docs/checking.md"] for suffix in ANSWERS)


def test_every_command_and_option_is_there():
    """What a page says can be typed, can be; and each command is on some page."""
    text = "\n".join(PAGES.values())
    options = {option for command in main.commands.values() for own in command.params for option in own.opts}
    others = {"--help", "--version"}  # of every command; those of other programs stand in blocks of their own
    others |= {"--quick", "--sizes"}  # of benchmarks, in the table of the README
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) <= options | others
    assert not [name for name in main.commands if f"pencilgrad {name}" not in text]


def test_the_readme_has_a_row_for_each_room():
    """In the table of how it works."""
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert set(re.findall(r"^\| `derive/(\w+)/` \|", README, re.MULTILINE)) == rooms


# --- links and paths --------------------------------------------------------------------------------------------------

LINKS = [
    (page, link)
    for page, text in {**PAGES, "CONTRIBUTING.md": CONTRIBUTING}.items()
    for link in re.findall(r"\]\(([^)#h][^)]*)\)", text)
]


@pytest.mark.parametrize(("page", "link"), LINKS)
def test_links_lead_somewhere(page, link):
    """To files of the project."""
    assert (ROOT / page).parent.joinpath(link).exists()


PATH = re.compile(r"(?<![\w/.])(?:derive|templates|tests|exercises|benchmarks|docs)/[\w./-]*[\w/]")


@pytest.mark.parametrize("page", [*PAGES, "CONTRIBUTING.md"])
def test_every_path_that_is_named_exists(page):
    """Those with a word in capitals stand for many."""
    text = PAGES.get(page, CONTRIBUTING)
    named = [path for path in PATH.findall(text) if not re.search(r"/[A-Z]+\.", path)]
    places = {path: PACKAGE.parent if path.startswith("derive/") else ROOT for path in named}
    assert not [path for path, place in places.items() if not (place / path).exists()]


def test_pages_that_modules_name_exist():
    """A docstring that sends a reader to a page in docs/ sends nobody astray."""
    named = {page for path in PACKAGE.rglob("*.py") for page in re.findall(r"docs/\w+\.md", path.read_text("utf-8"))}
    assert named
    assert named <= PAGES.keys()


def test_names_in_modules_are_there():
    """``FUNCTIONS`` of ``derive/…py`` is assigned in it."""
    said = re.findall(r"`(\w+)`(?:, `(\w+)`)?\s+(?:of|in)\s+`([\w/]+\.py)`", CONTRIBUTING + PAGES["docs/templates.md"])
    assert len(said) > 15
    for *names, path in said:
        tree = ast.parse((PACKAGE.parent if path.startswith("derive/") else ROOT).joinpath(path).read_text("utf-8"))
        known = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        known |= {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef | ast.FunctionDef)}
        assert set(filter(None, names)) <= known, path
