"""SymPy expression → plain text in ids, for programs: ``w1*i1 + w2*i2 + b1``."""

from __future__ import annotations

from sympy import Expr, sstr


def formula(expression: Expr) -> str:
    """The expression with the ids of quantities and Python's operators, in the author's order."""
    return str(sstr(expression, order="none"))
