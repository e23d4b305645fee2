"""The chart of an error: the curve is where its numbers say, and the numbers are round."""

from __future__ import annotations

from itertools import pairwise
from math import inf, log10, nan
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.figures.chart.composition import error_chart
from derive.figures.chart.drawing import Caption, Chart
from derive.figures.chart.thinning import thinned
from derive.figures.chart.ticks import linear_axis, logarithmic_axis
from derive.figures.drawing import Anchor
from derive.mathtext.mathml import math_element
from derive.mathtext.plain import plain
from derive.mathtext.sizes import width
from derive.mathtext.tree import Identifier, Number, Scripts
from derive.render import Layout, tex
from derive.render.html import html_environment
from derive.render.templating import fill
from derive.sheet.document import Document, Figure, Kind, Letterhead, Sheet

ERROR = Scripts(Identifier("E"), Identifier("total", upright=True))
FALLING = [(epoch, 0.25 / (1 + epoch / 30) ** 1.6) for epoch in range(10_001)]
SHORT = [(epoch, 0.3 * 0.8**epoch) for epoch in range(8)]

errors = st.floats(1e-12, 1e6)
series = st.lists(errors, min_size=2, max_size=700).map(lambda values: list(enumerate(values)))


def beside(chart: Chart) -> list[Caption]:
    """The numbers at the vertical axis, from the bottom."""
    found = [c for c in chart.captions if c.anchor is Anchor.END and c.body != ERROR]
    return sorted(found, key=lambda caption: -caption.y)


def below(chart: Chart) -> list[Caption]:
    """The numbers at the horizontal axis, from the left."""
    return [c for c in chart.captions if c.anchor is Anchor.MIDDLE and not isinstance(c.body, str)]


def written(captions: list[Caption]) -> list[str]:
    return [plain(caption.body) for caption in captions if not isinstance(caption.body, str)]


@given(series)
def test_everything_is_within_the_frame(points: list[tuple[int, float]]) -> None:
    """The curve stays between the axes, and all numbers inside the frame, which fits beside nothing on a page."""
    chart = error_chart(points, ERROR, "epoch")
    assert chart.width <= 480
    assert chart.height <= 180
    vertical, horizontal = chart.axes[:2]
    for x, y in chart.curve:
        assert vertical.start[0] - 0.01 <= x <= horizontal.end[0] + 0.01
        assert vertical.start[1] - 0.01 <= y <= vertical.end[1] + 0.01
    for caption in chart.captions:
        length = width(Identifier(caption.body) if isinstance(caption.body, str) else caption.body) * chart.font_size
        start = caption.x - {Anchor.START: 0, Anchor.MIDDLE: length / 2, Anchor.END: length}[caption.anchor]
        assert 0 <= start <= start + length <= chart.width
        assert chart.line_height / 2 <= caption.y <= chart.height - chart.line_height / 2


@given(series)
def test_no_two_numbers_overlap(points: list[tuple[int, float]]) -> None:
    """Numbers are a line of text apart at the side and do not touch below; the name of the error is above them."""
    chart = error_chart(points, ERROR, "epoch")
    heights = [caption.y for caption in beside(chart)]
    (name,) = (caption for caption in chart.captions if caption.body == ERROR)
    assert all(low - high >= chart.line_height for low, high in zip(heights, [*heights[1:], name.y], strict=True))
    ends = [(c.x, width(c.body) * chart.font_size / 2) for c in below(chart) if not isinstance(c.body, str)]
    assert all(x + half < other - more for (x, half), (other, more) in pairwise(ends))


def test_a_linear_curve_is_where_its_numbers_say() -> None:
    """The scale starts at 0; a value lies on it in proportion."""
    chart = error_chart(SHORT, ERROR, "round")
    assert written(beside(chart)) == ["0", "0.1", "0.2", "0.3"]
    assert written(below(chart)) == ["0", "2", "4", "6", "8"]
    zero, tenth, *_ = (caption.y for caption in beside(chart))
    start, two, *_ = (caption.x for caption in below(chart))
    for (epoch, error), (x, y) in zip(SHORT, chart.curve, strict=True):
        assert x == pytest.approx(start + (two - start) * epoch / 2, abs=0.02)
        assert y == pytest.approx(zero + (tenth - zero) * error / 0.1, abs=0.02)


def test_a_wide_range_is_drawn_over_powers_of_ten() -> None:
    """From a factor of 100 on, each power of ten is as high as the next."""
    chart = error_chart(FALLING, ERROR, "epoch")
    assert written(beside(chart)) == ["10^(−5)", "10^(−4)", "10^(−3)", "10^(−2)", "10^(−1)", "10^0"]
    first, *_, last = (caption.y for caption in beside(chart))
    assert chart.curve[0][1] == pytest.approx(last + (first - last) * -log10(0.25) / 5, abs=0.02)


@pytest.mark.parametrize(
    ("values", "wanted", "is_logarithmic"),
    [
        ((1.0, 0.011), None, False),
        ((1.0, 0.009), None, True),
        ((1.0, 0.009), False, False),
        ((1.0, 0.5), True, True),
        ((1.0, 0.0), None, False),
        ((1.0, 0.0), True, False),
        ((1.0, -0.5), True, False),
        ((0.0, 0.0), None, False),
    ],
)
def test_which_scale_is_taken(values: tuple[float, ...], wanted: bool | None, is_logarithmic: bool) -> None:
    """The range decides unless the caller does; what is not positive has no logarithm."""
    chart = error_chart(list(enumerate(values)), ERROR, "epoch", logarithmic=wanted)
    assert all("10^" in number for number in written(beside(chart))) is is_logarithmic


def test_errors_that_overflowed_are_left_out() -> None:
    """A training that diverges is drawn as far as it has numbers."""
    chart = error_chart([(0, 0.3), (1, 0.5), (2, inf), (3, nan)], ERROR, "epoch")
    assert len(chart.curve) == 2


@pytest.mark.parametrize("points", [[], [(0, 0.3)], [(0, nan), (1, inf), (2, 0.3)]])
def test_a_curve_needs_two_points(points: list[tuple[int, float]]) -> None:
    """One point is no curve."""
    with pytest.raises(ValueError, match="two finite errors"):
        error_chart(points, ERROR, "epoch")


@given(st.integers(2, 3000), st.randoms(use_true_random=False))
def test_thinning_keeps_the_extremes(count: int, chance: Random) -> None:
    """At most 300 of the points, in order, with both ends, the lowest and the highest; all of a short series."""
    points = [(epoch, chance.random()) for epoch in range(count)]
    kept = thinned(points)
    assert len(kept) <= 300
    assert list(kept) == sorted(set(kept))
    assert set(kept) <= set(points)
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    for extreme in (min, max):
        assert extreme(value for _, value in kept) == extreme(value for _, value in points)
    if len(points) <= 300:
        assert list(kept) == points


@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_a_linear_axis_covers_its_values(one: float, other: float) -> None:
    """Few ticks, the same distance apart, from at or below the lowest value to at or above the highest."""
    low, high = sorted((one, other))
    axis = linear_axis(low, high, 5, ".")
    assert 2 <= len(axis.ticks) <= 8
    assert axis.ticks[0] <= low <= high <= axis.ticks[-1]
    assert len(axis.numbers) == len(axis.ticks)


@given(errors, errors)
def test_a_logarithmic_axis_covers_its_values(one: float, other: float) -> None:
    """As the linear one, with powers of ten."""
    low, high = sorted((one, other))
    axis = logarithmic_axis(low, high)
    assert 2 <= len(axis.ticks) <= 9
    assert axis.ticks[0] <= low <= high <= axis.ticks[-1]


@pytest.mark.parametrize(
    ("low", "high", "mark", "numbers"),
    [
        (0, 0.28, ".", ["0", "0.1", "0.2", "0.3"]),
        (0, 0.28, ",", ["0", "0,1", "0,2", "0,3"]),
        (0, 10_000, ".", ["0", "2000", "4000", "6000", "8000", "10000"]),
        (0, 3e-5, ".", ["0", "1 × 10^(−5)", "2 × 10^(−5)", "3 × 10^(−5)"]),
        (-0.2, 0.2, ".", ["−0.2", "−0.1", "0", "0.1", "0.2"]),
    ],
)
def test_ticks_are_round_numbers(low: float, high: float, mark: str, numbers: list[str]) -> None:
    """With the decimal mark of the sheet, and a power of ten where there would be many zeros."""
    assert list(map(plain, linear_axis(low, high, 5, mark).numbers)) == numbers


def test_powers_of_ten_end_with_the_values() -> None:
    """No power of ten is beyond what the curve needs."""
    assert logarithmic_axis(1e-3, 1e-1).ticks == pytest.approx((1e-3, 1e-2, 1e-1))


def test_a_linear_scale_starts_at_zero() -> None:
    """How far an error has fallen is seen against nothing."""
    assert written(beside(error_chart([(0, 0.3), (1, 0.29)], ERROR, "round"))) == ["0", "0.1", "0.2", "0.3"]


def test_epochs_are_whole_numbers() -> None:
    """Two rounds have no half round between them."""
    assert written(below(error_chart([(0, 0.3), (1, 0.2)], ERROR, "round"))) == ["0", "1"]


# --- SVG and TikZ ----------------------------------------------------------------------------------------------------


def document(chart: Chart) -> Document:
    return Document("en", Kind.KEY, "", "{page} {pages}", Letterhead(), (Sheet("", (Figure(chart, "alt"),)),))


def tikz(chart: Chart) -> str:
    """The picture as it stands in a LaTeX document."""
    source = tex.render(document(chart), Layout()).content.decode()
    return source.partition(r"\begin{tikzpicture}")[2].partition(r"\end{tikzpicture}")[0]


def test_both_templates_draw_everything() -> None:
    """The curve with all its points, every line and every caption."""
    chart = error_chart(FALLING, ERROR, "epoch")
    image = fill(html_environment(Layout(), math_element), "figure/chart.svg.jinja", diagram=chart, alt="alt")
    picture = tikz(chart)
    assert image.count("<text") == len(chart.captions) == picture.count(r"\node[")
    assert (
        image.count("M")
        == len(chart.axes) + len(chart.grid)
        == picture.count(r"\draw[axis]") + picture.count(r"\draw[grid]")
    )
    points = image.partition('points="')[2].partition('"')[0].split()
    assert len(points) == 2 * len(chart.curve)
    assert picture.partition("plot coordinates {")[2].partition("}")[0].count("(") == len(chart.curve)
    assert "e-" not in picture


def test_words_are_escaped() -> None:
    """The name of the horizontal axis is text in any language, and never markup."""
    chart = error_chart(SHORT, ERROR, "训练轮数 & <x>_1")
    image = fill(html_environment(Layout(), math_element), "figure/chart.svg.jinja", diagram=chart, alt='"<b>"')
    assert ">训练轮数 &amp; &lt;x&gt;_1<" in image
    assert "<b>" not in image
    assert r"{训练轮数 \& \textless{}x\textgreater{}\_1};" in tikz(chart)


def test_numbers_are_mathematics() -> None:
    """A power of ten is raised, not typed."""
    chart = error_chart(FALLING, ERROR, "epoch")
    assert "$10^{-3}$" in tikz(chart)
    assert Scripts(Number("10"), sup=Number("0")) in [caption.body for caption in chart.captions]
