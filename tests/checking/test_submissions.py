"""What students hand in: forms, tables and records as they were written, and what is said of those that are none."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import warnings
import zlib
from collections.abc import Callable, Iterator
from hashlib import sha256
from io import BytesIO
from itertools import accumulate
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, Pdf, String

from derive.checking.answers import typed_formulas, typed_numbers
from derive.checking.submissions import gathering
from derive.checking.submissions.forms import FormReader
from derive.checking.submissions.gathering import gather
from derive.checking.submissions.limits import LONGEST_ANSWER, MOST_ANSWERS, MOST_CHARACTERS
from derive.checking.submissions.submission import Collected, Submission
from derive.equations.scalars import filling
from derive.render import Layout, pdf
from derive.render.stamping.marks import Mark
from derive.render.stamping.mould import Mould
from derive.sheet.build import Options, build_document, rounding
from derive.sheet.document import Kind
from derive.words.errors import Problem
from derive.words.languages import language
from tests.checking.forms import fields_of, filled
from tests.shipped import load

EXERCISE = """\
title.en = "One neuron: net · out"
title.es = "Una neurona: net · out"
title.zh = "一个神经元：net · out"
inputs = [0.4, 0.7]
targets = [0.9]
learning_rate = 0.5
[[layer]]
weights = [[0.35, 0.25]]
bias = 0.15
"""
CODE = "tiny-7QK2M-9X4TC"
Write = Callable[[str, str | bytes], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file that is handed in."""

    def written(name: str, content: str | bytes) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return written


def said(collected: Collected, path: str = "") -> list[str]:
    """The sentences, without the name of the file."""
    return [str(problem).removeprefix(path).removeprefix(", ").removeprefix(": ") for problem in collected.problems]


def codes(collected: Collected) -> list[str]:
    return [problem.code for problem in collected.problems]


# --- forms ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Fillable worksheets: of one exercise, of two, and in Spanish of a class set with a name and without."""
    path = tmp_path_factory.mktemp("exercise") / "tiny.toml"
    path.write_text(EXERCISE, encoding="utf-8")
    tiny, spanish = load(path), Options(language="es", outlook=False)
    single = build_document([tiny], Kind.WORKSHEET, Options())
    several = build_document([tiny, tiny], Kind.WORKSHEET, Options())
    own = filling(tiny.evaluation, rounding(tiny, spanish), language("es").decimal_mark)
    layout = Layout(fillable=True, marked=True)
    mould = Mould.of(build_document([tiny], Kind.WORKSHEET, spanish), layout, own)
    return {
        "single": pdf.render(single, Layout(fillable=True)).content,
        "several": pdf.render(several, Layout(fillable=True)).content,
        "printed": pdf.render(single, Layout()).content,
        "stamped": mould.stamped(own, Mark("José Núñez · 王", CODE)),
        "nameless": mould.stamped(own, Mark("", CODE)),
    }


ANSWERS = {"net_o1": "0,465", "out_o1": " ≈ 0.614 ", "E_total": "½ · 0,286²", "dE_total_dw1": "-0.027\r\n"}


def test_a_form_is_read(sheets: dict[str, bytes], write: Write) -> None:
    """What was typed into it, by the names of its fields; what was left empty is blank."""
    path = write("ana.pdf", filled(sheets["single"], ANSWERS))
    (submission,) = gather([path]).submissions
    asked = fields_of(sheets["single"])
    assert submission.asked == tuple(asked)
    assert submission.answers == dict.fromkeys(asked, "") | {name: text.strip() for name, text in ANSWERS.items()}
    assert (submission.source, submission.code, submission.name, submission.language) == (path, "", "", "en")


@pytest.mark.parametrize(("sheet", "name"), [("stamped", "José Núñez · 王"), ("nameless", "")])
def test_a_form_of_a_set_says_whose_it_is(sheets: dict[str, bytes], write: Write, sheet: str, name: str) -> None:
    """Its code, the student's name before the title, and the language."""
    (submission,) = gather([write("a.pdf", filled(sheets[sheet], ANSWERS))]).submissions
    assert (submission.code, submission.name, submission.language) == (CODE, name, "es")
    assert submission.answers["net_o1"] == "0,465"


def test_a_code_is_found_in_either_place(sheets: dict[str, bytes], write: Write) -> None:
    """A program that saves the form may lose the subject; the identifier is still there."""
    with pikepdf.open(BytesIO(sheets["stamped"])) as file:
        del file.docinfo["/Subject"]
        content = saved(file)
    (submission,) = gather([write("a.pdf", content)]).submissions
    assert submission.code == CODE


def test_fields_of_several_exercises_keep_their_names(sheets: dict[str, bytes], write: Write) -> None:
    """The number and the name of the exercise stand before the quantity."""
    (submission,) = gather([write("a.pdf", filled(sheets["several"], {"2-tiny:net_o1": "1"}))]).submissions
    assert submission.answers["2-tiny:net_o1"] == "1"
    assert submission.answers["1-tiny:net_o1"] == ""


def test_an_empty_form_is_handed_in_too(sheets: dict[str, bytes], write: Write) -> None:
    """All its answers are blank."""
    (submission,) = gather([write("a.pdf", sheets["single"])]).submissions
    assert set(submission.answers.values()) == {""}
    assert submission.asked


def saved(file: Pdf, **options: object) -> bytes:
    content = BytesIO()
    file.save(content, **options)
    return content.getvalue()


def form(*fields: Dictionary, **root: object) -> bytes:
    """A file with these fields."""
    file = Pdf.new()
    file.add_blank_page()
    file.Root.AcroForm = Dictionary(Fields=Array([file.make_indirect(field) for field in fields]))
    for key, value in root.items():
        file.Root[f"/{key}"] = value
    return saved(file)


def text_field(name: str, value: object, **more: object) -> Dictionary:
    return Dictionary(FT=Name.Tx, T=String(name), V=value, **more)


def drawn_only() -> bytes:
    """A file that forgets to list its field, which a page draws."""
    file = Pdf.new()
    page = file.add_blank_page()
    field = file.make_indirect(text_field("a", String("1"), Kids=Array([])))
    field.Kids.append(file.make_indirect(Dictionary(Subtype=Name.Widget, Parent=field)))
    page.Annots = Array([field.Kids[0]])
    with warnings.catch_warnings(action="ignore"):  # of just that
        return saved(file)


def appended(content: bytes, name: str, text: str) -> bytes:
    """The file with the new text of a field behind its end, as viewers save it that change nothing before."""
    with pikepdf.open(BytesIO(content)) as file:
        field = next(field for field in file.Root.AcroForm.Fields if str(field.T) == name)
        field.V = String(text)
        number, root, size = field.objgen[0], file.Root.objgen[0], len(file.objects) + 1
        written = b"%d 0 obj\n%s\nendobj\n" % (number, field.unparse(resolved=True))
    before = int(content.split(b"startxref")[-1].split()[0])
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number, len(content))
    trailer = b"trailer<</Root %d 0 R/Size %d/Prev %d>>\n" % (root, size, before)
    return content + written + table + trailer + b"startxref\n%d\n%%%%EOF\n" % (len(content) + len(written))


def test_what_is_appended_is_what_counts(sheets: dict[str, bytes], write: Write) -> None:
    """The last of several texts that a field has had; programs append what has changed."""
    content = appended(appended(sheets["stamped"], "net_o1", "0,4"), "net_o1", "0,465")
    (submission,) = gather([write("a.pdf", content)]).submissions
    assert submission.answers["net_o1"] == "0,465"
    assert len(submission.answers) == len(fields_of(sheets["stamped"]))


VALUES = {
    "PDFDocEncoding": (b"\x8a1,5\x90", "−1,5’"),
    "UTF-16, big end first": ("1,5·10⁻³".encode("utf-16-be"), "1,5·10⁻³"),
    "UTF-16, little end first": ("½".encode("utf-16-le"), "½"),
    "UTF-8": ("１．５ 五".encode(), "１．５ 五"),
    "a pair of surrogates": ("😀".encode("utf-16-be"), "😀"),
    "half a character": (b"\xd8\x00\x001", "�1"),
    "half a pair": (b"\x001\xd8", "1�"),
    "what is no UTF-8": (b"1\xff", "1�"),
}
MARKS = {"UTF-16, big": b"\xfe\xff", "UTF-16, little": b"\xff\xfe", "UTF-8": b"\xef\xbb\xbf", "PDFDocEncoding": b""}


@pytest.mark.parametrize("name", VALUES)
def test_a_text_string_is_read_in_its_encoding(write: Write, name: str) -> None:
    """Whichever the program chose; half a character costs nothing but itself."""
    raw, text = VALUES[name]
    mark = next((mark for known, mark in MARKS.items() if name.startswith(known)), b"\xfe\xff")
    mark = b"\xef\xbb\xbf" if name == "what is no UTF-8" else mark
    (submission,) = gather([write("a.pdf", form(text_field("a", String(mark + raw)), text_field("b", 1)))]).submissions
    assert submission.answers == {"a": text, "b": "1"}


def streamed() -> bytes:
    file = Pdf.new()
    file.add_blank_page()
    field = text_field("a", file.make_stream(b"\xfe\xff\x001"))
    file.Root.AcroForm = Dictionary(Fields=Array([file.make_indirect(field)]))
    return saved(file)


TREES = {
    "a name": (lambda: form(text_field("a", Name("/0.35"))), {"a": "0.35"}),
    "a number": (lambda: form(Dictionary(FT=Name.Tx, T=String("a"), V=35)), {"a": "35"}),
    "a stream": (streamed, {"a": "1"}),
    "nothing that is text": (lambda: form(text_field("a", Array([])), text_field("b", True)), {"a": "", "b": ""}),
    "a field in a field": (
        lambda: form(Dictionary(T=String("a"), FT=Name.Tx, Kids=Array([Dictionary(T=String("b"), V=String("1"))]))),
        {"a.b": "1"},
    ),
    "a value that is inherited": (
        lambda: form(text_field("a", String("1"), Kids=Array([Dictionary(T=String("b"))]))),
        {"a.b": "1"},
    ),
    "a field that is drawn twice": (
        lambda: form(text_field("a", String("1"), Kids=Array([Dictionary(), Dictionary()]))),
        {"a": "1"},
    ),
    "a field that is drawn and not listed": (drawn_only, {"a": "1"}),
    "the same twice": (lambda: form(text_field("a", String("1")), text_field("a", String("1"))), {"a": "1"}),
    "no text": (
        lambda: form(text_field("a", String("1")), Dictionary(FT=Name.Btn, T=String("b"), V=Name.On)),
        {"a": "1"},
    ),
    "a long text": (lambda: form(text_field("a", String("1" * 15_000_000))), {"a": "1" * LONGEST_ANSWER}),
    "an owner's password": (
        lambda: encrypted(form(text_field("a", String("1"))), user="", owner="secret"),
        {"a": "1"},
    ),
}


def encrypted(content: bytes, **passwords: str) -> bytes:
    with pikepdf.open(BytesIO(content)) as file:
        return saved(file, encryption=pikepdf.Encryption(**passwords))


@pytest.mark.parametrize("name", TREES)
def test_fields_are_found(write: Write, name: str) -> None:
    """In whatever tree, with whatever value a program has left there."""
    content, answers = TREES[name]
    collected = gather([write("a.pdf", content())])
    assert [submission.answers for submission in collected.submissions] == [answers]
    assert not collected.problems


# --- forms that are none ----------------------------------------------------------------------------------------------


def zeros(gigabytes: int) -> bytes:
    """So many gigabytes of zeros as a zlib stream of a thousandth of it, made without compressing them."""
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x78\x9c" + block * (gigabytes << 10) + zlib.compress(b"", wbits=-15) + b"\0\0\0\1"


def with_stream(data: bytes, *filters: Name) -> bytes:
    """A field whose value is a stream that is packed so."""
    file = Pdf.new()
    file.add_blank_page()
    stream = file.make_stream(b"")
    stream.write(data, filter=Array(list(filters)))
    file.Root.AcroForm = Dictionary(Fields=Array([file.make_indirect(text_field("a", stream))]))
    return saved(file, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def file_of(*objects: bytes) -> bytes:
    """A file of these objects, the first of which is its catalogue."""
    written = [b"%d 0 obj\n%s\nendobj\n" % (number, content) for number, content in enumerate(objects, start=1)]
    starts = accumulate(map(len, written), initial=9)
    table = b"".join(b"%010d 00000 n \n" % start for start, _ in zip(starts, written, strict=False))
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n"
    size, place = len(objects) + 1, 9 + sum(map(len, written))
    return b"%%PDF-1.5\n%s" % b"".join(written) + end % (size, table, size, place)


CATALOGUE = b"<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R>>"
PAGES = b"<</Type/Pages/Kids[]/Count 0>>"


def packed_objects() -> bytes:
    """The form lies in a stream of objects behind two gigabytes of white space."""
    data = zeros(2)
    head = b"%PDF-1.5\n"
    objects = (
        b"1 0 obj\n%s\nendobj\n" % CATALOGUE,
        b"2 0 obj\n%s\nendobj\n" % PAGES,
        b"3 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%s\nendstream\nendobj\n"
        % (len(data), data),
    )
    starts = [len(head) + sum(map(len, objects[:number])) for number in range(4)]
    rows = ((0, 0, 65535), (1, starts[0], 0), (1, starts[1], 0), (1, starts[2], 0), (2, 3, 0), (1, starts[3], 0))
    table = b"".join(bytes([kind]) + place.to_bytes(4) + last.to_bytes(2) for kind, place, last in rows)
    return (
        b"%s%s5 0 obj\n<</Type/XRef/Size 6/W[1 4 2]/Root 1 0 R/Length %d>>stream\n%s\nendstream\nendobj\n"
        % (
            head,
            b"".join(objects),
            len(table),
            table,
        )
        + b"startxref\n%d\n%%%%EOF\n" % starts[3]
    )


def packed_table() -> bytes:
    """The table of objects says that there are hundreds of millions."""
    data = zeros(2)
    body = b"%%PDF-1.5\n1 0 obj\n%s\nendobj\n2 0 obj\n%s\nendobj\n" % (CATALOGUE, PAGES)
    return b"%s5 0 obj\n<</Type/XRef/Size 300000000/W[1 4 2]/Root 1 0 R/Filter/FlateDecode/Length %d>>stream\n" % (
        body,
        len(data),
    ) + b"%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (data, len(body))


def circle_of_fields() -> bytes:
    file = Pdf.new()
    file.add_blank_page()
    first = file.make_indirect(Dictionary(T=String("a"), FT=Name.Tx))
    second = file.make_indirect(Dictionary(T=String("b"), Parent=first, Kids=Array([first])))
    first.Parent, first.Kids = second, Array([second])
    file.Root.AcroForm = Dictionary(Fields=Array([first]))
    file.pages[0].Annots = Array([file.make_indirect(Dictionary(Subtype=Name.Widget, Parent=second))])
    return saved(file)


def many_fields(count: int) -> bytes:
    objects = [CATALOGUE, PAGES, b"<<>>", b"<</Fields[%s]>>" % b" ".join(b"%d 0 R" % n for n in range(5, 5 + count))]
    return file_of(*objects, *(b"<</FT/Tx/T(f%d)/V(1)>>" % number for number in range(count)))


def deep_fields() -> bytes:
    nodes = (b"<</T(a)/FT/Tx/Kids[%d 0 R]>>" % number for number in range(6, 30_006))
    return file_of(CATALOGUE, PAGES, b"<<>>", b"<</Fields[5 0 R]>>", *nodes, b"<</T(b)/V(1)>>")


LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 12))
METADATA = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha"><!ENTITY f SYSTEM "file:///etc/passwd">%s]>\
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier>&%s;</dc:identifier>\
</rdf:Description></rdf:RDF></x:xmpmeta>"""


def with_metadata(entity: bytes) -> bytes:
    file = Pdf.new()
    file.add_blank_page()
    file.Root.AcroForm = Dictionary(Fields=Array([file.make_indirect(text_field("a", String("1")))]))
    file.Root.Metadata = file.make_stream(METADATA % (LAUGHS, entity), Type=Name.Metadata, Subtype=Name.XML)
    return saved(file)


FLATE = Name.FlateDecode
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "form_broken"),
    "no PDF": (lambda: b"PK\x03\x04 and so on", "form_broken"),
    "a password": (lambda: encrypted(form(text_field("a", String("1"))), user="secret", owner="x"), "form_locked"),
    "no fields": (form, "form_without_fields"),
    "no form": (lambda: file_of(b"<</Type/Catalog/Pages 2 0 R>>", PAGES), "form_without_fields"),
    "a field that is lost": (lambda: file_of(CATALOGUE, PAGES, b"<<>>", b"<</Fields[9 0 R]>>"), "form_broken"),
    "fields that are no list": (lambda: form(AcroForm=Dictionary(Fields=1)), "form_broken"),
    "two texts in one field": (lambda: form(text_field("a", 1), text_field("a", 2)), "answer_named_twice"),
    "100,000 fields": (lambda: many_fields(100_000), "answers_many"),
    "fields full of text": (
        lambda: form(*(text_field(f"f{n}", String("x" * 3000)) for n in range(MOST_CHARACTERS // LONGEST_ANSWER + 1))),
        "answers_long",
    ),
    "a circle of fields": (circle_of_fields, "form_without_fields"),
    "pages in a circle": (
        lambda: file_of(CATALOGUE, b"<</Type/Pages/Kids[2 0 R]/Count 9>>", b"<<>>", b"<</Fields[]>>"),
        "form_broken",
    ),
    "a stream of gigabytes": (lambda: with_stream(zeros(2), FLATE), "form_broken"),
    "a stream in a stream": (lambda: with_stream(zlib.compress(zeros(2)), FLATE, FLATE), "form_broken"),
    "packed objects": (packed_objects, "form_broken"),
    "a packed table": (packed_table, "form_broken"),
    "brackets": (lambda: file_of(b"[" * 5_000_000), "form_broken"),
    "millions of numbers": (
        lambda: file_of(CATALOGUE, PAGES, b"<<>>", b"<</Fields[%s]>>" % (b"0 " * 9_000_000)),
        "form_broken",
    ),
    "a table that leads back to itself": (
        lambda: b"%PDF-1.4\nxref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF",
        "form_broken",
    ),
    "comments": (lambda: b"%PDF-1.4\n" + b"%\n" * 5_000_000, "form_broken"),
    "too large": (lambda: b"%PDF-1.4\n" + bytes(20_000_000), "file_too_large"),
}  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every form that is none, in one folder."""
    folder = tmp_path_factory.mktemp("hostile")
    places = {name: folder / f"{number:02}.pdf" for number, name in enumerate(HOSTILE)}
    for name, place in places.items():
        place.write_bytes(HOSTILE[name][0]())
    return places


MEASURED = """\
import json, re, resource, sys, time
from pathlib import Path
from derive.checking.submissions.gathering import gather
found = [gather([path]) for path in sys.argv[1:]]
own = int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])
children = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({
    "codes": [[problem.code for problem in one.problems] for one in found],
    "submissions": [len(one.submissions) for one in found],
    "memory": (own + children.ru_maxrss) * 1024,
    "seconds": time.process_time() + children.ru_utime + children.ru_stime,
}))
"""


measuring = pytest.mark.skipif(sys.platform != "linux", reason="what a process takes is read as Linux tells it")


def measured(*paths: object) -> dict[str, list[object] | float]:
    """What ``gather`` makes of each file, in a process of its own, and the memory that it and its processes took."""
    command = [sys.executable, "-c", MEASURED, *map(str, paths)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout)


@pytest.mark.slow
@measuring
def test_hostile_forms_are_told_in_little_memory(hostile: dict[str, Path]) -> None:
    """Each is one clear problem, whatever it unpacks to or wherever it leads, and all of them take under 500 MB."""
    found = measured(*hostile.values())
    for name, told in zip(hostile, found["codes"], strict=True):
        assert told in ([HOSTILE[name][1]], ["form_time"]), name  # on a machine that is busy
    assert not any(found["submissions"])
    assert found["memory"] < 500_000_000


def test_a_hostile_form_stops_no_other(hostile: dict[str, Path], sheets: dict[str, bytes], write: Write) -> None:
    """The next is read as if it had not been there."""
    good = write("a.pdf", sheets["single"])
    collected = gather([str(hostile["a stream of gigabytes"]), good, str(hostile["no PDF"])])
    assert [submission.source for submission in collected.submissions] == [good]
    assert codes(collected) == ["form_broken", "form_broken"]


def test_a_truncated_form_is_not_half_read(sheets: dict[str, bytes], write: Write) -> None:
    """What is cut off anywhere is a problem, or what is left has every field."""
    content = filled(sheets["single"], ANSWERS)
    for length in range(0, len(content), len(content) // 12):
        collected = gather([write("a.pdf", content[:length])])
        assert codes(collected) == ["form_broken"] or len(collected.submissions[0].answers) == len(ANSWERS)


def test_a_circle_of_fields_is_gone_round_once(write: Write) -> None:
    """It is left before the time is over."""
    assert codes(gather([write("a.pdf", circle_of_fields())])) == ["form_without_fields"]


@pytest.mark.parametrize("entity", [b"l11", b"f"])
def test_entities_are_not_followed(write: Write, entity: bytes) -> None:
    """Neither to a billion laughs nor to a file of this machine; there is just no code."""
    (submission,) = gather([write("a.pdf", with_metadata(entity))]).submissions
    assert (submission.answers, submission.code) == ({"a": "1"}, "")


def test_a_printed_sheet_has_no_fields(sheets: dict[str, bytes], write: Write) -> None:
    """It says what to ask the student for."""
    path = write("a.pdf", sheets["printed"])
    assert said(gather([path]), path) == [
        "has no form fields; it was printed to a PDF, or it is no fillable worksheet: ask for the file itself, saved "
        "and not printed"
    ]


def test_a_form_may_not_take_forever(sheets: dict[str, bytes]) -> None:
    """A reader that does not answer in time is ended, and the next form has another."""
    reader = FormReader(seconds=0.001)
    (problem,) = reader(sheets["single"], "a.pdf")
    assert str(problem) == "a.pdf: takes more than 0.001 seconds to read, and was given up"
    reader.seconds = 60
    assert [type(found) for found in reader(sheets["single"], "a.pdf")] == [Submission]
    reader.end()


def test_a_reader_may_die(sheets: dict[str, bytes]) -> None:
    """As a fault in a library can end it."""
    reader = FormReader()
    list(reader(sheets["single"], "a.pdf"))
    assert reader._process
    reader._process.kill()
    reader._process.wait()
    assert [found.code for found in reader(sheets["single"], "a.pdf") if isinstance(found, Problem)] == ["form_broken"]
    assert [type(found) for found in reader(sheets["single"], "a.pdf")] == [Submission]
    reader.end()


def test_no_code_is_run_from_the_folder(
    sheets: dict[str, bytes], write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is called like a module stays a file."""
    path = write("a.pdf", sheets["single"])
    for module in ("pikepdf", "json", "derive"):
        write(f"{module}.py", "raise SystemExit")
    monkeypatch.chdir(Path(path).parent)
    assert len(gather(["a.pdf"]).submissions) == 1


def test_a_name_that_cannot_be_one_is_told(sheets: dict[str, bytes], write: Write) -> None:
    """Who changes the title of a file can write anything there."""
    with pikepdf.open(BytesIO(sheets["stamped"])) as file:
        file.docinfo["/Title"] = str(file.docinfo["/Title"]).replace("José", "Jo\u202esé")
        path = write("a.pdf", saved(file))
    assert said(gather([path]), path) == ["title: contains the control character U+202E; remove it"]


# --- tables -----------------------------------------------------------------------------------------------------------

TABLES = {
    "only answers": ("net_h1,out_h1\n0.37,0.59\n", [Submission({"net_h1": "0.37", "out_h1": "0.59"}, "line 2")]),
    "all about a student": (
        "Nombre;Apellidos;Matrícula;Correo;Idioma;Grupo;Código;net_h1\nAna;Ruiz;A01;a@x.org;español;B;m-7;0,37\n",
        [Submission({"net_h1": "0,37"}, "line 2", "Ana Ruiz", "A01", "a@x.org", "es", "B", "m-7")],
    ),
    "Chinese": ("姓名,学号,代码,w5\n李小龙,7,c,1\n", [Submission({"w5": "1"}, "line 2", "李小龙", "7", code="c")]),
    "código beside code": ("código,code,a\nA01,m-7,1\n", [Submission({"a": "1"}, "line 2", id="A01", code="m-7")]),
    "a variant": ("name,variant,a\nAna,m-7,1\n", [Submission({"a": "1"}, "line 2", "Ana", code="m-7")]),
    "headings with spaces": ("name, net_h1 ,\nAna, 1 ,x\n", [Submission({"net_h1": "1"}, "line 2", "Ana")]),
    "a short row": ("name,a,b\nAna,1\n", [Submission({"a": "1", "b": ""}, "line 2", "Ana")]),
    "empty rows": ("\n,\nname,a\n,\nAna,1\n", [Submission({"a": "1"}, "line 5", "Ana")]),
    "nobody in it": ("name,a\n,1\n", [Submission({"a": "1"}, "line 2")]),
    "a formula": ("name,a\n=1+1,=cmd|' /C calc'!A0\n", [Submission({"a": "=cmd|' /C calc'!A0"}, "line 2", "=1+1")]),
    "quotes and line ends": ('name,a\nAna,"1 ""x""\ny"\n', [Submission({"a": '1 "x"\ny'}, "line 2", "Ana")]),
    "UTF-16": ("\ufeffname\ta\nAna\t½\n".encode("utf-16-le"), [Submission({"a": "½"}, "line 2", "Ana")]),
    "a control character": ("a\n1\x1b[2J\n", [Submission({"a": "1\x1b[2J"}, "line 2")]),
}  # fmt: skip


def expected(path: str, submissions: list[Submission]) -> list[tuple[object, ...]]:
    return [parts(submission, f"{path}, {submission.source}") for submission in submissions]


def parts(submission: Submission, source: str = "") -> tuple[object, ...]:
    own = submission
    who = (own.name, own.id, own.email, own.language, own.group, own.code)
    return dict(own.answers), source or own.source, *who, own.asked


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_read(write: Write, name: str) -> None:
    """A row a student, a column a quantity; the other columns as in a class list."""
    content, submissions = TABLES[name]
    path = write("answers.csv", content)
    collected = gather([path])
    assert not collected.problems
    assert list(map(parts, collected.submissions)) == expected(path, submissions)


CSV_REASON = "a cell with quotes in it stands in quotes, and each of its own is written twice"
BAD_TABLES = {
    "malformed rows": (
        'name,a\nAna,1\n"Ben"x,2\nCleo,3,4\n"Dan,4\nEva,5\n',
        ["Ana", "Eva"],
        [
            f"line 3: cannot be read as CSV: ',' expected after '\"'; {CSV_REASON}",
            "line 4: this row has 3 cells, and the row that names the columns 2; a cell that contains a comma stands "
            "in quotes",
            f"line 5: cannot be read as CSV: unexpected end of data; {CSV_REASON}",
        ],
    ),
    "a name that cannot be one": (
        f"name,id,a\nA\x07na,1,1\n{'x' * 201},2,2\nBen,3,3\n",
        ["Ben"],
        [
            "line 2, name: contains the control character U+0007; remove it",
            "line 3, name: is too long (201 characters); expected at most 200 characters",
        ],
    ),
    "a code that is too long": (f"code,a\n{'x' * 201},1\n", [], [
        "line 2, code: is too long (201 characters); expected at most 200 characters"
    ]),
    "a column twice": ("name,a,b,a\nAna,1,2,3\n", [], [
        "line 1: two columns are called 'a'; rename one or take it out"
    ]),
    "a student's column twice": ("name,Name,a\nAna,Ben,3\n", [], [
        "line 1: two columns are called 'name'; rename one or take it out"
    ]),
    "no rows": ("name,a\n\n", [], [
        "has no answers; expected one row for each student below the row that names the columns"
    ]),
    "nothing": ("", [], ["has no answers; expected one row for each student below the row that names the columns"]),
    "too many columns": (",".join(f"q{number}" for number in range(MOST_ANSWERS + 1)) + "\n1\n", [], [
        "line 1: has more than 5,000 answers, which no sheet asks for"
    ]),
    "a row that is too long": (
        ",".join(f"q{number}" for number in range(10)) + "\n" + '"' + '\n","'.join(["x" * 120_000] * 10) + '"\n', [],
        ["line 2: its answers are longer than 1,000,000 characters together"],
    ),
    "no text": (b"PK\x03\x04\0", [], [
        "line 1: is not UTF-8 text; in Excel save it as 'CSV UTF-8 (comma delimited)', elsewhere choose UTF-8 when "
        "you save or export it"
    ]),
    "many bad rows": ("a\n" + "1,2\n" * 50 + "3\n", [""], [
        *(f"line {line}: this row has 2 cells, and the row that names the columns 1; a cell that contains a comma "
          "stands in quotes" for line in range(2, 42)),
        "there are more problems than these 40; mend these first",
    ]),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_TABLES)
def test_what_is_said_of_a_bad_table(write: Write, name: str) -> None:
    """A bad row stops no other; under a head with two meanings nothing is read."""
    content, names, sentences = BAD_TABLES[name]
    path = write("answers.csv", content)
    collected = gather([path])
    assert [submission.name for submission in collected.submissions] == names
    assert said(collected, path) == sentences


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
FIELD = st.from_regex(r"q[0-9]_[a-z]{1,8}", fullmatch=True)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    fields = draw(st.lists(FIELD, min_size=1, max_size=6, unique=True))
    rows = draw(st.lists(st.lists(CELL, min_size=len(fields), max_size=len(fields)), min_size=1, max_size=8))
    return fields, rows


@given(tables(), st.sampled_from(",;\t"), st.sampled_from(("utf-8", "utf-8-sig", "utf-16")))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_a_spreadsheet_writes_is_read_back(
    write: Write, table: tuple[list[str], list[list[str]]], delimiter: str, encoding: str
) -> None:
    """Any text in any cell, but for the white space around it."""
    fields, rows = table
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([["id", *fields], *([n, *row] for n, row in enumerate(rows))])
    collected = gather([write("answers.csv", out.getvalue().encode(encoding))])
    assert not collected.problems
    assert [dict(submission.answers) for submission in collected.submissions] == [
        {field: cell.strip() for field, cell in zip(fields, row, strict=True)} for row in rows
    ]


# --- records ----------------------------------------------------------------------------------------------------------

RECORDS = {
    "one": ("a.json", '{"name": "Ana", "answers": {"a": "0,35"}}', [Submission({"a": "0,35"}, "", "Ana")]),
    "a list": ("a.json", '[{"id": "1", "a": "x"}, {"id": 2, "a": "y"}]', [
        Submission({"a": "x"}, "record 1", id="1"), Submission({"a": "y"}, "record 2", id="2"),
    ]),
    "students": (
        "a.json",
        '{"students": [{"name": " Ana  Ruiz", "id": "1", "email": "e", "language": "Spanish", "group": "G", '
        '"code": "C", "answers": {}}]}',
        [Submission({}, "record 1", "Ana Ruiz", "1", "e", "es", "G", "C")],
    ),
    "numbers": ("a.json", '{"a": 0.10, "b": 1E-3, "c": -007.5, "d": NaN}'.replace("-007.5", "-7.50"), [
        Submission({"a": "0.10", "b": "1E-3", "c": "-7.50", "d": "NaN"}, "")
    ]),
    "endless numbers": ("a.json", '{"a": -Infinity, "b": 1e999, "c": ' + "9" * 5000 + "}", [
        Submission({"a": "-Infinity", "b": "1e999", "c": "9" * LONGEST_ANSWER}, "")
    ]),
    "nothing": ("a.json", '{"name": null, "a": null, "b": ""}', [Submission({"a": "", "b": ""}, "")]),
    "half a character": ("a.json", r'{"name": "\ud800", "a": "\ud83d\ude00 \udc00", "\udc01": "1"}', [
        Submission({"a": "😀 �", "�": "1"}, "", "�")
    ]),
    "a byte order mark": ("a.json", '\ufeff{"a": "1"}', [Submission({"a": "1"}, "")]),
    "a table of TOML": ("a.toml", 'name = "Ana"\r\nnet_h1 = 0.10\r\n', [Submission({"net_h1": "0.10"}, "", "Ana")]),
    "tables of TOML": (
        "a.toml",
        '[[students]]\nid = "1"\n[students.answers]\na = 1_000.50\nb = nan\nc = -inf\nd = 1_0\n[[students]]\na = "½"\n',
        [
            Submission({"a": "1000.50", "b": "nan", "c": "-inf", "d": "10"}, "record 1", id="1"),
            Submission({"a": "½"}, "record 2"),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RECORDS)
def test_records_are_read(write: Write, name: str) -> None:
    """Numbers as they were typed, and nothing at all as a blank answer."""
    file, content, submissions = RECORDS[name]
    path = write(file, content)
    collected = gather([path])
    assert not collected.problems
    sources = [f"{path}, {submission.source}" if submission.source else path for submission in submissions]
    assert list(map(parts, collected.submissions)) == list(map(parts, submissions, sources))


EMPTY = 'has no answers; expected a table such as {"name": "Ana", "answers": {"net_h1": "0.35"}}, or a list of them'
BAD_RECORDS = {
    "an answer that is none": (
        "a.json", '[{"a": true, "b": [1, 2], "c": {}, "d": {"x": 1, "x": 2}, "e": "5"}, {"a": 1}]',
        [{"e": "5"}, {"a": "1"}],
        [
            "record 1, a: is true; expected text or a number",
            "record 1, b: is a list of 2; expected text or a number",
            "record 1, c: is a table; expected text or a number",
            "record 1, d: is a table; expected text or a number",
        ],
    ),
    "answers that are none": ("a.json", '[{"answers": [1]}, {"answers": null}, 5, null, {"a": 1}]', [{"a": "1"}], [
        "record 1, answers: is a list of 1; expected a table of answers",
        "record 2, answers: is nothing; expected a table of answers",
        "record 3: is the text '5'; expected a table of answers",
        "record 4: is nothing; expected a table of answers",
    ]),
    "a student that is none": ("a.json", '[{"name": [], "a": 1}, {"language": "xyzw"}, {"id": "\\u202e"}, {"a": 2}]', [
        {"a": "2"}
    ], [
        "record 1, name: is an empty list; expected text or a number",
        "record 2, language: there is no catalogue for 'xyzw'; there are English, Spanish, Chinese, inglés, Español, "
        "chino, 英语, 西班牙语, 中文, 简体中文, en, es, zh",
        "record 3, id: contains the control character U+202E; remove it",
    ]),
    "a key twice": ("a.json", '[{"a": 1, "a": 2}, {"answers": {"b": 1, "b": 1}}, {"a": 3}]', [{"a": "3"}], [
        "record 1: two answers are called 'a'; keep one of them",
        "record 2, answers: two answers are called 'b'; keep one of them",
    ]),
    "all students twice": ("a.json", '{"students": [], "students": []}', [], [
        "two answers are called 'students'; keep one of them"
    ]),
    "nothing": ("a.json", "{}", [], [EMPTY]),
    "nobody": ("a.json", "[]", [], [EMPTY]),
    "empty TOML": ("a.toml", "# nothing\n", [], [EMPTY]),
    "too many": ("a.json", json.dumps({f"q{n}": "1" for n in range(MOST_ANSWERS + 1)}), [], [
        "has more than 5,000 answers, which no sheet asks for"
    ]),
    "too long": ("a.json", json.dumps({"a": "x" * MOST_CHARACTERS + "x"}), [], [
        "its answers are longer than 1,000,000 characters together"
    ]),
    "no JSON": ("a.json", '{"a": }', [], ["is not JSON: Expecting value: line 1 column 7 (char 6)"]),
    "no text": ("a.json", b'{"a": "\xff"}', [], [
        "line 1: is not UTF-8 text; in Excel save it as 'CSV UTF-8 (comma delimited)', elsewhere choose UTF-8 when "
        "you save or export it"
    ]),
    "deep JSON": ("a.json", "[" * 4_000_000, [], ["is not JSON: its lists or tables are nested too deeply"]),
    "large JSON": ("a.json", b"[" + b" " * 5_000_000, [], ["is larger than 5000000 bytes; a file of this kind is not"]),
    "no TOML": ("a.toml", "a = \n", [], ["is not TOML: Invalid value (at line 1, column 5)"]),
    "deep TOML": ("a.toml", "a = " + "[\n" * 100_000, [], ["is not TOML: its lists or tables are nested too deeply"]),
    "a key in parts": ("a.toml", "a" + ".a" * 2000 + " = 1\n", [], [
        "is not TOML: line 1 has more than 3,000 characters"
    ]),
    "a date": ("a.toml", "a = 1979-05-27\nb = 1\n", [{"b": "1"}], ["a: is a date; expected text or a number"]),
    "a number without end": ("a.toml", "a = 0x" + "f" * 2900 + "\nb = 1\n", [{"b": "1"}], [
        "a: is the number a number of 11600 bits; expected text or a number"
    ]),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_RECORDS)
def test_what_is_said_of_bad_records(write: Write, name: str) -> None:
    """An answer that is none costs that answer, a record that is none that record."""
    file, content, answers, sentences = BAD_RECORDS[name]
    path = write(file, content)
    collected = gather([path])
    assert [dict(submission.answers) for submission in collected.submissions] == answers
    assert said(collected, path) == sentences


@given(st.lists(st.dictionaries(FIELD, st.text(max_size=20), min_size=1, max_size=5), min_size=1, max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_json_is_read_back(write: Write, records: list[dict[str, str]]) -> None:
    """Any text under any name."""
    collected = gather([write("a.json", json.dumps({"students": [{"answers": record} for record in records]}))])
    assert not collected.problems
    assert [dict(submission.answers) for submission in collected.submissions] == [
        {field: text.strip() for field, text in record.items()} for record in records
    ]


DIGITS = r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,12})([eE][+-]?[0-9]{1,3})?|[1-9][0-9]{0,20}"


@given(st.from_regex(DIGITS, fullmatch=True))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_number_keeps_its_digits(write: Write, digits: str) -> None:
    """The zeros at its end too, which say how finely it was rounded."""
    for name, content in (("a.json", f'{{"a": {digits}}}'), ("a.toml", f"a = {digits}")):
        (submission,) = gather([write(name, content)]).submissions
        assert submission.answers == {"a": digits}


def test_an_answer_that_is_cut_stays_unreadable() -> None:
    """No reader of answers takes as much as is kept."""
    assert max(typed_numbers.MOST_CHARACTERS, typed_formulas.MOST_CHARACTERS) < LONGEST_ANSWER


# --- hostile texts ----------------------------------------------------------------------------------------------------

LARGE: dict[str, tuple[Callable[[], bytes], str]] = {
    "rows.csv": (lambda: b"id,a,b\n" + b"".join(b"%d,0.5,0.25\n" % n for n in range(100_000)), "answers_full"),
    "lines.csv": (lambda: b"\n" * 19_000_000, "table_lines"),
    "commas.csv": (lambda: b"a,b\n" + b"," * 19_000_000, "table_csv"),
    "quotes.csv": (lambda: b"a,b\n" + b'x","\n' * 3_900_000, "table_csv"),
    "astral.csv": (lambda: b"a,b\n" + "😀".encode() * 4_900_000, "table_csv"),
    "wide.csv": (
        lambda: b",".join(b"q%d" % n for n in range(5000)) + b"\n" + (b"1," * 4999 + b"1\n") * 1900,
        "answers_full",
    ),
    "lists.json": (lambda: b"[" + b"[]," * 1_600_000 + b"[]]", "wrong_type"),
    "tables.json": (lambda: b"[" + b'{"":1},' * 700_000 + b"{}]", "answers_full"),
    "keys.json": (lambda: b"{" + b",".join(b'"%d":1' % n for n in range(400_000)) + b"}", "answers_many"),
    "digits.json": (lambda: b'{"a":%s}' % (b"9" * 4_900_000), "answers_long"),
    "keys.toml": (lambda: b"".join(b"a." * 1400 + b"a%d=1\n" % n for n in range(300)), "wrong_type"),
    "tables.toml": (lambda: b"[[students]]\na=1\n" * 50_000, "answers_full"),
}


@pytest.mark.slow
@measuring
def test_large_texts_take_little_memory_and_time(write: Write) -> None:
    """Each ends with a clear problem, all of them in seconds and under 500 MB."""
    paths = [write(name, content()) for name, (content, _) in LARGE.items()]
    found = measured(*paths)
    assert [code for _, code in LARGE.values()] == [one[0] for one in found["codes"]]
    assert found["memory"] < 500_000_000
    assert found["seconds"] < 60


# --- files ------------------------------------------------------------------------------------------------------------


def names(collected: Collected) -> list[str]:
    return [submission.name for submission in collected.submissions]


def record(name: str) -> str:
    return json.dumps({"name": name, "a": "1"})


def test_a_folder_is_read_with_those_below_it(write: Write, tmp_path: Path) -> None:
    """In order, without hidden files and those of other kinds."""
    for name in (
        "b.json",
        "a/z.JSON",
        "a/b/y.json",
        ".hidden.json",
        ".git/x.json",
        "read.me",
        "noise.txt",
        "c.toml/x.json",
    ):
        write(name, record(name))
    collected = gather([str(tmp_path)])
    assert names(collected) == ["b.json", "a/z.JSON", "a/b/y.json", "c.toml/x.json"]
    assert not collected.problems


def test_a_file_is_read_once(write: Write, tmp_path: Path) -> None:
    """By whatever way it is named."""
    path = write("a/x.json", record("Ana"))
    (tmp_path / "link.json").symlink_to(path)
    collected = gather([path, str(tmp_path), str(tmp_path / "a" / ".." / "a" / "x.json"), path])
    assert names(collected) == ["Ana"]
    assert not collected.problems


def test_no_link_leads_out_of_a_folder(write: Write, tmp_path: Path) -> None:
    """One to a folder is not followed at all, one to a file is told; in a circle of links nobody walks for ever."""
    write("outside/secret.json", record("secret"))
    write("inside/x.json", record("Ana"))
    inside = tmp_path / "inside"
    (inside / "all").symlink_to(tmp_path / "outside")
    (inside / "circle").symlink_to(inside)
    (inside / "link.json").symlink_to(tmp_path / "outside" / "secret.json")
    (inside / "nowhere.json").symlink_to(tmp_path / "nowhere.json")
    collected = gather([str(inside)])
    assert names(collected) == ["Ana"]
    assert said(collected) == [
        f"{inside}/link.json: is a link that leads out of the folder; name the file that it leads to"
    ]


def test_what_a_set_has_made_is_no_answer(write: Write, tmp_path: Path) -> None:
    """Only what differs from it was handed in: not the key, the tables and the sheets that nobody has filled in."""
    made = {"keys/a.pdf": b"%PDF-", "marking.csv": b"name,a\nAna,1\n", "worksheets/b.json": b"{}"}
    for name, content in made.items():
        write(name, content)
    sums = {name: sha256(content).hexdigest() for name, content in made.items()}
    write("manifest.json", json.dumps({"files": sums}))
    assert codes(gather([str(tmp_path)])) == ["answers_none"]
    write("worksheets/b.json", record("Ben"))
    collected = gather([str(tmp_path)])
    assert names(collected) == ["Ben"]
    assert not collected.problems


@pytest.mark.parametrize("content", ["", "[]", '{"files": 1}', '{"files": {"a.json": 1}}', "[" * 100_000])
def test_a_damaged_manifest_hides_nothing(write: Write, tmp_path: Path, content: str) -> None:
    """Everything beside it is read."""
    write("a.json", record("Ana"))
    write("manifest.json", content)
    assert names(gather([str(tmp_path)])) == ["Ana"]


def test_what_is_no_answer_is_told(write: Write, tmp_path: Path) -> None:
    """Each in a line of its own, and all else is read."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.csv").mkdir()
    sources = [
        write("x.xlsx", b"PK"),
        str(tmp_path / "none.csv"),
        str(tmp_path / "empty"),
        write("x.json", record("Ana")),
    ]
    collected = gather(sources)
    assert names(collected) == ["Ana"]
    assert codes(collected) == ["unknown_format", "file_missing", "answers_none"]
    assert said(collected)[0].endswith(
        "x.xlsx: cannot tell a format from 'x.xlsx'; end the name in one of .pdf, .csv, .json, .toml"
    )


def test_a_folder_that_must_not_be_read_is_told(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system says of it; the others are read."""
    write("closed/x.json", record("Ben"))
    write("open/x.json", record("Ana"))
    scandir = os.scandir

    def refuse(path: object) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    collected = gather([str(tmp_path)])
    assert names(collected) == ["Ana"]
    assert said(collected, str(tmp_path)) == ["/closed: cannot be read: Permission denied"]


INPUTS = {
    "JSON": (' {"name": "Ana", "a": "1"}', "standard input"),
    "a list of JSON": ('[{"name": "Ana", "a": "1"}]', "standard input, record 1"),
    "TOML": ('name = "Ana"\na = "1"\n', "standard input"),
    "TOML with tables": ('[[students]]\nname = "Ana"\na = "1"\n', "standard input, record 1"),
    "CSV": ("name,a\nAna,1\n", "standard input, line 2"),
}


@pytest.mark.parametrize("name", INPUTS)
def test_the_standard_input_shows_its_format(name: str) -> None:
    """By what stands in it."""
    content, source = INPUTS[name]
    (submission,) = gather(["-"], BytesIO(content.encode())).submissions
    assert parts(submission)[:3] == ({"a": "1"}, source, "Ana")


def test_a_form_can_come_from_the_standard_input(sheets: dict[str, bytes]) -> None:
    """As any file can."""
    (submission,) = gather(["-"], BytesIO(filled(sheets["single"], ANSWERS))).submissions
    assert submission.answers["net_o1"] == "0,465"


def test_the_standard_input_has_limits() -> None:
    """Those of its format."""
    assert codes(gather(["-"], BytesIO(b"[" + b" " * 5_000_000))) == ["file_too_large"]
    assert codes(gather(["-"], BytesIO(b"a,b\n" + b"1,2\n" * 5_000_000))) == ["file_too_large"]
    assert codes(gather(["-"], BytesIO(b"\xff\0"))) == ["table_encoding"]


FULL = {
    "files": "here are more than 2 files in all",
    "submissions": "here are more than 2 submissions in all",
    "answers": "here are more than 2 answers in all",
    "characters": "here are more than 2 characters in all",
}


@pytest.mark.parametrize("what", FULL)
def test_there_is_an_end(write: Write, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """Nothing is read beyond it, and what was read before is kept."""
    monkeypatch.setattr(gathering, "MOST", {**gathering.MOST, what: 2})
    collected = gather([write(f"{name}.json", record(name)) for name in ("Ana", "Ben", "Cleo", "Dan")])
    assert names(collected) == ["Ana", "Ben"]
    assert len(collected.problems) == 1
    assert FULL[what] in said(collected)[0]


PIECES = (
    "{",
    "}",
    "[",
    "]",
    '"',
    "a",
    ":",
    ",",
    "=",
    "\n",
    "1",
    ".",
    "students",
    "answers",
    "name",
    "\\u",
    "null",
    ";",
)


@given(st.one_of(st.binary(max_size=60), st.lists(st.sampled_from(PIECES)).map("".join).map(str.encode)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
def test_any_bytes_are_answers_or_a_problem(write: Write, content: bytes) -> None:
    """Nothing is ever raised, whatever the file is called."""
    for suffix in ("csv", "json", "toml"):
        collected = gather([write(f"a.{suffix}", content)])
        assert collected.submissions or collected.problems
        assert all(map(str, collected.problems))
    gather(["-"], BytesIO(content if b"%PDF-" not in content else b""))


@pytest.fixture(scope="module")
def reader() -> Iterator[FormReader]:
    """One for many forms."""
    reader = FormReader()
    yield reader
    reader.end()


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_a_damaged_form_is_answers_or_a_problem(
    sheets: dict[str, bytes], reader: FormReader, data: st.DataObject
) -> None:
    """Whatever bytes are changed in it."""
    content = bytearray(sheets["single"])
    for _ in range(data.draw(st.integers(1, 20))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (found,) = reader(bytes(content), "a.pdf")
    assert isinstance(found, Submission | Problem)
