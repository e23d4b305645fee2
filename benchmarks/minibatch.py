"""How long the gradient of a mini-batch takes: pencilgrad's arrays against numpy written by hand.

    python benchmarks/minibatch.py [--quick]                   # some seconds
    OPENBLAS_NUM_THREADS=1 python benchmarks/minibatch.py      # on one core, where times vary less

A network of 784 inputs, 128 hidden and 10 output neurons, a bias for each neuron, and 32 samples, in double and in
single precision: logistic neurons with half the squared error, and ReLU with softmax and cross-entropy. Both sides
compute the mean error and its gradient with respect to all weights and biases. Their runs take turns, and before that
their results are compared.

Times are of one machine: read the ratios.
"""

from __future__ import annotations

from functools import partial
from statistics import median
from typing import TypeAlias

import numpy as np
from measuring import line, parser_of, timed

from derive.authoring.seeded import random_weights
from derive.model.activations import ACTIVATIONS
from derive.model.losses import LOSSES
from derive.numbers.batches import Array, ArrayLayer, ArrayNetwork

INPUTS, HIDDEN, OUTPUTS, BATCH = 784, 128, 10, 32
QUICK_REPEATS = 101
TOLERANCES = {"float64": 1e-12, "float32": 1e-5}

Parameters: TypeAlias = tuple[Array, Array, Array, Array]
Result: TypeAlias = tuple[float, tuple[Array | None, ...]]


def logistic_by_hand(parameters: Parameters, inputs: Array, targets: Array) -> Result:
    """Logistic neurons, half the squared error."""
    first, first_biases, second, second_biases = parameters
    hidden = 1 / (1 + np.exp(-(inputs @ first.T + first_biases)))
    outputs = 1 / (1 + np.exp(-(hidden @ second.T + second_biases)))
    error = 0.5 * ((targets - outputs) ** 2).sum(axis=1).mean()
    above = (outputs - targets) * outputs * (1 - outputs) / len(inputs)
    below = (above @ second) * hidden * (1 - hidden)
    return float(error), (below.T @ inputs, below.sum(axis=0), above.T @ hidden, above.sum(axis=0))


def softmax_by_hand(parameters: Parameters, inputs: Array, targets: Array) -> Result:
    """ReLU, softmax, cross-entropy."""
    first, first_biases, second, second_biases = parameters
    net = inputs @ first.T + first_biases
    hidden = np.maximum(0, net)
    scores = hidden @ second.T + second_biases
    scores -= scores.max(axis=1, keepdims=True)
    powers = np.exp(scores)
    sums = powers.sum(axis=1, keepdims=True)
    error = (targets * (np.log(sums) - scores)).sum(axis=1).mean()
    above = (powers / sums - targets) / len(inputs)
    below = (above @ second) * (net > 0)
    return float(error), (below.T @ inputs, below.sum(axis=0), above.T @ hidden, above.sum(axis=0))


BY_HAND = {
    ("logistic", "logistic", "half_squared"): logistic_by_hand,
    ("relu", "softmax", "cross_entropy"): softmax_by_hand,
}


def with_arrays(network: ArrayNetwork, inputs: Array, targets: Array) -> Result:
    """The same by pencilgrad."""
    passed = network.forward(inputs, targets)
    last, first = network.gradients(passed)
    return passed.total, (first.weights, first.biases, last.weights, last.biases)


def compare(names: tuple[str, str, str], dtype: str, repeats: int) -> None:
    """One row: both medians and their ratio."""
    generator = np.random.Generator(np.random.PCG64(3))
    inputs = generator.random((BATCH, INPUTS)).astype(dtype)
    targets = np.eye(OUTPUTS, dtype=dtype)[generator.integers(OUTPUTS, size=BATCH)]
    first, second = random_weights(1, HIDDEN, INPUTS, dtype), random_weights(2, OUTPUTS, HIDDEN, dtype)
    parameters = first, np.zeros(HIDDEN, dtype), second, np.zeros(OUTPUTS, dtype)
    below, above, loss = names
    layers = ArrayLayer(*parameters[:2], ACTIVATIONS[below]), ArrayLayer(*parameters[2:], ACTIVATIONS[above])
    network = ArrayNetwork(layers, LOSSES[loss], mean_of_samples=True)

    def ours() -> Result:
        return with_arrays(network, inputs, targets)

    def by_hand() -> Result:
        return BY_HAND[names](parameters, inputs, targets)

    for mine, theirs in zip(ours()[1], by_hand()[1], strict=True):
        assert mine is not None
        assert theirs is not None
        np.testing.assert_allclose(mine, theirs, atol=TOLERANCES[dtype])
    seconds = [(timed(ours), timed(by_hand)) for _ in range(repeats)]
    mine, theirs = (median(side) for side in zip(*seconds, strict=True))
    row(f"{below}, {above}, {loss}", dtype, f"{mine * 1e6:.0f}", f"{theirs * 1e6:.0f}", f"{mine / theirs:.2f}")


row = partial(line, first=36, others=10)


def main() -> None:
    """A row for each network and precision."""
    parser = parser_of(__doc__, f"{QUICK_REPEATS} runs of each side")
    parser.add_argument("--repeats", type=int, default=1001, help="runs of each side (default: 1001)")
    arguments = parser.parse_args()
    repeats = QUICK_REPEATS if arguments.quick else max(1, arguments.repeats)
    row(f"{INPUTS}-{HIDDEN}-{OUTPUTS}, batch of {BATCH}", "precision", "ours µs", "by hand µs", "ratio")
    for names in BY_HAND:
        for dtype in TOLERANCES:
            compare(names, dtype, repeats)


if __name__ == "__main__":
    main()
