"""Tree → LaTeX (amsmath), for math mode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derive.mathtext.building import written_out
from derive.mathtext.equation import stacked
from derive.mathtext.sizes import height, is_flush
from derive.mathtext.tree import (
    BARS,
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
from derive.mathtext.writer import are_factors, writer

_SYMBOLS = {
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\varepsilon", "η": r"\eta", "θ": r"\theta",
    "λ": r"\lambda", "μ": r"\mu", "π": r"\pi", "ρ": r"\rho", "σ": r"\sigma", "φ": r"\varphi", "Δ": r"\Delta",
    "κ": r"\kappa", "ν": r"\nu", "ξ": r"\xi", "τ": r"\tau", "χ": r"\chi", "ψ": r"\psi", "ω": r"\omega",
    "ϵ": r"\epsilon", "Σ": r"\Sigma", "Φ": r"\Phi", "∂": r"\partial", "⋯": r"\cdots", "⋮": r"\vdots", "⋱": r"\ddots",
}  # fmt: skip
_OPERATORS = {
    "−": "-", "×": r"\times", "÷": r"\div", "⋅": r"\cdot", "≈": r"\approx", "≤": r"\le", "≥": r"\ge", "≠": r"\ne",
    "∂": r"\partial", "⊙": r"\odot", "\u2003": r"\quad ", "\u2009": r"\,", "\u2061": "", "′": "'",
}  # fmt: skip
_HAT = "\u0302"
_NAMED = {"max", "min", "tanh", "sin", "cos", "tan", "ln", "exp"}
_OWN_SPACE = tuple(rf"\{name}" for name in sorted(_NAMED))
_FENCES = {BARS: (r"\lvert ", r"\rvert")}


def _identifier(node: Identifier) -> str:
    if node.bold:
        return (
            rf"\mathbf{{{node.text}}}" if node.upright else rf"\boldsymbol{{{_identifier(replace(node, bold=False))}}}"
        )
    if node.text.endswith(_HAT):
        return rf"\hat{{{node.text.removesuffix(_HAT)}}}"
    if node.text in _SYMBOLS:
        return _SYMBOLS[node.text]
    if len(node.text) == 1 and not node.upright:
        return node.text
    if node.upright and node.text in _NAMED:
        return rf"\{node.text}"
    return rf"\mathrm{{{node.text}}}" if node.upright else rf"\mathit{{{node.text}}}"


def _number(node: Number) -> str:
    if node.exponent:
        return latex(written_out(node))
    # A comma is a punctuation mark to TeX, with a space after it, unless it is a group.
    return node.text.replace(",", "{,}").replace("−", "-")


def _operator(node: Operator) -> str:
    sign = _OPERATORS.get(node.text, node.text)
    return sign if node.spacing is Spacing.NONE else f" {sign} "


def _row(node: Row) -> str:
    text = ""
    for index, item in enumerate(node.items):
        piece = latex(item)
        # A function that TeX knows brings its space along.
        if index and are_factors(node.items[index - 1], item) and not piece.startswith(_OWN_SPACE):
            # Notes under neighbours are kept apart too.
            text += r"\;" if isinstance(item, Noted) else r"\,"
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
    (left, right), (opened, closed) = node.marks, _FENCES.get(node.marks, node.marks)
    body = latex(node.body)
    return rf"\left{left}{body}\right{right}" if height(node.body) > 1 else f"{opened}{body}{closed}"


def _root(node: Root) -> str:
    return rf"\sqrt{{{latex(node.body)}}}"


def _matrix(node: Matrix) -> str:
    flush = list(map(is_flush, node.columns))
    lines = r" \\ ".join(" & ".join(map(_cell, cells, flush)) for cells in node.rows)
    if not any(flush):
        return rf"\begin{{bmatrix}} {lines} \end{{bmatrix}}"
    alignment = "".join("r" if right else "c" for right in flush)
    return rf"\left[\begin{{array}}{{@{{}}{alignment}@{{}}}} {lines} \end{{array}}\right]"


def _cell(cell: Node, flush: bool) -> str:
    return rf"\multicolumn{{1}}{{c}}{{{latex(cell)}}}" if flush and cell in DOTS else latex(cell)


def _noted(node: Noted) -> str:
    return rf"\underset{{{latex(node.note)}}}{{{latex(node.body)}}}"


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
        Root: _root,
        Matrix: _matrix,
        Noted: _noted,
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
