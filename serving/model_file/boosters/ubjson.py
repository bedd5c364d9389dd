"""Universal Binary JSON as XGBoost writes it: objects, arrays, typed arrays, texts, numbers."""

import struct
import sys
from array import array
from collections.abc import Callable
from typing import Any, ClassVar

from serving.model_file.findings import Refused, Unreadable

MAX_DEPTH = 32
_NUMBERS: dict[int, tuple[str, int]] = {
    ord("i"): ("b", 1),
    ord("U"): ("B", 1),
    ord("I"): ("h", 2),
    ord("l"): ("i", 4),
    ord("L"): ("q", 8),
    ord("d"): ("f", 4),
    ord("D"): ("d", 8),
}
"""Marker to array's type code and bytes."""
_CONSTANTS = {ord("Z"): None, ord("T"): True, ord("F"): False}
_OPEN_OBJECT, _CLOSE_OBJECT, _OPEN_ARRAY, _CLOSE_ARRAY = b"{}[]"
_TEXT, _CHARACTER, _TYPED, _COUNTED = b"SC$#"


def loads(data: bytes) -> Any:
    """The value; typed arrays come as array.array. Unreadable where there is none, or more."""
    reader = _Reader(data)
    try:
        value = reader.value(reader.marker(), 0)
    except (IndexError, struct.error, UnicodeDecodeError):
        raise Unreadable("The file is damaged or cut short: no UBJSON.") from None
    if reader.position != len(data):
        raise Refused("More data follows the end of the model")
    return value


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self.position = 0

    def marker(self) -> int:
        self.position += 1
        return self._data[self.position - 1]

    def value(self, marker: int, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise Refused("Objects inside each other without end")
        if marker in _CONSTANTS:
            return _CONSTANTS[marker]
        if marker in _NUMBERS:
            return self._number(marker)
        read = self._CONTAINERS.get(marker)
        if read is None:
            raise Unreadable("The file is damaged: no UBJSON.")
        return read(self, depth)

    def _take(self, size: int) -> bytes:
        start = self.position
        if size < 0 or start + size > len(self._data):
            raise IndexError
        self.position = start + size
        return self._data[start : self.position]

    def _number(self, marker: int) -> Any:
        code, size = _NUMBERS[marker]
        return struct.unpack(f">{code}", self._take(size))[0]

    def _length(self) -> int:
        marker = self.marker()
        if marker not in _NUMBERS or marker in b"dD":
            raise Unreadable("The file is damaged: no UBJSON.")
        length: int = self._number(marker)
        return length

    def _text(self, _: int) -> str:
        return self._take(self._length()).decode("utf-8")

    def _character(self, _: int) -> str:
        return self._take(1).decode("ascii")

    def _object(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while self._data[self.position] != _CLOSE_OBJECT:
            key = self._text(depth)
            if key in found:
                raise Refused(f"A model that says {key[:40]!r} twice")
            found[key] = self.value(self.marker(), depth + 1)
        self.position += 1
        return found

    def _array(self, depth: int) -> Any:
        if self._data[self.position] == _TYPED:
            self.position += 1
            return self._typed(self.marker())
        if self._data[self.position] == _COUNTED:
            self.position += 1
            count = self._length()
            if count > len(self._data):
                raise IndexError
            return [self.value(self.marker(), depth + 1) for _ in range(count)]
        items = []
        while self._data[self.position] != _CLOSE_ARRAY:
            items.append(self.value(self.marker(), depth + 1))
        self.position += 1
        return items

    def _typed(self, kind: int) -> Any:
        if self.marker() != _COUNTED or kind not in _NUMBERS:
            raise Unreadable("The file is damaged: no UBJSON.")
        code, size = _NUMBERS[kind]
        numbers: array[Any] = array(code)
        numbers.frombytes(self._take(self._length() * size))
        if sys.byteorder == "little":
            numbers.byteswap()
        return numbers

    _CONTAINERS: ClassVar[dict[int, Callable[["_Reader", int], Any]]] = {
        _OPEN_OBJECT: _object,
        _OPEN_ARRAY: _array,
        _TEXT: _text,
        _CHARACTER: _character,
    }
