"""What is said to a line that somebody has typed: an answer, a command, or nothing, which asks for a hint."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias
from unicodedata import combining, normalize

from derive.checking.answers.sentences import unreadable_sentence
from derive.checking.answers.unreadable import Blank, Unreadable, on_a_line
from derive.checking.practice.hints import hints_of, result_of
from derive.checking.practice.items import Item, items_of
from derive.checking.practice.judges import Answer, Judge, judge_of
from derive.checking.practice.progress import Progress, Way, with_way
from derive.checking.practice.summary import mistake_name, summary
from derive.checking.verification.numbers import Judged
from derive.checking.verification.verdicts import CHARGED, FOUND, SLIPS, Verdict
from derive.mathtext.equation import equation
from derive.mathtext.plain import plain
from derive.model.quantities import quantity_named
from derive.numbers.evaluation import printed_rounding
from derive.sheet.document import Blank as OnlyOnPaper
from derive.sheet.document import Block, Equation, Figure, Heading, Items, Paragraph, Solution, Table
from derive.sheet.edition import Edition
from derive.sheet.first_page import FirstPage
from derive.words.languages import Language, Prose

COMMANDS = ("hint", "skip", "back", "show", "help", "quit")

_LONGEST = 60  # characters of an answer that is shown again
_LONGEST_COMMAND = 20
_WITHOUT_NUMBERS = 2  # hints: what is done, and the formula


@dataclass(frozen=True, slots=True)
class Turn:
    """What is said, where somebody stands then, and what stands before the next answer; nothing at the end."""

    progress: Progress
    said: tuple[Block, ...]
    prompt: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing more is asked."""
        return not self.prompt


Said: TypeAlias = Sequence[Block]


@dataclass(frozen=True)
class Practice:
    """The questions of an edition from number ``first`` on; what is asked before is taken as right."""

    edition: Edition
    first: int = 1
    code: str = ""
    """Of the variant, if it has one."""

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Every answer that the sheet asks for."""
        return items_of(self.edition)

    @property
    def count(self) -> int:
        """How many questions the sheet has."""
        return self.items[-1].number

    def begin(self) -> Turn:
        """The exercise, what can be typed, and the first question."""
        start = next(place for place, item in enumerate(self.items) if item.number >= self.first)
        return self._asking(Progress(start), [*self._exercise(), *self._help()])

    def reply(self, progress: Progress, line: str) -> Turn:
        """What comes of a line."""
        command = self._words.get(_bare(line)) if len(line) <= _LONGEST_COMMAND else None
        if command:
            return self._replies[command](progress)
        read = self._judge.read(self.items[progress.at].id, line)
        match read:
            case Blank():
                return self._hint(progress)
            case Unreadable():
                return self._again(progress, list(self._unread(read)))
            case _:
                return self._judged(progress, line, read)

    def end(self, progress: Progress) -> Turn:
        """The summary."""
        asked = [item for item in self.items if item.number >= self.first or item.id in progress.records]
        return Turn(progress, tuple(summary(asked, progress, self._say)))

    # --- what is asked ------------------------------------------------------------------------------------------------

    def _asking(self, progress: Progress, said: Said, before: Item | None = None) -> Turn:
        """The question at which somebody stands, after what else is said; below a heading where its part is new."""
        item = self.items[progress.at]
        blocks = [*said]
        if before is None or before.section != item.section:
            blocks.append(Heading(item.section))
        blocks.append(Paragraph(self._question(item), "question"))
        record = progress.of(item.id)
        if record.answer:
            is_lost = record.way and not record.is_found
            message = "practice.reopened" if is_lost else "report.your_value"
            blocks.append(Paragraph(self._say.text(message, value=_shown(record.text)), "note"))
        return self._again(progress, blocks)

    def _again(self, progress: Progress, said: Said) -> Turn:
        symbol = self.edition.notation.symbol(self.items[progress.at].quantity)
        return Turn(progress, tuple(said), f"{plain(symbol)} = ")

    def _question(self, item: Item) -> Prose:
        number = f"{item.number}/{self.count}"
        if self.edition.in_symbols:
            return self._say.text("practice.question_formula", number=number, prompt=item.prompt)
        return self._say.text("practice.question", number=number, prompt=item.prompt, rounding=self._rounding(item))

    def _rounding(self, item: Item) -> Prose:
        """How the answer is rounded."""
        chosen = printed_rounding(item.quantity, self.edition.rounding, self.edition.evaluation.carry)
        if chosen.digits == 0:
            return self._say.text("practice.whole")
        if chosen.digits is None:
            return self._say.counted("practice.figures", chosen.figures)
        return self._say.counted("practice.digits", chosen.digits)

    def _moving(self, progress: Progress, said: Said) -> Turn:
        """The next question that has no right answer yet, or the end."""
        before = self.items[progress.at]
        for place in range(progress.at + 1, len(self.items)):
            if not progress.of(self.items[place].id).is_found:
                return self._asking(replace(progress, at=place), said, before)
        ended = self.end(progress)
        return replace(ended, said=(*said, *ended.said))

    # --- what is said about an answer ---------------------------------------------------------------------------------

    def _judged(self, progress: Progress, text: str, answer: Answer) -> Turn:
        item = self.items[progress.at]
        entered, judged = self._entered(progress, item, text, answer)
        own = judged[item.id]
        if own.verdict is Verdict.COARSE:  # or an old weight would pass for the new one
            message = self._say.text("practice.coarse", rounding=self._rounding(item))
            return self._again(entered, [Paragraph(message, "note")])
        if own.verdict in FOUND:
            return self._moving(with_way(entered, item.id), [Paragraph(self._praise(own, entered), "right")])
        tries = entered.of(item.id).tries + 1
        failed = entered.noted(item.id, tries=tries, way=None)
        failed = replace(failed, mistakes=(*failed.mistakes, *_mistakes(item, own)))
        said = list(self._fault(own))
        if tries == 1:
            said.append(Paragraph(self._say.text("practice.again"), "note"))
        return self._again(failed, said)

    def _entered(
        self, progress: Progress, item: Item, text: str, answer: Answer
    ) -> tuple[Progress, Mapping[str, Judged]]:
        """With this answer, and with the verdicts that all answers have then."""
        entered = progress.noted(item.id, text=text.strip(), answer=answer)
        judged = self._judge.judged(entered.answers, self._to_come(entered))
        records = {
            name: replace(record, verdict=judged[name].verdict) if name in judged else record
            for name, record in entered.records.items()
        }
        return replace(entered, records=records), judged

    def _to_come(self, progress: Progress) -> list[str]:
        """What has not been asked yet, or stands before the first question."""
        return [item.id for item in self.items if item.id not in progress.records]

    def _praise(self, own: Judged, progress: Progress) -> Prose:
        values: list[Prose] = [(*self._symbol(name), " = ", _shown(progress.of(name).text)) for name in own.used]
        if values:
            return self._say.text("practice.follows", values=self._say.enumeration(values))
        return self._say.text("practice.right")

    def _fault(self, own: Judged) -> Iterator[Block]:
        say = self._say
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
        name, advice = (self._say.text(f"mistake.{code}{ending}") for ending in ("", ".advice"))
        return self._say.text("practice.advice", name=name, advice=advice)

    def _unread(self, read: Unreadable) -> Iterator[Block]:
        yield Paragraph(("\n".join(read.pointed),), "written")
        yield Paragraph(unreadable_sentence(read, self._say), "note")

    # --- commands -----------------------------------------------------------------------------------------------------

    def _hint(self, progress: Progress) -> Turn:
        """The next hint; the last one answers the question."""
        item = self.items[progress.at]
        hints = hints_of(self.edition, item)
        number = min(progress.of(item.id).hints + 1, len(hints))
        noted = progress.noted(item.id, hints=number)
        said: list[Block] = [Paragraph(self._say.text("practice.hint", number=number, count=len(hints)), "note")]
        if number > _WITHOUT_NUMBERS and self._has_other_numbers(progress):
            said.append(Paragraph(self._say.text("practice.right_values"), "note"))
        said += hints[number - 1]
        return self._again(noted, said) if number < len(hints) else self._moving(self._told(noted, item), said)

    def _has_other_numbers(self, progress: Progress) -> bool:
        """Whether the numbers of hints are perhaps not the person's own: those of wrong answers that were left."""
        before = (progress.of(item.id).verdict for item in self.items[: progress.at])
        return not self.edition.in_symbols and not CHARGED.isdisjoint(before)

    def _told(self, progress: Progress, item: Item) -> Progress:
        """With the right answer, as if it had been typed."""
        text = plain(result_of(self.edition, item))
        read = self._judge.read(item.id, text)
        if isinstance(read, Blank | Unreadable):
            return progress
        entered, _ = self._entered(progress, item, text, read)
        return entered.noted(item.id, way=entered.of(item.id).way or Way.SHOWN)

    def _skip(self, progress: Progress) -> Turn:
        item = self.items[progress.at]
        return self._moving(progress.noted(item.id), [])

    def _back(self, progress: Progress) -> Turn:
        if not progress.at:
            return self._again(progress, [Paragraph(self._say.text("practice.no_back"), "note")])
        return self._asking(replace(progress, at=progress.at - 1), [], self.items[progress.at])

    def _show(self, progress: Progress) -> Turn:
        """The given values and the answers so far."""
        given = [block for block in self._first_page() if isinstance(block, Table)]
        rows = tuple(
            (
                (str(item.number),),
                self._symbol(item.id),
                (_shown(record.text),),
                self._say.text(f"verdict.{record.verdict}"),
            )
            for item in self.items
            if (record := progress.of(item.id)).answer
        )
        said: list[Block] = [Heading(self._say.text("heading.given")), *given] if given else []
        said += [Heading(self._say.text("practice.answers")), Table(rows)] if rows else []
        return self._asking(progress, said, self.items[progress.at])

    def _helped(self, progress: Progress) -> Turn:
        return self._again(progress, list(self._help()))

    @cached_property
    def _replies(self) -> Mapping[str, Callable[[Progress], Turn]]:
        replies = (self._hint, self._skip, self._back, self._show, self._helped, self.end)
        return dict(zip(COMMANDS, replies, strict=True))

    @cached_property
    def _words(self) -> Mapping[str, str]:
        """The commands by their words in English and in the person's language."""
        own = {_bare(self._say.plain(f"practice.command.{command}")): command for command in COMMANDS}
        return {**own, **{command: command for command in COMMANDS}}

    # --- what stands at the beginning ---------------------------------------------------------------------------------

    def _exercise(self) -> Iterator[Block]:
        yield Paragraph((self.edition.exercise.title(self._say.code),), "title")
        if self.code:
            yield Paragraph(self._say.text("practice.code", code=self.code), "note")
        yield from self._first_page()

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

    def _help(self) -> Iterator[Block]:
        say = self._say
        yield Heading(say.text("practice.commands"))
        yield Paragraph(say.text("practice.how_formula" if self.edition.in_symbols else "practice.how"), "note")
        yield Table(tuple(((self._word(command),), say.text(f"practice.does.{command}")) for command in COMMANDS))

    def _word(self, command: str) -> str:
        word = self._say.plain(f"practice.command.{command}")
        return word if word == command else f"{word}, {command}"

    # --- the edition --------------------------------------------------------------------------------------------------

    @cached_property
    def _judge(self) -> Judge:
        return judge_of(self.edition)

    @property
    def _say(self) -> Language:
        return self.edition.language

    def _symbol(self, name: str) -> Prose:
        return (self.edition.notation.symbol(quantity_named(name)),)


def _mistakes(item: Item, own: Judged) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What went wrong at an answer, if it has a name."""
    if own.slips:
        yield item.id, tuple(f"mistake.{slip.code}" for slip in own.slips)
    elif own.verdict in SLIPS:
        yield item.id, (f"verdict.{own.verdict}",)


def _shown(text: str) -> str:
    """An answer as it was typed, if it is not too long."""
    return on_a_line(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…")


def _bare(line: str) -> str:
    """What was typed without what people leave out: capitals, accents, the width of Chinese characters."""
    letters = normalize("NFKD", line.strip()).casefold()
    return "".join(letter for letter in letters if not combining(letter))
