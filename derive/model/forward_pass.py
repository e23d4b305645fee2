"""The forward pass of a network as a graph: from the inputs to the total error over a batch of samples.

With several samples it stands in the graph once for each. Formulas of activations and losses are made once, and renamed
for each neuron: to make them anew would take three times as long.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sympy import Add, Expr, Integer, Mul, Rational, S, evaluate

from derive.model.activations import Activation, activation_of, cross_slope_of
from derive.model.activations import slope_of as activation_slope
from derive.model.expressions import added, multiplied, renamed
from derive.model.graph import Definition, Graph
from derive.model.losses import part_of, short_delta_of
from derive.model.losses import slope_of as loss_slope
from derive.model.network import DECAY, Layer, Network, Neuron
from derive.model.quantities import TOTAL_ERROR, Kind, Variable

# Any net input, output and target, in formulas that hold for every neuron.
_NET, _OUT, _TARGET = (Variable(kind).symbol for kind in (Kind.NET, Kind.OUT, Kind.TARGET))


def forward_pass(network: Network, samples: int = 1) -> Graph:
    """The graph of a network, over a batch of so many samples."""
    return _ForwardPass(network).graph(samples)


@dataclass(frozen=True, slots=True)
class _ForwardPass:
    """What a network calculates, definition after definition."""

    network: Network

    def graph(self, samples: int = 1) -> Graph:
        """The forward pass, from the inputs to the total error over a batch of so many samples."""
        with evaluate(False):  # one switch for all formulas: SymPy empties its caches at each
            several = samples > 1
            numbers = range(1, samples + 1) if several else (0,)
            definitions = [definition for number in numbers for definition in self._forward_pass(number)]
            definitions += self._sum_over_samples(numbers) if several else ()
            definitions += self._penalty() if self.network.decays else ()
            inputs = [name.in_sample(number) for number in numbers for name in self.network.inputs]
            return Graph(
                tuple(definitions),
                self.network.parameters,
                tuple(inputs) if self.network.input_gradients else (),
                self._short_deltas(numbers) if self.network.is_short else {},
            )

    def _forward_pass(self, sample: int) -> Iterator[Definition]:
        for depth, layer in enumerate(self.network.layers):
            sources = tuple(source.in_sample(sample) for source in self.network.sources(depth))
            nets = tuple(neuron.net.in_sample(sample) for neuron in layer.neurons)
            taught = self._taught(layer.activation)
            for position, neuron in enumerate(layer.neurons):
                yield _net_input(neuron, sources, depth, position, sample)
                if taught:
                    yield _activation(neuron, taught, depth, position, sample)
            if layer.activation.layerwise:
                for position in range(len(layer.neurons)):
                    yield _of_layer(layer, nets, depth, position, sample)
        taught_loss = self._taught_loss()
        parts = [
            self._error_part(neuron, taught_loss, place, sample) for place, neuron in enumerate(self.network.outputs)
        ]
        yield from parts
        total = TOTAL_ERROR.in_sample(sample) if sample else self.network.data_error
        yield _sum(total, tuple(part.quantity for part in parts), len(self.network.layers), len(parts))

    def _taught(self, activation: Activation) -> tuple[Expr, Expr] | None:
        """out and ∂out/∂net of any neuron, to be renamed for each; none where they depend on the whole layer.

        To make them anew for each neuron would take three times as long.
        """
        if activation.layerwise:
            return None
        return activation_of(activation, _NET), activation_slope(
            activation, _NET, _OUT, self.network.conventions.corner
        )

    def _taught_loss(self) -> tuple[Expr, Expr]:
        """The part of the error of any output, and its derivative by that output, likewise."""
        arguments = (_TARGET, _OUT, self.network.shared_by, self.network.conventions.difference)
        return part_of(self.network.loss, *arguments), loss_slope(self.network.loss, *arguments)

    def _error_part(self, neuron: Neuron, taught: tuple[Expr, Expr], position: int, sample: int) -> Definition:
        target, out = self._target(neuron).in_sample(sample), neuron.out.in_sample(sample)
        formula, slope = (renamed(expression, {_TARGET: target.symbol, _OUT: out.symbol}) for expression in taught)
        error = Variable(Kind.ERROR, neuron.name, sample=sample)
        return Definition(error, formula, ((out, slope),), len(self.network.layers), position)

    @staticmethod
    def _target(neuron: Neuron) -> Variable:
        return Variable(Kind.TARGET, neuron.name)

    def _sum_over_samples(self, numbers: Sequence[int]) -> Iterator[Definition]:
        parts = tuple(TOTAL_ERROR.in_sample(number) for number in numbers)
        share = Rational(1, len(parts)) if self.network.conventions.averages_samples else Integer(1)
        yield _sum(self.network.data_error, parts, len(self.network.layers) + 1, 0, share)

    def _penalty(self) -> Iterator[Definition]:
        depth = len(self.network.layers) + 2
        squares = Add(*(weight.symbol**2 for weight in self.network.weights), evaluate=False)  # of one, that one
        size = Mul(Rational(1, 2), DECAY.symbol, squares, evaluate=False)
        slopes = tuple((weight, Mul(DECAY.symbol, weight.symbol, evaluate=False)) for weight in self.network.weights)
        penalty = Variable(Kind.PENALTY)
        yield Definition(penalty, size, slopes, depth, 0)
        yield _sum(TOTAL_ERROR, (self.network.data_error, penalty), depth, 1)

    def _short_deltas(self, numbers: Sequence[int]) -> dict[Variable, Expr]:
        return {
            neuron.net.in_sample(number): short_delta_of(
                self._target(neuron).in_sample(number).symbol,
                neuron.out.in_sample(number).symbol,
                self.network.shared_by,
                self.network.conventions.difference,
                self.network.conventions.delta == "descent",
            )
            for number in numbers
            for neuron in self.network.outputs
        }


def _net_input(neuron: Neuron, sources: tuple[Variable, ...], depth: int, position: int, sample: int) -> Definition:
    terms: list[Expr] = []
    partials: list[tuple[Variable, Expr]] = []
    for weight, source in zip(neuron.weights, sources, strict=True):
        terms.append(multiplied((weight.symbol, source.symbol)))
        partials += [(weight, source.symbol), (source, weight.symbol)]
    if neuron.bias:
        sign = Integer(-1 if neuron.bias.kind is Kind.THRESHOLD else 1)
        terms.append(neuron.bias.symbol if sign == 1 else multiplied((sign, neuron.bias.symbol)))
        partials.append((neuron.bias, sign))
    return Definition(neuron.net.in_sample(sample), added(terms), tuple(partials), depth, position)


def _activation(neuron: Neuron, taught: tuple[Expr, Expr], depth: int, position: int, sample: int) -> Definition:
    net, out = neuron.net.in_sample(sample), neuron.out.in_sample(sample)
    formula, slope = (renamed(expression, {_NET: net.symbol, _OUT: out.symbol}) for expression in taught)
    return Definition(out, formula, ((net, slope),), depth, position)


def _of_layer(layer: Layer, nets: tuple[Variable, ...], depth: int, position: int, sample: int) -> Definition:
    """The output of a neuron whose activation function looks at the whole layer."""
    own = layer.neurons[position].out.in_sample(sample)
    slopes = []
    for other, net in zip(layer.neurons, nets, strict=True):
        out = other.out.in_sample(sample)
        is_own = out == own
        slope = (
            activation_slope(layer.activation, net.symbol, own.symbol)
            if is_own
            else cross_slope_of(layer.activation, own.symbol, out.symbol)
        )
        slopes.append((net, slope))
    formula = activation_of(layer.activation, nets[position].symbol, [net.symbol for net in nets])
    return Definition(own, formula, tuple(slopes), depth, position)


def _sum(whole: Variable, parts: tuple[Variable, ...], depth: int, position: int, share: Expr = S.One) -> Definition:
    # With one output, E_total is still its own quantity: ids do not depend on the width of the output layer.
    expression = added([part.symbol for part in parts])
    if share != 1:
        expression = multiplied((share, expression))
    return Definition(whole, expression, tuple((part, share) for part in parts), depth, position)
