"""What needs no mathematics, and so answers at once: the shipped exercises, a file to start from, the schema."""

from __future__ import annotations

from pathlib import Path

import click

from derive import resources
from derive.authoring.catalogue import entries
from derive.files import check_output, write
from derive.words.errors import AuthorError, Problem, on_one_line


def list_exercises(language: str) -> None:
    """Prints name, shape and title of the shipped exercises."""
    rows = list(entries(language))
    names, shapes = max(len(row.name) for row in rows), max(len(row.shape) for row in rows)
    for row in rows:
        click.echo(f"{click.style(f'{row.name:<{names}}', bold=True)}  {row.shape:<{shapes}}  {row.title}")


def new_exercise(file: Path, force: bool) -> None:
    """Writes the commented example; never over a file without being told to."""
    if file.suffix != ".toml":
        raise AuthorError(Problem("unknown_format", evidence={"found": file.name, "allowed": ".toml"}))
    check_output(file)
    if file.exists() and not force:
        raise AuthorError(Problem("exists", str(file)))
    write(file, (resources.templates() / "exercise" / "new.toml").read_bytes())
    click.echo(on_one_line(f"Wrote {file.resolve()}. Edit it, then: pencilgrad worksheet {file}"))


def print_schema() -> None:
    """Prints the JSON schema of exercise files, which lies there ready made."""
    click.echo((resources.templates() / "exercise" / "schema.json").read_text(encoding="utf-8"), nl=False)
