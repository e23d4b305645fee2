"""Printed mathematics: how an expression is written as text, LaTeX, MathML and boxes, and where a long line breaks."""

from __future__ import annotations

import math
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
    Min,
    Piecewise,
    Pow,
    Rational,
    S,
    Symbol,
    cos,
    erf,
    evaluate,
    exp,
    log,
    pi,
    sign,
    sin,
    sqrt,
    tanh,
)

from derive.authoring.exercise import Exercise
from derive.derivation.round import derive
from derive.equations.scalars import Equations, printed_numbers
from derive.mathtext.boxes import boxes, math_box
from derive.mathtext.building import raised, row, signed, transposed
from derive.mathtext.contents import children, is_exact, is_number
from derive.mathtext.equation import broken, equation
from derive.mathtext.formula import formula
from derive.mathtext.latex import latex_of
from derive.mathtext.mathml import math_element, mathml
from derive.mathtext.plain import plain
from derive.mathtext.sizes import height, is_flush, width
from derive.mathtext.svg import svg_of
from derive.mathtext.tree import (
    ABOUT,
    APPLY,
    BARS,
    DOTS_ACROSS,
    DOTS_ASLANT,
    DOTS_DOWN,
    EQUALS,
    HADAMARD,
    PLUS,
    TIMES,
    Aligned,
    Bracket,
    Cases,
    Fraction,
    Identifier,
    Matrix,
    Node,
    Noted,
    Number,
    Operator,
    Root,
    Row,
    Scripts,
    Spacing,
)
from derive.model.forward_pass import forward_pass
from derive.model.notation import NET_OUT, notation_for
from derive.model.quantities import quantity_named
from derive.numbers.evaluation import Evaluation, Rounding

ExerciseOf = Callable[[Any], Exercise]


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
        ("size", Abs(i2), "|i2|", "|−0.1|"),
        ("size of a difference", b1 * Abs(w1 - w2), "b1 |w1 − w2|", "−0.35 × |0.15 − (−0.20)|"),
        ("square root", sqrt(w1), "√w1", "√0.15"),
        ("one over a square root", 1 / sqrt(w1), "1/√w1", "1/√0.15"),
        ("one over a power", Pow(w1, -2), "1/w1²", "1/0.15²"),
        ("a power of three halves", w1 ** Rational(3, 2), "w1^(3/2)", "0.15^(3/2)"),
        ("a step of Adam", eta * i1 / (sqrt(w1) + b1), "(η i1)/(√w1 + b1)", "(0,5 × 0.05)/(√0.15 + (−0.35))"),
        ("square root of a fraction", sqrt(2 / pi) * i1, "√(2/π) i1", "√(2/π) × 0.05"),
        ("power of a square root", sqrt(w1) ** 3, "(√w1)³", "(√0.15)³"),
        ("power of a tanh", 1 - tanh(i1) ** 2, "1 − tanh²(i1)", "1 − tanh²(0.05)"),
        ("power of a maximum", Max(0, i1, evaluate=False) ** 2, "max(0, i1)²", "max(0, 0.05)²"),
        ("power of a bracket", (w1 + i1) ** 3, "(w1 + i1)³", "(0.15 + 0.05)³"),
        ("power of a fraction", (w1 / i1) ** 2, "(w1/i1)²", "(0.15/0.05)²"),
        ("power of an exponential", exp(i1) ** 2, "(e^(i1))²", "(e^(0.05))²"),
        ("power of e", S.Exp1**i1, "e^(i1)", "e^(0.05)"),
        (
            "gaussian linear unit",
            Rational(1, 2) * i1 * (1 + erf(i1 / sqrt(2))),
            "1/2 i1 (1 + erf(i1/√2))",
            "1/2 × 0.05 × (1 + erf(0.05/√2))",
        ),
        ("sine and cosine", 2 * sin(i1) * cos(i2), "2 sin(i1) cos(i2)", "2 × sin(0.05) × cos(−0.1)"),
        ("minimum", Min(1, i2, evaluate=False), "min(1, i2)", "min(1, −0.1)"),
        ("signum", w1 * sign(w1), "w1 sgn(w1)", "0.15 × sgn(0.15)"),
        ("any function", Function("f")(i1, i2) ** 2, "f(i1, i2)²", "f(0.05, −0.1)²"),
        ("minus a quotient", -(target / out), "−target_o1/out_o1", "−0.01/0.751365"),
        ("minus a quotient by a name", -target / out, "−target_o1/out_o1", "−0.01/0.751365"),
        (
            "cross-entropy",
            -(target / out - (1 - target) / (1 - out)),
            "−(target_o1/out_o1 − (1 − target_o1)/(1 − out_o1))",
            "−(0.01/0.751365 − (1 − 0.01)/(1 − 0.751365))",
        ),
        ("logistic from above", exp(i1) / (1 + exp(i1)), "e^(i1)/(1 + e^(i1))", "e^(0.05)/(1 + e^(0.05))"),
        (
            "softmax",
            exp(i1) / (exp(i1) + exp(w1) + exp(b1)),
            "e^(i1)/(e^(i1) + e^(w1) + e^(b1))",
            "e^(0.05)/(e^(0.05) + e^(0.15) + e^(−0.35))",
        ),
        ("a product of three", i1 * w1 * out, "i1 w1 out_o1", "0.05 × 0.15 × 0.751365"),
        ("minus a product of three", -i1 * w1 * out, "−i1 w1 out_o1", "−0.05 × 0.15 × 0.751365"),
        ("a product in a product", i1 * (w1 * out), "i1 w1 out_o1", "0.05 × 0.15 × 0.751365"),
        ("a negative product in a product", i1 * (-w1), "i1 (−w1)", "0.05 × (−0.15)"),
        ("a quotient in a product", i1 * (w1 / out), "i1 ⋅ w1/out_o1", "0.05 × 0.15/0.751365"),
        ("a quotient of a quotient", i1 / w1 / out, "i1/(w1 out_o1)", "0.05/(0.15 × 0.751365)"),
        ("over a quotient", i1 / (w1 / out), "i1/(w1/out_o1)", "0.05/(0.15/0.751365)"),
        ("half over a name", Rational(1, 2) / out, "1/(2 out_o1)", "1/(2 × 0.751365)"),
        ("a name over two", out / 2, "out_o1/2", "0.751365/2"),
        ("minus a slope", -exp(-i1) / (1 + exp(-i1)) ** 2, "−e^(−i1)/(1 + e^(−i1))²", "−e^(−0.05)/(1 + e^(−0.05))²"),
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
    ("size of a difference", r"b_{1}\,\lvert w_{1} - w_{2}\rvert"),
    ("a step of Adam", r"\frac{\eta i_{1}}{\sqrt{w_{1}} + b_{1}}"),
    ("square root of a fraction", r"\sqrt{\frac{2}{\pi}}\,i_{1}"),
    ("power of a tanh", r"1 - \tanh^{2}(i_{1})"),
    ("sine and cosine", r"2\sin(i_{1})\cos(i_{2})"),
    ("signum", r"w_{1}\,\mathrm{sgn}(w_{1})"),
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
        '<mrow><mi mathvariant="normal">tanh</mi><mo>\u2061</mo><mrow><mo form="prefix" stretchy="false">(</mo>'
        f'<msub>{NAME.format("net")}{INDEX}</msub><mo form="postfix" stretchy="false">)</mo></mrow></mrow>',
    ),
    ("square root", "<msqrt><msub><mi>w</mi><mn>1</mn></msub></msqrt>"),
    (
        "size",
        '<mrow><mo form="prefix" stretchy="false">|</mo><msub><mi>i</mi><mn>2</mn></msub>'
        '<mo form="postfix" stretchy="false">|</mo></mrow>',
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
    ("square root", "√<span class=r>w<sub>1</sub></span>"),
    ("size", "|i<sub>2</sub>|"),
    ("signum", "w<sub>1</sub>\u2009<s>sgn</s>(w<sub>1</sub>)"),
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
        EQUATIONS.in_symbols(S.ImaginaryUnit)


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
    return Evaluation(derive(forward_pass(mazur.network)), mazur.given)


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
def test_a_factor_of_one_is_not_written(data: st.DataObject, contents: Any, exercise_of: ExerciseOf) -> None:
    """∂net/∂b = 1 leaves no 1 behind in a product of names: δ_o1, never "δ_o1 1" or "δ_o11"; nor does a mean of one."""
    derivation = exercise_of(data.draw(contents)).evaluation.derivation
    for step in derivation.steps:
        for form in step.forms:
            assert not (form.is_Mul and Integer(1) in form.args), text_of(Equations().symbolic(step))


# --- matrices, roots and notes ----------------------------------------------------------------------------------------


def matrix(*rows: str) -> Matrix:
    """A matrix from its rows of decimals."""
    return Matrix(tuple(tuple(map(signed, cells.split())) for cells in rows))


def vector(letter: str) -> Identifier:
    return Identifier(letter, bold=True)


def shape(lines: int, columns: int) -> Node:
    return row(Number(str(lines)), TIMES, Number(str(columns)))


SQUARE = matrix("0.1 0.5", "-0.3 0.8")
COLUMN = matrix("0.5", "0.25")
ELIDED = Matrix(
    (
        (signed("0.1"), DOTS_ACROSS, signed("0.5")),
        (DOTS_DOWN, DOTS_ASLANT, DOTS_DOWN),
        (signed("-0.3"), DOTS_ACROSS, signed("0.8")),
    )
)
HALF = Fraction(Number("1"), Number("2"))
NODES: list[tuple[str, Node, str, str, str]] = [
    (
        "square",
        SQUARE,
        "[0.1 0.5; −0.3 0.8]",
        r"\left[\begin{array}{@{}rc@{}} 0.1 & 0.5 \\ -0.3 & 0.8 \end{array}\right]",
        '<span class="v flush first">0.1\n−0.3</span><span class="v last">0.5\n0.8</span>',
    ),
    (
        "vector of any decimals",
        COLUMN,
        "[0.5; 0.25]",
        r"\begin{bmatrix} 0.5 \\ 0.25 \end{bmatrix}",
        '<span class="v first last">0.5\n0.25</span>',
    ),
    (
        "elided",
        ELIDED,
        "[0.1 ⋯ 0.5; ⋮ ⋱ ⋮; −0.3 ⋯ 0.8]",
        r"\left[\begin{array}{@{}rcc@{}} 0.1 & \cdots & 0.5 \\ \multicolumn{1}{c}{\vdots} & \ddots & \vdots \\ "
        r"-0.3 & \cdots & 0.8 \end{array}\right]",
        '<span class="v flush first">0.1\n⋮\u2009\u2009\u2009\n−0.3</span><span class="v">⋯\n⋱\n⋯</span>'
        '<span class="v last">0.5\n⋮\n0.8</span>',
    ),
    (
        "matrix with a fraction",
        Matrix(((HALF, Number("1")),)),
        "[1/2 1]",
        r"\begin{bmatrix} \frac{1}{2} & 1 \end{bmatrix}",
        '<span class="v x2 first"><span class=f><b>1</b><u>2</u></span></span><span class="v x2 last">1</span>',
    ),
    (
        "transposed matrix",
        transposed(COLUMN),
        "[0.5; 0.25]ᵀ",
        r"\begin{bmatrix} 0.5 \\ 0.25 \end{bmatrix}^{\mathrm{T}}",
        '<span class="v first last">0.5\n0.25</span><sup class=h2><s>T</s></sup>',
    ),
    (
        "shapes under factors",
        row(
            Noted(Scripts(vector("δ"), Number("2")), shape(3, 1)),
            Noted(transposed(Scripts(vector("a"), Number("1"))), shape(1, 3)),
        ),
        "δ2[3 × 1] a1ᵀ[1 × 3]",
        r"\underset{3 \times 1}{\boldsymbol{\delta}_{2}}\;\underset{1 \times 3}{\boldsymbol{a}_{1}^{\mathrm{T}}}",
        '<span class="n n1"><b>δ</b><sub>2</sub><u>3\u2005×\u20051</u></span>\u2009'
        '<span class="n n1"><b>a</b><span class=ss><sup><s>T</s></sup><sub>1</sub></span>'
        "<u>1\u2005×\u20053</u></span>",
    ),
    (
        "elementwise product",
        row(vector("δ"), HADAMARD, Identifier("f"), Operator("′", Spacing.NONE), APPLY, Bracket(vector("z"))),
        "δ ⊙ f′(z)",
        r"\boldsymbol{\delta} \odot f'(\boldsymbol{z})",
        "<b>δ</b>\u2005⊙\u2005f′(<b>z</b>)",
    ),
    ("upright bold", Identifier("W", upright=True, bold=True), "W", r"\mathbf{W}", "<b><s>W</s></b>"),
    (
        "root of a fraction",
        Root(HALF),
        "√(1/2)",
        r"\sqrt{\frac{1}{2}}",
        '<span class="r h2"><i>√</i><span class=f><b>1</b><u>2</u></span></span>',
    ),
    (
        "size of a fraction",
        Bracket(HALF, BARS),
        "|1/2|",
        r"\left|\frac{1}{2}\right|",
        "<span class=bars><span class=f><b>1</b><u>2</u></span></span>",
    ),
    (
        "bracket around a vector",
        Bracket(COLUMN),
        "([0.5; 0.25])",
        r"\left(\begin{bmatrix} 0.5 \\ 0.25 \end{bmatrix}\right)",
        '<span class="big h2">(</span><span class="v first last">0.5\n0.25</span><span class="big h2">)</span>',
    ),
]


@pytest.mark.parametrize(("node", "text", "latex", "markup"), [pytest.param(*row_, id=name) for name, *row_ in NODES])
def test_how_a_matrix_or_a_root_is_written(node: Node, text: str, latex: str, markup: str) -> None:
    """As text on one line, in LaTeX that needs amsmath alone, and in boxes: a column is one, whatever its length."""
    assert plain(node) == text
    assert latex_of(node) == latex
    assert boxes(node) == markup
    assert ET.fromstring(math_element(node, display=True)).tag == "math"
    assert "<" not in re.sub(r"</?tspan[^<>]*>", "", svg_of(node))


def test_matrices_and_notes_in_mathml() -> None:
    """Numbers of several widths are set flush right, the dots among them in the middle; bold is a class."""
    down = Matrix((*COLUMN.rows, (DOTS_DOWN,), (signed("-0.50"),), (signed("0.75"),)))
    assert "flush" not in mathml(down)
    assert mathml(matrix("0.5", "-0.3")) == (
        '<mrow><mo stretchy="true">[</mo><mtable class="matrix"><mtr><mtd class="flush"><mn>0.5</mn></mtd></mtr>'
        '<mtr><mtd class="flush"><mrow><mo form="prefix">−</mo><mn>0.3</mn></mrow></mtd></mtr></mtable>'
        '<mo stretchy="true">]</mo></mrow>'
    )
    assert mathml(ELIDED).count('<mtd class="flush">') == 2
    assert mathml(Noted(vector("W"), Number("2"))) == '<munder><mi class="bold">W</mi><mn>2</mn></munder>'
    assert mathml(Identifier("W", upright=True, bold=True)) == '<mi class="bold" mathvariant="normal">W</mi>'


def test_what_applies_a_function_is_not_seen() -> None:
    """It stands in MathML alone, for screen readers, and takes no room."""
    name, argument = Identifier("f"), Bracket(Identifier("x"))
    call = row(name, APPLY, argument)
    assert [write(call) for write in (plain, latex_of, boxes)] == ["f(x)"] * 3
    assert svg_of(call) == '<tspan font-style="italic">f</tspan>(<tspan font-style="italic">x</tspan>)'
    assert "<mo>\u2061</mo>" in mathml(call)
    assert width(call) == width(name) + width(argument)


def test_bold_labels_in_a_figure() -> None:
    """A vector's name in a label is bold and italic."""
    assert svg_of(row(vector("x"), EQUALS)) == ('<tspan font-style="italic" font-weight="bold">x</tspan>\u2004=\u2004')


@pytest.mark.parametrize(
    ("column", "flush"),
    [
        ("0.5 -0.3", True),
        ("10 5", True),
        ("0.5 0.3", False),
        ("0.5 -0.25", False),
        ("0.5", False),
    ],
)
def test_points_of_a_column_stand_below_one_another(column: str, flush: bool) -> None:
    """Flush right where that is what brings them there; a column of one width needs nothing."""
    assert is_flush(tuple(map(signed, column.split()))) is flush
    assert not is_flush((signed("0.5"), signed("-0.5", exponent=3)))
    assert not is_flush((signed("0.5"), Identifier("w")))
    assert not is_flush((Identifier("w"), Identifier("net")))


@pytest.mark.parametrize(
    ("node", "lines"),
    [(SQUARE, 2), (ELIDED, 3), (Matrix(((HALF,), (Number("1"),))), 4), (Root(HALF), 2), (Noted(SQUARE, HALF), 2)],
    ids=["square", "elided", "with a fraction", "root", "noted"],
)
def test_lines_that_a_node_takes(node: Node, lines: int) -> None:
    """All rows of a matrix are as tall as its tallest."""
    assert height(node) == lines


@pytest.mark.parametrize(
    ("node", "number", "exact"),
    [
        (SQUARE, True, True),
        (ELIDED, True, True),
        (Matrix(((signed("-0.5", exact=False), Number("1")),)), True, False),
        (Matrix(((Identifier("w"), Number("1")),)), False, True),
        (Root(Number("2", exact=False)), False, False),
        (Noted(Number("2", exact=False), Number("1")), False, False),
    ],
    ids=["square", "elided", "rounded", "names", "root", "noted"],
)
def test_a_matrix_is_a_number_if_all_its_cells_are(node: Node, number: bool, exact: bool) -> None:
    """And as exact as the least exact of them."""
    assert is_number(node) is number
    assert is_exact(node) is exact


@pytest.mark.parametrize(
    ("base", "text"),
    [
        (Identifier("x"), "x²"),
        (Scripts(Identifier("w"), Number("1")), "w1²"),
        (Scripts(Identifier("w"), sup=Number("3")), "(w³)²"),
        (row(Identifier("f"), APPLY, Bracket(Identifier("x"))), "f(x)²"),
        (row(Identifier("x"), PLUS, Number("1")), "(x + 1)²"),
        (Root(Identifier("x")), "(√x)²"),
        (Bracket(Identifier("x")), "(x)²"),
        (SQUARE, "[0.1 0.5; −0.3 0.8]²"),
    ],
)
def test_where_a_power_stands(base: Node, text: str) -> None:
    """Above an index, behind the bracket of a function, and behind a bracket of its own where it has to."""
    assert plain(raised(base, Number("2"))) == text


leaves = st.sampled_from(
    [Identifier("w"), vector("W"), Number("1"), signed("-0.5"), DOTS_DOWN, Identifier("tanh", upright=True)]
)


def grown(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """Every shape around smaller ones."""
    square = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(inner, st.sampled_from([PLUS, TIMES, HADAMARD, EQUALS, APPLY]), inner).map(lambda three: row(*three)),
        square.map(lambda two: row(*two)),
        square.map(lambda two: Fraction(*two)),
        square.map(lambda two: Noted(*two)),
        square.map(lambda two: raised(*two)),
        square.map(lambda two: Cases((two,))),
        st.tuples(square, square).map(Matrix),
        inner.map(Root),
        inner.map(transposed),
        inner.map(Bracket),
        inner.map(lambda body: Bracket(body, BARS)),
    )


@settings(max_examples=60)
@given(node=st.recursive(leaves, grown, max_leaves=12), room=st.floats(2, 20))
def test_every_shape_holds_every_other(node: Node, room: float) -> None:
    """Well formed in every notation, on one line as text, and the same when it is broken into lines."""
    assert ET.fromstring(math_element(node, display=True)).tag == "math"
    assert balanced_latex(latex_of(node))
    assert balanced_tags(math_box(node, display=True))
    assert balanced_tags(svg_of(node))
    assert "\n" not in plain(node)
    assert row(*broken(node, room)) == node
    assert width(node) >= max(map(width, children(node)), default=0) * 0.7


# --- formulas for programs --------------------------------------------------------------------------------------------

a, c = symbol("a"), symbol("c")
with evaluate(False):
    FORMULAS = [
        (w1 * i1 + b1, "w1*i1 + b1"),
        (1 / (1 + exp(-net)), "1/(1 + exp(-net_o1))"),
        (Max(0, a, evaluate=False), "max(0, a)"),
        (Min(1, Abs(a), evaluate=False), "min(1, abs(a))"),
        (eta * a / (sqrt(c) + 1), "(eta*a)/(sqrt(c) + 1)"),
        (1 / sqrt(c), "1/(sqrt(c))"),
        (a * erf(a / sqrt(2)) * log(c), "(a*erf(a/sqrt(2)))*log(c)"),
        (sin(a) ** 2 * cos(pi * a), "sin(a)**2*cos(pi*a)"),
        (sign(a), "(0.0 if a == 0 else copysign(1, a))"),
        (S.Exp1**a, "e**a"),
        (Piecewise((a, Ge(a, 0)), (a / 100, Lt(a, 0))), "((a) if (a >= 0) else (a/100) if (a < 0) else None)"),
        (-(a / c - (1 - a) / (1 - c)), "-(a/c - (1 - a)/(1 - c))"),
    ]


@pytest.mark.parametrize(("expression", "text"), FORMULAS, ids=[text for _, text in FORMULAS])
def test_a_formula_is_pythons(expression: Expr, text: str) -> None:
    """In Python's operators and the names of its ``math``, with the value that SymPy finds."""
    assert formula(expression) == text
    values = {name: 0.3 + 0.1 * number for number, name in enumerate(sorted(map(str, expression.free_symbols)))}
    # Our own output, in a test.
    result = eval(text, vars(math) | values)
    assert result == pytest.approx(
        float(expression.subs({name: values[name.name] for name in expression.free_symbols}).doit())
    )


def test_a_formula_keeps_ids_that_python_has_not() -> None:
    """The second sample's net input is net_h1@s2; a function of the author's stays what it is called."""
    assert formula(symbol("net_h1@s2") * w1) in {"net_h1@s2*w1", "w1*net_h1@s2"}
    assert formula(Function("f")(a)) == "f(a)"


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


W, X = SQUARE, matrix("0.05", "0.10")
CHAIN = row(vector("W"), vector("x"), EQUALS, W, X, PLUS, X, EQUALS, X)


@pytest.mark.parametrize(
    ("room", "lines"),
    [
        (30.0, ["Wx = [0.1 0.5; −0.3 0.8] [0.05; 0.10] + [0.05; 0.10] = [0.05; 0.10]"]),
        (15.0, ["Wx = [0.1 0.5; −0.3 0.8] [0.05; 0.10] + [0.05; 0.10]", " = [0.05; 0.10]"]),
        (10.0, ["Wx", " = [0.1 0.5; −0.3 0.8] [0.05; 0.10]", " + [0.05; 0.10] = [0.05; 0.10]"]),
        (7.0, ["Wx", " = [0.1 0.5; −0.3 0.8]", "[0.05; 0.10] + [0.05; 0.10]", " = [0.05; 0.10]"]),
    ],
)
def test_a_chain_of_matrices_breaks_at_relations_then_sums_then_factors(room: float, lines: list[str]) -> None:
    """In less and less room."""
    assert [plain(line) for line in broken(CHAIN, room)] == lines


def test_a_matrix_of_numbers_joins_the_line_before_it() -> None:
    """Like a number, and with ≈ if one of its cells was rounded."""
    rounded = Matrix(((Number("0.33", exact=False),),))
    assert plain(equation(vector("z"), [row(W, X), rounded])) == "z = [0.1 0.5; −0.3 0.8] [0.05; 0.10] ≈ [0.33]"
    assert equation(vector("z"), [W, rounded]).lines[0][1] == row(EQUALS, W, ABOUT, rounded)


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


def printed(data: st.DataObject, contents: Any, exercise_of: ExerciseOf) -> Iterator[Aligned]:
    """Every step of a random network, in symbols and worked."""
    evaluation = exercise_of(data.draw(contents)).evaluation
    mark = data.draw(st.sampled_from(".,"))
    equations = Equations(numbers=printed_numbers(evaluation, Rounding(figures=4), mark), values=evaluation.values)
    for step in evaluation.derivation.steps:
        yield equations.symbolic(step)
        yield equations.worked(step)


@settings(max_examples=25)
@given(data=st.data())
def test_every_step_is_well_formed_in_every_notation(
    data: st.DataObject, contents: Any, exercise_of: ExerciseOf
) -> None:
    """MathML is XML, LaTeX is balanced, boxes close their tags, and text has no sign beside a sign."""
    for lines in printed(data, contents, exercise_of):
        assert ET.fromstring(math_element(lines, display=True)).tag == "math"
        assert balanced_latex(latex_of(lines))
        assert balanced_tags(math_box(lines, display=True))
        assert not re.search(r"[+−×⋅] ?[−]\d|−−", text_of(lines))


def test_what_follows_rounded_numbers_is_about_right() -> None:
    """From rounded factors even an exact value is only about what they give: −2 (0.5 − 0.83) is not 0.65 but 0.66."""
    rounded, exact = Number("0.83", exact=False), Number("0.65")
    assert plain(equation(Identifier("x"), [Identifier("y"), rounded, exact])) == "x = y ≈ 0.83 ≈ 0.65"
    assert plain(equation(Identifier("x"), [Identifier("y"), Number("0.5"), exact])) == "x = y = 0.5 = 0.65"


@pytest.mark.parametrize(
    ("name", "quantity", "expected"),
    [("z-a", "net_h1", "z1⁽¹⁾"), ("net-out", "net_h1@s2", "net_h1^[2]"), ("z-a", "net_h1@s2", "z1^((1)[2])")],
)
def test_a_mark_in_brackets_gets_no_second_pair(name: str, quantity: str, expected: str, mazur: Exercise) -> None:
    """The layer, or the sample, above a symbol; both together are held together."""
    assert plain(notation_for(name, mazur.network).symbol(quantity_named(quantity))) == expected
