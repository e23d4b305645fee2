"""Which sheet each submission belongs to, and which of its fields is the answer to what."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePath

from sympy import Symbol

from derive.authoring.exercise import Exercise
from derive.checking.answers.names import Names, names_of
from derive.checking.answers.typed_formulas import ReadFormula, read_formula
from derive.checking.submissions.submission import Submission
from derive.classes.class_set.coded import check_code, variants_of
from derive.classes.class_set.manifest import Manifest
from derive.classes.class_set.sheets import in_language
from derive.classes.codes import Code, bare, parse_code
from derive.sheet.answer_boxes import AnswerBox, boxes_of
from derive.sheet.build import Options, edition
from derive.sheet.edition import Edition
from derive.words.errors import AuthorError, PencilgradError, Problem, nearest, on_one_line
from derive.words.languages import language

_OF_SEVERAL = re.compile(r"\d+-(?P<exercise>.*?):(?P<field>.*)", re.DOTALL)
"""The name of a field on a sheet of several exercises."""

_LONGEST_NAME = 80


@dataclass(frozen=True)
class Handed:
    """A submission with the sheet that it belongs to; its answers are by the ids of quantities."""

    submission: Submission
    edition: Edition = field(repr=False)


@dataclass(frozen=True)
class Desk:
    """Where submissions are sorted: the exercise, how it was printed, and the set if there is one."""

    exercise: Exercise
    options: Options
    manifest: Manifest | None = None
    code: str = ""
    """The code of the sheet that all of them have, where they do not say it themselves."""

    def sorted(self, submissions: Iterable[Submission]) -> tuple[list[Handed], list[Problem]]:
        """Every submission with its sheet, and what could not be told of the others; the last of a person's counts."""
        problems: list[Problem] = []
        codes: list[tuple[Submission, Code | None]] = []
        for submission in submissions:
            try:
                codes.append((submission, self._code_of(submission)))
            except PencilgradError as error:
                problems += [_located(problem, submission) for problem in error.problems]
        exercises = self._exercises(code for _, code in codes if code)
        handed: dict[tuple[tuple[str, ...], str], Handed] = {}
        for submission, code in codes:
            named = self._named(submission, code)
            own = exercises[code] if code else self.exercise
            spoken = in_language(self.options, named.language or self.options.language)
            answers, surprises = self.fields.read(named)
            problems += surprises
            if answers.asked is not None and not any(answers.answers.values()):
                problems.append(Problem("answers_blank", named.source))
            key = named.person, str(code or "")
            if key in handed:
                evidence = {"other": handed[key].submission.source}
                problems.append(Problem("answers_twice", named.source, evidence=evidence))
                del handed[key]
            handed[key] = Handed(answers, edition(own, language(spoken.language), spoken))
        return list(_called(handed.values())), _without_repeats(problems)

    @cached_property
    def fields(self) -> Fields:
        """The names of answers; those of every language are the same."""
        return Fields(edition(self.exercise, language(self.options.language), self.options), self.exercise.name)

    def _exercises(self, codes: Iterable[Code]) -> Mapping[Code, Exercise]:
        return {code: variant.exercise for code, variant in variants_of(codes, self.exercise, self.options)}

    def _code_of(self, submission: Submission) -> Code | None:
        """The code of a submission; None where the numbers are those of the exercise file."""
        text = submission.code or (self.manifest.code_of(submission.name, submission.id) if self.manifest else "")
        text = text or self.code
        if not text:
            if self.manifest:
                raise AuthorError(Problem("answers_of_nobody"))
            return None
        code = parse_code(text)
        if code.exercise and bare(code.exercise) != bare(self.exercise.name):
            evidence = {"found": code.exercise, "name": self.exercise.name}
            raise AuthorError(Problem("code_mismatched", evidence=evidence))
        check_code(code, self.exercise, self.options)
        own = replace(code, exercise=self.exercise.name)
        holder = self.manifest.by_code.get(str(own)) if self.manifest and not self.manifest.is_of_letters else None
        if holder and submission.id and holder.id != submission.id:
            raise AuthorError(
                Problem("answers_of_other", evidence={"code": str(own), "id": submission.id[:_LONGEST_NAME]})
            )
        return own

    def _named(self, submission: Submission, code: Code | None) -> Submission:
        """With what the set knows of the student."""
        own = replace(submission, code=str(code)) if code else submission
        manifest = self.manifest
        if manifest and manifest.is_of_letters:  # a letter is a sheet's, and several people may have that
            return replace(own, id="" if manifest.code_of("", own.id) else own.id)
        student = (manifest.by_code.get(str(code)) or manifest.student_of(own.name)) if manifest else None
        if not student:
            return own
        return replace(
            own,
            name=student.name or own.name,
            id=student.id or own.id,
            email=student.email or own.email,
            language=own.language or student.language,
            group=student.group or own.group,
        )


def _called(handed: Iterable[Handed]) -> Iterator[Handed]:
    """Forms that do not say whose they are have the name of their file, or of its folder too where others have that."""
    every = list(handed)
    stems = Counter(PurePath(own.submission.source).stem for own in every if _is_nameless(own.submission))
    for own in every:
        path = PurePath(own.submission.source)
        name = path.stem if stems[path.stem] == 1 else f"{path.parent.name} {path.stem}".strip()
        named = replace(own.submission, name=on_one_line(name)[:_LONGEST_NAME])
        yield replace(own, submission=named) if _is_nameless(own.submission) else own


def _is_nameless(submission: Submission) -> bool:
    """Whether it is a form that does not say whose it is."""
    return submission.asked is not None and not (submission.name or submission.id)


def _located(problem: Problem, submission: Submission) -> Problem:
    """A problem with a code, where the code was read."""
    return replace(problem, file=submission.source, key="" if problem.key.startswith("--") else problem.key)


def _without_repeats(problems: Iterable[Problem]) -> list[Problem]:
    """What is wrong with a column is said once, and not for each of its rows."""
    first: dict[object, Problem] = {}
    for problem in problems:
        file, _, line = problem.file.rpartition(", line ")
        where = file if line.isdecimal() and problem.code == "answers_field" else problem.file
        first.setdefault((problem.code, where, str(problem.evidence), problem.key), problem)
    return list(first.values())


@dataclass(frozen=True)
class Fields:
    """The names under which an answer can be handed in.

    The id of its quantity is one; so is the number of its question, where that has one answer; and so is any other way
    in which the quantity is written: ∂E/∂w5.
    """

    edition: Edition
    exercise: str

    def read(self, submission: Submission) -> tuple[Submission, list[Problem]]:
        """The submission with its answers by the ids of quantities, and a problem for each name that says nothing."""
        answers: dict[str, str] = {}
        problems: list[Problem] = []
        for written, text in submission.answers.items():
            name = self._own(written)
            if name is None:
                continue
            found = self.id_of(name)
            if not found:
                close = nearest(name[:_LONGEST_NAME], sorted(self._ids))
                evidence = {"found": name[:_LONGEST_NAME], "nearest": close}
                problems.append(Problem("answers_field", submission.source, evidence=evidence))
            elif found in answers:
                problems.append(Problem("answers_field_twice", submission.source, evidence={"found": found}))
            else:
                answers[found] = text
        asked = None if submission.asked is None else tuple(self._asked(submission.asked))
        return replace(submission, answers=answers, asked=asked), problems

    def id_of(self, name: str) -> str:
        """The id of the quantity that a name stands for, or nothing."""
        if name in self._ids:
            return name
        if name in self._numbers:
            return self._numbers[name]
        if name.casefold() in self._in_capitals:
            return self._in_capitals[name.casefold()]
        if len(name) > _LONGEST_NAME:
            return ""
        found = read_formula(name, self._names)
        readings = found.readings if isinstance(found, ReadFormula) else ()
        meant = {str(reading.name) for reading in readings if isinstance(reading, Symbol)}
        return meant.pop() if len(meant) == 1 and meant <= self._ids else ""

    def _own(self, name: str) -> str | None:
        """A field's name without that of the exercise; None for a field of another exercise."""
        several = _OF_SEVERAL.fullmatch(name)
        if not several:
            return name
        return several["field"] if several["exercise"] == self.exercise else None

    def _asked(self, names: Sequence[str]) -> Iterator[str]:
        own = (self._own(name) for name in names)
        yield from filter(None, (self.id_of(name) for name in own if name is not None))

    @cached_property
    def boxes(self) -> tuple[AnswerBox, ...]:
        """What the sheet asks."""
        return boxes_of(self.edition)

    @cached_property
    def _ids(self) -> frozenset[str]:
        steps = (step.quantity.id for step in self.edition.evaluation.derivation.steps)
        return frozenset(steps)

    @cached_property
    def _in_capitals(self) -> Mapping[str, str]:
        """The ids by what they are without regard to capitals, where that is not another's too."""
        folded = Counter(name.casefold() for name in self._ids)
        return {name.casefold(): name for name in self._ids if folded[name.casefold()] == 1}

    @cached_property
    def _numbers(self) -> Mapping[str, str]:
        """The ids by the numbers of the questions that have one answer."""
        numbers = [box.number for box in self.boxes]
        return {str(box.number): box.id for box in self.boxes if numbers.count(box.number) == 1}

    @cached_property
    def _names(self) -> Names:
        return names_of(self.edition)
