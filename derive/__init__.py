"""pencilgrad: backpropagation worksheets and answer keys, derived step by step.

    import derive

    mazur = derive.load("mazur")              # an exercise, by its shipped name or its path
    solution = derive.solve(mazur)            # its derivation with numbers put in
    solution.derivation["dE_total_dw5"]       # one step; a notebook shows it typeset
    solution["dE_total_dw5"]                  # its value, to 50 digits

The modules follow the way of the data: ``exercise`` → ``network`` → ``graph`` → ``derivation`` → ``evaluation`` →
``worksheet`` → ``document`` → ``render``; ``build`` is that way as one function.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derive.authoring.exercise import Exercise
    from derive.authoring.reading import load
    from derive.sheet.build import build_document, solve
    from derive.words.errors import AuthorError, PencilgradError, RefusedError

__version__ = "0.1.0"

__all__ = ["AuthorError", "Exercise", "PencilgradError", "RefusedError", "build_document", "load", "solve"]

_HOME = {
    "AuthorError": "words.errors",
    "Exercise": "authoring.exercise",
    "PencilgradError": "words.errors",
    "RefusedError": "words.errors",
    "build_document": "sheet.build",
    "load": "authoring.reading",
    "solve": "sheet.build",
}


def __getattr__(name: str) -> Any:
    # SymPy takes half a second to import, which a command's --help need not wait for.
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"derive.{_HOME[name]}"), name)
