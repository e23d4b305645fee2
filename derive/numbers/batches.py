"""Forward and backward pass of a layered network on a batch, layer by layer on numpy arrays.

For networks that are too large to be printed number by number. Activation functions and losses are compiled from the
records that print the mathematics; what is written out here is only how layers are put together, and softmax, which
is a function of a whole layer. Samples are rows: a batch is an array (batch, inputs), a layer's weights are (units,
sources) as in a worksheet's table, and net = sources · weightsᵀ + biases is (batch, units).

Numbers are of the type of the arrays that are given: 100 layers of 1,000 units take 400 MB in single precision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from typing import Any, SupportsFloat, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray
from sympy import Basic, Expr, Piecewise, Symbol, exp

from derive.model.activations import Activation, activation_of
from derive.model.activations import slope_of as activation_slope
from derive.model.losses import DIFFERENCES, Loss, part_of, short_delta_of
from derive.model.losses import slope_of as loss_slope
from derive.model.network import Network
from derive.model.quantities import Kind, Variable
from derive.numbers.compiled import function

Array: TypeAlias = NDArray[np.floating[Any]]

_SUM_TOLERANCE = 1e-3  # of targets in single precision
_SHORTER = DIFFERENCES[1]  # out − target: −(target − out) is the same number by one step more


@dataclass(frozen=True, slots=True)
class ArrayLayer:
    """weights (units, sources), biases (units,) or none; a shared bias is given once for each unit."""

    weights: Array
    biases: Array | None
    activation: Activation
    slope_at_corner: Expr | None = None
    """What a slope is at a net input of 0 where the function has a corner there; None: the slope to the left."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What a forward pass computes: a (batch, units) array of net inputs and one of outputs for each layer."""

    inputs: Array
    targets: Array | None
    nets: tuple[Array, ...]
    outs: tuple[Array, ...]
    errors: Array
    """The error of each sample, (batch,)."""
    total: float


@dataclass(frozen=True, slots=True)
class LayerGradient:
    """The derivatives of the total error with respect to a layer's parameters, in the shapes of the parameters.

    ``biases`` has one for each unit: that of a bias shared by the layer is their sum.
    """

    weights: Array
    biases: Array | None
    deltas: Array
    """∂E/∂net, (batch, units); where the error is a mean over samples, each sample's share of it."""


@dataclass(frozen=True)
class ArrayNetwork:
    """A fully connected feed-forward network with its loss, from the first layer after the inputs to the outputs."""

    layers: tuple[ArrayLayer, ...]
    loss: Loss
    mean_of_outputs: bool = False
    """Whether a sample's error is the mean over its outputs, not their sum."""
    mean_of_samples: bool = False
    """Whether the total error is the mean over the batch, not the sum."""

    def __post_init__(self) -> None:
        for below, above in pairwise(self.layers):
            if above.weights.shape[1] != below.weights.shape[0]:
                raise ValueError(f"weights {above.weights.shape} cannot follow weights {below.weights.shape}")

    @classmethod
    def of(cls, network: Network, given: Mapping[str, SupportsFloat], dtype: DTypeLike = np.float64) -> ArrayNetwork:
        """A network of named neurons, with the values of its weights and biases by id.

        A threshold is a bias of the opposite sign. The error is that of the samples, without a penalty on weights.
        """
        conventions = network.conventions
        layers = []
        for layer in network.layers:
            weights = [[float(given[weight.id]) for weight in neuron.weights] for neuron in layer.neurons]
            biases = [_added(neuron.bias, given) for neuron in layer.neurons if neuron.bias]
            arrays = np.array(weights, dtype), np.array(biases, dtype) if biases else None
            layers.append(ArrayLayer(*arrays, layer.activation, conventions.corner))
        means = conventions.over_outputs == "mean", conventions.averages_samples
        return cls(tuple(layers), network.loss, *means)

    def forward(self, inputs: Array, targets: Array | None) -> Pass:
        """Outputs and errors of a batch: ``inputs`` (batch, inputs), ``targets`` (batch, outputs).

        A loss without targets takes none. The targets of softmax with cross-entropy are probabilities: ``ValueError``
        if those of a sample do not add up to 1, for ∂E/∂net is not output minus target then.
        """
        nets: list[Array] = []
        outs: list[Array] = []
        sources = inputs
        for layer, functions in zip(self.layers, self._functions, strict=True):
            net = _net(layer, sources)
            sources = functions.out(net)
            nets.append(net)
            outs.append(sources)
        errors = self._errors(nets[-1], sources, targets)
        total = errors.sum() / (len(errors) if self.mean_of_samples else 1)
        return Pass(inputs, targets, tuple(nets), tuple(outs), errors, float(total))

    def gradients(self, passed: Pass) -> Iterator[LayerGradient]:
        """The gradient of each layer, from the last to the first; none is held when the next is computed."""
        deltas = self._last_deltas(passed)
        for depth in reversed(range(len(self.layers))):
            sources = passed.outs[depth - 1] if depth else passed.inputs
            yield LayerGradient(deltas.T @ sources, self._bias_gradient(depth, deltas), deltas)
            if depth:
                deltas = self._deltas(depth - 1, passed, deltas @ self.layers[depth].weights)

    def input_gradient(self, first: LayerGradient) -> Array:
        """∂E/∂input, (batch, inputs), from the gradient of the first layer."""
        return first.deltas @ self.layers[0].weights

    @cached_property
    def _functions(self) -> tuple[_LayerFunctions, ...]:
        """Those of each layer."""
        return tuple(map(_functions, self.layers))

    @cached_property
    def _loss_functions(self) -> _LossFunctions:
        return _loss_functions(self.loss, self._counted)

    @cached_property
    def _cancels(self) -> bool:
        """Whether the derivatives of the loss and of the last activation function cancel to output minus target."""
        return self.loss.short_delta == self.layers[-1].activation.name

    @property
    def _counted(self) -> int:
        return len(self.layers[-1].weights) if self.mean_of_outputs else 1

    def _errors(self, nets: Array, outs: Array, targets: Array | None) -> Array:
        if targets is None or not self._cancels:
            return _row_sums(self._loss_functions.part(targets, outs))
        if self.layers[-1].activation.layerwise and not _add_up_to_1(targets):
            raise ValueError("the targets of each sample have to add up to 1")
        errors = _row_sums(_FROM_NETS[self.loss.name](nets, outs, targets))
        errors /= self._counted
        return errors

    def _last_deltas(self, passed: Pass) -> Array:
        functions, targets, outs = self._loss_functions, passed.targets, passed.outs[-1]
        slope = (functions.short_delta if self._cancels else functions.slope)(targets, outs)
        if self.mean_of_samples:
            slope /= len(passed.inputs)
        return slope if self._cancels else self._deltas(len(self.layers) - 1, passed, slope)

    def _deltas(self, depth: int, passed: Pass, upstream: Array) -> Array:
        """∂E/∂net of a layer, from its ∂E/∂out."""
        return self._functions[depth].back(upstream, passed.nets[depth], passed.outs[depth])

    def _bias_gradient(self, depth: int, deltas: Array) -> Array | None:
        return None if self.layers[depth].biases is None else deltas.sum(axis=0)


def _net(layer: ArrayLayer, sources: Array) -> Array:
    """sources · weightsᵀ + biases, by way of weights · sourcesᵀ.

    A mini-batch has fewer samples than a layer has units, and BLAS is faster where those are the rows of its result.
    """
    transposed: Array = layer.weights @ sources.T
    return np.add(transposed.T, 0 if layer.biases is None else layer.biases, order="C")


def _added(bias: Variable, given: Mapping[str, SupportsFloat]) -> float:
    value = float(given[bias.id])
    return -value if bias.kind is Kind.THRESHOLD else value


# --- functions of a layer --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _LayerFunctions:
    """out(net), and ∂E/∂net = back(∂E/∂out, net, out), which may be written over ∂E/∂out."""

    out: Callable[[Array], Array]
    back: Callable[[Array, Array, Array], Array]


def _functions(layer: ArrayLayer) -> _LayerFunctions:
    return _SOFTMAX if layer.activation.layerwise else _elementwise(layer.activation, layer.slope_at_corner)


@cache
def _elementwise(activation: Activation, slope_at_corner: Expr | None) -> _LayerFunctions:
    net, out = Symbol("net", real=True), Symbol("out", real=True)
    value = _compiled(activation_of(activation, net), net)
    slope = _function(_factor(activation_slope(activation, net, out, slope_at_corner)), net, out)

    def back(upstream: Array, nets: Array, outs: Array) -> Array:
        upstream *= slope(nets, outs)
        return upstream

    return _LayerFunctions(value, back)


def _factor(slope: Expr) -> Basic:
    """A slope as it is multiplied by: where it is 1 or 0, its condition, for numpy multiplies by truth values."""
    values, conditions = zip(*slope.args, strict=True) if isinstance(slope, Piecewise) else ((), ())
    return conditions[0] if values == (1, 0) else slope


def _softmax(nets: Array) -> Array:
    """exp(net) / Σ exp(net), both divided by the largest, for exp overflows."""
    powers: Array = np.exp(nets - _largest(nets))
    powers /= powers.sum(axis=1, keepdims=True)
    return powers


def _back_through_softmax(upstream: Array, nets: Array, outs: Array) -> Array:
    """Σ ∂E/∂out_i · out_i · ([i = j] − out_j), for each j."""
    upstream *= outs
    upstream -= outs * upstream.sum(axis=1, keepdims=True)
    return upstream


_SOFTMAX = _LayerFunctions(_softmax, _back_through_softmax)


# --- functions of the error ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _LossFunctions:
    """Functions of target and output: an output's share of the error, ∂E/∂out, and ∂E/∂net where that cancels."""

    part: Callable[..., Array]
    slope: Callable[..., Array]
    short_delta: Callable[..., Array]


@cache
def _loss_functions(loss: Loss, outputs: int) -> _LossFunctions:
    out, target = Symbol("out", real=True), Symbol("target", real=True)
    formulas = (
        part_of(loss, target, out, outputs),
        loss_slope(loss, target, out, outputs, _SHORTER),
        short_delta_of(target, out, outputs, _SHORTER),
    )
    return _LossFunctions(*(_compiled(formula, target, out) for formula in formulas))


def _binary_cross_entropy(nets: Array, outs: Array, targets: Array) -> Array:
    return targets * np.logaddexp(0, -nets) + (1 - targets) * np.logaddexp(0, nets)


def _cross_entropy(nets: Array, outs: Array, targets: Array) -> Array:
    """−target · ln out. Of the largest output, which is never rounded to 0, the logarithm is known to be finite."""
    return targets * (_largest(nets) - np.log(_largest(outs)) - nets)


# Cross-entropies from net inputs: their logarithms are finite where an output has been rounded to 0 or 1.
_FROM_NETS: Mapping[str, Callable[[Array, Array, Array], Array]] = {
    "binary_cross_entropy": _binary_cross_entropy,
    "cross_entropy": _cross_entropy,
}


def _add_up_to_1(targets: Array) -> bool:
    return bool(abs(_row_sums(targets) - 1).max(initial=0) <= _SUM_TOLERANCE)


def _row_sums(values: Array) -> Array:
    """One for each sample."""
    sums: Array = values.sum(axis=1)
    return sums


def _largest(values: Array) -> Array:
    """The largest of each sample, (batch, 1)."""
    largest: Array = values.max(axis=1, keepdims=True)
    return largest


def _compiled(formula: Expr, *arguments: Symbol) -> Callable[..., Array]:
    """A function of arrays, the last of which gives the type of the result; this is an array of its own.

    Where the formula is the argument itself, as the slope of a mean of two squares is, the result is a copy: whoever
    gets it writes over it.
    """
    compute = _function(formula, *arguments)

    def compiled(*values: Any) -> Array:
        result = np.asarray(compute(*values), values[-1].dtype)
        return result.copy() if any(result is value for value in values) else result

    return compiled


def _function(formula: Basic, *arguments: Symbol) -> Callable[..., Any]:
    """The same, of whatever type comes out."""
    result = Symbol("result")
    compute = function([(result, formula)], arguments, [result], "numpy")

    def computed(*values: Any) -> Any:
        return compute(*values)[0]

    # exp(-net) of a logistic neuron may be infinite, and its output is then 0.
    return np.errstate(over="ignore")(computed) if formula.has(exp) else computed
