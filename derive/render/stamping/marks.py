"""What is drawn on each student's sheet by itself: the name, and on every page the code in letters and as a QR code.

A name can have any character of our fonts. Its glyphs are drawn from the outlines in the font files, as a small font
of the sheet's own (Type 3; ISO 32000-1, 9.6.5): the name can be selected and searched, and a student's file does not
depend on whose sheets were made along with it, as a font that several students share would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import pikepdf

from derive.mathtext.metrics import Glyph, glyph_of, printable, text_width
from derive.render.stamping.objects import Stream, reference_to
from derive.sheet.document import Document, Lines

MILLIMETRE = 72 / 25.4
QR_SIZE = 11 * MILLIMETRE
FONT = "Mark"
"""The name of the font among a page's resources."""

_MARGIN, _ABOVE_EDGE = 19 * MILLIMETRE, 3.5 * MILLIMETRE
_CODE_SIZE, _CODE_GAP, _CODE_LINE = 8.5, 3 * MILLIMETRE, 5.2 * MILLIMETRE
_NAME_SIZE, _SMALLEST_NAME, _NAME_ROOM = 11.0, 7.5, 58 * MILLIMETRE
_INK, _GREY = b"0.067 g\n", b"0.333 g\n"
# As the style sheets have them: anchors and sizes of what a name stands behind, and where their lines have their base.
_LINE, _LINE_SIZE, _KIND, _KIND_SIZE = "mark-line", 9.5, "mark-kind", 10.0
_LABEL_GAP, _BASELINE, _TOP = 6.0, 1.05, 10 * MILLIMETRE


@dataclass(frozen=True, slots=True)
class Mark:
    """Whose sheet it is. ``modules`` are the rows of a QR code, true where it is dark, without its quiet zone."""

    name: str
    code: str
    modules: tuple[tuple[bool, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Places:
    """Where marks stand, in points from the lower left corner of a page: the name on the first page only."""

    page_width: float
    name: tuple[float, float]


def places_on(pdf: pikepdf.Pdf, document: Document) -> Places:
    """Where marks stand on a laid-out document: the name behind its label, or behind what kind of document it is.

    Where a template has neither, the name stands in the upper margin. The anchors by which they are found go.
    """
    _, _, width, height = map(float, pdf.pages[0].MediaBox)
    anchors = _anchors(pdf)
    labels = [block.labels[0] for sheet in document.sheets for block in sheet.blocks if isinstance(block, Lines)]
    known = {_LINE: (labels[0] if labels else "", _LINE_SIZE), _KIND: (document.kind_name, _KIND_SIZE)}
    name = _MARGIN, height - _TOP
    for anchor, (label, size) in known.items():
        if label and anchor in anchors:
            left, top = float(anchors[anchor][2]), float(anchors[anchor][3])
            name = left + text_width(label, size) + _LABEL_GAP, top - _BASELINE * size
            break
    kept = [part for key, place in anchors.items() if key not in known for part in (pikepdf.String(key), place)]
    if kept:
        pdf.Root.Names.Dests.Names = pikepdf.Array(kept)
    elif anchors:
        del pdf.Root.Names
    return Places(width, name)


def _anchors(pdf: pikepdf.Pdf) -> dict[str, pikepdf.Object]:
    """Places in the document, by name."""
    if "/Names" not in pdf.Root:
        return {}
    names = list(pdf.Root.Names.Dests.Names)
    return dict(zip(map(str, names[::2]), names[1::2], strict=True))


@dataclass(frozen=True, slots=True)
class MarkFont:
    """The characters of one student's marks; the first has the code 1."""

    glyphs: tuple[Glyph, ...]

    @classmethod
    def of(cls, *texts: str) -> MarkFont:
        return cls(tuple(glyph_of(letter) for letter in dict.fromkeys("".join(texts))))

    def shown(self, text: str, size: float, at: tuple[float, float]) -> bytes:
        """The instructions that show a text."""
        codes = {glyph.character: code for code, glyph in enumerate(self.glyphs, start=1)}
        string = bytes(codes[letter] for letter in text).hex().encode()
        return b"BT/%s %.2f Tf 1 0 0 1 %.2f %.2f Tm<%s>Tj ET\n" % (FONT.encode(), size, *at, string)

    def objects(self, number: int, reserve: Callable[[], int]) -> tuple[dict[int, bytes], dict[int, Stream]]:
        """The font as the object of this number, with new objects for its glyphs."""
        streams = {reserve(): _drawn(glyph.character) for glyph in self.glyphs}
        procedures = b"".join(b"/g%d %d 0 R" % (code, glyph) for code, glyph in enumerate(streams, start=1))
        unicode = reserve()
        streams[unicode] = Stream.packed(self._unicode())
        names = b"".join(b"/g%d" % code for code in range(1, len(self.glyphs) + 1))
        widths = b" ".join(b"%d" % glyph.width for glyph in self.glyphs)
        font = (
            b"<</Type/Font/Subtype/Type3/FontBBox[0 0 0 0]/FontMatrix[.001 0 0 .001 0 0]/Resources<<>>"
            b"/CharProcs<<%s>>/Encoding<</Type/Encoding/Differences[1%s]>>/FirstChar 1/LastChar %d/Widths[%s]"
            b"/ToUnicode %s>>" % (procedures, names, len(self.glyphs), widths, reference_to(unicode))
        )
        return {number: font}, streams

    def _unicode(self) -> bytes:
        """Which characters the codes stand for."""
        lines = [
            b"<%02x> <%s>" % (code, glyph.character.encode("utf-16-be").hex().encode())
            for code, glyph in enumerate(self.glyphs, start=1)
        ]
        blocks = [lines[start : start + 100] for start in range(0, len(lines), 100)]
        mapped = b"".join(b"%d beginbfchar\n%s\nendbfchar\n" % (len(block), b"\n".join(block)) for block in blocks)
        return (
            b"/CIDInit/ProcSet findresource begin 12 dict begin begincmap/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)"
            b"/Supplement 0>>def/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n1 begincodespacerange<00><ff>"
            b"endcodespacerange\n%sendcmap CMapName currentdict/CMap defineresource pop end end" % mapped
        )


@dataclass(frozen=True, slots=True)
class Drawing:
    """The marks of one sheet: what the first page draws, what all others draw, and the font of both."""

    first: bytes
    other: bytes
    font: MarkFont


def font_of(mark: Mark) -> MarkFont:
    """The font of a student's marks."""
    return MarkFont.of(printable(mark.name), printable(mark.code))


def drawing(mark: Mark, places: Places) -> Drawing:
    """The marks at their places, as decoration of the page."""
    name, code = printable(mark.name), printable(mark.code)
    font = font_of(mark)
    left = places.page_width - _MARGIN - QR_SIZE
    foot = (
        _GREY + font.shown(code, _CODE_SIZE, (left - _CODE_GAP - text_width(code, _CODE_SIZE), _CODE_LINE))
        if code
        else b""
    )
    foot += _squares(mark.modules, left)
    lines = _lines(name)
    size = min(_NAME_SIZE, _NAME_ROOM / max(1, *(text_width(line, 1) for line in lines)))
    (x, base), head = places.name, b""
    for above, line in enumerate(reversed(lines)):
        head += _INK + font.shown(line, size, (x, base + above * 1.1 * size)) if line else b""
    return Drawing(_artifact(head + foot), _artifact(foot), font)


def _lines(name: str) -> list[str]:
    """A name on one line, or on two, cut at a space if it has one, where it would become too small to read."""
    if text_width(name, _SMALLEST_NAME) <= _NAME_ROOM:
        return [name]
    middle = len(name) / 2
    spaces = [at for at, letter in enumerate(name) if letter == " "]
    cut = min(spaces, key=lambda at: abs(at - middle), default=len(name) // 2)
    return [name[:cut], name[cut:].lstrip()]


def _artifact(content: bytes) -> bytes:
    return b"/Artifact BMC q\n%sQ EMC\n" % content


def _squares(modules: tuple[tuple[bool, ...], ...], left: float) -> bytes:
    """The dark modules, those side by side in one rectangle, all in one path so that no seam shows between them."""
    if not modules:
        return b""
    side, top = QR_SIZE / len(modules), _ABOVE_EDGE + QR_SIZE
    rectangles = (
        b"%.3f %.3f %.3f %.3f re\n" % (left + start * side, top - (line + 1) * side, (stop - start) * side, side)
        for line, row in enumerate(modules)
        for start, stop in _runs(row)
    )
    return b"0 g\n%sf\n" % b"".join(rectangles)


def _runs(row: tuple[bool, ...]) -> Iterator[tuple[int, int]]:
    start = 0
    for at, dark in enumerate((*row, False)):
        if not dark:
            if at > start:
                yield start, at
            start = at + 1


@cache
def _drawn(character: str) -> Stream:
    """What draws a character, compressed once for all students who have it in their names."""
    return Stream.packed(glyph_of(character).outline)
