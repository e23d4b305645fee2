"""What could not be read, and where. An unreadable answer is not a wrong one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rich.cells import cell_len

CODES: Mapping[str, tuple[str, ...]] = {
    # of any answer
    "answer_too_long": ("limit",),
    "answer_character": ("found",),
    "answer_digits": ("found", "limit"),
    "answer_exponent": ("found", "limit"),
    "answer_zero_divisor": (),
    # of a number
    "answer_number_expected": (),
    "answer_grouping": (),
    "answer_end_expected": ("found",),
    # of a formula
    "answer_operand_expected": (),
    "answer_operator_expected": (),
    "answer_bracket_open": ("found",),
    "answer_bracket_closed": ("found",),
    "answer_name_unknown": ("found", "nearest"),
    "answer_name_ambiguous": ("found", "meanings"),
    "answer_arguments": ("name", "found"),
    "answer_function_ambiguous": ("name",),
    "answer_constant": (),
    "answer_circular": ("found",),
    "answer_operations": ("limit",),
    "answer_nesting": ("limit",),
}
"""Every code, with the details that its sentence can use."""

_SHOWN = 24  # characters of an answer in a detail
_WINDOW = 30  # characters of an answer on each side of the place


@dataclass(frozen=True, slots=True)
class Blank:
    """Nothing was written, or a dash that says so."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """One reason why an answer is no number or no formula."""

    code: str
    text: str
    place: int
    """The index of the character that is wrong, from 0; the length of the text where something is missing."""
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def pointed(self) -> tuple[str, str]:
        """A line of the answer around the place, and a line with a caret under it, for fonts of fixed width."""
        return pointed(self.text, self.place)


class NotReadError(Exception):
    """Leaves a reader from the depth of a text."""

    def __init__(self, code: str, place: int, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.place = place
        self.details = details

    def of(self, text: str) -> Unreadable:
        return Unreadable(self.code, text, self.place, self.details)


def pointed(text: str, place: int) -> tuple[str, str]:
    """The answer on one line, cut on both sides if it is long, and the caret; a wide character takes two columns."""
    first, last = max(0, place - _WINDOW), place + _WINDOW
    before, after = "…" if first else "", "…" if last < len(text) else ""
    left = before + on_a_line(text[first:place])
    return f"{left}{on_a_line(text[place:last])}{after}", f"{' ' * cell_len(left)}^"


def on_a_line(text: str) -> str:
    """A text that cannot move the cursor: each character that is not printed is one sign in its place."""
    return "".join(
        letter if letter.isprintable() else _PICTURES.get(ord(letter), "\N{REPLACEMENT CHARACTER}") for letter in text
    )


# The control pictures of Unicode; a blank of any kind is a blank.
_PICTURES = {**{code: chr(0x2400 + code) for code in range(32)}, 127: "\N{SYMBOL FOR DELETE}"}
_PICTURES |= dict.fromkeys((9, 10, 13, 0xA0, 0x2007, 0x2009, 0x200A, 0x202F, 0x3000), " ")


def shortened(text: str) -> str:
    """A piece of an answer, short enough to stand in a sentence."""
    return on_a_line(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
