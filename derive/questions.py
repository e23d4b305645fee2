"""What a sheet asks about each kind of step, how it explains it, and how much room the calculation takes.

One table, ``ROLES``: to teach a new kind of step, add its record here and its words to the catalogues.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from derive.choices import DETAILS
from derive.derivation import Derivation, Section
from derive.quantities import Kind, Partial, Variable
from derive.steps import ChainRule, Delta, Evaluate, LocalDerivative, Step, SumOverPaths, Update

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
    "net_slope": Role("ask.net_slope", "why.net_slope", 1, "factors"),
    "bias_slope": Role("ask.net_slope", "why.bias_slope", 1, "factors"),
    "delta": Role("ask.delta", "why.delta", 2, "quantities"),
    "path": Role("ask.path", "why.path", 1, "factors"),
    "single_path": Role("ask.error_slope", "why.single_path", 1, "factors"),
    "sum": Role("ask.sum", "why.sum", 1, "factors"),
    "weight_gradient": Role("ask.weight_gradient", "why.weight_gradient", 2, "results"),
    "bias_gradient": Role("ask.bias_gradient", "why.bias_gradient", 1, "results"),
    "bias_gradient_shared": Role("ask.bias_gradient", "why.bias_gradient_shared", 2, "results"),
    "weight_update": Role("ask.weight_update", "why.update", 1, "results"),
    "bias_update": Role("ask.bias_update", "why.update", 1, "results"),
    "net_new": Role("ask.net_new", "why.again.net", 2, "quantities"),
    "out_new": Role("ask.out_new", "why.again.out", 2, "quantities"),
    "error_new": Role("ask.error_new", "why.again.error", 2, "quantities"),
    "total_new": Role("ask.total_new", "why.again.total", 1, "results"),
}

_EVALUATED = {Kind.NET: "net", Kind.OUT: "out", Kind.ERROR: "error", Kind.TOTAL: "total"}


def role_of(step: Step) -> str:
    """The name of a step's role: a key of ``ROLES``."""
    quantity = step.quantity
    match step, quantity:
        case Evaluate(), Variable(kind, _, renewed):
            return _EVALUATED[kind] + ("_new" if renewed else "")
        case Update(), Variable(kind):
            return "bias_update" if kind is Kind.BIAS else "weight_update"
        case Delta(), _:
            return "delta"
        case _, Partial(of, by, via):
            return _role_of_partial(step, of, by, via)
    raise AssertionError(f"no role for {step}")


def _role_of_partial(step: Step, of: Variable, by: Variable, via: Variable | None) -> str:
    match step:
        case LocalDerivative() if of.kind is Kind.NET:
            return "bias_slope" if by.kind is Kind.BIAS else "net_slope"
        case LocalDerivative():
            return "activation_slope" if of.kind is Kind.OUT else "error_slope"
        case ChainRule() if by.kind is Kind.OUT:
            return "path" if via or of.kind is Kind.ERROR else "single_path"
        case ChainRule():
            return "bias_gradient" if by.kind is Kind.BIAS else "weight_gradient"
        case SumOverPaths() if by.kind is Kind.BIAS:
            return "bias_gradient_shared"
    return "sum"


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
