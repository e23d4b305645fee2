"""A class set from the command line: whose numbers are where, what is finished stays finished, and codes lead back."""

from __future__ import annotations

import csv
import errno
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pikepdf
import pytest
from click.testing import CliRunner, Result

from derive.classes.class_set import folder as folder_module
from derive.classes.class_set import sheets
from derive.classes.class_set.making import TABLES, TOGETHER
from derive.commands.cli import main
from derive.files import created
from derive.words.wording import SENTENCES

TINY = """\
title.en = "One neuron"
title.es = "Una neurona"
title.zh = "一个神经元"
note.en = "Hand it in on Friday."
inputs = [0.4, 0.7]
targets = [0.9]
learning_rate = 0.5
[sheet]
detail = "quantities"
[[layer]]
weights = [[0.35, 0.25]]
bias = 0.15
"""
ROSTER = '''\
Nombre;ID;Idioma;Grupo
"José Núñez ""Pepe""";a01;es;1
王小明;a02;中文;2
=HYPERLINK(1);a03;;
../../x;a04;en;
Zoë;a05;es;
'''


def run(*arguments: object, **settings: object) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)], catch_exceptions=False, **settings)


@pytest.fixture(scope="module", autouse=True)
def _moulds_are_made_once() -> Iterator[None]:
    """What is laid out for one set is taken for the next of the same pattern, but not by a process of its own."""
    known, press_of = {}, sheets.press_of

    def shared(source, options, layout):
        key = repr((source, options, layout))
        if key not in known:
            known[key] = press_of(source, options, layout)
        return known[key]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sheets, "press_of", shared)
        yield


@pytest.fixture(scope="module")
def tiny(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("class")
    (place / "tiny.toml").write_text(TINY, encoding="utf-8")
    (place / "roster.csv").write_text(ROSTER, encoding="utf-8-sig")
    return place


@pytest.fixture(scope="module")
def made(tiny) -> Path:
    """A set of five in three languages."""
    result = run("class", tiny / "tiny.toml", "--roster", tiny / "roster.csv", "-o", tiny / "set", "--jobs", 1)
    assert result.exit_code == 0, result.output
    assert "Wrote the worksheets and keys of 5 students" in result.output
    return tiny / "set"


def says(result: Result, code: str) -> bool:
    """Whether the sentence of a problem is printed, whatever its evidence."""
    pieces = [words for words, *_ in Formatter().parse(SENTENCES[code])]
    return all(piece in result.output for piece in pieces)


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def text_of(path: Path, *options: str) -> str:
    return subprocess.run(["pdftotext", *options, path, "-"], capture_output=True, text=True, check=True).stdout


def marking(folder: Path) -> list[dict[str, str]]:
    with (folder / "marking.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_set_has_all_its_files(made):
    """A worksheet and a key for each student, named safely; nothing half-written, nothing outside."""
    manifest = json.loads((made / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["complete"]
    names = {f"{kind}/{stem}.pdf" for kind in ("worksheets", "keys") for stem in stems(made)}
    assert set(files_in(made)) == {*names, *TOGETHER.values(), *TABLES, "manifest.json"}
    assert set(manifest["files"]) == set(files_in(made)) - {"manifest.json"}
    assert len(stems(made)) == 5
    assert [member["name"] for member in manifest["members"]][1:4] == ["王小明", "=HYPERLINK(1)", "../../x"]


def stems(folder: Path) -> list[str]:
    return sorted(path.stem for path in (folder / "worksheets").iterdir())


def test_each_student_has_a_language_a_name_and_a_code(made):
    """On the pages, in the language of the list; where it has none, in that of the command."""
    for row, word in zip(marking(made), ["Nombre", "姓名", "Name", "Name", "Nombre"], strict=True):
        (path,) = (made / "worksheets").glob(f"*{row['id']}*".replace("a0", "[aA]0"))
        text = text_of(path)
        assert word in text
        assert text.count(row["code"]) == len(pikepdf.open(path).pages)
    (path,) = (made / "worksheets").glob("*王小明*")
    assert "王小明" in text_of(path)


def logistic(net: float) -> float:
    return 1 / (1 + math.exp(-net))


def given_on(path: Path) -> dict[str, float]:
    """The given values that stand on a page, by their names."""
    words = text_of(path, "-layout").replace(",", ".").split()
    return {
        words[at - 1]: float(words[at + 1])
        for at, word in enumerate(words)
        if word == "=" and at + 1 < len(words) and words[at + 1].replace(".", "").isdigit()
    }


def test_answers_belong_to_the_numbers_on_the_page(made):
    """The marking table recomputed with plain formulas from what each student's own worksheet prints."""
    for row in marking(made):
        (path,) = (made / "worksheets").glob(f"*{row['id']}*".replace("a0", "[aA]0"))
        own = given_on(path)
        i1, i2, w1, w2, b1, eta, target = (own[name] for name in ("i1", "i2", "w1", "w2", "b1", "η", "targeto1"))
        out = logistic(i1 * w1 + i2 * w2 + b1)
        delta = (out - target) * out * (1 - out)
        expected = {"out_o1": out, "E_total": (target - out) ** 2 / 2, "delta_o1": delta, "dE_total_dw2": delta * i2}
        expected["w1_new"] = w1 - eta * delta * i1
        for quantity, value in expected.items():
            assert float(row[quantity]) == pytest.approx(value, rel=6e-6), (row["id"], quantity)


def test_no_two_students_have_the_same_answers(made):
    """Not even one of the final answers."""
    errors = [row["E_total"] for row in marking(made)]
    assert len(set(errors)) == len(errors)


def test_no_cell_is_a_formula(made):
    """A name that begins with = is text in the table, which begins with the mark by which Excel knows UTF-8."""
    assert marking(made)[2]["name"] == "'=HYPERLINK(1)"
    assert (made / "marking.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_every_sheet_starts_on_a_right_hand_page(made):
    """In the file for printing, with the bookmarks that say where."""
    for kind, name in TOGETHER.items():
        with pikepdf.open(made / name) as joined, joined.open_outline() as outline:
            starts = [pikepdf.Page(item.destination[0]).index for item in outline.root]
            assert len(starts) == 5
            assert all(start % 2 == 0 for start in starts), kind
            assert len(joined.pages) % 2 == 0


@pytest.mark.slow
def test_two_runs_give_the_same_bytes(made, tiny):
    """With one seed; with another one the numbers differ."""
    arguments = "class", tiny / "tiny.toml", "--roster", tiny / "roster.csv", "--jobs"
    assert run(*arguments, 2, "-o", tiny / "again").exit_code == 0
    assert files_in(tiny / "again") == files_in(made)
    assert run(*arguments, 1, "-o", tiny / "other", "--seed", "2").exit_code == 0
    assert {row["E_total"] for row in marking(tiny / "other")} != {row["E_total"] for row in marking(made)}


def test_a_code_leads_back_to_the_key(made, tiny):
    """To the very bytes, with the name; the exercise is named where it is not a shipped one."""
    row = marking(made)[0]
    again = tiny / "key.pdf"
    result = run("key", tiny / "tiny.toml", "--code", row["code"], "--lang", "es", "--name", row["name"], "-o", again)
    assert result.exit_code == 0, result.output
    (path,) = (made / "keys").glob("[aA]01*")
    assert again.read_bytes() == path.read_bytes()
    for suffix in ("html", "tex"):
        result = run("worksheet", tiny / "tiny.toml", "--code", row["code"][5:], "-o", tiny / f"again.{suffix}")
        assert row["code"] in (tiny / f"again.{suffix}").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["key", "--code", "7QK2M-9X4TC"], "code_check"),
        (["key", "tiny.toml", "mazur", "--code", "CODE"], "code_and_several"),
        (["key", "--code", "VARIANT"], "code_nameless"),
        (["key", "mazur", "--code", "CODE"], "code_mismatched"),
        (["key", "tiny.toml", "--digits", "3", "--code", "CODE"], "code_other"),
        (["class", "tiny.toml", "-o", "x"], "roster_or_variants"),
        (["class", "tiny.toml", "-o", "x", "--roster", "roster.csv", "--variants", "2"], "roster_or_variants"),
    ],
)
def test_what_cannot_be_is_said(made, tiny, monkeypatch, arguments, said):
    """As the author's mistake."""
    monkeypatch.chdir(tiny)
    code = marking(made)[0]["code"]
    known = {"CODE": code, "VARIANT": code[5:]}
    result = run(*[known.get(argument, argument) for argument in arguments])
    assert result.exit_code == 2, result.output
    assert says(result, said)


@pytest.mark.parametrize("arguments", [["key"], ["worksheet", "mazur", "--name", "x"]])
def test_usage_is_explained(arguments):
    """By the command line itself."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert "--code" in result.output


# --- what is finished stays finished ----------------------------------------------------------------------------------


def letters(tiny: Path, folder: Path, *more: object) -> Result:
    return run("class", tiny / "tiny.toml", "--variants", 12, "-o", folder, "--jobs", 1, *more)


@pytest.fixture(scope="module")
def whole(tiny) -> dict[str, bytes]:
    """The files of a set that nothing has interrupted."""
    assert letters(tiny, tiny / "whole").exit_code == 0
    return files_in(tiny / "whole")


@pytest.fixture
def copy(tiny, whole, tmp_path) -> Path:
    """The folder of that set, to be spoilt."""
    return Path(shutil.copytree(tiny / "whole", tmp_path / "set"))


def interrupted_at(count: int, error: BaseException, monkeypatch) -> None:
    """Lets the writing of the so-many-th file fail."""
    write, written = folder_module.Folder.write, []

    def failing(self, name, fill):
        written.append(name)
        if len(written) == count:
            raise error
        write(self, name, fill)

    monkeypatch.setattr(folder_module.Folder, "write", failing)


def test_an_interrupted_set_is_finished_later(tiny, whole, tmp_path, monkeypatch):
    """By the same command; what is finished is not made again, and the end is the same to the byte."""
    with monkeypatch.context() as patched:
        interrupted_at(16, KeyboardInterrupt(), patched)
        stopped = letters(tiny, tmp_path)
    assert stopped.exit_code == 1
    assert "7 of 12 students" in stopped.output
    assert says(stopped, "set_interrupted")
    found = files_in(tmp_path)
    assert not json.loads(found.pop("manifest.json"))["complete"]
    assert len(found) == 15
    assert all(whole[name] == content for name, content in found.items())
    times = {name: (tmp_path / name).stat().st_mtime_ns for name in found}
    finished = letters(tiny, tmp_path)
    assert "12 students, 7 of them finished before" in finished.output
    assert files_in(tmp_path) == whole
    assert times == {name: (tmp_path / name).stat().st_mtime_ns for name in times}


def test_a_full_disk_loses_nothing(tiny, whole, tmp_path, monkeypatch):
    """What is finished is said, and stays; nothing half-written is left."""
    with monkeypatch.context() as patched:
        patched.setattr("derive.files.created", failing_from(10))
        stopped = letters(tiny, tmp_path)
    assert stopped.exit_code == 1
    assert "No space left on device" in stopped.output
    assert "4 of 12 students" in stopped.output
    assert says(stopped, "set_stopped")
    assert not list(tmp_path.rglob("*.part"))
    assert letters(tiny, tmp_path).exit_code == 0
    assert files_in(tmp_path) == whole


def failing_from(count: int):
    """A maker of files that has no room from the so-many-th on."""
    made = []

    def make(path: Path):
        made.append(path)
        if len(made) >= count:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return created(path)

    return make


def test_a_file_that_differs_is_left_alone(tiny, whole, copy):
    """Unless one forces it; all others are made."""
    assert letters(tiny, copy).exit_code == 0
    name = "worksheets/tiny-C.pdf"
    (copy / name).write_bytes(b"marked by hand")
    (copy / "keys/tiny-D.pdf").unlink()
    result = letters(tiny, copy)
    assert result.exit_code == 1
    assert name in result.output
    assert says(result, "files_left")
    assert (copy / name).read_bytes() == b"marked by hand"
    assert {**files_in(copy), name: b"", "manifest.json": b""} == {**whole, name: b"", "manifest.json": b""}
    assert letters(tiny, copy, "--force").exit_code == 0
    assert files_in(copy) == whole


def test_another_set_in_the_folder_is_kept(tiny, copy):
    """As when one forgets to change the name of the folder."""
    assert letters(tiny, copy).exit_code == 0
    before = files_in(copy)
    result = letters(tiny, copy, "--seed", "autumn")
    assert result.exit_code == 1
    assert says(result, "other_set")
    assert files_in(copy) == before


def test_a_finished_set_needs_no_work(tiny, copy, monkeypatch):
    """The manifest and the checksums say that it is finished."""
    assert letters(tiny, copy).exit_code == 0
    monkeypatch.setattr("derive.classes.class_set.making.series_of", None)
    result = letters(tiny, copy)
    assert "12 students, 12 of them finished before" in result.output


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        *(pytest.param(content, marks=pytest.mark.slow) for content in (b"", b'{"set": 1, "files": 3}', b"\xff\xfe")),
    ],
)
def test_a_damaged_manifest_stops_nothing(tiny, whole, copy, content):
    """The files are compared, and what is right is kept."""
    assert letters(tiny, copy).exit_code == 0
    (copy / "manifest.json").write_bytes(content)
    result = letters(tiny, copy, *(["--force"] if content.startswith(b'{"') else []))
    assert result.exit_code == 0, result.output
    assert files_in(copy) == whole


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_no_permission_is_a_sentence(tiny, tmp_path):
    """Before any work."""
    tmp_path.chmod(0o500)
    result = letters(tiny, tmp_path / "set")
    assert result.exit_code == 1
    assert "could not be made" in result.output


def test_a_file_in_the_way_is_a_sentence(tiny, tmp_path):
    """As where the folder, or one of those in it, is a file."""
    result = letters(tiny, tiny / "tiny.toml")
    assert result.exit_code == 2
    assert says(result, "not_a_folder")
    (tmp_path / "keys").touch()
    result = letters(tiny, tmp_path)
    assert result.exit_code == 1
    assert says(result, "folder_failed")
    assert str(tmp_path / "keys") in result.output


def test_a_folder_or_a_pipe_in_the_way_is_a_sentence(tiny, copy):
    """Where a file of the set belongs; nothing waits for it."""
    (copy / "marking.csv").unlink()
    os.mkfifo(copy / "marking.csv")
    result = letters(tiny, copy)
    assert result.exit_code == 2
    assert says(result, "not_regular")


def test_sheets_that_are_nobodys_are_told(tiny, copy):
    """After a set for fewer; they are not in the manifest of the new one."""
    arguments = "class", tiny / "tiny.toml", "--variants", 10, "-o", copy, "--jobs", 1
    result = run(*arguments, "--force")
    assert result.exit_code == 0
    assert "Note: keys/tiny-K.pdf, keys/tiny-L.pdf, worksheets/tiny-K.pdf, …" in result.output
    assert "keys/tiny-K.pdf" not in json.loads((copy / "manifest.json").read_text(encoding="utf-8"))["files"]


def test_an_empty_name_is_no_folder(tiny):
    """As of a variable that is not set."""
    result = letters(tiny, "")
    assert result.exit_code == 2
    assert "it is empty" in result.output


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals are those of Unix")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_ended_leaves_no_worker(tiny, whole, tmp_path, number):
    """However it is ended; the same command does the rest."""
    code = "from derive.commands.cli import main; main()"
    arguments = "class", tiny / "tiny.toml", "--variants", 12, "-o", tmp_path / "set", "--jobs", 2
    command = [sys.executable, "-c", code, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        while process.poll() is None and not list((tmp_path / "set").glob("keys/*.pdf")):
            time.sleep(0.01)
        process.send_signal(number)
        said, _ = process.communicate(timeout=60)  # which waits for all that could still write
    if number == signal.SIGTERM and process.returncode:
        assert "the same command does the rest" in said
    assert letters(tiny, tmp_path / "set").exit_code == 0
    for remnant in (tmp_path / "set").rglob("*.part"):  # of a run that was killed; another may be at work on it
        assert number == signal.SIGKILL
        os.utime(remnant, (0, 0))
    assert letters(tiny, tmp_path / "set", "--force").exit_code == 0
    (tmp_path / "set" / "manifest.json").unlink()
    assert letters(tiny, tmp_path / "set").exit_code == 0
    assert files_in(tmp_path / "set") == whole


def test_numbers_of_unequal_length_are_laid_out(tiny, tmp_path):
    """A sheet at a time, which is said; whose are whose does not change."""
    free = tiny / "free.toml"
    vary = '[vary]\npattern = "free"\nweights = { from = 0.05, to = 12.0, step = 0.05 }\n'
    free.write_text(TINY.replace("[[layer]]", f"{vary}[[layer]]"), encoding="utf-8")
    result = run("class", free, "--variants", 3, "-o", tmp_path, "--jobs", 1)
    assert result.exit_code == 0, result.output
    assert says(result, "stamp_lengths")
    for row in marking(tmp_path):
        text = text_of(tmp_path / "keys" / f"free-{row['id']}.pdf")
        assert row["E_total"] in text
        assert row["code"] in text
    with pikepdf.open(tmp_path / "worksheets.pdf") as bound:
        assert len(bound.pages) % 6 == 0


@pytest.mark.slow
def test_a_worker_of_dask_is_killed_half_way(tiny, whole, tmp_path):
    """A real scheduler with two workers; the set is the same to the byte."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        workers: Iterator[int] = (worker.pid for worker in cluster.workers.values())
        killed = []

        def kill_one(result):
            if not killed:
                killed.append(next(workers))
                os.kill(killed[0], 9)
            return result

        real = folder_module.Folder.put
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(folder_module.Folder, "put", lambda *given: kill_one(real(*given)))
            result = run(
                *(
                    "class",
                    tiny / "tiny.toml",
                    "--variants",
                    12,
                    "-o",
                    tmp_path,
                    "--scheduler",
                    cluster.scheduler_address,
                )
            )
    assert result.exit_code == 0, result.output
    assert killed
    assert files_in(tmp_path) == whole


# --- rounding ---------------------------------------------------------------------------------------------------------


def test_every_answer_lies_in_its_range(made):
    """And the ranges are no wider than a few units of the last printed place."""
    with (made / "ranges.csv").open(encoding="utf-8-sig", newline="") as file:
        ranges = list(csv.DictReader(file))
    for row, bounds in zip(marking(made), ranges, strict=True):
        for quantity in list(row)[6:]:
            low, high = float(bounds[f"{quantity}_from"]), float(bounds[f"{quantity}_to"])
            assert low <= float(row[quantity]) <= high
            assert high - low <= 2e-5 * abs(float(row[quantity])) + 2e-7


def test_answers_that_drown_are_told(tiny, tmp_path):
    """Where the printed digits do not carry them."""
    rough = tiny / "rough.toml"
    rough.write_text(TINY.replace("[sheet]", "[sheet]\ndigits = 1"), encoding="utf-8")
    result = run("worksheet", rough, "-o", tmp_path / "rough.html")
    assert result.exit_code == 0
    assert "Warning: rough: rounding can change" in result.output
    result = run("worksheet", tiny / "tiny.toml", "-o", tmp_path / "tiny.html")
    assert "Warning" not in result.output


# --- names and classes that grow --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_class_that_has_grown_keeps_its_sheets(tiny, tmp_path):
    """A student more at the end of the list: only the tables and the files of the whole class are made anew."""
    roster, folder = tmp_path / "roster.csv", tmp_path / "set"
    arguments = "class", tiny / "tiny.toml", "--roster", roster, "-o", folder, "--jobs", 1
    roster.write_text("id,name\n1,Ada\n2,Bo\n", encoding="utf-8")
    assert run(*arguments).exit_code == 0
    before = files_in(folder)
    roster.write_text("id,name\n1,Ada\n2,Bo\n3,Cy\n", encoding="utf-8")
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    after = files_in(folder)
    assert {name for name in before if "/" in name and before[name] != after[name]} == set()
    assert len(marking(folder)) == 3
    roster.write_text("id,name\n1,Ada\n3,Cy\n2,Bo\n", encoding="utf-8")  # whose sheets are printed already
    result = run(*arguments)
    assert result.exit_code == 1
    assert files_in(folder)["worksheets/2_Bo.pdf"] == after["worksheets/2_Bo.pdf"]


def test_what_no_font_has_is_told(tiny, tmp_path):
    """The name is somebody's: a box in it is not left to be found."""
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name\n1,𠮷野家\n2,㐂龘\n", encoding="utf-8")
    result = run("class", tiny / "tiny.toml", "--roster", roster, "-o", tmp_path / "set", "--jobs", 1)
    assert result.exit_code == 0
    assert result.output.count("Warning") == 1
    assert "𠮷" in result.output
    fonts = subprocess.run(["pdffonts", tmp_path / "set" / "marking.pdf"], capture_output=True, text=True, check=True)
    assert len(fonts.stdout.splitlines()) <= 2 + 5
    assert "CJK" not in fonts.stdout


@pytest.mark.slow
def test_long_names_and_many_answers_fit(tiny, tmp_path):
    """No code is broken, and everybody's answers stand on pages that follow one another."""
    roster = tmp_path / "roster.csv"
    lines = [f"{number},{'Wolfeschlegelsteinhausenbergerdorff ' * 3}{number}" for number in range(1, 15)]
    roster.write_text("id,name\n" + "\n".join(lines), encoding="utf-8")
    arguments = "class", "mazur", "--roster", roster, "-o", tmp_path / "set", "--jobs", 1, "--paper", "letter"
    assert run(*arguments, "--detail", "factors", "--notation", "z-a").exit_code == 0
    pages = text_of(tmp_path / "set" / "marking.pdf", "-layout").split("\f")[:-1]
    rows = marking(tmp_path / "set")
    first = [sum(row["code"].removeprefix("mazur-") in page for row in rows) for page in pages]
    assert sum(first) == 2 * len(rows)
    assert first[0] == first[1]


def test_a_file_says_which_sheet_it_is(made):
    """Its subject and its identifier are the code, so that a filled form is known again whatever it is called."""
    for row in marking(made):
        (path,) = (made / "worksheets").glob(f"*{row['id']}*".replace("a0", "[aA]0"))
        with pikepdf.open(path) as pdf:
            assert str(pdf.docinfo.Subject) == row["code"]
            assert pdf.open_metadata()["dc:identifier"] == row["code"]
