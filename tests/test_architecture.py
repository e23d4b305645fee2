"""The way of the data is read from the imports: rules that keep words, markup and mathematics apart."""

import ast
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

PACKAGE = Path(find_spec("derive").submodule_search_locations[0])
MODULES = sorted(PACKAGE.rglob("*.py"))


@cache
def imports(module: Path) -> set[str]:
    """Every module of the package that a module imports, wherever in its text."""
    names = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("derive"):
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names


def reachable(name: str) -> set[str]:
    """What a module imports, directly or through others."""
    found, waiting = set(), [name]
    while waiting:
        place = PACKAGE.parent / Path(*waiting.pop().split("."))
        path = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
        if path.is_file():
            new = imports(path) - found - {"derive"}  # which imports nothing itself but for type checkers
            found |= new
            waiting += new
    return found


def test_the_package_is_found():
    """The rules below are read from real files."""
    assert {"cli.py", "round.py", "worksheet.py"} <= {module.name for module in MODULES}
    assert "derive.model.graph" in reachable("derive.derivation.round")


@pytest.mark.parametrize("renderer", ["html", "pdf", "tex", "templating"])
def test_a_renderer_imports_no_derivation(renderer):
    """A renderer formats a finished document and computes nothing."""
    direct = imports(PACKAGE / "render" / f"{renderer}.py")
    assert not {
        name
        for name in direct
        if name.startswith(("derive.derivation.round", "derive.numbers.evaluation", "derive.model.graph"))
    }


def test_a_derivation_reaches_no_words():
    """Steps know mathematics, never words or markup."""
    reached = reachable("derive.derivation.round")
    assert not {
        name
        for name in reached
        if name.startswith(
            (
                "derive.words.languages",
                "derive.sheet.document",
                "derive.sheet.worksheet",
                "derive.render",
                "babel",
                "jinja2",
            )
        )
    }


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


def test_there_is_no_circle_of_imports():
    """Data flows one way."""
    names = [".".join(module.relative_to(PACKAGE.parent).with_suffix("").parts) for module in MODULES]
    for name in names:
        if not name.endswith("__init__"):
            assert name not in reachable(name), name
