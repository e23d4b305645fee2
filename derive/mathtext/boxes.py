"""Tree → few HTML boxes, for WeasyPrint, which knows no MathML.

The time that WeasyPrint takes is the number of elements, so an element stands only where the layout has two dimensions.
Adjacent symbols are one run of text: the font of formulas has italic letters and upright digits, so that names need no
element of their own. Lines are aligned by giving their left sides one width, which is faster by half than a table. The
style sheet ``templates/pdf/mathematics.css`` gives the boxes their look.
"""

from __future__ import annotations

from math import ceil

from derive.mathtext.tree import (
    Aligned,
    Bracket,
    Cases,
    Fraction,
    Identifier,
    Node,
    Number,
    Operator,
    Row,
    Scripts,
    Spacing,
    are_factors,
    height,
    width,
)
from derive.mathtext.writer import writer

_MEDIUM, _THICK, _THIN = "\u2005", "\u2004", "\u2009"
_SPACES = {Spacing.NONE: "", Spacing.BINARY: _MEDIUM, Spacing.RELATION: _THICK}
_LEAST_INDENT = 8  # half ems: so that the signs of equations below one another mostly stand below one another
_ESCAPED = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def _identifier(node: Identifier) -> str:
    return f"<s>{node.text}</s>" if node.upright else node.text


def _number(node: Number) -> str:
    return boxes(node.written_out) if node.exponent else node.text


def _operator(node: Operator) -> str:
    if node.text == ",":
        return "," + _THIN
    space = _SPACES[node.spacing]
    return f"{space}{_ESCAPED.get(node.text, node.text)}{space}"


def _row(node: Row) -> str:
    pieces: list[str] = []
    for index, item in enumerate(node.items):
        if index and are_factors(node.items[index - 1], item):
            pieces.append(_THIN)
        pieces.append(boxes(item))
    return "".join(pieces)


def _fraction(node: Fraction) -> str:
    return f"<span class=f><b>{boxes(node.over)}</b><u>{boxes(node.under)}</u></span>"


def _scripts(node: Scripts) -> str:
    base = boxes(node.base)
    sub = f"<sub>{boxes(node.sub)}</sub>" if node.sub else ""
    sup = f"<sup>{boxes(node.sup)}</sup>" if node.sup else ""
    if sub and sup:
        return f"{base}<span class=ss>{sup}{sub}</span>"
    return base + sub + sup


def _bracket(node: Bracket) -> str:
    body = boxes(node.body)
    if height(node.body) == 1:
        return f"({body})"
    return f"<span class=big>(</span>{body}<span class=big>)</span>"


def _cases(node: Cases) -> str:
    lines = "".join(f"<span>{boxes(value)},\u2003{boxes(condition)}</span>" for value, condition in node.lines)
    # The brace comes in the sizes of its fonts: two lines, or more and fractions.
    tall = " tall" if height(node) > 2 else ""
    return f'<span class="brace{tall}">{{</span><span class=c>{lines}</span>'


def _aligned(node: Aligned) -> str:
    # In half ems, rounded up: what is needed is one width that is enough, not the exact one.
    indent = max(_LEAST_INDENT, ceil(2 * max(width(left) for left, _ in node.lines) + 0.5))
    return "".join(_line(left, right, indent) for left, right in node.lines)


def _line(left: Node, right: Node, indent: int) -> str:
    if left == Row(()):
        return f'<span class="l l{indent}">{boxes(right)}</span>'
    return f'<span class=l><span class="w w{indent}">{boxes(left)}</span>{boxes(right)}</span>'


boxes = writer(
    {
        Identifier: _identifier,
        Number: _number,
        Operator: _operator,
        Row: _row,
        Fraction: _fraction,
        Scripts: _scripts,
        Bracket: _bracket,
        Cases: _cases,
        Aligned: _aligned,
    }
)


def math_box(node: Node, display: bool) -> str:
    """A whole formula, inline or on lines of its own.

    The element is an ``a`` without an address: WeasyPrint tags no element as a formula, but an ``a`` is told apart in
    the tags and can be made one afterwards.
    """
    return f'<a class="m{" d" if display else ""}">{boxes(node)}</a>'
