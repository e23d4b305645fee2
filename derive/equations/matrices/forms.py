"""Quantities of whole layers as vectors and matrices, and the steps between them.

The entries of a matrix are the scalar quantities of the derivation, by id: nothing is computed here. Layers are counted
from 1, the inputs are layer 0. With column vectors weights are (units, sources); where the convention is row vectors
every matrix is transposed and every product is reversed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from sympy import Expr, S

from derive.derivation.steps import Step
from derive.model.architecture import Architecture
from derive.model.network import Network
from derive.model.quantities import PARAMETERS, Kind, Partial, Quantity, Variable, of_layer, quantity_named

Grid: TypeAlias = tuple[tuple[Quantity, ...], ...]
"""The entries of a matrix, row by row."""

_OF_INPUTS = (Kind.INPUT,)
_OF_NEURONS = (Kind.NET, Kind.OUT, Kind.DELTA, Kind.TARGET)


@dataclass(frozen=True, slots=True)
class Factor:
    """A matrix in a product: as it is, transposed, or as the diagonal of a square matrix."""

    quantity: Quantity
    transposed: bool = False
    diagonal: bool = False


@dataclass(frozen=True, slots=True)
class Ones:
    """A vector of so many ones."""

    size: int
    transposed: bool = False


@dataclass(frozen=True, slots=True)
class Product:
    """Matrices multiplied in this order."""

    factors: tuple[Factor | Ones, ...]
    negative: bool = False

    def reversed(self) -> Product:
        """The transpose, where every factor is the transpose of what it was; a scalar stays in front."""
        scalars = tuple(factor for factor in self.factors if is_scalar(factor))
        matrices = tuple(factor for factor in self.factors if not is_scalar(factor))
        return replace(self, factors=scalars + matrices[::-1])


@dataclass(frozen=True, slots=True)
class Sum:
    """Products added up."""

    terms: tuple[Product, ...]


@dataclass(frozen=True, slots=True)
class Entrywise:
    """A formula that holds for each entry; its symbols are quantities by id."""

    expression: Expr


@dataclass(frozen=True, slots=True)
class Applied:
    """The activation function of a layer, applied to its net inputs."""

    net: Variable


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of a formula over all entries of its vectors, or a share of it."""

    expression: Expr
    share: Expr = S.One


Form: TypeAlias = Sum | Entrywise | Applied | Total


@dataclass(frozen=True, slots=True)
class MatrixStep(Step):
    """quantity = forms[0] = …, for all entries at once."""

    matrix_forms: tuple[Form, ...]
    role: str
    """Its row in ``questions.ROLES``."""
    variant: str = ""
    """The end of the name of the message that says why, where there are several."""
    parameter: Variable | None = None
    """What an update changes, or what a gradient is for."""
    shared_by: int = 1
    """How many neurons have the bias whose gradient is their mean."""


def is_scalar(factor: Factor | Ones) -> bool:
    """Whether a factor is a number, such as a shared bias."""
    return isinstance(factor, Factor) and whole_of(factor.quantity) is None


def whole_of(quantity: Quantity) -> Variable | None:
    """The vector or matrix of a layer that gives a quantity its shape; nothing where it is a number."""
    variable = quantity.by if isinstance(quantity, Partial) else quantity
    return None if variable.layer is None else variable


@dataclass(frozen=True)
class Layout:
    """Shapes and entries of every vector and matrix of a network; entries only where its parts have names."""

    architecture: Architecture
    network: Network | None = None

    @property
    def in_rows(self) -> bool:
        """Whether vectors are rows."""
        return self.architecture.conventions.vectors == "row"

    @property
    def parameters(self) -> tuple[Variable, ...]:
        """What the update changes: the weights of all layers, then their biases."""
        layers = range(1, len(self.architecture.shapes) + 1)
        weights = tuple(of_layer(Kind.WEIGHT, layer) for layer in layers)
        biases = tuple(bias for layer in layers if (bias := self.architecture.bias(layer)))
        return weights + (biases if self.architecture.conventions.train_biases else ())

    def is_jacobian(self, quantity: Quantity) -> bool:
        """Whether it is the derivative of outputs that each depend on all net inputs of the layer."""
        match quantity:
            case Partial(of=Variable(kind=Kind.OUT), by=Variable(kind=Kind.NET, layer=int(layer))):
                return self.architecture.shapes[layer - 1].activation.layerwise
            case _:
                return False

    def shape(self, quantity: Quantity) -> tuple[int, int] | None:
        """Rows and columns; nothing for a number."""
        whole = whole_of(quantity)
        if whole is None or whole.layer is None:
            return None
        units = self.architecture.widths[whole.layer]
        match _parameter(whole):
            case Variable(kind=Kind.WEIGHT):
                shape = units, self.architecture.widths[whole.layer - 1]
            case _:
                shape = units, units if self.is_jacobian(quantity) else 1
        return shape[::-1] if self.in_rows else shape

    def entries(self, quantity: Quantity) -> Grid:
        """The scalar quantities that a matrix is made of; of a number, that number."""
        if whole_of(quantity) is None:
            return ((quantity,),)
        grid = tuple(tuple(line) for line in self._entries(quantity))
        return tuple(zip(*grid, strict=True)) if self.in_rows else grid

    def _entries(self, quantity: Quantity) -> Iterator[Sequence[Quantity]]:
        match quantity:
            case Partial(of=Variable(kind=Kind.OUT, layer=int()) as out, by=by) if self.is_jacobian(quantity):
                nets = list(self._column(by))
                yield from ([Partial(own, net) for net in nets] for own in self._column(out))
            case Partial(of=Variable(kind=Kind.OUT, layer=int()) as out, by=by):
                pairs = zip(self._column(out), self._column(by), strict=True)
                yield from ([Partial(own, net)] for own, net in pairs)
            case Partial(of=of, by=by):
                yield from ([Partial(of, entry) for entry in line] for line in self._lines(by))
            case Variable():
                yield from (list(line) for line in self._lines(quantity))

    def _column(self, whole: Variable) -> Iterator[Variable]:
        return (entry for (entry,) in self._lines(whole))

    def _lines(self, whole: Variable) -> Iterator[list[Variable]]:
        """The entries of a variable of a whole layer, as for column vectors."""
        assert self.network
        if whole.kind in _OF_INPUTS:
            yield from ([name.in_sample(whole.sample)] for name in self.network.inputs)
            return
        assert whole.layer
        parameter = _parameter(whole)
        for neuron in self.network.layers[whole.layer - 1].neurons:
            if parameter is None:
                yield [replace(whole, at=neuron.name)]
                continue
            own = neuron.weights if parameter.kind is Kind.WEIGHT else (neuron.bias,)
            yield [_owned(whole, entry) for entry in own if entry]


def _parameter(whole: Variable) -> Variable | None:
    """The matrix of weights or vector of biases that it is, or that it belongs to as its velocity does."""
    if whole.kind in PARAMETERS:
        return whole
    if whole.kind in _OF_NEURONS or whole.kind in _OF_INPUTS:
        return None
    parameter = quantity_named(whole.at)
    assert isinstance(parameter, Variable)
    return parameter


def _owned(whole: Variable, entry: Variable) -> Variable:
    return replace(whole, at=entry.at if whole.kind in PARAMETERS else entry.id)
