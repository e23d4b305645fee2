"""The questions of a sheet, or some of them, for somebody who is to practise just these.

What these are calculated from is given, unless it is asked itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from derive.derivation.round import Section
from derive.derivation.steps import Step
from derive.mathtext.building import row
from derive.mathtext.tree import EQUALS, Node
from derive.sheet.answer_boxes import boxes_of
from derive.sheet.edition import Edition
from derive.sheet.questions import Asked, asked


@dataclass(frozen=True)
class Selection:
    """The questions of an edition; those with an answer in ``only``, where that says which."""

    edition: Edition

    @cached_property
    def sections(self) -> Sequence[tuple[Section, Sequence[Asked]]]:
        """The sections in which anything is asked, with their questions."""
        if not self.edition.only:
            return self._every
        chosen = (
            (section, [own for own in questions if own.step in self._chosen]) for section, questions in self._every
        )
        return [(section, questions) for section, questions in chosen if questions]

    @cached_property
    def known(self) -> Sequence[Node]:
        """Equations with the values of steps that are not asked and that those which are need, in their order."""
        if not self.edition.only:
            return ()
        needed = {name for step in self._chosen for entry in self._entries[step] for name in self._asked_before(entry)}
        others = (own.step for _, questions in self._every for own in questions if own.step not in self._chosen)
        return [
            row(self.edition.notation.symbol(step.quantity), EQUALS, self.edition.answer(step))
            for step in others
            if not needed.isdisjoint(self._entries[step])
        ]

    @cached_property
    def _every(self) -> Sequence[tuple[Section, Sequence[Asked]]]:
        return list(asked(self.edition.derivation, self.edition.detail))

    @cached_property
    def _entries(self) -> Mapping[Step, frozenset[str]]:
        """The ids of the answers to each question."""
        steps = [own.step for _, questions in self._every for own in questions]
        boxes = boxes_of(self.edition)
        return {
            step: frozenset(box.id for box in boxes if box.number == number)
            for number, step in enumerate(steps, start=1)
        }

    @cached_property
    def _chosen(self) -> Sequence[Step]:
        return [step for step, entries in self._entries.items() if not entries.isdisjoint(self.edition.only)]

    def _asked_before(self, name: str) -> Iterator[str]:
        """The answers from which one is calculated, those nearest to it."""
        for symbol in self._steps[name].expression.free_symbols:
            if symbol.name in self._asked:
                yield symbol.name
            elif symbol.name in self._steps:
                yield from self._asked_before(symbol.name)

    @cached_property
    def _asked(self) -> frozenset[str]:
        return frozenset().union(*self._entries.values())

    @cached_property
    def _steps(self) -> Mapping[str, Step]:
        return {step.quantity.id: step for step in self.edition.evaluation.derivation.steps}
