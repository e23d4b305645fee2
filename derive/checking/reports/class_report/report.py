"""What every part of a report on a class is written from: the papers, and how one speaks of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from derive.checking.reports.class_report.counts import Item, hardest, items_of
from derive.checking.reports.ways import decimal_text
from derive.checking.verification.papers import Paper
from derive.figures.heat_map.composition import slashed
from derive.figures.heat_map.drawing import Shade
from derive.mathtext.metrics import printable, unprintable
from derive.mathtext.tree import Node
from derive.model.quantities import quantity_named
from derive.sheet.answer_boxes import AnswerBox
from derive.sheet.document import Block, Paragraph
from derive.sheet.edition import Edition
from derive.words.languages import Language, Prose

GOOD = frozenset({Shade.RIGHT, Shade.FOLLOWS})
"""Shades of answers that are right."""

_HARDEST = 3  # named in one sentence
_LONGEST_NAME = 60  # characters in a cell


@dataclass(frozen=True)
class Report:
    """The checked papers of a class, and how one speaks of them."""

    papers: tuple[Paper, ...]
    """The best first."""
    say: Language

    @cached_property
    def items(self) -> list[Item]:
        """Every answer that anybody was asked for."""
        return items_of(self.papers)

    @property
    def edition(self) -> Edition:
        """The sheet as one of them has it: symbols are the same for all."""
        return self.papers[0].edition

    def name(self, paper: Paper) -> str:
        """What a student is called; where our fonts lack a letter of the name, the id stands behind it."""
        own = paper.submission
        name = own.name or own.id or own.email or own.code or own.source
        known = f"{name} ({own.id})" if own.id and own.id != name and unprintable(name) else name
        return printable(shortened(known, _LONGEST_NAME))

    def symbol(self, name: str) -> Node:
        """On one line: a table of fractions would be twice as long."""
        return slashed(self.edition.notation.symbol(quantity_named(name)))

    def box(self, box: AnswerBox) -> dict[str, int | Node]:
        """An answer by its number and its name, for a sentence."""
        return {"number": box.number, "symbol": self.symbol(box.id)}

    def percent(self, part: int, whole: int) -> str:
        """A share in whole percent."""
        return self.say.plain("class.percent", n=round(100 * part / whole) if whole else 0)

    def decimal(self, number: Decimal) -> str:
        """A number with the decimal mark of the language."""
        return decimal_text(number, self.say.decimal_mark)

    def listed(self, items: Sequence[Prose]) -> Prose:
        """a, b, c."""
        comma = self.say.template("list.comma")
        return tuple(part for item in items for part in (comma, *item))[1:]

    def first_wrong(self) -> Prose:
        """Where most sheets went wrong for the first time."""
        failed = hardest(self.items, _HARDEST)
        if not failed:
            return ()
        places = [self.say.text("class.place", **self.box(item.box), n=item.first) for item in failed]
        return self.say.text("class.first_wrong", places=self.say.enumeration(places, "list.and_formulas"))

    def and_more(self, count: int) -> Iterator[Block]:
        """How many lines a list has not had room for."""
        if count > 0:
            yield Paragraph(self.say.counted("class.more", count), "source")


def shortened(text: str, longest: int) -> str:
    """As much of a text as a cell has room for."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
