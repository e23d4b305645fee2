"""The grammar of formulas, which is all that an author can type, and the limits that keep each of them small.

Nothing is ever evaluated as Python.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedToken, v_args
from sympy import Expr, Float, S

from derive.model.formulas.flaws import Flaw, FormulaError, shortened
from derive.model.formulas.operations import ALSO_CALLED, FUNCTIONS, OF_SEVERAL, OPERATIONS
from derive.model.formulas.trees import PRECISION, Name, Number, Operation, Tree, written
from derive.words.errors import nearest

MOST_CHARACTERS = 2_000
MOST_OPERATIONS = 200
"""Of all statements together: each of them is a gate, with a value and a gradient to calculate."""
MOST_NESTING = 50
MOST_DIGITS = 17
MOST_EXPONENT = 20
MOST_ARGUMENTS = 6

_LARGEST_CONSTANT = Float("1e30")
_KNOWN_FUNCTIONS = (*FUNCTIONS, *ALSO_CALLED)

_GRAMMAR = r"""
statement: NAME "=" sum

?sum: product
    | sum (PLUS | MINUS) product     -> binary
?product: unary
    | product (TIMES | DIVIDE) unary -> binary
?unary: power
    | MINUS unary                    -> negative
?power: atom
    | atom POWER unary               -> binary
?atom: NUMBER                        -> number
    | NAME                           -> name
    | NAME "(" sum ("," sum)* ")"    -> call
    | "(" sum ")"

NAME: /[A-Za-z][A-Za-z0-9_]*(@s[0-9]+)?/
NUMBER: /([0-9]+(\.[0-9]+)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?/
PLUS: "+"
MINUS: "-" | "−"
TIMES: "*" | "×" | "·" | "⋅"
DIVIDE: "/"
POWER: "**" | "^"
%ignore /\s+/
"""

_OPERATOR_OF = {"PLUS": "add", "MINUS": "subtract", "TIMES": "multiply", "DIVIDE": "divide", "POWER": "power"}
# The left argument that goes on in the same chain of terms or factors, and so is not one level deeper.
_CHAINS = {
    "add": ("add", "subtract"),
    "subtract": ("add", "subtract"),
    "multiply": ("multiply",),
    "divide": ("multiply", "divide"),
}


@v_args(inline=True)
class _TreeBuilder(Transformer[Token, Tree]):
    """Builds the tree while the parser goes along, so that each limit stops it as soon as it is passed."""

    def statement(self, name: Token, tree: Tree) -> tuple[Name, Tree]:
        return self.name(name), tree

    def number(self, token: Token) -> Tree:
        digits = token.lower().partition("e")[0].replace(".", "").lstrip("0")
        if len(digits) > MOST_DIGITS:
            raise _flaw("formula_digits", token, found=len(digits), limit=MOST_DIGITS)
        number = Number(str(token), _column(token))
        if _bounded(number.constant) is None:
            raise _flaw("formula_constant", token, found=shortened(token))
        return number

    def name(self, token: Token) -> Name:
        if token in _KNOWN_FUNCTIONS:
            raise _flaw("formula_reserved", token, found=str(token))
        return Name(str(token), _column(token))

    def binary(self, left: Tree, sign: Token, right: Tree) -> Tree:
        return _operation(_OPERATOR_OF[sign.type], (left, right), sign)

    def negative(self, sign: Token, inner: Tree) -> Tree:
        return _operation("negate", (inner,), sign)

    def call(self, function: Token, *arguments: Tree) -> Tree:
        operator = ALSO_CALLED.get(function, str(function))
        if operator not in FUNCTIONS:
            near = nearest(function, _KNOWN_FUNCTIONS) if len(function) > 2 else ""  # x(y + 1) was to be a product
            known = ", ".join(_KNOWN_FUNCTIONS)
            raise _flaw("formula_function", function, found=shortened(function), nearest=near, known=known)
        fewest, most = (2, MOST_ARGUMENTS) if operator in OF_SEVERAL else (1, 1)
        if not fewest <= len(arguments) <= most:
            expected = f"{fewest} to {most} arguments" if most > 1 else "one argument"
            raise _flaw("formula_arguments", function, name=str(function), found=len(arguments), expected=expected)
        return _operation(operator, arguments, function)


def _operation(operator: str, arguments: tuple[Tree, ...], token: Token) -> Operation:
    expression = OPERATIONS[operator](*(argument.expression for argument in arguments))
    operations = 1 + sum(argument.operations for argument in arguments)
    nesting = max(_levels(operator, arguments))
    if operations > MOST_OPERATIONS:
        raise _flaw("formula_operations", token, limit=MOST_OPERATIONS)
    if nesting > MOST_NESTING:
        raise _flaw("formula_nesting", token, limit=MOST_NESTING)
    if operator == "power":
        _check_power(arguments, token)
    if operator == "divide" and _is_zero(arguments[1]):
        raise _flaw("formula_zero", token, found=shortened(written(arguments[1])))
    bare = Operation(operator, arguments, _column(token), expression, None, operations, nesting)
    return replace(bare, constant=_constant(bare, token))


def _levels(operator: str, arguments: tuple[Tree, ...]) -> Iterator[int]:
    for index, argument in enumerate(arguments):
        chained = not index and isinstance(argument, Operation) and argument.operator in _CHAINS.get(operator, ())
        yield argument.nesting + (not chained)


def _check_power(arguments: tuple[Tree, ...], token: Token) -> None:
    base, exponent = arguments
    if exponent.constant is not None and abs(exponent.constant) > MOST_EXPONENT:
        raise _flaw("formula_exponent", token, found=shortened(written(exponent)), limit=MOST_EXPONENT)
    if base.constant is not None and exponent.constant is None and base.constant <= 0:
        raise _flaw("formula_base", token, found=shortened(written(base)))


def _is_zero(tree: Tree) -> bool:
    return tree.constant is not None and bool(tree.constant.is_zero)


def _constant(operation: Operation, token: Token) -> Expr | None:
    """The value of an operation without names.

    Kept small from the inside out, so that neither 9**9**9 nor a division by 1 − 1 is ever attempted.
    """
    values = [argument.constant for argument in operation.arguments]
    if None in values:
        return None
    with suppress(ZeroDivisionError):
        value = _bounded(OPERATIONS[operation.operator](*values).evalf(PRECISION))
        if value is not None:
            return value
    raise _flaw("formula_constant", token, found=shortened(written(operation)))


def _bounded(value: Expr) -> Expr | None:
    """The value, if it is a real number that can be calculated with; what rounding has left of a 0 is 0."""
    if not value.is_Number or not value.is_finite or abs(value) > _LARGEST_CONSTANT:
        return None
    return value if abs(value) * _LARGEST_CONSTANT >= 1 else S.Zero


def _column(token: Token) -> int:
    return (token.start_pos or 0) + 1


def _flaw(code: str, token: Token, **details: object) -> FormulaError:
    return FormulaError(Flaw(code, _column(token), details))


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", start=["sum", "statement"], transformer=_TreeBuilder())


def parsed(text: str, start: str) -> Any:
    """What a text is by one rule of the grammar; ``FormulaError`` with the place where it is not."""
    if len(text) > MOST_CHARACTERS:
        raise FormulaError(Flaw("formula_too_long", 1, {"found": len(text), "limit": MOST_CHARACTERS}, text))
    try:
        return _parser().parse(text, start=start)
    except FormulaError as error:
        raise FormulaError(*(replace(flaw, text=text) for flaw in error.flaws)) from None
    except UnexpectedCharacters as error:
        raise FormulaError(_unexpected(text, error.pos_in_stream, error.allowed - {"RPAR"})) from None
    except UnexpectedToken as error:
        if error.token.type == "$END":
            raise FormulaError(_unexpected(text, len(text), error.accepts)) from None
        raise FormulaError(_unexpected(text, error.pos_in_stream, error.accepts - {"RPAR"})) from None


# The first of these that could have stood there says what was expected.
_EXPECTED = {
    "NUMBER": "a name, a number, a function or '('",
    "EQUAL": "'=' after a name, as in f = x + y",
    "NAME": "a name and '=', as in f = x + y",
    "RPAR": "')'",
    "PLUS": "an operator such as + or *; a product needs its *",
}


def _unexpected(text: str, position: int | None, possible: Collection[str]) -> Flaw:
    expected = next(words for terminal, words in _EXPECTED.items() if terminal in possible)
    return Flaw("formula_unexpected", (position or 0) + 1, {"expected": expected}, text)
