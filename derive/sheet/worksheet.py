"""The sheet of an exercise: its first page, the questions with their solutions, the results."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import count

from derive.derivation.round import Phase, Section
from derive.derivation.steps import Step
from derive.equations.matrices.equations import is_elided
from derive.equations.matrices.forms import MatrixStep, whole_of
from derive.equations.scalars import outcome
from derive.mathtext.plain import plain
from derive.mathtext.tree import Matrix
from derive.model.quantities import TOTAL_ERROR
from derive.sheet.document import (
    Blank,
    Block,
    Box,
    Equation,
    Heading,
    Paragraph,
    Question,
    Result,
    Results,
    Sheet,
    Solution,
)
from derive.sheet.edition import Edition
from derive.sheet.explanations import Explanations
from derive.sheet.first_page import FirstPage
from derive.sheet.outlook import Outlook
from derive.sheet.questions import Asked
from derive.sheet.selection import Selection
from derive.words.languages import Prose, as_text


@dataclass(frozen=True)
class Worksheet:
    """An edition, laid out as questions."""

    edition: Edition
    prefix: str = ""
    """What stands before the names of form fields."""

    @cached_property
    def explanations(self) -> Explanations:
        return Explanations(self.edition)

    def sheet(self) -> Sheet:
        """The whole sheet, with what only students and only markers see marked as such."""
        blocks = (
            *FirstPage(self.edition).blocks(),
            *self._questions(),
            *Outlook(self.edition).blocks(),
            Solution(() if self.edition.large else (self._results(),)),
        )
        return Sheet(self.edition.exercise.title(self.edition.language.code), blocks)

    def _questions(self) -> Iterator[Block]:
        number = 0
        before: Step | None = None
        for section, questions in Selection(self.edition).sections:
            yield Heading(self._section_name(section))
            for question in questions:
                number += 1
                if left_out := self._left_out(before, question.step):
                    yield Paragraph(left_out, "why")
                before = question.step
                yield self._question(number, question)

    def _left_out(self, before: Step | None, step: Step) -> Prose | None:
        """That layers between two steps are like the one before; nothing where none is left out."""
        large = self.edition.large
        layers = [large.layer_of(own.quantity) for own in (before, step) if own] if large else []
        if not large or len(layers) < 2 or None in layers:
            return None
        low, high = sorted(layer for layer in layers if layer is not None)
        if high - low < 2 or any(low < layer < high for layer in large.shown):
            return None
        if high - low == 2:
            return self.edition.language.text("large.likewise_one", number=low + 1)
        return self.edition.language.text("large.likewise", first=low + 1, last=high - 1)

    def _section_name(self, section: Section) -> Prose:
        if not section.sample:
            return self._phase_name(section)
        return self.edition.language.text("section.sample", number=section.sample, part=self._phase_name(section))

    def _phase_name(self, section: Section) -> Prose:
        say, edition = self.edition.language, self.edition
        match section:
            case Section(phase=Phase.FORWARD | Phase.BACKWARD) if edition.exercise.circuit:
                return self._gates(section)
            case Section(phase=Phase.BACKWARD, layer=-1):
                return say.text("section.backward.inputs")
            case Section(phase=Phase.FORWARD | Phase.BACKWARD as phase, layer=depth):
                return edition.layer_name(f"section.{phase}", depth)
            case Section(phase=Phase.UPDATE, layer=depth) if edition.updates_by_layer:
                return edition.layer_name("section.update", depth)
            case Section(phase=Phase.CHECK, target=parameter) if parameter:
                return say.text("section.check", parameter=edition.notation.symbol(parameter))
            case Section(phase=phase):
                return say.text(f"section.{phase}")

    def _gates(self, section: Section) -> Prose:
        say = self.edition.language
        if section.target:
            return say.text("section.gates.backward_of", result=self.edition.notation.symbol(section.target))
        return say.text(f"section.gates.{section.phase}")

    def _question(self, number: int, question: Asked) -> Question:
        step = question.step
        symbol = self.edition.notation.symbol(step.quantity)
        prompt = self.explanations.prompt(step)
        tooltip = f"{number}. {as_text(prompt)} {plain(symbol)}"
        solution = tuple(block for inner in question.steps for block in self._explained(inner))
        return Question(
            number,
            step.quantity.id,
            self.prefix + step.quantity.id,
            prompt,
            symbol,
            tooltip,
            Blank(room=question.room),
            Solution(solution),
            tuple(self._boxes(step, tooltip)),
            self.edition.in_symbols,
        )

    def _boxes(self, step: Step, tooltip: str) -> Iterator[tuple[Box, ...]]:
        """A box for each entry of a matrix; its fields have the names that the entries have on every other sheet."""
        matrices = self.edition.matrices
        if (
            not (matrices and isinstance(step, MatrixStep))
            or whole_of(step.quantity) is None
            or self.edition.in_symbols
        ):
            return
        for line in matrices.layout.entries(step.quantity):
            yield tuple(
                Box(self.prefix + entry.id, f"{tooltip}: {plain(self.edition.notation.symbol(entry))}")
                for entry in line
            )

    def _explained(self, step: Step) -> Iterator[Block]:
        if step.quantity.sample <= 1:  # the same words again for every sample would be noise
            yield Paragraph(self.explanations.why(step), "why")
        yield Equation(self.edition.worked(step))
        if norm := self.edition.norm(step):
            yield Paragraph(self.edition.language.text("large.norm", norm=norm), "why")
        if step.quantity == TOTAL_ERROR.after_update() and not self.edition.exercise.is_symbolic:
            yield Paragraph(self._outcome(), "outcome")

    def _outcome(self) -> Prose:
        numbers, message = self.edition.equations.numbers, f"why.again.{outcome(self.edition.evaluation)}"
        before, after = numbers[TOTAL_ERROR.id], numbers[TOTAL_ERROR.after_update().id]
        return self.edition.language.text(message, before=before, after=after)

    def _results(self) -> Results:
        say, number = self.edition.language, count(1)
        parts = tuple(
            (
                as_text(self._section_name(section)),
                tuple(line for question in questions for line in self._result(next(number), question.step)),
            )
            for section, questions in Selection(self.edition).sections
        )
        value = "results.formula" if self.edition.in_symbols else "results.value"
        head = say.plain("results.number"), say.plain("results.quantity"), say.plain(value)
        return Results(say.plain("heading.results"), head, parts)

    def _result(self, number: int, step: Step) -> Iterator[Result]:
        """The answer; of a matrix that is not printed in full, every entry."""
        symbol, answer = self.edition.notation.symbol, self.edition.answer(step)
        if self.edition.matrices and isinstance(answer, Matrix) and is_elided(answer):
            for line in self.edition.matrices.layout.entries(step.quantity):
                yield from (Result(number, symbol(entry), self.edition.equations.numbers[entry.id]) for entry in line)
        else:
            yield Result(number, symbol(step.quantity), answer)
