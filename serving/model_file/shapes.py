"""The shapes that arguments and states may have: small checks of symbols, combined in tables."""

import math
import operator
from collections.abc import Callable

from serving.model_file import dtypes
from serving.model_file.symbols import Data, Float, Global, Items, Made, Table

Shape = Callable[[object], bool]
Pair = tuple[str, str]


def anything(_: object) -> bool:
    return True


def nothing(value: object) -> bool:
    return value is None


def text(value: object) -> bool:
    return type(value) is str or (type(value) is Data and value.kind == "text")


def binary(value: object) -> bool:
    """Bytes; protocol 2 writes them as a call."""
    if type(value) is Made:
        return value.maker.pair in {("_codecs", "encode"), ("builtins", "bytes")}
    return type(value) is Data and value.kind in ("bytes", "bytearray")


def flag(value: object) -> bool:
    return type(value) is bool or value in (0, 1)


def integer(value: object) -> bool:
    return type(value) is int


def items(value: object) -> bool:
    """A list or a set."""
    return type(value) is Items


def keys(value: object) -> bool:
    """A list or a set of which a set may be made: nothing in it is slow to hash."""
    return type(value) is Items and not value.slow_keys


def table(value: object) -> bool:
    """A dict."""
    return type(value) is Table


def simple(value: object) -> bool:
    """A value that nothing can be done with: no name, no object."""
    return type(value) is not Global and type(value) is not Made


def dtype(value: object) -> bool:
    """A dtype, of objects or of plain elements."""
    return dtypes.is_dtype(value)


def plain_dtype(value: object) -> bool:
    return dtypes.is_plain(value)


def small(value: object) -> bool:
    """An integer that could be a length or a count."""
    return type(value) is int and -(1 << 40) < value < 1 << 40


def one_of(*options: object) -> Shape:
    """One of these very constants."""

    wanted = [(type(option), option) for option in options]
    return lambda value: (type(value), value) in wanted


def named(*pairs: Pair) -> Shape:
    """One of these names itself."""
    return lambda value: type(value) is Global and value.pair in pairs


def used_as(*uses: str) -> Shape:
    """Any name that the list has for one of these uses."""
    return lambda value: type(value) is Global and value.use in uses


def made_by(*pairs: Pair) -> Shape:
    """An object that one of these made."""
    return lambda value: type(value) is Made and value.maker.pair in pairs


def either(*shapes: Shape) -> Shape:
    return lambda value: any(shape(value) for shape in shapes)


def sequence(*shapes: Shape, optional: int = 0) -> Shape:
    """A tuple of these; the last `optional` ones may be missing."""

    def matches(value: object) -> bool:
        return (
            type(value) is tuple
            and least <= len(value) <= most
            and all(map(operator.call, shapes, value))
        )

    least, most = len(shapes) - optional, len(shapes)
    return matches


def many(shape: Shape) -> Shape:
    """A tuple of any length."""
    return lambda value: type(value) is tuple and all(shape(item) for item in value)


def list_of(shape: Shape) -> Shape:
    """A list whose items all have this shape, as far as they are kept."""
    return lambda value: (
        type(value) is Items and value.kind == "list" and all(shape(v) for v in value.known)
    )


def dict_of(**shapes: Shape) -> Shape:
    """A dict with none but these keys, each with a value of its shape."""

    def matches(value: object) -> bool:
        return (
            type(value) is Table
            and value.whole
            and all(key in shapes and shapes[key](v) for key, v in value.known.items())
        )

    return matches


def number(value: object) -> bool:
    """An integer or a float; a numpy scalar is one, too."""
    return type(value) is int or type(value) is Float or _scalar(value)


def array(value: object) -> bool:
    """An array, however it was written."""
    return array_length(value) is not None


def array_length(value: object) -> int | None:
    """How many elements an array has; None where that is no array, or not known."""
    if type(value) is Data and value.kind == "array":
        return value.size
    if type(value) is not Made or value.maker.pair not in ARRAY_MAKERS:
        return None
    if value.maker.name == "_frombuffer":
        shape = value.arguments[2] if type(value.arguments) is tuple else None
    else:
        shape = value.state[1] if type(value.state) is tuple else None
    return math.prod(shape) if type(shape) is tuple else None


def of_data(value: object, depth: int = 3) -> bool:
    """No name of a function or class that is not a listed value, and nothing that calls.

    Tuples may be few and flat: compiled classes have no others in their states.
    """
    if type(value) is Global:
        return value.use == "value"
    if type(value) is not tuple:
        return True
    return bool(depth) and len(value) <= _MOST_PARTS and all(of_data(v, depth - 1) for v in value)


_MOST_PARTS = 32
_CORES = ("numpy.core", "numpy._core")
ARRAY_MAKERS = {
    (f"{core}.{module}", name)
    for core in _CORES
    for module, name in (("multiarray", "_reconstruct"), ("numeric", "_frombuffer"))
}
_scalar = made_by(*((f"{core}.multiarray", "scalar") for core in _CORES))
