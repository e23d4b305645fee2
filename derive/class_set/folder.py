"""The folder of a set: what is finished in it, and the manifest that says so.

The manifest holds everything that is needed to make the set again, and the checksum of each file. It is written anew
after every few students, so that a run that was interrupted goes on where it ended; what stands in a file decides, not
that there is one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import file_digest, sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

from derive import __version__
from derive.class_set.members import Member
from derive.errors import Problem, RefusedError
from derive.files import read_limited, unfinished

MANIFEST = "manifest.json"
_MAX_MANIFEST_SIZE = 50_000_000
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
    left: list[str] = field(default_factory=list)
    """Files that stand where one of the set belongs, differ from it, and were left as they are."""

    def open(self) -> None:
        """Makes the folder, or finds what an earlier run has finished; ``RefusedError`` if that made another set."""
        try:
            for place in (self.path, self.path / "worksheets", self.path / "keys"):
                place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise RefusedError(Problem("folder_failed", str(self.path), evidence={"reason": reason})) from None
        known = self._known()
        if not known:
            return
        if known.get("set") != self.settings and not self.force:
            raise RefusedError(Problem("other_set", str(self.path)))
        if known.get("set") == self.settings:
            self.sums.update(self._of_same_members(known))

    def _known(self) -> dict[str, Any]:
        """The manifest that stands there; nothing if there is none or it is damaged, for files are compared anyway."""
        place = self.path / MANIFEST
        if not place.is_file():
            return {}
        try:
            known = json.loads(read_limited(place, _MAX_MANIFEST_SIZE))
        except ValueError:
            return {}
        return known if isinstance(known, dict) else {}

    def _of_same_members(self, known: Mapping[str, Any]) -> dict[str, str]:
        """The checksums of the files whose members are the same as they were."""
        before, sums = known.get("members"), known.get("files")
        if not isinstance(before, list) or not isinstance(sums, dict):
            return {}
        changed = [member for member, record in zip(self.members, self.records, strict=True) if record not in before]
        stale = {name for member in changed for name in files_of(member)}
        whole = set() if before == self.records else {name for name in sums if "/" not in name}
        return {name: sum_ for name, sum_ in sums.items() if name not in stale | whole}

    @property
    def records(self) -> list[Mapping[str, object]]:
        return [member.record for member in self.members]

    @property
    def finished_members(self) -> int:
        """How many members have both their files."""
        return sum(all(name in self.sums for name in files_of(member)) for member in self.members)

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
        place = self.path / name
        # No fsync: a file that a power failure has damaged differs from its checksum and is made again.
        with unfinished(place) as (file, finish):
            fill(file)
            file.flush()
            with Path(file.name).open("rb") as written:
                digest = file_digest(written, "sha256").hexdigest()
            if place.exists() and not self.force and _sum_of(place) != digest:
                self.left.append(name)
                return
            if not place.exists() or _sum_of(place) != digest:
                finish()
        self.sums[name] = digest

    def save(self, complete: bool = False) -> None:
        """Writes the manifest."""
        manifest = {
            "complete": complete,
            "made_with": {"pencilgrad": __version__, **{name: version(name) for name in _LIBRARIES}},
            "set": self.settings,
            "members": self.records,
            "files": dict(sorted(self.sums.items())),
        }
        text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
        with unfinished(self.path / MANIFEST) as (file, finish):
            file.write(text.encode("utf-8", "surrogatepass"))
            finish()


def files_of(member: Member) -> tuple[str, str]:
    """The names of a member's worksheet and key."""
    return f"worksheets/{member.stem}.pdf", f"keys/{member.stem}.pdf"


def _sum_of(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
