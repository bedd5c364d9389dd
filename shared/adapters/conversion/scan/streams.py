"""Bytes that come from somewhere else, as streams to read forward."""

from collections.abc import Iterator
from io import RawIOBase
from typing import IO, Any

from serving.model_file.findings import Unreadable


class Part(RawIOBase):
    """The next `size` bytes of `stream`. Unreadable where there are fewer."""

    def __init__(self, stream: IO[bytes], size: int) -> None:
        super().__init__()
        self._stream, self._left = stream, size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(min(len(buffer), self._left))
        if self._left and not data:
            raise Unreadable("The file ends too early: it is cut short.")
        self._left -= len(data)
        buffer[: len(data)] = data
        return len(data)


class Pieces(RawIOBase):
    """An iterator of bytes as one stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces = pieces
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
