"""The functions of intervals, by name: what a program is made of."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np

from derive.numbers.intervals.arrays import (
    SLACK_OF_FUNCTION,
    Array,
    IntervalArray,
    greatest_of,
    least_of,
    quiet,
    settled,
)

Operation: TypeAlias = Callable[..., IntervalArray]


def _rising(function: Callable[[Array], Array]) -> Operation:
    @quiet
    def of(x: IntervalArray) -> IntervalArray:
        return settled(function(x.low), function(x.high), ~np.isfinite(x.high - x.low), SLACK_OF_FUNCTION)

    return of


@quiet
def logarithm(x: IntervalArray) -> IntervalArray:
    """ln x."""
    return settled(np.log(x.low), np.log(x.high), x.low <= 0, SLACK_OF_FUNCTION)


@quiet
def square_root(x: IntervalArray) -> IntervalArray:
    """√x, of what there is from 0 on."""
    return settled(np.sqrt(np.maximum(x.low, 0)), np.sqrt(x.high), x.high < 0)


@quiet
def cosine(x: IntervalArray) -> IntervalArray:
    """cos x: 1 or −1 where the interval holds an even or odd multiple of π."""
    margin = SLACK_OF_FUNCTION * (1 + x.magnitude)
    first, last = np.ceil((x.low - margin) / math.pi), np.floor((x.high + margin) / math.pi)
    ends = np.cos(x.low), np.cos(x.high)
    holds_even = 2 * np.ceil(first / 2) <= last
    holds_odd = 2 * np.ceil((first - 1) / 2) + 1 <= last
    low = np.where(holds_odd, -1, least_of(ends) - margin)
    high = np.where(holds_even, 1, greatest_of(ends) + margin)
    return settled(low, high, ~np.isfinite(x.width), SLACK_OF_FUNCTION)


@quiet
def sine(x: IntervalArray) -> IntervalArray:
    """sin x = cos(x − π/2)."""
    return cosine(x - IntervalArray.at(math.pi / 2))


@quiet
def tangent(x: IntervalArray) -> IntervalArray:
    """tan x; the whole line where the interval holds a pole."""
    margin = SLACK_OF_FUNCTION * (1 + x.magnitude)
    branch = np.floor((x.low - margin) / math.pi + 0.5), np.floor((x.high + margin) / math.pi + 0.5)
    slopes = 1 + np.square(np.tan(x.low)), 1 + np.square(np.tan(x.high))
    low, high = np.tan(x.low) - margin * slopes[0], np.tan(x.high) + margin * slopes[1]
    return settled(low, high, branch[0] != branch[1], SLACK_OF_FUNCTION)


def greatest(*numbers: IntervalArray) -> IntervalArray:
    """The maximum."""
    return IntervalArray(greatest_of([x.low for x in numbers]), greatest_of([x.high for x in numbers]))


def least(*numbers: IntervalArray) -> IntervalArray:
    """The minimum."""
    return IntervalArray(least_of([x.low for x in numbers]), least_of([x.high for x in numbers]))


def total(first: IntervalArray, *others: IntervalArray) -> IntervalArray:
    """The sum."""
    for other in others:
        first = first + other
    return first


def product(first: IntervalArray, *others: IntervalArray) -> IntervalArray:
    """The product."""
    for other in others:
        first = first * other
    return first


# A slope at a corner is every number between those on both sides; so is a truth that depends on the number: 0 to 1.


def step(x: IntervalArray) -> IntervalArray:
    """The slope of max(0, x)."""
    return IntervalArray((x.low > 0).astype(np.float64), (x.high >= 0).astype(np.float64))


def sign(x: IntervalArray) -> IntervalArray:
    """The slope of |x|."""
    above = step(x)
    return IntervalArray(2 * above.low - 1, 2 * above.high - 1)


def is_above(x: IntervalArray, y: IntervalArray) -> IntervalArray:
    """The truth of x > y."""
    return IntervalArray((x.low > y.high).astype(np.float64), (x.high > y.low).astype(np.float64))


def negation(truth: IntervalArray) -> IntervalArray:
    """not."""
    return IntervalArray(1 - truth.high, 1 - truth.low)


def is_equal(x: IntervalArray, y: IntervalArray) -> IntervalArray:
    """The truth of x = y."""
    surely = (x.width == 0) & (y.width == 0) & (x.low == y.low)
    possibly = (x.low <= y.high) & (y.low <= x.high)
    return IntervalArray(surely.astype(np.float64), possibly.astype(np.float64))


def cases(*values_and_truths: IntervalArray) -> IntervalArray:
    """The hull of all values that can be taken: value, truth, value, truth, …; nothing follows a case that is true."""
    low, high = np.asarray(np.inf), np.asarray(-np.inf)
    open_still = np.asarray(True)
    for value, truth in zip(values_and_truths[::2], values_and_truths[1::2], strict=True):
        possible = open_still & (truth.high > 0)
        low = np.where(possible, np.minimum(low, value.low), low)
        high = np.where(possible, np.maximum(high, value.high), high)
        open_still = open_still & (truth.low == 0)
    return IntervalArray(np.where(open_still, -np.inf, low), np.where(open_still, np.inf, high))


OPERATIONS: Mapping[str, Operation] = {
    "sum": total,
    "product": product,
    "negative": lambda x: -x,
    "reciprocal": IntervalArray.reciprocal,
    "power": lambda base, exponent: base**exponent,
    "root": square_root,
    "exp": _rising(np.exp),
    "log": logarithm,
    "tanh": _rising(np.tanh),
    "erf": _rising(np.vectorize(math.erf, otypes=[np.float64])),
    "sin": sine,
    "cos": cosine,
    "tan": tangent,
    "abs": abs,
    "max": greatest,
    "min": least,
    "step": step,
    "sign": sign,
    "above": is_above,
    "equal": is_equal,
    "not": negation,
    "cases": cases,
}
"""What a program is made of, by name."""
