"""Tree → Unicode text, for the terminal, alternative texts and tooltips."""

from __future__ import annotations

import re

from derive.mathtext.tree import (
    APPLY,
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

_OWN_SPACING = {",": ", ", APPLY.text: ""}
_BRACKETED = re.compile(r"\([^()]*\)|\[[^][]*\]")
_RAISED = {"T": "ᵀ", "+": "⁺", "2": "²", "3": "³", "′": "′"}
_RAISED_MARKS = str.maketrans("()+0123456789", "⁽⁾⁺⁰¹²³⁴⁵⁶⁷⁸⁹")
_MARKS = re.compile(r"\([0-9]+\)\+?")  # the number of a layer, and that a value is new


class _Plain(TextWriter):
    def identifier(self, node: Identifier) -> str:
        return node.text

    def operator(self, node: Operator) -> str:
        if node.text in _OWN_SPACING:
            return _OWN_SPACING[node.text]
        return node.text if node.spacing is Spacing.NONE else f" {node.text} "

    def between(self, before: Node, after: Node) -> str:
        # Names of more than one letter must not run into one another: w1 i1, out_o1 (1 − out_o1).
        return " " if _needs_gap(before, after) else ""

    def fraction(self, node: Fraction) -> str:
        return f"{self._grouped(node.over)}/{self._grouped(node.under)}"

    def _grouped(self, node: Node) -> str:
        text = self.write(node)
        stem = node.base if isinstance(node, Scripts) else node
        holds_together = isinstance(stem, Bracket | Root | Matrix)
        return f"({text})" if (" " in text or "/" in text) and not holds_together else text

    def scripts(self, node: Scripts) -> str:
        text = self.write(node.base)
        if node.sub:
            sub = self.write(node.sub)
            # w5 and b2 as people type them; net_h1 and E_total with the line that keeps the two parts apart.
            text += sub if len(text) == 1 and sub.isdecimal() else f"_{sub}"
        if node.sup:
            sup = self.write(node.sup)
            # A number that is put in for a name stays on the line: its digits are not always among the raised ones.
            is_put_in = isinstance(node.sup, Number) and node.sup.of
            raised = sup.translate(_RAISED_MARKS) if _MARKS.fullmatch(sup) else _RAISED.get(sup)
            text += (not is_put_in and raised) or (
                f"^({sup})" if len(sup) > 1 and not _BRACKETED.fullmatch(sup) else f"^{sup}"
            )
        return text

    def bracket(self, node: Bracket) -> str:
        opened, closed = node.marks
        return f"{opened}{self.write(node.body)}{closed}"

    def root(self, node: Root) -> str:
        body = self.write(node.body)
        return f"√{body}" if isinstance(node.body, Identifier | Number | Scripts | Bracket) else f"√({body})"

    def matrix(self, node: Matrix) -> str:
        return f"[{'; '.join(' '.join(map(self._cell, cells)) for cells in node.rows)}]"

    def _cell(self, cell: Node) -> str:
        text = self.write(cell)
        return f"({text})" if " " in text else text

    def noted(self, node: Noted) -> str:
        # In square brackets, that the note is not read as a factor.
        return f"{self.write(node.body)}[{self.write(node.note)}]"

    def cases(self, node: Cases) -> str:
        return "; ".join(f"{self.write(value)} ({self.write(condition)})" for value, condition in node.lines)

    def aligned(self, node: Aligned) -> str:
        indent = max(len(self.write(left)) for left, _ in node.lines)
        return "\n".join(f"{self.write(left):<{indent}}{self.write(right)}" for left, right in node.lines)


def _needs_gap(before: Node, after: Node) -> bool:
    if isinstance(after, Number):
        return False
    if isinstance(after, Identifier) and isinstance(before, Identifier | Number):
        return len(after.text) > 1 or (isinstance(before, Identifier) and len(before.text) > 1)
    # ∂E and ln(x) are no products.
    return not isinstance(before, Identifier) or (before.text != "∂" and not before.upright)


plain = _Plain().write
