"""What may stand in an exercise file: a key is added here, one of [vary] in ``vary_table``.

pydantic validates it and makes its JSON schema.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Annotated, Any, TypeAlias

from pydantic import Field

from derive.authoring.vary_table import VaryTable
from derive.choices import DETAILS, MOST_COPIES, MOST_DIGITS, MOST_ROUNDS, NOTATIONS
from derive.model.activations import ACTIVATIONS
from derive.model.conventions import Conventions
from derive.model.fields import (
    Bias,
    LanguageCode,
    Line,
    Number,
    NumberFromZero,
    OneOf,
    Paragraph,
    PositiveNumber,
    Samples,
    Share,
    ShareBelowOne,
    Table,
    Texts,
)
from derive.model.losses import LOSSES
from derive.model.optimizers import OPTIMIZERS

LARGEST_LAYER = 1000
LossName = Annotated[str, OneOf(tuple(LOSSES))]
Lines: TypeAlias = dict[LanguageCode, Line]
Paragraphs: TypeAlias = dict[LanguageCode, Paragraph]


class LayerTable(Table):
    """A [[layer]] of the file; the last one is the output layer."""

    weights: list[Annotated[list[Number], Field(min_length=1)]] | None = Field(
        default=None,
        min_length=1,
        description="One row for each neuron: its weights, in the order of what they come from.",
    )
    units: int | None = Field(
        default=None,
        ge=1,
        le=LARGEST_LAYER,
        description="How many neurons, where no weights are given: the sheet is in symbols, or the weights are drawn.",
    )
    copies: int = Field(default=1, ge=1, le=MOST_COPIES, description="How many layers like this follow one another.")
    activation: Annotated[str, OneOf(tuple(ACTIVATIONS))] = Field(
        default="logistic", description="The activation function of the layer's neurons."
    )
    bias: Bias | None = Field(
        default=None,
        description="One number: a bias that the layer shares. A list: one for each neuron. Left out: no bias.",
    )
    threshold: Bias | None = Field(default=None, description="The same, subtracted from the sum: net = w·x − θ.")

    @property
    def offset(self) -> Decimal | list[Decimal] | None:
        """The bias or the threshold, whichever the layer has."""
        return self.bias if self.threshold is None else self.threshold

    @property
    def offsets(self) -> list[Decimal]:
        """The same as a list: of one number where the layer shares it, empty where there is none."""
        if self.offset is None:
            return []
        return self.offset if isinstance(self.offset, list) else [self.offset]


class OptimizerTable(Table):
    """How the update uses the gradient; what is left out has the value that its authors recommend."""

    name: Annotated[str, OneOf(tuple(OPTIMIZERS))] = Field(default="sgd", description="The optimiser.")
    mu: ShareBelowOne | None = Field(default=None, description="Momentum.")
    rho: ShareBelowOne | None = Field(default=None, description="How much of a running mean is kept.")
    beta1: ShareBelowOne | None = Field(default=None, description="The same for the mean of the gradients.")
    beta2: ShareBelowOne | None = Field(default=None, description="The same for the mean of their squares.")
    epsilon: NumberFromZero | None = Field(default=None, description="What keeps a divisor from being 0.")
    decay: NumberFromZero | None = Field(default=None, description="The weight decay of AdamW.")


class TrainingTable(Table):
    """How training goes on."""

    batch: int | None = Field(
        default=None, ge=1, description="Samples in a batch, in the order of the file; all of them if not set."
    )
    rounds: int = Field(
        default=0, ge=0, le=MOST_ROUNDS, description="Updates that the sheet reports on, with the curve of the error."
    )
    epochs: int = Field(
        default=0, ge=0, le=MOST_ROUNDS, description="The same in epochs: in one, every sample has been used once."
    )
    completed: int = Field(
        default=0, ge=0, le=1000, description="Updates that lie behind when the sheet begins, so that a state is there."
    )


class CheckTable(Table):
    """A gradient check: the quotient of differences beside the derivative."""

    parameters: list[Line] = Field(min_length=1, max_length=8, description="Which derivatives are checked: w5, b1, …")
    move: PositiveNumber = Field(description="How far the parameter is moved to each side.")
    loss: LossName | None = Field(default=None, description="The error of the quotient, if it is not the one derived.")


class SheetTable(Table):
    """How the sheet is printed unless the command line says otherwise."""

    digits: int | None = Field(default=None, ge=0, le=MOST_DIGITS, description="Decimal places of the answers.")
    figures: int | None = Field(
        default=None, ge=1, le=MOST_DIGITS, description="Significant figures of the answers (6 if not set)."
    )
    detail: Annotated[str, OneOf(DETAILS)] = Field(
        default="quantities", description="How much is asked: every factor, one a quantity, or results only."
    )
    notation: Annotated[str, OneOf(NOTATIONS)] | None = Field(default=None, description="How quantities are written.")
    nested: bool = Field(default=False, description="Whether the error is also printed as one nested expression.")
    truncation: bool = Field(
        default=False, description="Whether digits may be cut off instead of rounded; the sheet says so."
    )


def _worth(share: str, description: str) -> Any:
    """A share that is a Decimal also where the file leaves it out; pydantic has no JSON for Decimals as defaults."""
    return Field(default_factory=partial(Decimal, share), description=f"{description} ({share} if not set)")


class CreditTable(Table):
    """What an answer is worth when it is checked: a share of its mark, from 0 to 1."""

    full: Share = _worth("1", "An answer that is right")
    follow_through: Share = _worth("1", "One that is right for the student's own earlier answers")
    partial: Share = _worth(
        "0.5",
        "One that was found and written down with a slip: too few digits, the sign, a power of ten, exchanged digits",
    )
    mistake: Share = _worth("0", "One that a known mistake leads to")


class CourseTable(Table):
    """Who gives the sheet; each can be set on the command line too."""

    school: Line | None = None
    course: Line | None = None
    instructor: Line | None = None
    logo: Line | None = Field(default=None, description="A PNG or JPEG file, relative to the exercise file.")


class SettingsTable(Table):
    """Under which other settings a printed number is to be reproduced."""

    completed: int | None = Field(default=None, ge=0, le=MOST_ROUNDS, description="Updates before the round.")
    double: bool = Field(default=False, description="Whether rounds are calculated in double precision.")
    conventions: Conventions | None = None
    given: dict[Line, Number] = Field(default={}, description="Given values that differ, by id.")
    activations: list[Annotated[str, OneOf(tuple(ACTIVATIONS))]] | None = Field(
        default=None, description="The activation of each layer, where they differ."
    )
    loss: LossName | None = None


class PublishedTable(Table):
    """Numbers that a page prints, for ``pencilgrad audit``."""

    label: Line | None = Field(default=None, description="What the page calls it, if that is not the quantity.")
    quantity: Texts = Field(description="An id, or a formula in ids; a list where several numbers are printed.")
    printed: Texts = Field(description="The number as it is printed, as text; as many as there are quantities.")
    completed: int = Field(default=0, ge=0, le=MOST_ROUNDS, description="Updates before the round it belongs to.")
    epoch: int | None = Field(
        default=None, ge=0, description="The epoch over which it is added up; further numbers are of those that follow."
    )
    given: dict[Line, Number] = Field(default={}, description="Given values of the page that differ, by id.")
    settings: SettingsTable | None = Field(default=None, description="Other settings that reproduce it.")
    instead: Texts | None = Field(default=None, description="What was calculated in place of the quantity.")
    why: Paragraphs = Field(default={}, description="Why the number differs, by language.")


class CommonFile(Table):
    """What every exercise has."""

    title: Lines = Field(min_length=1, description="By language: title.en, title.es, title.zh.")
    note: Paragraphs = Field(default={}, description="What the sheet says below its title, by language.")
    answer: Paragraphs = Field(default={}, description="What the key answers to a question of the note, by language.")
    source: Line | None = Field(default=None, description="Where the numbers come from.")
    conventions: Conventions = Conventions()
    sheet: SheetTable = SheetTable()
    vary: VaryTable | None = Field(default=None, description="What differs from student to student in a class set.")
    credit: CreditTable = Field(
        default_factory=CreditTable, description="What answers are worth when they are checked."
    )
    course: CourseTable = CourseTable()
    published: list[PublishedTable] = Field(default=[], description="Numbers that a page prints, for the audit.")


class NetworkFile(CommonFile):
    """A small network, its samples, and how a round of training uses them."""

    inputs: Samples = Field(
        description="The input values i1, i2, …; a list for each sample where there are several; or only how many."
    )
    targets: Samples | None = Field(default=None, description="The target of each output neuron, likewise.")
    loss: LossName = Field(default="half_squared", description="The error that is minimised.")
    learning_rate: PositiveNumber | None = Field(default=None, description="The η of the update.")
    weight_decay: PositiveNumber | None = Field(
        default=None, description="The λ with which half the squared length of the weights is added to the error."
    )
    input_gradients: bool = Field(
        default=False, description="Whether the derivatives with respect to the inputs are asked for too."
    )
    seed: int | None = Field(
        default=None,
        ge=0,
        description="Draws what is not given. The weights of layer l are uniform between ±√(6 / (units + sources)), "
        "row by row, from numpy.random.Generator(PCG64(seed + l)); inputs (−1 to 1), then targets (0 to 1), from that "
        "of the seed itself. In a network whose every step is printed they are rounded to two decimals.",
    )
    layer: list[LayerTable] = Field(min_length=1, description="The layers after the inputs, in order.")
    optimizer: OptimizerTable = OptimizerTable()
    training: TrainingTable = TrainingTable()
    gradient_check: CheckTable | None = None

    @property
    def tables(self) -> list[LayerTable]:
        """The tables of the layers, those that are repeated as often as they are."""
        return [table for table in self.layer for _ in range(table.copies)]


class FormulaFile(CommonFile):
    """Formulas, decomposed into gates, with the values of their inputs."""

    formulas: list[Line] = Field(min_length=1, max_length=40, description='One a line: "f = (x + y) * z".')
    values: dict[Line, Number] = Field(description="The value of each input.")


ExerciseFile: TypeAlias = NetworkFile | FormulaFile


def model_for(raw: dict[str, Any]) -> type[NetworkFile] | type[FormulaFile]:
    """Which of the two a file is meant to be."""
    return FormulaFile if "formulas" in raw else NetworkFile


def json_schema() -> dict[str, Any]:
    """The JSON schema of exercise files, for editors that complete and check TOML."""
    network, formula = NetworkFile.model_json_schema(), FormulaFile.model_json_schema()
    shared = {**network.pop("$defs"), **formula.pop("$defs")}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "pencilgrad exercise",
        "if": {"required": ["formulas"]},
        "then": {**formula, "title": "formulas"},
        "else": {**network, "title": "network"},
        "$defs": shared,
    }
