"""Class lists: what a good one becomes, what is said of a bad one, and what the files of its students are called."""

from __future__ import annotations

import csv
import io
import tracemalloc
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from derive.authoring.validation import MOST_PROBLEMS
from derive.classes.file_names import file_stem
from derive.classes.people import LONGEST_TEXT
from derive.classes.roster import MAX_ROSTER_SIZE, MOST_STUDENTS, Roster, Student, read_roster
from derive.classes.spreadsheet import defused
from derive.words.errors import AuthorError

ANA = Student("Ana García", "A01")
Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a class list of one's own."""

    def written(content: str | bytes) -> Path:
        path = tmp_path / "students.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def complaint(path: Path) -> list[str]:
    """What is said of a list that cannot be read, without its name."""
    with pytest.raises(AuthorError) as caught:
        read_roster(path)
    return [line.removeprefix(str(path)).removeprefix(", ") for line in str(caught.value).split("\n")]


# --- good lists -------------------------------------------------------------------------------------------------------

LISTS = {
    "only what is needed": ("name,id\nAna García,A01\n", ANA),
    "the line that Excel wants": ("sep=;\r\nname;id\r\nAna García;A01\r\n", ANA),
    "any order": (
        "group,language,id,e-mail,name\nB,es,A01,ana@x.org,Ana García\n",
        Student("Ana García", "A01", "ana@x.org", "es", "B"),
    ),
    "semicolons": ("name;id\nAna García;A01\n", ANA),
    "semicolons beside commas": ("name;id;a, b, c, d\nAna García;A01;x\n", ANA),
    "tabs": ("name\tid\nAna García\tA01\n", ANA),
    "CRLF": ("name,id\r\nAna García,A01\r\n", ANA),
    "CR": ("name,id\rAna García,A01\r", ANA),
    "no line end": ("name,id\nAna García,A01", ANA),
    "a byte order mark": ("\ufeffname,id\nAna García,A01\n", ANA),
    "a byte order mark before a quote": ('\ufeff"id, number",name\nA01,Ana García\n', ANA),
    "UTF-16, little end first": (b"\xff\xfe" + "name\tid\r\nAna García\tA01\r\n".encode("utf-16-le"), ANA),
    "UTF-16, big end first": (b"\xfe\xff" + "name\tid\r\nAna García\tA01\r\n".encode("utf-16-be"), ANA),
    "quoted head": ('"name";"id"\n"Ana García";"A01"\n', ANA),
    "quotes inside": ('name,id\n"Ana ""Nita"" García",A01\n', Student('Ana "Nita" García', "A01")),
    "quotes that quote nothing": ('name,id\nAna "Nita" García,A01\n', Student('Ana "Nita" García', "A01")),
    "line ends inside": ('name,id\n"Ana\r\n  García",A01\n', ANA),
    "white space": ("name , id\n  Ana \u3000\u00a0 García ,\tA01 \n", ANA),
    "delimiters inside": ('name,id\n"García, Ana; B",A01\n', Student("García, Ana; B", "A01")),
    "two code points for one letter": ("name,id\nAna Garci\u0301a,A01\n", ANA),
    "other columns": ("mark,name,id,\n9,Ana García,A01,x\n", ANA),
    "other columns twice": ("mark,mark,name,id\n9,9,Ana García,A01\n", ANA),
    "empty rows": ("\n,\n\nname,id\n,\n\nAna García,A01\n , \n", ANA),
    "a short row": ("name,id,group\nAna García,A01\n", ANA),
    "a formula": (
        'name,id\n"=HYPERLINK(""http://x.org"",""y"")",A01\n',
        Student('=HYPERLINK("http://x.org","y")', "A01"),
    ),
    "a path": ("name,id\n../../x,A01\n", Student("../../x", "A01")),
    "a long name": (f"name,id\n{'x' * 200},A01\n", Student("x" * 200, "A01")),
    "emoji": ("name,id\nZoë 👩🏽‍🚀,A01\n", Student("Zoë 👩🏽‍🚀", "A01")),
    "Moodle": (
        "First name,Last name,ID number,Email address,Groups\nAna,García,A01,ana@x.org,\n",
        Student("Ana García", "A01", "ana@x.org"),
    ),
    "Moodle in Spanish": (
        "Nombre,Apellido(s),Número de ID,Dirección de correo,Grupos\nAna,García,A01,ana@x.org,G1\n",
        Student("Ana García", "A01", "ana@x.org", "", "G1"),
    ),
    "Canvas": (
        "Student,ID,SIS User ID,SIS Login ID,Section\n\"García, Ana\",774,A01,agarcia,B\n",
        Student("García, Ana", "A01", "", "", "B"),
    ),
    "two family names": (
        "MATRICULA;Apellido paterno;Apellido materno;Nombre(s)\nA01;García;Ruiz;Ana\n",
        Student("Ana García Ruiz", "A01"),
    ),
    "Spanish": (
        "Nombre completo;Matrícula;Correo electrónico;Idioma;Grupo\nAna García;A01;ana@x.org;español;2\n",
        Student("Ana García", "A01", "ana@x.org", "es", "2"),
    ),
    "Chinese": (
        "姓名,学号,邮箱,语言,班级\n李小龙,007,li@x.cn,中文,二班\n",
        Student("李小龙", "007", "li@x.cn", "zh", "二班"),
    ),
    "Chinese in two columns": ("学号,姓,名\n007,李,小龙\n", Student("李小龙", "007")),
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_a_class_list_is_read(write: Write, name: str) -> None:
    """In the ways in which spreadsheets and learning platforms write it."""
    content, student = LISTS[name]
    assert read_roster(write(content)) == Roster((student,))


LANGUAGES = {
    "es": "es", "ES": "es", "Español": "es", "espanol": "es", "Spanish": "es", "西班牙语": "es", "es-MX": "es",
    "English": "en", "inglés": "en", "en_GB": "en", "中文": "zh", "Chinese": "zh", "简体中文": "zh", "zh_Hans_CN": "zh",
    "": "", "  ": "",
}  # fmt: skip


@pytest.mark.parametrize(("text", "code"), LANGUAGES.items())
def test_a_language_has_several_names(write: Write, text: str, code: str) -> None:
    """Its code, also with a region, its own name, and what the other languages call it; none leaves it to the set."""
    assert read_roster(write(f"name,id,lang\nAna,1,{text}\n")).students[0].language == code


TEXT = st.text(st.characters(categories=("L", "M", "N", "P", "S")), min_size=1, max_size=40)


@given(
    names=st.lists(TEXT, min_size=1, max_size=20),
    delimiter=st.sampled_from(",;\t"),
    encoding=st.sampled_from(("utf-8", "utf-8-sig", "utf-16")),
    ends=st.sampled_from(("\n", "\r\n")),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_a_spreadsheet_writes_is_read_back(
    write: Write, names: list[str], delimiter: str, encoding: str, ends: str
) -> None:
    """Any names, through Python's own writer; only their normal form is another."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=ends)
    writer.writerows([["id", "name"], *enumerate(names)])
    expected = [Student(unicodedata.normalize("NFC", name), str(number)) for number, name in enumerate(names)]
    assert read_roster(write(out.getvalue().encode(encoding))) == Roster(tuple(expected))


# --- bad lists --------------------------------------------------------------------------------------------------------

SAVE = "is not UTF-8 text; in Excel save it as 'CSV UTF-8 (comma delimited)', elsewhere choose UTF-8 when you"
NO_STUDENTS = ": has no students; expected one row for each below the row that names the columns"
NAMES = "English, Spanish, Chinese, inglés, Español, chino, 英语, 西班牙语, 中文, 简体中文, en, es, zh"
BAD = {
    "no name": ("name,id\nAna,1\n,2\n", ["line 3, name: is empty; every student has a name and an id"]),
    "a name that nobody sees": ("name,id\n\u200b,2\n", ["line 2, name: is empty; every student has a name and an id"]),
    "no name in two columns": (
        "First name,Surname,id\n,,2\n",
        ["line 2, First name + Surname: is empty; every student has a name and an id"],
    ),
    "no id": ("Name;Matrícula\nAna;\n", ["line 2, Matrícula: is empty; every student has a name and an id"]),
    "the row ends before the id": ("name,id\nAna\n", ["line 2, id: is empty; every student has a name and an id"]),
    "an id twice": (
        'name,id\nAna,1\n"Ben\nB",2\nCleo,1\nDan,1\n',
        [
            "line 5, id: the id '1' is that of line 2 already; give every student another",
            "line 6, id: the id '1' is that of line 2 already; give every student another",
        ],
    ),
    "an unknown language": (
        "name,id,lang\nAna,1,spanich\nBen,2,xyzw\n",
        [
            f"line 2, lang: there is no catalogue for 'spanich' (did you mean 'Spanish'?); there are {NAMES}",
            f"line 3, lang: there is no catalogue for 'xyzw'; there are {NAMES}",
        ],
    ),
    "too many cells": (
        "name,id\nGarcía, Ana,1\n",
        [
            "line 2: this row has 3 cells, and the row that names the columns 2; a cell that contains a comma stands "
            "in quotes"
        ],
    ),
    "too many cells with semicolons": (
        "name;id\nAna;1;x\n",
        [
            "line 2: this row has 3 cells, and the row that names the columns 2; a cell that contains a semicolon "
            "stands in quotes"
        ],
    ),
    "a character that cannot be seen": (
        "name,id\nA\x07na,1\nBen\u202e,2\nCleo,3\x1c\n",
        [
            "line 2, name: contains the control character U+0007; remove it",
            "line 3, name: contains the control character U+202E; remove it",
            "line 4, id: contains the control character U+001C; remove it",
        ],
    ),
    "a name that is too long": (
        f"name,id\n{'x' * 201},1\n",
        ["line 2, name: is too long (201 characters); expected at most 200 characters"],
    ),
    "several things in one row": (
        "name,id,lang\nAna,1,\n,1,xyzw\n",
        [
            "line 3, name: is empty; every student has a name and an id",
            "line 3, id: the id '1' is that of line 2 already; give every student another",
            f"line 3, lang: there is no catalogue for 'xyzw'; there are {NAMES}",
        ],
    ),
    "a column twice": (
        "name,Correo,correo,ID,id\nAna,a,b,1,2\n",
        [
            "line 1: two columns are called 'Correo'; rename one or take it out",
            "line 1: two columns are called 'ID'; rename one or take it out",
        ],
    ),
    "nothing": ("", [NO_STUDENTS]),
    "only line ends": ("\r\n\n , ,\n", [NO_STUDENTS]),
    "only a head": ("name,id\n\n", [NO_STUDENTS]),
    "Latin-1": (b"name,id\r\nAna,1\r\nPe\xf1a,2\r\n", [f"line 3: {SAVE} save or export it"]),
    "Latin-1 behind a mark": (b"\xef\xbb\xbfname,id\nA,1\nB,2\n\xf1", [f"line 4: {SAVE} save or export it"]),
    "UTF-16 without a mark": ("name,id\nAna,1\n".encode("utf-16-le"), [f"line 1: {SAVE} save or export it"]),
    "half a character of UTF-16": (b"\xff\xfen\x00\n\x00a", [f"line 2: {SAVE} save or export it"]),
    "a workbook": (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00", [f"line 1: {SAVE} save or export it"]),
    "a quote that is never closed": (
        'name,id\nAna,\n"Ben,2\nCleo,3\n',
        [
            "line 2, id: is empty; every student has a name and an id",
            "line 3: cannot be read as CSV: unexpected end of data; a cell with quotes in it stands in quotes, and "
            "each of its own is written twice",
        ],
    ),
    "rows between malformed ones": (
        'name,id\n"Ana"x,1\nBen,\n"Cleo,3\n,4\n',
        [
            "line 2: cannot be read as CSV: ',' expected after '\"'; a cell with quotes in it stands in quotes, and "
            "each of its own is written twice",
            "line 3, id: is empty; every student has a name and an id",
            "line 4: cannot be read as CSV: unexpected end of data; a cell with quotes in it stands in quotes, and "
            "each of its own is written twice",
            "line 5, name: is empty; every student has a name and an id",
        ],
    ),
    "a quote that is closed too late": (
        'name,id\n"Ana,1\n' + "\n" * 50 + 'Ben,""\n',
        [
            "line 2: cannot be read as CSV: a quote is not closed; a cell with quotes in it stands in quotes, and "
            "each of its own is written twice",
            "line 53, id: is empty; every student has a name and an id",
        ],
    ),
    "a line that is too long": (
        "name,id\n" + "x" * 1_000_001 + "\n,2\n",
        [
            "line 2: cannot be read as CSV: a line of more than 1,000,000 characters; a cell with quotes in it stands "
            "in quotes, and each of its own is written twice",
            "line 3, name: is empty; every student has a name and an id",
        ],
    ),
    "too many lines": ("name,id\n" + "\n" * 200_000, [": has more than 200,000 lines; divide it into several files"]),
    "a head with a quote that is never closed": (
        '"name,id\nAna,1\n',
        [
            "line 1: cannot be read as CSV: unexpected end of data; a cell with quotes in it stands in quotes, and "
            "each of its own is written twice",
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_said_of_a_bad_list(write: Write, name: str) -> None:
    """Everything at once, each in a sentence with its line and its column."""
    content, said = BAD[name]
    assert complaint(write(content)) == said


def test_a_missing_column_is_named_with_its_spellings(write: Write) -> None:
    """Which it is, what was found, what it may be called; the rest of the list is read all the same."""
    said = complaint(write("Apellidos,Nota,e-mail\nGarcía,9,\nRuiz,8,x,\n"))
    assert len(said) == 3
    assert said[0].startswith(
        "line 1: there is no column for the name; found Apellidos, Nota, e-mail; it may be called"
    )
    assert said[1].startswith("line 1: there is no column for the id; found Apellidos, Nota, e-mail; it may be called")
    assert {"full name", "nombre", "姓名"} <= set(said[0].rpartition(" called ")[2].split(", "))
    assert {"student id", "matrícula", "学号"} <= set(said[1].rpartition(" called ")[2].split(", "))
    assert said[2].startswith("line 3: this row has 4 cells")


def test_no_more_problems_are_told_than_a_person_will_read(write: Write) -> None:
    """After forty of them it says that there are more."""
    said = complaint(write("name,id\n" + ",\n".join("x" for _ in range(100))))
    assert len(said) == MOST_PROBLEMS + 1
    assert said[-1] == ": there are more problems than these 40; mend these first"


@pytest.mark.parametrize("number", [MOST_STUDENTS, MOST_STUDENTS + 1])
def test_a_class_has_an_end(write: Write, number: int) -> None:
    """Five thousand students are a set, one more is refused."""
    path = write("name,id\n" + "".join(f"Student {n},{n}\n" for n in range(number)))
    if number > MOST_STUDENTS:
        assert complaint(path) == ["line 5002: has more than 5,000 students; divide the class into several lists"]
    else:
        assert len(read_roster(path).students) == number


def test_a_hundred_thousand_rows_are_not_read(write: Write) -> None:
    """Reading stops at the limit: nothing is kept but the text and the students that a set can have."""
    path = write("name,id\n" + "".join(f"Student {n},{n}\n" for n in range(100_000)))
    tracemalloc.start()
    assert complaint(path) == ["line 5002: has more than 5,000 students; divide the class into several lists"]
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 8 * path.stat().st_size


def test_a_file_may_be_too_large(write: Write) -> None:
    """Five million bytes are enough for any class."""
    said = complaint(write(b"name,id\n" + b"x" * MAX_ROSTER_SIZE))
    assert said == [": is larger than 5000000 bytes; a file of this kind is not"]


def test_names_that_are_slow_to_normalise_are_refused_before(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """A letter with a hundred thousand accents takes seconds; only what is short enough is ever normalised."""
    lengths = []
    normalize = unicodedata.normalize

    def watched(form: str, text: str) -> str:
        lengths.append(len(text))
        return normalize(form, text)

    monkeypatch.setattr("derive.classes.people.normalize", watched)
    monkeypatch.setattr("derive.model.fields.normalize", watched)
    name = "a" + "\u0301\u0323" * 10_000
    said = complaint(write(f"name,id,lang,{name}\n{name},{name},{name},\n"))
    assert len(said) == 4
    assert max(lengths) <= LONGEST_TEXT


def test_a_file_that_is_none(tmp_path: Path) -> None:
    """A folder, and nothing at all."""
    assert complaint(tmp_path) == [": is a folder; name a file"]
    assert complaint(tmp_path / "none.csv") == [": there is no such file"]


def test_a_file_that_must_not_be_read(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system says of it."""

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = write("name,id\nAna,1\n")
    monkeypatch.setattr(Path, "open", refuse)
    assert complaint(path) == [": cannot be read: Permission denied"]


PIECES = (b"name", b"id", b",", b";", b'"', b"\n", b"\r", b"lang", b"x", b"\xff\xfe", b"\0")


@given(
    st.one_of(
        st.binary(),
        st.text(st.sampled_from('name,id\n\r;\t"姓名学号 x1\0\ufeff\u202e')).map(str.encode),
        st.lists(st.sampled_from(PIECES)).map(b"".join),
    )
)
@example(b"name,id,lang\nx,x,\n")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=500)
def test_any_bytes_are_a_class_list_or_refused(write: Write, content: bytes) -> None:
    """Nothing but an AuthorError with sentences is ever raised, and no student is without a name."""
    try:
        students = read_roster(write(content)).students
    except AuthorError as error:
        assert_sentences(error)
    else:
        assert students
        assert all(student.name and student.id for student in students)


def assert_sentences(error: AuthorError) -> None:
    """Every problem can be said."""
    assert all(problem.sentence for problem in error.problems)


# --- names of files ---------------------------------------------------------------------------------------------------

STEMS = {
    "as it is": (Student("Ana García", "A01234567"), "A01234567_Ana-García"),
    "Chinese": (Student("李小龙", "2024007"), "2024007_李小龙"),
    "Devanagari": (Student("प्रिया शर्मा", "12"), "12_प्रिया-शर्मा"),
    "a path": (Student("../../x", "7"), "7_x"),
    "an absolute path": (Student("C:\\x/y\0z", "7"), "7_C-x-y-z"),
    "nothing to keep": (Student("…", "7"), "7_"),
    "a device": (Student("NUL", "CON"), "CON_NUL"),
    "an extension": (Student("Ana. ", "7"), "7_Ana"),
    "a long name": (Student("李" * 200, "7"), "7_" + "李" * 16),
}


@pytest.mark.parametrize("name", STEMS)
def test_a_file_is_named_for_its_student(name: str) -> None:
    """Letters of any script stay; what a path is made of does not."""
    student, stem = STEMS[name]
    assert file_stem(student) == stem


@pytest.mark.parametrize("id_", ["../../x", "a01", "a 1", "1_2", ".", "x" * 60, "ß", "ẞ", "\u212a"])
def test_an_id_that_a_file_cannot_have_is_told_by_a_hash(id_: str) -> None:
    """Eight characters after a second underscore."""
    own, name, digest = file_stem(Student("Ana", id_)).split("_")
    assert name == "Ana"
    assert len(digest) == 8
    assert not set(own) & set("./ ")


RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in "0123456789¹²³")}
IDS = st.one_of(
    st.text(min_size=1, max_size=80),
    st.text(st.sampled_from("aA1-_./\\ .é\u0301ßẞſKK"), min_size=1, max_size=4),
    st.sampled_from(["CON", "con", "NUL.txt", "..", "a:b", "a?b", "1_2", "-", "x" * 200, "x" * 199 + "y"]),
)
STUDENTS = st.lists(st.builds(Student, TEXT, IDS), min_size=1, max_size=12, unique_by=lambda student: student.id)


@given(STUDENTS)
@example([Student("2", "1"), Student("", "1_2"), Student("", "1-2"), Student("x", "a"), Student("x", "A")])
def test_no_two_students_share_a_file(students: list[Student]) -> None:
    """One part of a path that every system takes, another for each student, upper and lower case not told apart."""
    stems = [file_stem(student) for student in students]
    for stem in stems:
        assert stem
        assert not set(stem) & set('<>:"/\\|?* .')
        assert stem.isprintable()
        assert stem[0] != "-"
        assert stem.partition(".")[0].upper() not in RESERVED
        assert len(stem.encode()) <= 100
        assert Path(f"{stem}.pdf").name == f"{stem}.pdf"
    forms = {unicodedata.normalize("NFC", unicodedata.normalize("NFD", stem).casefold()) for stem in stems}
    assert len(forms) == len(students)


# --- tables for spreadsheets ------------------------------------------------------------------------------------------

CELLS = {
    '=HYPERLINK("http://x.org")': True, "+1+1": True, "-1+cmd|' /C calc'!A0": True, "@SUM(A1)": True, "\t=1": True,
    "\r=1": True, "\n=1": True, "＝1+1": True, "-": True, "--1": True, "-0.25x": True, "+١": True, "-1e": True,
    "-0.25": False, "-0,25": False, "+3": False, "-1e-05": False, "-.5": False, "0.25": False, "−0.25": False,
    "Ana": False, "": False, "'=1": False, "a=b": False, "1-2": False,
}  # fmt: skip


@pytest.mark.parametrize(("cell", "is_formula"), CELLS.items())
def test_no_cell_becomes_a_formula(cell: str, is_formula: bool) -> None:
    """What a spreadsheet would run gets an apostrophe; numbers and all else stay as they are."""
    assert defused(cell) == (f"'{cell}" if is_formula else cell)
