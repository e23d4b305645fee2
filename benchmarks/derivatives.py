"""How long all partial derivatives of a network take: pencilgrad's steps against differentiating one formula.

    python benchmarks/derivatives.py            # half a minute or more; needs the extra ``bench`` for SymEngine
    python benchmarks/derivatives.py --quick    # times a sample of the parameters for SymPy and scales it up, saying so

First table: the same work done three ways, every ∂E/∂w of one network. ``derive`` makes all its steps and the printed
form of each; SymPy and SymEngine differentiate the error as one formula in inputs and parameters, once a parameter.
Second table: whether the time of ``derive`` for one weight stays the same as networks grow deeper.

Times are the processor's on one machine; the ratios are what to read.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from statistics import median
from typing import Any

import sympy

from derive.activations import ACTIVATIONS
from derive.conventions import Conventions
from derive.derivation import derive
from derive.losses import LOSSES
from derive.network import BiasMode, Network, Shape
from derive.quantities import Variable

WIDTHS = (8, 16, 8)
DEPTHS = (5, 10, 15, 20)
WIDTH = 10
SAMPLE = 12


def network_of(*widths: int) -> Network:
    """A network of logistic neurons, a trained bias for each."""
    shapes = [Shape(width, ACTIVATIONS["logistic"], BiasMode.NEURON) for width in widths[1:]]
    return Network.of(widths[0], shapes, LOSSES["half_squared"], conventions=Conventions(train_biases=True))


def timed(work: Callable[[], object], repeats: int) -> list[float]:
    """Seconds of each of so many runs, after SymPy's cache has been emptied."""
    seconds = []
    for _ in range(repeats):
        sympy.core.cache.clear_cache()
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return seconds


def all_forms(network: Network) -> list[Any]:
    """The derivation, from the network on, with every form of every step."""
    return [step.forms for step in derive(network.graph()).steps]


def with_sympy(network: Network, parameters: tuple[Variable, ...]) -> list[Any]:
    """sympy.diff of the nested error."""
    error = network.graph().nested()
    return [sympy.diff(error, parameter.symbol) for parameter in parameters]


def with_symengine(symengine: Any, network: Network) -> list[Any]:
    """SymEngine's derivative of the error, nested in SymEngine itself."""
    signals = [symengine.Symbol(name.id) for name in network.inputs]
    for layer in network.layers:
        nets = []
        for neuron in layer.neurons:
            weights = (symengine.Symbol(weight.id) for weight in neuron.weights)
            terms = [weight * signal for weight, signal in zip(weights, signals, strict=True)]
            nets.append(sum(terms, symengine.Symbol(neuron.bias.id)) if neuron.bias else sum(terms))
        signals = [1 / (1 + symengine.exp(-net)) for net in nets]
    targets = [symengine.Symbol(target.id) for target in network.targets]
    error = sum((target - signal) ** 2 / 2 for target, signal in zip(targets, signals, strict=True))
    return [symengine.diff(error, symengine.Symbol(parameter.id)) for parameter in network.parameters]


def line(*cells: str) -> None:
    """One row of a table."""
    sys.stdout.write("  ".join([f"{cells[0]:<44}", *(f"{cell:>12}" for cell in cells[1:])]) + "\n")


def compare(quick: bool, repeats: int) -> None:
    """All partial derivatives of one network, three ways."""
    network = network_of(*WIDTHS)
    parameters = network.parameters
    size = "-".join(map(str, WIDTHS))
    line(f"all {len(parameters)} derivatives of {size}", "median s", "min s", "ratio")
    ours = timed(lambda: all_forms(network), repeats)
    row("derive(), every form of every step", ours, ours)
    if quick:
        sample = parameters[:: max(1, len(parameters) // SAMPLE)]
        nesting = timed(lambda: with_sympy(network, ()), 1)[0]
        scale = len(parameters) / len(sample)
        runs = [nesting + (seconds - nesting) * scale for seconds in timed(lambda: with_sympy(network, sample), 1)]
        row(f"sympy.diff of one formula, scaled from {len(sample)}", runs, ours)
    else:
        row("sympy.diff of one formula, one run", timed(lambda: with_sympy(network, parameters), 1), ours)
    try:
        symengine = import_module("symengine")
    except ModuleNotFoundError:
        line("SymEngine: not installed (extra 'bench')")
    else:
        row("SymEngine's diff of one formula", timed(lambda: with_symengine(symengine, network), repeats), ours)


def row(name: str, seconds: list[float], ours: list[float]) -> None:
    """A row with the ratio of the medians."""
    cells = f"{median(seconds):.4f}", f"{min(seconds):.4f}", f"{median(seconds) / median(ours):.2f}"
    line(name, *cells)


def grow(repeats: int) -> None:
    """The time of derive() for one parameter, in ever deeper networks."""
    line(f"\nlayers of {WIDTH}", "parameters", "median s", "min s", "µs each", "ratio")
    first = 0.0
    for depth in DEPTHS:
        network = network_of(*[WIDTH] * (depth + 1))
        count = len(network.parameters)
        seconds = timed(partial(all_forms, network), repeats)
        each = median(seconds) / count
        first = first or each
        cells = str(count), f"{median(seconds):.3f}", f"{min(seconds):.3f}", f"{each * 1e6:.0f}", f"{each / first:.2f}"
        line(f"{depth} layers", *cells)


def main() -> None:
    """Both tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"time {SAMPLE} parameters with SymPy and scale")
    parser.add_argument("--repeats", type=int, default=7, help="runs of everything but SymPy (default: 7)")
    arguments = parser.parse_args()
    compare(arguments.quick, max(1, arguments.repeats))
    grow(max(1, arguments.repeats))


if __name__ == "__main__":
    main()
