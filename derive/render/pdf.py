"""PDF through WeasyPrint: tagged (PDF/UA-1), its fonts embedded, and nothing fetched but fonts and the logo."""

from __future__ import annotations

import gc
import string
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from functools import cache
from io import BytesIO, StringIO
from urllib.parse import quote

import pikepdf
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from derive.mathtext.boxes import math_box
from derive.mathtext.fonts import FACES, font_file
from derive.mathtext.plain import plain
from derive.mathtext.svg import svg_of
from derive.mathtext.tree import Node
from derive.render import Layout, Rendering
from derive.render.html import LabelWriter, MathWriter, html_environment
from derive.render.tags import complete_tags
from derive.render.templating import fill
from derive.sheet.document import Document, Logo
from derive.words.errors import Problem, RefusedError

try:
    with redirect_stdout(StringIO()):  # where WeasyPrint prints a page about it
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher, URLFetcherResponse
except OSError as error:  # Pango is a library of the system, not of PyPI
    PACKAGES = (
        "'apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0' on Debian and Ubuntu, "
        "'brew install pango' on macOS, 'pacman -S mingw-w64-x86_64-pango' in MSYS2 on Windows"
    )
    reason = " ".join(str(error).split())[:120]
    raise RefusedError(Problem("pango_missing", evidence={"reason": reason, "packages": PACKAGES})) from None

_SCHEME = "pencilgrad"
_LOGO = f"{_SCHEME}:logo"
_FIELD_FONT = f"{_SCHEME}:font/field"
_FIELD_CHARACTERS = string.printable.strip() + " −×·÷√≈½²³∂δηáéíóúñüÁÉÍÓÚÑÜ"
"""What can be typed into an answer box, or copied into it from a key."""

_DATE = "2000-01-01T00:00:00Z"
"""A date that never changes, so that the same sheet is the same file, byte for byte."""


def render(document: Document, layout: Layout) -> Rendering:
    """The document as a PDF file."""
    formulas: list[str] = []

    def write_math(node: Node, display: bool) -> str:
        formulas.append(plain(node))
        return math_box(node, display)

    with pikepdf.open(BytesIO(laid_out(document, layout, write_math))) as pdf:
        complete_tags(pdf, formulas)
        file = BytesIO()
        pdf.save(file, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return Rendering(file.getvalue())


def laid_out(
    document: Document,
    layout: Layout,
    write_math: MathWriter,
    write_label: LabelWriter = svg_of,
    *,
    families: Sequence[str] = (),
    sample: str = "",
) -> bytes:
    """The document as WeasyPrint makes it, formulas tagged as links.

    ``families`` are those that slots are set in, ``sample`` the characters that their fonts must have.
    """
    logo = document.letterhead.logo
    text = fill(
        html_environment(layout, write_math, write_label),
        "pdf/document.html.jinja",
        document=document,
        layout=layout,
        fonts={name: f"{_SCHEME}:font/{quote(name)}" for name in (*FACES, "field")},
        logo=_LOGO if logo else "",
        date=_DATE,
        families=families,
        sample=sample,
    )
    with _without_collection():
        try:
            page = HTML(string=text, base_url=f"{_SCHEME}:", url_fetcher=_OwnFilesOnly(logo))
            pdf: bytes = page.write_pdf(
                pdf_variant="pdf/ua-1", pdf_forms=layout.fillable, pdf_identifier=b"pencilgrad", uncompressed_pdf=True
            )
        except OSError as error:  # WeasyPrint hands its fonts over as files
            reason = error.strerror or str(error)
            raise RefusedError(Problem("no_room_for_fonts", evidence={"reason": reason})) from None
    return pdf


@contextmanager
def _without_collection() -> Iterator[None]:
    """Layout makes millions of objects and no garbage: collecting it takes a quarter of the time and finds nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@cache
def _field_font() -> bytes:
    """The sheet's face with the characters of answers only: the font of form fields is embedded as it is given."""
    font = TTFont(font_file("regular"), recalcTimestamp=False)
    subsetter = Subsetter(Options(drop_tables=[*Options().drop_tables, "FFTM"]))  # FFTM: a stamp of the font's editor
    subsetter.populate(text=_FIELD_CHARACTERS)
    subsetter.subset(font)
    content = BytesIO()
    font.save(content)
    return content.getvalue()


class _OwnFilesOnly(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Serves our fonts and the logo; anything else that a page asks for is refused."""

    def __init__(self, logo: Logo | None) -> None:
        super().__init__()
        self._logo = logo

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url == _FIELD_FONT:
            return URLFetcherResponse(url, _field_font())
        scheme, _, name = url.partition(":")
        if url == _LOGO and self._logo:
            return URLFetcherResponse(url, self._logo.data, {"Content-Type": f"image/{self._logo.kind}"})
        face = name.removeprefix("font/")
        if scheme != _SCHEME or face not in FACES:
            raise ValueError(f"a sheet fetches nothing but its own fonts: {url}")
        return URLFetcherResponse(url, font_file(face).read_bytes())
