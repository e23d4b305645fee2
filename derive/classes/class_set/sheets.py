"""The pages of a set: laid out once for each language and stamped, or, where numbers differ in length, one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from derive.authoring.exercise import Exercise
from derive.authoring.exercise_file import ExerciseFile
from derive.authoring.typed_values import silenced
from derive.equations.filling import Filling
from derive.equations.scalars import filling
from derive.render import Layout
from derive.render.stamping.marks import Mark
from derive.render.stamping.mould import Mould
from derive.render.stamping.slots import NotStampableError
from derive.sheet.build import Options, build_documents, rounding
from derive.sheet.document import Document, Kind
from derive.words.languages import language

KINDS = (Kind.WORKSHEET, Kind.KEY)

Pages: TypeAlias = Mapping[Kind, bytes]
"""The finished files of one member."""


@dataclass(frozen=True)
class Order:
    """What is to be printed for one member."""

    number: int
    filling: Filling
    """The printed numbers, with the decimal mark of the member's language."""
    mark: Mark


@dataclass(frozen=True)
class Press:
    """The moulds of one language."""

    moulds: Mapping[Kind, Mould]

    def stamped(self, order: Order) -> Pages:
        """A member's files."""
        return {kind: mould.stamped(order.filling, order.mark) for kind, mould in self.moulds.items()}


@dataclass(frozen=True)
class Stamping:
    """A task: several members of one language, whose numbers are stamped into its moulds."""

    press: Press
    orders: tuple[Order, ...]

    def done(self) -> Mapping[int, Pages]:
        """The files by the members' numbers."""
        return {order.number: self.press.stamped(order) for order in self.orders}


def press_of(source: Source, options: Options, layout: Layout) -> Press | NotStampableError:
    """The moulds of all members whose numbers have this one's pattern, or why there can be none."""
    exercise = source.exercise
    pattern = printed(exercise, options)
    try:
        documents = documents_of(exercise, options)
        return Press({kind: Mould.of(document, layout, pattern) for kind, document in documents.items()})
    except NotStampableError as error:
        return error


def press_of_one(source: Source, options: Options, layout: Layout) -> Press:
    """The sheets of one member, laid out by themselves."""
    documents = documents_of(source.exercise, options)
    return Press({kind: Mould.single(document, layout) for kind, document in documents.items()})


@dataclass(frozen=True)
class Casting:
    """A task: the moulds of one language, with the first member's numbers as the pattern."""

    source: Source
    options: Options
    layout: Layout

    def done(self) -> Press | NotStampableError:
        """The moulds, or why there can be none."""
        return press_of(self.source, self.options, self.layout)


@dataclass(frozen=True)
class Laying:
    """A task: one member whose sheets are laid out by themselves."""

    source: Source
    options: Options
    layout: Layout
    order: Order

    def done(self) -> Mapping[int, Pages]:
        """The member's files."""
        return {self.order.number: press_of_one(self.source, self.options, self.layout).stamped(self.order)}


@dataclass(frozen=True)
class Source:
    """An exercise as it travels to a worker: its steps are derived again there, which is sooner done than sent."""

    name: str
    path: Path
    content: ExerciseFile

    @classmethod
    def of(cls, variant: Exercise) -> Source:
        """A variant, without what is said of the numbers that its file has."""
        return cls(variant.name, variant.path, silenced(variant.content))

    @property
    def exercise(self) -> Exercise:
        return Exercise(self.name, self.path, self.content)


def printed(exercise: Exercise, options: Options) -> Filling:
    """The numbers of a sheet as its language prints them."""
    mark = options.decimal_mark or language(options.language).decimal_mark
    return filling(exercise.evaluation, rounding(exercise, options), mark)


def documents_of(exercise: Exercise, options: Options) -> Mapping[Kind, Document]:
    """The worksheet and the key."""
    return build_documents([exercise], KINDS, options)


def in_language(options: Options, code: str) -> Options:
    """The same options for another language."""
    return replace(options, language=code)
