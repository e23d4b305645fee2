"""The frame of every writer: a method for each shape of node, and what notations have in common.

To add a notation: a module with a subclass, of ``TextWriter`` if it writes text, and its instance's ``write`` under the
name of the notation. A shape for which there is no method, forgotten or new, is refused at import.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar, get_args

from derive.mathtext.building import written_out
from derive.mathtext.tree import (
    APPLY,
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
    Slot,
    Spacing,
)

T = TypeVar("T")

THIN, _MEDIUM, _THICK = "\u2009", "\u2005", "\u2004"
# Signs that have one distance, whatever kind of operator they are.
_OWN_SPACING = {",": "," + THIN, APPLY.text: ""}
_SPACES = {Spacing.NONE: "", Spacing.BINARY: _MEDIUM, Spacing.RELATION: _THICK}


class Writer(ABC, Generic[T]):
    """Writes any node as a ``T``, by the method that has the name of its shape."""

    def __init__(self) -> None:
        shapes = (*get_args(Node), Slot)
        methods = {shape: getattr(self, shape.__name__.lower()) for shape in shapes}
        self._methods: Mapping[type, Callable[[Any], T]] = methods

    def write(self, node: Node) -> T:
        """A node with all that it holds."""
        return self._methods[type(node)](node)

    def number(self, node: Number) -> T:
        """Digits, or a product with a power of ten."""
        return self.write(written_out(node)) if node.exponent else self.digits(node)

    def slot(self, node: Slot) -> T:
        """As the number that it is, unless it is looked for on the finished page."""
        return self.number(node)

    @abstractmethod
    def digits(self, node: Number) -> T:
        """A number without its power of ten."""

    @abstractmethod
    def identifier(self, node: Identifier) -> T: ...

    @abstractmethod
    def operator(self, node: Operator) -> T: ...

    @abstractmethod
    def row(self, node: Row) -> T: ...

    @abstractmethod
    def fraction(self, node: Fraction) -> T: ...

    @abstractmethod
    def scripts(self, node: Scripts) -> T: ...

    @abstractmethod
    def bracket(self, node: Bracket) -> T: ...

    @abstractmethod
    def root(self, node: Root) -> T: ...

    @abstractmethod
    def matrix(self, node: Matrix) -> T: ...

    @abstractmethod
    def noted(self, node: Noted) -> T: ...

    @abstractmethod
    def cases(self, node: Cases) -> T: ...

    @abstractmethod
    def aligned(self, node: Aligned) -> T: ...


class TextWriter(Writer[str]):
    """Writes nodes as text, rows piece by piece."""

    def digits(self, node: Number) -> str:
        return node.text

    def row(self, node: Row) -> str:
        pieces: list[str] = []
        before: Node | None = None
        for item in node.items:
            after = None if isinstance(item, Operator) else item
            if before and after:
                pieces.append(self.between(before, after))
            pieces.append(self.write(item))
            before = after
        return self.joined(pieces)

    @abstractmethod
    def between(self, before: Node, after: Node) -> str:
        """What is written between two neighbours in a row that have no sign between them; nothing if they may touch."""

    def joined(self, pieces: Sequence[str]) -> str:
        """A row from the texts of its items, and of what stands between them."""
        return "".join(pieces)


def are_factors(before: Node, after: Node) -> bool:
    """Whether two neighbours in a row that have no sign between them are factors, which want a thin space."""
    if isinstance(after, Identifier):  # 2 tanh(x), √v x
        return after.upright or isinstance(before, Root)
    return isinstance(before, Scripts | Fraction | _Drawn) and isinstance(after, Scripts | Fraction | Bracket | _Drawn)


_Drawn = Root | Matrix | Noted


def spaced(operator: Operator) -> str:
    """A sign with the characters that keep its neighbours away, for a notation that is set as running text."""
    if operator.text in _OWN_SPACING:
        return _OWN_SPACING[operator.text]
    space = _SPACES[operator.spacing]
    return f"{space}{operator.text}{space}"
