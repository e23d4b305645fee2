"""The sheets of a whole set as one file for the printer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO
from weakref import WeakKeyDictionary

import pikepdf

from derive.equations.filling import Filling
from derive.render.stamping.marks import FONT, Mark
from derive.render.stamping.mould import Mould
from derive.render.stamping.objects import Copier, Pack, Stream, Writer, reference_to, text_of


@dataclass(frozen=True, slots=True)
class Impression:
    """One student's sheet: the mould of their language, or one of their own, their numbers and their marks."""

    mould: Mould
    filling: Filling
    mark: Mark | None = None
    file: bytes | None = None
    """The student's own file, stamped with just this."""


def join(impressions: Iterable[Impression], file: BinaryIO, duplex: bool = True) -> None:
    """Writes all sheets one after the other, each on a right-hand page where paper is printed on both sides.

    Fonts are in the file once for each mould, and sheets are written as they come, so that a thousand of them take no
    more memory than one. The file is for paper: without tags and without form fields. Students are its bookmarks.
    """
    _Joined(Writer(file), duplex).write(impressions)


@dataclass(frozen=True, slots=True)
class _Stock:
    """What the pages of a mould share in the joined file."""

    resources: bytes
    fonts: bytes
    boxes: tuple[bytes, ...]


class _Joined:
    def __init__(self, writer: Writer, duplex: bool) -> None:
        self.writer, self.duplex = writer, duplex
        self.root, self.tree, self.outline = writer.reserve(), writer.reserve(), writer.reserve()
        self.stocks: WeakKeyDictionary[Mould, _Stock] = WeakKeyDictionary()
        self.sheets: list[tuple[int, int]] = []  # of each student the number of the node and the count of pages
        self.bookmarks: list[tuple[bytes, int]] = []  # a title and a page

    def write(self, impressions: Iterable[Impression]) -> None:
        for impression in impressions:
            self._sheet(impression)
        objects = dict(self._outline())
        kids = b" ".join(reference_to(node) for node, _ in self.sheets)
        total = sum(pages for _, pages in self.sheets)
        objects[self.tree] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (total, kids)
        printing = b"/ViewerPreferences<</Duplex/DuplexFlipLongEdge>>" if self.duplex else b""
        objects[self.root] = b"<</Type/Catalog/Pages %s/Outlines %s%s>>" % (
            reference_to(self.tree),
            reference_to(self.outline),
            printing,
        )
        self.writer.pack(Pack.of(objects))
        self.writer.finish(self.root)

    def _sheet(self, impression: Impression) -> None:
        mould, writer = impression.mould, self.writer
        stock = self.stocks.get(mould) or self.stocks.setdefault(mould, self._stock(mould))
        node, resources, objects, marks = writer.reserve(), writer.reserve(), dict[int, bytes](), list[int]()
        fonts = stock.fonts
        ink = (
            mould.ink(impression.filling, impression.mark)
            if impression.file is None
            else mould.ink_of(impression.file, impression.mark)
        )
        if ink.font:
            font, glyphs = ink.font.objects(writer.reserve(), writer.reserve)
            objects |= font
            for number, stream in glyphs.items():
                writer.stream(number, stream)
            fonts += b"/%s %s" % (FONT.encode(), reference_to(next(iter(font))))
            marks = [*map(self._stream, ink.marks)]
        objects[resources] = b"<<%s/Font<<%s>>>>" % (stock.resources, fonts)
        kids = []
        for index, (content, box) in enumerate(zip(ink.contents, stock.boxes, strict=True)):
            streams = [*marks[min(index, 1) :][:1], self._stream(content)]
            drawn = b" ".join(map(reference_to, streams))
            kids.append(writer.reserve())
            objects[kids[-1]] = b"<</Type/Page/Parent %s/MediaBox %s/Resources %s/Contents[%s]>>" % (
                reference_to(node),
                box,
                reference_to(resources),
                drawn,
            )
        self.bookmarks.append((text_of(impression.mark.name if impression.mark else ""), kids[0]))
        if self.duplex and len(kids) % 2:
            kids.append(writer.reserve())
            objects[kids[-1]] = b"<</Type/Page/Parent %s/MediaBox %s/Resources<<>>>>" % (
                reference_to(node),
                stock.boxes[-1],
            )
        objects[node] = b"<</Type/Pages/Parent %s/Count %d/Kids[%s]>>" % (
            reference_to(self.tree),
            len(kids),
            b" ".join(map(reference_to, kids)),
        )
        self.sheets.append((node, len(kids)))
        writer.pack(Pack.of(objects))

    def _stream(self, stream: Stream) -> int:
        number = self.writer.reserve()
        self.writer.stream(number, stream)
        return number

    def _stock(self, mould: Mould) -> _Stock:
        with pikepdf.open(BytesIO(mould.pdf)) as pdf:
            copier = Copier(self.writer.reserve)
            resources = dict(pdf.pages[0].Resources.items())
            fonts = copier.entries(dict(resources.pop("/Font").items()))
            stock = _Stock(copier.entries(resources), fonts, tuple(copier.direct(page.MediaBox) for page in pdf.pages))
        for number, stream in copier.streams.items():
            self.writer.stream(number, stream)
        if copier.objects:
            self.writer.pack(Pack.of(copier.objects))
        return stock

    def _outline(self) -> Iterator[tuple[int, bytes]]:
        """A bookmark for each student."""
        numbers = [self.writer.reserve() for _ in self.bookmarks]
        for index, (title, page) in enumerate(self.bookmarks):
            around = {b"Prev": numbers[index - 1] if index else None, b"Next": (*numbers, None)[index + 1]}
            links = b"".join(b"/%s %s" % (way, reference_to(number)) for way, number in around.items() if number)
            yield (
                numbers[index],
                b"<</Title %s/Parent %s/Dest[%s/Fit]%s>>"
                % (title, reference_to(self.outline), reference_to(page), links),
            )
        ends = b"/First %s/Last %s" % (reference_to(numbers[0]), reference_to(numbers[-1])) if numbers else b""
        yield self.outline, b"<</Type/Outlines/Count %d%s>>" % (len(numbers), ends)
