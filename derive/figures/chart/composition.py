"""The chart of an error over training, and the frame around it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from derive.figures.chart.drawing import Caption, Chart, Point, Segment
from derive.figures.chart.thinning import Sample, thinned
from derive.figures.chart.ticks import Axis, linear_axis, logarithmic_axis
from derive.figures.drawing import LINE_HEIGHT, Anchor
from derive.mathtext.sizes import width
from derive.mathtext.tree import Node

_FONT_SIZE = 9.0
_WIDTH, _HEIGHT = 300.0, 115.0  # of the field between the axes
_TICK, _BESIDE, _MARGIN = 3.0, 3.0, 2.0
_ACROSS, _UP = 5, 4  # intervals between ticks, about
_WIDE_RANGE = 100
"""Errors whose largest is more than so many times the smallest are drawn over powers of ten."""


LARGEST = 1e200


def error_chart(
    points: Sequence[Sample],
    error: Node,
    progress: str,
    decimal_mark: str = ".",
    logarithmic: bool | None = None,
) -> Chart:
    """The curve of an error; ``points`` are pairs of epoch and error, ``error`` and ``progress`` name the axes.

    Errors that are too large for an axis are left out. The scale of the errors is logarithmic where they range widely
    or where that is asked for, but linear in any case, from 0, where one of them is not positive. ``ValueError`` with
    fewer than two points.
    """
    samples = thinned([sample for sample in points if abs(sample[1]) < LARGEST])
    if len(samples) < 2:
        raise ValueError("a curve needs two finite errors")
    errors = [value for _, value in samples]
    low, high = min(errors), max(errors)
    wanted = high > _WIDE_RANGE * low if logarithmic is None else logarithmic
    is_logarithmic = wanted and low > 0
    across = linear_axis(samples[0][0], samples[-1][0], _ACROSS, decimal_mark, whole=True)
    up = logarithmic_axis(low, high) if is_logarithmic else linear_axis(min(low, 0), high, _UP, decimal_mark)
    return _framed(samples, across, up, error, progress)


def _framed(samples: Sequence[Sample], across: Axis, up: Axis, error: Node, progress: str) -> Chart:
    line = LINE_HEIGHT * _FONT_SIZE
    left = _rounded(_MARGIN + max(map(width, (*up.numbers, error))) * _FONT_SIZE + _BESIDE + _TICK)
    top = _rounded(_MARGIN + 2 * line)
    right, bottom = left + _WIDTH, top + _HEIGHT

    def place(epoch: float, value: float) -> Point:
        return _rounded(left + across.share(epoch) * _WIDTH), _rounded(bottom - up.share(value) * _HEIGHT)

    feet = [place(tick, up.ticks[0]) for tick in across.ticks]
    sides = [place(across.ticks[0], tick) for tick in up.ticks]
    below, beside = bottom + _TICK + _BESIDE / 2 + line / 2, left - _TICK - _BESIDE
    axes = (Segment((left, top), (left, bottom)), Segment((left, bottom), (right, bottom)))
    marks = chain(
        (Segment((x, y), (x, y + _TICK)) for x, y in feet),
        (Segment((x, y), (x - _TICK, y)) for x, y in sides),
    )
    captions = (
        *(Caption(x, below, number) for (x, _), number in zip(feet, across.numbers, strict=True)),
        *(Caption(beside, y, number, Anchor.END) for (_, y), number in zip(sides, up.numbers, strict=True)),
        Caption(beside, top - 1.4 * line, error, Anchor.END),
        Caption(left + _WIDTH / 2, below + 1.2 * line, progress),
    )
    grid = (Segment((left, y), (right, y)) for _, y in sides[1:])
    last = width(across.numbers[-1]) * _FONT_SIZE / 2
    size = _rounded(right + last + _MARGIN), _rounded(below + 1.2 * line + line / 2 + _MARGIN)
    return Chart(*size, _FONT_SIZE, tuple(place(*sample) for sample in samples), (*axes, *marks), tuple(grid), captions)


def _rounded(length: float) -> float:
    # Finer than any printer, and without the −0.0 that TeX would print with a sign.
    return round(length, 2) + 0.0
