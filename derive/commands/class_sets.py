"""What the commands for class sets do."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from derive import resources
from derive.authoring.exercise import Exercise
from derive.authoring.reading import load
from derive.classes.class_set.coded import check_code, mark_of, variants_of
from derive.classes.class_set.folder import Folder
from derive.classes.class_set.making import Outcome, Plan, make
from derive.classes.class_set.members import of_letters, of_roster
from derive.classes.class_set.pool import Pool, pool_of
from derive.classes.class_set.sheets import Order, Press, Source, documents_of, press_of, press_of_one
from derive.classes.codes import Code, bare, parse_code, qr_modules, seed_of
from derive.classes.roster import read_roster
from derive.classes.variants.demands import Demands
from derive.classes.variants.separation import Trace
from derive.commands.sheets import drowned_sentence, options_for, save, targets_of
from derive.equations.filling import Filling
from derive.mathtext.metrics import unprintable
from derive.progress import Watch, progress
from derive.render import Layout, Rendering, renderer_for
from derive.render.stamping.marks import Mark
from derive.sheet.build import Options
from derive.sheet.letterhead import letterhead
from derive.words.errors import AuthorError, Problem, RefusedError, on_one_line
from derive.words.languages import language

_STAGES = {
    "variants": "Numbers for each student",
    "layout": "Laying the sheets out",
    "sheets": "Worksheets and keys",
    "together": "Files of the whole set",
}
_NAMED = 3  # files in a sentence


def make_class(
    name: str,
    folder: Path,
    *,
    roster: Path | None,
    count: int | None,
    seed: str,
    lang: str,
    layout: dict[str, Any],
    head: dict[str, Any],
    numbers: dict[str, Any],
    jobs: int | None,
    scheduler: str | None,
    force: bool,
) -> None:
    """Writes a set, or what is missing of it, and says how much that was."""
    if (roster is None) == (count is None):
        raise AuthorError(Problem("roster_or_variants"))
    exercise = load(name)
    options = options_for(lang, letterhead=letterhead([exercise], **head), outlook=False, **numbers)
    first = Code(exercise.name, seed_of(seed), 0, mark_of(exercise, options))
    found = of_roster(read_roster(roster), first, lang) if roster else of_letters(count or 0, first, lang)
    plan = Plan(exercise, options, Layout(**layout, marked=True), first.seed, tuple(found))
    settings = {"exercise": exercise.name, "seed": seed, "language": lang, **_settings(layout, head, numbers)}
    settings["numbers"] = f"{first.seed}-{first.mark}"
    target = Folder(folder, settings, plan.members, force)
    with progress(_STAGES) as watch, pool_of(jobs, scheduler) as pool, _ended_like_interrupted():
        outcome = _made(plan, target, pool, watch)
    _report(plan, target, outcome)


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


def _made(plan: Plan, folder: Folder, pool: Pool, watch: Watch) -> Outcome:
    """What ``make`` does, with a sentence about what is finished where it ends early."""
    try:
        return make(plan, folder, pool, watch)
    except KeyboardInterrupt:
        if folder.sums:
            folder.save()
        raise RefusedError(Problem("set_interrupted", str(folder.path), evidence=_counts(plan, folder))) from None
    except RefusedError as error:
        if folder.sums:
            raise RefusedError(
                *error.problems, Problem("set_stopped", str(folder.path), evidence=_counts(plan, folder))
            ) from None
        raise


def _counts(plan: Plan, folder: Folder) -> Mapping[str, object]:
    return {"done": folder.finished_members, "all": len(plan.members)}


def _report(plan: Plan, folder: Folder, outcome: Outcome) -> None:
    if outcome.laid_out_because:
        click.echo(f"Note: {outcome.laid_out_because.problems[0].sentence}.", err=True)
    for member in plan.members:
        if strange := unprintable(member.student.name):
            name = on_one_line(member.student.name)
            click.echo(f"Warning: {name}: no font here has {' '.join(strange)}; a box □ stands for it.", err=True)
    if outcome.drowned:
        click.echo(f"Warning: {drowned_sentence(outcome.drowned)}", err=True)
    for note in notes_on(outcome.demands) if outcome.demands else ():
        click.echo(note, err=True)
    if folder.strays:
        click.echo(f"Note: {_some(folder.strays)}: of an earlier set, and nobody's in this one.", err=True)
    if folder.left:
        evidence = {"found": len(folder.left), "names": _some(folder.left)}
        raise RefusedError(Problem("files_left", str(folder.path), evidence=evidence))
    count, before = len(plan.members), outcome.finished_before
    students = f"{count} student{'s' * (count != 1)}"
    made = f"of {students}" + (f", {before} of them finished before" if before else "")
    click.echo(on_one_line(f"Wrote the worksheets and keys {made}, to {folder.path.resolve()}"))


def notes_on(demands: Demands) -> Iterator[str]:
    """Which mistakes come to right answers or to those of others: in all variants, and for want of digits in some."""
    if demands.identities:
        yield (
            f"Note: {len(demands.identities)} of the known mistakes come to the right answers in every variant, "
            f"at these digits at least ({_named(demands.identities)}); mistakes.csv lists them."
        )
    alike, hidden = demands.most_alike, demands.given_up
    failures = [f"hide {len(hidden)} known mistake{'s' * (len(hidden) > 1)} ({_named(hidden)})"] if hidden else []
    failures += [f"mix up {alike} pair{'s' * (alike > 1)} of known mistakes"] if alike else []
    if failures:
        yield (
            f"Warning: with these digits a variant may {' and '.join(failures)}; more digits tell more of them "
            "(--digits, --figures)."
        )


def _named(traces: Sequence[Trace]) -> str:
    """Some of the mistakes."""
    words, slips = language("en"), [trace.slips[0] for trace in traces]
    return _some([f"{words.plain(f'mistake.{slip.code}')} at {slip.place}" for slip in slips])


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")


def _settings(*groups: Mapping[str, Any]) -> dict[str, Any]:
    """Options as JSON; only those that were set."""
    return {
        key: str(value) if isinstance(value, Path) else value
        for group in groups
        for key, value in group.items()
        if value not in (None, False)
    }


def write_coded(
    kinds: list[str],
    names: tuple[str, ...],
    code: str,
    name: str | None,
    *,
    lang: str,
    output: Path | None,
    layout: dict[str, Any],
    head: dict[str, Any],
    numbers: dict[str, Any],
) -> None:
    """Writes the worksheet or the key of a code again, as the set had it; ``name`` is the student's."""
    parsed = parse_code(code)
    exercise = _exercise_of(parsed, names)
    targets = targets_of(kinds, [exercise], output, layout["fillable"])
    options = options_for(lang, letterhead=letterhead([exercise], **head), outlook=False, **numbers)
    source, filling = _variant_of(parsed, exercise, options)
    full = replace(parsed, exercise=exercise.name)
    if next(iter(targets.values())).suffix.lower() == ".pdf":
        order = Order(full.number + 1, filling, Mark(name or "", str(full), qr_modules(str(full))))
        press = press_of(source, options, Layout(**layout, marked=True))
        if not isinstance(press, Press):
            press = press_of_one(source, options, Layout(**layout, marked=True))
        pages = press.stamped(order)
        save({path: Rendering(pages[kind]) for kind, path in targets.items()})
        return
    said = " · ".join(filter(None, (str(full), name)))
    documents = {
        kind: replace(document, kind_name=f"{document.kind_name} · {said}")
        for kind, document in documents_of(source.exercise, options).items()
    }
    render = renderer_for(next(iter(targets.values())))
    save({path: render(documents[kind], Layout(**layout)) for kind, path in targets.items()})


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
