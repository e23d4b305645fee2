"""How long 10,000 rounds of training take: pencilgrad's compiled steps against objects and against PyTorch.

    python benchmarks/training.py [--quick]     # some seconds; needs the extra ``bench`` for PyTorch

The network is Matt Mazur's (2015): two inputs, two hidden and two output neurons, logistic, half squared error,
learning rate 0.5, biases as they are. The same rounds are played, in doubles, all weights updated at once:

- the steps of ``derive``, compiled to one function (that is done once, and has a line of its own); with Numba (extra
  ``fast``) that function becomes machine code, which pencilgrad does by itself where it saves more time than it takes;
- objects for the network, its layers and its neurons, as scripts that teach the method are written;
- PyTorch on one core of the processor, autograd and SGD.

What is not installed is left out, in words.

Each line shows the error that it ends with; compiling plays no round. Times are of one machine: read the ratios.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

from measuring import PeerError, left_out, library, line, parser_of

from derive.derivation.round import derive
from derive.derivation.steps import Update
from derive.model.activations import ACTIVATIONS
from derive.model.forward_pass import forward_pass
from derive.model.losses import LOSSES
from derive.model.network import BiasMode, Network, Shape
from derive.model.quantities import RATE, TOTAL_ERROR
from derive.numbers import compiled
from derive.numbers.compiled import function, loop

ALWAYS_INTERPRETED = 10**18
QUICK_ROUNDS = 500
INPUTS, TARGETS, LEARNING_RATE = (0.05, 0.10), (0.01, 0.99), 0.5
HIDDEN_WEIGHTS, HIDDEN_BIAS = ((0.15, 0.20), (0.25, 0.30)), 0.35
OUTPUT_WEIGHTS, OUTPUT_BIAS = ((0.40, 0.45), (0.50, 0.55)), 0.60


# --- pencilgrad ------------------------------------------------------------------------------------------------------


def in_machine_code() -> Callable[[int], float]:
    """The same compiled to machine code, whatever the number of rounds; the first call compiles."""
    library("numba", "fast")
    compiled.WORTH_COMPILING = 0
    play = compiled_rounds()
    play(1)
    compiled.WORTH_COMPILING = ALWAYS_INTERPRETED

    def error_after(rounds: int) -> float:
        compiled.WORTH_COMPILING = 0
        try:
            return play(rounds)
        finally:
            compiled.WORTH_COMPILING = ALWAYS_INTERPRETED

    return error_after


def compiled_rounds() -> Callable[[int], float]:
    """The derivation as one function of a number of rounds, which returns the error after them."""
    layer = Shape(2, ACTIVATIONS["logistic"], BiasMode.LAYER)
    network = Network.of(2, [layer, layer], LOSSES["half_squared"])
    steps = derive(forward_pass(network)).steps
    assignments = [(step.quantity.symbol, step.expression) for step in steps]
    state = {step.parameter.symbol: step.quantity.symbol for step in steps if isinstance(step, Update)}
    constants = [name.symbol for name in (*network.inputs, *network.targets, *network.biases, RATE)]
    weights = [weight for row in (*HIDDEN_WEIGHTS, *OUTPUT_WEIGHTS) for weight in row]
    fixed = [*INPUTS, *TARGETS, HIDDEN_BIAS, OUTPUT_BIAS, LEARNING_RATE]
    play = loop(assignments, state, constants)
    total_error = function(assignments, [*state, *constants], [TOTAL_ERROR.symbol])

    def error_after(rounds: int) -> float:
        (error,) = total_error(*play(weights, fixed, rounds).state, *fixed)
        return float(error)

    return error_after


# --- objects ---------------------------------------------------------------------------------------------------------


class Neuron:
    """Weights, a bias and the last sample's sources and output, with a method for each formula."""

    def __init__(self, bias: float) -> None:
        self.bias = bias
        self.weights: list[float] = []
        self.sources: list[float] = []
        self.output = 0.0

    def feed(self, sources: list[float]) -> float:
        """The output for these sources."""
        self.sources = sources
        self.output = self.squash(self.net_input())
        return self.output

    def net_input(self) -> float:
        """The weighted sum of the sources, and the bias."""
        total = 0.0
        for index in range(len(self.sources)):
            total += self.sources[index] * self.weights[index]
        return total + self.bias

    def squash(self, net: float) -> float:
        """The logistic function."""
        return 1 / (1 + math.exp(-net))

    def error(self, target: float) -> float:
        """Half the squared distance from a target."""
        return 0.5 * (target - self.output) ** 2

    def error_by_output(self, target: float) -> float:
        """∂E/∂out."""
        return -(target - self.output)

    def output_by_net(self) -> float:
        """∂out/∂net."""
        return self.output * (1 - self.output)

    def net_by_weight(self, index: int) -> float:
        """∂net/∂w."""
        return self.sources[index]

    def error_by_net(self, target: float) -> float:
        """∂E/∂net, of an output neuron."""
        return self.error_by_output(target) * self.output_by_net()


class NeuronLayer:
    """Neurons that share their sources and their bias."""

    def __init__(self, rows: tuple[tuple[float, ...], ...], bias: float) -> None:
        self.neurons: list[Neuron] = []
        for weights in rows:
            neuron = Neuron(bias)
            neuron.weights.extend(weights)
            self.neurons.append(neuron)

    def feed(self, sources: list[float]) -> list[float]:
        """The outputs of all neurons."""
        outputs = []
        for neuron in self.neurons:
            outputs.append(neuron.feed(sources))
        return outputs


class NeuralNetwork:
    """A hidden layer and an output layer."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.hidden = NeuronLayer(HIDDEN_WEIGHTS, HIDDEN_BIAS)
        self.output = NeuronLayer(OUTPUT_WEIGHTS, OUTPUT_BIAS)

    def feed(self, inputs: list[float]) -> list[float]:
        """The forward pass."""
        return self.output.feed(self.hidden.feed(inputs))

    def train(self, inputs: list[float], targets: list[float]) -> None:
        """One round: the deltas of both layers first, then all weights."""
        self.feed(inputs)
        output_deltas = [0.0] * len(self.output.neurons)
        for index in range(len(self.output.neurons)):
            output_deltas[index] = self.output.neurons[index].error_by_net(targets[index])
        hidden_deltas = [0.0] * len(self.hidden.neurons)
        for index in range(len(self.hidden.neurons)):
            error_by_output = 0.0
            for above in range(len(self.output.neurons)):
                error_by_output += output_deltas[above] * self.output.neurons[above].weights[index]
            hidden_deltas[index] = error_by_output * self.hidden.neurons[index].output_by_net()
        self.update(self.output, output_deltas)
        self.update(self.hidden, hidden_deltas)

    def update(self, layer: NeuronLayer, deltas: list[float]) -> None:
        """One step down the gradient for each weight of a layer."""
        for index in range(len(layer.neurons)):
            for number in range(len(layer.neurons[index].weights)):
                error_by_weight = deltas[index] * layer.neurons[index].net_by_weight(number)
                layer.neurons[index].weights[number] -= self.rate * error_by_weight

    def total_error(self, inputs: list[float], targets: list[float]) -> float:
        """The sum of the errors of the outputs."""
        self.feed(inputs)
        return sum(neuron.error(target) for neuron, target in zip(self.output.neurons, targets, strict=True))


def with_objects(rounds: int) -> float:
    """The error after training neuron by neuron."""
    network = NeuralNetwork(LEARNING_RATE)
    inputs, targets = list(INPUTS), list(TARGETS)
    for _ in range(rounds):
        network.train(inputs, targets)
    return network.total_error(inputs, targets)


# --- PyTorch ---------------------------------------------------------------------------------------------------------


def with_torch() -> Callable[[int], float]:
    """The error after training with autograd and SGD."""
    torch = library("torch", "bench")
    torch.set_num_threads(1)

    def tensor(values: object, trained: bool = False) -> Any:
        return torch.tensor(values, dtype=torch.float64, requires_grad=trained)

    def error_after(rounds: int) -> float:
        inputs, targets = tensor(INPUTS), tensor(TARGETS)
        hidden, output = tensor(HIDDEN_WEIGHTS, trained=True), tensor(OUTPUT_WEIGHTS, trained=True)
        optimizer = torch.optim.SGD([hidden, output], lr=LEARNING_RATE)

        def error() -> Any:
            outputs = torch.sigmoid(output @ torch.sigmoid(hidden @ inputs + HIDDEN_BIAS) + OUTPUT_BIAS)
            return 0.5 * ((targets - outputs) ** 2).sum()

        for _ in range(rounds):
            optimizer.zero_grad()
            error().backward()
            optimizer.step()
        return float(error().item())

    return error_after


# --- the table -------------------------------------------------------------------------------------------------------


def timed(work: Callable[[int], float], rounds: int, repeats: int) -> tuple[list[float], float]:
    """Seconds of each run, and the error that the last one ended with."""
    seconds, error = [], math.nan
    for _ in range(repeats):
        start = time.perf_counter()
        error = work(rounds)
        seconds.append(time.perf_counter() - start)
    return seconds, error


WAYS: Mapping[str, Callable[[], Callable[[int], float]]] = {
    "compiled steps": compiled_rounds,
    "derive() and compile, once": lambda: lambda _: compiled_rounds()(0),
    "Python objects": lambda: with_objects,
    "steps in machine code (Numba)": in_machine_code,
    "derive() and machine code, once": lambda: lambda _: in_machine_code()(0),
    "PyTorch, autograd and SGD": with_torch,
}
"""What prepares each way, in the order of the table, and raises ``PeerError`` where its library is missing."""


def main() -> None:
    """One line for each way."""
    parser = parser_of(__doc__, f"{QUICK_ROUNDS} rounds, one run of each way")
    parser.add_argument("--rounds", type=int, default=10_000, help="rounds of training (default: 10000)")
    parser.add_argument("--repeats", type=int, default=5, help="runs of each way (default: 5)")
    arguments = parser.parse_args()
    rounds, repeats = (QUICK_ROUNDS, 1) if arguments.quick else (arguments.rounds, max(1, arguments.repeats))
    compiled.WORTH_COMPILING = ALWAYS_INTERPRETED
    line(f"{rounds} rounds", "median s", "min s", "ratio", "error")
    ours = 0.0
    for name, way in WAYS.items():
        try:
            seconds, error = timed(way(), rounds, repeats)
        except PeerError as reason:
            left_out(name, reason)
            continue
        ours = ours or median(seconds)
        cells = f"{median(seconds):.5f}", f"{min(seconds):.5f}", f"{median(seconds) / ours:.2f}", f"{error:.9e}"
        line(name, *cells)


if __name__ == "__main__":
    main()
