"""Wrong formulas of the forward pass: net inputs, outputs, errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sympy import Add, E, Expr, Integer, Max, Pow, S, Symbol, exp, log

from derive.mistakes.anatomy import Place, Unit
from derive.mistakes.writing import (
    base_of_square,
    changed,
    exchanged,
    negated,
    of_base_ten,
    product_of,
    quotient_of,
    scaled,
    squared,
    sum_of,
    terms_of,
    without_each,
    without_factor,
)
from derive.model.activations import ACTIVATIONS
from derive.model.quantities import Kind, Variable

# --- net inputs -------------------------------------------------------------------------------------------------------


def _weighted(place: Place, weights: Sequence[Variable], sources: Sequence[Variable] | None = None) -> tuple[Expr, ...]:
    sources = sources or place.unit.sources
    return tuple(
        product_of(place.now(weight), place.now(source)) for weight, source in zip(weights, sources, strict=True)
    )


def _offset(place: Place) -> tuple[Expr, ...]:
    unit = place.unit
    if not unit.bias:
        return ()
    return (place.now(unit.bias) if unit.sign == 1 else negated(place.now(unit.bias)),)


def bias_forgotten(place: Place) -> Iterator[Expr]:
    """net = Σ w·x."""
    if place.unit.bias:
        yield sum_of(*_weighted(place, place.unit.weights))


def bias_twice(place: Place) -> Iterator[Expr]:
    """net = Σ w·x + b + b."""
    if place.unit.bias:
        yield sum_of(*terms_of(place.formula), *_offset(place))


def bias_sign(place: Place) -> Iterator[Expr]:
    """net = Σ w·x − b; a threshold is added."""
    if place.unit.bias:
        yield sum_of(*_weighted(place, place.unit.weights), *map(negated, _offset(place)))


def source_forgotten(place: Place) -> Iterator[Expr]:
    """A source is left out of the net input."""
    products = _weighted(place, place.unit.weights)
    if len(products) > 1:
        yield from (sum_of(*rest, *_offset(place)) for rest in without_each(products))


def weights_crossed(place: Place) -> Iterator[Expr]:
    """Two neighbouring weights go with each other's source."""
    weights = place.unit.weights
    for at in range(len(weights) - 1):
        crossed = (*weights[:at], weights[at + 1], weights[at], *weights[at + 2 :])
        yield sum_of(*_weighted(place, crossed), *_offset(place))


def weights_of_other(place: Place) -> Iterator[Expr]:
    """The weights of another neuron of the layer."""
    for mate in place.mates:
        if mate.net != place.unit.net:
            yield sum_of(*_weighted(place, mate.weights), *_offset(place))


def weights_transposed(place: Place) -> Iterator[Expr]:
    """Wᵀ·x in place of W·x, where the layer is as wide as the one before it."""
    unit, mates = place.unit, place.mates
    if len(mates) == len(unit.weights) > 1:
        column = [mate.weights[unit.position] for mate in mates]
        yield sum_of(*_weighted(place, column), *_offset(place))


def net_of_sources(place: Place) -> Iterator[Expr]:
    """The hidden layer's net inputs are fed forward: no activation there."""
    if all(source.kind is Kind.OUT for source in place.unit.sources):
        nets = [Variable(Kind.NET, source.at, sample=source.sample) for source in place.unit.sources]
        yield sum_of(*_weighted(place, place.unit.weights, nets), *_offset(place))


def stale(place: Place, kinds: Sequence[Kind]) -> Iterator[Expr]:
    """After the update, values of these kinds from before it."""
    if place.variable.version != "new":
        return
    before = {
        parent
        for parent, _ in place.definition(place.variable).partials
        if parent.kind in kinds and parent.after_update().id in place.anatomy.order
    }
    if before:
        yield place.formula.xreplace({parent.after_update().symbol: parent.symbol for parent in before})


def term_sign(place: Place) -> Iterator[Expr]:
    """The sign of one term of a sum is lost."""
    terms = terms_of(place.formula)
    if len(terms) > 1:
        for at, term in enumerate(terms):
            yield sum_of(*terms[:at], negated(term), *terms[at + 1 :])


# --- outputs ----------------------------------------------------------------------------------------------------------


def net_for_out(place: Place) -> Iterator[Expr]:
    """out = net."""
    yield place.now(place.unit.net)


def exponent_sign(place: Place) -> Iterator[Expr]:
    """e^x in place of e^−x."""
    if place.activation and not place.activation.layerwise:
        yield from changed(place.formula, exp, lambda power: exp(negated(power.args[0]), evaluate=False))


def logistic_brackets(place: Place) -> Iterator[Expr]:
    """1/(1 + e)^−x, 1 + e^−x and 1/(1 − e^−x)."""
    if place.activation and place.activation.name == "logistic":
        net = place.now(place.unit.net)
        power = exp(negated(net), evaluate=False)
        yield Pow(Pow(sum_of(Integer(1), E), negated(net), evaluate=False), S.NegativeOne, evaluate=False)
        yield sum_of(Integer(1), power)
        yield quotient_of(Integer(1), sum_of(Integer(1), negated(power)))


_CONFUSED_WITH: Mapping[str, tuple[str, ...]] = {
    "logistic": ("tanh",),
    "tanh": ("logistic",),
    "relu": ("leaky_relu",),
    "leaky_relu": ("relu",),
    "elu": ("relu",),
    "softplus": ("relu",),
    "silu": ("logistic",),
    "gelu": ("silu",),
    "softmax": ("logistic",),
}


def other_activation(place: Place) -> Iterator[Expr]:
    """Another activation function: tanh for the logistic one, the logistic one of each net input for softmax."""
    record = place.activation
    for name in _CONFUSED_WITH.get(record.name, ()) if record else ():
        yield ACTIVATIONS[name].formula(place.now(place.unit.net))


def wrong_side(place: Place) -> Iterator[Expr]:
    """min(0, net): the negative side of a ReLU is kept."""
    if place.activation and place.activation.name == "relu":
        net = place.now(place.unit.net)
        yield sum_of(net, negated(Max(Integer(0), net, evaluate=False)))


def softmax_shares(place: Place) -> Iterator[Expr]:
    """Softmax without the division, without the exponential, and divided by the other exponentials only."""
    if place.activation and place.activation.name == "softmax":
        own, nets = place.now(place.unit.net), [place.now(mate.net) for mate in place.mates]
        others = [exp(net, evaluate=False) for net in nets if net != own]
        yield exp(own, evaluate=False)
        yield quotient_of(own, sum_of(*nets))
        if others:
            yield quotient_of(exp(own, evaluate=False), sum_of(*others))


# --- errors -----------------------------------------------------------------------------------------------------------


def is_square(formula: Expr) -> bool:
    """Whether an error, or its derivative, is that of a squared difference."""
    return not formula.has(log) and base_of_square(formula) is not None


def factor_two(place: Place) -> Iterator[Expr]:
    """Twice or half of it: the ½ of the error forgotten, or written where it is not."""
    yield scaled(2, 1, place.formula)
    yield scaled(1, 2, place.formula)


def factor_two_of_square(place: Place) -> Iterator[Expr]:
    """The same where the error is a square."""
    if is_square(place.formula):
        yield from factor_two(place)


def square_forgotten(place: Place) -> Iterator[Expr]:
    """½·(target − out)."""
    base = base_of_square(place.formula)
    if base is not None:
        yield place.formula.xreplace({squared(base): base})


def target_and_out(place: Place) -> Symbol | None:
    """The symbol of the target of an error's part."""
    part = place.variable
    target = Variable(Kind.TARGET, part.at, sample=part.sample).symbol
    return target if target in place.formula.free_symbols else None


def target_for_out(place: Place) -> Iterator[Expr]:
    """−out·ln target: the two in each other's place, where that is not only a sign."""
    target, part = target_and_out(place), place.variable
    if target is not None and place.formula.has(log):
        out = place.now(Variable(Kind.OUT, part.at, sample=part.sample))
        yield from exchanged(place.formula, target, out)


def _two_logarithms(formula: Expr) -> Expr | None:
    sums = [part for part in formula.atoms(Add) if len(part.args) == 2 and all(term.has(log) for term in part.args)]
    return sums[0] if len(sums) == 1 else None


def second_term_sign(place: Place) -> Iterator[Expr]:
    """−(t·ln o − (1 − t)·ln(1 − o))."""
    both = _two_logarithms(place.formula)
    if both is not None:
        first, second = both.args
        yield place.formula.xreplace({both: sum_of(first, negated(second))})


def second_term_forgotten(place: Place) -> Iterator[Expr]:
    """−t·ln o, as where there are several classes."""
    both = _two_logarithms(place.formula)
    if both is not None:
        yield place.formula.xreplace({both: both.args[0]})


def base_ten(place: Place) -> Iterator[Expr]:
    """log₁₀ in place of ln."""
    yield from of_base_ten(place.formula)


def mean_or_sum(place: Place) -> Iterator[Expr]:
    """The n-th part where nothing is divided, or n times it where the n-th part is meant; n outputs, samples, users."""
    for number in _numbers_shared(place):
        yield scaled(1, number, place.formula)
        yield scaled(number, 1, place.formula)


def _numbers_shared(place: Place) -> set[int]:
    """How many there are, over which a mean might be taken."""
    match place.site:
        case "error" | "error_slope" | "delta_short":
            numbers = {len(_outputs(place))}
        case _:
            whole = max(place.formula.atoms(Add), key=lambda part: len(part.args), default=place.formula)
            numbers = {len(terms_of(whole))}
    return {number for number in numbers if number > 1}


def _outputs(place: Place) -> Sequence[Unit]:
    last = max((unit.layer for unit in place.anatomy.units.values()), default=0)
    return [unit for unit in place.anatomy.units.values() if unit.layer == last and unit.net.sample == _sample(place)]


def _sample(place: Place) -> int:
    return place.quantity.sample


def part_forgotten(place: Place) -> Iterator[Expr]:
    """A part of a sum is left out; of three and more, also all but one."""
    whole = max(place.formula.atoms(Add), key=lambda part: len(part.args), default=None)
    if whole is None:
        return
    for rest in without_each(whole.args):
        yield place.formula.xreplace({whole: sum_of(*rest)})
    if len(whole.args) > 2:
        yield from (place.formula.xreplace({whole: part}) for part in whole.args)


# --- the penalty ------------------------------------------------------------------------------------------------------

DECAY = Variable(Kind.DECAY).symbol


def decay_rate_forgotten(place: Place) -> Iterator[Expr]:
    """½·Σ w² without λ, or its derivative w."""
    yield without_factor(place.formula, DECAY)


def biases_penalized(place: Place) -> Iterator[Expr]:
    """Biases among the squared weights."""
    squares = max(place.formula.atoms(Add), key=lambda part: len(part.args), default=None)
    version = place.variable.version
    biases = [name for name in place.anatomy.derivation.graph.parameters if name.kind is not Kind.WEIGHT]
    if squares is not None and biases:
        symbols = [name.after_update().symbol if version == "new" else name.symbol for name in biases]
        yield place.formula.xreplace({squares: sum_of(*squares.args, *map(squared, symbols))})


def squares_forgotten(place: Place) -> Iterator[Expr]:
    """½·λ·Σ w."""
    powers = {power for power in place.formula.atoms(Pow) if power.exp == 2}
    yield place.formula.xreplace({power: power.base for power in powers})


def decay_forgotten(place: Place) -> Iterator[Expr]:
    """What the penalty adds is left out."""
    data, *penalty = terms_of(place.formula)
    if penalty:
        yield data


def decay_sign(place: Place) -> Iterator[Expr]:
    """What the penalty adds is taken away."""
    data, *penalty = terms_of(place.formula)
    if penalty:
        yield sum_of(data, *map(negated, penalty))
