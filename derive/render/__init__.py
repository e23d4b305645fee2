"""Formats: one module for each, found by the output's suffix.

In: a finished ``Document`` and a ``Layout``. Out: the bytes of a file. A renderer formats and computes nothing: it may
not know how anything was derived, nor where files are written. To add a format: a module with a function
``render(document, layout) -> Rendering``, a line in ``FORMATS``, its templates in ``templates/``. Start with ``html``.

html, pdf, tex  the formats of files
terminal        the same document in the terminal
templating      Jinja2's environment, and what templates may call
tags            what a screen reader is told of a PDF
lines           where a line of words may end in the terminal
bound           finished documents as one file for the printer
stamping        a class set laid out once, and each student's numbers stamped into it
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from derive.sheet.document import Document
from derive.words.errors import AuthorError, Problem

FILLABLE = (".pdf", ".html")

FORMATS: Mapping[str, str] = {".pdf": "pdf", ".html": "html", ".tex": "tex"}
"""Suffix → module. Modules are imported when needed: WeasyPrint takes a third of a second."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a document is laid out, whatever it says."""

    paper: str = "a4"
    fillable: bool = False
    templates: Path | None = None
    """The instructor's own templates; what is not in this folder is taken from ours."""
    marked: bool = False
    """Whether the foot of each page has room for a code (see ``stamping.marks``)."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """The finished file, and files that must lie beside it (suffix → bytes): LaTeX cannot hold an image itself."""

    content: bytes
    companions: Mapping[str, bytes] = field(default_factory=dict)


Renderer = Callable[[Document, Layout], Rendering]


def renderer_for(output: Path) -> Renderer:
    """The renderer of the format that the suffix names."""
    module = FORMATS.get(output.suffix.lower())
    if module is None:
        raise AuthorError(Problem("unknown_format", evidence={"found": output.name, "allowed": ", ".join(FORMATS)}))
    renderer: Renderer = import_module(f"derive.render.{module}").render
    return renderer
