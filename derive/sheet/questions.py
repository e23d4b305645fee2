"""What a sheet asks about each kind of step, how it explains it, and how much room the calculation takes.

One table, ``ROLES``: to teach a new kind of step, add its record here and its words to the catalogues.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from derive.choices import DETAILS
from derive.derivation.round import Derivation, Section
from derive.derivation.steps import (
    ChainRule,
    Delta,
    Evaluate,
    LocalDerivative,
    ShortDelta,
    Step,
    SumOverPaths,
    SumOverSamples,
    Update,
)
from derive.equations.matrices.forms import MatrixStep
from derive.model.quantities import Kind, Partial, Variable, quantity_named

MOST_ROOM = 12
"""Lines of empty space that one question gets at most."""


@dataclass(frozen=True, slots=True)
class Role:
    """How a kind of step appears on a sheet."""

    ask: str
    """The message of its question."""
    why: str
    """The message that says what is done and why."""
    room: int
    """Lines that the calculation takes by hand."""
    detail: str
    """The coarsest ``--detail`` at which it is asked."""


ROLES: Mapping[str, Role] = {
    "net": Role("ask.net", "why.net", 2, "quantities"),
    "out": Role("ask.out", "why.out", 2, "quantities"),
    "error": Role("ask.error", "why.error", 2, "quantities"),
    "total": Role("ask.total", "why.total", 1, "results"),
    "error_slope": Role("ask.error_slope", "why.error_slope", 1, "factors"),
    "activation_slope": Role("ask.activation_slope", "why.activation_slope", 1, "factors"),
    "cross_slope": Role("ask.cross_slope", "why.cross_slope", 1, "factors"),
    "net_slope": Role("ask.net_slope", "why.net_slope", 1, "factors"),
    "bias_slope": Role("ask.net_slope", "why.bias_slope", 1, "factors"),
    "delta": Role("ask.delta", "why.delta", 2, "quantities"),
    "delta_short": Role("ask.delta", "why.delta_short", 1, "quantities"),
    "delta_sum": Role("ask.delta", "why.delta_sum", 2, "quantities"),
    "path": Role("ask.path", "why.path", 1, "factors"),
    "single_path": Role("ask.error_slope", "why.single_path", 1, "factors"),
    "sum": Role("ask.sum", "why.sum", 1, "factors"),
    "input_path": Role("ask.path", "why.path", 1, "factors"),
    "input_gradient": Role("ask.input_gradient", "why.single_path", 1, "results"),
    "input_sum": Role("ask.input_gradient", "why.sum", 2, "results"),
    "weight_gradient": Role("ask.weight_gradient", "why.weight_gradient", 2, "results"),
    "bias_gradient": Role("ask.bias_gradient", "why.bias_gradient", 1, "results"),
    "bias_gradient_shared": Role("ask.bias_gradient", "why.bias_gradient_shared", 2, "results"),
    # over several samples
    "batch_error": Role("ask.batch_error", "why.batch_error", 1, "results"),
    "batch_gradient": Role("ask.batch_gradient", "why.batch_gradient", 1, "results"),
    # weight decay
    "data_error": Role("ask.data_error", "why.data_error", 1, "results"),
    "data_weight_gradient": Role("ask.data_gradient", "why.weight_gradient", 2, "quantities"),
    "data_bias_gradient": Role("ask.data_gradient", "why.bias_gradient", 1, "quantities"),
    "data_bias_gradient_shared": Role("ask.data_gradient", "why.bias_gradient_shared", 2, "quantities"),
    "penalty": Role("ask.penalty", "why.penalty", 2, "quantities"),
    "penalized": Role("ask.total", "why.penalized", 1, "results"),
    "penalty_slope": Role("ask.penalty_slope", "why.penalty_slope", 1, "factors"),
    "penalized_gradient": Role("ask.whole_gradient", "why.penalized_gradient", 1, "results"),
    # the update
    "weight_update": Role("ask.weight_update", "why.update", 1, "results"),
    "bias_update": Role("ask.bias_update", "why.update", 1, "results"),
    "kept": Role("ask.kept", "why.kept", 1, "quantities"),
    # the forward pass after it
    "net_new": Role("ask.net_new", "why.again.net", 2, "quantities"),
    "out_new": Role("ask.out_new", "why.again.out", 2, "quantities"),
    "error_new": Role("ask.error_new", "why.again.error", 2, "quantities"),
    "total_new": Role("ask.total_new", "why.again.total", 1, "results"),
    "batch_error_new": Role("ask.batch_error_new", "why.batch_error", 1, "results"),
    "data_error_new": Role("ask.data_error_new", "why.again.total", 1, "results"),
    "penalty_new": Role("ask.penalty_new", "why.penalty", 2, "quantities"),
    "penalized_new": Role("ask.total_new", "why.penalized", 1, "results"),
    # a gradient check
    "moved": Role("ask.moved", "why.moved", 2, "factors"),
    "moved_error": Role("ask.moved", "why.moved_error", 2, "quantities"),
    "quotient": Role("ask.quotient", "why.quotient", 1, "results"),
    "difference": Role("ask.difference", "why.difference", 1, "results"),
    # whole layers, in matrix notation
    "matrix_net": Role("ask.matrix.net", "why.matrix.net", 3, "quantities"),
    "matrix_out": Role("ask.matrix.out", "why.matrix.out", 2, "quantities"),
    "matrix_error_slope": Role("ask.matrix.error_slope", "why.matrix.error_slope", 2, "factors"),
    "matrix_activation_slope": Role("ask.matrix.activation_slope", "why.matrix.activation_slope", 2, "factors"),
    "matrix_delta": Role("ask.matrix.delta", "why.matrix.delta", 2, "quantities"),
    "matrix_delta_short": Role("ask.matrix.delta", "why.delta_short", 2, "quantities"),
    "matrix_out_gradient": Role("ask.matrix.error_slope", "why.matrix.out_gradient", 3, "factors"),
    "matrix_input_gradient": Role("ask.matrix.input_gradient", "why.matrix.out_gradient", 3, "results"),
    "matrix_weight_gradient": Role("ask.matrix.weight_gradient", "why.matrix.weight_gradient", 3, "results"),
    "matrix_bias_gradient": Role("ask.bias_gradient", "why.matrix.bias_gradient", 1, "results"),
    "matrix_bias_gradient_shared": Role("ask.bias_gradient", "why.matrix.bias_gradient_shared", 2, "results"),
    "matrix_batch_gradient": Role("ask.batch_gradient", "why.batch_gradient", 2, "results"),
    "matrix_penalty_slope": Role("ask.matrix.penalty_slope", "why.matrix.penalty_slope", 2, "factors"),
    "matrix_penalized_gradient": Role("ask.whole_gradient", "why.penalized_gradient", 2, "results"),
    "matrix_weight_update": Role("ask.matrix.weight_update", "why.update", 3, "results"),
    "matrix_bias_update": Role("ask.bias_update", "why.update", 2, "results"),
    "matrix_kept": Role("ask.kept", "why.kept", 3, "quantities"),
    "matrix_net_new": Role("ask.matrix.net_new", "why.again.net", 3, "quantities"),
    "matrix_out_new": Role("ask.matrix.out_new", "why.again.out", 2, "quantities"),
    # gates
    "gate": Role("ask.gate", "why.gate", 1, "quantities"),
    "gate_slope": Role("ask.gate_slope", "why.gate_slope", 1, "factors"),
    "gate_gradient": Role("ask.gate_gradient", "why.gate_gradient", 1, "quantities"),
    "gate_gradient_first": Role("ask.gate_gradient", "why.gate_gradient_first", 1, "quantities"),
    "gate_sum": Role("ask.gate_gradient", "why.gate_sum", 2, "results"),
}

_EVALUATED = {
    Kind.NET: "net",
    Kind.OUT: "out",
    Kind.ERROR: "error",
    Kind.TOTAL: "total",
    Kind.DATA: "data_error",
    Kind.PENALTY: "penalty",
    Kind.NAME: "gate",
    Kind.QUOTIENT: "quotient",
    Kind.DIFFERENCE: "difference",
}


def role_of(step: Step) -> str:  # noqa: PLR0911  (one line a kind of step)
    """The name of a step's role: a key of ``ROLES``."""
    quantity = step.quantity
    match step, quantity:
        case MatrixStep(role=role), _:
            return role
        case Evaluate(), Variable(kind, _, version):
            if version.startswith(("plus", "minus")):
                return "moved_error" if kind is Kind.TOTAL else "moved"
            return _evaluated(step, kind) + ("_new" if version else "")
        case Update(), Variable(kind):
            return "kept" if not step.is_last else "weight_update" if kind is Kind.WEIGHT else "bias_update"
        case ShortDelta(), _:
            return "delta_short"
        case Delta(), _:
            return "delta"
        case SumOverPaths(), Variable():
            return "delta_sum"
        case SumOverSamples(), _:
            return "batch_gradient"
        case _, Partial(of, by, via):
            return _role_of_partial(step, of, by, via)
    raise AssertionError(f"no role for {step}")


def _evaluated(step: Evaluate, kind: Kind) -> str:
    """A total error that is put together from the errors of samples, or from them and a penalty, is told apart."""
    summed = {quantity_named(symbol.name) for symbol in step.formula.free_symbols}
    kinds = {part.kind for part in summed if isinstance(part, Variable)}
    if Kind.PENALTY in kinds:
        return "penalized"
    return "batch_error" if kinds == {Kind.TOTAL} else _EVALUATED[kind]


def _role_of_partial(  # noqa: PLR0911  (one line a kind of derivative)
    step: Step, of: Variable, by: Variable, via: Variable | None
) -> str:
    if by.kind is Kind.NAME:
        return _role_in_circuit(step)
    match step:
        case LocalDerivative() if of.kind is Kind.PENALTY:
            return "penalty_slope"
        case LocalDerivative() if of.kind is Kind.NET:
            return "net_slope" if by.kind not in (Kind.BIAS, Kind.THRESHOLD) else "bias_slope"
        case LocalDerivative() if of.kind is Kind.OUT:
            return "activation_slope" if of.at == by.at else "cross_slope"
        case LocalDerivative():
            return "error_slope"
        case ChainRule() if by.kind is Kind.INPUT:
            return "input_path" if via or of.kind is Kind.ERROR else "input_gradient"
        case ChainRule() if by.kind is Kind.OUT:
            return "path" if via or of.kind is Kind.ERROR else "single_path"
        case ChainRule():
            return _of_data(of) + ("weight_gradient" if by.kind is Kind.WEIGHT else "bias_gradient")
        case SumOverPaths(terms=((Partial(of=Variable(kind=Kind.DATA)),), *_)):
            return "penalized_gradient"
        case SumOverPaths() if by.kind in (Kind.BIAS, Kind.THRESHOLD):
            return _of_data(of) + "bias_gradient_shared"
        case SumOverPaths() if by.kind is Kind.INPUT:
            return "input_sum"
    return "sum"


def _of_data(of: Variable) -> str:
    """Whether a gradient still lacks that of the penalty."""
    return "data_" if of.kind is Kind.DATA else ""


def _role_in_circuit(step: Step) -> str:
    match step:
        case LocalDerivative(is_whole=True):
            return "gate_gradient_first"
        case LocalDerivative():
            return "gate_slope"
        case SumOverPaths():
            return "gate_sum"
    return "gate_gradient"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's step, after the steps that lead to it and are not asked themselves."""

    steps: tuple[Step, ...]

    @property
    def step(self) -> Step:
        return self.steps[-1]

    @property
    def room(self) -> int:
        return min(sum(ROLES[role_of(step)].room for step in self.steps), MOST_ROOM)


def asked(derivation: Derivation, detail: str) -> Iterator[tuple[Section, Sequence[Asked]]]:
    """The sections in which anything is asked at this detail, with their questions."""
    finest = DETAILS.index(detail)
    pending: list[Step] = []
    for section in derivation.sections:
        questions: list[Asked] = []
        for step in section.steps:
            pending.append(step)
            if DETAILS.index(ROLES[role_of(step)].detail) >= finest:
                questions.append(Asked(tuple(pending)))
                pending = []
        if questions:
            yield section, questions
