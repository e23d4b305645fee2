"""The rounds of an exercise that published numbers are looked at in, under its own settings and under others.

Rounds are counted from the given values of the file, whatever state its sheet begins with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from mpmath import fsum, workdps

from derive.audit.printed import Printed, margin_of_doubles
from derive.authoring.exercise import Exercise
from derive.authoring.exercise_file import NetworkFile, SettingsTable
from derive.derivation.steps import Evaluate
from derive.model.conventions import Carry
from derive.model.formulas.reader import read_formula
from derive.model.quantities import Kind, Variable
from derive.numbers.evaluation import WORKING, Evaluation, NoValueError, Values, decimal_of, values_of
from derive.numbers.training import Reached, Training


@dataclass(frozen=True, slots=True)
class Look:
    """Under which settings, and at which rounds: over several of them the quantity is added up."""

    settings: SettingsTable
    rounds: range

    @property
    def course(self) -> str:
        """What all looks at the same course of training have in common."""
        return self.settings.model_dump_json(exclude={"completed"}, warnings=False)

    def gives(self, printed: Printed, value: Decimal | None) -> bool:
        """Whether that value of this look is printed so."""
        if value is None:
            return False
        margin = margin_of_doubles(self.rounds[-1], value) if self.settings.double else None
        close = margin is not None and printed.lies_within(margin, value)
        return close or printed.rounds(value) or printed.truncates(value)


@dataclass(frozen=True)
class Course:
    """Training under one setting. Every state that is looked at is reached from the one before it, once."""

    training: Training
    shown: Training
    """What is looked at: the same, or a row that a page puts in place of the samples that it has trained with."""
    double: bool
    wanted: frozenset[int]

    @property
    def names(self) -> Set[str]:
        """The quantities of its first round."""
        return _names(self.shown.evaluation())

    def lacks(self, names: Set[str], rounds: range) -> Set[str]:
        """Those of the names that are no quantities of the first of these rounds."""
        begun = Reached(rounds[0], self.training.start)
        lacking = (names - _names(self.shown.evaluation(begun, size)) for size in self._sizes)
        return next(lacking) and next(lacking)

    def value(self, formula: str, rounds: range) -> Decimal | None:
        """What a formula adds up to over these rounds; none where it has no value, or training diverges before."""
        expression = read_formula(formula)
        names = {symbol.name for symbol in expression.free_symbols}
        if self._reached[rounds[-1]].rounds < rounds[-1] or self.lacks(names, rounds):
            return None
        step = Evaluate(_VALUE, expression)
        with workdps(WORKING):
            try:
                parts = [values_of([step], self._values(names, number), Carry())[_VALUE.id] for number in rounds]
            except NoValueError:
                return None
            return decimal_of(fsum(parts))

    def _values(self, names: Set[str], rounds: int) -> Values:
        """These quantities of a round; of all samples at once, where its batch has not got them."""
        evaluations = (self._evaluation(rounds, size) for size in self._sizes)
        found = next(evaluation for evaluation in evaluations if names <= _names(evaluation))
        return {name: found.values[name] for name in names}

    def _evaluation(self, rounds: int, size: int | None) -> Evaluation:
        known = self._evaluations
        if (rounds, size) not in known:
            known[rounds, size] = self.shown.evaluation(self._reached[rounds], size)
        return known[rounds, size]

    @cached_property
    def _reached(self) -> Mapping[int, Reached]:
        """Where each of the wanted numbers of rounds leads; fewer have been completed, where training diverges."""
        now, found = Reached(0, self.training.start), {}
        for rounds in sorted(self.wanted):
            if rounds:
                since = now if now.rounds else None
                now = self.training.play(rounds - now.rounds, "math" if self.double else "mpmath", since)
            found[rounds] = now
        return found

    @cached_property
    def _evaluations(self) -> dict[tuple[int, int | None], Evaluation]:
        return {}

    @property
    def _sizes(self) -> tuple[int | None, int]:
        """As many samples as the batch has; all of them."""
        return None, len(self.shown.samples)


_VALUE = Variable(Kind.NAME, "value")


def _names(evaluation: Evaluation) -> Set[str]:
    return evaluation.given.keys() | {step.quantity.id for step in evaluation.derivation.steps}


def courses_of(exercise: Exercise, looks: Iterable[Look]) -> Mapping[str, Course]:
    """A course for each setting among the looks, by the key that a look has for it; nothing is calculated yet."""
    settings: dict[str, SettingsTable] = {}
    wanted: dict[str, set[int]] = defaultdict(set)
    for look in looks:
        settings[look.course] = look.settings
        wanted[look.course].update(look.rounds)
    return {key: _course(exercise, settings[key], frozenset(rounds)) for key, rounds in wanted.items()}


def _course(exercise: Exercise, settings: SettingsTable, wanted: frozenset[int]) -> Course:
    """Training under these settings.

    Where there are several samples, an input or target without a sample's number is of a row of its own, which is
    looked at alone after training with the samples of the file.
    """
    training = under(exercise, settings).training
    given = {**given_in(training), **settings.given}
    several = len(training.samples) > 1
    changed = replace(
        training,
        start={name: given[name] for name in training.start},
        settings={name: given[name] for name in training.settings},
        samples=tuple(
            {name: given[f"{name}@s{number}" if several else name] for name in sample}
            for number, sample in enumerate(training.samples, start=1)
        ),
    )
    row = {name: value for name, value in settings.given.items() if several and name in training.samples[0]}
    shown = replace(changed, samples=({**changed.samples[0], **row},), batch=1) if row else changed
    return Course(changed, shown, settings.double, wanted)


def given_in(training: Training) -> dict[str, Decimal]:
    """Every given value, by the id that it has where all samples are there at once."""
    return {**training.named(range(len(training.samples))), **training.start, **training.settings}


def under(exercise: Exercise, settings: SettingsTable) -> Exercise:
    """The exercise with other conventions, other activations or another loss."""
    content = exercise.content
    changes: dict[str, object] = {}
    if chosen := settings.conventions:
        named = {name: getattr(chosen, name) for name in chosen.model_fields_set}
        changes["conventions"] = content.conventions.model_copy(update=named)
    if settings.loss:
        changes["loss"] = settings.loss
    if settings.activations and isinstance(content, NetworkFile):
        pairs = zip(content.layer, settings.activations, strict=True)
        changes["layer"] = [layer.model_copy(update={"activation": name}) for layer, name in pairs]
    return replace(exercise, content=content.model_copy(update=changes)) if changes else exercise
