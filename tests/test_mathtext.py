"""Printed mathematics: how an expression is written as text, LaTeX, MathML and boxes, and where a long line breaks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Abs,
    Expr,
    Function,
    Ge,
    Integer,
    Lt,
    Max,
    Piecewise,
    Rational,
    Symbol,
    evaluate,
    exp,
    log,
    tanh,
)

from derive.derivation import Derivation, derive
from derive.equations import Equations, printed_numbers
from derive.evaluation import Evaluation, Rounding
from derive.exercise import Exercise
from derive.mathtext.boxes import boxes, math_box
from derive.mathtext.equation import broken, equation
from derive.mathtext.latex import latex_of
from derive.mathtext.mathml import math_element, mathml
from derive.mathtext.plain import plain
from derive.mathtext.tree import (
    Aligned,
    Bracket,
    Fraction,
    Identifier,
    Node,
    Number,
    Operator,
    Row,
    Scripts,
    Spacing,
    is_exact,
    row,
    signed,
    width,
)
from derive.notation import NET_OUT
from derive.quantities import quantity_named

Solve = Callable[[Any], tuple[Exercise, Derivation]]


def symbol(name: str) -> Symbol:
    return Symbol(name, real=True)


i1, i2, w1, w2, b1, eta = map(symbol, ("i1", "i2", "w1", "w2", "b1", "eta"))
net, out, target, delta = map(symbol, ("net_o1", "out_o1", "target_o1", "delta_o1"))
slope, gradient = symbol("dout_o1_dnet_o1"), symbol("dE_total_dw5")

PRINTED = {
    "i1": signed("0.05"),
    "i2": signed("-0.1"),
    "w1": signed("0.15"),
    "w2": signed("-0.20"),
    "b1": signed("-0.35"),
    "eta": signed("0,5"),
    "net_o1": signed("-1.2"),
    "out_o1": signed("0.751365", exact=False),
    "target_o1": signed("0.01"),
    "delta_o1": signed("-0.138499", exact=False),
    "dout_o1_dnet_o1": signed("0.186816", exact=False),
    "dE_total_dw5": signed("0.0821670", exact=False),
}
EQUATIONS = Equations(numbers=PRINTED)

# --- expression to text -----------------------------------------------------------------------------------------------

with evaluate(False):  # as the steps hold them: in the order in which they are written here
    EXPRESSIONS = [
        ("weighted sum", w1 * i1 + w2 * i2 + b1, "w1 i1 + w2 i2 + b1", "0.15 × 0.05 + (−0.20) × (−0.1) + (−0.35)"),
        ("the order of terms", b1 + w2 * i2 + i1 * w1, "b1 + w2 i2 + i1 w1", "−0.35 + (−0.20) × (−0.1) + 0.05 × 0.15"),
        ("logistic", 1 / (1 + exp(-net)), "1/(1 + e^(−net_o1))", "1/(1 + e^(−(−1.2)))"),
        ("its slope", out * (1 - out), "out_o1 (1 − out_o1)", "0.751365 × (1 − 0.751365)"),
        ("slope of tanh", 1 - out**2, "1 − out_o1²", "1 − 0.751365²"),
        ("square of a negative", i2**2, "i2²", "(−0.1)²"),
        ("tanh", tanh(net), "tanh(net_o1)", "tanh(−1.2)"),
        ("maximum", Max(0, net, evaluate=False), "max(0, net_o1)", "max(0, −1.2)"),
        (
            "cases",
            Piecewise((net, Ge(net, 0)), (net / 100, Lt(net, 0))),
            "net_o1 (net_o1 ≥ 0); net_o1/100 (net_o1 < 0)",
            "−1.2 (−1.2 ≥ 0); −1.2/100 (−1.2 < 0)",
        ),
        ("half a square", Rational(1, 2) * (target - out) ** 2, "1/2 (target_o1 − out_o1)²", "1/2 (0.01 − 0.751365)²"),
        ("minus a bracket", -(target - out), "−(target_o1 − out_o1)", "−(0.01 − 0.751365)"),
        ("minus two", Integer(-2) * (target - out), "−2 (target_o1 − out_o1)", "−2 (0.01 − 0.751365)"),
        ("minus two thirds", Rational(-2, 3) * (target - out), "−2/3 (target_o1 − out_o1)", "−2/3 (0.01 − 0.751365)"),
        ("product of derivatives", delta * slope, "δ_o1 ⋅ ∂out_o1/∂net_o1", "−0.138499 × 0.186816"),
        ("product of names", delta * out, "δ_o1 out_o1", "−0.138499 × 0.751365"),
        ("a negative that leads", b1 * i1, "b1 i1", "−0.35 × 0.05"),
        ("a negative that follows", i1 * b1, "i1 b1", "0.05 × (−0.35)"),
        ("a negative taken away", i1 - b1, "i1 − b1", "0.05 − (−0.35)"),
        ("a negative with a minus", -i2, "−i2", "−(−0.1)"),
        ("sum times a name", (w1 + b1) * i1, "(w1 + b1) i1", "(0.15 + (−0.35)) × 0.05"),
        ("name times a sum", i1 * (w1 + b1), "i1 (w1 + b1)", "0.05 × (0.15 + (−0.35))"),
        ("sum taken away", w1 - (i1 + b1), "w1 − (i1 + b1)", "0.15 − (0.05 + (−0.35))"),
        ("update", w1 - eta * gradient, "w1 − η ⋅ ∂E_total/∂w5", "0.15 − 0,5 × 0.0821670"),
        ("fraction", w1 / (i1 + b1), "w1/(i1 + b1)", "0.15/(0.05 + (−0.35))"),
        (
            "mean of shares",
            Rational(1, 2) * (delta * w1 + delta * w2),
            "1/2 (δ_o1 w1 + δ_o1 w2)",
            "1/2 (−0.138499 × 0.15 + (−0.138499) × (−0.20))",
        ),
        ("logarithm", log(i1), "ln(i1)", "ln(0.05)"),
        ("size", Abs(i2), "abs(i2)", "abs(−0.1)"),
        ("whole number", Integer(1), "1", "1"),
        ("a name alone", net, "net_o1", "−1.2"),
        ("a fraction alone", Rational(1, 100), "1/100", "1/100"),
        ("a negative fraction alone", Rational(-1, 100), "−1/100", "−1/100"),
    ]


@pytest.mark.parametrize(
    ("expression", "symbols", "numbers"), [pytest.param(*row_, id=name) for name, *row_ in EXPRESSIONS]
)
def test_how_an_expression_reads(expression: Expr, symbols: str, numbers: str) -> None:
    """In symbols and with numbers put in: the author's order, brackets where they are needed and nowhere else."""
    assert plain(EQUATIONS.in_symbols(expression)) == symbols
    assert plain(EQUATIONS.in_numbers(expression)) == numbers


EXPRESSION = {name: expression for name, expression, *_ in EXPRESSIONS}
OUT = r"\mathit{out}_{o1}"

LATEX = [
    ("weighted sum", r"w_{1}\,i_{1} + w_{2}\,i_{2} + b_{1}"),
    ("logistic", r"\frac{1}{1 + e^{-\mathit{net}_{o1}}}"),
    ("its slope", rf"{OUT}\,(1 - {OUT})"),
    ("slope of tanh", rf"1 - {OUT}^{{2}}"),
    ("maximum", r"\max(0,\mathit{net}_{o1})"),
    ("half a square", rf"\frac{{1}}{{2}}\,(\mathit{{target}}_{{o1}} - {OUT})^{{2}}"),
    ("product of derivatives", r"\delta_{o1} \cdot \frac{\partial\mathit{out}_{o1}}{\partial\mathit{net}_{o1}}"),
    ("update", r"w_{1} - \eta \cdot \frac{\partial E_{\mathrm{total}}}{\partial w_{5}}"),
    (
        "cases",
        r"\begin{cases} \mathit{net}_{o1}, & \mathit{net}_{o1} \ge 0 \\ "
        r"\frac{\mathit{net}_{o1}}{100}, & \mathit{net}_{o1} < 0 \end{cases}",
    ),
]


@pytest.mark.parametrize(("name", "expected"), LATEX, ids=[name for name, _ in LATEX])
def test_how_an_expression_is_written_in_latex(name: str, expected: str) -> None:
    """Names of more than one letter in one \\mathit, indices upright in their group, a command kept from a letter."""
    assert latex_of(EQUATIONS.in_symbols(EXPRESSION[name])) == expected


NAME = '<mi class="name">{}</mi>'
INDEX = "<mrow><mi>o</mi><mn>1</mn></mrow>"
MATHML_OUT = f"<msub>{NAME.format('out')}{INDEX}</msub>"

MATHML = [
    ("a name alone", f"<msub>{NAME.format('net')}{INDEX}</msub>"),
    ("square of a negative", "<msubsup><mi>i</mi><mn>2</mn><mn>2</mn></msubsup>"),
    (
        "product of names",
        f'<mrow><msub><mi>δ</mi>{INDEX}</msub><mo>&#x2062;</mo><mspace width=".17em"></mspace>{MATHML_OUT}</mrow>',
    ),
    ("a negative with a minus", '<mrow><mo form="prefix">−</mo><msub><mi>i</mi><mn>2</mn></msub></mrow>'),
    (
        "tanh",
        '<mrow><mi mathvariant="normal">tanh</mi><mrow><mo stretchy="false">(</mo>'
        f'<msub>{NAME.format("net")}{INDEX}</msub><mo stretchy="false">)</mo></mrow></mrow>',
    ),
    ("a fraction alone", "<mfrac><mn>1</mn><mn>100</mn></mfrac>"),
]


@pytest.mark.parametrize(("name", "expected"), MATHML, ids=[name for name, _ in MATHML])
def test_how_an_expression_is_written_in_mathml(name: str, expected: str) -> None:
    """Structure for browsers and screen readers; two names side by side are an invisible multiplication."""
    assert mathml(EQUATIONS.in_symbols(EXPRESSION[name])) == expected


BOXES = [
    ("a name alone", "net<sub>o1</sub>"),
    ("a fraction alone", "<span class=f><b>1</b><u>100</u></span>"),
    ("weighted sum", "w<sub>1</sub>\u2009i<sub>1</sub>\u2005+\u2005w<sub>2</sub>\u2009i<sub>2</sub>"
     "\u2005+\u2005b<sub>1</sub>"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), BOXES, ids=[name for name, _ in BOXES])
def test_how_an_expression_is_written_in_boxes(name: str, expected: str) -> None:
    """A box only where the layout has two dimensions."""
    assert boxes(EQUATIONS.in_symbols(EXPRESSION[name])) == expected


def test_numbers_side_by_side_are_one_run_of_text() -> None:
    """With numbers put in, a sum of products is text without a single box."""
    assert "<" not in boxes(EQUATIONS.in_numbers(EXPRESSION["weighted sum"]))


@pytest.mark.parametrize(
    ("quantity", "text", "expected"),
    [
        ("w5", "w5", r"w_{5}"),
        ("w5_new", "w5⁺", r"w_{5}^{+}"),
        ("net_h1", "net_h1", r"\mathit{net}_{h1}"),
        ("out_o2_new", "out_o2⁺", r"\mathit{out}_{o2}^{+}"),
        ("E_total", "E_total", r"E_{\mathrm{total}}"),
        ("delta_h2", "δ_h2", r"\delta_{h2}"),
        ("eta", "η", r"\eta"),
        ("dE_total_dw5", "∂E_total/∂w5", r"\frac{\partial E_{\mathrm{total}}}{\partial w_{5}}"),
        ("dnet_o1_dout_h1", "∂net_o1/∂out_h1", r"\frac{\partial\mathit{net}_{o1}}{\partial\mathit{out}_{h1}}"),
        ("dE_total_dout_h1_via_net_h2", "∂E_total/∂net_h2 ⋅ ∂net_h2/∂out_h1", None),
    ],
)
def test_how_a_quantity_is_named(quantity: str, text: str, expected: str | None) -> None:
    """The printed name of an id in Mazur's notation."""
    node = NET_OUT.symbol(quantity_named(quantity))
    assert plain(node) == text
    assert expected is None or latex_of(node) == expected


def test_an_unknown_class_is_named() -> None:
    """An expression of a kind that nothing prints is our own omission, and says which."""
    with pytest.raises(TypeError, match=r"^mathtext has no way to print \w+$"):
        EQUATIONS.in_symbols(Function("f")(w1))


def test_decimal_comma_is_no_punctuation_in_latex() -> None:
    """0,5 is 0{,}5 to TeX, which would else put a space after the comma; arguments keep their comma."""
    assert latex_of(EQUATIONS.in_numbers(eta)) == "0{,}5"
    assert latex_of(EQUATIONS.in_numbers(Max(0, eta, evaluate=False))) == r"\max(0,0{,}5)"
    assert plain(EQUATIONS.in_numbers(eta)) == "0,5"


def test_what_markup_knows_is_escaped() -> None:
    """< is written as an entity in MathML, in its alternative text and in boxes."""
    node = EQUATIONS.in_symbols(EXPRESSION["cases"])
    assert "<mo>&lt;</mo>" in mathml(node)
    assert "net_o1 &lt; 0" in math_element(node, display=False)
    assert "&lt;" in boxes(node)


# --- steps of the example ---------------------------------------------------------------------------------------------

WORKED = [
    ("net_h1", "net_h1 = w1 i1 + w2 i2 + b1\n       = 0.15 × 0.05 + 0.20 × 0.10 + 0.35 = 0.377500"),
    ("out_h1", "out_h1 = 1/(1 + e^(−net_h1))\n       = 1/(1 + e^(−0.377500)) ≈ 0.593270"),
    ("dE_total_dout_o1", "∂E_total/∂out_o1 = −(target_o1 − out_o1)\n                 ≈ −(0.01 − 0.751365) ≈ 0.741365"),
    ("dnet_o1_dw5", "∂net_o1/∂w5 = out_h1 ≈ 0.593270"),
]


@pytest.fixture(scope="module")
def example(mazur: Exercise) -> Evaluation:
    return Evaluation(derive(mazur.network.graph()), mazur.given)


@pytest.mark.parametrize(("name", "text"), WORKED, ids=[name for name, _ in WORKED])
def test_about_stands_where_a_number_was_rounded(example: Evaluation, name: str, text: str) -> None:
    """= as long as every number of a side is exact, ≈ from where one of them was rounded."""
    worked = Equations(numbers=printed_numbers(example, Rounding()), values=example.values).worked(
        example.derivation[name]
    )
    assert plain(worked) == text


@pytest.mark.parametrize(
    ("node", "exact"),
    [
        (signed("0.5"), True),
        (signed("-0.5", exact=False), False),
        (Fraction(Number("1"), Number("3", exact=False)), False),
        (Scripts(Identifier("e"), sup=Number("0.38", exact=False)), False),
        (Bracket(row(Number("1"), Operator("+"), Number("2"))), True),
    ],
    ids=["number", "rounded", "denominator", "exponent", "bracket"],
)
def test_one_rounded_number_makes_a_side_inexact(node: Node, exact: bool) -> None:
    """Wherever in a side it stands."""
    assert is_exact(node) is exact


def text_of(lines: Aligned) -> str:
    return " ".join(plain(left) + plain(right) for left, right in lines.lines)


@settings(max_examples=25)
@given(data=st.data())
def test_a_factor_of_one_is_not_written(data: st.DataObject, contents: Any, solve: Solve) -> None:
    """∂net/∂b = 1 leaves no 1 behind in a product of names: δ_o1, never "δ_o1 1" or "δ_o11"; nor does a mean of one."""
    _, derivation = solve(data.draw(contents))
    for step in derivation.steps:
        for form in step.forms:
            assert not (form.is_Mul and Integer(1) in form.args), text_of(Equations().symbolic(step))


# --- lines that fit ---------------------------------------------------------------------------------------------------

BREAKING = Operator("+"), Operator("−"), Operator("×")


@st.composite
def long_rows(draw: st.DrawFn) -> Row:
    """Sums of products of numbers and brackets, of any length."""
    items: list[Node] = []
    for _ in range(draw(st.integers(2, 25))):
        number: Node = Number("1" * draw(st.integers(1, 12)))
        items += [
            *([draw(st.sampled_from(BREAKING))] if items else []),
            Bracket(number) if draw(st.booleans()) else number,
        ]
    return Row(tuple(items))


def can_break(line: Node) -> bool:
    """Whether an operator at which a line could have been broken stands inside it."""
    items = line.items[1:] if isinstance(line, Row) else ()
    return any(isinstance(item, Operator) and item.spacing is Spacing.BINARY for item in items)


@given(node=long_rows(), room=st.floats(4, 60))
def test_no_line_is_wider_than_the_room(node: Row, room: float) -> None:
    """A line is wider only where it is a single piece, and all lines together are what was to be broken."""
    lines = broken(node, room)
    assert all(width(line) <= room or not can_break(line) for line in lines)
    assert row(*lines) == node


@given(node=long_rows())
def test_a_line_begins_with_the_operator_at_which_it_was_broken(node: Row) -> None:
    """Each line but the first begins with + or −, or with × where a product alone is too long."""
    for line in broken(node, 30.0)[1:]:
        assert isinstance(line, Row)
        assert line.items[0] in BREAKING


@pytest.mark.parametrize(
    ("room", "lines"),
    [
        (20.0, ["11 × 22 + 33 × 44 − 55 × 66"]),
        (11.0, ["11 × 22 + 33 × 44", " − 55 × 66"]),
        (6.0, ["11 × 22", " + 33 × 44", " − 55 × 66"]),
        (3.0, ["11", " × 22", " + 33", " × 44", " − 55", " × 66"]),
    ],
)
def test_products_break_only_where_they_alone_are_too_long(room: float, lines: list[str]) -> None:
    """A sum of products in less and less room."""
    pairs = [(Number(f"{n}{n}"), Operator("×"), Number(f"{n + 1}{n + 1}")) for n in (1, 3, 5)]
    node = Row((*pairs[0], Operator("+"), *pairs[1], Operator("−"), *pairs[2]))
    assert [plain(line) for line in broken(node, room)] == lines


@given(node=long_rows(), left=st.integers(1, 20))
def test_an_equation_fits_between_the_margins(node: Row, left: int) -> None:
    """The left side, the relation and the widest right side together stay within the line."""
    aligned = equation(Identifier("x" * left), [node], line_width=40.0)
    assert all(width(aligned.lines[0][0]) + width(right) <= 40.0 or not can_break(_after_relation(right))
               for _, right in aligned.lines)  # fmt: skip


def _after_relation(line: Node) -> Node:
    if isinstance(line, Row) and isinstance(line.items[0], Operator) and line.items[0].spacing is Spacing.RELATION:
        return Row(line.items[1:])
    return line


@pytest.mark.parametrize("node", [Number("1" * 200), Bracket(Number("1" * 200))], ids=["number", "bracket"])
def test_what_cannot_be_broken_is_left(node: Node) -> None:
    """One thing wider than the room stays one line."""
    assert broken(node, 10) == [node]


# --- markup that holds together ---------------------------------------------------------------------------------------


class _Tags(HTMLParser):
    """Whether every tag that is opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag


def balanced_tags(markup: str) -> bool:
    parser = _Tags()
    parser.feed(markup)
    parser.close()
    return not parser.open


def balanced_latex(text: str) -> bool:
    """Braces, \\left and \\right, \\begin and \\end: none closed before it is opened, none left open."""
    open_now: list[str] = []
    closing = {"}": "{", r"\right": r"\left", r"\end": r"\begin"}
    for mark in re.findall(r"\\(?:left|right|begin|end)\b|(?<!\\)[{}]", text):
        if mark in closing and (not open_now or open_now.pop() != closing[mark]):
            return False
        if mark not in closing:
            open_now.append(mark)
    return not open_now


@pytest.mark.parametrize(
    ("text", "expected"), [(r"\frac{1}{2}", True), (r"{1}{", False), (r"}{", False), (r"\left({\right)}", False)]
)
def test_unbalanced_latex_is_recognised(text: str, expected: bool) -> None:
    """The check of the next test itself."""
    assert balanced_latex(text) is expected


def printed(data: st.DataObject, contents: Any, solve: Solve) -> Iterator[Aligned]:
    """Every step of a random network, in symbols and worked."""
    loaded, derivation = solve(data.draw(contents))
    mark = data.draw(st.sampled_from(".,"))
    evaluation = Evaluation(derivation, loaded.given)
    equations = Equations(numbers=printed_numbers(evaluation, Rounding(figures=4), mark), values=evaluation.values)
    for step in derivation.steps:
        yield equations.symbolic(step)
        yield equations.worked(step)


@settings(max_examples=25)
@given(data=st.data())
def test_every_step_is_well_formed_in_every_notation(data: st.DataObject, contents: Any, solve: Solve) -> None:
    """MathML is XML, LaTeX is balanced, boxes close their tags, and text has no sign beside a sign."""
    for lines in printed(data, contents, solve):
        assert ET.fromstring(math_element(lines, display=True)).tag == "math"
        assert balanced_latex(latex_of(lines))
        assert balanced_tags(math_box(lines, display=True))
        assert not re.search(r"[+−×⋅] ?[−]\d|−−", text_of(lines))


def test_what_follows_rounded_numbers_is_about_right() -> None:
    """From rounded factors even an exact value is only about what they give: −2 (0.5 − 0.83) is not 0.65 but 0.66."""
    rounded, exact = Number("0.83", exact=False), Number("0.65")
    assert plain(equation(Identifier("x"), [Identifier("y"), rounded, exact])) == "x = y ≈ 0.83 ≈ 0.65"
    assert plain(equation(Identifier("x"), [Identifier("y"), Number("0.5"), exact])) == "x = y = 0.5 = 0.65"
