"""Every number of a derivation against oracles that know the tables of the file only.

Central differences know only a forward pass in plain loops, autograd walks its own graph through one in matrices, and
each optimiser is written here as its paper has it. None of them shares code with the steps that they check.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from copy import deepcopy
from decimal import Decimal
from functools import partial
from itertools import count, product
from math import erf as math_erf
from math import pi
from random import Random
from typing import Any

import autograd.numpy as anp
import mpmath as mp
import numpy as np
import pytest
from autograd import grad
from autograd.extend import defvjp, primitive
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mpmath import fdot, fsum, mpf, workdps

from derive import resources
from derive.authoring.exercise import Exercise
from derive.model.activations import ACTIVATIONS
from derive.model.losses import LOSSES
from derive.model.optimizers import OPTIMIZERS
from derive.numbers.evaluation import Evaluation
from tests.shipped import load

Raw = dict[str, Any]
ExerciseOf = Callable[[Raw], Exercise]
Place = tuple[Any, ...]

H = mpf(10) ** -25
DIGITS = 100

# --- the tables of a file ---------------------------------------------------------------------------------------------


def plainly(raw: Raw) -> Raw:
    """The tables with what can be written in two ways written in one: a row for each sample, a table for each layer."""
    tables: Raw = {"conventions": {}, "optimizer": {}, "training": {}, "targets": [], "loss": "half_squared"}
    tables |= deepcopy(raw)
    for name in ("inputs", "targets"):
        rows = tables[name]
        tables[name] = [rows] if isinstance(rows, list) and rows and not isinstance(rows[0], list) else rows
    tables["layer"] = [deepcopy(layer) for layer in tables["layer"] for _ in range(layer.get("copies", 1))]
    for layer in tables["layer"]:
        layer.setdefault("activation", "logistic")
    return tables


def only(tables: Raw, samples: range, *, decays: bool = True) -> Raw:
    """The tables with some of their samples; without the decay of weights, if that is asked for."""
    chosen = {name: tables[name][samples.start : samples.stop] for name in ("inputs", "targets")}
    return {**tables, **chosen, "weight_decay": tables.get("weight_decay") if decays else None}


def batches(tables: Raw) -> list[range]:
    samples = len(tables["inputs"])
    size = tables["training"].get("batch", samples)
    return [range(first, min(first + size, samples)) for first in range(0, samples, size)]


def parameters(tables: Raw) -> Iterator[tuple[str, Place, bool]]:
    """The id of each weight and bias, where its number stands in the file, and whether neurons share it."""
    weights, biases = count(1), count(1)
    for depth, layer in enumerate(tables["layer"]):
        for row, column in product(*map(range, np.shape(layer["weights"]))):
            yield f"w{next(weights)}", ("layer", depth, "weights", row, column), False
        for key, stem in (("bias", "b"), ("threshold", "theta")):
            match layer.get(key):
                case list(values):
                    for position in range(len(values)):
                        yield f"{stem}{next(biases)}", ("layer", depth, key, position), False
                case Decimal() | int() | float() | mpf():
                    yield f"{stem}{next(biases)}", ("layer", depth, key), len(layer["weights"]) > 1


def trained(tables: Raw) -> Iterator[tuple[str, Place, bool]]:
    """Those that the update changes."""
    for name, place, shared in parameters(tables):
        if name.startswith("w") or tables["conventions"].get("train_biases"):
            yield name, place, shared


def at(tables: Raw, place: Place) -> Any:
    for key in place:
        tables = tables[key]
    return tables


def put(tables: Raw, place: Place, value: Any) -> None:
    at(tables, place[:-1])[place[-1]] = value


NUMBERS = ("inputs", "targets", "layer", "learning_rate", "weight_decay")


def converted(tables: Raw, number: Callable[[str], Any]) -> Raw:
    """The tables with their numbers in another arithmetic."""
    return {key: _converted(value, number) if key in NUMBERS else value for key, value in tables.items()}


def _converted(value: Any, number: Callable[[str], Any]) -> Any:
    match value:
        case Decimal() | int():
            return number(str(value))
        case dict():
            return {key: _converted(item, number) for key, item in value.items()}
        case list():
            return [_converted(item, number) for item in value]
    return value


# --- central differences ----------------------------------------------------------------------------------------------

MP_ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "logistic": lambda z: 1 / (1 + mp.exp(-z)),
    "tanh": mp.tanh,
    "relu": lambda z: max(z, mpf(0)),
    "leaky_relu": lambda z: z if z >= 0 else z / 100,
    "elu": lambda z: z if z >= 0 else mp.expm1(z),
    "softplus": lambda z: mp.log1p(mp.exp(z)),
    "silu": lambda z: z * mp.exp(z) / (1 + mp.exp(z)),
    "gelu": lambda z: z * mp.ncdf(z),
    "identity": lambda z: z,
}
MP_LOSSES: dict[str, Callable[[Any, Any], Any]] = {
    "half_squared": lambda t, o: (t - o) ** 2 / 2,
    "squared": lambda t, o: (t - o) ** 2,
    "squared_norm": lambda _, o: o**2,
    "binary_cross_entropy": lambda t, o: -t * mp.log(o) - (1 - t) * mp.log(1 - o),
    "cross_entropy": lambda t, o: -t * mp.log(o),
}
SEAMS = ("relu", "leaky_relu", "elu")
"""Activations that are put together from two pieces."""


def outputs_of(name: str, nets: list[Any]) -> list[Any]:
    """A layer's outputs."""
    if name == "softmax":
        powers = [mp.exp(net) for net in nets]
        return [power / fsum(powers) for power in powers]
    return [MP_ACTIVATIONS[name](net) for net in nets]


def each_bias(layer: Raw) -> list[Any]:
    """What is added in each neuron of a layer."""
    bias, threshold = layer.get("bias", mpf(0)), layer.get("threshold", mpf(0))
    width = len(layer["weights"])
    added, subtracted = (value if isinstance(value, list) else [value] * width for value in (bias, threshold))
    return [b - t for b, t in zip(added, subtracted, strict=True)]


def nets_of(layer: Raw, signals: list[Any]) -> list[Any]:
    """A layer's net inputs."""
    rows = zip(layer["weights"], each_bias(layer), strict=True)
    return [fdot(row, signals) + bias for row, bias in rows]


def forward(tables: Raw, signals: list[Any]) -> Iterator[tuple[str, list[Any], list[Any]]]:
    """Each layer's activation, its net inputs and its outputs."""
    for layer in tables["layer"]:
        nets = nets_of(layer, signals)
        signals = outputs_of(layer["activation"], nets)
        yield layer["activation"], nets, signals


def error_of_outputs(tables: Raw, outputs: list[Any], targets: list[Any]) -> Any:
    parts = [MP_LOSSES[tables["loss"]](t, o) for t, o in zip(targets or outputs, outputs, strict=True)]
    return fsum(parts) / (len(parts) if tables["conventions"].get("over_outputs") == "mean" else 1)


def error_of(tables: Raw) -> Any:
    """The error over all samples of the tables."""
    errors = []
    for number, row in enumerate(tables["inputs"]):
        *_, (_, _, outputs) = forward(tables, row)
        errors.append(error_of_outputs(tables, outputs, tables["targets"][number] if tables["targets"] else []))
    error = fsum(errors) / (len(errors) if tables["conventions"].get("over_samples") == "mean" else 1)
    squares = fsum(w * w for layer in tables["layer"] for row in layer["weights"] for w in row)
    return error + (tables.get("weight_decay") or 0) * squares / 2


def slope(tables: Raw, place: Place) -> Any:
    """(E(x + h) − E(x − h))/2h, x being the number at a place of the tables."""
    return quotient(tables, place, H)


def quotient(tables: Raw, place: Place, move: Any) -> Any:
    value, errors = at(tables, place), []
    for moved in (value + move, value - move):
        put(tables, place, moved)
        errors.append(error_of(tables))
    put(tables, place, value)
    return (errors[0] - errors[1]) / (2 * move)


def gradients_by_differences(tables: Raw) -> dict[str, Any]:
    """∂E/∂ each trained parameter over the samples of the tables."""
    return {name: slope(tables, place) for name, place, _ in trained(tables)}


def is_smooth(tables: Raw) -> bool:
    """Whether no net input is at a seam or so near that a difference would step over it."""
    with workdps(30):
        exact = converted(tables, mpf)
        passes = [layer for row in exact["inputs"] for layer in forward(exact, row)]
        return all(abs(net) > 1e-6 for name, nets, _ in passes if name in SEAMS for net in nets)


def views(tables: Raw) -> Iterator[tuple[str, str, Raw]]:
    """Each error that something is differentiated of: how its id begins and ends, and the tables that it is of.

    That of the batch with the decay of weights, that without, and those of its samples.
    """
    batch = batches(tables)[0]
    yield "E_total", "", only(tables, batch)
    if tables.get("weight_decay"):
        yield "E_data", "", only(tables, batch, decays=False)
    if len(batch) > 1:
        for number in batch:
            yield "E_total", f"@s{number + 1}", only(tables, range(number, number + 1), decays=False)


def expected_slopes(tables: Raw) -> Iterator[tuple[str, Any]]:
    """Every derivative by a parameter or an input that a derivation asks for, by id."""
    for whole, sample, part in views(tables):
        for name, place, _ in trained(part):
            yield f"d{whole}_d{name}{sample}", slope(part, place)
        is_one = len(part["inputs"]) == 1 and not part["weight_decay"]
        for position in range(len(part["inputs"][0]) if tables.get("input_gradients") and is_one else 0):
            yield f"d{whole}_di{position + 1}{sample}", slope(part, ("inputs", 0, position))


def check_by_differences(evaluation: Evaluation, raw: Raw) -> None:
    """All errors to 48 digits, all derivatives to 25."""
    values = evaluation.values
    with workdps(DIGITS):
        exact = converted(plainly(raw), mpf)
        for whole, sample, part in views(exact):
            expected = error_of(part)
            assert abs(values[whole + sample] - expected) <= mpf(10) ** -48 * max(1, abs(expected)), whole + sample
        for name, expected in expected_slopes(exact):
            assert abs(values[name] - expected) <= mpf(10) ** -25 * abs(expected) + mpf(10) ** -35, name


def differentiable(raw: Raw) -> Raw:
    """The same with all digits, and derivatives at old weights: those at new ones are the derivatives of nothing.

    What is rounded on the way, and the output layer that is updated first, have tests of their own.
    """
    conventions = {key: value for key, value in raw.get("conventions", {}).items() if key not in APART}
    return {**raw, "conventions": conventions}


APART = ("update_order", "carry")


@settings(max_examples=150)
@given(data=st.data())
def test_central_differences_agree_to_25_digits(data: st.DataObject, contents: Any, exercise_of: ExerciseOf) -> None:
    """(E(w + h) − E(w − h))/2h of a forward pass written anew, at 100 digits, is the gradient that the steps give."""
    raw = differentiable(data.draw(contents))
    assume(is_smooth(plainly(raw)))
    check_by_differences(exercise_of(raw).evaluation, raw)


# --- autograd ---------------------------------------------------------------------------------------------------------


@primitive
def erf(z: Any) -> Any:
    return np.vectorize(math_erf)(z)


defvjp(erf, lambda _, z: lambda upstream: upstream * 2 / np.sqrt(pi) * np.exp(-(z**2)))


def np_softmax(z: Any) -> Any:
    powers = anp.exp(z - anp.max(z, axis=1, keepdims=True))
    return powers / anp.sum(powers, axis=1, keepdims=True)


NP_ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "logistic": lambda z: (1 + anp.tanh(z / 2)) / 2,
    "tanh": anp.tanh,
    "relu": lambda z: anp.maximum(z, 0.0),
    "leaky_relu": lambda z: anp.where(z > 0, z, 0.01 * z),
    "elu": lambda z: anp.where(z > 0, z, anp.exp(z) - 1),
    "softplus": lambda z: anp.logaddexp(0.0, z),
    "silu": lambda z: z * (1 + anp.tanh(z / 2)) / 2,
    "gelu": lambda z: z * (1 + erf(z / anp.sqrt(2))) / 2,
    "identity": lambda z: z,
    "softmax": np_softmax,
}
NP_LOSSES: dict[str, Callable[[Any, Any], Any]] = {
    "half_squared": lambda t, o: anp.sum((t - o) ** 2) / 2,
    "squared": lambda t, o: anp.sum((t - o) ** 2),
    "squared_norm": lambda _, o: anp.sum(o * o),
    "binary_cross_entropy": lambda t, o: -anp.sum(t * anp.log(o) + (1 - t) * anp.log(1 - o)),
    "cross_entropy": lambda t, o: -anp.sum(t * anp.log(o)),
}


def matrices_of(tables: Raw) -> list[dict[str, Any]]:
    """Each layer's weights, bias and threshold; a bias that is not there is 0."""
    return [
        {key: anp.array(layer.get(key, 0), dtype=float) for key in ("weights", "bias", "threshold")}
        for layer in tables["layer"]
    ]


def error_in_matrices(matrices: list[dict[str, Any]], tables: Raw) -> Any:
    signal = anp.array(tables["inputs"], dtype=float)
    for layer, table in zip(matrices, tables["layer"], strict=True):
        net = signal @ layer["weights"].T + layer["bias"] - layer["threshold"]
        signal = NP_ACTIVATIONS[table["activation"]](net)
    error = NP_LOSSES[tables["loss"]](anp.array(tables["targets"], dtype=float), signal)
    samples, outputs = signal.shape
    shared = {"over_samples": samples, "over_outputs": outputs}
    for convention, size in shared.items():
        error = error / size if tables["conventions"].get(convention) == "mean" else error
    decay = float(tables.get("weight_decay") or 0)
    return error + decay / 2 * sum(anp.sum(layer["weights"] ** 2) for layer in matrices)


def gradients_by_autograd(tables: Raw) -> dict[str, float]:
    """∂E/∂ each trained parameter over the samples of the tables."""
    gradients = grad(error_in_matrices)(matrices_of(tables), tables)
    return {name: float(gradients[depth][key][tuple(index)]) for name, (_, depth, key, *index), _ in trained(tables)}


def is_tame(tables: Raw) -> bool:
    """Whether nothing is so far out that a double has lost the digits that are compared: 1 − o, for one."""
    with workdps(30):
        exact = converted(tables, mpf)
        return all(abs(net) < 9 for row in exact["inputs"] for _, nets, _ in forward(exact, row) for net in nets)


def check_by_autograd(evaluation: Evaluation, raw: Raw) -> None:
    """All derivatives of the batch to the precision of a double."""
    tables = plainly(raw)
    batch = only(tables, batches(tables)[0])
    gradients = gradients_by_autograd(batch)
    largest = max(1.0, *map(abs, gradients.values()))
    for name, expected in gradients.items():
        found = float(evaluation.values[f"dE_total_d{name}"])
        assert found == pytest.approx(expected, rel=1e-10, abs=1e-10 * largest), name


@pytest.mark.slow
@settings(max_examples=300)
@given(data=st.data())
def test_autograd_agrees_to_10_digits(data: st.DataObject, contents: Any, exercise_of: ExerciseOf) -> None:
    """autograd's gradient of a forward pass in matrices is, to the precision of a double, what the steps give."""
    raw = differentiable(data.draw(contents))
    tables = plainly(raw)
    assume(is_smooth(tables) and is_tame(tables))
    check_by_autograd(exercise_of(raw).evaluation, raw)


def test_the_oracles_know_every_record() -> None:
    """A new activation, loss or optimiser has to be written anew here before it is proven."""
    assert {*MP_ACTIVATIONS, "softmax"} == set(NP_ACTIVATIONS) == set(ACTIVATIONS)
    assert set(MP_LOSSES) == set(NP_LOSSES) == set(LOSSES)
    assert set(PUBLISHED) == set(OPTIMIZERS)


# --- optimisers, as their papers have them ----------------------------------------------------------------------------

Memory = dict[str, Any]
"""What an optimiser keeps of one parameter; the rate, the decay and the number of the update are there too."""


def setting(m: Memory, name: str, published: str) -> Any:
    """What an optimiser is set to: what the file says, else what its authors recommend."""
    return m["number"](str(m["table"].get(name, published)))


def sgd(w: Any, g: Any, m: Memory) -> Any:
    return w - m["eta"] * g


def momentum(w: Any, g: Any, m: Memory) -> Any:
    """Sutskever et al. 2013, equations 1 and 2."""
    m["v"] = setting(m, "mu", "0.9") * m.get("v", 0) - m["eta"] * g
    return w + m["v"]


def nesterov(w: Any, g: Any, m: Memory) -> Any:
    """Sutskever et al. 2013, equations 3 and 4, with w = θ + μv the place at which the gradient is taken."""
    mu = setting(m, "mu", "0.9")
    theta = w - mu * m.get("v", 0)
    m["v"] = mu * m.get("v", 0) - m["eta"] * g
    return theta + m["v"] + mu * m["v"]


def adagrad(w: Any, g: Any, m: Memory) -> Any:
    """Duchi, Hazan and Singer 2011; the sum of all squares so far, kept as a list."""
    m.setdefault("squares", []).append(g * g)
    return w - m["eta"] * g / (sum(m["squares"]) ** m["half"] + setting(m, "epsilon", "1e-8"))


def rmsprop(w: Any, g: Any, m: Memory) -> Any:
    """Tieleman and Hinton 2012."""
    keep = setting(m, "rho", "0.9")
    m["mean"] = keep * m.get("mean", 0) + (1 - keep) * g * g
    return w - m["eta"] / (m["mean"] ** m["half"] + setting(m, "epsilon", "1e-8")) * g


def adadelta(w: Any, g: Any, m: Memory) -> Any:
    """Zeiler 2012, algorithm 1, with its change multiplied by a rate."""
    keep, epsilon = setting(m, "rho", "0.95"), setting(m, "epsilon", "1e-6")
    m["g"] = keep * m.get("g", 0) + (1 - keep) * g * g
    change = -((m.get("x", 0) + epsilon) ** m["half"]) / (m["g"] + epsilon) ** m["half"] * g
    m["x"] = keep * m.get("x", 0) + (1 - keep) * change * change
    return w + m["eta"] * change


def adam(w: Any, g: Any, m: Memory) -> Any:
    """Kingma and Ba 2015, in the form that ends section 2: the corrections are in the rate and in ε."""
    first, second = setting(m, "beta1", "0.9"), setting(m, "beta2", "0.999")
    m["m"] = first * m.get("m", 0) + (1 - first) * g
    m["v"] = second * m.get("v", 0) + (1 - second) * g * g
    correction = (1 - second ** m["t"]) ** m["half"]
    rate = m["eta"] * correction / (1 - first ** m["t"])
    return w - rate * m["m"] / (m["v"] ** m["half"] + setting(m, "epsilon", "1e-8") * correction)


def adamw(w: Any, g: Any, m: Memory) -> Any:
    """Loshchilov and Hutter 2019, algorithm 2, with their rates and PyTorch's decay of 0.01."""
    return adam(w, g, m) - m["eta"] * setting(m, "decay", "0.01") * w


PUBLISHED = {
    function.__name__: function for function in (sgd, momentum, nesterov, adagrad, rmsprop, adadelta, adam, adamw)
}


MEANS = ("mean", "mean_of_biases")
"""The mean of the moved biases is the bias moved by the mean, but for how it is rounded."""


def remembered(tables: Raw, number: Callable[[str], Any]) -> Memory:
    """What there is of a parameter before its first update."""
    rate = tables.get("learning_rate") or number("1")  # which only Adadelta has otherwise
    return {"number": number, "half": number("0.5"), "table": tables["optimizer"], "eta": rate, "t": 0}


def trained_by_hand(
    tables: Raw, rounds: int, gradients_of: Callable[[Raw], dict[str, Any]], number: Callable[[str], Any]
) -> dict[str, Any]:
    """The parameters after so many rounds, batch after batch, changed all at once."""
    tables = converted(tables, number)
    rule = PUBLISHED[tables["optimizer"].get("name", "sgd")]
    memories: dict[str, Memory] = {}
    chosen = batches(tables)
    for completed in range(rounds):
        gradients = gradients_of(only(tables, chosen[completed % len(chosen)]))
        renewed = {}
        for name, place, shared in trained(tables):
            memory = memories.setdefault(name, remembered(tables, number))
            memory["t"] += 1
            g = gradients[name]
            if shared and tables["conventions"].get("shared_bias_gradient") in MEANS:
                g = g / len(tables["layer"][place[1]]["weights"])
            renewed[place] = rule(at(tables, place), g, memory)
        for place, value in renewed.items():
            put(tables, place, value)
    return {name: at(tables, place) for name, place, _ in trained(tables)}


def combination(activation: str, loss: str, optimizer: str) -> Raw:
    """A network with this activation wherever the loss allows it, two samples, and trained biases."""
    last = {"binary_cross_entropy": ("logistic", "softmax"), "cross_entropy": ("softmax", "logistic", "softplus")}
    allowed = last.get(loss, (activation,))
    hundredth = {
        "weights": [[[15, -42], [61, 33]], [[48, 29], [-37, 55]]],
        "bias": [[12, -21], [9, 31]],
    }
    names = activation if activation != "softmax" else "tanh", activation if activation in allowed else allowed[0]
    layers = [
        {"activation": name, **{key: in_hundredths(values[depth]) for key, values in hundredth.items()}}
        for depth, name in enumerate(names)
    ]
    raw = {
        "title": {"en": f"{activation}, {loss}, {optimizer}"},
        "inputs": in_hundredths([[80, -50], [30, 110]]),
        "targets": in_hundredths([[20, 80], [65, 35]]),
        "loss": loss,
        "learning_rate": Decimal("0.1"),
        "layer": layers,
        "optimizer": {"name": optimizer},
        "conventions": {"train_biases": True},
    }
    return {key: value for key, value in raw.items() if key != "targets" or LOSSES[loss].has_targets}


def in_hundredths(values: Any) -> Any:
    return list(map(in_hundredths, values)) if isinstance(values, list) else Decimal(values).scaleb(-2)


@pytest.mark.parametrize(
    "optimizer",
    [name if name in ("sgd", "adam") else pytest.param(name, marks=pytest.mark.slow) for name in OPTIMIZERS],
)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_with_every_loss_and_optimiser(
    exercise_of: ExerciseOf, activation: str, loss: str, optimizer: str
) -> None:
    """Three rounds with autograd's gradients and the optimiser's published rule, in doubles, agree to 10 digits."""
    raw = combination(activation, loss, optimizer)
    tables = plainly(raw)
    exercise = exercise_of(raw)
    check_by_autograd(exercise.evaluation, raw)
    expected = trained_by_hand(tables, 3, gradients_by_autograd, float)
    reached = exercise.training.play(3)
    assert reached.rounds == 3
    for name, value in expected.items():
        assert float(reached.state[name]) == pytest.approx(value, rel=1e-10, abs=1e-10), name


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_with_every_loss_by_central_differences(
    exercise_of: ExerciseOf, activation: str, loss: str
) -> None:
    """The same networks to 25 digits, with derivatives by the inputs and the decay of weights too."""
    raw = combination(activation, loss, "sgd") | {"input_gradients": True, "weight_decay": Decimal("0.05")}
    check_by_differences(exercise_of(raw).evaluation, raw)


@settings(max_examples=60)
@given(data=st.data())
def test_training_of_random_networks(data: st.DataObject, contents: Any, exercise_of: ExerciseOf) -> None:
    """Three rounds, batch after batch, with differences for gradients and the published rules, agree to 20 digits."""
    raw = differentiable(data.draw(contents))
    tables = plainly(raw)
    assume(is_smooth(tables))
    reached = exercise_of(raw).training.play(3)
    with workdps(DIGITS):
        expected = trained_by_hand(tables, 3, gradients_by_differences, mpf)
        for name, value in expected.items():
            assert abs(reached.state[name] - value) <= mpf(10) ** -20 * max(1, abs(value)), name


# --- the output layer first -------------------------------------------------------------------------------------------


def jacobian(function: Callable[[list[Any]], list[Any]], values: list[Any]) -> list[tuple[Any, ...]]:
    """∂f_i/∂x_j by central differences, a row for each i."""
    columns = []
    for j, value in enumerate(values):
        above, below = (function([*values[:j], moved, *values[j + 1 :]]) for moved in (value + H, value - H))
        columns.append([(up - down) / (2 * H) for up, down in zip(above, below, strict=True)])
    return list(zip(*columns, strict=True))


def layer_gradient(place: Place, deltas: list[Any], signals: list[Any]) -> Any:
    """∂E/∂ a weight, a bias or a threshold, from the deltas of its layer and the layer's inputs."""
    match place[2:]:
        case "weights", row, column:
            return deltas[row] * signals[column]
        case "bias", position:
            return deltas[position]
        case "threshold", position:
            return -deltas[position]
        case (key,):
            return fsum(deltas) * (-1 if key == "threshold" else 1)
    raise LookupError(place)


def output_first_by_hand(tables: Raw) -> dict[str, Any]:
    """One update of one sample, layer by layer from the last: each sends the error back through its new weights."""
    rule = PUBLISHED[tables["optimizer"].get("name", "sgd")]
    passes = list(forward(tables, tables["inputs"][0]))
    signals = [tables["inputs"][0], *(outputs for _, _, outputs in passes)]
    targets = tables["targets"][0] if tables["targets"] else []
    (arriving,) = jacobian(lambda outputs: [error_of_outputs(tables, outputs, targets)], signals[-1])
    renewed: dict[str, Any] = {}
    for depth in reversed(range(len(passes))):
        name, nets, _ = passes[depth]
        slopes = jacobian(partial(outputs_of, name), nets)
        deltas = [fdot(arriving, column) for column in zip(*slopes, strict=True)]
        for parameter, place, shared in [entry for entry in trained(tables) if entry[1][1] == depth]:
            g = layer_gradient(place, deltas, signals[depth])
            if "weights" in place:
                g += (tables.get("weight_decay") or 0) * at(tables, place)
            if shared and tables["conventions"].get("shared_bias_gradient") in MEANS:
                g = g / len(deltas)
            renewed[parameter] = rule(at(tables, place), g, remembered(tables, mpf) | {"t": 1})
            put(tables, place, renewed[parameter])
        columns = zip(*tables["layer"][depth]["weights"], strict=True)
        arriving = [fdot(deltas, column) for column in columns]
    return renewed


@settings(max_examples=60)
@given(data=st.data())
def test_the_output_layer_can_be_updated_first(data: st.DataObject, contents: Any, exercise_of: ExerciseOf) -> None:
    """The update that goes layer by layer, recomputed with a difference for every slope, agrees to 20 digits."""
    drawn = data.draw(contents)
    raw = drawn | {"conventions": drawn["conventions"] | {"update_order": "output_first"}, "training": {"batch": 1}}
    tables = plainly(raw)
    assume(is_smooth(tables))
    exercise = exercise_of(raw)
    reached = exercise.training.play(1)
    with workdps(DIGITS):
        renewed = output_first_by_hand(converted(only(tables, range(1)), mpf))
        for name, value in renewed.items():
            assert abs(reached.state[name] - value) <= mpf(10) ** -20 * max(1, abs(value)), name
            assert abs(exercise.evaluation.values[f"{name}_new"] - value) <= mpf(10) ** -20 * max(1, abs(value)), name


# --- what is shipped --------------------------------------------------------------------------------------------------

SHIPPED = {name: tomllib.loads(path.read_text(), parse_float=Decimal) for name, path in resources.exercises().items()}
NETWORKS = [name for name, raw in SHIPPED.items() if "formulas" not in raw]
SYMBOLIC = [name for name in NETWORKS if any("weights" not in layer for layer in SHIPPED[name]["layer"])]
NUMERIC = [name for name in NETWORKS if name not in SYMBOLIC]
FORMULAS = [name for name in SHIPPED if name not in NETWORKS]


def as_it_begins(exercise: Exercise, raw: Raw) -> Raw:
    """The tables of a shipped file with the parameters that its sheet begins with, where training lies behind it."""
    tables = plainly(raw)
    for name, place, _ in parameters(tables):
        put(tables, place, exercise.given[name])
    return tables


def test_the_shipped_exercises_are_all_tested() -> None:
    """Each is one of networks with numbers, networks in symbols and formulas, and there are some of each."""
    assert NUMERIC
    assert SYMBOLIC
    assert FORMULAS
    assert {*NUMERIC, *SYMBOLIC, *FORMULAS} == set(resources.exercises())


@pytest.mark.parametrize("name", NUMERIC)
def test_a_shipped_exercise_agrees_with_both_oracles(exercise_of: ExerciseOf, name: str) -> None:
    """The round of its sheet, by central differences and by autograd."""
    exercise = exercise_of(differentiable(SHIPPED[name]))
    tables = as_it_begins(exercise, SHIPPED[name])
    assert is_smooth(tables)
    check_by_differences(exercise.evaluation, tables)
    check_by_autograd(exercise.evaluation, tables)


@pytest.mark.parametrize("name", NUMERIC)
def test_training_of_a_shipped_exercise(exercise_of: ExerciseOf, name: str) -> None:
    """Three rounds with autograd's gradients and the published rule of its optimiser, to 9 digits."""
    expected = trained_by_hand(plainly(SHIPPED[name]), 3, gradients_by_autograd, float)
    state = exercise_of(differentiable(SHIPPED[name])).training.play(3).state
    for parameter, value in expected.items():
        assert float(state[parameter]) == pytest.approx(value, rel=1e-9, abs=1e-9), parameter


@pytest.mark.parametrize("name", SYMBOLIC)
def test_an_exercise_in_symbols_is_right_at_any_numbers(name: str) -> None:
    """Its steps, with numbers put in for all that is given, agree with both oracles."""
    exercise, tables = load(name), plainly(SHIPPED[name])
    draw = Random(0)

    def number() -> Decimal:
        return in_hundredths(draw.choice((-1, 1)) * draw.randint(1, 150))

    width = tables["inputs"]
    tables["inputs"] = [[number() for _ in range(width)]]
    for layer in tables["layer"]:
        layer["weights"] = [[number() for _ in range(width)] for _ in range(layer["units"])]
        width = layer["units"]
    tables["targets"] = [[number() for _ in range(width)]]
    given_values = {parameter: at(tables, place) for parameter, place, _ in parameters(tables)}
    given_values |= {f"i{index}": value for index, value in enumerate(tables["inputs"][0], start=1)}
    given_values |= {f"target_o{index}": value for index, value in enumerate(tables["targets"][0], start=1)}
    evaluation = Evaluation(exercise.derivation(), {**given_values, "eta": Decimal("0.5")})
    check_by_differences(evaluation, tables)
    check_by_autograd(evaluation, tables)


TYPED = {
    "differences": {
        **{name: getattr(mp, name) for name in ("exp", "ln", "log", "sqrt", "sin", "cos", "tan", "tanh", "erf")},
        **dict.fromkeys(("sigma", "sigmoid", "logistic"), MP_ACTIVATIONS["logistic"]),
        **{name: MP_ACTIVATIONS[name] for name in ("relu", "softplus")},
        **dict(zip(("abs", "max", "min"), (abs, max, min), strict=True)),
    },
    "autograd": {
        **{name: getattr(anp, name) for name in ("exp", "log", "sqrt", "abs", "sin", "cos", "tan", "tanh")},
        **dict.fromkeys(("sigma", "sigmoid", "logistic"), NP_ACTIVATIONS["logistic"]),
        **{name: NP_ACTIVATIONS[name] for name in ("relu", "softplus")},
        **dict(zip(("ln", "erf", "max", "min"), (anp.log, erf, anp.maximum, anp.minimum), strict=True)),
    },
}
"""What is typed in formulas, for Python."""


def typed_by_python(formulas: list[str], functions: Raw, values: Raw) -> Raw:
    """Every name of the formulas, computed by Python from the text of our own files."""
    known = dict(values)
    for formula in formulas:
        name, _, text = formula.partition("=")
        known[name.strip()] = eval(text.replace("^", "**"), functions, known)
    return known


def check_formulas(exercise: Exercise, raw: Raw) -> None:
    """All values, and the derivatives of every result by every input, by both oracles."""
    values = exercise.evaluation.values
    results = [variable.id for variable in exercise.circuit.outputs]
    assert results
    with workdps(DIGITS):
        exact = {key: mpf(str(value)) for key, value in raw["values"].items()}
        compute = partial(typed_by_python, raw["formulas"], TYPED["differences"])
        for key, expected in compute(exact).items():
            assert abs(values[key] - expected) <= mpf(10) ** -48 * max(1, abs(expected)), key
        for result, by in product(results, exact):
            above, below = (compute({**exact, by: exact[by] + move})[result] for move in (H, -H))
            expected = (above - below) / (2 * H)
            found = values.get(f"d{result}_d{by}", 0)  # which is not asked for where it has to be 0
            assert abs(found - expected) <= mpf(10) ** -25 * max(1, abs(expected)), (result, by)
    rounded = {key: float(value) for key, value in raw["values"].items()}
    for result in results:
        slopes = grad(lambda inputs, of=result: typed_by_python(raw["formulas"], TYPED["autograd"], inputs)[of])(
            rounded
        )
        for by, expected in slopes.items():
            found = float(values.get(f"d{result}_d{by}", 0))
            assert found == pytest.approx(float(expected), rel=1e-10), (result, by)


@pytest.mark.parametrize("name", FORMULAS)
def test_shipped_formulas_agree_with_both_oracles(name: str) -> None:
    """The circuit of each file."""
    check_formulas(load(name), SHIPPED[name])


SEVERAL = [
    ["f = x * y", "g = x + y * z"],
    ["q = x * y", "f = q**2", "g = exp(q) / z"],
    ["q = sigma(x)", "f = q * y", "g = q + z", "h = max(x, y) * tanh(z)"],
    ["f = x * x * x", "g = (x + y) * (x + y) - sin(x) * cos(y) + ln(z)"],
]


@pytest.mark.parametrize("formulas", SEVERAL, ids=" ".join)
def test_formulas_with_several_results_agree_with_both_oracles(exercise_of: ExerciseOf, formulas: list[str]) -> None:
    """Each result is differentiated by itself, whatever it shares with the others."""
    values = {"x": Decimal("0.7"), "y": Decimal("-1.2"), "z": Decimal("2.5")}
    raw = {"title": {"en": "Several results"}, "formulas": formulas, "values": values}
    check_formulas(exercise_of(raw), raw)


@pytest.mark.parametrize(
    "name", [name for name in NUMERIC if SHIPPED[name].get("conventions", {}).get("update_order") == "output_first"]
)
def test_a_shipped_exercise_that_updates_the_output_layer_first(exercise_of: ExerciseOf, name: str) -> None:
    """The update of its sheet, with a difference for every slope, to 20 digits."""
    raw = SHIPPED[name] | {
        "conventions": {"update_order": "output_first"} | differentiable(SHIPPED[name])["conventions"]
    }
    values = exercise_of(raw).evaluation.values
    with workdps(DIGITS):
        for parameter, value in output_first_by_hand(converted(only(plainly(raw), range(1)), mpf)).items():
            assert abs(values[f"{parameter}_new"] - value) <= mpf(10) ** -20, parameter


# --- gradient checks --------------------------------------------------------------------------------------------------


def check_the_quotients(evaluation: Evaluation, raw: Raw) -> None:
    """Both errors, the quotient of their difference, and how far it is from the derivative, recomputed."""
    check, values = raw["gradient_check"], evaluation.values
    with workdps(DIGITS):
        tables = converted(plainly(raw), mpf)
        batch = only(tables, batches(tables)[0]) | {"loss": check.get("loss", tables["loss"])}
        places = {name: place for name, place, _ in parameters(batch)}
        move = mpf(str(check["move"]))
        for name in check["parameters"]:
            value = at(batch, places[name])
            for version, moved in (("plus", value + move), ("minus", value - move)):
                put(batch, places[name], moved)
                expected = error_of(batch)
                found = values[f"E_total_{version}_{name}"]
                assert abs(found - expected) <= mpf(10) ** -45 * max(1, abs(expected)), (version, name)
            put(batch, places[name], value)
            expected = quotient(batch, places[name], move)
            assert abs(values[f"quotient_{name}"] - expected) <= mpf(10) ** -35 * max(1, abs(expected)), name
            derivative = slope(only(tables, batches(tables)[0]), places[name])
            distance = abs(expected - derivative) / max(abs(expected), abs(derivative))
            assert abs(values[f"difference_{name}"] - distance) <= mpf(10) ** -20 * max(1, distance), name


@pytest.mark.parametrize("name", [name for name in NUMERIC if "gradient_check" in SHIPPED[name]])
def test_a_shipped_gradient_check(name: str) -> None:
    """The quotients that its sheet asks for."""
    exercise = load(name)
    check_the_quotients(exercise.evaluation, as_it_begins(exercise, SHIPPED[name]))


@pytest.mark.slow
@settings(max_examples=40)
@given(data=st.data())
def test_a_gradient_check_of_a_random_network(data: st.DataObject, contents: Any, exercise_of: ExerciseOf) -> None:
    """Of any weight, bias or threshold that is trained, in a batch or not, with a decay of weights or not."""
    raw = differentiable(data.draw(contents))
    tables = plainly(raw)
    assume(is_smooth(tables))
    name = data.draw(st.sampled_from([name for name, _, _ in trained(tables)]))
    raw["gradient_check"] = {"parameters": [name], "move": Decimal("0.001")}
    with workdps(DIGITS):
        exact = converted(only(tables, batches(tables)[0]), mpf)
        assume(gradients_by_differences(exact)[name] != 0)
    check_the_quotients(exercise_of(raw).evaluation, raw)
