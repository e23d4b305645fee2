"""Nodes made from others: put together, raised, marked, or with other numbers in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any

from derive.mathtext.tree import (
    APPLY,
    NEGATIVE,
    TIMES,
    TRANSPOSE,
    Bracket,
    Identifier,
    Matrix,
    Node,
    Number,
    Operator,
    Row,
    Scripts,
)

_DIGIT = re.compile("[0-9]")


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


def written_out(number: Number) -> Node:
    """A number with its power of ten, if it has one, as a product."""
    if not number.exponent:
        return number
    power = Scripts(Number("10"), sup=signed(str(number.exponent)))
    return Row((replace(number, exponent=0), TIMES, power))


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
