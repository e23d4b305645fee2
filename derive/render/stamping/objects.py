"""A PDF file written object after object.

qpdf reads and writes a whole file at a time, which takes three times as long as the rest of a student's sheet and holds
every page of a set in memory. Here what all students share is turned into bytes once (``Copier``), and a file is those
bytes and a few new objects (``Writer``; ISO 32000-1, 7.5.7 object streams and 7.5.8 cross-reference streams).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from hashlib import md5
from typing import Any, BinaryIO, TypeAlias

import numpy as np
import pikepdf
from numpy.typing import NDArray

LEVEL = 2
"""Of compression. Level 9 takes half as long again for 2 % less; level 1 makes a sheet larger by a third."""

_CONSTANTS = {None: b"null", False: b"false", True: b"true"}

Numbers: TypeAlias = NDArray[np.intp]
Value = Any  # what pikepdf makes of an object: its own classes, numbers, truth values and None


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream's dictionary without its length, and its data as they stand in the file."""

    entries: bytes
    data: bytes

    @classmethod
    def packed(cls, data: bytes, entries: bytes = b"") -> Stream:
        """Compressed."""
        return cls(entries + b"/Filter/FlateDecode", zlib.compress(data, LEVEL))


@dataclass
class Copier:
    """Numbers the objects of a file anew, in the order in which they are reached, and writes them as bytes.

    ``replaced`` gives the reference that is written for a value, where it is not to be copied.
    """

    reserve: Callable[[], int]
    """Gives the number of a new object."""
    replaced: Callable[[Value], bytes | None] = lambda _: None
    objects: dict[int, bytes] = field(default_factory=dict)
    streams: dict[int, Stream] = field(default_factory=dict)
    _numbers: dict[tuple[int, int], int] = field(default_factory=dict)
    _waiting: list[tuple[int, pikepdf.Object]] = field(default_factory=list)

    def number(self, value: pikepdf.Object) -> int:
        """The new number of an indirect object, which is copied with all that it leads to."""
        self._written(value)
        self._copy_waiting()
        return self._numbers[value.objgen]

    def direct(self, value: Value) -> bytes:
        """A value that is no object of its own, likewise."""
        written = self._direct(value)
        self._copy_waiting()
        return written

    def entries(self, entries: Mapping[str, Value]) -> bytes:
        """The entries of a dictionary, likewise."""
        written = self._entries(entries)
        self._copy_waiting()
        return written

    def _copy_waiting(self) -> None:
        while self._waiting:
            number, waiting = self._waiting.pop()
            if isinstance(waiting, pikepdf.Stream):
                self.streams[number] = self._stream(waiting)
            else:
                self.objects[number] = self._direct(waiting)

    def _stream(self, stream: pikepdf.Stream) -> Stream:
        entries = {name: value for name, value in stream.items() if name != "/Length"}
        return Stream(self._entries(entries), stream.read_raw_bytes())

    def _written(self, value: Value) -> bytes:
        if (reference := self.replaced(value)) is not None:
            return reference
        if not isinstance(value, pikepdf.Object) or not value.is_indirect:
            return self._direct(value)
        if value.objgen not in self._numbers:
            self._numbers[value.objgen] = self.reserve()
            self._waiting.append((self._numbers[value.objgen], value))
        return reference_to(self._numbers[value.objgen])

    def _direct(self, value: Value) -> bytes:
        match value:
            case pikepdf.Array():
                return b"[%s]" % b" ".join(map(self._written, value))
            case pikepdf.Dictionary():
                return b"<<%s>>" % self._entries(dict(value.items()))
            case pikepdf.Object():
                return value.unparse()
            case None | bool():
                return _CONSTANTS[value]
            case int() | Decimal():
                return (str(value) if isinstance(value, int) else f"{value:f}").encode()
        raise TypeError(f"no way to write {type(value).__name__}")

    def _entries(self, entries: Mapping[str, Value]) -> bytes:
        return b"".join(name_of(name) + b" " + self._written(value) for name, value in entries.items())


def name_of(name: str) -> bytes:
    """A name, with its slash, as it is written."""
    return pikepdf.Name(name).unparse()


def text_of(text: str) -> bytes:
    """A text string."""
    return pikepdf.String(text).unparse()


def reference_to(number: int) -> bytes:
    """A reference to an object."""
    return b"%d 0 R" % number


@dataclass(frozen=True)
class Pack:
    """Objects that are no streams, compressed together as one."""

    numbers: Numbers
    stream: Stream

    @classmethod
    def of(cls, objects: Mapping[int, bytes]) -> Pack:
        offsets, at = [], 0
        for number, content in objects.items():
            offsets.append(b"%d %d" % (number, at))
            at += len(content) + 1
        head = b" ".join(offsets) + b"\n"
        entries = b"/Type/ObjStm/N %d/First %d" % (len(objects), len(head))
        return cls(np.fromiter(objects, np.intp), Stream.packed(head + b"\n".join(objects.values()) + b"\n", entries))


@dataclass
class Writer:
    """Writes a file from its head to its end. Objects can be written in any order."""

    file: BinaryIO
    next_number: int = 1
    _places: dict[int, int] = field(default_factory=dict)
    """Where each stream begins."""
    _packed: list[tuple[int, Numbers]] = field(default_factory=list)
    """The streams that hold other objects, and the numbers of those."""
    _at: int = 0
    _digest: Any = field(default_factory=lambda: md5(usedforsecurity=False))

    def __post_init__(self) -> None:
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def reserve(self) -> int:
        """The number of an object that is still to come."""
        self.next_number += 1
        return self.next_number - 1

    def stream(self, number: int, stream: Stream) -> None:
        """An object that is a stream."""
        self._places[number] = self._at
        head = b"%d 0 obj<<%s/Length %d>>stream\n" % (number, stream.entries, len(stream.data))
        self._write(head + stream.data + b"\nendstream endobj\n")

    def pack(self, pack: Pack) -> None:
        """Objects that are none."""
        own = self.reserve()
        self.stream(own, pack.stream)
        self._packed.append((own, pack.numbers))

    def finish(self, root: int, info: int | None = None) -> None:
        """The table of all objects. The same objects make the same file, its identifier included."""
        own, start = self.reserve(), self._at
        self._places[own] = start
        identifier = self._digest.hexdigest().encode()
        entries = b"/Type/XRef/W[1 4 2]/Size %d/Root %d 0 R" % (self.next_number, root)
        entries += b"/Info %d 0 R" % info if info else b""
        entries += b"/ID[<%s><%s>]" % (identifier, identifier)
        self.stream(own, Stream.packed(self._table(), entries))
        self._write(b"startxref\n%d\n%%%%EOF\n" % start)

    def _table(self) -> bytes:
        """Where every object is: nowhere, at a place in the file, or as the so-and-so-many-th of a stream."""
        table = np.full(self.next_number, np.array((0, 0, 0xFFFF), _ENTRY))
        numbers = np.fromiter(self._places, np.intp)
        table["kind"][numbers], table["place"][numbers], table["index"][numbers] = 1, list(self._places.values()), 0
        for own, packed in self._packed:
            table["kind"][packed], table["place"][packed], table["index"][packed] = 2, own, np.arange(len(packed))
        return table.tobytes()

    def _write(self, content: bytes) -> None:
        self.file.write(content)
        self._digest.update(content)
        self._at += len(content)


@dataclass(frozen=True)
class Written:
    """A file that a ``Writer`` has written. Its streams can be taken over into another file as they are."""

    file: bytes

    def stream(self, number: int) -> Stream:
        """The stream with this number."""
        return self._at(int(self._table["place"][number]))

    @cached_property
    def _table(self) -> NDArray[Any]:
        start = self.file.rindex(b"startxref\n") + len(b"startxref\n")
        place = int(self.file[start : self.file.index(b"\n", start)])
        return np.frombuffer(zlib.decompress(self._at(place).data), _ENTRY)

    def _at(self, place: int) -> Stream:
        head = _HEAD.match(self.file, place)
        assert head
        return Stream(head["entries"], self.file[head.end() : head.end() + int(head["length"])])


_HEAD = re.compile(rb"\d+ 0 obj<<(?P<entries>.*?)/Length (?P<length>\d+)>>stream\n", re.DOTALL)
_ENTRY = np.dtype([("kind", "u1"), ("place", ">u4"), ("index", ">u2")])
