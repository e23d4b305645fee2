"""The same sign however it is typed. One character takes the place of each, so that places stay where they are."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_SAME = {
    "-": "‐‑‒–—―−﹘﹣",
    "*": "×·⋅∙•∗✕✖・",
    "/": "÷∕⁄",
    "=": "≈~∼≃≅≐≒",
    "'": "’‘ʼ′´`",
    ".": "。｡",
    "(": "❨﹙",
    ")": "❩﹚",
    "[": "【〔",
    "]": "】〕",
}
_TYPED = {typed: sign for sign, others in _SAME.items() for typed in others}
_FULL_WIDTH = range(0xFF01, 0xFF5F)
_FULL_WIDTH_SHIFT = 0xFEE0
_BLANKS = ("Zs", "Zl", "Zp", "Cf")


@lru_cache(maxsize=4096)
def unified(character: str) -> str:
    """ASCII digits, operators and brackets; a space for every kind of blank, invisible characters among them."""
    if ord(character) in _FULL_WIDTH:
        character = chr(ord(character) - _FULL_WIDTH_SHIFT)
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    if character in "\t\n\r" or unicodedata.category(character) in _BLANKS:
        return " "
    return _TYPED.get(character, character)


def unify(text: str) -> str:
    """A text as long as it was."""
    return "".join(map(unified, text))


def control_character_in(text: str) -> int | None:
    """The place of the first character that no keyboard types."""
    return next((place for place, letter in enumerate(text) if unicodedata.category(letter) in ("Cc", "Cs")), None)


_KINDS = {"<super>": "raised", "<sub>": "lowered", "<fraction>": "fraction"}


@lru_cache(maxsize=4096)
def form_of(character: str) -> str:
    """``raised``, ``lowered`` or ``fraction``; nothing for what stands on the line."""
    return _KINDS.get(unicodedata.decomposition(character).partition(" ")[0], "")


def on_the_line(character: str) -> str:
    """What a raised or lowered character is a small form of: 5 for ₅, 1⁄2 for ½."""
    return unicodedata.normalize("NFKC", character)


RAISED_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾", "0123456789+-()")
"""Raised digits and signs as they are on the line."""
