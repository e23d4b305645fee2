"""SymPy expression → plain text in ids, for programs: ``w1*i1 + w2*i2 + b1``."""

from __future__ import annotations

from sympy import Expr, pycode


def formula(expression: Expr) -> str:
    """The expression with the ids of quantities, Python's operators and the names of ``math``, in the author's order.

    An id may have a letter that Python has not (``net_h1@s2``); a program puts its own name in the place of each.
    """
    return str(
        pycode(
            expression,
            fully_qualified_modules=False,
            order="none",
            reserved_word_suffix="",
            allow_unknown_functions=True,
        )
    )
