"""Documents, solutions and lists in the terminal, with rich. Text is data: no markup in it is obeyed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table as Grid
from rich.text import Text

from derive.document import Block, Document, Equation, Heading, Items, Paragraph, Question, Results, Sheet, Table
from derive.exercise import Exercise
from derive.languages import Prose, as_text
from derive.mathtext.plain import plain


def document(document: Document) -> RenderableType:
    """Every sheet from top to bottom; the drawing is left to formats that can show it."""
    return Group(*(part for sheet in document.sheets for part in _sheet(sheet, document.kind_name)))


def _sheet(sheet: Sheet, kind: str) -> Iterator[RenderableType]:
    yield Text(sheet.title, "bold")
    yield Text(kind, "dim")
    for block in sheet.blocks:
        yield from _block(block)


def _block(block: Block) -> Iterator[RenderableType]:
    match block:
        case Heading(text):
            yield Text()
            yield Rule(_prose(text), align="left", style="dim")
        case Paragraph(text, role):
            yield Text(as_text(text), "dim" if role == "source" else "")
        case Items(items):
            for item in items:
                yield Padding(_prose(item), (0, 0, 0, 2))
        case Table(rows):
            yield _grid([[_prose(cell) for cell in cells] for cells in rows])
        case Equation(math):
            yield Padding(Text(plain(math), "cyan", no_wrap=True, overflow="fold"), (0, 0, 0, 6))
        case Question(number=number, prompt=prompt, solution=solution):
            yield Text.assemble("\n", (f"{number:>3} ", "bold"), as_text(prompt))
            for inner in solution.blocks if solution else ():
                yield from (Padding(part, (0, 0, 0, 4)) for part in _block(inner))
        case Results(title, _, parts):
            yield Text()
            yield Rule(Text(title), align="left", style="dim")
            lines = [line for _, results in parts for line in results]
            yield _grid([[Text(str(line.number)), Text(plain(line.symbol)), Text(plain(line.value))] for line in lines])


def _grid(rows: list[list[Text]]) -> Grid:
    grid = Grid.grid(padding=(0, 3, 0, 0))
    for row in rows:
        grid.add_row(*row)
    return grid


def _prose(prose: Prose) -> Text:
    return Text(as_text(prose))


def solution(solved: dict[str, Any]) -> RenderableType:
    """The quantities of ``solve`` as a table."""
    table = Grid(box=None, header_style="dim")
    for head in ("quantity", "formula", "value"):
        table.add_column(head, overflow="fold")  # an id or a value that is cut is of no use
    for quantity in solved["quantities"]:
        table.add_row(*(Text(quantity[part]) for part in ("id", "formula", "value")))
    after = dict(solved.get("after", {}))
    if rounds := after.pop("rounds", None):
        table.add_row()
        table.add_row(Text(f"after {rounds} rounds", "dim"))
    for name, value in after.items():
        table.add_row(Text(name), "", Text(value))
    return table


def exercises(exercises: Sequence[Exercise], language: str) -> RenderableType:
    """Name, shape and title of each."""
    table = Grid(box=None, show_header=False)
    for exercise in exercises:
        network = exercise.network
        shape = "-".join(map(str, (len(network.inputs), *(len(layer.neurons) for layer in network.layers))))
        table.add_row(Text(exercise.name, "bold"), Text(shape), Text(exercise.title(language)))
    return table
