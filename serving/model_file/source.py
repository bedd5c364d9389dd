"""The bytes of one stream, read ahead in chunks, with the position that frames are told by."""

import os
from collections.abc import Iterator
from typing import IO, Final

from serving.model_file.findings import Refused, Unreadable

CHUNK = 1 << 20
LOOKAHEAD = 64
"""No opcode's fixed part is longer."""
NO_FRAME: Final = 1 << 62


class Source:
    """Forward-only bytes of `stream`. Unreadable where they end too early."""

    __slots__ = ("_length", "_stream", "before", "buffer", "end", "frame_end", "limit", "position")

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._length = _length(stream)
        self.before = 0
        """Of the first byte of `buffer`, in the stream."""
        self.buffer = b""
        self.position = 0
        """Of the next byte, in `buffer`."""
        self.end = 0
        self.frame_end = NO_FRAME
        """Of the frame that the next byte lies in, in the stream."""
        self.limit = 0
        """In `buffer`: opcodes that begin before lie in it, and in the same frame."""
        self.fill()

    @property
    def offset(self) -> int:
        """Of the next byte, in the stream."""
        return self.before + self.position

    def fill(self, least: int = LOOKAHEAD) -> None:
        """Have at least `least` bytes in `buffer` from `position` on, if there are so many."""
        self.before += self.position
        data = self.buffer[self.position :]
        while len(data) < least and (more := self._stream.read(CHUNK)):
            data += more
        self.buffer, self.position, self.end = data, 0, len(data)
        self.find_limit()

    def find_limit(self) -> None:
        """Tell `limit` anew, after the buffer or the frame has changed."""
        self.limit = min(self.end - LOOKAHEAD + 1, self.frame_end - self.before)

    def begin_opcodes(self) -> None:
        """Have the next opcodes in the buffer. Refused where one has crossed its frame's end."""
        if self.end - self.position < LOOKAHEAD:
            self.fill()
        if not self.position < self.end:
            raise Unreadable("The file ends too early: it is cut short.")
        if self.offset >= self.frame_end:
            if self.offset > self.frame_end:
                raise Refused("An opcode crosses the end of its frame")
            self.frame_end = NO_FRAME
        self.find_limit()
        if self.end - self.position < LOOKAHEAD:  # the last bytes of all
            self.limit = min(self.end, self.frame_end - self.before)

    def begin_frame(self, size: int) -> None:
        """The next `size` bytes are a frame."""
        if self.frame_end != NO_FRAME:
            raise Refused("A frame inside a frame")
        self.frame_end = self.offset + size
        self.find_limit()

    def expect_no_frame(self, problem: str) -> None:
        """Refused, for that reason, inside a frame; one may end right here."""
        if self.frame_end not in (NO_FRAME, self.offset):
            raise Refused(problem)
        self.frame_end = NO_FRAME

    def take(self, size: int) -> bytes:
        """The next `size` bytes, which must be few: they are kept in memory."""
        position = self.position
        if position + size > self.end:
            return b"".join(self.chunks(size))
        self.position = position + size
        return self.buffer[position : position + size]

    def line(self, most: int) -> bytes:
        """Up to and without the next newline, which must come within `most` bytes."""
        if self.end - self.position < most:
            self.fill(most)
        found = self.buffer.find(b"\n", self.position, self.position + most)
        if found < 0:
            raise Unreadable("A name in the file does not end.")
        data = self.buffer[self.position : found]
        self.position = found + 1
        return data

    def chunks(self, size: int) -> Iterator[bytes]:
        """The next `size` bytes, piece by piece."""
        while size:
            if self.position >= self.end:  # beyond it after an argument that is cut short
                self.fill()
                if not self.end:
                    raise Unreadable("The file ends too early: it is cut short.")
            piece = self.buffer[self.position : self.position + size]
            self.position += len(piece)
            size -= len(piece)
            yield piece

    def skip(self, size: int) -> None:
        """Pass over the next `size` bytes, without reading them where the stream can be sought."""
        held = min(size, self.end - self.position)
        self.position += held
        size -= held
        if not size:
            return
        if self._length is None or size <= CHUNK:
            for _ in self.chunks(size):
                pass
            return
        if self.offset + size > self._length:
            raise Unreadable("The file ends too early: it is cut short.")
        self._stream.seek(size, os.SEEK_CUR)
        self.before += size

    def expect_end(self) -> None:
        """Refused where more follows."""
        self.fill(1)
        if self.end:
            raise Refused("More data follows the end of the model")


def _length(stream: IO[bytes]) -> int | None:
    """How many bytes are left on a stream that can be sought; None for others."""
    if not stream.seekable():
        return None
    here = stream.tell()
    length = stream.seek(0, os.SEEK_END)
    stream.seek(here)
    return length - here
