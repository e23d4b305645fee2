"""The sign in the circle of a gate, from how it is typed: + × max exp 1/x ×(−1) σ ^2."""

from __future__ import annotations

import re

from derive.mathtext.building import row
from derive.mathtext.tree import Bracket, Identifier, Node, Number, Operator, Root, Scripts, Spacing

_PIECE = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)?|\([^()]*\)|\S")
_ARGUMENT = "x"


def sign_node(sign: str) -> Node:
    """The sign as mathematics; a power without a base and a root are those of the argument x."""
    base, caret, exponent = sign.partition("^")
    if caret:
        return Scripts(sign_node(base or _ARGUMENT), sup=sign_node(exponent))
    return row(*map(_piece, _PIECE.findall(sign)))


def _piece(text: str) -> Node:
    if text.isalpha():
        return Identifier(text, upright=len(text) > 1)
    if text == "√":
        return Root(Identifier(_ARGUMENT))
    if text[0] == "(":
        return Bracket(sign_node(text[1:-1]))
    return Number(text) if text[0].isdecimal() else Operator(text, Spacing.NONE)
