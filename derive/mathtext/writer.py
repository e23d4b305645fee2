"""What the writers of mathematics share: a table from node to method, complete or refused at import."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from derive.mathtext.tree import (
    Bracket,
    Fraction,
    Identifier,
    Matrix,
    Node,
    Noted,
    Number,
    Operator,
    Root,
    Scripts,
    Slot,
)

Writer = Callable[[Node], str]


def writer(methods: dict[type, Callable[[Any], str]]) -> Writer:
    """A function that writes any node by its own entry of ``methods``; a slot is a number, unless it has an entry."""
    if missing := set(get_args(Node)) - set(methods):
        raise TypeError(f"no way to write {sorted(node.__name__ for node in missing)}")
    methods = {Slot: methods[Number], **methods}

    def write(node: Node) -> str:
        return methods[type(node)](node)

    return write


def are_factors(before: Node, after: Node) -> bool:
    """Whether two neighbours in a row are factors without a sign between them, which want a thin space."""
    if isinstance(after, Identifier):  # 2 tanh(x), √v x
        return not isinstance(before, Operator) if after.upright else isinstance(before, Root)
    return isinstance(before, Scripts | Fraction | _Drawn) and isinstance(after, Scripts | Fraction | Bracket | _Drawn)


_Drawn = Root | Matrix | Noted
