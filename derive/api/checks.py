"""Answers checked for programs: what has become of each, and the report that the student would get."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, SupportsFloat, TypeAlias, Unpack

from derive.api.exercises import ExerciseLike, array_of, load
from derive.api.notebook import framed
from derive.api.settings import Keywords, Settings
from derive.api.sheets import Sheet
from derive.api.solutions import ById, UnknownQuantityError
from derive.authoring.exercise import Exercise
from derive.authoring.validation import described
from derive.checking.reports.data import as_data
from derive.checking.reports.student import student_document
from derive.checking.submissions.submission import Submission
from derive.checking.verification.handed import Desk
from derive.checking.verification.papers import Finding, Paper, papers
from derive.checking.verification.verdicts import Verdict
from derive.classes.class_set.manifest import Manifest
from derive.mathtext.formula import formula
from derive.sheet.build import Options, edition
from derive.sheet.letterhead import letterhead
from derive.words.errors import AuthorError, Problem, RefusedError
from derive.words.languages import language

AnswerLike: TypeAlias = "str | int | SupportsFloat | None"
"""What somebody wrote, as text, or a number; None is a blank."""

_SOURCE = "answers"


@dataclass(frozen=True, slots=True)
class Mistake:
    """A known mistake that an answer may come from."""

    code: str
    name: str
    """In words, in the language of the check."""
    place: str
    """The id of the quantity at whose step it is made."""
    formula: str
    """What it makes of that step, in ids."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What has become of one answer."""

    id: str
    question: int | None
    """The number of its question; None where the sheet does not ask it."""
    written: str
    verdict: Verdict
    credit: Decimal | None
    """None where the sheet does not ask it."""
    mistakes: tuple[Mistake, ...] = ()
    """Several, where no number tells them apart."""
    follows_from: tuple[str, ...] = ()
    """The earlier answers of the same person that it is right for."""


@dataclass(frozen=True)
class Checked:
    """One person's answers, checked. A notebook shows the report."""

    paper: Paper = field(repr=False)
    settings: Settings = field(repr=False)

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """What has become of each: of all that is asked, in the order of the sheet, then of what came besides."""
        numbers = {box.id: box.number for box in self.paper.boxes}
        return tuple(_answer(self.paper, found, numbers) for found in self.paper.findings.values())

    @property
    def verdicts(self) -> Mapping[str, Verdict]:
        """The verdicts by id; each is a text too: ``verdicts["net_h1"] == "correct"``."""
        return ById({answer.id: answer.verdict for answer in self.answers})

    @property
    def first_wrong(self) -> Answer | None:
        """The first step, in the order of the derivation, that went wrong."""
        first = self.paper.first_wrong
        return next((answer for answer in self.answers if first and answer.id == first.quantity), None)

    @property
    def marks(self) -> Decimal:
        """The credit for all answers."""
        return self.paper.marks

    @property
    def out_of(self) -> int:
        """The most that there is to earn."""
        return self.paper.out_of

    @cached_property
    def report(self) -> Sheet:
        """The report to the student: every answer, what went wrong first, and how it is done."""
        head = letterhead([self.paper.edition.exercise], self.settings.school, self.settings.course)
        return Sheet(student_document(self.paper, head), self.settings.layout())

    def as_dict(self) -> dict[str, Any]:
        """All of it as JSON, as ``pencilgrad check --json`` has it of each student."""
        found: dict[str, Any] = as_data([self.paper], [])["papers"][0]
        return found

    def __repr__(self) -> str:
        return f"<{self.marks:f} of {self.out_of}>"

    def _repr_html_(self) -> str:
        return framed(self.report.html)


def check(
    exercise: ExerciseLike,
    answers: Mapping[str, AnswerLike],
    code: str = "",
    **settings: Unpack[Keywords],
) -> Checked:
    """What has become of one person's answers, by the ids of quantities or the numbers of questions.

    An answer is what the person wrote, as text, or a number; on a sheet in symbols it is a formula. ``code`` is that of
    a sheet of a class set, whose numbers are used. Settings are those of ``worksheet``: ``digits`` or ``figures`` say
    how finely the sheet asks one to round.

    Raises ``UnknownQuantityError`` where the sheet has no such answer, ``AuthorError`` for what is wrong with exercise,
    code or settings; what cannot be read in an answer is its verdict.

    >>> checked = check("mazur", {"net_h1": "0.3775", "out_h1": 0.59, "net_h2": 0.0425})
    >>> str(checked.verdicts["net_h1"]), str(checked.verdicts["out_h1"]), str(checked.verdicts["net_o1"])
    ('correct', 'coarse', 'blank')
    >>> checked.first_wrong.mistakes[0].name
    'bias forgotten'
    """
    own, chosen = load(exercise), Settings.of(settings)
    written = {str(name): _text(name, answer) for name, answer in table_of(answers).items()}
    submission = Submission(written, _SOURCE, code=str(code))
    found, problems = judged(own, [submission], chosen.options([own], outlook=False))
    if unknown := [problem for problem in problems if problem.code == "answers_field"]:
        evidence = [{"found": problem.evidence["found"], "nearest": problem.evidence["nearest"]} for problem in unknown]
        raise UnknownQuantityError(*(Problem("quantity_unknown", evidence=one) for one in evidence))
    if problems:
        raise AuthorError(*problems)
    return Checked(found[0], chosen)


def judged(
    exercise: Exercise,
    submissions: Iterable[Submission],
    options: Options,
    manifest: Manifest | None = None,
    code: str = "",
) -> tuple[list[Paper], list[Problem]]:
    """The papers of everybody, and what could not be told of some of what was handed in."""
    refuse_unnamed(exercise, options)
    handed, problems = Desk(exercise, options, manifest, code).sorted(submissions)
    return papers(handed), problems


def refuse_unnamed(exercise: Exercise, options: Options) -> None:
    """``RefusedError`` for sheets whose answers are matrices as a whole, which have no names to be handed in by."""
    if exercise.is_large or (exercise.is_symbolic and edition(exercise, language("en"), options).matrices):
        raise RefusedError(Problem("answers_large", str(exercise.path)))


def _answer(paper: Paper, found: Finding, numbers: Mapping[str, int]) -> Answer:
    asked = found.quantity in numbers
    return Answer(
        found.quantity,
        numbers.get(found.quantity),
        found.written,
        found.verdict,
        paper.credit(found) if asked else None,
        tuple(_mistakes(paper, found)),
        found.used,
    )


def _mistakes(paper: Paper, found: Finding) -> Sequence[Mistake]:
    words = paper.edition.language
    return [
        Mistake(slip.code, words.plain(f"mistake.{slip.code}"), slip.place, formula(slip.wrong)) for slip in found.slips
    ]


def table_of(answers: Any) -> Mapping[Any, Any]:
    """The answers, if they are a table; ``AuthorError`` else."""
    if isinstance(answers, Mapping):
        return answers
    raise AuthorError(Problem("no_answers", _SOURCE, evidence={"found": described(answers)}))


def _text(name: object, answer: AnswerLike) -> str:
    if answer is None:
        return ""
    return answer if isinstance(answer, str) else str(number_of(name, answer))


def number_of(name: object, value: Any) -> Decimal:
    """A number, or an array or tensor of one, as the shortest decimal that is printed for it."""
    try:
        if hasattr(value, "__array__"):
            return Decimal(str(array_of(value).reshape(())[()]))
        return Decimal(value) if isinstance(value, int | Decimal) else Decimal(repr(float(value)))
    except (TypeError, ValueError, ArithmeticError):
        evidence = {"found": described(value), "expected": "a number"}
        raise AuthorError(Problem("wrong_type", _SOURCE, str(name), evidence=evidence)) from None
