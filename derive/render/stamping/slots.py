"""Numbers that are found again on a finished page.

In a mould every quantity has digits of its own, so that a number on the page says whose it is, wherever the layout has
moved it: matrices are painted after the text around them. Because there are only ten numbers of one digit, the font
family belongs to what a number says: as many families are used as the quantities need, each the sheet's own face.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

import pikepdf

from derive.mathtext.tree import Number, Slot
from derive.render.tags import Instruction, Instructions
from derive.words.errors import Problem, RefusedError

SAMPLE = "0123456789.,"
"""What a number can be made of."""

MOST_FAMILIES = 6
"""As many as the first page of a mould has room for: enough for sixty numbers of one digit."""

_DIGIT = re.compile("[0-9]")
_PRIVATE = 0xF0000
_MAPPED = re.compile(r"<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]+)>")


class NotStampableError(RefusedError):
    """The sheets of a set cannot share a layout; each of them can still be laid out by itself."""


def not_stampable(code: str, **evidence: object) -> NotStampableError:
    """The error with its reason."""
    return NotStampableError(Problem(code, evidence=evidence))


@dataclass(frozen=True)
class Codes:
    """What stands for each quantity in a mould; ``forms`` are how it is printed, with # for each digit."""

    forms: Mapping[str, str]

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> Codes:
        """For quantities of which this is printed."""
        return cls({name: _DIGIT.sub("#", text) for name, text in texts.items()})

    @cached_property
    def coded(self) -> Mapping[str, tuple[str, str]]:
        """The family and the digits of each quantity."""
        counts: Counter[int] = Counter()
        coded = {}
        for name, form in self.forms.items():
            size = form.count("#")
            family, number = divmod(counts[size], 10**size)
            counts[size] += 1
            digits = iter(f"{number:0{size}}")
            coded[name] = f"Number{family}", "".join(next(digits) if sign == "#" else sign for sign in form)
        return coded

    @cached_property
    def families(self) -> tuple[str, ...]:
        """The font families that are needed."""
        families = tuple(sorted({family for family, _ in self.coded.values()}))
        if len(families) > MOST_FAMILIES:
            raise not_stampable("stamp_values", limit=10 * MOST_FAMILIES)
        return families

    @cached_property
    def _blanks(self) -> Mapping[str, str]:
        """Private characters, one for each that is printed of a quantity."""
        blanks, start = {}, _PRIVATE
        for name, form in self.forms.items():
            blanks[name] = "".join(map(chr, range(start, start + len(form))))
            start += len(form)
        return blanks

    def slot(self, number: Number) -> Number:
        """The number as it is set in the mould; one that is no quantity's as it is."""
        if not number.of:
            return number
        if number.of not in self.forms:
            raise not_stampable("stamp_source", quantity=number.of)
        family, text = self.coded[number.of]
        return Slot(text, number.exact, number.exponent, number.of, family)

    def blank(self, number: Number) -> Number:
        """The number as it stands in an alternative text."""
        return replace(number, text=self._blanks[number.of]) if number.of in self._blanks else number

    def letters(self, texts: Mapping[str, str]) -> Mapping[int, str]:
        """What is to be put for the private characters of alternative texts (see ``str.translate``)."""
        return {
            ord(blank): letter
            for name, blanks in self._blanks.items()
            for blank, letter in zip(blanks, texts[name], strict=True)
        }


def has_blanks(text: str) -> bool:
    """Whether numbers are to be put into an alternative text."""
    return any(ord(letter) >= _PRIVATE for letter in text)


@dataclass(frozen=True, slots=True)
class Face:
    """A family of numbers, upright or italic, as a page has it among its fonts."""

    family: str
    glyphs: Mapping[str, str] = field(hash=False)
    """The glyph of each character, as four hexadecimal digits."""

    def shown(self, glyphs: bytes) -> str:
        """The characters of a string of glyphs; nothing for a glyph that is no number's."""
        characters = {glyph: character for character, glyph in self.glyphs.items()}
        digits = glyphs.hex()
        return "".join(characters.get(digits[at : at + 4], "?") for at in range(0, len(digits), 4))


def faces_among(fonts: pikepdf.Object, families: Sequence[str]) -> Mapping[str, Face]:
    """The faces of the families, by the name of the font on the page."""
    faces = {}
    for name, font in fonts.items():
        family = str(font.BaseFont).rpartition("+")[2].partition("-")[0]
        if family in families:
            mapped = _MAPPED.findall(font.ToUnicode.read_bytes().decode("ascii"))
            glyphs = {bytes.fromhex(text).decode("utf-16-be"): glyph.lower() for glyph, text in mapped}
            if set(SAMPLE) - glyphs.keys():
                raise not_stampable("stamp_lost")
            faces[name] = Face(family, glyphs)
    return faces


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of a quantity's characters, shown in one go in the font of this name."""

    of: str
    font: str
    start: int
    stop: int


Pieces = list[bytes | Piece]


def pieces_of(instructions: Instructions, faces: Mapping[str, Face], codes: Codes) -> Iterator[bytes | Piece]:
    """What a page draws between its numbers, and the numbers."""
    owners = {code: name for name, code in codes.coded.items()}
    plain: Instructions = []
    for steps, font in _texts(instructions):
        face = faces.get(font)
        letters = face.shown(b"".join(map(_glyphs, steps))) if face else ""
        if not face:
            plain += steps
        elif letters != SAMPLE:
            if (owner := owners.get((face.family, letters))) is None:
                raise not_stampable("stamp_lost")
            yield pikepdf.unparse_content_stream(plain) + b"\n"
            plain = []
            yield from _slot(steps, owner, font)
    yield pikepdf.unparse_content_stream(plain)


def _texts(instructions: Instructions) -> Iterator[tuple[Instructions, str]]:
    """The instructions in runs: each text object, with its font if it has a single one, and what is between them."""
    run: Instructions = []
    fonts: list[str] = []
    font, saved = "", []
    for step in instructions:
        operator = str(step.operator)
        if operator == "BT":
            yield run, ""
            run, fonts = [], []
        run.append(step)
        match operator:
            case "Tf":
                font = str(step.operands[0])
            case "q":
                saved.append(font)
            case "Q":
                font = saved.pop()
            case "TJ" | "Tj":
                fonts.append(font)
            case "ET":
                yield run, fonts[0] if len(set(fonts)) == 1 else ""
                run = []
    yield run, ""


def _shown(step: Instruction) -> list[pikepdf.Object | Decimal | int]:
    """The strings that an instruction shows, and the distances between them; nothing where it shows none."""
    match str(step.operator):
        case "TJ":
            return list(step.operands[0])
        case "Tj":
            return [step.operands[0]]
    return []


def _glyphs(step: Instruction) -> bytes:
    return b"".join(bytes(part) for part in _shown(step) if isinstance(part, pikepdf.String))


def _slot(steps: Instructions, owner: str, font: str) -> Iterator[bytes | Piece]:
    """A text object whose strings are the owner's; what moves the letters apart stays."""
    at = 0
    for step in steps:
        parts = _shown(step)
        if not parts:
            yield pikepdf.unparse_content_stream([step]) + b"\n"
            continue
        yield b"["
        for part in parts:
            if isinstance(part, pikepdf.String):
                count = len(bytes(part)) // 2
                yield Piece(owner, font, at, at + count)
                at += count
            else:
                yield str(part).encode()
        yield b"] TJ\n"
