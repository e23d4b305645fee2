"""The file of a stamped sheet: what all students share as bytes, and what is made for each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO
from itertools import count

import pikepdf

from derive.render.stamping.marks import FONT, Drawing
from derive.render.stamping.objects import Copier, Pack, Stream, Value, Writer, reference_to, text_of
from derive.render.stamping.slots import has_blanks

_TITLE = re.compile(r'(?<=<rdf:li xml:lang="x-default">).*?(?=</rdf:li>)', re.DOTALL)


@dataclass(frozen=True)
class Cast:
    """The objects of a file. The first are numbered as they are made for each student, the others stay."""

    fixed: Pack
    streams: Mapping[int, Stream]
    """Those that stay."""
    contents: Sequence[int]
    texts: Mapping[int, str]
    """Alternative texts with places for numbers."""
    properties: bytes
    """The entries of the document's information but for its title."""
    title: str
    metadata: str
    root: int
    next_number: int

    # The same in every file.
    INFO, METADATA, FONT, FIRST, OTHER = range(1, 6)

    @classmethod
    def of(cls, pdf: pikepdf.Pdf) -> Cast:
        """The cast of a file whose pages are empty."""
        numbers = count(cls.OTHER + 1)
        contents = [next(numbers) for _ in pdf.pages]
        texts: dict[int, str] = {}
        made = {pdf.Root.Metadata.objgen: reference_to(cls.METADATA)}
        for index, (page, number) in enumerate(zip(pdf.pages, contents, strict=True)):
            made[page.Contents.objgen] = b"[%d 0 R %d 0 R]" % (cls.OTHER if index else cls.FIRST, number)
        font = pdf.make_indirect(pikepdf.Dictionary())
        pdf.pages[0].Resources.Font[f"/{FONT}"] = font  # all pages have the same resources
        made[font.objgen] = reference_to(cls.FONT)

        def replaced(value: Value) -> bytes | None:
            if isinstance(value, pikepdf.String) and has_blanks(str(value)):
                texts[number := next(numbers)] = str(value)
                return reference_to(number)
            return made.get(value.objgen) if isinstance(value, pikepdf.Object) and value.is_indirect else None

        copier = Copier(lambda: next(numbers), replaced)
        root = copier.number(pdf.Root)
        info = {name: value for name, value in pdf.docinfo.items() if name != "/Title"}
        properties = copier.entries(info)
        return cls(
            Pack.of(copier.objects),
            copier.streams,
            contents,
            texts,
            properties,
            str(pdf.docinfo.Title),
            pdf.Root.Metadata.read_bytes().decode(),
            root,
            next(numbers),
        )

    def file(
        self,
        contents: Sequence[bytes],
        letters: Mapping[int, str],
        name: str,
        code: str,
        drawing: Drawing | None,
    ) -> bytes:
        """The file with these pages, numbers in the alternative texts, name before the title, and marks.

        The code is the subject of the document and its identifier, by which a filled form is known again.
        """
        file = BytesIO()
        writer = Writer(file, self.next_number)
        title = f"{name} · {self.title}" if name else self.title
        objects = {number: text_of(text.translate(letters)) for number, text in self.texts.items()}
        subject = b"/Subject %s" % text_of(code) if code else b""
        objects[self.INFO] = b"<<%s/Title %s%s>>" % (self.properties, text_of(title), subject)
        metadata = _TITLE.sub(lambda _: escape(title, quote=False), self.metadata)
        identifier = f"<dc:identifier>{escape(code, quote=False)}</dc:identifier>" if code else ""
        metadata = metadata.replace("<dc:title>", f"{identifier}<dc:title>")
        writer.stream(self.METADATA, Stream(b"/Type/Metadata/Subtype/XML", metadata.encode()))
        streams = dict(zip(self.contents, map(Stream.packed, contents), strict=True))
        streams[self.FIRST] = Stream.packed(drawing.first if drawing else b"")
        streams[self.OTHER] = Stream.packed(drawing.other if drawing else b"")
        if drawing:
            font, glyphs = drawing.font.objects(self.FONT, writer.reserve)
            objects |= font
            streams |= glyphs
        for number, stream in {**self.streams, **streams}.items():
            writer.stream(number, stream)
        writer.pack(self.fixed)
        writer.pack(Pack.of(objects))
        writer.finish(self.root, self.INFO)
        return file.getvalue()
