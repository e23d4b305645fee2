"""How quantities look on paper: by the names of a profile, and by where in the network they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sympy import Expr, Symbol

from derive.mathtext.building import raised, row
from derive.mathtext.equation import equation
from derive.mathtext.expression import ExpressionPrinter
from derive.mathtext.tree import (
    APPLY,
    COMMA,
    MINUS,
    PLUS,
    PRIME,
    Aligned,
    Bracket,
    Fraction,
    Identifier,
    Node,
    Number,
    Operator,
    Row,
    Scripts,
    Spacing,
)
from derive.model.architecture import Architecture
from derive.model.network import Layer, Network, Shape
from derive.model.profiles import PROFILES, Profile
from derive.model.quantities import PARAMETERS, Kind, Partial, Quantity, Variable, quantity_named

_UPDATED = Operator("+", Spacing.NONE)
_PARTIAL_SIGN = Identifier("∂")
_MOVED = {"plus": PLUS, "minus": MINUS}
_GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eta": "η", "theta": "θ", "kappa": "κ",
    "lam": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ",
    "psi": "ψ", "omega": "ω",
}  # fmt: skip

_FIXED_INDEX = {Kind.BETA1: Number("1"), Kind.BETA2: Number("2")}
_WORDS = {Kind.DATA: "data", Kind.PENALTY: "weights"}

_LAYERED = (Kind.NET, Kind.OUT, Kind.DELTA, *PARAMETERS)
"""What has its layer as a superscript where it is a vector or matrix."""

_OF_PARAMETER = (
    Kind.VELOCITY,
    Kind.FIRST_MOMENT,
    Kind.SQUARES,
    Kind.CHANGES,
    Kind.FIRST_CORRECTED,
    Kind.SECOND_CORRECTED,
    Kind.QUOTIENT,
    Kind.DIFFERENCE,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: its layer, counted from 1, and its indices there (a weight: to, from)."""

    layer: int
    indices: tuple[int, ...] = ()


def places_in(network: Network) -> Mapping[str, Place]:
    """The place of every neuron, weight and bias, by name or id."""
    places: dict[str, Place] = {}
    for depth, layer in enumerate(network.layers, start=1):
        for number, neuron in enumerate(layer.neurons, start=1):
            places[neuron.name] = Place(depth, (number,))
            for source, weight in enumerate(neuron.weights, start=1):
                places[weight.id] = Place(depth, (number, source))
            if neuron.bias:
                shared = neuron.bias.id in places
                places[neuron.bias.id] = Place(depth) if shared else Place(depth, (number,))
    return places


@dataclass(frozen=True)
class Notation:
    """A profile, with the places of what it names."""

    profile: Profile
    places: Mapping[str, Place] = field(default_factory=dict, hash=False, compare=False)
    results: tuple[Variable, ...] = (Variable(Kind.TOTAL),)
    """What ``short_gradients`` are the derivatives of, without saying so; with several, they say so."""
    functions: Mapping[int, str] = field(default_factory=dict, hash=False, compare=False)
    """How the activation function of each layer is written, where sheets are in matrices."""

    @property
    def name(self) -> str:
        return self.profile.name

    def symbol(self, quantity: Quantity) -> Node:
        """The printed name of a quantity."""
        return self._partial(quantity) if isinstance(quantity, Partial) else self._variable(quantity)

    def neuron(self, name: str) -> Node:
        """The printed name of a neuron: h₁; with layers as superscripts, its output."""
        if self.profile.layered and name in self.places:
            return self._variable(Variable(Kind.OUT, name))
        return Scripts(Identifier(name[0]), Number(name[1:]))

    def function(self, layer: int) -> Node:
        """The activation function of a layer."""
        return Identifier(self.functions.get(layer, "f"), upright=True)

    def equation(self, quantity: Quantity, forms: Sequence[Expr]) -> Aligned:
        """quantity = form = form …, in symbols."""
        return equation(self.symbol(quantity), [self.expression(form) for form in forms])

    def expression(self, expression: Expr) -> Node:
        """An expression with the names of this notation."""
        return ExpressionPrinter(self.leaf).tree(expression)

    def leaf(self, symbol: Symbol) -> Node:
        """The printed name of the quantity that a symbol of an expression stands for."""
        return self.symbol(quantity_named(symbol.name))

    def _variable(self, variable: Variable) -> Node:
        if variable.version.startswith(("plus_", "minus_")):
            direction, moved = variable.version.split("_", 1)
            at = row(self.leaf(Symbol(moved)), _MOVED[direction], self._variable(Variable(Kind.MOVE)))
            if variable.kind in PARAMETERS:
                return Bracket(at)
            return row(self._variable(replace(variable, version="")), Bracket(at))
        if variable.kind is Kind.CHANGE:
            return row(Identifier("Δ"), self._parameter(variable.at))
        stem, sub, sup = self._stem(variable), self._index(variable), self._marks(variable)
        return Scripts(stem, sub, sup) if sub or sup else stem

    def _stem(self, variable: Variable) -> Identifier:
        if variable.kind is Kind.NAME:
            letters = variable.at.rstrip("0123456789")
            return Identifier(_GREEK.get(letters, letters))
        if variable.layer is not None:
            return Identifier("W" if variable.kind is Kind.WEIGHT else self.profile.stems[variable.kind], bold=True)
        return Identifier(self.profile.stems[variable.kind])

    def _index(self, variable: Variable) -> Node | None:
        kind, at = variable.kind, variable.at
        if place := self._place(variable):
            return _indices(place.indices)
        if kind in _OF_PARAMETER and at:
            return self._parameter(at)
        if variable.layer is not None:
            return None
        if kind is Kind.NAME:
            return _name(at[len(at.rstrip("0123456789")) :])
        word = self.profile.total if kind is Kind.TOTAL else _WORDS.get(kind)
        if word:
            return Identifier(word, upright=True)
        return _FIXED_INDEX.get(kind) or _name(at[1:] if self._is_last(variable) else at)

    def _is_last(self, variable: Variable) -> bool:
        """Whether it belongs to an output and the notation counts without saying so: y₁ for the target of o1."""
        return self.profile.layered and variable.kind in (Kind.TARGET, Kind.ERROR)

    def _marks(self, variable: Variable) -> Node | None:
        marks: list[Node] = []
        if place := self._place(variable):
            marks += [Operator("(", Spacing.NONE), Number(str(place.layer)), Operator(")", Spacing.NONE)]
        if variable.sample:
            marks += [Operator("[", Spacing.NONE), Number(str(variable.sample)), Operator("]", Spacing.NONE)]
        if variable.version:
            marks.append(_UPDATED)
        return row(*marks) if marks else None

    def _place(self, variable: Variable) -> Place | None:
        if not self.profile.layered:
            return None
        if variable.layer is not None:
            return Place(variable.layer) if variable.kind in _LAYERED else None
        of_neuron = variable.kind in (Kind.NET, Kind.OUT, Kind.DELTA)
        of_parameter = variable.kind in PARAMETERS
        name = variable.at if of_neuron else replace(variable, version="").id if of_parameter else ""
        return self.places.get(name)

    def _parameter(self, parameter_id: str) -> Node:
        return self.symbol(quantity_named(parameter_id))

    def _partial(self, partial: Partial) -> Node:
        if partial.via == partial.of:  # what comes through the formula of the result itself
            return Scripts(Bracket(self._partial(Partial(partial.of, partial.by))), Identifier("local", upright=True))
        if partial.via:
            # The share of ∂E/∂out that flows through one neuron has no symbol of its own but the product it is.
            return row(
                self._partial(Partial(partial.of, partial.via)),
                Operator("⋅"),
                self._partial(Partial(partial.via, partial.by)),
            )
        match partial:
            case Partial(of=Variable(kind=Kind.OUT), by=Variable(kind=Kind.NET, layer=int(layer)) as net):
                return row(raised(self.function(layer), PRIME), APPLY, Bracket(self._variable(net)))
        if self.profile.short_gradients and self.results == (replace(partial.of, sample=0),):
            return row(Identifier("d"), self._variable(partial.by))
        return Fraction(row(_PARTIAL_SIGN, self._variable(partial.of)), row(_PARTIAL_SIGN, self._variable(partial.by)))


def _indices(numbers: tuple[int, ...]) -> Node | None:
    """The indices of a place; with a comma between them where one has two digits."""
    if not numbers:
        return None
    comma = [COMMA] if max(numbers) > 9 else []
    nodes: list[Node] = []
    for number in numbers:
        nodes += ([*comma] if nodes else []) + [Number(str(number))]
    return row(*nodes)


def _name(at: str) -> Node | None:
    letters, digits = at.rstrip("0123456789"), at.lstrip("abcdefghijklmnopqrstuvwxyz")
    items = tuple(
        node for node in (Identifier(letters) if letters else None, Number(digits) if digits else None) if node
    )
    if not items:
        return None
    return items[0] if len(items) == 1 else Row(items)


NET_OUT = Notation(PROFILES["net-out"])


def notation_for(name: str, network: Network | None = None, results: tuple[Variable, ...] = ()) -> Notation:
    """The notation with this name, for a network or for formulas with these results."""
    if network:
        return Notation(PROFILES[name], places_in(network), functions=functions_of(network.layers))
    return Notation(PROFILES[name], results=results)


def notation_of_matrices(architecture: Architecture) -> Notation:
    """The matrix notation for a network whose parts have no names, but for those of its sketch."""
    sketch = architecture.sketch()
    last = {layer.neurons[-1].name: depth for depth, layer in enumerate(sketch.layers, start=1)}
    numbers = {name: Place(depth, (architecture.widths[depth],)) for name, depth in last.items()}
    shared = {bias.id: Place(layer) for layer, bias in architecture.shared_biases.items()}
    places = {**places_in(sketch), **numbers, **shared}
    return Notation(PROFILES["matrix"], places, functions=functions_of(architecture.shapes))


def functions_of(layers: Sequence[Layer | Shape]) -> Mapping[int, str]:
    """How the activation function of each layer is written."""
    return {depth: layer.activation.symbol for depth, layer in enumerate(layers, start=1)}
