"""The nodes of printed mathematics: nine shapes are enough for everything that a sheet shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Identifier:
    """A name: italic, or upright for the names of functions and for words in a subscript."""

    text: str
    upright: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """Digits as they are printed; ``exact`` is false where rounding has taken something away."""

    text: str
    exact: bool = True
    exponent: int = 0
    """The power of ten that the digits are multiplied by."""

    @property
    def written_out(self) -> Node:
        """With its power of ten, if it has one, as a product."""
        if not self.exponent:
            return self
        power = Scripts(Number("10"), sup=signed(str(self.exponent)))
        return Row((Number(self.text, self.exact), TIMES, power))


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
    """Parentheses as tall as what they hold."""

    body: Node


@dataclass(frozen=True, slots=True)
class Cases:
    """A left brace, then lines of a value and the condition under which it holds."""

    lines: tuple[tuple[Node, Node], ...]


@dataclass(frozen=True, slots=True)
class Aligned:
    """Lines of a left and a right side; the right sides stand below one another."""

    lines: tuple[tuple[Node, Node], ...]


Node = Identifier | Number | Operator | Row | Fraction | Scripts | Bracket | Cases | Aligned

PLUS = Operator("+")
MINUS = Operator("−")
TIMES = Operator("×")
DOT = Operator("⋅")
NEGATIVE = Operator("−", Spacing.NONE)
COMMA = Operator(",", Spacing.NONE)
GAP = Operator("\u2003", Spacing.NONE)
EQUALS = Operator("=", Spacing.RELATION)
ABOUT = Operator("≈", Spacing.RELATION)


def row(*items: Node) -> Node:
    """Side by side, rows within rows dissolved, so that a line can be broken at any of its operators."""
    flat: list[Node] = []
    for item in items:
        flat.extend(item.items if isinstance(item, Row) else (item,))
    return flat[0] if len(flat) == 1 else Row(tuple(flat))


def signed(text: str, exact: bool = True, exponent: int = 0) -> Node:
    """A number from its decimal digits, with a minus sign of its own where it is negative."""
    number = Number(text.removeprefix("-"), exact, exponent)
    return row(NEGATIVE, number) if text.startswith("-") else number


def is_number(node: Node) -> bool:
    """Whether it is digits and nothing else, but for a sign."""
    match node:
        case Number() | Row((Operator(spacing=Spacing.NONE), Number())):
            return True
        case _:
            return False


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly inside a node."""
    match node:
        case Row(items):
            return items
        case Fraction(over, under):
            return over, under
        case Scripts(base, sub, sup):
            return tuple(part for part in (base, sub, sup) if part)
        case Bracket(body):
            return (body,)
        case Cases(lines) | Aligned(lines):
            return tuple(side for line in lines for side in line)
        case _:
            return ()


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
        case Cases(lines) | Aligned(lines):
            return sum(max(height(left), height(right)) for left, right in lines)
        case _:
            return max(map(height, children(node)), default=1)


def are_factors(before: Node, after: Node) -> bool:
    """Whether two neighbours in a row are factors without a sign between them, which want a thin space."""
    return isinstance(before, Scripts | Fraction) and isinstance(after, Scripts | Fraction | Bracket)


_SMALL = 0.7
# In em, of the letters that are much wider or narrower than the average half.
_LETTERS = {"w": 0.67, "m": 0.72, "E": 0.61, "i": 0.28, "t": 0.28, "r": 0.39, ".": 0.25, ",": 0.25}
_SPACED = {Spacing.NONE: 0.6, Spacing.BINARY: 1.2, Spacing.RELATION: 1.4}


def width(node: Node) -> float:  # noqa: PLR0911  (one line a shape)
    """An estimate in em, good to about a tenth: enough to decide where a long line breaks."""
    match node:
        case Number(exponent=exponent) if exponent:
            return width(node.written_out)
        case Identifier(text) | Number(text):
            return sum(_LETTERS.get(letter, 0.5) for letter in text)
        case Operator(_, spacing):
            return _SPACED[spacing]
        case Fraction(over, under):
            return max(width(over), width(under)) + 0.5
        case Scripts(base, sub, sup):
            return width(base) + _SMALL * max(width(sub) if sub else 0, width(sup) if sup else 0)
        case Bracket(body):
            return width(body) + 0.35 * (1 + height(body))
        case Cases(lines):
            return 1.5 + max(width(value) + width(condition) + 1 for value, condition in lines)
        case Aligned(lines):
            return max(width(left) for left, _ in lines) + max(width(right) for _, right in lines)
        case _:
            return sum(map(width, children(node)))
