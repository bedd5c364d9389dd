"""numpy's dtypes as pickles describe them: plain elements, or records of plain elements.

Objects are elements only of arrays whose elements follow one by one. Nothing is accepted that
reaches outside an element: no offsets but those that numpy itself gives, no arrays of arrays.
"""

import re

from serving.model_file.findings import Refused
from serving.model_file.symbols import Data, Made, Table

DTYPE = ("numpy", "dtype")
MOST_ITEM_BYTES = 1 << 24
_NUMBER = re.compile(r"b1|[iu][1248]|f(2|4|8|12|16)|c(8|16|24|32)")
_FLEXIBLE = re.compile(r"[SUV](0|[1-9]\d{0,7})")
_TIME = re.compile(r"[mM]8")
_OBJECT = re.compile(r"O8?")
_ORDERS = {"<", ">", "|", "="}
_OBJECT_FLAGS = 63
_TEXT_FLAGS, _RECORD_FLAGS, _ALIGNED_FLAG = 8, 16, 128
"""What numpy says of texts, of records, and of records that are laid out as C would.
With any others its compiled code crashes."""
_ALIGNMENTS = (1, 2, 4, 8, 16)


def is_dtype(value: object) -> bool:
    """A dtype, of plain elements or of objects."""
    try:
        item_bytes(value)
    except Refused:
        return False
    return True


def is_plain(value: object) -> bool:
    """A dtype whose elements are bytes: numbers, texts, times, records of these."""
    try:
        return item_bytes(value) is not None
    except Refused:
        return False


def item_bytes(dtype: object, *, record: bool = True) -> int | None:
    """Bytes of one element; None for references to objects. Refused, said as what the file holds.

    `record`: whether it may have fields.
    """
    if type(dtype) is not Made or dtype.maker.pair != DTYPE:
        raise Refused("an array of an unusual dtype")
    if not record and _state(dtype.state)[:2] != (None, None):
        raise Refused("a field with fields")
    if dtype.element is None:
        item = _element(dtype)
        dtype.element = -1 if item is None else item
    return None if dtype.element < 0 else dtype.element


def _element(dtype: Made) -> int | None:
    """What `item_bytes` tells of a dtype that is met for the first time."""
    code = dtype.arguments[0] if type(dtype.arguments) is tuple and dtype.arguments else None
    if type(code) is not str:
        raise Refused("a dtype without a code")
    names, fields, *layout = _state(dtype.state)
    if _TIME.fullmatch(code) and not _has_unit(dtype.state):
        raise Refused("a time without a unit")
    is_object = bool(_OBJECT.fullmatch(code))
    if is_object or _NUMBER.fullmatch(code) or _TIME.fullmatch(code):
        if names is not None or fields is not None:
            raise Refused("a number with fields")
        if layout != [-1, -1, _OBJECT_FLAGS if is_object else 0]:
            raise Refused("a dtype whose code and state disagree")
        return None if is_object else int(code[1:])
    if not _FLEXIBLE.fullmatch(code):
        raise Refused(f"an array of dtype {code[:20]!r}")
    item = int(code[1:]) * (4 if code[0] == "U" else 1)
    if item > MOST_ITEM_BYTES:
        raise Refused("a dtype of enormous elements")
    if names is None and fields is None:
        plain = [item, 4, _TEXT_FLAGS] if code[0] == "U" else [item, 1, 0]
        if layout != plain:
            raise Refused("a dtype whose code and state disagree")
    else:
        if code[0] != "V":
            raise Refused("a text with fields")
        _check_record(names, fields, item, layout)
    return item


def _state(state: object) -> tuple[object, object, int, int, int]:
    """(names, fields, bytes, alignment, flags) of what dtype.__setstate__ is given."""
    if not (type(state) is tuple and len(state) in (8, 9)):
        raise Refused("a dtype with an unusual state")
    version, order, subarray, names, fields, size, alignment, flags = state[:8]
    if version not in (3, 4) or order not in _ORDERS:
        raise Refused("a dtype with an unusual state")
    if subarray is not None:
        raise Refused("a dtype of arrays")
    if type(size) is not int or type(alignment) is not int or type(flags) is not int:
        raise Refused("a dtype with an unusual state")
    if len(state) == 9 and not _is_unit(state[8]):
        raise Refused("a dtype with metadata")
    return names, fields, size, alignment, flags


def _has_unit(state: object) -> bool:
    return type(state) is tuple and len(state) == 9 and state[8] is not None


def _is_unit(metadata: object) -> bool:
    """The unit of a time, as numpy writes it: ({}, (b"ns", 1, 1, 1)), or nothing."""
    if metadata is None:
        return True
    if not (type(metadata) is tuple and len(metadata) == 2):
        return False
    table, unit = metadata
    if not (table is None or (type(table) is Table and table.whole and not table.known)):
        return False
    if not (type(unit) is tuple and len(unit) == 4):
        return False
    return _is_short(unit[0]) and all(type(n) is int and 0 < n <= 1 << 31 for n in unit[1:])


def _is_short(value: object) -> bool:
    """A few bytes; protocol 2 writes them as a call."""
    if type(value) is Made:
        return value.maker.pair == ("_codecs", "encode")
    return type(value) is Data and value.kind == "bytes" and value.size <= 8


def _check_record(names: object, fields: object, size: int, layout: list[int]) -> None:
    """Fields side by side, each of a plain kind, none over another or outside the element."""
    if not (type(names) is tuple and type(fields) is Table and fields.whole):
        raise Refused("a record dtype with unknown fields")
    if any(type(name) is not str for name in names) or fields.known.keys() != set(names):
        raise Refused("a record dtype with unknown fields")
    if len(set(names)) != len(names):
        raise Refused("a record dtype with unknown fields")
    end, flags = 0, _RECORD_FLAGS
    for name in names:
        entry = fields.known[name]
        if not (type(entry) is tuple and len(entry) == 2 and type(entry[1]) is int):
            raise Refused("a record dtype with unknown fields")
        width = item_bytes(entry[0], record=False)
        if width is None:
            raise Refused("a record dtype that holds objects")
        if not end <= entry[1] <= size - width:
            raise Refused("a record dtype whose fields overlap or reach outside")
        end = entry[1] + width
        flags |= entry[0].state[7] & _TEXT_FLAGS
    aligned = [[size, most, flags | _ALIGNED_FLAG] for most in _ALIGNMENTS]
    if layout not in ([size, 1, flags], *aligned):
        raise Refused("a dtype whose code and state disagree")
