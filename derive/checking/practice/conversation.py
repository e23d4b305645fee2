"""What comes of a line that somebody has typed: an answer, a command, or nothing, which asks for a hint."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

from derive.checking.answers.unreadable import Blank, Unreadable
from derive.checking.practice.commands import COMMANDS, command_in
from derive.checking.practice.hints import hints_of, result_of
from derive.checking.practice.items import Item, items_of
from derive.checking.practice.judges import Answer, Judge, judge_of
from derive.checking.practice.progress import Progress, Way, with_way
from derive.checking.practice.sayings import Sayings
from derive.checking.practice.summary import summary
from derive.checking.verification.judged_numbers import Judged
from derive.checking.verification.verdicts import CHARGED, FOUND, SLIPS, Verdict
from derive.mathtext.plain import plain
from derive.sheet.document import Block, Heading, Paragraph
from derive.sheet.edition import Edition
from derive.words.languages import Language

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
        return self._asking(Progress(start), [*self._sayings.exercise(self.code), *self._sayings.help()])

    def reply(self, progress: Progress, line: str) -> Turn:
        """What comes of a line."""
        if command := command_in(line, self._say):
            return self._replies[command](progress)
        read = self._judge.read(self.items[progress.at].id, line)
        match read:
            case Blank():
                return self._hint(progress)
            case Unreadable():
                return self._again(progress, list(self._sayings.unread(read)))
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
        blocks.append(Paragraph(self._sayings.question(item, self.count), "question"))
        blocks += self._sayings.answered(progress.of(item.id))
        return self._again(progress, blocks)

    def _again(self, progress: Progress, said: Said) -> Turn:
        return Turn(progress, tuple(said), self._sayings.prompt(self.items[progress.at]))

    def _moving(self, progress: Progress, said: Said) -> Turn:
        """The next question that has no right answer yet, or the end."""
        before = self.items[progress.at]
        for place in range(progress.at + 1, len(self.items)):
            if not progress.of(self.items[place].id).is_found:
                return self._asking(replace(progress, at=place), said, before)
        ended = self.end(progress)
        return replace(ended, said=(*said, *ended.said))

    # --- answers ------------------------------------------------------------------------------------------------------

    def _judged(self, progress: Progress, text: str, answer: Answer) -> Turn:
        item = self.items[progress.at]
        entered, judged = self._entered(progress, item, text, answer)
        own = judged[item.id]
        if own.verdict is Verdict.COARSE:  # or an old weight would pass for the new one
            message = self._say.text("practice.coarse", rounding=self._sayings.rounding(item))
            return self._again(entered, [Paragraph(message, "note")])
        if own.verdict in FOUND:
            return self._moving(with_way(entered, item.id), [Paragraph(self._sayings.praise(own, entered), "right")])
        tries = entered.of(item.id).tries + 1
        failed = entered.noted(item.id, tries=tries, way=None)
        failed = replace(failed, mistakes=(*failed.mistakes, *_mistakes(item, own)))
        said = list(self._sayings.fault(own))
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
        return self._asking(progress, self._sayings.so_far(self.items, progress), self.items[progress.at])

    def _helped(self, progress: Progress) -> Turn:
        return self._again(progress, list(self._sayings.help()))

    @cached_property
    def _replies(self) -> Mapping[str, Callable[[Progress], Turn]]:
        replies = (self._hint, self._skip, self._back, self._show, self._helped, self.end)
        return dict(zip(COMMANDS, replies, strict=True))

    # --- the edition --------------------------------------------------------------------------------------------------

    @cached_property
    def _judge(self) -> Judge:
        return judge_of(self.edition)

    @cached_property
    def _sayings(self) -> Sayings:
        return Sayings(self.edition)

    @property
    def _say(self) -> Language:
        return self.edition.language


def _mistakes(item: Item, own: Judged) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What went wrong at an answer, if it has a name."""
    if own.slips:
        yield item.id, tuple(f"mistake.{slip.code}" for slip in own.slips)
    elif own.verdict in SLIPS:
        yield item.id, (f"verdict.{own.verdict}",)
