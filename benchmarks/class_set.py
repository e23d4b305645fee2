"""What a class set costs for each student: pencilgrad beside Typst and pdfLaTeX, on the same content.

    python benchmarks/class_set.py [--sizes 1 10 100 1000] [--runs 3] [--quick]  # the extra ``bench`` has Typst

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
larger sets are reckoned from these, but for the peak; the column says with how many. A peer that does not work here is
left out, in words.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from measuring import Cost, PeerError, left_out, parser_of, process

TYPST_STUDENTS, LATEX_STUDENTS = 20, 5
QUICK_SIZES, QUICK_LATEX_STUDENTS = (1, 4), 2
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


Way = Callable[[int, Path], Cost]
"""Makes a set of so many students in a folder."""


def own(arguments: Sequence[str]) -> Cost:
    """A process of pencilgrad, which has to work."""
    try:
        return on_one_core(arguments)
    except PeerError as reason:
        raise SystemExit(f"{' '.join(arguments)}: {reason}") from None


def on_one_core(arguments: Sequence[str]) -> Cost:
    """One process and its children."""
    return process(arguments, environment=os.environ | ONE_CORE)


def ours(count: int, folder: Path) -> Cost:
    """The whole set by one command."""
    command = [sys.executable, "-m", "derive", "class", "mazur", "--variants", str(count), "--seed", "1", "--jobs", "1"]
    return own([*command, "-o", str(folder / "set")])


def our_sheets(count: int, folder: Path) -> Cost:
    """Only the worksheets and keys."""
    return own([sys.executable, "-c", SHEETS, str(folder), str(count)])


def with_typst(sources: Path, count: int, folder: Path) -> Cost:
    """All sources in one process."""
    if not find_spec("typst"):
        raise PeerError("not installed (extra 'bench')")
    return on_one_core([sys.executable, "-c", TYPST, str(sources), str(folder), str(count), *KINDS])


def with_latex(sources: Path, count: int, folder: Path) -> Cost:
    """Two processes for each source."""
    compiler = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-output-directory", str(folder)]
    cost = Cost()
    for number in range(1, count + 1):
        for kind in KINDS:
            source = str(sources / f"{number}-{kind}.tex")
            cost += on_one_core([*compiler, "-draftmode", source]) + on_one_core([*compiler, source])
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
                size: Cost(median(cost.processor for cost in costs), peak=max(cost.peak for cost in costs))
                for size, costs in runs.items()
            }
        )

    def students(self, size: int) -> int:
        """With how many students a set of this size was measured."""
        return max(measured for measured in self.costs if measured <= size)

    def further(self, size: int) -> float:
        """Seconds for each student beyond the first."""
        count = self.students(size)
        return (self.costs[count].processor - self.costs[1].processor) / (count - 1) if count > 1 else 0

    def each(self, size: int) -> float:
        """Seconds for each student, start-up included."""
        return (self.costs[1].processor + (size - 1) * self.further(size)) / size


def ways(sources: Path, latex_students: int) -> Mapping[str, tuple[Way, int | None]]:
    """Each with the most students that it is measured with."""
    return {
        "pencilgrad": (ours, None),
        "its sheets": (our_sheets, None),
        "Typst": (partial(with_typst, sources), TYPST_STUDENTS),
        "pdfLaTeX": (partial(with_latex, sources), latex_students),
    }


def measured(kinds: Mapping[str, tuple[Way, int | None]], sizes: Sequence[int], runs: int) -> Mapping[str, Measured]:
    """All ways, in turn: the speed of a machine drifts. Those that do not work here are left out."""
    found: dict[str, dict[int, list[Cost]]] = {name: {} for name in kinds}
    for _ in range(runs):
        for name in tuple(found):
            try:
                _run(*kinds[name], sizes, found[name])
            except PeerError as reason:
                left_out(name, reason)
                del found[name]
    return {name: Measured.of(costs) for name, costs in found.items()}


def _run(way: Way, most: int | None, sizes: Sequence[int], costs: dict[int, list[Cost]]) -> None:
    """One way once, for each size that it is measured with."""
    for size in sorted({min(size, most or size) for size in sizes}):
        with TemporaryDirectory() as folder:
            costs.setdefault(size, []).append(way(size, Path(folder)))


def rows(found: Mapping[str, Measured], sizes: Sequence[int]) -> Iterator[Sequence[str]]:
    """The table."""
    yield "students", "", "measured", "s each", "ms further", "ratio", "peak MB"
    for size in sizes:
        base = next(iter(found.values())).each(size)
        for name, way in found.items():
            count, each = way.students(size), way.each(size)
            further = f"{1000 * way.further(size):.0f}" if count > 1 else ""
            peak = f"{way.costs[count].peak:.0f}"
            yield f"{size:,}", name, f"{count:,}", f"{each:.3f}", further, f"{each / base:.1f}", peak


def main() -> None:
    """One table."""
    parser = parser_of(__doc__, f"{QUICK_SIZES[-1]} students, one run")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[1, 10, 100, 1000], help="students (default: 1 to 1000)"
    )
    parser.add_argument("--runs", type=int, default=3, help="runs of each, of which the median counts (default: 3)")
    arguments = parser.parse_args()
    sizes = QUICK_SIZES if arguments.quick else sorted({1, *arguments.sizes})
    runs = 1 if arguments.quick else max(1, arguments.runs)
    with TemporaryDirectory() as folder:
        writer = Path(__file__).with_name("typst_sheet.py")
        own([sys.executable, str(writer), "--count", str(min(TYPST_STUDENTS, sizes[-1])), "-o", folder])
        latex_students = QUICK_LATEX_STUDENTS if arguments.quick else LATEX_STUDENTS
        found = measured(ways(Path(folder), latex_students), sizes, runs)
    for size, name, *cells in rows(found, sizes):
        sys.stdout.write(f"{size:>8}  {name:<10}" + "".join(f"{cell:>12}" for cell in cells) + "\n")


if __name__ == "__main__":
    main()
