"""Checked answers as data for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derive.checking.answers.unreadable import Unreadable
from derive.checking.verification.papers import Finding, Paper
from derive.mathtext.formula import formula
from derive.words.errors import Problem


def as_data(papers: Sequence[Paper], problems: Sequence[Problem]) -> dict[str, Any]:
    """Every paper with all its findings, and what could not be read; marks are text, as all decimal numbers here."""
    return {"papers": [_paper(paper) for paper in papers], "problems": [str(problem) for problem in problems]}


def _paper(paper: Paper) -> dict[str, Any]:
    own, first = paper.submission, paper.first_wrong
    said = {"name": own.name, "id": own.id, "code": own.code, "group": own.group, "source": own.source}
    return {
        **{key: text for key, text in said.items() if text},
        "language": paper.edition.language.code,
        "marks": f"{paper.marks:f}",
        "out_of": paper.out_of,
        "first_wrong": first.quantity if first else None,
        "answers": [_finding(paper, finding) for finding in paper.findings.values()],
    }


def _finding(paper: Paper, finding: Finding) -> dict[str, Any]:
    numbers = {box.id: box.number for box in paper.boxes}
    data: dict[str, Any] = {
        "quantity": finding.quantity,
        "question": numbers.get(finding.quantity),
        "written": finding.written,
        "verdict": str(finding.verdict),
        "credit": f"{paper.credit(finding):f}" if finding.quantity in numbers else None,
    }
    if finding.slips:
        data["mistakes"] = [
            {"code": slip.code, "at": slip.place, "formula": formula(slip.wrong)} for slip in finding.slips
        ]
    if finding.used:
        data["follows_from"] = list(finding.used)
    if isinstance(finding.read, Unreadable):
        data["unreadable"] = {"code": finding.read.code, "place": finding.read.place}
    return data
