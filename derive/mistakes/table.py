"""The known mistakes: one record each.

A mistake is made at one step. It puts a wrong formula in the place of the right one, written in what is known at that
step; everything after it follows from what has come out. To add a mistake, add its record here, with a rewriting for
each kind of step at which it is made.

What people are known to do and is not here, and why:

- rounding in between to two digits, or with another rule: that is no wrong formula; ``intervals`` has it
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

from derive.mistakes import backward, forward, gates, update
from derive.mistakes.anatomy import Place
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
    Mistake("bias_forgotten", {"net": forward.bias_forgotten}),
    Mistake("bias_twice", {"net": forward.bias_twice}),
    Mistake("bias_sign", {"net": forward.bias_sign}),
    Mistake("source_forgotten", {"net": forward.source_forgotten}),
    Mistake("weights_crossed", {"net": forward.weights_crossed}),
    Mistake("weights_of_other_neuron", {"net": forward.weights_of_other, "net_slope": backward.weights_of_neighbour}
            | _at(*_INWARD[:-1], rewriting=backward.weights_of_neighbour)),
    Mistake("matrix_transposed", {"net": forward.weights_transposed}
            | _at(*_INWARD, rewriting=backward.matrix_transposed)
            | _at(*_GRADIENTS, rewriting=backward.gradient_transposed)),
    Mistake("old_parameters", {"net": partial(forward.stale, kinds=_PARAMETERS)}
            | _at(*_INWARD, rewriting=backward.old_weights)),
    Mistake("old_bias", {"net": partial(forward.stale, kinds=(Kind.BIAS, Kind.THRESHOLD))}),
    Mistake("old_values", {"net": partial(forward.stale, kinds=(Kind.OUT,))}),
    Mistake("term_sign", _at("net", "total", "batch_error", "gate", rewriting=forward.term_sign)),
    # outputs
    Mistake("activation_forgotten", {"net": forward.net_of_sources, "out": forward.net_for_out}),
    Mistake("exponent_sign", {"out": forward.exponent_sign}),
    Mistake("logistic_brackets", {"out": forward.logistic_brackets}),
    Mistake("other_activation", {"out": forward.other_activation}),
    Mistake("wrong_side", {"out": forward.wrong_side, "activation_slope": backward.corner_side}),
    Mistake("softmax_shares", {"out": forward.softmax_shares}),
    # errors
    Mistake("factor_two", _at("error", rewriting=forward.factor_two_of_square)
            | _at("total", "penalty", "penalty_slope", "quotient", rewriting=forward.factor_two)
            | {"error_slope": backward.factor_two_of_slope}),
    Mistake("square_forgotten", {"error": forward.square_forgotten, "penalty": forward.squares_forgotten}),
    Mistake("square_kept", {"error_slope": backward.square_kept}),
    Mistake("target_for_output", {"error": forward.target_for_out}),
    Mistake("second_term_sign", {"error": forward.second_term_sign, "error_slope": backward.slope_second_term_sign}),
    Mistake("second_term_forgotten", {"error": forward.second_term_forgotten}),
    Mistake("base_ten", _at("error", "gate", rewriting=forward.base_ten)),
    Mistake("mean_or_sum", _at("error", "error_slope", "delta_short", "total", "batch_error", "batch_gradient",
                               "bias_gradient_shared", "sum", rewriting=forward.mean_or_sum)
            | _at(*_UPDATES, rewriting=update.sum_for_mean)),
    Mistake("part_forgotten", _at("total", "batch_error", "batch_gradient", "penalty",
                                  rewriting=forward.part_forgotten)),
    # slopes
    Mistake("error_sign", _at("error_slope", "delta_short", rewriting=backward.sign)),
    Mistake("slope_sign", _at("activation_slope", "cross_slope", "gate_slope", "gate_gradient_first",
                              "bias_slope", rewriting=backward.sign)),
    Mistake("slope_at_output", {"activation_slope": backward.slope_at_out}),
    Mistake("slope_of_net", {"activation_slope": backward.slope_of_net}),
    Mistake("half_slope", {"activation_slope": backward.half_slope, "gate_slope": gates.half_of_product}),
    Mistake("slope_of_error", {"activation_slope": backward.slope_of_error}),
    Mistake("sign_inside", {"activation_slope": backward.sign_inside}),
    Mistake("hyperbolic_secant", {"activation_slope": backward.hyperbolic_secant}),
    Mistake("other_slope", {"activation_slope": backward.other_slope}),
    Mistake("diagonal_only", {"cross_slope": backward.diagonal_only}),
    # deltas
    Mistake("slope_forgotten", _at("delta", *_GRADIENTS, rewriting=backward.slope_forgotten)),
    Mistake("upstream_forgotten", _at("delta", *_GRADIENTS, "gate_gradient", rewriting=backward.error_forgotten)),
    Mistake("difference_for_delta", {"delta": backward.difference_for_delta}),
    Mistake("slope_of_other_neuron", {"delta": backward.slope_of_other}),
    Mistake("slope_kept", {"delta_short": backward.slope_kept}),
    Mistake("jacobian_again", {"delta_short": backward.jacobian_again}),
    # gradients
    Mistake("local_forgotten", _at("weight_gradient", "gate_gradient", rewriting=backward.local_forgotten)),
    Mistake("other_source", _at("weight_gradient", "net_slope", rewriting=backward.other_source)),
    Mistake("parameter_for_source", _at(*_GRADIENTS, "net_slope", "bias_slope",
                                        rewriting=backward.parameter_for_source)),
    Mistake("net_for_output", _at("weight_gradient", "net_slope", rewriting=backward.net_for_source)),
    Mistake("input_for_hidden", _at("weight_gradient", "net_slope", rewriting=backward.input_for_source)),
    Mistake("bias_times_activation", _at("bias_gradient", "bias_slope", rewriting=backward.source_for_bias)
            | {"bias_gradient_shared": backward.bias_times_source}),
    Mistake("other_delta", _at(*_GRADIENTS, rewriting=backward.other_delta)),
    Mistake("all_deltas", {"weight_gradient": backward.all_deltas}),
    Mistake("accumulated", _at(*_GRADIENTS, rewriting=backward.accumulated)),
    # what comes back through the weights
    Mistake("one_path", _at(*_SUMS, rewriting=backward.one_path)),
    Mistake("paths_multiplied", _at(*_SUMS, rewriting=backward.paths_multiplied)),
    Mistake("path_sign", _at(*_SUMS, rewriting=backward.path_sign)),
    Mistake("updated_weights", _at(*_INWARD, rewriting=backward.updated_weights)),
    Mistake("incoming_weights", _at(*_INWARD, rewriting=backward.incoming_weights)),
    Mistake("weight_forgotten", _at(*_INWARD[:-1], rewriting=backward.weight_forgotten)),
    Mistake("errors_for_deltas", _at(*_INWARD[:-1], rewriting=backward.errors_for_deltas)),
    Mistake("activation_for_weight", {"net_slope": backward.activation_for_weight}),
    # weight decay
    Mistake("decay_rate_forgotten", _at("penalty", "penalty_slope", rewriting=forward.decay_rate_forgotten)),
    Mistake("biases_penalized", {"penalty": forward.biases_penalized, "penalized_gradient": backward.bias_penalized}),
    Mistake("decay_forgotten", _at("penalized", "penalized_gradient", rewriting=forward.decay_forgotten)),
    Mistake("decay_sign", _at("penalized", "penalized_gradient", rewriting=forward.decay_sign)),
    Mistake("decay_misplaced", _at(*_UPDATES, rewriting=update.decay_beside)),
    # the update
    Mistake("ascent", _at(*_UPDATES, rewriting=update.ascent)),
    Mistake("rate_forgotten", _at(*_UPDATES, rewriting=update.rate_forgotten)),
    Mistake("rate_squared", _at(*_UPDATES, rewriting=update.rate_squared)),
    Mistake("rate_of_all", _at(*_UPDATES, rewriting=update.rate_of_all)),
    Mistake("change_alone", _at(*_UPDATES, rewriting=update.change_alone)),
    Mistake("not_updated", _at(*_UPDATES, rewriting=update.not_updated)),
    Mistake("gradient_of_neighbour", _at(*_UPDATES, rewriting=update.gradient_of_neighbour)),
    Mistake("kept_forgotten", _at(*_UPDATES, rewriting=update.kept_forgotten)),
    Mistake("share_forgotten", _at(*_UPDATES, rewriting=update.share_forgotten)),
    Mistake("new_share_forgotten", {"kept": update.new_share_forgotten}),
    Mistake("gradient_not_squared", {"kept": update.square_of_gradient_forgotten}),
    Mistake("betas_swapped", {"kept": update.betas_swapped}),
    Mistake("correction_forgotten", {"kept": update.correction_forgotten}),
    Mistake("count_off_by_one", {"kept": update.count_off_by_one}),
    Mistake("epsilon_misplaced", _at(*_UPDATES, rewriting=update.epsilon_misplaced)),
    Mistake("root_forgotten", _at(*_UPDATES, rewriting=update.root_forgotten)),
    Mistake("velocity_sign", _at(*_UPDATES, rewriting=update.velocity_sign)),
    Mistake("other_momentum", _at(*_UPDATES, rewriting=update.other_momentum)),
    # a gradient check
    Mistake("output_for_error", {"quotient": update.output_for_error}),
    Mistake("one_sided", {"quotient": update.one_sided}),
    Mistake("quotient_upside_down", {"quotient": update.quotient_upside_down}),
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
