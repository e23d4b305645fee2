"""The report on a class: its figures by hand, a heat map that has every answer once, and pages that hold together."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from io import BytesIO, StringIO
from itertools import count
from math import sqrt

import numpy as np
import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from derive.checking.reports.class_report.counts import (
    SHADES,
    discrimination,
    faults_of,
    hardest,
    in_need,
    items_of,
    ranked,
)
from derive.checking.reports.class_report.document import class_document
from derive.checking.verification.verdicts import Verdict
from derive.choices import languages
from derive.figures.drawing import Anchor
from derive.figures.heat_map.composition import MOST_COLUMNS, MOST_ROWS, Column, Row, cut, heat_maps, slashed
from derive.figures.heat_map.drawing import Shade
from derive.mathtext.building import row
from derive.mathtext.metrics import text_width
from derive.mathtext.tree import Fraction as Over
from derive.mathtext.tree import Identifier, Operator, Spacing
from derive.render import Layout, html, pdf, terminal
from derive.sheet.document import Document, Figure, Heading, Items, Kind, Letterhead, Listing, Table
from derive.words.languages import as_text, language
from tests.checking.small_class import FOUR, HOSTILE_NAMES, hostile_class, judged, small_class, submission

LEGEND = {shade: str(shade) for shade in Shade}
WIDE, HIGH = 730, 480  # points that a page of A4 or Letter across has for a figure


def report(papers, code: str = "en", problems=()) -> Document:
    return class_document(papers, language(code), Letterhead(), problems)


def blocks(document: Document, kind: type) -> list:
    return [block for block in document.sheets[0].blocks if isinstance(block, kind)]


def headings(document: Document) -> list[str]:
    return [as_text(block.text) for block in blocks(document, Heading)]


def listing(document: Document, head: str) -> list[list[str]]:
    """The cells of the table with this among its heads."""
    (found,) = (block for block in blocks(document, Listing) if head in block.heads)
    return [[as_text(cell) for cell in line.cells] for line in found.lines]


# --- the figures of a class -------------------------------------------------------------------------------------------


def test_every_verdict_has_a_shade():
    """A verdict that is new has to be shown too."""
    assert set(SHADES) == set(Verdict)


def test_the_answers_are_counted():
    """Of each kind, with the credit by hand, and who went wrong there first."""
    found = {item.box.id: item for item in items_of(small_class())}
    assert list(found) == list(FOUR)
    assert [dict(item.counts) for item in found.values()] == [
        {Shade.RIGHT: 2, Shade.MISTAKE: 2},
        {Shade.RIGHT: 1, Shade.FOLLOWS: 2, Shade.WRONG: 1},
        {Shade.RIGHT: 3, Shade.PARTLY: 1},
        {Shade.RIGHT: 1, Shade.BLANK: 2, Shade.UNREADABLE: 1},
    ]
    assert [item.credit for item in found.values()] == [Fraction(n, 8) for n in (4, 6, 7, 2)]
    assert [item.first for item in found.values()] == [2, 1, 0, 0]
    assert [dict(item.faults) for item in found.values()] == [
        {"mistake.bias_forgotten": 2},
        {},
        {"verdict.sign": 1},
        {},
    ]
    assert [item.box.id for item in hardest(found.values(), 1)] == ["net_h1"]


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        ("net_h1", 0.25 / sqrt(2.1875)),  # credits 1 0 1 0; the rest of the marks 3 2 1 1.5
        ("out_h1", -0.375 / sqrt(0.75 * 3.6875)),  # 1 1 0 1; 3 1 2 0.5
    ],
)
def test_the_discrimination_is_that_of_the_hand_calculation(quantity, expected):
    """The answer itself is not among the marks that it is correlated with."""
    (item,) = (item for item in items_of(small_class()) if item.box.id == quantity)
    assert item.discrimination == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("credits", "rests"),
    [([1, 1, 1], [3, 2, 1]), ([1, 0, 1], [2, 2, 2]), ([1, 0], [5, 1]), ([1], [1]), ([], [])],
    ids=["one credit", "one mark", "two students", "one student", "nobody"],
)
def test_where_nothing_varies_there_is_no_discrimination(credits, rests):
    """And that of two students says nothing."""
    assert discrimination(credits, rests) is None


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.integers(0, 40)), min_size=3, max_size=30))
def test_the_discrimination_is_a_correlation(pairs):
    """As NumPy calculates it."""
    credits, rests = zip(*pairs, strict=True)
    found = discrimination(credits, rests)
    if found is None:
        assert len(set(credits)) == 1 or len(set(rests)) == 1
    else:
        assert found == pytest.approx(np.corrcoef(credits, rests)[0, 1], abs=1e-9)


def test_mistakes_are_counted_by_student():
    """The commonest first, with where and in which form."""
    first, *others = faults_of(small_class())
    assert (first.message, first.students, first.times, first.places) == (
        "mistake.bias_forgotten",
        2,
        2,
        ("net_h1",),
    )
    assert first.slip
    assert first.slip.place == "net_h1"
    assert [(fault.message, fault.slip) for fault in others] == [("verdict.sign", None)]


def test_one_of_several_mistakes_is_counted_apart():
    """Nobody is charged with a mistake that perhaps was another one."""
    ana = small_class()[1]
    slip = ana.findings["net_h1"].slips[0]
    doubtful = replace(ana.findings["net_h1"], verdict=Verdict.ONE_OF, slips=(slip, replace(slip, code="bias_twice")))
    papers = [*small_class(), replace(ana, findings={**ana.findings, "net_h1": doubtful})]
    found = {fault.message: fault for fault in faults_of(papers)}
    assert [
        (found[name].students, found[name].possibly) for name in ("mistake.bias_forgotten", "mistake.bias_twice")
    ] == [
        (2, 1),
        (0, 1),
    ]
    assert found["mistake.bias_twice"].slip is None


def test_help_is_for_the_lowest_quarter_and_nobody_twice():
    """The lowest first, with all who have as few marks as the last; those who lost nothing need none."""
    assert [paper.submission.name for paper in in_need(small_class())] == ["Dora"]
    assert in_need(small_class()[:1]) == []
    dora = small_class()[3]
    again = replace(dora, submission=replace(dora.submission, name="Dora Smith", source="b.pdf"))
    found = in_need([*small_class(), again])
    assert [paper.submission.name for paper in found][1:] == ["王小明", "Bo"]  # and Dora once
    assert [str(paper.marks) for paper in found] == ["1.5", "2", "2"]


def test_a_shared_code_does_not_hide_anybody():
    """A whole class can have one sheet, and so one code."""
    papers = [replace(paper, submission=replace(paper.submission, code="X", id="")) for paper in small_class()]
    others = [replace(paper, submission=replace(paper.submission, name=f"N{n}")) for n, paper in enumerate(papers)]
    assert len(in_need([*papers, *others])) == 2


# --- the heat map -----------------------------------------------------------------------------------------------------


def grid(rows: int, columns: int) -> tuple[list[Row], list[Column]]:
    cycle = (Shade.RIGHT, Shade.RIGHT, *Shade, None, None)
    numbers = count()
    lines = [
        Row(f"Student {at}", "17.5", tuple(cycle[next(numbers) % len(cycle)] for _ in range(columns)))
        for at in range(rows)
    ]
    return lines, [Column(at, Identifier("x")) for at in range(1, columns + 1)]


@pytest.mark.parametrize(
    ("rows", "columns", "parts"), [(1, 1, 1), (30, 42, 1), (33, 42, 2), (200, 42, 7), (30, 150, 4)]
)
def test_every_answer_is_in_the_heat_maps_once(rows, columns, parts):
    """In parts of about the same size, each of which fits a page."""
    lines, heads = grid(rows, columns)
    found = heat_maps(lines, heads, LEGEND)
    assert len(found) == parts
    shown = {}
    for part in found:
        assert part.figure.width <= WIDE
        assert part.figure.height <= HIGH
        assert part.figure.rows == len(part.rows) <= MOST_ROWS
        assert part.figure.columns == len(part.columns) <= MOST_COLUMNS
        for patch in part.figure.patches:
            for stretch in patch.stretches:
                for column in range(stretch.column, stretch.column + stretch.length):
                    place = part.rows[stretch.row], part.columns[column]
                    assert place not in shown
                    shown[place] = patch.shade
    asked = {(r, c): shade for r, line in enumerate(lines) for c, shade in enumerate(line.shades) if shade}
    assert shown == asked


def test_names_and_heads_keep_to_their_room():
    """A long name is cut, a long symbol is left out, and a number stands above the first of its answers only."""
    lines, heads = grid(2, 3)
    lines[0] = replace(lines[0], name="W" * 200)
    heads[1] = replace(heads[1], number=1)
    heads[2] = replace(heads[2], symbol=Identifier("x" * 60))
    (part,) = heat_maps(lines, heads, LEGEND)
    texts = [caption.body for caption in part.figure.captions]
    assert texts[0].endswith("W…")
    assert [text for text in texts if text.isdecimal()] == ["1", "3"]
    assert len(part.figure.heads) == 2
    assert part.figure.left < 120


@given(st.text(st.sampled_from("aWi王 é□"), max_size=80), st.floats(10, 200))
def test_a_cut_text_fits(text, room):
    """And is left alone where it fits."""
    found = cut(text, room)
    assert text_width(found, 8) <= room + 1e-6
    assert found == text or found.endswith("…")


def test_a_fraction_in_a_head_is_on_one_line():
    """With a slash; whatever else there is stays as it is."""
    over, under = Identifier("a"), Identifier("b")
    assert slashed(Over(over, under)) == row(over, Operator("/", Spacing.NONE), under)
    assert slashed(over) == over


def test_the_drawing_has_few_elements():
    """One for all cells of a shade and one for their signs: thousands of them would take WeasyPrint minutes."""
    drawn = []
    for size in (10, 32):
        lines, heads = grid(size, MOST_COLUMNS)
        (part,) = heat_maps(lines, heads, LEGEND)
        document = report(small_class())
        figure = Figure(part.figure, "")
        page = replace(document, sheets=(replace(document.sheets[0], blocks=(figure,)),))
        drawn.append(html.render(page, Layout()).content.decode())
    assert drawn[0].count("<path") == drawn[1].count("<path") <= 2 * 2 * len(Shade) + 2


# --- the document -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", languages())
def test_the_report_is_complete_in_every_language(code):
    """All parts, with the marks of the class in the language's decimals."""
    document = report(small_class(), code, ["b.csv, line 3: nothing"])
    assert (document.kind, document.language) == (Kind.CLASS_REPORT, code)
    assert document.sheets[0].title == small_class()[0].edition.exercise.title(code)
    assert len(headings(document)) == len(set(headings(document))) == 6
    (summary,) = blocks(document, Table)
    marks = as_text(summary.rows[1][1])
    mean = "2,38" if code == "es" else "2.38"
    assert mean in marks
    assert blocks(document, Items)[0].items == (("b.csv, line 3: nothing",),)
    assert len(blocks(document, Figure)) == 1


def test_the_tables_say_what_is_true():
    """Of the answers, of the mistakes, of those in need, and of what only a person can read."""
    document = report(small_class())
    answers = listing(document, "Discrim.")
    counts = ["2", "", "", "2", "", "", ""]
    forgotten = language("en").plain("mistake.bias_forgotten")
    assert answers[0] == ["1", "net_h1", *counts, "50%", "0.17", "2", f"{forgotten} (2×)"]
    assert [line[10] for line in answers] == ["0.17", "−0.23", "0.33", "0.93"]
    assert listing(document, "Perhaps also")[0][1:] == ["2", "2", "", "net_h1"]
    assert listing(document, "Mistakes")[0][:3] == ["Dora", "1.5 of 4", "1. net_h1"]
    assert listing(document, "Written") == [["王小明", "4. out_h2", "0.0x"]]


def test_the_best_stand_at_the_top():
    """Those with the same marks by name."""
    assert [paper.submission.name for paper in ranked(small_class())] == ["Ana", "Bo", "王小明", "Dora"]
    (figure,) = blocks(report(small_class()), Figure)
    assert [caption.body for caption in figure.diagram.captions][:4] == ["Ana", "Bo", "王小明", "Dora"]


def test_the_alternative_text_says_the_most_important():
    """How many are right, how many were left blank, and where it went wrong."""
    (figure,) = blocks(report(small_class()), Figure)
    for part in ("students 1 to 4 of 4", "questions 1 to 4", "56%", "12% were left blank", "net_h1 (no. 1, 2×)"):
        assert part in figure.alternative


@pytest.mark.parametrize("code", languages())
def test_nobody_and_nothing_wrong_are_reports_too(code):
    """An empty folder, and a class without a mistake."""
    assert headings(report([], code)) == []
    assert headings(report([], code, ["a.pdf: encrypted"])) == [language(code).plain("class.heading.problems")]
    best = report(small_class()[:1], code)
    words = [as_text(part) for block in best.sheets[0].blocks if hasattr(block, "text") for part in [block.text]]
    assert language(code).plain("class.nobody") in words
    assert language(code).plain("class.no_mistakes") in words


def test_a_sheet_in_matrices_has_every_entry():
    """The entries of a matrix are answers to one question, whose number stands once."""
    everything = judged(replace(submission("Ana", {}), asked=None), name="udacity-b")
    (figure,) = blocks(report(everything), Figure)
    numbers = [caption.body for caption in figure.diagram.captions if caption.anchor is Anchor.MIDDLE]
    assert figure.diagram.columns == len(everything[0].boxes) > len(numbers)
    assert len(numbers) == len(set(numbers))


# --- pages ------------------------------------------------------------------------------------------------------------


def test_hostile_names_are_only_names():
    """In HTML nothing of them is markup; what no font has is a box, with the id behind it."""
    page = html.render(report(hostile_class(), "en", HOSTILE_NAMES), Layout()).content.decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "{{ 7 * 7 }}" in page
    assert "□" in page
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800]", page)


def test_pages_lie_across_and_figures_have_alternative_texts():
    """In the tags of a PDF."""
    document = report(hostile_class(), "zh", HOSTILE_NAMES)
    with pikepdf.open(BytesIO(pdf.render(document, Layout()).content)) as file:
        _, _, width, height = map(float, file.pages[0].MediaBox)
        texts = [
            str(thing.Alt)
            for thing in file.objects
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == "/Figure"
        ]
    assert width > height
    (figure,) = blocks(document, Figure)
    assert figure.alternative in texts


# --- the terminal -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "width"), [("en", 80), ("es", 80), ("zh", 80), ("en", 60)])
def test_a_narrow_terminal_tears_no_word(code, width):
    """Columns that can be spared go; the heading of a drawing, which is not there, goes with it."""
    words = language(code)
    console = Console(width=width, file=StringIO())
    console.print(terminal.document(report(small_class(), code)))
    text = console.file.getvalue()
    assert max(map(cell_len, text.splitlines())) <= width
    shown = set(text.split())
    for head in ("answer", "right", "follows", "mistake", "credit"):
        assert code == "zh" or set(words.plain(f"class.head.{head}").split()) <= shown
    assert {as_text((word,)) for word in ("net_h1", "out_h1")} <= shown
    assert words.plain("class.heading.map") not in text
    assert words.plain("class.heading.answers") in text
    assert words.plain("class.head.discrimination") in text.split(words.plain("class.head.credit"), 1)[1]
    assert words.template("class.left_out").partition("{")[0].split()[0] in text


def test_a_wide_terminal_leaves_out_only_what_is_empty():
    """No column of the shades that nobody has; all others, and each cell on one line."""
    console = Console(width=200, file=StringIO())
    console.print(terminal.document(report(small_class())))
    heads = next(line for line in console.file.getvalue().splitlines() if "Commonest mistake" in line)
    assert re.split("  +", heads.strip()) == [
        *("No.", "Answer", "Right", "Follows", "Partly", "Known mistake", "Other mistake", "Not readable", "Blank"),
        *("Credit", "Discrim.", "First wrong", "Commonest mistake"),
    ]
