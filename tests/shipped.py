"""The shipped exercises for all tests of a process: each is read, derived and solved once, and audited once.

Exercises and what is calculated of them are frozen, so that tests which only look can share them. Whatever is not the
name of a shipped exercise is read anew.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from derive import resources
from derive.audit.verdicts import Finding, audit
from derive.authoring import reading
from derive.authoring.exercise import Exercise

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
