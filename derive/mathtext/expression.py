"""SymPy expression → tree, in the author's order of terms and factors.

The leaves are asked of ``leaf``: with the notation's names it prints the formula, with numbers it prints the formula
with numbers put in. To print another SymPy class, add a method and its line in ``_METHODS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sympy import (
    Abs,
    Add,
    Basic,
    Expr,
    Integer,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    Rational,
    S,
    Symbol,
    cos,
    erf,
    exp,
    log,
    pi,
    sign,
    sin,
    tan,
    tanh,
)
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from derive.mathtext.building import raised, row
from derive.mathtext.tree import (
    APPLY,
    BARS,
    COMMA,
    DOT,
    MINUS,
    NEGATIVE,
    PLUS,
    TIMES,
    Bracket,
    Cases,
    Fraction,
    Identifier,
    Node,
    Number,
    Operator,
    Root,
    Row,
    Scripts,
    Spacing,
)

FUNCTIONS: Mapping[type[Basic], str] = {
    tanh: "tanh",
    sin: "sin",
    cos: "cos",
    tan: "tan",
    Max: "max",
    Min: "min",
    log: "ln",
    erf: "erf",
    sign: "sgn",
}
"""Functions that are printed as a name and bracketed arguments."""

_CONSTANTS: Mapping[Expr, str] = {S.Exp1: "e", pi: "π"}
_POWER_AT_NAME = (sin, cos, tan, tanh)  # tanh²(x), as every textbook has it; others have the power behind: f(x)²

_RELATIONS = {">": ">", "<": "<", ">=": "≥", "<=": "≤", "==": "=", "!=": "≠"}


@dataclass(frozen=True, slots=True)
class ExpressionPrinter:
    """Prints expressions with ``leaf`` at their symbols."""

    leaf: Callable[[Symbol], Node]
    numeric: bool = False
    """Whether the leaves are numbers, between which a × has to stand."""

    def tree(self, expression: Basic) -> Node:
        """The expression as a tree; an unknown SymPy class is our own omission and is named."""
        for base in type(expression).__mro__:
            if method := _METHODS.get(base):
                return method(self, expression)
        raise TypeError(f"mathtext has no way to print {type(expression).__name__}")

    def _symbol(self, symbol: Symbol) -> Node:
        return self.leaf(symbol)

    def _rational(self, number: Rational) -> Node:
        sign = (NEGATIVE,) if number < 0 else ()
        size = abs(number)
        if size.q == 1:
            return row(*sign, Number(str(size.p)))
        return row(*sign, Fraction(Number(str(size.p)), Number(str(size.q))))

    def _sum(self, total: Add) -> Node:
        items: list[Node] = []
        for term in total.args:
            negative, size = split_sign(term)
            if items or negative:
                items.append((MINUS if negative else PLUS) if items else NEGATIVE)
            # A number that is put in may itself be negative: x + (−0.3).
            items.append(self._product(factors_of(size), leads=not items))
        return row(*items)

    def _mul(self, product: Mul) -> Node:
        negative, size = split_sign(product)
        body = self._product(factors_of(size), leads=not negative)
        return row(NEGATIVE, body) if negative else body

    def _product(self, factors: tuple[Expr, ...], leads: bool) -> Node:
        """Factors side by side; ``leads`` says that nothing stands before them."""
        below = [factor for factor in factors if _is_reciprocal(factor)]
        if below:
            return self._quotient([factor for factor in factors if factor not in below], below)
        if len(factors) == 1:
            node = self.tree(factors[0])
            needs_bracket = isinstance(factors[0], Add) or _starts_negative(node)
            return Bracket(node) if needs_bracket and not leads else node
        printed = [self._factor(factor, first=leads and not index) for index, factor in enumerate(factors)]
        items = [printed[0]]
        for index, node in enumerate(printed[1:]):
            sign = self._sign(factors[index], printed[index], node)
            items += [sign, node] if sign else [node]
        return row(*items)

    def _quotient(self, above: list[Expr], below: list[Expr]) -> Node:
        """One fraction; a rational factor is divided among its two parts: 1/(2y), not ½ over y."""
        over = [Integer(factor.p) if isinstance(factor, Rational) else factor for factor in above]
        parts = [Integer(factor.q) for factor in above if isinstance(factor, Rational)]
        return Fraction(
            self._product(_without_ones(over), leads=True),
            self._product(_without_ones([*parts, *(_reciprocal(factor) for factor in below)]), leads=True),
        )

    def _factor(self, factor: Expr, first: bool) -> Node:
        node = self.tree(factor)
        if isinstance(factor, Add) or (_starts_negative(node) and not first):
            return Bracket(node)
        return node

    def _sign(self, left: Expr, before: Node, after: Node) -> Operator | None:
        """What stands between two factors: nothing where letters may touch."""
        if self.numeric:
            power_of_digits = isinstance(after, Scripts) and isinstance(after.base, Number)
            touches = isinstance(after, Bracket | Scripts | Root) and not power_of_digits
            return None if isinstance(left, Rational) and touches else TIMES
        derivative = isinstance(before, Fraction) or isinstance(after, Fraction)
        return DOT if _starts_with_digits(after) or (derivative and not isinstance(left, Rational)) else None

    def _power(self, power: Pow) -> Node:
        base, exponent = power.args
        if _is_reciprocal(power):
            return Fraction(Number("1"), self.tree(_reciprocal(power)))
        if exponent == S.Half:
            return Root(self.tree(base))
        if isinstance(base, _POWER_AT_NAME) and isinstance(exponent, Integer):
            return self._function(base, exponent)
        return raised(self.tree(base), self.tree(exponent))

    def _exponential(self, power: exp) -> Node:
        return Scripts(Identifier("e"), sup=self.tree(power.args[0]))

    def _constant(self, constant: Expr) -> Node:
        return Identifier(_CONSTANTS[constant])

    def _function(self, call: Expr, power: Expr | None = None) -> Node:
        """A name, upright if it is one of ``FUNCTIONS``, and its arguments in brackets."""
        known = FUNCTIONS.get(type(call))
        name: Node = Identifier(known or type(call).__name__, upright=known is not None)
        if power is not None:
            name = raised(name, self.tree(power))
        arguments: list[Node] = []
        for argument in call.args:
            arguments += [COMMA, self.tree(argument)] if arguments else [self.tree(argument)]
        return row(name, APPLY, Bracket(row(*arguments)))

    def _size(self, size: Abs) -> Node:
        return Bracket(self.tree(size.args[0]), BARS)

    def _piecewise(self, pieces: Piecewise) -> Node:
        return Cases(tuple((self.tree(value), self.tree(condition)) for value, condition in pieces.args))

    def _relation(self, relation: Relational) -> Node:
        sign = Operator(_RELATIONS[relation.rel_op], Spacing.RELATION)
        return row(self.tree(relation.lhs), sign, self.tree(relation.rhs))


_METHODS: Mapping[type, Callable[[ExpressionPrinter, Basic], Node]] = {
    Symbol: ExpressionPrinter._symbol,
    Rational: ExpressionPrinter._rational,
    Add: ExpressionPrinter._sum,
    Mul: ExpressionPrinter._mul,
    Pow: ExpressionPrinter._power,
    exp: ExpressionPrinter._exponential,
    **{type(constant): ExpressionPrinter._constant for constant in _CONSTANTS},
    AppliedUndef: ExpressionPrinter._function,
    Abs: ExpressionPrinter._size,
    Piecewise: ExpressionPrinter._piecewise,
    Relational: ExpressionPrinter._relation,
    **dict.fromkeys(FUNCTIONS, ExpressionPrinter._function),
}


def split_sign(term: Expr) -> tuple[bool, Expr]:
    """Whether a term is written with a minus sign, and the term without it."""
    if isinstance(term, Rational) and term < 0:
        return True, -term
    if isinstance(term, Mul):
        negative, first = split_sign(term.args[0])  # −a b is a product of −a and b
        if negative:
            rest = term.args[1:] if first == 1 else (first, *term.args[1:])
            return True, rest[0] if len(rest) == 1 else Mul(*rest, evaluate=False)
    return False, term


def factors_of(term: Expr) -> tuple[Expr, ...]:
    """The factors in the order in which they were written, but for a 1, which is not printed.

    Products within a product dissolve, for a b c is (a b) c to SymPy. A quotient or a product with a minus sign keeps
    together what its author put together.
    """
    if not isinstance(term, Mul):
        return (term,)
    factors = [inner for factor in term.args for inner in (_dissolved(factor) or (factor,))]
    if all(map(_is_reciprocal, term.args[1:])):  # a/b/c
        factors = [*factors_of(term.args[0]), *term.args[1:]]
    return _without_ones(factors)


def _dissolved(factor: Expr) -> tuple[Expr, ...]:
    """The factors of a product that stands in another as if there were no bracket around it, or nothing."""
    if not isinstance(factor, Mul) or split_sign(factor)[0]:
        return ()
    inner = factors_of(factor)
    return () if any(map(_is_reciprocal, inner)) else inner


def _without_ones(factors: Sequence[Expr]) -> tuple[Expr, ...]:
    return tuple(factor for factor in factors if factor != 1) or (S.One,)


def _is_reciprocal(factor: Expr) -> bool:
    return isinstance(factor, Pow) and isinstance(factor.args[1], Rational) and factor.args[1] < 0


def _reciprocal(power: Pow) -> Expr:
    """What a power with a negative exponent is 1 over."""
    base, exponent = power.args
    return base if exponent == -1 else Pow(base, -exponent, evaluate=False)


def _starts_with_digits(node: Node) -> bool:
    match node:
        case Number() | Scripts(Number()):
            return True
        case Row((first, *_)):
            return _starts_with_digits(first)
    return False


def _starts_negative(node: Node) -> bool:
    return node == NEGATIVE or (isinstance(node, Row) and _starts_negative(node.items[0]))
