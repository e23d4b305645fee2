"""The reader of typed formulas: what it reads, how it prints, and what it says of mistakes."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Add, Max, Mul, Pow, Rational, Symbol, exp, symbols

from derive.mathtext.formula import formula
from derive.model.formulas.flaws import Flaw, FormulaError
from derive.model.formulas.grammar import MOST_OPERATIONS
from derive.model.formulas.operations import FUNCTIONS, OF_SEVERAL, OPERATIONS
from derive.model.formulas.reader import read_formula, read_statements
from derive.model.formulas.trees import Name, Number, Operation, Tree, inputs_of, names_in, written
from derive.words.errors import AuthorError, on_one_line
from derive.words.wording import SENTENCES

x, y, z = symbols("x y z", real=True)


def tree_of(text: str) -> Tree:
    """The tree of an expression."""
    (statement,) = read_statements([f"f = {text}"])
    return statement.tree


def flaws_of(*texts: str) -> tuple[Flaw, ...]:
    """What is wrong with some statements."""
    try:
        read_statements(texts)
    except FormulaError as error:
        return error.flaws
    return ()


def flaw_of(*texts: str) -> tuple[str, int, int]:
    """The first flaw of some statements: its code, statement and column."""
    flaw = flaws_of(*texts)[0]
    return flaw.code, flaw.statement, flaw.column


# --- what is read ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("y + x", "y + x"),
        ("z+y+x", "z + y + x"),
        ("x + (y + z)", "x + (y + z)"),
        ("1 + x", "1 + x"),
        ("y*x*2", "y*x*2"),
        ("x - y - 2", "x - y - 2"),
        ("x - -2", "x - (-2)"),
        ("-x**2", "-x**2"),
        ("-(-x*y)", "-(-1)*x*y"),
        ("-(-2*x)", "-(-2)*x"),
        ("(-x)**2", "(-x)**2"),
        ("2^x^y", "2**(x**y)"),
        ("x**-2", "x**(-2)"),
        ("a*b/c", "a*b/c"),
        ("a/b*c", "(a/b)*c"),
        ("a/(b + c)", "a/(b + c)"),
        ("2/4*x", "(2/4)*x"),
        ("(x + y)*z", "(x + y)*z"),
        ("1/(1+exp(-(w0*x0+w1*x1+w2)))", "1/(1 + exp(-(w0*x0 + w1*x1 + w2)))"),
        ("max(y, x, 0)", "max(y, x, 0)"),
        ("w5 − eta·dE_total_dw5", "w5 - eta*dE_total_dw5"),
        ("net_h1@s2 × delta_o1", "net_h1@s2*delta_o1"),
    ],
)
def test_a_formula_prints_as_it_was_typed(text: str, printed: str) -> None:
    """Nothing is reordered, collected or cancelled."""
    assert formula(read_formula(text)) == printed


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("x", x),
        ("0.1", Rational(1, 10)),
        (".5", Rational(1, 2)),
        ("1e-8", Rational(1, 10**8)),
        ("0.12345678901234567", Rational(12345678901234567, 10**17)),
        ("1/2", Rational(1, 2)),
        ("-3", Rational(-3)),
        ("x + x", Add(x, x, evaluate=False)),
        ("x/y", Mul(x, Pow(y, -1, evaluate=False), evaluate=False)),
        ("sqrt(x)", Pow(x, Rational(1, 2), evaluate=False)),
        ("relu(x)", Max(0, x, evaluate=False)),
        ("log(x)", read_formula("ln(x)")),
        ("sigma(x)", read_formula("1/(1 + exp(-x))")),
        ("sigmoid(x)", read_formula("logistic(x)")),
        ("exp(x)", exp(x)),
        ("net_h1@s2", Symbol("net_h1@s2", real=True)),
        ("E", Symbol("E", real=True)),
        ("lambda", Symbol("lambda", real=True)),
    ],
)
def test_the_sympy_form_is_exact(text: str, expression: object) -> None:
    """Decimals are kept to the last digit, and names stand for real quantities, not for SymPy's constants."""
    assert read_formula(text) == expression


def test_the_left_one_of_equal_signs_goes_first() -> None:
    """Signs of one strength are taken from the left, and powers from the right."""
    a, b, c = Name("a"), Name("b"), Name("c")
    assert tree_of("a - b - c") == Operation("subtract", (Operation("subtract", (a, b)), c))
    assert tree_of("a / b * c") == Operation("multiply", (Operation("divide", (a, b)), c))
    assert tree_of("a ** b ** c") == Operation("power", (a, Operation("power", (b, c))))
    assert tree_of("-a ** b") == Operation("negate", (Operation("power", (a, b)),))
    assert tree_of("a ** -b") == Operation("power", (a, Operation("negate", (b,))))


def test_statements_know_their_inputs() -> None:
    """What is never assigned is an input, in the order of its first use."""
    statements = read_statements(["c = b*a", "d = c + a - k1", "f = d"])
    assert [statement.name for statement in statements] == ["c", "d", "f"]
    assert inputs_of(statements) == ("b", "a", "k1")
    assert [(name.id, name.column) for name in names_in(statements[1].tree)] == [("c", 5), ("a", 9), ("k1", 13)]
    assert statements[2].expression == Symbol("d", real=True)


# --- random formulas -------------------------------------------------------------------------------------------------

LEAVES = st.one_of(
    st.sampled_from("xyzabw").map(Name),
    st.sampled_from(["w0", "out_o1", "dE_total_dw5", "net_h1@s2"]).map(Name),
    st.decimals("0.001", 1000, places=3).map(lambda number: Number(str(number))),
)


def _operations(parts: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    def of(operator: str) -> st.SearchStrategy[Tree]:
        fewest, most = (2, 4) if operator in OF_SEVERAL else (1, 1)
        if operator in ("add", "subtract", "multiply", "divide"):
            fewest, most = 2, 2
        arguments = st.lists(parts, min_size=fewest, max_size=most)
        return arguments.map(lambda chosen: Operation(operator, tuple(chosen)))

    powers = st.tuples(parts, st.sampled_from([Number("2"), Number("0.5"), Operation("negate", (Number("3"),))]))
    others = st.sampled_from([name for name in OPERATIONS if name != "power"]).flatmap(of)
    return others | powers.map(lambda pair: Operation("power", pair))


TREES = st.recursive(LEAVES, _operations, max_leaves=12).filter(lambda tree: any(names_in(tree)))


@given(TREES)
def test_what_is_written_is_read_back(tree: Tree) -> None:
    """Reading undoes writing, whatever the operations and their nesting; no bracket is missing and none changes it."""
    codes = {flaw.code for flaw in flaws_of(f"f = {written(tree)}")} - {"formula_name", "formula_reserved"}
    if codes:  # a part without names, such as ln(-1), has no value
        assert codes == {"formula_constant"}
    else:
        assert read_formula(written(tree)) == _sympy_of(tree)


def _sympy_of(tree: Tree) -> object:
    if isinstance(tree, Operation):
        return OPERATIONS[tree.operator](*map(_sympy_of, tree.arguments))
    return tree.expression


@given(st.text("xyw01.+-*/^()=, @_esinmaxgl", max_size=30))
@settings(max_examples=300)
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever is typed, there is a formula or a sentence about it that points into the text."""
    for flaw in flaws_of(text):
        assert 1 <= flaw.column <= len(text) + 1
        assert str(flaw.problem) == on_one_line(SENTENCES[flaw.code].format(**flaw.evidence))


# --- mistakes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("", "formula_unexpected", 1),
        ("x", "formula_unexpected", 2),
        ("f = x +", "formula_unexpected", 8),
        ("f = x y", "formula_unexpected", 7),
        ("f = 2x", "formula_unexpected", 6),
        ("f = (x", "formula_unexpected", 7),
        ("f = x)", "formula_unexpected", 6),
        ("f = x[0]", "formula_unexpected", 6),
        ("f = x == y", "formula_unexpected", 7),
        ("f = 'x'", "formula_unexpected", 5),
        ("f = x if y else z", "formula_unexpected", 7),
        ("2 = x", "formula_unexpected", 1),
        ("x + 1 = f", "formula_unexpected", 3),
        ("f = 1.2.3", "formula_unexpected", 8),
        ("f = x.real", "formula_unexpected", 6),
        ("f = y + sinh(x)", "formula_function", 9),
        ("f = __import__(x)", "formula_unexpected", 5),
        ("f = eval(x)", "formula_function", 5),
        ("f = x(y + 1)", "formula_function", 5),
        ("f = exp(x, y)", "formula_arguments", 5),
        ("f = max(x)", "formula_arguments", 5),
        ("f = max(a, b, c, k, x, y, z)", "formula_arguments", 5),
        ("f = 0.123456789012345678", "formula_digits", 5),
        ("f = x + 1e31", "formula_constant", 9),
        ("f = x**21", "formula_exponent", 6),
        ("f = x**-20.5", "formula_exponent", 6),
        ("f = x**(10*3)", "formula_exponent", 6),
        ("f = (-2)**x", "formula_base", 9),
        ("f = 0**x", "formula_base", 6),
        ("f = 1/0*x", "formula_zero", 6),
        ("f = x/0.0", "formula_zero", 6),
        ("f = x/(0.1 + 0.2 - 0.3)", "formula_zero", 6),
        ("f = x/(sqrt(2)**2 - 2)", "formula_zero", 6),
        ("f = x + 0**-1", "formula_constant", 10),
        ("f = ln(-1)", "formula_constant", 5),
        ("f = ln(0)", "formula_constant", 5),
        ("f = sqrt(1 - 2)", "formula_constant", 5),
        ("f = exp(exp(exp(9)))", "formula_constant", 9),
        ("f = 9**9**9", "formula_exponent", 6),
        ("f = ((9**20)**20)**20", "formula_constant", 13),
        ("f = -" + "(-" * 50 + "x" + ")" * 50, "formula_nesting", 5),
        ("f = " + "exp(" * 51 + "x" + ")" * 51, "formula_nesting", 5),
        ("f = " + "+".join("x" * 202), "formula_operations", 406),
        ("f = " + "x" * 1997, "formula_too_long", 1),
        ("f_1 = x", "formula_name", 1),
        ("f = x + net_h1@s2", "formula_name", 9),
        ("f = x1y", "formula_name", 5),
        ("net = x", "formula_reserved", 1),
        ("f = x*eta", "formula_reserved", 7),
        ("f = delta + 1", "formula_reserved", 5),
        ("exp = x", "formula_reserved", 1),
        ("f = sigma*x", "formula_reserved", 5),
        ("f = f + 1", "formula_too_early", 5),
    ],
)
def test_a_mistake_is_named_where_it_stands(text: str, code: str, column: int) -> None:
    """Each mistake has its code and its column, counted from 1."""
    assert flaw_of(text) == (code, 1, column)


@pytest.mark.parametrize("name", ["w0", "b", "b1", "E", "h", "i1", "x0", "loss", "theta1", "net1", "e"])
def test_single_letters_and_plain_names_are_free(name: str) -> None:
    """Only the stems of several letters are taken: net, out, target, delta, eta …"""
    assert read_statements([f"{name} = x"])[0].name == name


def test_statements_are_ordered_and_names_assigned_once() -> None:
    """All flaws of all statements are found at once, in their order."""
    with pytest.raises(AuthorError) as caught:
        read_statements(["a = b", "b = a + 1", "c = sinh(x)", "d = c c", "b = 2", "g = a + target"])
    assert [(flaw.statement, flaw.code) for flaw in caught.value.flaws] == [
        (1, "formula_too_early"),
        (3, "formula_function"),
        (4, "formula_unexpected"),
        (5, "formula_assigned_twice"),
        (6, "formula_reserved"),
    ]
    assert len(caught.value.problems) == 5


def test_the_operations_of_all_statements_are_counted() -> None:
    """Two hundred gates are enough for any sheet."""
    half = "+".join("x" * (MOST_OPERATIONS // 2 + 1))
    assert read_statements([f"f = {half}", f"g = {half}"])
    assert flaw_of(f"f = {half}", f"g = {half}", "h = f*g", "k = f*g") == ("formula_operations", 3, 1)


def test_brackets_and_chains_are_no_levels() -> None:
    """A long sum is not deep, and brackets that change nothing cost nothing."""
    assert tree_of("+".join("x" * 150)).nesting == 1
    assert tree_of("(" * 900 + "x" + ")" * 900) == Name("x")
    assert tree_of("-" * 50 + "x").nesting == 50


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("f = 1 + tnah(x)", "column 9: unknown function 'tnah' (did you mean 'tanh'?); known are exp, ln, sqrt"),
        ("f = x y", "column 7, at 'y': expected an operator such as + or *; a product needs its *"),
        ("f = (x + y", "column 11, at the end: expected ')'"),
        ("f = x*", "column 7, at the end: expected a name, a number, a function or '('"),
        ("f = x + ln(0)", "column 9: ln(0) is no real number"),
        ("f = x/0", "column 6, at '/0': dividing by 0 gives no number"),
        ("f = (x y", "column 8, at 'y': expected an operator such as + or *; a product needs its *"),
        ("f = (x $", "column 8, at '$': expected an operator such as + or *; a product needs its *"),
        ("f = x(y)", "column 5: unknown function 'x'; known are"),
        ("net = x", "column 1: 'net' has a meaning of its own here; choose another name"),
    ],
)
def test_the_sentence_says_what_to_do(text: str, sentence: str) -> None:
    """The place, what is wrong, and what was expected."""
    with pytest.raises(FormulaError) as caught:
        read_statements([text])
    assert str(caught.value).startswith(sentence)


def test_the_functions_that_are_offered_are_read() -> None:
    """Every function of the table can be typed."""
    for name in FUNCTIONS:
        arguments = "x, y" if name in OF_SEVERAL else "x"
        assert written(tree_of(f"{name}({arguments})")) == f"{name}({arguments})"


def test_no_text_takes_long() -> None:
    """Limits stop the reader before the work grows."""
    start = time.process_time()
    for text in ["9**" * 600 + "9", "(" * 1000 + "9**20" + ")**20" * 200, "-" * 1990 + "x", "max(" * 400 + "x"]:
        with pytest.raises(FormulaError):
            read_formula(text)
    assert time.process_time() - start < 5
