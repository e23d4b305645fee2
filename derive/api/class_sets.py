"""Class sets for programs: a folder with a worksheet and a key of its own for each student."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

from derive.api.exercises import ExerciseLike, load
from derive.api.settings import Keywords, Settings
from derive.api.sheets import drowned_sentence
from derive.authoring.exercise import Exercise
from derive.authoring.validation import described
from derive.choices import MOST_VARIANTS
from derive.classes.class_set.coded import mark_of
from derive.classes.class_set.folder import Folder
from derive.classes.class_set.making import Outcome, Plan, make
from derive.classes.class_set.members import of_letters, of_roster
from derive.classes.class_set.pool import Pool, pool_of
from derive.classes.codes import Code, seed_of
from derive.classes.roster import read_roster
from derive.classes.variants.demands import Demands
from derive.classes.variants.separation import Trace
from derive.mathtext.metrics import unprintable
from derive.progress import SILENT, Watch
from derive.words.errors import AuthorError, Problem, RefusedError, on_one_line
from derive.words.languages import language

_NAMED = 3  # files, or mistakes, in a sentence


@dataclass(frozen=True)
class ClassSet:
    """A class set that has been written."""

    folder: Path
    plan: Plan
    outcome: Outcome

    notes: tuple[str, ...] = ()
    """What the one who teaches should know of it, a sentence each."""

    @property
    def codes(self) -> Mapping[str, str]:
        """The code of each sheet, by the student's id, or else name; by A, B, C … where there is no list."""
        return {own.student.id or own.student.name: str(own.code) for own in self.plan.members}

    def __repr__(self) -> str:
        count = len(self.plan.members)
        return f"<class set of {self.plan.exercise.name} for {count} in {self.folder}>"


def class_set(
    exercise: ExerciseLike,
    folder: str | Path,
    *,
    roster: str | Path | None = None,
    variants: int | None = None,
    seed: str | int = "1",
    jobs: int = 1,
    force: bool = False,
    **settings: Unpack[Keywords],
) -> ClassSet:
    """Writes a worksheet and a key with numbers of its own for each student of a list, or ``variants`` A, B, C, …

    ``roster`` is a CSV file; ``folder`` gets the sheets, the marking table, the ranges of right answers, and a manifest
    by which ``pencilgrad check`` finds everybody's numbers again. The numbers depend on the exercise and ``seed``. Run
    again, it finishes what is missing; a file that differs stays as it is unless ``force`` is set. More than one of
    ``jobs`` starts processes, so that a script needs ``if __name__ == "__main__":``. Settings are those of
    ``worksheet``.

    Raises ``AuthorError`` for what is wrong with exercise, list or settings, ``RefusedError`` where no numbers are fit
    or a file cannot be written.

    >>> made = class_set("one-weight", "set", variants=2, seed="autumn")
    >>> made
    <class set of one-weight for 2 in set>
    >>> sorted(path.name for path in made.folder.glob("worksheets/*"))
    ['one-weight-A.pdf', 'one-weight-B.pdf']
    """
    for name, value, expected, fits in (
        ("variants", variants, f"a whole number from 1 to {MOST_VARIANTS:,}", _is_within(variants, MOST_VARIANTS)),
        ("jobs", jobs, "a whole number from 1 to 256", _is_within(jobs, 256)),
        ("roster", roster, "the path of a CSV file", isinstance(roster, str | Path)),
    ):
        if value is not None and not fits:
            evidence = {"found": described(value), "expected": expected}
            raise AuthorError(Problem("wrong_type", key=name, evidence=evidence))
    own, place = load(exercise), Path(folder)
    plan, target = planned(
        own, place, Settings.of(settings), roster=roster, variants=variants, seed=str(seed), force=force
    )
    with pool_of(jobs) as pool:
        return finished(plan, target, made(plan, target, pool, SILENT))


def _is_within(number: object, most: int) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= most


def planned(
    exercise: Exercise,
    folder: Path,
    settings: Settings,
    *,
    roster: str | Path | None,
    variants: int | None,
    seed: str,
    force: bool,
) -> tuple[Plan, Folder]:
    """Who gets which sheet, and the folder in which that is written down."""
    if (roster is None) == (variants is None):
        raise AuthorError(Problem("roster_or_variants"))
    options = settings.options([exercise], outlook=False)
    first = Code(exercise.name, seed_of(seed), 0, mark_of(exercise, options))
    spoken = settings.language
    found = of_roster(read_roster(Path(roster)), first, spoken) if roster else of_letters(variants or 0, first, spoken)
    plan = Plan(exercise, options, settings.layout(marked=True), first.seed, tuple(found))
    kept = {"exercise": exercise.name, "seed": seed, "language": spoken, **settings.said}
    kept["numbers"] = f"{first.seed}-{first.mark}"
    return plan, Folder(folder, kept, plan.members, force)


def made(plan: Plan, folder: Folder, pool: Pool, watch: Watch) -> Outcome:
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


def finished(plan: Plan, folder: Folder, outcome: Outcome) -> ClassSet:
    """The set that has been written; ``RefusedError`` where files that differ were left as they are."""
    if folder.left:
        evidence = {"found": len(folder.left), "names": _some(folder.left)}
        raise RefusedError(Problem("files_left", str(folder.path), evidence=evidence))
    return ClassSet(folder.path, plan, outcome, tuple(notes_on(plan, folder, outcome)))


def notes_on(plan: Plan, folder: Folder, outcome: Outcome) -> Iterator[str]:
    """What the one who teaches should know: how the sheets were made, and what they do not show."""
    if outcome.laid_out_because:
        yield f"Note: {outcome.laid_out_because.problems[0].sentence}."
    for member in plan.members:
        if strange := unprintable(member.student.name):
            name = on_one_line(member.student.name)
            yield f"Warning: {name}: no font here has {' '.join(strange)}; a box □ stands for it."
    if outcome.drowned:
        yield f"Warning: {drowned_sentence(outcome.drowned)}"
    if outcome.demands:
        yield from notes_on_mistakes(outcome.demands)
    if folder.strays:
        yield f"Note: {_some(folder.strays)}: of an earlier set, and nobody's in this one."


def notes_on_mistakes(demands: Demands) -> Iterator[str]:
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
