"""How long a worksheet and its key take as whole processes, and how much memory: WeasyPrint beside LaTeX.

    python benchmarks/sheets.py [--runs 5]

The same two documents of mazur are made in one run of this script, in turn: as PDF by one command; as PDF by two;
as LaTeX by one command that pdfLaTeX then compiles twice each (for the number of pages). Start-up is included, after
one run that is not counted. The machine's speed drifts, so read the ratios; a row is missing where pdflatex is.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

PENCILGRAD = [sys.executable, "-m", "derive"]
Measure = tuple[float, float]


def process(arguments: Sequence[str], folder: Path) -> Measure:
    """Wall seconds and peak megabytes of one process and its children."""
    start = time.perf_counter()
    child = subprocess.Popen(arguments, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended with {child.returncode}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def one_command(folder: Path) -> list[Measure]:
    """Both PDFs in one process."""
    return [process([*PENCILGRAD, "worksheet", "mazur", "--with-key"], folder)]


def two_commands(folder: Path) -> list[Measure]:
    """Each PDF in a process of its own."""
    return [process([*PENCILGRAD, kind, "mazur"], folder) for kind in ("worksheet", "key")]


def through_latex(folder: Path) -> list[Measure]:
    """Both as LaTeX in one process, each compiled twice."""
    made = [process([*PENCILGRAD, "worksheet", "mazur", "--with-key", "-o", "sheet.tex"], folder)]
    compiler = ["pdflatex", "-interaction=batchmode", "-halt-on-error"]
    return made + [process([*compiler, name], folder) for name in ("sheet.tex", "sheet-key.tex") * 2]


def main() -> None:
    """One table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each way (default: 5)")
    runs = parser.parse_args().runs
    ways: dict[str, Callable[[Path], list[Measure]]] = {
        "PDF, one command": one_command,
        "PDF, two commands": two_commands,
    }
    if shutil.which("pdflatex"):
        ways["LaTeX, pdflatex twice each"] = through_latex
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    peaks = dict.fromkeys(ways, 0.0)
    with TemporaryDirectory() as folder:
        for number in range(runs + 1):
            for name, way in ways.items():
                measures = way(Path(folder))
                if number:
                    seconds[name].append(sum(time for time, _ in measures))
                    peaks[name] = max(peaks[name], *(peak for _, peak in measures))
    base = median(next(iter(seconds.values())))
    sys.stdout.write(f"{'worksheet and key of mazur':<30}{'median s':>10}{'min s':>10}{'ratio':>8}{'peak MB':>10}\n")
    for name, times in seconds.items():
        figures = f"{median(times):>10.2f}{min(times):>10.2f}{median(times) / base:>8.2f}{peaks[name]:>10.0f}"
        sys.stdout.write(f"{name:<30}{figures}\n")


if __name__ == "__main__":
    main()
