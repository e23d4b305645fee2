"""What may be said of a person in a list, a table or a record: texts of one line, and a language that we have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from unicodedata import normalize

from babel.core import Locale
from pydantic import ValidationError

from derive.authoring.validation import Finding, problems_of, shortened
from derive.choices import languages
from derive.model.fields import Line, Table
from derive.words.errors import nearest
from derive.words.languages import folder, read_catalogue

LONGEST_TEXT = 200
"""Characters of a name or of another text, as of any line of text in an exercise file."""


class _Texts(Table):
    """The rule for texts, which is that of exercise files; ``code`` is that of a person's sheet."""

    name: Line | None = None
    id: Line | None = None
    email: Line | None = None
    language: Line | None = None
    group: Line | None = None
    code: Line | None = None


def findings(texts: Mapping[str, str]) -> Iterator[Finding]:
    """What is wrong with the texts of a person, by the names of their fields."""
    long = {field: len(text) for field, text in texts.items() if len(text) > LONGEST_TEXT}
    for field, length in long.items():
        evidence = {"found": f"{length} characters", "limit": f"{LONGEST_TEXT} characters"}
        yield Finding((field,), "too_long", evidence)
    try:
        _Texts.model_validate({field: text for field, text in texts.items() if text and field not in long})
    except ValidationError as error:
        yield from problems_of(error, _Texts)
    spoken = texts.get("language", "")
    if spoken and not language_code(spoken):
        names = [name for name, _ in _languages().values()]
        evidence = {"found": shortened(spoken), "nearest": nearest(spoken, names), "allowed": ", ".join(names)}
        yield Finding(("language",), "unknown_language", evidence)


# --- spellings --------------------------------------------------------------------------------------------------------

# White space, line ends among it, but not the separators of old terminals, which are control characters.
_SPACE = re.compile(r"[^\S\x1c-\x1f]+")


def bare(text: str) -> str:
    """A word without what spellings differ in: case, accents, spaces, signs."""
    return "".join(filter(str.isalnum, normalize("NFKD", text[:LONGEST_TEXT].casefold())))


def spaced(text: str) -> str:
    """A text with one space for all white space; normalised unless it is too long, which would take minutes."""
    one_space = _SPACE.sub(" ", text).strip(" ")
    return normalize("NFC", one_space) if len(one_space) <= LONGEST_TEXT else one_space


# --- languages --------------------------------------------------------------------------------------------------------


def language_code(text: str) -> str:
    """The code of a language by one of its names, or by a longer code such as es-MX or zh_Hans; else nothing."""
    first = re.split("[-_]", text.casefold(), maxsplit=1)[0]
    _, code = _languages().get(bare(text), ("", first if first in languages() else ""))
    return code


@cache
def _languages() -> Mapping[str, tuple[str, str]]:
    """Each language by its code, its own name and its names in our other languages, as it is spelled and its code."""
    codes = languages()
    own = [(_own_name(code), code) for code in codes]
    named = [(str(Locale.parse(code).get_display_name(other)), code) for other in codes for code in codes]
    return {bare(name): (name, code) for name, code in [*named, *own, *zip(codes, codes, strict=True)]}


def _own_name(code: str) -> str:
    message = read_catalogue(folder() / f"{code}.po").get("language.name")
    return str(message.string) if message else code
