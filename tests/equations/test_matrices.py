"""Sheets in matrices: each printed product is true of its entries, shapes conform, and no network is too large."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import reduce
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sympy import Expr, Symbol

from derive.authoring.exercise import Exercise
from derive.derivation.round import Derivation, Rules, derive
from derive.equations.matrices.derivation import matrix_derivation
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
from derive.equations.matrices.large import LargeRound
from derive.equations.matrices.values import MatrixValues, initial_state
from derive.model.activations import ACTIVATIONS
from derive.model.architecture import Architecture
from derive.model.conventions import BIAS_SHARES, Conventions
from derive.model.forward_pass import forward_pass
from derive.model.losses import LOSSES
from derive.model.network import BiasMode, Shape
from derive.model.optimizers import OPTIMIZERS
from derive.model.quantities import Quantity, quantity_named
from derive.numbers.batches import ArrayLayer, ArrayNetwork
from derive.numbers.compiled import function
from derive.sheet.build import Options, build_document, solve
from derive.sheet.document import Kind, Paragraph, Question
from derive.words.errors import RefusedError
from derive.words.languages import as_text
from tests.shipped import load

Numbers = NDArray[np.float64]

LAST = {name: [record.short_delta] if record.logarithmic else sorted(ACTIVATIONS) for name, record in LOSSES.items()}
ELEMENTWISE = sorted(name for name, record in ACTIVATIONS.items() if not record.layerwise)
PAIRS = [(loss, last) for loss in sorted(LOSSES) for last in LAST[loss]]


LARGEST = 1e6  # where a power has run away, doubles say little about a formula


@st.composite
def architectures(draw: st.DrawFn) -> Architecture:
    """1 to 3 layers of 1 to 3 neurons, with every choice that matters to a matrix."""
    loss, last = draw(st.sampled_from(PAIRS))
    names = [*draw(st.lists(st.sampled_from(ELEMENTWISE), max_size=2)), last]
    widths, modes, truths = st.integers(1, 3), st.sampled_from(BiasMode), st.booleans()
    shapes = tuple(Shape(draw(widths), ACTIVATIONS[name], draw(modes), draw(truths)) for name in names)
    conventions = Conventions(
        train_biases=draw(truths),
        shared_bias_gradient=draw(st.sampled_from(BIAS_SHARES)),
        over_outputs=draw(st.sampled_from(("sum", "mean"))),
        over_samples=draw(st.sampled_from(("sum", "mean"))),
        difference=draw(st.sampled_from(("target_minus_output", "output_minus_target"))),
        delta=draw(st.sampled_from(("gradient", "descent"))),
        cross_entropy=draw(st.sampled_from(("short", "long"))),
        vectors=draw(st.sampled_from(("column", "row"))),
    )
    return Architecture(draw(widths), shapes, LOSSES[loss], conventions, draw(truths), draw(truths))


def derived(architecture: Architecture, samples: int, optimizer: str, output_first: bool) -> Derivation:
    """The scalar derivation."""
    network = architecture.network()
    descent = architecture.conventions.delta == "descent"
    rules = Rules(
        OPTIMIZERS[optimizer],
        network.averaged,
        architecture.conventions.shared_bias_gradient == "mean_of_biases",
        output_first=output_first,
        descent=descent,
    )
    return derive(forward_pass(network, samples), rules)


def values_of(derivation: Derivation, draw: st.DataObject) -> Mapping[str, float]:
    """Every quantity in doubles, from drawn values of whatever is given."""
    steps = derivation.steps
    computed = {step.quantity.id for step in steps}
    names = sorted({str(symbol) for step in steps for symbol in step.expression.free_symbols} - computed)
    numbers = st.integers(-150, 150).filter(bool).map(lambda hundredths: hundredths / 100)
    positive = st.integers(1, 90).map(lambda hundredths: hundredths / 100)
    known = {name: draw.draw(numbers if name[0] in "wbi" or name.startswith("theta") else positive) for name in names}
    symbols = {str(symbol): symbol for step in steps for symbol in step.expression.free_symbols}
    goals = [step.quantity.symbol for step in steps]
    assignments = [(step.quantity.symbol, step.expression) for step in steps]
    try:
        results = function(assignments, [symbols[name] for name in known], goals)(*known.values())
    except (ArithmeticError, TypeError, ValueError):
        results = (complex("nan"),)
    assume(all(isinstance(value, int | float) and abs(value) < LARGEST for value in results))
    return known | dict(zip((goal.name for goal in goals), results, strict=True))


class Algebra:
    """What a printed form comes to, by the rules of matrices and nothing else."""

    def __init__(self, layout: Layout, values: Mapping[str, float]) -> None:
        self.layout, self.values = layout, values

    def matrix(self, quantity: Quantity) -> Numbers:
        return np.array([[self.values[entry.id] for entry in line] for line in self.layout.entries(quantity)], float)

    def of(self, form: Form) -> Numbers:
        match form:
            case Sum(terms):
                shapes = {self.product(term).shape for term in terms}
                assert len(shapes) == 1
                return reduce(np.add, map(self.product, terms))
            case Entrywise(expression):
                return self.entrywise(expression)
            case Total(expression, share):
                return np.array([[float(share) * self.entrywise(expression).sum()]])
        raise AssertionError(form)

    def product(self, term: Product) -> Numbers:
        matrices = [self.factor(factor) for factor in term.factors]
        scalar = [value for value in matrices if value.shape == (1, 1)] if len(matrices) > 1 else []
        if scalar and isinstance(term.factors[0], Factor) and self.layout.shape(term.factors[0].quantity) is None:
            result = scalar[0].item() * matrices[1]
        else:
            result = reduce(np.matmul, matrices)  # which refuses shapes that do not conform
        return -result if term.negative else result

    def factor(self, factor: Factor | Ones) -> Numbers:
        if isinstance(factor, Ones):
            ones = np.ones((1, factor.size) if self.layout.in_rows else (factor.size, 1))
            return ones.T if factor.transposed else ones
        value = self.matrix(factor.quantity)
        if factor.diagonal:
            return np.diag(value.ravel())
        return value.T if factor.transposed else value

    def entrywise(self, expression: Expr) -> Numbers:
        symbols: list[Symbol] = sorted(expression.free_symbols, key=str)
        values = [self.matrix(quantity_named(symbol.name)) for symbol in symbols]
        single = [
            value.item() if self.layout.shape(quantity_named(s.name)) is None else value
            for s, value in zip(symbols, values, strict=True)
        ]
        shapes = {np.shape(value) for value in single if np.ndim(value)}
        assert len(shapes) <= 1, "matrices that are combined entry by entry have one shape"
        goal = Symbol("goal")
        (result,) = function([(goal, expression)], symbols, [goal], "numpy")(*single)
        return np.atleast_2d(np.asarray(result, float))


def matrix_steps(derivation: Derivation) -> Iterator[MatrixStep]:
    return (step for step in derivation.steps if isinstance(step, MatrixStep))


@settings(max_examples=60)
@given(st.data())
def test_every_printed_form_is_true_of_its_entries(data: st.DataObject) -> None:
    """∂C/∂W is δ aᵀ as matrices, for columns and rows, and every factor conforms with its neighbour."""
    architecture = data.draw(architectures())
    samples = data.draw(st.integers(1, 2))
    output_first = samples == 1 and not architecture.decays and data.draw(st.booleans())
    if output_first:
        conventions = architecture.conventions.model_copy(update={"update_order": "output_first"})
        architecture = Architecture(
            architecture.inputs,
            architecture.shapes,
            architecture.loss,
            conventions,
            False,
            architecture.input_gradients,
        )
    optimizer = data.draw(st.sampled_from(sorted(OPTIMIZERS)))
    if architecture.conventions.shared_bias_gradient == "mean_of_biases":
        assume(samples == 1 and optimizer == "sgd")  # as exercise files have it
    scalar = derived(architecture, samples, optimizer, output_first)
    layout = Layout(architecture, architecture.network())
    algebra = Algebra(layout, values_of(scalar, data))
    written = matrix_derivation(layout, OPTIMIZERS[optimizer], scalar)
    for step in matrix_steps(written):
        expected = algebra.matrix(step.quantity)
        shape = layout.shape(step.quantity)
        assert shape is None or expected.shape == shape
        for form in step.matrix_forms:
            if not isinstance(form, Applied):
                assert np.allclose(algebra.of(form), expected, rtol=1e-9, atol=1e-12), step.quantity.id


@settings(max_examples=60)
@given(st.data())
def test_the_answers_are_those_of_the_scalar_sheet(data: st.DataObject) -> None:
    """The entries of all matrices, with the steps that stay numbers, are those of the scalar derivation."""
    architecture = data.draw(architectures())
    assume(architecture.conventions.shared_bias_gradient != "mean_of_biases")
    scalar = derived(architecture, data.draw(st.integers(1, 2)), "momentum", output_first=False)
    layout = Layout(architecture, architecture.network())
    written = matrix_derivation(layout, OPTIMIZERS["momentum"], scalar)
    entries = [entry.id for step in written.steps for line in layout.entries(step.quantity) for entry in line]
    assert len(entries) == len(set(entries))
    assert set(entries) <= {step.quantity.id for step in scalar.steps}
    last = {
        step.quantity.id for step in scalar.steps if "_new" in step.quantity.id or step.quantity.id.startswith("delta")
    }
    assert last <= set(entries)


def document(exercise: Exercise, kind: Kind, **options: object) -> list[object]:
    built = build_document([exercise], kind, Options(notation="matrix", **options))  # type: ignore[arg-type]
    return [block for sheet in built.sheets for block in sheet.blocks]


def test_the_boxes_of_a_worksheet_have_the_names_of_the_scalars() -> None:
    """A matrix is a grid of boxes, and each has the field that it has on every other sheet."""
    exercise = load("mazur")
    asked = [block for block in document(exercise, Kind.WORKSHEET) if isinstance(block, Question)]
    fields = {box.field for question in asked for line in question.grid for box in line}
    single = {question.field for question in asked if not question.grid}
    assert {"net_h1", "net_h2", "delta_o2", "dE_total_dw8", "w3_new"} <= fields
    assert {"E_o1", "E_total_new"} <= single
    known = {step.quantity.id for step in solve(exercise).derivation.steps}
    assert fields | single <= known
    gradient = next(question for question in asked if question.quantity == "dE_total_dwlayer2")
    assert [[box.field for box in line] for line in gradient.grid] == [
        ["dE_total_dw5", "dE_total_dw6"],
        ["dE_total_dw7", "dE_total_dw8"],
    ]


@pytest.mark.parametrize("language", ["en", "es", "zh"])
def test_every_question_is_asked_and_explained_in_every_language(language: str) -> None:
    """No message is missing."""
    blocks = document(load("mazur"), Kind.KEY, language=language, detail="factors")
    assert all(block.solution for block in blocks if isinstance(block, Question))


def test_answers_in_symbols_are_formulas_with_shapes() -> None:
    """A sheet without numbers has a line for each formula."""
    blocks = document(load("deep-symbolic"), Kind.WORKSHEET)
    assert all(block.is_formula and not block.grid for block in blocks if isinstance(block, Question))


# --- large networks ---------------------------------------------------------------------------------------------------


def large(tmp_path: Path, units: int, copies: int, more: str = "") -> Exercise:
    path = tmp_path / "large.toml"
    path.write_text(
        f"""title.en = "Large"
inputs = {units}
learning_rate = 0.1
seed = 7
{more}
[conventions]
train_biases = true
[[layer]]
units = {units}
copies = {copies}
activation = "tanh"
bias = 0.1
[[layer]]
units = 10
activation = "softmax"
[sheet]
notation = "matrix"
""".replace("learning", 'loss = "cross_entropy"\nlearning')
    )
    return load(path)


def test_the_numbers_of_a_large_network_are_those_of_its_arrays(tmp_path: Path) -> None:
    """Errors, deltas and gradients agree with the pass that arrays compute layer by layer."""
    exercise = large(tmp_path, units=60, copies=4)
    assert exercise.is_large
    found = LargeRound.of(exercise)
    known = found.given()
    shapes = found.architecture.shapes
    layers = tuple(
        ArrayLayer(
            np.asarray(known[f"wlayer{number}"]), np.full(shape.width, 0.1) if number < 5 else None, shape.activation
        )
        for number, shape in enumerate(shapes, start=1)
    )
    network = ArrayNetwork(layers, found.architecture.loss)
    passed = network.forward(np.asarray(known["ilayer0"]).T, np.asarray(known["target_layer5"]).T)
    gradients = dict(zip(range(5, 0, -1), network.gradients(passed), strict=True))
    steps = [step for section in found.sections for step in section.steps if isinstance(step, MatrixStep)]
    values = MatrixValues(
        Layout(found.architecture), {s.quantity.id: s for s in steps}, {**known, **initial_state(steps)}
    )
    assert np.isclose(values["E_total"], passed.total)
    for number, gradient in gradients.items():
        assert np.allclose(values[f"delta_layer{number}"], gradient.deltas.T)
        assert np.allclose(values[f"dE_total_dwlayer{number}"], gradient.weights)
    assert np.isclose(values["dE_total_db1"], gradients[1].deltas.sum())
    updated = np.asarray(known["wlayer1"]) - 0.1 * gradients[1].weights
    assert np.allclose(values["wlayer1_new"], updated)


def test_equal_layers_are_printed_once(tmp_path: Path) -> None:
    """Of layers 1 to 30 the first two and the last have questions, and a sentence stands for the others."""
    exercise = large(tmp_path, units=60, copies=30)
    blocks = document(exercise, Kind.KEY)
    asked = {block.quantity for block in blocks if isinstance(block, Question)}
    assert {"net_layer1", "net_layer2", "net_layer30", "net_layer31"} <= asked
    assert "net_layer3" not in asked
    sentences = {as_text(block.text) for block in blocks if isinstance(block, Paragraph)}
    assert "The formulas of layers 3 to 29 are the same, each with its own number; they are not printed." in sentences


def test_a_large_network_is_refused_where_each_quantity_has_a_name(tmp_path: Path) -> None:
    """Its numbers one by one, or another notation."""
    exercise = large(tmp_path, units=60, copies=2)
    with pytest.raises(RefusedError, match="notation"):
        solve(exercise)
    with pytest.raises(RefusedError, match="notation"):
        build_document([exercise], Kind.KEY, Options(notation="z-a"))


@pytest.mark.slow
def test_a_hundred_layers_of_a_thousand_units(tmp_path: Path) -> None:
    """The whole document, in single precision."""
    blocks = document(large(tmp_path, units=1000, copies=99), Kind.KEY)
    assert any(isinstance(block, Question) and block.quantity == "wlayer100_new" for block in blocks)


def test_a_seed_draws_numbers_of_two_decimals(tmp_path: Path) -> None:
    """A small network with a seed is an exercise like any other, the same each time."""
    first, second = (large(tmp_path, units=3, copies=2) for _ in range(2))
    assert not first.is_symbolic
    assert first.given == second.given
    assert all(value == value.quantize(Decimal("0.01")) for value in first.given.values())
    assert first.architecture.widths == (3, 3, 3, 10)
    assert solve(first)["E_total"] > 0
    assert any(isinstance(block, Question) for block in document(first, Kind.KEY))
