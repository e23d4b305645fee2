"""Formulas in the tags of a PDF: each becomes a Formula with its text, as PDF/UA asks.

WeasyPrint has no element for it. The formulas are the only links of our pages (see ``mathtext.boxes.math_box``), so the
n-th Link in the structure tree is the n-th formula of the document.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO

import pikepdf


def tag_formulas(pdf: bytes, texts: Sequence[str]) -> bytes:
    """The same PDF with its formulas tagged; ``texts`` are their alternative texts, in the order of the document.

    A template of the instructor's may print a formula twice or not at all. Then the texts cannot be told apart and the
    formulas are tagged as plain text, which is true too.
    """
    with pikepdf.open(BytesIO(pdf)) as document:
        links = [element for element in _elements(document.Root.StructTreeRoot) if pikepdf.Name.Link == element.S]
        known = len(links) == len(texts)
        for element, text in zip(links, texts if known else [""] * len(links), strict=True):
            element.S = pikepdf.Name.Formula if known else pikepdf.Name.Span
            if known:
                element.Alt = pikepdf.String(text)
        tagged = BytesIO()
        document.save(tagged, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return tagged.getvalue()


def _elements(parent: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """Every structure element below this one, in reading order."""
    kids = parent.get("/K", pikepdf.Array())
    for kid in kids if isinstance(kids, pikepdf.Array) else (kids,):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from _elements(kid)
