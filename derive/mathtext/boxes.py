"""Tree → few HTML boxes, for WeasyPrint, which knows no MathML.

Adjacent symbols are one run of text; a box stands only where the layout has two dimensions, because the time that
WeasyPrint takes is the number of boxes. The style sheet ``templates/pdf/mathematics.css`` gives the boxes their look.
"""

from __future__ import annotations

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
    height,
)
from derive.mathtext.writer import writer

_MEDIUM, _THICK, _THIN = "\u2005", "\u2004", "\u2009"
_SPACES = {Spacing.NONE: "", Spacing.BINARY: _MEDIUM, Spacing.RELATION: _THICK}
_ESCAPED = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_UPRIGHT_SYMBOLS = "∂"


def _identifier(node: Identifier) -> str:
    upright = node.upright or node.text in _UPRIGHT_SYMBOLS
    return node.text if upright else f"<i>{node.text}</i>"


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
        if index and _touches(node.items[index - 1], item):
            pieces.append(_THIN)
        pieces.append(boxes(item))
    return "".join(pieces)


def _touches(before: Node, after: Node) -> bool:
    """Whether two factors of a product stand side by side and want a thin space between them."""
    return isinstance(before, Scripts | Fraction) and isinstance(after, Scripts | Fraction | Bracket)


def _fraction(node: Fraction) -> str:
    return f"<span class=f><b>{boxes(node.over)}</b><u>{boxes(node.under)}</u></span>"


def _scripts(node: Scripts) -> str:
    base = boxes(node.base)
    if node.sub and node.sup:
        return f"{base}<span class=ss><sup>{boxes(node.sup)}</sup><sub>{boxes(node.sub)}</sub></span>"
    return f"{base}<sub>{boxes(node.sub)}</sub>" if node.sub else f"{base}<sup>{boxes(node.sup)}</sup>"  # type: ignore[arg-type]


def _bracket(node: Bracket) -> str:
    body = boxes(node.body)
    if height(node.body) == 1:
        return f"({body})"
    return f"<span class=big>(</span>{body}<span class=big>)</span>"


def _cases(node: Cases) -> str:
    return f"<span class=big>{{</span>{_table('c', node.lines)}"


def _aligned(node: Aligned) -> str:
    return _table("a", node.lines)


def _table(kind: str, lines: tuple[tuple[Node, Node], ...]) -> str:
    rows = "".join(f"<span><span>{boxes(left)}</span><span>{boxes(right)}</span></span>" for left, right in lines)
    return f"<span class={kind}>{rows}</span>"


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
