"""A document in a notebook: a page of its own inside the page, so that neither's style touches the other."""

from __future__ import annotations

from html import escape

_FRAME = '<iframe srcdoc="{page}" style="width: 100%; height: 36em; border: 1px solid #ccc; background: #fff"></iframe>'


def framed(page: str) -> str:
    """The HTML of a frame that shows a whole HTML page."""
    return _FRAME.format(page=escape(page))
