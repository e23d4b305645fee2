"""Tree → few HTML boxes, for WeasyPrint, which knows no MathML.

The time that WeasyPrint takes is the number of elements, so an element stands only where the layout has two dimensions.
Adjacent symbols are one run of text: the font of formulas has italic letters and upright digits, so that names need no
element of their own. Lines are aligned by giving their left sides one width, which is faster by half than a table. The
style sheet ``templates/pdf/mathematics.css`` gives the boxes their look.
"""

from __future__ import annotations

from html import escape
from math import ceil

from derive.mathtext.contents import holds_matrix
from derive.mathtext.sizes import height, is_flush, row_height, width
from derive.mathtext.tree import (
    BARS,
    DOTS,
    DOTS_DOWN,
    PRIME,
    Aligned,
    Bracket,
    Cases,
    Fraction,
    Identifier,
    Matrix,
    Node,
    Noted,
    Operator,
    Root,
    Row,
    Scripts,
    Slot,
)
from derive.mathtext.writer import THIN, TextWriter, are_factors, spaced

_THIN_WIDTH = 0.2  # em
_NEW_LINE = "\n"
_TALLEST_GLYPH = 4  # lines; a bracket that is scaled further grows too heavy and is drawn as a border instead
_LEAST_INDENT = 8  # half ems: so that the signs of equations below one another mostly stand below one another


class _Boxes(TextWriter):
    def identifier(self, node: Identifier) -> str:
        text = f"<s>{node.text}</s>" if node.upright else node.text
        return f"<b>{text}</b>" if node.bold else text

    def slot(self, node: Slot) -> str:
        return super().slot(node) if node.exponent else f"<data class={node.face}>{node.text}</data>"

    def operator(self, node: Operator) -> str:
        return escape(spaced(node), quote=False)

    def between(self, before: Node, after: Node) -> str:
        return THIN if are_factors(before, after) else ""

    def fraction(self, node: Fraction) -> str:
        return f"<span class=f><b>{self.write(node.over)}</b><u>{self.write(node.under)}</u></span>"

    def scripts(self, node: Scripts) -> str:
        base = self.write(node.base)
        if node.sup == PRIME:  # which the font has raised already
            return f"{base}{PRIME.text}"
        sub = f"<sub>{self.write(node.sub)}</sub>" if node.sub else ""
        tall = f" class=h{height(node.base)}" if height(node.base) > 1 else ""
        sup = f"<sup{tall}>{self.write(node.sup)}</sup>" if node.sup else ""
        if sub and sup:
            return f"{base}<span class=ss>{sup}{sub}</span>"
        return base + sub + sup

    def bracket(self, node: Bracket) -> str:
        body = self.write(node.body)
        opened, closed = node.marks
        lines = height(node.body)
        if lines == 1:
            return f"{opened}{body}{closed}"
        if node.marks == BARS:
            return f"<span class=bars>{body}</span>"
        if lines > _TALLEST_GLYPH:
            return f"<span class=round>{body}</span>"
        # In the size of the font that is made for a fraction, and larger ones for more.
        size = "big" if lines == 2 and not holds_matrix(node) else f'"big h{lines}"'
        return f"<span class={size}>{opened}</span>{body}<span class={size}>{closed}</span>"

    def root(self, node: Root) -> str:
        body, lines = self.write(node.body), height(node.body)
        return f"√<span class=r>{body}</span>" if lines == 1 else f'<span class="r h{lines}"><i>√</i>{body}</span>'

    def matrix(self, node: Matrix) -> str:
        # A column is one run of text with the ends of its lines: an element a cell would take several times as long.
        last = len(node.columns) - 1
        tall = f" x{row_height(node)}" if row_height(node) > 1 else ""
        pieces = []
        for index, column in enumerate(node.columns):
            flush = is_flush(column)
            kind = "v" + tall + " flush" * flush + " first" * (index == 0) + " last" * (index == last)
            margin = THIN * round((max(map(width, column)) - width(DOTS_DOWN)) / 2 / _THIN_WIDTH)
            cells = [self.write(cell) + margin * (flush and cell in DOTS) for cell in column]
            pieces.append(f'<span class="{kind}">{_NEW_LINE.join(cells)}</span>')
        return "".join(pieces)

    def noted(self, node: Noted) -> str:
        return f'<span class="n n{height(node.body)}">{self.write(node.body)}<u>{self.write(node.note)}</u></span>'

    def cases(self, node: Cases) -> str:
        lines = "".join(
            f"<span>{self.write(value)},\u2003{self.write(condition)}</span>" for value, condition in node.lines
        )
        # The brace comes in the sizes of its fonts: two lines, or more and fractions.
        tall = " tall" if height(node) > 2 else ""
        return f'<span class="brace{tall}">{{</span><span class=c>{lines}</span>'

    def aligned(self, node: Aligned) -> str:
        # In half ems, rounded up: what is needed is one width that is enough, not the exact one.
        indent = max(_LEAST_INDENT, ceil(2 * max(width(left) for left, _ in node.lines) + 0.5))
        return "".join(self._line(left, right, indent) for left, right in node.lines)

    def _line(self, left: Node, right: Node, indent: int) -> str:
        if left == Row(()):
            return f'<span class="l l{indent}">{self.write(right)}</span>'
        return f'<span class=l><span class="w w{indent}">{self.write(left)}</span>{self.write(right)}</span>'


boxes = _Boxes().write


def math_box(node: Node, display: bool) -> str:
    """A whole formula, inline or on lines of its own.

    The element is an ``a`` without an address: WeasyPrint tags no element as a formula, but an ``a`` is told apart in
    the tags and can be made one afterwards.
    """
    return f'<a class="m{" d" if display else ""}">{boxes(node)}</a>'
