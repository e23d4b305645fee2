"""The figures of a class: of each answer, of each mistake, of each student. No words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from statistics import StatisticsError, correlation

from derive.checking.verification.papers import Finding, Paper
from derive.checking.verification.verdicts import SLIPS, Verdict
from derive.figures.heat_map.drawing import Shade
from derive.mistakes.slips import Slip
from derive.sheet.answer_boxes import AnswerBox, boxes_of

SHADES: Mapping[Verdict, Shade] = {
    Verdict.CORRECT: Shade.RIGHT,
    Verdict.FOLLOWS: Shade.FOLLOWS,
    Verdict.COARSE: Shade.PARTLY,
    **dict.fromkeys(SLIPS, Shade.PARTLY),
    Verdict.EASY: Shade.WRONG,
    Verdict.MISTAKE: Shade.MISTAKE,
    Verdict.ONE_OF: Shade.MISTAKE,
    Verdict.WRONG: Shade.WRONG,
    Verdict.UNREADABLE: Shade.UNREADABLE,
    Verdict.BLANK: Shade.BLANK,
}
_FEWEST = 3
"""Students of whom a correlation says anything: that of two is always 1 or −1."""


@dataclass(frozen=True, slots=True)
class Item:
    """One answer, and how the class did there."""

    box: AnswerBox
    counts: Mapping[Shade, int]
    """How many answers there are of each shade."""
    credit: Fraction
    """The mean share of the mark, from 0 to 1: the difficulty of classical test theory, 1 where it is easy."""
    discrimination: float | None
    first: int
    """For how many students it is the first step that went wrong."""
    faults: Counter[str]
    """What was done wrong here, by the name of its message, and how often."""

    @property
    def wrong(self) -> int:
        """How many answers are wrong, whether the mistake is known or not."""
        return self.counts[Shade.MISTAKE] + self.counts[Shade.WRONG]

    @property
    def asked(self) -> int:
        """How many students were asked."""
        return sum(self.counts.values())


def items_of(papers: Sequence[Paper]) -> list[Item]:
    """Every answer that anybody was asked for, in the order of the sheet."""
    asking: dict[str, list[Paper]] = {}
    for paper in papers:
        for box in paper.boxes:
            asking.setdefault(box.id, []).append(paper)
    boxes = boxes_of(papers[0].edition) if papers else ()
    return [_item(box, asking[box.id]) for box in boxes if box.id in asking]


def _item(box: AnswerBox, own: Sequence[Paper]) -> Item:
    findings = [paper.findings[box.id] for paper in own]
    credits = [paper.credit(finding) for paper, finding in zip(own, findings, strict=True)]
    return Item(
        box,
        Counter(SHADES[finding.verdict] for finding in findings),
        sum(map(Fraction, credits), Fraction(0)) / len(own),
        discrimination(
            [float(credit) for credit in credits],
            [float(paper.marks - credit) for paper, credit in zip(own, credits, strict=True)],
        ),
        sum(paper.first_wrong is finding for paper, finding in zip(own, findings, strict=True)),
        Counter(fault for finding in findings for fault in named_faults(finding)),
    )


def discrimination(credits: Sequence[float], rests: Sequence[float]) -> float | None:
    """How well an answer tells strong students from weak ones, from −1 to 1.

    It is the correlation of the credit for the answer with the marks for all other answers: the product-moment
    coefficient r = Σ(x − x̄)(y − ȳ) / √(Σ(x − x̄)² Σ(y − ȳ)²), which is the point-biserial one where credit is 0 or 1.
    The answer itself is not among the marks, or a short sheet would correlate with itself. None where all have the same
    credit or the same marks, and with fewer than three students. Source: Henrysson, "Correction of item-total
    correlations in item analysis", Psychometrika 28 (1963), 211–218.
    """
    if len(credits) < _FEWEST:
        return None
    try:
        return correlation(credits, rests)
    except StatisticsError:
        return None


# --- mistakes ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fault:
    """Something done wrong, and who did it where."""

    message: str
    """The name of its message: that of a known mistake, or of a verdict."""
    students: int
    """Who certainly did it."""
    times: int
    possibly: int
    """Further students of whom it is one of several mistakes that their numbers do not tell apart."""
    places: tuple[str, ...]
    """Ids of quantities, where it was done most often first."""
    slip: Slip | None
    """The form in which it was made most often; none for slips of the pen."""


def faults_of(papers: Sequence[Paper]) -> list[Fault]:
    """All that was done wrong and has a name, the commonest first."""
    certain: dict[str, list[tuple[int, Finding]]] = {}
    possible: dict[str, set[int]] = {}
    for number, paper in enumerate(papers):
        for finding in paper.asked:
            for fault in named_faults(finding):
                certain.setdefault(fault, []).append((number, finding))
            if finding.verdict is Verdict.ONE_OF:
                for code in finding.codes:
                    possible.setdefault(f"mistake.{code}", set()).add(number)
    found = (_fault(name, certain.get(name, ()), possible.get(name, set())) for name in certain | possible)
    return sorted(found, key=lambda fault: (-fault.students, -fault.times, -fault.possibly, fault.message))


def named_faults(finding: Finding) -> Iterable[str]:
    """What was certainly done wrong, by the names of its messages."""
    if finding.verdict is Verdict.MISTAKE:
        return [f"mistake.{code}" for code in finding.codes]
    return [f"verdict.{finding.verdict}"] if finding.verdict in SLIPS else []


def _fault(name: str, certain: Iterable[tuple[int, Finding]], possible: set[int]) -> Fault:
    own = list(certain)
    students = {number for number, _ in own}
    slips = Counter(slip for _, finding in own for slip in finding.slips)
    places = Counter(finding.quantity for _, finding in own)
    return Fault(
        name,
        len(students),
        len(own),
        len(possible - students),
        tuple(place for place, _ in places.most_common()),
        slips.most_common(1)[0][0] if slips else None,
    )


# --- students ---------------------------------------------------------------------------------------------------------


def ranked(papers: Iterable[Paper]) -> list[Paper]:
    """The best first; those with the same marks by name."""
    return sorted(papers, key=lambda paper: (-paper.marks, paper.submission.name, paper.submission.id))


_AT_MOST = 12


def in_need(papers: Sequence[Paper]) -> list[Paper]:
    """The lowest quarter of the class, the lowest first, without those who lost nothing; at most twelve, each once.

    Who has as few marks as the last of them is one of them.
    """
    lowest: dict[tuple[str, ...], Paper] = {}
    for paper in reversed(ranked(papers)):
        if paper.marks < paper.out_of:
            lowest.setdefault(paper.submission.person, paper)
    found = list(lowest.values())
    quarter = found[: ceil(len(papers) / 4)]
    return [paper for paper in found if paper.marks <= quarter[-1].marks][:_AT_MOST] if quarter else []


def went_wrong(paper: Paper) -> Iterator[str]:
    """The names of a student's mistakes, each once, in order of the sheet."""
    return iter(dict.fromkeys(fault for finding in paper.asked for fault in named_faults(finding)))


def hardest(items: Iterable[Item], most: int) -> list[Item]:
    """Where most sheets went wrong for the first time."""
    failed = [item for item in items if item.first]
    return sorted(failed, key=lambda item: (-item.first, item.box.number))[:most]
