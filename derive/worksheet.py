"""The sheet of an exercise: its first page, the questions with their solutions, the results."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from derive.derivation import Phase, Section
from derive.document import Blank, Block, Equation, Heading, Paragraph, Question, Result, Results, Sheet, Solution
from derive.edition import Edition
from derive.first_page import FirstPage
from derive.languages import Prose, as_text
from derive.mathtext.plain import plain
from derive.mathtext.tree import Node, Number
from derive.quantities import TOTAL_ERROR, Kind, Partial, Variable
from derive.questions import ROLES, Asked, asked, role_of
from derive.steps import ChainRule, Step, Update


@dataclass(frozen=True, slots=True)
class Worksheet:
    """An edition, laid out as questions."""

    edition: Edition
    prefix: str = ""
    """What stands before the names of form fields."""

    def sheet(self) -> Sheet:
        """The whole sheet, with what only students and only markers see marked as such."""
        blocks = (*FirstPage(self.edition).blocks(), *self._questions(), Solution((self._results(),)))
        return Sheet(self.edition.exercise.title(self.edition.language.code), blocks)

    def _questions(self) -> Iterator[Block]:
        number = 0
        for section, questions in asked(self.edition.evaluation.derivation, self.edition.detail):
            yield Heading(self._section_name(section))
            for question in questions:
                number += 1
                yield self._question(number, question)

    def _section_name(self, section: Section) -> Prose:
        match section.phase:
            case Phase.FORWARD:
                return self.edition.layer_name("section.forward", section.layer)
            case Phase.BACKWARD:
                return self.edition.layer_name("section.backward", section.layer)
            case phase:
                return self.edition.language.text(f"section.{phase}")

    def _question(self, number: int, question: Asked) -> Question:
        step = question.step
        symbol = self.edition.notation.symbol(step.quantity)
        prompt = self.edition.language.text(ROLES[role_of(step)].ask, **self._parts(step))
        tooltip = f"{number}. {as_text(prompt)} {plain(symbol)}"
        solution = tuple(block for inner in question.steps for block in self._explained(inner))
        blank = Blank(room=question.room)
        return Question(
            number, step.quantity.id, self.prefix + step.quantity.id, prompt, symbol, tooltip, blank, Solution(solution)
        )

    def _explained(self, step: Step) -> Iterator[Block]:
        yield Paragraph(self._why(step), "why")
        yield Equation(self.edition.equations.worked(step))
        if step.quantity == TOTAL_ERROR.after_update():
            yield Paragraph(self._outcome(), "why")

    def _why(self, step: Step) -> Prose:
        role = role_of(step)
        return self.edition.language.text(ROLES[role].why + self._variant(role, step), **self._parts(step))

    def _variant(self, role: str, step: Step) -> str:
        """The end of the name of a message that has a text of its own for each activation, loss or shape."""
        variant = ""
        match role, step:
            case (("out" | "activation_slope"), Step(quantity=Variable(at=at) | Partial(of=Variable(at=at)))):
                variant = f".{self.edition.layer_of[at].activation.name}"
            case "error", _:
                variant = f".{self.edition.exercise.network.loss.name}"
            case "net", Step(quantity=Variable(at=at)) if self.edition.layer_of[at].biases:
                variant = "_bias"
            case (("total" | "total_new"), _) if len(self.edition.exercise.network.outputs) == 1:
                variant = "_one"
            case "bias_update", Update(shared_by=n) if n > 1:
                variant = "_mean"
            case "weight_gradient", ChainRule(short=()):
                variant = "_short"
        return variant

    def _parts(self, step: Step) -> dict[str, Node]:
        """Everything that a message about this step can name."""
        match step.quantity:
            case Variable(at=at):
                if isinstance(step, Update):
                    return {"parameter": self.edition.notation.symbol(step.parameter), "n": Number(str(step.shared_by))}
                return {"neuron": self.edition.notation.neuron(at)} if at else {}
            case Partial() as partial:
                return self._parts_of_partial(step, partial)

    def _parts_of_partial(self, step: Step, partial: Partial) -> dict[str, Node]:
        by = self.edition.notation.symbol(partial.by)
        parts = {"by": by, "parameter": by, "out": by, "factor": self.edition.equations.in_symbols(step.expression)}
        through = _last_net(step)
        if through:
            parts["via"] = self.edition.notation.neuron(through.at)
        match partial:
            case Partial(of=Variable(kind=Kind.NET | Kind.OUT, at=at)) | Partial(by=Variable(kind=Kind.OUT, at=at)):
                owner = at  # whose net input or output it is the slope of, or whose output it is taken by
            case _:
                owner = through.at if through else ""  # the neuron that the weight or bias leads into
        if owner:
            parts["neuron"] = self.edition.notation.neuron(owner)
        return parts

    def _outcome(self) -> Prose:
        values, numbers = self.edition.evaluation.values, self.edition.equations.numbers
        before, after = TOTAL_ERROR.id, TOTAL_ERROR.after_update().id
        updates = (step for step in self.edition.evaluation.derivation.steps if isinstance(step, Update))
        if all(values[step.gradient.id] == 0 for step in updates):
            return self.edition.language.text("why.again.unchanged", after=numbers[after])
        message = "why.again.fallen" if values[after] < values[before] else "why.again.not_fallen"
        return self.edition.language.text(message, before=numbers[before], after=numbers[after])

    def _results(self) -> Results:
        say, number = self.edition.language, count(1)
        parts = tuple(
            (
                as_text(self._section_name(section)),
                tuple(self._result(next(number), question.step) for question in questions),
            )
            for section, questions in asked(self.edition.evaluation.derivation, self.edition.detail)
        )
        head = say.plain("results.number"), say.plain("results.quantity"), say.plain("results.value")
        return Results(say.plain("heading.results"), head, parts)

    def _result(self, number: int, step: Step) -> Result:
        return Result(
            number, self.edition.notation.symbol(step.quantity), self.edition.equations.numbers[step.quantity.id]
        )


def _last_net(step: Step) -> Variable | None:
    """The net input whose derivative is the last factor of a chain."""
    factor = step.factors[-1] if isinstance(step, ChainRule) else None
    return factor.of if isinstance(factor, Partial) and factor.of.kind is Kind.NET else None
