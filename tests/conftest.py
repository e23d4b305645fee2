"""What several test modules share: small networks, named and random.

Strategies are fixtures that hold a strategy, to be drawn from with ``data.draw``. People who fill sheets in are in
``hands``, forms in ``forms``, steps in plain doubles in ``doubles``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from derive.authoring import reading
from derive.authoring.exercise import Exercise
from derive.model.activations import ACTIVATIONS
from derive.model.conventions import BIAS_SHARES, DELTAS, LENGTHS, ORDERS, SHARES, Conventions
from derive.model.losses import DIFFERENCES, LOSSES
from derive.model.network import BiasMode, Network, Shape
from derive.model.optimizers import OPTIMIZERS
from tests.shipped import load

settings.register_profile(
    "steady", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("steady")

Raw = dict[str, Any]


def network_of(
    *widths: int,
    activations: str | tuple[str, ...] = "logistic",
    biases: BiasMode = BiasMode.LAYER,
    loss: str = "half_squared",
    threshold: bool = False,
    conventions: Mapping[str, Any] | None = None,
    **settings: bool,
) -> Network:
    """A network of these widths, inputs first, all of whose parameters are trained."""
    names = (activations,) * (len(widths) - 1) if isinstance(activations, str) else activations
    shapes = [Shape(width, ACTIVATIONS[name], biases, threshold) for width, name in zip(widths[1:], names, strict=True)]
    chosen = Conventions(train_biases=True, **(conventions or {}))
    return Network.of(widths[0], shapes, LOSSES[loss], conventions=chosen, **settings)


@pytest.fixture(scope="session")
def make_network() -> Callable[..., Network]:
    """Builds a network from its widths: ``make_network(2, 2, 1, activations="tanh")``."""
    return network_of


@pytest.fixture(scope="session")
def exercise_of() -> Callable[[Raw], Exercise]:
    """The exercise that a file with these tables holds."""
    return lambda raw: reading.checked(raw, Path("random.toml"))


@pytest.fixture(scope="session")
def mazur() -> Exercise:
    """The shipped exercise on Mazur's network."""
    return load("mazur")


# Which activations the last layer can have: logarithms are taken of what lies between 0 and 1, or is at least positive.
_LAST = {
    "binary_cross_entropy": ("logistic", "softmax"),
    "cross_entropy": ("logistic", "softplus", "softmax"),
}
_INSIDE = tuple(name for name, record in ACTIVATIONS.items() if not record.layerwise)


def decimals(low: int, high: int) -> st.SearchStrategy[Decimal]:
    """Numbers with two decimals; never 0, which would put a net input on a kink or hide a factor."""
    return st.integers(low, high).filter(bool).map(hundredths)


def hundredths(number: int) -> Decimal:
    return Decimal(number).scaleb(-2)


def _targets(loss: str, width: int) -> st.SearchStrategy[list[Decimal]]:
    """The targets of one sample: a distribution, probabilities, or any numbers, as the loss takes them."""
    match loss:
        case "cross_entropy":
            cuts = st.lists(st.integers(0, 100), min_size=width - 1, max_size=width - 1).map(sorted)
            return cuts.map(
                lambda inner: [
                    hundredths(upper - lower) for lower, upper in zip([0, *inner], [*inner, 100], strict=True)
                ]
            )
        case "binary_cross_entropy":
            return st.lists(st.integers(0, 100).map(hundredths), min_size=width, max_size=width)
        case _:
            return st.lists(decimals(-200, 200), min_size=width, max_size=width)


def _bias(width: int) -> st.SearchStrategy[dict[str, Any]]:
    """No bias, one for the layer, or one for each neuron; added, or subtracted as a threshold."""
    number = decimals(-100, 100)
    values = st.one_of(number, st.lists(number, min_size=width, max_size=width))
    key = st.sampled_from(("bias", "threshold"))
    return st.one_of(st.just({}), st.tuples(key, values).map(lambda pair: dict([pair])))


@st.composite
def _layers(draw: st.DrawFn, sources: int, loss: str) -> list[dict[str, Any]]:
    widths = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    layers = []
    for depth, width in enumerate(widths, start=1):
        names = _LAST.get(loss, tuple(ACTIVATIONS)) if depth == len(widths) else _INSIDE
        if loss == "binary_cross_entropy" and width == 1:
            names = tuple(name for name in names if name in _INSIDE)  # ln(1 − 1) of a softmax over one
        row = st.lists(decimals(-120, 120), min_size=sources, max_size=sources)
        layers.append(
            {
                "weights": draw(st.lists(row, min_size=width, max_size=width)),
                "activation": draw(st.sampled_from(names)),
                **draw(_bias(width)),
            }
        )
        sources = width
    return layers


def _conventions(has_biases: bool, output_first: bool, mean_of_biases: bool) -> st.SearchStrategy[dict[str, Any]]:
    orders = ORDERS if output_first else ("simultaneous",)
    shares = BIAS_SHARES if mean_of_biases else SHARES
    return st.fixed_dictionaries(
        {"train_biases": st.booleans() if has_biases else st.just(False)},
        optional={
            "shared_bias_gradient": st.sampled_from(shares),
            "over_outputs": st.sampled_from(SHARES),
            "over_samples": st.sampled_from(SHARES),
            "difference": st.sampled_from(DIFFERENCES),
            "delta": st.sampled_from(DELTAS),
            "cross_entropy": st.sampled_from(LENGTHS),
            "update_order": st.sampled_from(orders),
        },
    )


@st.composite
def _contents(draw: st.DrawFn) -> Raw:
    inputs, samples = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    loss = draw(st.sampled_from(sorted(LOSSES)))
    layers = draw(_layers(inputs, loss))
    row = st.lists(decimals(-200, 200), min_size=inputs, max_size=inputs)
    targets = _targets(loss, len(layers[-1]["weights"]))
    batch, decays = draw(st.integers(1, samples)), draw(st.booleans())
    has_biases = any({"bias", "threshold"} & layer.keys() for layer in layers)
    optimizer = draw(st.sampled_from([name for name in OPTIMIZERS if not (decays and name == "adamw")]))
    conventions = _conventions(has_biases, batch == 1, batch == 1 and optimizer == "sgd")
    raw: Raw = {
        "title": {"en": "A random network"},
        "inputs": draw(st.lists(row, min_size=samples, max_size=samples)),
        "loss": loss,
        "learning_rate": draw(decimals(1, 50)),
        "input_gradients": draw(st.booleans()),
        "layer": layers,
        "conventions": draw(conventions),
        "optimizer": {"name": optimizer},
        "training": {"batch": batch},
    }
    if LOSSES[loss].has_targets:
        raw["targets"] = draw(st.lists(targets, min_size=samples, max_size=samples))
    if decays:
        raw["weight_decay"] = draw(decimals(1, 50))
    return raw


@pytest.fixture(scope="session")
def contents() -> st.SearchStrategy[Raw]:
    """Contents of exercise files: 1 to 3 inputs, 1 to 3 layers of 1 to 3 neurons, every choice that a file can make."""
    return _contents()
