"""What the command for practising does: it prints what the conversation says, and reads what is typed."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from io import TextIOWrapper
from secrets import randbits
from typing import Any

import click
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table as Grid
from rich.text import Text

from derive.api.settings import Settings
from derive.authoring.exercise import Exercise
from derive.authoring.reading import load
from derive.authoring.typed_values import silenced
from derive.checking.practice.conversation import Practice
from derive.classes.class_set.coded import check_code, mark_of, variants_of
from derive.classes.codes import SEED_BITS, Code, bare, parse_code
from derive.commands.sheets import print_rich
from derive.mathtext.plain import plain
from derive.render.lines import Words
from derive.sheet.build import Options, edition
from derive.sheet.document import Block, Equation, Heading, Items, Paragraph, Table
from derive.sheet.edition import Edition
from derive.words.errors import AuthorError, Problem, RefusedError, on_one_line
from derive.words.languages import Prose, as_text, language

with suppress(ImportError):  # arrow keys and earlier lines, where the system has the library for them
    import_module("readline")

_INDENT = 4
_ECHOED = 200  # characters of a line that did not come from a keyboard


def practise(name: str, *, code: str | None, is_new: bool, first: int, settings: dict[str, Any]) -> None:
    """Asks the questions of an exercise one by one, until all are answered or the person has had enough."""
    if code is not None and is_new:
        raise AuthorError(Problem("both_given", evidence={"one": "--code", "other": "--new"}))
    exercise = load(name)
    if exercise.is_large:
        raise _unnamed(exercise)
    options = Settings.of(settings, "--").options([exercise], outlook=False)
    variant = _code_of(code, exercise, options) if code is not None else _any(exercise, options) if is_new else None
    practice = Practice(_sheet(exercise, options, variant), first, str(variant or ""))
    if first > practice.count:
        evidence = {"found": first, "expected": f"at most {practice.count}, the number of questions"}
        raise AuthorError(Problem("out_of_range", key="--from", evidence=evidence))
    _converse(practice)


def _sheet(exercise: Exercise, options: Options, variant: Code | None) -> Edition:
    """The sheet with the numbers of a variant; ``RefusedError`` where its answers are formulas with matrices."""
    own = exercise
    if variant:
        ((_, found),) = variants_of([variant], exercise, options)
        own = exercise.with_numbers(silenced(found.exercise.content))
    sheet = edition(own, language(options.language), options)
    if sheet.in_symbols and sheet.matrices:
        raise _unnamed(exercise)
    return sheet


def _unnamed(exercise: Exercise) -> RefusedError:
    return RefusedError(Problem("answers_large", str(exercise.path)))


def _code_of(text: str, exercise: Exercise, options: Options) -> Code:
    code = parse_code(text)
    if code.exercise and bare(code.exercise) != bare(exercise.name):
        evidence = {"found": code.exercise, "name": exercise.name}
        raise AuthorError(Problem("code_mismatched", key="--code", evidence=evidence))
    check_code(code, exercise, options)
    return replace(code, exercise=exercise.name)


def _any(exercise: Exercise, options: Options) -> Code:
    """The code of numbers that nobody has had yet."""
    return Code(exercise.name, randbits(SEED_BITS), 0, mark_of(exercise, options))


# --- the terminal -----------------------------------------------------------------------------------------------------


def _converse(practice: Practice) -> None:
    """One turn after the other; the end of the input and an interruption are as good as the word for it."""
    if isinstance(sys.stdin, TextIOWrapper):  # bytes that are no text are an answer that cannot be read
        sys.stdin.reconfigure(errors="replace")
    turn = practice.begin()
    print_rich(_shown(turn.said))
    while not turn.is_over:
        try:
            turn = practice.reply(turn.progress, _line(turn.prompt))
        except (EOFError, KeyboardInterrupt):
            click.echo()
            turn = practice.end(turn.progress)
        print_rich(_shown(turn.said))


def _line(prompt: str) -> str:
    """What is typed after the prompt; repeated where it comes from a file, which nobody sees."""
    line = input(prompt)
    if not sys.stdin.isatty():
        click.echo(on_one_line(line[:_ECHOED]))
    return line


_STYLES = {"title": "bold", "question": "bold", "right": "green", "wrong": "yellow", "source": "dim"}


def _shown(blocks: Iterable[Block]) -> RenderableType:
    return Group(*(part for block in blocks for part in _block(block)))


def _block(block: Block) -> Iterator[RenderableType]:
    match block:
        case Heading(text):
            yield Text()
            yield Rule(Text(as_text(text)), align="left", style="dim")
        case Paragraph(text, "written"):  # a caret stands under its place only while no line is broken
            yield Padding.indent(Text(as_text(text), no_wrap=True), _INDENT)
        case Paragraph(text, role):
            yield from (Text(),) * (role == "question")
            yield Padding.indent(_words(text, role), _INDENT if role == "why" else 0)
        case Equation(math):
            yield Padding.indent(Text(plain(math), "cyan", overflow="fold"), _INDENT)
        case Items(items):
            for item in items:
                yield Padding.indent(_words(item), _INDENT)
        case Table(rows):
            grid = Grid.grid(padding=(0, 2, 0, 0))
            for cells in rows:
                grid.add_row(*map(_words, cells))
            yield Padding.indent(grid, _INDENT)


def _words(prose: Prose, role: str = "") -> Text:
    return Words(as_text(prose), _STYLES.get(role, ""), overflow="fold")
