"""What a class set costs for each student: pencilgrad beside Typst and pdfLaTeX, on the same content.

    python benchmarks/class_set.py [--sizes 1 10 100 1000] [--runs 3]      # needs the extra ``bench`` for Typst

The set is worksheet and key of mazur, with other numbers for each student. All ways are measured in turn in one run of
this script, as whole processes that use one core:

- pencilgrad makes the whole set: it draws the numbers, calculates, writes every PDF with its code and QR code, those
  of all students in one, and the marking table;
- "its sheets" is the part of this that the others do too, a worksheet and a key for each student, and still the numbers
  are drawn and calculated in it;
- Typst and pdfLaTeX only compile: their sources (typst_sheet.py) lie there when the clock starts. Typst's fastest way
  is taken: one process, a compiler for all worksheets and one for all keys, so that it lays out again only what is new
  in a student's source; a call of ``typst.compile`` for each file takes twice as long. pdfLaTeX runs twice for each
  file, for the number of pages, the first time without writing a PDF.

Seconds are of the processor (user and system), which other programs on the machine disturb less than the time on the
clock, but not little: read the ratios. Both peers are linear, so they are measured with one student and with a few, and
larger sets are reckoned from these, but for the peak; the column says with how many. A peer that is not installed has
no row.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

TYPST_STUDENTS, LATEX_STUDENTS = 20, 5
KINDS = ("worksheet", "key")

TYPST = """
import sys
from pathlib import Path
from typst import Compiler

sources, folder, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
for kind in sys.argv[4:]:
    compiler = Compiler(root=sources, ignore_system_fonts=True)
    for number in range(1, count + 1):
        source = sources / f"{number}-{kind}.typ"
        compiler.compile(input=source.read_bytes(), output=folder / f"{number}-{kind}.pdf")
"""
SHEETS = """
import sys
from pathlib import Path
from derive.sheet.build import Options, rounding
from derive.classes.class_set.members import of_letters
from derive.classes.class_set.sheets import Order, Source, press_of
from derive.classes.codes import Code
from derive.authoring.reading import load
from derive.render import Layout
from derive.classes.variants.generation import variants

folder, count = Path(sys.argv[1]), int(sys.argv[2])
exercise, options = load("mazur"), Options(outlook=False)
found = variants(exercise, rounding(exercise, options), 1, exercise.content.sheet.detail)
members = of_letters(count, Code("mazur", 1, 0, 0), "en")
press = None
for member, variant in zip(members, found):
    press = press or press_of(Source.of(variant.exercise), options, Layout(marked=True))
    for kind, content in press.stamped(Order(member.number, variant.filling, member.mark)).items():
        (folder / f"{member.number}-{kind}.pdf").write_bytes(content)
"""
ONE_CORE = {"RAYON_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor seconds, and megabytes at the peak of the largest process."""

    seconds: float = 0
    peak: float = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.seconds + other.seconds, max(self.peak, other.peak))


Way = Callable[[int, Path], Cost]
"""Makes a set of so many students in a folder."""


def process(arguments: Sequence[str]) -> Cost:
    """One process and its children.

    A process starts with its parent's peak, so this script imports nothing large.
    """
    child = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, env=os.environ | ONE_CORE)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended with {child.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def ours(count: int, folder: Path) -> Cost:
    """The whole set by one command."""
    command = [sys.executable, "-m", "derive", "class", "mazur", "--variants", str(count), "--seed", "1", "--jobs", "1"]
    return process([*command, "-o", str(folder / "set")])


def our_sheets(count: int, folder: Path) -> Cost:
    """Only the worksheets and keys."""
    return process([sys.executable, "-c", SHEETS, str(folder), str(count)])


def with_typst(sources: Path, count: int, folder: Path) -> Cost:
    """All sources in one process."""
    return process([sys.executable, "-c", TYPST, str(sources), str(folder), str(count), *KINDS])


def with_latex(sources: Path, count: int, folder: Path) -> Cost:
    """Two processes for each source."""
    compiler = ["pdflatex", "-interaction=batchmode", "-halt-on-error", "-output-directory", str(folder)]
    cost = Cost()
    for number in range(1, count + 1):
        for kind in KINDS:
            source = str(sources / f"{number}-{kind}.tex")
            cost += process([*compiler, "-draftmode", source]) + process([*compiler, source])
    return cost


@dataclass(frozen=True, slots=True)
class Measured:
    """The costs of a way by the number of students."""

    costs: dict[int, Cost]

    @classmethod
    def of(cls, runs: Mapping[int, Sequence[Cost]]) -> Measured:
        """The median of several runs, and the highest of their peaks."""
        return cls(
            {
                size: Cost(median(cost.seconds for cost in costs), max(cost.peak for cost in costs))
                for size, costs in runs.items()
            }
        )

    def students(self, size: int) -> int:
        """With how many students a set of this size was measured."""
        return max(measured for measured in self.costs if measured <= size)

    def further(self, size: int) -> float:
        """Seconds for each student beyond the first."""
        count = self.students(size)
        return (self.costs[count].seconds - self.costs[1].seconds) / (count - 1) if count > 1 else 0

    def each(self, size: int) -> float:
        """Seconds for each student, start-up included."""
        return (self.costs[1].seconds + (size - 1) * self.further(size)) / size


def ways(sources: Path) -> Iterator[tuple[str, Way, int | None]]:
    """The name of each, and the most students that it is measured with."""
    yield "pencilgrad", ours, None
    yield "its sheets", our_sheets, None
    if find_spec("typst"):
        yield "Typst", partial(with_typst, sources), TYPST_STUDENTS
    if shutil.which("pdflatex"):
        yield "pdfLaTeX", partial(with_latex, sources), LATEX_STUDENTS


def measured(sources: Path, sizes: Sequence[int], runs: int) -> dict[str, Measured]:
    """All ways, in turn: the speed of a machine drifts."""
    found: dict[str, dict[int, list[Cost]]] = {}
    for _ in range(runs):
        for name, way, most in ways(sources):
            of_way = found.setdefault(name, {})
            for size in sorted({min(size, most or size) for size in sizes}):
                with TemporaryDirectory() as folder:
                    of_way.setdefault(size, []).append(way(size, Path(folder)))
    return {name: Measured.of(costs) for name, costs in found.items()}


def rows(found: Mapping[str, Measured], sizes: Sequence[int]) -> Iterator[Sequence[str]]:
    """The table."""
    yield "students", "", "measured", "s each", "ms further", "ratio", "peak MB"
    for size in sizes:
        base = next(iter(found.values())).each(size)
        for name, way in found.items():
            count, each = way.students(size), way.each(size)
            further = f"{1000 * way.further(size):.0f}" if size > 1 else ""
            peak = f"{way.costs[count].peak:.0f}"
            yield f"{size:,}", name, f"{count:,}", f"{each:.3f}", further, f"{each / base:.1f}", peak


def main() -> None:
    """One table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[1, 10, 100, 1000], help="students (default: 1 to 1000)"
    )
    parser.add_argument("--runs", type=int, default=3, help="runs of each, of which the median counts (default: 3)")
    arguments = parser.parse_args()
    sizes = sorted({1, *arguments.sizes})
    with TemporaryDirectory() as folder:
        writer = Path(__file__).with_name("typst_sheet.py")
        process([sys.executable, str(writer), "--count", str(min(TYPST_STUDENTS, sizes[-1])), "-o", folder])
        found = measured(Path(folder), sizes, max(1, arguments.runs))
    for size, name, *cells in rows(found, sizes):
        sys.stdout.write(f"{size:>8}  {name:<10}" + "".join(f"{cell:>12}" for cell in cells) + "\n")


if __name__ == "__main__":
    main()
