"""Catalogues: complete and matching, or refused by name."""

import re
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from derive import choices
from derive.mathtext.tree import Number
from derive.model.activations import ACTIVATIONS
from derive.model.losses import LOSSES
from derive.sheet.questions import ROLES
from derive.words import languages
from derive.words.errors import AuthorError
from derive.words.languages import language, problems_of, read_catalogue

PACKAGE = Path(find_spec("derive").submodule_search_locations[0])
CODES = ["en", "es", "zh"]


def test_the_three_languages_are_there():
    """English, Spanish and Chinese are shipped."""
    assert choices.languages() == CODES


@pytest.mark.parametrize("code", CODES)
def test_a_shipped_catalogue_is_complete(code):
    """Loading a catalogue checks every message of it."""
    assert language(code).plain("language.name")


@pytest.mark.parametrize("code", CODES)
def test_every_record_of_the_tables_has_its_words(code):
    """An activation, a loss and a role each have the messages that a sheet asks for."""
    names = message_names(code)
    wanted = {f"{stem}.{name}" for stem in ("activation", "why.out", "why.activation_slope") for name in ACTIVATIONS}
    wanted |= {f"{stem}.{name}" for stem in ("convention.loss", "why.error") for name in LOSSES}
    wanted |= {role.ask for role in ROLES.values()}
    assert not wanted - names


def test_no_message_is_left_over():
    """Every message of the catalogue is named somewhere in the code, whole or by the stem that its end is put to."""
    code = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    for name in message_names("en") - {"language.name"}:
        stems = [name, *(name[: found.start()] for found in re.finditer(r"[._]", name))]
        assert any(f'"{stem}{end}' in code for stem in stems for end in ('"', "{", ".{")), name


def message_names(code):
    catalogue = read_catalogue(languages.folder() / f"{code}.po")
    return {message.id if isinstance(message.id, str) else message.id[0] for message in catalogue if message.id}


@pytest.fixture
def spoilt(tmp_path):
    """A copy of the Spanish catalogue with one thing changed; returns its problems as text."""

    def spoil(old: str, new: str) -> list[str]:
        path = tmp_path / "es.po"
        text = (languages.folder() / "es.po").read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        reference = read_catalogue(languages.folder() / "en.po")
        return [str(problem) for problem in problems_of(read_catalogue(path), reference, path)]

    return spoil


def test_a_missing_message_is_named(spoilt):
    """The name of the message and the file stand in the sentence."""
    (problem,) = spoilt('msgid "heading.given"\nmsgstr "Datos"\n', "")
    assert problem.endswith("es.po, heading.given: has no text for the message")


def test_an_empty_message_is_missing(spoilt):
    """A message without a translation is not printed in another language."""
    (problem,) = spoilt('msgstr "Datos"', 'msgstr ""')
    assert "heading.given: has no text" in problem


def test_a_misspelt_message_is_surplus_and_missing(spoilt):
    """Both are told, with the nearest name."""
    problems = spoilt('msgid "heading.given"', 'msgid "heading.givn"')
    assert any("heading.givn" in problem and "did you mean 'heading.given'" in problem for problem in problems)
    assert any("heading.given: has no text" in problem for problem in problems)


def test_a_changed_placeholder_is_mismatched(spoilt):
    """What is put in must be the same in every language."""
    (problem,) = spoilt("Página {page} de {pages}", "Página {pagina} de {pages}")
    assert "has the placeholders {pages}, {pagina}; expected {page}, {pages}" in problem


def test_a_plural_form_too_few_is_missing(spoilt):
    """Spanish has two forms."""
    (problem,) = spoilt('msgstr[1] "{n} entradas"\n', "")
    assert "figure.alt.inputs" in problem


def test_a_broken_catalogue_is_the_authors_mistake(tmp_path):
    """No traceback of the gettext reader."""
    path = tmp_path / "es.po"
    path.write_text("this is no catalogue", encoding="utf-8")
    with pytest.raises(AuthorError, match="is not a gettext catalogue"):
        read_catalogue(path)


def test_an_unknown_language_names_the_nearest():
    """And all that there are."""
    with pytest.raises(AuthorError, match=r"no catalogue for 'esp' \(did you mean 'es'\?\); there are en, es, zh"):
        language("esp")


def test_a_new_language_is_one_file(tmp_path, monkeypatch):
    """A file in the folder is all that it takes."""
    shutil.copytree(languages.folder(), tmp_path / "languages")
    text = (tmp_path / "languages" / "es.po").read_text(encoding="utf-8")
    (tmp_path / "languages" / "pt.po").write_text(text.replace("Español", "Português"), encoding="utf-8")
    monkeypatch.setattr("derive.resources.templates", lambda: tmp_path)
    assert language("pt").plain("language.name") == "Português"
    assert language("pt").decimal_mark == ","


@pytest.mark.parametrize(
    ("code", "n", "sentence"),
    [
        ("en", 1, "1 input"),
        ("en", 2, "2 inputs"),
        ("es", 1, "1 entrada"),
        ("es", 3, "3 entradas"),
        ("zh", 1, "1 个输入"),
        ("zh", 3, "3 个输入"),
    ],
)
def test_plural_forms(code, n, sentence):
    """Each language has its own."""
    assert "".join(language(code).counted("figure.alt.inputs", n)) == sentence


@pytest.mark.parametrize(("code", "text"), [("en", "a, b and c"), ("es", "a, b y c"), ("zh", "a、b和c")])
def test_enumerations(code, text):
    """Each language joins a list in its own way."""
    assert "".join(language(code).enumeration([("a",), ("b",), ("c",)])) == text
    assert language(code).enumeration([("a",)]) == ("a",)


def test_a_formula_stays_a_formula_in_a_sentence():
    """What is put in is not turned into text before the renderer sees it."""
    assert Number("5") in language("en").text("convention.decimal.point", example=Number("5"))


@pytest.mark.parametrize(("code", "mark"), [("en", "."), ("es", ","), ("zh", ".")])
def test_decimal_marks(code, mark):
    """From the Unicode locale data."""
    assert language(code).decimal_mark == mark


def test_chinese_text_has_no_half_width_punctuation_between_characters():
    """Full-width punctuation, and no spaces between Chinese characters."""
    for message in read_catalogue(languages.folder() / "zh.po"):
        texts = message.string if isinstance(message.string, list | tuple) else [message.string]
        if message.id:
            for text in texts:
                assert not re.search(r"[\u4e00-\u9fff][,.;:!?()]|[\u4e00-\u9fff] +[\u4e00-\u9fff]", text), text


def test_an_incomplete_language_is_refused_when_it_is_asked_for(tmp_path, monkeypatch):
    """Not printed with holes."""
    shutil.copytree(languages.folder(), tmp_path / "languages")
    text = (tmp_path / "languages" / "es.po").read_text(encoding="utf-8")
    (tmp_path / "languages" / "gl.po").write_text(text.replace('msgid "heading.given"', 'msgid "x"'), encoding="utf-8")
    monkeypatch.setattr("derive.resources.templates", lambda: tmp_path)
    with pytest.raises(AuthorError, match=r"gl\.po, heading\.given: has no text for the message"):
        language("gl")
