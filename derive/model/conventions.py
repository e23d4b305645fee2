"""What sources disagree on. Each can be set in an exercise file, and each sheet prints the ones that it uses.

To add a convention, add its field here and its sentences to the catalogues (``convention.…``).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field
from sympy import Expr, Rational

from derive.choices import MOST_DIGITS
from derive.model.fields import Number, OneOf, Table
from derive.model.losses import DIFFERENCES
from derive.model.quantities import PARAMETERS, Kind, Partial, Quantity

SHARES = ("sum", "mean")
BIAS_SHARES = (*SHARES, "mean_of_biases")
ORDERS = ("simultaneous", "output_first")
DELTAS = ("gradient", "descent")
LENGTHS = ("short", "long")
TIES = ("first", "split")
VECTORS = ("column", "row")

_CARRIED_AS = {
    Kind.NET: "net",
    Kind.OUT: "out",
    Kind.ERROR: "error",
    Kind.TOTAL: "error",
    Kind.DELTA: "delta",
    Kind.WEIGHT: "weight",
    Kind.BIAS: "bias",
    Kind.THRESHOLD: "bias",
}
CARRIED = ("net", "out", "error", "slope", "delta", "gradient", "weight", "bias")


class Carry(Table):
    """How a value is rounded before one calculates on with it; not at all, if nothing is set."""

    digits: int | None = Field(default=None, ge=0, le=MOST_DIGITS, description="Decimal places that are kept.")
    figures: int | None = Field(default=None, ge=1, le=MOST_DIGITS, description="Significant figures that are kept.")
    single: bool = Field(
        default=False,
        description="Whether values are kept in single precision (32 bits), sums also while they are added up.",
    )
    only: list[Annotated[str, OneOf(CARRIED)]] = Field(
        default=[], description="What is rounded: all if nothing is named."
    )

    @property
    def is_full(self) -> bool:
        """Whether nothing is rounded."""
        return self.digits is None and self.figures is None and not self.single

    def applies_to(self, quantity: Quantity) -> bool:
        """Whether this quantity is rounded."""
        return not self.only or carried_as(quantity) in self.only


def carried_as(quantity: Quantity) -> str:
    """The name under which ``only`` knows a quantity; nothing for what it does not list."""
    if isinstance(quantity, Partial):
        return "gradient" if quantity.by.kind in PARAMETERS else "slope"
    return _CARRIED_AS.get(quantity.kind, "")


class Conventions(Table):
    """The choices that one exercise makes."""

    train_biases: bool = Field(default=False, description="Whether the update changes the biases too.")
    shared_bias_gradient: Annotated[str, OneOf(BIAS_SHARES)] = Field(
        default="sum",
        description="What a shared bias takes from the gradients of the neurons that share it; with mean_of_biases "
        "each neuron moves a bias of its own, and the layer takes the mean of these.",
    )
    over_outputs: Annotated[str, OneOf(SHARES)] = Field(
        default="sum", description="Whether the errors of the outputs are added up or averaged."
    )
    over_samples: Annotated[str, OneOf(SHARES)] = Field(
        default="sum", description="Whether the errors of the samples of a batch are added up or averaged."
    )
    difference: Annotated[str, OneOf(DIFFERENCES)] = Field(
        default=DIFFERENCES[0], description="Which of target and output is subtracted from which."
    )
    delta: Annotated[str, OneOf(DELTAS)] = Field(
        default="gradient",
        description="Whether a delta is the derivative of the error, or its negative that is added by the update.",
    )
    update_order: Annotated[str, OneOf(ORDERS)] = Field(
        default="simultaneous",
        description="Whether all parameters are updated from their old values, or the output layer first, and the "
        "error is sent back through its new weights.",
    )
    cross_entropy: Annotated[str, OneOf(LENGTHS)] = Field(
        default="short",
        description="Whether the delta of a cross-entropy is written at once as output minus target, or found through "
        "the derivative of the activation function.",
    )
    slope_at_corner: Number | None = Field(
        default=None, description="The derivative of ReLU and its like at a net input of exactly 0."
    )
    max_ties: Annotated[str, OneOf(TIES)] = Field(
        default="first", description="Which of equal inputs of a maximum gets the gradient: the first, or each a share."
    )
    vectors: Annotated[str, OneOf(VECTORS)] = Field(
        default="column", description="Whether the values of a layer are written as a column or as a row."
    )

    carry: Carry = Carry()

    @property
    def corner(self) -> Expr | None:
        """The slope at a corner as an exact number."""
        return None if self.slope_at_corner is None else exact(self.slope_at_corner)

    @property
    def averages_samples(self) -> bool:
        return self.over_samples == "mean"


def exact(number: Decimal) -> Rational:
    """A decimal number as SymPy has it without rounding."""
    return Rational(*number.as_integer_ratio())
