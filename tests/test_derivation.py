"""The derivation against three independent oracles: SymPy's own derivatives, central differences and autograd.

SymPy differentiates the nested error as one formula, central differences know only the forward pass, and autograd walks
its own graph: none of them shares code with the steps that they check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import Any

import autograd.numpy as anp
import pytest
from autograd import grad
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mpmath import exp as mp_exp
from mpmath import fsum, mpf, workdps
from mpmath import tanh as mp_tanh
from sympy import (
    Expr,
    Integer,
    Max,
    Piecewise,
    Rational,
    Symbol,
    diff,
    exp,
    expand,
    numer,
    simplify,
    symbols,
    tanh,
    together,
)

from derive.activations import ACTIVATIONS, activation_of
from derive.activations import slope_of as activation_slope
from derive.derivation import Derivation, derive
from derive.evaluation import Evaluation
from derive.exercise import Exercise
from derive.graph import Graph
from derive.losses import LOSSES, part_of
from derive.losses import slope_of as loss_slope
from derive.network import BiasMode, Network
from derive.quantities import Kind, Partial, Quantity, Variable, quantity_named
from derive.steps import ChainRule, Delta, Evaluate, LocalDerivative, Step, SumOverPaths

MakeNetwork = Callable[..., Network]
Solve = Callable[[Any], tuple[Exercise, Derivation]]

# --- exactly zero ----------------------------------------------------------------------------------------------------


def is_zero(expression: Expr) -> bool:
    """Whether an expression is 0 as a rational function of its symbols and of its exponentials.

    Each exp(…) and tanh(…) becomes a symbol of its own, innermost first; what is 0 for all values of these is 0.
    """
    return expand(numer(together(_rational(expression, {})))) == 0


def _rational(expression: Expr, names: dict[tuple[type, Expr], Symbol]) -> Expr:
    if not expression.args:
        return expression
    arguments = [_rational(argument, names) for argument in expression.args]
    if isinstance(expression, exp | tanh):
        key = (type(expression), expand(arguments[0]))
        return names.setdefault(key, Symbol(f"X{len(names)}", real=True))
    return expression.func(*arguments)


@pytest.mark.parametrize(
    ("text", "expression", "expected"),
    [
        ("the derivative of tanh", lambda x: diff(tanh(x), x) - (1 - tanh(x) ** 2), True),
        ("the derivative of the logistic", lambda x: diff(1 / (1 + exp(-x)), x) - exp(-x) / (1 + exp(-x)) ** 2, True),
        ("its square forgotten", lambda x: diff(1 / (1 + exp(-x)), x) - exp(-x) / (1 + exp(-x)), False),
        ("a wrong sign", lambda x: diff(tanh(x), x) - (1 + tanh(x) ** 2), False),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_zero_is_recognised_and_nothing_else(text: str, expression: Callable[[Symbol], Expr], expected: bool) -> None:
    """The oracle itself: it says zero of an identity, and not of the same with one slip in it."""
    assert is_zero(expression(Symbol("x", real=True))) is expected, text


# --- (a) SymPy -------------------------------------------------------------------------------------------------------

BRANCHES: dict[str, dict[bool, Callable[[Expr], Expr]]] = {
    "relu": {True: lambda z: z, False: lambda _: Integer(0)},
    "leaky_relu": {True: lambda z: z, False: lambda z: z / 100},
}
"""What an activation with a kink is, for positive and for negative net input."""


def regions(network: Network, derivation: Derivation) -> Iterator[Derivation]:
    """The derivation with each kinked activation replaced by one of its two branches, in every combination."""
    kinked = {
        neuron.net: layer.activation.name
        for layer in network.layers
        for neuron in layer.neurons
        if layer.activation.name in BRANCHES
    }
    for positive in product((True, False), repeat=len(kinked)):
        yield _restricted(derivation, dict(zip(kinked, positive, strict=True)), kinked)


def _restricted(derivation: Derivation, positive: dict[Variable, bool], names: dict[Variable, str]) -> Derivation:
    def branch(formula: Expr) -> Expr:
        if not isinstance(formula, Max | Piecewise):
            return formula
        (net,) = (net for net in positive if net.symbol in formula.free_symbols)
        if formula.has(Max) or net.symbol in formula.args[0][0].free_symbols:
            return BRANCHES[names[net]][positive[net]](net.symbol)
        return next(
            piece for piece, condition in formula.args if condition.subs(net.symbol, 1 if positive[net] else -1)
        )

    def of_step(step: Step) -> Step:
        return replace(step, formula=branch(step.formula)) if isinstance(step, Evaluate | LocalDerivative) else step

    graph = derivation.graph
    definitions = tuple(replace(each, expression=branch(each.expression)) for each in graph.definitions)
    forward = [section for section in derivation.sections if section.phase not in ("update", "after")]
    return Derivation(
        replace(graph, definitions=definitions),
        tuple(replace(section, steps=tuple(map(of_step, section.steps))) for section in forward),
    )


PROVEN = [
    *[((2, 2, 2), name, BiasMode.LAYER, "half_squared") for name in ACTIVATIONS],
    *[((2, 2, 2), "logistic", BiasMode.LAYER, loss) for loss in LOSSES],
    ((2, 2, 2), "logistic", BiasMode.NEURON, "mean_squared"),
    ((2, 2, 2), "tanh", BiasMode.NONE, "squared"),
    *[((2, 2, 1), "logistic", BiasMode.LAYER, loss) for loss in LOSSES],
    *[((1, 2, 1, 1), "logistic", mode, "half_squared") for mode in BiasMode],
    ((1, 2, 1, 1), ("tanh", "relu", "logistic"), BiasMode.NEURON, "squared"),
    ((1, 2, 2, 1), ("identity", "tanh", "leaky_relu"), BiasMode.LAYER, "mean_squared"),
]


def proven_id(value: object) -> str:
    return "-".join(map(str, value)) if isinstance(value, tuple) else str(value)


@pytest.mark.parametrize(("widths", "activations", "biases", "loss"), dict.fromkeys(PROVEN), ids=proven_id)
def test_every_gradient_is_what_sympy_finds(
    make_network: MakeNetwork,
    widths: tuple[int, ...],
    activations: str | tuple[str, ...],
    biases: BiasMode,
    loss: str,
) -> None:
    """sympy.diff of the error as one formula and the product of the steps are the same function of the parameters.

    Where an activation has a kink, they are compared on each side of every kink.
    """
    network = make_network(*widths, activations=activations, biases=biases, loss=loss)
    for region in regions(network, derive(network.graph())):
        error = region.graph.nested()
        for parameter in network.parameters:
            assert is_zero(diff(error, parameter.symbol) - region.gradient_in_parameters(parameter)), parameter.id


def in_terms_of(steps: tuple[Step, ...], wanted: Quantity, free: Variable) -> Expr:
    """What the steps give for a quantity, all substituted but ``free``, which stays a symbol."""
    substituted: dict[Expr, Expr] = {}
    for step in steps:
        if step.quantity != free:
            substituted[step.quantity.symbol] = step.expression.xreplace(substituted)
        if step.quantity == wanted:
            return substituted[wanted.symbol]
    raise KeyError(wanted.id)


def by_sympy(graph: Graph, quantity: Quantity) -> Expr:
    """∂of/∂by with ``by`` as the variable of ``of``; a path's share is ∂of/∂via · ∂via/∂by; a delta is ∂E/∂net."""
    if isinstance(quantity, Variable):
        return by_sympy(graph, Partial(graph.target, Variable(Kind.NET, quantity.at)))
    if quantity.via:
        shares = Partial(quantity.of, quantity.via), Partial(quantity.via, quantity.by)
        return by_sympy(graph, shares[0]) * by_sympy(graph, shares[1])
    kept = tuple(each for each in graph.definitions if each.quantity != quantity.by)
    return diff(replace(graph, definitions=kept).nested(quantity.of), quantity.by.symbol)


@pytest.mark.parametrize("widths", [(2, 2, 2), (1, 2, 1, 1), (1, 1, 2, 2)], ids=proven_id)
def test_every_derivative_on_the_way_is_what_sympy_finds(make_network: MakeNetwork, widths: tuple[int, ...]) -> None:
    """Local derivatives, deltas, shares of paths and their sums: each is the derivative that its id names."""
    derivation = derive(make_network(*widths).graph())
    graph = derivation.graph
    nested = {each.quantity.symbol: graph.nested(each.quantity) for each in graph.definitions}
    for step in derivation.steps:
        if isinstance(step.quantity, Partial) or isinstance(step, Delta):
            found = in_terms_of(derivation.steps, step.quantity, free=Variable(Kind.RATE))
            assert is_zero(by_sympy(graph, step.quantity).xreplace(nested) - found), step.quantity.id


@pytest.mark.parametrize("loss", LOSSES)
def test_delta_is_the_derivative_by_the_net_input(make_network: MakeNetwork, loss: str) -> None:
    """δ of a neuron equals ∂E/∂net, net being the variable that all after it is a function of."""
    derivation = derive(make_network(2, 2, 2, activations=("tanh", "logistic"), loss=loss).graph())
    deltas = [step.quantity for step in derivation.steps if isinstance(step, Delta)]
    assert [delta.id for delta in deltas] == ["delta_o1", "delta_o2", "delta_h1", "delta_h2"]
    for delta in deltas:
        net = Variable(Kind.NET, delta.at)
        kept = tuple(each for each in derivation.graph.definitions if each.quantity != net)
        error = replace(derivation.graph, definitions=kept).nested()
        assert is_zero(diff(error, net.symbol) - in_terms_of(derivation.steps, delta, free=net)), delta.id


@pytest.mark.parametrize("widths", [(2, 2, 2), (1, 3, 1), (1, 2, 3)], ids=proven_id)
def test_the_mean_is_a_convention_of_the_update(make_network: MakeNetwork, widths: tuple[int, ...]) -> None:
    """In the mode 'mean' every partial derivative is the same; only the update divides by the neurons that share."""
    network = make_network(*widths)
    summed, averaged = derive(network.graph()), derive(network.graph(), frozenset(network.biases))
    sharing = {layer.biases[0]: len(layer.neurons) for layer in network.layers}
    for parameter in network.parameters:
        assert summed.gradient_in_parameters(parameter) == averaged.gradient_in_parameters(parameter)
        moved = [
            derivation[parameter.after_update().id].expression - parameter.symbol for derivation in (summed, averaged)
        ]
        assert is_zero(moved[0] - sharing.get(parameter, 1) * moved[1]), parameter.id


# --- (b) central differences -----------------------------------------------------------------------------------------

H = mpf(10) ** -25
MP_ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "logistic": lambda z: 1 / (1 + mp_exp(-z)),
    "tanh": mp_tanh,
    "relu": lambda z: max(z, mpf(0)),
    "leaky_relu": lambda z: z if z >= 0 else z / 100,
    "identity": lambda z: z,
}
MP_LOSSES: dict[str, Callable[[Any], Any]] = {
    "half_squared": lambda differences: fsum(d * d for d in differences) / 2,
    "squared": lambda differences: fsum(d * d for d in differences),
    "mean_squared": lambda differences: fsum(d * d for d in differences) / len(differences),
}


def exactly(value: Any) -> Any:
    """The decimals of an exercise file as mpmath numbers."""
    if isinstance(value, Decimal):
        return mpf(str(value))
    if isinstance(value, dict):
        return {key: exactly(item) for key, item in value.items()}
    return list(map(exactly, value)) if isinstance(value, list) else value


def net_inputs(content: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """Each layer's activation and net inputs; the outputs of the last layer come last, under no name."""
    signals = content["inputs"]
    for layer in content["layer"]:
        bias = layer.get("bias", 0)
        each = bias if isinstance(bias, list) else [bias] * len(layer["weights"])
        rows = zip(layer["weights"], each, strict=True)
        nets = [fsum(w * s for w, s in zip(row, signals, strict=True)) + b for row, b in rows]
        yield layer["activation"], nets
        signals = [MP_ACTIVATIONS[layer["activation"]](net) for net in nets]
    yield "", signals


def error_of(content: dict[str, Any]) -> Any:
    """The error, from the numbers of the file alone."""
    *_, (_, outputs) = net_inputs(content)
    return MP_LOSSES[content["loss"]]([t - o for t, o in zip(content["targets"], outputs, strict=True)])


def bumped(content: dict[str, Any], place: tuple[Any, ...], by: Any) -> dict[str, Any]:
    changed = deepcopy(content)
    holder: Any = changed
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] += by
    return changed


def places(network: Network) -> Iterator[tuple[Variable, tuple[Any, ...]]]:
    """Each parameter, and where its number stands in the file."""
    for depth, layer in enumerate(network.layers):
        for row, neuron in enumerate(layer.neurons):
            for column, weight in enumerate(neuron.weights):
                yield weight, ("layer", depth, "weights", row, column)
            if network.trains_biases and layer.bias_mode is BiasMode.NEURON and neuron.bias:
                yield neuron.bias, ("layer", depth, "bias", row)
        if network.trains_biases and layer.bias_mode is BiasMode.LAYER:
            yield layer.biases[0], ("layer", depth, "bias")


def away_from_kinks(content: Any) -> bool:
    """Whether no net input of an activation with a kink is 0 or so near that a difference would step over it."""
    with workdps(30):
        layers = list(net_inputs(exactly(content)))
        return all(abs(net) > 1e-6 for name, nets in layers if name in BRANCHES for net in nets)


@settings(max_examples=60)
@given(data=st.data())
def test_central_differences_agree_to_25_digits(data: st.DataObject, contents: Any, solve: Solve) -> None:
    """(E(w + h) − E(w − h))/2h of a forward pass written anew, at 100 digits, is the gradient that the steps give."""
    raw = data.draw(contents)
    assume(away_from_kinks(raw))
    loaded, derivation = solve(raw)
    values = Evaluation(derivation, loaded.given).values
    with workdps(100):
        content = exactly(raw)
        for parameter, place in places(loaded.network):
            up, down = error_of(bumped(content, place, H)), error_of(bumped(content, place, -H))
            expected = (up - down) / (2 * H)
            found = values[derivation.gradient(parameter).id]
            assert abs(found - expected) <= mpf(10) ** -25 * abs(expected) + mpf(10) ** -35, parameter.id


# --- (c) autograd ----------------------------------------------------------------------------------------------------

NP_ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "logistic": lambda z: (1 + anp.tanh(z / 2)) / 2,
    "tanh": anp.tanh,
    "relu": lambda z: anp.maximum(z, 0.0),
    "leaky_relu": lambda z: anp.where(z > 0, z, 0.01 * z),
    "identity": lambda z: z,
}


def matrices_of(raw: Any) -> list[tuple[Any, Any]]:
    """Each layer's weight matrix and its bias: a vector, a number, or 0 where it has none."""
    layers = raw["layer"]
    return [
        (anp.array(layer["weights"], dtype=float), anp.array(layer.get("bias", 0), dtype=float)) for layer in layers
    ]


def error_in_matrices(matrices: list[tuple[Any, Any]], raw: Any) -> Any:
    signal = anp.array(raw["inputs"], dtype=float)
    for (weights, bias), layer in zip(matrices, raw["layer"], strict=True):
        signal = NP_ACTIVATIONS[layer["activation"]](weights @ signal + bias)
    squares = (anp.array(raw["targets"], dtype=float) - signal) ** 2
    return {"half_squared": anp.sum(squares) / 2, "squared": anp.sum(squares), "mean_squared": anp.mean(squares)}[
        raw["loss"]
    ]


@settings(max_examples=60)
@given(data=st.data())
def test_autograd_agrees_to_10_digits(data: st.DataObject, contents: Any, solve: Solve) -> None:
    """autograd's gradient of a forward pass in matrices is, to the precision of a double, what the steps give."""
    raw = data.draw(contents)
    assume(away_from_kinks(raw))
    loaded, derivation = solve(raw)
    values = Evaluation(derivation, loaded.given).values
    gradients = grad(error_in_matrices)(matrices_of(raw), raw)
    largest = max(float(anp.max(anp.abs(part))) for pair in gradients for part in pair)
    for parameter, (_, depth, kind, *index) in places(loaded.network):
        expected = gradients[depth][0 if kind == "weights" else 1][tuple(index)]
        found = float(values[derivation.gradient(parameter).id])
        assert found == pytest.approx(float(expected), rel=1e-10, abs=1e-10 * max(1, largest)), parameter.id


# --- the steps as a text that a person follows -----------------------------------------------------------------------


@settings(max_examples=40)
@given(data=st.data())
def test_a_step_uses_only_what_stands_before_it(data: st.DataObject, contents: Any, solve: Solve) -> None:
    """Every form of every step is written in given values and in quantities of earlier steps."""
    loaded, derivation = solve(data.draw(contents))
    known = set(loaded.given)
    for step in derivation.steps:
        for form in step.forms:
            assert {symbol.name for symbol in form.free_symbols} <= known, step.quantity.id
        known.add(step.quantity.id)


@settings(max_examples=40)
@given(data=st.data())
def test_an_id_names_one_quantity(data: st.DataObject, contents: Any, solve: Solve) -> None:
    """No two steps have the same id, none has that of a given value, and every id leads back to its quantity."""
    loaded, derivation = solve(data.draw(contents))
    ids = [*loaded.given, *(step.quantity.id for step in derivation.steps)]
    assert len(ids) == len(set(ids))
    for step in derivation.steps:
        assert quantity_named(step.quantity.id) == step.quantity
        assert derivation[step.quantity.id] is step


@settings(max_examples=40)
@given(data=st.data())
def test_all_forms_of_a_step_have_one_value(data: st.DataObject, contents: Any, solve: Solve) -> None:
    """∂E/∂w = ∂E/∂out · ∂out/∂net · ∂net/∂w = δ · out: whatever stands between equals signs is equal."""
    loaded, derivation = solve(data.draw(contents))
    values = Evaluation(derivation, loaded.given).values
    several = [step for step in derivation.steps if len(step.forms) > 1]
    for step in several:
        for form in step.forms:
            factors = [mpf(factor) if factor.is_Integer else values[factor.name] for factor in _factors(form)]
            with workdps(60):
                found = mpf(1)
                for factor in factors:
                    found *= factor
                assert abs(found - values[step.quantity.id]) <= mpf(10) ** -45 * max(1, abs(found)), step.quantity.id


def _factors(form: Expr) -> tuple[Expr, ...]:
    return form.args if form.is_Mul else (form,)


@settings(max_examples=40)
@given(data=st.data())
def test_every_parameter_has_a_gradient_and_a_new_value(data: st.DataObject, contents: Any, solve: Solve) -> None:
    """Weights always, biases where they are trained: a gradient, then a new value; nothing else gets a new value."""
    loaded, derivation = solve(data.draw(contents))
    network = loaded.network
    trained = network.weights + (network.biases if loaded.content.train_biases else ())
    assert derivation.graph.parameters == trained
    order = [step.quantity.id for step in derivation.steps]
    for parameter in trained:
        assert order.index(f"dE_total_d{parameter.id}") < order.index(f"{parameter.id}_new")
    renewed = {name for name in order if name[0] in "wb" and name.endswith("_new")}
    assert renewed == {f"{parameter.id}_new" for parameter in trained}


@pytest.mark.parametrize("widths", [(2, 3, 2), (1, 2, 3, 1), (1, 2, 1, 3), (2, 2, 2, 2)], ids=proven_id)
def test_a_sum_has_a_term_for_each_neuron_of_the_next_layer(make_network: MakeNetwork, widths: tuple[int, ...]) -> None:
    """∂E/∂out of a hidden neuron adds one path for each neuron that it feeds; with one there is no sum to write."""
    network = make_network(*widths)
    derivation = derive(network.graph())
    for layer, following in zip(network.layers, network.layers[1:], strict=False):
        for neuron in layer.neurons:
            step = derivation[f"dE_total_d{neuron.out.id}"]
            if len(following.neurons) == 1:
                assert isinstance(step, ChainRule)
            else:
                assert isinstance(step, SumOverPaths)
                assert len(step.terms) == len(following.neurons)


@pytest.mark.parametrize(
    ("widths", "shares"),
    [
        ((2, 2, 2), ["dE_o1_dout_h1", "dE_o2_dout_h1"]),
        ((1, 1, 2, 2), ["dE_total_dout_h1_via_net_h2", "dE_total_dout_h1_via_net_h3"]),
        ((1, 1, 2, 1), ["dE_total_dout_h1_via_net_h2", "dE_total_dout_h1_via_net_h3"]),
    ],
    ids=proven_id,
)
def test_shares_are_named_by_where_their_path_ends(
    make_network: MakeNetwork, widths: tuple[int, ...], shares: list[str]
) -> None:
    """A path into one part of the error is ∂E_o1/∂out_h1, as on Mazur's page; any other says through what it flows."""
    step = derive(make_network(*widths).graph())["dE_total_dout_h1"]
    assert isinstance(step, SumOverPaths)
    assert [factor.id for term in step.terms for factor in term] == shares


@pytest.mark.parametrize(
    "modes",
    [
        (BiasMode.LAYER, BiasMode.LAYER),
        (BiasMode.NEURON, BiasMode.NEURON),
        (BiasMode.NEURON, BiasMode.LAYER),
        (BiasMode.LAYER, BiasMode.NEURON),
        (BiasMode.NONE, BiasMode.LAYER),
    ],
    ids=proven_id,
)
def test_no_two_biases_share_a_name(modes: tuple[BiasMode, BiasMode]) -> None:
    """A layer with a bias for each neuron beside one with a shared bias: each bias is a parameter of its own."""
    logistic, loss = ACTIVATIONS["logistic"], LOSSES["half_squared"]
    network = Network.of(2, [(2, logistic, mode) for mode in modes], loss, trains_biases=True)
    expected = sum({BiasMode.NONE: 0, BiasMode.LAYER: 1, BiasMode.NEURON: 2}[mode] for mode in modes)
    assert len(set(network.biases)) == len(network.biases) == expected
    first, second = (set(layer.biases) for layer in network.layers)
    assert not first & second


# --- the tables ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name, record in ACTIVATIONS.items() if record.slope_at_kink is None])
def test_taught_derivative_of_a_smooth_activation(name: str) -> None:
    """The derivative in terms of the output is sympy.diff of the formula once the output is put in."""
    z, a = symbols("z a", real=True)
    formula = activation_of(ACTIVATIONS[name], z).doit()
    taught = activation_slope(ACTIVATIONS[name], z, a).subs(a, formula)
    assert simplify((diff(formula, z) - taught).rewrite(exp)) == 0


@pytest.mark.parametrize("sign", [1, -1], ids=["positive", "negative"])
@pytest.mark.parametrize("name", BRANCHES)
def test_taught_derivative_beside_a_kink(name: str, sign: int) -> None:
    """On either side of its kink the function is the straight line that is expected, and its slope is taught."""
    z, a = symbols("z a", real=True)
    x = sign * Symbol("x", positive=True)
    branch = BRANCHES[name][sign > 0](x)
    assert activation_of(ACTIVATIONS[name], z).subs(z, x).doit() == branch
    assert activation_slope(ACTIVATIONS[name], z, a).subs(z, x) == diff(branch, x.free_symbols.pop()) * sign


def test_every_activation_with_a_kink_is_tested_beside_it() -> None:
    """The records that state a slope at a kink are those whose branches stand in these tests."""
    assert set(BRANCHES) == {record.name for record in ACTIVATIONS.values() if record.slope_at_kink is not None}


@pytest.mark.parametrize(("name", "slope"), [("relu", Integer(0)), ("leaky_relu", Rational(1, 100))])
def test_slope_at_the_kink_is_the_stated_one(make_network: MakeNetwork, name: str, slope: Rational) -> None:
    """ReLU′(0) = 0 and leaky ReLU′(0) = 1/100: stated, in the derivative, and where a net input is exactly 0."""
    assert ACTIVATIONS[name].slope_at_kink == slope
    z, a = symbols("z a", real=True)
    assert activation_slope(ACTIVATIONS[name], z, a).subs(z, 0) == slope
    derivation = derive(make_network(1, 1, activations=name, biases=BiasMode.NONE).graph())
    numbers = {"i1": "0", "w1": "0.7", "target_o1": "1", "eta": "0.5"}
    values = Evaluation(derivation, {key: Decimal(number) for key, number in numbers.items()}).values
    assert (values["net_o1"], values["out_o1"]) == (0, 0)
    with workdps(60):
        assert values["dout_o1_dnet_o1"] == mpf(slope.p) / slope.q
        assert values["delta_o1"] == -mpf(slope.p) / slope.q


@pytest.mark.parametrize("outputs", [1, 2, 3])
@pytest.mark.parametrize("name", LOSSES)
def test_taught_derivative_of_a_loss(name: str, outputs: int) -> None:
    """The derivative of a loss is sympy.diff of its part, for every number of outputs that a mean is taken over."""
    t, o = symbols("t o", real=True)
    loss = LOSSES[name]
    assert expand(diff(part_of(loss, t, o, outputs).doit(), o) - loss_slope(loss, t, o, outputs)) == 0
