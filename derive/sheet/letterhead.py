"""Who gives the sheet: from the command line, else from the first exercise that says so."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image
from pydantic import ValidationError

from derive.authoring.exercise import Exercise
from derive.authoring.exercise_file import CourseTable
from derive.authoring.validation import problems_of
from derive.files import read_limited
from derive.sheet.document import Letterhead, Logo
from derive.words.errors import AuthorError, Problem

MAX_LOGO_SIZE = 5_000_000

_KINDS = {"PNG": "png", "JPEG": "jpeg"}


def letterhead(
    exercises: Sequence[Exercise],
    school: str | None = None,
    course: str | None = None,
    instructor: str | None = None,
    logo: Path | None = None,
) -> Letterhead:
    """Each part from the first that has it."""
    given = {"school": school, "course": course, "instructor": instructor}
    texts = {name: text or _first(exercises, name) for name, text in _checked(given).items()}
    return Letterhead(
        **texts,
        logo=read_logo(logo) if logo else _own_logo(exercises),
    )


def _checked(given: dict[str, str | None]) -> dict[str, str | None]:
    """Texts of the command line, held to what a file may say."""
    try:
        CourseTable.model_validate({name: text for name, text in given.items() if text is not None})
    except ValidationError as error:
        findings = problems_of(error, CourseTable)
        raise AuthorError(
            *(Problem(found.code, key=f"--{found.keys[0]}", evidence=found.evidence) for found in findings)
        ) from None
    return given


def _first(exercises: Sequence[Exercise], part: str) -> str:
    values = (getattr(exercise.content.course, part) for exercise in exercises)
    return next(filter(None, values), "")


def _own_logo(exercises: Sequence[Exercise]) -> Logo | None:
    for exercise in exercises:
        if name := exercise.content.course.logo:
            return read_logo(exercise.path.parent / name)
    return None


def read_logo(path: Path) -> Logo:
    """A PNG or JPEG image, known by its content, not by its name, and whole."""
    data = read_limited(path, MAX_LOGO_SIZE)
    try:
        with Image.open(BytesIO(data), formats=tuple(_KINDS)) as image:
            image.verify()
            return Logo(data, _KINDS[str(image.format)])
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise AuthorError(Problem("logo_type", evidence={"found": str(path)})) from None
