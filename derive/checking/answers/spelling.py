"""Names as one string, however they are spelled: w₅, w_5 and w_{5} are w5, and δ_o1 and delta_o1 are deltao1.

What stands above the line is kept apart, as a mark: the layer, the sample and the + of a new value, so that w11⁽²⁾⁺,
w11^((2)+) and w_new are w11 or w with a mark.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from derive.checking.answers.characters import LOWERED, RAISED_DIGITS, form_of, on_the_line, unified

_GREEK = re.compile(r"GREEK (?P<size>SMALL|CAPITAL)?.*?(?:LETTER )?(?:FINAL |LUNATE )?(?P<name>[A-Z]+)(?: SYMBOL)?")
_OTHER_NAMES = {"\N{COMBINING CIRCUMFLEX ACCENT}": "hat", "\N{INCREMENT}": "Delta", "\N{MICRO SIGN}": "mu"}
_SPELLED = {"lamda": "lambda"}
_BRACED = re.compile(r"_\{([^{}]*)\}")
_INDICES = re.compile(r"(?<=\d),\s+(?=\d)")


@dataclass(frozen=True, slots=True)
class Spelling:
    """A text with its names as one string each."""

    text: str
    places: tuple[int, ...]
    """For each character of ``text``, that of the written one it comes from; one more for the end."""
    inside: frozenset[int] = field(default_factory=frozenset)
    """Characters that belong to the name before them: what comes after an underscore or stands below the line."""


def spelled(written: str) -> Spelling:
    """The spelling of a text, a space for each run of blanks between two of its parts."""
    letters: list[str] = []
    places: list[int] = []
    inside: set[int] = set()
    dropped = {match.start() for match in _BRACED.finditer(written)} | {
        place for match in _BRACED.finditer(written) for place in (match.start() + 1, match.end() - 1)
    }
    dropped |= {place for match in _INDICES.finditer(written) for place in range(match.start() + 1, match.end())}
    is_inside = False
    for place, character in enumerate(written):
        if character == "_" or place in dropped:
            is_inside = is_inside or character in "_{"
            continue
        is_inside = is_inside or form_of(character) == "lowered" or character in _OTHER_NAMES
        if is_inside:
            inside.add(len(letters))
        for letter in _letters(character):
            letters.append(letter)
            places.append(place)
        is_inside = False
    return Spelling("".join(letters), (*places, len(written)), frozenset(inside))


@lru_cache(maxsize=4096)
def _letters(character: str) -> str:
    """What a character is in a spelling: one character, or the name of a Greek letter."""
    if character in _OTHER_NAMES:
        return _OTHER_NAMES[character]
    form = form_of(character)
    if form in ("raised", "fraction"):
        return character
    plain = unified(character)
    if form == "lowered" or plain.isalpha():
        folded = on_the_line(plain)
        plain = folded if len(folded) == 1 else plain
    return _greek(plain) or unified(plain)


def _greek(letter: str) -> str:
    match = _GREEK.fullmatch(unicodedata.name(letter, ""))
    if not match:
        return ""
    name = match["name"].lower()
    name = _SPELLED.get(name, name)
    return name.capitalize() if match["size"] == "CAPITAL" else name


_LAYER, _SAMPLE = r"\((?P<layer>\d+)\)", r"\[(?P<sample>\d+)\]"
_GROUP = r"(?:\((?P<layer>\d+)\))?(?:\[(?P<sample>\d+)\])?(?P<new>\+?)"
_MARKS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:⁽(?P<layer>[{RAISED_DIGITS}]+)⁾)?(?P<new>⁺?)(?:\[(?P<sample>\d+)\])?",
        rf"\^\({_GROUP}\)",
        rf"\^\{{{_GROUP}\}}",
        r"\^\[(?P<sample>\d+)\](?P<new>)(?P<layer>)",
        r"\^\((?P<layer>\d+)\)(?P<new>)(?P<sample>)",
        r"\^(?P<new>\+)(?P<sample>)(?P<layer>)(?![\w(\[{⁻])",
        r"@s(?P<sample>\d+)(?P<new>)(?P<layer>)",
    )
)


def marks_at(text: str, place: int) -> list[tuple[str, int]]:
    """The marks that can be read at a place of a spelling, the longest first, and where each ends."""
    found = []
    for pattern in _MARKS:
        match = pattern.match(text, place)
        if match and match.end() > place:
            layer = (match["layer"] or "").translate(LOWERED)
            found.append((mark(layer, match["sample"] or "", bool(match["new"])), match.end()))
    return sorted((pair for pair in found if pair[0]), key=lambda pair: -pair[1])


def mark(layer: str = "", sample: str = "", new: bool = False) -> str:
    """The layer, the sample and whether a value is new, as one string; nothing where there is none of them."""
    parts = (f"({layer})" if layer else "", f"[{sample}]" if sample else "", "+" if new else "")
    return "^" * any(parts) + "".join(parts)


def keys_of(name: str) -> frozenset[str]:
    """A printed name as a key of a table: its spelling, with its marks in one form, with blanks and without."""
    spelling = spelled(name).text
    return frozenset(_with_one_form_of_marks(text) for text in (spelling, spelling.replace(" ", "")))


def _with_one_form_of_marks(text: str) -> str:
    ends = ((place, marks) for place in range(1, len(text)) for marks, end in marks_at(text, place) if end == len(text))
    place, marks = next(ends, (len(text), ""))
    return text[:place] + marks
