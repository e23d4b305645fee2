"""The shipped exercises for all tests of a process: each is read, derived and solved once, and audited once.

Exercises and what is calculated of them are frozen, so that tests which only look can share them. Whatever is not the
name of a shipped exercise is read anew.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from derive import resources
from derive.audit.verdicts import Finding, audit
from derive.authoring import reading
from derive.authoring.exercise import Exercise
from derive.classes.variants.generation import Series, series_of
from derive.sheet.build import Options, rounding

NAMES = frozenset(resources.exercises())


def load(name_or_path: str | Path) -> Exercise:
    """What ``derive.authoring.reading.load`` gives; of one shipped name always the same exercise."""
    return _shipped(name_or_path) if name_or_path in NAMES else reading.load(name_or_path)


@cache
def _shipped(name: str) -> Exercise:
    return reading.load(name)


@cache
def findings_of(name: str) -> tuple[Finding, ...]:
    """What the audit says of the numbers of a shipped exercise."""
    return audit(load(name))


def series(exercise: Exercise, seed: int, detail: str | None = None, **options: Any) -> Series:
    """How the variants of a seed are drawn; what the pilot finds of a shipped exercise is found once."""
    if exercise.name in NAMES and exercise is load(exercise.name):
        return _series(exercise.name, seed, detail, **options)
    return _series_of(exercise, seed, detail, **options)


@lru_cache(8)
def _series(name: str, seed: int, detail: str | None, **options: Any) -> Series:
    return _series_of(load(name), seed, detail, **options)


def _series_of(exercise: Exercise, seed: int, detail: str | None, **options: Any) -> Series:
    return series_of(exercise, rounding(exercise, Options(**options)), seed, detail or exercise.content.sheet.detail)
