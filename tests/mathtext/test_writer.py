"""The frame of the writers: complete or refused, and what no notation writes for itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from derive.mathtext import writer
from derive.mathtext.boxes import boxes
from derive.mathtext.building import row, signed, written_out
from derive.mathtext.latex import latex
from derive.mathtext.mathml import mathml
from derive.mathtext.plain import plain
from derive.mathtext.svg import svg_of
from derive.mathtext.tree import PLUS, Bracket, Identifier, Node, Number, Slot
from derive.mathtext.writer import TextWriter

NOTATIONS = {"boxes": boxes, "latex": latex, "mathml": mathml, "plain": plain, "svg": svg_of}
every_notation = pytest.mark.parametrize("write", NOTATIONS.values(), ids=NOTATIONS)


class Unrooted(TextWriter):
    """A notation without roots."""

    def _name(self, node: Node) -> str:
        return type(node).__name__

    identifier = operator = fraction = scripts = bracket = matrix = noted = cases = aligned = _name

    def between(self, before: Node, after: Node) -> str:
        return f" {type(before).__name__}|{type(after).__name__} "


class Rooted(Unrooted):
    """The same with roots."""

    root = Unrooted._name


def test_a_writer_without_a_shape_is_refused() -> None:
    """As soon as it is made, which is at import."""
    with pytest.raises(TypeError, match="root"):
        Unrooted()  # type: ignore[abstract]


def test_a_shape_without_a_method_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thirteenth shape is missed in every writer, not only where it first comes up."""

    @dataclass(frozen=True, slots=True)
    class Arrow:
        """A new shape."""

    Rooted()
    monkeypatch.setattr(writer, "Node", Node | Arrow)
    with pytest.raises(AttributeError, match="arrow"):
        Rooted()


def test_something_stands_only_between_neighbours_without_a_sign() -> None:
    """On both sides of an operator nothing does, and what stands on either side of it are no neighbours."""
    name, number = Identifier("w"), Number("1")
    assert Rooted().write(row(name, number, PLUS, name, name)) == (
        "Identifier Identifier|Number 1OperatorIdentifier Identifier|Identifier Identifier"
    )


@every_notation
@pytest.mark.parametrize("number", [Number("0.5", exponent=-3), Slot("0.5", exponent=12, of="w1", face="Number1")])
def test_a_power_of_ten_is_a_product(write: Callable[[Any], str], number: Number) -> None:
    """In every notation, wherever it stands."""
    assert write(number) == write(written_out(number))
    assert write(number) in write(Bracket(number))


@every_notation
def test_a_slot_is_a_number(write: Callable[[Any], str]) -> None:
    """Marked where it is looked for on the finished page, in boxes and figures; elsewhere a number like any other."""
    slot, number = Slot("0.5", of="w1", face="Number1"), signed("0.5", of="w1")
    marked: dict[Callable[[Any], str], str] = {
        boxes: "<data class=Number1>0.5</data>",
        svg_of: '<tspan font-family="Number1">0.5</tspan>',
    }
    assert write(slot) == marked.get(write, write(number))
