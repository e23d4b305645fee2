"""A draw with all that is calculated from it, and with how it is printed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from mpmath import isfinite, mpf, workdps
from sympy import Abs, Expr, Integer, Max, Piecewise, Symbol
from sympy.core.relational import Relational

from derive.authoring.exercise import Exercise
from derive.authoring.typed_values import with_values
from derive.classes.variants.separation import Separation
from derive.derivation.round import Derivation, Phase
from derive.equations.filling import Filling
from derive.equations.scalars import filling
from derive.mathtext.contents import numbers_in
from derive.mathtext.tree import Node, Number
from derive.model.network import Layer
from derive.model.quantities import Kind, Variable
from derive.numbers.compiled import function
from derive.numbers.evaluation import WORKING, Evaluation, Rounding, Shown, started
from derive.numbers.evaluation import Values as Computed
from derive.sheet.questions import asked


@dataclass(frozen=True, slots=True)
class Kink:
    """A case distinction of a step: which of these is the largest."""

    quantity: str
    operands: tuple[Expr, ...]


@dataclass(frozen=True)
class Frame:
    """What all draws from one exercise share."""

    exercise: Exercise
    rounding: Rounding
    detail: str

    @cached_property
    def derivation(self) -> Derivation:
        return self.exercise.evaluation.derivation

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """The ids of the answers."""
        questions = (question for _, section in asked(self.derivation, self.detail) for question in section)
        return tuple(question.step.quantity.id for question in questions)

    @cached_property
    def separation(self) -> Separation:
        """The mistakes that can be made in it."""
        content = self.exercise.content
        carry, truncation = content.conventions.carry, content.sheet.truncation
        return Separation(self.derivation, self.asked, self.rounding, carry, truncation)

    @cached_property
    def errors(self) -> tuple[str, str] | None:
        """The error before and after the update, where there is one."""
        target = self.derivation.graph.target
        after = target.after_update().id
        return (target.id, after) if after in self.derivation else None

    @cached_property
    def finals(self) -> tuple[str, ...]:
        """What the sheet comes to in the end: the error and that after the update, or the values of the formulas."""
        return self.errors or tuple(target.id for target in self.derivation.graph.targets)

    @cached_property
    def kinks(self) -> tuple[Kink, ...]:
        """Every case distinction; the greater of the two numbers that a gradient check compares is none."""
        return tuple(
            Kink(step.quantity.id, operands)
            for step in self.derivation.steps
            if not (isinstance(step.quantity, Variable) and step.quantity.kind is Kind.DIFFERENCE)
            for operands in dict.fromkeys(_distinctions(step.expression))
        )

    @cached_property
    def operands(self) -> Callable[..., tuple[Any, ...]]:
        """The operands of all case distinctions, one after the other, from the values of ``symbols``."""
        operands = [operand for kink in self.kinks for operand in kink.operands]
        names = [Symbol(f"operand{number}") for number in range(len(operands))]
        symbols = [Symbol(name, real=True) for name in self.symbols]
        return function(list(zip(names, operands, strict=True)), symbols, names, "mpmath")

    @cached_property
    def symbols(self) -> tuple[str, ...]:
        """The ids of the quantities that case distinctions are made by."""
        symbols = {symbol.name for kink in self.kinks for operand in kink.operands for symbol in operand.free_symbols}
        return tuple(sorted(symbols))

    @cached_property
    def nets(self) -> Mapping[tuple[Layer, str, int], tuple[str, ...]]:
        """The ids of the net inputs of each layer, before and after the update, in each sample."""
        layers = self.exercise.network.layers if self.exercise.network else ()
        layer_of = {neuron.name: layer for layer in layers for neuron in layer.neurons}
        found: dict[tuple[Layer, str, int], list[str]] = defaultdict(list)
        for section in self.derivation.sections:
            for step in section.steps if section.phase is not Phase.CHECK else ():
                match step.quantity:
                    case Variable(kind=Kind.NET, at=at, version=version, sample=sample) as net:
                        found[layer_of[at], version, sample].append(net.id)
        return {key: tuple(names) for key, names in found.items()}

    @cached_property
    def rising(self) -> bool:
        """Whether the error of the file's own numbers rises, as where the exercise is about just that."""
        if not self.errors:
            return False
        before, after = (self.exercise.evaluation.values[name] for name in self.errors)
        return bool(after > before)

    @cached_property
    def code(self) -> Callable[..., tuple[Any, ...]] | None:
        """All steps in one function, where nothing is rounded on the way and no formula can be without a value."""
        if self.exercise.circuit or not self.exercise.content.conventions.carry.is_full:
            return None
        arguments = [Symbol(name, real=True) for name in self.exercise.evaluation.given]
        assignments = [(step.quantity.symbol, step.expression) for step in self.derivation.steps]
        return function(assignments, arguments, [symbol for symbol, _ in assignments], "mpmath")

    def candidate(self, draw: int, drawn: Mapping[str, Decimal]) -> Candidate:
        """A draw with its numbers; ``NoValueError`` or ``RefusedError`` where it has none."""
        exercise = with_values(self.exercise, drawn)
        evaluation = exercise.evaluation
        if self.code:
            # What cached_property would have put there, from code that is made once and not for each draw again.
            vars(evaluation)["values"] = _Compiled(self.derivation, evaluation.given, code=self.code).values
        _ = evaluation.values
        return Candidate(self, draw, drawn, exercise)


@dataclass(frozen=True)
class _Compiled(Evaluation):
    """An evaluation that finds its code ready."""

    code: Callable[..., tuple[Any, ...]] = field(kw_only=True)

    def _at(self, digits: int) -> Computed:
        with workdps(digits):
            start = started(self.given)
            names = [step.quantity.id for step in self.derivation.steps]
            try:
                found = map(mpf, self.code(*start.values()))
                values = dict(zip(names, found, strict=True))
            except (ArithmeticError, TypeError, ValueError):
                return super()._at(digits)
            return {**start, **values} if all(map(isfinite, values.values())) else super()._at(digits)


@dataclass(frozen=True)
class Candidate:
    """A draw: the exercise with its numbers, all that is calculated from them, and how it is printed."""

    frame: Frame
    draw: int
    drawn: Mapping[str, Decimal]
    exercise: Exercise

    @cached_property
    def filling(self) -> Filling:
        """Its printed numbers."""
        return filling(self.evaluation, self.frame.rounding)

    @property
    def finals(self) -> frozenset[tuple[str, Shown]]:
        """The final answers as they are printed."""
        shown = self.frame.rounding.shown
        return frozenset((name, shown(self.evaluation[name])) for name in self.frame.finals)

    @property
    def evaluation(self) -> Evaluation:
        return self.exercise.evaluation

    def number(self, name: str) -> Number:
        """What is printed of a value, without its sign."""
        (number,) = numbers_in(self.filling.numbers[name])
        return number

    @property
    def answers(self) -> tuple[Node, ...]:
        """Everything that is asked, as it is printed."""
        return tuple(self.filling.numbers[name] for name in self.frame.asked)

    @cached_property
    def operands(self) -> Iterable[tuple[Kink, tuple[mpf, ...]]]:
        """Every case distinction with the values that it compares."""
        values = self.evaluation.values
        with workdps(WORKING):
            found = iter(self.frame.operands(*(values[name] for name in self.frame.symbols)))
            return tuple((kink, tuple(mpf(next(found)) for _ in kink.operands)) for kink in self.frame.kinks)

    @cached_property
    def zeros(self) -> frozenset[str]:
        """What is exactly 0."""
        return frozenset(name for name, value in self.evaluation.values.items() if value == 0)


def _distinctions(expression: Expr) -> Iterator[tuple[Expr, ...]]:
    for choice in expression.atoms(Max, Abs, Piecewise):
        if isinstance(choice, Max):
            yield choice.args
        elif isinstance(choice, Abs):
            yield choice.args[0], Integer(0)
        else:
            yield from (relation.args for relation in choice.atoms(Relational))
