"""What was handed in, read and judged: a paper for each person, with one finding for each answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import TypeAlias

from derive.authoring.exercise_file import CreditTable
from derive.checking.answers.names import names_of
from derive.checking.answers.typed_formulas import ReadFormula
from derive.checking.answers.typed_numbers import ReadNumber, read_number
from derive.checking.answers.unreadable import Blank, Unreadable
from derive.checking.submissions.submission import Submission
from derive.checking.verification.handed import Handed
from derive.checking.verification.judged_formulas import SymbolicSheet
from derive.checking.verification.judged_numbers import Marked, Sheet
from derive.checking.verification.verdicts import CHARGED, SLIPS, Verdict
from derive.derivation.steps import Step
from derive.mistakes.slips import Slip
from derive.sheet.answer_boxes import AnswerBox, boxes_of
from derive.sheet.edition import Edition
from derive.sheet.questions import role_of

Read: TypeAlias = ReadNumber | ReadFormula | Unreadable | Blank
Judgement: TypeAlias = tuple[Sequence[Mapping[str, Read]], Sequence[Marked]]
"""What was read of each person's answers, and how it was judged."""

_WORTH: Mapping[Verdict, str] = {
    Verdict.CORRECT: "full",
    Verdict.FOLLOWS: "follow_through",
    Verdict.COARSE: "partial",
    **dict.fromkeys(SLIPS, "partial"),
    Verdict.MISTAKE: "mistake",
    Verdict.ONE_OF: "mistake",
}
"""The key of [credit] for each verdict; what is not here is worth nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What has become of one answer."""

    quantity: str
    written: str
    """As it was handed in."""
    verdict: Verdict
    slips: tuple[Slip, ...] = ()
    """The known mistakes that it may be, one for each code."""
    used: tuple[str, ...] = ()
    """The earlier answers of the student's own that it follows from."""
    read: Read = field(default_factory=Blank)
    """What was read of it."""

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the mistakes that it may be."""
        return tuple(slip.code for slip in self.slips)


@dataclass(frozen=True)
class Paper:
    """One person's answers, judged; ``edition`` is the sheet with that person's numbers, in that person's language."""

    submission: Submission
    edition: Edition = field(repr=False)
    boxes: tuple[AnswerBox, ...] = field(repr=False)
    """What was asked of this person, in the order of the sheet."""
    findings: Mapping[str, Finding]
    """By quantity: of all that was asked, in the order of the sheet, then of what was answered besides."""

    @property
    def asked(self) -> Iterator[Finding]:
        """What has become of each answer that was asked for."""
        return (self.findings[box.id] for box in self.boxes)

    @cached_property
    def first_wrong(self) -> Finding | None:
        """The first step, in the order of the derivation, that went wrong."""
        found = (self.findings[name] for name in self._steps if name in self.findings)
        return next((finding for finding in found if finding.verdict in CHARGED), None)

    @cached_property
    def marks(self) -> Decimal:
        """The credit for all answers."""
        return sum((self.credit(finding) for finding in self.asked), Decimal(0))

    @property
    def out_of(self) -> int:
        """The most that there is to earn."""
        return len(self.boxes)

    def role(self, name: str) -> str:
        """What kind of step gives a quantity."""
        return role_of(self._steps[name])

    @cached_property
    def _steps(self) -> Mapping[str, Step]:
        return {step.quantity.id: step for step in self.edition.evaluation.derivation.steps}

    def credit(self, finding: Finding) -> Decimal:
        """What an answer is worth by the policy of the exercise."""
        key = _WORTH.get(finding.verdict)
        return getattr(self._policy, key) if key else Decimal(0)

    @property
    def _policy(self) -> CreditTable:
        return self.edition.exercise.content.credit


def papers(handed: Sequence[Handed]) -> list[Paper]:
    """The papers of people who have the same exercise, each perhaps with other numbers; judged together."""
    if not handed:
        return []
    first = handed[0].edition
    read, marked = (_in_symbols if first.in_symbols else _in_numbers)(handed)
    boxes = boxes_of(first)
    return [_paper(own, boxes, texts, found) for own, texts, found in zip(handed, read, marked, strict=True)]


def _paper(handed: Handed, boxes: tuple[AnswerBox, ...], read: Mapping[str, Read], marked: Marked) -> Paper:
    asked = handed.submission.asked
    own = boxes if asked is None else _renumbered(box for box in boxes if box.id in asked)
    answers = handed.submission.answers
    names = dict.fromkeys([*(box.id for box in own), *answers])
    findings = {name: _finding(name, answers.get(name, ""), read.get(name, Blank()), marked) for name in names}
    return Paper(handed.submission, handed.edition, own, findings)


def _renumbered(boxes: Iterable[AnswerBox]) -> tuple[AnswerBox, ...]:
    """The boxes of a sheet that asks only these, with the numbers that its questions have."""
    numbers: dict[int, int] = {}
    return tuple(replace(box, number=numbers.setdefault(box.number, len(numbers) + 1)) for box in boxes)


def _finding(name: str, written: str, read: Read, marked: Marked) -> Finding:
    match read:
        case Blank():
            return Finding(name, written, Verdict.BLANK)
        case Unreadable():
            return Finding(name, written, Verdict.UNREADABLE, read=read)
    judged = marked.answers[name]
    return Finding(name, written, judged.verdict, judged.slips, judged.used, read)


def _in_numbers(handed: Sequence[Handed]) -> Judgement:
    first = handed[0].edition
    read = [
        {name: read_number(text, own.edition.decimal_mark) for name, text in own.submission.answers.items()}
        for own in handed
    ]
    numbers = [{name: found for name, found in own.items() if isinstance(found, ReadNumber)} for own in read]
    truncation = first.exercise.content.sheet.truncation
    sheet = Sheet(first.evaluation.derivation, first.rounding, first.evaluation.carry, truncation)
    asked = frozenset(box.id for box in boxes_of(first))
    return read, sheet.marked([own.edition.evaluation.given for own in handed], numbers, asked)


def _in_symbols(handed: Sequence[Handed]) -> Judgement:
    sheet, names = SymbolicSheet(handed[0].edition.evaluation.derivation), names_of(handed[0].edition)
    read = [{name: sheet.read(name, text, names) for name, text in own.submission.answers.items()} for own in handed]
    formulas = [{name: found for name, found in own.items() if isinstance(found, ReadFormula)} for own in read]
    return read, [sheet.marked(own) for own in formulas]
