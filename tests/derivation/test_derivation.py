"""The derivation as mathematics: what SymPy differentiates itself, and how the steps follow one another.

SymPy differentiates the nested error as one formula, and shares no code with the steps that it checks. The numbers of
the steps are checked in ``test_oracles``.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mpf, workdps
from sympy import (
    Add,
    Basic,
    Expr,
    Integer,
    Max,
    Mul,
    Piecewise,
    Rational,
    Symbol,
    diff,
    erf,
    evaluate,
    exp,
    expand,
    log,
    numer,
    pi,
    simplify,
    srepr,
    symbols,
    tanh,
    together,
)
from sympy.core.cache import clear_cache

from derive.authoring.exercise import Exercise
from derive.derivation.round import Derivation, Phase, Rules, derive
from derive.derivation.steps import ChainRule, Evaluate, LocalDerivative, ShortDelta, Step, SumOverPaths
from derive.model.activations import ACTIVATIONS, activation_of, cross_slope_of
from derive.model.activations import slope_of as activation_slope
from derive.model.expressions import added, multiplied, renamed
from derive.model.forward_pass import forward_pass
from derive.model.graph import Graph
from derive.model.losses import DIFFERENCES, LOSSES, part_of, short_delta_of
from derive.model.losses import slope_of as loss_slope
from derive.model.network import BiasMode, Network, Shape
from derive.model.optimizers import OPTIMIZERS, Optimizer
from derive.model.quantities import Kind, Partial, Quantity, Variable, quantity_named
from derive.numbers.evaluation import Evaluation, Values

MakeNetwork = Callable[..., Network]
ExerciseOf = Callable[[Any], Exercise]

# --- exactly zero ----------------------------------------------------------------------------------------------------


def is_zero(expression: Expr) -> bool:
    """Whether an expression is 0 as a rational function of its symbols and of its exponentials, logarithms and so on.

    Each tanh(…), log(…) and erf(…) becomes a symbol of its own, innermost first, and exp of a sum the product of a
    symbol for each of its terms, for SymPy makes exp(a + b) of exp(a)·exp(b). What is 0 for all values of these is 0.
    """
    return expand(numer(together(_rational(expression, {})))) == 0


def _rational(expression: Expr, names: dict[tuple[type, Expr], Symbol]) -> Expr:
    if not expression.args:
        return expression
    arguments = [_rational(argument, names) for argument in expression.args]
    if isinstance(expression, tanh | log | erf):
        return _named(type(expression), expand(arguments[0]), names)
    if isinstance(expression, exp):
        factors = (term.as_coeff_Mul() for term in Add.make_args(expand(arguments[0])))
        return Mul(*(_named(exp, term / number.q, names) ** number.p for number, term in factors))
    return expression.func(*arguments)


def _named(function: type, inside: Expr, names: dict[tuple[type, Expr], Symbol]) -> Symbol:
    return names.setdefault((function, inside), Symbol(f"X{len(names)}", positive=True))


@pytest.mark.parametrize(
    ("text", "expression", "expected"),
    [
        ("the derivative of tanh", lambda x: diff(tanh(x), x) - (1 - tanh(x) ** 2), True),
        ("the derivative of the logistic", lambda x: diff(1 / (1 + exp(-x)), x) - exp(-x) / (1 + exp(-x)) ** 2, True),
        ("the derivative of softplus", lambda x: diff(log(1 + exp(x)), x) - 1 / (1 + exp(-x)), True),
        ("its exponent's sign", lambda x: diff(log(1 + exp(x)), x) - 1 / (1 + exp(x)), False),
        ("the derivative of erf", lambda x: diff(erf(x), x) ** 2 * pi - 4 * exp(-(x**2)) ** 2, True),
        ("its square forgotten", lambda x: diff(1 / (1 + exp(-x)), x) - exp(-x) / (1 + exp(-x)), False),
        ("a wrong sign", lambda x: diff(tanh(x), x) - (1 + tanh(x) ** 2), False),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_zero_is_recognised_and_nothing_else(text: str, expression: Callable[[Symbol], Expr], expected: bool) -> None:
    """The oracle itself: it says zero of an identity, and not of the same with one slip in it."""
    assert is_zero(expression(Symbol("x", real=True))) is expected, text


# --- SymPy -------------------------------------------------------------------------------------------------------

BRANCHES: dict[str, dict[bool, Callable[[Expr], Expr]]] = {
    "relu": {True: lambda z: z, False: lambda _: Integer(0)},
    "leaky_relu": {True: lambda z: z, False: lambda z: z / 100},
    "elu": {True: lambda z: z, False: lambda z: exp(z) - 1},
}
"""What an activation that is put together from two pieces is, for positive and for negative net input."""


def regions(network: Network, derivation: Derivation) -> Iterator[Derivation]:
    """The derivation with each activation of two pieces replaced by one of them, in every combination."""
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
    forward = [section for section in derivation.sections if section.phase not in (Phase.UPDATE, Phase.AFTER)]
    return Derivation(
        replace(graph, definitions=definitions),
        tuple(replace(section, steps=tuple(map(of_step, section.steps))) for section in forward),
    )


LAST = {"binary_cross_entropy": "logistic", "cross_entropy": "softmax"}
"""The activation of the last layer whose derivative cancels against that of the loss."""

PROVEN: list[tuple[tuple[int, ...], dict[str, Any]]] = [
    *[((2, 2, 2), {"activations": (name, name)}) for name in ("logistic", "tanh", "relu", "identity")],
    *[((1, 2, 2), {"activations": (name, "tanh")}) for name, record in ACTIVATIONS.items() if not record.layerwise],
    *[((1, 2, 1), {"activations": ("tanh", name)}) for name, record in ACTIVATIONS.items() if not record.layerwise],
    *[((1, 2, 2), {"activations": ("logistic", "softmax"), "loss": loss}) for loss in LOSSES],
    *[((1, 2, 2), {"activations": ("tanh", LAST.get(loss, "logistic")), "loss": loss}) for loss in LOSSES],
    *[((2, 2, 1), {"activations": ("tanh", "logistic"), "loss": loss}) for loss in LOSSES],
    *[((1, 2, 1, 1), {"biases": mode, "threshold": threshold}) for mode in BiasMode for threshold in (False, True)],
    ((1, 2, 1, 1), {"activations": ("tanh", "relu", "logistic"), "biases": BiasMode.NEURON, "loss": "squared"}),
    ((1, 2, 2, 1), {"activations": ("identity", "elu", "leaky_relu")}),
    ((2, 2, 2), {"decays": True, "biases": BiasMode.NEURON}),
]
CONVENTIONS: list[dict[str, Any]] = [
    {"difference": "output_minus_target"},
    {"over_outputs": "mean"},
    {"over_outputs": "mean", "difference": "output_minus_target"},
    {"delta": "descent"},
    {"delta": "descent", "over_outputs": "mean"},
    {"cross_entropy": "long"},
    {"cross_entropy": "long", "delta": "descent", "over_outputs": "mean"},
]
PROVEN += [
    ((1, 1, 2), {"activations": ("tanh", LAST.get(loss, "logistic")), "loss": loss, "conventions": conventions})
    for loss in LOSSES
    for conventions in CONVENTIONS
]


def proven_id(value: object) -> str:
    match value:
        case dict():
            return "-".join(map(proven_id, value.values()))
        case tuple():
            return "-".join(map(str, value))
    return str(value)


def by_targets(network: Network, samples: int = 1) -> dict[Symbol, Expr]:
    """What is known of targets: with cross_entropy those of a sample add up to 1, else there is no short delta."""
    if network.loss.name != "cross_entropy":
        return {}
    *others, last = network.targets
    numbers = range(1, samples + 1) if samples > 1 else [0]
    return {last.in_sample(n).symbol: 1 - Add(*(other.in_sample(n).symbol for other in others)) for n in numbers}


def rules_of(network: Network) -> Rules:
    """What of a network's conventions the derivation has to know."""
    return Rules(averaged=network.averaged, descent=network.conventions.delta == "descent")


@pytest.mark.parametrize(("widths", "settings"), PROVEN, ids=proven_id)
def test_every_gradient_is_what_sympy_finds(
    make_network: MakeNetwork, widths: tuple[int, ...], settings: dict[str, Any]
) -> None:
    """sympy.diff of the error as one formula and the product of the steps are the same function of the parameters.

    Where an activation is put together from two pieces, they are compared on each side of every seam.
    """
    network = make_network(*widths, **settings)
    known = by_targets(network)
    for region in regions(network, derive(forward_pass(network), rules_of(network))):
        error = region.graph.nested()
        for parameter in network.parameters:
            difference = diff(error, parameter.symbol) - region.gradient_in_parameters(parameter)
            assert is_zero(difference.subs(known)), parameter.id


@pytest.mark.parametrize(
    ("loss", "share", "decays"),
    [
        (loss, share, (number + place) % 2 == 1)
        for number, loss in enumerate(LOSSES)
        for place, share in enumerate(("sum", "mean"))
    ],
)
def test_gradients_of_a_batch_are_what_sympy_finds(
    make_network: MakeNetwork, loss: str, share: str, decays: bool
) -> None:
    """The error of two samples as one formula, differentiated, is what the steps of both and their sum come to."""
    last = LAST.get(loss, "logistic")
    network = make_network(1, 2, activations=last, loss=loss, conventions={"over_samples": share}, decays=decays)
    derivation = derive(forward_pass(network, 2))
    error, known = derivation.graph.nested(), by_targets(network, samples=2)
    for parameter in network.parameters:
        difference = diff(error, parameter.symbol) - derivation.gradient_in_parameters(parameter)
        assert is_zero(difference.subs(known)), parameter.id


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
        return by_sympy(graph, Partial(graph.target, replace(quantity, kind=Kind.NET)))
    if quantity.via:
        shares = Partial(quantity.of, quantity.via), Partial(quantity.via, quantity.by)
        return by_sympy(graph, shares[0]) * by_sympy(graph, shares[1])
    kept = tuple(each for each in graph.definitions if each.quantity != quantity.by)
    return diff(replace(graph, definitions=kept).nested(quantity.of), quantity.by.symbol)


ON_THE_WAY: list[tuple[tuple[int, ...], dict[str, Any]]] = [
    *[(widths, {}) for widths in ((1, 2, 1, 1), (1, 1, 2, 2))],
    ((2, 2, 2), {"input_gradients": True}),
    ((1, 2, 1), {"input_gradients": True, "threshold": True}),
    ((1, 2, 2), {"conventions": {"delta": "descent"}, "input_gradients": True}),
    ((1, 2, 2), {"activations": ("tanh", "softmax"), "loss": "squared"}),
    *[
        ((1, 1, 2), {"activations": ("tanh", "softmax"), "loss": "cross_entropy", "conventions": conventions})
        for conventions in CONVENTIONS
    ],
]


@pytest.mark.parametrize(("widths", "settings"), ON_THE_WAY, ids=proven_id)
def test_every_derivative_on_the_way_is_what_sympy_finds(
    make_network: MakeNetwork, widths: tuple[int, ...], settings: dict[str, Any]
) -> None:
    """Local derivatives, deltas, shares of paths and their sums: each is the derivative that its id names."""
    network = make_network(*widths, **settings)
    derivation = derive(forward_pass(network), rules_of(network))
    graph = derivation.graph
    nested = {each.quantity.symbol: graph.nested(each.quantity) for each in graph.definitions}
    sign = -1 if network.conventions.delta == "descent" else 1
    for step in derivation.steps:
        if isinstance(step.quantity, Partial) or step.quantity.kind is Kind.DELTA:
            found = in_terms_of(derivation.steps, step.quantity, free=Variable(Kind.RATE))
            expected = by_sympy(graph, step.quantity).xreplace(nested)
            expected *= sign if isinstance(step.quantity, Variable) else 1
            assert is_zero((expected - found).subs(by_targets(network))), step.quantity.id


@pytest.mark.parametrize("conventions", [{}, *CONVENTIONS[2::2]], ids=proven_id)
@pytest.mark.parametrize("loss", LOSSES)
def test_delta_is_the_derivative_by_the_net_input(
    make_network: MakeNetwork, loss: str, conventions: dict[str, Any]
) -> None:
    """δ of a neuron equals ∂E/∂net, or its negative, net being the variable that all after it is a function of."""
    activations = ("tanh", LAST.get(loss, "logistic"))
    network = make_network(1, 2, 2, activations=activations, loss=loss, conventions=conventions)
    derivation = derive(forward_pass(network), rules_of(network))
    deltas = [step.quantity for step in derivation.steps if step.quantity.id.startswith("delta_")]
    assert [delta.id for delta in deltas] == ["delta_o1", "delta_o2", "delta_h1", "delta_h2"]
    sign = -1 if conventions.get("delta") == "descent" else 1
    for delta in deltas:
        net = Variable(Kind.NET, delta.at)
        kept = tuple(each for each in derivation.graph.definitions if each.quantity != net)
        error = replace(derivation.graph, definitions=kept).nested()
        difference = sign * diff(error, net.symbol) - in_terms_of(derivation.steps, delta, free=net)
        assert is_zero(difference.subs(by_targets(network))), delta.id


@pytest.mark.parametrize("length", ["short", "long"])
@pytest.mark.parametrize(("loss", "activation"), LAST.items())
def test_a_cross_entropy_is_short_or_long(make_network: MakeNetwork, loss: str, activation: str, length: str) -> None:
    """Short: δ is output minus target in one step, and nothing is said of ∂E/∂out. Long: both factors are there."""
    network = make_network(2, 2, 2, activations=("tanh", activation), loss=loss, conventions={"cross_entropy": length})
    derivation = derive(forward_pass(network))
    assert isinstance(derivation["delta_o1"], ShortDelta) is (length == "short")
    assert ("dE_total_dout_o1" in derivation) is (length == "long")
    assert ("dout_o1_dnet_o1" in derivation) is (length == "long")


@pytest.mark.parametrize("widths", [(2, 2, 2), (1, 3, 1), (1, 2, 3)], ids=proven_id)
def test_the_mean_is_a_convention_of_the_update(make_network: MakeNetwork, widths: tuple[int, ...]) -> None:
    """In the mode 'mean' every partial derivative is the same; only the update divides by the neurons that share."""
    summed = make_network(*widths)
    averaged = make_network(*widths, conventions={"shared_bias_gradient": "mean"})
    derivations = [derive(forward_pass(network), rules_of(network)) for network in (summed, averaged)]
    sharing = {layer.biases[0]: len(layer.neurons) for layer in summed.layers}
    for parameter in summed.parameters:
        gradients = [derivation.gradient_in_parameters(parameter) for derivation in derivations]
        assert gradients[0] == gradients[1]
        moved = [derivation[parameter.after_update().id].expression - parameter.symbol for derivation in derivations]
        assert is_zero(moved[0] - sharing.get(parameter, 1) * moved[1]), parameter.id


# --- the steps as a text that a person follows -----------------------------------------------------------------------


@settings(max_examples=40)
@given(data=st.data())
def test_a_step_uses_only_what_stands_before_it(data: st.DataObject, contents: Any, exercise_of: ExerciseOf) -> None:
    """Every form of every step is written in given values and in quantities of earlier steps."""
    loaded = exercise_of(data.draw(contents))
    known = set(loaded.given)
    for step in loaded.evaluation.derivation.steps:
        for form in step.forms:
            assert {symbol.name for symbol in form.free_symbols} <= known, step.quantity.id
        known.add(step.quantity.id)


@settings(max_examples=40)
@given(data=st.data())
def test_an_id_names_one_quantity(data: st.DataObject, contents: Any, exercise_of: ExerciseOf) -> None:
    """No two steps have the same id, none has that of a given value, and every id leads back to its quantity."""
    loaded = exercise_of(data.draw(contents))
    derivation = loaded.evaluation.derivation
    ids = [*loaded.given, *(step.quantity.id for step in derivation.steps)]
    assert len(ids) == len(set(ids))
    for step in derivation.steps:
        assert quantity_named(step.quantity.id) == step.quantity
        assert derivation[step.quantity.id] is step


@settings(max_examples=40)
@given(data=st.data())
def test_all_forms_of_a_step_have_one_value(data: st.DataObject, contents: Any, exercise_of: ExerciseOf) -> None:
    """∂E/∂w = ∂E/∂out · ∂out/∂net · ∂net/∂w = δ · out: whatever stands between equals signs is equal."""
    evaluation = exercise_of(data.draw(contents)).evaluation
    several = [step for step in evaluation.derivation.steps if len(step.forms) > 1]
    for step in several:
        value = evaluation.values[step.quantity.id]
        for form in step.forms:
            assert abs(_product(form, evaluation.values) - value) <= mpf(10) ** -45 * max(1, abs(value)), (
                step.quantity.id
            )


def _product(form: Expr, values: Values) -> mpf:
    """A product of named quantities and whole numbers, multiplied out."""
    with workdps(60):
        found = mpf(1)
        for factor in form.args if form.is_Mul else (form,):
            found *= mpf(int(factor)) if factor.is_Integer else values[factor.name]
        return found


@settings(max_examples=40)
@given(data=st.data())
def test_every_parameter_has_a_gradient_and_a_new_value(
    data: st.DataObject, contents: Any, exercise_of: ExerciseOf
) -> None:
    """Weights always, biases where they are trained: a gradient, then a new value; nothing else gets a new value."""
    loaded = exercise_of(data.draw(contents))
    network, derivation = loaded.network, loaded.evaluation.derivation
    trained = network.weights + (network.biases if loaded.content.conventions.train_biases else ())
    assert derivation.graph.parameters == trained
    order = [step.quantity.id for step in derivation.steps]
    for parameter in trained:
        assert order.index(f"dE_total_d{parameter.id}") < order.index(f"{parameter.id}_new")
    kinds = (Kind.WEIGHT, Kind.BIAS, Kind.THRESHOLD)
    renewed = {name for name in order if getattr(quantity_named(name), "kind", None) in kinds}
    assert renewed == {f"{parameter.id}_new" for parameter in trained}


@pytest.mark.parametrize("widths", [(2, 3, 2), (1, 2, 3, 1), (1, 2, 1, 3), (2, 2, 2, 2)], ids=proven_id)
def test_a_sum_has_a_term_for_each_neuron_of_the_next_layer(make_network: MakeNetwork, widths: tuple[int, ...]) -> None:
    """∂E/∂out of a hidden neuron adds one path for each neuron that it feeds; with one there is no sum to write."""
    network = make_network(*widths)
    derivation = derive(forward_pass(network))
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
    step = derive(forward_pass(make_network(*widths)))["dE_total_dout_h1"]
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
    network = Network.of(2, [Shape(2, logistic, mode) for mode in modes], loss)
    expected = sum({BiasMode.NONE: 0, BiasMode.LAYER: 1, BiasMode.NEURON: 2}[mode] for mode in modes)
    assert len(set(network.biases)) == len(network.biases) == expected
    first, second = (set(layer.biases) for layer in network.layers)
    assert not first & second


# --- the tables ------------------------------------------------------------------------------------------------------


def test_a_check_recalculates_only_what_changes(make_network: MakeNetwork) -> None:
    """With one weight moved, what comes before it stays as it is, and ids say which weight was moved where to."""
    network = make_network(2, 2, 2)
    (checked,) = (weight for weight in network.weights if weight.id == "w5")
    derivation = derive(forward_pass(network), Rules(checked=(checked,)))
    (section,) = (section for section in derivation.sections if section.phase is Phase.CHECK)
    assert section.target == checked
    moved = ["w5_{}_w5", "net_o1_{}_w5", "out_o1_{}_w5", "E_o1_{}_w5", "E_total_{}_w5"]
    expected = [name.format(version) for version in ("plus", "minus") for name in moved]
    assert [step.quantity.id for step in section.steps] == [*expected, "quotient_w5", "difference_w5"]


SMOOTH = [name for name, record in ACTIVATIONS.items() if name not in BRANCHES and not record.layerwise]


@pytest.mark.parametrize("name", SMOOTH)
def test_taught_derivative_of_a_smooth_activation(name: str) -> None:
    """The derivative in terms of the output is sympy.diff of the formula once the output is put in."""
    z, a = symbols("z a", real=True)
    formula = activation_of(ACTIVATIONS[name], z).doit()
    taught = activation_slope(ACTIVATIONS[name], z, a).subs(a, formula)
    assert simplify((diff(formula, z) - taught).rewrite(exp)) == 0


@pytest.mark.parametrize("width", [1, 2, 3])
@pytest.mark.parametrize("name", [name for name, record in ACTIVATIONS.items() if record.layerwise])
def test_taught_derivatives_of_a_function_of_the_layer(name: str, width: int) -> None:
    """Each output by each net input of the layer, its own and the others'."""
    nets, outs = symbols(f"z:{width}", real=True), symbols(f"a:{width}", real=True)
    formulas = [activation_of(ACTIVATIONS[name], net, nets).doit() for net in nets]
    put_in = dict(zip(outs, formulas, strict=True))
    for row, column in product(range(width), repeat=2):
        own = activation_slope(ACTIVATIONS[name], nets[row], outs[row])
        taught = own if row == column else cross_slope_of(ACTIVATIONS[name], outs[row], outs[column])
        assert is_zero(diff(formulas[row], nets[column]) - taught.subs(put_in))


@pytest.mark.parametrize("sign", [1, -1], ids=["positive", "negative"])
@pytest.mark.parametrize("name", BRANCHES)
def test_taught_derivative_beside_a_seam(name: str, sign: int) -> None:
    """On either side the function is the piece that is expected, and that piece's slope is taught."""
    z, a = symbols("z a", real=True)
    x = sign * Symbol("x", positive=True)
    branch = BRANCHES[name][sign > 0](z)
    assert activation_of(ACTIVATIONS[name], z).subs(z, x).doit() == branch.subs(z, x)
    taught = activation_slope(ACTIVATIONS[name], z, a).subs(a, branch).subs(z, x)
    assert expand(taught - diff(branch, z).subs(z, x)) == 0


def test_every_activation_with_a_corner_is_tested_beside_it() -> None:
    """The records that state the slopes at a corner are pieces whose slopes differ there, and no others do."""
    z = Symbol("z", real=True)
    slopes = {
        name: tuple(diff(pieces[side](z), z).subs(z, 0) for side in (False, True)) for name, pieces in BRANCHES.items()
    }
    corners = {name: pair for name, pair in slopes.items() if pair[0] != pair[1]}
    assert corners == {name: record.corner for name, record in ACTIVATIONS.items() if record.corner}


CORNERS = [
    ("relu", None, Integer(0)),
    ("relu", "0", Integer(0)),
    ("relu", "1", Integer(1)),
    ("relu", "0.5", Rational(1, 2)),
    ("leaky_relu", None, Rational(1, 100)),
    ("leaky_relu", "0.01", Rational(1, 100)),
    ("leaky_relu", "0", Integer(0)),
    ("leaky_relu", "1", Integer(1)),
    ("leaky_relu", "0.5", Rational(1, 2)),
]


@pytest.mark.parametrize(("name", "stated", "slope"), CORNERS)
def test_slope_at_a_corner_is_the_stated_one(
    make_network: MakeNetwork, name: str, stated: str | None, slope: Rational
) -> None:
    """ReLU′(0) = 0 and leaky ReLU′(0) = 1/100 unless the exercise says otherwise, where a net input is exactly 0.

    Beside the corner it makes no difference what is said.
    """
    z, a = symbols("z a", real=True)
    conventions = {} if stated is None else {"slope_at_corner": Decimal(stated)}
    network = make_network(1, 1, activations=name, biases=BiasMode.NONE, conventions=conventions)
    taught = activation_slope(ACTIVATIONS[name], z, a, network.conventions.corner)
    left, right = ACTIVATIONS[name].corner
    assert [taught.subs(z, at) for at in (-1, 0, 1)] == [left, slope, right]
    numbers = {"i1": "0", "w1": "0.7", "target_o1": "1", "eta": "0.5"}
    evaluation = Evaluation(derive(forward_pass(network)), {key: Decimal(number) for key, number in numbers.items()})
    values = evaluation.values
    assert (values["net_o1"], values["out_o1"]) == (0, 0)
    with workdps(60):
        assert values["dout_o1_dnet_o1"] == mpf(slope.p) / slope.q
        assert values["delta_o1"] == -mpf(slope.p) / slope.q


@pytest.mark.parametrize("difference", DIFFERENCES)
@pytest.mark.parametrize("outputs", [1, 2, 3])
@pytest.mark.parametrize("name", LOSSES)
def test_taught_derivative_of_a_loss(name: str, outputs: int, difference: str) -> None:
    """The derivative of a loss is sympy.diff of its part, for every number of outputs that a mean is taken over."""
    t, o = symbols("t o", real=True)
    loss = LOSSES[name]
    part = part_of(loss, t, o, outputs, difference).doit()
    assert simplify(diff(part, o) - loss_slope(loss, t, o, outputs, difference)) == 0


@pytest.mark.parametrize("difference", DIFFERENCES)
@pytest.mark.parametrize("name", LOSSES)
def test_both_orders_of_the_difference_are_one_loss(name: str, difference: str) -> None:
    """Which of target and output is subtracted from which changes how a loss is written, not what it is."""
    t, o = symbols("t o", real=True)
    parts = [part_of(LOSSES[name], t, o, 2, order) for order in (DIFFERENCES[0], difference)]
    assert simplify(parts[0].doit() - parts[1].doit()) == 0


@pytest.mark.parametrize("descent", [False, True], ids=["gradient", "descent"])
@pytest.mark.parametrize("difference", DIFFERENCES)
@pytest.mark.parametrize("outputs", [1, 2, 3])
def test_the_short_delta_is_output_minus_target(outputs: int, difference: str, descent: bool) -> None:
    """Divided by the outputs where a mean is taken; its negative where a delta is the direction of descent."""
    t, o = symbols("t o", real=True)
    expected = (t - o if descent else o - t) / outputs
    assert expand(short_delta_of(t, o, outputs, difference, descent).doit() - expected) == 0


# --- without SymPy's cache -------------------------------------------------------------------------------------------


def written(expression: Basic) -> object:
    """A tree as it stands, its terms and factors not sorted, as they are by srepr."""
    return (type(expression), *map(written, expression.args)) if expression.args else srepr(expression)


@pytest.mark.parametrize("name", ["net_o1", "w5_new", "dE_total_dw5", "dE_o1_dout_h1", "dE_total_dout_h1_via_out_h3"])
def test_the_symbol_of_a_quantity_is_the_real_one_of_its_id(name: str) -> None:
    """It is made past SymPy's cache, and is all the same to SymPy and to what has been made before."""
    symbol, usual = quantity_named(name).symbol, Symbol(name, real=True)
    assert (symbol, hash(symbol), srepr(symbol)) == (usual, hash(usual), srepr(usual))
    assert symbol.assumptions0 == usual.assumptions0
    assert pickle.loads(pickle.dumps(symbol)) == usual


@pytest.mark.parametrize("count", [0, 1, 2, 3])
@pytest.mark.parametrize(("make", "usual"), [(added, Add), (multiplied, Mul)])
def test_sums_and_products_are_what_sympy_makes_unevaluated(
    make: Callable[[list[Expr]], Expr], usual: type[Expr], count: int
) -> None:
    """Of no parts and of one part too, and of parts that SymPy would put in another order or together."""
    z, a = symbols("z a", real=True)
    parts = [z, Mul(Integer(-1), a, evaluate=False), z][:count]
    ours, theirs = make(parts), usual(*parts, evaluate=False)
    assert (ours, hash(ours), written(ours)) == (theirs, hash(theirs), written(theirs))
    assert ours.is_commutative is theirs.is_commutative is True


@pytest.mark.parametrize("stated", [None, Rational(1, 2), Integer(1)])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_renamed_formula_is_the_formula_of_the_other_names(name: str, stated: Rational | None) -> None:
    """What is taught of one neuron can be renamed for another; what does not change is kept."""
    (z, a), (net, out) = symbols("z a", real=True), symbols("net_h12 out_h12", real=True)
    record, names = ACTIVATIONS[name], {z: net, a: out}
    with evaluate(False):
        formula = renamed(activation_of(record, z, [z, a]), names)
        slope = renamed(activation_slope(record, z, a, stated), names)
    assert written(formula) == written(activation_of(record, net, [net, out]))
    assert written(slope) == written(activation_slope(record, net, out, stated))
    assert renamed(formula, names) is formula


@pytest.mark.parametrize("difference", DIFFERENCES)
@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("name", LOSSES)
def test_a_renamed_loss_is_the_loss_of_the_other_names(name: str, outputs: int, difference: str) -> None:
    """Its derivative too, also where a mean is taken."""
    (t, o), (target, out) = symbols("t o", real=True), symbols("target_o2 out_o2", real=True)
    for formula in (part_of, loss_slope):
        with evaluate(False):
            found = renamed(formula(LOSSES[name], t, o, outputs, difference), {t: target, o: out})
        assert written(found) == written(formula(LOSSES[name], target, out, outputs, difference))


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_sympys_caches_are_not_emptied_for_each_parameter(
    monkeypatch: pytest.MonkeyPatch, make_network: MakeNetwork, optimizer: Optimizer
) -> None:
    """As they are whenever its evaluation is switched: as often for a small network as for a larger one."""
    emptied = []

    def count_and_empty() -> None:
        emptied.append(1)
        clear_cache()

    monkeypatch.setattr("sympy.core.parameters.clear_cache", count_and_empty)

    def times(*widths: int) -> int:
        emptied.clear()
        derive(forward_pass(make_network(*widths)), Rules(optimizer))
        return len(emptied)

    assert 0 < times(1, 1) == times(3, 4, 3)
