"""A student's report: every answer, and for each that went wrong what leads there and what is right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from derive.checking.answers.sentences import unreadable_sentence
from derive.checking.answers.typed_formulas import ReadFormula
from derive.checking.answers.unreadable import Unreadable, on_a_line
from derive.checking.reports.ways import Ways, decimal_text
from derive.checking.verification.papers import Finding, Paper
from derive.checking.verification.verdicts import CHARGED, SLIPS, Verdict
from derive.mathtext.tree import Node
from derive.model.quantities import quantity_named
from derive.sheet.document import (
    Block,
    Document,
    Equation,
    Heading,
    Kind,
    Letterhead,
    Line,
    Listing,
    Paragraph,
    Sheet,
    Table,
    Tone,
)
from derive.words.languages import Language, Prose

TONES = {
    Verdict.CORRECT: Tone.RIGHT,
    Verdict.FOLLOWS: Tone.RIGHT,
    Verdict.COARSE: Tone.PARTLY,
    **dict.fromkeys(SLIPS, Tone.PARTLY),
    Verdict.EASY: Tone.WRONG,
    Verdict.MISTAKE: Tone.WRONG,
    Verdict.ONE_OF: Tone.WRONG,
    Verdict.WRONG: Tone.WRONG,
    Verdict.UNREADABLE: Tone.OPEN,
    Verdict.BLANK: Tone.PLAIN,
}
_NUMERIC = frozenset({2, 3, 5})
_NUMERIC_OF_FORMULAS = frozenset({5})
_FINE = (Verdict.CORRECT, Verdict.FOLLOWS, Verdict.BLANK)
_LONGEST = 40  # characters of an answer in the table


def student_document(paper: Paper, letterhead: Letterhead) -> Document:
    """The report on one paper, in the student's language."""
    words = paper.edition.language
    return Document(
        language=words.code,
        kind=Kind.REPORT,
        kind_name=words.plain("document.report"),
        page_number=words.template("page.number"),
        letterhead=letterhead,
        sheets=(Sheet(paper.edition.exercise.title(words.code), tuple(_Report(paper).blocks())),),
    )


@dataclass(frozen=True)
class _Report:
    paper: Paper

    @property
    def say(self) -> Language:
        return self.paper.edition.language

    @cached_property
    def ways(self) -> Ways:
        return Ways(self.paper)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The numbers of the questions."""
        return {box.id: box.number for box in self.paper.boxes}

    def blocks(self) -> Iterator[Block]:
        """The whole report."""
        yield Table(tuple(self._head()))
        yield from self._summary()
        findings = list(self.paper.findings.values())
        unreadable = [finding for finding in findings if finding.verdict is Verdict.UNREADABLE]
        charged = [finding for finding in findings if finding.verdict in CHARGED]
        if charged:
            yield Heading(self.say.text("heading.remarks"))
        for finding in charged:
            yield from self._remark(finding)
        if unreadable:
            yield Heading(self.say.text("heading.unreadable"))
        for finding in unreadable:
            yield from self._unread(finding)
        yield Heading(self.say.text("heading.answers"))
        yield self._answers()
        yield Paragraph(self._policy(), "source")

    def _head(self) -> Iterator[tuple[Prose, ...]]:
        own = self.paper.submission
        for message, text in (("field.name", own.name or own.id), ("report.code", own.code)):
            if text:
                yield (self.say.text(message), (on_a_line(text),))
        marks, best = self._decimal(self.paper.marks), str(self.paper.out_of)
        yield (self.say.text("report.marks"), self.say.text("report.marks_of", marks=marks, all=best))

    def _summary(self) -> Iterator[Block]:
        first = self.paper.first_wrong
        if first:
            yield Paragraph(self._first_wrong(first), "note")
        elif all(finding.verdict is Verdict.CORRECT for finding in self.paper.asked):
            yield Paragraph(self.say.text("report.all_right"), "note")
        elif all(finding.verdict in _FINE for finding in self.paper.findings.values()):
            yield Paragraph(self.say.text("report.nothing_wrong"), "note")
        for verdict in (Verdict.COARSE, Verdict.UNREADABLE):
            if count := sum(finding.verdict is verdict for finding in self.paper.findings.values()):
                yield Paragraph(self.say.counted(f"report.{verdict}", count), "note")

    def _first_wrong(self, first: Finding) -> Prose:
        symbol = self._symbol(first.quantity)
        if first.quantity not in self.numbers:
            return self.say.text("report.first_wrong_unasked", symbol=symbol)
        return self.say.text("report.first_wrong", number=self.numbers[first.quantity], symbol=symbol)

    # --- what went wrong ----------------------------------------------------------------------------------------------

    def _remark(self, finding: Finding) -> Iterator[Block]:
        yield Paragraph(self._title(finding, self._fault(finding)), "remark")
        if len(finding.slips) == 1:
            (slip,) = finding.slips
            message = "report.your_way" if slip.place == finding.quantity else "report.at_a_step_before"
            yield Paragraph(self.say.text(message), "why")
            yield Equation(self.ways.wrong(finding, slip))
        else:
            yield Paragraph(self.say.text("report.your_value", value=self._written(finding)), "why")
            yield Paragraph(self.say.text(self._reason(finding)), "why")
            for slip in finding.slips:
                yield Paragraph(self.say.text(f"mistake.{slip.code}"), "why")
                yield Equation(self.ways.wrong(finding, slip))
        place = finding.slips[0].place if len(finding.slips) == 1 else finding.quantity
        is_own = self.ways.is_tainted(place)
        yield Paragraph(self.say.text("report.right_way_own" if is_own else "report.right_way"), "why")
        yield Equation(self.ways.right(place))
        if len(finding.slips) == 1:
            yield Paragraph(self.say.text(f"mistake.{finding.slips[0].code}.advice"), "advice")

    def _fault(self, finding: Finding) -> Prose:
        if finding.verdict is Verdict.MISTAKE:
            return self.say.text(f"mistake.{finding.slips[0].code}")
        return self.say.text(f"verdict.{finding.verdict}")

    def _reason(self, finding: Finding) -> str:
        is_formula = finding.verdict is Verdict.WRONG and isinstance(finding.read, ReadFormula)
        return f"verdict.{finding.verdict}.why" + "_formula" * is_formula

    def _unread(self, finding: Finding) -> Iterator[Block]:
        read = finding.read
        assert isinstance(read, Unreadable)
        yield Paragraph(self._title(finding, self.say.text("verdict.unreadable")), "remark")
        yield Paragraph(("\n".join(read.pointed),), "written")
        yield Paragraph(unreadable_sentence(read, self.say), "advice")

    def _title(self, finding: Finding, title: Prose) -> Prose:
        symbol = self._symbol(finding.quantity)
        if finding.quantity not in self.numbers:
            return self.say.text("report.remark_unasked", symbol=symbol, title=title)
        return self.say.text("report.remark", number=self.numbers[finding.quantity], symbol=symbol, title=title)

    # --- all answers --------------------------------------------------------------------------------------------------

    def _answers(self) -> Listing:
        heads = ("number", "quantity", "written", "right", "verdict", "credit")
        lines = tuple(self._line(finding) for finding in self.paper.findings.values())
        numeric = _NUMERIC_OF_FORMULAS if self.paper.edition.in_symbols else _NUMERIC
        return Listing(tuple(self.say.plain(f"report.head.{head}") for head in heads), lines, numeric)

    def _line(self, finding: Finding) -> Line:
        is_asked = finding.quantity in self.numbers
        cells: tuple[Prose, ...] = (
            (str(self.numbers[finding.quantity]) if is_asked else "–",),
            (self._symbol(finding.quantity),),
            self._written(finding),
            (self.ways.answer(finding.quantity),),
            self._verdict(finding),
            (self._decimal(self.paper.credit(finding)) if is_asked else "–",),
        )
        return Line(cells, TONES[finding.verdict])

    def _verdict(self, finding: Finding) -> Prose:
        if finding.used:
            values = self.say.enumeration([(self.ways.own_value(name),) for name in finding.used], "list.and_formulas")
            return self.say.text(f"report.{finding.verdict}_from", values=values)
        if finding.verdict is Verdict.ONE_OF:
            mistakes = self.say.enumeration([self.say.text(f"mistake.{code}") for code in finding.codes], "list.or")
            return self.say.text("report.one_of", mistakes=mistakes)
        return self._fault(finding)

    def _written(self, finding: Finding) -> Prose:
        if isinstance(finding.read, ReadFormula):
            return (self.ways.formula(finding.read),)
        text = finding.written if len(finding.written) <= _LONGEST else finding.written[: _LONGEST - 1] + "…"
        return (self.ways.shown(text),)

    def _symbol(self, name: str) -> Node:
        return self.paper.edition.notation.symbol(quantity_named(name))

    def _decimal(self, number: Decimal) -> str:
        return decimal_text(number, self.paper.edition.decimal_mark)

    def _policy(self) -> Prose:
        policy = self.paper.edition.exercise.content.credit
        shares = {key: self._decimal(getattr(policy, name)) for key, name in _POLICY.items()}
        return self.say.text("report.policy", **shares)


_POLICY = {"full": "full", "follow": "follow_through", "partial": "partial", "mistake": "mistake"}
