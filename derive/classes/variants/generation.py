"""The variants of a seed, one after the other.

Of several ways to draw (``pilot``) the first is taken in which the pilot meets its pattern ``_OFTEN`` times, else the
one in which it does most often.

Variant k of a seed is the k-th draw of its stream that fulfils every constraint, has the pattern of the set, and has
none of the final answers, nor all of the answers, of an earlier one; and that shows the known mistakes which can be
shown with such numbers (``demands``). After ``MOST_DRAWS`` draws without one, or when all combinations have been drawn,
the set ends, with the constraint that failed most often.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from itertools import islice
from typing import TypeAlias

from derive.authoring.exercise import MAX_PARAMETERS, Exercise
from derive.authoring.typed_values import with_values
from derive.authoring.vary import Choices, choices_of
from derive.classes.variants.candidate import Candidate, Frame
from derive.classes.variants.constraints import fit_or_failed
from derive.classes.variants.demands import FIT, Demands
from derive.classes.variants.drawing import PILOT, Stream
from derive.classes.variants.failures import Failed, Failures
from derive.classes.variants.pattern import Pattern
from derive.classes.variants.pilot import PILOTS, combinations, own_pattern, pilot_pattern, ways
from derive.classes.variants.separation import AT_ONCE
from derive.classes.variants.sieve import Sieve
from derive.equations.filling import Filling
from derive.equations.scalars import PrintedNumbers
from derive.numbers.evaluation import Evaluation, NoValueError, Rounding
from derive.words.errors import AuthorError, Problem, RefusedError

MOST_DRAWS = 20_000
"""Draws after which no further variant is looked for."""

MOST_LOOKS = 2_000
"""The same of draws that doubles cannot throw out."""

_OFTEN = 4
"""How many draws of the pilot have the pattern of the set, if possible."""
_MOST_FOR_DEMANDS = 10_000
"""Draws of the pilot among which those are looked for that say what is demanded."""
_MOST_TOGETHER = 4_096
"""Draws of which at most ``AT_ONCE`` are left by the sieve, and looked at together."""

Draw: TypeAlias = tuple[int, Mapping[str, Decimal], Failed | None]
"""Its number, its values, and what it fails, if that has been seen."""


@dataclass(frozen=True)
class Variant:
    """One student's numbers."""

    number: int
    """From 1."""
    draw: int
    """The draw of the seed's stream that it is."""
    drawn: Mapping[str, Decimal]
    """What varies, by id; ``typed_values`` makes the same exercise of it anywhere."""
    exercise: Exercise = field(repr=False)
    evaluation: Evaluation = field(repr=False)
    filling: Filling = field(repr=False)
    """Its printed numbers, with a decimal point."""

    @property
    def numbers(self) -> PrintedNumbers:
        """Every value as it is printed, by id."""
        return self.filling.numbers


def variants(exercise: Exercise, rounding: Rounding, seed: int, detail: str) -> Iterator[Variant]:
    """The variants of a seed as they are found: as many as one takes.

    ``RefusedError`` where none can be drawn, or no further one is found.
    """
    return series_of(exercise, rounding, seed, detail).variants()


def series_of(exercise: Exercise, rounding: Rounding, seed: int, detail: str) -> Series:
    """How the variants of a seed are drawn; ``RefusedError`` where none can be."""
    _refuse_unvariable(exercise)
    return _series(Frame(exercise, rounding, detail), Stream(seed))


@dataclass(frozen=True)
class Series:
    """How the variants of a seed are drawn."""

    frame: Frame
    stream: Stream
    choices: Mapping[str, Choices]
    """What can be drawn."""
    pattern: Pattern
    """That of the set."""
    frequency: int
    """How many draws of the pilot have it."""

    @property
    def is_uniform(self) -> bool:
        """Whether all variants have as many digits."""
        table = self.frame.exercise.content.vary
        return table is None or table.pattern == "same"

    @cached_property
    def sieve(self) -> Sieve:
        return Sieve(self.frame, self.pattern if self.is_uniform else None)

    @cached_property
    def demands(self) -> Demands:
        """Which mistakes a variant has to show."""
        pilot = islice(self.sieve.sifted(Stream(PILOT), self.choices), _MOST_FOR_DEMANDS)
        fit = (self._given(drawn) for _, drawn, failed in pilot if failed is None)
        return Demands.of(self.frame.separation, list(islice(filter(None, fit), FIT)))

    def _given(self, drawn: Mapping[str, Decimal]) -> Mapping[str, Decimal] | None:
        """What stands on the sheet of a draw; nothing where training has not led to numbers before it."""
        try:
            return with_values(self.frame.exercise, drawn).evaluation.given
        except (NoValueError, RefusedError):
            return None

    def _sifted(self) -> Iterator[Draw]:
        """The draws of the stream, those thrown out that hide a mistake or mix up too many."""
        draws = self.sieve.sifted(self.stream, self.choices)
        while True:
            yield from self._demanded(list(_some(draws)))

    def _demanded(self, draws: Sequence[Draw]) -> Iterator[Draw]:
        given = {draw: self._given(drawn) for draw, drawn, failed in draws if failed is None}
        known = {draw: values for draw, values in given.items() if values}
        failures = dict(zip(known, self.demands.failures(list(known.values())), strict=True))
        for draw, drawn, failed in draws:
            yield draw, drawn, failed or failures.get(draw)

    def found(self, draw: int, drawn: Mapping[str, Decimal], known: Set[object] = frozenset()) -> Candidate | Failed:
        """A draw that has the pattern, no known answer, and fulfils every constraint; or the first that it does not."""
        candidate = fit_or_failed(self.frame, draw, drawn, known)
        if not isinstance(candidate, Candidate):
            return candidate
        pattern = Pattern.of(candidate)
        if offender := self.pattern.branch_offender(pattern):
            return "variant_branch", offender
        if self.is_uniform and (offender := self.pattern.digit_offender(pattern)):
            return "variant_pattern", offender
        return candidate if candidate.answers not in known else ("variant_repeated", self.frame.finals[0])

    def variants(self) -> Iterator[Variant]:
        """One after the other."""
        known: set[object] = set()
        seen: dict[tuple[Decimal, ...], Failed] = {}
        failures, overall = Failures(), Failures()
        repeated = "variant_repeated", self.frame.finals[0]
        number, looked_at, most = 1, 0, combinations(self.choices)
        for draw, drawn, failed in self._sifted():
            key = tuple(drawn.values())
            looked_at += failed is None and key not in seen
            found = failed or seen.get(key) or self.found(draw, drawn, known)
            seen[key] = repeated if isinstance(found, Candidate) else found
            if isinstance(found, Candidate):
                known |= {*found.finals, found.answers}
                yield Variant(number, draw, drawn, found.exercise, found.evaluation, found.filling)
                number, failures, looked_at = number + 1, Failures(), 0
                continue
            failures.add(seen[key])
            overall.add(seen[key])
            if len(seen) == most:
                raise overall.refusal(self.frame.exercise, number)
            if failures.draws >= MOST_DRAWS or looked_at >= MOST_LOOKS:
                raise failures.refusal(self.frame.exercise, number)


def _some(draws: Iterator[Draw]) -> Iterator[Draw]:
    """The next draws, until so many are left of them that looking at them together is worth it."""
    left = 0
    for number, draw in enumerate(draws, start=1):
        yield draw
        left += draw[2] is None
        if left == AT_ONCE or number == _MOST_TOGETHER:
            return


def _series(frame: Frame, stream: Stream) -> Series:
    """The first way to draw in which variants are not rare, else the one in which they are the least rare."""
    best: Series | None = None
    failures = Failures()
    for pattern_of in (own_pattern, pilot_pattern):
        for choices in ways(frame.exercise, stream):
            pattern = pattern_of(frame, choices, failures)
            series = Series(frame, stream, choices, pattern, 0) if pattern else None
            series = replace(series, frequency=_frequency(series, failures)) if series else None
            if series and series.frequency >= _OFTEN:
                return series
            best = max((best, series), key=lambda known: known.frequency if known else -1)
    if not best:
        raise failures.refusal(frame.exercise, 1)
    return best


def _frequency(series: Series, failures: Failures) -> int:
    """How many draws of the pilot are as the set wants them."""
    found = 0
    for draw, drawn, failed in islice(series.sieve.sifted(Stream(PILOT), series.choices), PILOTS):
        looked_at = failed or series.found(draw, drawn)
        if isinstance(looked_at, Candidate):
            found += 1
        else:
            failures.add(looked_at)
        if found == _OFTEN:
            break
    return found


def _refuse_unvariable(exercise: Exercise) -> None:
    """Exercises that have no numbers by name, or none that may vary."""
    if exercise.is_large:
        found = exercise.architecture.parameter_count if exercise.architecture else 0
        evidence = {"found": found, "limit": MAX_PARAMETERS}
        raise AuthorError(Problem("vary_large", str(exercise.path), evidence=evidence))
    if exercise.is_symbolic:
        raise AuthorError(Problem("vary_symbolic", str(exercise.path)))
    if not choices_of(exercise):
        raise AuthorError(Problem("vary_nothing", str(exercise.path)))
