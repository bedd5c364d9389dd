"""Batches of plain items for large containers, read in one step: vocabularies have millions.

A batch is what picklers write between MARK and the opcode that puts all items into the container.
It is read here only where every item is a number, a constant or a text; nothing has changed when
it turns out to hold anything else, and then its opcodes are read one by one.
"""

import re
import sys
from array import array
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from serving.model_file.rewrite.machine import NEAR, Machine
from serving.model_file.source import NO_FRAME
from serving.model_file.symbols import Items, Table

LARGE = 10_000
"""Items in a container from which on its batches are read so."""
_MOST_BYTES = 1 << 17
"""Of a batch: picklers put a thousand items into one."""
_FRAME = b"\x95"[0]
_ENDS = {"dict": b"u"[0], "list": b"e"[0], "set": b"\x90"[0]}


_ITEMS = {
    "short": (rb"\x8c(%s)\x94", 1),
    "X": (rb"X(%s)\x94", 4),
    "Xr": (rb"X(%s)r(.{4})", 4),
    "j": (rb"j(.{4})", 0),
}
"""Texts with their lengths, and in protocols 2 and 3 their memo numbers; recalled memo numbers."""
_CONSTANTS = {"J": rb"J.{4}|G.{8}|[N\x88\x89]", "JKM": rb"J.{4}|M..|K.|G.{8}|[N\x88\x89]"}


class _Kind(NamedTuple):
    """Items of one kind and constants, which may follow one another in any order."""

    run: re.Pattern[bytes]
    item: re.Pattern[bytes]


@cache
def _kind(item: str, constants: str) -> _Kind:
    """Made when it is needed first, which few models do."""
    pattern, width = _ITEMS[item]
    both = pattern.replace(b"%s", _texts(width)) + b"|" + _CONSTANTS[constants]
    return _Kind(re.compile(b"(?:%s)++" % both, re.DOTALL), re.compile(both, re.DOTALL))


def _texts(width: int) -> bytes:
    """Texts of 2 to 127 bytes behind their lengths, which are ASCII characters then.

    One character is kept in the memo: Python shares it with the names of orders and of kinds.
    """
    sizes = range(2, 128)
    lengths = (re.escape(size.to_bytes(width or 1, "little")) for size in sizes)
    return b"|".join(b"%s.{%d}" % pair for pair in zip(lengths, sizes, strict=True))


def read_batch(machine: Machine, target: Items | Table) -> None:
    """Read what follows a MARK above `target`, where it is a batch of plain items."""
    if target.sealed or machine.indices is not None:
        return
    if machine.source.end - machine.source.position < _MOST_BYTES:
        machine.source.fill(_MOST_BYTES)
    batch = _Batch(machine)
    try:
        if not batch.read(_ENDS["dict" if isinstance(target, Table) else target.kind]):
            return
    except (IndexError, UnicodeDecodeError):  # cut off by the buffer's end, or damaged
        return
    if isinstance(target, Table):
        if batch.items % 2:
            return
        target.forget()
        target.size += batch.items // 2
    else:
        target.size += batch.items
    batch.accept()


class _Batch:
    """What follows a MARK, as far as it is read."""

    def __init__(self, machine: Machine) -> None:
        self._machine, source = machine, machine.source
        self._position = source.position
        self._frame_end = source.frame_end
        """In the stream, as the source has it."""
        self.items = 0
        self._first = machine.memo.size
        self._words = 0
        """Texts that go into the memo, from `_first` on."""

    def read(self, ending: int) -> bool:
        """Whether `ending` follows plain items and nothing else."""
        machine, source, buffer = self._machine, self._machine.source, self._machine.source.buffer
        if machine.writes and self._first != machine.count:
            return False
        stop = self._position + _MOST_BYTES
        while self._position < stop:
            offset = source.before + self._position
            if offset >= self._frame_end:
                if offset > self._frame_end:
                    return False
                self._frame_end = NO_FRAME
            code = buffer[self._position]
            if code == ending:
                self._position += 1
                return True
            if code == _FRAME:
                if machine.writes or self._frame_end != NO_FRAME:
                    return False
                size = int.from_bytes(buffer[self._position + 1 : self._position + 9], "little")
                self._position += 9
                self._frame_end = offset + 9 + size
            elif not self._read_run(buffer, min(stop, self._frame_end - source.before)):
                return False
        return False

    def _read_run(self, buffer: bytes, stop: int) -> bool:
        """Whether items of one kind, and constants, come next; they are read up to `stop`."""
        start = self._position
        for kind, accepted in self._kinds():
            if found := kind.run.match(buffer, start, stop):
                self._position = found.end()
                items = kind.item.findall(buffer, start, self._position)
                self.items += len(items)
                return accepted(items)
        return False

    def _kinds(self) -> Iterator[tuple["_Kind", Callable[[list[Any]], bool]]]:
        if self._machine.writes:
            yield _kind("X", "J"), self._accept_words
            yield _kind("j", "J"), self._accept_recalled
        else:
            yield _kind("short", "JKM"), self._accept_words
            yield _kind("j", "JKM"), self._accept_recalled
            yield _kind("Xr", "JKM"), self._accept_numbered

    def _accept_words(self, texts: list[bytes]) -> bool:
        b"".join(texts).decode("utf-8", "surrogatepass")
        self._words += len(texts) - texts.count(b"")
        return True

    def _accept_numbered(self, found: list[tuple[bytes, bytes]]) -> bool:
        texts, numbers = zip(*found, strict=True)
        begun = self._first + self._words
        self._accept_words(list(texts))
        return _numbers(numbers) == array("I", range(begun, self._first + self._words))

    def _accept_recalled(self, found: list[bytes]) -> bool:
        """Whether all are texts that are not kept, and are written by the numbers they have."""
        if not (numbers := _numbers(found)):
            return True
        least, most = min(numbers), max(numbers)
        if self._first <= least and most < self._first + self._words:
            return not self._machine.writes or least >= len(NEAR)
        stretch = self._machine.memo.stretch(least)
        if stretch is None or most >= stretch.end:
            return False
        return not self._machine.writes or (stretch.place == stretch.first and least >= len(NEAR))

    def accept(self) -> None:
        """Take the batch as read, and as put into its container."""
        machine, source = self._machine, self._machine.source
        if machine.writes:
            machine.written += source.buffer[source.position : self._position]
        machine.stack.pop()
        machine.marks -= 1
        if self._words:
            machine.memo.leave_out(self._words, machine.count)
            machine.count += self._words
        source.position, source.frame_end = self._position, self._frame_end
        source.find_limit()


def _numbers(parts: Iterable[bytes]) -> "array[int]":
    """Memo numbers, of four bytes each."""
    numbers = array("I", b"".join(parts))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
