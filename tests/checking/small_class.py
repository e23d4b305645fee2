"""Small classes for tests: what students of mazur's sheet handed in, judged."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from derive.authoring.exercise import Exercise
from derive.checking.submissions.submission import Submission
from derive.checking.verification.handed import Desk
from derive.checking.verification.papers import Paper, papers
from derive.sheet.build import Options
from tests.shipped import load

FOUR = ("net_h1", "out_h1", "net_h2", "out_h2")
RIGHT = dict(zip(FOUR, ("0.3775", "0.593270", "0.3925", "0.596884"), strict=True))
NO_BIAS = {"net_h1": "0.0275", "out_h1": "0.506875"}
"""The bias is forgotten in the first answer, and the second follows."""

HOSTILE_NAMES = (
    "=HYPERLINK(1)",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "＝1+1",
    "\t=1+1",
    "a\r\nb,c",
    'She said "no", Anna',
    "\x00\x1b[31m\x7f\x9b",
    "\u202egnp.exe",
    "<script>alert(1)</script> & Sons",
    "{{ 7 * 7 }} {% raw %}",
    "Points Possible",
    "王小明",
    "محمد علي",
    "👩‍🎓",
    "\ud800",
    "W" * 200,
    "",
)


@cache
def exercise(name: str = "mazur") -> Exercise:
    return load(name)


def submission(name: str, answers: Mapping[str, str], **more: str) -> Submission:
    """Four answers are asked for; those that are missing are blank."""
    return Submission(answers, f"a.csv, {name!a}", name=name, asked=FOUR, **more)


def judged(*submissions: Submission, name: str = "mazur") -> list[Paper]:
    handed, problems = Desk(exercise(name), Options()).sorted(submissions)
    assert {problem.code for problem in problems} <= {"answers_blank"}
    return papers(handed)


@cache
def small_class() -> tuple[Paper, ...]:
    """Marks of 4, 2, 2 and 1.5."""
    return tuple(
        judged(
            submission("Ana", RIGHT, id="a01", email="ana@uni.example", group="1"),
            submission("Bo", {**NO_BIAS, "net_h2": "0.3925"}, id="a02", language="es"),
            submission("王小明", {**RIGHT, "out_h1": "0.9", "out_h2": "0.0x"}, language="zh"),
            submission("Dora", {**NO_BIAS, "net_h2": "-0.3925"}, id="a04"),
        )
    )


@cache
def hostile_class() -> tuple[Paper, ...]:
    """One student for each name, who writes it into an answer too."""
    return tuple(
        judged(
            *(
                Submission({"net_h1": name}, f"a.csv, line {line}", name=name, id=f"h{line}", asked=FOUR)
                for line, name in enumerate(HOSTILE_NAMES, start=2)
            )
        )
    )
