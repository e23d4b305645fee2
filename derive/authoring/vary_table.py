"""The table [vary] of an exercise file: which values differ from student to student, and what they may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import no_info_before_validator_function

from derive.model.fields import Number, OneOf, PositiveNumber, Table
from derive.model.quantities import Kind


class OrFixed:
    """A table or, in its place, the word "fixed", which is read as None."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_before_validator_function(self._read, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        table, _ = handler(schema)["anyOf"]
        return {"anyOf": [table, {"const": "fixed"}]}

    @staticmethod
    def _read(value: object) -> object:
        if value == "fixed":
            return None
        if not isinstance(value, dict):
            raise PydanticCustomError("variation_type", "")
        return value


class RangeTable(Table):
    """The numbers that a variant may have in place of a given value; never 0."""

    low: Number = Field(alias="from", description="The least of the numbers.")
    high: Number = Field(alias="to", description="The greatest, a whole number of steps away.")
    step: PositiveNumber = Field(description="How far they are apart; each has as many decimals as the step.")
    signs: bool = Field(default=False, description="Whether their negatives may be drawn too, once for a whole set.")


Variation = Annotated[RangeTable | None, OrFixed()]

GROUPS: Mapping[Kind, str] = {
    Kind.INPUT: "inputs",
    Kind.TARGET: "targets",
    Kind.WEIGHT: "weights",
    Kind.BIAS: "biases",
    Kind.THRESHOLD: "biases",
    Kind.RATE: "learning_rate",
    Kind.NAME: "values",
}
"""What can vary, and the key of [vary] that speaks of all of its kind."""


PATTERNS = ("same", "free")


class VaryTable(Table):
    """What differs from student to student in a class set: groups of values, or single values by id.

    A single value wins over its group. As soon as anything is named, what is not named stays as it is.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Variation]

    inputs: Variation = Field(default=None, description="The inputs.")
    targets: Variation = Field(default=None, description="The targets.")
    weights: Variation = Field(default=None, description="The weights.")
    biases: Variation = Field(default=None, description="Biases and thresholds.")
    learning_rate: Variation = Field(default=None, description="The learning rate.")
    values: Variation = Field(default=None, description="The values of formulas.")
    pattern: Annotated[str, OneOf(PATTERNS)] = Field(
        default="same",
        description="Whether every number has the same sign and as many digits in all variants of a set, or is free.",
    )

    @property
    def singly(self) -> Mapping[str, RangeTable | None]:
        """What is said of single values, by id."""
        return self.__pydantic_extra__

    @property
    def names_something(self) -> bool:
        """Whether it says of anything what becomes of it."""
        return bool(self.model_fields_set - {"pattern"})
