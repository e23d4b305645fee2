"""Tree → SVG ``tspan`` elements, for the short formulas that label a figure.

SVG shifts a baseline for all that follows, so the tree is first made flat: runs of text, each with its size and height,
then one ``tspan`` a run with the step from the height of the run before it. WeasyPrint and browsers agree on these.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape

from derive.mathtext.building import written_out
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
    Spacing,
)

_SMALL, _LOWERED, _RAISED = 0.7, 0.22, -0.38
_SPACES = {Spacing.NONE: "", Spacing.BINARY: "\u2005", Spacing.RELATION: "\u2004"}
_THIN = "\u2009"
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


def _runs(node: Node) -> Iterator[_Run]:  # noqa: PLR0912  (one case a shape)
    match node:
        case Identifier(text, upright, bold):
            yield _Run(text, italic=not upright and text not in _UPRIGHT_SYMBOLS, bold=bold)
        case Operator() if node == APPLY:
            pass
        case Operator(text, spacing):
            space = _SPACES[spacing]
            yield _Run("," + _THIN if text == "," else f"{space}{text}{space}")
        case Row(items):
            for item in items:
                yield from _runs(item)
        case Scripts(base, sub, sup):
            yield from _runs(base)
            for script, drop in ((sub, _LOWERED), (sup, _RAISED)):
                if script:
                    yield from (_scripted(run, drop) for run in _runs(script))
        case Number(exponent=exponent) if exponent:
            yield from _runs(written_out(node))
        case Slot(text, face=face):
            yield _Run(text, face=face)
        case Number(text):
            yield _Run(text)
        case Bracket(body, (opening, closing)):
            yield _Run(opening)
            yield from _runs(body)
            yield _Run(closing)
        case Root(body):
            yield _Run("√")
            yield from _runs(body)
        case _:
            yield _Run(plain(node))


def _scripted(run: _Run, drop: float) -> _Run:
    return replace(run, size=_SMALL * run.size, drop=drop + _SMALL * run.drop)


def _merged(runs: Iterator[_Run]) -> list[_Run]:
    """Neighbours of one style as one run: WeasyPrint takes its time by the number of elements."""
    merged: list[_Run] = []
    for run in runs:
        if merged and replace(merged[-1], text=run.text) == run:
            merged[-1] = replace(run, text=merged[-1].text + run.text)
        else:
            merged.append(run)
    return merged


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
