"""Tables as spreadsheets and learning platforms write them: CSV, and what its rows are. What a cell says is data."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from derive.files import one_line
from derive.words.errors import AuthorError, Problem

DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab"}
MOST_LINES = 200_000
"""Of a file, empty ones too."""
LONGEST_ROW = 1_000_000
"""In characters."""
_MOST_NULS = 8
"""Of so many characters one may be a NUL, which a cell of text may have got by accident."""
_LINES_OF_A_ROW = 50  # a quote that is still open then was never meant to be closed

_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
_SEPARATOR = re.compile(r'\A"?sep=."?(?=\r|\n)')  # Excel's own line; the delimiter shows itself anyway
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_CONTENT = re.compile(r"[^\s,;]")


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, and the line of the file where it begins."""

    line: int
    cells: Sequence[str]


def decoded(content: bytes, file: str) -> str:
    """The text of a file: UTF-8, or UTF-16 with a byte order mark; ``AuthorError`` if it is neither."""
    encoding = "utf-16" if content.startswith(_BYTE_ORDER_MARKS) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _not_unicode(file, error.object[: error.start].decode(encoding, "ignore")) from None
    if _MOST_NULS * text.count("\0") > len(text):  # UTF-16 without its mark, or no text at all
        raise _not_unicode(file, text.partition("\0")[0])
    return text


def _not_unicode(file: str, before: str) -> AuthorError:
    return AuthorError(Problem("table_encoding", file, line=len(re.findall("\r\n|\r|\n", before)) + 1))


def rows(text: str, delimiter: str, file: str) -> Iterator[Row | Problem]:
    """The rows that are not empty; for a malformed one, what is wrong with it. The line after its first begins anew."""
    csv.field_size_limit(LONGEST_ROW)  # a cell may fill its row
    lines = _Lines(_SEPARATOR.sub("", text, count=1))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while lines.number <= MOST_LINES:
        lines.begin_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines.keep_one()
            yield Problem("table_csv", file, line=lines.number, evidence={"reason": one_line(error)})
        else:
            if any(map(_CONTENT.search, cells)):
                yield Row(lines.number, cells)
    yield Problem("table_lines", file, evidence={"limit": f"{MOST_LINES:,}"})


@dataclass
class _Lines:
    """The lines of a text for a reader of rows. After a malformed row all but its first line can be read again."""

    text: str
    number: int = 1
    """Of the line where the row begins."""
    row: list[str] = field(default_factory=list)
    """The lines of the row that have been read."""
    again: deque[str] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.rest = (match[0] for match in _LINE.finditer(self.text))

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if len(self.row) == _LINES_OF_A_ROW:
            raise csv.Error("a quote is not closed")
        line = self.again.popleft() if self.again else next(self.rest)
        self.row.append(line)
        if len(line) > LONGEST_ROW:
            raise csv.Error(f"a line of more than {LONGEST_ROW:,} characters")
        return line

    def begin_row(self) -> None:
        self.number += len(self.row)
        self.row.clear()

    def keep_one(self) -> None:
        self.again.extendleft(reversed(self.row[1:]))
        del self.row[1:]
