"""The known mistakes: one record each.

A mistake is made at one step. It puts a wrong formula in the place of the right one, written in what is known at that
step; everything after it follows from what has come out. To add a mistake, add its record here, with a rewriting for
each kind of step at which it is made, and its words to each catalogue: ``mistake.CODE`` and ``mistake.CODE.advice``.

What people are known to do and is not here, and why:

- rounding in between to two digits, or with another rule: that is no wrong formula; ``numbers.intervals`` has it
- a shape that does not fit, as that of a lost transpose between layers of different widths: no number comes out
- recurrent, convolutional and normalising layers, and pooling: nothing here derives them. What is done wrong there is
  here where a sheet has the same: one path of several, a kernel's one position as one sample of a batch, the gradient
  of a maximum spread over its inputs
- gradients that are still there from the round before: a sheet has one round. Those of the sample before are here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

from sympy import Expr

from derive.mistakes.place import Place
from derive.mistakes.rewritings import (
    arithmetic,
    chain_rule,
    deltas,
    errors,
    gates,
    gradient_checks,
    gradients,
    net_inputs,
    outputs,
    paths,
    slopes,
    updates,
    weight_decay,
)
from derive.model.quantities import Kind

Rewriting: TypeAlias = Callable[[Place], Iterator[Expr]]


@dataclass(frozen=True, slots=True)
class Mistake:
    """What somebody does wrong at one step."""

    code: str
    rewritings: Mapping[str, Rewriting] = field(repr=False, hash=False, compare=False)
    """The wrong formulas at each kind of step, by its role on a sheet; the same for a step of the pass after the update
    and for one of a gradient check."""

    def wrong(self, place: Place) -> Iterator[Expr]:
        """The wrong formulas for a step; none where the mistake cannot be made."""
        rewriting = self.rewritings.get(place.site)
        if rewriting:
            yield from rewriting(place)


def _at(*sites: str, rewriting: Rewriting) -> dict[str, Rewriting]:
    return dict.fromkeys(sites, rewriting)


_PARAMETERS = Kind.WEIGHT, Kind.BIAS, Kind.THRESHOLD
_UPDATES = "weight_update", "bias_update", "kept"
_GRADIENTS = "weight_gradient", "bias_gradient"
_INWARD = "sum", "single_path", "input_sum", "input_gradient", "net_slope"
_SUMS = "sum", "input_sum", "gate_sum", "delta_sum", "bias_gradient_shared"

MISTAKES: tuple[Mistake, ...] = (
    # net inputs
    Mistake("bias_forgotten", {"net": net_inputs.bias_forgotten}),
    Mistake("bias_twice", {"net": net_inputs.bias_twice}),
    Mistake("bias_sign", {"net": net_inputs.bias_sign}),
    Mistake("source_forgotten", {"net": net_inputs.source_forgotten}),
    Mistake("weights_crossed", {"net": net_inputs.weights_crossed}),
    Mistake("weights_of_other_neuron", {"net": net_inputs.weights_of_other, "net_slope": paths.weights_of_neighbour}
            | _at(*_INWARD[:-1], rewriting=paths.weights_of_neighbour)),
    Mistake("matrix_transposed", {"net": net_inputs.weights_transposed}
            | _at(*_INWARD, rewriting=paths.matrix_transposed)
            | _at(*_GRADIENTS, rewriting=gradients.gradient_transposed)),
    Mistake("old_parameters", {"net": partial(net_inputs.stale, kinds=_PARAMETERS)}
            | _at(*_INWARD, rewriting=paths.old_weights)),
    Mistake("old_bias", {"net": partial(net_inputs.stale, kinds=(Kind.BIAS, Kind.THRESHOLD))}),
    Mistake("old_values", {"net": partial(net_inputs.stale, kinds=(Kind.OUT,))}),
    Mistake("term_sign", _at("net", "total", "batch_error", "gate", rewriting=arithmetic.term_sign)),
    # outputs
    Mistake("activation_forgotten", {"net": net_inputs.net_of_sources, "out": outputs.net_for_out}),
    Mistake("exponent_sign", {"out": outputs.exponent_sign}),
    Mistake("logistic_brackets", {"out": outputs.logistic_brackets}),
    Mistake("other_activation", {"out": outputs.other_activation}),
    Mistake("wrong_side", {"out": outputs.wrong_side, "activation_slope": slopes.corner_side}),
    Mistake("softmax_shares", {"out": outputs.softmax_shares}),
    # errors
    Mistake("factor_two", _at("error", rewriting=errors.factor_two_of_square)
            | _at("total", "penalty", "penalty_slope", "quotient", rewriting=arithmetic.factor_two)
            | {"error_slope": errors.factor_two_of_slope}),
    Mistake("square_forgotten", {"error": errors.square_forgotten, "penalty": weight_decay.squares_forgotten}),
    Mistake("square_kept", {"error_slope": errors.square_kept}),
    Mistake("target_for_output", {"error": errors.target_for_out}),
    Mistake("second_term_sign", {"error": errors.second_term_sign, "error_slope": errors.slope_second_term_sign}),
    Mistake("second_term_forgotten", {"error": errors.second_term_forgotten}),
    Mistake("base_ten", _at("error", "gate", rewriting=arithmetic.base_ten)),
    Mistake("mean_or_sum", _at("error", "error_slope", "delta_short", "total", "batch_error", "batch_gradient",
                               "bias_gradient_shared", "sum", rewriting=arithmetic.mean_or_sum)
            | _at(*_UPDATES, rewriting=updates.sum_for_mean)),
    Mistake("part_forgotten", _at("total", "batch_error", "batch_gradient", "penalty",
                                  rewriting=arithmetic.part_forgotten)),
    # slopes
    Mistake("error_sign", _at("error_slope", "delta_short", rewriting=arithmetic.sign)),
    Mistake("slope_sign", _at("activation_slope", "cross_slope", "gate_slope", "gate_gradient_first",
                              "bias_slope", rewriting=arithmetic.sign)),
    Mistake("slope_at_output", {"activation_slope": slopes.slope_at_out}),
    Mistake("slope_of_net", {"activation_slope": slopes.slope_of_net}),
    Mistake("half_slope", {"activation_slope": slopes.half_slope, "gate_slope": gates.half_of_product}),
    Mistake("slope_of_error", {"activation_slope": slopes.slope_of_error}),
    Mistake("sign_inside", {"activation_slope": slopes.sign_inside}),
    Mistake("hyperbolic_secant", {"activation_slope": slopes.hyperbolic_secant}),
    Mistake("other_slope", {"activation_slope": slopes.other_slope}),
    Mistake("diagonal_only", {"cross_slope": slopes.diagonal_only}),
    # deltas
    Mistake("slope_forgotten", _at("delta", *_GRADIENTS, rewriting=chain_rule.slope_forgotten)),
    Mistake("upstream_forgotten", _at("delta", *_GRADIENTS, "gate_gradient", rewriting=chain_rule.error_forgotten)),
    Mistake("difference_for_delta", {"delta": deltas.difference_for_delta}),
    Mistake("slope_of_other_neuron", {"delta": deltas.slope_of_other}),
    Mistake("slope_kept", {"delta_short": deltas.slope_kept}),
    Mistake("jacobian_again", {"delta_short": deltas.jacobian_again}),
    # gradients
    Mistake("local_forgotten", _at("weight_gradient", "gate_gradient", rewriting=chain_rule.local_forgotten)),
    Mistake("other_source", _at("weight_gradient", "net_slope", rewriting=gradients.other_source)),
    Mistake("parameter_for_source", _at(*_GRADIENTS, "net_slope", "bias_slope",
                                        rewriting=gradients.parameter_for_source)),
    Mistake("net_for_output", _at("weight_gradient", "net_slope", rewriting=gradients.net_for_source)),
    Mistake("input_for_hidden", _at("weight_gradient", "net_slope", rewriting=gradients.input_for_source)),
    Mistake("bias_times_activation", _at("bias_gradient", "bias_slope", rewriting=gradients.source_for_bias)
            | {"bias_gradient_shared": gradients.bias_times_source}),
    Mistake("other_delta", _at(*_GRADIENTS, rewriting=gradients.other_delta)),
    Mistake("all_deltas", {"weight_gradient": gradients.all_deltas}),
    Mistake("accumulated", _at(*_GRADIENTS, rewriting=gradients.accumulated)),
    # what comes back through the weights
    Mistake("one_path", _at(*_SUMS, rewriting=chain_rule.one_path)),
    Mistake("paths_multiplied", _at(*_SUMS, rewriting=chain_rule.paths_multiplied)),
    Mistake("path_sign", _at(*_SUMS, rewriting=chain_rule.path_sign)),
    Mistake("updated_weights", _at(*_INWARD, rewriting=paths.updated_weights)),
    Mistake("incoming_weights", _at(*_INWARD, rewriting=paths.incoming_weights)),
    Mistake("weight_forgotten", _at(*_INWARD[:-1], rewriting=paths.weight_forgotten)),
    Mistake("errors_for_deltas", _at(*_INWARD[:-1], rewriting=paths.errors_for_deltas)),
    Mistake("activation_for_weight", {"net_slope": paths.activation_for_weight}),
    # weight decay
    Mistake("decay_rate_forgotten", _at("penalty", "penalty_slope", rewriting=weight_decay.decay_rate_forgotten)),
    Mistake("biases_penalized", {"penalty": weight_decay.biases_penalized}
            | {"penalized_gradient": weight_decay.bias_penalized}),
    Mistake("decay_forgotten", _at("penalized", "penalized_gradient", rewriting=weight_decay.decay_forgotten)),
    Mistake("decay_sign", _at("penalized", "penalized_gradient", rewriting=weight_decay.decay_sign)),
    Mistake("decay_misplaced", _at(*_UPDATES, rewriting=weight_decay.decay_beside)),
    # the update
    Mistake("ascent", _at(*_UPDATES, rewriting=updates.ascent)),
    Mistake("rate_forgotten", _at(*_UPDATES, rewriting=updates.rate_forgotten)),
    Mistake("rate_squared", _at(*_UPDATES, rewriting=updates.rate_squared)),
    Mistake("rate_of_all", _at(*_UPDATES, rewriting=updates.rate_of_all)),
    Mistake("change_alone", _at(*_UPDATES, rewriting=updates.change_alone)),
    Mistake("not_updated", _at(*_UPDATES, rewriting=updates.not_updated)),
    Mistake("gradient_of_neighbour", _at(*_UPDATES, rewriting=updates.gradient_of_neighbour)),
    Mistake("kept_forgotten", _at(*_UPDATES, rewriting=updates.kept_forgotten)),
    Mistake("share_forgotten", _at(*_UPDATES, rewriting=updates.share_forgotten)),
    Mistake("new_share_forgotten", {"kept": updates.new_share_forgotten}),
    Mistake("gradient_not_squared", {"kept": updates.square_of_gradient_forgotten}),
    Mistake("betas_swapped", {"kept": updates.betas_swapped}),
    Mistake("correction_forgotten", {"kept": updates.correction_forgotten}),
    Mistake("count_off_by_one", {"kept": updates.count_off_by_one}),
    Mistake("epsilon_misplaced", _at(*_UPDATES, rewriting=updates.epsilon_misplaced)),
    Mistake("root_forgotten", _at(*_UPDATES, rewriting=updates.root_forgotten)),
    Mistake("velocity_sign", _at(*_UPDATES, rewriting=updates.velocity_sign)),
    Mistake("other_momentum", _at(*_UPDATES, rewriting=updates.other_momentum)),
    # a gradient check
    Mistake("output_for_error", {"quotient": gradient_checks.output_for_error}),
    Mistake("one_sided", {"quotient": gradient_checks.one_sided}),
    Mistake("quotient_upside_down", {"quotient": gradient_checks.quotient_upside_down}),
    # gates
    Mistake("degrees", _at("gate", "gate_slope", "gate_gradient_first", rewriting=gates.degrees)),
    Mistake("power_as_product", {"gate": gates.power_as_product}),
    Mistake("operands_exchanged", {"gate": gates.operands_exchanged}),
    Mistake("operation_exchanged", {"gate": gates.operation_exchanged}),
    Mistake("inner_not_substituted", _at("gate_slope", "gate_gradient_first", rewriting=gates.inner_not_substituted)),
    Mistake("own_input", _at("gate_slope", "gate_gradient_first", rewriting=gates.own_input)),
    Mistake("slope_of_value", _at("gate_slope", "gate_gradient_first", rewriting=gates.slope_of_value)),
    Mistake("exponent_not_lowered", _at("gate_slope", "gate_gradient_first", rewriting=gates.exponent_not_lowered)),
    Mistake("spread_over_inputs", _at("gate_slope", "gate_gradient_first", rewriting=gates.shared_among_inputs)),
)  # fmt: skip

BY_CODE: Mapping[str, Mistake] = {mistake.code: mistake for mistake in MISTAKES}
