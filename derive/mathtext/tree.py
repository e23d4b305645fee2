"""The nodes of printed mathematics: twelve shapes are enough for everything that a sheet shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import Enum
from typing import Any


@dataclass(frozen=True, slots=True)
class Identifier:
    """A name: italic, or upright for the names of functions and for words in a subscript; bold for a matrix."""

    text: str
    upright: bool = False
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """Digits as they are printed; ``exact`` is false where rounding has taken something away."""

    text: str
    exact: bool = True
    exponent: int = 0
    """The power of ten that the digits are multiplied by."""
    of: str = field(default="", compare=False)
    """The id of the quantity whose printed value it is; nothing for a number of the formula itself, such as ½."""

    @property
    def written_out(self) -> Node:
        """With its power of ten, if it has one, as a product."""
        if not self.exponent:
            return self
        power = Scripts(Number("10"), sup=signed(str(self.exponent)))
        return Row((replace(self, exponent=0), TIMES, power))


@dataclass(frozen=True, slots=True)
class Slot(Number):
    """A number that is to be found again on the finished page, where others are put in its place."""

    face: str = ""
    """The font family in which nothing but such numbers is set."""


class Spacing(Enum):
    """How far an operator keeps its neighbours away."""

    NONE = "none"
    BINARY = "binary"
    RELATION = "relation"


@dataclass(frozen=True, slots=True)
class Operator:
    """+, −, ×, =, … as one Unicode character."""

    text: str
    spacing: Spacing = Spacing.BINARY


@dataclass(frozen=True, slots=True)
class Row:
    """Things side by side."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Fraction:
    """One thing over another."""

    over: Node
    under: Node


@dataclass(frozen=True, slots=True)
class Scripts:
    """A base with a subscript, a superscript, or both."""

    base: Node
    sub: Node | None = None
    sup: Node | None = None


@dataclass(frozen=True, slots=True)
class Bracket:
    """Parentheses, or the bars of an absolute value, as tall as what they hold."""

    body: Node
    marks: tuple[str, str] = ("(", ")")


@dataclass(frozen=True, slots=True)
class Root:
    """A square root, its sign drawn out over the body."""

    body: Node


@dataclass(frozen=True, slots=True)
class Matrix:
    """Cells in square brackets, row by row; one column is a vector."""

    rows: tuple[tuple[Node, ...], ...]

    @property
    def columns(self) -> tuple[tuple[Node, ...], ...]:
        """The same cells, column by column."""
        return tuple(zip(*self.rows, strict=True))


@dataclass(frozen=True, slots=True)
class Noted:
    """A body with a small note centred under it, such as the shape of a matrix."""

    body: Node
    note: Node


@dataclass(frozen=True, slots=True)
class Cases:
    """A left brace, then lines of a value and the condition under which it holds."""

    lines: tuple[tuple[Node, Node], ...]


@dataclass(frozen=True, slots=True)
class Aligned:
    """Lines of a left and a right side; the right sides stand below one another."""

    lines: tuple[tuple[Node, Node], ...]


Node = (
    Identifier | Number | Operator | Row | Fraction | Scripts | Bracket | Root | Matrix | Noted | Cases | Aligned
)  # fmt: skip

PLUS = Operator("+")
MINUS = Operator("−")
TIMES = Operator("×")
DOT = Operator("⋅")
HADAMARD = Operator("⊙")
NEGATIVE = Operator("−", Spacing.NONE)
COMMA = Operator(",", Spacing.NONE)
GAP = Operator("\u2003", Spacing.NONE)
EQUALS = Operator("=", Spacing.RELATION)
ABOUT = Operator("≈", Spacing.RELATION)
BARS = ("|", "|")
"""The marks of a bracket that is an absolute value."""

APPLY = Operator("\u2061", Spacing.NONE)
"""Between a function and its bracket: nothing to the eye, but no product either."""

TRANSPOSE = Identifier("T", upright=True)
PRIME = Operator("′", Spacing.NONE)
"""The mark of a derivative, raised above the name of a function."""
DOTS_ACROSS, DOTS_DOWN, DOTS_ASLANT = Identifier("⋯"), Identifier("⋮"), Identifier("⋱")
"""The cells of a matrix that stand for those left out."""

DOTS = (DOTS_ACROSS, DOTS_DOWN, DOTS_ASLANT)


def row(*items: Node) -> Node:
    """Side by side, rows within rows dissolved, so that a line can be broken at any of its operators."""
    flat: list[Node] = []
    for item in items:
        flat.extend(item.items if isinstance(item, Row) else (item,))
    return flat[0] if len(flat) == 1 else Row(tuple(flat))


def signed(text: str, exact: bool = True, exponent: int = 0, of: str = "") -> Node:
    """A number from its decimal digits, with a minus sign of its own where it is negative."""
    number = Number(text.removeprefix("-"), exact, exponent, of)
    return row(NEGATIVE, number) if text.startswith("-") else number


def raised(base: Node, sup: Node) -> Node:
    """A power, above the index where the base has one: the square of out_h1; in brackets where it has to be."""
    match base:
        case Scripts(stem, sub, None):
            return Scripts(stem, sub, sup)
        case Row((*function, Operator() as apply, Bracket() as argument)) if apply == APPLY:
            return row(*function, apply, Scripts(argument, sup=sup))
        case Identifier() | Number(exponent=0) | Bracket() | Matrix():
            return Scripts(base, sup=sup)
        case _:
            return Scripts(Bracket(base), sup=sup)


def transposed(node: Node) -> Node:
    """The node with an upright T."""
    return raised(node, TRANSPOSE)


def about(number: Node) -> Node:
    """A number, with its sign if it has one, as one from which rounding has taken something away."""
    match number:
        case Number():
            return replace(number, exact=False)
        case Row((sign, Number() as digits)):
            return Row((sign, replace(digits, exact=False)))
        case _:
            return number


def with_numbers(node: Node, change: Callable[[Number], Number]) -> Node:
    """The node with every number in it changed."""

    def changed(part: Any) -> Any:
        if isinstance(part, Number):
            return change(part)
        if isinstance(part, tuple):
            return tuple(map(changed, part))
        if is_dataclass(part) and not isinstance(part, type):
            return type(part)(*(changed(getattr(part, own.name)) for own in fields(part)))
        return part

    result: Node = changed(node)
    return result


def masked(node: Node) -> Node:
    """The node with # for each digit that is some quantity's: two values that are laid out alike have it in common.

    Signs, decimal marks, powers of ten and whether it is exact stay; so do numbers that belong to no quantity.
    """
    return with_numbers(
        node, lambda number: replace(number, text=_DIGIT.sub("#", number.text)) if number.of else number
    )


_DIGIT = re.compile("[0-9]")


def is_one_run(node: Node) -> bool:
    """Whether it is text with marks above or below it, nothing that is laid out in two dimensions."""
    match node:
        case Identifier() | Number() | Operator():
            return True
        case Scripts(base, sub, sup):
            return not (sub and sup) and all(is_one_run(part) for part in (base, sub, sup) if part)
        case Row(items):
            return all(map(is_one_run, items))
        case _:
            return False


def is_number(node: Node) -> bool:
    """Whether it is digits and nothing else, but for a sign; or a matrix of such."""
    match node:
        case Matrix(rows):
            return all(cell in DOTS or is_number(cell) for cells in rows for cell in cells)
        case Number() | Row((Operator(spacing=Spacing.NONE), Number())):
            return True
        case _:
            return False


def children(node: Node) -> tuple[Node, ...]:  # noqa: PLR0911  (one line a shape)
    """The nodes directly inside a node."""
    match node:
        case Row(items):
            return items
        case Fraction(over, under):
            return over, under
        case Scripts(base, sub, sup):
            return tuple(part for part in (base, sub, sup) if part)
        case Bracket(body) | Root(body):
            return (body,)
        case Matrix(rows):
            return tuple(cell for cells in rows for cell in cells)
        case Noted(body, note):
            return body, note
        case Cases(lines) | Aligned(lines):
            return tuple(side for line in lines for side in line)
        case _:
            return ()


def numbers_in(node: Node) -> tuple[Number, ...]:
    """All numbers in a node, in reading order."""
    if isinstance(node, Number):
        return (node,)
    return tuple(number for child in children(node) for number in numbers_in(child))


def is_exact(node: Node) -> bool:
    """Whether no number in it has been rounded; the condition of a case takes nothing away."""
    match node:
        case Number():
            return node.exact
        case Cases(lines):
            return all(is_exact(value) for value, _ in lines)
        case _:
            return all(map(is_exact, children(node)))


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


def holds_matrix(node: Node) -> bool:
    """Whether there is a matrix anywhere in it."""
    return isinstance(node, Matrix) or any(map(holds_matrix, children(node)))


def row_height(matrix: Matrix) -> int:
    """Lines of text of each row: all are as tall as the tallest cell, so that columns agree wherever they are laid."""
    return max(map(height, children(matrix)), default=1)


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


def are_factors(before: Node, after: Node) -> bool:
    """Whether two neighbours in a row are factors without a sign between them, which want a thin space."""
    if isinstance(after, Identifier):  # 2 tanh(x), √v x
        return not isinstance(before, Operator) if after.upright else isinstance(before, Root)
    return isinstance(before, Scripts | Fraction | _Drawn) and isinstance(after, Scripts | Fraction | Bracket | _Drawn)


_Drawn = Root | Matrix | Noted

_SMALL = 0.7
# In em, of the letters that are much wider or narrower than the average half.
_LETTERS = {
    "w": 0.67, "m": 0.72, "E": 0.61, "W": 0.83, "i": 0.28, "t": 0.28, "r": 0.39, ".": 0.25, ",": 0.25,
    "⋯": 0.93, "⋱": 0.93,
}  # fmt: skip
_SPACED = {Spacing.NONE: 0.6, Spacing.BINARY: 1.2, Spacing.RELATION: 1.4}


def width(node: Node) -> float:  # noqa: PLR0911  (one line a shape)
    """An estimate in em, good to about a tenth: enough to decide where a long line breaks."""
    match node:
        case Number(exponent=exponent) if exponent:
            return width(node.written_out)
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
