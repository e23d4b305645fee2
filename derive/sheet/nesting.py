"""The error as one nested expression, down to inputs and parameters, laid out so that the nesting can be seen.

A bracket that does not fit on a line is opened at the end of one and closed at the beginning of another, with what it
holds indented between them, as programs are written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from sympy import Symbol

from derive.mathtext.building import row
from derive.mathtext.equation import LINE_WIDTH
from derive.mathtext.expression import ExpressionPrinter
from derive.mathtext.sizes import width
from derive.mathtext.tree import (
    COMMA,
    EQUALS,
    GAP,
    Aligned,
    Bracket,
    Identifier,
    Node,
    Number,
    Operator,
    Row,
    Scripts,
    Spacing,
)
from derive.model.graph import Definition
from derive.model.quantities import Kind, Quantity, Variable, quantity_named
from derive.sheet.edition import Edition
from derive.words.errors import Problem, RefusedError

MOST_LINES = 40
"""What a page holds beside its heading."""
_MOST_LEAVES = 1500  # more than any page shows, and few enough to be built
_OPENING, _CLOSING = Operator("(", Spacing.NONE), Operator(")", Spacing.NONE)


def nested_error(edition: Edition) -> Aligned:
    """The equation; ``RefusedError`` where it would not fit on a page."""
    return _Nesting(edition).equation()


@dataclass(frozen=True)
class _Nesting:
    edition: Edition

    @cached_property
    def definitions(self) -> dict[Quantity, Definition]:
        graph = self.edition.derivation.graph
        return {definition.quantity: definition for definition in graph.definitions}

    def equation(self) -> Aligned:
        target = self.edition.derivation.graph.target
        if (leaves := self._leaves(target, {})) > _MOST_LEAVES:
            raise self._refused(f"{leaves} names and numbers")
        left = self.edition.notation.symbol(target)
        room = LINE_WIDTH - width(left) - width(EQUALS)
        lines = list(indented(self._of(target), room))
        if len(lines) > MOST_LINES:
            raise self._refused(f"{len(lines)} lines")
        if any(width(line) > room + 1 for line in lines):
            raise self._refused("lines wider than the page")
        first, *others = lines
        indent = Operator("\u2002", Spacing.NONE)  # as wide as the sign of the first line
        return Aligned(((left, row(EQUALS, first)), *((Row(()), row(indent, line)) for line in others)))

    def _refused(self, size: str) -> RefusedError:
        evidence = {"size": size, "limit": MOST_LINES}
        return RefusedError(Problem("nested_too_large", str(self.edition.exercise.path), evidence=evidence))

    def _leaves(self, quantity: Quantity, known: dict[Quantity, int]) -> int:
        """How many names the nested expression has; their number grows with that of the paths."""
        if quantity not in self.definitions:
            return 1
        if quantity not in known:
            symbols = self.definitions[quantity].expression.free_symbols
            known[quantity] = sum(self._leaves(quantity_named(symbol.name), known) for symbol in symbols)
        return known[quantity]

    def _of(self, quantity: Quantity) -> Node:
        """A quantity with all that it is made of put in."""
        return ExpressionPrinter(self._leaf).tree(self.definitions[quantity].expression)

    def _leaf(self, symbol: Symbol) -> Node:
        quantity = quantity_named(symbol.name)
        if quantity not in self.definitions:
            return self.edition.notation.symbol(quantity)
        match quantity:
            case Variable(kind=Kind.OUT, at=at) if self.edition.exercise.network:
                return self._applied(quantity, at)
            case Variable(kind=Kind.NAME):
                return Bracket(self._of(quantity))
            case _:
                return self._of(quantity)

    def _applied(self, out: Variable, at: str) -> Node:
        """An output as its activation function, applied to the net input, or to those of the whole layer."""
        layer = self.edition.layer_of[at]
        nets = [parent for parent, _ in self.definitions[out].partials]
        inside = [self._of(net) for net in nets]
        name: Node = Identifier(layer.activation.symbol, upright=True)
        if layer.activation.layerwise:
            name = Scripts(name, Number(at.lstrip("oh")))
        elif layer.activation.name == "identity":
            return Bracket(inside[0])
        arguments = [part for number, node in enumerate(inside) for part in ((COMMA, node) if number else (node,))]
        return row(name, Bracket(row(*arguments)))


def indented(node: Node, room: float) -> Iterator[Node]:
    """A node as lines no wider than ``room``, as far as its brackets and sums allow."""
    if width(node) <= room:
        yield node
        return
    for piece in _terms(node):
        if width(row(*piece)) <= room:
            yield row(*piece)
        else:
            yield from _opened(piece, room)


def _terms(node: Node) -> list[list[Node]]:
    """The terms of a sum, each with its sign; the parts of a list likewise."""
    terms: list[list[Node]] = [[]]
    for item in node.items if isinstance(node, Row) else (node,):
        if isinstance(item, Operator) and item.spacing is Spacing.BINARY and item.text in "+−" and terms[-1]:
            terms.append([])
        terms[-1].append(item)
    return terms


def _opened(piece: list[Node], room: float) -> Iterator[Node]:
    """A term whose last wide bracket is opened; what cannot be opened stays as it is."""
    wide = [number for number, item in enumerate(piece) if isinstance(_bracket(item), Bracket)]
    if not wide:
        yield row(*piece)
        return
    number = max(wide, key=lambda index: width(piece[index]))
    bracket = _bracket(piece[number])
    assert isinstance(bracket, Bracket)
    yield row(*piece[:number], _OPENING)
    for line in indented(bracket.body, room - width(GAP)):
        yield row(GAP, line)
    item = piece[number]
    closing = Scripts(_CLOSING, item.sub, item.sup) if isinstance(item, Scripts) else _CLOSING
    yield row(closing, *piece[number + 1 :])


def _bracket(item: Node) -> Node:
    return item.base if isinstance(item, Scripts) else item
