"""Tree → MathML Core, for browsers and screen readers."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

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
    Scripts,
    Spacing,
)
from derive.mathtext.writer import TextWriter

# Two names side by side are a product; a screen reader should say so.
_INVISIBLE_TIMES = '<mo>&#x2062;</mo><mspace width=".17em"></mspace>'


class _MathML(TextWriter):
    def identifier(self, node: Identifier) -> str:
        # A single letter is italic by itself; a longer name has to be told, and one letter has to be told not to be.
        bold = ' class="bold"' if node.bold else ""
        if node.upright:
            return f'<mi{bold} mathvariant="normal">{node.text}</mi>'
        if node.bold:
            return f"<mi{bold}>{node.text}</mi>"
        return f"<mi>{node.text}</mi>" if len(node.text) == 1 else f'<mi class="name">{node.text}</mi>'

    def digits(self, node: Number) -> str:
        return f"<mn>{node.text}</mn>"

    def operator(self, node: Operator) -> str:
        form = ' form="prefix"' if node.spacing is Spacing.NONE and node.text == "−" else ""
        return f"<mo{form}>{escape(node.text, quote=False)}</mo>"

    def between(self, before: Node, after: Node) -> str:
        return _INVISIBLE_TIMES if _are_multiplied(before, after) else ""

    def joined(self, pieces: Sequence[str]) -> str:
        return f"<mrow>{''.join(pieces)}</mrow>"

    def fraction(self, node: Fraction) -> str:
        return f"<mfrac>{self.write(node.over)}{self.write(node.under)}</mfrac>"

    def scripts(self, node: Scripts) -> str:
        name = "m" + ("sub" if node.sub else "") + ("sup" if node.sup else "")
        parts = "".join(self.write(part) for part in (node.base, node.sub, node.sup) if part)
        return f"<{name}>{parts}</{name}>"

    def bracket(self, node: Bracket) -> str:
        # Told to stretch, browsers give even one line of text a larger bracket with space around it.
        stretchy = "true" if height(node.body) > 1 else "false"
        opened, closed = node.marks
        left, right = f'<mo form="prefix" stretchy="{stretchy}">', f'<mo form="postfix" stretchy="{stretchy}">'
        return f"<mrow>{left}{opened}</mo>{self.write(node.body)}{right}{closed}</mo></mrow>"

    def root(self, node: Root) -> str:
        return f"<msqrt>{self.write(node.body)}</msqrt>"

    def matrix(self, node: Matrix) -> str:
        flush = list(map(is_flush, node.columns))
        lines = "".join(f"<mtr>{''.join(map(self._cell, cells, flush))}</mtr>" for cells in node.rows)
        return (
            f'<mrow><mo stretchy="true">[</mo><mtable class="matrix">{lines}</mtable><mo stretchy="true">]</mo></mrow>'
        )

    def _cell(self, cell: Node, flush: bool) -> str:
        kind = ' class="flush"' if flush and cell not in DOTS else ""
        return f"<mtd{kind}>{self.write(cell)}</mtd>"

    def noted(self, node: Noted) -> str:
        return f"<munder>{self.write(node.body)}{self.write(node.note)}</munder>"

    def cases(self, node: Cases) -> str:
        lines = "".join(
            f"<mtr><mtd>{self.write(value)}<mo>,</mo></mtd><mtd>{self.write(condition)}</mtd></mtr>"
            for value, condition in node.lines
        )
        return f'<mrow><mo stretchy="true">{{</mo><mtable class="cases">{lines}</mtable></mrow>'

    def aligned(self, node: Aligned) -> str:
        lines = "".join(
            f"<mtr><mtd>{self.write(left)}</mtd><mtd>{self.write(right)}</mtd></mtr>" for left, right in node.lines
        )
        return f'<mtable class="aligned" displaystyle="true">{lines}</mtable>'


def _are_multiplied(before: Node, after: Node) -> bool:
    """Two neighbours are, unless they are a function and its argument, ∂E, or a name with a number in an index."""
    return not isinstance(before, Identifier) or not (before.upright or before.text == "∂" or isinstance(after, Number))


mathml = _MathML().write


def math_element(node: Node, display: bool) -> str:
    """A whole <math> element, with the formula in words for readers that know no MathML."""
    kind = ' display="block"' if display else ""
    label = plain(node).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace("\n", "; ")
    return f'<math{kind} alttext="{label}">{mathml(node)}</math>'
