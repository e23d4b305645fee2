"""A step in matrices as printed mathematics: symbols with the shapes below them, numbers put in, and the value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sympy import Add, Expr, Mul, Rational, Symbol

from derive.derivation.round import Derivation
from derive.equations.matrices.forms import (
    Applied,
    Entrywise,
    Factor,
    Form,
    Layout,
    MatrixStep,
    Ones,
    Sum,
    Total,
    whole_of,
)
from derive.equations.scalars import Equations, branch_of
from derive.mathtext.building import row, transposed
from derive.mathtext.contents import children, holds_matrix
from derive.mathtext.equation import LINE_WIDTH, equation, stacked
from derive.mathtext.expression import ExpressionPrinter
from derive.mathtext.sizes import width
from derive.mathtext.tree import (
    APPLY,
    DOTS_ACROSS,
    DOTS_ASLANT,
    DOTS_DOWN,
    EQUALS,
    HADAMARD,
    MINUS,
    NEGATIVE,
    PLUS,
    Aligned,
    Bracket,
    Identifier,
    Matrix,
    Node,
    Noted,
    Number,
    Operator,
    Scripts,
    Spacing,
)
from derive.model.quantities import Quantity, quantity_named

MOST_ROWS = 16
_ROOM = LINE_WIDTH - 6  # em: what stands before a matrix takes the rest
ONES = Identifier("1", upright=True, bold=True)
_DIAGONAL = Identifier("diag", upright=True)
_BY = Operator("×", Spacing.NONE)
_SIGMA, _INDEX, _THIN = Identifier("Σ", upright=True), Identifier("k"), Operator("\u2009", Spacing.NONE)


@dataclass(frozen=True, slots=True)
class EntrywisePrinter(ExpressionPrinter):
    """Prints a formula that holds for each entry: ⊙ between matrices, nothing between a number and a matrix."""

    def _sign(self, left: Expr, before: Node, after: Node) -> Operator | None:
        matrices = _is_whole(before), _is_whole(after)
        if all(matrices):
            return HADAMARD
        return None if any(matrices) else ExpressionPrinter._sign(self, left, before, after)


def _is_whole(node: Node) -> bool:
    """Whether there is a matrix in it, as numbers or as a bold name."""
    match node:
        case Matrix() | Identifier(bold=True):
            return True
        case _:
            return any(map(_is_whole, children(node)))


@dataclass(frozen=True, slots=True)
class Whole:
    """The printed numbers of a matrix or of one value, and the root of the sum of their squares."""

    value: Node
    norm: Node | None = None


@dataclass(frozen=True)
class MatrixEquations:
    """Prints vectors, matrices and the steps between them, with the numbers of their entries."""

    layout: Layout
    equations: Equations
    scalar: Derivation | None = None
    """The steps of the entries."""
    wholes: Mapping[str, Whole] = field(default_factory=dict)
    """The numbers of matrices whose entries have no names, by the matrix's id."""

    # --- symbols ------------------------------------------------------------------------------------------------------

    def symbolic(self, step: MatrixStep) -> Aligned:
        """quantity = form = form …, with the shape below each matrix."""
        return equation(self.noted(step.quantity), [self.in_symbols(form) for form in step.matrix_forms])

    def noted(self, quantity: Quantity) -> Node:
        """A symbol with its shape."""
        return _noted(self.equations.notation.symbol(quantity), self.layout.shape(quantity))

    def in_symbols(self, form: Form) -> Node:
        """What a quantity equals, in names."""
        match form:
            case Sum(terms):
                return _added((term.negative, [self._symbol(factor) for factor in term.factors]) for term in terms)
            case Entrywise(expression):
                return self._formula(expression)
            case Total(expression, share):
                sign = row(Scripts(_SIGMA, sub=_INDEX), _THIN)
                printer = ExpressionPrinter(lambda name: self._entry(quantity_named(name.name)))
                summand = printer.tree(expression)
                whole = row(sign, Bracket(summand) if isinstance(expression, Add) else summand)
                return whole if share == 1 else row(printer.tree(share), _THIN, whole)
            case Applied(net):
                assert net.layer
                return row(self.equations.notation.function(net.layer), APPLY, Bracket(self.noted(net)))

    def _symbol(self, factor: Factor | Ones) -> Node:
        """A factor with the shape in which it is multiplied."""
        shape = self._shape(factor)
        if isinstance(factor, Ones):
            return _noted(transposed(ONES) if factor.transposed else ONES, shape)
        name = self.equations.notation.symbol(factor.quantity)
        if factor.diagonal:
            return _noted(row(_DIAGONAL, APPLY, Bracket(name)), shape)
        return _noted(transposed(name) if factor.transposed else name, shape)

    def _shape(self, factor: Factor | Ones) -> tuple[int, int] | None:
        if isinstance(factor, Ones):
            shape: tuple[int, int] | None = (1, factor.size) if self.layout.in_rows else (factor.size, 1)
        else:
            shape = self.layout.shape(factor.quantity)
        if shape and isinstance(factor, Factor) and factor.diagonal:
            return max(shape), max(shape)
        return shape[::-1] if shape and factor.transposed else shape

    def _entry(self, whole: Quantity) -> Node:
        """The entry number k of a vector; a number as it is."""
        if whole_of(whole) is None:
            return self.equations.notation.symbol(whole)
        match self.equations.notation.symbol(whole):
            case Scripts(Identifier(text), _, sup):
                return Scripts(Identifier(text), _INDEX, sup)
            case Identifier(text):
                return Scripts(Identifier(text), _INDEX)
            case other:
                return other

    def _formula(self, expression: Expr) -> Node:
        """A formula of entries; where it is a sum of multiples, the matrices show their shapes."""
        symbol = self.equations.notation.symbol
        print_leaf = self.noted if _is_linear(expression) else symbol
        return EntrywisePrinter(lambda name: print_leaf(quantity_named(name.name))).tree(expression)

    # --- numbers ------------------------------------------------------------------------------------------------------

    def worked(self, step: MatrixStep) -> Aligned:
        """Each form in symbols, then with numbers put in, then the value."""
        if not (self.equations.numbers or self.wholes):
            return self.symbolic(step)
        return stacked([self._worked_form(step, form) for form in step.matrix_forms])

    def _worked_form(self, step: MatrixStep, form: Form) -> Aligned:
        sides = [self.in_symbols(form), *self._in_numbers(step, form), self.value(step.quantity)]
        return equation(self.noted(step.quantity), list(dict.fromkeys(sides)))

    def value(self, quantity: Quantity) -> Node:
        """The matrix of the printed numbers; of a quantity that is one number, that number."""
        if quantity.id in self.wholes:
            return self.wholes[quantity.id].value
        numbers = self.equations.numbers
        return self._grid(quantity, lambda entry: numbers[entry.id])

    def valued(self, quantity: Quantity) -> Node:
        """quantity = value, in one line."""
        return row(self.equations.notation.symbol(quantity), EQUALS, self.value(quantity))

    def _grid(self, quantity: Quantity, printed: Callable[[Quantity], Node]) -> Node:
        cells = [[printed(entry) for entry in line] for line in self.layout.entries(quantity)]
        return cells[0][0] if whole_of(quantity) is None else elided(cells)

    def _in_numbers(self, step: MatrixStep, form: Form) -> Iterator[Node]:
        """The form with matrices of numbers, or a matrix of the entries' own formulas; nothing where neither fits."""
        if not self.equations.numbers:
            return
        match form:
            case Sum(terms):
                yield _added((term.negative, [self._number(factor) for factor in term.factors]) for term in terms)
            case Entrywise(expression) if _is_linear(expression):
                yield EntrywisePrinter(lambda name: self.value(quantity_named(name.name)), numeric=True).tree(
                    expression
                )
            case _:
                cells = self._grid(step.quantity, self._own_formula)
                if width(cells) <= _ROOM and not is_elided(cells):
                    yield cells

    def _number(self, factor: Factor | Ones) -> Node:
        if isinstance(factor, Ones):
            rows, columns = self._shape(factor) or (1, 1)
            return elided([[Number("1")] * columns for _ in range(rows)])
        cells = [[self.equations.numbers[entry.id] for entry in line] for line in self.layout.entries(factor.quantity)]
        if whole_of(factor.quantity) is None:
            return cells[0][0]
        if factor.diagonal:
            entries = [cell for line in cells for cell in line]
            size = range(len(entries))
            cells = [[entries[i] if i == j else Number("0") for j in size] for i in size]
        return elided([list(column) for column in zip(*cells, strict=True)] if factor.transposed else cells)

    def _own_formula(self, entry: Quantity) -> Node:
        assert self.scalar
        branch, _ = branch_of(self.scalar[entry.id].expression, self.equations.values)
        return self.equations.in_numbers(branch)


def _is_linear(expression: Expr) -> bool:
    """Whether it adds up products of symbols and numbers, so that it holds for matrices as well as for entries."""
    match expression:
        case Symbol() | Rational():
            return True
        case Mul():
            return all(map(_is_linear, expression.args))
        case Add():
            return all(term.free_symbols and _is_linear(term) for term in expression.args)
        case _:
            return False


def _added(terms: Iterator[tuple[bool, list[Node]]]) -> Node:
    items: list[Node] = []
    for negative, factors in terms:
        if items or negative:
            items.append((MINUS if negative else PLUS) if items else NEGATIVE)
        items += _multiplied(factors, leads=not items)
    return row(*items)


def _multiplied(factors: Sequence[Node], leads: bool) -> Iterator[Node]:
    """Side by side; a number before a matrix needs brackets where it is negative and something stands before it."""
    for index, factor in enumerate(factors):
        is_negative = not leads and not index and not holds_matrix(factor) and children(factor)[:1] == (NEGATIVE,)
        yield Bracket(factor) if is_negative else factor


def _noted(name: Node, shape: tuple[int, int] | None) -> Node:
    return Noted(name, row(Number(str(shape[0])), _BY, Number(str(shape[1])))) if shape else name


def elided(cells: Sequence[Sequence[Node]]) -> Matrix:
    """A matrix that fits on a line and a page: of too many rows or columns the first ones, dots, and the last."""
    widths = [max(map(width, column)) + 0.8 for column in zip(*cells, strict=True)]
    return cut((len(cells), len(widths)), (MOST_ROWS, _columns_that_fit(widths)), lambda i, j: cells[i][j])


def cut(shape: tuple[int, int], most: tuple[int, int], cell: Callable[[int, int], Node]) -> Matrix:
    """A matrix of at most so many rows and columns, dots among them."""
    down, across = (_kept(count, limit) for count, limit in zip(shape, most, strict=True))
    return Matrix(tuple(tuple(_cell(cell, i, j) for j in across) for i in down))


def _columns_that_fit(widths: Sequence[float]) -> int:
    room, count = _ROOM, 0
    while count < len(widths) and room >= widths[count]:
        room -= widths[count]
        count += 1
    return max(count, 3)


def _kept(count: int, limit: int) -> list[int | None]:
    return list(range(count)) if count <= limit else [*range(limit - 2), None, count - 1]


def _cell(cell: Callable[[int, int], Node], i: int | None, j: int | None) -> Node:
    if i is None:
        return DOTS_DOWN if j is not None else DOTS_ASLANT
    return DOTS_ACROSS if j is None else cell(i, j)


def is_elided(node: Node) -> bool:
    """Whether dots stand for some of a matrix's entries."""
    return DOTS_DOWN in children(node) or DOTS_ACROSS in children(node)
