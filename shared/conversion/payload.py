"""joblib's raw arrays: how many bytes of data follow a NumpyArrayWrapper inside the pickle stream.

Getting this wrong would let data pass for opcodes or the reverse, so anything unusual is refused.
"""

import math
import re
from enum import Enum
from typing import Final

from shared.conversion.values import Global, Made, Mapping

WRAPPER = ("joblib.numpy_pickle", "NumpyArrayWrapper")
MEMMAP = ("numpy", "memmap")
"""The class of arrays that joblib mapped from files; called, it opens one."""
_FIELDS = {"subclass", "shape", "order", "dtype", "allow_mmap"}
_ALIGNMENT = "numpy_array_alignment_bytes"
_SUBCLASSES = {
    ("numpy", "ndarray"),
    MEMMAP,
    ("numpy", "matrix"),
    ("numpy.matrixlib.defmatrix", "matrix"),
}
_NUMBER = re.compile(r"([biufcmM])([1-9]\d?)")
_FLEXIBLE = re.compile(r"([SUV])(\d{1,9})")
_OBJECT = re.compile(r"O\d?")
_HAS_OBJECT = 1
"""Flag of dtypes whose elements are references."""


class Objects(Enum):
    """The elements are no raw bytes: they follow as a pickle of their own."""

    OBJECTS = "objects"


OBJECTS: Final = Objects.OBJECTS


class Irregular(ValueError):
    """An array header that joblib does not write."""


def payload(wrapper: Made) -> tuple[int | Objects, bool]:
    """(bytes of data or OBJECTS, whether a padding length byte goes before)."""
    state = wrapper.state
    if not (isinstance(state, Mapping) and state.whole and set(state.known) >= _FIELDS):
        raise Irregular("an array without the usual header")
    if extra := set(state.known) - _FIELDS - {_ALIGNMENT}:
        raise Irregular(f"an array whose header also has {sorted(extra)[0]!r}")
    subclass = state.known["subclass"]
    if not (isinstance(subclass, Global) and subclass.pair in _SUBCLASSES):
        raise Irregular("an array of an unusual class")
    aligned = state.known.get(_ALIGNMENT) is not None
    size = item_bytes(state.known["dtype"])
    return (size if isinstance(size, Objects) else size * _count(state.known["shape"])), aligned


def _count(shape: object) -> int:
    if not isinstance(shape, tuple) or not all(type(n) is int and n >= 0 for n in shape):
        raise Irregular("an array of an unusual shape")
    return math.prod(shape)


def item_bytes(dtype: object) -> int | Objects:
    """Bytes of one element, or OBJECTS."""
    if not (isinstance(dtype, Made) and dtype.maker.pair == ("numpy", "dtype")):
        raise Irregular("an array of an unusual dtype")
    arguments = dtype.arguments
    if not (isinstance(arguments, tuple) and arguments and isinstance(arguments[0], str)):
        raise Irregular("a dtype without a code")
    if dtype.built > 1:
        raise Irregular("a dtype that is changed twice")
    code = arguments[0]
    fields, flags = _state(dtype.state)
    if _OBJECT.fullmatch(code):
        if not flags & _HAS_OBJECT or fields is not None:
            raise Irregular("an object dtype in disguise")
        return OBJECTS
    if flags & _HAS_OBJECT:
        raise Irregular("a dtype that hides objects")
    if (number := _NUMBER.fullmatch(code)) and fields is None:
        return int(number[2])
    if flexible := _FLEXIBLE.fullmatch(code):
        size = int(flexible[2]) * (4 if flexible[1] == "U" else 1)
        if not isinstance(dtype.state, tuple) or dtype.state[5] != size:
            raise Irregular("a dtype whose code and state disagree")
        if flexible[1] == "V":
            _check_fields(fields)
        return size
    raise Irregular(f"an array of dtype {code[:20]!r}")


def _state(state: object) -> tuple[object, int]:
    """(fields, flags) of dtype.__setstate__'s (version, order, subarray, names, fields, ...)."""
    if not (isinstance(state, tuple) and len(state) in (8, 9) and isinstance(state[7], int)):
        raise Irregular("a dtype with an unusual state")
    if state[2] is not None:
        raise Irregular("a dtype of arrays")
    return state[4], state[7]


def _check_fields(fields: object) -> None:
    if not isinstance(fields, Mapping) or not fields.whole:
        raise Irregular("a record dtype with unknown fields")
    for entry in fields.known.values():
        if not isinstance(entry, tuple) or not entry or item_bytes(entry[0]) is OBJECTS:
            raise Irregular("a record dtype that holds objects")
