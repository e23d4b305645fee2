"""What can be typed in a formula, and the SymPy form of each: unevaluated, in the author's order of terms.

To add a function, add its line to ``FUNCTIONS`` and its gate to ``gates``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sympy import Abs, Add, Expr, Max, Min, Mul, Pow, Rational, S, cos, erf, exp, igcd, log, sin, tan, tanh


def _sum(left: Expr, right: Expr) -> Expr:
    return Add(*(left.args if isinstance(left, Add) else (left,)), right, evaluate=False)


def _difference(left: Expr, right: Expr) -> Expr:
    return _sum(left, _negative(right))


def _product(left: Expr, right: Expr) -> Expr:
    """a·b·c as one product, but (a/b)·c with its fraction."""
    factors = (left,) if _is_fraction(left) else _factors(left)
    return Mul(*factors, right, evaluate=False)


def _quotient(left: Expr, right: Expr) -> Expr:
    if left.is_Integer and right.is_Integer and right > 1 and igcd(left, right) == 1:
        return Rational(left, right)
    under = _power(right, S.NegativeOne)
    return under if left == 1 else Mul(*_factors(left), under, evaluate=False)


def _power(base: Expr, exponent: Expr) -> Expr:
    if exponent == -1 and (_is_reciprocal(base) or (isinstance(base, Rational) and not base.is_Integer)):
        # SymPy's printers leave out the brackets of x/(1/y), and so change its value; those of x/(1*1/y) they print.
        base = Mul(S.One, base, evaluate=False)
    return Pow(base, exponent, evaluate=False)


def _negative(inner: Expr) -> Expr:
    if isinstance(inner, Rational) and inner > 0:
        return -inner
    return Mul(S.NegativeOne, *_factors(inner), evaluate=False)


def _factors(expression: Expr) -> tuple[Expr, ...]:
    return expression.args if isinstance(expression, Mul) else (expression,)


def _is_fraction(expression: Expr) -> bool:
    return any(map(_is_reciprocal, _factors(expression)))


def _is_reciprocal(factor: Expr) -> bool:
    return isinstance(factor, Pow) and factor.args[1] == -1


def _logistic(inner: Expr) -> Expr:
    return _quotient(S.One, _sum(S.One, exp(_negative(inner), evaluate=False)))


def _unevaluated(function: Callable[..., Expr]) -> Callable[..., Expr]:
    return lambda *arguments: function(*arguments, evaluate=False)


def _in_order(function: type[Expr]) -> Callable[..., Expr]:
    """Max or Min of arguments in the author's order, which their own constructor would sort."""

    def of(*arguments: Expr) -> Expr:
        made: Expr = Expr.__new__(function, *arguments)
        made._argset = frozenset(arguments)
        return made

    return of


SIGNS: Mapping[str, Callable[..., Expr]] = {
    "add": _sum,
    "subtract": _difference,
    "multiply": _product,
    "divide": _quotient,
    "power": _power,
    "negate": _negative,
}
"""Operations that are typed as a sign between or before their arguments."""

FUNCTIONS: Mapping[str, Callable[..., Expr]] = {
    "exp": _unevaluated(exp),
    "ln": _unevaluated(log),
    "sqrt": lambda inner: Pow(inner, S.Half, evaluate=False),
    "abs": _unevaluated(Abs),
    "sin": _unevaluated(sin),
    "cos": _unevaluated(cos),
    "tan": _unevaluated(tan),
    "tanh": _unevaluated(tanh),
    "logistic": _logistic,
    "relu": lambda inner: Max(S.Zero, inner, evaluate=False),
    "softplus": lambda inner: log(_sum(S.One, exp(inner, evaluate=False)), evaluate=False),
    "erf": _unevaluated(erf),
    "max": _in_order(Max),
    "min": _in_order(Min),
}

ALSO_CALLED: Mapping[str, str] = {"log": "ln", "sigma": "logistic", "sigmoid": "logistic"}
OF_SEVERAL = ("max", "min")
"""Functions of two or more arguments; the others have one."""

OPERATIONS: Mapping[str, Callable[..., Expr]] = {**SIGNS, **FUNCTIONS}
