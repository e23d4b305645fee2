"""A sheet that is laid out once for a whole set; what differs between students is stamped into it.

What differs is the digits of the numbers, on the pages and in the alternative texts of the tags, and the marks. A mould
does not depend on the student whose numbers were its pattern, and can be pickled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO

import pikepdf

from derive.equations.filling import Filling
from derive.figures.chart.drawing import Chart
from derive.mathtext.boxes import math_box
from derive.mathtext.building import with_numbers
from derive.mathtext.plain import plain
from derive.mathtext.svg import svg_of
from derive.mathtext.tree import Node, Number, Slot
from derive.render import Layout
from derive.render.pdf import laid_out
from derive.render.stamping.cast import Cast
from derive.render.stamping.groups import with_text_inlined
from derive.render.stamping.marks import Drawing, Mark, MarkFont, Places, drawing, font_of, places_on
from derive.render.stamping.objects import Stream, Written
from derive.render.stamping.slots import SAMPLE, Codes, Face, Piece, faces_among, not_stampable, pieces_of
from derive.render.tags import complete_tags
from derive.sheet.document import Blank, Block, Document, Figure, Question, Solution
from derive.words.errors import Problem, RefusedError

_NO_CODES = Codes({})
_ALONE = "Number0"
"""The family of numbers on a sheet that is laid out for one student."""


@dataclass(frozen=True, slots=True)
class Ink:
    """What the pages of one student draw, compressed."""

    font: MarkFont | None
    """That of the marks, where there are any."""
    marks: tuple[Stream, ...]
    """On the first page and on all others."""
    contents: tuple[Stream, ...]


@dataclass(frozen=True, eq=False)
class Mould:
    """A laid-out document."""

    pdf: bytes
    """Its file, the pages empty."""
    pages: tuple[tuple[bytes | Piece, ...], ...]
    """What each page draws between its numbers, and the numbers."""
    codes: Codes
    faces: Mapping[str, Face]
    pattern: tuple[object, ...] | None
    """What all students' numbers have in common; nothing where there is no place for any."""
    places: Places | None
    """Where marks stand; nothing where the layout has no room for them."""

    @classmethod
    def of(cls, document: Document, layout: Layout, pattern: Filling) -> Mould:
        """The mould of all documents whose numbers have this pattern; ``pattern`` are the document's own numbers.

        Raises ``NotStampableError`` with its reason where such documents do not all have one layout.
        """
        if any(isinstance(block, Figure) and isinstance(block.diagram, Chart) for block in _blocks_of(document)):
            raise not_stampable("stamp_chart")
        if len(document.sheets) > 1:
            raise not_stampable("stamp_several", count=len(document.sheets))
        codes, written = Codes.of(pattern.digits), Counter[str]()

        def slot(number: Number) -> Number:
            found = codes.slot(number)
            written.update([found.of] if found.of else [])
            return found

        pdf, formulas = _laid_out(document, layout, slot, codes.blank, families=codes.families, sample=SAMPLE)
        mould = cls._from(pdf, formulas, document, layout, codes=codes, pattern=pattern.pattern)
        if Counter(piece.of for page in mould.pages for piece in _starts(page)) != written:
            raise not_stampable("stamp_lost")
        return mould

    @classmethod
    def single(cls, document: Document, layout: Layout) -> Mould:
        """A document laid out for one student, whose own numbers stay in it, looking as a stamped one looks."""

        def slot(number: Number) -> Number:
            return Slot(number.text, number.exact, number.exponent, number.of, _ALONE) if number.of else number

        pdf, formulas = _laid_out(document, layout, slot, lambda number: number, families=[_ALONE])
        return cls._from(pdf, formulas, document, layout)

    @classmethod
    def _from(
        cls,
        file: bytes,
        formulas: list[str],
        document: Document,
        layout: Layout,
        *,
        codes: Codes = _NO_CODES,
        pattern: tuple[object, ...] | None = None,
    ) -> Mould:
        with pikepdf.open(BytesIO(file)) as pdf:
            drawn = complete_tags(pdf, formulas)
            drawn = [with_text_inlined(page, steps) for page, steps in zip(pdf.pages, drawn, strict=True)]
            faces = faces_among(pdf.pages[0].Resources.Font, codes.families)
            pages = tuple(tuple(pieces_of(page, faces, codes)) for page in drawn)
            places = places_on(pdf, document) if layout.marked else None
            for page in pdf.pages:
                page.Contents = pdf.make_stream(b"")
            emptied = BytesIO()
            pdf.save(emptied, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return cls(emptied.getvalue(), pages, codes, faces, pattern, places)

    def contents(self, filling: Filling) -> list[bytes]:
        """What each page draws for a student; ``RefusedError`` where the numbers have another pattern."""
        if self.pattern is None:
            return [b"".join(piece for piece in page if isinstance(piece, bytes)) for page in self.pages]
        if filling.pattern != self.pattern:
            raise RefusedError(Problem("pattern_differs"))
        digits = filling.digits
        shown = [
            b"<%s>" % digits[piece.of][piece.start : piece.stop].translate(self._glyphs[piece.font]).encode()
            for piece in self._pieces
        ]
        return [form % tuple([shown[place] for place in places]) for form, places in self._forms]

    @cached_property
    def _glyphs(self) -> Mapping[str, Mapping[int, str]]:
        """What stands for each character in a font (see ``str.translate``)."""
        return {font: str.maketrans(dict(face.glyphs)) for font, face in self.faces.items()}

    @cached_property
    def _pieces(self) -> Sequence[Piece]:
        """Each once, for most numbers stand on a sheet several times."""
        return tuple(dict.fromkeys(piece for page in self.pages for piece in page if isinstance(piece, Piece)))

    @cached_property
    def _forms(self) -> Sequence[tuple[bytes, Sequence[int]]]:
        """Each page with %b for every piece, and the places of these in ``_pieces``."""
        places = {piece: place for place, piece in enumerate(self._pieces)}
        return tuple(
            (
                b"".join(b"%b" if isinstance(piece, Piece) else piece.replace(b"%", b"%%") for piece in page),
                [places[piece] for piece in page if isinstance(piece, Piece)],
            )
            for page in self.pages
        )

    def drawing(self, mark: Mark | None) -> Drawing | None:
        """A student's marks on this layout."""
        return drawing(mark, self.places) if mark and self.places else None

    def ink(self, filling: Filling, mark: Mark | None) -> Ink:
        """What a student's pages draw."""
        drawing = self.drawing(mark)
        marks = map(Stream.packed, (drawing.first, drawing.other) if drawing else ())
        return Ink(drawing.font if drawing else None, (*marks,), (*map(Stream.packed, self.contents(filling)),))

    def ink_of(self, file: bytes, mark: Mark | None) -> Ink:
        """The same, taken from the file that was stamped for the student: nothing is drawn and compressed again."""
        written, cast = Written(file), self._cast
        font = font_of(mark) if mark and self.places else None
        marks = (cast.FIRST, cast.OTHER) if font else ()
        return Ink(font, (*map(written.stream, marks),), (*map(written.stream, cast.contents),))

    def stamped(self, filling: Filling, mark: Mark | None = None) -> bytes:
        """A student's sheet; the same numbers and marks make the same file, byte for byte.

        The name stands before the title in the file's properties. ``RefusedError`` where the numbers have another
        pattern than the mould's.
        """
        contents = self.contents(filling)
        letters = {} if self.pattern is None else self.codes.letters(filling.digits)
        name, code = (mark.name, mark.code) if mark else ("", "")
        return self._cast.file(contents, letters, name, code, self.drawing(mark))

    @cached_property
    def _cast(self) -> Cast:
        with pikepdf.open(BytesIO(self.pdf)) as pdf:
            return Cast.of(pdf)


def _laid_out(
    document: Document,
    layout: Layout,
    slot: Callable[[Number], Number],
    blank: Callable[[Number], Number],
    *,
    families: Sequence[str],
    sample: str = "",
) -> tuple[bytes, list[str]]:
    """The document as WeasyPrint makes it, and the alternative texts of its formulas."""
    formulas: list[str] = []

    def write_math(node: Node, display: bool) -> str:
        formulas.append(plain(with_numbers(node, blank)))
        return math_box(with_numbers(node, slot), display)

    def write_label(node: Node) -> str:
        return svg_of(with_numbers(node, slot))

    return laid_out(document, layout, write_math, write_label, families=families, sample=sample), formulas


def _starts(page: Sequence[bytes | Piece]) -> Iterator[Piece]:
    """The first piece of each number."""
    return (piece for piece in page if isinstance(piece, Piece) and not piece.start)


def _blocks_of(document: Document) -> Iterator[Block]:
    for sheet in document.sheets:
        yield from _within(sheet.blocks)


def _within(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        match block:
            case Blank(blocks=inner) | Solution(blocks=inner) | Question(solution=Solution(blocks=inner)):
                yield from _within(inner)
