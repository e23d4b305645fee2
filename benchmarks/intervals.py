"""How long the reach of honest rounding takes: 200 students at once, one at a time, and 1,000 students.

python benchmarks/intervals.py [EXERCISE]
"""

from __future__ import annotations

import sys
from decimal import Decimal
from time import perf_counter

import numpy as np

from derive.authoring.exercise import Exercise
from derive.authoring.reading import load
from derive.model.conventions import Carry
from derive.numbers.evaluation import Rounding
from derive.numbers.intervals.chain import chain_of
from derive.numbers.intervals.reach import Reach


def students_of(exercise: Exercise, count: int) -> list[dict[str, Decimal]]:
    """The numbers of an exercise, each a little off."""
    generator = np.random.default_rng(1)
    return [
        {name: value + Decimal(int(generator.integers(-9, 10))).scaleb(-3) for name, value in exercise.given.items()}
        for _ in range(count)
    ]


def main(name: str = "mazur") -> None:
    """Prints seconds."""
    exercise = load(name)
    derivation, students = exercise.evaluation.derivation, students_of(exercise, 1_000)

    def seconds(*groups: list[dict[str, Decimal]]) -> float:
        start = perf_counter()
        for group in groups:
            Reach.of(derivation, group, Rounding(digits=4), Carry(digits=4))
        return perf_counter() - start

    start = perf_counter()
    chain_of(derivation)
    compiling = perf_counter() - start
    together, apart = seconds(students[:200]), seconds(*([student] for student in students[:200]))
    sys.stdout.write(
        f"compiling        {compiling:7.3f} s\n"
        f"200 at once      {together:7.3f} s\n"
        f"200 one by one   {apart:7.3f} s, {apart / together:.0f} times as long\n"
        f"1,000 at once    {seconds(students):7.3f} s\n"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
