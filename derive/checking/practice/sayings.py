"""What is said to somebody who practises, about a question and about an answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from derive.checking.answers.sentences import unreadable_sentence
from derive.checking.answers.unreadable import Unreadable, on_a_line
from derive.checking.practice.commands import explained
from derive.checking.practice.items import Item
from derive.checking.practice.progress import Progress, Record
from derive.checking.practice.summary import mistake_name
from derive.checking.verification.judged_numbers import Judged
from derive.checking.verification.verdicts import SLIPS, Verdict
from derive.mathtext.equation import equation
from derive.mathtext.plain import plain
from derive.model.quantities import quantity_named
from derive.numbers.evaluation import printed_rounding
from derive.sheet.document import Blank as OnlyOnPaper
from derive.sheet.document import Block, Equation, Figure, Heading, Items, Paragraph, Solution, Table
from derive.sheet.edition import Edition
from derive.sheet.first_page import FirstPage
from derive.words.languages import Language, Prose

_LONGEST = 60  # characters of an answer that is shown again


@dataclass(frozen=True)
class Sayings:
    """All of it, in the language and the notation of an edition."""

    edition: Edition

    @property
    def say(self) -> Language:
        return self.edition.language

    def exercise(self, code: str) -> Iterator[Block]:
        """What stands before the first question."""
        yield Paragraph((self.edition.exercise.title(self.say.code),), "title")
        if code:
            yield Paragraph(self.say.text("practice.code", code=code), "note")
        yield from self._first_page()

    def help(self) -> Iterator[Block]:
        """What can be typed."""
        return explained(self.say, in_symbols=self.edition.in_symbols)

    def prompt(self, item: Item) -> str:
        """What stands before an answer."""
        return f"{plain(self.edition.notation.symbol(item.quantity))} = "

    def question(self, item: Item, count: int) -> Prose:
        """One question of so many."""
        number = f"{item.number}/{count}"
        if self.edition.in_symbols:
            return self.say.text("practice.question_formula", number=number, prompt=item.prompt)
        return self.say.text("practice.question", number=number, prompt=item.prompt, rounding=self.rounding(item))

    def rounding(self, item: Item) -> Prose:
        """How the answer is rounded."""
        chosen = printed_rounding(item.quantity, self.edition.rounding, self.edition.evaluation.carry)
        if chosen.digits == 0:
            return self.say.text("practice.whole")
        if chosen.digits is None:
            return self.say.counted("practice.figures", chosen.figures)
        return self.say.counted("practice.digits", chosen.digits)

    def answered(self, record: Record) -> Iterator[Block]:
        """An answer that is there already."""
        if record.answer:
            is_lost = record.way and not record.is_found
            message = "practice.reopened" if is_lost else "report.your_value"
            yield Paragraph(self.say.text(message, value=_shown(record.text)), "note")

    def praise(self, own: Judged, progress: Progress) -> Prose:
        """What is said of a right answer."""
        values: list[Prose] = [(*self._symbol(name), " = ", _shown(progress.of(name).text)) for name in own.used]
        if values:
            return self.say.text("practice.follows", values=self.say.enumeration(values))
        return self.say.text("practice.right")

    def fault(self, own: Judged) -> Iterator[Block]:
        """What is said of a wrong one."""
        say = self.say
        match own.verdict:
            case Verdict.MISTAKE:
                (slip,) = own.slips
                name = mistake_name([f"mistake.{slip.code}"], say)
                yield Paragraph(say.text("practice.mistake", name=name), "wrong")
                formula = self.edition.equations.in_symbols(slip.wrong)
                yield Paragraph(say.text("report.your_way"), "why")
                yield Equation(equation(self.edition.notation.symbol(quantity_named(slip.place)), [formula]))
                yield Paragraph(say.text(f"mistake.{slip.code}.advice"), "why")
            case Verdict.ONE_OF:
                yield Paragraph(say.text("practice.one_of"), "wrong")
                yield Items(tuple(self._advised(slip.code) for slip in own.slips))
            case verdict if verdict in SLIPS:
                reason = say.text(f"verdict.{verdict}.why")
                yield Paragraph(say.text("practice.almost", reason=reason), "wrong")
            case _:
                yield Paragraph(say.text("practice.wrong"), "wrong")

    def _advised(self, code: str) -> Prose:
        name, advice = (self.say.text(f"mistake.{code}{ending}") for ending in ("", ".advice"))
        return self.say.text("practice.advice", name=name, advice=advice)

    def unread(self, read: Unreadable) -> Iterator[Block]:
        """What is said of what cannot be read."""
        yield Paragraph(("\n".join(read.pointed),), "written")
        yield Paragraph(unreadable_sentence(read, self.say), "note")

    def so_far(self, items: Sequence[Item], progress: Progress) -> list[Block]:
        """The given values and the answers so far."""
        given = [block for block in self._first_page() if isinstance(block, Table)]
        rows = tuple(
            (
                (str(item.number),),
                self._symbol(item.id),
                (_shown(record.text),),
                self.say.text(f"verdict.{record.verdict}"),
            )
            for item in items
            if (record := progress.of(item.id)).answer
        )
        said: list[Block] = [Heading(self.say.text("heading.given")), *given] if given else []
        said += [Heading(self.say.text("practice.answers")), Table(rows)] if rows else []
        return said

    def _first_page(self) -> Iterator[Block]:
        """What stands before the questions; of a drawing its description."""
        for block in FirstPage(self.edition).blocks():
            match block:
                case Figure(alternative=alternative):
                    yield Paragraph((alternative,), "note")
                case OnlyOnPaper() | Solution():
                    pass
                case _:
                    yield block

    def _symbol(self, name: str) -> Prose:
        return (self.edition.notation.symbol(quantity_named(name)),)


def _shown(text: str) -> str:
    """An answer as it was typed, if it is not too long."""
    return on_a_line(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…")
