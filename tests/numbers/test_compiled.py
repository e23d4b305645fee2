"""Formulas as code: the order in which it computes, what it leaves out, and where a loop stops."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from mpmath import mpf, workdps
from sympy import Add, Expr, Ge, Gt, Integer, Max, Mul, Piecewise, Pow, Rational, Symbol, evaluate, exp, log

from derive.derivation.round import derive
from derive.derivation.steps import Update
from derive.model.activations import ACTIVATIONS, activation_of, slope_of
from derive.model.forward_pass import forward_pass
from derive.model.losses import LOSSES
from derive.model.network import BiasMode, Network, Shape
from derive.model.quantities import RATE, TOTAL_ERROR
from derive.numbers.compiled import function, loop

A, B, C, X, Y, Z = (Symbol(name, real=True) for name in ("a", "b", "c", "x@s1", "y@s1", "z"))

NUMBERS = {"math": float, "mpmath": mpf}

# --- one pass ---------------------------------------------------------------------------------------------------------


def written(kind: type[Expr], *terms: Expr) -> Expr:
    return kind(*terms, evaluate=False)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        (written(Add, A, B, C), 1.0),
        (written(Add, A, C, B), 0.0),
        (written(Add, C, written(Add, A, B)), 1.0),
        (written(Add, A, written(Mul, Integer(-1), A), C), 1.0),
        (written(Mul, A, A, written(Pow, A, Integer(-1))), 1e16),
        (written(Mul, C, Rational(1, 3), Integer(3)), 1.0),
        (written(Mul, Integer(7), Rational(1, 3), C), 7 * (1 / 3)),
        (written(Add, written(Mul, Rational(1, 10), C), written(Mul, Rational(2, 10), C)), 0.1 + 0.2),
    ],
)
def test_operations_are_in_the_order_of_the_formula(formula: Expr, value: float) -> None:
    """What is rounded when decides the last digits of a double."""
    compute = function([(Z, formula)], [A, B, C], [Z])
    assert compute(1e16, -1e16, 1.0) == (value,)


def test_what_no_output_needs_is_not_computed() -> None:
    """Not even where it would have no value."""
    steps = [(X, log(A)), (Y, A + 1), (Z, Y)]
    assert function(steps, [A], [Z, Y])(-1.0) == (0.0, 0.0)
    with pytest.raises(ValueError, match="domain"):
        function(steps, [A], [X])(-1.0)


def test_numbers_in_a_formula_have_the_precision_of_the_rest() -> None:
    """1/3 as an expression, as typed, and as a piece is one third to as many digits as are asked for."""
    with evaluate(False):
        formulas = [
            Rational(1, 3) * A,
            Integer(1) / Integer(3) * A,
            Piecewise((Integer(1), Gt(A, 0)), (Integer(0), True)) / 3,
            Max(1, Integer(0), evaluate=False) / 3,
        ]
    for formula in formulas:
        with workdps(50):
            (value,) = function([(Z, formula)], [A], [Z], "mpmath")(mpf(1))
            assert value == mpf(1) / 3


@pytest.mark.parametrize("modules", ["math", "mpmath"])
def test_pieces_without_a_rest_have_no_value_there(modules: Any) -> None:
    compute = function([(Z, Piecewise((A, Ge(A, 1))))], [A], [Z], modules)
    assert compute(mpf(2)) == (2,)
    assert math.isnan(compute(mpf(0))[0])


@pytest.mark.parametrize("name", sorted(name for name, record in ACTIVATIONS.items() if not record.layerwise))
def test_arrays_and_doubles_agree_with_many_digits(name: str) -> None:
    """The functions that are printed are the functions that are computed, by whatever means."""
    record = ACTIVATIONS[name]
    steps = [(Y, activation_of(record, X)), (Z, slope_of(record, X, Y))]
    points = [-30.0, -3.0, -0.5, 0.0, 0.25, 1.0, 4.0, 30.0]
    exact = [function(steps, [X], [Y, Z], "mpmath")(mpf(point)) for point in points]
    doubles = [function(steps, [X], [Y, Z])(point) for point in points]
    arrays = np.column_stack([np.broadcast_to(v, 8) for v in function(steps, [X], [Y, Z], "numpy")(np.array(points))])
    np.testing.assert_allclose(doubles, np.array(exact, dtype=float), rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(arrays, np.array(exact, dtype=float), rtol=1e-13, atol=1e-13)


# --- rounds -----------------------------------------------------------------------------------------------------------


def test_all_values_of_a_round_are_from_the_round_before() -> None:
    """The state is renewed at once: Fibonacci, and two values that change places."""
    assert loop([(Z, X + Y)], {X: Y, Y: Z}, [])([0, 1], [], 10) == (10, (55, 89))
    assert loop([(A, Y), (B, X)], {X: A, Y: B}, [])([1, 2], [], 3) == (3, (2, 1))


def test_no_round_changes_nothing() -> None:
    assert loop([(Y, X * A)], {X: Y}, [A])([3.0], [2.0], 0) == (0, (3.0,))


@pytest.mark.parametrize("modules", ["math", "mpmath"])
@pytest.mark.parametrize(
    ("formula", "start", "rounds", "last"),
    [
        (X * X, 10, 8, 1e256),
        (Pow(X, 2), 10, 8, 1e256),
        (exp(X), 1, 3, math.exp(math.exp(math.e))),
        (X * -10, 1, 308, 1e308),
        (log(X - 1), 8, 2, math.log(math.log(7) - 1)),
        (1 / (X - 1), 2, 1, 1),
    ],
)
def test_the_loop_stops_before_what_has_no_value(
    modules: Any, formula: Expr, start: int, rounds: int, last: float
) -> None:
    """The same round in doubles as at any precision, by overflow to infinity, an exception or a complex number."""
    played = loop([(Y, formula)], {X: Y}, [], modules)([NUMBERS[modules](start)], [], 400)
    assert played.rounds == rounds
    assert float(played.state[0]) == pytest.approx(last, rel=1e-12)


@pytest.mark.parametrize("modules", ["math", "mpmath"])
def test_values_that_cancel_are_out_of_range_all_the_same(modules: Any) -> None:
    played = loop([(A, X * 10), (B, Y * 10)], {X: A, Y: B}, [], modules)([*map(NUMBERS[modules], (1, -1))], [], 400)
    assert played.rounds == 308


def test_large_values_whose_sum_is_out_of_range_are_in_range() -> None:
    start = [1.5e308, 1.5e308]
    assert loop([(A, X), (B, Y)], {X: A, Y: B}, [])(start, [], 5) == (5, tuple(start))


def test_ten_thousand_rounds_of_the_published_example() -> None:
    """In doubles, to the last digit that the page prints: 0.0000351085."""
    layer = Shape(2, ACTIVATIONS["logistic"], BiasMode.LAYER)
    network = Network.of(2, [layer, layer], LOSSES["half_squared"])
    steps = derive(forward_pass(network)).steps
    assignments = [(step.quantity.symbol, step.expression) for step in steps]
    state = {step.parameter.symbol: step.quantity.symbol for step in steps if isinstance(step, Update)}
    constants = [name.symbol for name in (*network.inputs, *network.targets, *network.biases, RATE)]
    fixed = [0.05, 0.1, 0.01, 0.99, 0.35, 0.6, 0.5]
    played = loop(assignments, state, constants)([0.15, 0.2, 0.25, 0.3, 0.4, 0.45, 0.5, 0.55], fixed, 10_000)
    (error,) = function(assignments, [*state, *constants], [TOTAL_ERROR.symbol])(*played.state, *fixed)
    assert played.rounds == 10_000
    assert f"{error:.9e}" == "3.510187783e-05"
