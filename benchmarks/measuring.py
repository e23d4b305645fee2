"""What the benchmarks share: times, processes, peers that may be missing here, and tables. It is no script."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any


class PeerError(Exception):
    """Why a program or library that pencilgrad is measured against cannot be measured here."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of a process and its children: seconds of the processor and of the clock, and megabytes at the peak."""

    processor: float = 0
    clock: float = 0
    peak: float = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.processor + other.processor, self.clock + other.clock, max(self.peak, other.peak))


def process(arguments: Sequence[str], folder: Path | None = None, environment: Mapping[str, str] = os.environ) -> Cost:
    """One process; ``PeerError`` if it fails.

    A process starts with its parent's peak, so a script that measures processes imports nothing large.
    """
    with TemporaryFile() as output:
        start = time.perf_counter()
        try:
            child = subprocess.Popen(
                arguments,
                cwd=folder,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
        except OSError as error:
            raise PeerError(f"it cannot be started ({error.strerror})") from None
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            output.seek(0)
            raise PeerError(f"it ended with {child.returncode} ({_complaint(output.read().decode(errors='replace'))})")
    return Cost(usage.ru_utime + usage.ru_stime, seconds, usage.ru_maxrss / 1024)


def _complaint(output: str) -> str:
    """What a program says of its failure: the line that TeX marks with "!", or else the last one."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    marked = next((line for line in lines if line.startswith("!")), lines[-1] if lines else "without a word")
    return marked.removeprefix("! ").removeprefix("LaTeX Error: ").removesuffix(".")


def library(name: str, extra: str) -> Any:
    """A library that is measured against; ``PeerError`` if it is not there."""
    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise PeerError(f"not installed (extra '{extra}')") from None
    except Exception as error:  # whatever a library does that is there and does not work
        raise PeerError(f"it cannot be imported ({' '.join(str(error).split())})") from None


def left_out(name: str, reason: PeerError) -> None:
    """Says so of a peer."""
    sys.stdout.write(f"{name}: left out, {reason}\n")


def timed(work: Callable[[], object]) -> float:
    """Seconds of one run."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def line(*cells: str, first: int = 44, others: int = 12) -> None:
    """One row of a table, with so many characters of room for the first cell and for each of the others."""
    sys.stdout.write("  ".join([f"{cells[0]:<{first}}", *(f"{cell:>{others}}" for cell in cells[1:])]).rstrip() + "\n")
    sys.stdout.flush()


def parser_of(documentation: str | None, quick: str) -> argparse.ArgumentParser:
    """The options of a script; ``quick`` says what it does less of then."""
    parser = argparse.ArgumentParser(description=(documentation or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"a rough look in seconds: {quick}")
    return parser
