"""HTML that stands alone: MathML, the diagram and the logo inside, no script, nothing to fetch."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from unicodedata import normalize

from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from derive.mathtext.mathml import math_element
from derive.mathtext.sizes import height
from derive.mathtext.svg import svg_of
from derive.mathtext.tree import Node
from derive.render import Layout, Rendering
from derive.render.templating import environment, fill
from derive.sheet.document import Document, Logo
from derive.words.languages import Prose

MathWriter = Callable[[Node, bool], str]
LabelWriter = Callable[[Node], str]


def render(document: Document, layout: Layout) -> Rendering:
    """The document as one HTML file for browsers."""
    env = html_environment(layout, math_element)
    text = fill(
        env, "html/document.html.jinja", document=document, layout=layout, logo=_data_url(document.letterhead.logo)
    )
    return Rendering(text.encode())


def html_environment(
    layout: Layout, write_math: MathWriter, write_label: LabelWriter = svg_of
) -> ImmutableSandboxedEnvironment:
    """Templates that make HTML, with formulas written by ``write_math``, those in figures by ``write_label``."""

    # Markup is for what mathtext and css_string have written: neither lets a character of an author's text through.
    def display(node: Node) -> Markup:
        return Markup(write_math(node, True))

    def inline(node: Node) -> Markup:
        return Markup(write_math(node, False))

    def prose(parts: Prose) -> Markup:
        return Markup("").join(_words(part) if isinstance(part, str) else inline(part) for part in parts)

    filters: dict[str, Callable[..., Any]] = {
        "display": display,
        "inline": inline,
        "prose": prose,
        "svg": write_label,
        "css_string": css_string,
        "height": height,
    }
    return environment(layout, filters, autoescape=True)


def _words(text: str) -> Markup:
    """Text of a catalogue or of an author; in names such as w₁ digits are set below the line, for no face has them."""
    lowered = _LOWERED.sub(lambda found: f"<sub>{normalize('NFKC', found[0])}</sub>", str(escape(text)))
    return Markup(_RAISED.sub(lambda found: f"<sup>{normalize('NFKC', found[0])}</sup>", lowered))


_LOWERED, _RAISED = re.compile("[₀-₉]+"), re.compile("[ᵗ⁺]+")


def css_string(text: str) -> Markup:
    """Text as the content of a CSS string, between quotation marks."""
    escaped = "".join(c if c.isalnum() or c == " " else f"\\{ord(c):x} " for c in text)
    return Markup(escaped)


def _data_url(logo: Logo | None) -> str:
    return f"data:image/{logo.kind};base64,{b64encode(logo.data).decode()}" if logo else ""
