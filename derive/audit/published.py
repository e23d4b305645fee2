"""The entries of [[published]]: what they claim of each printed number, and what can be wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from derive.audit.courses import Course, Look, given_in, under
from derive.audit.printed import Printed
from derive.authoring.consistency.problems import shape_problems
from derive.authoring.exercise import Exercise
from derive.authoring.exercise_file import NetworkFile, PublishedTable, SettingsTable
from derive.authoring.validation import Finding, Keys, shortened
from derive.choices import MOST_ROUNDS
from derive.model.formulas.flaws import FormulaError
from derive.model.formulas.reader import read_formula
from derive.words.errors import nearest

_READERS: Mapping[str, Callable[[str], object]] = {
    "printed": Printed.read,
    "quantity": read_formula,
    "instead": read_formula,
}
_OF_NETWORKS = ("completed", "epoch", "activations", "loss")


@dataclass(frozen=True, eq=False)
class Entry:
    """One table of [[published]]."""

    exercise: Exercise
    table: PublishedTable
    place: int

    @cached_property
    def settings(self) -> SettingsTable:
        """The settings that it names; none that differ, where it names none."""
        return self.table.settings or SettingsTable()

    def numbers(self) -> Iterator[Number]:
        """Its printed numbers, one by one."""
        yield from (Number(self, index) for index in range(len(self.table.printed)))

    def keys(self, name: str, index: int = 0) -> Keys:
        """The place of a text in the file; one that stands alone may stand in no list."""
        texts = getattr(self.table, name)
        return ("published", self.place, name, *((index,) if len(texts) > 1 else ()))

    def faults(self) -> Iterator[Finding]:
        """What is wrong with it, but for names that no quantity has."""
        if self.exercise.is_symbolic:
            yield Finding(("published", self.place), "published_symbolic")
            return
        yield from self._misspelt()
        misplaced = [*self._misplaced(), *self._miscounted()]
        yield from misplaced or chain(self._unknown_given(), self._contradictions())

    def _misspelt(self) -> Iterator[Finding]:
        """Texts that are neither numbers nor formulas."""
        for name, read in _READERS.items():
            for index, text in enumerate(getattr(self.table, name) or ()):
                try:
                    read(text)
                except FormulaError as error:
                    yield from (Finding(self.keys(name, index), flaw.code, flaw.evidence) for flaw in error.flaws)
                except ValueError:
                    yield Finding(self.keys(name, index), "published_number", {"found": shortened(text)})

    def _misplaced(self) -> Iterator[Finding]:
        """Keys that have no place in such an exercise, or beside another."""
        for keys, table in self._tables:
            for name in (name for name in _OF_NETWORKS if name in table.model_fields_set):
                if not isinstance(self.exercise.content, NetworkFile):
                    yield Finding((*keys, name), "published_formulas")
                elif name == "completed" and self.table.epoch is not None:
                    yield Finding((*keys, name), "published_epoch")

    def _miscounted(self) -> Iterator[Finding]:
        """Activations for more or fewer layers than there are, and epochs that nobody waits for."""
        content, activations = self.exercise.content, self.settings.activations
        if isinstance(content, NetworkFile) and activations and len(activations) != len(content.layer):
            evidence: dict[str, object] = {"found": len(activations), "expected": len(content.layer)}
            yield Finding(("published", self.place, "settings", "activations"), "published_layers", evidence)
        epochs = MOST_ROUNDS // self.exercise.training.rounds_per_epoch
        if self.table.epoch and self.table.epoch > epochs:
            evidence = {"found": self.table.epoch, "expected": f"at most {epochs}"}
            yield Finding(("published", self.place, "epoch"), "out_of_range", evidence)

    def _unknown_given(self) -> Iterator[Finding]:
        training = self.exercise.training
        allowed = {**given_in(training), **training.samples[0]}
        for keys, table in self._tables:
            for name in sorted(table.given.keys() - allowed):
                evidence = {"found": shortened(name), "nearest": nearest(name, allowed)}
                yield Finding((*keys, "given", name), "published_given", evidence)

    def _contradictions(self) -> Iterator[Finding]:
        """What a file with these settings could not say."""
        changed = under(self.exercise, self.settings)
        if changed is not self.exercise:
            for fault in shape_problems(changed.content.model_dump(exclude_unset=True, exclude={"published"})):
                yield replace(fault, keys=("published", self.place, "settings", *fault.keys))

    @property
    def _tables(self) -> Iterator[tuple[Keys, PublishedTable | SettingsTable]]:
        yield ("published", self.place), self.table
        yield ("published", self.place, "settings"), self.settings


@dataclass(frozen=True)
class Number:
    """One printed number of an entry."""

    entry: Entry
    index: int

    @property
    def quantity(self) -> str:
        return self._own("quantity")

    @property
    def instead(self) -> str | None:
        return self._own("instead") if self.entry.table.instead else None

    def _own(self, name: str) -> str:
        texts: Sequence[str] = getattr(self.entry.table, name)
        return texts[self.index if len(texts) > 1 else 0]

    @property
    def printed(self) -> str:
        return self.entry.table.printed[self.index]

    @property
    def place(self) -> str:
        several = len(self.entry.table.printed) > 1
        return f"published[{self.entry.place + 1}].printed" + (f"[{self.index + 1}]" if several else "")

    @property
    def epoch(self) -> int | None:
        """Where one quantity has several numbers, they are of epochs that follow one another."""
        table = self.entry.table
        later = self.index if len(table.quantity) == 1 else 0
        return None if table.epoch is None else table.epoch + later

    @cached_property
    def stated(self) -> Look:
        """How the page should have come to it."""
        table = self.entry.table
        return Look(SettingsTable(given=table.given), self._rounds(table.completed))

    @cached_property
    def claimed(self) -> Look:
        """How it came to it by what the entry says; the same, where it names no settings."""
        table, settings = self.entry.table, self.entry.settings
        completed = table.completed if settings.completed is None else settings.completed
        given = {**table.given, **settings.given}
        return Look(settings.model_copy(update={"given": given}), self._rounds(completed))

    @property
    def looks(self) -> tuple[Look, Look]:
        return self.stated, self.claimed

    def _rounds(self, completed: int) -> range:
        if self.epoch is None:
            return range(completed, completed + 1)
        size = self.entry.exercise.training.rounds_per_epoch
        return range(self.epoch * size, (self.epoch + 1) * size)

    def faults(self, courses: Mapping[str, Course]) -> Iterator[Finding]:
        """Names in its formulas that no quantity has, however it came about."""
        for key, formula, looks in (
            ("quantity", self.quantity, self.looks),
            ("instead", self.instead, (self.claimed,)),
        ):
            names = {symbol.name for symbol in read_formula(formula).free_symbols} if formula else set()
            lacking = [courses[look.course].lacks(names, look.rounds) for look in looks]
            if all(lacking):
                name = min(lacking[0])
                known = courses[looks[-1].course].names
                evidence = {"found": shortened(name), "nearest": nearest(name, known)}
                yield Finding(self.entry.keys(key, self.index), "published_quantity", evidence)
