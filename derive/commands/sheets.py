"""What the commands for single exercises do: worksheets and keys, derivations, solutions, the audit."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console, RenderableType

from derive import resources
from derive.api.settings import Settings
from derive.api.sheets import check_target, sheets_of, write_rendering
from derive.api.solutions import solve
from derive.audit.verdicts import as_data, audit, check_explained, summary_as_data
from derive.authoring.exercise import Exercise
from derive.authoring.reading import load
from derive.commands import tables
from derive.render import Layout, Rendering, renderer_for, terminal
from derive.sheet.document import Kind
from derive.words.errors import AuthorError, Problem, RefusedError, on_one_line
from derive.words.languages import language

Source = TypeVar("Source")
Made = TypeVar("Made")

_AT_ONCE = 100_000  # pieces of JSON


def write_documents(kinds: list[str], names: tuple[str, ...], output: Path | None, said: dict[str, Any]) -> None:
    """Writes the worksheet, the key or both, and says where; nothing is written before all of it is made."""
    exercises, settings = load_all(names), Settings.of(said, "--")
    targets = targets_of(kinds, exercises, output, settings.layout())
    sheets = sheets_of(list(targets), exercises, settings)
    for warning in next(iter(sheets.values())).warnings:
        click.echo(f"Warning: {warning}", err=True)
    save({path: sheets[kind].rendered(path) for kind, path in targets.items()})


def targets_of(
    kinds: list[str], exercises: Sequence[Exercise], output: Path | None, layout: Layout
) -> dict[Kind, Path]:
    """The file of each kind of copy; none of them is an exercise, and each can be written."""
    stem = "-".join(exercise.name for exercise in exercises)
    first, *more = map(Kind, kinds)
    target = output or Path(f"{stem}-{first}.pdf")
    renderer_for(target)
    targets = {first: target}
    targets |= {kind: target.with_stem(f"{target.stem}-{kind}" if output else f"{stem}-{kind}") for kind in more}
    for path in targets.values():
        check_target(path, layout)
        if path.resolve() in (exercise.path.resolve() for exercise in exercises):
            raise AuthorError(Problem("own_exercise", str(path)))
    return targets


def save(made: Mapping[Path, Rendering]) -> None:
    """Writes what has been made, and says where."""
    for path, rendering in made.items():
        write_rendering(path, rendering)
        click.echo(on_one_line(f"Wrote {path.resolve()}"))


def load_all(names: tuple[str, ...]) -> list[Exercise]:
    """All exercises, or the problems of all of them at once."""
    return _each(load, names)


def _each(make: Callable[[Source], Made], sources: Iterable[Source]) -> list[Made]:
    """What is made of each, or the problems of all of them at once."""
    made: list[Made] = []
    problems: list[Problem] = []
    for source in sources:
        try:
            made.append(make(source))
        except AuthorError as error:
            problems += error.problems
    if problems:
        raise AuthorError(*problems)
    return made


def show_derivation(name: str, settings: dict[str, Any]) -> None:
    """Prints the answer key in the terminal."""
    (sheet,) = sheets_of([Kind.KEY], [load(name)], Settings.of(settings, "--")).values()
    print_rich(terminal.document(sheet.document))


def print_solution(name: str, as_json: bool, rounds: int | None, epochs: int | None = None) -> None:
    """Prints every quantity, for programs or for people; where training diverges, what was calculated until then."""
    if rounds is not None and epochs is not None:
        raise AuthorError(Problem("both_given", evidence={"one": "--rounds", "other": "--epochs"}))
    exercise = load(name)
    if epochs is not None:
        rounds = epochs * (exercise.training.rounds_per_epoch if exercise.network else 1)
    solved = solve(exercise).as_dict(rounds)
    if as_json:
        print_json(solved)
    else:
        print_rich(tables.solution(solved))
    if diverged := solved.get("after", {}).get("diverged_in"):
        raise RefusedError(Problem("diverged", str(exercise.path), evidence={"round": diverged}))


def audit_numbers(names: tuple[str, ...], spoken: str, as_json: bool, summary: bool) -> None:
    """Prints what has become of every published number; ``RefusedError`` afterwards if one is left unexplained."""
    chosen = _each(load, names or tuple(resources.exercises()))
    findings = [finding for found in _each(audit, chosen) for finding in found]
    if as_json:
        print_json({"summary": summary_as_data(findings)} if summary else as_data(findings))
    else:
        show = tables.audit_summary if summary else tables.audit
        print_rich(show(findings, language(spoken)))
    check_explained(findings)


def print_rich(renderable: RenderableType) -> None:
    """In the terminal."""
    Console(highlight=False).print(renderable)


def print_json(data: dict[str, Any]) -> None:
    """For other programs."""
    pieces = json.JSONEncoder(indent=2).iterencode(data)  # one after the other: the text of a class is long
    while text := "".join(islice(pieces, _AT_ONCE)):
        click.echo(text, nl=False)
    click.echo()
