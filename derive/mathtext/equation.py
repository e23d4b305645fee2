"""A quantity and all that it equals, as aligned lines that fit the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from derive.mathtext.building import row
from derive.mathtext.contents import is_exact, is_number
from derive.mathtext.sizes import width
from derive.mathtext.tree import (
    ABOUT,
    EQUALS,
    Aligned,
    Matrix,
    Node,
    Noted,
    Operator,
    Row,
    Scripts,
    Spacing,
)

LINE_WIDTH = 40.0
"""em: what fits between the margins of A4 or Letter at the sheet's size of type, with room for a question's number."""


def equation(left: Node, sides: Sequence[Node], line_width: float = LINE_WIDTH) -> Aligned:
    """left = sides[0] = sides[1] …, each on its own line, but a number at the end joins the line before it.

    A rounded number on a side turns its = into ≈, and those after it: 0.74 × 0.19 may only be about what follows.
    """
    room = line_width - width(left) - width(EQUALS)
    lines: list[Node] = []
    exact = True
    for side in sides:
        exact = exact and is_exact(side)
        relation = EQUALS if exact else ABOUT
        if lines and is_number(side) and width(lines[-1]) + width(side) <= room:
            lines[-1] = row(lines[-1], relation, side)
            continue
        first, *rest = broken(side, room)
        lines += [row(relation, first), *rest]
    nothing = Row(())
    return Aligned(tuple((nothing if index else left, line) for index, line in enumerate(lines)))


def stacked(equations: Sequence[Aligned]) -> Aligned:
    """Several equations below one another, aligned at their relations."""
    return Aligned(tuple(line for aligned in equations for line in aligned.lines))


def broken(node: Node, room: float) -> list[Node]:
    """One long line as several, each but the first starting with the operator at which it was broken.

    Lines break before a relation; where what stands between relations is too long, before + and −; and a product before
    × or between matrices only where it alone is too long.
    """
    if not isinstance(node, Row):
        return [node]
    return [row(*line) for line in _lines(list(node.items), room, _BREAKS)]


def _lines(items: list[Node], room: float, breaks: Sequence[_Break]) -> list[list[Node]]:
    if not breaks or _width(items) <= room:
        return [items]
    lines: list[list[Node]] = []
    for piece in _pieces(items, breaks[0]):
        if lines and _width(lines[-1]) + _width(piece) <= room:
            lines[-1] += piece
        else:
            lines += _lines(piece, room, breaks[1:])
    return lines


def _width(items: Sequence[Node]) -> float:
    return width(Row(tuple(items)))


def _pieces(items: list[Node], breaks: _Break) -> list[list[Node]]:
    """The runs between which a line may break."""
    pieces = [items[:1]]
    for before, item in pairwise(items):
        if breaks(before, item):
            pieces.append([])
        pieces[-1].append(item)
    return pieces


_Break = Callable[[Node, Node], bool]


def _at_relation(_: Node, item: Node) -> bool:
    return isinstance(item, Operator) and item.spacing is Spacing.RELATION


def _at_term(_: Node, item: Node) -> bool:
    return isinstance(item, Operator) and item.spacing is Spacing.BINARY and item.text in "+−"


def _at_factor(before: Node, item: Node) -> bool:
    if isinstance(item, Operator):
        return item.spacing is Spacing.BINARY and item.text in "×⋅⊙"
    stem = item.base if isinstance(item, Scripts) else item
    return isinstance(stem, Matrix | Noted) and not isinstance(before, Operator)


_BREAKS = (_at_relation, _at_term, _at_factor)
