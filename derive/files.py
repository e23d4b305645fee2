"""Reading files that an author names, and writing: beside the place first, then into it, so nothing is half-written."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from derive.words.errors import AuthorError, Problem, RefusedError


def read_limited(path: Path, limit: int) -> bytes:
    """The bytes of a file that an author named; never more than ``limit``, whatever the file says of its size."""
    try:
        if path.is_dir():
            raise AuthorError(Problem("not_a_file", str(path)))
        if path.is_fifo() and not path.is_relative_to(
            "/dev"
        ):  # those of a shell have a writer, others may never get one
            raise OSError(errno.ESPIPE, "a pipe, which may never end")
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError:
        raise AuthorError(Problem("file_missing", str(path))) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or one_line(error)
        raise AuthorError(Problem("file_unreadable", str(path), evidence={"reason": reason})) from None
    if len(data) > limit:
        raise AuthorError(Problem("file_too_large", str(path), evidence={"limit": limit}))
    return data


def one_line(error: Exception) -> str:
    """What an exception says, without line ends."""
    return " ".join(str(error).split())


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
    with unfinished(path) as (file, finish):
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        finish()


def created(path: Path) -> BinaryIO:
    """A new file, open for writing."""
    return path.open("xb")


@contextmanager
def unfinished(path: Path) -> Iterator[tuple[BinaryIO, Callable[[], None]]]:
    """A file beside the path, and what puts it into its place; if that is not called, nothing is left of it."""
    place = path.resolve()
    with ExitStack() as leftovers:  # removed whatever happened, Ctrl-C included
        try:
            beside = place.with_name(f".{token_hex(4)}.part")
            leftovers.callback(beside.unlink, missing_ok=True)  # before it is there: Ctrl-C can come at any time
            with created(beside) as file:

                def finish() -> None:
                    file.close()
                    beside.chmod(_permissions(place))
                    beside.replace(place)

                yield file, finish
        except OSError as error:
            raise _refused(path, error) from None


def _refused(path: Path, error: OSError) -> RefusedError:
    return RefusedError(Problem("write_failed", str(path), evidence={"reason": error.strerror or str(error)}))


def _permissions(path: Path) -> int:
    """Those of the file that is replaced, else what the user's umask gives a new one; a temporary file has fewer."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
