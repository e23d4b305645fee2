"""What is connected to what in a layered network, and how its parts are named.

Names follow Mazur's page: inputs i1 i2 …; hidden neurons h1 h2 …, counted on through all hidden layers; output neurons
o1 o2 …; weights w1 w2 …, neuron by neuron and layer by layer, a neuron's weights in the order of what they come from.
Biases b1 b2 … (or thresholds, which are subtracted) are counted too: one for a layer that shares it, else one for each
neuron.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from typing import Any

from derive.model.activations import Activation
from derive.model.conventions import Conventions
from derive.model.losses import Loss
from derive.model.quantities import TOTAL_ERROR, Kind, Variable

DECAY = Variable(Kind.DECAY)


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

    @property
    def data_error(self) -> Variable:
        """The error of the samples, before a penalty is added."""
        return Variable(Kind.DATA) if self.decays else TOTAL_ERROR

    @property
    def shared_by(self) -> int:
        """By how many the error of an output is divided."""
        return len(self.outputs) if self.conventions.over_outputs == "mean" else 1
