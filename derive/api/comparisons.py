"""The numbers of one's own program beside those of the derivation, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import SupportsFloat

from derive.api.checks import Answer, Checked, check, number_of, table_of
from derive.api.exercises import ExerciseLike, load
from derive.api.settings import Settings
from derive.api.solutions import Solution, solve
from derive.checking.verification.verdicts import Verdict
from derive.numbers.intervals.reach import Bounds
from derive.sheet.build import reach
from derive.words.errors import Problem, RefusedError

FIGURES = 6


@dataclass(frozen=True)
class Comparison:
    """The numbers of a program, each judged by those before it. Printed, it says where they part."""

    solution: Solution
    checked: Checked

    @cached_property
    def first(self) -> Answer | None:
        """The first number, in the order of the derivation, that is another; None where all agree.

        Its ``mistakes`` are the known ones that it looks like.
        """
        found = {answer.id: answer for answer in self.checked.answers}
        differing = (found[id] for id in self.solution.steps if id in found and not _agrees(found[id]))
        return next(differing, None)

    @property
    def agrees(self) -> bool:
        """Whether all do."""
        return self.first is None

    def __str__(self) -> str:
        first = self.first
        count = sum(bool(answer.written) for answer in self.checked.answers)
        if first is None:
            return f"all {count} numbers agree"
        said = f"{first.id} is the first that differs: {first.written}, and {self.solution[first.id]:.9g} is right"
        looks = " or ".join(f"{mistake.name} ({mistake.place} = {mistake.formula})" for mistake in first.mistakes)
        return f"{said}; it looks like: {looks}" if looks else said

    def __repr__(self) -> str:
        return f"<comparison: {self}>"

    def _repr_html_(self) -> str:
        return self.checked._repr_html_()


def _agrees(answer: Answer) -> bool:
    return answer.verdict in (Verdict.CORRECT, Verdict.BLANK)


def compare(exercise: ExerciseLike, numbers: Mapping[str, SupportsFloat], figures: int = FIGURES) -> Comparison:
    """Where the numbers of a program first differ from the derivation, and the known mistake that this looks like.

    ``numbers`` are scalars by id, of any type that ``float`` takes, such as a tensor of one element. Give as many as
    there are, intermediate ones above all: the more there are, the nearer to its cause a mistake is found. A number
    agrees where it could come from rounding every step to so many significant ``figures``; 6 are right for single
    precision.

    Raises ``UnknownQuantityError`` for an id that is none, ``RefusedError`` where the exercise has no numbers.

    >>> right = solve("mazur")
    >>> print(compare("mazur", right))
    all 66 numbers agree
    >>> print(compare("mazur", {**right, "out_o1": 0.3, "net_o1": 0.505905967}))
    net_o1 is the first that differs: 0.505905967, and 1.10590597 is right; it looks like: bias forgotten (...)
    """
    own, chosen = load(exercise), Settings.of({"figures": figures})
    if own.is_symbolic:
        raise RefusedError(Problem("compared_in_symbols", str(own.path)))
    solution = solve(own)
    bounds = reach(own, chosen.options([own])).of_student()
    found = {str(id): number_of(id, number) for id, number in table_of(numbers).items()}
    written = {id: _written(number, solution.get(id), bounds.get(id), figures) for id, number in found.items()}
    return Comparison(solution, check(own, written, figures=figures))


def _written(number: Decimal, right: Decimal | None, bounds: Bounds | None, figures: int) -> str:
    """A number as it is to be judged: with all its digits where it differs, else the right one, rounded."""
    if right is None or bounds is None:
        return str(number)
    unit = Decimal(1).scaleb(right.adjusted() - figures + 1) / 2 if right else Decimal(0)
    agrees = bounds.low - float(unit) <= float(number) <= bounds.high + float(unit)
    return f"{right:.{figures}g}" if agrees else str(number)
