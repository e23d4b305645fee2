"""A quantity and all that it equals, as aligned lines that fit the page."""

from __future__ import annotations

from collections.abc import Sequence

from derive.mathtext.tree import ABOUT, EQUALS, Aligned, Node, Operator, Row, Spacing, is_exact, is_number, row, width

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

    Sums break before + and −; a product breaks before × only where it alone is too long.
    """
    if width(node) <= room or not isinstance(node, Row):
        return [node]
    lines: list[list[Node]] = [[]]
    for piece in _pieces(node, room):
        line = lines[-1]
        if line and sum(map(width, line)) + sum(map(width, piece)) > room:
            lines.append(piece)
        else:
            line += piece
    return [row(*line) for line in lines]


def _pieces(node: Row, room: float) -> list[list[Node]]:
    """The runs between which a line may break."""
    pieces: list[list[Node]] = [[]]
    for item in node.items:
        if _breaks(item, "+−") and pieces[-1]:
            pieces.append([])
        pieces[-1].append(item)
    fitting: list[list[Node]] = []
    for piece in pieces:
        fitting += [piece] if sum(map(width, piece)) <= room else _at_products(piece)
    return fitting


def _at_products(piece: list[Node]) -> list[list[Node]]:
    parts: list[list[Node]] = [[]]
    for item in piece:
        if _breaks(item, "×⋅"):
            parts.append([])
        parts[-1].append(item)
    return [part for part in parts if part]


def _breaks(item: Node, signs: str) -> bool:
    return isinstance(item, Operator) and item.text in signs and item.spacing is Spacing.BINARY
