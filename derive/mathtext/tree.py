"""The nodes of printed mathematics: twelve shapes are enough for everything that a sheet shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


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
