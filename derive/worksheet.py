"""Derivation and evaluation become a document: the first page, the questions with their solutions, the results."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import count

from derive.activations import Activation, activation_of
from derive.derivation import ChainRule, Evaluate, Phase, Section, Step, Update
from derive.diagram import network_diagram
from derive.document import (
    Blank,
    Block,
    Equation,
    Figure,
    Heading,
    Items,
    Lines,
    Paragraph,
    Question,
    Result,
    Results,
    Sheet,
    Solution,
    Table,
)
from derive.equations import Equations, printed_numbers
from derive.evaluation import Evaluation, Rounding
from derive.exercise import Exercise
from derive.languages import Language, Prose
from derive.losses import part_of
from derive.mathtext.plain import plain
from derive.mathtext.tree import Node, Number, row
from derive.network import BiasMode, Layer
from derive.notation import NET_OUT, Notation
from derive.quantities import RATE, TOTAL_ERROR, Kind, Partial, Variable
from derive.questions import ROLES, Asked, asked, role_of

_GAP = "\u2003 "  # between the equations of a row: wide, and a place where a line may break


@dataclass(frozen=True)
class Worksheet:
    """One exercise in one language, ready to be laid out."""

    exercise: Exercise
    evaluation: Evaluation
    language: Language
    rounding: Rounding
    detail: str
    decimal_mark: str
    notation: Notation = NET_OUT

    @cached_property
    def equations(self) -> Equations:
        return Equations(self.notation, printed_numbers(self.evaluation, self.rounding, self.decimal_mark))

    def sheet(self) -> Sheet:
        """The whole sheet, with what only students and only markers see marked as such."""
        blocks = (*self._opening(), *self._questions(), Solution((self._results(),)))
        return Sheet(self.exercise.title(self.language.code), blocks)

    # The first page

    def _opening(self) -> Iterator[Block]:
        say, content = self.language, self.exercise.content
        yield Blank((Lines((say.plain("field.name"), say.plain("field.date"), say.plain("field.score"))),))
        if note := self.exercise.note(say.code):
            yield Paragraph((note,), "note")
        if content.source:
            yield Paragraph(say.text("source", source=content.source), "source")
        yield Heading(say.text("heading.network"))
        yield self._figure()
        yield Heading(say.text("heading.given"))
        yield Table((say.plain("given.what"), say.plain("given.values")), tuple(self._given()))
        yield Heading(say.text("heading.conventions"))
        yield Items(tuple(self._conventions()))

    def _figure(self) -> Figure:
        network = self.exercise.network
        values = {name: self.equations.numbers[name] for name in self.exercise.given}
        return Figure(network_diagram(network, self.notation.symbol, values), self._alternative())

    def _alternative(self) -> str:
        say, network = self.language, self.exercise.network
        *hidden, output = (len(layer.neurons) for layer in network.layers)
        layers = [say.counted("figure.alt.hidden", width) for width in hidden]
        layers.append(say.counted("figure.alt.output", output))
        inputs = say.counted("figure.alt.inputs", len(network.inputs))
        return "".join(map(str, say.text("figure.alt", inputs=inputs, layers=say.enumeration(layers))))

    def _given(self) -> Iterator[tuple[Prose, ...]]:
        say, network = self.language, self.exercise.network
        yield say.text("given.inputs"), self._values(network.inputs)
        for depth, layer in enumerate(network.layers):
            weights = [weight for neuron in layer.neurons for weight in neuron.weights]
            yield self._layer_name("given", depth), self._values([*weights, *layer.biases])
        yield say.text("given.targets"), self._values(network.targets)
        yield say.text("given.rate"), self._values([RATE])

    def _values(self, variables: list[Variable] | tuple[Variable, ...]) -> Prose:
        prose: list[str | Node] = []
        for variable in variables:
            prose += [_GAP] if prose else []
            prose.append(self.equations.valued(variable))
        return tuple(prose)

    def _layer_name(self, prefix: str, depth: int) -> Prose:
        hidden = len(self.exercise.network.layers) - 1
        if depth == hidden:
            return self.language.text(f"{prefix}.output")
        if hidden == 1:
            return self.language.text(f"{prefix}.hidden")
        return self.language.text(f"{prefix}.hidden_numbered", number=depth + 1)

    # The conventions

    def _conventions(self) -> Iterator[Prose]:
        say, network = self.language, self.exercise.network
        yield say.text("convention.net_bias" if network.biases else "convention.net")
        yield from self._activations()
        yield from self._kinks()
        target, out = Variable(Kind.TARGET).symbol, Variable(Kind.OUT).symbol
        part = Evaluate(Variable(Kind.ERROR), part_of(network.loss, target, out, len(network.outputs)))
        yield say.text(f"convention.loss.{network.loss.name}", formula=self._inline(part))
        yield from self._bias_conventions()
        net, weight = Variable(Kind.NET), Variable(Kind.WEIGHT)
        delta = Evaluate(Variable(Kind.DELTA), Partial(TOTAL_ERROR, net).symbol)
        yield say.text("convention.delta", definition=self._inline(delta))
        update = Update(weight.after_update(), weight, Partial(TOTAL_ERROR, weight))
        yield say.text("convention.update", rule=self._inline(update))
        yield from self._number_conventions()

    def _activations(self) -> Iterator[Prose]:
        *hidden, output = (layer.activation for layer in self.exercise.network.layers)
        if all(activation == output for activation in hidden):
            yield self._activation("convention.activation", output)
            return
        if all(activation == hidden[0] for activation in hidden):
            yield self._activation("convention.activation_hidden", hidden[0])
        else:
            for number, activation in enumerate(hidden, start=1):
                yield self._activation("convention.activation_numbered", activation, number=number)
        yield self._activation("convention.activation_output", output)

    def _activation(self, message: str, activation: Activation, **parts: int) -> Prose:
        out = Evaluate(Variable(Kind.OUT), activation_of(activation, Variable(Kind.NET).symbol))
        name = self.language.text(f"activation.{activation.name}")
        return self.language.text(message, name=name, formula=self._inline(out), **parts)

    def _kinks(self) -> Iterator[Prose]:
        for activation in dict.fromkeys(layer.activation for layer in self.exercise.network.layers):
            if activation.slope_at_kink is not None:
                name = self.language.text(f"activation.{activation.name}")
                value = self.equations.in_symbols(activation.slope_at_kink)
                yield self.language.text("convention.kink", name=name, value=value)

    def _bias_conventions(self) -> Iterator[Prose]:
        network, say = self.exercise.network, self.language
        if not network.biases:
            yield say.text("convention.bias.none")
            return
        yield say.text(f"convention.bias.{'trained' if network.trains_biases else 'fixed'}")
        shared = any(layer.bias_mode is BiasMode.LAYER and len(layer.neurons) > 1 for layer in network.layers)
        if network.trains_biases and shared:
            yield say.text(f"convention.bias.{self.exercise.content.shared_bias_gradient}")

    def _inline(self, step: Step) -> Node:
        """A formula of the general case, to stand in a sentence."""
        return row(*(side for line in self.equations.symbolic(step).lines for side in line))

    def _number_conventions(self) -> Iterator[Prose]:
        say, rounding = self.language, self.rounding
        if rounding.digits is not None:
            yield say.counted("convention.digits", rounding.digits)
        else:
            yield say.counted("convention.figures", rounding.figures)
        mark = "comma" if self.decimal_mark == "," else "point"
        yield say.text(f"convention.decimal.{mark}", example=Number(f"0{self.decimal_mark}5"))

    # The questions

    def _questions(self) -> Iterator[Block]:
        number = 0
        for section, questions in asked(self.evaluation.derivation, self.detail):
            yield Heading(self._section_name(section))
            for question in questions:
                number += 1
                yield self._question(number, question)

    def _section_name(self, section: Section) -> Prose:
        match section.phase:
            case Phase.FORWARD:
                return self._layer_name("section.forward", section.layer)
            case Phase.BACKWARD_OUTPUT | Phase.BACKWARD_HIDDEN:
                return self._layer_name("section.backward", section.layer)
            case phase:
                return self.language.text(f"section.{phase}")

    def _question(self, number: int, question: Asked) -> Question:
        step = question.step
        symbol = self.notation.symbol(step.quantity)
        prompt = self.language.text(ROLES[role_of(step)].ask, **self._parts(step))
        tooltip = f"{number}. {_as_text(prompt)} {plain(symbol)}"
        solution = tuple(block for inner in question.steps for block in self._explained(inner))
        blank = Blank(room=question.room)
        return Question(number, step.quantity.id, prompt, symbol, tooltip, blank, Solution(solution))

    def _explained(self, step: Step) -> Iterator[Block]:
        yield Paragraph(self._why(step), "why")
        yield Equation(self.equations.worked(step))
        if step.quantity == TOTAL_ERROR.after_update():
            yield Paragraph(self._outcome(), "why")

    def _why(self, step: Step) -> Prose:
        role = role_of(step)
        return self.language.text(ROLES[role].why + self._variant(role, step), **self._parts(step))

    def _variant(self, role: str, step: Step) -> str:
        """The end of the name of a message that has a text of its own for each activation, loss or shape."""
        match role, step:
            case (("out" | "activation_slope"), _):
                at = step.quantity.at if isinstance(step.quantity, Variable) else step.quantity.of.at
                return f".{self._layer_of[at].activation.name}"
            case "error", _:
                return f".{self.exercise.network.loss.name}"
            case "net", Evaluate(Variable(at=at)):
                return "_bias" if self._layer_of[at].biases else ""
            case "total", _:
                return "_one" if len(self.exercise.network.outputs) == 1 else ""
            case "weight_gradient", ChainRule(short=()):
                return "_short"
            case _:
                return ""

    @cached_property
    def _layer_of(self) -> dict[str, Layer]:
        return {neuron.name: layer for layer in self.exercise.network.layers for neuron in layer.neurons}

    def _parts(self, step: Step) -> dict[str, Node]:
        """Everything that a message about this step can name."""
        match step.quantity:
            case Variable(at=at):
                if isinstance(step, Update):
                    return {"parameter": self.notation.symbol(step.parameter)}
                return {"neuron": self.notation.neuron(at)} if at else {}
            case Partial() as partial:
                return self._parts_of_partial(step, partial)

    def _parts_of_partial(self, step: Step, partial: Partial) -> dict[str, Node]:
        by = self.notation.symbol(partial.by)
        parts = {"by": by, "parameter": by, "out": by, "factor": self.equations.in_symbols(step.expression)}
        through = _last_net(step)
        if through:
            parts["via"] = self.notation.neuron(through.at)
        # The neuron of a slope of its net input or its output; of a gradient, the one that the parameter leads into.
        at = partial.by.at if partial.by.kind is Kind.OUT and partial.of.kind is not Kind.NET else None
        owner = (
            at or (partial.of.at if partial.of.kind is not Kind.TOTAL else None) or (through.at if through else None)
        )
        if owner:
            parts["neuron"] = self.notation.neuron(owner)
        return parts

    def _outcome(self) -> Prose:
        values, numbers = self.evaluation.values, self.equations.numbers
        before, after = TOTAL_ERROR.id, TOTAL_ERROR.after_update().id
        message = "why.again.fallen" if values[after] < values[before] else "why.again.not_fallen"
        return self.language.text(message, before=numbers[before], after=numbers[after])

    # The last page of the key

    def _results(self) -> Results:
        say, number = self.language, count(1)
        parts = tuple(
            (
                _as_text(self._section_name(section)),
                tuple(self._result(next(number), question.step) for question in questions),
            )
            for section, questions in asked(self.evaluation.derivation, self.detail)
        )
        head = say.plain("results.number"), say.plain("results.quantity"), say.plain("results.value")
        return Results(say.plain("heading.results"), head, parts)

    def _result(self, number: int, step: Step) -> Result:
        return Result(number, self.notation.symbol(step.quantity), self.equations.numbers[step.quantity.id])


def _last_net(step: Step) -> Variable | None:
    """The net input whose derivative is the last factor of a chain."""
    factor = step.factors[-1] if isinstance(step, ChainRule) else None
    return factor.of if isinstance(factor, Partial) and factor.of.kind is Kind.NET else None


def _as_text(prose: Prose) -> str:
    return "".join(part if isinstance(part, str) else plain(part) for part in prose)
