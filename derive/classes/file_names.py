"""What the file of a student is called."""

from __future__ import annotations

from base64 import b32encode
from hashlib import sha256
from unicodedata import category, normalize

from derive.classes.roster import Student

_ID_BYTES, _NAME_BYTES, _DIGEST = 40, 50, 8


def file_stem(student: Student) -> str:
    """A name for a student's file: one part of a path, at most 100 bytes in UTF-8, no extension.

    The id, an underscore, the name; letters, marks and digits of any script stay, all else becomes a dash. Where the
    id is changed by that, or is not in upper case, some characters of its hash follow. So the stems of two ids differ,
    even where the system does not tell upper from lower case. With the underscore in it no stem is a reserved name of
    Windows (CON, NUL, COM1), and none begins with a dot or ends in a dot or a space.
    """
    own, name = _cut(_dashed(student.id), _ID_BYTES), _cut(_dashed(student.name), _NAME_BYTES)
    if own == student.id.casefold().upper() == student.id:
        return f"{own}_{name}"
    digest = b32encode(sha256(student.id.encode("utf-8", "surrogatepass")).digest()).decode().lower()
    return f"{own}_{name}_{digest[:_DIGEST]}"


def _dashed(text: str) -> str:
    """The letters, marks and digits of a text, with a dash for whatever stands between them."""
    kept = (character if category(character)[0] in "LMN" else " " for character in normalize("NFC", text))
    return "-".join("".join(kept).split())


def _cut(text: str, limit: int) -> str:
    """As many characters as fit into so many bytes."""
    return text.encode()[:limit].decode(errors="ignore").rstrip("-")
