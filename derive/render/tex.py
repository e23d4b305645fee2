"""LaTeX source that compiles unchanged and is made to be edited by hand: macros with the field's names, TikZ for the
network. English and Spanish compile with pdfLaTeX, XeLaTeX and LuaLaTeX, Chinese (ctex) with the last two.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from derive.mathtext.latex import latex_of
from derive.mathtext.tree import Identifier, Node
from derive.render import Layout, Rendering
from derive.render.templating import environment, fill
from derive.sheet.document import Document
from derive.words.languages import Prose

# TeX's braces stay readable when the template language uses none.
_DELIMITERS = {
    "block_start_string": "((*",
    "block_end_string": "*))",
    "variable_start_string": "(((",
    "variable_end_string": ")))",
    "comment_start_string": "((#",
    "comment_end_string": "#))",
}
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "'": r"\textquotesingle{}",
    "\u2003": r"\quad",
    "\u00a0": "~",
    "δ": r"$\delta$",  # no text font of TeX has it
    "½": r"$\frac12$",
    "ᵗ": "$^t$",
    **{chr(0x2080 + digit): f"$_{digit}$" for digit in range(10)},
    "−": "$-$",
    "\n": " ",
}
_LIGATURE = re.compile(r"([-,'?!])(?=[-,'`])")
_CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
# Letters and signs that pdfTeX's standard fonts have.
_LATIN = re.compile(r"[\x20-\x7e\xa0-\u017f\u2010-\u2026\u20ac\u2212\u2003]")


class Tex(str):
    """Text that is LaTeX already."""

    __slots__ = ()


_BREAKABLE_GAP = re.compile(r"~{2,} ")


def render(document: Document, layout: Layout) -> Rendering:
    """The document as LaTeX, with the logo as a file beside it."""
    filters: dict[str, Callable[..., Any]] = {"prose": _prose, "display": _display, "math": _inline}
    env = environment(layout, filters, autoescape=False, finalize=_finalize, **_DELIMITERS)
    logo = document.letterhead.logo
    suffix = f"-logo.{logo.kind}" if logo else ""
    text = fill(
        env, "tex/document.tex.jinja", document=document, layout=layout, logo=suffix, chinese=_has_chinese(document)
    )
    return Rendering(text.encode(), {suffix: logo.data} if logo else {})


def _finalize(value: object) -> str:
    return value if isinstance(value, Tex) else escaped(str(value))


def escaped(text: str) -> Tex:
    """Text as LaTeX prints it: no command, no ligature, no character that would stop pdfTeX."""
    text = _LIGATURE.sub(r"\1\0", text)
    # TeX breaks no line at a space that follows another.
    return Tex(_BREAKABLE_GAP.sub(r"\\quad ", "".join(map(_character, text))))


def _character(character: str) -> str:
    if character == "\0":
        return "{}"
    if special := _SPECIAL.get(character):
        return special
    if _LATIN.match(character) or _CHINESE.match(character):
        return character
    symbol = latex_of(Identifier(character))  # a Greek letter
    return rf"\ensuremath{{{symbol}}}" if symbol.startswith("\\") else rf"\othercharacter{{{character}}}"


def _inline(node: Node) -> Tex:
    return Tex(f"${latex_of(node)}$")


def _display(node: Node) -> Tex:
    return Tex(latex_of(node))


def _prose(prose: Prose) -> Tex:
    return Tex("".join(escaped(part) if isinstance(part, str) else _inline(part) for part in prose))


def _has_chinese(document: Document) -> bool:
    """Whether any text needs a Chinese font: a school's or an author's name may, on a sheet in any language."""
    head = document.letterhead
    texts = [document.title, head.school, head.course, head.instructor, repr(document.sheets)]
    return document.language == "zh" or any(map(_CHINESE.search, texts))
