"""A model file as one bounded, forward-only stream of bytes, whatever joblib compressed it with.

The loader reads through here too, so that it sees exactly the bytes that were scanned.
"""

import bz2
import io
import lzma
import zlib
from collections.abc import Callable
from typing import IO, Protocol

from serving.model_file.findings import Unreadable

MAX_UNPACKED_BYTES = 4 << 30
"""No model that fits the conversion's memory is larger; a decompression bomb is."""
CHUNK = 1 << 20
LZMA_MEMORY_BYTES = 256 << 20

_FOREIGN = {
    b"PK\x03\x04": "a zip archive (Keras, skops and PyTorch models are)",
    b"\x89HDF": "an HDF5 file",
    b"\x04\x22\x4d\x18": "compressed with lz4; save it again with compress=3",
    b"\x28\xb5\x2f\xfd": "compressed with zstd; save it again with compress=3",
    b"ZF": "written by a joblib older than 0.10; save it again with a newer one",
}


class _Unpacked(io.RawIOBase):
    """The bytes of a compressed stream. Unreadable when damaged, cut short or too many."""

    def __init__(self, source: "_Stream", limit: int) -> None:
        super().__init__()
        self._source = source
        self._limit = limit
        self._position = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            data = self._source.read(len(buffer))
        except (OSError, zlib.error, lzma.LZMAError) as damage:
            raise Unreadable(f"The compressed data is damaged ({damage}).") from None
        self._position += len(data)
        if self._position > self._limit:
            raise Unreadable(f"Decompresses to more than {self._limit >> 20} MB.")
        buffer[: len(data)] = data
        return len(data)


def unpacked(file: IO[bytes], limit: int = MAX_UNPACKED_BYTES) -> IO[bytes]:
    """`file` from its beginning, decompressed; the file itself where it is not compressed."""
    if codec := _codec_of(file):
        return io.BufferedReader(_Unpacked(_Stream(file, codec()), limit), CHUNK)
    if file.seek(0, io.SEEK_END) > limit:
        raise Unreadable(f"The file is larger than {limit >> 20} MB.")
    file.seek(0)
    return file


class _Decompressor(Protocol):
    """What bz2's and lzma's decompressors have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Inflate:
    """zlib's decompressor in the same terms."""

    def __init__(self, wbits: int) -> None:
        self._inflate = zlib.decompressobj(wbits)

    @property
    def eof(self) -> bool:
        return self._inflate.eof

    @property
    def needs_input(self) -> bool:
        return not self._inflate.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inflate.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._inflate.decompress(data or self._inflate.unconsumed_tail, max_length)


_CODECS: dict[bytes, Callable[[], _Decompressor]] = {
    b"\x78": lambda: _Inflate(zlib.MAX_WBITS),
    b"\x1f\x8b": lambda: _Inflate(zlib.MAX_WBITS | 16),
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\x00": lambda: lzma.LZMADecompressor(memlimit=LZMA_MEMORY_BYTES),
    b"\x5d\x00": lambda: lzma.LZMADecompressor(memlimit=LZMA_MEMORY_BYTES),
}


class _Stream:
    """One compressed stream, to its end and no further."""

    def __init__(self, file: IO[bytes], decompressor: _Decompressor) -> None:
        self._file = file
        self._decompressor = decompressor

    def read(self, size: int) -> bytes:
        while not self._decompressor.eof:
            more = b""
            if self._decompressor.needs_input and not (more := self._file.read(CHUNK)):
                raise Unreadable("The compressed data ends too early: the file is cut short.")
            if data := self._decompressor.decompress(more, size):
                return data
        if self._decompressor.unused_data or self._file.read(1):
            raise Unreadable("More data follows the end of the compressed stream.")
        return b""


def _codec_of(file: IO[bytes]) -> Callable[[], _Decompressor] | None:
    """By the first bytes. Unreadable where they are those of something else."""
    file.seek(0)
    magic = file.read(6)
    file.seek(0)
    if not magic:
        raise Unreadable("The file is empty.")
    for prefix, what in _FOREIGN.items():
        if magic.startswith(prefix):
            raise Unreadable(f"Not a joblib file that can be read here: it is {what}.")
    return next((codec for prefix, codec in _CODECS.items() if magic.startswith(prefix)), None)
