"""The README is true: its commands are run, its Python is run, what it names is there."""

import os
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from derive.authoring.exercise import MAX_PARAMETERS
from derive.authoring.reading import load
from derive.commands.cli import main
from derive.model.activations import ACTIVATIONS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def fenced(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def commands():
    lines = [line.split(" #")[0].strip() for block in fenced("sh") for line in block.splitlines()]
    return [line for line in lines if line.startswith("pencilgrad ")]


def test_there_are_commands():
    """The test below runs something."""
    assert len(commands()) > 10


def test_the_readmes_commands_run_in_order(tmp_path, monkeypatch):
    """In one empty folder, as a reader would."""
    monkeypatch.chdir(tmp_path)
    (table,) = fenced("csv")
    Path("answers.csv").write_text(table, encoding="utf-8")
    for command in commands():
        result = CliRunner().invoke(main, shlex.split(command)[1:], catch_exceptions=False)
        assert result.exit_code == 0, (command, result.output)
        if "-o" in command:
            assert Path(shlex.split(command)[shlex.split(command).index("-o") + 1]).stat().st_size > 1000


def test_the_two_first_commands_are_those_of_the_check():
    """Installing, a sheet, and the tests: the check runs the very line of the README."""
    first = fenced("sh")[0]
    assert "pip install . && pencilgrad worksheet mazur" in first
    assert "pip install '.[test]' && pytest" in first
    assert "README.md" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_notebook_lines_run():
    """And show themselves as LaTeX."""
    space = {}
    (block,) = fenced("python")
    exec(block, space)
    assert space["mazur"]._repr_latex_().startswith("$\\displaystyle \\begin{aligned}")
    assert "\\partial w_{5}" in space["solution"].derivation["dE_total_dw5"]._repr_latex_()
    assert "\\delta_{o1}" in space["solution"].derivation._repr_latex_()
    assert str(space["solution"]["dE_total_dw5"]).startswith("0.0821670405642307")


def test_what_the_readme_says_of_limits_and_names_is_so():
    """Numbers and names in the text are those of the code."""
    assert f"at most {MAX_PARAMETERS:,} weights" in README
    assert all(f"`{name}`" in README for name in ACTIVATIONS)


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#h][^)]*)\)", README))
def test_links_lead_somewhere(link):
    """To files of the project."""
    assert (ROOT / link).exists()


def test_the_installed_package_is_tested_in_ci():
    """CI tests the wheel, not the checkout."""
    if os.environ.get("CI"):
        assert ROOT not in load("mazur").path.parents
