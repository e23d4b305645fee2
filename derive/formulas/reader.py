"""Formulas as people type them: ``f = (x + sigma(y)) / (sigma(x) + (x + y)**2)``.

A grammar of our own reads them, and nothing that an author types is ever evaluated as Python. A formula becomes a tree
of the operations that were typed, each with its SymPy form.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, ClassVar, TypeAlias

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedToken, v_args
from sympy import Expr, Float, Rational, S, Symbol

from derive.errors import AuthorError, Problem, nearest
from derive.formulas.operations import ALSO_CALLED, FUNCTIONS, OF_SEVERAL, OPERATIONS
from derive.quantities import PARAMETERS, Kind, Variable, quantity_named

MOST_CHARACTERS = 2_000
MOST_OPERATIONS = 200
"""Of all statements together: each of them is a gate, with a value and a gradient to calculate."""
MOST_NESTING = 50
MOST_DIGITS = 17
MOST_EXPONENT = 20
MOST_ARGUMENTS = 6

_LARGEST_CONSTANT = Float("1e30")
_PRECISION = 50
_SHOWN = 24  # characters of a formula in a sentence

_KNOWN_FUNCTIONS = (*FUNCTIONS, *ALSO_CALLED)
# The stems of our own names that an author may use too: w0, b, i1, and whatever is a single letter.
_SHARED_STEMS = {Kind.NAME, *PARAMETERS, *(kind for kind in Kind if len(kind) == 1)}


# --- the tree --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Number:
    """A decimal number, with the digits that the author typed."""

    text: str
    column: int = field(default=0, compare=False)
    operations: ClassVar = 0
    nesting: ClassVar = 0

    @property
    def expression(self) -> Expr:
        return Rational(self.text)

    @property
    def constant(self) -> Expr:
        return Float(self.text, _PRECISION)


@dataclass(frozen=True, slots=True)
class Name:
    """A quantity by its id."""

    id: str
    column: int = field(default=0, compare=False)
    operations: ClassVar = 0
    nesting: ClassVar = 0
    constant: ClassVar = None

    @property
    def expression(self) -> Expr:
        return Symbol(self.id, real=True)


@dataclass(frozen=True, slots=True)
class Operation:
    """One typed operation on its arguments, with what has to be known of it at every level."""

    operator: str
    arguments: tuple[Tree, ...]
    column: int = field(default=0, compare=False)
    expression: Expr = field(default=S.NaN, compare=False, repr=False)
    constant: Expr | None = field(default=None, compare=False, repr=False)
    """Its value to 50 digits, where there is no name in it."""
    operations: int = field(default=0, compare=False, repr=False)
    nesting: int = field(default=0, compare=False, repr=False)


Tree: TypeAlias = Number | Name | Operation


@dataclass(frozen=True, slots=True)
class Statement:
    """name = expression."""

    name: str
    tree: Tree

    @property
    def expression(self) -> Expr:
        return self.tree.expression


def names_in(tree: Tree) -> Iterator[Name]:
    """Every use of a name, from left to right."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Name):
            yield node
        elif isinstance(node, Operation):
            waiting += reversed(node.arguments)


# How strongly an operation binds, how it is written, and what its first and second argument must at least bind.
_WRITTEN = {
    "add": (1, "{} + {}", (1, 2)),
    "subtract": (1, "{} - {}", (1, 2)),
    "multiply": (2, "{}*{}", (2, 3)),
    "divide": (2, "{}/{}", (2, 3)),
    "negate": (3, "-{}", (3,)),
    "power": (4, "{}**{}", (5, 3)),
}
_ATOM = 5


def written(tree: Tree) -> str:
    """The formula as it is typed, with no more brackets than it needs; reading it gives the same tree."""
    if isinstance(tree, Number | Name):
        return tree.text if isinstance(tree, Number) else tree.id
    if tree.operator not in _WRITTEN:
        return f"{tree.operator}({', '.join(map(written, tree.arguments))})"
    _, form, needs = _WRITTEN[tree.operator]
    parts = []
    for argument, need in zip(tree.arguments, needs, strict=True):
        text = written(argument)
        parts.append(text if _binding(argument) >= need else f"({text})")
    return form.format(*parts)


def _binding(tree: Tree) -> int:
    return _WRITTEN[tree.operator][0] if isinstance(tree, Operation) and tree.operator in _WRITTEN else _ATOM


# --- what can be wrong -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong in a formula; columns and statements are counted from 1."""

    code: str
    column: int
    details: Mapping[str, object] = field(default_factory=dict)
    text: str = ""
    statement: int = 1

    @property
    def evidence(self) -> dict[str, object]:
        """What the sentence of the code needs."""
        rest = self.text[self.column - 1 :].strip()
        place = "the end" if not rest else repr(_shortened(rest))
        return {**self.details, "column": self.column, "place": place}

    @property
    def problem(self) -> Problem:
        return Problem(self.code, evidence=self.evidence)


class FormulaError(AuthorError):
    """What an author typed is no formula; ``flaws`` has the codes and the places."""

    def __init__(self, *flaws: Flaw) -> None:
        super().__init__(*(flaw.problem for flaw in flaws))
        self.flaws = flaws


def _shortened(text: str) -> str:
    return str(text) if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


# --- the grammar -----------------------------------------------------------------------------------------------------

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
            raise _flaw("formula_constant", token, found=_shortened(token))
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
            raise _flaw("formula_function", function, found=_shortened(function), nearest=near, known=known)
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
        raise _flaw("formula_zero", token, found=_shortened(written(arguments[1])))
    bare = Operation(operator, arguments, _column(token), expression, None, operations, nesting)
    return replace(bare, constant=_constant(bare, token))


def _levels(operator: str, arguments: tuple[Tree, ...]) -> Iterator[int]:
    for index, argument in enumerate(arguments):
        chained = not index and isinstance(argument, Operation) and argument.operator in _CHAINS.get(operator, ())
        yield argument.nesting + (not chained)


def _check_power(arguments: tuple[Tree, ...], token: Token) -> None:
    base, exponent = arguments
    if exponent.constant is not None and abs(exponent.constant) > MOST_EXPONENT:
        raise _flaw("formula_exponent", token, found=_shortened(written(exponent)), limit=MOST_EXPONENT)
    if base.constant is not None and exponent.constant is None and base.constant <= 0:
        raise _flaw("formula_base", token, found=_shortened(written(base)))


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
        value = _bounded(OPERATIONS[operation.operator](*values).evalf(_PRECISION))
        if value is not None:
            return value
    raise _flaw("formula_constant", token, found=_shortened(written(operation)))


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


def _parsed(text: str, start: str) -> Any:
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


# --- reading ---------------------------------------------------------------------------------------------------------


def read_formula(text: str) -> Expr:
    """One expression in the ids of quantities, such as ``delta_o1 * out_h1@s2``, as an unevaluated SymPy expression."""
    tree: Tree = _parsed(text, "sum")
    return tree.expression


def read_statements(texts: Sequence[str]) -> tuple[Statement, ...]:
    """Assignments in the order in which they are computed; a FormulaError has the flaws of all of them.

    Each name is assigned once and used only after that; what is never assigned is an input.
    """
    flaws: list[Flaw] = []
    statements: dict[int, Statement] = {}
    for number, text in enumerate(texts, start=1):
        try:
            target, tree = _parsed(text, "statement")
            statements[number] = Statement(target.id, tree)
            flaws += _misnamed((target, *names_in(tree)), text, number)
        except FormulaError as error:
            flaws += (replace(flaw, statement=number) for flaw in error.flaws)
    flaws += (replace(flaw, text=texts[flaw.statement - 1]) for flaw in _disordered(statements))
    if flaws:
        raise FormulaError(*sorted(flaws, key=lambda flaw: (flaw.statement, flaw.column)))
    return tuple(statements.values())


def inputs_of(statements: Sequence[Statement]) -> tuple[str, ...]:
    """The names that are used and never assigned, in the order of their first use."""
    assigned = {statement.name for statement in statements}
    used = dict.fromkeys(name.id for statement in statements for name in names_in(statement.tree))
    return tuple(name for name in used if name not in assigned)


def _each_once(names: Iterable[Name]) -> Iterable[Name]:
    """Every name at its first place."""
    first: dict[str, Name] = {}
    for name in names:
        first.setdefault(name.id, name)
    return first.values()


def _misnamed(names: Iterable[Name], text: str, number: int) -> Iterator[Flaw]:
    """Names that an author cannot give."""
    for name in _each_once(names):
        details = {"found": _shortened(name.id)}
        if not re.fullmatch(r"[A-Za-z]+[0-9]*", name.id):
            yield Flaw("formula_name", name.column, details, text, number)
        elif not _is_free(name.id):
            yield Flaw("formula_reserved", name.column, details, text, number)


def _is_free(name: str) -> bool:
    quantity = quantity_named(name)
    return isinstance(quantity, Variable) and quantity.kind in _SHARED_STEMS


def _disordered(statements: Mapping[int, Statement]) -> Iterator[Flaw]:
    """Names assigned twice or used too early, and the statement in which the operations become too many."""
    assigned: dict[str, int] = {}
    for number, statement in statements.items():
        if assigned.setdefault(statement.name, number) != number:
            details = {"found": _shortened(statement.name), "first": assigned[statement.name]}
            yield Flaw("formula_assigned_twice", 1, details, statement=number)
    operations = 0
    for number, statement in statements.items():
        before, operations = operations, operations + statement.tree.operations
        if before <= MOST_OPERATIONS < operations:
            yield Flaw("formula_operations", 1, {"limit": MOST_OPERATIONS}, statement=number)
        for name in _each_once(names_in(statement.tree)):
            if assigned.get(name.id, 0) >= number:
                details = {"found": _shortened(name.id), "used": number, "assigned": assigned[name.id]}
                yield Flaw("formula_too_early", name.column, details, statement=number)
