"""The drawing of a circuit: every wire leads where it should, and nothing lies on anything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise
from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.diagram.circuit import circuit_diagram
from derive.diagram.drawing import Anchor, Diagram, Label, Line, Stroke
from derive.diagram.rectangles import Rectangle, around_label
from derive.diagram.signs import sign_node
from derive.document import Document, Figure, Kind, Letterhead, Sheet
from derive.formulas.gates import Circuit, Gate, circuit_of
from derive.formulas.reader import read_statements
from derive.mathtext.mathml import math_element
from derive.mathtext.plain import plain
from derive.mathtext.tree import Bracket, Identifier, Node, Number, Operator, Root, Scripts, Spacing, row
from derive.notation import NET_OUT
from derive.quantities import Kind as VariableKind
from derive.quantities import Variable
from derive.render import Layout, tex
from derive.render.html import html_environment
from derive.render.templating import fill

SIMPLE = ("f = (x + y)*z",)
NEURON = ("f = 1/(1 + exp(-(w0*x0 + w1*x1 + w2)))",)
MAXIMUM = ("f = 2*(x*y + max(z, w))",)
SHARED = ("s = x + y", "q = s*s", "t = q*x", "f = t + q")
DIFFERENCE = ("f = (y - x)/(x - z)^y",)
# The example of micrograd's README, each name assigned once.
MICROGRAD = (
    "c1 = a + b",
    "d1 = a*b + b^3",
    "c2 = c1 + (c1 + 1)",
    "c3 = c2 + (1 + c2 + (-a))",
    "d2 = d1 + (d1*2 + relu(b + a))",
    "d3 = d2 + (3*d2 + relu(b - a))",
    "e = c3 - d3",
    "f = e^2",
    "g = f/2 + 10/f",
)
LABELLED = [SIMPLE, NEURON, MAXIMUM, SHARED, DIFFERENCE]

texts = pytest.mark.parametrize("texts", [*LABELLED, MICROGRAD], ids=lambda texts: texts[-1])
labelled = pytest.mark.parametrize("texts", LABELLED, ids=lambda texts: texts[-1])


def typed(texts: tuple[str, ...]) -> Circuit:
    return circuit_of(read_statements(texts))


def variables(circuit: Circuit) -> list[Variable]:
    return [*circuit.inputs, *(gate.output for gate in circuit.gates)]


def numbers(circuit: Circuit, text: str) -> Mapping[str, Node]:
    """Numbers of different widths, every third one negative."""
    return {
        variable.id: Number(f"{'−' if number % 3 == 2 else ''}{text}{number % 90 + 10}")
        for number, variable in enumerate(variables(circuit))
    }


def drawn(circuit: Circuit) -> Diagram:
    diagram = circuit_diagram(circuit, NET_OUT, numbers(circuit, "0."), numbers(circuit, "1."))
    assert diagram
    return diagram


@st.composite
def circuits(draw: st.DrawFn) -> Circuit:
    """Gates of one to four inputs, each an earlier value."""
    known = [Variable(VariableKind.NAME, f"x{number}") for number in range(draw(st.integers(1, 4)))]
    gates = []
    for number in range(draw(st.integers(1, 9))):
        inputs = draw(st.lists(st.sampled_from(known), min_size=1, max_size=draw(st.integers(1, 4))))
        operation, sign = draw(st.sampled_from([("add", "+"), ("subtract", "−"), ("max", "max"), ("negate", "×(−1)")]))
        gates.append(Gate(operation, sign, tuple(inputs), Variable(VariableKind.NAME, f"q{number}")))
        known.append(gates[-1].output)
    used = {variable for gate in gates for variable in gate.inputs}
    inputs = tuple(variable for variable in known[: -len(gates)] if variable in used)
    return Circuit(tuple(gates), (), inputs, tuple(gate.output for gate in gates if gate.output not in used))


def course(line: Line) -> Iterator[tuple[float, float]]:
    """Points along a wire, two points apart or closer."""
    stops = [line.start, *line.turn[:1]]
    for share in range(21 if line.turn else 0):
        t = share / 20
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        stops.append(tuple(sum(w * p[axis] for w, p in zip(weights, line.turn, strict=True)) for axis in (0, 1)))
    stops.append(line.end)
    for (x1, y1), (x2, y2) in pairwise(stops):
        count = int(hypot(x2 - x1, y2 - y1) / 2) + 1
        for step in range(count + 1):
            yield x1 + (x2 - x1) * step / count, y1 + (y2 - y1) * step / count


def shapes(diagram: Diagram) -> list[Rectangle]:
    return [around_label(label, diagram.font_size) for label in diagram.labels]


def check_places(diagram: Diagram) -> None:
    """Labels, circles and wires are apart and inside the frame, which fits a page."""
    assert diagram.width <= 480
    assert diagram.height <= 640
    assert diagram.font_size >= 7
    frame = Rectangle(diagram.width / 2, diagram.height / 2, diagram.width / 2, diagram.height / 2)
    for shape, label in zip(shapes(diagram), diagram.labels, strict=True):
        assert abs(shape.x - frame.x) + shape.half_width <= frame.half_width, label
        assert abs(shape.y - frame.y) + shape.half_height <= frame.half_height, label
        assert not any(shape.grown(-0.01).covers(circle) for circle in diagram.circles), label
    for one, other in combinations(shapes(diagram), 2):
        assert not one.grown(-0.01).meets(other)
    for one, other in combinations(diagram.circles, 2):
        assert hypot(one.x - other.x, one.y - other.y) > one.radius + other.radius, (one, other)
    gates, covered = [circle for circle in diagram.circles if circle.body], shapes(diagram)
    for line in diagram.lines:
        for x, y in course(line):
            assert 0 <= x <= diagram.width
            assert 0 <= y <= diagram.height
            for circle in gates:
                assert hypot(x - circle.x, y - circle.y) > circle.radius - 0.1, (line, circle)
            for shape, label in zip(covered, diagram.labels, strict=True):
                is_inside = abs(x - shape.x) < shape.half_width and abs(y - shape.y) < shape.half_height
                assert not is_inside, (line, label)


def near(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return hypot(one[0] - other[0], one[1] - other[1]) < 0.05


def origin(line: Line, diagram: Diagram) -> str:
    """The id of the variable that a wire carries, found by following it back to a circle or to an input's name."""
    while not line.source:
        names = [
            label.of
            for label in diagram.labels
            if label.anchor is Anchor.END and near((label.x + 3, label.y), line.start)
        ]
        if names:
            (name,) = names
            return name
        (line,) = (other for other in diagram.lines if near(other.end, line.start))
    return line.source


def check_wires(circuit: Circuit, diagram: Diagram) -> None:
    """Every gate has its circle and an arrow for each of its inputs, and every result one to its name."""
    circles = {circle.name: circle for circle in diagram.circles if circle.name}
    assert {name: circle.body for name, circle in circles.items()} == {
        gate.output.id: sign_node(gate.sign) for gate in circuit.gates
    }
    arrows = [line for line in diagram.lines if line.stroke is Stroke.ARROW]
    for gate in circuit.gates:
        circle = circles[gate.output.id]
        arriving = sorted((line for line in arrows if line.target == gate.output.id), key=lambda line: line.end[1])
        assert all(
            hypot(line.end[0] - circle.x, line.end[1] - circle.y) == pytest.approx(circle.radius, abs=0.05)
            for line in arriving
        )
        sources = [origin(line, diagram) for line in arriving]
        assert Counter(sources) == Counter(variable.id for variable in gate.inputs)
        if gate.operation in ("subtract", "divide", "power"):
            assert sources[0] == gate.inputs[0].id
    results = Counter(origin(line, diagram) for line in arrows if not line.target)
    assert results == Counter(variable.id for variable in circuit.outputs)


@texts
def test_a_known_circuit_is_drawn(texts: tuple[str, ...]) -> None:
    """Nothing overlaps and all wires are right, in the formulas that courses draw."""
    circuit = typed(texts)
    diagram = drawn(circuit)
    check_places(diagram)
    check_wires(circuit, diagram)


@given(circuits())
def test_any_circuit_is_drawn(circuit: Circuit) -> None:
    """Nothing overlaps and all wires are right, whatever is connected to whatever."""
    diagram = drawn(circuit)
    check_places(diagram)
    check_wires(circuit, diagram)


@labelled
def test_values_stand_above_and_gradients_below(texts: tuple[str, ...]) -> None:
    """Each value has its number above its wire and, below it and slanted, its gradient: once, wherever it forks."""
    circuit = typed(texts)
    diagram = drawn(circuit)
    above, below = numbers(circuit, "0."), numbers(circuit, "1.")
    for variable in variables(circuit):
        (value,) = (label for label in diagram.labels if label.body == above[variable.id])
        (gradient,) = (label for label in diagram.labels if label.body == below[variable.id])
        assert (value.of, value.slanted) == (gradient.of, not gradient.slanted) == (variable.id, False)
        assert value.x == gradient.x
        assert value.y < gradient.y
        middle = value.x, (value.y + gradient.y) / 2
        wires = [line for line in diagram.lines if any(near(middle, point) for point in fine(line))]
        assert {origin(wire, diagram) for wire in wires} == {variable.id}


def fine(line: Line) -> Iterator[tuple[float, float]]:
    """The level start of a wire, in small steps."""
    end = line.turn[0] if line.turn else line.end
    count = int(30 * (end[0] - line.start[0])) + 1
    return ((line.start[0] + (end[0] - line.start[0]) * step / count, line.start[1]) for step in range(count + 1))


@labelled
def test_the_students_copy_has_the_same_drawing(texts: tuple[str, ...]) -> None:
    """Without numbers the circles and the wires stand where they do with them, and the names are there."""
    circuit = typed(texts)
    full, empty = drawn(circuit), circuit_diagram(circuit, NET_OUT, {}, {})
    assert empty
    assert [circle.x for circle in empty.circles] == [circle.x for circle in full.circles]
    assert [line.start[0] for line in empty.lines] == [line.start[0] for line in full.lines]
    assert Counter(label.of for label in empty.labels) == Counter(variable.id for variable in variables(circuit))


def test_every_value_is_named_once() -> None:
    """Inputs and results at the ends of their wires, what is in between above its gate."""
    circuit = typed(SHARED)
    diagram = circuit_diagram(circuit, NET_OUT, {}, {})
    assert diagram
    anchors = {label.of: label.anchor for label in diagram.labels}
    assert anchors == {
        **{variable.id: Anchor.MIDDLE for variable in variables(circuit)},
        **{variable.id: Anchor.END for variable in circuit.inputs},
        **{variable.id: Anchor.START for variable in circuit.outputs},
    }
    circles = {circle.name: circle for circle in diagram.circles if circle.name}
    for label in diagram.labels:
        if label.anchor is Anchor.MIDDLE:
            assert label.x == pytest.approx(circles[label.of].x, abs=0.02)
            assert label.y < circles[label.of].y - circles[label.of].radius


@texts
def test_wires_leave_and_arrive_level(texts: tuple[str, ...]) -> None:
    """A bend sets out and ends level, so that an arrowhead lies on its wire."""
    for line in drawn(typed(texts)).lines:
        heights = [y for _, y in line.turn]
        if heights:
            assert heights == [line.start[1], line.start[1], line.end[1], line.end[1]]
            assert line.start[0] <= line.turn[0][0] < line.turn[-1][0] < line.end[0]
        else:
            assert line.start[1] == line.end[1]


def test_a_fork_has_a_dot() -> None:
    """As many dots as values that are used several times, but not where wires cross."""
    circuit = typed(("f = x*y*(x + y)",))
    assert sum(circle.body is None for circle in drawn(circuit).circles) == 2


def test_a_chain_is_level() -> None:
    """One gate after another stand in one line, whatever feeds the first of them."""
    diagram = drawn(typed(NEURON))
    last = [circle.y for circle in diagram.circles][-4:]
    assert len(set(last)) == 1


def test_a_tree_has_no_crossings() -> None:
    """The wires of a formula that uses nothing twice can be drawn apart, and are."""
    for one, other in combinations(drawn(typed(NEURON)).lines, 2):
        ends = {one.start, one.end} & {other.start, other.end}
        assert ends or not any(hypot(x - u, y - v) < 1.5 for x, y in course(one) for u, v in course(other))


def test_a_large_circuit_has_only_names() -> None:
    """The numbers go before the drawing goes."""
    circuit = typed(MICROGRAD)
    diagram = drawn(circuit)
    assert Counter(label.of for label in diagram.labels) == Counter(variable.id for variable in variables(circuit))


@pytest.mark.parametrize("typing", ["exp({})", "({} + x)"])
def test_what_fits_no_page_is_not_drawn(typing: str) -> None:
    """There is no drawing of a chain that is too long for the width of a page."""
    formula = "x"
    for _ in range(30):
        formula = typing.format(formula)
    assert circuit_diagram(typed((f"f = {formula}",)), NET_OUT, {}, {}) is None


def test_what_is_too_high_for_a_page_is_not_drawn() -> None:
    """Sixty inputs in one column have no room even in the smallest type."""
    names = [Variable(VariableKind.NAME, f"x{number}") for number in range(60)]
    result = Variable(VariableKind.NAME, "f")
    assert (
        circuit_diagram(
            Circuit((Gate("add", "+", tuple(names), result),), (), tuple(names), (result,)), NET_OUT, {}, {}
        )
        is None
    )


def test_the_drawing_is_the_same_every_time() -> None:
    """Two drawings of one circuit are equal."""
    assert drawn(typed(MICROGRAD)) == drawn(typed(MICROGRAD))


def test_constants_are_drawn() -> None:
    """A gate without inputs stands at the left and nothing arrives there."""
    circuit = typed(("c = 3", "f = c*x"))
    diagram = drawn(circuit)
    check_places(diagram)
    check_wires(circuit, diagram)


@pytest.mark.parametrize(
    ("sign", "node"),
    [
        ("+", Operator("+", Spacing.NONE)),
        ("max", Identifier("max", upright=True)),
        ("σ", Identifier("σ")),
        ("+1", row(Operator("+", Spacing.NONE), Number("1"))),
        ("×0.5", row(Operator("×", Spacing.NONE), Number("0.5"))),
        ("1/x", row(Number("1"), Operator("/", Spacing.NONE), Identifier("x"))),
        ("×(−1)", row(Operator("×", Spacing.NONE), Bracket(row(Operator("−", Spacing.NONE), Number("1"))))),
        ("^2", Scripts(Identifier("x"), sup=Number("2"))),
        ("2^x", Scripts(Number("2"), sup=Identifier("x"))),
        ("√", Root(Identifier("x"))),
    ],
)
def test_a_sign_is_mathematics(sign: str, node: Node) -> None:
    """Letters are names, digits are numbers, and what is not printed in one line stands where it should."""
    assert sign_node(sign) == node


# --- SVG and TikZ ----------------------------------------------------------------------------------------------------


def svg(diagram: Diagram) -> str:
    return fill(html_environment(Layout(), math_element), "figure/network.svg.jinja", diagram=diagram, alt="")


def tikz(diagram: Diagram) -> str:
    """The picture as it stands in a LaTeX document."""
    sheet = Sheet("", (Figure(diagram, ""),))
    document = Document("en", Kind.KEY, "", "{page} {pages}", Letterhead(), (sheet,))
    return tex.render(document, Layout()).content.decode().partition(r"\begin{tikzpicture}")[2]


@texts
def test_both_templates_draw_everything(texts: tuple[str, ...]) -> None:
    """Every circle, wire, bend, arrowhead and label, in SVG and in TikZ; gradients in italics."""
    diagram = drawn(typed(texts))
    image, picture = svg(diagram), tikz(diagram)
    arrows = sum(line.stroke is Stroke.ARROW for line in diagram.lines)
    bends = sum(bool(line.turn) for line in diagram.lines)
    slanted: list[Label] = [label for label in diagram.labels if label.slanted]
    assert image.count("<circle") == len(diagram.circles)
    assert image.count("<path") == len(diagram.lines) + arrows
    assert image.count("C") == bends
    assert all(f'font-style="italic">{plain(label.body)}<' in image for label in slanted)
    assert picture.count(r"\draw[") == len(diagram.lines)
    assert picture.count(r"\draw[arrow]") == arrows
    assert picture.count(".. controls") == bends
    assert picture.count(r"\node[") == len(diagram.circles) + len(diagram.labels)
    assert picture.count(r"$\mathit{") == len(slanted)
    assert "e-" not in picture
