"""The form fields of PDF files, read in a process of its own: ``python -m derive.checking.submissions.form_fields``.

A file of a few kilobytes can unpack to gigabytes, send a reader in circles or end it. So the process has little memory,
and whoever started it ends it when it takes too long. It is given files on its standard input, each after a line with
its length, and answers each with a line of JSON: a form, or the code of what is wrong with the file.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from decimal import Decimal
from io import BytesIO
from itertools import chain
from typing import BinaryIO

import pikepdf

from derive.checking.submissions.limits import MOST_ANSWERS, MOST_CHARACTERS, kept

if sys.platform != "win32":  # where only the time is limited
    import resource

MOST_MEMORY = 256_000_000
"""In bytes of address space; the largest of our own sheets takes a quarter of it."""
LONGEST_TEXT = 500
"""Characters of the name of a field, of the title and of the code."""

_BROKEN = (
    *(pikepdf.PdfError, MemoryError),
    *(ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError),
)
"""What pikepdf raises where the objects of a file are not those that they should be, or take all the memory."""

_ENCODINGS = {b"\xfe\xff": "utf-16", b"\xff\xfe": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
"""Of text strings, by the bytes with which they begin (ISO 32000-2, 7.9.2.2); others are in PDFDocEncoding."""


class _NotReadError(Exception):
    """Ends the reading of a file with the code of the reason."""

    def __init__(self, code: str, **evidence: object) -> None:
        super().__init__(code)
        self.said = {"problem": code, "evidence": evidence}


def main(source: BinaryIO, sink: BinaryIO) -> None:
    """Answers until the input ends."""
    if sys.platform != "win32":
        with suppress(OSError, ValueError):  # macOS has the limit but may refuse to set it
            resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    while length := source.readline():
        sink.write(json.dumps(form_in(source.read(int(length)))).encode() + b"\n")
        sink.flush()


def form_in(content: bytes) -> Mapping[str, object]:
    """The fields of a file with their texts, and its code, title, first heading and language; or what is wrong."""
    try:
        with pikepdf.open(BytesIO(content)) as pdf:
            fields = list(_limited(_texts(pdf)))
            if not fields:  # qpdf only warns where it has put nothing in the place of what it could not read
                raise _NotReadError("form_broken" if pdf.get_warnings() else "form_without_fields")
            return {
                "fields": fields,
                "code": _code(pdf),
                "title": _said(pdf.docinfo.get("/Title")),
                "heading": _heading(pdf),
                "language": _said(pdf.Root.get("/Lang")),
            }
    except _NotReadError as error:
        return error.said
    except pikepdf.PasswordError:
        return {"problem": "form_locked", "evidence": {}}
    except _BROKEN:
        return {"problem": "form_broken", "evidence": {}}


def _limited(fields: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The fields, as long as there are not too many; one that is there twice, once."""
    texts: dict[str, str] = {}
    size = 0
    for name, text in fields:
        if texts.get(name, text) != text:
            raise _NotReadError("answer_named_twice", found=name)
        size += len(text)
        if len(texts) == MOST_ANSWERS:
            raise _NotReadError("answers_many", limit=f"{MOST_ANSWERS:,}")
        if size > MOST_CHARACTERS:
            raise _NotReadError("answers_long", limit=f"{MOST_CHARACTERS:,}")
        if name not in texts:
            yield name, text
        texts[name] = text


# --- fields -----------------------------------------------------------------------------------------------------------

_INHERITED = ("/FT", "/V")


def _texts(pdf: pikepdf.Pdf) -> Iterator[tuple[str, str]]:
    """Each field for text, with its full name and its value (ISO 32000-2, 12.7.4.2), in the order of the form."""
    seen: set[tuple[int, int]] = set()
    for root in chain(_listed(pdf), _on_pages(pdf)):
        waiting: list[tuple[pikepdf.Object, str, Mapping[str, pikepdf.Object]]] = [(root, "", {})]
        while waiting:
            field, above, inherited = waiting.pop()
            if not isinstance(field, pikepdf.Dictionary):
                raise _NotReadError("form_broken")  # its object is lost
            if field.is_indirect and field.objgen in seen:
                continue
            seen.add(field.objgen)
            own = {**inherited, **{key: field[key] for key in _INHERITED if key in field}}
            name = ".".join(filter(None, (above, _said(field.get("/T")))))[:LONGEST_TEXT]
            parts = [part for part in field.get("/Kids", []) if "/T" in part or "/Kids" in part]
            waiting.extend((part, name, own) for part in reversed(parts))
            if not parts and name and own.get("/FT") == pikepdf.Name.Tx:
                yield name, kept(_text(own.get("/V")))


def _listed(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """The fields that the form lists."""
    form = pdf.Root.get("/AcroForm")
    yield from form.get("/Fields", []) if isinstance(form, pikepdf.Dictionary) else []


def _on_pages(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Those that are drawn; some programs that save a form forget to list them."""
    for page in pdf.pages:
        for annotation in page.get("/Annots", []):
            if isinstance(annotation, pikepdf.Dictionary) and annotation.get("/Subtype") == pikepdf.Name.Widget:
                yield _topmost(annotation)


def _topmost(field: pikepdf.Object) -> pikepdf.Object:
    passed: set[tuple[int, int]] = set()
    while isinstance(field.get("/Parent"), pikepdf.Dictionary) and field.objgen not in passed:
        passed.add(field.objgen)
        field = field.Parent
    return field


def _text(value: object) -> str:
    """A text string in whichever of its encodings, a name, a stream of text, or a number that some program has left."""
    match value:
        case pikepdf.String():
            return _decoded(bytes(value))
        case pikepdf.Name():
            return str(value)[1:]
        case pikepdf.Stream():
            return _decoded(value.read_bytes())
        case int() | Decimal() if not isinstance(value, bool):
            return str(value)
        case _:
            return ""


def _decoded(text: bytes) -> str:
    """Half a character, as a program leaves it that cuts texts, is no reason to lose the others."""
    encoding = next((known for mark, known in _ENCODINGS.items() if text.startswith(mark)), "pdfdoc")
    return text.decode(encoding, "replace")


# --- the document -----------------------------------------------------------------------------------------------------


def _said(value: object) -> str:
    return _text(value).strip()[:LONGEST_TEXT]


def _code(pdf: pikepdf.Pdf) -> str:
    """The subject of the document, else its identifier: programs that save a form may lose one of them."""
    subject = _said(pdf.docinfo.get("/Subject"))
    if subject or "/Metadata" not in pdf.Root:
        return subject
    metadata = pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False)
    return str(metadata.get("dc:identifier", "")).strip()[:LONGEST_TEXT]


def _heading(pdf: pikepdf.Pdf) -> str:
    """The first bookmark."""
    outlines = pdf.Root.get("/Outlines")
    first = outlines.get("/First") if isinstance(outlines, pikepdf.Dictionary) else None
    return _said(first.get("/Title")) if isinstance(first, pikepdf.Dictionary) else ""


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
