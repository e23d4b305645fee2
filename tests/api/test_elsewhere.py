"""The front door from outside the project: typed for whoever installs it, and shown in a notebook."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import derive

ENGINEER = Path(__file__).with_name("engineer.py")
CELLS = (
    "import derive\nmazur = derive.load('mazur')\nmazur",
    "solution = derive.solve(mazur)\nsolution",
    "solution.steps['dE_total_dw5']",
    "derive.worksheet(mazur, language='es')",
    "derive.check(mazur, {'net_h1': '0.0275'})",
    "derive.compare(mazur, {'net_h1': 0.0275})",
    "solution['dE_total_dw55']",
)


@pytest.mark.slow  # mypy reads the whole package
def test_an_engineers_script_is_typed(tmp_path):
    """mypy --strict has nothing to say of it, and knows what it does not know: a wrong keyword, a wrong type."""
    script = tmp_path / "engineer.py"
    script.write_text(
        ENGINEER.read_text("utf-8") + "\nderive.worksheet(mine, langage='es')\nderive.solve(3)\n", "utf-8"
    )
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    lines = script.read_text("utf-8").splitlines()
    found = {int(line.split(":")[1]) for line in done.stdout.splitlines() if ": error:" in line}
    assert found == {len(lines) - 1, len(lines)}, done.stdout
    assert 'Unexpected keyword argument "langage"' in done.stdout
    assert (Path(derive.__file__).parent / "py.typed").is_file()


def test_an_engineers_script_runs(tmp_path):
    """In an empty folder, from which it leaves only what it was told to save."""
    subprocess.run([sys.executable, str(ENGINEER)], check=True, cwd=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["hoja.html"]


def test_a_notebook_shows_what_it_is_given(tmp_path):
    """An exercise and a step typeset, a solution as a table of MathML, sheets and reports as pages of their own."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    NotebookClient(notebook, allow_errors=True, resources={"metadata": {"path": str(tmp_path)}}).execute()
    exercise, solution, step, *pages, typo = [cell.outputs[0] for cell in notebook.cells]
    assert "\\displaystyle" in exercise.data["text/latex"]
    assert solution.data["text/html"].startswith("<table>")
    assert solution.data["text/html"].count("<math") > 100
    assert solution.data["text/plain"] == "<solution of mazur: 66 quantities>"
    assert "\\partial w_{5}" in step.data["text/latex"]
    assert all(page.data["text/html"].startswith("<iframe srcdoc=") for page in pages)
    assert "worksheet in es" in pages[0].data["text/plain"]
    assert "bias forgotten" in pages[2].data["text/plain"]
    assert typo.ename == "UnknownQuantityError"
    assert "did you mean 'dE_total_dw5'?" in typo.evalue
