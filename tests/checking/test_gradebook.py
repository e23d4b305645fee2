"""Tables for gradebooks: the columns that the platforms ask for, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
from collections.abc import Callable

import pytest

from derive.checking.reports import gradebook
from derive.classes.spreadsheet import defused
from tests.checking.small_class import HOSTILE_NAMES, hostile_class, small_class

TABLES: dict[str, Callable[..., bytes]] = {
    "plain": gradebook.plain,
    "answers": gradebook.answers,
    "moodle": lambda papers: gradebook.moodle(papers, "=Sheet 1"),
    "canvas": lambda papers: gradebook.canvas(papers, "=Sheet 1"),
}


def rows(table: bytes) -> list[list[str]]:
    assert table.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(table.decode("utf-8-sig").splitlines(keepends=True)))


def records(table: bytes) -> list[dict[str, str]]:
    head, *lines = rows(table)
    return [dict(zip(head, line, strict=True)) for line in lines]


def test_the_plain_table_has_a_row_for_each_student_in_their_order():
    """Marks with a decimal point, counts of each kind, what went wrong first and what it was."""
    found = records(gradebook.plain(small_class()))
    columns = ("name", "marks", "out_of", "percent", "right", "follows", "partly", "mistake", "wrong", "unreadable")
    assert [tuple(line[column] for column in (*columns, "blank", "first_wrong", "mistakes")) for line in found] == [
        ("Ana", "4", "4", "100", "4", "0", "0", "0", "0", "0", "0", "", ""),
        ("Bo", "2", "4", "50", "1", "1", "0", "1", "0", "0", "1", "net_h1", "bias_forgotten"),
        ("王小明", "2", "4", "50", "2", "0", "0", "0", "1", "1", "0", "out_h1", ""),
        ("Dora", "1.5", "4", "37.5", "0", "1", "1", "1", "0", "0", "1", "net_h1", "bias_forgotten sign"),
    ]
    assert [line["language"] for line in found] == ["", "es", "zh", ""]


def test_the_answers_have_a_row_each():
    """What was written, what became of it, what it earned, which mistake it was and what it follows from."""
    found = records(gradebook.answers(small_class()))
    assert len(found) == 16
    columns = ("name", "question", "quantity", "written", "verdict", "credit", "mistakes", "used")
    assert [tuple(line[column] for column in columns) for line in found[4:8]] == [
        ("Bo", "1", "net_h1", "0.0275", "mistake", "0", "bias_forgotten", ""),
        ("Bo", "2", "out_h1", "0.506875", "follows", "1", "", "net_h1"),
        ("Bo", "3", "net_h2", "0.3925", "correct", "1", "", ""),
        ("Bo", "4", "out_h2", "", "blank", "0", "", ""),
    ]
    assert found[14]["written"] == "-0.3925"  # a number stays a number


def test_moodle_finds_the_columns_of_its_own_export():
    """Somebody to know the user by, marks, a percentage, and feedback in the student's language."""
    head, *lines = rows(gradebook.moodle(small_class(), "Sheet 1"))
    marks = ["Sheet 1 (Real)", "Sheet 1 (Percentage)", "Sheet 1 (Feedback)"]
    assert head == ["Full name", "ID number", "Email address", *marks]
    assert lines[0] == ["Ana", "a01", "ana@uni.example", "4", "100", "4 of 4"]
    assert lines[1] == ["Bo", "a02", "", "2", "50", "2 de 4. Primer paso equivocado: 1. net_h1"]
    assert "2. out_h1" in lines[2][-1]


def test_canvas_finds_the_columns_of_its_own_export():
    """Its own ID stays empty, or it would take our numbers for other people's."""
    head, points, *lines = rows(gradebook.canvas(small_class(), "Sheet 1"))
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Sheet 1"]
    assert points == ["    Points Possible", "", "", "", "", "4"]
    assert lines[0] == ["Ana", "", "a01", "ana@uni.example", "1", "4"]
    assert [line[-1] for line in lines] == ["4", "2", "2", "1.5"]


@pytest.mark.parametrize("table", TABLES)
def test_no_cell_is_a_formula_or_has_a_control_character(table):
    """Whatever students call themselves and write; every row has all its columns."""
    head, *lines = rows(TABLES[table](hostile_class()))
    cells = [cell for line in (head, *lines) for cell in line]
    assert [cell for cell in cells if defused(cell) != cell] == []
    assert [
        cell for cell in cells if any(ord(letter) < 32 or ord(letter) in (127, 155, 0x202E) for letter in cell)
    ] == []
    assert {len(line) for line in lines} == {len(head)}
    assert len(lines) >= len(HOSTILE_NAMES)
    assert any("王小明" in line for line in lines)


def test_no_name_is_taken_for_the_row_of_the_points():
    """Canvas looks for these words in the first column."""
    lines = rows(gradebook.canvas(hostile_class(), "Sheet 1"))
    assert [line[0] for line in lines if "Points Possible" in line[0]] == ["    Points Possible"]


@pytest.mark.parametrize("table", TABLES)
def test_a_class_of_nobody_is_a_head(table):
    """And, for Canvas, the row of points."""
    assert len(rows(TABLES[table]([]))) == (2 if table == "canvas" else 1)
