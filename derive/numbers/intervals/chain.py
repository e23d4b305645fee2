"""A derivation's steps as programs: each step's value, and its derivatives by the steps that it is calculated from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Add, Expr, Integer, Max, Min, Mul, Piecewise, Rational, S, Symbol, ordered, simplify
from sympy.core.relational import Ge, Gt, Le, Lt, Relational
from sympy.logic.boolalg import Boolean

from derive.derivation.round import Derivation
from derive.derivation.steps import Step
from derive.model.quantities import Quantity
from derive.numbers.intervals.programs import Program, program_of


@dataclass(frozen=True, slots=True)
class Rule:
    """How one value comes from others; steps of the same form share it."""

    value: Program
    program: Program
    """Its results: the value, the derivative by each argument that varies, whether it is ``worked`` out, and the
    ``breaks``."""
    slopes: int
    worked: bool
    """Whether a result, 1 or 0, tells if the value is calculated or, in this case of several, only picked."""
    breaks: int
    """The last results: the truths of conditions at which the value jumps."""


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """One step of a chain."""

    step: Step
    rule: Rule
    arguments: tuple[str, ...]
    varying: tuple[str, ...]
    """Those of the arguments that are steps themselves."""
    is_picked: bool
    """Whether it is always one of other values, as a maximum is, and never calculated."""
    is_extreme: bool
    """Whether it is a maximum or minimum, which is written down as a value of its own."""
    picks: tuple[Expr, ...]
    """The quantities and numbers that it can be one of."""
    is_read_off: bool
    """Whether it is a quantity under another name, or a number."""
    origins: NDArray[np.intp]
    """The numbers of the steps whose roundings reach it, in order, itself last."""
    inherited: tuple[NDArray[np.intp], ...]
    """Where the origins of each varying argument are among its own."""
    retired: tuple[str, ...]
    """What no later step is calculated from."""

    @property
    def quantity(self) -> Quantity:
        return self.step.quantity


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """All steps of a derivation, and the names of what is given."""

    links: tuple[Link, ...]
    given: tuple[str, ...]

    @property
    def size(self) -> int:
        """The numbers that the derivatives of all steps by all roundings are at most."""
        return sum(len(link.origins) for link in self.links)


def chain_of(derivation: Derivation) -> Chain:
    """The chain of a derivation; it is made once."""
    return _chain_of(derivation.steps)


@lru_cache(maxsize=64)
def _chain_of(steps: tuple[Step, ...]) -> Chain:
    numbers = {step.quantity.id: number for number, step in enumerate(steps)}
    last_uses = numbers | {name: number for number, step in enumerate(steps) for name in _names(step.expression)}
    retired: dict[int, list[str]] = {}
    for name, number in last_uses.items():
        retired.setdefault(number, []).append(name)
    links: list[Link] = []
    for number, step in enumerate(steps):
        names = _names(step.expression)
        varying = tuple(name for name in names if numbers.get(name, number) < number)
        parents = [links[numbers[name]].origins for name in varying]
        origins = np.unique(np.concatenate([*parents, [number]])).astype(np.intp)
        leaves = tuple(_leaves(step.expression))
        links.append(
            Link(
                step,
                _rule_of(step.expression, names, varying),
                names,
                varying,
                None not in leaves,
                step.expression.has(Max, Min),
                tuple(leaf for leaf in leaves if leaf is not None),
                isinstance(step.expression, Symbol | Rational),
                origins,
                tuple(np.searchsorted(origins, parent) for parent in parents),
                tuple(name for name in retired.get(number, ()) if name in numbers),
            )
        )
    given = {name for link in links for name in link.arguments} - numbers.keys()
    return Chain(tuple(links), tuple(sorted(given)))


def _names(expression: Expr) -> tuple[str, ...]:
    return tuple(sorted(symbol.name for symbol in expression.free_symbols))


def _leaves(expression: Expr) -> Iterator[Expr | None]:
    """What a value is picked from; nothing for what has to be calculated."""
    if isinstance(expression, Symbol | Rational):
        yield expression
    elif isinstance(expression, Piecewise):
        for value, _ in expression.args:
            yield from _leaves(value)
    elif isinstance(expression, Max | Min):
        for value in expression.args:
            yield from _leaves(value)
    else:
        yield None


def _rule_of(expression: Expr, names: Sequence[str], varying: Sequence[str]) -> Rule:
    """The rule under names that do not matter, so that w1 · out_h1 and w2 · out_h2 have one."""
    meant = {Symbol(name, real=True): Symbol(f"x{place}", real=True) for place, name in enumerate(names)}
    places = tuple(place for place, name in enumerate(names) if name in varying)
    return _rule(expression.xreplace(meant), len(names), places)


@lru_cache(maxsize=4096)
def _rule(expression: Expr, count: int, varying: tuple[int, ...]) -> Rule:
    symbols = [Symbol(f"x{place}", real=True) for place in range(count)]
    slopes = [_confined(expression.diff(symbols[place])) for place in varying]
    picks = tuple(_leaves(expression))
    worked = [_is_worked(expression)] if None in picks and isinstance(expression, Piecewise) else []
    breaks = list(_breaks(expression))
    program = program_of([_confined(expression), *slopes, *worked, *breaks], symbols)
    return Rule(program_of([expression], symbols), program, len(slopes), bool(worked), len(breaks))


def _is_worked(pieces: Piecewise) -> Expr:
    """1 where a case has to be calculated."""
    return Piecewise(*((Integer(None in tuple(_leaves(value))), truth) for value, truth in pieces.args), evaluate=False)


def _confined(expression: Expr) -> Expr:
    """Cases that a comparison with a number tells apart, each calculated on its own side of that number only.

    Then the interval of a ReLU's negative side does not hold what only the positive side can be.
    """
    if not expression.has(Piecewise):
        return expression
    if not isinstance(expression, Piecewise):
        return expression.func(*map(_confined, expression.args))
    return Piecewise(*((_on_side(_confined(value), truth), truth) for value, truth in expression.args), evaluate=False)


def _on_side(value: Expr, condition: Boolean) -> Expr:
    match condition:
        case Gt() | Ge() if _compares_with_number(condition):
            side = Max
        case Lt() | Le() if _compares_with_number(condition):
            side = Min
        case _:
            return value
    symbol, bound = condition.args
    return value.xreplace({symbol: side(symbol, bound)})


def _compares_with_number(relation: Relational) -> bool:
    return isinstance(relation.args[0], Symbol) and isinstance(relation.args[1], Rational)


def _breaks(expression: Expr) -> Iterator[Boolean]:
    """The conditions of cases that do not meet where the condition changes."""
    for pieces in ordered(expression.atoms(Piecewise)):
        if not _is_continuous(pieces):
            yield from (truth for _, truth in pieces.args if truth not in (S.true, S.false))


def _is_continuous(pieces: Piecewise) -> bool:
    """Whether it is sure that they meet."""
    if len(pieces.args) != 2 or not isinstance(pieces.args[0][1], Relational):
        return False
    (first, condition), (second, _) = pieces.args
    if not _compares_with_number(condition):
        return False
    symbol, bound = condition.args
    return bool(simplify((first - second).subs(symbol, bound)) == 0)


@lru_cache(maxsize=4096)
def partial_sums(expression: Expr) -> tuple[Program, tuple[str, ...]]:
    """A program of the sums that one adds up to on the way, and last their product with the number before them."""
    names = _names(expression)
    share, whole = expression.as_coeff_Mul() if isinstance(expression, Mul) else (S.One, expression)
    terms = whole.args if isinstance(whole, Add) else (whole,)
    sums = [Add(*terms[:count], evaluate=False) for count in range(1, len(terms) + 1)]
    results = [*sums, Mul(share, sums[-1], evaluate=False)] if share != 1 else sums
    return program_of(results, [Symbol(name, real=True) for name in names]), names


def unpacked(rule: Rule, results: Sequence[Any]) -> tuple[Any, Sequence[Any], Any | None, Sequence[Any]]:
    """A program's results as value, slopes, whether it is worked out, and breaks."""
    value, rest = results[0], results[1:]
    slopes, rest = rest[: rule.slopes], rest[rule.slopes :]
    worked, breaks = (rest[0], rest[1:]) if rule.worked else (None, rest)
    return value, slopes, worked, breaks
