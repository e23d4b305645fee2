"""Formulas as students write them: what is read, what is the same, and where the caret stands if it is not read."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from functools import cache
from math import inf
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, Rational, Symbol, cos, exp, sin

from derive.authoring.exercise import Exercise
from derive.checking.answers.equality import NoRealValueError, OutOfTimeError, are_equal, value_at
from derive.checking.answers.names import Names, names_of
from derive.checking.answers.points import points_of
from derive.checking.answers.spelling import keys_of
from derive.checking.answers.typed_formulas import ReadFormula, read_formula
from derive.checking.answers.unreadable import CODES, Blank, Unreadable
from derive.mathtext.plain import plain
from derive.model.formulas import reader
from derive.model.formulas.flaws import FormulaError
from derive.model.formulas.trees import Name, Number, Operation, Tree, written
from derive.sheet.build import Options, edition
from derive.sheet.edition import Edition
from derive.words.languages import language
from tests.shipped import load


@cache
def sheet(name: str = "mazur", notation: str = "net-out") -> Edition:
    """A shipped exercise as one sheet prints it."""
    return edition(load(name), language("en"), Options(notation=notation))


@cache
def names(name: str = "mazur", notation: str = "net-out") -> Names:
    """Its names."""
    return names_of(sheet(name, notation))


@cache
def points(name: str = "mazur") -> tuple[dict[str, object], ...]:
    """The points of its derivation."""
    evaluation = sheet(name).evaluation
    return points_of(evaluation.derivation, evaluation.given)


LETTERS = Names({letter: frozenset({letter}) for letter in ("x", "y", "a", "b", "w5", "h1")})
SOME_POINTS = tuple(
    {
        name: Rational(number, 7)._to_mpmath(250)
        for name, number in zip(("x", "y", "a", "b", "w5", "h1"), row, strict=True)
    }
    for row in ((1, 2, 3, 4, 5, 6), (9, 2, 5, 3, 1, 4), (-3, 5, -2, 8, -1, 2), (4, -9, 6, -5, 3, -8))
)


def read(text: str, known: Names = LETTERS) -> tuple[Expr, ...]:
    """The readings of a text that is a formula."""
    result = read_formula(text, known)
    assert isinstance(result, ReadFormula), result
    return result.readings


def meant(text: str) -> Expr:
    """The expression of an author's formula."""
    return reader.read_formula(text)


# --- what is read ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        # products without a sign
        ("2xy", "2*x*y"),
        ("x y", "x*y"),
        ("2(x + y)", "2*(x + y)"),
        ("(x+y)(x-y)", "(x+y)*(x-y)"),
        ("w5h1", "w5*h1"),
        ("½ (x − y)²", "1/2*(x-y)**2"),
        ("x·y × a ⋅ b * 2", "x*y*a*b*2"),
        ("x ÷ y", "x/y"),
        # powers
        ("x²", "x**2"),
        ("x⁻¹", "1/x"),
        ("x^2", "x**2"),
        ("-x^2", "-(x**2)"),
        ("x^-2", "1/x**2"),
        ("2^x^y", "2**(x**y)"),
        ("(x+y)³", "(x+y)**3"),
        # functions
        ("exp(-x)", "exp(-x)"),
        ("e^-x", "exp(-x)"),
        ("e^(−x)", "exp(-x)"),
        ("1/(1 + e^{-x})", "1/(1+exp(-x))"),
        ("ln(a²)", "ln(a**2)"),
        ("log(a²)", "ln(a**2)"),
        ("√2", "sqrt(2)"),
        ("√(a² + b²)", "sqrt(a**2 + b**2)"),
        ("√2 x", "sqrt(2)*x"),
        ("sqrt(a*a)", "sqrt(a**2)"),
        ("|x − y|", "abs(x - y)"),
        ("2|x||y|", "2*abs(x)*abs(y)"),
        ("tanh(x)²", "tanh(x)**2"),
        ("tanh²(x)", "tanh(x)**2"),
        ("ln 2 + x", "ln(2) + x"),
        ("exp x * y", "exp(x)*y"),
        ("σ(x)", "logistic(x)"),
        ("sigmoid(x)", "logistic(x)"),
        ("σ′(x)", "logistic(x)*(1 - logistic(x))"),
        ("sigma'(x)", "logistic(x)*(1 - logistic(x))"),
        ("tanh'(x)", "1 - tanh(x)**2"),
        ("ReLU(x)", "max(0, x)"),
        ("max(x; y)", "max(x, y)"),
        ("min(x, y, 0,5)", "min(x, y, 0.5)"),
        # numbers and constants
        ("0,5x", "0.5*x"),
        (".5x", "0.5*x"),
        ("2e-3x", "0.002*x"),
        ("1.5E2 x", "150*x"),
        ("2π x", "2*3.14159265358979*x"),
        # brackets of several kinds, full-width forms, what stands around it
        ("2[x + {y − (a + b)}]", "2*(x + (y - (a + b)))"),
        ("２（ｘ＋ｙ）／ａ", "2*(x+y)/a"),
        ("【x＋y】×２", "(x+y)*2"),
        ("= x + y", "x + y"),
        ("h1 = x + y = y + x.", "y + x"),
        ("+x", "x"),
        ("(ln 2) x", "ln(2)*x"),
        ("e^150 x e^(-150)", "x"),
        ("--x", "x"),
        # cases
        ("x (x > 0); 0 (x ≤ 0)", "max(0, x)"),
        ("(x > y) x + (x <= y) y", "max(x, y)"),
        ("y (x = x) + x (x ≠ x)", "y"),
    ],
)
def test_a_formula_is_read_as_it_is_meant(text: str, formula: str) -> None:
    """The first reading is the author's formula, but for π to as many digits as can be typed."""
    points = SOME_POINTS
    assert are_equal(read(text)[0], meant(formula), points) or "π" in text
    assert abs(value_at(read(text)[0], points[0]) - value_at(meant(formula), points[0])) < 1e-14


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("1/2x", ["1/2*x", "1/(2*x)"]),
        ("1/2 (x + y)", ["1/2*(x + y)", "1/(2*(x + y))"]),
        ("x/y a", ["x/y*a", "x/(y*a)"]),
        ("e^-2x", ["exp(-2)*x", "exp(-2*x)"]),
        ("e^-2x/3y", ["exp(-2)*x/3*y", "exp(-2*x)/3*y", "exp(-2)*x/(3*y)", "exp(-2*x)/(3*y)"]),
        ("1/2*x", ["1/2*x"]),
        ("2xy", ["2*x*y"]),
        ("x^2 y", ["x**2*y"]),
    ],
)
def test_an_ambiguous_formula_has_every_reading(text: str, formulas: list[str]) -> None:
    """Nobody's habit of writing is wrong; where there is one meaning, there is one reading."""
    readings = read(text)
    assert len(readings) == len(formulas)
    for formula in formulas:
        assert any(are_equal(reading, meant(formula), SOME_POINTS) for reading in readings)


def test_a_formula_says_what_it_uses() -> None:
    """So that ∂E/∂w5 = ∂E/∂w5 can be told from an answer."""
    result = read_formula("2x/y x", LETTERS)
    assert isinstance(result, ReadFormula)
    assert result.uses == {"x", "y"}


@pytest.mark.parametrize("text", ["", "  ", "—", "?", "..."])
def test_what_is_left_empty_is_blank(text: str) -> None:
    """As with numbers."""
    assert read_formula(text, LETTERS) == Blank()


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        *[(text, "w5") for text in ("w5", "w_5", "w₅", "w_{5}", "ｗ５", "𝑤5")],
        *[(text, "out_h1") for text in ("out_h1", "out_{h1}", "outₕ₁", "h1", "h_1", "h₁", "a_h1")],
        *[(text, "target_o1") for text in ("target_o1", "t1", "t_o1", "t₁")],
        *[(text, "delta_o1") for text in ("δ_o1", "delta_o1", "δₒ₁", "∂E/∂net_o1", "dE_total/dnet_o1", "δ1⁽²⁾")],
        *[(text, "E_total") for text in ("E_total", "E", "E_tot", "C", "L")],
        *[(text, "dE_total_dw5") for text in ("∂E/∂w5", "dE/dw5", "∂E_total / ∂w_5", "d E/d w5", "dw5", "∂E/(∂w₅)")],
        *[(text, "dout_o1_dnet_o1") for text in ("∂out_o1/∂net_o1", "∂o1/∂z_o1", "d o1/d net_o1")],
        *[(text, "w5_new") for text in ("w5⁺", "w5^+", "w_5^{+}", "w5_new")],
        *[(text, "eta") for text in ("η", "eta", "lr", "α")],
        *[(text, "net_o1") for text in ("net_o1", "z_o1", "z1⁽²⁾", "z1^(2)", "z_1^{(2)}")],
    ],
)
def test_a_name_can_be_spelled_in_many_ways(text: str, quantity: str) -> None:
    """On Mazur's sheet, with the names of other notations too."""
    assert read(text, names()) == (Symbol(quantity, real=True),)


@pytest.mark.parametrize(
    ("exercise", "notation", "text", "quantity"),
    [
        ("mazur", "z-a", "w11⁽²⁾", "w5"),
        ("mazur", "z-a", "w_{11}^{(2)}", "w5"),
        ("mazur", "z-a", "w11^((2)+)", "w5_new"),
        ("mazur", "z-a", "y1", "target_o1"),
        ("mazur", "z-a", "∂C/∂w11⁽²⁾", "dE_total_dw5"),
        ("mazur", "z-a", "w5", "w5"),
        ("demofox-2", "net-out", "out_o1^[2]", "out_o1@s2"),
        ("demofox-2", "net-out", "out_o1[2]", "out_o1@s2"),
        ("demofox-2", "net-out", "out_o1@s2", "out_o1@s2"),
        ("demofox-2", "z-a", "a1^((1)[2])", "out_o1@s2"),
        ("cs231n-staged", "gates", "dq2", "df_dq2"),
        ("cs231n-staged", "gates", "d q2", "df_dq2"),
        ("cs231n-staged", "gates", "∂f/∂q2", "df_dq2"),
        ("softmax-4", "z-a", "w_{3,10}⁽¹⁾", "w30"),
        ("softmax-4", "z-a", "w_3, 10⁽¹⁾", "w30"),
    ],
)
def test_each_notation_has_its_own_names(exercise: str, notation: str, text: str, quantity: str) -> None:
    """The names that the sheet prints come before all others."""
    assert read(text, names(exercise, notation)) == (Symbol(quantity, real=True),)


@pytest.mark.parametrize(
    ("exercise", "notation", "text", "meanings"),
    [
        ("mazur", "net-out", "y1", "out_o1, target_o1"),
        ("mazur", "net-out", "z1", "net_h1, net_o1"),
        ("mazur", "z-a", "w11", "w1, w5"),
        ("demofox-2", "net-out", "o1", "out_o1@s1, out_o1@s2"),
    ],
)
def test_a_name_that_can_be_two_quantities_is_not_guessed(
    exercise: str, notation: str, text: str, meanings: str
) -> None:
    """It is unreadable, and says what it could be."""
    result = read_formula(text, names(exercise, notation))
    assert isinstance(result, Unreadable)
    assert (result.code, result.details["meanings"]) == ("answer_name_ambiguous", meanings)


def test_e_is_a_constant_unless_it_is_a_quantity() -> None:
    """Where a sheet has an e, 2e-3 is no power of ten."""
    known = Names({"e": frozenset({"e"})})
    point = {"e": SOME_POINTS[0]["x"]}
    assert value_at(read("2e-3", known)[0], point) == value_at(meant("2*e - 3"), point)
    assert read("e^2", known) == (meant("e^2"),)


@pytest.mark.parametrize(
    "exercise", ["mazur", "demofox-2", "softmax-4", "optimizer-adadelta", "gradient-check", "datacamp-relu"]
)
@pytest.mark.parametrize("notation", ["net-out", "z-a", "matrix"])
def test_what_a_sheet_prints_is_read_back(exercise: str, notation: str) -> None:
    """The name of every quantity and the formula of every step, as they are printed."""
    printed = sheet(exercise, notation)
    for step in printed.evaluation.derivation.steps[:60]:
        forms = [step.quantity.symbol, *step.forms]
        for form in forms:
            readings = read(plain(printed.notation.expression(form)), names(exercise, notation))
            assert any(are_equal(reading, step.expression, points(exercise)) for reading in readings), step


@pytest.mark.parametrize("exercise", ["cs231n-staged", "cs231n-max", "cs231n-neuron", "micrograd"])
@pytest.mark.parametrize("notation", ["net-out", "gates"])
def test_what_a_sheet_of_gates_prints_is_read_back(exercise: str, notation: str) -> None:
    """The same for formulas, max and its cases among them."""
    test_what_a_sheet_prints_is_read_back(exercise, notation)


@pytest.mark.parametrize("exercise", ["mazur", "demofox-2", "optimizer-adam", "weight-decay", "cs231n-staged"])
def test_every_name_has_a_value(exercise: str) -> None:
    """Whatever a student can write can be calculated."""
    known = names(exercise)
    ids = frozenset().union(*known.variables.values(), known.partials.values())
    assert all(ids <= point.keys() for point in points(exercise))


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("δ_o1", {"deltao1"}),
        ("w11⁽²⁾⁺", {"w11^(2)+"}),
        ("w11^((2)+)", {"w11^(2)+"}),
        ("C1^([1]+)", {"C1^[1]+"}),
        ("Δ w1", {"Delta w1", "Deltaw1"}),
        ("m̂_w1", {"mhatw1"}),
        ("ϑ", {"theta"}),
    ],
)
def test_a_spelling_has_one_form(name: str, keys: set[str]) -> None:
    """Greek letters by name, no underscores, marks in one order."""
    assert keys_of(name) == keys


# --- what is the same ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "-(t1-o1)*o1*(1-o1)*h1",
        "(o1-t1)o1(1-o1)h1",
        "δ_o1 out_h1",
        "∂E/∂out_o1 · ∂out_o1/∂net_o1 · ∂net_o1/∂w5",
        "(o1 − t1) σ'(net_o1) h1",
        "(o1 − t1) f'(net_o1) · 1/(1+e^-net_h1)",
        "∂E/∂w5 = (o₁² − o₁³ − t₁o₁ + t₁o₁²) h₁",
        "h1 (o1-t1)/(1/(o1 (1-o1)))",
        "-(target_{o1} − out_{o1})·out_o1[1-out_o1] out_h1",
        "（ｏ１－ｔ１）＊ｏ１×（１－ｏ１）ｈ１",
        "(w5 - w5⁺)/η",
    ],
)
def test_a_right_formula_is_right_however_it_is_written(text: str) -> None:
    """∂E/∂w5 of Mazur's network, in whatever quantities."""
    right = sheet().evaluation.derivation["dE_total_dw5"].expression
    assert are_equal(read(text, names())[0], right, points())


@pytest.mark.parametrize(
    "text",
    [
        "(t1-o1)*o1*(1-o1)*h1",
        "(o1-t1)*h1",
        "(o1-t1)o1(1+o1)h1",
        "2(o1-t1)o1(1-o1)h1",
        "(o1-t1)o1(1-o1)h2",
        "(o1-t1)net_o1(1-net_o1)h1",
        "δ_o1 net_h1",
        "δ_o1 h1 + 1e-25",
        "0",
        "∂E/∂w6",
        "w5⁺",
    ],
)
def test_a_wrong_formula_is_wrong(text: str) -> None:
    """However near its value comes."""
    right = sheet().evaluation.derivation["dE_total_dw5"].expression
    assert not are_equal(read(text, names())[0], right, points())


def test_a_formula_needs_values_to_be_right() -> None:
    """One that has none at any point is not the same as anything, and one that lacks some still is."""
    x = Symbol("x", real=True)
    assert not are_equal(read("1/(x-x)")[0], x, SOME_POINTS)
    assert are_equal(read("√x·√x")[0], x, SOME_POINTS)
    with pytest.raises(NoRealValueError):
        value_at(meant("ln(x)"), {"x": -SOME_POINTS[0]["x"]})


def test_a_comparison_has_a_time_limit() -> None:
    """It says so and decides nothing."""
    with pytest.raises(OutOfTimeError):
        are_equal(meant("x"), meant("x"), SOME_POINTS, seconds=-1.0)


def test_points_are_the_same_everywhere() -> None:
    """And each quantity has the value of its step."""
    derivation = sheet().evaluation.derivation
    drawn = points_of(derivation)
    assert drawn == points_of(derivation)
    assert len(drawn) == 8
    for point in drawn:
        assert abs(value_at(derivation["net_h1"].expression, point) - point["net_h1"]) < 1e-40
    assert f"{float(drawn[0]['w5']):.6f}" == f"{float(points()[0]['w5']):.6f}"


def test_points_are_where_formulas_have_values(exercise_of: Callable[[dict[str, Any]], Exercise]) -> None:
    """Draws at which a logarithm has no value are left out; if there is no other, the given values are the point."""
    some = exercise_of({"title": {"en": "A logarithm"}, "formulas": ["f = ln(x)*y"], "values": {"x": 2, "y": 3}})
    drawn = points_of(some.derivation(1))
    assert len(drawn) == 8
    assert all(point["x"] > 0 for point in drawn)
    assert {point["y"] > 1 for point in drawn} == {True, False}
    none = exercise_of({"title": {"en": "Far away"}, "formulas": ["f = ln(x - 100)"], "values": {"x": 101}})
    assert points_of(none.derivation(1)) == ()
    (only,) = points_of(none.derivation(1), none.evaluation.given)
    assert only["x"] == 101


# --- what is not read ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("x +", "answer_operand_expected", 3),
        ("x * / y", "answer_operand_expected", 4),
        ("x (y + )", "answer_operand_expected", 7),
        ("x =", "answer_operand_expected", 3),
        ("()", "answer_operand_expected", 1),
        ("x, y", "answer_operator_expected", 1),
        ("2 3", "answer_operator_expected", 2),
        ("x > y", "answer_operator_expected", 2),
        ("(x + y", "answer_bracket_open", 0),
        ("2|x", "answer_bracket_open", 1),
        ("x + y)", "answer_bracket_closed", 5),
        ("(x + y]", "answer_bracket_closed", 6),
        ("x + foo", "answer_name_unknown", 4),
        ("x_1 + y", "answer_name_unknown", 0),
        ("x_y", "answer_name_unknown", 0),
        ("w51", "answer_name_unknown", 0),
        ("x + 变量", "answer_name_unknown", 4),
        ("lnx", "answer_name_unknown", 0),
        ("x; import os", "answer_name_unknown", 3),
        ("__import__('os')", "answer_name_unknown", 2),
        ("x.real", "answer_name_unknown", 1),
        ("x⁺", "answer_name_unknown", 1),
        ("'x'", "answer_name_unknown", 0),
        ("x ⊙ y", "answer_name_unknown", 2),
        ("exp(x, y)", "answer_arguments", 0),
        ("max(x)", "answer_arguments", 0),
        ("ln x y", "answer_function_ambiguous", 5),
        ("ln x²", "answer_function_ambiguous", 4),
        ("tanh⁻¹(x)", "answer_function_ambiguous", 4),
        ("1/0", "answer_zero_divisor", 1),
        ("x/(1 − 1)", "answer_zero_divisor", 1),
        ("ln(-1)", "answer_constant", 0),
        ("√(1 − 2)", "answer_constant", 0),
        ("exp(exp(exp(9)))", "answer_constant", 4),
        ("exp(-1e99)", "answer_constant", 0),
        ("·".join(["1e99"] * 11), "answer_constant", 49),
        ("9**9**9**9", "answer_exponent", 4),
        ("x^101", "answer_exponent", 1),
        ("x¹⁰¹", "answer_exponent", 1),
        ("x^(50*3)", "answer_exponent", 1),
        ("1e100 x", "answer_exponent", 0),
        ("0.123456789012345678 x", "answer_digits", 0),
        ("+".join("x" * 202), "answer_operations", 401),
        ("-(" * 51 + "x" + ")" * 51, "answer_nesting", 0),
        ("exp(" * 51 + "x" + ")" * 51, "answer_nesting", 0),
        ("x\x00y", "answer_character", 1),
        ("x" * 1001, "answer_too_long", 1000),
    ],
)
def test_what_cannot_be_read_has_a_place(text: str, code: str, place: int) -> None:
    """The place is where one has to look."""
    result = read_formula(text, LETTERS)
    assert isinstance(result, Unreadable)
    assert (result.code, result.place) == (code, place)
    assert result.details.keys() == set(CODES[code])


def test_the_caret_is_under_the_place() -> None:
    """Also behind letters that are spelled with several."""
    result = read_formula("δ_o1 · foo", names())
    assert isinstance(result, Unreadable)
    assert result.pointed == ("δ_o1 · foo", "       ^")


# --- any formula of an author's, and any text ------------------------------------------------------------------------

LEAVES = st.one_of(
    st.sampled_from(["x", "y", "a", "b", "w5", "h1"]).map(Name),
    st.decimals("0.001", 1000, places=3).map(lambda number: Number(str(number))),
)


def _operations(parts: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    two = st.sampled_from(["add", "subtract", "multiply", "divide", "max", "min"])
    one = st.sampled_from(["negate", "exp", "ln", "sqrt", "abs", "sin", "tanh", "logistic", "relu", "softplus"])
    return st.one_of(
        st.builds(lambda operator, left, right: Operation(operator, (left, right)), two, parts, parts),
        st.builds(lambda operator, inner: Operation(operator, (inner,)), one, parts),
        st.builds(
            lambda base, number: Operation("power", (base, Number(number))), parts, st.sampled_from(["2", "0.5"])
        ),
    )


TREES = st.recursive(LEAVES, _operations, max_leaves=12)
RESPELLINGS: tuple[Callable[[str], str], ...] = (
    str,
    lambda text: text.replace("*", "·").replace("-", "−").replace("··", "^"),
    lambda text: text.replace("**2", "²").replace("**", "^").replace("*", " × "),
    lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text.replace("**", "^")),
    lambda text: text.replace("(", "[").replace(")", "]").replace(", ", "; "),
)


@given(TREES, st.sampled_from(RESPELLINGS))
def test_what_an_author_can_write_a_student_can(tree: Tree, respelled: Callable[[str], str]) -> None:
    """Both grammars agree, whatever the operations, their nesting and their spelling."""
    text = written(tree)
    try:
        right = meant(text)
    except FormulaError:
        return  # a part without names that has no value
    result = read_formula(respelled(text), LETTERS)
    if isinstance(result, Unreadable):
        assert result.code in ("answer_constant", "answer_exponent", "answer_zero_divisor")
        return
    assert isinstance(result, ReadFormula)
    for point in SOME_POINTS:
        try:
            wanted = value_at(right, point)
        except NoRealValueError:
            continue
        assert abs(value_at(result.readings[0], point) - wanted) <= 1e-30 * abs(wanted)


PIECES = st.sampled_from(
    [
        *"xya_()[]{}|+-*^/²⁻⁺1.,;=≈<≥eπ√½∂d′\x00\ud800ﬁµ٣一…％ ",
        *(
            "w5",
            "h1",
            "foo",
            "**",
            "20",
            "!=",
            "exp",
            "ln ",
            "sigma'",
            "relu'",
            "gelu(",
            "elu'(",
            "max(",
            "tanh²(",
            "@s1",
        ),
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=200))
@settings(max_examples=1000)
def test_any_text_has_a_result(text: str) -> None:
    """A formula that can be compared, nothing, or a reason with a place; never an exception."""
    result = read_formula(text, LETTERS)
    if isinstance(result, Unreadable):
        assert 0 <= result.place <= len(text)
        assert result.details.keys() == set(CODES[result.code])
        assert all(line.isprintable() for line in result.pointed)
    elif isinstance(result, ReadFormula):
        assert 1 <= len(result.readings) <= 4
        assert are_equal(result.readings[0], sin(Symbol("x", real=True)), SOME_POINTS, inf) in (True, False)


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9**9",
        "(" * 1_000_000,
        "9" * 1_000_000,
        "(" * 500 + "x" + ")" * 499,
        "sigma'(" * 140 + "x" + ")" * 140,
        "gelu'(" * 40 + "x" + ")" * 40,
        "exp(" * 40 + "x" + ")" * 40,
        "(" * 8 + "x" + "^99)" * 8,
        "x^" * 400 + "x",
        "|" * 999 + "x",
        "-" * 999 + "x",
        "d" * 999,
        "∂x/" * 300,
        "x^" + "(" * 400,
        "sin(exp(exp(exp(exp(x)))))",
        "1/" * 150 + "x",
    ],
    ids=lambda text: f"{text[:8]} x {len(text)}",
)
def test_no_text_takes_long_or_much(text: str) -> None:
    """Neither to read nor to compare."""
    read_formula("x", LETTERS)  # the tables of the parser are made once
    right = exp(cos(Symbol("x", real=True)), evaluate=False)
    start = time.process_time()
    tracemalloc.start()
    result = read_formula(text, LETTERS)
    if isinstance(result, ReadFormula):
        assert not any(are_equal(reading, right, SOME_POINTS, inf) for reading in result.readings)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert time.process_time() - start < 6
    assert most < 50_000_000
