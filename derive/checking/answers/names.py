"""What a written name can stand for on one sheet.

A sheet's own names come first, as its notation prints them. Besides these, every quantity has its id, the names of the
other notations, and what people shorten them to: o1 for out_o1, t1 for target_o1, E for E_total. A name that could be
two quantities in this way is ambiguous, and an answer with it is unreadable: y1 is a target to some people and an
output to others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from derive.checking.answers.functions import Function, functions_of, known_functions
from derive.checking.answers.spelling import Spelling, keys_of, mark, marks_at
from derive.derivation.round import Derivation
from derive.mathtext.plain import plain
from derive.model.network import Network
from derive.model.notation import Notation, notation_for
from derive.model.profiles import PROFILES
from derive.model.quantities import Kind, Partial, Quantity, Variable, quantity_named
from derive.sheet.edition import Edition
from derive.words.errors import nearest_name

_STEMS: Mapping[Kind, tuple[str, ...]] = {
    Kind.INPUT: ("i", "x", "in", "input"),
    Kind.TARGET: ("target", "t", "y"),
    Kind.NET: ("net", "z"),
    Kind.OUT: ("out", "a"),
    Kind.ERROR: ("E", "C", "L"),
    Kind.TOTAL: ("E", "Etot", "C", "L", "J"),
    Kind.DELTA: ("delta",),
    Kind.RATE: ("eta", "lr", "alpha"),
}
"""What people write for each kind, besides its printed name."""

_LAYER = re.compile(r"\^\(\d+\)")
_OF_NEURONS = (Kind.TARGET, Kind.NET, Kind.OUT, Kind.ERROR, Kind.DELTA)
_CALLED_Y = (Kind.TARGET, Kind.OUT)  # y1: what is wanted of an output, or the output


@dataclass(frozen=True)
class Names:
    """The names of one sheet: for each spelling the ids that it can stand for."""

    variables: Mapping[str, frozenset[str]]
    partials: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """The id of ∂of/∂by for the ids of both."""
    functions: Mapping[str, Function] = field(default_factory=known_functions)

    @cached_property
    def _longest(self) -> int:
        return max(map(len, (*self.variables, *self.functions)), default=0)

    def variable_at(self, spelling: Spelling, place: int) -> tuple[frozenset[str], int] | None:
        """The ids of the longest name that begins at a place of a spelling, and where it ends."""
        for end in self._ends(spelling, place):
            base = spelling.text[place:end]
            for marks, behind in marks_at(spelling.text, end):
                if base + marks in self.variables:
                    return self.variables[base + marks], behind
            if base in self.variables:
                return self.variables[base], end
        return None

    def function_at(self, spelling: Spelling, place: int) -> tuple[Function, int] | None:
        """The function whose name begins at a place, a derivative with its ′, and where the name ends; no sinx."""
        for end in self._ends(spelling, place):
            base = spelling.text[place:end]
            if spelling.text[end : end + 1].isalpha():
                continue
            if spelling.text[end : end + 1] == "'" and f"{base}'" in self.functions:
                return self.functions[f"{base}'"], end + 1
            if base in self.functions:
                return self.functions[base], end
        return None

    def partial(self, of: Iterable[str], by: Iterable[str]) -> frozenset[str]:
        """The ids that ∂of/∂by can stand for."""
        denominators = list(by)
        pairs = ((above, below) for above in of for below in denominators)
        return frozenset(self.partials[pair] for pair in pairs if pair in self.partials)

    def nearest(self, found: str) -> str:
        """A similar name, or nothing."""
        return nearest_name(found[: self._longest], sorted(frozenset().union(*self.variables.values())))

    def _ends(self, spelling: Spelling, place: int) -> Iterator[int]:
        """Where a name can end that begins at a place, the longest first: not within a number or an index."""
        for end in range(min(len(spelling.text), place + self._longest), place, -1):
            if end not in spelling.inside and not spelling.text[end : end + 1].isdecimal():
                yield end


def names_of(edition: Edition) -> Names:
    """Every name that stands for a quantity of this sheet; of whole matrices there are none."""
    derivation = edition.evaluation.derivation
    network = None if edition.large else edition.exercise.network
    return names_for(derivation, edition.notation, network, descent=_is_descent(edition))


def _is_descent(edition: Edition) -> bool:
    return getattr(edition.exercise.content.conventions, "delta", "") == "descent"


def names_for(
    derivation: Derivation, notation: Notation, network: Network | None = None, *, descent: bool = False
) -> Names:
    """The same for a derivation; ``descent`` says that a delta is −∂E/∂net."""
    partials = {
        (quantity.of.id, quantity.by.id): quantity.id
        for quantity in _quantities(derivation)
        if isinstance(quantity, Partial) and not quantity.via
    }
    variables = dict.fromkeys(_variables(derivation))
    own = _printed(variables, notation)
    printed = [_printed(variables, notation_for(name, network, notation.results)) for name in PROFILES]
    named = {quantity.id for quantity in (*_quantities(derivation), *variables)}
    ids = _gathered((key, name) for name in sorted(named) for key in keys_of(name))
    shortened = _gathered((key, variable.id) for variable in variables for key in _shortened(variable))
    short = _short_gradients(partials, own, derivation)
    layers = network.layers if network else ()
    return Names(
        {**_united(*printed, *map(_without_layers, printed), ids, shortened, short), **own},
        {**({} if descent else _deltas(variables)), **partials},
        functions_of([layer.activation for layer in layers]) if layers else known_functions(),
    )


def _quantities(derivation: Derivation) -> Iterator[Quantity]:
    """Every quantity that has a step, or that one is calculated from."""
    for step in derivation.steps:
        yield step.quantity
        for symbol in sorted(step.expression.free_symbols, key=lambda symbol: str(symbol.name)):
            yield quantity_named(symbol.name)


def _variables(derivation: Derivation) -> Iterator[Variable]:
    for quantity in _quantities(derivation):
        yield from (quantity.of, quantity.by) if isinstance(quantity, Partial) else (quantity,)


Table = Mapping[str, frozenset[str]]


def _gathered(pairs: Iterable[tuple[str, str]]) -> Table:
    table: dict[str, frozenset[str]] = {}
    for key, name in pairs:
        table[key] = table.get(key, frozenset()) | {name}
    return table


def _united(*tables: Table) -> Table:
    return _gathered((key, name) for table in tables for key, names in table.items() for name in names)


def _printed(variables: Iterable[Variable], notation: Notation) -> Table:
    names = ((plain(notation.symbol(variable)), variable.id) for variable in variables)
    return _gathered((key, quantity_id) for name, quantity_id in names for key in keys_of(name))


def _without_layers(table: Table) -> Table:
    """The same for people who leave the number of the layer out."""
    return _gathered((_LAYER.sub("^", key).removesuffix("^"), name) for key, names in table.items() for name in names)


def _short_gradients(partials: Mapping[tuple[str, str], str], own: Table, derivation: Derivation) -> Table:
    """dw5 for the derivative of what is differentiated in the end by w5."""
    targets = {target.id for target in derivation.graph.targets} if derivation.steps else set()
    ends = [(by, name) for (of, by), name in partials.items() if of in targets]
    return _gathered((f"d{key}", name) for key, names in own.items() for by, name in ends if by in names)


def _deltas(variables: Iterable[Variable]) -> Mapping[tuple[str, str], str]:
    """∂E/∂net, which is the delta."""
    return {
        (Variable(kind, sample=delta.sample).id, Variable(Kind.NET, delta.at, sample=delta.sample).id): delta.id
        for delta in variables
        if delta.kind is Kind.DELTA
        for kind in (Kind.TOTAL, Kind.DATA)
    }


def _shortened(variable: Variable) -> Iterator[str]:
    """What people write for it, with the sample and without; a new value always has its mark."""
    if variable.version not in ("", "new"):
        return
    stems = _STEMS.get(variable.kind) or tuple(keys_of(replace(variable, at="", version="", sample=0).id))
    places = [variable.at]
    if variable.kind in _OF_NEURONS and variable.at:
        places.append(variable.at[1:])
    bases = [stem + place for stem in stems for place in places]
    if variable.kind is Kind.OUT:
        bases.append(variable.at)
    if variable.kind in _CALLED_Y and variable.at.startswith("o"):
        bases.append(f"y{variable.at[1:]}")
    is_new = variable.version == "new"
    samples = {"", str(variable.sample) if variable.sample else ""}
    for base in filter(None, bases):
        yield from (base + mark(sample=sample, new=is_new) for sample in samples)
