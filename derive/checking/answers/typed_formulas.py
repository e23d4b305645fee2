"""Formulas as people write them: tokens to SymPy expressions that are built, not evaluated.

Where a text can be read in two ways it has both readings. 1/2x is half of x to some and 1/(2x) to others, and e^-2x has
the x in the exponent for some: products that are written without a sign bind as strongly as a written × and ÷ in the
first reading, more strongly than ÷ in the second, and stay in an exponent in the third.

Cases are a sum: 1 (z > 0); 0 (z ≤ 0) is 1·[z > 0] + 0·[z ≤ 0], where a condition in brackets is 1 if it holds, else 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedToken, v_args
from lark.lexer import Lexer
from sympy import E, Expr, Float, Integer, Rational, Symbol, pi

from derive.checking.answers.characters import control_character_in, unify
from derive.checking.answers.equality import NoRealValueError, value_at
from derive.checking.answers.functions import CONDITIONS, Function
from derive.checking.answers.lexer import tokens_of
from derive.checking.answers.names import Names
from derive.checking.answers.typed_numbers import is_blank
from derive.checking.answers.unreadable import Blank, NotReadError, Unreadable, shortened
from derive.model.formulas.operations import FUNCTIONS, SIGNS

MOST_CHARACTERS = 1_000
MOST_OPERATIONS = 200
MOST_NESTING = 50
MOST_EXPONENT = 100

_GRAMMAR = r"""
start: cases

?cases: sum
    | cases SEMICOLON sum -> binary
?sum: product
    | sum PLUS product -> binary
    | sum MINUS product -> binary
?product: signed
    | product TIMES signed -> binary
    | product DIVIDE signed -> binary
    {loose}
?signed: group
    | MINUS signed -> negative
    | PLUS signed -> positive
?group: power
    {tight}
?power: atom
    | atom RAISED -> raised
    | atom POWER exponent -> binary
?exponent: factors
    | MINUS exponent -> negative
    | PLUS exponent -> positive
?factors: power
    {greedy}
?atom: NUMBER -> number
    | NAME -> name
    | CONSTANT -> constant
    | _OPEN sum _CLOSE -> bracketed
    | _OPEN sum RELATION sum _CLOSE -> condition
    | _BAR sum _BAR_END -> size
    | ROOT radicand -> root
    | FUNCTION _OPEN sum (_COMMA sum)* _CLOSE -> call
    | FUNCTION RAISED _OPEN sum (_COMMA sum)* _CLOSE -> call
    | FUNCTION simple -> bare_call
?radicand: atom
    | atom RAISED -> raised
?simple: NUMBER -> number
    | NAME -> name
    | CONSTANT -> constant

%declare PLUS MINUS TIMES DIVIDE POWER RAISED TOUCHING SPACED NUMBER NAME CONSTANT FUNCTION ROOT
%declare RELATION SEMICOLON
%declare _OPEN _CLOSE _BAR _BAR_END _COMMA
"""
_WITHOUT_SIGN = "| {left} TOUCHING power -> binary\n    | {left} SPACED power -> binary"
_OPERATOR_OF = {
    "PLUS": "add",
    "SEMICOLON": "add",
    "MINUS": "subtract",
    "TIMES": "multiply",
    "TOUCHING": "multiply",
    "SPACED": "multiply",
    "DIVIDE": "divide",
    "POWER": "power",
}
_CHAINED = ("add", "subtract", "multiply", "divide")  # goes on in one chain, which is not one level deeper
_DIGITS = 50  # of the value of a part without names


@dataclass(frozen=True, slots=True)
class ReadFormula:
    """Every expression in the ids of quantities that the text can be read as, the likeliest first."""

    readings: tuple[Expr, ...]

    @property
    def uses(self) -> frozenset[str]:
        """The ids of the quantities in it; a formula for a quantity that uses it says nothing."""
        return frozenset(str(symbol.name) for reading in self.readings for symbol in reading.free_symbols)


@dataclass(frozen=True, slots=True)
class _Part:
    """An expression, with what has to be known of it at every level."""

    expression: Expr
    operator: str = ""
    constant: Expr | None = None
    """Its value, where there is no name in it."""
    operations: int = 0
    nesting: int = 0
    call: str = ""
    """The function that a part ends in whose argument has no brackets: ln x."""


def read_formula(text: str, names: Names) -> ReadFormula | Blank | Unreadable:
    """What an answer says; of an equation, its last side."""
    if len(text) > MOST_CHARACTERS and text.strip():
        return Unreadable("answer_too_long", text, MOST_CHARACTERS, {"limit": MOST_CHARACTERS})
    line = unify(text)
    if is_blank(line):
        return Blank()
    place = control_character_in(line)
    if place is not None:
        return Unreadable("answer_character", text, place, {"found": f"U+{ord(text[place]):04X}"})
    try:
        tokens = tokens_of(text, names)
        kinds = {token.type for token in tokens}
        is_tight = "DIVIDE" in kinds and not kinds.isdisjoint(("TOUCHING", "SPACED"))
        is_greedy = {"POWER", "TOUCHING"} <= kinds
        ways = product((False, True)[: 1 + is_tight], (False, True)[: 1 + is_greedy])
        readings = [_parsed(tokens, text, *way) for way in ways]
        return ReadFormula(tuple(dict.fromkeys(readings)))
    except NotReadError as error:
        return error.of(text)


def _parsed(tokens: list[Token], text: str, tight: bool, greedy: bool) -> Expr:
    try:
        part: _Part = _parser(tight, greedy).parse(tokens)  # type: ignore[assignment]
    except UnexpectedToken as error:
        place = len(text) if error.token.type == "$END" else error.token.start_pos
        is_missing = "NAME" in error.expected
        raise NotReadError(
            "answer_operand_expected" if is_missing else "answer_operator_expected", place or 0
        ) from None
    return part.expression


class _Tokens(Lexer):
    """Hands on tokens that are there already."""

    def __init__(self, _: Any) -> None:
        pass

    def lex(self, tokens: Any) -> Iterator[Token]:  # type: ignore[override]
        yield from tokens


@cache
def _parser(tight: bool, greedy: bool) -> Lark:
    grammar = _GRAMMAR.format(
        loose="" if tight else _WITHOUT_SIGN.format(left="product"),
        tight=_WITHOUT_SIGN.format(left="group") if tight else "",
        greedy="| factors TOUCHING power -> binary" if greedy else "",
    )
    return Lark(grammar, parser="lalr", lexer=_Tokens, transformer=_Builder())


@v_args(inline=True)
class _Builder(Transformer[Token, _Part]):
    """Builds the expression while the parser goes along, so that each limit stops it as soon as it is passed."""

    def start(self, part: _Part) -> _Part:
        return part

    def number(self, token: Token) -> _Part:
        value = Fraction(str(token))
        expression = Rational(value.numerator, value.denominator)
        return _Part(expression, constant=Float(expression, _DIGITS))

    def name(self, token: Token) -> _Part:
        return _Part(Symbol(str(token), real=True))

    def constant(self, token: Token) -> _Part:
        value = {"e": E, "pi": pi}[str(token)]
        return _Part(value, constant=Float(value, _DIGITS))

    def binary(self, left: _Part, sign: Token, right: _Part) -> _Part:
        operator = _OPERATOR_OF[sign.type]
        if sign.type in _WITHOUT_BRACKETS:
            _check_call(left, sign)
        if operator == "power":
            return _power(left, right, sign)
        return replace(
            _joined(operator, SIGNS[operator], (left, right), sign),
            call=right.call if operator in ("multiply", "divide") else "",
        )

    def raised(self, base: _Part, token: Token) -> _Part:
        _check_call(base, token)
        return _power(base, _integer(token), token)

    def negative(self, sign: Token, inner: _Part) -> _Part:
        return replace(_joined("negate", SIGNS["negate"], (inner,), sign), call=inner.call)

    def positive(self, _: Token, inner: _Part) -> _Part:
        return inner

    def bracketed(self, inner: _Part) -> _Part:
        return replace(inner, call="")

    def condition(self, left: _Part, relation: Token, right: _Part) -> _Part:
        return _joined("condition", CONDITIONS[relation.value], (left, right), relation)

    def size(self, inner: _Part) -> _Part:
        return _joined("abs", FUNCTIONS["abs"], (inner,), None)

    def root(self, sign: Token, inner: _Part) -> _Part:
        return _joined("sqrt", FUNCTIONS["sqrt"], (inner,), sign)

    def call(self, token: Token, *parts: _Part | Token) -> _Part:
        function: Function = token.value
        arguments = tuple(part for part in parts if isinstance(part, _Part))
        if len(arguments) not in function.arguments:
            raise NotReadError("answer_arguments", token.start_pos or 0, name=function.name, found=len(arguments))
        value = _joined(function.name, function.build, arguments, token)
        raised = parts[0]
        if not isinstance(raised, Token):
            return value
        if raised.startswith("-"):  # tanh⁻¹ is another function to some, and 1/tanh to others
            raise NotReadError("answer_function_ambiguous", raised.start_pos or 0, name=function.name)
        return _power(value, _integer(raised), raised)

    def bare_call(self, token: Token, argument: _Part) -> _Part:
        return replace(self.call(token, argument), call=token.value.name)


_WITHOUT_BRACKETS = ("TOUCHING", "SPACED", "POWER")


def _check_call(left: _Part, token: Token) -> None:
    """ln x y can be ln(x)·y and ln(x·y)."""
    if left.call:
        raise NotReadError("answer_function_ambiguous", token.start_pos or 0, name=left.call)


def _integer(token: Token) -> _Part:
    if len(token.lstrip("-0")) > len(str(MOST_EXPONENT)):
        raise NotReadError("answer_exponent", token.start_pos or 0, found=shortened(token), limit=MOST_EXPONENT)
    return _Part(Integer(int(token)), constant=Float(int(token), _DIGITS))


def _power(base: _Part, exponent: _Part, token: Token) -> _Part:
    if base.expression == E:
        return _joined("power", FUNCTIONS["exp"], (exponent,), token)
    if exponent.constant is not None and abs(exponent.constant) > MOST_EXPONENT:
        found = str(Float(exponent.constant, 4))
        raise NotReadError("answer_exponent", token.start_pos or 0, found=found, limit=MOST_EXPONENT)
    return _joined("power", SIGNS["power"], (base, exponent), token)


def _joined(
    operator: str,
    build: Callable[..., Expr],
    arguments: tuple[_Part, ...],
    token: Token | None,
) -> _Part:
    """An operation on some parts, if it is within the limits."""
    place = (token.start_pos if token is not None else None) or 0
    operations = 1 + sum(argument.operations for argument in arguments)
    chained = operator in _CHAINED and arguments[0].operator in _CHAINED
    nesting = max(part.nesting + (bool(index) or not chained) for index, part in enumerate(arguments))
    if operations > MOST_OPERATIONS:
        raise NotReadError("answer_operations", place, limit=MOST_OPERATIONS)
    if nesting > MOST_NESTING:
        raise NotReadError("answer_nesting", place, limit=MOST_NESTING)
    constants = [argument.constant for argument in arguments]
    if operator == "divide" and constants[1] is not None and constants[1].is_zero:
        raise NotReadError("answer_zero_divisor", place)
    constant = None
    if None not in constants:
        try:
            constant = Float(value_at(build(*constants), {}), _DIGITS)
        except NoRealValueError:
            raise NotReadError("answer_constant", place) from None
    expression = build(*(argument.expression for argument in arguments))
    return _Part(expression, operator, constant, operations, nesting)
