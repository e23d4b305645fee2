"""The drawing of a network: nothing overlaps, nothing is missing, and every label lies where it belongs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from itertools import combinations
from math import cos, hypot, radians, sin

import pytest

from derive.figures.network import Anchor, Circle, Diagram, Label, Line, Stroke, network_diagram
from derive.mathtext.building import row
from derive.mathtext.mathml import math_element
from derive.mathtext.plain import plain
from derive.mathtext.svg import svg_of
from derive.mathtext.tree import EQUALS, Fraction, Identifier, Node, Number, Scripts
from derive.model.activations import ACTIVATIONS
from derive.model.losses import LOSSES
from derive.model.network import BiasMode, Network, Shape
from derive.model.notation import NET_OUT
from derive.render import Layout, tex
from derive.render.html import html_environment
from derive.render.templating import fill
from derive.sheet.document import Document, Figure, Kind, Letterhead, Sheet

SMALL = [(1, 1), (2, 1), (2, 2, 1), (2, 2, 2), (3, 2, 2)]
LABELLED = [*SMALL, (2, 4, 1), (1, 3, 1), (5, 5, 5), (4, 8, 4), (4, 4, 4, 4, 3), (10, 4, 4)]
CROWDED = [(3, 15, 2), (12, 12, 12), (40, 30, 20), (2,) * 12, (6,) * 20]
MODES = list(BiasMode)

shapes = pytest.mark.parametrize("shape", [*LABELLED, *CROWDED], ids=str)
modes = pytest.mark.parametrize("mode", MODES, ids=str)


@cache
def network(shape: tuple[int, ...], mode: BiasMode) -> Network:
    layers = [Shape(width, next(iter(ACTIVATIONS.values())), mode) for width in shape[1:]]
    return Network.of(shape[0], layers, next(iter(LOSSES.values())))


def values(net: Network) -> dict[str, Node]:
    """Numbers of different widths, every third one negative."""
    variables = (*net.inputs, *net.targets, *net.weights, *net.biases)
    return {
        variable.id: Number(f"{'−' if number % 3 == 2 else ''}0.{number % 90 + 10}")
        for number, variable in enumerate(variables)
    }


@cache
def drawn(shape: tuple[int, ...], mode: BiasMode) -> Diagram:
    net = network(shape, mode)
    return network_diagram(net, NET_OUT, values(net))


def points(diagram: Diagram, label: Label) -> Iterator[tuple[float, float]]:
    """A fine grid over the rectangle of a label, corners included."""
    along, across = (cos(radians(label.angle)), sin(radians(label.angle))), (-1.0, 1.0)
    first = {Anchor.START: 0.0, Anchor.MIDDLE: -0.5, Anchor.END: -1.0}[label.anchor] * label.width
    columns, rows = int(label.width) + 1, int(diagram.line_height) + 1
    for i in range(columns + 1):
        u = first + label.width * i / columns
        for j in range(rows + 1):
            v = (j / rows - 0.5) * diagram.line_height
            yield label.x + u * along[0] + v * along[1] * across[0], label.y + u * along[1] + v * along[0] * across[1]


def holds(diagram: Diagram, label: Label, x: float, y: float) -> bool:
    """Whether a point is inside the rectangle of a label."""
    c, s = cos(radians(label.angle)), sin(radians(label.angle))
    u, v = (x - label.x) * c + (y - label.y) * s, (y - label.y) * c - (x - label.x) * s
    middle = {Anchor.START: 0.5, Anchor.MIDDLE: 0.0, Anchor.END: -0.5}[label.anchor] * label.width
    return abs(u - middle) < label.width / 2 and abs(v) < diagram.line_height / 2


def distance(line: Line, x: float, y: float) -> float:
    """From a point to the nearest point of a line."""
    (x1, y1), (x2, y2) = line.start, line.end
    share = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / ((x2 - x1) ** 2 + (y2 - y1) ** 2)
    share = min(max(share, 0), 1)
    return hypot(x - x1 - share * (x2 - x1), y - y1 - share * (y2 - y1))


def edge_labels(diagram: Diagram) -> list[Label]:
    return [label for label in diagram.labels if label.of.startswith("w")]


def edge_of(net: Network, diagram: Diagram, weight: str) -> Line:
    """The edge that a weight belongs to, found by the network's own account of its sources."""
    for depth, layer in enumerate(net.layers):
        sources = [source.at if depth else source.id for source in net.sources(depth)]
        for neuron in layer.neurons:
            for source, own in zip(sources, neuron.weights, strict=True):
                if own.id == weight:
                    (edge,) = (e for e in diagram.lines if (e.source, e.target) == (source, neuron.name))
                    return edge
    raise LookupError(weight)


@shapes
@modes
def test_no_two_labels_overlap(shape: tuple[int, ...], mode: BiasMode) -> None:
    """No point of one label is inside another."""
    diagram = drawn(shape, mode)
    for one, other in combinations(diagram.labels, 2):
        if hypot(one.x - other.x, one.y - other.y) < one.width + other.width:
            assert not any(holds(diagram, other, *point) for point in points(diagram, one)), (one.of, other.of)


@shapes
@modes
def test_no_label_touches_a_circle(shape: tuple[int, ...], mode: BiasMode) -> None:
    """Neurons, inputs, biases and dots are free of labels."""
    diagram = drawn(shape, mode)
    for label in diagram.labels:
        for circle in diagram.circles:
            assert all(hypot(x - circle.x, y - circle.y) > circle.radius for x, y in points(diagram, label))


@shapes
@modes
def test_circles_are_apart(shape: tuple[int, ...], mode: BiasMode) -> None:
    """No two circles touch."""
    for one, other in combinations(drawn(shape, mode).circles, 2):
        assert hypot(one.x - other.x, one.y - other.y) > one.radius + other.radius, (one, other)


@shapes
@modes
def test_everything_is_within_the_frame(shape: tuple[int, ...], mode: BiasMode) -> None:
    """The frame holds all labels, circles and lines, and fits on a page."""
    diagram = drawn(shape, mode)
    assert diagram.width <= 480
    assert diagram.height <= 300
    ends = [point for line in diagram.lines for point in (line.start, line.end)]
    corners = [point for label in diagram.labels for point in points(diagram, label)]
    rims = [(c.x + s * c.radius, c.y + s * c.radius) for c in diagram.circles for s in (-1, 1)]
    for x, y in ends + corners + rims:
        assert 0 <= x <= diagram.width
        assert 0 <= y <= diagram.height


@shapes
@modes
def test_all_weights_are_labelled_or_none(shape: tuple[int, ...], mode: BiasMode) -> None:
    """A reader never has to guess why some edges have a name and others have not."""
    labelled = Counter(label.of for label in edge_labels(drawn(shape, mode)))
    assert labelled in (Counter(weight.id for weight in network(shape, mode).weights), Counter())


@pytest.mark.parametrize("shape", LABELLED, ids=str)
@modes
def test_common_networks_are_labelled(shape: tuple[int, ...], mode: BiasMode) -> None:
    """Networks that are worked with on paper show all inputs, targets, weights and biases, at 7 points or more."""
    net, diagram = network(shape, mode), drawn(shape, mode)
    expected = {variable.id for variable in (*net.inputs, *net.targets, *net.weights, *net.biases)}
    assert {label.of for label in diagram.labels} == expected
    assert len(diagram.labels) == len(expected)
    assert diagram.font_size >= 7


@pytest.mark.parametrize("shape", SMALL, ids=str)
@modes
def test_small_networks_show_their_values(shape: tuple[int, ...], mode: BiasMode) -> None:
    """Each label of a small network is a whole equation."""
    net, diagram = network(shape, mode), drawn(shape, mode)
    given = values(net)
    for label in diagram.labels:
        assert plain(label.body).endswith(f" = {plain(given[label.of])}")


def test_values_are_optional() -> None:
    """Without values, weights, biases and targets are named and the inputs have only their circles."""
    net = network((2, 2, 1), BiasMode.LAYER)
    diagram = network_diagram(net, NET_OUT)
    assert {label.of for label in diagram.labels} == {v.id for v in (*net.targets, *net.weights, *net.biases)}
    assert all("=" not in plain(label.body) for label in diagram.labels)


@pytest.mark.parametrize("shape", LABELLED, ids=str)
@modes
def test_a_label_lies_on_its_own_edge(shape: tuple[int, ...], mode: BiasMode) -> None:
    """The middle of a label is on its edge, both its ends are, and it is turned as the edge is, never upside down."""
    net, diagram = network(shape, mode), drawn(shape, mode)
    for label in edge_labels(diagram):
        edge = edge_of(net, diagram, label.of)
        half = label.width / 2
        c, s = half * cos(radians(label.angle)), half * sin(radians(label.angle))
        for share in (-1, 0, 1):
            away = distance(edge, label.x + share * c, label.y + share * s)
            assert away < 0.1 < diagram.line_height / 2, label.of
        assert label.angle == pytest.approx(edge.angle, abs=0.1)
        assert -90 < label.angle < 90


@pytest.mark.parametrize("shape", LABELLED, ids=str)
@modes
def test_no_other_edge_could_be_meant(shape: tuple[int, ...], mode: BiasMode) -> None:
    """Where another weight's edge passes under a label, it does so at 30 degrees or more, and at most two do."""
    net, diagram = network(shape, mode), drawn(shape, mode)
    weights = [line for line in diagram.lines if line.stroke is Stroke.WEIGHT]
    for label in edge_labels(diagram):
        own = edge_of(net, diagram, label.of)
        grid = list(points(diagram, label))
        under = [line for line in weights if line is not own and min(distance(line, *p) for p in grid) < 0.4]
        assert len(under) <= (0 if shape in SMALL else 2), label.of
        assert all(abs(line.angle - own.angle) > 29.9 for line in under), label.of


@shapes
@modes
def test_edges_join_the_rims(shape: tuple[int, ...], mode: BiasMode) -> None:
    """An edge starts and ends at the rims of the circles it names."""
    diagram = drawn(shape, mode)
    named: dict[str, Circle] = {circle.name: circle for circle in diagram.circles if circle.name}
    assert len(named) == sum(bool(circle.name) for circle in diagram.circles)
    for line in diagram.lines:
        for name, (x, y) in ((line.source, line.start), (line.target, line.end)):
            if name:
                assert hypot(x - named[name].x, y - named[name].y) == pytest.approx(named[name].radius, abs=0.03)


def test_circles_print_names_as_the_sheet_does() -> None:
    """Inputs as variables and neurons by their names: i₁, h₁, o₁."""
    net, diagram = network((2, 2, 1), BiasMode.NONE), drawn((2, 2, 1), BiasMode.NONE)
    names = {variable.id: NET_OUT.symbol(variable) for variable in net.inputs}
    names |= {neuron.name: NET_OUT.neuron(neuron.name) for layer in net.layers for neuron in layer.neurons}
    assert {circle.name: circle.body for circle in diagram.circles} == names


def test_a_shared_bias_is_one_node() -> None:
    """A layer's bias is one circle with the constant 1, dashed lines to all its neurons, and one label."""
    diagram = drawn((2, 2, 2), BiasMode.LAYER)
    assert [circle.name for circle in diagram.circles if circle.body == Number("1")] == ["b1", "b2"]
    dashed = [(line.source, line.target) for line in diagram.lines if line.stroke is Stroke.BIAS]
    assert dashed == [("b1", "h1"), ("b1", "h2"), ("b2", "o1"), ("b2", "o2")]


def test_a_wide_layer_is_cut_short() -> None:
    """The first neurons and the last one of a wide layer, with three dots between them."""
    diagram = drawn((3, 15, 2), BiasMode.NONE)
    hidden = [circle.name for circle in diagram.circles if circle.name.startswith("h")]
    assert hidden == [*(f"h{number}" for number in range(1, 7)), "h15"]
    assert sum(circle.body is None for circle in diagram.circles) == 3


def test_the_drawing_is_the_same_every_time() -> None:
    """Two drawings of one network are equal."""
    for shape in ((2, 2, 2), (4, 8, 4)):
        net = network(shape, BiasMode.LAYER)
        assert network_diagram(net, NET_OUT, values(net)) == drawn(shape, BiasMode.LAYER)


# --- SVG and TikZ ----------------------------------------------------------------------------------------------------


class _Svg(HTMLParser):
    """The elements and the text of a title, as a browser finds them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.title = ""
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open = tag

    def handle_data(self, data: str) -> None:
        self.title += data if self._open == "title" else ""

    def handle_endtag(self, tag: str) -> None:
        self._open = ""


def svg(diagram: Diagram, alt: str) -> str:
    return fill(html_environment(Layout(), math_element), "figure/network.svg.jinja", diagram=diagram, alt=alt)


def tikz(diagram: Diagram) -> str:
    """The picture as it stands in a LaTeX document."""
    sheet = Sheet("", (Figure(diagram, ""),))
    document = Document("en", Kind.KEY, "", "{page} {pages}", Letterhead(), (sheet,))
    source = tex.render(document, Layout()).content.decode()
    begin, end = r"\begin{tikzpicture}", r"\end{tikzpicture}"
    return begin + source.partition(begin)[2].partition(end)[0] + end


def test_the_alternative_text_is_escaped() -> None:
    """A hostile title is text: the first child of the image, and no element of its own."""
    alt = 'a "net" <script>alert(1)</script> & more'
    found = _Svg(svg(drawn((2, 2, 1), BiasMode.LAYER), alt))
    assert [tag for tag, _ in found.elements][:2] == ["svg", "title"]
    assert "script" not in {tag for tag, _ in found.elements}
    assert found.title == alt
    assert found.elements[0][1]["aria-label"] == alt
    assert found.elements[0][1]["role"] == "img"


@modes
def test_both_templates_draw_everything(mode: BiasMode) -> None:
    """As many circles, lines and labels in SVG and in TikZ as in the diagram."""
    diagram = drawn((3, 15, 2), mode)
    tags = Counter(tag for tag, _ in _Svg(svg(diagram, "")).elements)
    arrows = sum(line.stroke is Stroke.ARROW for line in diagram.lines)
    assert tags["circle"] == len(diagram.circles)
    assert tags["path"] == len(diagram.lines) + arrows
    assert tags["text"] == len(diagram.labels) + sum(circle.body is not None for circle in diagram.circles)
    tex = tikz(diagram)
    assert tex.count(r"\node[") == len(diagram.circles) + len(diagram.labels)
    assert tex.count(r"\draw[") == len(diagram.lines)


def test_tikz_is_a_statement_a_line() -> None:
    """Each node and each edge has a line of its own, indented, from its command to its semicolon."""
    first, *inner, last = tikz(drawn((3, 15, 2), BiasMode.LAYER)).splitlines()
    options_end = inner.index("]")
    assert (first, last) == (r"\begin{tikzpicture}[", r"\end{tikzpicture}")
    assert all(line.startswith("  ") and line.endswith(",") for line in inner[:options_end])
    for line in inner[options_end + 1 :]:
        assert line.startswith("  % ") or (line.startswith((r"  \node[", r"  \draw[")) and line.count(";") == 1), line
        assert line.startswith("  % ") or line.endswith(";"), line


def test_svg_is_an_element_a_line() -> None:
    """No line of the image is empty, and none holds two shapes."""
    lines = svg(drawn((3, 15, 2), BiasMode.NEURON), "alt").strip().splitlines()
    assert all(line.strip() for line in lines)
    assert all(sum(line.count(tag) for tag in ("<path", "<circle", "<rect", "<text")) <= 1 for line in lines)


def test_tikz_numbers_are_plain() -> None:
    """TeX reads neither 1e-15 nor an empty coordinate."""
    tex = tikz(drawn((4, 8, 4), BiasMode.NEURON))
    assert "e-" not in tex
    assert "rotate=-0]" not in tex
    assert "(, " not in tex


def test_subscripts_are_lowered_and_raised_back() -> None:
    """What follows an index stands on the base line again; lengths are in em of the smaller letters."""
    equation = row(Scripts(Identifier("w"), Number("5")), EQUALS, Number("0.40"))
    assert svg_of(equation) == (
        '<tspan font-style="italic">w</tspan><tspan font-size="70%" dy="0.314em">5</tspan>'
        '<tspan dy="-0.22em">\u2004=\u20040.40</tspan>'
    )


def test_a_plus_after_the_update_stands_above_the_index() -> None:
    """The steps from run to run add up to nothing."""
    both = row(Scripts(Identifier("w"), Number("5"), Number("+")), EQUALS)
    assert 'dy="0.314em">5' in svg_of(both)
    assert 'dy="-0.857em">+' in svg_of(both)
    assert 'dy="0.38em">\u2004=' in svg_of(both)


def test_mathematics_in_svg_is_escaped() -> None:
    """Signs that mean markup are escaped, and what has no form on one line is written as plain text."""
    assert svg_of(Number("<&>")) == "&lt;&amp;&gt;"
    assert svg_of(Fraction(Number("1"), Number("2"))) == "1/2"
    assert svg_of(Identifier("max", upright=True)) == "max"
