"""The numbers of a round in matrices, each computed with numpy from what is printed of its step.

For networks whose single quantities have no names. Vectors are kept; a matrix is computed each time that it is asked
for, for all gradients of 100 layers of 1,000 units would take as much room as the weights do. Updated weights take the
place of the old ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import TypeAlias

import numpy as np
from sympy import Expr, Symbol

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
    whole_of,
)
from derive.model.activations import activation_of
from derive.model.quantities import Kind, Variable
from derive.numbers.batches import Array
from derive.numbers.compiled import function

Value: TypeAlias = Array | float
_RESULT = Symbol("result")


@dataclass
class MatrixValues:
    """Values by id; ``known`` starts with what is given, vectors as they stand on the sheet: columns or rows."""

    layout: Layout
    steps: Mapping[str, MatrixStep]
    known: dict[str, Value] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Value:
        if name not in self.known:
            step = self.steps[name]
            value = self.of_form(step.matrix_forms[0])
            if whole_of(step.quantity) is None:
                value = float(np.ravel(value)[0])  # 𝟏ᵀδ is a matrix of one entry
            if not self._is_new_matrix(step) and np.size(value) > max(self.layout.architecture.widths):
                return value
            self.known[name] = value
            if self._is_new_matrix(step) and step.parameter:
                del self.known[step.parameter.id]
        return self.known[name]

    @staticmethod
    def _is_new_matrix(step: MatrixStep) -> bool:
        return step.parameter is not None and step.quantity == step.parameter.after_update()

    def of_form(self, form: Form) -> Value:
        """What a printed form comes to."""
        match form:
            case Sum(terms):
                return sum(map(self._of_product, terms))
            case Entrywise(expression):
                return self._of_expression(expression)
            case Total(expression, share):
                return float(share) * float(np.sum(self._of_expression(expression), dtype=np.float64))
            case Applied(net):
                return self._applied(net)

    def _of_product(self, product: Product) -> Value:
        values = list(map(self._of_factor, product.factors))
        sign = -1.0 if product.negative else 1.0
        scale = sign * float(np.prod([float(value) for value in values if not np.ndim(value)]))
        return reduce(np.matmul, [value for value in values if np.ndim(value)]) * scale

    def _of_factor(self, factor: Factor | Ones) -> Value:
        if isinstance(factor, Ones):
            column = np.ones((factor.size, 1))
            return column.T if factor.transposed != self.layout.in_rows else column
        value = self[factor.quantity.id]
        if factor.diagonal:
            return np.diag(np.ravel(value))
        return np.transpose(value) if factor.transposed else value

    def _of_expression(self, expression: Expr) -> Value:
        symbols: Sequence[Symbol] = sorted(expression.free_symbols, key=str)
        compute = function([(_RESULT, expression)], symbols, [_RESULT], "numpy")
        with np.errstate(over="ignore"):  # exp(−z) may be infinite, and the output is then 0
            (value,) = compute(*(self[symbol.name] for symbol in symbols))
        result: Value = value
        return result

    def _applied(self, net: Variable) -> Value:
        assert net.layer
        activation = self.layout.architecture.shapes[net.layer - 1].activation
        if not activation.layerwise:
            return self._of_expression(activation_of(activation, net.symbol))
        powers = np.exp(self[net.id] - np.max(self[net.id]))  # softmax; the largest is taken out, for exp overflows
        result: Array = powers / np.sum(powers)
        return result


def initial_state(steps: Iterable[MatrixStep]) -> dict[str, Value]:
    """What an optimiser keeps of each parameter before the first update: 0 everywhere."""
    kept = (step.quantity for step in steps if step.role == "matrix_kept")
    state: dict[str, Value] = {Variable(q.kind, q.at).id: 0.0 for q in kept if isinstance(q, Variable) and q.version}
    return state | {Variable(Kind.ROUND).id: 1.0}
