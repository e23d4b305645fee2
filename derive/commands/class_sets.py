"""What the commands for class sets do."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from derive import resources
from derive.api.class_sets import finished, made, notes_on, planned
from derive.api.settings import Settings
from derive.api.sheets import Sheet
from derive.authoring.exercise import Exercise
from derive.authoring.reading import load
from derive.classes.class_set.coded import check_code, variants_of
from derive.classes.class_set.pool import pool_of
from derive.classes.class_set.sheets import Order, Press, Source, documents_of, press_of, press_of_one
from derive.classes.codes import Code, bare, parse_code, qr_modules
from derive.commands.sheets import save, targets_of
from derive.equations.filling import Filling
from derive.progress import progress
from derive.render import Rendering
from derive.render.stamping.marks import Mark
from derive.sheet.build import Options
from derive.words.errors import AuthorError, Problem, on_one_line
from derive.words.languages import language

_STAGES = {
    "variants": "Numbers for each student",
    "layout": "Laying the sheets out",
    "sheets": "Worksheets and keys",
    "together": "Files of the whole set",
}


def make_class(
    name: str,
    folder: Path,
    *,
    roster: Path | None,
    count: int | None,
    seed: str,
    jobs: int | None,
    scheduler: str | None,
    force: bool,
    **settings: Any,
) -> None:
    """Writes a set, or what is missing of it, and says how much that was."""
    chosen = Settings.of(settings, "--")
    plan, target = planned(load(name), folder, chosen, roster=roster, variants=count, seed=seed, force=force)
    with progress(_STAGES) as watch, pool_of(jobs, scheduler) as pool, _ended_like_interrupted():
        outcome = made(plan, target, pool, watch)
    for note in notes_on(plan, target, outcome):
        click.echo(note, err=True)
    written = finished(plan, target, outcome)
    count, before = len(plan.members), outcome.finished_before
    students = f"{count} student{'s' * (count != 1)}"
    sheets = f"of {students}" + (f", {before} of them finished before" if before else "")
    click.echo(on_one_line(f"Wrote the worksheets and keys {sheets}, to {written.folder.resolve()}"))


@contextmanager
def _ended_like_interrupted() -> Iterator[None]:
    """A request to end, as at logout, is an interruption: what is finished is written down."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def write_coded(
    kinds: list[str],
    names: tuple[str, ...],
    code: str,
    *,
    name: str | None,
    output: Path | None,
    said: dict[str, Any],
) -> None:
    """Writes the worksheet or the key of a code again, as the set had it; ``name`` is the student's."""
    settings = Settings.of(said, "--")
    parsed = parse_code(code)
    exercise = _exercise_of(parsed, names)
    targets = targets_of(kinds, [exercise], output, settings.layout())
    options = settings.options([exercise], outlook=False)
    source, filling = _variant_of(parsed, exercise, options)
    full = replace(parsed, exercise=exercise.name)
    if next(iter(targets.values())).suffix.lower() == ".pdf":
        order = Order(full.number + 1, filling, Mark(name or "", str(full), qr_modules(str(full))))
        press = press_of(source, options, settings.layout(marked=True))
        if not isinstance(press, Press):
            press = press_of_one(source, options, settings.layout(marked=True))
        pages = press.stamped(order)
        save({path: Rendering(pages[kind]) for kind, path in targets.items()})
        return
    added = " · ".join(filter(None, (str(full), name)))
    documents = {
        kind: replace(document, kind_name=f"{document.kind_name} · {added}")
        for kind, document in documents_of(source.exercise, options).items()
    }
    save({path: Sheet(documents[kind], settings.layout()).rendered(path) for kind, path in targets.items()})


def _exercise_of(code: Code, names: tuple[str, ...]) -> Exercise:
    """The exercise of a code; ``names`` holds it, where the code alone does not lead to its file."""
    if len(names) > 1:
        raise AuthorError(Problem("code_and_several", key="--code"))
    if not names and not code.exercise:
        raise AuthorError(Problem("code_nameless", key="--code"))
    exercise = load(names[0] if names else _as_spelt(code.exercise))
    if code.exercise and bare(code.exercise) != bare(exercise.name):
        evidence = {"found": code.exercise, "name": exercise.name}
        raise AuthorError(Problem("code_mismatched", key="--code", evidence=evidence))
    return exercise


def _as_spelt(name: str) -> str:
    """The name of a shipped exercise, which may have been typed in capitals, with other dashes, or full-width."""
    return next((shipped for shipped in resources.exercises() if bare(shipped) == bare(name)), name)


def _variant_of(code: Code, exercise: Exercise, options: Options) -> tuple[Source, Filling]:
    """The numbers of a code, in the exercise and as they are printed."""
    check_code(code, exercise, options)
    ((_, variant),) = variants_of([code], exercise, options)
    mark = options.decimal_mark or language(options.language).decimal_mark
    return Source.of(variant.exercise), variant.filling.with_mark(mark)
