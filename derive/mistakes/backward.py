"""Wrong formulas of the backward pass: slopes, deltas, gradients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sympy import Expr, Integer, Mul, Symbol, exp, log

from derive.derivation.steps import ChainRule, SumOverPaths
from derive.mistakes.anatomy import Place, Unit
from derive.mistakes.forward import DECAY, factor_two, is_square
from derive.mistakes.writing import (
    base_of_square,
    factors_of,
    negated,
    product_of,
    quotient_of,
    squared,
    sum_of,
    terms_of,
    with_cases,
    without_each,
)
from derive.model.activations import ACTIVATIONS
from derive.model.quantities import PARAMETERS, Kind, Partial, Variable


def sign(place: Place) -> Iterator[Expr]:
    """The negative: target − out for out − target, or the sign of an inner derivative lost."""
    yield negated(place.formula)


# --- ∂E/∂out ----------------------------------------------------------------------------------------------------------


def _part_of_error(place: Place) -> Expr:
    """The part of the error that an output enters."""
    out = place.partial.by
    return place.definition(replace(out, kind=Kind.ERROR)).expression


def square_kept(place: Place) -> Iterator[Expr]:
    """(out − target)² and ½·(out − target)²: what is squared is not differentiated."""
    part = _part_of_error(place)
    if is_square(part):
        base = base_of_square(part)
        assert base is not None
        yield squared(base)
        yield part


def factor_two_of_slope(place: Place) -> Iterator[Expr]:
    """Twice or half the derivative of a squared difference."""
    if is_square(_part_of_error(place)):
        yield from factor_two(place)


def _target(place: Place, out: Variable) -> Symbol | None:
    """The target of an output, where the error has one."""
    error = place.anatomy.definitions.get(replace(out, kind=Kind.ERROR))
    target = Variable(Kind.TARGET, out.at, sample=out.sample).symbol
    return target if error and target in error.expression.free_symbols else None


def slope_second_term_sign(place: Place) -> Iterator[Expr]:
    """−(t/o + (1 − t)/(1 − o)), and −t/o alone, for binary cross-entropy."""
    out = place.partial.by
    target, part = _target(place, out), _part_of_error(place)
    if target is not None and len(part.atoms(log)) > 1:
        first = quotient_of(target, out.symbol)
        second = quotient_of(_rest(target), _rest(out.symbol))
        yield negated(sum_of(first, second))
        yield negated(first)


def _rest(symbol: Symbol) -> Expr:
    """1 − x."""
    return sum_of(Integer(1), negated(symbol))


# --- ∂out/∂net --------------------------------------------------------------------------------------------------------


def slope_at_out(place: Place) -> Iterator[Expr]:
    """σ(out)·(1 − σ(out)): the derivative is taken at the output."""
    unit, record = place.unit, place.activation
    if record and not record.layerwise and not record.corner:
        out = unit.out.symbol
        yield record.derivative(out, record.formula(out))


def slope_of_net(place: Place) -> Iterator[Expr]:
    """net·(1 − net)."""
    out = place.unit.out.symbol
    if out in place.formula.free_symbols:
        yield place.formula.xreplace({out: place.unit.net.symbol})


def half_slope(place: Place) -> Iterator[Expr]:
    """out alone or 1 − out alone; out², or 1 − out for tanh."""
    out = place.unit.out.symbol
    if out not in place.formula.free_symbols:
        return
    if isinstance(place.formula, Mul):
        yield from place.formula.args
    elif place.activation and place.activation.name == "tanh":
        yield squared(out)
        yield _rest(out)


def slope_of_error(place: Place) -> Iterator[Expr]:
    """error·(1 − error): the derivative is taken of what comes back."""
    out = place.unit.out.symbol
    adjoint = Partial(_differentiated(place), place.unit.out).symbol
    if out in place.formula.free_symbols and adjoint.name in place.anatomy.order:
        yield place.formula.xreplace({out: adjoint})


def _differentiated(place: Place) -> Variable:
    """The error that the backward pass of a sample starts from."""
    graph = place.anatomy.derivation.graph
    sample = place.unit.net.sample
    if sample:
        return graph.of_sample(sample).target
    data = Variable(Kind.DATA)
    return data if data in place.anatomy.definitions else graph.target


def sign_inside(place: Place) -> Iterator[Expr]:
    """out·(1 + out), 1 + out²."""
    inner = {part: negated(part) for part in place.formula.atoms(Mul) if part.args[0] == -1 and part != place.formula}
    if inner and place.unit.out.symbol in place.formula.free_symbols:
        yield place.formula.xreplace(inner)


def hyperbolic_secant(place: Place) -> Iterator[Expr]:
    """sech in place of sech², of the net input or of the output."""
    if place.activation and place.activation.name == "tanh":
        for symbol in (place.unit.net.symbol, place.unit.out.symbol):
            powers = exp(symbol, evaluate=False), exp(negated(symbol), evaluate=False)
            yield quotient_of(Integer(2), sum_of(*powers))


_CONFUSED_SLOPES = {"logistic": "tanh", "tanh": "logistic"}


def other_slope(place: Place) -> Iterator[Expr]:
    """The derivative of tanh for the logistic function, or the other way round."""
    record = place.activation
    if record and record.name in _CONFUSED_SLOPES:
        other = ACTIVATIONS[_CONFUSED_SLOPES[record.name]]
        yield other.derivative(place.unit.net.symbol, place.unit.out.symbol)


def corner_side(place: Place) -> Iterator[Expr]:
    """The derivative of the other side, of one side everywhere, or the output in its place."""
    record = place.activation
    if record and record.corner:
        left, right = record.corner
        yield from with_cases(place.formula, [left] + [right] * (len(place.formula.args) - 1))
        yield from (right, left, place.unit.out.symbol)


def diagonal_only(place: Place) -> Iterator[Expr]:
    """An output of softmax is taken to depend on its own net input only."""
    yield Integer(0)


# --- deltas -----------------------------------------------------------------------------------------------------------


def slope_forgotten(place: Place) -> Iterator[Expr]:
    """∂E/∂out · ∂net/∂w, without ∂out/∂net."""
    rest = [factor for factor in place.chain if factor != _slope(place)]
    if len(rest) < len(place.chain):
        yield product_of(*rest)


def _slope(place: Place) -> Symbol:
    unit = place.unit if place.site == "delta" else _unit_of_gradient(place)
    return Partial(unit.out, unit.net).symbol


def _unit_of_gradient(place: Place) -> Unit:
    """The neuron whose parameter a gradient is by."""
    step = place.step
    assert isinstance(step, ChainRule)
    local = step.factors[-1]
    assert isinstance(local, Partial)
    return place.anatomy.units[local.of]


def error_forgotten(place: Place) -> Iterator[Expr]:
    """Only the local derivative: what comes back is left out."""
    assert isinstance(place.step, ChainRule)
    yield place.chain[-1]


def local_forgotten(place: Place) -> Iterator[Expr]:
    """Only what comes back: the local derivative is left out."""
    yield place.upstream


def difference_for_delta(place: Place) -> Iterator[Expr]:
    """δ = out − target, as where the derivative of the activation cancels; its negative where δ is one."""
    out = place.unit.out.symbol
    target = _target(place, place.unit.out)
    if target is not None:
        yield sum_of(target, negated(out)) if place.anatomy.descends else sum_of(out, negated(target))


def slope_of_other(place: Place) -> Iterator[Expr]:
    """The derivative at another neuron of the layer."""
    own = place.anatomy.derivation[place.chain[-1].name].expression
    for mate in place.mates:
        if mate.net != place.unit.net:
            moved = {place.unit.out.symbol: mate.out.symbol, place.unit.net.symbol: mate.net.symbol}
            yield product_of(place.upstream, own.xreplace(moved))


def slope_kept(place: Place) -> Iterator[Expr]:
    """(out − target)·out·(1 − out): the derivative that has cancelled is multiplied in again."""
    record, unit = place.activation, place.unit
    if record:
        yield product_of(place.formula, record.derivative(unit.net.symbol, unit.out.symbol))


def jacobian_again(place: Place) -> Iterator[Expr]:
    """J·(p − y) of softmax, and (Σ p·y) − y."""
    if not (place.activation and place.activation.layerwise):
        return
    deltas = place.anatomy.derivation
    mean = sum_of(*(product_of(mate.out.symbol, deltas[mate.delta.id].expression) for mate in place.mates))
    yield product_of(place.unit.out.symbol, sum_of(place.formula, negated(mean)))
    target = _target(place, place.unit.out)
    if target is not None:
        products = [product_of(mate.out.symbol, _target(place, mate.out) or Integer(0)) for mate in place.mates]
        descends = place.anatomy.descends
        yield sum_of(target, *map(negated, products)) if descends else sum_of(*products, negated(target))


# --- gradients of weights and biases ----------------------------------------------------------------------------------


def _by_source(place: Place, others: Sequence[Expr]) -> Iterator[Expr]:
    """Something else in place of ∂net/∂w, where that is asked or where it is a factor."""
    for other in others:
        yield product_of(place.upstream, other) if isinstance(place.step, ChainRule) else other


def _neuron(place: Place) -> Unit:
    return _unit_of_gradient(place) if isinstance(place.step, ChainRule) else place.anatomy.units[place.partial.of]


def _source(place: Place) -> Variable | None:
    """What a weight is multiplied by."""
    unit, by = _neuron(place), place.partial.by
    return unit.sources[unit.weights.index(by)] if by in unit.weights else None


def other_source(place: Place) -> Iterator[Expr]:
    """The output or input of another neuron: x2 for x1, h2 for h1."""
    own = _source(place)
    if own:
        others = [source.symbol for source in _neuron(place).sources if source != own]
        yield from _by_source(place, others)


def parameter_for_source(place: Place) -> Iterator[Expr]:
    """∂net/∂w = w, and ∂net/∂b = b: the parameter where the activation belongs."""
    if place.partial.by.kind in PARAMETERS:
        yield from _by_source(place, [place.partial.by.symbol])


def net_for_source(place: Place) -> Iterator[Expr]:
    """The hidden neuron's net input in place of its output."""
    own = _source(place)
    if own and own.kind is Kind.OUT:
        yield from _by_source(place, [replace(own, kind=Kind.NET).symbol])


def input_for_source(place: Place) -> Iterator[Expr]:
    """The value of the layer before the hidden one: x in place of h."""
    own = _source(place)
    if own and own.kind is Kind.OUT:
        below = place.anatomy.units[replace(own, kind=Kind.NET)]
        if below.position < len(below.sources):
            yield from _by_source(place, [below.sources[below.position].symbol])


def source_for_bias(place: Place) -> Iterator[Expr]:
    """A bias's derivative multiplied by an activation."""
    if place.partial.by.kind is not Kind.WEIGHT:
        yield from _by_source(place, [source.symbol for source in _neuron(place).sources])


def _deltas(place: Place) -> dict[Variable, Expr]:
    """∂E/∂net of each neuron of the layer, with the sign that the convention gives it."""
    unit = _neuron(place)
    own = unit.delta.symbol
    return {
        mate.net: place.upstream.xreplace({own: mate.delta.symbol})
        for mate in place.anatomy.layer(unit)
        if own in place.upstream.free_symbols
    }


def other_delta(place: Place) -> Iterator[Expr]:
    """The delta of another neuron of the layer."""
    local = factors_of(place.formula)[-1] if place.partial.by.kind is Kind.WEIGHT else Integer(1)
    for net, delta in _deltas(place).items():
        if net != _neuron(place).net:
            yield product_of(delta, local)


def all_deltas(place: Place) -> Iterator[Expr]:
    """The deltas of all neurons of the layer added up for a weight that only one of them has."""
    own, deltas = _source(place), _deltas(place)
    if own and len(deltas) > 1:
        yield product_of(sum_of(*deltas.values()), own.symbol)


def gradient_transposed(place: Place) -> Iterator[Expr]:
    """δ·hᵀ transposed: the delta of neuron j times the output of source k for the weight from j to k."""
    own, unit = _source(place), _neuron(place)
    mates = place.anatomy.layer(unit)
    deltas = _deltas(place)
    if own and deltas:
        column = unit.sources.index(own)
        if column < len(mates) and unit.position < len(unit.sources) and column != unit.position:
            yield product_of(deltas[mates[column].net], unit.sources[unit.position].symbol)


def accumulated(place: Place) -> Iterator[Expr]:
    """The gradient of the sample before is still in it: nothing was set back to zero."""
    error = place.partial.of
    before = Partial(replace(error, sample=error.sample - 1), place.partial.by).symbol
    if error.sample > 1 and before.name in place.anatomy.order:
        yield sum_of(before, place.formula)


def bias_times_source(place: Place) -> Iterator[Expr]:
    """The sum of the deltas for a shared bias, multiplied by an activation."""
    assert isinstance(place.step, SumOverPaths)
    local = place.step.terms[0][-1]
    if isinstance(local, Partial) and local.of in place.anatomy.units:
        for source in place.anatomy.units[local.of].sources:
            yield product_of(place.formula, source.symbol)


# --- what comes back to an output -------------------------------------------------------------------------------------


def one_path(place: Place) -> Iterator[Expr]:
    """One path alone, or one path forgotten."""
    parts = place.parts
    if len(parts) > 1:
        yield from parts
        yield from (sum_of(*rest) for rest in without_each(parts) if len(rest) > 1)


def paths_multiplied(place: Place) -> Iterator[Expr]:
    """The product of the paths."""
    if len(place.parts) > 1:
        yield product_of(*place.parts)


def path_sign(place: Place) -> Iterator[Expr]:
    """One path taken away where it is added."""
    parts = place.parts
    if len(parts) > 1:
        for at, part in enumerate(parts):
            yield sum_of(*parts[:at], negated(part), *parts[at + 1 :])


def _weights_at(place: Place) -> list[tuple[Unit, int, Expr]]:
    """Each neuron that a value enters, the place of the weight among its own, and the weight."""
    by = place.partial.by
    if isinstance(place.step, ChainRule | SumOverPaths):
        return [(path.unit, path.unit.sources.index(by), path.weight) for path in place.paths]
    unit = place.anatomy.units[place.partial.of]
    return [(unit, unit.sources.index(by), place.formula)] if by in unit.sources else []


def _by_weight(place: Place, others: Sequence[Expr | None]) -> Iterator[Expr]:
    """Something else in place of each weight: on all paths at once, or of the one derivative that is asked."""
    if isinstance(place.step, ChainRule | SumOverPaths):
        yield from place.along(others)
    else:
        yield from (other for other in others if other is not None)


def updated_weights(place: Place) -> Iterator[Expr]:
    """The weights after their update."""
    meant = [unit.weights[at] for unit, at, _ in _weights_at(place)]
    is_known = [weight.after_update().id in place.anatomy.order for weight in meant]
    if all(is_known):
        yield from _by_weight(place, [weight.after_update().symbol for weight in meant])


def old_weights(place: Place) -> Iterator[Expr]:
    """The weights before their update, where the new ones are to be used."""
    yield from _by_weight(place, [unit.weights[at].symbol for unit, at, _ in _weights_at(place)])


def weights_of_neighbour(place: Place) -> Iterator[Expr]:
    """The weights that start from another neuron of the layer."""
    paths = _weights_at(place)
    for other in range(max((len(unit.weights) for unit, _, _ in paths), default=0)):
        if any(at != other for _, at, _ in paths):
            yield from _by_weight(
                place, [unit.weights[other].symbol if other < len(unit.weights) else None for unit, _, _ in paths]
            )


def matrix_transposed(place: Place) -> Iterator[Expr]:
    """W·δ in place of Wᵀ·δ: row for column."""
    others: list[Expr | None] = []
    for unit, at, _ in _weights_at(place):
        mates = place.anatomy.layer(unit)
        row = mates[at].weights if at < len(mates) else ()
        others.append(row[unit.position].symbol if unit.position < len(row) else None)
    if others:
        yield from _by_weight(place, others)


def incoming_weights(place: Place) -> Iterator[Expr]:
    """The weights of the layer before, at the same row and column."""
    others: list[Expr | None] = []
    for unit, at, _ in _weights_at(place):
        below = place.anatomy.layer(unit, further=-1)
        row = below[unit.position].weights if unit.position < len(below) else ()
        others.append(row[at].symbol if at < len(row) else None)
    if others:
        yield from _by_weight(place, others)


def weight_forgotten(place: Place) -> Iterator[Expr]:
    """The deltas added up without their weights."""
    yield from place.along([Integer(1)] * len(place.paths))


def errors_for_deltas(place: Place) -> Iterator[Expr]:
    """Σ ∂E/∂out·w: what comes back from the outputs has not gone through their activation functions."""
    terms = []
    for path in place.paths:
        raw = Partial(place.partial.of, path.unit.out).symbol
        if raw.name not in place.anatomy.order:
            return
        terms.append(product_of(raw, path.weight))
    yield sum_of(*terms)


def activation_for_weight(place: Place) -> Iterator[Expr]:
    """∂net/∂out = out."""
    if place.partial.by.kind not in PARAMETERS:
        yield place.partial.by.symbol


# --- batches and penalties --------------------------------------------------------------------------------------------


def bias_penalized(place: Place) -> Iterator[Expr]:
    """λ·b added to the derivative by a bias."""
    by = place.partial.by
    if by.kind is not Kind.WEIGHT and len(terms_of(place.formula)) == 1:
        yield sum_of(place.formula, product_of(DECAY, by.symbol))
