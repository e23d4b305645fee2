"""The variants that codes stand for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice

from derive.authoring.exercise import Exercise
from derive.classes.class_set.members import fingerprint
from derive.classes.codes import Code
from derive.classes.variants.generation import Variant, variants
from derive.sheet.build import Options, rounding
from derive.words.errors import AuthorError, Problem, RefusedError


def mark_of(exercise: Exercise, options: Options) -> int:
    """The mark in the codes of an exercise that is printed with these options."""
    return fingerprint(exercise, rounding(exercise, options), detail_of(exercise, options))


def detail_of(exercise: Exercise, options: Options) -> str:
    """How much the sheets ask."""
    return options.detail or exercise.content.sheet.detail


def check_code(code: Code, exercise: Exercise, options: Options) -> None:
    """``AuthorError`` if a code was made with another version of the exercise, or with other options."""
    if code.mark != mark_of(exercise, options):
        raise AuthorError(Problem("code_other", str(exercise.path), "--code"))


def variants_of(codes: Iterable[Code], exercise: Exercise, options: Options) -> Iterator[tuple[Code, Variant]]:
    """Each code, which has been checked, with its variant; those of one seed are found in one walk."""
    wanted: Mapping[int, dict[int, Code]] = defaultdict(dict)
    for code in codes:
        wanted[code.seed][code.number] = code
    for seed, numbers in wanted.items():
        stream = _stream(seed, exercise, options)
        for number, variant in enumerate(islice(stream, max(numbers) + 1)):
            if number in numbers:
                yield numbers[number], variant


def first_variants(count: int, seed: int, exercise: Exercise, options: Options) -> Iterator[Variant]:
    """So many variants of a seed, or as many as there are; ``RefusedError`` where there is none."""
    stream = _stream(seed, exercise, options)
    yield next(stream)
    with suppress(RefusedError):
        yield from islice(stream, count - 1)


def _stream(seed: int, exercise: Exercise, options: Options) -> Iterator[Variant]:
    return variants(exercise, rounding(exercise, options), seed, detail_of(exercise, options))
