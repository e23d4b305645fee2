"""What WeasyPrint leaves undone in the tags of a PDF, and PDF/UA asks for.

Formulas: WeasyPrint has no element for them. They are the only links of a page (see ``mathtext.boxes.math_box``), so
the n-th Link in the structure tree is the n-th formula of the document.

The feet of the pages: WeasyPrint tags their text but hangs it nowhere. They are decoration of the page: artifacts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pikepdf

_ARTIFACT = pikepdf.ContentStreamInstruction([pikepdf.Name.Artifact], pikepdf.Operator("BMC"))


Instruction = pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage
Instructions = list[Instruction]


def complete_tags(pdf: pikepdf.Pdf, formulas: Sequence[str]) -> list[Instructions]:
    """Completes the tags in place; ``formulas`` are alternative texts, in the order of the document.

    Returns what each page then draws, for those who have more to do with it: reading it takes its time.
    """
    elements = list(_elements(pdf.Root.StructTreeRoot))
    _tag_formulas([element for element in elements if element["/S"] == pikepdf.Name.Link], formulas)
    hung = {element.objgen for element in elements}
    parents = pdf.Root.StructTreeRoot.ParentTree.Nums[1::2]  # pages come first, then annotations
    return [_mark_artifacts(pdf, page, content, hung) for page, content in zip(pdf.pages, parents, strict=False)]


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
    pdf: pikepdf.Pdf, page: pikepdf.Page, content: pikepdf.Object, hung: set[tuple[int, int]]
) -> Instructions:
    """Marked content whose element hangs nowhere in the tree becomes an artifact."""
    loose = {number for number, element in enumerate(content) if element.objgen not in hung}
    instructions = [
        _ARTIFACT if str(step.operator) == "BDC" and int(step.operands[1].get("/MCID", -1)) in loose else step
        for step in pikepdf.parse_content_stream(page)
    ]
    page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(instructions))
    for number in loose:
        content[number] = pikepdf.Object.parse(b"null")
    return instructions
