"""The ways to draw the variants of a set, and the pattern that all of them have.

A set has one pattern: that of the file's own numbers, if they are among those that can be drawn and fulfil every
constraint; else the commonest among the draws of the stream ``pilot`` that do. So it does not depend on the seed, and
all sets of an exercise look alike. Where signs vary they are those of the file's own numbers, or, if these leave too
little, drawn once for a set. The ways differ in signs, and in the width of ranges where the file does not say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from math import prod

from derive.authoring.exercise import Exercise
from derive.authoring.typed_values import typed
from derive.authoring.vary import SPREADS, Choices, choices_of, is_told, signed
from derive.classes.variants.candidate import Candidate, Frame
from derive.classes.variants.constraints import fit_or_failed
from derive.classes.variants.drawing import PILOT, Stream
from derive.classes.variants.failures import Failures
from derive.classes.variants.pattern import Pattern
from derive.classes.variants.sieve import Sieve

PILOTS = 1_000
"""Draws of the pilot."""
_MOST_PILOTS = 150
"""Draws of the pilot that are looked at exactly."""
_SIGNS = 8
"""How often the signs of a set are drawn."""
_FEWEST = 1_000
"""Combinations that narrower ranges have to leave."""


def ways(exercise: Exercise, stream: Stream) -> Iterator[Mapping[str, Choices]]:
    """What can be drawn: in wider and narrower ranges, where the file does not say, and with several signs."""
    for spread in SPREADS[:1] if is_told(exercise) else SPREADS:
        choices = choices_of(exercise, spread)
        is_free = any(choice.signs for choice in choices.values())
        if spread != SPREADS[0] and combinations(choices) < _FEWEST:
            continue
        yield signed(choices, _negative(exercise))
        for number in range(1, _SIGNS) if is_free else ():
            yield signed(choices, stream.negatives(number, choices))


def combinations(choices: Mapping[str, Choices]) -> int:
    """How many draws differ."""
    return prod(map(len, choices.values()))


def _negative(exercise: Exercise) -> frozenset[str]:
    """What is negative in the file."""
    return frozenset(name for name, value in typed(exercise).items() if value < 0)


def own_pattern(frame: Frame, choices: Mapping[str, Choices], failures: Failures) -> Pattern | None:
    """The pattern of the file's own numbers, if they could have been drawn and are as a variant has to be."""
    own = typed(frame.exercise)
    if not all(own[name] in choice for name, choice in choices.items()):
        return None
    found = fit_or_failed(frame, 0, {name: own[name] for name in choices})
    return Pattern.of(found) if isinstance(found, Candidate) else None


def pilot_pattern(frame: Frame, choices: Mapping[str, Choices], failures: Failures) -> Pattern | None:
    """The commonest pattern among draws that fulfil every constraint; the first of them where there are several."""
    patterns: dict[object, Pattern] = {}
    times: Counter[object] = Counter()
    looked_at = 0
    for draw, drawn, failed in islice(Sieve(frame).sifted(Stream(PILOT), choices), PILOTS):
        found = failed or fit_or_failed(frame, draw, drawn)
        looked_at += failed is None
        if isinstance(found, Candidate):
            pattern = Pattern.of(found)
            times[pattern.key] += 1
            patterns.setdefault(pattern.key, pattern)
        else:
            failures.add(found)
        if looked_at == _MOST_PILOTS:
            break
    return patterns[max(times, key=lambda key: times[key])] if times else None
