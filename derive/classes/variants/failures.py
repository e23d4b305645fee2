"""What the draws fail of which no variant comes, and what is said where no further one is found."""

from __future__ import annotations

from collections import Counter
from typing import TypeAlias

from derive.authoring.exercise import Exercise
from derive.words.errors import Problem, RefusedError
from derive.words.wording import SENTENCES

Failed: TypeAlias = tuple[str, str]
"""The constraint that a draw fails, and for which quantity."""


class Failures:
    """How often which constraint has failed, and for which quantity."""

    def __init__(self) -> None:
        self.counts: Counter[Failed] = Counter()
        self.draws = 0

    def add(self, failed: Failed) -> None:
        """One more draw that has failed."""
        self.counts[failed] += 1
        self.draws += 1

    def refusal(self, exercise: Exercise, number: int) -> RefusedError:
        """What is said where no further variant is found."""
        by_code: Counter[str] = Counter()
        for (code, _), times in self.counts.items():
            by_code[code] += times
        code, failed = by_code.most_common(1)[0]
        quantity = max((times, name) for (of, name), times in self.counts.items() if of == code)[1]
        evidence = {
            "number": number,
            "draws": f"{self.draws:,}",
            "failed": f"{failed:,}",
            "reason": SENTENCES[code].format(quantity=quantity),
        }
        return RefusedError(Problem("variants_exhausted", str(exercise.path), evidence=evidence))
