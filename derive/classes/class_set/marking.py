"""The marking table: the answers of all students, for people as pages and for spreadsheets as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from math import ceil
from textwrap import wrap
from typing import TypeVar

import numpy as np

from derive.classes.class_set.members import Member
from derive.classes.spreadsheet import defused
from derive.classes.variants.demands import Demands
from derive.equations.filling import Filling
from derive.mathtext.metrics import printable
from derive.mathtext.plain import plain
from derive.model.quantities import quantity_named
from derive.numbers.intervals.reach import Given, Reach
from derive.sheet.answer_boxes import boxes_of
from derive.sheet.document import APART, Document, Kind, Ledger, Letterhead, Sheet
from derive.sheet.edition import Edition
from derive.words.languages import Language

Item = TypeVar("Item")

_HEAD = ("number", "id", "name", "group", "language", "code")
_MISTAKES_HEAD = ("quantity", "mistakes", "place", "wrong", "least_distance", "median_distance", "alike", "demanded")
_ACROSS, _DOWN = 172, 50  # characters and lines of a page across
_CODE = 12  # characters of room for a code
_PAGES = 20  # in a document


@dataclass(frozen=True, slots=True)
class Answer:
    """One number that is asked for: in which question, as what, and of which quantity."""

    question: int
    symbol: str
    quantity: str

    def of(self, filling: Filling) -> str:
        """What a member's value looks like."""
        return plain(filling.numbers[self.quantity])


def answers_of(edition: Edition) -> tuple[Answer, ...]:
    """All that a sheet asks for, each entry of a matrix by itself."""
    symbol = edition.notation.symbol
    return tuple(Answer(box.number, plain(symbol(box.quantity)), box.id) for box in boxes_of(edition))


def marking_csv(answers: Sequence[Answer], fillings: Mapping[Member, Filling]) -> bytes:
    """A row for each student, a column for each answer, named by the quantity's id; with a decimal point."""
    rows = {member: [_as_typed(answer.of(filling)) for answer in answers] for member, filling in fillings.items()}
    return _csv([answer.quantity for answer in answers], rows)


def ranges_csv(answers: Sequence[Answer], reach: Reach, members: Sequence[Member]) -> bytes:
    """The same with two columns for each answer: the least and the greatest to which honest rounding leads."""
    columns = [bounds for answer in answers for bounds in (reach[answer.quantity].low, reach[answer.quantity].high)]
    rows = {member: [f"{column[number]:.8g}" for column in columns] for number, member in enumerate(members)}
    return _csv([f"{answer.quantity}_{end}" for answer in answers for end in ("from", "to")], rows)


def mistakes_csv(edition: Edition, demands: Demands, given: Sequence[Given]) -> bytes:
    """A row for each known mistake at each question where it shows, with how far it leads from the right answers.

    Mistakes that come to the same stand in one row. Distances are from what honest rounding leads to, in halves of the
    width of that interval: the least and the median of all students. ``alike`` counts those for whom the mistake could
    come to a right answer as printed; ``demanded`` tells whether each variant has to show the mistake somewhere.
    """
    separation, symbols = demands.separation, edition.equations.in_symbols
    parts = [(part.distances.astype(np.float32), part.is_apart) for part in separation.measured(given)]
    distances, is_apart = (np.concatenate(arrays, axis=1) for arrays in zip(*parts, strict=True))
    demanded = {slip for number in demands.seen for slip in separation.traces[number].slips}
    figures = zip(distances.min(axis=1), np.median(distances, axis=1), (~is_apart).sum(axis=1), strict=True)
    rows = [
        [
            trial.quantity,
            " | ".join(dict.fromkeys(slip.code for slip in trial.slips)),
            " | ".join(dict.fromkeys(slip.place for slip in trial.slips)),
            f"{plain(edition.notation.symbol(quantity_named(trial.slips[0].place)))} = "
            f"{plain(symbols(trial.slips[0].wrong))}",
            f"{least:.3g}",
            f"{median:.3g}",
            str(alike),
            "yes" if demanded.issuperset(trial.slips) else "no",
        ]
        for trial, (least, median, alike) in zip(separation.trials.trials, figures, strict=True)
    ]
    return _csv_of(_MISTAKES_HEAD, rows)


def _csv(head: Sequence[str], rows: Mapping[Member, Sequence[str]]) -> bytes:
    return _csv_of([*_HEAD, *head], [[*_said_of(member), *values] for member, values in rows.items()])


def _said_of(member: Member) -> Sequence[str]:
    own = member.student
    return str(member.number), own.id, own.name, own.group, member.language, str(member.code)


def _csv_of(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """With a byte order mark, without which Excel takes names for Latin-1; no cell is a formula."""
    file = StringIO(newline="")
    table = csv.writer(file)
    table.writerow(head)
    table.writerows(map(defused, row) for row in rows)
    return file.getvalue().encode("utf-8-sig", "surrogatepass")


def _as_typed(value: str) -> str:
    """A printed number as programs read it: −1.5 × 10⁻⁸ is -1.5e-8."""
    plainly = value.replace("−", "-").replace(" ", "")
    digits, _, power = plainly.partition("×10")
    return f"{digits}e{power.translate(_LOWERED)}" if power else digits


_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", "^()")


def marking_documents(
    title: str,
    answers: Sequence[Answer],
    fillings: Mapping[Member, Filling],
    words: Language,
    letterhead: Letterhead,
) -> Iterator[Document]:
    """The same as pages: answers from top to bottom, students side by side; so few to a document that memory lasts."""
    tables = list(_tables(answers, fillings, words))
    numbered = [
        replace(table, foot=words.plain("page.number", page=page, pages=len(tables)))
        for page, table in enumerate(tables, start=1)
    ]
    for part in _in_parts(numbered, _PAGES):
        yield Document(
            language=words.code,
            kind=Kind.MARKING,
            kind_name=words.plain("document.marking"),
            page_number=words.template("page.number"),
            letterhead=letterhead,
            sheets=(Sheet(title, tuple(part)),),
        )


def _tables(answers: Sequence[Answer], fillings: Mapping[Member, Filling], words: Language) -> Iterator[Ledger]:
    """As many students side by side as a page across has room for, all their answers before the next ones'."""
    columns = {member: [answer.of(filling) for answer in answers] for member, filling in fillings.items()}
    labels = [f"{answer.question} {answer.symbol}" for answer in answers]
    widest = max(_CODE, *(len(cell) for column in columns.values() for cell in column))
    across = max((_ACROSS - max(map(len, labels))) // (widest + APART), 1)
    down = ceil(len(answers) / ceil(len(answers) / _DOWN))
    for members in _in_parts(list(columns), across):
        heads = words.plain("marking.answer"), *(_head(member, widest) for member in members)
        for start in range(0, len(answers), down):
            rows = slice(start, start + down)
            yield Ledger(
                heads,
                tuple(labels[rows]),
                tuple(tuple(cell.rjust(widest) for cell in columns[member][rows]) for member in members),
                "",
            )


def _head(member: Member, room: int) -> str:
    """The name on at most two lines, and the code, which is never broken."""
    name = printable(member.student.name or member.student.id)
    lines = wrap(name, room, max_lines=2, placeholder="…")
    return "\n".join([*lines, member.code.variant])


def _in_parts(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    return (items[start : start + size] for start in range(0, len(items), size))
