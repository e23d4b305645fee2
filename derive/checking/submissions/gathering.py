"""Reads everything that was handed in, as far as there is room for it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from derive.authoring.validation import MOST_PROBLEMS
from derive.checking.submissions.finding import files_of, suffix_named
from derive.checking.submissions.formats import FORMATS, LARGEST, Reader, suffix_of
from derive.checking.submissions.submission import Collected, Submission
from derive.files import read_limited
from derive.words.errors import AuthorError, Problem

STANDARD_INPUT = "-"
_CALLED = "standard input"
MOST: Mapping[str, int] = {
    "files": 20_000,
    "submissions": 5_000,
    "answers": 1_000_000,
    "characters": 20_000_000,
}
"""In all, those among them that cannot be read; more than any class hands in, and what fits into memory."""


def gather(sources: Sequence[str], standard_input: BinaryIO | None = None) -> Collected:
    """What these files hold, those in folders too, and what is wrong with those that cannot be read.

    ``-`` is the standard input, whose format shows in what it says. In folders, files whose suffix is of no format and
    files that nobody has changed since they were made as part of a class set are passed over. The same file is read
    once, however often and by whatever way it is named.
    """
    with ExitStack() as stack:
        collection = _Collection(
            {suffix: stack.enter_context(known.opened()) for suffix, known in FORMATS.items()},
            standard_input,
        )
        collection.take(sources)
    return Collected(tuple(collection.submissions), tuple(collection.problems))


class _FullError(Exception):
    """Ends the collection."""


@dataclass
class _Collection:
    """What has been read so far."""

    readers: Mapping[str, Reader]
    standard_input: BinaryIO | None
    submissions: list[Submission] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MOST, 0))

    def take(self, sources: Sequence[str]) -> None:
        """Reads all of them, as far as there is room."""
        seen: set[str] = set()
        try:
            for found in self._sources(sources):
                self._count("files", 1, found.file if isinstance(found, Problem) else found)
                if isinstance(found, Problem):
                    self.problems.append(found)
                elif (real := os.path.realpath(found)) not in seen:
                    seen.add(real)
                    self._read(found)
        except _FullError:
            pass

    def _sources(self, sources: Sequence[str]) -> Iterator[str | Problem]:
        for source in sources:
            yield from [source] if source == STANDARD_INPUT else files_of(source)

    def _read(self, source: str) -> None:
        """The submissions of a file; of what is wrong in it, as much as a person will read."""
        file = _CALLED if source == STANDARD_INPUT else source
        left = MOST_PROBLEMS
        try:
            for found in self._found(source, file):
                self._count("submissions", 1, found.source if isinstance(found, Submission) else file)
                if isinstance(found, Submission):
                    self._keep(found)
                    continue
                left -= 1
                if left >= 0:
                    self.problems.append(found)
        except AuthorError as error:
            self.problems += error.problems
        if left < 0:
            self.problems.append(Problem("more_problems", file, evidence={"shown": MOST_PROBLEMS}))

    def _found(self, source: str, file: str) -> Iterator[Submission | Problem]:
        if source == STANDARD_INPUT:
            content = (self.standard_input or sys.stdin.buffer).read(LARGEST + 1)
            suffix = suffix_of(content, file)
            if len(content) > FORMATS[suffix].largest:
                raise AuthorError(Problem("file_too_large", file, evidence={"limit": FORMATS[suffix].largest}))
        else:
            suffix = suffix_named(source)
            content = read_limited(Path(source), FORMATS[suffix].largest)
        return self.readers[suffix](content, file)

    def _keep(self, submission: Submission) -> None:
        self._count("answers", len(submission.answers), submission.source)
        self._count("characters", sum(map(len, submission.answers.values())), submission.source)
        self.submissions.append(submission)

    def _count(self, what: str, number: int, source: str) -> None:
        self.counted[what] += number
        if self.counted[what] > MOST[what]:
            evidence = {"limit": f"{MOST[what]:,}", "what": what}
            self.problems.append(Problem("answers_full", source, evidence=evidence))
            raise _FullError
