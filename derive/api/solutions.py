"""The numbers of an exercise for programs: every quantity by its id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from math import isfinite
from typing import Any, NamedTuple, TypeVar

from derive.api.exercises import ExerciseLike, load
from derive.authoring.exercise import Exercise
from derive.authoring.validation import described
from derive.choices import MOST_ROUNDS
from derive.derivation.round import Derivation
from derive.derivation.steps import Step
from derive.mathtext.formula import formula
from derive.mathtext.mathml import math_element
from derive.mathtext.plain import plain
from derive.mathtext.tree import Node
from derive.numbers.evaluation import Evaluation
from derive.sheet import build
from derive.sheet.answer_boxes import boxes_of
from derive.sheet.build import Options, edition, reach
from derive.sheet.edition import Edition
from derive.sheet.solution import as_data, reached
from derive.words.errors import AuthorError, Problem, RefusedError, nearest
from derive.words.languages import language

Value = TypeVar("Value")


class UnknownQuantityError(AuthorError, KeyError):
    """No quantity has this id; the sentence names the most similar one."""


class Row(NamedTuple):
    """A quantity, as a row of ``Solution.table``."""

    number: int | None
    """Of the question that asks for it; None where the sheet does not."""
    id: str
    symbol: str
    """As plain text: ∂E_total/∂w5."""
    formula: str
    """In the ids of earlier quantities and of what is given, as Python with the names of ``math``."""
    value: Decimal | None
    """At 50 digits; None on a sheet in symbols."""
    interval: tuple[float, float] | None
    """The least and the greatest answer to which honest rounding leads; None where there is none."""


class ById(dict[str, Value]):
    """Values by id, which has the most similar id for one that is not there."""

    def __missing__(self, id: str) -> Value:
        raise _unknown(id, self)


class Solution(Mapping[str, Decimal]):
    """Every quantity of a round of training by its id, in the order of the derivation.

    Values are Decimals of 50 digits. In an exercise in symbols there are none: the mapping is empty, and ``steps`` has
    the formulas. A notebook shows a typeset table.
    """

    def __init__(self, exercise: Exercise, evaluation: Evaluation) -> None:
        self.exercise = exercise
        self._evaluation = evaluation

    def __getitem__(self, id: str) -> Decimal:
        if id not in self.steps.known or self.exercise.is_symbolic:
            raise self._unknown(id)
        return self._evaluation[id]

    def __iter__(self) -> Iterator[str]:
        return iter(() if self.exercise.is_symbolic else self.steps)

    def __len__(self) -> int:
        return 0 if self.exercise.is_symbolic else len(self.steps)

    def _unknown(self, id: str) -> UnknownQuantityError:
        if id in self.given:
            return UnknownQuantityError(Problem("quantity_given", evidence={"found": id}))
        if id in self.steps.known:
            return UnknownQuantityError(Problem("quantity_in_symbols", evidence={"found": id}))
        return _unknown(id, self.steps.known)

    @property
    def given(self) -> Mapping[str, Decimal]:
        """Inputs, targets, weights, biases, the learning rate and what else is set, by id."""
        return ById(self._evaluation.given)

    @property
    def derivation(self) -> Derivation:
        """The steps in their sections, with the graph that they were derived from."""
        return self._evaluation.derivation

    @cached_property
    def steps(self) -> Steps:
        """The step that gives each quantity: its formula in SymPy, every form of it; a notebook shows it typeset."""
        return Steps(self.derivation)

    def table(self) -> Sequence[Row]:
        """A row for each quantity: number, id, symbol, formula, value, interval.

        >>> solve("mazur").table()[0][:4]
        (1, 'net_h1', 'net_h1', 'w1*i1 + w2*i2 + b1')
        """
        numbers = {box.id: box.number for box in boxes_of(self._edition)}
        bounds = {} if self.exercise.is_symbolic else reach(self.exercise, Options()).of_student()
        symbol = self._edition.notation.symbol
        return tuple(
            Row(
                numbers.get(id),
                id,
                plain(symbol(step.quantity)),
                formula(step.expression),
                self.get(id),
                bounds[id] if id in bounds and all(map(isfinite, bounds[id])) else None,
            )
            for id, step in self.steps.items()
        )

    def after(self, rounds: int) -> Mapping[str, Decimal]:
        """Where so many updates lead: the error, the outputs and the parameters, by id.

        Raises ``AuthorError`` where nothing is trained, ``RefusedError`` where training diverges before.

        >>> float(solve("mazur").after(10_000)["E_total"])
        3.510187782978846e-05
        """
        given: Any = rounds  # whatever a program hands over
        if not isinstance(given, int) or not 0 <= given <= MOST_ROUNDS:
            evidence = {"found": described(given), "expected": f"a whole number from 0 to {MOST_ROUNDS:,}"}
            raise AuthorError(Problem("out_of_range", key="rounds", evidence=evidence))
        found = reached(self.exercise, rounds)
        if found.diverged_in:
            raise RefusedError(Problem("diverged", str(self.exercise.path), evidence={"round": found.diverged_in}))
        return ById(found.values)

    def as_dict(self, rounds: int | None = None) -> dict[str, Any]:
        """All of it as JSON, as ``pencilgrad solve --json`` prints it; numbers are strings of 17 digits."""
        return as_data(self.exercise, rounds)

    @cached_property
    def _edition(self) -> Edition:
        return edition(self.exercise, language("en"), Options())

    def __repr__(self) -> str:
        return f"<solution of {self.exercise.name}: {len(self.steps)} quantities>"

    def _repr_html_(self) -> str:
        rows = "".join(map(self._html_row, self.table(), self.steps.values()))
        return f"<table>{rows}</table>"

    def _html_row(self, row: Row, step: Step) -> str:
        """The number of the question, the formula in every form, and the value as a sheet prints it."""
        equations = self._edition.equations
        value = equations.numbers.get(row.id)
        cells = (str(row.number or ""), _math(equations.symbolic(step)), _math(value) if value else "")
        return "<tr>" + "".join(f'<td style="text-align: left">{cell}</td>' for cell in cells) + "</tr>"


class Steps(Mapping[str, Step]):
    """Steps by the id of the quantity that they give."""

    def __init__(self, derivation: Derivation) -> None:
        self.known = {step.quantity.id: step for step in derivation.steps}

    def __getitem__(self, id: str) -> Step:
        if id not in self.known:
            raise _unknown(id, self.known)
        return self.known[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)

    def __repr__(self) -> str:
        return f"<{len(self)} steps: {', '.join(list(self.known)[:3])}, …>"


def _math(node: Node) -> str:
    return math_element(node, display=False)


def _unknown(id: str, known: Mapping[str, object]) -> UnknownQuantityError:
    evidence = {"found": id, "nearest": nearest(str(id), known)}
    return UnknownQuantityError(Problem("quantity_unknown", evidence=evidence))


def solve(exercise: ExerciseLike) -> Solution:
    """Every quantity of an exercise's round of training: forward pass, errors, all partial derivatives, updates.

    Each is a scalar without a unit, named by its id; docs/programmer.md says how ids are made.

    Raises ``AuthorError`` for what is wrong with the exercise, ``RefusedError`` where there is no calculating with its
    numbers or where it is too large for every quantity to have a name.

    >>> solution = solve("mazur")
    >>> solution
    <solution of mazur: 66 quantities>
    >>> round(solution["dE_total_dw5"], 9)
    Decimal('0.082167041')
    >>> solution["dE_total_dw55"]
    Traceback (most recent call last):
    derive.api.solutions.UnknownQuantityError: no quantity here is called 'dE_total_dw55' (did you mean 'dE_total_dw5'?)
    """
    own = load(exercise)
    return Solution(own, build.solve(own))
