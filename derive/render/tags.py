"""What WeasyPrint leaves undone in the tags of a PDF, and PDF/UA asks for.

Formulas: WeasyPrint has no element for them. They are the only links of a page (see ``mathtext.boxes.math_box``), so
the n-th Link in the structure tree is the n-th formula of the document.

The feet of the pages: WeasyPrint tags their text but hangs it nowhere. They are decoration of the page: artifacts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO

import pikepdf

_ARTIFACT = pikepdf.ContentStreamInstruction([pikepdf.Name.Artifact], pikepdf.Operator("BMC"))


def complete_tags(pdf: bytes, formulas: Sequence[str]) -> bytes:
    """The same PDF with its tags complete; ``formulas`` are alternative texts, in the order of the document."""
    with pikepdf.open(BytesIO(pdf)) as document:
        elements = list(_elements(document.Root.StructTreeRoot))
        _tag_formulas([element for element in elements if element["/S"] == pikepdf.Name.Link], formulas)
        hung = {element.objgen for element in elements}
        parents = document.Root.StructTreeRoot.ParentTree.Nums
        for page, content in zip(document.pages, parents[1::2], strict=False):  # pages come first, then annotations
            _mark_artifacts(document, page, content, hung)
        completed = BytesIO()
        document.save(completed, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return completed.getvalue()


def _elements(parent: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """Every structure element below this one, in reading order."""
    kids = parent.get("/K", pikepdf.Array())
    for kid in kids if isinstance(kids, pikepdf.Array) else (kids,):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from _elements(kid)


def _tag_formulas(links: Sequence[pikepdf.Object], texts: Sequence[str]) -> None:
    """Links become formulas.

    A template of the instructor's may print a formula twice or not at all. Then the texts cannot be told apart, and the
    formulas are tagged as plain text, which is true too.
    """
    if len(links) != len(texts):
        for link in links:
            link.S = pikepdf.Name.Span
        return
    for link, text in zip(links, texts, strict=True):
        link.S = pikepdf.Name.Formula
        link.Alt = pikepdf.String(text)


def _mark_artifacts(
    document: pikepdf.Pdf, page: pikepdf.Page, content: pikepdf.Object, hung: set[tuple[int, int]]
) -> None:
    """Marked content whose element hangs nowhere in the tree becomes an artifact."""
    loose = {number for number, element in enumerate(content) if element.objgen not in hung}
    if not loose:
        return
    instructions = [
        _ARTIFACT if str(step.operator) == "BDC" and int(step.operands[1].get("/MCID", -1)) in loose else step
        for step in pikepdf.parse_content_stream(page)
    ]
    page.Contents = document.make_stream(pikepdf.unparse_content_stream(instructions))
    for number in loose:
        content[number] = pikepdf.Object.parse(b"null")
