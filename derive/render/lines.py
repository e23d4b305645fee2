"""Where a line of words may end: behind a space, and in Chinese behind any character, but not before its comma."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console, JustifyMethod, OverflowMethod
from rich.containers import Lines
from rich.text import Text

_CHARACTER = "\u3400-\u9fff"
_OPENING = "（【《「“‘"
_CLOSING = "，。：；？！、）】》」”’"
_PIECE = re.compile(rf"[{_OPENING}]*(?:[{_CHARACTER}]|[^\s{_CHARACTER}{_OPENING}{_CLOSING}]+)?[{_CLOSING}]*\s*|\s+")


class Words(Text):
    """Text whose lines end where they may, in any language."""

    def wrap(
        self,
        console: Console,
        width: int,
        *,
        justify: JustifyMethod | None = None,
        overflow: OverflowMethod | None = None,
        tab_size: int = 8,
        no_wrap: bool | None = None,
    ) -> Lines:
        """The lines; a word that is longer than one is broken anywhere."""
        lines = [line for paragraph in self.plain.split("\n") for line in broken(paragraph, width)]
        text = Text("\n".join(lines), self.style, overflow=self.overflow)
        return text.wrap(console, width, justify=justify, overflow=overflow, tab_size=tab_size, no_wrap=no_wrap)


def broken(text: str, width: int) -> Iterator[str]:
    """Lines no broader than so many cells, unless a word is."""
    line = ""
    for piece in _PIECE.findall(text):
        if line and cell_len((line + piece).rstrip()) > width:
            yield line.rstrip()
            line = ""
        line += piece
    yield line.rstrip()
