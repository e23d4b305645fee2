"""Finds the files that were handed in."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from derive.checking.submissions.formats import FORMATS, LARGEST
from derive.classes.class_set.folder import MANIFEST
from derive.files import one_line, read_limited
from derive.words.errors import AuthorError, Problem


def suffix_named(path: str) -> str:
    """The suffix of a path, which says what is in the file."""
    return Path(path).suffix.lower()


def files_of(source: str) -> Iterator[str | Problem]:
    """The files that a name stands for: its own, or those in a folder and below it, sorted."""
    if Path(source).is_dir():
        found = None
        for found in _within(Path(source)):
            yield found
        if not found:
            yield Problem("answers_none", source, evidence={"allowed": ", ".join(FORMATS)})
    elif suffix_named(source) in FORMATS:
        yield source
    else:
        evidence = {"found": Path(source).name, "allowed": ", ".join(FORMATS)}
        yield Problem("unknown_format", source, evidence=evidence)


def _within(folder: Path) -> Iterator[str | Problem]:
    errors: list[OSError] = []
    real = os.path.realpath(folder)
    made: dict[Path, str] = {}
    for place, folders, files in os.walk(folder, onerror=errors.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if MANIFEST in files:
            made |= _made(Path(place))
        for name in sorted(files):
            path = Path(place, name)
            if name.startswith(".") or name == MANIFEST or path.suffix.lower() not in FORMATS or not path.is_file():
                continue
            if not Path(os.path.realpath(path)).is_relative_to(real):
                yield Problem("answers_link", str(path))
            elif path not in made or made[path] != _sum(path):
                yield str(path)
    for error in errors:
        evidence = {"reason": error.strerror or one_line(error)}
        yield Problem("file_unreadable", str(error.filename or folder), evidence=evidence)


def _made(folder: Path) -> Mapping[Path, str]:
    """The files of a class set with their checksums, if this is the folder of one."""
    try:
        sums = json.loads(read_limited(folder / MANIFEST, FORMATS[".json"].largest))["files"]
        return {folder / name: digest for name, digest in sums.items()}
    except (AuthorError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        return {}


def _sum(path: Path) -> str:
    """The checksum of a file, as a manifest has it; nothing if it cannot be read."""
    try:
        return sha256(read_limited(path, LARGEST)).hexdigest()
    except AuthorError:
        return ""
