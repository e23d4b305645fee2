"""The conventions of a sheet, a sentence each: everything that sources disagree on, as this exercise has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from derive.authoring.exercise_file import ExerciseFile, NetworkFile
from derive.derivation.steps import Evaluate, Step
from derive.equations.matrices.equations import ONES, MatrixEquations
from derive.equations.matrices.large import LargeRound
from derive.mathtext.building import row, signed
from derive.mathtext.plain import plain
from derive.mathtext.tree import EQUALS, HADAMARD, PLUS, Identifier, Node, Number, Operator, Spacing
from derive.model.activations import ACTIVATIONS, Activation, activation_of
from derive.model.losses import LOSSES, Loss, part_of
from derive.model.network import BiasMode, Network
from derive.model.optimizers import update_of
from derive.model.quantities import TOTAL_ERROR, Kind, Partial, Variable
from derive.sheet.edition import Edition
from derive.words.languages import Prose


@dataclass(frozen=True, slots=True)
class StatedConventions:
    """The sentences for one edition."""

    edition: Edition

    def sentences(self) -> Iterator[Prose]:
        """From the net input to the rounding."""
        network, content = self.edition.network, self.edition.exercise.content
        if network and isinstance(content, NetworkFile):
            yield from self._of_network(network, content)
        else:
            yield from self._of_circuit()
        if self.edition.large and self.edition.large.has_numbers:
            yield from self._drawn(self.edition.large, content)
        if not self.edition.exercise.is_symbolic:
            yield from self._numbers()

    def for_markers(self) -> Iterator[Prose]:
        """What only the key has: how its lines are to be read."""
        say, exercise = self.edition.language, self.edition.exercise
        if self.edition.matrices:
            yield say.text("convention.matrix.shapes_shown")
        if not exercise.is_symbolic and exercise.content.conventions.carry.is_full:
            yield say.text("convention.key")

    def _drawn(self, large: LargeRound, content: ExerciseFile) -> Iterator[Prose]:
        say = self.edition.language
        if isinstance(content, NetworkFile) and content.seed is not None:
            yield say.text("large.drawn", seed=content.seed)
        yield say.text("large.numbers_single" if large.is_single else "large.numbers")

    def _of_network(self, network: Network, content: NetworkFile) -> Iterator[Prose]:
        say = self.edition.language
        yield say.text(
            f"convention.net{self._bias_ending(network)}", net=self.edition.notation.symbol(Variable(Kind.NET))
        )
        if matrices := self.edition.matrices:
            yield from self._matrices(matrices)
        if self.edition.notation.profile.layered:
            yield say.text("convention.layer_mark")
        yield from self._activations(network)
        if self.edition.matrices or self.edition.nested:
            yield from self._functions(network)
        yield from self._corners(network)
        yield self._loss(network)
        yield from self._samples(content)
        if content.weight_decay:
            yield self._decay()
        yield from self._bias_conventions(network)
        yield self._delta(network)
        yield from self._update(network, content)
        yield from self._short_gradients()
        if content.gradient_check:
            name = content.gradient_check.parameters[0]
            steps = self.edition.evaluation.derivation
            quotient, difference = (self._inline(steps[f"{kind}_{name}"]) for kind in (Kind.QUOTIENT, Kind.DIFFERENCE))
            yield say.text("convention.check", quotient=quotient, difference=difference)
        if content.gradient_check and content.gradient_check.loss:
            other = LOSSES[content.gradient_check.loss]
            yield say.text("convention.check_loss", formula=self._error(network, other))

    def _matrices(self, matrices: MatrixEquations) -> Iterator[Prose]:
        say, architecture = self.edition.language, matrices.layout.architecture
        yield say.text(f"convention.matrix.{architecture.conventions.vectors}")
        yield say.text("convention.matrix.entrywise", product=Operator(HADAMARD.text, Spacing.NONE))
        if any(shape.shares_bias for shape in architecture.shapes):
            yield say.text("convention.matrix.ones", ones=ONES)
        yield say.text("convention.matrix.shapes")

    @staticmethod
    def _bias_ending(network: Network) -> str:
        if not network.biases:
            return ""
        return "_threshold" if network.biases[0].kind is Kind.THRESHOLD else "_bias"

    def _activations(self, network: Network) -> Iterator[Prose]:
        *hidden, output = (layer.activation for layer in network.layers)
        if hidden and all(activation == output for activation in hidden):
            yield self._activation("convention.activation", output, network)
            return
        if hidden and all(activation == hidden[0] for activation in hidden):
            yield self._activation("convention.activation_hidden", hidden[0], network)
        else:
            for number, activation in enumerate(hidden, start=1):
                yield self._activation("convention.activation_numbered", activation, network, number=number)
        yield self._activation("convention.activation_output", output, network)

    def _activation(self, message: str, activation: Activation, network: Network, **parts: int) -> Prose:
        own, net = Variable(Kind.OUT), Variable(Kind.NET)
        nets = []
        if activation.layerwise:  # the formula needs to say whose net inputs they are
            own, net = network.outputs[0].out, network.outputs[0].net
            nets = [neuron.net.symbol for neuron in network.outputs]
        out = Evaluate(own, activation_of(activation, net.symbol, nets))
        name = self.edition.language.text(f"activation.{activation.name}")
        return self.edition.language.text(message, name=name, formula=self._inline(out), **parts)

    def _corners(self, network: Network) -> Iterator[Prose]:
        for activation in dict.fromkeys(layer.activation for layer in network.layers):
            if activation.corner:
                name = self.edition.language.text(f"activation.{activation.name}")
                slope = network.conventions.corner
                value = self.edition.equations.in_symbols(activation.corner[0] if slope is None else slope)
                yield self.edition.language.text("convention.kink", name=name, value=value)

    def _functions(self, network: Network) -> Iterator[Prose]:
        """What stands for the functions where they are not written out."""
        for activation in dict.fromkeys(layer.activation for layer in network.layers):
            symbol = Identifier(activation.symbol, upright=True)
            name = self.edition.language.text(f"activation.{activation.name}")
            yield self.edition.language.text("convention.function", symbol=symbol, name=name)

    def _decay(self) -> Prose:
        symbol = self.edition.notation.symbol
        data, penalty = symbol(Variable(Kind.DATA)), symbol(Variable(Kind.PENALTY))
        total = row(symbol(TOTAL_ERROR), EQUALS, data, PLUS, penalty)
        return self.edition.language.text("convention.decay", total=total, penalty=penalty)

    def _loss(self, network: Network) -> Prose:
        part = self._error(network, network.loss)
        ending = "_mean" if network.shared_by > 1 else "_data" if network.decays else ""
        data = self.edition.notation.symbol(Variable(Kind.DATA))
        total = self.edition.language.text(f"convention.total{ending}", **({"data": data} if network.decays else {}))
        return self.edition.language.text(f"convention.loss.{network.loss.name}", formula=part, total=total)

    def _error(self, network: Network, loss: Loss) -> Node:
        """The error of one output, in general."""
        target, out = Variable(Kind.TARGET).symbol, Variable(Kind.OUT).symbol
        formula = part_of(loss, target, out, network.shared_by, network.conventions.difference)
        return self._inline(Evaluate(Variable(Kind.ERROR), formula))

    def _samples(self, content: NetworkFile) -> Iterator[Prose]:
        exercise, say = self.edition.exercise, self.edition.language
        if exercise.sample_count == 1:
            return
        size = exercise.training.batch
        if size == 1:
            yield say.text("convention.batch.one", n=exercise.sample_count)
        elif size < exercise.sample_count:
            yield say.text("convention.batch.mini", n=exercise.sample_count, size=size)
        else:
            yield say.text("convention.batch.full", n=exercise.sample_count)
        if size > 1:
            yield say.text(f"convention.samples.{content.conventions.over_samples}")
            example = self.edition.notation.symbol(Variable(Kind.NET, "o1", sample=2))
            yield say.text("convention.sample_mark", example=example)

    def _bias_conventions(self, network: Network) -> Iterator[Prose]:
        say = self.edition.language
        if not network.biases:
            yield say.text("convention.bias.none")
            return
        trains = network.conventions.train_biases
        what = "threshold" if network.biases[0].kind is Kind.THRESHOLD else "bias"
        yield say.text(f"convention.{what}.{'trained' if trains else 'fixed'}")
        if trains and any(layer.bias_mode is BiasMode.LAYER and len(layer.neurons) > 1 for layer in network.layers):
            yield say.text(f"convention.{what}.{network.conventions.shared_bias_gradient}")

    def _delta(self, network: Network) -> Prose:
        slope = Partial(TOTAL_ERROR, Variable(Kind.NET)).symbol
        descends = network.conventions.delta == "descent"
        definition = self._inline(Evaluate(Variable(Kind.DELTA), -slope if descends else slope))
        message = "convention.delta_descent" if descends else "convention.delta"
        return self.edition.language.text(message, definition=definition)

    def _update(self, network: Network, content: NetworkFile) -> Iterator[Prose]:
        say, weight = self.edition.language, Variable(Kind.WEIGHT)
        yield say.text(f"convention.update.{content.conventions.update_order}")
        gradient = Partial(TOTAL_ERROR, weight).symbol
        lines = list(update_of(self.edition.exercise.optimizer, weight, gradient))
        rules: list[Prose] = [(self._inline(Evaluate(quantity, formula)),) for quantity, formula, _ in lines]
        name = say.text(f"optimizer.{content.optimizer.name}")
        yield say.text("convention.rule", name=name, rules=_joined(rules, say.template("list.comma")))
        if len(lines) > 1 and not content.training.completed:  # else what is kept is among the given values
            yield say.text("convention.state")

    def _of_circuit(self) -> Iterator[Prose]:
        say, exercise = self.edition.language, self.edition.exercise
        assert exercise.circuit
        yield say.text("convention.gates")
        yield from self._short_gradients()
        operations = {gate.operation for gate in exercise.circuit.gates}
        if "logistic" in operations:
            symbol = Identifier(ACTIVATIONS["logistic"].symbol, upright=True)
            yield say.text("convention.function", symbol=symbol, name=say.text("activation.logistic"))
        if operations & {"max", "min"}:
            yield say.text(f"convention.ties.{exercise.content.conventions.max_ties}")
        if operations & {"relu", "abs"}:
            yield say.text(
                "convention.corner", value=signed(f"{exercise.content.conventions.slope_at_corner or Decimal(0):f}")
            )

    def _short_gradients(self) -> Iterator[Prose]:
        """What dx stands for, in the notation that has it."""
        notation = self.edition.notation
        if notation.profile.short_gradients and len(notation.results) == 1:
            yield self.edition.language.text("convention.short_gradients", result=notation.symbol(notation.results[0]))

    def _inline(self, step: Step) -> Node:
        """A formula of the general case, to stand in a sentence."""
        return row(*(side for line in self.edition.equations.symbolic(step).lines for side in line))

    def _numbers(self) -> Iterator[Prose]:
        """What is rounded before one calculates on, and how the answers are rounded."""
        say, carry = self.edition.language, self.edition.exercise.content.conventions.carry
        values = say.enumeration([say.text(f"carried.{name}") for name in carry.only]) if carry.only else ()
        decimal = self._decimal_mark()
        if carry.single:
            yield say.text("convention.carry.single", values=values or say.text("carried.all"))
        elif carry.only:
            kind, n = ("figures", carry.figures) if carry.digits is None else ("digits", carry.digits)
            yield say.counted(f"convention.carry.{kind}", n or 0, values=values)
        carries_all = not carry.is_full and not carry.single and not carry.only
        rounding, ending = self.edition.rounding, "_carried" if carries_all else "_others" if carry.only else ""
        if rounding.digits == 0 and not ending:
            yield say.text("convention.whole", decimal=decimal)
        elif rounding.digits is not None:
            yield say.counted(f"convention.digits{ending}", rounding.digits, decimal=decimal)
        else:
            yield say.counted(f"convention.figures{ending}", rounding.figures, decimal=decimal)
        if self.edition.exercise.content.sheet.truncation:
            yield say.text("convention.truncation")

    def _decimal_mark(self) -> Prose:
        """How decimals are written; nothing where there are none."""
        mark = self.edition.decimal_mark
        if not any(mark in plain(number) for number in self.edition.equations.numbers.values()):
            return ()
        name = "comma" if mark == "," else "point"
        return self.edition.language.text(f"convention.decimal.{name}", example=Number(f"0{mark}5"))


def _joined(rules: list[Prose], separator: str) -> Prose:
    joined: list[str | Node] = []
    for rule in rules:
        joined += [separator, *rule] if joined else list(rule)
    return tuple(joined)
