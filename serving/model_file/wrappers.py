"""joblib's raw arrays: the header in the pickle, and how many bytes follow it.

Getting this wrong would let data pass for opcodes or the reverse, so anything unusual is refused.
"""

from serving.model_file import dtypes
from serving.model_file.calls_of_arrow import STAND_INS as TEXT_STAND_INS
from serving.model_file.findings import Refused
from serving.model_file.source import Source
from serving.model_file.symbols import Global, Items, Made, Table

MOST_BYTES = 4 << 30
MOST_DIMENSIONS = 32
MOST_ROWS_OF_NOTHING = 10_000_000
"""Of an array without elements: whoever walks its rows finds as many as it says."""
_SUBCLASSES = {
    ("numpy", "ndarray"),
    ("numpy", "memmap"),
    ("numpy", "matrix"),
    ("numpy.matrixlib.defmatrix", "matrix"),
}
_FIELDS = {"subclass", "shape", "order", "dtype", "allow_mmap"}
_ALIGNMENT = "numpy_array_alignment_bytes"
_MODULE = "serving.model_file.uploaded"


def _global(module: str, name: str) -> bytes:
    """The opcodes that name something."""
    texts = (module.encode(), name.encode())
    return b"".join(b"X" + len(t).to_bytes(4, "little") + t for t in texts) + b"\x93"


STAND_INS = {
    ("joblib.numpy_pickle", "NumpyArrayWrapper"): _global(_MODULE, "ArrayHeader"),
    ("numpy", "memmap"): _global("numpy", "ndarray"),
    **{pair: _global(f"{_MODULE}_texts", name) for pair, name in TEXT_STAND_INS.items()},
}
"""What is written in the place of joblib's header, of arrays mapped from files, of Arrow."""
ARRAY = _global(_MODULE, "array_of")
"""Called with the header and the data, makes the array."""


def payload(header: object) -> tuple[int | None, bool, object]:
    """(bytes of data, None where a pickled array follows; whether padding comes before; shape).

    Refused, said as what the file holds, where joblib writes no such header.
    """
    if not (type(header) is Table and header.whole and header.known.keys() >= _FIELDS):
        raise Refused("an array without the usual header")
    known = header.known
    if extra := known.keys() - _FIELDS - {_ALIGNMENT}:
        raise Refused(f"an array whose header also has {min(extra)!r}")
    subclass, shape, alignment = known["subclass"], known["shape"], known.get(_ALIGNMENT)
    if not (type(subclass) is Global and subclass.pair in _SUBCLASSES):
        raise Refused("an array of an unusual class")
    if known["order"] not in ("C", "F") or type(known["allow_mmap"]) is not bool:
        raise Refused("an array with an unusual header")
    if not (alignment is None or (type(alignment) is int and 0 < alignment <= 64)):
        raise Refused("an array of an unusual alignment")
    size = data_bytes(known["dtype"], shape)
    return size, alignment is not None and size is not None, shape


def data_bytes(dtype: object, shape: object) -> int | None:
    """How many bytes the elements of an array take; None where they are references to objects."""
    element, elements = dtypes.item_bytes(dtype), count(shape)
    size = elements * (8 if element is None else element)
    if size > MOST_BYTES or (elements and not size):
        raise Refused(f"an array of {elements} elements in {size >> 30} GB")
    return None if element is None else size


def count(shape: object) -> int:
    """How many elements an array of this shape has."""
    if type(shape) is not tuple or len(shape) > MOST_DIMENSIONS:
        raise Refused("an array of an unusual shape")
    product = 1
    for length in shape:
        if type(length) is not int or not 0 <= length <= MOST_BYTES:
            raise Refused("an array of an unusual shape")
        product *= length
    if not product and (longest := max(shape)) > MOST_ROWS_OF_NOTHING:
        raise Refused(f"an array of {longest:,} rows or columns that holds nothing")
    return product


def check_elements(value: object, shape: object) -> None:
    """Refused unless the pickle behind a header of objects holds that very array."""
    state = value.state if type(value) is Made else None
    if not (
        type(value) is Made
        and value.maker.name == "_reconstruct"
        and type(state) is tuple
        and len(state) == 5
        and state[1] == shape
        and type(state[4]) is Items
    ):
        raise Refused("An array of objects that is another than its header says")


def skip_padding(source: Source) -> None:
    """The padding before aligned data: its length, then that many bytes of 255."""
    length = source.take(1)[0]
    if length > 64 or source.take(length) != b"\xff" * length:
        raise Refused("An array with unusual padding")
