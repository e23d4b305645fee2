"""The command that checks answers: whose they are, what is written where, and what nobody can spoil."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from string import Formatter

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.checking.reports.follow_up import MOST_QUESTIONS, follow_ups, to_practise
from derive.checking.reports.student import student_document
from derive.checking.submissions.submission import Submission
from derive.checking.verification.handed import Desk, Fields
from derive.checking.verification.papers import Paper, papers
from derive.checking.verification.verdicts import Verdict
from derive.classes.class_set.coded import variants_of
from derive.classes.class_set.manifest import read_manifest
from derive.classes.codes import parse_code
from derive.commands.cli import main
from derive.mistakes.slips import planted, slips_of
from derive.render import Layout, html
from derive.sheet.build import Options, edition
from derive.sheet.document import Heading, Letterhead, Listing, Paragraph
from derive.words.languages import as_text, language
from derive.words.wording import SENTENCES
from tests.checking.forms import fields_of, filled
from tests.checking.hands import texts_of
from tests.shipped import load

TINY = """\
title.en = "One neuron"
title.es = "Una neurona"
title.zh = "一个神经元"
inputs = [0.4, 0.7]
targets = [0.9]
learning_rate = 0.5
[credit]
follow_through = 0.8
partial = 0.25
[[layer]]
weights = [[0.35, 0.25]]
bias = 0.15
"""
ROSTER = "name;id;email;language\nJosé Núñez;a01;jose@example.org;es\n王小明;a02;;zh\n=HYPERLINK(1);a03;;\n"


def run(*arguments: object, **settings: object) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)], catch_exceptions=False, **settings)


def says(result: Result, code: str) -> bool:
    """Whether the sentence of a problem is printed, whatever its evidence."""
    return all(piece in result.output for piece, *_ in Formatter().parse(SENTENCES[code]))


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """An exercise, a fillable set of it for three students, and what they handed in: two forms and a table."""
    place = tmp_path_factory.mktemp("check")
    (place / "tiny.toml").write_text(TINY, encoding="utf-8")
    (place / "roster.csv").write_text(ROSTER, encoding="utf-8")
    made = run(
        "class", place / "tiny.toml", "--roster", place / "roster.csv", "-o", place / "set", "--fillable", "--jobs", 1
    )
    assert made.exit_code == 0, made.output
    exercise, manifest = load(place / "tiny.toml"), read_manifest(place / "set")
    codes = {student.id: parse_code(code) for student, code in manifest.members}
    variants = dict(variants_of(codes.values(), exercise, Options(outlook=False)))
    sheets = {name: variants[code].exercise for name, code in codes.items()}
    (place / "in" / "late").mkdir(parents=True)
    answers = {
        "a01": {name: text.replace(".", ",") for name, text in texts_of(sheets["a01"]).items()},
        "a02": texts_of(sheets["a02"], _with(sheets["a02"], "bias_forgotten", "net_o1")) | {"w1_new": "x/0"},
        "a03": texts_of(sheets["a03"])
        | {"E_o1": "", "delta_o1": "-" + texts_of(sheets["a03"])["delta_o1"].lstrip("-")},
    }
    for (student, folder), form in zip(
        {"a01": "in", "a02": "in/late"}.items(), sorted((place / "set" / "worksheets").glob("*.pdf")), strict=False
    ):
        (place / folder / form.name).write_bytes(filled(form.read_bytes(), answers[student]))
    with (place / "in" / "table.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", *answers["a03"], "remarks"])
        writer.writerow(["a03", *answers["a03"].values(), ""])
    return place


def _with(exercise, code, at):
    slips = slips_of(exercise.evaluation.derivation)
    slip = next(slip for slip in slips if (slip.code, slip.place) == (code, at))
    return planted(exercise.evaluation, slip)


@pytest.fixture(scope="module")
def checked(place) -> Result:
    """The check of all of it, with reports as HTML, which is sooner done."""
    return run(
        *("check", place / "tiny.toml", place / "in", "--set", place / "set", "-o", place / "out", "--format", "html"),
        *("--sheet-for-each", "--jobs", 1),
    )


def data_of(place: Path) -> dict:
    return {paper["id"]: paper for paper in json.loads((place / "out" / "answers.json").read_text())["papers"]}


def test_forms_and_tables_are_checked_together(place, checked):
    """Whoever handed in what: the code of a form, or the id in a table, leads to the numbers of the sheet."""
    assert checked.exit_code == 0, checked.output
    assert says(checked, "answers_field")  # a column is no quantity
    assert "'remarks'" in checked.output
    found = data_of(place)
    assert {name: paper["name"] for name, paper in found.items()} == {
        "a01": "José Núñez",
        "a02": "王小明",
        "a03": "=HYPERLINK(1)",
    }
    assert {answer["verdict"] for answer in found["a01"]["answers"]} == {"correct"}
    second = {answer["quantity"]: answer for answer in found["a02"]["answers"]}
    assert second["net_o1"]["mistakes"] == [{"code": "bias_forgotten", "at": "net_o1", "formula": "w1*i1 + w2*i2"}]
    assert second["out_o1"]["follows_from"] == ["net_o1"]
    assert second["w1_new"]["unreadable"]["code"] == "answer_number_expected"
    assert found["a02"]["first_wrong"] == "net_o1"
    third = {answer["quantity"]: answer["verdict"] for answer in found["a03"]["answers"]}
    assert (third["E_o1"], third["out_o1"]) == ("blank", "correct")


def test_the_credit_is_that_of_the_exercise(place, checked):
    """1 for what is right, 0.8 for what follows, 0.25 for a sign, nothing for a mistake or for what is not readable."""
    paper = data_of(place)["a02"]
    worth = {"correct": "1", "follows": "0.8", "mistake": "0", "unreadable": "0"}
    assert {answer["credit"] for answer in paper["answers"] if answer["verdict"] == "follows"} == {"0.8"}
    assert all(answer["credit"] == worth[answer["verdict"]] for answer in paper["answers"])
    assert float(paper["marks"]) == pytest.approx(sum(float(answer["credit"]) for answer in paper["answers"]))


def test_every_file_of_a_check_is_there(place, checked):
    """The reports by the names of the students, the tables, and a sheet to practise for each who needs one."""
    names = {str(path.relative_to(place / "out")) for path in (place / "out").rglob("*") if path.is_file()}
    assert {"class.html", "gradebook.csv", "moodle.csv", "canvas.csv", "answers.csv", "answers.json"} <= names
    assert sum(name.startswith("reports/") for name in names) == 3
    assert {Path(name).name.split("_")[0] for name in names if name.startswith("practice/")} <= {"a02", "a03"}
    assert len([name for name in names if name.startswith("practice/")]) == len(
        [name for name in names if name.startswith("practice-keys/")]
    )


def test_reports_are_in_the_language_of_each_student(place, checked):
    """The name of a mistake as well."""
    reports = {path.name[:3]: path.read_text() for path in (place / "out" / "reports").glob("*.html")}
    assert "Todas las respuestas son correctas" in reports["a01"]
    assert language("zh").plain("mistake.bias_forgotten") in reports["a02"]
    assert '<html lang="zh-Hans">' in reports["a02"]
    assert "&lt;" not in reports["a03"]
    assert "=HYPERLINK(1)" in reports["a03"]
    with (place / "out" / "gradebook.csv").open(encoding="utf-8-sig", newline="") as file:
        assert "'=HYPERLINK(1)" in {row["name"] for row in csv.DictReader(file)}


def test_a_sheet_to_practise_is_checked_like_any_other(place, checked):
    """It has a code of its own, and asks for part of what the first one asked."""
    (sheet,) = (place / "out" / "practice").glob("a02*.pdf")
    assert run("check", place / "tiny.toml", sheet).exit_code == 1  # no form: it was not asked to be fillable
    again = run(
        *("check", place / "tiny.toml", place / "in", "--set", place / "set", "-o", place / "again", "--fillable"),
        *("--format", "html", "--sheet-for-each", "--jobs", 1),
    )
    (form,) = (place / "again" / "practice").glob("a02*.pdf")
    asked = fields_of(form.read_bytes())
    assert "net_o1" in asked
    assert len(asked) <= MOST_QUESTIONS
    assert again.exit_code == 0
    (place / "second.pdf").write_bytes(filled(form.read_bytes(), {"net_o1": "12"}))
    result = run("check", place / "tiny.toml", place / "second.pdf", "--json")
    (paper,) = json.loads(result.stdout)["papers"]
    assert paper["out_of"] == len(asked)
    assert paper["code"] != data_of(place)["a02"]["code"]


def test_a_second_check_replaces_the_first_and_nothing_else(place, checked, tmp_path):
    """A folder with other files in it is left alone, unless that is wanted."""
    arguments = ["check", place / "tiny.toml", place / "in", "--set", place / "set", "--format", "html", "--jobs", 1]
    assert "Wrote the reports" in run(*arguments, "-o", place / "out").output
    (tmp_path / "mine.txt").write_text("x")
    assert says(run(*arguments, "-o", tmp_path), "reports_elsewhere")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert "Wrote the reports" in run(*arguments, "-o", tmp_path, "--force").output
    assert (tmp_path / "mine.txt").read_text() == "x"
    assert says(run(*arguments, "-o", tmp_path / "mine.txt"), "not_a_folder")


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        ("csv", "name,net_h1,out_h1\nAna,0.3775,0.593270\n"),
        ("csv", "name;1;2\nAna;0,3775;0,593270\n"),
        ("json", '{"name": "Ana", "answers": {"net_h1": 0.3775, "out_h1": "0.593270"}}'),
        ("json", '[{"name": "Ana", "net_h1": "0.3775", "out_h1": 0.593270}]'),
        ("toml", 'name = "Ana"\n[answers]\nnet_h1 = 0.3775\nout_h1 = "≈ 0,593270"\n'),
    ],
)
def test_every_format_says_the_same(tmp_path, suffix, text):
    """By the ids of quantities or the numbers of questions, from a file or from standard input."""
    file = tmp_path / f"answers.{suffix}"
    file.write_text(text, encoding="utf-8")
    results = run("check", "mazur", file, "--json"), run("check", "mazur", "-", "--json", input=text)
    for result in results:
        assert result.exit_code == 0, result.output
        (paper,) = json.loads(result.stdout)["papers"]
        found = {answer["quantity"]: answer["verdict"] for answer in paper["answers"] if answer["verdict"] != "blank"}
        assert (paper["name"], found) == ("Ana", {"net_h1": "correct", "out_h1": "correct"})


def test_a_code_says_which_numbers(place):
    """On the command line, or in the table; a wrong one is refused, and stops no other."""
    manifest = read_manifest(place / "set")
    code = manifest.members[0][1]
    exercise = load(place / "tiny.toml")
    ((_, variant),) = variants_of([parse_code(code)], exercise, Options(outlook=False))
    texts = texts_of(variant.exercise)
    head, row = ",".join(texts), ",".join(texts.values())
    ours = run("check", place / "tiny.toml", "-", "--code", code, "--json", input=f"{head}\n{row}\n")
    assert {answer["verdict"] for answer in json.loads(ours.stdout)["papers"][0]["answers"]} == {"correct"}
    table = f"name,code,{head}\nAna,{code.upper()},{row}\nBo,{code[:-1]}?,{row}\nCy,mazur-1PAPH-J7HH8,{row}\n"
    some = run("check", place / "tiny.toml", "-", "--json", input=table)
    assert [paper["name"] for paper in json.loads(some.stdout)["papers"]] == ["Ana"]
    assert says(some, "code_character")
    assert "Cy" not in some.stdout
    assert some.exit_code == 1


def test_the_last_of_two_sheets_counts(tmp_path):
    """Of the same person, who is known by the id; which one was left out is said. Two may have one name."""
    result = run("check", "mazur", "-", "--json", input="id,net_h1\n1,5\n2,0.3775\n1,0.3775\n")
    found = {paper["id"]: paper["marks"] for paper in json.loads(result.stdout)["papers"]}
    assert found == {"1": "1", "2": "1"}
    assert says(result, "answers_twice")
    assert says(result, "answers_left")
    named = run("check", "mazur", "-", "--json", input="name,net_h1\nAna,5\nAna,0.3775\n")
    assert [paper["marks"] for paper in json.loads(named.stdout)["papers"]] == ["0", "1"]


def test_several_people_may_have_one_variant(tmp_path, place):
    """Of A, B and C: by table, with the letter for an id or the code, and by form, where the file says who it is."""
    made = run(
        *("class", place / "tiny.toml", "--variants", 2, "-o", tmp_path / "set", "--fillable", "--seed", "x"),
        *("--jobs", 1),
    )
    assert made.exit_code == 0, made.output
    code = read_manifest(tmp_path / "set").members[0][1]
    table = f"name,code,net_o1\nAna,{code},1\nBo,{code},2\n"
    letters = "name,id,net_o1\nAna,A,1\nBo,A,2\n"
    with_set = "--set", tmp_path / "set"
    for text, options in ((table, ()), (table, with_set), (letters, with_set)):
        result = run("check", place / "tiny.toml", "-", "--json", *options, input=text)
        assert result.exit_code == 0, result.output
        found = json.loads(result.stdout)["papers"]
        assert {(paper["name"], paper["code"]) for paper in found} == {("Ana", code), ("Bo", code)}
    own = f"id,code,net_o1\n4711,{code},1\n4712,{code},2\n"
    numbered = json.loads(run("check", place / "tiny.toml", "-", "--json", *with_set, input=own).stdout)
    assert {paper["id"] for paper in numbered["papers"]} == {"4711", "4712"}
    form = filled((tmp_path / "set" / "worksheets" / "tiny-A.pdf").read_bytes(), {"net_o1": "1"})
    for name in ("Ana García.pdf", "Bo.pdf"):
        (tmp_path / name).write_bytes(form)
    forms = run("check", place / "tiny.toml", *sorted(tmp_path.glob("*.pdf")), "--json")
    assert {paper["name"] for paper in json.loads(forms.stdout)["papers"]} == {"Ana García", "Bo"}
    for name in ("Cy", "Dora"):
        (tmp_path / "in" / name).mkdir(parents=True)
        (tmp_path / "in" / name / "tiny-A.pdf").write_bytes(form)
    folders = run("check", place / "tiny.toml", tmp_path / "in", "--json")
    assert {paper["name"] for paper in json.loads(folders.stdout)["papers"]} == {"Cy tiny-A", "Dora tiny-A"}


def test_a_sheet_to_practise_never_has_the_students_own_numbers(place):
    """Even where it is drawn with the seed of the set; the code on it leads to what is printed."""
    exercise, manifest = load(place / "tiny.toml"), read_manifest(place / "set")
    options = Options(outlook=False)
    handed, _ = Desk(exercise, options, manifest).sorted(
        Submission({"net_o1": "77.7"}, f"t.csv, line {line}", id=student.id)
        for line, (student, _) in enumerate(manifest.members, start=2)
    )
    found = papers(handed)
    seed = parse_code(manifest.members[0][1]).seed
    tasks = list(follow_ups(found, exercise, options, Layout(), seed))
    assert len(tasks) == len(found) == 3
    for task, paper in zip(tasks, found, strict=True):
        ((_, variant),) = variants_of([parse_code(task.order.mark.code)], exercise, options)
        given = paper.edition.evaluation.given
        assert 2 * sum(given[name] == value for name, value in variant.drawn.items()) <= len(variant.drawn)


@pytest.mark.parametrize("text", ["0.37\x0075", "7" * 200_000, "9**9**9**9"], ids=["NUL", "a long cell", "a tower"])
def test_what_cannot_be_read_stops_no_other(tmp_path, text):
    """Neither the same person's next answer nor the next person's; a note says that somebody has to look at it."""
    table = f"Name,NET_H1,out_h1\nAna,{text},0.593270\nBo,0.3775,0.593270\n"
    result = run("check", "mazur", "-", "-o", tmp_path / "out", "--format", "html", "--jobs", 1, input=table)
    assert result.exit_code == 0, result.output
    assert "Note: 1 of the answers could not be read" in result.stderr
    found = json.loads((tmp_path / "out" / "answers.json").read_text(encoding="utf-8"))["papers"]
    verdicts = [[answer["verdict"] for answer in paper["answers"][:2]] for paper in found]
    assert verdicts == [["unreadable", "correct"], ["correct", "correct"]]
    assert "(1 answer could not be read)" in (tmp_path / "out" / "moodle.csv").read_text(encoding="utf-8-sig")


def test_nobody_hands_in_for_somebody_else(place):
    """Who gives another's code has no sheet judged, and the other's stays."""
    codes = {student.id: code for student, code in read_manifest(place / "set").members}
    table = f"id,code,net_o1\na01,{codes['a01']},1\na02,{codes['a01']},2\n"
    result = run("check", place / "tiny.toml", "-", "--set", place / "set", "--json", input=table)
    (paper,) = json.loads(result.stdout)["papers"]
    assert (paper["id"], paper["answers"][0]["written"]) == ("a01", "1")
    assert says(result, "answers_of_other")


def test_marks_of_others_are_kept(place, tmp_path):
    """A second check of fewer people does not replace the marks of the rest, unless that is wanted."""
    both, one = "id,net_h1\n1,5\n2,0.3775\n", "id,net_h1\n2,0.3775\n"
    arguments = ["check", "mazur", "-", "-o", tmp_path / "out", "--format", "html", "--jobs", 1]
    assert run(*arguments, input=both).exit_code == 0
    before = (tmp_path / "out" / "gradebook.csv").read_bytes()
    refused = run(*arguments, input=one)
    assert says(refused, "reports_of_others")
    assert (tmp_path / "out" / "gradebook.csv").read_bytes() == before
    assert run(*arguments, "--force", input=one).exit_code == 0


def test_a_form_that_is_blank_is_told(place):
    """It counts, with no marks; perhaps it was not saved."""
    form = next((place / "set" / "worksheets").glob("*.pdf"))
    result = run("check", place / "tiny.toml", form, "--json")
    assert says(result, "answers_blank")
    assert result.exit_code == 0


def test_a_pipe_that_nobody_writes_is_not_waited_for(tmp_path):
    """Like any file that cannot be read."""
    os.mkfifo(tmp_path / "pipe.csv")
    assert says(run("check", "mazur", tmp_path / "pipe.csv"), "file_unreadable")


@pytest.mark.parametrize(
    ("arguments", "text", "code", "exit_code"),
    [
        (["mazur", "-"], "name,net_h1\n", "table_without_rows", 1),
        (["mazur", "-"], "", "answers_nothing", 1),
        (["mazur", "-", "--set", "nowhere"], "net_h1\n1\n", "file_missing", 2),
        (["mazur", "-", "--sheet-for-each"], "net_h1\n1\n", "sheets_without_folder", 2),
        (["deep-symbolic", "-"], "net_h1\n1\n", "answers_large", 1),
        (["mazur", "-"], "net_h1,1\n0.3775,0.3775\n", "answers_field_twice", 1),
    ],
)
def test_what_cannot_be_checked_is_said(arguments, text, code, exit_code):
    """In one line, with the exit code that it deserves."""
    result = run("check", *arguments, input=text)
    assert says(result, code), result.output
    assert result.exit_code == exit_code


@pytest.mark.parametrize("text", ["{}", "[]", '{"set": 1}', '{"set": {}, "members": [1]}', "x" * 10, "[" * 100_000])
def test_a_damaged_manifest_is_refused(tmp_path, text):
    """And nothing is guessed from it."""
    (tmp_path / "manifest.json").write_text(text)
    assert says(run("check", "mazur", "-", "--set", tmp_path, input="net_h1\n1\n"), "manifest_broken")


def test_answers_of_nobody_in_the_set_are_left_out(place):
    """The others are checked all the same."""
    result = run("check", place / "tiny.toml", "-", "--set", place / "set", "--json", input="id,net_o1\nzzz,1\na03,1\n")
    assert [paper["id"] for paper in json.loads(result.stdout)["papers"]] == ["a03"]
    assert says(result, "answers_of_nobody")


@pytest.mark.parametrize(
    ("written", "quantity"),
    [
        ("net_h1", "net_h1"),
        ("1", "net_h1"),
        ("net_{h1}", "net_h1"),
        ("∂E/∂w5", "dE_total_dw5"),
        ("dE_total_dw5", "dE_total_dw5"),
        ("δ_o1", "delta_o1"),
        ("w5⁺", "w5_new"),
        ("1-mazur:out_o1", "out_o1"),
        ("bogus", ""),
        ("99", ""),
        ("w5", ""),
        ("__import__('os')", ""),
    ],
)
def test_an_answer_can_be_called_by_many_names(mazur, written, quantity):
    """Those of the notation, the number of the question, the field of a form."""
    fields = Fields(edition(mazur, language("en"), Options()), "mazur")
    found, problems = fields.read(Submission({written: "5"}, "x"))
    assert dict(found.answers) == ({quantity: "5"} if quantity else {})
    assert [problem.code for problem in problems] == ([] if quantity else ["answers_field"])


def test_fields_of_another_exercise_are_passed_over(mazur):
    """A form of several exercises is handed in once, and checked once for each of them."""
    fields = Fields(edition(mazur, language("en"), Options()), "mazur")
    found, problems = fields.read(
        Submission({"1-mazur:net_h1": "5", "2-other:net_h1": "6"}, "x", asked=("1-mazur:net_h1",))
    )
    assert (dict(found.answers), found.asked, problems) == ({"net_h1": "5"}, ("net_h1",), [])


# --- reports ----------------------------------------------------------------------------------------------------------


def paper_of(name: str, answers: dict[str, str], lang: str = "en", **options: object) -> Paper:
    handed, problems = Desk(load(name), Options(language=lang, **options)).sorted(
        [Submission(answers, "x", name="Ana")]
    )
    assert not problems
    (paper,) = papers(handed)
    return paper


def text_of(paper: Paper) -> str:
    """Every word of a report, line by line."""
    lines = []
    for block in student_document(paper, Letterhead()).sheets[0].blocks:
        match block:
            case Heading(text) | Paragraph(text):
                lines.append(as_text(text))
            case Listing(lines=rows):
                lines += [" | ".join(map(as_text, row.cells)) for row in rows]
    return "\n".join(lines)


def test_a_report_names_the_first_wrong_step_and_shows_the_values_that_were_used(mazur):
    """In the words of the student's language, with the decimal mark of the sheet."""
    texts = texts_of(mazur, _with(mazur, "bias_forgotten", "net_h1"))
    found = text_of(paper_of("mazur", texts, "es"))
    assert "El primer paso que salió mal es el número 1, net_h1." in found
    assert "1. net_h1: sesgo olvidado" in found
    assert "2 | out_h1 | 0.506875 | 0,593270 | correcta con tu net_h1 = 0,0275000 | 1" in found


def test_a_report_on_a_sheet_without_faults_says_so(mazur):
    """And not more."""
    found = text_of(paper_of("mazur", texts_of(mazur)))
    assert found.startswith("Every answer is right.")
    assert "What went wrong" not in found


@pytest.mark.parametrize("lang", ["en", "es", "zh"])
def test_every_verdict_has_its_words(lang):
    """In each language."""
    for verdict in Verdict:
        assert language(lang).plain(f"verdict.{verdict}")


FORMULAS = {
    "net_h1": ("i1*w1 + w2 i2 + w3·i3 + w4 i4", Verdict.CORRECT),
    "net_h2": ("w5 i1 + w6 i2 + w7 i3", Verdict.MISTAKE),
    "out_h1": ("σ(net_h1)", Verdict.CORRECT),
    "out_h2": ("1/(1+exp(-out_h2))", Verdict.UNREADABLE),
    "out_h3": ("sigma(net_h3", Verdict.UNREADABLE),
    "net_h3": ("w9 sigma(net_h1) + w10 sigma(w5 i1 + w6 i2 + w7 i3)", Verdict.FOLLOWS),
    "delta_o1": ("-(out_o1 - target_o1) out_o1 (1-out_o1)", Verdict.ONE_OF),
    "dE_total_dw13": ("-∂E/∂net_o1 * out_h3", Verdict.SIGN),
    "dE_total_dw14": ("(o1 - t1) o1 (1 - o1) out_h4", Verdict.CORRECT),
    "E_total": ("1/2 (t1 - o1)^2", Verdict.CORRECT),
    "w13_new": ("w13 - eta dE/dw13", Verdict.CORRECT),
    "net_h4": ("__import__('os').system('x')", Verdict.UNREADABLE),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_formulas_are_judged_by_what_they_are_worth(formulas, name):
    """However they are written: right, right for an earlier formula, a known mistake, or saying nothing."""
    assert formulas.findings[name].verdict is FORMULAS[name][1]


@pytest.fixture(scope="module")
def formulas() -> Paper:
    """A sheet in symbols."""
    return paper_of("deep-symbolic", {name: text for name, (text, _) in FORMULAS.items()}, notation="net-out")


def test_a_wrong_formula_may_use_less_than_the_right_one():
    """What it leaves out has a value all the same where others are compared."""
    answers = {"net_h1": "w1+7", "w2_new": "w1+7", "net_h1_new": "w1+7"}
    paper = paper_of("deep-symbolic", answers, notation="net-out")
    assert {paper.findings[name].verdict for name in answers} <= {Verdict.WRONG, Verdict.MISTAKE, Verdict.ONE_OF}


def test_a_report_on_formulas_shows_them(formulas):
    """Wrong and right."""
    found = text_of(formulas)
    assert "incoming value left out" in found
    assert "The formula uses out_h2" in found
    assert "The bracket ( is never closed." in found


def test_what_is_practised_is_what_went_wrong(mazur):
    """Not what was only miswritten, where there is anything else; never more than a sheet has room for."""
    texts = texts_of(mazur, _with(mazur, "one_path", "dE_total_dout_h1"))
    assert to_practise(paper_of("mazur", texts | {"net_h1": "-0.3775"})) >= {"delta_h1", "delta_h2"}
    assert "net_h1" not in to_practise(paper_of("mazur", texts | {"net_h1": "-0.3775"}))
    assert to_practise(paper_of("mazur", texts_of(mazur) | {"net_h1": "-0.3775"})) >= {"net_h1"}
    assert to_practise(paper_of("mazur", texts_of(mazur))) == frozenset()
    assert len(to_practise(paper_of("mazur", dict.fromkeys(texts, "77")))) == MOST_QUESTIONS


def test_standard_input_is_read_once(place):
    """Even where it is named twice."""
    result = run("check", "mazur", "-", "-", "--json", input=io.BytesIO(b"name,net_h1\nAna,1\n"))
    assert len(json.loads(result.stdout)["papers"]) == 1


# --- anything at all --------------------------------------------------------------------------------------------------

HOSTILE = (
    "9**9**9**9",
    "9^9^9^9",
    "__import__('os').system('touch /tmp/x')",
    "lambda: 0",
    "(" * 5_000,
    "1" * 100_000,
    "1e999999999",
    "-1e-999999999",
    "\x00\x1b[31m",
    "\ud800",
    "＝1+1",
    "{{7*7}}",
    "%s%n",
    "NaN",
    "inf",
    "١٢٣",
    "½½",
    "0x10",
    "1_000",
    "<script>alert(1)</script>",
    "\\input{/etc/passwd}",
    "../../etc/passwd",
)
_anything = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=30),
    st.floats(allow_nan=True).map(repr),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
)


@given(st.data())
@settings(max_examples=6)
def test_whatever_is_written_is_judged_and_reported(data):
    """No text stops a check, and each has one verdict."""
    names = [box.id for box in Fields(edition(load("mazur"), language("en"), Options()), "mazur").boxes]
    answers = data.draw(st.dictionaries(st.sampled_from(names), _anything, max_size=12))
    paper = paper_of("mazur", answers)
    assert {finding.quantity for finding in paper.findings.values()} == set(names)
    assert 0 <= paper.marks <= paper.out_of
    assert text_of(paper)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_answers_reach_no_page_as_markup(text):
    """In HTML they are text; nothing is run, and nothing takes long."""
    paper = paper_of("mazur", {"net_h1": text, "out_h1": text})
    page = html.render(student_document(paper, Letterhead()), Layout()).content.decode("utf-8", "replace")
    assert paper.findings["net_h1"].verdict in (Verdict.UNREADABLE, Verdict.WRONG, Verdict.BLANK)
    assert "<script>alert" not in page
    assert len(page) < 300_000
