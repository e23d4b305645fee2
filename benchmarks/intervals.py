"""How long the reach of honest rounding takes: 200 students at once, one at a time, and 1,000 students.

python benchmarks/intervals.py [EXERCISE] [--quick]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial

import numpy as np
from measuring import line, parser_of, timed

from derive.authoring.exercise import Exercise
from derive.authoring.reading import load
from derive.model.conventions import Carry
from derive.numbers.evaluation import Rounding
from derive.numbers.intervals.chain import chain_of
from derive.numbers.intervals.reach import Reach

STUDENTS, QUICK_STUDENTS = 200, 20


def students_of(exercise: Exercise, count: int) -> list[dict[str, Decimal]]:
    """The numbers of an exercise, each a little off."""
    generator = np.random.default_rng(1)
    return [
        {name: value + Decimal(int(generator.integers(-9, 10))).scaleb(-3) for name, value in exercise.given.items()}
        for _ in range(count)
    ]


def main() -> None:
    """A row for each way."""
    parser = parser_of(__doc__, f"{QUICK_STUDENTS} students for 200")
    parser.add_argument("exercise", nargs="?", default="mazur", help="default: mazur")
    arguments = parser.parse_args()
    exercise, few = load(arguments.exercise), QUICK_STUDENTS if arguments.quick else STUDENTS
    derivation, students = exercise.evaluation.derivation, students_of(exercise, 5 * few)

    def reached(*groups: Sequence[Mapping[str, Decimal]]) -> None:
        for group in groups:
            Reach.of(derivation, group, Rounding(digits=4), Carry(digits=4))

    line(arguments.exercise, "seconds", "ratio")
    line("compiling, once", f"{timed(lambda: chain_of(derivation)):.3f}")
    together = 0.0
    for label, groups in {
        f"{few} students at once": [students[:few]],
        f"{few} one by one": [[student] for student in students[:few]],
        f"{5 * few:,} at once": [students],
    }.items():
        seconds = timed(partial(reached, *groups))
        together = together or seconds
        line(label, f"{seconds:.3f}", f"{seconds / together:.1f}")


if __name__ == "__main__":
    main()
