"""Tree → SVG ``tspan`` elements, for the short formulas that label a figure.

SVG shifts a baseline for all that follows, so the tree is first made flat: runs of text, each with its size and height,
then one ``tspan`` a run with the step from the height of the run before it. WeasyPrint and browsers agree on these.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape

from derive.mathtext.plain import plain
from derive.mathtext.sizes import width
from derive.mathtext.tree import (
    APPLY,
    Bracket,
    Identifier,
    Node,
    Number,
    Operator,
    Root,
    Row,
    Scripts,
    Slot,
)
from derive.mathtext.writer import Writer, spaced

_SMALL, _LOWERED, _RAISED = 0.7, 0.22, -0.38
_UPRIGHT_SYMBOLS = "∂⋯⋮⋱"


@dataclass(frozen=True, slots=True)
class _Run:
    """Text of one style; ``size`` and the ``drop`` below the base line are in em of the label."""

    text: str
    italic: bool = False
    bold: bool = False
    face: str = ""
    """The font family, where it is not the label's."""
    size: float = 1
    drop: float = 0


_Runs = tuple[_Run, ...]


class _Svg(Writer[_Runs]):
    def identifier(self, node: Identifier) -> _Runs:
        italic = not node.upright and node.text not in _UPRIGHT_SYMBOLS
        return (_Run(node.text, italic=italic, bold=node.bold),)

    def digits(self, node: Number) -> _Runs:
        return (_Run(node.text),)

    def slot(self, node: Slot) -> _Runs:
        return super().slot(node) if node.exponent else (_Run(node.text, face=node.face),)

    def operator(self, node: Operator) -> _Runs:
        return () if node == APPLY else (_Run(spaced(node)),)

    def row(self, node: Row) -> _Runs:
        return tuple(run for item in node.items for run in self.write(item))

    def scripts(self, node: Scripts) -> _Runs:
        below = self.write(node.sub) if node.sub else ()
        above = self.write(node.sup) if node.sup else ()
        return (
            *self.write(node.base),
            *(_scripted(run, _LOWERED) for run in below),
            *(_scripted(run, _RAISED) for run in above),
        )

    def bracket(self, node: Bracket) -> _Runs:
        opened, closed = node.marks
        return (_Run(opened), *self.write(node.body), _Run(closed))

    def root(self, node: Root) -> _Runs:
        return (_Run("√"), *self.write(node.body))

    def _on_one_line(self, node: Node) -> _Runs:
        return (_Run(plain(node)),)

    fraction = matrix = noted = cases = aligned = _on_one_line


def _scripted(run: _Run, drop: float) -> _Run:
    return replace(run, size=_SMALL * run.size, drop=drop + _SMALL * run.drop)


def _merged(runs: _Runs) -> list[_Run]:
    """Neighbours of one style as one run: WeasyPrint takes its time by the number of elements."""
    merged: list[_Run] = []
    for run in runs:
        if merged and replace(merged[-1], text=run.text) == run:
            merged[-1] = replace(run, text=merged[-1].text + run.text)
        else:
            merged.append(run)
    return merged


_runs = _Svg().write


def svg_of(node: Node) -> str:
    """A formula as the content of an SVG ``text`` element."""
    pieces, drop = [], 0.0
    for run in _merged(_runs(node)):
        style = ' font-style="italic"' if run.italic else ""
        style += ' font-weight="bold"' if run.bold else ""
        style += f' font-family="{run.face}"' if run.face else ""
        style += f' font-size="{run.size:.0%}"' if run.size != 1 else ""
        # A length in em is in em of the run itself.
        style += f' dy="{(run.drop - drop) / run.size:.3g}em"' if run.drop != drop else ""
        pieces.append(
            f"<tspan{style}>{escape(run.text, quote=False)}</tspan>" if style else escape(run.text, quote=False)
        )
        drop = run.drop
    return "".join(pieces)


def svg_width(node: Node) -> float:
    """An estimate in em; a subscript and a superscript stand one after the other here, not one above the other."""
    return sum(width(Identifier(run.text)) * run.size for run in _runs(node))
