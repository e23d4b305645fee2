"""Which column of a table is what of a person, whatever a spreadsheet or a learning platform calls it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from derive.authoring.validation import shortened
from derive.classes.people import bare, spaced
from derive.classes.tables import DELIMITERS, Row, rows
from derive.words.errors import AuthorError, Problem

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
# Of which columns a person's field is made: of the first of these lines all of whose columns are there.
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
_NO_SPELLINGS: Mapping[str, Sequence[str]] = {}
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")


@dataclass(frozen=True, slots=True)
class Head:
    """The row that names the columns, and for each field of a person the columns that it is made of."""

    file: str
    delimiter: str
    line: int
    headings: Sequence[str]
    columns: Mapping[str, Sequence[int]]

    def heading(self, field: str) -> str:
        """What the columns of a field are called in the file."""
        return " + ".join(shortened(spaced(self.headings[column])) for column in self.columns[field])

    def texts(self, row: Row) -> dict[str, str]:
        """The text of each field in a row; a row may end before its empty cells."""
        return {
            field: _joined([spaced(row.cells[column]) for column in columns if column < len(row.cells)])
            for field, columns in self.columns.items()
        }

    def problem(self, code: str, row: Row, field: str, evidence: Mapping[str, object]) -> Problem:
        """What is wrong with a field of a row."""
        return Problem(code, self.file, self.heading(field), row.line, evidence)

    def twice(self, columns: Collection[int]) -> Iterator[Problem]:
        """Those of these columns that have the name of another."""
        names = Counter(map(bare, self.headings))
        for column in sorted(columns):
            if names[bare(self.headings[column])] > 1:
                evidence = {"found": shortened(spaced(self.headings[column]))}
                yield Problem("table_column_twice", self.file, line=self.line, evidence=evidence)


def spellings_of(field: str) -> list[str]:
    """What the one column may be called that makes a person's field by itself."""
    return [spelling for source in _SOURCES[field] if len(source) == 1 for spelling in _SPELLINGS[source[0]]]


def read_head(text: str, file: str, first: Mapping[str, Sequence[str]] = _NO_SPELLINGS) -> Head:
    """The first row, with the delimiter under which most columns are known, or which parts most cells.

    ``first`` are fields, with what their columns may be called, that are looked for before those of a person.
    ``AuthorError`` if the row is malformed.
    """
    heads: list[Head] = []
    problems: list[Problem] = []
    for delimiter in DELIMITERS:
        match next(rows(text, delimiter, file), Row(1, [])):
            case Row(line, headings):
                heads.append(Head(file, delimiter, line, headings, _columns(headings, first)))
            case problem:
                problems.append(problem)
    if not heads:
        raise AuthorError(problems[0])
    return max(heads, key=lambda head: (len(head.columns), len(head.headings)))


def rows_below(head: Head, text: str) -> Iterator[Row | Problem]:
    """The rows under a head, none with more cells than it has."""
    for row in islice(rows(text, head.delimiter, head.file), 1, None):
        if isinstance(row, Row) and len(row.cells) > len(head.headings):
            expected = {"expected": len(head.headings), "delimiter": DELIMITERS[head.delimiter]}
            yield Problem("table_row_length", head.file, line=row.line, evidence={"found": len(row.cells), **expected})
        else:
            yield row


def _columns(headings: Sequence[str], first: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[int]]:
    places: dict[str, int] = {}
    for place, heading in enumerate(headings):
        places.setdefault(bare(heading), place)
    taken = {
        field: [places.pop(next(spelling for spelling in map(bare, spellings) if spelling in places))]
        for field, spellings in first.items()
        if not places.keys().isdisjoint(map(bare, spellings))
    }
    there = {
        column: next(places[spelling] for spelling in map(bare, spellings) if spelling in places)
        for column, spellings in _SPELLINGS.items()
        if not places.keys().isdisjoint(map(bare, spellings))
    }
    return taken | {
        field: next([there[column] for column in source] for source in sources if there.keys() >= set(source))
        for field, sources in _SOURCES.items()
        if any(there.keys() >= set(source) for source in sources)
    }


def _joined(parts: Sequence[str]) -> str:
    """The parts of a name, given name first: with spaces, or in Chinese the family's first and without."""
    if len(parts) == 2 and all(map(_HAN.fullmatch, parts)):
        return parts[1] + parts[0]
    return " ".join(filter(None, parts))
