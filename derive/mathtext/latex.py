"""Tree → LaTeX (amsmath), for math mode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

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
    Scripts,
    Spacing,
)
from derive.mathtext.writer import TextWriter, are_factors

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
_FENCES = {BARS: (r"\lvert ", r"\rvert")}


class _Latex(TextWriter):
    def identifier(self, node: Identifier) -> str:
        if node.bold:
            return self._bold(node)
        if node.text.endswith(_HAT):
            return rf"\hat{{{node.text.removesuffix(_HAT)}}}"
        if node.text in _SYMBOLS:
            return _SYMBOLS[node.text]
        if len(node.text) == 1 and not node.upright:
            return node.text
        if node.upright and node.text in _NAMED:
            return rf"\{node.text}"
        return rf"\mathrm{{{node.text}}}" if node.upright else rf"\mathit{{{node.text}}}"

    def _bold(self, node: Identifier) -> str:
        if node.upright:
            return rf"\mathbf{{{node.text}}}"
        return rf"\boldsymbol{{{self.identifier(replace(node, bold=False))}}}"

    def digits(self, node: Number) -> str:
        # A comma is a punctuation mark to TeX, with a space after it, unless it is a group.
        return node.text.replace(",", "{,}").replace("−", "-")

    def operator(self, node: Operator) -> str:
        sign = _OPERATORS.get(node.text, node.text)
        return sign if node.spacing is Spacing.NONE else f" {sign} "

    def between(self, before: Node, after: Node) -> str:
        if not are_factors(before, after) or _brings_space(after):
            return ""
        # Notes under neighbours are kept apart too.
        return r"\;" if isinstance(after, Noted) else r"\,"

    def joined(self, pieces: Sequence[str]) -> str:
        text = ""
        for piece in pieces:
            # A command word swallows the letter that follows it.
            needs_gap = piece[:1].isalpha() and _ends_in_command(text)
            text += f" {piece}" if needs_gap else piece
        return text.strip() if len(pieces) > 1 else text

    def fraction(self, node: Fraction) -> str:
        return rf"\frac{{{self.write(node.over)}}}{{{self.write(node.under)}}}"

    def scripts(self, node: Scripts) -> str:
        base = self.write(node.base)
        sub = f"_{{{self.write(node.sub)}}}" if node.sub else ""
        sup = f"^{{{self.write(node.sup)}}}" if node.sup else ""
        return f"{base}{sub}{sup}"

    def bracket(self, node: Bracket) -> str:
        (left, right), (opened, closed) = node.marks, _FENCES.get(node.marks, node.marks)
        body = self.write(node.body)
        return rf"\left{left}{body}\right{right}" if height(node.body) > 1 else f"{opened}{body}{closed}"

    def root(self, node: Root) -> str:
        return rf"\sqrt{{{self.write(node.body)}}}"

    def matrix(self, node: Matrix) -> str:
        flush = list(map(is_flush, node.columns))
        lines = r" \\ ".join(" & ".join(map(self._cell, cells, flush)) for cells in node.rows)
        if not any(flush):
            return rf"\begin{{bmatrix}} {lines} \end{{bmatrix}}"
        alignment = "".join("r" if right else "c" for right in flush)
        return rf"\left[\begin{{array}}{{@{{}}{alignment}@{{}}}} {lines} \end{{array}}\right]"

    def _cell(self, cell: Node, flush: bool) -> str:
        text = self.write(cell)
        return rf"\multicolumn{{1}}{{c}}{{{text}}}" if flush and cell in DOTS else text

    def noted(self, node: Noted) -> str:
        return rf"\underset{{{self.write(node.note)}}}{{{self.write(node.body)}}}"

    def cases(self, node: Cases) -> str:
        lines = r" \\ ".join(f"{self.write(value)}, & {self.write(condition)}" for value, condition in node.lines)
        return rf"\begin{{cases}} {lines} \end{{cases}}"

    def aligned(self, node: Aligned) -> str:
        lines = " \\\\\n  ".join(f"{self.write(left)} &{self.write(right)}" for left, right in node.lines)
        return f"\\begin{{aligned}}\n  {lines}\n\\end{{aligned}}"


def _brings_space(node: Node) -> bool:
    """Whether it begins with the name of a function that TeX knows, which keeps its own distance."""
    match node:
        case Scripts(base):
            return _brings_space(base)
        case Identifier(text, upright=True, bold=False):
            return text in _NAMED
        case _:
            return False


def _ends_in_command(text: str) -> bool:
    _, sign, word = text.rpartition("\\")
    return bool(sign) and word.isalpha()


latex = _Latex().write


def latex_of(node: Node) -> str:
    """A node as LaTeX for math mode."""
    return latex(node).strip()


def displayed(equations: Sequence[Aligned]) -> str:
    """Equations as a notebook shows them."""
    return f"$\\displaystyle {latex_of(stacked(equations))}$"
