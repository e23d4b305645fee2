"""SymPy expression → tree, in the author's order of terms and factors.

The leaves are asked of ``leaf``: with the notation's names it prints the formula, with numbers it prints the formula
with numbers put in. To print another SymPy class, add a method and its line in ``_METHODS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sympy import Abs, Add, Basic, Expr, Max, Mul, Piecewise, Pow, Rational, S, Symbol, exp, log, tanh
from sympy.core.relational import Relational

from derive.mathtext.tree import (
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
    Row,
    Scripts,
    Spacing,
    row,
)

FUNCTIONS: Mapping[type[Basic], str] = {tanh: "tanh", Max: "max", log: "ln", Abs: "abs"}
"""Functions that are printed as a name and bracketed arguments."""

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
        above = [factor for factor in factors if not _is_reciprocal(factor)]
        below = [1 / factor for factor in factors if _is_reciprocal(factor)]
        if below:
            return Fraction(self._product(tuple(above) or (S.One,), True), self._product(tuple(below), True))
        if len(above) == 1:
            node = self.tree(above[0])
            needs_bracket = isinstance(above[0], Add) or _starts_negative(node)
            return Bracket(node) if needs_bracket and not leads else node
        printed = [self._factor(factor, first=leads and not index) for index, factor in enumerate(above)]
        items = [printed[0]]
        for index, node in enumerate(printed[1:]):
            sign = self._sign(above[index], printed[index], node)
            items += [sign, node] if sign else [node]
        return row(*items)

    def _factor(self, factor: Expr, first: bool) -> Node:
        node = self.tree(factor)
        if isinstance(factor, Add) or (_starts_negative(node) and not first):
            return Bracket(node)
        return node

    def _sign(self, left: Expr, before: Node, after: Node) -> Operator | None:
        """What stands between two factors: nothing where letters may touch."""
        if self.numeric:
            return None if isinstance(left, Rational) and isinstance(after, Bracket | Scripts) else TIMES
        derivative = isinstance(before, Fraction) or isinstance(after, Fraction)
        return DOT if derivative and not isinstance(left, Rational) else None

    def _power(self, power: Pow) -> Node:
        base, exponent = power.args
        if exponent == -1:
            return Fraction(Number("1"), self.tree(base))
        node = self.tree(base)
        match node:
            case Scripts(stem, sub, None):  # the square of out_h1 stands above its index
                return Scripts(stem, sub, self.tree(exponent))
            case Identifier() | Number(exponent=0):
                return Scripts(node, sup=self.tree(exponent))
            case _:
                return Scripts(Bracket(node), sup=self.tree(exponent))

    def _exponential(self, power: exp) -> Node:
        return Scripts(Identifier("e"), sup=self.tree(power.args[0]))

    def _function(self, call: Expr) -> Node:
        arguments: list[Node] = []
        for argument in call.args:
            arguments += [COMMA, self.tree(argument)] if arguments else [self.tree(argument)]
        return row(Identifier(FUNCTIONS[type(call)], upright=True), Bracket(row(*arguments)))

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
    Piecewise: ExpressionPrinter._piecewise,
    Relational: ExpressionPrinter._relation,
    **dict.fromkeys(FUNCTIONS, ExpressionPrinter._function),
}


def split_sign(term: Expr) -> tuple[bool, Expr]:
    """Whether a term is written with a minus sign, and the term without it."""
    if isinstance(term, Rational) and term < 0:
        return True, -term
    if isinstance(term, Mul) and isinstance(term.args[0], Rational) and term.args[0] < 0:
        rest = term.args[1:] if term.args[0] == -1 else (-term.args[0], *term.args[1:])
        return True, rest[0] if len(rest) == 1 else Mul(*rest, evaluate=False)
    return False, term


def factors_of(term: Expr) -> tuple[Expr, ...]:
    """The factors in the order in which they were written, but for a 1, which is not printed."""
    factors = term.args if isinstance(term, Mul) else (term,)
    return tuple(factor for factor in factors if factor != 1) or (S.One,)


def _is_reciprocal(factor: Expr) -> bool:
    return isinstance(factor, Pow) and factor.args[1] == -1


def _starts_negative(node: Node) -> bool:
    return node == NEGATIVE or (isinstance(node, Row) and _starts_negative(node.items[0]))
