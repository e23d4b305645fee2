"""What is connected to what in a layered network, how its parts are named, and its forward pass as a graph.

Names follow Mazur's page: inputs i1 i2 …; hidden neurons h1 h2 …, counted on through all hidden layers; output neurons
o1 o2 …; weights w1 w2 …, neuron by neuron and layer by layer, a neuron's weights in the order of what they come from.
Biases b1 b2 … (or thresholds, which are subtracted) are counted too: one for a layer that shares it, else one for each
neuron. With several samples the forward pass stands in the graph once for each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from itertools import count, pairwise
from typing import Any

from sympy import Add, Expr, Integer, Mul, Rational, S, evaluate

from derive.model.activations import Activation, activation_of, cross_slope_of
from derive.model.activations import slope_of as activation_slope
from derive.model.conventions import Conventions
from derive.model.graph import Definition, Graph
from derive.model.losses import Loss, part_of, short_delta_of
from derive.model.losses import slope_of as loss_slope
from derive.model.quantities import TOTAL_ERROR, Kind, Variable, added, multiplied, of_layer, renamed

DECAY = Variable(Kind.DECAY)
# Any net input, output and target, in formulas that hold for every neuron.
_NET, _OUT, _TARGET = (Variable(kind).symbol for kind in (Kind.NET, Kind.OUT, Kind.TARGET))
SKETCHED = 13
"""Neurons of a layer in the sketch of a network: more than any drawing shows without leaving some out."""


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
class Shape:
    """A layer before its parts have names; a threshold is a bias that is subtracted."""

    width: int
    activation: Activation
    bias: BiasMode = BiasMode.NONE
    threshold: bool = False

    @property
    def bias_count(self) -> int:
        return {BiasMode.NONE: 0, BiasMode.LAYER: 1, BiasMode.NEURON: self.width}[self.bias]

    @property
    def shares_bias(self) -> bool:
        """Whether several neurons have one bias."""
        return self.bias is BiasMode.LAYER and self.width > 1

    @property
    def bias_kind(self) -> Kind:
        return Kind.THRESHOLD if self.threshold else Kind.BIAS


@dataclass(frozen=True)
class Architecture:
    """A network before its parts have names: all that its matrices need to know, however large it is."""

    inputs: int
    shapes: tuple[Shape, ...]
    loss: Loss
    conventions: Conventions = field(default_factory=Conventions)
    decays: bool = False
    """Whether half the squared length of the weights, times λ, is added to the error."""
    input_gradients: bool = False

    @property
    def widths(self) -> tuple[int, ...]:
        """From the inputs to the outputs."""
        return self.inputs, *(shape.width for shape in self.shapes)

    @property
    def parameter_count(self) -> int:
        """Weights and biases."""
        weights = sum(below * above for below, above in pairwise(self.widths))
        return weights + sum(shape.bias_count for shape in self.shapes)

    @property
    def is_short(self) -> bool:
        """Whether the delta of the output layer is written at once, as output minus target."""
        return self.shapes[-1].activation.name == self.loss.short_delta and self.conventions.cross_entropy == "short"

    @property
    def shared_by(self) -> int:
        """By how many the error of an output is divided."""
        return self.widths[-1] if self.conventions.over_outputs == "mean" else 1

    @property
    def data_error(self) -> Variable:
        """The error of the samples, before a penalty is added."""
        return Variable(Kind.DATA) if self.decays else TOTAL_ERROR

    def bias(self, layer: int) -> Variable | None:
        """The biases of a layer, counted from 1, as a vector; or the one that all its neurons share."""
        shape = self.shapes[layer - 1]
        if shape.bias is BiasMode.NONE:
            return None
        return self.shared_biases[layer] if shape.shares_bias else of_layer(shape.bias_kind, layer)

    @cached_property
    def shared_biases(self) -> Mapping[int, Variable]:
        """The one bias of each layer that shares it, by the layer's number, named as the network names it."""
        named: dict[int, Variable] = {}
        number = 1
        for depth, shape in enumerate(self.shapes, start=1):
            if shape.bias is BiasMode.LAYER:
                named[depth] = Variable(shape.bias_kind, str(number))
            number += shape.bias_count
        return named

    def sketch(self) -> Network:
        """A network of the same layers with few neurons, the last of which bear their real numbers, to be drawn."""
        shapes = tuple(replace(shape, width=min(shape.width, SKETCHED)) for shape in self.shapes[:-1])
        narrow = replace(self, inputs=min(self.inputs, SKETCHED), shapes=(*shapes, self.shapes[-1])).network()
        return replace(narrow, inputs=(*narrow.inputs[:-1], Variable(Kind.INPUT, str(self.inputs))))

    def network(self) -> Network:
        """With a name for every neuron, weight and bias."""
        settings = {name: getattr(self, name) for name in ("conventions", "decays", "input_gradients")}
        return Network.of(self.inputs, self.shapes, self.loss, **settings)


@dataclass(frozen=True)
class Network:
    """A fully connected feed-forward network with its loss."""

    inputs: tuple[Variable, ...]
    layers: tuple[Layer, ...]
    loss: Loss
    conventions: Conventions = field(default_factory=Conventions)
    decays: bool = False
    """Whether half the squared length of the weights, times λ, is added to the error."""
    input_gradients: bool = False

    @classmethod
    def of(cls, inputs: int, shapes: Sequence[Shape], loss: Loss, **settings: Any) -> Network:
        """Names every part of a network of ``inputs`` inputs; ``settings`` are the remaining fields."""
        hidden, weight, bias = count(1), count(1), count(1)
        built, sources = [], inputs
        for depth, shape in enumerate(shapes, start=1):
            kind = shape.bias_kind
            shared = Variable(kind, str(next(bias))) if shape.bias is BiasMode.LAYER else None
            neurons = []
            for position in range(1, shape.width + 1):
                neurons.append(
                    Neuron(
                        name=f"o{position}" if depth == len(shapes) else f"h{next(hidden)}",
                        weights=tuple(Variable(Kind.WEIGHT, str(next(weight))) for _ in range(sources)),
                        bias=Variable(kind, str(next(bias))) if shape.bias is BiasMode.NEURON else shared,
                    )
                )
            built.append(Layer(tuple(neurons), shape.activation, shape.bias))
            sources = shape.width
        names = tuple(Variable(Kind.INPUT, str(number)) for number in range(1, inputs + 1))
        return cls(names, tuple(built), loss, **settings)

    @property
    def outputs(self) -> tuple[Neuron, ...]:
        return self.layers[-1].neurons

    @property
    def targets(self) -> tuple[Variable, ...]:
        """One for each output; none where the loss has no use for them."""
        if not self.loss.has_targets:
            return ()
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
        return self.weights + (self.biases if self.conventions.train_biases else ())

    @property
    def averaged(self) -> frozenset[Variable]:
        """The shared biases that the update moves by the mean over the neurons that share them."""
        return frozenset(self.biases if self.conventions.shared_bias_gradient != "sum" else ())

    @property
    def is_short(self) -> bool:
        """Whether the delta of the output layer is written at once, as output minus target."""
        cancels = self.layers[-1].activation.name == self.loss.short_delta
        return cancels and self.conventions.cross_entropy == "short"

    def sources(self, depth: int) -> tuple[Variable, ...]:
        """What the layer of this index (0 is the first after the inputs) receives."""
        return tuple(neuron.out for neuron in self.layers[depth - 1].neurons) if depth else self.inputs

    def graph(self, samples: int = 1) -> Graph:
        """The forward pass, from the inputs to the total error over a batch of so many samples."""
        with evaluate(False):  # one switch for all formulas: SymPy empties its caches at each
            several = samples > 1
            numbers = range(1, samples + 1) if several else (0,)
            definitions = [definition for number in numbers for definition in self._forward_pass(number)]
            definitions += self._sum_over_samples(numbers) if several else ()
            definitions += self._penalty() if self.decays else ()
            inputs = [name.in_sample(number) for number in numbers for name in self.inputs]
            return Graph(
                tuple(definitions),
                self.parameters,
                tuple(inputs) if self.input_gradients else (),
                self._short_deltas(numbers) if self.is_short else {},
            )

    @property
    def data_error(self) -> Variable:
        """The error of the samples, before a penalty is added."""
        return Variable(Kind.DATA) if self.decays else TOTAL_ERROR

    def _forward_pass(self, sample: int) -> Iterator[Definition]:
        for depth, layer in enumerate(self.layers):
            sources = tuple(source.in_sample(sample) for source in self.sources(depth))
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
        parts = [self._error_part(neuron, taught_loss, place, sample) for place, neuron in enumerate(self.outputs)]
        yield from parts
        total = TOTAL_ERROR.in_sample(sample) if sample else self.data_error
        yield _sum(total, tuple(part.quantity for part in parts), len(self.layers), len(parts))

    def _taught(self, activation: Activation) -> tuple[Expr, Expr] | None:
        """out and ∂out/∂net of any neuron, to be renamed for each; none where they depend on the whole layer.

        To make them anew for each neuron would take three times as long.
        """
        if activation.layerwise:
            return None
        return activation_of(activation, _NET), activation_slope(activation, _NET, _OUT, self.conventions.corner)

    def _taught_loss(self) -> tuple[Expr, Expr]:
        """The part of the error of any output, and its derivative by that output, likewise."""
        arguments = (_TARGET, _OUT, self.shared_by, self.conventions.difference)
        return part_of(self.loss, *arguments), loss_slope(self.loss, *arguments)

    def _error_part(self, neuron: Neuron, taught: tuple[Expr, Expr], position: int, sample: int) -> Definition:
        target, out = self._target(neuron).in_sample(sample), neuron.out.in_sample(sample)
        formula, slope = (renamed(expression, {_TARGET: target.symbol, _OUT: out.symbol}) for expression in taught)
        error = Variable(Kind.ERROR, neuron.name, sample=sample)
        return Definition(error, formula, ((out, slope),), len(self.layers), position)

    @property
    def shared_by(self) -> int:
        """By how many the error of an output is divided."""
        return len(self.outputs) if self.conventions.over_outputs == "mean" else 1

    @staticmethod
    def _target(neuron: Neuron) -> Variable:
        return Variable(Kind.TARGET, neuron.name)

    def _sum_over_samples(self, numbers: Sequence[int]) -> Iterator[Definition]:
        parts = tuple(TOTAL_ERROR.in_sample(number) for number in numbers)
        share = Rational(1, len(parts)) if self.conventions.averages_samples else Integer(1)
        yield _sum(self.data_error, parts, len(self.layers) + 1, 0, share)

    def _penalty(self) -> Iterator[Definition]:
        depth = len(self.layers) + 2
        squares = Add(*(weight.symbol**2 for weight in self.weights), evaluate=False)  # of one, that one
        size = Mul(Rational(1, 2), DECAY.symbol, squares, evaluate=False)
        slopes = tuple((weight, Mul(DECAY.symbol, weight.symbol, evaluate=False)) for weight in self.weights)
        penalty = Variable(Kind.PENALTY)
        yield Definition(penalty, size, slopes, depth, 0)
        yield _sum(TOTAL_ERROR, (self.data_error, penalty), depth, 1)

    def _short_deltas(self, numbers: Sequence[int]) -> dict[Variable, Expr]:
        return {
            neuron.net.in_sample(number): short_delta_of(
                self._target(neuron).in_sample(number).symbol,
                neuron.out.in_sample(number).symbol,
                self.shared_by,
                self.conventions.difference,
                self.conventions.delta == "descent",
            )
            for number in numbers
            for neuron in self.outputs
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
