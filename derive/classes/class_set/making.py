"""A whole set, in order: the variants, the moulds, a worksheet and a key for every member, and what is made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from itertools import groupby
from typing import BinaryIO

from derive.authoring.exercise import Exercise
from derive.classes.class_set.folder import Folder, files_of
from derive.classes.class_set.marking import (
    Answer,
    answers_of,
    marking_csv,
    marking_documents,
    mistakes_csv,
    ranges_csv,
)
from derive.classes.class_set.members import Member
from derive.classes.class_set.pool import Pool, finished
from derive.classes.class_set.sheets import (
    KINDS,
    Casting,
    Laying,
    Order,
    Pages,
    Press,
    Source,
    Stamping,
    in_language,
)
from derive.classes.variants.demands import Demands
from derive.classes.variants.generation import Series, series_of
from derive.equations.filling import Filling
from derive.numbers.intervals.reach import Reach, drowned
from derive.progress import Watch
from derive.render import Layout, pdf
from derive.render.bound import bind
from derive.render.stamping.joined import Impression, join
from derive.render.stamping.slots import not_stampable
from derive.sheet.build import Options, edition, rounding
from derive.sheet.document import Kind
from derive.sheet.edition import Edition
from derive.words.errors import RefusedError
from derive.words.languages import language

_AT_ONCE = 10  # members in a task: few enough that the bar moves, enough that moulds are seldom sent
TOGETHER: Mapping[Kind, str] = {Kind.WORKSHEET: "worksheets.pdf", Kind.KEY: "keys.pdf"}
"""The files with all sheets and all keys."""
TABLES = ("marking.csv", "ranges.csv", "mistakes.csv", "marking.pdf")


@dataclass(frozen=True)
class Plan:
    """What a set is made of; ``options`` hold the language of the tables."""

    exercise: Exercise
    options: Options
    layout: Layout
    seed: int
    members: tuple[Member, ...]

    def options_of(self, member: Member) -> Options:
        """The same for the language of a member."""
        return in_language(self.options, member.language)


@dataclass(frozen=True)
class Outcome:
    """How many members were finished before, and what the instructor should know of the rest."""

    finished_before: int
    laid_out_because: RefusedError | None = None
    """Why the sheets could not be stamped, if so."""
    drowned: tuple[str, ...] = ()
    """Answers of which rounding leaves no sure digit, for somebody at least."""
    demands: Demands | None = None
    """What mistakes each variant has shown and told apart."""


@dataclass(frozen=True)
class _Draft:
    """A member's numbers."""

    source: Source
    """Put into the exercise."""
    filling: Filling
    """As they are printed, with a decimal point."""
    order: Order
    """As the member's own sheets have them."""
    given: Mapping[str, Decimal]
    """What stands on the sheet before anything is calculated."""


def make(plan: Plan, folder: Folder, pool: Pool, watch: Watch) -> Outcome:
    """Writes whatever of a set is missing in its folder, one member after the other."""
    folder.open()
    missing = [member for member in plan.members if not all(map(folder.has, files_of(member)))]
    if not missing and all(map(folder.has, (*TOGETHER.values(), *TABLES))):
        return Outcome(len(plan.members))
    return _Making(plan, folder, pool, watch).outcome(missing)


@dataclass(frozen=True)
class _Making:
    plan: Plan
    folder: Folder
    pool: Pool
    watch: Watch

    def outcome(self, missing: Sequence[Member]) -> Outcome:
        drafts = self._drafts()
        self.folder.make()
        presses, reason = self._presses(drafts)
        self._sheets(missing, drafts, presses)
        reach = self._reach(drafts)
        self._together(drafts, presses, reach, frozenset(missing))
        self.folder.save(complete=not self.folder.left)
        asked = {answer.quantity for answer in self._answers}
        lost = tuple(name for name in drowned(reach) if name in asked)
        return Outcome(len(self.plan.members) - len(missing), reason, lost, self._series.demands)

    def _drafts(self) -> Mapping[Member, _Draft]:
        """The numbers of all members, also of finished ones: the tables need them, and each depends on those before."""
        plan, drafts = self.plan, dict[Member, _Draft]()
        self.watch.begin("variants", len(plan.members))
        for member, variant in zip(plan.members, self._series.variants(), strict=False):
            drafts[member] = _Draft(
                Source.of(variant.exercise),
                variant.filling,
                self._order(member, variant.filling),
                variant.evaluation.given,
            )
            self.watch.advance()
        return drafts

    def _presses(self, drafts: Mapping[Member, _Draft]) -> tuple[Mapping[str, Press], RefusedError | None]:
        """The moulds of each language, or why they cannot be made."""
        pattern = next(iter(drafts.values()))
        codes = sorted({member.language for member in drafts})
        self.watch.begin("layout", len(codes))
        if any(draft.filling.pattern != pattern.filling.pattern for draft in drafts.values()):
            return {}, not_stampable("stamp_lengths")
        castings = [Casting(pattern.source, in_language(self.plan.options, code), self.plan.layout) for code in codes]
        presses = dict[str, Press]()
        for casting, press in finished(self.pool, Casting.done, castings):
            if not isinstance(press, Press):
                return {}, press
            presses[casting.options.language] = press
            self.watch.advance()
        return presses, None

    def _sheets(self, missing: Sequence[Member], drafts: Mapping[Member, _Draft], presses: Mapping[str, Press]) -> None:
        """The files of those members who have none yet, as they are finished."""
        by_number = {member.number: member for member in missing}
        self.watch.begin("sheets", len(missing))
        for count, (number, pages) in enumerate(self._made(missing, drafts, presses), start=1):
            for name, kind in zip(files_of(by_number[number]), KINDS, strict=True):
                self.folder.put(name, pages[kind])
            self.watch.advance()
            if count % _AT_ONCE == 0:
                self.folder.save()

    def _made(
        self, missing: Sequence[Member], drafts: Mapping[Member, _Draft], presses: Mapping[str, Press]
    ) -> Iterator[tuple[int, Pages]]:
        if presses:
            stampings = self._stampings(missing, drafts, presses)
            results = (made for _, made in finished(self.pool, Stamping.done, stampings))
        else:
            layings = self._layings(missing, drafts)
            results = (made for _, made in finished(self.pool, Laying.done, layings))
        for made in results:
            yield from made.items()

    def _stampings(
        self, missing: Sequence[Member], drafts: Mapping[Member, _Draft], presses: Mapping[str, Press]
    ) -> Iterator[Stamping]:
        ordered = sorted(missing, key=lambda member: member.language)
        for code, members in groupby(ordered, key=lambda member: member.language):
            orders = [drafts[member].order for member in members]
            for start in range(0, len(orders), _AT_ONCE):
                yield Stamping(presses[code], tuple(orders[start : start + _AT_ONCE]))

    def _layings(self, missing: Sequence[Member], drafts: Mapping[Member, _Draft]) -> Iterator[Laying]:
        for member in missing:
            draft, options = drafts[member], self.plan.options_of(member)
            yield Laying(draft.source, options, self.plan.layout, draft.order)

    def _order(self, member: Member, filling: Filling) -> Order:
        mark = self.plan.options.decimal_mark or language(member.language).decimal_mark
        return Order(member.number, filling.with_mark(mark), member.mark)

    def _reach(self, drafts: Mapping[Member, _Draft]) -> Reach:
        """What honest rounding can make of the answers of all members."""
        plan, evaluation = self.plan, self.plan.exercise.evaluation
        given = [draft.given for draft in drafts.values()]
        shown, truncation = rounding(plan.exercise, plan.options), plan.exercise.content.sheet.truncation
        return Reach.of(evaluation.derivation, given, shown, evaluation.carry, truncation=truncation)

    def _together(
        self, drafts: Mapping[Member, _Draft], presses: Mapping[str, Press], reach: Reach, fresh: Set[Member]
    ) -> None:
        """The files that are made of all members."""
        write, fillings = self.folder.write, {member: draft.filling for member, draft in drafts.items()}
        given = [draft.given for draft in drafts.values()]
        steps: Mapping[str, Callable[[BinaryIO], object]] = {
            **{name: partial(self._joined, drafts, presses, fresh, kind) for kind, name in TOGETHER.items()},
            TABLES[0]: lambda file: file.write(marking_csv(self._answers, fillings)),
            TABLES[1]: lambda file: file.write(ranges_csv(self._answers, reach, list(drafts))),
            TABLES[2]: lambda file: file.write(mistakes_csv(self._edition, self._series.demands, given)),
            TABLES[3]: partial(self._marked, fillings),
        }
        self.watch.begin("together", len(steps))
        for name, fill in steps.items():
            if not self.folder.has(name):
                write(name, fill)
            self.watch.advance()

    def _joined(
        self,
        drafts: Mapping[Member, _Draft],
        presses: Mapping[str, Press],
        fresh: Set[Member],
        kind: Kind,
        file: BinaryIO,
    ) -> None:
        """What this run has stamped is taken over; a file that stood there may be of an older version."""
        index = KINDS.index(kind)
        if not presses:
            bind(((self.folder.path / files_of(member)[index]).read_bytes() for member in drafts), file)
            return
        join(
            (
                Impression(
                    presses[member.language].moulds[kind],
                    draft.order.filling,
                    draft.order.mark,
                    self.folder.content(files_of(member)[index]) if member in fresh else None,
                )
                for member, draft in drafts.items()
            ),
            file,
        )

    @cached_property
    def _series(self) -> Series:
        plan = self.plan
        detail = plan.options.detail or plan.exercise.content.sheet.detail
        return series_of(plan.exercise, rounding(plan.exercise, plan.options), plan.seed, detail)

    @cached_property
    def _answers(self) -> tuple[Answer, ...]:
        return answers_of(self._edition)

    @cached_property
    def _edition(self) -> Edition:
        return edition(self.plan.exercise, language(self.plan.options.language), self.plan.options)

    def _marked(self, fillings: Mapping[Member, Filling], file: BinaryIO) -> None:
        """The table of answers, in the language of the one who marks."""
        own = self._edition
        in_mark = {member: filling.with_mark(own.decimal_mark) for member, filling in fillings.items()}
        title, head = self.plan.exercise.title(own.language.code), self.plan.options.letterhead
        documents = marking_documents(title, self._answers, in_mark, own.language, head)
        bind((pdf.render(document, self.plan.layout).content for document in documents), file, duplex=False)
