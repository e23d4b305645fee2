"""pencilgrad: backpropagation worksheets and answer keys, derived step by step, and the check of what is answered.

    import derive

    mazur = derive.load("mazur")                      # a shipped name, a path, TOML text, or a dict
    solution = derive.solve(mazur)                    # every quantity by its id
    solution["dE_total_dw5"]                          # its value, to 50 digits
    derive.worksheet(mazur, language="es").save("hoja.pdf")
    derive.key(mazur).save("key.html")
    derive.check(mazur, {"net_h1": "0.3775"}).verdicts
    derive.class_set(mazur, "set", roster="students.csv")
    derive.compare(mazur, {"dE_total_dw5": 0.0329})   # where the numbers of a program first differ

Each name is imported when it is first used, for SymPy takes half a second.

The rooms of the package follow the way of the data; the front of each says what is in it:

    model       networks and formulas as a graph; the tables of activations, losses, optimisers, notations
    derivation  a graph to the steps that a person takes
    figures     drawings of networks, circuits, curves and classes
    numbers     values of steps, what rounding can do to them, training
    authoring   exercise files, read and checked
    equations   steps as printed mathematics
    sheet       what a worksheet and a key say
    audit       numbers that pages print, explained
    render      PDF, HTML, LaTeX, terminal
    mistakes    wrong formulas of known mistakes, by code
    classes     lists of students, other numbers for each, class sets
    checking    answers of students: read, judged, marked, reported
    api         what ``import derive`` offers
    commands    what can be typed
    words       sentences of errors; the catalogue of a language
    mathtext    the only printer of mathematics

What is no code stands beside the package (in an installed wheel inside it), and ``resources`` finds it: ``templates/``
has the words in every language, style sheets and page templates, ``exercises/`` the exercises that are shipped.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derive.api.checks import Answer, Checked, Mistake, check
    from derive.api.class_sets import ClassSet, class_set
    from derive.api.comparisons import Comparison, compare
    from derive.api.exercises import exercise, load
    from derive.api.sheets import Sheet, key, worksheet
    from derive.api.solutions import Row, Solution, UnknownQuantityError, solve
    from derive.authoring.exercise import Exercise
    from derive.checking.verification.verdicts import Verdict
    from derive.words.errors import AuthorError, PencilgradError, RefusedError

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "AuthorError",
    "Checked",
    "ClassSet",
    "Comparison",
    "Exercise",
    "Mistake",
    "PencilgradError",
    "RefusedError",
    "Row",
    "Sheet",
    "Solution",
    "UnknownQuantityError",
    "Verdict",
    "check",
    "class_set",
    "compare",
    "exercise",
    "key",
    "load",
    "solve",
    "worksheet",
]

_HOME = {
    "api.checks": ("Answer", "Checked", "Mistake", "check"),
    "api.class_sets": ("ClassSet", "class_set"),
    "api.comparisons": ("Comparison", "compare"),
    "api.exercises": ("exercise", "load"),
    "api.sheets": ("Sheet", "key", "worksheet"),
    "api.solutions": ("Row", "Solution", "UnknownQuantityError", "solve"),
    "authoring.exercise": ("Exercise",),
    "checking.verification.verdicts": ("Verdict",),
    "words.errors": ("AuthorError", "PencilgradError", "RefusedError"),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"derive.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
