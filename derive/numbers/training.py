"""Training: many rounds of the update that a derivation describes, batch after batch.

A round is one update. With plain full batches it is an epoch too; else an epoch is as many rounds as there are batches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal, TypeAlias

from mpmath import mpf, workdps
from sympy import Symbol

from derive.derivation.round import Derivation, Phase
from derive.derivation.steps import Evaluate, Step
from derive.model.conventions import Carry
from derive.model.quantities import Kind, Variable, quantity_named
from derive.numbers.compiled import Played, function, loop
from derive.numbers.evaluation import WORKING, Evaluation, NoValueError, decimal_of, started, values_of

Arithmetic: TypeAlias = Literal["mpmath", "math"]
"""60 digits, or the double precision that other programs have."""

_ROUND = Variable(Kind.ROUND)


@dataclass(frozen=True, slots=True)
class Reached:
    """Where training has come to: the rounds completed, and what the next one starts from, by id."""

    rounds: int
    state: Mapping[str, Any]
    diverged: bool = False
    """Whether the round after these would have left the range of numbers."""


@dataclass(frozen=True)
class Training:
    """The data, where training starts, and how it goes on from there."""

    derivation: Callable[[int], Derivation] = field(repr=False)
    """The round of a batch of so many samples."""
    samples: tuple[Mapping[str, Decimal], ...] = field(repr=False)
    """Inputs and targets of each sample, by the ids that they have where there is only one."""
    start: Mapping[str, Decimal] = field(repr=False)
    """What changes: parameters, and what the optimiser keeps of them."""
    settings: Mapping[str, Decimal] = field(repr=False)
    """What does not: the learning rate and the optimiser's settings."""
    batch: int = 1
    carry: Carry = field(default_factory=Carry)

    @property
    def rounds_per_epoch(self) -> int:
        return len(self._batches)

    def evaluation(self, reached: Reached | None = None, size: int | None = None) -> Evaluation:
        """The next round with its numbers; of all samples at once if ``size`` says so."""
        done = reached or Reached(0, self.start)
        chosen = self._batches[done.rounds % self.rounds_per_epoch] if size is None else range(size)
        given = {**self.named(chosen), **_decimals(done.state), **self.settings}
        return Evaluation(self.derivation(len(chosen)), given, self.carry)

    def named(self, chosen: Sequence[int]) -> dict[str, Decimal]:
        """The values of some samples, by the ids that they have in a batch of these."""
        if len(chosen) == 1:
            return dict(self.samples[chosen[0]])
        return {
            f"{name}@s{number}": value
            for number, index in enumerate(chosen, start=1)
            for name, value in self.samples[index].items()
        }

    def play(self, rounds: int, arithmetic: Arithmetic = "mpmath", since: Reached | None = None) -> Reached:
        """So many rounds more; fewer, where training diverges."""
        now = since or self._begin(arithmetic)
        with workdps(WORKING):
            if not self.carry.is_full:
                return self._played_by_hand(now, rounds)
            if self.rounds_per_epoch == 1:
                return self._played(now, rounds, arithmetic)
            for _ in range(rounds):
                now = self._played(now, 1, arithmetic)
                if now.diverged:
                    break
            return now

    def errors(self, at: Iterable[int], arithmetic: Arithmetic = "math") -> Iterator[tuple[int, float]]:
        """The error over all samples after these numbers of rounds, in rising order, as far as training converges."""
        derivation = self.derivation(len(self.samples))
        steps = [step for step in _round(derivation) if isinstance(step, Evaluate)]
        given = {**self.named(range(len(self.samples))), **self.settings}
        names = [*given, *self.start]
        goal = derivation.graph.target.symbol
        error = function(_assigned(steps), [Symbol(name, real=True) for name in names], [goal], arithmetic)
        now = self._begin(arithmetic)
        fixed = _converted(given, arithmetic)
        for rounds in at:
            now = self.play(rounds - now.rounds, arithmetic, now)
            if now.rounds < rounds:
                return
            try:
                (value,) = error(*fixed, *now.state.values())
            except ArithmeticError:  # the error is out of range before what it is calculated from
                return
            yield rounds, float(value)

    @cached_property
    def _batches(self) -> tuple[range, ...]:
        size, count = self.batch, len(self.samples)
        return tuple(range(first, min(first + size, count)) for first in range(0, count, size))

    def _begin(self, arithmetic: Arithmetic) -> Reached:
        with workdps(WORKING):
            return Reached(0, dict(zip(self.start, _converted(self.start, arithmetic), strict=True)))

    def _played(self, now: Reached, rounds: int, arithmetic: Arithmetic) -> Reached:
        chosen = self._batches[now.rounds % self.rounds_per_epoch]
        constants = {**self.named(chosen), **self.settings}
        played = self._loop(len(chosen), tuple(constants), arithmetic)(
            tuple(now.state.values()), _converted(constants, arithmetic), rounds
        )
        state = dict(zip(now.state, played.state, strict=True))
        return Reached(now.rounds + played.rounds, state, diverged=played.rounds < rounds)

    def _loop(self, size: int, constants: tuple[str, ...], arithmetic: Arithmetic) -> Callable[..., Played]:
        known = self._loops
        key = size, constants, arithmetic
        if key not in known:
            steps = _round(self.derivation(size))
            counted = (_ROUND.after_update().symbol, _ROUND.symbol + 1)
            state = {Symbol(name, real=True): _renewed(name) for name in self.start}
            fixed = [Symbol(name, real=True) for name in constants]
            known[key] = loop([*_assigned(steps), counted], state, fixed, arithmetic)
        return known[key]

    @cached_property
    def _loops(self) -> dict[tuple[int, tuple[str, ...], Arithmetic], Callable[..., Played]]:
        return {}

    def _played_by_hand(self, now: Reached, rounds: int) -> Reached:
        """Round by round, every value rounded before it is used."""
        state, completed = dict(now.state), now.rounds
        for _ in range(rounds):
            chosen = self._batches[completed % self.rounds_per_epoch]
            start = {**started(self.named(chosen)), **started(self.settings), **state}
            steps = _round(self.derivation(len(chosen)))
            try:
                values = values_of(steps, start, self.carry)
            except NoValueError:
                return Reached(completed, state, diverged=True)
            state = {name: start[name] + 1 if name == _ROUND.id else values[_renewed(name).name] for name in state}
            completed += 1
        return Reached(completed, state)


def _round(derivation: Derivation) -> list[Step]:
    return [step for section in derivation.sections if section.phase is not Phase.AFTER for step in section.steps]


def _assigned(steps: Iterable[Step]) -> list[tuple[Symbol, Any]]:
    return [(step.quantity.symbol, step.expression) for step in steps]


def _renewed(name: str) -> Symbol:
    variable = quantity_named(name)
    assert isinstance(variable, Variable)
    return variable.after_update().symbol


def _converted(given: Mapping[str, Decimal], arithmetic: Arithmetic) -> tuple[Any, ...]:
    return tuple(started(given).values()) if arithmetic == "mpmath" else tuple(map(float, given.values()))


def _decimals(state: Mapping[str, Any]) -> dict[str, Decimal]:
    with workdps(WORKING):
        return {name: value if isinstance(value, Decimal) else decimal_of(mpf(value)) for name, value in state.items()}
