"""Who gives the sheet: from the command line, else from the first exercise that says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from derive.document import Letterhead, Logo
from derive.errors import AuthorError, Problem
from derive.exercise import Exercise, read_limited

MAX_LOGO_SIZE = 5_000_000

_SIGNATURES: Mapping[bytes, str] = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}


def letterhead(
    exercises: Sequence[Exercise],
    school: str | None = None,
    course: str | None = None,
    instructor: str | None = None,
    logo: Path | None = None,
) -> Letterhead:
    """Each part from the first that has it."""
    return Letterhead(
        school=school or _first(exercises, "school"),
        course=course or _first(exercises, "course"),
        instructor=instructor or _first(exercises, "instructor"),
        logo=read_logo(logo) if logo else _own_logo(exercises),
    )


def _first(exercises: Sequence[Exercise], part: str) -> str:
    values = (getattr(exercise.content.course, part) for exercise in exercises)
    return next(filter(None, values), "")


def _own_logo(exercises: Sequence[Exercise]) -> Logo | None:
    for exercise in exercises:
        if name := exercise.content.course.logo:
            return read_logo(exercise.path.parent / name)
    return None


def read_logo(path: Path) -> Logo:
    """A PNG or JPEG image, known by its first bytes, not by its name."""
    data = read_limited(path, MAX_LOGO_SIZE)
    for signature, kind in _SIGNATURES.items():
        if data.startswith(signature):
            return Logo(data, kind)
    raise AuthorError(Problem("logo_type", evidence={"found": str(path)}))
