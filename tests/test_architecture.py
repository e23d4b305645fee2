"""The house: rules that keep words, markup and mathematics apart, and fronts that say what is in each room."""

import ast
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

PACKAGE = Path(find_spec("derive").submodule_search_locations[0])
MODULES = sorted(PACKAGE.rglob("*.py"))
PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"


def test_the_package_is_found():
    """The rules below are read from real files."""
    assert {"cli.py", "round.py", "worksheet.py"} <= {module.name for module in MODULES}


def test_mathtext_alone_prints_mathematics():
    """No other module asks SymPy to print."""
    printers = {"latex", "pretty", "sstr", "mathml", "pycode", "srepr"}
    for module in MODULES:
        if "mathtext" in module.parts:
            continue
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("sympy"):
                assert not printers & {alias.name for alias in node.names}, module


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_no_import_hides_inside_a_function(module):
    """What a module needs stands at its head."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert not [
        node.lineno
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]


def test_only_compiled_formulas_are_run():
    """No text of an author is ever evaluated: exec is called where SymPy has printed the source, and eval nowhere."""
    calls = {
        (module.name, node.func.id)
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("eval", "exec", "compile")
    }
    assert calls == {("compiled.py", "exec")}


def test_no_string_becomes_an_expression_by_itself():
    """sympify and parse_expr evaluate what they read, and so do SymPy's functions when they are given text."""
    evaluating = {"sympify", "parse_expr", "S"}
    imported = {
        (module.name, alias.name)
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("sympy")
        for alias in node.names
        if alias.name in evaluating
    }
    called = {
        module.name
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in evaluating
    }
    assert {name for _, name in imported} <= {"S"}  # S.Zero and its like are constants
    assert called == set()


def test_data_flows_one_way_through_the_rooms():
    """The contracts in pyproject.toml hold: no room imports from one above it, and no two neighbours go in a circle."""
    command = ["lint-imports", "--no-cache"]
    done = subprocess.run(command, cwd=PYPROJECT.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("KEPT") == PYPROJECT.read_text(encoding="utf-8").count("[[tool.importlinter.contracts]]")


def test_every_room_says_what_it_is_for():
    """The front of each tells what comes in, what goes out, what it may not know, and where to start reading."""
    rooms = [place for place in PACKAGE.iterdir() if (place / "__init__.py").is_file()]
    assert len(rooms) > 10
    for room in rooms:
        front = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")))
        missing = [
            part for part in ("In:", "Out:", "may not know", "Start with") if part not in " ".join(front.split())
        ]
        assert not missing, room.name


@pytest.mark.parametrize(
    "folder", sorted({module.parent for module in MODULES} - {PACKAGE}), ids=lambda path: path.name
)
def test_the_front_of_a_folder_lists_its_modules(folder):
    """Each module and folder in it stands at the beginning of a line, with what it is for."""
    front = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
    listed = {name for line in front.splitlines() for name in re.split(r", | +", line.partition("  ")[0])}
    own = {module.stem for module in folder.glob("*.py")} | {
        place.name for place in folder.iterdir() if (place / "__init__.py").is_file()
    }
    assert own - {"__init__"} <= listed
