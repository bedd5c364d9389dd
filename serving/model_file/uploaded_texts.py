"""What stands in a rewritten upload for pyarrow's texts, which pandas 3 keeps columns' names in.

pyarrow is not where models are loaded: its buffers are read here, and texts become Python's own.
"""

from typing import Any

import numpy as np
import pandas as pd

from serving.model_file.findings import Refused

_WIDTHS: dict[str, "np.dtype[np.integer[Any]]"] = {
    "string": np.dtype("<i4"),
    "large_string": np.dtype("<i8"),
}
_FIELDS = 7
"""Of an array: type, length, missing ones, offset, buffers, children, dictionary."""


def arrow_type(name: str) -> str:
    return name


def arrow_buffer(data: bytes) -> bytes:
    return bytes(data)


def arrow_array(fields: tuple[Any, ...]) -> list[str | None]:
    """The texts of a text array's buffers: which are there, where each ends, all their bytes."""
    if type(fields) is not tuple or len(fields) != _FIELDS:
        raise Refused("an Arrow array with unusual fields")
    kind, length, _, offset, buffers, *_ = fields
    if kind not in _WIDTHS or type(buffers) is not list or len(buffers) != 3:
        raise Refused("an Arrow array that holds no texts")
    present, ends, data = buffers
    if type(length) is not int or type(offset) is not int or length < 0 or offset < 0:
        raise Refused("an Arrow array of an unusual length")
    if not length:
        return []
    width = _WIDTHS[kind].itemsize
    if type(ends) is not bytes or len(ends) < (offset + length + 1) * width:
        raise Refused("an Arrow array that is cut short")
    places = np.frombuffer(ends, _WIDTHS[kind], length + 1, offset * width).tolist()
    held = None
    if present is not None:
        if type(present) is not bytes or len(present) * 8 < offset + length:
            raise Refused("an Arrow array that is cut short")
        held = np.unpackbits(np.frombuffer(present, np.uint8), bitorder="little")[offset:]
    data = data or b""
    texts: list[str | None] = []
    for number in range(length):
        start, end = places[number], places[number + 1]
        if not 0 <= start <= end <= len(data):
            raise Refused("an Arrow array that reaches outside its data")
        there = held is None or held[number]
        texts.append(data[start:end].decode("utf-8") if there else None)
    return texts


def arrow_chunks(arrays: list[list[str | None]], *_: Any) -> list[str | None]:
    return [text for array in arrays for text in array]


def text_dtype(storage: str = "python", na_value: Any = pd.NA) -> Any:
    """The same dtype with texts of Python's own."""
    if storage == "pyarrow_numpy":
        na_value = np.nan
    try:
        return pd.StringDtype("python", na_value)
    except TypeError:  # of pandas before 2.3, which has but one kind of missing text
        return pd.StringDtype("python")


class TextArray(pd.arrays.StringArray):
    """An array of Arrow's texts; given its state, it becomes pandas' array of Python's texts."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        dtype = state["_dtype"]
        texts = [dtype.na_value if text is None else text for text in state["_pa_array"]]
        kind = dtype.construct_array_type()
        array = kind._from_sequence(texts, dtype=dtype)
        self.__class__ = kind
        self.__setstate__(array.__reduce__()[2])
