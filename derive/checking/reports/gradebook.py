"""The marks of a class as CSV: for people, for Moodle, for Canvas, and every answer by itself.

All are UTF-8 with a byte order mark, without which Excel takes names for Latin-1, and have a decimal point. Texts that
somebody else wrote are on one line, shortened, and no formula; a control character is the picture of itself.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import StringIO

from derive.checking.answers.unreadable import on_a_line
from derive.checking.reports.class_report.counts import SHADES
from derive.checking.reports.ways import decimal_text
from derive.checking.verification.papers import Paper
from derive.checking.verification.verdicts import SLIPS, Verdict
from derive.classes.spreadsheet import defused
from derive.figures.heat_map.drawing import Shade
from derive.mathtext.plain import plain as plain_text
from derive.model.quantities import quantity_named
from derive.words.languages import as_text

_LONGEST = 500  # characters of a cell
_POINTS_POSSIBLE = "Points Possible"
_PERSON = ("name", "id", "email", "group", "language", "code")


def plain(papers: Iterable[Paper]) -> bytes:
    """A row a student: marks, percentage, how many answers there are of each kind, the first step that went wrong."""
    head = (*_PERSON, "marks", "out_of", "percent", *Shade, "first_wrong", "mistakes", "source")
    return _csv(head, (_plain_row(paper) for paper in papers))


def _plain_row(paper: Paper) -> Iterator[str]:
    counts = Counter(SHADES[finding.verdict] for finding in paper.asked)
    yield from _person(paper)
    yield from (_marks(paper.marks), str(paper.out_of), _percent(paper))
    yield from (str(counts[shade]) for shade in Shade)
    yield paper.first_wrong.quantity if paper.first_wrong else ""
    yield " ".join(dict.fromkeys(_faults(paper)))
    yield _shown(paper.submission.source)


def _faults(paper: Paper) -> Iterator[str]:
    """What was done wrong, in order of the sheet: mistakes, with | between those that it may be, and slips."""
    for finding in paper.asked:
        if finding.codes:
            yield "|".join(finding.codes)
        elif finding.verdict in SLIPS:
            yield str(finding.verdict)


def answers(papers: Iterable[Paper]) -> bytes:
    """A row for each answer of each student, those that were not asked for without a number and without credit."""
    head = ("name", "id", "code", "question", "quantity", "written", "verdict", "credit", "mistakes", "used")
    return _csv(head, (row for paper in papers for row in _answer_rows(paper)))


def _answer_rows(paper: Paper) -> Iterator[tuple[str, ...]]:
    own, numbers = paper.submission, {box.id: box.number for box in paper.boxes}
    person = _shown(own.name), _shown(own.id), _shown(own.code)
    for finding in paper.findings.values():
        is_asked = finding.quantity in numbers
        yield (
            *person,
            str(numbers[finding.quantity]) if is_asked else "",
            finding.quantity,
            _shown(finding.written),
            str(finding.verdict),
            _marks(paper.credit(finding)) if is_asked else "",
            " ".join(finding.codes),
            " ".join(finding.used),
        )


def moodle(papers: Iterable[Paper], title: str) -> bytes:
    """For Moodle's import of grades, with columns named as Moodle's own export names them.

    Moodle asks which column tells the users apart (ID number or email address) and which one goes into which grade
    item; what is not mapped is left out. A new item has 100 points, and none takes more, so there are marks and
    percentages; feedback is in the student's language. Sources: https://docs.moodle.org/en/Grade_import;
    ``grade/export/lib.php`` and ``grade/import/csv/classes/load_data.php`` in Moodle.
    """
    columns = (f"{_shown(title)} ({part})" for part in ("Real", "Percentage", "Feedback"))
    rows = (
        (*map(_shown, _identity(paper)), _marks(paper.marks), _percent(paper), _feedback(paper)) for paper in papers
    )
    return _csv(("Full name", "ID number", "Email address", *columns), rows)


def _identity(paper: Paper) -> tuple[str, str, str]:
    own = paper.submission
    return own.name, own.id, own.email


def _feedback(paper: Paper) -> str:
    """Where the student should begin to look, and how much nobody has looked at yet."""
    say, first = paper.edition.language, paper.first_wrong
    said = say.plain("report.marks_of", marks=_marks(paper.marks), all=paper.out_of)
    if first:
        symbol = plain_text(paper.edition.notation.symbol(quantity_named(first.quantity)))
        numbers = {box.id: box.number for box in paper.boxes}
        is_asked = first.quantity in numbers
        step = say.plain("class.box", number=numbers[first.quantity], symbol=symbol) if is_asked else symbol
        said = as_text(say.text("class.feedback", marks=said, step=step))
    unread = sum(finding.verdict is Verdict.UNREADABLE for finding in paper.asked)
    return f"{said} ({as_text(say.counted('class.unreadable', unread))})" if unread else said


def canvas(papers: Sequence[Paper], title: str) -> bytes:
    """For Canvas's import of grades: the columns of Canvas's own export, and below them what each mark is out of.

    Canvas tells students by the SIS User ID, which is our id, else by the SIS Login ID, for which the email address
    stands, else by name; its own ID is not known here and stays empty. A title with a number in brackets at its end is
    that of the assignment with this number. Sources: ``lib/gradebook_importer.rb`` and ``lib/gradebook_exporter.rb`` in
    Canvas; https://community.canvaslms.com, "How do I import grades in the Gradebook?".
    """
    best = max((paper.out_of for paper in papers), default=0)
    head = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", _shown(title))
    rows = ((*_canvas_person(paper), _marks(paper.marks)) for paper in papers)
    return _csv(head, [(f"    {_POINTS_POSSIBLE}", "", "", "", "", str(best)), *rows])


def _canvas_person(paper: Paper) -> tuple[str, str, str, str, str]:
    """Canvas takes a row for that of the points if the name has the words, so they get another space."""
    own = paper.submission
    name = _shown(own.name).replace(_POINTS_POSSIBLE, _POINTS_POSSIBLE.replace(" ", "\u00a0"))
    return name, "", _shown(own.id), _shown(own.email), _shown(own.group)


# --- cells ------------------------------------------------------------------------------------------------------------


def _csv(head: Sequence[str], rows: Iterable[Iterable[str]]) -> bytes:
    file = StringIO(newline="")
    table = csv.writer(file)
    table.writerow(map(defused, head))
    table.writerows(map(defused, cells) for cells in rows)
    return file.getvalue().encode("utf-8-sig")


def _person(paper: Paper) -> Iterator[str]:
    return (_shown(getattr(paper.submission, part)) for part in _PERSON)


def _shown(text: str) -> str:
    """Somebody else's text on one line."""
    return on_a_line(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…")


def _percent(paper: Paper) -> str:
    return _marks(100 * paper.marks / paper.out_of) if paper.out_of else ""


def _marks(number: Decimal) -> str:
    return decimal_text(number, ".")
