"""A sheet for each student that practises what went wrong: other numbers, and only the steps of that kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from derive.authoring.exercise import Exercise
from derive.checking.verification.papers import Finding, Paper
from derive.checking.verification.verdicts import CHARGED, SLIPS, Verdict
from derive.classes.class_set.coded import first_variants, mark_of
from derive.classes.class_set.sheets import Order, Pages, Source, in_language, press_of_one
from derive.classes.codes import Code, qr_modules
from derive.classes.variants.generation import Variant
from derive.render import Layout
from derive.render.stamping.marks import Mark
from derive.sheet.build import Options
from derive.words.languages import as_text

FAULTS = (CHARGED - SLIPS) | {Verdict.UNREADABLE, Verdict.EASY}
"""What wants practice; a number that was only miswritten does not, where there is anything else."""

_SPARE = 8
"""Variants more than students, for those who have had one of them."""

MOST_QUESTIONS = 12
"""Answers that such a sheet asks for at most."""


@dataclass(frozen=True)
class FollowUp:
    """A task: one student's sheet and its key."""

    number: int
    """The place of the paper in the class, from 0."""
    source: Source
    options: Options
    layout: Layout
    order: Order

    def done(self) -> tuple[int, Pages]:
        """The files."""
        return self.number, press_of_one(self.source, self.options, self.layout).stamped(self.order)


def follow_ups(
    papers: Sequence[Paper], exercise: Exercise, options: Options, layout: Layout, seed: int
) -> Iterator[FollowUp]:
    """The tasks for those who got anything wrong; ``seed`` decides about their numbers."""
    mark = mark_of(exercise, options)
    chosen = {number: names for number, paper in enumerate(papers) if (names := to_practise(paper))}
    pool = list(first_variants(len(chosen) + _SPARE, seed, exercise, options)) if chosen else []
    for place, (number, names) in enumerate(chosen.items()):
        paper = papers[number]
        variant = _other(pool[place % len(pool) :] + pool[: place % len(pool)], paper)
        code = str(Code(exercise.name, seed, variant.number - 1, mark))
        own = in_language(options, paper.edition.language.code)
        own = replace(own, only=names, note=_note(paper), outlook=False)
        filling = variant.filling.with_mark(paper.edition.decimal_mark)
        order = Order(number, filling, Mark(paper.submission.name, code, qr_modules(code)))
        yield FollowUp(number, Source.of(variant.exercise), own, replace(layout, marked=True), order)


def _other(pool: Sequence[Variant], paper: Paper) -> Variant:
    """The first variant that has other numbers than the student's sheet, at least half of them; else the most other."""
    given = paper.edition.evaluation.given

    def shared(variant: Variant) -> int:
        return sum(given[name] == value for name, value in variant.drawn.items() if name in given)

    others = (variant for variant in pool if 2 * shared(variant) <= len(variant.drawn))
    return next(others, min(pool, key=shared))


def to_practise(paper: Paper) -> frozenset[str]:
    """The answers that went wrong, then others of the same kind of step, as many as a sheet has room for."""
    every = [finding for finding in paper.asked if finding.verdict in FAULTS | SLIPS | {Verdict.COARSE}]
    blank = [finding for finding in paper.asked if finding.verdict is Verdict.BLANK]
    faults = [finding for finding in every if finding.verdict in FAULTS] or every or blank
    roles = {paper.role(name) for finding in faults for name in (finding.quantity, *_places(finding))}
    alike = [box.id for box in paper.boxes if paper.role(box.id) in roles]
    names = dict.fromkeys([*(finding.quantity for finding in faults), *alike])
    return frozenset(list(names)[:MOST_QUESTIONS])


def _places(finding: Finding) -> Iterator[str]:
    return (slip.place for slip in finding.slips)


def _note(paper: Paper) -> str:
    """What is practised, in words."""
    words = paper.edition.language
    codes = dict.fromkeys(code for finding in paper.asked for code in finding.codes if len(finding.codes) == 1)
    if not codes:
        return words.plain("practice.sheet_steps")
    names = words.enumeration([words.text(f"mistake.{code}") for code in codes])
    return as_text(words.text("practice.sheet", mistakes=names))
