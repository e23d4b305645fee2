"""The folder of a set: what is finished in it, and the manifest that says so.

The manifest holds everything that is needed to make the set again, and the checksum of each file. It is written anew
after every few students, so that a run that was interrupted goes on where it ended; what stands in a file decides, not
that there is one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import file_digest, sha256
from importlib.metadata import version
from pathlib import Path
from time import time
from typing import Any, BinaryIO

from derive import __version__
from derive.classes.class_set.members import Member
from derive.files import read_limited, unfinished
from derive.words.errors import AuthorError, Problem, RefusedError

MANIFEST = "manifest.json"
MAX_MANIFEST_SIZE = 50_000_000
_ABANDONED = 3600  # seconds after which an unfinished file is of a run that was killed, not of one beside this
_LIBRARIES = ("numpy", "pikepdf", "segno", "sympy", "weasyprint")


@dataclass
class Folder:
    """Where the files of a set are written, none of them over one that differs unless that is forced."""

    path: Path
    settings: Mapping[str, object]
    """What the set is made of, as JSON."""
    members: Sequence[Member]
    force: bool = False
    sums: dict[str, str] = field(default_factory=dict)
    """The checksums of the finished files, by their names in the folder."""
    before: Mapping[str, str] = field(default_factory=dict)
    """The checksums that an earlier run has written down, of this class or of what it was then."""
    strays: list[str] = field(default_factory=list)
    """Sheets of an earlier run that belong to nobody any more."""
    left: list[str] = field(default_factory=list)
    """Files that stand where one of the set belongs, differ from it, and were left as they are."""

    def open(self) -> None:
        """Finds what an earlier run has finished; ``RefusedError`` if that made another set."""
        if self.path.exists() and not self.path.is_dir():
            raise AuthorError(Problem("not_a_folder", str(self.path)))
        known = self._known()
        if not known:
            return
        if known.get("set") != self.settings and not self.force:
            raise RefusedError(Problem("other_set", str(self.path)))
        listed = known["files"] if isinstance(known.get("files"), dict) else {}
        own = {name for member in self.members for name in files_of(member)}
        self.strays.extend(sorted(name for name in listed if "/" in name and name not in own))
        if known.get("set") == self.settings:
            self.before = {name: digest for name, digest in listed.items() if name not in self.strays}
            self.sums.update(self._of_same_members(known))

    def make(self) -> None:
        """The folder, and those in it; what a run that was killed has left unfinished goes."""
        try:
            for place in (self.path, self.path / "worksheets", self.path / "keys"):
                place.mkdir(parents=True, exist_ok=True)
                for remnant in place.glob(".*.part"):
                    if time() - remnant.stat().st_mtime > _ABANDONED:
                        remnant.unlink(missing_ok=True)
        except OSError as error:
            evidence = {"reason": error.strerror or str(error)}
            raise RefusedError(Problem("folder_failed", str(error.filename or self.path), evidence=evidence)) from None

    def _known(self) -> dict[str, Any]:
        """The manifest that stands there; nothing if there is none or it is damaged, for files are compared anyway."""
        place = self.path / MANIFEST
        if not place.is_file():
            return {}
        try:
            known = json.loads(read_limited(place, MAX_MANIFEST_SIZE))
        except (ValueError, RecursionError):
            return {}
        return known if isinstance(known, dict) else {}

    def _of_same_members(self, known: Mapping[str, Any]) -> dict[str, str]:
        """The checksums of the files whose members are the same as they were."""
        before = known.get("members")
        if not isinstance(before, list):
            return {}
        changed = [member for member, record in zip(self.members, self.records, strict=True) if record not in before]
        stale = {name for member in changed for name in files_of(member)}
        whole = set() if before == self.records else {name for name in self.before if "/" not in name}
        return {name: digest for name, digest in self.before.items() if name not in stale | whole}

    @property
    def records(self) -> list[Mapping[str, object]]:
        return [member.record for member in self.members]

    @property
    def finished_members(self) -> int:
        """How many members have both their files."""
        return sum(all(map(self.has, files_of(member))) for member in self.members)

    def content(self, name: str) -> bytes | None:
        """What a finished file holds; nothing where it is not as it was written."""
        try:
            content = (self.path / name).read_bytes()
        except OSError:
            return None
        return content if sha256(content).hexdigest() == self.sums.get(name) else None

    def has(self, name: str) -> bool:
        """Whether this file is finished: it is there, and is what was written."""
        place = self.path / name
        if name not in self.sums or not place.is_file():
            return False
        with place.open("rb") as file:
            return file_digest(file, "sha256").hexdigest() == self.sums[name]

    def put(self, name: str, content: bytes) -> None:
        """Writes a file, unless one that differs stands there."""
        self.write(name, lambda file: file.write(content))

    def write(self, name: str, fill: Callable[[BinaryIO], object]) -> None:
        """The same for a file that is written piece by piece."""
        place = self._free(name)
        # No fsync: a file that a power failure has damaged differs from its checksum and is made again.
        with unfinished(place) as (file, finish):
            fill(file)
            file.flush()
            with Path(file.name).open("rb") as written:
                digest = file_digest(written, "sha256").hexdigest()
            stands = _sum_of(place) if place.exists() else ""
            if stands and stands != digest and not (self.force or self._is_outdated(name, stands)):
                self.left.append(name)
                return
            if stands != digest:
                finish()
        self.sums[name] = digest

    def _free(self, name: str) -> Path:
        """Where a file goes; nothing else than a file may stand there."""
        place = self.path / name
        if place.exists() and not place.is_file():
            raise AuthorError(Problem("not_regular", str(place)))
        return place

    def _is_outdated(self, name: str, stands: str) -> bool:
        """Whether it is a file of the whole class, as we left it, and the class has changed since then."""
        return "/" not in name and self.before.get(name) == stands

    def save(self, complete: bool = False) -> None:
        """Writes the manifest."""
        manifest = {
            "complete": complete,
            "made_with": _made_with(),
            "set": self.settings,
            "members": self.records,
            "files": dict(sorted(self.sums.items())),
        }
        text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
        with unfinished(self._free(MANIFEST)) as (file, finish):
            file.write(text.encode("utf-8", "surrogatepass"))
            finish()


@cache  # the manifest is written again and again, and each version is read from a file
def _made_with() -> Mapping[str, str]:
    return {"pencilgrad": __version__, **{name: version(name) for name in _LIBRARIES}}


def files_of(member: Member) -> tuple[str, str]:
    """The names of a member's worksheet and key."""
    return f"worksheets/{member.stem}.pdf", f"keys/{member.stem}.pdf"


def _sum_of(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
