"""The words of the sheets: one gettext catalogue for each language, complete or refused.

To add a language, add one file to ``templates/languages/``; its name is the language's code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel.core import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import get_decimal_symbol
from babel.support import Translations

from derive import resources
from derive.choices import languages
from derive.mathtext.contents import is_one_run
from derive.mathtext.plain import plain
from derive.mathtext.sizes import width
from derive.mathtext.tree import Node
from derive.words.errors import AuthorError, Problem, nearest

REFERENCE = "en"
"""The catalogue that says which messages there are, and which placeholders each has."""

_SHORT = 4.0  # em
_GROUPED_FROM = 10_000

Prose = tuple[str | Node, ...]
"""Words with formulas among them."""


@dataclass(frozen=True, slots=True)
class Language:
    """A complete catalogue."""

    code: str
    decimal_mark: str
    translations: Translations

    def text(self, message: str, **parts: Prose | Node | str | int) -> Prose:
        """A message with its placeholders filled: by text, by a formula, or by words that contain formulas."""
        return _filled(self.template(message), parts)

    def template(self, message: str) -> str:
        """A message with its placeholders; ``AuthorError`` if the catalogue has none, as after a new activation."""
        template = self.translations.gettext(message)
        if template == message:
            raise AuthorError(Problem("message_missing", str(folder() / f"{self.code}.po"), message))
        return str(template)

    def counted(self, message: str, n: int, **parts: Prose | Node | str | int) -> Prose:
        """A message in the plural form that the language has for ``n``."""
        return _filled(self.translations.ngettext(message, message, n), {"n": n, **parts})

    def plain(self, message: str, **parts: str | int) -> str:
        """A message without formulas, as a string."""
        return "".join(str(part) for part in self.text(message, **parts))

    def enumeration(self, items: list[Prose], last: str = "list.and") -> Prose:
        """a, b and c; ``last`` is the message between the last two."""
        separators = [self.template("list.comma")] * (len(items) - 2) + [self.template(last)]
        joined = list(items[0])
        for separator, item in zip(separators, items[1:], strict=False):
            joined += [separator, *item]
        return tuple(joined)


def _filled(template: str, parts: dict[str, Prose | Node | str | int]) -> Prose:
    filled: list[str | Node] = []
    for words, placeholder, _, _ in Formatter().parse(template):
        part = parts[placeholder] if placeholder else ()
        filled += [_tied(words, part)] if words else []
        if placeholder:
            filled += part if isinstance(part, tuple) else (_grouped(part) if isinstance(part, int) else part,)
    return tuple(filled)


def _grouped(number: int) -> str:
    """From five digits on in groups of three, with a space as in no language it means something else."""
    return f"{number:,}".replace(",", "\u00a0") if abs(number) >= _GROUPED_FROM else str(number)


def _tied(words: str, part: object) -> str:
    """Words before a short symbol, with a space that does not break: no line begins with a lonely w₅.

    Not before a fraction or a symbol with marks above and below: a line that is too long with these is broken by
    WeasyPrint at its first space, not at its last.
    """
    is_symbol = isinstance(part, Node) and width(part) < _SHORT and is_one_run(part)
    return words[:-1] + "\u00a0" if is_symbol and words.endswith(" ") else words


def as_text(prose: Prose) -> str:
    """Words and formulas as one line of plain text."""
    text = "".join(part if isinstance(part, str) else plain(part) for part in prose)
    return text.replace("\u00a0", " ")


def folder() -> Path:
    """Where the catalogues are."""
    return resources.templates() / "languages"


@cache
def language(code: str) -> Language:
    """The language with this code; ``AuthorError`` names each message that its catalogue lacks or spoils."""
    if code not in languages():
        evidence = {"found": code, "nearest": nearest(code, languages()), "allowed": ", ".join(languages())}
        raise AuthorError(Problem("unknown_language", evidence=evidence))
    path = folder() / f"{code}.po"
    catalogue = read_catalogue(path)
    if problems := list(problems_of(catalogue, read_catalogue(folder() / f"{REFERENCE}.po"), path)):
        raise AuthorError(*problems)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Language(code, get_decimal_symbol(Locale.parse(code)), Translations(compiled))


def read_catalogue(path: Path) -> Catalog:
    """A catalogue as it stands in its file."""
    try:
        with path.open("rb") as file:
            return read_po(file, locale=path.stem, abort_invalid=True)
    except UnknownLocaleError:
        raise AuthorError(Problem("unknown_locale", str(path))) from None
    except (PoFileError, ValueError) as error:
        raise AuthorError(Problem("catalogue_broken", str(path), evidence={"reason": str(error)})) from None


def problems_of(catalogue: Catalog, reference: Catalog, path: Path) -> Iterator[Problem]:
    """Messages that are missing, surplus, untranslated, or have other placeholders than the reference."""
    expected, found = _messages(reference), _messages(catalogue)
    for name in expected.keys() - found.keys():
        yield Problem("message_missing", str(path), name)
    for name, message in found.items():
        if name not in expected:
            evidence: dict[str, object] = {"nearest": nearest(name, expected)}
            yield Problem("message_surplus", str(path), name, message.lineno, evidence)
        elif message.fuzzy or not all(_texts(message)) or len(_texts(message)) != _forms(catalogue, expected[name]):
            yield Problem("message_missing", str(path), name, message.lineno)
        elif reason := _unreadable(message):
            yield Problem("message_broken", str(path), name, message.lineno, {"reason": reason})
        elif (there := _placeholders(message)) != (wanted := _placeholders(expected[name])):
            evidence = {"found": _listed(there), "expected": _listed(wanted)}
            yield Problem("message_mismatched", str(path), name, message.lineno, evidence)


def _messages(catalogue: Catalog) -> dict[str, Message]:
    return {_texts_of(message.id)[0]: message for message in catalogue if message.id}


def _texts(message: Message) -> tuple[str, ...]:
    return _texts_of(message.string)


def _texts_of(texts: object) -> tuple[str, ...]:
    return tuple(texts) if isinstance(texts, list | tuple) else (str(texts),)


def _forms(catalogue: Catalog, wanted: Message) -> int:
    return catalogue.num_plurals if wanted.pluralizable else 1


def _placeholders(message: Message) -> frozenset[str]:
    return frozenset(name for text in _texts(message) for _, name, _, _ in Formatter().parse(text) if name is not None)


def _unreadable(message: Message) -> str:
    try:
        _placeholders(message)
    except ValueError as error:
        return str(error)
    return ""


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "none"
