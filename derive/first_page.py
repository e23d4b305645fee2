"""The first page of a sheet: the network, the given values, and the conventions that sources disagree on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from derive.activations import Activation, activation_of
from derive.diagram import network_diagram
from derive.document import Blank, Block, Figure, Heading, Items, Lines, Paragraph, Solution, Table
from derive.edition import Edition
from derive.languages import Prose
from derive.losses import part_of
from derive.mathtext.tree import Node, Number, row
from derive.network import BiasMode
from derive.quantities import RATE, TOTAL_ERROR, Kind, Partial, Variable
from derive.steps import Evaluate, Step, Update

_GAP = "\u00a0\u00a0\u00a0 "  # between the equations of a row: wide, and a line may break at its end


@dataclass(frozen=True, slots=True)
class FirstPage:
    """What student and marker both see before the first question."""

    edition: Edition

    def blocks(self) -> Iterator[Block]:
        """From the line for the name to the conventions."""
        say, content = self.edition.language, self.edition.exercise.content
        yield Blank((Lines((say.plain("field.name"), say.plain("field.date"), say.plain("field.score"))),))
        if note := self.edition.exercise.note(say.code):
            yield Paragraph((note,), "note")
        if content.source:
            yield Paragraph(say.text("source", source=content.source), "source")
        yield Heading(say.text("heading.network"))
        yield self._figure()
        yield Heading(say.text("heading.given"))
        yield Table(tuple(self._given()))
        yield Heading(say.text("heading.conventions"))
        yield Items(tuple(self._conventions()))
        yield Solution((Items((say.text("convention.key"),)),))

    def _figure(self) -> Figure:
        network = self.edition.exercise.network
        values = {name: self.edition.equations.numbers[name] for name in self.edition.exercise.given}
        return Figure(network_diagram(network, self.edition.notation, values), self._alternative())

    def _alternative(self) -> str:
        say, network = self.edition.language, self.edition.exercise.network
        *hidden, output = (len(layer.neurons) for layer in network.layers)
        layers = [say.counted("figure.alt.hidden", width) for width in hidden]
        layers.append(say.counted("figure.alt.output", output))
        inputs = say.counted("figure.alt.inputs", len(network.inputs))
        return "".join(map(str, say.text("figure.alt", inputs=inputs, layers=say.enumeration(layers))))

    def _given(self) -> Iterator[tuple[Prose, ...]]:
        say, network = self.edition.language, self.edition.exercise.network
        yield say.text("given.inputs"), self._values(network.inputs)
        for layer in network.layers:
            for neuron in layer.neurons:
                bias = [neuron.bias] if neuron.bias else []
                name = say.text("given.neuron", neuron=self.edition.notation.neuron(neuron.name))
                yield name, self._values([*neuron.weights, *bias])
        yield say.text("given.targets"), self._values(network.targets)
        yield say.text("given.rate"), self._values([RATE])

    def _values(self, variables: Sequence[Variable]) -> Prose:
        prose: list[str | Node] = []
        for variable in variables:
            prose += [_GAP] if prose else []
            prose.append(self.edition.equations.valued(variable))
        return tuple(prose)

    def _conventions(self) -> Iterator[Prose]:
        say, network = self.edition.language, self.edition.exercise.network
        net = self.edition.notation.symbol(Variable(Kind.NET))
        yield say.text("convention.net_bias" if network.biases else "convention.net", net=net)
        yield from self._activations()
        yield from self._kinks()
        target, out = Variable(Kind.TARGET).symbol, Variable(Kind.OUT).symbol
        part = Evaluate(Variable(Kind.ERROR), part_of(network.loss, target, out, len(network.outputs)))
        yield say.text(f"convention.loss.{network.loss.name}", formula=self._inline(part))
        yield from self._bias_conventions()
        weight = Variable(Kind.WEIGHT)
        delta = Evaluate(Variable(Kind.DELTA), Partial(TOTAL_ERROR, Variable(Kind.NET)).symbol)
        yield say.text("convention.delta", definition=self._inline(delta))
        update = Update(weight.after_update(), weight, Partial(TOTAL_ERROR, weight))
        yield say.text("convention.update", rule=self._inline(update))
        yield self._numbers()

    def _activations(self) -> Iterator[Prose]:
        *hidden, output = (layer.activation for layer in self.edition.exercise.network.layers)
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
        name = self.edition.language.text(f"activation.{activation.name}")
        return self.edition.language.text(message, name=name, formula=self._inline(out), **parts)

    def _kinks(self) -> Iterator[Prose]:
        for activation in dict.fromkeys(layer.activation for layer in self.edition.exercise.network.layers):
            if activation.slope_at_kink is not None:
                name = self.edition.language.text(f"activation.{activation.name}")
                value = self.edition.equations.in_symbols(activation.slope_at_kink)
                yield self.edition.language.text("convention.kink", name=name, value=value)

    def _bias_conventions(self) -> Iterator[Prose]:
        network, say = self.edition.exercise.network, self.edition.language
        if not network.biases:
            yield say.text("convention.bias.none")
            return
        yield say.text(f"convention.bias.{'trained' if network.trains_biases else 'fixed'}")
        shared = any(layer.bias_mode is BiasMode.LAYER and len(layer.neurons) > 1 for layer in network.layers)
        if network.trains_biases and shared:
            yield say.text(f"convention.bias.{self.edition.exercise.content.shared_bias_gradient}")

    def _inline(self, step: Step) -> Node:
        """A formula of the general case, to stand in a sentence."""
        return row(*(side for line in self.edition.equations.symbolic(step).lines for side in line))

    def _numbers(self) -> Prose:
        say, rounding = self.edition.language, self.edition.rounding
        mark = "comma" if self.edition.decimal_mark == "," else "point"
        decimal = say.text(f"convention.decimal.{mark}", example=Number(f"0{self.edition.decimal_mark}5"))
        if rounding.digits is not None:
            return say.counted("convention.digits", rounding.digits, decimal=decimal)
        return say.counted("convention.figures", rounding.figures, decimal=decimal)
