"""Finished documents as one file for the printer, where they were laid out one by one."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from io import BytesIO
from typing import BinaryIO

import pikepdf


def bind(documents: Iterable[bytes], target: BinaryIO, duplex: bool = True) -> None:
    """Writes the pages of all, each of which starts on a right-hand page where paper is printed on both sides.

    As in a joined file there are no tags and no form fields; fonts are in it as often as in the documents.
    """
    with ExitStack() as opened, pikepdf.new() as bound:
        for document in documents:
            sheet = opened.enter_context(pikepdf.open(BytesIO(document)))
            bound.pages.extend(sheet.pages)
            if duplex and len(sheet.pages) % 2:
                bound.add_blank_page(page_size=_size(sheet.pages[-1]))
        for page in bound.pages:
            for key in ("/Annots", "/StructParents"):
                if key in page:
                    del page[key]
        if duplex:
            bound.Root.ViewerPreferences = pikepdf.Dictionary(Duplex=pikepdf.Name.DuplexFlipLongEdge)
        bound.save(target, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def _size(page: pikepdf.Page) -> tuple[int, int]:
    _, _, width, height = map(float, page.MediaBox)
    return round(width), round(height)
