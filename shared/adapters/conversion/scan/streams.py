"""Bytes that come from somewhere else, as streams to read forward."""

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
