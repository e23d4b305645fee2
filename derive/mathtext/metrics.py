"""Text in the faces of a sheet: the characters that they have, how each is drawn, and how long a text is."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

from derive.mathtext.fonts import font_file

_MISSING = "□"


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character as it is drawn, a thousand units to the em."""

    character: str
    width: int
    outline: bytes


def printable(text: str) -> str:
    """The text in composed form, without what has no look, and with a box for what our fonts have not."""
    composed = unicodedata.normalize("NFC", text)
    visible = (letter for letter in composed if unicodedata.category(letter) not in ("Cc", "Cf"))
    return "".join(letter if _face_with(letter) else _MISSING for letter in visible)


def unprintable(text: str) -> str:
    """The characters of a text that none of our fonts has."""
    return "".join(letter for letter in unicodedata.normalize("NFC", text) if not _face_with(letter))


def text_width(text: str, size: float) -> float:
    """How long a text is, in points."""
    return sum(glyph_of(letter).width for letter in text) * size / 1000


@cache
def glyph_of(character: str) -> Glyph:
    """The glyph of a character in the first of our faces that has it."""
    font = _font(_face_with(character) or "regular")
    names, glyphs = font.getBestCmap(), font.getGlyphSet()
    glyph = glyphs[names.get(ord(character), ".notdef")]
    scale = 1000 / font["head"].unitsPerEm
    pen = _Outline(glyphs, scale)
    glyph.draw(pen)
    width = round(glyph.width * scale)
    return Glyph(character, width, b"%d 0 d0\n%sf" % (width, b"".join(pen.steps)))


@cache
def _face_with(character: str) -> str:
    """The first of our faces that has a character."""
    return next((face for face in ("regular", "chinese") if ord(character) in _font(face).getBestCmap()), "")


@cache
def _font(face: str) -> TTFont:
    return TTFont(font_file(face), lazy=True)


class _Outline(BasePen):  # type: ignore[misc]  # fontTools has no types
    """The instructions that draw a glyph."""

    def __init__(self, glyphs: object, scale: float) -> None:
        super().__init__(glyphs)
        self.scale, self.steps = scale, list[bytes]()

    def _add(self, operator: bytes, points: Iterable[tuple[float, float]] = ()) -> None:
        numbers = (b"%d" % round(length * self.scale) for point in points for length in point)
        self.steps.append(b" ".join([*numbers, operator]) + b"\n")

    def _moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self._add(b"m", [point])

    def _lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self._add(b"l", [point])

    def _curveToOne(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self._add(b"c", points)

    def _closePath(self) -> None:  # noqa: N802
        self._add(b"h")
