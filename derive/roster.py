"""A class list: the students for whom a set is made, read from CSV as spreadsheets and learning platforms write it.

All problems of a file are found at once. A name is data: whatever it says, in whatever script, it stays a name.
"""

from __future__ import annotations

import csv
import re
from base64 import b32encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from io import StringIO
from itertools import islice
from pathlib import Path
from unicodedata import category, normalize

from babel.core import Locale
from pydantic import ValidationError

from derive.choices import languages
from derive.errors import AuthorError, Problem, nearest
from derive.fields import Line, Table
from derive.files import one_line, read_limited
from derive.languages import folder, read_catalogue
from derive.validation import MOST_PROBLEMS, problems_of, shortened

MOST_STUDENTS = 5_000
MAX_ROSTER_SIZE = 5_000_000
LONGEST_TEXT = 200
"""Characters of a name or of another cell, as of any line of text in an exercise file."""


@dataclass(frozen=True, slots=True)
class Student:
    """One line of a class list; ``language`` is a code of ours, or empty where the list leaves it to the set."""

    name: str
    id: str
    email: str = ""
    language: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    """A class, in the order of its list; no two students have the same id."""

    students: tuple[Student, ...]


def read_roster(path: Path) -> Roster:
    """The students of a CSV file; ``AuthorError`` with what is wrong in it, line by line.

    The first row names the columns, in any order and in English, Spanish or Chinese; others than the known are
    ignored, and so are empty rows. Comma, semicolon or tab; UTF-8, or UTF-16 with a byte order mark.
    """
    file, text = str(path), _decoded(path)
    students: list[Student] = []
    problems: list[Problem] = []
    try:
        for found in _findings(file, text):
            if isinstance(found, Student):
                students.append(found)
            elif len(problems) == MOST_PROBLEMS:
                problems.append(Problem("more_problems", file, evidence={"shown": MOST_PROBLEMS}))
                break
            else:
                problems.append(found)
    except AuthorError as error:  # from there on the file cannot be read
        problems += error.problems
    if problems:
        raise AuthorError(*problems)
    return Roster(tuple(students))


# --- text and rows ----------------------------------------------------------------------------------------------------

_SEPARATOR = re.compile(r'\A"?sep=."?(\r\n|\r|\n)')  # Excel's own line; the delimiter shows itself anyway
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab"}
_CONTENT = re.compile(r"[^\s,;]")


def _decoded(path: Path) -> str:
    data = read_limited(path, MAX_ROSTER_SIZE)
    encoding = "utf-16" if data.startswith(_BYTE_ORDER_MARKS) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _not_unicode(path, error.object[: error.start].decode(encoding, "ignore")) from None
    before, found, _ = text.partition("\0")  # UTF-16 without its mark, or no text at all
    if found:
        raise _not_unicode(path, before)
    return text


def _not_unicode(path: Path, before: str) -> AuthorError:
    line = len(re.findall("\r\n|\r|\n", before)) + 1
    return AuthorError(Problem("roster_encoding", str(path), line=line))


def _records(file: str, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with the line where it begins."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(map(_CONTENT.search, cells)):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise AuthorError(Problem("roster_csv", file, line=line, evidence={"reason": one_line(error)})) from None


# --- columns ----------------------------------------------------------------------------------------------------------

# What a column may be called, whatever its case, accents, spaces and signs; the first that is there is taken.
_SPELLINGS: Mapping[str, Sequence[str]] = {
    "full name": (
        *("full name", "student name", "display name", "student", "learner"),
        *("nombre completo", "nombre y apellidos", "apellidos y nombre", "nombre del alumno", "alumno", "estudiante"),
        *("姓名", "学生姓名", "學生姓名", "全名", "学生"),
    ),
    "name": ("name", "nombre", "nombres", "nombre(s)", "名字"),
    "first name": ("first name", "given name", "given names", "forename", "nombre de pila", "名"),
    "last name": (
        *("last name", "surname", "family name"),
        *("apellido(s)", "apellidos", "apellido", "apellido paterno", "primer apellido"),
        *("姓", "姓氏"),
    ),
    "second last name": ("second last name", "apellido materno", "segundo apellido"),
    "id": (
        *("student id", "student number", "id number", "sis user id", "org defined id", "matriculation number"),
        *("matrícula", "número de matrícula", "número de ID", "número de identificación", "número de cuenta"),
        *("expediente", "legajo", "código", "学号", "學號", "学生编号", "编号", "id", "identifier", "identificador"),
        *("user name", "login", "sis login id", "usuario"),
    ),
    "e-mail": (
        *("e-mail", "e-mail address", "mail", "correo", "correo electrónico", "dirección de correo"),
        *("dirección de correo electrónico", "邮箱", "电子邮箱", "电子邮件", "邮件", "邮件地址", "電子郵件"),
    ),
    "language": ("language", "lang", "preferred language", "idioma", "lengua", "语言", "語言"),
    "group": (
        *("group", "groups", "section", "sections", "class", "grupo", "grupos", "sección", "clase", "paralelo"),
        *("班级", "班級", "班", "组", "小组", "分组", "组别"),
    ),
}
# Of which columns a student's field is made: of the first of these lines all of whose columns are there.
_SOURCES: Mapping[str, Sequence[Sequence[str]]] = {
    "name": (
        ("full name",),
        ("first name", "last name", "second last name"),
        ("first name", "last name"),
        ("name", "last name", "second last name"),
        ("name", "last name"),
        ("name",),
        ("first name",),
    ),
    "id": (("id",),),
    "email": (("e-mail",),),
    "language": (("language",),),
    "group": (("group",),),
}
_REQUIRED = ("name", "id")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
# White space, line ends among it, but not the separators of old terminals, which are control characters.
_SPACE = re.compile(r"[^\S\x1c-\x1f]+")


def _bare(text: str) -> str:
    """A word without what spellings differ in: case, accents, spaces, signs."""
    return "".join(filter(str.isalnum, normalize("NFKD", text[:LONGEST_TEXT].casefold())))


@dataclass(frozen=True, slots=True)
class _Head:
    """The row that names the columns, and for each field of a student the columns that it is made of."""

    line: int
    headings: Sequence[str]
    columns: Mapping[str, Sequence[int]]

    def heading(self, field: str) -> str:
        """What the columns of a field are called in the file."""
        return " + ".join(shortened(_spaced(self.headings[column])) for column in self.columns[field])

    def texts(self, cells: Sequence[str]) -> dict[str, str]:
        """The text of each field in a row; a row may end before its empty cells."""
        return {
            field: _joined([_spaced(cells[column]) for column in columns if column < len(cells)])
            for field, columns in self.columns.items()
        }


def _head_of(line: int, headings: Sequence[str]) -> _Head:
    places: dict[str, int] = {}
    for place, heading in enumerate(headings):
        places.setdefault(_bare(heading), place)
    there = {
        column: next(places[bare] for bare in map(_bare, spellings) if bare in places)
        for column, spellings in _SPELLINGS.items()
        if not places.keys().isdisjoint(map(_bare, spellings))
    }
    columns = {
        field: next([there[column] for column in source] for source in sources if there.keys() >= set(source))
        for field, sources in _SOURCES.items()
        if any(there.keys() >= set(source) for source in sources)
    }
    return _Head(line, headings, columns)


def _read_head(file: str, text: str) -> tuple[str, _Head]:
    """The delimiter under which most columns are known, or which parts most cells, and the first row read with it."""
    heads: dict[str, _Head] = {}
    errors: list[AuthorError] = []
    for delimiter in _DELIMITERS:
        try:
            heads[delimiter] = _head_of(*next(_records(file, text, delimiter), (1, [])))
        except AuthorError as error:
            errors.append(error)
    if not heads:
        raise errors[0]
    return max(heads.items(), key=lambda item: (len(item[1].columns), len(item[1].headings)))


def _spaced(text: str) -> str:
    """A text with one space for all white space; normalised unless it is too long, which would take minutes."""
    spaced = _SPACE.sub(" ", text).strip(" ")
    return normalize("NFC", spaced) if len(spaced) <= LONGEST_TEXT else spaced


def _joined(parts: Sequence[str]) -> str:
    """The parts of a name, given name first: with spaces, or in Chinese the family's first and without."""
    if len(parts) == 2 and all(map(_HAN.fullmatch, parts)):
        return parts[1] + parts[0]
    return " ".join(filter(None, parts))


# --- students ---------------------------------------------------------------------------------------------------------


class _Cells(Table):
    """The rule for texts, which is that of exercise files."""

    name: Line | None = None
    id: Line | None = None
    email: Line | None = None
    language: Line | None = None
    group: Line | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    """A row under its head: the text of each field, and where it stands."""

    file: str
    head: _Head
    line: int
    texts: Mapping[str, str]

    def problem(self, code: str, field: str, evidence: Mapping[str, object]) -> Problem:
        """What is wrong with a field."""
        return Problem(code, self.file, self.head.heading(field), self.line, evidence)


def _findings(file: str, text: str) -> Iterator[Student | Problem]:
    """Each student, or what is wrong with the row; nothing is read beyond the last that a set can have."""
    text = _SEPARATOR.sub("\n", text, count=1)
    delimiter, head = _read_head(file, text)
    if not head.headings:
        yield Problem("roster_empty", file)
        return
    yield from _head_problems(file, head)
    lines: dict[str, int] = {}
    number = 0
    for number, (line, cells) in enumerate(islice(_records(file, text, delimiter), 1, None), start=1):
        if number > MOST_STUDENTS:
            yield Problem("roster_too_long", file, line=line, evidence={"limit": f"{MOST_STUDENTS:,}"})
            return
        if len(cells) > len(head.headings):
            counted = {"found": len(cells), "expected": len(head.headings), "delimiter": _DELIMITERS[delimiter]}
            yield Problem("roster_row_length", file, line=line, evidence=counted)
        else:
            yield from _student(_Row(file, head, line, head.texts(cells)), lines)
    if not number:
        yield Problem("roster_empty", file)


def _head_problems(file: str, head: _Head) -> Iterator[Problem]:
    for field in _REQUIRED:
        if field not in head.columns:
            spellings = [name for source in _SOURCES[field] if len(source) == 1 for name in _SPELLINGS[source[0]]]
            found = ", ".join(shortened(_spaced(heading)) or "''" for heading in head.headings[:20])
            evidence = {"column": field, "found": found, "spellings": ", ".join(spellings)}
            yield Problem("roster_column", file, line=head.line, evidence=evidence)
    headings = list(map(_bare, head.headings))
    for column in sorted({column for columns in head.columns.values() for column in columns}):
        if headings.count(headings[column]) > 1:
            evidence = {"found": shortened(_spaced(head.headings[column]))}
            yield Problem("roster_column_twice", file, line=head.line, evidence=evidence)


def _student(row: _Row, lines: dict[str, int]) -> Iterator[Student | Problem]:
    """The student of a row, or its problems; ``lines`` says where each id has been."""
    problems = [*_text_problems(row), *_id_problems(row, lines)]
    spoken = row.texts.get("language", "")
    code = _language_code(spoken)
    if spoken and not code:
        names = [name for name, _ in _languages().values()]
        evidence = {"found": shortened(spoken), "nearest": nearest(spoken, names), "allowed": ", ".join(names)}
        problems.append(row.problem("unknown_language", "language", evidence))
    yield from problems
    if not problems:
        yield Student(**{"name": "", "id": "", **row.texts, "language": code})


def _text_problems(row: _Row) -> Iterator[Problem]:
    for field in _REQUIRED:
        if field in row.texts and all(category(character) == "Cf" for character in row.texts[field]):
            yield row.problem("roster_cell_empty", field, {})
    long = {field: len(text) for field, text in row.texts.items() if len(text) > LONGEST_TEXT}
    for field, length in long.items():
        evidence = {"found": f"{length} characters", "limit": f"{LONGEST_TEXT} characters"}
        yield row.problem("too_long", field, evidence)
    try:
        _Cells.model_validate({field: text for field, text in row.texts.items() if text and field not in long})
    except ValidationError as error:
        for finding in problems_of(error, _Cells):
            yield row.problem(finding.code, str(finding.keys[0]), finding.evidence)


def _id_problems(row: _Row, lines: dict[str, int]) -> Iterator[Problem]:
    student = row.texts.get("id")
    if student and lines.setdefault(student, row.line) != row.line:
        yield row.problem("roster_same_id", "id", {"found": shortened(student), "first": lines[student]})


def _language_code(text: str) -> str:
    """The code of a language by one of its names, or by a longer code such as es-MX or zh_Hans; else nothing."""
    first = re.split("[-_]", text.casefold(), maxsplit=1)[0]
    _, code = _languages().get(_bare(text), ("", first if first in languages() else ""))
    return code


@cache
def _languages() -> Mapping[str, tuple[str, str]]:
    """Each language by its code, its own name and its names in our other languages, as it is spelled and its code."""
    codes = languages()
    own = [(_own_name(code), code) for code in codes]
    named = [(str(Locale.parse(code).get_display_name(other)), code) for other in codes for code in codes]
    return {_bare(name): (name, code) for name, code in [*named, *own, *zip(codes, codes, strict=True)]}


def _own_name(code: str) -> str:
    message = read_catalogue(folder() / f"{code}.po").get("language.name")
    return str(message.string) if message else code


# --- names of files ---------------------------------------------------------------------------------------------------

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
