"""How much room a node takes, before any face is known: lines of text, and a width in em that is good to a tenth."""

from __future__ import annotations

from derive.mathtext.building import written_out
from derive.mathtext.contents import children
from derive.mathtext.tree import (
    APPLY,
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

_SMALL = 0.7
# In em, of the letters that are much wider or narrower than the average half.
_LETTERS = {
    "w": 0.67, "m": 0.72, "E": 0.61, "W": 0.83, "i": 0.28, "t": 0.28, "r": 0.39, ".": 0.25, ",": 0.25,
    "⋯": 0.93, "⋱": 0.93,
}  # fmt: skip
_SPACED = {Spacing.NONE: 0.6, Spacing.BINARY: 1.2, Spacing.RELATION: 1.4}


def height(node: Node) -> int:
    """Lines of text that a node takes, which decides the size of brackets around it."""
    match node:
        case Fraction(over, under):
            return height(over) + height(under)
        case Scripts(base, _, sup):
            # An exponent that is itself a fraction lifts the line; a plain one does not.
            return height(base) + (1 if sup and height(sup) > 1 else 0)
        case Matrix():
            return len(node.rows) * row_height(node)
        case Noted(body):
            return height(body)
        case Cases(lines) | Aligned(lines):
            return sum(max(height(left), height(right)) for left, right in lines)
        case _:
            return max(map(height, children(node)), default=1)


def row_height(matrix: Matrix) -> int:
    """Lines of text of each row: all are as tall as the tallest cell, so that columns agree wherever they are laid."""
    return max(map(height, children(matrix)), default=1)


def width(node: Node) -> float:  # noqa: PLR0911  (one line a shape)
    """An estimate in em, good to about a tenth: enough to decide where a long line breaks."""
    match node:
        case Number(exponent=exponent) if exponent:
            return width(written_out(node))
        case Identifier(text) | Number(text):
            return sum(_LETTERS.get(letter, 0.5) for letter in text)
        case Operator(_, spacing):
            return 0 if node == APPLY else _SPACED[spacing]
        case Fraction(over, under):
            return max(width(over), width(under)) + 0.5
        case Scripts(base, sub, sup):
            return width(base) + _SMALL * max(width(sub) if sub else 0, width(sup) if sup else 0)
        case Bracket(body):
            return width(body) + 0.35 * (1 + height(body))
        case Root(body):
            return width(body) + 1 + 0.1 * height(body)
        case Matrix():
            return sum(max(map(width, column)) + 0.8 for column in node.columns) + 0.3
        case Noted(body, note):
            return max(width(body), _SMALL * (width(note) + 0.6)) + 0.2
        case Cases(lines):
            return 1.5 + max(width(value) + width(condition) + 1 for value, condition in lines)
        case Aligned(lines):
            return max(width(left) for left, _ in lines) + max(width(right) for _, right in lines)
        case _:
            return sum(map(width, children(node)))


def is_flush(column: tuple[Node, ...]) -> bool:
    """Whether a column has to be set flush right: numbers of several widths, but with equally many decimals."""
    numbers = [cell for cell in column if cell not in DOTS]
    widths, decimals = set(map(width, numbers)), set(map(_decimals, numbers))
    return len(widths) > 1 and len(decimals) == 1 and None not in decimals


def _decimals(number: Node) -> int | None:
    match number:
        case Number(text, exponent=0):
            return len(text.replace(",", ".").partition(".")[2])
        case Row((Operator(), Number() as size)):
            return _decimals(size)
        case _:
            return None
