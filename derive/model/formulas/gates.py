"""Typed formulas as gates: one operation each, with the slopes that are taught for it.

A circuit of gates is what the notes of Stanford's course cs231n draw and calculate by hand. Every typed operation is a
gate, constants belong to theirs ("+1", "×2", "^2"), and equal parts are not merged. So 1/(1 + exp(-x)) is the four
gates ×(−1), exp, +1 and 1/x, while sigma(x) is one.

To add a gate for a function, add its record here. A slope is in terms of the gate's own output where textbooks have it
so, and has a stated value at a corner and at a tie, which ``sympy.diff`` would not give.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TypeAlias

from sympy import (
    Add,
    Eq,
    Expr,
    Ge,
    Gt,
    Integer,
    Le,
    Lt,
    Piecewise,
    Rational,
    S,
    Symbol,
    cos,
    evaluate,
    exp,
    log,
    pi,
    sin,
    sqrt,
)

from derive.model.formulas.operations import OF_SEVERAL, OPERATIONS
from derive.model.formulas.trees import Name, Number, Operation, Statement, Tree, inputs_of, names_in, written
from derive.model.graph import Definition
from derive.model.quantities import Kind, Variable

Slopes: TypeAlias = Callable[..., tuple[Expr, ...]]


@dataclass(frozen=True, slots=True)
class Choices:
    """What sources disagree on."""

    corner: Expr = S.Zero
    """The slope of relu and abs at 0."""
    max_ties: str = "first"
    """Of equal inputs of max and min, the ``first`` gets the gradient, or it is ``split`` into equal shares."""


@dataclass(frozen=True, slots=True)
class Rule:
    """out = operation(inputs) and ∂out/∂input = slopes(choices, out, *inputs), with the sign in the gate's circle.

    ``first`` and ``last`` are the signs where the first or the last of two inputs is a constant c.
    """

    operation: str
    sign: str
    slopes: Slopes
    first: str = ""
    last: str = ""


def _power_slopes(_: Choices, out: Symbol, base: Expr, exponent: Expr) -> tuple[Expr, Expr]:
    """n·x^(n − 1), which is 2x for a square, and out·ln x."""
    by_exponent = out * log(base)
    if not isinstance(exponent, Rational):
        return exponent * base ** (exponent - 1), by_exponent
    if exponent == 1:
        return S.One, by_exponent
    lower = Rational(exponent.p - exponent.q, exponent.q)
    return exponent * (base if lower == 1 else base**lower), by_exponent


def _cases(left: Expr, right: Expr, greater: Expr, equal: Expr, less: Expr) -> Expr:
    """What depends on which of two values is the greater one, in no more cases than it takes."""
    if equal == less:
        return Piecewise((greater, Gt(left, right)), (less, Le(left, right)))
    if equal == greater:
        return Piecewise((greater, Ge(left, right)), (less, Lt(left, right)))
    return Piecewise((greater, Gt(left, right)), (equal, Eq(left, right)), (less, Lt(left, right)))


def _shares(greatest: bool) -> Slopes:
    """What each input of a maximum or minimum gets: it is compared with one rival after the other."""

    def slopes(choices: Choices, _: Symbol, *inputs: Expr) -> tuple[Expr, ...]:
        def share(own: int, rivals: Sequence[int], winners: int = 1) -> Expr:
            if not rivals:
                return Rational(1, winners)
            rival, *others = rivals
            ahead = share(own, others, winners)
            first = ahead if own < rival else S.Zero
            level = share(own, others, winners + 1) if choices.max_ties == "split" else first
            outcomes = (ahead, level, S.Zero) if greatest else (S.Zero, level, ahead)
            return _cases(inputs[own], inputs[rival], *outcomes)

        numbers = range(len(inputs))
        return tuple(share(own, [number for number in numbers if number != own]) for own in numbers)

    return slopes


_over, _negative = OPERATIONS["divide"], OPERATIONS["negate"]

_RULES = (
    Rule("add", "+", lambda _, out, a, b: (S.One, S.One), first="+{c}", last="+{c}"),
    Rule("subtract", "−", lambda _, out, a, b: (S.One, S.NegativeOne), first="{c}−x", last="−{c}"),
    Rule("multiply", "×", lambda _, out, a, b: (b, a), first="×{c}", last="×{c}"),
    Rule("divide", "÷", lambda _, out, a, b: (_over(S.One, b), _over(_negative(a), b**2)), first="{c}/x", last="÷{c}"),
    Rule("power", "x^y", _power_slopes, first="{c}^x", last="^{c}"),
    Rule("negate", "×(−1)", lambda _, out, x: (S.NegativeOne,)),
    Rule("exp", "exp", lambda _, out, x: (out,)),
    Rule("ln", "ln", lambda _, out, x: (1 / x,)),
    Rule("sqrt", "√", lambda _, out, x: (1 / (2 * out),)),
    Rule("abs", "abs", lambda choices, out, x: (_cases(x, S.Zero, S.One, choices.corner, S.NegativeOne),)),
    Rule("sin", "sin", lambda _, out, x: (cos(x),)),
    Rule("cos", "cos", lambda _, out, x: (-sin(x),)),
    Rule("tan", "tan", lambda _, out, x: (1 + out**2,)),
    Rule("tanh", "tanh", lambda _, out, x: (1 - out**2,)),
    Rule("logistic", "σ", lambda _, out, x: (out * (1 - out),)),
    Rule("relu", "ReLU", lambda choices, out, x: (_cases(x, S.Zero, S.One, choices.corner, S.Zero),)),
    Rule("softplus", "softplus", lambda _, out, x: (1 / (1 + exp(-x)),)),
    Rule("erf", "erf", lambda _, out, x: (Integer(2) / sqrt(pi) * exp(-(x**2)),)),
    Rule("max", "max", _shares(greatest=True)),
    Rule("min", "min", _shares(greatest=False)),
)

RULES: Mapping[str, Rule] = {rule.operation: rule for rule in _RULES}
COPY, CONSTANT = "copy", "constant"
"""The gates of a statement that types no operation: y = x, and y = 3."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate of a circuit; a name that is used twice in one operation is twice among the inputs."""

    operation: str
    sign: str
    inputs: tuple[Variable, ...]
    output: Variable


@dataclass(frozen=True, slots=True)
class Circuit:
    """Gates in order of evaluation, and the definition of each one's output."""

    gates: tuple[Gate, ...]
    definitions: tuple[Definition, ...]
    inputs: tuple[Variable, ...]
    outputs: tuple[Variable, ...]
    """The names of statements that no other gate uses."""


def circuit_of(statements: Sequence[Statement], wanted: str | None = None, choices: Choices | None = None) -> Circuit:
    """One gate for each typed operation; with ``wanted``, only those that this name of a statement depends on.

    The last gate of a statement has its name; the values in between are q1, q2, …, past any that the author uses.
    Raises ``KeyError`` if no statement assigns ``wanted``.
    """
    kept = _needed_by(wanted, statements) if wanted else tuple(statements)
    builder = _CircuitBuilder(kept, choices or Choices())
    with evaluate(False):  # one switch for all slopes: SymPy empties its caches at each
        for statement in kept:
            builder.add(statement)
    used = {variable for gate in builder.gates for variable in gate.inputs}
    assigned = (_variable(statement.name) for statement in kept)
    return Circuit(
        tuple(builder.gates),
        tuple(builder.definitions),
        tuple(map(_variable, inputs_of(kept))),
        tuple(variable for variable in assigned if variable not in used),
    )


def _needed_by(wanted: str, statements: Sequence[Statement]) -> tuple[Statement, ...]:
    if wanted not in {statement.name for statement in statements}:
        raise KeyError(wanted)
    needed, kept = {wanted}, []
    for statement in reversed(statements):
        if statement.name in needed:
            needed |= {name.id for name in names_in(statement.tree)}
            kept.append(statement)
    return tuple(reversed(kept))


def _variable(name: str) -> Variable:
    """A name is no more than that, whatever it is in a network: w0 is not a weight here."""
    return Variable(Kind.NAME, name)


class _CircuitBuilder:
    """The gates so far."""

    def __init__(self, statements: Sequence[Statement], choices: Choices) -> None:
        self.choices = choices
        self.gates: list[Gate] = []
        self.definitions: list[Definition] = []
        own = {statement.name for statement in statements}.union(inputs_of(statements))
        self.free = (f"q{number}" for number in count(1) if f"q{number}" not in own)

    def add(self, statement: Statement) -> None:
        output, tree = _variable(statement.name), statement.tree
        if isinstance(tree, Operation) and tree.constant is None:
            self._operation(tree, output)
        elif isinstance(tree, Name):
            source = _variable(tree.id)
            self._append(Gate(COPY, "=", (source,), output), source.symbol, (S.One,))
        else:
            self._append(Gate(CONSTANT, _typed(tree), (), output), tree.expression, ())

    def _operation(self, tree: Operation, output: Variable | None) -> Variable:
        """The gates of a tree, its own last."""
        sources = [self._source(argument) for argument in tree.arguments]
        output = output or _variable(next(self.free))
        forms = [source.symbol if isinstance(source, Variable) else source for source in sources]
        slopes = RULES[tree.operator].slopes(self.choices, output.symbol, *forms)
        varying = [
            (source, slope) for source, slope in zip(sources, slopes, strict=True) if isinstance(source, Variable)
        ]
        gate = Gate(tree.operator, sign_of(tree), tuple(source for source, _ in varying), output)
        self._append(gate, OPERATIONS[tree.operator](*forms), [slope for _, slope in varying])
        return output

    def _source(self, tree: Tree) -> Variable | Expr:
        """The value of an argument, after its gates: a constant's as a number."""
        if isinstance(tree, Name):
            return _variable(tree.id)
        if isinstance(tree, Operation) and tree.constant is None:
            return self._operation(tree, None)
        return tree.expression

    def _append(self, gate: Gate, expression: Expr, slopes: Sequence[Expr]) -> None:
        """The gate; its number is the layer of its definition, so that the way back is the reverse of the way here.

        An input that is used twice, as in x·x, has one slope, the sum of the two.
        """
        partials: dict[Variable, Expr] = {}
        for source, slope in zip(gate.inputs, slopes, strict=True):
            partials[source] = Add(partials[source], slope, evaluate=False) if source in partials else slope
        self.definitions.append(Definition(gate.output, expression, tuple(partials.items()), len(self.gates), 0))
        self.gates.append(gate)


def sign_of(tree: Operation) -> str:
    """What stands in the circle of an operation's gate; x and y are its inputs."""
    rule, constants = RULES[tree.operator], [_constant(argument) for argument in tree.arguments]
    match constants:
        case _ if not any(constants):
            return rule.sign
        case _ if tree.operator in OF_SEVERAL:
            letters = iter("xyzuv")
            return f"{rule.sign}({', '.join(constant or next(letters) for constant in constants)})"
        case [str(constant), None]:
            return rule.first.format(c=constant)
        case [None, str(constant)]:
            return rule.last.format(c=constant)
    raise AssertionError("an operation of constants is a constant")


def _constant(tree: Tree) -> str | None:
    """A constant as a part of a sign, in brackets unless it is a plain number."""
    if tree.constant is None:
        return None
    return tree.text if isinstance(tree, Number) else f"({_typed(tree)})"


def _typed(tree: Tree) -> str:
    return written(tree).replace("-", "−")
