"""What comes after the round of a sheet: where training leads, and the curve of the error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.figures.chart.composition import LARGEST, error_chart
from derive.mathtext.building import signed
from derive.mathtext.plain import plain
from derive.mathtext.tree import Node, Number
from derive.model.quantities import TOTAL_ERROR
from derive.numbers.evaluation import Rounding
from derive.sheet.document import Block, Figure, Heading, Paragraph
from derive.sheet.edition import Edition

_POINTS = 240
_MARGIN = 100


@dataclass(frozen=True, slots=True)
class Outlook:
    """The last part of a sheet whose exercise says how many rounds there are."""

    edition: Edition

    def blocks(self) -> Iterator[Block]:
        """Nothing, or a heading, the curve and what it comes to."""
        exercise = self.edition.exercise
        rounds = exercise.rounds
        if not self.edition.outlook or not rounds or exercise.is_symbolic:
            return
        say = self.edition.language
        points = list(exercise.training.errors(rounds_shown(rounds)))
        yield Heading(say.text("section.training"))
        last, error = points[-1]
        value = self._printed(error)
        if last < rounds:
            diverging = Number(str(self._diverging_round(rounds)), of="training")
            yield Paragraph(say.text("training.diverged", round=diverging), "why")
        else:
            message = "training.reached_all" if exercise.sample_count > 1 else "training.reached"
            yield Paragraph(say.counted(message, rounds, error=value), "why")
        if sum(error < LARGEST for _, error in points) > 1:
            chart = error_chart(
                points, self.edition.notation.symbol(TOTAL_ERROR), say.plain("chart.rounds"), self.edition.decimal_mark
            )
            yield Figure(
                chart,
                say.plain(
                    "chart.alt", first=plain(self._printed(points[0][1])), last=plain(self._printed(error)), rounds=last
                ),
            )

    def _printed(self, error: float) -> Node:
        shown = Rounding(figures=4).shown_float(error)
        digits = shown.digits.replace(".", self.edition.decimal_mark)
        return signed(digits, shown.exact, shown.exponent, of="training")

    def _diverging_round(self, rounds: int) -> int:
        """In doubles a value on the way may overflow some rounds before the parameters themselves do."""
        training = self.edition.exercise.training
        near = training.play(rounds, "math").rounds
        reached = training.play(min(rounds, near + _MARGIN))
        return (reached.rounds if reached.diverged else near) + 1


def rounds_shown(rounds: int) -> list[int]:
    """The numbers of rounds at which the curve is calculated, evenly spread, the first and the last among them."""
    count = min(rounds, _POINTS)
    return sorted({round(rounds * number / count) for number in range(count + 1)})
