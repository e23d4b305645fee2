"""The benchmarks run as they stand and print their tables; how fast anything is depends on the machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
HELPERS = {"measuring", "typst_sheet"}  # which others use
SCRIPTS = sorted(path.stem for path in (CHECKOUT / "benchmarks").glob("*.py") if path.stem not in HELPERS)
NUMBER = re.compile(r"[\d,]+(\.\d+)?(e-?\d+)?%?")


def cells(line: str) -> list[str]:
    """What stands between two spaces or more."""
    return re.split(r"\s{2,}", line.strip())


def quick(script: str, **environment: str) -> list[str]:
    """The lines that a benchmark prints."""
    run = subprocess.run(
        [sys.executable, f"benchmarks/{script}.py", "--quick"],
        cwd=CHECKOUT,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def check_table(lines: list[str]) -> None:
    """A head of words, and under it rows in which numbers stand behind a name."""
    head, *rows = [row for row in map(cells, lines) if len(row) > 1]
    assert not any(map(is_number, head[1:])), head
    assert len(rows) > 1
    for row in rows:
        assert any(map(is_number, row[1:])) or not any(map(str.isdigit, "".join(row[1:]))), row
    assert any(map(is_number, rows[0][1:])), rows[0]


def is_number(cell: str) -> bool:
    return NUMBER.fullmatch(cell) is not None


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_benchmark_prints_its_table(script: str) -> None:
    """Every benchmark ends well and prints a head and rows with numbers."""
    check_table(quick(script))


@pytest.mark.slow
@pytest.mark.parametrize(("script", "peer"), [("sheets", "LaTeX, pdfLaTeX twice each"), ("class_set", "pdfLaTeX")])
def test_a_peer_that_does_not_work_is_left_out(script: str, peer: str, tmp_path: Path) -> None:
    """A pdfLaTeX that lacks a package is told of with its own words, and the rest is measured all the same."""
    fake = tmp_path / "pdflatex"
    fake.write_text('#!/bin/sh\necho "! LaTeX Error: File \\`x.sty\' not found."\nexit 1\n', encoding="utf-8")
    fake.chmod(0o755)
    first, *table = quick(script, PATH=f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert first == f"{peer}: left out, it ended with 1 (File `x.sty' not found)"
    check_table(table)
    assert not any(peer in line for line in table)
