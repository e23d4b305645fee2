"""What is in a node: its parts, its numbers, and what can be said of all of them."""

from __future__ import annotations

from derive.mathtext.tree import (
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


def holds_matrix(node: Node) -> bool:
    """Whether there is a matrix anywhere in it."""
    return isinstance(node, Matrix) or any(map(holds_matrix, children(node)))


def is_exact(node: Node) -> bool:
    """Whether no number in it has been rounded; the condition of a case takes nothing away."""
    match node:
        case Number():
            return node.exact
        case Cases(lines):
            return all(is_exact(value) for value, _ in lines)
        case _:
            return all(map(is_exact, children(node)))


def is_number(node: Node) -> bool:
    """Whether it is digits and nothing else, but for a sign; or a matrix of such."""
    match node:
        case Matrix(rows):
            return all(cell in DOTS or is_number(cell) for cells in rows for cell in cells)
        case Number() | Row((Operator(spacing=Spacing.NONE), Number())):
            return True
        case _:
            return False


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
