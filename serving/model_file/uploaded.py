"""What stands in a rewritten upload for joblib's arrays; a canonical file holds none of it."""

from typing import Any

from serving.model_file.findings import Refused


class ArrayHeader:
    """joblib's description of one array: subclass, shape, order, dtype."""

    shape: tuple[int, ...]
    order: str
    dtype: Any


def array_of(header: ArrayHeader, data: Any) -> Any:
    """The array of a header and its bytes; of object arrays, `data` is the array already."""
    import numpy as np

    if isinstance(data, np.ndarray):
        if data.dtype != object or data.shape != header.shape:
            raise Refused("An array of objects that is another than its header says")
        return data
    array = np.frombuffer(data, dtype=header.dtype)
    return array.reshape(header.shape, order="F" if header.order == "F" else "C")
