"""Fillable PDFs, saved by whatever program a student filled them in with.

The files are opened in a process of their own, ``form_fields``, which is ended and started anew where one of them takes
too much memory or time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Timer
from typing import IO, Any

from derive.checking.submissions.submission import Submission
from derive.classes.people import findings, language_code, spaced
from derive.words.errors import Problem

SECONDS = 10
"""For a form that takes a hundredth of one."""
_BROKEN = {"problem": "form_broken", "evidence": {}}
_PROGRAM = "derive.checking.submissions.form_fields"


@contextmanager
def form_reader() -> Iterator[FormReader]:
    """A reader of forms, whose process is there while it is needed."""
    reader = FormReader()
    try:
        yield reader
    finally:
        reader.end()


@dataclass
class FormReader:
    """Reads forms one after another."""

    seconds: float = SECONDS
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __call__(self, content: bytes, file: str) -> Iterator[Submission | Problem]:
        """The submission that a form is, or what is wrong with the file."""
        found = self._form(content)
        if "problem" in found:
            yield Problem(found["problem"], file, evidence=found["evidence"])
            return
        code = found["code"]
        name = _name(found["title"], found["heading"]) if code else ""
        flaws = [Problem(flaw.code, file, "title", evidence=flaw.evidence) for flaw in findings({"name": name})]
        yield from flaws
        if flaws:
            return
        # Students answer the same questions: one text for each name is enough.
        answers = {sys.intern(field): text for field, text in found["fields"]}
        language = language_code(found["language"])
        yield Submission(answers, file, name, language=language, code=code, asked=tuple(answers))

    def end(self) -> None:
        """Ends the process."""
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _form(self, content: bytes) -> Mapping[str, Any]:
        """What the process says of a file; a code of ours where it says nothing."""
        if not self._process:
            self._process = _started()
        process, is_late = self._process, Event()

        def give_up() -> None:
            is_late.set()
            process.kill()

        timer = Timer(self.seconds, give_up)
        timer.start()
        try:
            answer = _answer(process, content)
        finally:
            timer.cancel()
        if is_late.is_set():
            self.end()
            return {"problem": "form_time", "evidence": {"limit": self.seconds}}
        found: Mapping[str, Any] = json.loads(answer) if answer.endswith(b"\n") else _BROKEN  # where it has died
        if found == _BROKEN:
            self.end()  # what is left of its memory may be too little for the next file
        return found


def _started() -> subprocess.Popen[bytes]:
    """The process: it finds its modules where this one does, and none in the folder where the answers may lie."""
    path = os.pathsep.join(place for place in sys.path if place)
    return subprocess.Popen(
        [sys.executable, "-P", "-m", _PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
    )


def _answer(process: subprocess.Popen[bytes], content: bytes) -> bytes:
    source, sink = _open(process.stdin), _open(process.stdout)
    try:
        source.write(b"%d\n" % len(content))
        source.write(content)
        source.flush()
    except OSError:  # it died before it had read all
        return b""
    return sink.readline()


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe
    return pipe


def _name(title: str, heading: str) -> str:
    """The student's name, which stands before the heading of the sheet in the title of its file."""
    before, found, _ = title.partition(f" · {heading}") if heading else ("", "", "")
    return spaced(before) if found else ""
