"""How a sheet is made: the same settings as keywords of a program and as options of the command line.

To add one: a field of ``Settings`` and its use in ``options`` or ``layout``, its type in ``Keywords``, its option in
``commands.cli``, and its name in the docstring of ``worksheet``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypedDict

from pydantic import BeforeValidator, Field, ValidationError

from derive.authoring.exercise import Exercise
from derive.authoring.validation import problems_of
from derive.choices import DETAILS, MOST_DIGITS, NOTATIONS, PAPERS
from derive.model.fields import LanguageCode, OneOf, Table
from derive.render import Layout
from derive.sheet.build import Options
from derive.sheet.letterhead import letterhead
from derive.words.errors import AuthorError, Problem

_MARKS = {"point": ".", "comma": ",", None: None}


class Keywords(TypedDict, total=False):
    """The keywords, for type checkers; what they mean is said in ``Settings``."""

    language: str
    digits: int | None
    figures: int | None
    decimal: str | None
    detail: str | None
    notation: str | None
    nested: bool
    paper: str
    fillable: bool
    templates: str | Path | None
    school: str | None
    course: str | None
    instructor: str | None
    logo: str | Path | None


def _path(value: object) -> object:
    return Path(value) if isinstance(value, str) else value


PathLike = Annotated[Path, BeforeValidator(_path)]


class Settings(Table):
    """All settings, with what is so if nothing is said. The order is that in which a set's manifest keeps them."""

    paper: Annotated[str, OneOf(PAPERS)] = Field(default="a4", description="Paper size.")
    fillable: bool = Field(default=False, description="Whether every answer box is a form field (PDF, HTML).")
    templates: PathLike | None = Field(default=None, description="Folder with templates of your own.")
    school: str | None = Field(default=None, description="School, printed at the head of each sheet.")
    course: str | None = Field(default=None, description="Course.")
    instructor: str | None = Field(default=None, description="Instructor.")
    logo: PathLike | None = Field(default=None, description="PNG or JPEG image for the head of each sheet.")
    digits: int | None = Field(default=None, ge=0, le=MOST_DIGITS, description="Decimal places of the answers.")
    figures: int | None = Field(default=None, ge=1, le=MOST_DIGITS, description="Significant figures, instead.")
    decimal: Annotated[str, OneOf(("point", "comma"))] | None = Field(
        default=None, description="Decimal mark, if not the language's own."
    )
    detail: Annotated[str, OneOf(DETAILS)] | None = Field(default=None, description="How much is asked.")
    notation: Annotated[str, OneOf(NOTATIONS)] | None = Field(default=None, description="How quantities are written.")
    nested: bool = Field(default=False, description="Whether the error is printed as one nested expression too.")
    language: LanguageCode = Field(default="en", description="en, es or zh.")

    @classmethod
    def of(cls, said: Mapping[str, Any], prefix: str = "") -> Settings:
        """The settings that were said; ``AuthorError`` with all that is wrong with them.

        ``prefix`` stands before their names in what is said of them: a command line spells ``digits`` as ``--digits``.
        """
        try:
            settings = cls.model_validate(dict(said))
        except ValidationError as error:
            found = problems_of(error, cls)
            problems = (Problem(one.code, key=f"{prefix}{one.keys[0]}", evidence=one.evidence) for one in found)
            raise AuthorError(*problems) from None
        if settings.digits is not None and settings.figures is not None:
            evidence = {"one": f"{prefix}digits", "other": f"{prefix}figures"}
            raise AuthorError(Problem("both_given", evidence=evidence))
        return settings

    def options(self, exercises: Sequence[Exercise], outlook: bool = True) -> Options:
        """What they say about a document; its head is that of the exercises where they do not say it."""
        return Options(
            language=self.language,
            digits=self.digits,
            figures=self.figures,
            detail=self.detail,
            notation=self.notation,
            nested=self.nested,
            decimal_mark=_MARKS[self.decimal],
            letterhead=letterhead(exercises, self.school, self.course, self.instructor, self.logo),
            outlook=outlook,
        )

    def layout(self, marked: bool = False) -> Layout:
        """What they say about its pages."""
        return Layout(self.paper, self.fillable, self.templates, marked)

    @property
    def said(self) -> dict[str, Any]:
        """What differs from saying nothing, as JSON, but for the language."""
        return {
            name: str(value) if isinstance(value, Path) else value
            for name in type(self).model_fields
            if name != "language" and (value := getattr(self, name)) is not None and value is not False
        }
