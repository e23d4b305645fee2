"""How long all partial derivatives of a network take: pencilgrad's steps against differentiating one formula.

    python benchmarks/derivatives.py            # a minute or more; needs the extra ``bench`` for SymEngine
    python benchmarks/derivatives.py --quick    # times a sample of the parameters for SymPy and scales it up, saying so

First table: the same work done three ways, every ∂E/∂w of one network. ``derive`` makes all its steps and the printed
form of each; SymPy and SymEngine differentiate the error as one formula in inputs and parameters, once a parameter.
Second table: whether the time of ``derive`` for one weight stays the same as networks grow deeper.

Times are the processor's on one machine; the ratios are what to read. What is compared is run in turns, so that a busy
machine slows all of it alike, and each run has a network of its own, none of whose symbols an earlier run has made.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from statistics import median
from typing import Any

import sympy

from derive.derivation.round import derive
from derive.model.activations import ACTIVATIONS
from derive.model.conventions import Conventions
from derive.model.forward_pass import forward_pass
from derive.model.losses import LOSSES
from derive.model.network import BiasMode, Network, Shape

WIDTHS = (8, 16, 8)
DEPTHS = (5, 10, 15, 20)
WIDTH = 10
SAMPLE = 14

Work = Callable[[Network], object]


def network_of(*widths: int) -> Network:
    """A network of logistic neurons, a trained bias for each."""
    shapes = [Shape(width, ACTIVATIONS["logistic"], BiasMode.NEURON) for width in widths[1:]]
    return Network.of(widths[0], shapes, LOSSES["half_squared"], conventions=Conventions(train_biases=True))


def timed(work: Work, widths: Sequence[int]) -> float:
    """The processor's seconds for a new network, after SymPy's cache and the garbage of earlier runs are cleared."""
    network = network_of(*widths)
    sympy.core.cache.clear_cache()
    gc.collect()
    start = time.process_time()
    work(network)
    return time.process_time() - start


def in_turns(works: Sequence[Work], repeats: int) -> list[list[float]]:
    """The seconds of each, so many runs of all of them one after another."""
    rounds = [[timed(work, WIDTHS) for work in works] for _ in range(repeats)]
    return [list(seconds) for seconds in zip(*rounds, strict=True)]


def all_forms(network: Network) -> list[Any]:
    """The derivation, from the network on, with every form of every step."""
    return [step.forms for step in derive(forward_pass(network)).steps]


def with_sympy(network: Network, every: int = 1) -> list[Any]:
    """sympy.diff of the nested error, by each parameter, or by one in ``every``."""
    error = forward_pass(network).nested()
    return [sympy.diff(error, parameter.symbol) for parameter in network.parameters[::every]]


def nested(network: Network) -> Any:
    """The error as one formula."""
    return forward_pass(network).nested()


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


def working_symengine() -> tuple[Any, str]:
    """SymEngine; or nothing, and why it is left out."""
    try:
        symengine = import_module("symengine")
        with_symengine(symengine, network_of(1, 1))
    except ModuleNotFoundError:
        return None, "SymEngine is left out: it is not installed (extra 'bench')."
    except Exception as error:  # whatever is wrong with a peer, the rest is still measured
        return None, f"SymEngine is left out: it does not work here ({error})."
    return symengine, ""


def say(text: str = "") -> None:
    """A line of text."""
    sys.stdout.write(text + "\n")


def line(*cells: str) -> None:
    """One row of a table."""
    say("  ".join([f"{cells[0]:<44}", *(f"{cell:>12}" for cell in cells[1:])]))


def compare(quick: bool, repeats: int) -> None:
    """All partial derivatives of one network, three ways."""
    count = len(network_of(*WIDTHS).parameters)
    line(f"all {count} derivatives of {'-'.join(map(str, WIDTHS))}", "median s", "min s", "ratio")
    symengine, why_not = working_symengine()
    ours, *others = in_turns([all_forms, *([partial(with_symengine, symengine)] if symengine else [])], repeats)
    row("derive(), every form of every step", ours, ours)
    ratios = {}
    for theirs in others:
        ratios["SymEngine"] = row("SymEngine's diff of one formula", theirs, ours)
    if quick:
        ratios["sympy.diff"] = row(f"sympy.diff of one formula, scaled from {SAMPLE}", [scaled_sympy(count)], ours)
    else:
        ratios["sympy.diff"] = row("sympy.diff of one formula, one run", [timed(with_sympy, WIDTHS)], ours)
    say()
    for name, ratio in ratios.items():
        say(f"{name} takes {ratio:.{2 if ratio < 10 else 0}f} times as long as derive().")
    if why_not:
        say(why_not)


def scaled_sympy(count: int) -> float:
    """What sympy.diff would take for all parameters, from a sample of them."""
    every = count // SAMPLE
    nesting = timed(nested, WIDTHS)
    sampled = timed(partial(with_sympy, every=every), WIDTHS)
    return nesting + (sampled - nesting) * count / len(range(0, count, every))


def row(name: str, seconds: list[float], ours: list[float]) -> float:
    """A row with the ratio of the medians, which it returns."""
    ratio = median(seconds) / median(ours)
    line(name, f"{median(seconds):.4f}", f"{min(seconds):.4f}", f"{ratio:.2f}")
    return ratio


def grow(repeats: int) -> None:
    """The time of derive() for one parameter, in ever deeper networks.

    The larger ones pay for Python's garbage collection too, which now and then looks through all that lives.
    """
    say()
    line(f"layers of {WIDTH}", "parameters", "median s", "min s", "µs each", "ratio")
    first = 0.0
    for depth in DEPTHS:
        widths = [WIDTH] * (depth + 1)
        count = len(network_of(*widths).parameters)
        seconds = [timed(all_forms, widths) for _ in range(repeats)]
        each = median(seconds) / count
        first = first or each
        cells = str(count), f"{median(seconds):.3f}", f"{min(seconds):.3f}", f"{each * 1e6:.0f}", f"{each / first:.2f}"
        line(f"{depth} layers", *cells)


def main() -> None:
    """Both tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--quick",
        action="store_true",
        help=f"time {SAMPLE} parameters with SymPy and scale; a third of the runs of deeper networks",
    )
    parser.add_argument("--repeats", type=int, default=11, help="runs of everything but SymPy (default: 11)")
    arguments = parser.parse_args()
    compare(arguments.quick, max(1, arguments.repeats))
    grow(max(1, arguments.repeats // 3 if arguments.quick else arguments.repeats))


if __name__ == "__main__":
    main()
