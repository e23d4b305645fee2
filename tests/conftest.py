"""What several test modules share: small networks, named and random.

Tests are imported one by one and cannot import one another, so what they share are fixtures; the strategies among them
are fixtures that hold a strategy, to be drawn from with ``data.draw``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from derive import exercise
from derive.activations import ACTIVATIONS
from derive.derivation import Derivation, derive
from derive.exercise import Exercise
from derive.exercise_file import ExerciseFile
from derive.losses import LOSSES
from derive.network import BiasMode, Network

settings.register_profile(
    "steady", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("steady")

Raw = Mapping[str, Any]


def network_of(
    *widths: int,
    activations: str | tuple[str, ...] = "logistic",
    biases: BiasMode = BiasMode.LAYER,
    loss: str = "half_squared",
) -> Network:
    """A network of these widths, inputs first, all of whose parameters are trained."""
    names = (activations,) * (len(widths) - 1) if isinstance(activations, str) else activations
    layers = [(width, ACTIVATIONS[name], biases) for width, name in zip(widths[1:], names, strict=True)]
    return Network.of(widths[0], layers, LOSSES[loss], trains_biases=True)


@pytest.fixture(scope="session")
def make_network() -> Callable[..., Network]:
    """Builds a network from its widths: ``make_network(2, 2, 1, activations="tanh")``."""
    return network_of


def exercise_of(raw: Raw) -> Exercise:
    """The exercise that a file with this content holds."""
    return Exercise("random", Path("random.toml"), ExerciseFile.model_validate(raw))


def derivation_of(loaded: Exercise) -> Derivation:
    """Its derivation, with the gradient of shared biases that it asks for."""
    averaged = loaded.content.shared_bias_gradient == "mean"
    network = loaded.network
    return derive(network.graph(), frozenset(network.biases) if averaged else frozenset())


@pytest.fixture(scope="session")
def solve() -> Callable[[Raw], tuple[Exercise, Derivation]]:
    """The exercise with this content, and its derivation."""

    def solved(raw: Raw) -> tuple[Exercise, Derivation]:
        loaded = exercise_of(raw)
        return loaded, derivation_of(loaded)

    return solved


@pytest.fixture(scope="session")
def mazur() -> Exercise:
    """The shipped exercise on Mazur's network."""
    return exercise.load("mazur")


def decimals(low: int, high: int) -> st.SearchStrategy[Decimal]:
    """Numbers with two decimals; never 0, which would put a net input on a kink or hide a factor."""
    return st.integers(low, high).filter(bool).map(lambda number: Decimal(number).scaleb(-2))


@st.composite
def _contents(draw: st.DrawFn) -> Raw:
    inputs = draw(st.integers(1, 3))
    layers, sources = [], inputs
    for width in draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)):
        number = decimals(-200, 200)
        row = st.lists(number, min_size=sources, max_size=sources)
        bias = {
            BiasMode.NONE: st.none(),
            BiasMode.LAYER: number,
            BiasMode.NEURON: st.lists(number, min_size=width, max_size=width),
        }
        layer = {
            "weights": draw(st.lists(row, min_size=width, max_size=width)),
            "activation": draw(st.sampled_from(sorted(ACTIVATIONS))),
            "bias": draw(bias[draw(st.sampled_from(BiasMode))]),
        }
        layers.append({key: value for key, value in layer.items() if value is not None})
        sources = width
    return {
        "title": {"en": "A random network"},
        "inputs": draw(st.lists(decimals(-200, 200), min_size=inputs, max_size=inputs)),
        "targets": draw(st.lists(decimals(-200, 200), min_size=sources, max_size=sources)),
        "loss": draw(st.sampled_from(sorted(LOSSES))),
        "learning_rate": draw(decimals(1, 100)),
        "train_biases": draw(st.booleans()),
        "shared_bias_gradient": draw(st.sampled_from(("sum", "mean"))),
        "layer": layers,
    }


@pytest.fixture(scope="session")
def contents() -> st.SearchStrategy[Raw]:
    """Contents of exercise files: 1 to 3 inputs, 1 to 3 layers of 1 to 3 neurons, every choice that a file can make."""
    return _contents()
