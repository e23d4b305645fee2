"""What is connected to what in a layered network, how its parts are named, and its forward pass as a graph.

Names follow Mazur's page: inputs i1 i2 …; hidden neurons h1 h2 …, counted on through all hidden layers; output neurons
o1 o2 …; weights w1 w2 …, neuron by neuron and layer by layer, a neuron's weights in the order of what they come from.
Biases b1 b2 … are counted too: one for a layer that shares it, else one for each neuron.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import count

from sympy import Add, Expr, Integer, Mul, evaluate

from derive.activations import Activation, activation_of
from derive.activations import slope_of as activation_slope
from derive.graph import Definition, Graph
from derive.losses import Loss, part_of
from derive.losses import slope_of as loss_slope
from derive.quantities import TOTAL_ERROR, Kind, Variable


class BiasMode(StrEnum):
    """How many biases a layer has."""

    NONE = "none"
    LAYER = "layer"
    NEURON = "neuron"


@dataclass(frozen=True, slots=True)
class Neuron:
    """One unit: net = Σ weight · source + bias, out = activation(net)."""

    name: str
    weights: tuple[Variable, ...]
    bias: Variable | None

    @property
    def net(self) -> Variable:
        return Variable(Kind.NET, self.name)

    @property
    def out(self) -> Variable:
        return Variable(Kind.OUT, self.name)


@dataclass(frozen=True, slots=True)
class Layer:
    """Neurons that share their sources and their activation function."""

    neurons: tuple[Neuron, ...]
    activation: Activation
    bias_mode: BiasMode

    @property
    def biases(self) -> tuple[Variable, ...]:
        return tuple(dict.fromkeys(neuron.bias for neuron in self.neurons if neuron.bias))


@dataclass(frozen=True, slots=True)
class Network:
    """A fully connected feed-forward network with its loss."""

    inputs: tuple[Variable, ...]
    layers: tuple[Layer, ...]
    loss: Loss
    trains_biases: bool

    @classmethod
    def of(
        cls,
        inputs: int,
        layers: list[tuple[int, Activation, BiasMode]],
        loss: Loss,
        trains_biases: bool,
    ) -> Network:
        """Names every part of a network of ``inputs`` inputs and layers of (width, activation, bias mode)."""
        hidden, weight, bias = count(1), count(1), count(1)
        built, sources = [], inputs
        for depth, (width, activation, mode) in enumerate(layers, start=1):
            last = depth == len(layers)
            shared = Variable(Kind.BIAS, str(next(bias))) if mode is BiasMode.LAYER else None
            neurons = []
            for position in range(1, width + 1):
                neurons.append(
                    Neuron(
                        name=f"o{position}" if last else f"h{next(hidden)}",
                        weights=tuple(Variable(Kind.WEIGHT, str(next(weight))) for _ in range(sources)),
                        bias=Variable(Kind.BIAS, str(next(bias))) if mode is BiasMode.NEURON else shared,
                    )
                )
            built.append(Layer(tuple(neurons), activation, mode))
            sources = width
        names = tuple(Variable(Kind.INPUT, str(number)) for number in range(1, inputs + 1))
        return cls(names, tuple(built), loss, trains_biases)

    @property
    def outputs(self) -> tuple[Neuron, ...]:
        return self.layers[-1].neurons

    @property
    def targets(self) -> tuple[Variable, ...]:
        return tuple(Variable(Kind.TARGET, neuron.name) for neuron in self.outputs)

    @property
    def weights(self) -> tuple[Variable, ...]:
        return tuple(weight for layer in self.layers for neuron in layer.neurons for weight in neuron.weights)

    @property
    def biases(self) -> tuple[Variable, ...]:
        return tuple(bias for layer in self.layers for bias in layer.biases)

    @property
    def parameters(self) -> tuple[Variable, ...]:
        """What the update changes."""
        return self.weights + (self.biases if self.trains_biases else ())

    def sources(self, depth: int) -> tuple[Variable, ...]:
        """What the layer of this index (0 is the first after the inputs) receives."""
        return tuple(neuron.out for neuron in self.layers[depth - 1].neurons) if depth else self.inputs

    def graph(self) -> Graph:
        """The forward pass, from the inputs to the total error."""
        with evaluate(False):  # one switch for all formulas: SymPy empties its caches at each
            return Graph(tuple(self._forward_pass()), self.parameters)

    def _forward_pass(self) -> Iterator[Definition]:
        for depth, layer in enumerate(self.layers):
            for position, neuron in enumerate(layer.neurons):
                yield _net_input(neuron, self.sources(depth), depth, position)
                yield _activation(neuron, layer.activation, depth, position)
        parts = []
        for position, (neuron, target) in enumerate(zip(self.outputs, self.targets, strict=True)):
            parts.append(_error_part(neuron, target, self, position))
        yield from parts
        yield _total(tuple(part.quantity for part in parts), len(self.layers))


def _net_input(neuron: Neuron, sources: tuple[Variable, ...], depth: int, position: int) -> Definition:
    terms: list[Expr] = []
    partials: list[tuple[Variable, Expr]] = []
    for weight, source in zip(neuron.weights, sources, strict=True):
        terms.append(Mul(weight.symbol, source.symbol, evaluate=False))
        partials += [(weight, source.symbol), (source, weight.symbol)]
    if neuron.bias:
        terms.append(neuron.bias.symbol)
        partials.append((neuron.bias, Integer(1)))
    return Definition(neuron.net, Add(*terms, evaluate=False), tuple(partials), depth, position)


def _activation(neuron: Neuron, activation: Activation, depth: int, position: int) -> Definition:
    net, out = neuron.net.symbol, neuron.out.symbol
    slope = activation_slope(activation, net, out)
    return Definition(neuron.out, activation_of(activation, net), ((neuron.net, slope),), depth, position)


def _error_part(neuron: Neuron, target: Variable, network: Network, position: int) -> Definition:
    arguments = target.symbol, neuron.out.symbol, len(network.outputs)
    return Definition(
        Variable(Kind.ERROR, neuron.name),
        part_of(network.loss, *arguments),
        ((neuron.out, loss_slope(network.loss, *arguments)),),
        len(network.layers),
        position,
    )


def _total(parts: tuple[Variable, ...], depth: int) -> Definition:
    # With one output, E_total is still its own quantity: ids do not depend on the width of the output layer.
    expression = Add(*(part.symbol for part in parts), evaluate=False) if len(parts) > 1 else parts[0].symbol
    return Definition(TOTAL_ERROR, expression, tuple((part, Integer(1)) for part in parts), depth, len(parts))
