"""How long a worksheet and its key take as whole processes, and how much memory: WeasyPrint beside LaTeX.

    python benchmarks/sheets.py [--runs 5] [--quick]

The same two documents of mazur are made in one run of this script, in turn: as PDF by one command; as PDF by two;
as LaTeX by one command that pdfLaTeX then compiles twice each (for the number of pages). Start-up is included, after
one run that is not counted. The machine's speed drifts, so read the ratios. Where pdfLaTeX does not work it is left
out, in words.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial, reduce
from operator import add
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from measuring import Cost, PeerError, left_out, line, parser_of, process

PENCILGRAD = [sys.executable, "-m", "derive"]
PDFLATEX = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error"]


def ours(folder: Path, *arguments: str) -> Cost:
    """One command of pencilgrad, which has to work."""
    try:
        return process([*PENCILGRAD, *arguments], folder)
    except PeerError as reason:
        raise SystemExit(f"pencilgrad {' '.join(arguments)}: {reason}") from None


def one_command(folder: Path) -> Cost:
    """Both PDFs in one process."""
    return ours(folder, "worksheet", "mazur", "--with-key")


def two_commands(folder: Path) -> Cost:
    """Each PDF in a process of its own."""
    return ours(folder, "worksheet", "mazur") + ours(folder, "key", "mazur")


def through_latex(folder: Path) -> Cost:
    """Both as LaTeX in one process, each compiled twice."""
    made = ours(folder, "worksheet", "mazur", "--with-key", "-o", "sheet.tex")
    compiled = (process([*PDFLATEX, name], folder) for name in ("sheet.tex", "sheet-key.tex") * 2)
    return reduce(add, compiled, made)


WAYS: Mapping[str, Callable[[Path], Cost]] = {
    "PDF, one command": one_command,
    "PDF, two commands": two_commands,
    "LaTeX, pdfLaTeX twice each": through_latex,
}


def measured(runs: int) -> Mapping[str, list[Cost]]:
    """What each way costs, run by run in turn; without those that do not work here."""
    found: dict[str, list[Cost]] = {name: [] for name in WAYS}
    with TemporaryDirectory() as folder:
        for _ in range(runs):
            for name in tuple(found):
                try:
                    found[name].append(WAYS[name](Path(folder)))
                except PeerError as reason:
                    left_out(name, reason)
                    del found[name]
    return found


def main() -> None:
    """One table."""
    parser = parser_of(__doc__, "one run of each way, the first")
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each way (default: 5)")
    arguments = parser.parse_args()
    uncounted, runs = (0, 1) if arguments.quick else (1, max(1, arguments.runs))
    found = {name: costs[uncounted:] for name, costs in measured(uncounted + runs).items()}
    base = median(cost.clock for cost in next(iter(found.values())))
    row = partial(line, first=30, others=8)
    row("worksheet and key of mazur", "median s", "min s", "ratio", "peak MB")
    for name, costs in found.items():
        seconds, peak = [cost.clock for cost in costs], max(cost.peak for cost in costs)
        middle = median(seconds)
        row(name, f"{middle:.2f}", f"{min(seconds):.2f}", f"{middle / base:.2f}", f"{peak:.0f}")


if __name__ == "__main__":
    main()
