"""Gates against independent oracles: the worked examples of cs231n and micrograd, central differences and SymPy.

The walk backwards in this file knows nothing of the steps that are printed: it only adds up products of slopes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, example, given, reject, settings
from hypothesis import strategies as st
from mpmath import mp, mpf, workdps
from sympy import Expr, Integer, Piecewise, Rational, Symbol, diff, lambdify

from derive.authoring.reading import checked
from derive.derivation.round import derive
from derive.mathtext.formula import formula
from derive.model.formulas.flaws import FormulaError
from derive.model.formulas.gates import RULES, Choices, Circuit, Gate, circuit_of
from derive.model.formulas.operations import OF_SEVERAL, OPERATIONS
from derive.model.formulas.reader import read_statements
from derive.model.formulas.trees import Name, Number, Operation, Tree, names_in, written
from derive.model.graph import Graph
from derive.model.quantities import Kind, Variable
from derive.sheet.build import Options, build_document
from derive.sheet.document import Items
from derive.sheet.document import Kind as DocumentKind
from derive.words.languages import as_text
from tests.shipped import load

DIGITS = 40
Values = dict[str, mpf]


def circuit(*texts: str, wanted: str | None = None, choices: Choices | None = None) -> Circuit:
    """The circuit of some statements."""
    return circuit_of(read_statements(texts), wanted, choices)


def value_of(expression: Expr, values: Mapping[str, mpf]) -> mpf:
    """An expression with numbers put in."""
    return lambdify([Symbol(name, real=True) for name in values], expression, "mpmath")(*values.values())


def forward(drawn: Circuit, given_values: Mapping[str, float | str]) -> Values:
    """The value of every wire."""
    values = {name: mpf(value) for name, value in given_values.items()}
    for definition in drawn.definitions:
        values[definition.quantity.id] = value_of(definition.expression, values)
    return values


def backward(drawn: Circuit, values: Values, output: str) -> Values:
    """The derivative of one output with respect to every wire."""
    gradients = dict.fromkeys(values, mpf(0)) | {output: mpf(1)}
    for definition in reversed(drawn.definitions):
        for parent, slope in definition.partials:
            gradients[parent.id] += gradients[definition.quantity.id] * value_of(slope, values)
    return gradients


def walked(drawn: Circuit, given_values: Mapping[str, float | str], output: str) -> tuple[Values, Values]:
    """Forwards and back again."""
    with workdps(DIGITS):
        values = forward(drawn, given_values)
        return values, backward(drawn, values, output)


# --- worked examples -------------------------------------------------------------------------------------------------

SUM_TIMES = ("q = x + y", "f = q*z")
NEURON = ("f = 1/(1 + exp(-(w0*x0 + w1*x1 + w2)))",)
MAXIMUM = ("f = 2*(x*y + max(z, w))",)
STAGED = ("f = (x + sigma(y)) / (sigma(x) + (x + y)**2)",)
MICROGRAD = (
    "c1 = a + b",
    "d1 = a*b + b**3",
    "c2 = c1 + c1 + 1",
    "c3 = c2 + 1 + c2 + (-a)",
    "d2 = d1 + d1*2 + relu(b + a)",
    "d3 = d2 + 3*d2 + relu(b - a)",
    "e = c3 - d3",
    "f = e**2",
    "g = f/2 + 10/f",
)


@pytest.mark.parametrize(
    ("texts", "given_values", "value", "gradients", "digits"),
    [
        # cs231n, "Backpropagation, Intuitions"
        (SUM_TIMES, {"x": -2, "y": 5, "z": -4}, -12, {"x": -4, "y": -4, "z": 3, "q": -4}, 12),
        (
            NEURON,
            {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3},
            0.73,
            {"w0": -0.20, "x0": 0.39, "w1": -0.39, "x1": -0.59, "w2": 0.20},
            2,
        ),
        (MAXIMUM, {"x": 3, "y": -4, "z": 2, "w": -1}, -20, {"x": -8, "y": 6, "z": 2, "w": 0}, 12),
        # The README of micrograd
        (MICROGRAD, {"a": -4, "b": 2}, 24.70408163265306, {"a": 138.83381924198252, "b": 645.5772594752186}, 12),
    ],
    ids=["sum and product", "neuron", "maximum", "micrograd"],
)
def test_worked_examples(
    texts: tuple[str, ...], given_values: dict[str, float], value: float, gradients: dict[str, float], digits: int
) -> None:
    """Value and gradients are those that the sources print."""
    drawn = circuit(*texts)
    output = drawn.outputs[0].id
    values, found = walked(drawn, given_values, output)
    assert round(float(values[output]), digits) == pytest.approx(value, rel=1e-14)
    for name, gradient in gradients.items():
        assert round(float(found[name]), digits) == pytest.approx(gradient, rel=1e-14), name


def test_the_staged_example() -> None:
    """cs231n, "Backprop in practice: Staged computation", line by line as in its Python code."""
    x, y = 3.0, -4.0
    sigy = 1.0 / (1 + math.exp(-y))
    num = x + sigy
    sigx = 1.0 / (1 + math.exp(-x))
    xpy = x + y
    den = sigx + xpy**2
    dnum = 1.0 / den
    dden = (-1.0 / den**2) * num
    dxpy = (2 * xpy) * dden
    dx = dxpy + ((1 - sigx) * sigx) * dden + dnum
    dy = dxpy + ((1 - sigy) * sigy) * dnum
    values, gradients = walked(circuit(*STAGED), {"x": x, "y": y}, "f")
    found = [float(number) for number in (values["f"], gradients["x"], gradients["y"])]
    assert found == pytest.approx([num / den, dx, dy], rel=1e-13)


def signs(drawn: Circuit) -> str:
    """The signs of a circuit in order of evaluation."""
    return " ".join(gate.sign for gate in drawn.gates)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (NEURON[0], "× × + + ×(−1) exp +1 1/x"),
        ("f = sigma(w0*x0 + w2)", "× + σ"),
        (MAXIMUM[0], "× max + ×2"),
        ("f = (x + y)*z", "+ ×"),
        ("f = x**2 - y/3", "^2 ÷3 −"),
        ("f = x**-1 + x**0.5", "^(−1) ^0.5 +"),
        ("f = 1 - x", "1−x"),
        ("f = x - 1", "−1"),
        ("f = 10/x", "10/x"),
        ("f = -2*x", "×(−2)"),
        ("f = 1/2*x", "×(1/2)"),
        ("f = 2**x", "2^x"),
        ("f = x**y", "x^y"),
        ("f = x/y", "÷"),
        ("f = sqrt(abs(x))", "abs √"),
        ("f = max(0, x) + max(x, y, 1)", "max(0, x) max(x, y, 1) +"),
        ("f = relu(x)*tanh(x)", "ReLU tanh ×"),
        ("f = ln(softplus(x))", "softplus ln"),
        ("y = x", "="),
        ("y = 2 - 0.5", "2 − 0.5"),
    ],
)
def test_each_typed_operation_is_a_gate(text: str, expected: str) -> None:
    """Constants belong to their gate, and nothing is merged."""
    assert signs(circuit(text)) == expected


@pytest.mark.parametrize(
    ("text", "slopes"),
    [
        ("1/x", ["-1/x**2"]),
        ("x/y", ["1/y", "-x/y**2"]),
        ("10/x", ["-10/x**2"]),
        ("x/2", ["1/2"]),
        ("2*x", ["2"]),
        ("x*y", ["y", "x"]),
        ("5 - x", ["-1"]),
        ("x**1", ["1"]),
        ("x**2", ["2*x"]),
        ("x**3", ["3*x**2"]),
        ("x**-2", ["-2/x**3"]),
        ("x**y", ["y*x**(y - 1)", "f*log(x)"]),
        ("2**x", ["f*log(2)"]),
        ("exp(x)", ["f"]),
        ("ln(x)", ["1/x"]),
        ("sqrt(x)", ["1/(2*f)"]),
        ("logistic(x)", ["f*(1 - f)"]),
        ("tanh(x)", ["1 - f**2"]),
        ("tan(x)", ["1 + f**2"]),
        ("cos(x)", ["-sin(x)"]),
    ],
)
def test_slopes_are_the_ones_that_are_taught(text: str, slopes: list[str]) -> None:
    """In terms of the gate's own output f where textbooks have it so."""
    partials = circuit(f"f = {text}").definitions[0].partials
    assert [formula(slope).replace("((", "(").replace("))", ")") for _, slope in partials] == slopes


def test_gates_know_their_wires() -> None:
    """Intermediate values are numbered past the author's own names, and a statement names its last gate."""
    drawn = circuit("q2 = x*x + 1", "f = q2*x + sin(q2)")
    wires = [(gate.output.id, [wire.id for wire in gate.inputs]) for gate in drawn.gates]
    assert wires == [
        ("q1", ["x", "x"]),
        ("q2", ["q1"]),
        ("q3", ["q2", "x"]),
        ("q4", ["q2"]),
        ("f", ["q3", "q4"]),
    ]
    assert [definition.layer for definition in drawn.definitions] == [0, 1, 2, 3, 4]
    assert {definition.position for definition in drawn.definitions} == {0}
    assert [wire.id for wire in drawn.inputs] == ["x"]
    assert [wire.id for wire in drawn.outputs] == ["f"]


def test_a_name_used_twice_in_one_operation_has_one_slope() -> None:
    """x·x has the slope x + x, not two derivatives of one name."""
    drawn = circuit("f = x*x", "g = x + x", "h = x - x", "k = x/x", "m = max(x, x)")
    assert [len(definition.partials) for definition in drawn.definitions] == [1] * 5
    gradients = [walked(drawn, {"x": 3}, output.id)[1]["x"] for output in drawn.outputs]
    assert gradients == [6, 2, 0, 0, 1]


def test_only_what_is_wanted_is_drawn() -> None:
    """What a wanted name does not depend on is left out, and it comes last."""
    texts = ("a = x + y", "b = 2*z", "f = a**2", "g = f*b")
    drawn = circuit(*texts, wanted="f")
    assert [gate.output.id for gate in drawn.gates] == ["a", "f"]
    assert [wire.id for wire in drawn.inputs] == ["x", "y"]
    assert [wire.id for wire in drawn.outputs] == ["f"]
    assert [wire.id for wire in circuit(*texts).outputs] == ["g"]
    assert [wire.id for wire in circuit(*texts[:3]).outputs] == ["b", "f"]
    with pytest.raises(KeyError):
        circuit(*texts, wanted="x")


def test_a_statement_may_be_a_name_or_a_number() -> None:
    """y = x passes its gradient on; y = 3 has none to pass."""
    drawn = circuit("y = x", "k = 3", "f = y*k")
    assert drawn.gates[0] == Gate("copy", "=", drawn.inputs, drawn.gates[0].output)
    assert drawn.gates[1].inputs == ()
    values, gradients = walked(drawn, {"x": 5}, "f")
    assert (values["f"], gradients["x"], gradients["k"]) == (15, 3, 5)


# --- ties and corners ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "values", "first", "split"),
    [
        ("max(x, y)", (2, 1), (1, 0), (1, 0)),
        ("max(x, y)", (1, 2), (0, 1), (0, 1)),
        ("max(x, y)", (2, 2), (1, 0), ("1/2", "1/2")),
        ("min(x, y)", (1, 2), (1, 0), (1, 0)),
        ("min(x, y)", (2, 2), (1, 0), ("1/2", "1/2")),
        ("max(x, y, z)", (3, 3, 3), (1, 0, 0), ("1/3", "1/3", "1/3")),
        ("max(x, y, z)", (1, 3, 3), (0, 1, 0), (0, "1/2", "1/2")),
        ("max(x, y, z)", (3, 1, 3), (1, 0, 0), ("1/2", 0, "1/2")),
        ("max(x, y, z)", (1, 2, 3), (0, 0, 1), (0, 0, 1)),
        ("min(x, y, z)", (3, 1, 1), (0, 1, 0), (0, "1/2", "1/2")),
        ("min(x, y, z)", (3, 2, 1), (0, 0, 1), (0, 0, 1)),
        ("max(x, 2)", (2,), (1,), ("1/2",)),
        ("max(2, x)", (2,), (0,), ("1/2",)),
        ("max(x, x)", (2,), (1,), (1,)),
    ],
)
def test_ties(function: str, values: tuple[int, ...], first: tuple[object, ...], split: tuple[object, ...]) -> None:
    """The first of equal inputs takes all, or they share equally; either way the shares add up to what there is."""
    for ties, expected in (("first", first), ("split", split)):
        drawn = circuit(f"f = {function}", choices=Choices(max_ties=ties))
        given_values = dict(zip("xyz", values, strict=False))
        _, gradients = walked(drawn, given_values, "f")
        for name, share in zip("xyz", expected, strict=False):
            assert float(gradients[name]) == pytest.approx(float(Rational(share))), (ties, name)


@pytest.mark.parametrize("function", ["relu(x)", "abs(x)"])
@pytest.mark.parametrize("corner", [Integer(0), Integer(1), Rational(1, 2), Integer(-1)])
def test_corners(function: str, corner: Expr) -> None:
    """At 0 the slope is the chosen one; elsewhere it is that of the function."""
    drawn = circuit(f"f = {function}", choices=Choices(corner=corner))
    left = {"relu(x)": 0, "abs(x)": -1}[function]
    assert [walked(drawn, {"x": value}, "f")[1]["x"] for value in (-2, 0, 2)] == [left, float(corner), 1]


def test_a_slope_has_no_more_cases_than_it_takes() -> None:
    """With the corner of one side, two cases are enough."""
    for corner, cases in ((0, 2), (1, 2), (Rational(1, 2), 3)):
        ((_, slope),) = circuit("f = relu(x)", choices=Choices(corner=Integer(0) + corner)).definitions[0].partials
        assert isinstance(slope, Piecewise)
        assert len(slope.args) == cases


# --- random formulas -------------------------------------------------------------------------------------------------

BY_MPMATH = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "power": lambda a, b: a**b,
    "negate": lambda a: -a,
    "exp": mp.exp,
    "ln": mp.log,
    "sqrt": mp.sqrt,
    "abs": abs,
    "sin": mp.sin,
    "cos": mp.cos,
    "tan": mp.tan,
    "tanh": mp.tanh,
    "logistic": lambda a: 1 / (1 + mp.exp(-a)),
    "relu": lambda a: max(a, 0),
    "softplus": lambda a: mp.log(1 + mp.exp(a)),
    "erf": mp.erf,
    "max": max,
    "min": min,
}
"""What each operation is, without SymPy."""

CORNERED = ("abs", "relu", *OF_SEVERAL)
EXPONENTS = [Number("2"), Number("3"), Number("1"), Number("0.5"), Operation("negate", (Number("1"),)), Name("y")]


def formulas(operations: list[str]) -> st.SearchStrategy[Tree]:
    """Random trees of these operations that have a name in them."""
    leaves = st.sampled_from([*map(Name, "xyz"), *map(Number, ("2", "0.5", "1.25"))])

    def extended(parts: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
        def of(operation: str) -> st.SearchStrategy[Tree]:
            size = 2 if operation in ("add", "subtract", "multiply", "divide", *OF_SEVERAL) else 1
            arguments = st.lists(parts, min_size=size, max_size=size + (operation in OF_SEVERAL))
            return arguments.map(lambda chosen: Operation(operation, tuple(chosen)))

        powers = st.tuples(parts, st.sampled_from(EXPONENTS)).map(lambda pair: Operation("power", pair))
        return st.sampled_from(operations).flatmap(of) | powers

    return st.recursive(leaves, extended, max_leaves=8).filter(lambda tree: any(names_in(tree)))


def by_mpmath(tree: Tree, values: Mapping[str, mpf]) -> mpf:
    """The value of a tree; a ValueError where it, or a part of it, is no real number of an ordinary size."""
    match tree:
        case Name(id):
            return values[id]
        case Number(text):
            return mpf(text)
    value = BY_MPMATH[tree.operator](*(by_mpmath(argument, values) for argument in tree.arguments))
    if not isinstance(value, mpf | int) or not abs(value) < 1e6:
        raise ValueError(value)
    return value


NUMBERS = st.fixed_dictionaries({name: st.decimals("-2", 3, places=2).map(str) for name in "xyz"})
STEP = mpf("1e-15")


def drawn_at(tree: Tree, numbers: Mapping[str, str]) -> tuple[Circuit, dict[str, mpf]]:
    """The circuit of a tree and its inputs, where the tree has a value and slopes of an ordinary size."""
    try:
        drawn = circuit(f"f = {written(tree)}")
    except FormulaError:  # a part without names has no value
        reject()
    values = {wire.id: mpf(numbers[wire.id]) for wire in drawn.inputs}
    try:
        by_mpmath(tree, values)
    except (ValueError, ZeroDivisionError):
        reject()
    return drawn, values


@settings(deadline=None, max_examples=150)
@given(formulas([name for name in OPERATIONS if name != "power"]), NUMBERS)
@example(Operation("divide", (Name("x"), Operation("divide", (Number("1"), Name("y"))))), {"x": "3", "y": "2"})
@example(Operation("divide", (Name("x"), Operation("power", (Name("y"), EXPONENTS[-2])))), {"x": "3", "y": "2"})
@example(Operation("subtract", (Name("x"), Operation("power", (Number("0.5"), EXPONENTS[-2])))), {"x": "3"})
def test_a_formula_has_the_value_that_was_typed(tree: Tree, numbers: dict[str, str]) -> None:
    """The SymPy form, and what is printed of it for programs, mean what the tree means."""
    with workdps(DIGITS):
        _, at = drawn_at(tree, numbers)
        (statement,) = read_statements([f"f = {written(tree)}"])
        value = by_mpmath(tree, at)
        assert abs(value_of(statement.expression, at) - value) < mpf("1e-20") * (1 + abs(value))


@settings(deadline=None, max_examples=150)
@given(formulas([name for name in OPERATIONS if name != "power"]), NUMBERS)
def test_gradients_are_those_of_central_differences(tree: Tree, numbers: dict[str, str]) -> None:
    """The slopes of all gates, multiplied and added up, are what the values of the typed tree alone say.

    Beside the numbers that were drawn: at 0 gates such as min(|x|, x) have corners that the whole formula has not.
    """
    with workdps(DIGITS):
        drawn, at = drawn_at(tree, numbers)
        for name in at:
            beside = {**at, name: at[name] + STEP / 7}
            try:
                before, here, after = (by_mpmath(tree, {**at, name: at[name] + step}) for step in (-STEP, 0, STEP))
                values, gradients = walked(drawn, beside, "f")
                value = by_mpmath(tree, beside)
            except (ValueError, ZeroDivisionError):
                reject()
            left, right = (here - before) / STEP, (after - here) / STEP
            size = 1 + abs(left)
            assume(size < 1e4 and abs(right - left) < 1e-6 * size)  # neither at a corner nor next to a pole
            assert abs(values["f"] - value) < mpf("1e-25") * (1 + abs(value))
            assert abs(gradients[name] - (left + right) / 2) < 1e-6 * size


@settings(deadline=None, max_examples=100)
@given(formulas([name for name in OPERATIONS if name not in ("power", *CORNERED)]), NUMBERS)
def test_gradients_are_those_of_sympy(tree: Tree, numbers: dict[str, str]) -> None:
    """SymPy differentiates the whole formula at once, and comes to the same number."""
    with workdps(DIGITS):
        drawn, at = drawn_at(tree, numbers)
        (statement,) = read_statements([f"f = {written(tree)}"])
        for name in at:
            slope = diff(statement.expression, Symbol(name, real=True))
            try:
                expected, found = value_of(slope, at), walked(drawn, at, "f")[1][name]
            except ZeroDivisionError:
                reject()
            assume(isinstance(expected, mpf | int) and isinstance(found, mpf) and abs(expected) < 1e6)
            assert abs(found - expected) < mpf("1e-20") * (1 + abs(expected))


def test_every_operation_has_a_gate() -> None:
    """Reader, gates and this file's oracle know the same operations."""
    assert set(RULES) == set(OPERATIONS) == set(BY_MPMATH)


def test_gates_make_a_graph() -> None:
    """The definitions are in order of computation, and only their own inputs and earlier outputs stand in them."""
    drawn = circuit(*MICROGRAD)
    known = {wire.symbol for wire in drawn.inputs}
    for gate, definition in zip(drawn.gates, drawn.definitions, strict=True):
        assert definition.expression.free_symbols <= known
        assert dict(definition.partials).keys() == set(gate.inputs)
        known.add(definition.quantity.symbol)
    assert drawn.inputs == tuple(Variable(Kind.NAME, name) for name in "ab")


def test_printed_gradients_are_those_of_the_steps() -> None:
    """The steps that are printed come to the same numbers as the plain walk of this file."""
    drawn = circuit(*STAGED)
    derivation = derive(Graph(drawn.definitions, (), inputs=drawn.inputs))
    with workdps(DIGITS):
        values, gradients = walked(drawn, {"x": 3, "y": -4}, "f")
        known = {name: values[name] for name in "xy"}
        for step in derivation.steps:
            known[step.quantity.id] = value_of(step.expression, known)
    for name in "xy":
        assert abs(known[f"df_d{name}"] - gradients[name]) < 1e-30


@pytest.mark.parametrize(
    ("formula", "direct", "whole"),
    [("f = (x + y) * x", "5", "7"), ("f = x * sigma(x - x)", "0.5", "0.5"), ("f = max(x, y) * x", "3", "3")],
)
def test_a_value_that_the_result_uses_directly_too(formula: str, direct: str, whole: str) -> None:
    """Its share through the formula of the result has a name of its own, and no value on the way is another's."""
    raw = {"title": {"en": "f"}, "formulas": [formula], "values": {"x": Decimal(2), "y": Decimal(3)}}
    if "y" not in formula:
        del raw["values"]["y"]
    evaluation = checked(raw, Path("f.toml")).evaluation
    ids = [step.quantity.id for step in evaluation.derivation.steps]
    assert len(ids) == len(set(ids))
    assert evaluation["df_dx_via_f"] == Decimal(direct)
    assert evaluation["df_dx"] == Decimal(whole)
    assert evaluation["f"] == {"f = (x + y) * x": 10, "f = x * sigma(x - x)": 1, "f = max(x, y) * x": 6}[formula]


def test_a_difference_of_large_powers_keeps_its_digits() -> None:
    """(x²⁰ + y − x²⁰)/y is 1, whatever the sizes of x and y."""
    values = {"x": Decimal("1e9"), "y": Decimal("1e-9")}
    raw = {"title": {"en": "f"}, "formulas": ["f = ((x^20 + y) - x^20) / y"], "values": values}
    evaluation = checked(raw, Path("f.toml")).evaluation
    assert evaluation["f"] == 1
    assert evaluation["df_dy_via_f"] == Decimal("-1e9")
    assert abs(evaluation["df_dy"]) < Decimal("1e-30")  # the two shares cancel


def test_the_sign_of_the_logistic_function_is_explained():
    """A gate that is drawn as σ says what that stands for; where there is none nothing is said."""
    for name, said in {"cs231n-staged": True, "cs231n-neuron": False}.items():
        built = build_document([load(name)], DocumentKind.WORKSHEET, Options())
        items = [as_text(item) for block in built.sheets[0].blocks if isinstance(block, Items) for item in block.items]
        assert any(item.startswith("σ stands for") for item in items) is said
