"""Tree → Unicode text, for the terminal, alternative texts and tooltips."""

from __future__ import annotations

import re

from derive.mathtext.building import written_out
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
    Row,
    Scripts,
    Spacing,
)
from derive.mathtext.writer import writer

_BRACKETED = re.compile(r"\([^()]*\)|\[[^][]*\]")
_RAISED = {"T": "ᵀ", "+": "⁺", "2": "²", "3": "³", "′": "′"}
_RAISED_MARKS = str.maketrans("()+0123456789", "⁽⁾⁺⁰¹²³⁴⁵⁶⁷⁸⁹")
_MARKS = re.compile(r"\([0-9]+\)\+?")  # the number of a layer, and that a value is new


def _number(node: Number) -> str:
    return plain(written_out(node)) if node.exponent else node.text


def _operator(node: Operator) -> str:
    if node.text == ",":
        return ", "
    if node == APPLY:
        return ""
    return node.text if node.spacing is Spacing.NONE else f" {node.text} "


def _row(node: Row) -> str:
    text = ""
    for index, item in enumerate(node.items):
        piece = plain(item)
        # Names of more than one letter must not run into one another: w1 i1, out_o1 (1 − out_o1).
        if index and _needs_gap(node.items[index - 1], item):
            text += " "
        text += piece
    return text


def _needs_gap(before: Node, after: Node) -> bool:
    if isinstance(before, Operator) or isinstance(after, Operator | Number):
        return False
    if isinstance(after, Identifier) and isinstance(before, Identifier | Number):
        return len(after.text) > 1 or (isinstance(before, Identifier) and len(before.text) > 1)
    # ∂E and ln(x) are no products.
    return not isinstance(before, Identifier) or (before.text != "∂" and not before.upright)


def _fraction(node: Fraction) -> str:
    return f"{_grouped(node.over)}/{_grouped(node.under)}"


def _grouped(node: Node) -> str:
    text = plain(node)
    stem = node.base if isinstance(node, Scripts) else node
    holds_together = isinstance(stem, Bracket | Root | Matrix)
    return f"({text})" if (" " in text or "/" in text) and not holds_together else text


def _scripts(node: Scripts) -> str:
    text = plain(node.base)
    if node.sub:
        sub = plain(node.sub)
        # w5 and b2 as people type them; net_h1 and E_total with the line that keeps the two parts apart.
        text += sub if len(text) == 1 and sub.isdecimal() else f"_{sub}"
    if node.sup:
        sup = plain(node.sup)
        # A number that is put in for a name stays on the line: its digits are not always among the raised ones.
        is_put_in = isinstance(node.sup, Number) and node.sup.of
        raised = sup.translate(_RAISED_MARKS) if _MARKS.fullmatch(sup) else _RAISED.get(sup)
        text += (not is_put_in and raised) or (
            f"^({sup})" if len(sup) > 1 and not _BRACKETED.fullmatch(sup) else f"^{sup}"
        )
    return text


def _bracket(node: Bracket) -> str:
    opened, closed = node.marks
    return f"{opened}{plain(node.body)}{closed}"


def _root(node: Root) -> str:
    body = plain(node.body)
    return f"√{body}" if isinstance(node.body, Identifier | Number | Scripts | Bracket) else f"√({body})"


def _matrix(node: Matrix) -> str:
    return f"[{'; '.join(' '.join(map(_cell, cells)) for cells in node.rows)}]"


def _cell(cell: Node) -> str:
    text = plain(cell)
    return f"({text})" if " " in text else text


def _noted(node: Noted) -> str:
    # In square brackets, that the note is not read as a factor.
    return f"{plain(node.body)}[{plain(node.note)}]"


def _cases(node: Cases) -> str:
    return "; ".join(f"{plain(value)} ({plain(condition)})" for value, condition in node.lines)


def _aligned(node: Aligned) -> str:
    indent = max(len(plain(left)) for left, _ in node.lines)
    return "\n".join(f"{plain(left):<{indent}}{plain(right)}" for left, right in node.lines)


plain = writer(
    {
        Identifier: lambda node: node.text,
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
