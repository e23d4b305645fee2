"""The numbers along an axis: where they stand is Matplotlib's choice, how they look is ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

from matplotlib.ticker import LogLocator, MaxNLocator

from derive.mathtext.building import signed
from derive.mathtext.tree import Node, Number, Scripts

_STEPS = (1, 2, 5, 10)
_SMALLEST, _LARGEST = 1e-4, 1e7  # tick numbers outside this range are written with a power of ten
_DECADES = 6


@dataclass(frozen=True, slots=True)
class Axis:
    """Ticks with the printed number of each; the axis reaches from the first to the last."""

    ticks: tuple[float, ...]
    numbers: tuple[Node, ...]
    is_logarithmic: bool = False

    def share(self, value: float) -> float:
        """Where on the axis a value is: 0 at the first tick, 1 at the last."""
        first, last = self._scaled(self.ticks[0]), self._scaled(self.ticks[-1])
        return (self._scaled(value) - first) / (last - first)

    def _scaled(self, value: float) -> float:
        return log10(value) if self.is_logarithmic else value


def linear_axis(low: float, high: float, intervals: int, decimal_mark: str, whole: bool = False) -> Axis:
    """An axis over all values from ``low`` to ``high``, with at most so many intervals between round numbers."""
    located = MaxNLocator(intervals, steps=_STEPS, integer=whole).tick_values(low, high if high > low else low + 1)
    ticks = _covering([float(tick) for tick in located], low, high)
    return Axis(ticks, tuple(_number(tick, decimal_mark) for tick in ticks))


def logarithmic_axis(low: float, high: float) -> Axis:
    """An axis of powers of ten over all values from ``low`` to ``high``, both positive."""
    located = LogLocator(numticks=_DECADES).tick_values(low, high)
    ticks = _covering([float(tick) for tick in located], low, high)
    powers = (Scripts(Number("10"), sup=signed(str(round(log10(tick))))) for tick in ticks)
    return Axis(ticks, tuple(powers), is_logarithmic=True)


def _covering(ticks: Sequence[float], low: float, high: float) -> tuple[float, ...]:
    """The ticks from the last at or below ``low`` to the first at or above ``high``: Matplotlib gives some beyond."""
    first = max((tick for tick in ticks if tick <= low), default=ticks[0])
    last = min((tick for tick in ticks if tick >= high and tick > first), default=ticks[-1])
    return tuple(tick for tick in ticks if first <= tick <= last)


def _number(tick: float, decimal_mark: str) -> Node:
    if tick and not _SMALLEST <= abs(tick) < _LARGEST:
        digits, _, exponent = f"{tick:.9e}".partition("e")
        return signed(_plain(digits, decimal_mark), exponent=int(exponent))
    return signed(_plain(f"{tick:.9f}", decimal_mark))


def _plain(digits: str, decimal_mark: str) -> str:
    return digits.rstrip("0").rstrip(".").replace(".", decimal_mark)
