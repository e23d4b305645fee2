"""The drawing of a circuit: every wire leads where it should, and nothing lies on anything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain, combinations, pairwise
from math import ceil, hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.figures.circuit.composition import circuit_diagrams
from derive.figures.circuit.layers import Circuit as Drawable
from derive.figures.circuit.signs import sign_node
from derive.figures.circuit.stages import Stage, stages_of
from derive.figures.drawing import Anchor, Diagram, Label, Line, Stroke
from derive.figures.rectangles import Rectangle, around_label
from derive.mathtext.building import row
from derive.mathtext.mathml import math_element
from derive.mathtext.plain import plain
from derive.mathtext.tree import Bracket, Identifier, Node, Number, Operator, Root, Scripts, Spacing
from derive.model.formulas.gates import Circuit, Gate, circuit_of
from derive.model.formulas.reader import read_statements
from derive.model.notation import NET_OUT
from derive.model.quantities import Kind as VariableKind
from derive.model.quantities import Variable
from derive.render import Layout, tex
from derive.render.html import html_environment
from derive.render.templating import fill
from derive.sheet.build import Options, build_document
from derive.sheet.document import Document, Figure, Kind, Letterhead, Paragraph, Sheet
from derive.words.languages import as_text
from tests.shipped import load

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
in_one_stage = pytest.mark.parametrize("texts", LABELLED, ids=lambda texts: texts[-1])


def typed(texts: tuple[str, ...]) -> Circuit:
    return circuit_of(read_statements(texts))


def variables(circuit: Drawable) -> list[Variable]:
    return [*circuit.inputs, *(gate.output for gate in circuit.gates)]


def numbers(circuit: Circuit, text: str) -> Mapping[str, Node]:
    """Numbers of different widths, every third one negative."""
    return {
        variable.id: Number(f"{'−' if number % 3 == 2 else ''}{text}{number % 90 + 10}")
        for number, variable in enumerate(variables(circuit))
    }


def stages_drawn(circuit: Circuit) -> tuple[Diagram, ...]:
    return circuit_diagrams(circuit, NET_OUT, numbers(circuit, "0."), numbers(circuit, "1."))


def drawn(circuit: Circuit) -> Diagram:
    (diagram,) = stages_drawn(circuit)
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


def check_wires(circuit: Drawable, diagram: Diagram) -> None:
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


def check(circuit: Circuit) -> None:
    """All stages, which are drawn in one form."""
    diagrams = stages_drawn(circuit)
    assert len({diagram.font_size for diagram in diagrams}) == 1
    for diagram, stage in zip(diagrams, stages_of(circuit, len(diagrams)), strict=True):
        check_places(diagram)
        check_wires(stage, diagram)


@texts
def test_a_known_circuit_is_drawn(texts: tuple[str, ...]) -> None:
    """Nothing overlaps and all wires are right, in the formulas that courses draw."""
    check(typed(texts))


@given(circuits())
def test_any_circuit_is_drawn(circuit: Circuit) -> None:
    """Nothing overlaps and all wires are right, whatever is connected to whatever."""
    check(circuit)


@in_one_stage
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


@in_one_stage
def test_the_students_copy_has_the_same_drawing(texts: tuple[str, ...]) -> None:
    """Without numbers the circles and the wires stand where they do with them, and the names are there."""
    circuit = typed(texts)
    full, (empty,) = drawn(circuit), circuit_diagrams(circuit, NET_OUT, {}, {})
    assert [circle.x for circle in empty.circles] == [circle.x for circle in full.circles]
    assert [line.start[0] for line in empty.lines] == [line.start[0] for line in full.lines]
    assert Counter(label.of for label in empty.labels) == Counter(variable.id for variable in variables(circuit))


def test_every_value_is_named_once() -> None:
    """Inputs and results at the ends of their wires, what is in between above its gate."""
    circuit = typed(SHARED)
    (diagram,) = circuit_diagrams(circuit, NET_OUT, {}, {})
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
    for line in chain.from_iterable(diagram.lines for diagram in stages_drawn(typed(texts))):
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


def test_a_large_circuit_is_drawn_in_stages() -> None:
    """What is too wide for a page keeps its numbers: at each stage that has the value."""
    circuit = typed(MICROGRAD)
    diagrams = stages_drawn(circuit)
    stages = stages_of(circuit, len(diagrams))
    assert len(stages) > 1
    above, below = numbers(circuit, "0."), numbers(circuit, "1.")
    for diagram, stage in zip(diagrams, stages, strict=True):
        printed = Counter((label.of, plain(label.body)) for label in diagram.labels)
        for variable in variables(stage):
            assert (
                printed[variable.id, plain(above[variable.id])] == printed[variable.id, plain(below[variable.id])] == 1
            )


def chained(typing: str, length: int) -> tuple[str, ...]:
    """One gate after another."""
    return ("y0 = exp(x)", *(f"y{number} = {typing.format(f'y{number - 1}')}" for number in range(1, length)))


def test_a_circuit_too_large_for_stages_has_only_names() -> None:
    """The numbers go before the drawing goes; each stage names its values once."""
    circuit = typed(chained("exp({})", 60))
    diagrams = stages_drawn(circuit)
    names = Counter(label.of for diagram in diagrams for label in diagram.labels)
    stages = stages_of(circuit, len(diagrams))
    assert names == Counter(variable.id for stage in stages for variable in variables(stage))


@pytest.mark.parametrize("typing", ["exp({})", pytest.param("{} + x", marks=pytest.mark.slow)])
def test_what_fits_no_page_is_not_drawn(typing: str) -> None:
    """There is no drawing of a chain that is too long for four stages."""
    assert circuit_diagrams(typed(chained(typing, 90)), NET_OUT, {}, {}) == ()


def test_what_is_too_high_for_a_page_is_not_drawn() -> None:
    """Sixty inputs in one column have no room even in the smallest type."""
    names = [Variable(VariableKind.NAME, f"x{number}") for number in range(60)]
    result = Variable(VariableKind.NAME, "f")
    circuit = Circuit((Gate("add", "+", tuple(names), result),), (), tuple(names), (result,))
    assert circuit_diagrams(circuit, NET_OUT, {}, {}) == ()


def test_the_drawing_is_the_same_every_time() -> None:
    """Two drawings of one circuit are equal."""
    assert stages_drawn(typed(MICROGRAD)) == stages_drawn(typed(MICROGRAD))


def test_constants_are_drawn() -> None:
    """A gate without inputs stands at the left and nothing arrives there."""
    check(typed(("c = 3", "f = c*x")))


# --- stages ----------------------------------------------------------------------------------------------------------


def inner(circuit: Circuit, results: list[Variable]) -> Circuit:
    """The same with other results, which may be inputs or values that gates use."""
    return Circuit(circuit.gates, (), circuit.inputs, tuple(results))


@st.composite
def circuits_with_any_results(draw: st.DrawFn) -> Circuit:
    circuit = draw(circuits())
    others = draw(st.lists(st.sampled_from(variables(circuit)), unique=True))
    return inner(circuit, [*circuit.outputs, *(other for other in others if other not in circuit.outputs)])


counts = st.integers(1, 4)


@given(circuits_with_any_results(), counts)
def test_every_gate_is_in_one_stage(circuit: Circuit, count: int) -> None:
    """And stands there in order of evaluation."""
    stages = stages_of(circuit, count)
    assert 1 <= len(stages) <= count
    assert Counter(gate.output for stage in stages for gate in stage.gates) == Counter(
        gate.output for gate in circuit.gates
    )
    for stage in stages:
        assert stage.gates == tuple(gate for gate in circuit.gates if gate in stage.gates) != ()


@given(circuits_with_any_results(), counts)
def test_a_stage_can_be_calculated_from_those_before_it(circuit: Circuit, count: int) -> None:
    """An input is an input of the circuit or is handed on, it is used, and a gate uses no more than what is there."""
    there = set(circuit.inputs)
    for stage in stages_of(circuit, count):
        assert there.issuperset(stage.inputs)
        known = set(stage.inputs)
        for gate in stage.gates:
            assert known.issuperset(gate.inputs)
            known.add(gate.output)
        used = {variable for gate in stage.gates for variable in gate.inputs}
        assert used.union(stage.outputs).issuperset(stage.inputs)
        assert known.issuperset(stage.outputs)
        there.update(stage.outputs)


@given(circuits_with_any_results(), counts)
def test_outputs_are_results_and_what_is_handed_on(circuit: Circuit, count: int) -> None:
    """Every result is an output of one stage; every other output is made there and is an input of a later stage."""
    stages = stages_of(circuit, count)
    outputs = [variable for stage in stages for variable in stage.outputs]
    assert len(set(outputs)) == len(outputs)
    assert set(circuit.outputs).issubset(outputs)
    for number, stage in enumerate(stages):
        made = {gate.output for gate in stage.gates}
        later = {variable for other in stages[number + 1 :] for variable in other.inputs}
        assert set(stage.outputs) & made == made & later.union(circuit.outputs)
        is_last = number == len(stages) - 1
        assert set(stage.outputs) - made == (set(circuit.outputs) & set(circuit.inputs) if is_last else set())


@given(circuits())
def test_one_stage_is_the_circuit(circuit: Circuit) -> None:
    """Nothing is handed on where there is nothing to hand it to."""
    assert stages_of(circuit, 1) == (Stage(circuit.inputs, circuit.gates, circuit.outputs),)


@given(circuits_with_any_results(), counts)
def test_stages_have_about_as_many_layers(circuit: Circuit, count: int) -> None:
    """The longest path through a stage is at most its share of the longest path through the circuit, rounded up."""

    def depth(stage: Drawable) -> int:
        level: dict[Variable, int] = {}
        for gate in stage.gates:
            level[gate.output] = 1 + max((level.get(variable, 0) for variable in gate.inputs), default=0)
        return max(level.values())

    stages = stages_of(circuit, count)
    share = ceil(depth(circuit) / count)
    assert all(depth(stage) <= share for stage in stages)
    assert len(stages) == min(count, depth(circuit))


def test_a_value_is_calculated_where_it_is_needed() -> None:
    """A gate whose inputs are there later too is not calculated early, to be handed on."""
    first, second = stages_of(typed(("late = -a", "q = a*b", "r = exp(q)", "s = r + 1", "f = s + late")), 2)
    assert [variable.id for variable in first.outputs] == ["r"]
    assert [gate.output.id for gate in second.gates] == ["late", "s", "f"]
    assert [variable.id for variable in second.inputs] == ["a", "r"]


def test_a_value_skips_a_stage() -> None:
    """It is an output where it is calculated and an input only where it is used."""
    stages = stages_of(typed(("q = exp(x)", "r = exp(q)", "f = q*r")), 3)
    ids = [([v.id for v in stage.inputs], [v.id for v in stage.outputs]) for stage in stages]
    assert ids == [(["x"], ["q"]), (["q"], ["r"]), (["q", "r"], ["f"])]


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


# --- the sheet --------------------------------------------------------------------------------------------------------


def figures(exercise: str, kind: Kind, code: str = "en") -> list[Figure]:
    built = build_document([load(exercise)], kind, Options(language=code))
    return [block for sheet in built.sheets for block in sheet.blocks if isinstance(block, Figure)]


@pytest.mark.parametrize("exercise", ["cs231n-product", "cs231n-staged", "micrograd"])
def test_a_worksheet_has_the_keys_drawing_without_its_answers(exercise: str) -> None:
    """Circles and wires are the same; of the numbers only the given values are left."""
    given = load(exercise).circuit
    assert given
    names = {plain(NET_OUT.symbol(variable)) for variable in variables(given)}
    for empty, full in zip(figures(exercise, Kind.WORKSHEET), figures(exercise, Kind.KEY), strict=True):
        assert isinstance(empty.diagram, Diagram)
        assert isinstance(full.diagram, Diagram)
        assert empty == replace(full, diagram=replace(full.diagram, labels=empty.diagram.labels))
        assert {*empty.diagram.labels} < {*full.diagram.labels}
        values = {label.of for label in empty.diagram.labels if plain(label.body) not in names}
        assert values == {variable.id for variable in given.inputs} & {label.of for label in full.diagram.labels}
        assert any(label.slanted for label in full.diagram.labels)
        assert not any(label.slanted for label in empty.diagram.labels)


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ("en", ["Diagram of a circuit, part 1 of 3. Gates: 9; inputs: 2.", "part 2 of 3. Gates: 11; inputs: 6.", "2."]),
        ("es", ["Diagrama de un circuito, parte 1 de 3. Puertas: 9; entradas: 2.", "entradas: 6.", "entradas: 2."]),
        ("zh", ["计算图示意图，第 1 部分（共 3 部分）：9 个运算门，2 个输入。", "6 个输入。", "2 个输入。"]),
    ],
)
def test_each_part_is_described(code: str, texts: list[str]) -> None:
    """By what is in it, not by what is in the whole circuit."""
    for figure, text in zip(figures("micrograd", Kind.WORKSHEET, code), texts, strict=True):
        assert figure.alternative.endswith(text)


@pytest.mark.parametrize(("exercise", "parts"), [("cs231n-product", 0), ("micrograd", 3)])
def test_a_drawing_in_parts_is_announced(exercise: str, parts: int) -> None:
    """In one sentence, where there are several."""
    built = build_document([load(exercise)], Kind.WORKSHEET, Options(language="en"))
    prose = [as_text(block.text) for block in built.sheets[0].blocks if isinstance(block, Paragraph)]
    found = [sentence for sentence in prose if sentence.startswith("The circuit is drawn in")]
    assert [sentence.split()[5] for sentence in found] == ([str(parts)] if parts else [])


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
    for diagram in stages_drawn(typed(texts)):
        check_templates(diagram)


def check_templates(diagram: Diagram) -> None:
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
