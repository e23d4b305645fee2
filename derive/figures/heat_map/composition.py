"""A class in as many heat maps as it takes: rows, columns and labels that stay legible on a page across."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil

from derive.figures.chart.drawing import Caption
from derive.figures.drawing import Anchor
from derive.figures.heat_map.drawing import HeatMap, Patch, Shade, Stretch, Swatch
from derive.mathtext.building import row
from derive.mathtext.metrics import text_width
from derive.mathtext.svg import svg_width
from derive.mathtext.tree import Fraction, Node, Operator, Spacing

MOST_COLUMNS, MOST_ROWS = 42, 32
_CELL = 14.0, 11.8
_FONT_SIZE, _HEAD_SIZE = 8.0, 7.0
_GAP, _MARGIN = 4.0, 2.0
_LONGEST_NAME, _LONGEST_HEAD = 104.0, 66.0
_SWATCH_GAP, _LEGEND_LINE, _NARROWEST_LEGEND = 14.0, 15.0, 560.0
_SLASH = Operator("/", Spacing.NONE)


@dataclass(frozen=True, slots=True)
class Row:
    """A student: name, marks, and a shade for each column; none where that was not asked."""

    name: str
    marks: str
    shades: tuple[Shade | None, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """An answer: the number of its question, and what is asked for."""

    number: int
    symbol: Node


@dataclass(frozen=True, slots=True)
class Part:
    """One of several heat maps: these rows and these columns."""

    rows: range
    columns: range
    figure: HeatMap


def heat_maps(rows: Sequence[Row], columns: Sequence[Column], legend: Mapping[Shade, str]) -> list[Part]:
    """The heat map of a class, in parts of about the same size: all bands of the first students before the next ones'.

    ``legend`` has the words for each shade; names and words must have characters of our fonts only.
    """
    return [
        Part(down, across, _figure([rows[at] for at in down], columns, across, legend))
        for down in _evenly(len(rows), MOST_ROWS)
        for across in _evenly(len(columns), MOST_COLUMNS)
    ]


def _evenly(count: int, most: int) -> Iterator[range]:
    size = ceil(count / ceil(count / most)) if count else 1
    return (range(start, min(start + size, count)) for start in range(0, count, size))


def _figure(rows: Sequence[Row], columns: Sequence[Column], across: range, legend: Mapping[Shade, str]) -> HeatMap:
    shown = [columns[at] for at in across]
    (wide, high), line = _CELL, _FONT_SIZE * 1.1
    names = [cut(line.name, _LONGEST_NAME) for line in rows]
    left = _MARGIN + max(text_width(name, _FONT_SIZE) for name in names) + _GAP
    symbols = [slashed(column.symbol) for column in shown]
    lengths = [svg_width(symbol) * _HEAD_SIZE for symbol in symbols]
    tallest = max((length for length in lengths if length <= _LONGEST_HEAD), default=0.0)
    top = _MARGIN + tallest + _GAP + line
    right, bottom = left + wide * len(shown), top + high * len(rows)
    widest = max(text_width(line.marks, _FONT_SIZE) for line in rows)
    width = max(right + _GAP + widest + _MARGIN, _NARROWEST_LEGEND)
    swatches, below = _legend(legend, bottom + _GAP + line / 2, width)
    middles = [top + high * (at + 0.5) for at in range(len(rows))]
    centres = [left + wide * (at + 0.5) for at in range(len(shown))]
    captions = (
        *(Caption(left - _GAP, y, name, Anchor.END) for y, name in zip(middles, names, strict=True)),
        *(Caption(right + _GAP + widest, y, line.marks, Anchor.END) for y, line in zip(middles, rows, strict=True)),
        *(
            Caption(x, top - line / 2, str(column.number))
            for at, (x, column) in enumerate(zip(centres, shown, strict=True))
            if at == 0 or column.number != shown[at - 1].number
        ),
    )
    heads = (
        Caption(x, top - line - _GAP / 2, symbol, Anchor.START)
        for x, symbol, length in zip(centres, symbols, lengths, strict=True)
        if length <= _LONGEST_HEAD
    )
    patches = _patches([line.shades[across.start : across.stop] for line in rows])
    grid = (left, top, _CELL, len(shown), len(rows))
    return HeatMap(width, below, _FONT_SIZE, _HEAD_SIZE, *grid, tuple(patches), captions, tuple(heads), tuple(swatches))


def _patches(lines: Sequence[Sequence[Shade | None]]) -> Iterator[Patch]:
    stretches: dict[Shade, list[Stretch]] = {shade: [] for shade in Shade}
    for at, shades in enumerate(lines):
        column = 0
        for shade, group in groupby(shades):
            length = len(list(group))
            if shade:
                stretches[shade].append(Stretch(at, column, length))
            column += length
    return (Patch(shade, tuple(found)) for shade, found in stretches.items() if found)


def _legend(words: Mapping[Shade, str], y: float, width: float) -> tuple[list[Swatch], float]:
    """The entries in as many lines as they need below ``y``, and where the last of them ends."""
    swatches: list[Swatch] = []
    x = _MARGIN
    for shade, text in words.items():
        length = _CELL[0] + _GAP + text_width(text, _FONT_SIZE)
        if x > _MARGIN and x + length > width - _MARGIN:
            x, y = _MARGIN, y + _LEGEND_LINE
        middle = y + _CELL[1] / 2
        swatches.append(Swatch(shade, x, y, Caption(x + _CELL[0] + _GAP, middle, text, Anchor.START)))
        x += length + _SWATCH_GAP
    return swatches, y + _CELL[1] + _MARGIN


def slashed(symbol: Node) -> Node:
    """A symbol on one line: a fraction with a slash."""
    return row(symbol.over, _SLASH, symbol.under) if isinstance(symbol, Fraction) else symbol


def cut(text: str, room: float) -> str:
    """As much of a text as there is room for, with an ellipsis where that is not all of it."""
    if text_width(text, _FONT_SIZE) <= room:
        return text
    room -= text_width("…", _FONT_SIZE)
    kept = ""
    for letter in text:
        room -= text_width(letter, _FONT_SIZE)
        if room < 0:
            break
        kept += letter
    return kept.rstrip() + "…"
