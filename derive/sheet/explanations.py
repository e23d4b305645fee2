"""What a sheet says about a step: what it asks, what is done and why, and everything that its messages can name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from derive.derivation.steps import ChainRule, LocalDerivative, Step, SumOverPaths, Update
from derive.equations.matrices.forms import MatrixStep
from derive.mathtext.tree import Node, Number
from derive.model.losses import DIFFERENCES
from derive.model.quantities import Kind, Partial, Variable, quantity_named
from derive.sheet.edition import Edition
from derive.sheet.questions import ROLES, role_of
from derive.words.languages import Prose


@dataclass(frozen=True, slots=True)
class Explanations:
    """The words of an edition for its steps."""

    edition: Edition

    def prompt(self, step: Step) -> Prose:
        """What is asked."""
        return self.edition.language.text(ROLES[role_of(step)].ask, **self.parts(step))

    def why(self, step: Step) -> Prose:
        """What is done, and why."""
        role = role_of(step)
        why = self.edition.language.text(ROLES[role].why + self._variant(role, step), **self.parts(step))
        network = self.edition.exercise.network
        if role == "error" and network and network.shared_by > 1:
            return self.edition.language.text("why.error_share", why=why)
        return why

    def _variant(self, role: str, step: Step) -> str:
        """The end of the name of a message that has a text of its own for each activation, loss or shape."""
        if isinstance(step, MatrixStep):
            return step.variant
        find = _VARIANTS.get(role)
        return find(self.edition, step) if find else ""

    def parts(self, step: Step) -> dict[str, Node]:
        """Everything that a message about this step can name."""
        named = self._named(step)
        return {"symbol": self.edition.notation.symbol(step.quantity), **named}

    def _named(self, step: Step) -> dict[str, Node]:
        symbol, neuron = self.edition.notation.symbol, self.edition.notation.neuron
        match step.quantity:
            case _ if isinstance(step, MatrixStep):
                named = {"parameter": symbol(step.parameter)} if step.parameter else {}
                return {**named, "n": Number(str(step.shared_by))}
            case _ if isinstance(step, Update):
                return {"parameter": symbol(step.parameter), "n": Number(str(step.shared_by))}
            case Variable(kind=Kind.QUOTIENT | Kind.DIFFERENCE, at=at):
                return {"parameter": symbol(quantity_named(at))}
            case Variable(version=version) if version.startswith(("plus", "minus")):
                return {"parameter": symbol(quantity_named(version.split("_", 1)[1]))}
            case Variable(at=at, kind=kind):
                return {"neuron": neuron(at)} if at and kind is not Kind.NAME else {}
            case Partial() as partial:
                return self._of_partial(step, partial)

    def _of_partial(self, step: Step, partial: Partial) -> dict[str, Node]:
        symbol, neuron = self.edition.notation.symbol, self.edition.notation.neuron
        by = symbol(partial.by)
        parts = {"by": by, "parameter": by, "out": by, "result": symbol(partial.of)}
        if isinstance(step, LocalDerivative) and partial.of.kind is Kind.NET:
            parts["factor"] = self.edition.equations.in_symbols(step.expression)
        if partial.by.kind is Kind.NAME:
            last = step.factors[-1] if isinstance(step, ChainRule) else None
            return {**parts, "via": symbol(last.of)} if isinstance(last, Partial) else parts
        through = _last_net(step)
        if through:
            parts["via"] = neuron(through.at)
        match partial:
            case Partial(of=Variable(kind=Kind.NET | Kind.OUT, at=at)) | Partial(by=Variable(kind=Kind.OUT, at=at)):
                owner = at  # whose net input or output it is the slope of, or whose output it is taken by
            case _:
                owner = through.at if through else ""  # the neuron that the weight or bias leads into
        if owner:
            parts["neuron"] = neuron(owner)
        return parts


def _by_activation(edition: Edition, step: Step) -> str:
    quantity = step.quantity
    at = quantity.of.at if isinstance(quantity, Partial) else quantity.at
    return f".{edition.layer_of[at].activation.name}"


def _by_loss(edition: Edition, step: Step) -> str:
    return f".{edition.exercise.network.loss.name}" if edition.exercise.network else ""


def _by_difference(edition: Edition, step: Step) -> str:
    loss = edition.exercise.network.loss if edition.exercise.network else None
    if loss and loss.logarithmic:
        return ".logarithm"
    has_minus = edition.exercise.content.conventions.difference == DIFFERENCES[0] and loss and loss.has_targets
    return "" if has_minus else ".output_first"


def _by_bias(edition: Edition, step: Step) -> str:
    assert isinstance(step.quantity, Variable)
    biases = edition.layer_of[step.quantity.at].biases
    return "" if not biases else "_threshold" if biases[0].kind is Kind.THRESHOLD else "_bias"


def _by_sign(edition: Edition, step: Step) -> str:
    is_threshold = isinstance(step.quantity, Partial) and step.quantity.by.kind is Kind.THRESHOLD
    return "_threshold" if is_threshold else ""


def _by_outputs(edition: Edition, step: Step) -> str:
    network = edition.exercise.network
    return "_one" if network and len(network.outputs) == 1 else ""


def _by_delta(edition: Edition, step: Step) -> str:
    return "_descent" if edition.exercise.content.conventions.delta == "descent" else ""


def _by_share(edition: Edition, step: Step) -> str:
    return "_mean" if edition.exercise.content.conventions.averages_samples else ""


def _by_penalty(edition: Edition, step: Step) -> str:
    return "_bias" if isinstance(step, SumOverPaths) and len(step.terms) == 1 else ""


def _by_rule(edition: Edition, step: Step) -> str:
    assert isinstance(step, Update)
    return "_mean" if step.shared_by > 1 and step.why == "descent" else f".{step.why}"


def _by_length(edition: Edition, step: Step) -> str:
    return "_short" if isinstance(step, ChainRule) and (not step.short or edition.equations.one_form) else ""


def _by_order(edition: Edition, step: Step) -> str:
    return "_new" if edition.updates_by_layer else ""


_VARIANTS: Mapping[str, Callable[[Edition, Step], str]] = {
    "out": _by_activation,
    "activation_slope": _by_activation,
    "error": _by_loss,
    "error_slope": _by_difference,
    "net": _by_bias,
    "bias_slope": _by_sign,
    **dict.fromkeys(("weight_gradient", "data_weight_gradient"), _by_length),
    "penalized_gradient": _by_penalty,
    **dict.fromkeys(("total", "total_new", "data_error", "data_error_new"), _by_outputs),
    **dict.fromkeys(("delta", "delta_short", "delta_sum"), _by_delta),
    **dict.fromkeys(("batch_error", "batch_gradient", "batch_error_new"), _by_share),
    **dict.fromkeys(("weight_update", "bias_update", "kept"), _by_rule),
    **dict.fromkeys(("path", "single_path"), _by_order),
}


def _last_net(step: Step) -> Variable | None:
    """The net input whose derivative is the last factor of a chain."""
    factor = step.factors[-1] if isinstance(step, ChainRule) else None
    return factor.of if isinstance(factor, Partial) and factor.of.kind is Kind.NET else None
