"""How far long work has come, for those who wait at a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


@dataclass(frozen=True)
class Watch:
    """Who is told how the work goes on."""

    begin: Callable[[str, int], None]
    """What is done now, and in how many parts."""
    advance: Callable[[], None]
    """That another part is done."""


SILENT = Watch(lambda stage, parts: None, lambda: None)
"""Nobody."""


@contextmanager
def progress(stages: Mapping[str, str]) -> Iterator[Watch]:
    """A bar for each stage, which has a name in ``stages``, with the time that is left; silent without a terminal."""
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bars:
        yield Watch(
            lambda stage, parts: (bars.add_task(stages[stage], total=parts), None)[1],
            lambda: bars.advance(bars.task_ids[-1]),
        )
