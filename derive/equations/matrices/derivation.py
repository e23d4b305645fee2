"""The derivation of a layered network in vectors and matrices: the phases of the scalar one, a step for each matrix.

What is a single number there, the error and what is checked about it, keeps its scalar steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from sympy import Add, Expr, Integer, Mul, Rational, evaluate

from derive.derivation.round import Derivation, Phase, Section
from derive.derivation.steps import Step, product
from derive.equations.matrices.forms import (
    Applied,
    Entrywise,
    Factor,
    Form,
    Layout,
    MatrixStep,
    Ones,
    Product,
    Sum,
    Total,
)
from derive.model.activations import slope_of as activation_slope
from derive.model.architecture import Architecture
from derive.model.losses import part_of, short_delta_of
from derive.model.losses import slope_of as loss_slope
from derive.model.network import DECAY, BiasMode, Shape
from derive.model.optimizers import Optimizer, update_of
from derive.model.quantities import RATE, TOTAL_ERROR, Kind, Partial, Quantity, Variable, of_layer

_NEW = "new"
_OF_ERROR = (Kind.ERROR, Kind.TOTAL, Kind.DATA, Kind.PENALTY)


def matrix_derivation(layout: Layout, optimizer: Optimizer, scalar: Derivation) -> Derivation:
    """The same round, written in matrices."""
    sections = MatrixRound(layout, optimizer, scalar.graph.samples, scalar).sections()
    return Derivation(scalar.graph, tuple(section for section in sections if section.steps))


@dataclass(frozen=True)
class MatrixRound:
    """The sections of one round; without a scalar derivation there is nothing about the error itself."""

    layout: Layout
    optimizer: Optimizer
    samples: tuple[int, ...] = ()
    """The numbers of the samples; none where there is only one."""
    scalar: Derivation | None = None

    @property
    def architecture(self) -> Architecture:
        return self.layout.architecture

    @property
    def depth(self) -> int:
        return len(self.architecture.shapes)

    @property
    def is_layer_by_layer(self) -> bool:
        return self.architecture.conventions.update_order == "output_first"

    @property
    def descends(self) -> bool:
        return self.architecture.conventions.delta == "descent"

    def sections(self) -> Iterator[Section]:
        """In the order in which a person goes through them."""
        for sample in self.samples or (0,):
            for layer in range(1, self.depth + 1):
                yield Section(Phase.FORWARD, layer - 1, tuple(self._forward(layer, sample)), sample)
            yield from self._error(sample)
            yield from self._backward(sample)
        if self.samples:
            yield Section(Phase.BATCH, 0, (*self._numbers(Phase.BATCH), *self._batch()))
        if self.architecture.decays:
            yield Section(Phase.PENALTY, 0, (*self._numbers(Phase.PENALTY), *self._penalty()))
        if not self.is_layer_by_layer:
            yield self._update(range(1, self.depth + 1))
        yield from self._after()
        yield from self._scalar(Phase.CHECK, 0)

    # --- what is a number ---------------------------------------------------------------------------------------------

    def _error(self, sample: int) -> Iterator[Section]:
        if self.scalar:
            yield from self._scalar(Phase.ERROR, sample)
        else:
            yield Section(Phase.ERROR, 0, (self._total(),))

    def _total(self, version: str = "") -> MatrixStep:
        """The error as a sum over all outputs, where they have no names."""
        formula = self._of_outputs(partial(part_of, self.architecture.loss), 0, version)
        total = TOTAL_ERROR.after_update() if version else TOTAL_ERROR
        return MatrixStep(total, (Total(formula),), "total_new" if version else "total")

    def _scalar(self, phase: Phase, sample: int) -> Iterator[Section]:
        for section in self.scalar.sections if self.scalar else ():
            if section.phase is phase and section.sample == sample:
                yield section

    def _numbers(self, phase: Phase, sample: int = 0) -> Iterator[Step]:
        """The steps of a phase that are about the error."""
        for section in self._scalar(phase, sample):
            for step in section.steps:
                if isinstance(step.quantity, Variable) and step.quantity.kind in _OF_ERROR:
                    yield step

    # --- forward ------------------------------------------------------------------------------------------------------

    def _forward(self, layer: int, sample: int, version: str = "") -> Iterator[MatrixStep]:
        ending = f"_{version}" if version else ""
        shape = self.architecture.shapes[layer - 1]
        net = of_layer(Kind.NET, layer, version, sample)
        weights = of_layer(Kind.WEIGHT, layer, version)
        terms = [self._product(Factor(weights), Factor(self._source(layer, sample, version)))]
        if bias := self.architecture.bias(layer):
            renewed = version and self.architecture.conventions.train_biases
            terms.append(_added(bias.after_update() if renewed else bias, shape))
        yield MatrixStep(net, (Sum(tuple(terms)),), f"matrix_net{ending}", "" if version else _bias_ending(shape))
        out = of_layer(Kind.OUT, layer, version, sample)
        yield MatrixStep(out, (Applied(net),), f"matrix_out{ending}", "" if version else _layerwise_ending(shape))

    def _source(self, layer: int, sample: int, version: str = "") -> Variable:
        """What a layer receives."""
        if layer == 1:
            return of_layer(Kind.INPUT, 0, sample=sample)
        return of_layer(Kind.OUT, layer - 1, version, sample)

    def _product(self, *factors: Factor | Ones, negative: bool = False) -> Product:
        """A product that is written for column vectors, as this sheet's convention has it."""
        written = Product(factors, negative)
        return written.reversed() if self.layout.in_rows else written

    # --- backward -----------------------------------------------------------------------------------------------------

    def _backward(self, sample: int) -> Iterator[Section]:
        error = TOTAL_ERROR.in_sample(sample) if sample else self.architecture.data_error
        version = ""
        for layer in range(self.depth, 0, -1):
            steps = (*self._delta(layer, error, version), *self._gradients(layer, error))
            yield Section(Phase.BACKWARD, layer - 1, steps, sample)
            if self.is_layer_by_layer:
                yield self._update([layer], layer - 1)
                version = _NEW
        if self.architecture.input_gradients:
            inputs = of_layer(Kind.INPUT, 0, sample=sample)
            form = Sum((self._sent_back(1, sample, version),))
            step = MatrixStep(Partial(error, inputs), (form,), "matrix_input_gradient", parameter=inputs)
            yield Section(Phase.BACKWARD, -1, (step,), sample)

    def _delta(self, layer: int, error: Variable, version: str) -> Iterator[MatrixStep]:
        """∂C/∂a, f′(z) and their product δ; or δ at once, where the two cancel."""
        shape, sample = self.architecture.shapes[layer - 1], error.sample
        net, out, delta = (of_layer(kind, layer, sample=sample) for kind in (Kind.NET, Kind.OUT, Kind.DELTA))
        ending = "_descent" if self.descends else ""
        if layer == self.depth and self.architecture.is_short:
            short = self._of_outputs(short_delta_of, sample, descent=self.descends)
            yield MatrixStep(delta, (Entrywise(short),), "matrix_delta_short", ending)
            return
        upstream, slope = Partial(error, out), Partial(out, net)
        if layer == self.depth:
            yield MatrixStep(
                upstream,
                (Entrywise(self._of_outputs(partial(loss_slope, self.architecture.loss), sample)),),
                "matrix_error_slope",
            )
        else:
            form = Sum((self._sent_back(layer + 1, sample, version),))
            yield MatrixStep(upstream, (form,), "matrix_out_gradient", f"_{version}" if version else "")
        yield MatrixStep(slope, (self._slope(shape, net, out),), "matrix_activation_slope", _layerwise_ending(shape))
        if shape.activation.layerwise:
            chain: Form = Sum(
                (self._product(Factor(slope, transposed=True), Factor(upstream), negative=self.descends),)
            )
        else:
            chain = Entrywise(product((Integer(-1) if self.descends else Integer(1), upstream, slope)))
        yield MatrixStep(delta, (chain,), "matrix_delta", _layerwise_ending(shape) + ending)

    def _of_outputs(self, formula: Callable[..., Expr], sample: int, version: str = "", **settings: bool) -> Expr:
        """A formula of targets and outputs."""
        target = of_layer(Kind.TARGET, self.depth, sample=sample).symbol
        out = of_layer(Kind.OUT, self.depth, version, sample).symbol
        architecture = self.architecture
        return formula(target, out, architecture.shared_by, architecture.conventions.difference, **settings)

    def _slope(self, shape: Shape, net: Variable, out: Variable) -> Form:
        if shape.activation.layerwise:
            outer = self._product(Factor(out), Factor(out, transposed=True), negative=True)
            return Sum((Product((Factor(out, diagonal=True),)), outer))
        slope = activation_slope(shape.activation, net.symbol, out.symbol, self.architecture.conventions.corner)
        return Sum((Product((Ones(shape.width),)),)) if slope == 1 else Entrywise(slope)

    def _sent_back(self, layer: int, sample: int, version: str) -> Product:
        """∂C/∂a of the layer below this one."""
        weights = Factor(of_layer(Kind.WEIGHT, layer, version), transposed=True)
        return self._product(weights, Factor(of_layer(Kind.DELTA, layer, sample=sample)), negative=self.descends)

    def _gradients(self, layer: int, error: Variable) -> Iterator[MatrixStep]:
        shape, sample = self.architecture.shapes[layer - 1], error.sample
        delta, weights = of_layer(Kind.DELTA, layer, sample=sample), of_layer(Kind.WEIGHT, layer)
        source = Factor(self._source(layer, sample), transposed=True)
        form = Sum((self._product(Factor(delta), source, negative=self.descends),))
        yield MatrixStep(Partial(error, weights), (form,), "matrix_weight_gradient", parameter=weights)
        bias, negative = self.architecture.bias(layer), self.descends != shape.threshold
        if bias is None or not self.architecture.conventions.train_biases:
            return
        shared = shape.shares_bias
        factors = (Ones(shape.width, transposed=True), Factor(delta)) if shared else (Factor(delta),)
        role = "matrix_bias_gradient_shared" if shared else "matrix_bias_gradient"
        form = Sum((self._product(*factors, negative=negative),))
        yield MatrixStep(Partial(error, bias), (form,), role, "_threshold" * shape.threshold, bias)

    # --- batch, penalty, update ---------------------------------------------------------------------------------------

    def _parameters(self, layers: Sequence[int]) -> Iterator[tuple[Variable, Shape]]:
        """The weights of these layers, then their biases."""
        shapes = self.architecture.shapes
        yield from ((of_layer(Kind.WEIGHT, layer), shapes[layer - 1]) for layer in layers)
        if self.architecture.conventions.train_biases:
            for layer in layers:
                if bias := self.architecture.bias(layer):
                    yield bias, shapes[layer - 1]

    def _batch(self) -> Iterator[MatrixStep]:
        averages = self.architecture.conventions.averages_samples
        share = Rational(1, len(self.samples)) if averages else Integer(1)
        for parameter, _ in self._parameters(range(1, self.depth + 1)):
            parts = [Partial(TOTAL_ERROR.in_sample(sample), parameter).symbol for sample in self.samples]
            with evaluate(False):
                whole = Add(*parts)
                form = Entrywise(whole if share == 1 else Mul(share, whole))
            quantity = Partial(self.architecture.data_error, parameter)
            yield MatrixStep(quantity, (form,), "matrix_batch_gradient", "_mean" * averages, parameter)

    def _penalty(self) -> Iterator[MatrixStep]:
        for parameter, _ in self._parameters(range(1, self.depth + 1)):
            data, whole = Partial(self.architecture.data_error, parameter), Partial(TOTAL_ERROR, parameter)
            if parameter.kind is not Kind.WEIGHT:
                yield MatrixStep(whole, (Entrywise(data.symbol),), "matrix_penalized_gradient", "_bias", parameter)
                continue
            slope = Partial(Variable(Kind.PENALTY), parameter)
            with evaluate(False):
                yield MatrixStep(slope, (Entrywise(Mul(DECAY.symbol, parameter.symbol)),), "matrix_penalty_slope")
                form = Entrywise(Add(data.symbol, slope.symbol))
            yield MatrixStep(whole, (form,), "matrix_penalized_gradient", "", parameter)

    def _update(self, layers: Sequence[int], section: int = 0) -> Section:
        steps: list[Step] = []
        for parameter, shape in self._parameters(layers):
            averaged = parameter.layer is None and self.architecture.conventions.shared_bias_gradient != "sum"
            sharing = shape.width if averaged else 1
            if averaged and self.architecture.conventions.shared_bias_gradient == "mean_of_biases":
                steps.append(self._mean_of_biases(parameter, shape, layers))
                continue
            gradient = product((Rational(1, sharing), Partial(TOTAL_ERROR, parameter)))
            for quantity, formula, why in update_of(self.optimizer, parameter, gradient):
                role = self._role_of_update(quantity, parameter)
                variant = "_mean" if sharing > 1 and why == "descent" else f".{why}"
                steps.append(MatrixStep(quantity, (Entrywise(formula),), role, variant, parameter, sharing))
        return Section(Phase.UPDATE, section, tuple(steps))

    def _mean_of_biases(self, bias: Variable, shape: Shape, layers: Sequence[int]) -> MatrixStep:
        """b⁺ = 1/n · Σ (b − η · δ) over the n neurons that share it."""
        layer = next(layer for layer in layers if self.architecture.bias(layer) == bias)
        sign = Integer(1 if self.descends != shape.threshold else -1)
        moved = Add(bias.symbol, product((sign, RATE, of_layer(Kind.DELTA, layer))), evaluate=False)
        form = Total(moved, Rational(1, shape.width))
        return MatrixStep(bias.after_update(), (form,), "matrix_bias_update", ".biases", bias, shape.width)

    @staticmethod
    def _role_of_update(quantity: Quantity, parameter: Variable) -> str:
        if quantity != parameter.after_update():
            return "matrix_kept"
        return "matrix_weight_update" if parameter.kind is Kind.WEIGHT else "matrix_bias_update"

    def _after(self) -> Iterator[Section]:
        for sample in self.samples or (0,):
            layers = range(1, self.depth + 1)
            steps: list[Step] = [step for layer in layers for step in self._forward(layer, sample, _NEW)]
            errors = self._numbers(Phase.AFTER, sample) if self.scalar else (self._total(_NEW),)
            yield Section(Phase.AFTER, 0, (*steps, *errors), sample)
        if self.samples:
            yield Section(Phase.AFTER, 0, tuple(self._numbers(Phase.AFTER)))


def _added(bias: Variable, shape: Shape) -> Product:
    """The biases, as a vector; a shared one times a vector of ones."""
    ones = (Ones(shape.width),) if shape.shares_bias else ()
    return Product((Factor(bias), *ones), shape.threshold)


def _bias_ending(shape: Shape) -> str:
    if shape.bias is BiasMode.NONE:
        return ""
    return "_threshold" if shape.threshold else "_bias"


def _layerwise_ending(shape: Shape) -> str:
    return "_layer" if shape.activation.layerwise else ""
