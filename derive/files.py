"""Writing files so that nothing is ever half-written: beside the place first, then renamed into it."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from derive.errors import AuthorError, Problem, RefusedError


def check_output(path: Path) -> None:
    """Refuses an impossible place before any work is done for it."""
    try:
        if path.is_dir():
            raise AuthorError(Problem("not_a_file", str(path)))
        if not path.parent.is_dir():
            raise AuthorError(Problem("folder_missing", str(path), evidence={"folder": str(path.parent)}))
        if path.exists() and not path.is_file():  # a device, a pipe
            raise AuthorError(Problem("not_regular", str(path)))
        if path.exists() and not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise _refused(path, error) from None


def write(path: Path, content: bytes) -> None:
    """The file is either written whole or left as it was. A link stays a link: what it leads to is replaced."""
    check_output(path)
    place = path.resolve()
    beside: Path | None = None
    try:
        with NamedTemporaryFile(dir=place.parent, prefix=".", suffix=".part", delete=False) as file:
            beside = Path(file.name)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(_permissions(place))
        beside.replace(place)
        beside = None
    except OSError as error:
        raise _refused(path, error) from None
    finally:  # whatever happened, Ctrl-C included
        if beside:
            beside.unlink(missing_ok=True)


def _refused(path: Path, error: OSError) -> RefusedError:
    return RefusedError(Problem("write_failed", str(path), evidence={"reason": error.strerror or str(error)}))


def _permissions(path: Path) -> int:
    """Those of the file that is replaced, else what the user's umask gives a new one; a temporary file has fewer."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
