"""Tree → LaTeX (amsmath), for math mode."""

from __future__ import annotations

from collections.abc import Sequence

from derive.mathtext.equation import stacked
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
)
from derive.mathtext.writer import writer

_GREEK = {"η": r"\eta", "δ": r"\delta", "∂": r"\partial", "Δ": r"\Delta", "σ": r"\sigma"}
_OPERATORS = {
    "−": "-", "×": r"\times", "⋅": r"\cdot", "≈": r"\approx", "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "∂": r"\partial",
    "\u2003": r"\quad ",
}  # fmt: skip
_NAMED = {"max", "tanh", "ln", "exp"}


def _identifier(node: Identifier) -> str:
    if node.text in _GREEK:
        return _GREEK[node.text]
    if len(node.text) == 1 and not node.upright:
        return node.text
    if node.upright and node.text in _NAMED:
        return rf"\{node.text}"
    return rf"\mathrm{{{node.text}}}" if node.upright else rf"\mathit{{{node.text}}}"


def _number(node: Number) -> str:
    if node.exponent:
        return latex(node.written_out)
    # A comma is a punctuation mark to TeX, with a space after it, unless it is a group.
    return node.text.replace(",", "{,}").replace("−", "-")


def _operator(node: Operator) -> str:
    sign = _OPERATORS.get(node.text, node.text)
    return sign if node.spacing is Spacing.NONE else f" {sign} "


def _row(node: Row) -> str:
    text = ""
    for index, item in enumerate(node.items):
        piece = latex(item)
        if index and are_factors(node.items[index - 1], item):
            text += r"\,"
        # A command word swallows the letter that follows it.
        needs_gap = text.rsplit("\\", 1)[-1].isalpha() and "\\" in text and piece[:1].isalpha()
        text += (" " if needs_gap else "") + piece
    return text.strip() if len(node.items) > 1 else text


def _fraction(node: Fraction) -> str:
    return rf"\frac{{{latex(node.over)}}}{{{latex(node.under)}}}"


def _scripts(node: Scripts) -> str:
    base = latex(node.base)
    sub = f"_{{{latex(node.sub)}}}" if node.sub else ""
    sup = f"^{{{latex(node.sup)}}}" if node.sup else ""
    return f"{base}{sub}{sup}"


def _bracket(node: Bracket) -> str:
    body = latex(node.body)
    return rf"\left({body}\right)" if height(node.body) > 1 else f"({body})"


def _cases(node: Cases) -> str:
    lines = r" \\ ".join(f"{latex(value)}, & {latex(condition)}" for value, condition in node.lines)
    return rf"\begin{{cases}} {lines} \end{{cases}}"


def _aligned(node: Aligned) -> str:
    lines = " \\\\\n  ".join(f"{latex(left)} &{latex(right)}" for left, right in node.lines)
    return f"\\begin{{aligned}}\n  {lines}\n\\end{{aligned}}"


latex = writer(
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


def latex_of(node: Node) -> str:
    """A node as LaTeX for math mode."""
    return latex(node).strip()


def displayed(equations: Sequence[Aligned]) -> str:
    """Equations as a notebook shows them."""
    return f"$\\displaystyle {latex_of(stacked(equations))}$"
