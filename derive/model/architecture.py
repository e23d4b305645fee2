"""A layered network before its parts have names: widths and functions, all that its matrices need to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

from derive.model.conventions import Conventions
from derive.model.losses import Loss
from derive.model.network import BiasMode, Network, Shape
from derive.model.quantities import TOTAL_ERROR, Kind, Variable, of_layer

SKETCHED = 13
"""Neurons of a layer in the sketch of a network: more than any drawing shows without leaving some out."""


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
