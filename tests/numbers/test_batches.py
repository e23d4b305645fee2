"""Networks in arrays: the same numbers as the derivation of named neurons, and a size that no derivation prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from derive.authoring.seeded import random_weights
from derive.derivation.round import derive
from derive.model.activations import ACTIVATIONS
from derive.model.conventions import Conventions
from derive.model.forward_pass import forward_pass
from derive.model.losses import LOSSES
from derive.model.network import BiasMode, Network, Shape
from derive.model.quantities import Kind
from derive.numbers.batches import Array, ArrayLayer, ArrayNetwork, LayerGradient
from derive.numbers.compiled import function

# What cross-entropies take logarithms of are the outputs of the function that they cancel.
LAST = {name: [record.short_delta] if record.logarithmic else sorted(ACTIVATIONS) for name, record in LOSSES.items()}
PAIRS = [(loss, last) for loss in sorted(LOSSES) for last in LAST[loss]]
CORNER = 1e-9  # nearer to a net input of 0, rounding may take the other of two slopes

# --- against the steps ------------------------------------------------------------------------------------------------


def numbers(count: int) -> st.SearchStrategy[list[float]]:
    """Two decimals, never 0."""
    number = st.integers(-150, 150).filter(bool).map(lambda hundredths: hundredths / 100)
    return st.lists(number, min_size=count, max_size=count)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """1 to 3 layers of 1 to 3 neurons, every activation function, loss, kind of bias and mean."""
    loss, last = draw(st.sampled_from(PAIRS))
    names = [*draw(st.lists(st.sampled_from(sorted(ACTIVATIONS)), max_size=2)), last]
    widths, modes, thresholds = st.integers(1, 3), st.sampled_from(BiasMode), st.booleans()
    shapes = [Shape(draw(widths), ACTIVATIONS[name], draw(modes), draw(thresholds)) for name in names]
    shares = st.sampled_from(("sum", "mean"))
    conventions = Conventions(
        train_biases=True,
        over_outputs=draw(shares),
        over_samples=draw(shares),
        slope_at_corner=draw(st.sampled_from((None, Decimal(1)))),
    )
    return Network.of(draw(widths), shapes, LOSSES[loss], conventions=conventions, input_gradients=True)


def values_of(network: Network, start: Mapping[str, float], inputs: Array, targets: Array) -> Mapping[str, float]:
    """Every quantity of the derivation, computed by its steps one after the other in doubles."""
    known = dict(start)
    for number, (row, wanted) in enumerate(zip(inputs, targets, strict=True), start=1):
        mark = f"@s{number}" if len(inputs) > 1 else ""
        known |= {name.id + mark: value for name, value in zip(network.inputs, row, strict=True)}
        known |= {name.id + mark: value for name, value in zip(network.targets, wanted, strict=False)}
    derivation = derive(forward_pass(network, len(inputs)))
    steps = [step for step in derivation.steps if "_new" not in step.quantity.id]
    symbols = {symbol.name: symbol for step in steps for symbol in step.expression.free_symbols}
    assignments = [(step.quantity.symbol, step.expression) for step in steps]
    goals = [step.quantity.symbol for step in steps]
    arguments = [name for name in known if name in symbols]
    computed = function(assignments, [symbols[name] for name in arguments], goals)(*map(known.get, arguments))
    return known | dict(zip((goal.name for goal in goals), computed, strict=True))


@given(st.data())
def test_arrays_compute_what_the_steps_compute(data: st.DataObject) -> None:
    """Net inputs, outputs, errors, deltas and all gradients of random networks, element by element."""
    network = data.draw(networks())
    samples, outputs = data.draw(st.integers(1, 3)), len(network.outputs)
    inputs = np.array([data.draw(numbers(len(network.inputs))) for _ in range(samples)])
    chosen = data.draw(st.lists(st.integers(0, outputs - 1), min_size=samples, max_size=samples))
    targets = np.eye(outputs)[chosen]
    if not network.loss.logarithmic:
        targets = np.array([data.draw(numbers(outputs)) for _ in range(samples)])
    names = [parameter.id for parameter in network.parameters]
    start = dict(zip(names, data.draw(numbers(len(names))), strict=True))

    arrays = ArrayNetwork.of(network, start)
    passed = arrays.forward(inputs, targets)
    assume(all(abs(net).min() > CORNER for net in passed.nets))
    gradients = list(arrays.gradients(passed))[::-1]
    known = values_of(network, start, inputs, targets)

    def agree(values: Array, rows: Sequence[Sequence[str]], share: float = 1) -> None:
        expected = np.array([[known[name] for name in row] for row in rows]) * share
        np.testing.assert_allclose(values, expected, rtol=1e-12, atol=1e-12 * max(1, abs(expected).max()))

    marks = [f"@s{number}" for number in range(1, samples + 1)] if samples > 1 else [""]
    share = 1 / samples if network.conventions.averages_samples else 1
    for layer, gradient, nets, outs in zip(network.layers, gradients, passed.nets, passed.outs, strict=True):
        agree(nets, [[neuron.net.id + mark for neuron in layer.neurons] for mark in marks])
        agree(outs, [[neuron.out.id + mark for neuron in layer.neurons] for mark in marks])
        agree(gradient.deltas, [[f"delta_{neuron.name}{mark}" for neuron in layer.neurons] for mark in marks], share)
        agree(gradient.weights, [[f"dE_total_d{weight.id}" for weight in neuron.weights] for neuron in layer.neurons])
        for bias in layer.biases:
            shared = [neuron.bias == bias for neuron in layer.neurons]
            sign = -1 if bias.kind is Kind.THRESHOLD else 1
            assert gradient.biases is not None
            agree(np.array([[sign * gradient.biases[shared].sum()]]), [[f"dE_total_d{bias.id}"]])
    agree(
        arrays.input_gradient(gradients[0]),
        [[f"dE_total_d{name.id}{mark}" for name in network.inputs] for mark in marks],
        share,
    )
    agree(passed.errors[:, None], [[f"E_total{mark}"] for mark in marks])
    agree(np.array([[passed.total]]), [["E_total"]])


# --- against differences of the error ---------------------------------------------------------------------------------


def layered(names: Sequence[str], widths: Sequence[int]) -> tuple[ArrayLayer, ...]:
    """Layers of random weights and biases."""
    layers = []
    for depth, (name, sources, units) in enumerate(zip(names, widths, widths[1:], strict=False)):
        weights = random_weights(depth, units, sources)
        layers.append(ArrayLayer(weights, random_weights(depth + 100, units, 1)[:, 0], ACTIVATIONS[name]))
    return tuple(layers)


def moved(layers: Sequence[ArrayLayer], step: float) -> tuple[ArrayLayer, ...]:
    """The layers with every parameter moved in a random direction, the same for every step."""
    return tuple(
        ArrayLayer(
            layer.weights + step * random_weights(depth + 200, *layer.weights.shape),
            None
            if layer.biases is None
            else layer.biases + step * random_weights(depth + 300, len(layer.biases), 1)[:, 0],
            layer.activation,
        )
        for depth, layer in enumerate(layers)
    )


def along(gradient: LayerGradient, depth: int) -> float:
    """What the gradient says of the same direction: Σ gradient · direction."""
    slope = float((gradient.weights * random_weights(depth + 200, *gradient.weights.shape)).sum())
    if gradient.biases is None:
        return slope
    return slope + float(gradient.biases @ random_weights(depth + 300, len(gradient.biases), 1)[:, 0])


@pytest.mark.parametrize("hidden", sorted(ACTIVATIONS))
@pytest.mark.parametrize(("loss", "last"), PAIRS)
def test_the_gradient_is_the_slope_of_the_error(loss: str, last: str, hidden: str) -> None:
    """(E(W + hD) − E(W − hD)) / 2h in a random direction D of all parameters."""
    layers = layered((hidden, last), (5, 7, 4))
    generator = np.random.Generator(np.random.PCG64(5))
    inputs, targets = generator.uniform(-1, 1, (6, 5)), np.eye(4)[generator.integers(4, size=6)]

    def network(step: float) -> ArrayNetwork:
        return ArrayNetwork(moved(layers, step), LOSSES[loss], mean_of_outputs=True, mean_of_samples=True)

    gradients = network(0).gradients(network(0).forward(inputs, targets))
    slope = sum(along(gradient, depth) for gradient, depth in zip(gradients, (1, 0), strict=True))
    above, below = (network(step).forward(inputs, targets).total for step in (1e-6, -1e-6))
    assert slope == pytest.approx((above - below) / 2e-6, rel=1e-6, abs=1e-9)


@pytest.mark.slow
def test_a_hundred_layers_of_a_thousand_units() -> None:
    """A hundred million weights: the gradient, layer after layer, against a difference of the error."""
    depth, width = 100, 1000
    layers = tuple(ArrayLayer(random_weights(n, width, width), None, ACTIVATIONS["tanh"]) for n in range(depth))
    inputs, targets = random_weights(7, 4, width) * 20, random_weights(8, 4, width)
    network = ArrayNetwork(layers, LOSSES["half_squared"])
    passed = network.forward(inputs, targets)
    slope = 0.0
    for number, gradient in zip(reversed(range(depth)), network.gradients(passed), strict=True):
        slope += along(gradient, number)
    totals = [ArrayNetwork(moved(layers, step), network.loss).forward(inputs, targets).total for step in (1e-6, -1e-6)]
    assert slope == pytest.approx((totals[0] - totals[1]) / 2e-6, rel=1e-5)


# --- types, extremes, mistakes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_single_precision_stays_single(dtype: str, name: str) -> None:
    weights = random_weights(1, 3, 3, dtype)
    layer = ArrayLayer(weights, weights[0], ACTIVATIONS[name])
    network = ArrayNetwork((layer, layer), LOSSES["half_squared"], mean_of_outputs=True, mean_of_samples=True)
    passed = network.forward(weights, weights)
    last, first = network.gradients(passed)
    arrays = (*passed.nets, *passed.outs, passed.errors, last.weights, last.biases, first.deltas, first.weights)
    assert {str(array.dtype) for array in arrays if array is not None} == {dtype}


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_large_net_inputs_overflow_to_the_limit(dtype: str, name: str) -> None:
    """Without a warning, which pytest makes an error, outputs and gradients are finite."""
    layer = ArrayLayer(np.eye(2, dtype=dtype), None, ACTIVATIONS[name])
    network = ArrayNetwork((layer,), LOSSES["half_squared"])
    passed = network.forward(np.array([[2000, -2000], [-1000, 0]], dtype), np.zeros((2, 2), dtype))
    (gradient,) = network.gradients(passed)
    assert np.isfinite(passed.outs[0]).all()
    assert np.isfinite(gradient.weights).all()


@pytest.mark.parametrize(("loss", "last"), [(loss, last) for loss, last in PAIRS if LOSSES[loss].logarithmic])
def test_cross_entropies_of_outputs_rounded_to_0_and_1_are_finite(loss: str, last: str) -> None:
    """ln(1 / (1 + e^800)) is −800, though the output is no double but 0."""
    network = ArrayNetwork((ArrayLayer(np.eye(2), None, ACTIVATIONS[last]),), LOSSES[loss])
    passed = network.forward(np.array([[800.0, 0.0], [0.0, 800.0]]), np.array([[1.0, 0.0], [1.0, 0.0]]))
    assert passed.errors == pytest.approx({"softmax": [0, 800], "logistic": [np.log(2), 800 + np.log(2)]}[last])
    (gradient,) = network.gradients(passed)
    np.testing.assert_array_equal(gradient.deltas, passed.outs[0] - passed.targets)


@pytest.mark.parametrize(("convention", "slope"), [(None, 0), (Decimal(1), 1), (Decimal("0.5"), 0.5)])
def test_the_slope_at_a_corner_is_the_one_agreed_on(convention: Decimal | None, slope: float) -> None:
    conventions = Conventions(slope_at_corner=convention)
    network = Network.of(1, [Shape(1, ACTIVATIONS["relu"])], LOSSES["half_squared"], conventions=conventions)
    arrays = ArrayNetwork.of(network, {"w1": Decimal(0)})
    (gradient,) = arrays.gradients(arrays.forward(np.array([[3.0]]), np.array([[-1.0]])))
    assert gradient.deltas == [[slope]]


def test_weights_come_from_their_seed() -> None:
    """The documented generator and limit; the first numbers are numpy's own on every machine."""
    weights = random_weights(1, 2, 4)
    assert weights.shape == (2, 4)
    assert np.abs(random_weights(1, 300, 100)).max() == pytest.approx(np.sqrt(6 / 400), rel=1e-3)
    limit = np.sqrt(6 / 6)
    expected = np.random.Generator(np.random.PCG64(1)).random(8) * 2 * limit - limit
    np.testing.assert_allclose(weights.ravel(), expected, rtol=1e-12)
    assert random_weights(1, 2, 4, "float32").dtype == np.float32


def test_layers_have_to_fit() -> None:
    layers = [ArrayLayer(np.ones(shape), None, ACTIVATIONS["tanh"]) for shape in ((3, 2), (1, 2))]
    with pytest.raises(ValueError, match=r"weights \(1, 2\) cannot follow weights \(3, 2\)"):
        ArrayNetwork(tuple(layers), LOSSES["squared"])


def test_targets_of_softmax_add_up_to_1() -> None:
    network = ArrayNetwork((ArrayLayer(np.eye(2), None, ACTIVATIONS["softmax"]),), LOSSES["cross_entropy"])
    with pytest.raises(ValueError, match="add up to 1"):
        network.forward(np.ones((1, 2)), np.ones((1, 2)))


@pytest.mark.parametrize("mean_of_outputs", [False, True], ids=["sum", "mean"])
@pytest.mark.parametrize("loss", sorted(LOSSES))
@pytest.mark.parametrize("name", [name for name, record in ACTIVATIONS.items() if not record.layerwise])
def test_gradients_leave_the_forward_pass_as_it_was(name: str, loss: str, mean_of_outputs: bool) -> None:
    """What it computed can be read after them: the slope of a mean of two squares is the output itself, and no copy."""
    weights = np.array([[0.3, 0.2], [0.1, 0.4]])
    names = name, "logistic" if LOSSES[loss].logarithmic else name
    layers = tuple(ArrayLayer(weights, np.array([0.1, 0.2]), ACTIVATIONS[each]) for each in names)
    network = ArrayNetwork(layers, LOSSES[loss], mean_of_outputs=mean_of_outputs)
    inputs, targets = np.array([[0.5, 0.25]]), np.array([[0.5, 0.5]]) if LOSSES[loss].has_targets else None
    passed = network.forward(inputs, targets)
    before = [array.copy() for array in (*passed.nets, *passed.outs, passed.errors, inputs)]
    gradients = [gradient.weights.copy() for gradient in network.gradients(passed)]
    for array, kept in zip((*passed.nets, *passed.outs, passed.errors, inputs), before, strict=True):
        np.testing.assert_array_equal(array, kept)
    for gradient, again in zip(gradients, network.gradients(passed), strict=True):
        np.testing.assert_array_equal(again.weights, gradient)
