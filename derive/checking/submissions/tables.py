"""CSV: a row for each student, a column for each quantity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from derive.authoring.validation import shortened
from derive.checking.submissions.limits import MOST_ANSWERS, MOST_CHARACTERS
from derive.checking.submissions.submission import Submission, handed_in
from derive.classes.columns import Head, read_head, rows_below
from derive.classes.people import LONGEST_TEXT, findings
from derive.classes.tables import Row, decoded
from derive.words.errors import Problem

_CODE = ("code", "variant", "código de variante", "variante", "código", "代码", "变式")
"""Before a student's id, which may be called ``código`` too."""


def read_table(content: bytes, file: str) -> Iterator[Submission | Problem]:
    """Each row, or what is wrong with it.

    The columns that say who it was are found as in a class list, and none of them has to be there. Every other column
    is one of answers, named by its heading.
    """
    text = decoded(content, file)
    head = read_head(text, file, {"code": _CODE})
    flaws = list(_flaws(head))
    yield from flaws
    if flaws:
        return
    fields, row = _fields(head), None
    for row in rows_below(head, text):
        yield from [row] if isinstance(row, Problem) else _read(head, row, fields)
    if row is None:
        yield Problem("table_without_rows", file)


def _fields(head: Head) -> Mapping[int, str]:
    """The columns of answers, with their names."""
    taken = {column for columns in head.columns.values() for column in columns}
    names = {column: heading.strip()[:LONGEST_TEXT] for column, heading in enumerate(head.headings)}
    return {column: name for column, name in names.items() if name and column not in taken}


def _flaws(head: Head) -> Iterator[Problem]:
    """What is wrong with the head; nothing is read under one that has two meanings."""
    if not head.headings:
        yield Problem("table_without_rows", head.file)
    fields = _fields(head)
    if len(fields) > MOST_ANSWERS:
        yield Problem("answers_many", head.file, line=head.line, evidence={"limit": f"{MOST_ANSWERS:,}"})
        return
    yield from head.twice({column for columns in head.columns.values() for column in columns})
    for name, count in Counter(fields.values()).items():
        if count > 1:
            yield Problem("table_column_twice", head.file, line=head.line, evidence={"found": shortened(name)})


def _read(head: Head, row: Row, fields: Mapping[int, str]) -> Iterator[Submission | Problem]:
    texts = head.texts(row)
    problems = [head.problem(finding.code, row, str(finding.keys[0]), finding.evidence) for finding in findings(texts)]
    if sum(map(len, row.cells)) > MOST_CHARACTERS:
        evidence = {"limit": f"{MOST_CHARACTERS:,}"}
        problems.append(Problem("answers_long", head.file, line=row.line, evidence=evidence))
    yield from problems
    if not problems:
        cells = dict(enumerate(row.cells))
        answers = {name: cells.get(column, "") for column, name in fields.items()}
        yield handed_in(answers, f"{head.file}, line {row.line}", texts)
