"""The templates' environment: Jinja2's sandbox, everything escaped, the instructor's folder before ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.exceptions import TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from derive import resources
from derive.render import Layout
from derive.words.errors import AuthorError, Problem


def environment(
    layout: Layout, filters: Mapping[str, Callable[..., Any]], **options: Any
) -> ImmutableSandboxedEnvironment:
    """An environment whose templates see the filters and nothing of the machine."""
    if layout.templates:
        _check_folder(layout.templates)
    folders = [folder for folder in (layout.templates, resources.templates()) if folder]
    env = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        **options,
    )
    env.filters.update(filters)
    env.filters["shape"] = lambda block: type(block).__name__
    return env


def _check_folder(own: Path) -> None:
    ours = resources.templates()
    try:
        if not own.is_dir():
            raise AuthorError(Problem("templates_missing", str(own)))
        if not any((own / path.relative_to(ours)).is_file() for path in ours.rglob("*") if path.is_file()):
            raise AuthorError(Problem("templates_unused", str(own)))
    except OSError as error:
        reason = error.strerror or str(error)
        raise AuthorError(Problem("file_unreadable", str(own), evidence={"reason": reason})) from None


def fill(env: ImmutableSandboxedEnvironment, template: str, **values: Any) -> str:
    """The finished text of a template; a mistake in it is the author's, with file and line."""
    try:
        return env.get_template(template).render(**values)
    except TemplateSyntaxError as error:
        raise AuthorError(_problem(error.filename or template, error.lineno, error)) from None
    except TemplateNotFound as error:
        raise AuthorError(_problem(template, None, f"there is no template {error.name!r}")) from None
    except (
        TemplateError,
        TypeError,
        ValueError,
        ArithmeticError,
        LookupError,
        AttributeError,
        RecursionError,
        MemoryError,
    ) as error:
        file, line = _place(error, template)
        raise AuthorError(_problem(file, line, error)) from None


def _problem(file: str, line: int | None, reason: object) -> Problem:
    return Problem("template_error", file, line=line, evidence={"reason": " ".join(str(reason).split())})


def _place(error: BaseException, template: str) -> tuple[str, int | None]:
    """The innermost line of a template in the traceback."""
    place: tuple[str, int | None] = (template, None)
    trace = error.__traceback__
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if Path(file).suffix in (".jinja", ".css"):
            place = file, trace.tb_lineno
        trace = trace.tb_next
    return place
