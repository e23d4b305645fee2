"""What the writers of mathematics share: a table from node to method, complete or refused at import."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from derive.mathtext.tree import Node, Number, Slot

Writer = Callable[[Node], str]


def writer(methods: dict[type, Callable[[Any], str]]) -> Writer:
    """A function that writes any node by its own entry of ``methods``; a slot is a number, unless it has an entry."""
    if missing := set(get_args(Node)) - set(methods):
        raise TypeError(f"no way to write {sorted(node.__name__ for node in missing)}")
    methods = {Slot: methods[Number], **methods}

    def write(node: Node) -> str:
        return methods[type(node)](node)

    return write
