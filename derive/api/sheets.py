"""Worksheets and answer keys for programs: made once, then saved in any format or kept in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Unpack

from derive.api.exercises import ExerciseLike, load
from derive.api.notebook import framed
from derive.api.settings import Keywords, Settings
from derive.authoring.exercise import Exercise
from derive.files import check_output, write
from derive.numbers.intervals.reach import drowned
from derive.render import FILLABLE, Layout, Rendering, renderer_for
from derive.sheet.build import Options, build_documents, reach
from derive.sheet.document import Document, Kind
from derive.words.errors import AuthorError, Problem

_NAMED = 3  # quantities in a sentence


@dataclass(frozen=True)
class Sheet:
    """A finished document: a worksheet, an answer key or a report, which no format has been chosen for.

    A notebook shows it as its HTML page.
    """

    document: Document = field(repr=False)
    layout: Layout = field(repr=False)
    warnings: tuple[str, ...] = ()
    """What the one who teaches should know of it, a sentence each."""

    def save(self, path: str | Path) -> Path:
        """Writes the file, in the format that its suffix names: ``.pdf``, ``.html`` or ``.tex``; says where it is.

        A file that is there is replaced as a whole. Raises ``AuthorError`` where the suffix or the place is wrong, and
        ``RefusedError`` where the system will not have it.
        """
        target = Path(path)
        check_target(target, self.layout)
        write_rendering(target, self.rendered(target))
        return target

    def rendered(self, path: Path) -> Rendering:
        """The file's content, and what has to lie beside it."""
        return renderer_for(path)(self.document, self.layout)

    @cached_property
    def html(self) -> str:
        """The HTML page, which needs no other file."""
        return self.rendered(Path("sheet.html")).content.decode()

    @cached_property
    def tex(self) -> str:
        """The LaTeX source; a logo has to be saved beside it, which ``save`` does."""
        return self.rendered(Path("sheet.tex")).content.decode()

    @cached_property
    def pdf(self) -> bytes:
        """The PDF."""
        return self.rendered(Path("sheet.pdf")).content

    def __repr__(self) -> str:
        titles = ", ".join(sheet.title for sheet in self.document.sheets)
        return f"<{self.document.kind} in {self.document.language}: {titles}>"

    def _repr_html_(self) -> str:
        return framed(self.html)


def worksheet(*exercises: ExerciseLike, **settings: Unpack[Keywords]) -> Sheet:
    """The worksheet of an exercise, or of several in one document; nothing is written before it is saved.

    Settings, all of which may be left out: ``language`` ("en", "es", "zh"); ``digits`` (decimal places) or ``figures``
    (significant figures) of the answers; ``decimal`` ("point", "comma"); ``detail`` ("factors", "quantities",
    "results"); ``notation`` ("net-out", "z-a", "gates", "matrix"); ``nested`` (the error as one expression too);
    ``paper`` ("a4", "letter"); ``fillable`` (form fields); ``templates`` (a folder of your own); ``school``,
    ``course``, ``instructor``, ``logo``.

    Raises ``AuthorError`` for what is wrong with the exercise or a setting, ``RefusedError`` where there is no
    calculating with its numbers.

    >>> worksheet("mazur", language="es", digits=4)
    <worksheet in es: Un ejemplo de retropropagación paso a paso>
    """
    return _one(Kind.WORKSHEET, exercises, Settings.of(settings))


def key(*exercises: ExerciseLike, **settings: Unpack[Keywords]) -> Sheet:
    """The answer key of an exercise, or of several in one document: every step explained, all results at the end.

    Settings are those of ``worksheet``. Raises what that raises.

    >>> "0.298371" in key("mazur").html
    True
    """
    return _one(Kind.KEY, exercises, Settings.of(settings))


def _one(kind: Kind, exercises: Sequence[ExerciseLike], settings: Settings) -> Sheet:
    if not exercises:
        raise TypeError(f"{kind}() takes at least one exercise")
    return sheets_of([kind], [load(exercise) for exercise in exercises], settings)[kind]


def sheets_of(kinds: Sequence[Kind], exercises: Sequence[Exercise], settings: Settings) -> dict[Kind, Sheet]:
    """Several copies of the same document, which is built once."""
    options, layout = settings.options(exercises), settings.layout()
    documents = build_documents(exercises, kinds, options)
    warnings = tuple(warning for exercise in exercises for warning in _warnings(exercise, options))
    return {kind: Sheet(documents[kind], layout, warnings) for kind in kinds}


def _warnings(exercise: Exercise, options: Options) -> list[str]:
    lost = () if exercise.is_symbolic else drowned(reach(exercise, options))
    return [f"{exercise.name}: {drowned_sentence(lost)}"] if lost else []


def drowned_sentence(names: Sequence[str]) -> str:
    """What to do about answers of which rounding leaves no sure digit."""
    some = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
    return (
        f"rounding can change {some} by more than a tenth; more digits make them sure (--digits, --figures, or "
        "the rounding that is carried on)."
    )


def check_target(path: Path, layout: Layout) -> None:
    """Refuses a format or a place that cannot be, before any work is done for it."""
    renderer_for(path)
    if layout.fillable and path.suffix.lower() not in FILLABLE:
        raise AuthorError(Problem("not_fillable", str(path), evidence={"allowed": " and ".join(FILLABLE)}))
    check_output(path)


def write_rendering(path: Path, rendering: Rendering) -> None:
    """The file, and beside it what LaTeX cannot hold itself."""
    for suffix, content in rendering.companions.items():
        write(path.with_name(path.stem + suffix), content)
    write(path, rendering.content)
