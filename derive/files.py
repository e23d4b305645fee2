"""Writing files so that nothing is ever half-written: beside the place first, then renamed into it."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from derive.errors import AuthorError, Problem, RefusedError


def check_output(path: Path) -> None:
    """Refuses an impossible place before any work is done for it."""
    if path.is_dir():
        raise AuthorError(Problem("not_a_file", str(path)))
    if not path.parent.is_dir():
        raise AuthorError(Problem("folder_missing", str(path), evidence={"folder": str(path.parent)}))


def write(path: Path, content: bytes) -> None:
    """The file is either written whole or left as it was."""
    check_output(path)
    beside: Path | None = None
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".part", delete=False) as file:
            beside = Path(file.name)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(_permissions(path))
        beside.replace(path)
    except OSError as error:
        if beside:
            beside.unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise RefusedError(Problem("write_failed", str(path), evidence={"reason": reason})) from None


def _permissions(path: Path) -> int:
    """Those of the file that is replaced, else what the user's umask gives a new one; a temporary file has fewer."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
