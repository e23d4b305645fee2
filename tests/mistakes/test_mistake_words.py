"""The words for the known mistakes: a short name and an advice for each, in every language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from unicodedata import east_asian_width

import pytest

from derive import choices
from derive.mistakes.table import BY_CODE, MISTAKES
from derive.words import languages
from derive.words.languages import read_catalogue

LANGUAGES = choices.languages()
PREFIX, ADVICE = "mistake.", ".advice"
FULL_STOPS = (".", "。")
LONGEST_NAME, LONGEST_ADVICE = 45, 140
"""In columns of a fixed-width font, where a Chinese character takes two."""


@cache
def words(code: str) -> Mapping[str, str]:
    """The messages about mistakes in a language, without their common beginning."""
    catalogue = read_catalogue(languages.folder() / f"{code}.po")
    return {
        str(message.id).removeprefix(PREFIX): str(message.string)
        for message in catalogue
        if str(message.id).startswith(PREFIX)
    }


def columns(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def names(code: str) -> list[str]:
    return [words(code)[mistake.code] for mistake in MISTAKES]


def advices(code: str) -> list[str]:
    return [words(code)[mistake.code + ADVICE] for mistake in MISTAKES]


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_mistake_has_both_messages_and_no_other_has_any(code: str) -> None:
    """A mistake that leaves the table takes its words with it."""
    assert words(code).keys() == {name + end for name in BY_CODE for end in ("", ADVICE)}


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_two_mistakes_have_the_same_name(code: str) -> None:
    """In a table of statistics, the name is all that stands there."""
    assert len(set(names(code))) == len(MISTAKES)


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_two_mistakes_have_the_same_advice(code: str) -> None:
    """Each says what is right at its own place."""
    assert len(set(advices(code))) == len(MISTAKES)


@pytest.mark.parametrize("code", LANGUAGES)
def test_names_fit_a_table(code: str) -> None:
    """No name is longer than a column of a table."""
    assert not [name for name in names(code) if columns(name) > LONGEST_NAME]


@pytest.mark.parametrize("code", LANGUAGES)
def test_advice_is_short(code: str) -> None:
    """One sentence, or two short ones."""
    assert not [advice for advice in advices(code) if columns(advice) > LONGEST_ADVICE]


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_name_is_no_sentence(code: str) -> None:
    """It may stand in the middle of one: no full stop, and no capital but that of a proper name."""
    proper = ("ReLU", "Softmax", "Nesterov")
    for name in names(code):
        assert not name.endswith(FULL_STOPS), name
        assert name.startswith(proper) or name[0] == name[0].lower(), name


@pytest.mark.parametrize("code", LANGUAGES)
def test_advice_is_a_sentence(code: str) -> None:
    """With a full stop of its language, and a capital where the language has them."""
    full_stop = "。" if code == "zh" else "."
    for advice in advices(code):
        assert advice.endswith(full_stop), advice
        assert code == "zh" or advice[0] == advice[0].upper() or advice[0] in "βλ", advice


@pytest.mark.parametrize("code", LANGUAGES)
def test_nothing_is_put_in(code: str) -> None:
    """The formulas stand in lines of their own above the advice."""
    assert not [text for text in words(code).values() if "{" in text or "}" in text]


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_decimals(code: str) -> None:
    """The decimal mark is that of the sheet, which a catalogue does not know."""
    assert not [text for text in words(code).values() if re.search(r"\d[.,]\d", text)]
