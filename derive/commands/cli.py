"""The command line: what can be typed. What is done then is in the modules beside this one.

Most of them import SymPy, which takes half a second, so each is imported when its command runs: --help answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TypeVar

import click

from derive import __version__
from derive.choices import DETAILS, MOST_DIGITS, MOST_ROUNDS, MOST_VARIANTS, NOTATIONS, PAPERS, languages
from derive.words.errors import PencilgradError, Problem, RefusedError

Command = TypeVar("Command", bound=Callable[..., Any])


class Program(click.Group):
    """Turns our errors into sentences and exit codes; whatever else escapes is a bug and keeps its traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):  # a character that the terminal has not got stops nothing
                stream.reconfigure(errors="replace")
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except PencilgradError as error:
            self._refuse(ctx, error)
        except OSError as error:
            self._refuse(ctx, RefusedError(Problem("not_printed", evidence={"reason": error.strerror or str(error)})))
        else:
            return result

    @staticmethod
    def _refuse(ctx: click.Context, error: PencilgradError) -> None:
        for problem in error.problems:
            click.echo(f"Error: {problem}", err=True)
        ctx.exit(error.exit_code)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="pencilgrad")
def main() -> None:
    """Backpropagation worksheets and answer keys for pencil and paper.

    EXERCISE is the name of a shipped exercise (see 'pencilgrad list') or the path of a file of your own.
    """


class _Named(click.Path):
    """A path with a name: an empty one, as of a variable that is not set, would be the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("it is empty.", param, ctx)
        return super().convert(value, param, ctx)


def _module(name: str) -> Any:
    """The module of this room that does what a command asks for."""
    return import_module(f"derive.commands.{name}")


def _write(
    kinds: list[str],
    exercises: tuple[str, ...],
    code: str | None,
    name: str | None,
    output: Path | None,
    **settings: Any,
) -> None:
    if code is not None:
        _module("class_sets").write_coded(kinds, exercises, code, name=name, output=output, said=settings)
    elif not exercises:
        raise click.UsageError("Missing argument 'EXERCISE...', or --code.")
    elif name is not None:
        raise click.UsageError("--name goes with --code.")
    else:
        _module("sheets").write_documents(kinds, exercises, output, settings)


def _options(*decorators: Callable[[Command], Command]) -> Callable[[Command], Command]:
    def apply(command: Command) -> Command:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return apply


_language = click.option(
    "--lang", "language", type=click.Choice(languages()), default="en", show_default=True, help="Language."
)
_numbers = _options(
    click.option("--digits", type=click.IntRange(0, MOST_DIGITS), help="Decimal places of the answers."),
    click.option("--figures", type=click.IntRange(1, MOST_DIGITS), help="Significant figures of the answers."),
    click.option("--decimal", type=click.Choice(["point", "comma"]), help="Decimal mark, if not the language's own."),
    click.option(
        "--detail",
        type=click.Choice(DETAILS),
        help="How much is asked: every factor, one answer for each quantity, or results only.",
    ),
    click.option("--notation", type=click.Choice(NOTATIONS), help="How quantities are written."),
    click.option("--nested", is_flag=True, help="Print the error as one nested expression too."),
)
_output = click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write: .pdf, .html or .tex.")
_layout = _options(
    click.option("--paper", type=click.Choice(PAPERS), default="a4", show_default=True, help="Paper size."),
    click.option("--school", help="School, printed at the head of each sheet."),
    click.option("--course", help="Course."),
    click.option("--instructor", help="Instructor."),
    click.option("--logo", type=click.Path(path_type=Path), help="PNG or JPEG image for the head of each sheet."),
    click.option("--templates", type=click.Path(path_type=Path), help="Folder with templates of your own."),
)
_with_key = click.option("--with-key", is_flag=True, help="Write the answer key too, beside the worksheet.")
_fillable = click.option("--fillable", is_flag=True, help="Make every answer box a form field (PDF, HTML).")
_exercise = click.argument("exercise")
_exercises = click.argument("exercises", metavar="EXERCISE...", nargs=-1)
_coded = _options(
    click.option("--code", help="The code on a sheet of a class set: make that sheet again."),
    click.option("--name", help="The student's name, to be printed on a sheet made by its code."),
)


@main.command()
@_exercises
@_language
@_numbers
@_with_key
@_fillable
@_coded
@_output
@_layout
def worksheet(exercises: tuple[str, ...], with_key: bool, **options: Any) -> None:
    """Write a worksheet to be solved by hand."""
    _write(["worksheet", "key"] if with_key else ["worksheet"], exercises, **options)


@main.command()
@_exercises
@_language
@_numbers
@click.option("--fillable", is_flag=True, help="Accepted as for a worksheet; a key has no boxes to fill.")
@_coded
@_output
@_layout
def key(exercises: tuple[str, ...], **options: Any) -> None:
    """Write the answer key: every step explained, all results on the last page."""
    _write(["key"], exercises, **options)


@main.command()
@_exercise
@_language
@_numbers
def show(exercise: str, **settings: Any) -> None:
    """Show the derivation in the terminal."""
    _module("sheets").show_derivation(exercise, settings)


@main.command()
@_exercise
@click.option("--json", "as_json", is_flag=True, help="Print JSON for other programs.")
@click.option("--rounds", type=click.IntRange(0, MOST_ROUNDS), help="Also say what so many updates lead to.")
@click.option("--epochs", type=click.IntRange(0, MOST_ROUNDS), help="The same, in passes through all samples.")
def solve(exercise: str, as_json: bool, rounds: int | None, epochs: int | None) -> None:
    """Print every quantity of the derivation with its value, to 17 digits."""
    _module("sheets").print_solution(exercise, as_json, rounds, epochs)


@main.command()
@click.argument("exercises", metavar="[EXERCISE]...", nargs=-1)
@_language
@click.option("--json", "as_json", is_flag=True, help="Print JSON for other programs.")
@click.option("--summary", is_flag=True, help="Print only how many numbers of each exercise have each verdict.")
def audit(exercises: tuple[str, ...], language: str, as_json: bool, summary: bool) -> None:
    """Say of every number that a published page prints whether its own method gives it.

    Without an EXERCISE, of all shipped ones. Ends with 1 if a number is neither reproduced nor explained.
    """
    _module("sheets").audit_numbers(exercises, language, as_json, summary)


@main.command("class")
@_exercise
@click.option(
    "--roster", type=click.Path(path_type=Path), help="CSV with name, id, and e-mail, language, group if you like."
)
@click.option("--variants", "count", type=click.IntRange(1, MOST_VARIANTS), help="Without a roster: so many, A, B, C …")
@click.option("-o", "--output", "folder", type=_Named(path_type=Path), required=True, help="Folder for the set.")
@click.option("--seed", default="1", show_default=True, help="A word or a number: another one gives other numbers.")
@_language
@_numbers
@_fillable
@_layout
@click.option("--jobs", type=click.IntRange(1, 256), help="Processes to use, if not one for each processor.")
@click.option("--scheduler", help="Address of a Dask scheduler whose workers do the work.")
@click.option("--force", is_flag=True, help="Replace files that differ, or another set in the folder.")
def class_set(exercise: str, **options: Any) -> None:
    """Write a set for a class: a worksheet and a key for each student, with numbers of their own.

    Run again, it finishes what is missing.
    """
    _module("class_sets").make_class(exercise, **options)


@main.command()
@_exercise
@click.argument("answers", metavar="ANSWERS...", nargs=-1, required=True)
@click.option("--set", "set_folder", type=click.Path(path_type=Path), help="Folder of the class set the sheets are of.")
@click.option("--code", help="The code of the sheet, where the answers do not say it.")
@click.option("-o", "--output", type=_Named(path_type=Path), help="Folder for the reports and the tables of marks.")
@click.option(
    "--format", "suffix", type=click.Choice(["pdf", "html"]), default="pdf", show_default=True, help="Of the reports."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for other programs.")
@click.option("--sheet-for-each", is_flag=True, help="Also write each student a sheet that practises what went wrong.")
@click.option("--seed", default="practice", show_default=True, help="Of the numbers on these sheets.")
@click.option(
    "--lang",
    "language",
    type=click.Choice(languages()),
    help="Language of the report on the class, and of who has none.",
)
@_numbers
@_fillable
@_layout
@click.option("--jobs", type=click.IntRange(1, 256), help="Processes to use, if not one for each processor.")
@click.option("--force", is_flag=True, help="Write among other files that are in the folder.")
def check(exercise: str, answers: tuple[str, ...], **options: Any) -> None:
    """Check what was calculated by hand: fillable PDFs, CSV, JSON, TOML, folders of these, or - for standard input."""
    _module("checking").check_answers(exercise, answers, **options)


@main.command()
@_exercise
@click.option("--code", help="The code on a sheet of a class set: its numbers.")
@click.option("--new", "is_new", is_flag=True, help="New numbers, with a code to have them again by.")
@click.option("--from", "first", type=click.IntRange(1), default=1, help="Number of the first question.")
@_language
@_numbers
def practice(exercise: str, code: str | None, is_new: bool, first: int, **settings: Any) -> None:
    """Practise in the terminal: question by question, with hints, and as many tries as you like."""
    _module("practising").practise(exercise, code=code, is_new=is_new, first=first, settings=settings)


@main.command("list")
@_language
def list_exercises(language: str) -> None:
    """List the shipped exercises."""
    _module("starting").list_exercises(language)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
def new(file: Path, force: bool) -> None:
    """Write a commented exercise file to start from."""
    _module("starting").new_exercise(file, force)


@main.command()
def schema() -> None:
    """Print the JSON schema of exercise files, for your editor."""
    _module("starting").print_schema()
