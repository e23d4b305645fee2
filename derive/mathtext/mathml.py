"""Tree → MathML Core, for browsers and screen readers."""

from __future__ import annotations

from derive.mathtext.building import written_out
from derive.mathtext.plain import plain
from derive.mathtext.sizes import height, is_flush
from derive.mathtext.tree import (
    DOTS,
    Aligned,
    Bracket,
    Cases,
    Fraction,
    Identifier,
    Matrix,
    Node,
    Noted,
    Number,
    Operator,
    Root,
    Row,
    Scripts,
    Spacing,
)
from derive.mathtext.writer import writer

# Two names side by side are a product; a screen reader should say so.
_INVISIBLE_TIMES = '<mo>&#x2062;</mo><mspace width=".17em"></mspace>'
_ESCAPED = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def _identifier(node: Identifier) -> str:
    # A single letter is italic by itself; a longer name has to be told, and one letter has to be told not to be.
    bold = ' class="bold"' if node.bold else ""
    if node.upright:
        return f'<mi{bold} mathvariant="normal">{node.text}</mi>'
    if node.bold:
        return f"<mi{bold}>{node.text}</mi>"
    return f"<mi>{node.text}</mi>" if len(node.text) == 1 else f'<mi class="name">{node.text}</mi>'


def _number(node: Number) -> str:
    if node.exponent:
        return mathml(written_out(node))
    return f"<mn>{node.text}</mn>"


def _operator(node: Operator) -> str:
    form = ' form="prefix"' if node.spacing is Spacing.NONE and node.text == "−" else ""
    return f"<mo{form}>{_ESCAPED.get(node.text, node.text)}</mo>"


def _row(node: Row) -> str:
    pieces: list[str] = []
    for index, item in enumerate(node.items):
        if index and _touches(node.items[index - 1], item):
            pieces.append(_INVISIBLE_TIMES)
        pieces.append(mathml(item))
    return f"<mrow>{''.join(pieces)}</mrow>"


def _touches(before: Node, after: Node) -> bool:
    is_function = isinstance(before, Identifier) and before.upright
    is_name_in_index = isinstance(before, Identifier) and isinstance(after, Number)
    partial_sign = before == Identifier("∂")
    return not (isinstance(before, Operator) or isinstance(after, Operator)) and not (
        is_function or is_name_in_index or partial_sign
    )


def _fraction(node: Fraction) -> str:
    return f"<mfrac>{mathml(node.over)}{mathml(node.under)}</mfrac>"


def _scripts(node: Scripts) -> str:
    name = "m" + ("sub" if node.sub else "") + ("sup" if node.sup else "")
    parts = "".join(mathml(part) for part in (node.base, node.sub, node.sup) if part)
    return f"<{name}>{parts}</{name}>"


def _bracket(node: Bracket) -> str:
    # Told to stretch, browsers give even one line of text a larger bracket with space around it.
    stretchy = "true" if height(node.body) > 1 else "false"
    opened, closed = node.marks
    left, right = f'<mo form="prefix" stretchy="{stretchy}">', f'<mo form="postfix" stretchy="{stretchy}">'
    return f"<mrow>{left}{opened}</mo>{mathml(node.body)}{right}{closed}</mo></mrow>"


def _root(node: Root) -> str:
    return f"<msqrt>{mathml(node.body)}</msqrt>"


def _matrix(node: Matrix) -> str:
    flush = list(map(is_flush, node.columns))
    lines = "".join(f"<mtr>{''.join(map(_cell, cells, flush))}</mtr>" for cells in node.rows)
    return f'<mrow><mo stretchy="true">[</mo><mtable class="matrix">{lines}</mtable><mo stretchy="true">]</mo></mrow>'


def _cell(cell: Node, flush: bool) -> str:
    kind = ' class="flush"' if flush and cell not in DOTS else ""
    return f"<mtd{kind}>{mathml(cell)}</mtd>"


def _noted(node: Noted) -> str:
    return f"<munder>{mathml(node.body)}{mathml(node.note)}</munder>"


def _cases(node: Cases) -> str:
    lines = "".join(
        f"<mtr><mtd>{mathml(value)}<mo>,</mo></mtd><mtd>{mathml(condition)}</mtd></mtr>"
        for value, condition in node.lines
    )
    return f'<mrow><mo stretchy="true">{{</mo><mtable class="cases">{lines}</mtable></mrow>'


def _aligned(node: Aligned) -> str:
    lines = "".join(f"<mtr><mtd>{mathml(left)}</mtd><mtd>{mathml(right)}</mtd></mtr>" for left, right in node.lines)
    return f'<mtable class="aligned" displaystyle="true">{lines}</mtable>'


mathml = writer(
    {
        Identifier: _identifier,
        Number: _number,
        Operator: _operator,
        Row: _row,
        Fraction: _fraction,
        Scripts: _scripts,
        Bracket: _bracket,
        Root: _root,
        Matrix: _matrix,
        Noted: _noted,
        Cases: _cases,
        Aligned: _aligned,
    }
)


def math_element(node: Node, display: bool) -> str:
    """A whole <math> element, with the formula in words for readers that know no MathML."""
    kind = ' display="block"' if display else ""
    label = plain(node).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace("\n", "; ")
    return f'<math{kind} alttext="{label}">{mathml(node)}</math>'
