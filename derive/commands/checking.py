"""What the command that checks answers does."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import click

from derive import __version__
from derive.api.checks import judged, refuse_unnamed
from derive.api.settings import Settings
from derive.authoring.reading import load
from derive.checking.reports import gradebook
from derive.checking.reports.class_report.document import class_document
from derive.checking.reports.data import as_data
from derive.checking.reports.follow_up import FollowUp, follow_ups
from derive.checking.reports.student import student_document
from derive.checking.submissions.gathering import gather
from derive.checking.verification.papers import Paper
from derive.checking.verification.verdicts import Verdict
from derive.classes.class_set.folder import MANIFEST
from derive.classes.class_set.manifest import Manifest, read_manifest
from derive.classes.class_set.pool import Pool, finished, pool_of
from derive.classes.codes import seed_of
from derive.classes.file_names import file_stem
from derive.classes.roster import Student
from derive.commands.sheets import print_json, print_rich
from derive.files import write
from derive.progress import Watch, progress
from derive.render import Layout, renderer_for, terminal
from derive.sheet.document import Document, Kind, Letterhead
from derive.words.errors import AuthorError, Problem, RefusedError, on_one_line
from derive.words.languages import Language, language

_STAGES = {"reports": "Reports", "practice": "Practice sheets"}
_DATA = "answers.json"
_MARK = "pencilgrad check"
_HARMLESS = ("answers_field", "answers_blank")
"""What is said and leaves no answer out: a column that is none, a form that is blank."""


def check_answers(
    name: str,
    sources: tuple[str, ...],
    *,
    set_folder: Path | None,
    code: str | None,
    output: Path | None,
    suffix: str,
    as_json: bool,
    sheet_for_each: bool,
    seed: str,
    jobs: int | None,
    force: bool,
    **said: Any,
) -> None:
    """Says what has become of all answers; ends with ``RefusedError`` where some could not be looked at."""
    if sheet_for_each and not output:
        raise AuthorError(Problem("sheets_without_folder", key="--sheet-for-each"))
    exercise = load(name)
    manifest = _manifest(set_folder, sources)
    settings = _settings(manifest, said)
    options, layout = settings.options([exercise], outlook=False), settings.layout()
    refuse_unnamed(exercise, options)
    collected = gather(sources, sys.stdin.buffer)
    found, surprises = judged(exercise, collected.submissions, options, manifest, code or "")
    problems = [*collected.problems, *surprises]
    if not found:
        raise RefusedError(*problems, Problem("answers_nothing"))
    _say(problems)
    if output:
        folder = _Folder(output, f".{suffix}", force)
        folder.open(sheet_for_each, found)
        with progress(_STAGES) as watch, pool_of(jobs) as pool:
            made = _Reports(found, language(options.language), options.letterhead, problems)
            _write(folder, made, layout, pool, watch)
            if sheet_for_each:
                sheets = list(follow_ups(found, exercise, options, layout, seed_of(seed)))
                _write_sheets(folder, found, sheets, pool, watch)
        click.echo(on_one_line(f"Wrote the reports on {_counted(found)} to {output.resolve()}"))
        if unread := sum(finding.verdict is Verdict.UNREADABLE for paper in found for finding in paper.asked):
            click.echo(f"Note: {unread} of the answers could not be read, and earn nothing until you do.", err=True)
    if as_json:
        print_json(as_data(found, problems))
    elif not output:
        made = _Reports(found, language(options.language), options.letterhead, problems)
        print_rich(terminal.document(made.of(found[0]) if len(found) == 1 else made.of_class()))
    if left := [problem for problem in problems if problem.code not in _HARMLESS]:
        raise RefusedError(Problem("answers_left", evidence={"found": len(left)}))


def _manifest(folder: Path | None, sources: Sequence[str]) -> Manifest | None:
    """That of the set that is named, or of the one whose folder the answers lie in."""
    places = [folder] if folder else [Path(source) for source in sources if (Path(source) / MANIFEST).is_file()]
    return read_manifest(places[0]) if places else None


def _settings(manifest: Manifest | None, said: Mapping[str, Any]) -> Settings:
    """What the command line says, else what the set was made with."""
    known = {**manifest.numbers, "language": manifest.language} if manifest else {}
    is_rounded = said["digits"] is not None or said["figures"] is not None
    kept = {key: value for key, value in known.items() if not (is_rounded and key in ("digits", "figures"))}
    spoken = {key: value for key, value in said.items() if value is not None}
    return Settings.of({**kept, **spoken}, "--")


def _say(problems: Sequence[Problem]) -> None:
    for problem in problems:
        click.echo(f"Warning: {problem}", err=True)


def _counted(found: Sequence[Paper]) -> str:
    return f"{len(found)} student{'s' * (len(found) != 1)}"


@dataclass(frozen=True)
class _Reports:
    """What is said of all papers."""

    papers: Sequence[Paper]
    words: Language
    """The language of the one who teaches."""
    letterhead: Letterhead
    problems: Sequence[Problem]

    def of(self, paper: Paper) -> Document:
        """To one student."""
        return student_document(paper, self.letterhead)

    def of_class(self) -> Document:
        """To the one who teaches."""
        return class_document(self.papers, self.words, self.letterhead, list(map(str, self.problems)))


# --- files ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Folder:
    """Where reports are written: into a folder of their own, or over those of an earlier check."""

    path: Path
    suffix: str
    force: bool

    def open(self, with_sheets: bool, found: Sequence[Paper]) -> None:
        """Makes the folder; ``RefusedError`` if something else stands in it, or marks that would be lost."""
        if self.path.exists() and not self.path.is_dir():
            raise AuthorError(Problem("not_a_folder", str(self.path)))
        if self.path.exists() and any(self.path.iterdir()) and not self.force and not self._is_ours():
            raise RefusedError(Problem("reports_elsewhere", str(self.path)))
        if (others := self._checked_before() - {_person(paper) for paper in found}) and not self.force:
            raise RefusedError(Problem("reports_of_others", str(self.path), evidence={"found": len(others)}))
        try:
            for place in ("reports", *(("practice", "practice-keys") if with_sheets else ())):
                (self.path / place).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            evidence = {"reason": error.strerror or str(error)}
            raise RefusedError(Problem("folder_failed", str(self.path), evidence=evidence)) from None

    def _is_ours(self) -> bool:
        return self._before.get("made_by") == _MARK

    def _checked_before(self) -> set[tuple[str, str, str]]:
        """Who has marks in this folder."""
        known = self._before.get("papers")
        people = [paper for paper in known if isinstance(paper, dict)] if isinstance(known, list) else []
        return {(str(own.get("name", "")), str(own.get("id", "")), str(own.get("code", ""))) for own in people}

    @cached_property
    def _before(self) -> dict[str, Any]:
        """What an earlier check has written; nothing if there was none."""
        with suppress(OSError, ValueError, RecursionError):
            data = json.loads((self.path / _DATA).read_bytes())
            return data if isinstance(data, dict) else {}
        return {}


def _person(paper: Paper) -> tuple[str, str, str]:
    own = paper.submission
    return own.name, own.id, own.code


@dataclass(frozen=True)
class _Report:
    """A task: one document in its format."""

    place: str
    document: Document
    layout: Layout

    def done(self) -> bytes:
        """The file."""
        return renderer_for(Path(self.place))(self.document, self.layout).content


def _write(folder: _Folder, made: _Reports, layout: Layout, pool: Pool, watch: Watch) -> None:
    """The reports, the report on the class, the tables for gradebooks, and all of it as data."""
    found = made.papers
    title = found[0].edition.exercise.title(made.words.code)
    reports = {f"reports/{stem}": made.of(paper) for paper, stem in _stems(found)} | {"class": made.of_class()}
    watch.begin("reports", len(reports))
    tasks = [_Report(f"{place}{folder.suffix}", document, layout) for place, document in reports.items()]
    for task, content in finished(pool, _Report.done, tasks):
        write(folder.path / task.place, content)
        watch.advance()
    data = {"made_by": _MARK, "version": __version__, **as_data(found, made.problems)}
    tables = {
        "gradebook.csv": gradebook.plain(found),
        "moodle.csv": gradebook.moodle(found, title),
        "canvas.csv": gradebook.canvas(found, title),
        "answers.csv": gradebook.answers(found),
        _DATA: json.dumps(data, indent=1, ensure_ascii=False).encode("utf-8", "surrogatepass"),
    }
    for place, content in tables.items():
        write(folder.path / place, content)


def _write_sheets(
    folder: _Folder, found: Sequence[Paper], sheets: Sequence[FollowUp], pool: Pool, watch: Watch
) -> None:
    """A sheet for each student that practises what went wrong, and its key."""
    stems = [stem for _, stem in _stems(found)]
    watch.begin("practice", len(sheets))
    for _, (number, pages) in finished(pool, FollowUp.done, sheets):
        write(folder.path / "practice" / f"{stems[number]}.pdf", pages[Kind.WORKSHEET])
        write(folder.path / "practice-keys" / f"{stems[number]}.pdf", pages[Kind.KEY])
        watch.advance()


def _stems(found: Sequence[Paper]) -> Iterator[tuple[Paper, str]]:
    """The names of files: of the student, else of the code or of the file that was handed in."""
    seen: dict[str, int] = {}
    for paper in found:
        own = paper.submission
        label = own.id or own.code or ("" if own.name else Path(own.source).stem)
        stem = file_stem(Student(own.name, label))
        seen[stem.casefold()] = seen.get(stem.casefold(), 0) + 1
        yield paper, stem if seen[stem.casefold()] == 1 else f"{stem}-{seen[stem.casefold()]}"
