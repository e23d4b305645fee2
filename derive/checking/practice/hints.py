"""What helps with an answer, a little more each time.

First what is done and why, then the formula in symbols. Where the sheet leaves out steps on the way, they follow one by
one, each worked out. Then the formula with numbers put in, and at last the result. Where answers are formulas, the
formula is the result.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from derive.checking.practice.items import Item
from derive.derivation.steps import Step
from derive.equations.matrices.forms import MatrixStep
from derive.equations.scalars import branch_of
from derive.mathtext.equation import equation
from derive.mathtext.tree import Aligned, Node
from derive.sheet.document import Block, Equation, Paragraph
from derive.sheet.edition import Edition
from derive.sheet.explanations import Explanations

Hint: TypeAlias = tuple[Block, ...]


def hints_of(edition: Edition, item: Item) -> tuple[Hint, ...]:
    """The hints for an answer, in order; the last is the result."""
    return tuple(_hints(edition, item))


def result_of(edition: Edition, item: Item) -> Node:
    """The answer as the key prints it."""
    return edition.answer(item.asked.step if edition.in_symbols else _own_step(edition, item))


def _hints(edition: Edition, item: Item) -> Iterator[Hint]:
    *before, step = item.asked.steps
    symbol, result = edition.notation.symbol(item.quantity), result_of(edition, item)
    answer = Equation(equation(symbol, [result]))
    yield (_why(edition, step),)
    formula = answer if edition.in_symbols else Equation(_in_symbols(edition, step))
    if formula != answer:  # ∂net/∂b = 1 is the answer already
        yield (formula,)
    for inner in before:
        yield _why(edition, inner), Equation(edition.worked(inner))
    filled = answer if edition.in_symbols else Equation(equation(symbol, [_in_numbers(edition, item)]))
    if filled != answer:  # where a value is only read off
        yield (filled,)
    yield (answer,)


def _own_step(edition: Edition, item: Item) -> Step:
    """The step of one value; of an entry, where a question asks for a matrix."""
    return edition.evaluation.derivation[item.id]


def _in_numbers(edition: Edition, item: Item) -> Node:
    formula, _ = branch_of(_own_step(edition, item).expression, edition.equations.values)
    return edition.equations.in_numbers(formula)


def _why(edition: Edition, step: Step) -> Paragraph:
    return Paragraph(Explanations(edition).why(step), "why")


def _in_symbols(edition: Edition, step: Step) -> Aligned:
    if isinstance(step, MatrixStep):
        assert edition.matrices
        return edition.matrices.symbolic(step)
    if edition.equations.one_form:
        return edition.notation.equation(step.quantity, (step.expression,))
    return edition.equations.symbolic(step)
