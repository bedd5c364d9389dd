"""Calls of numpy: arrays, scalars, dtypes, random states. Their data is data everywhere."""

from serving.model_file import wrappers
from serving.model_file.call import Call
from serving.model_file.findings import Refused
from serving.model_file.shapes import (
    Pair,
    anything,
    array,
    array_length,
    binary,
    dtype,
    either,
    flag,
    made_by,
    named,
    nothing,
    number,
    one_of,
    plain_dtype,
    sequence,
    simple,
    small,
    text,
)
from serving.model_file.symbols import Data, Items, Made, Table, data

_ARRAY_CLASSES = named(
    ("numpy", "ndarray"), ("numpy", "matrix"), ("numpy.matrixlib.defmatrix", "matrix")
)
_MASKED = named(("numpy.ma", "MaskedArray"), ("numpy.ma.core", "MaskedArray"))
_GENERATORS = ("MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64")
_GENERATOR_MODULES = {
    "MT19937": "numpy.random._mt19937",
    "PCG64": "numpy.random._pcg64",
    "PCG64DXSM": "numpy.random._pcg64",
    "Philox": "numpy.random._philox",
    "SFC64": "numpy.random._sfc64",
}
_GENERATOR = either(
    one_of(*_GENERATORS), named(*((module, name) for name, module in _GENERATOR_MODULES.items()))
)
_RANDOM = "numpy.random._pickle"
_MADE_GENERATOR = either(one_of(*_GENERATORS), made_by((_RANDOM, "__bit_generator_ctor")))
_OF_BUFFER = sequence(binary, plain_dtype, anything, one_of("C", "F"))
_GENERATOR_MAKER = named((_RANDOM, "__bit_generator_ctor"))
MT_WORDS = 624
"""Of the Mersenne Twister's state."""


def _frombuffer_arguments(value: object) -> bool:
    """(bytes, dtype, shape, order): as many bytes as the shape says."""
    return type(value) is tuple and _OF_BUFFER(value) and _holds(value[1], value[2], value[0])


def _array_state(made: Made) -> bool:
    """(version, shape, dtype, Fortran order, elements): as many elements as the shape says."""
    state = made.state
    if not (type(state) is tuple and len(state) == 5 and state[0] == 1 and flag(state[3])):
        return False
    return _holds(state[2], state[1], state[4])


def _holds(kind: object, shape: object, elements: object) -> bool:
    """Whether there are as many elements as an array of this dtype and shape has."""
    try:
        size = wrappers.data_bytes(kind, shape)
    except Refused:
        return False
    if size is None:
        if type(elements) is not Items or elements.kind != "list":
            return False
        return elements.size == wrappers.count(shape)
    if type(elements) is Data:
        return elements.kind in ("bytes", "bytearray") and elements.size == size
    return binary(elements)  # of a call, whose length numpy compares itself


def _masked_state(made: Made) -> bool:
    """(version, shape, dtype, Fortran order, data, mask, fill value)."""
    state = made.state
    return (
        type(state) is tuple
        and len(state) == 7
        and state[0] == 1
        and flag(state[3])
        and _holds(state[2], state[1], state[4])
        and binary(state[5])
        and either(simple, number, array)(state[6])
    )


def _dtype_state(made: Made) -> bool:
    return dtype(made)


def _generator_state(made: Made) -> bool:
    """The bit generator's numbers, or (numbers, where it was seeded from)."""
    state = made.state
    if type(state) is tuple and len(state) == 2:
        state = state[0]
    return _numbers(state)


def _numbers(state: object) -> bool:
    """A bit generator's own dict; the Mersenne Twister's position is inside its words."""
    if not (type(state) is Table and state.whole):
        return False
    inner = state.known.get("state")
    if type(inner) is not Table:
        return False
    position = inner.known.get("pos", 0)
    return type(position) is int and 0 <= position <= MT_WORDS


def _either_state(made: Made) -> bool:
    return made.state is None or _generator_state(made)


def _of_core(module: str, name: str, call: Call) -> dict[Pair, Call]:
    """In numpy 1 and in numpy 2."""
    return {(f"numpy.{core}.{module}", name): call for core in ("core", "_core")}


_SEED = ("numpy.random.bit_generator", "SeedSequence")
_CTOR = "Makes one of numpy's own bit generators, chosen by its name."

NUMPY_CALLS = {
    ("numpy", "dtype"): Call(
        "Describes plain elements; the state is judged field by field.",
        sequence(text, flag, flag),
        state=_dtype_state,
    ),
    **_of_core(
        "multiarray",
        "_reconstruct",
        Call(
            "An empty array; its state has as many elements as its shape says.",
            sequence(_ARRAY_CLASSES, one_of((0,)), binary),
            state=_array_state,
        ),
    ),
    **_of_core(
        "multiarray",
        "scalar",
        Call("One plain element; objects are refused.", sequence(plain_dtype, binary)),
    ),
    **_of_core(
        "numeric",
        "_frombuffer",
        Call(
            "An array over bytes of the file; objects are refused.",
            _frombuffer_arguments,
            symbol=lambda made: data("array", array_length(made) or 0),
        ),
    ),
    ("numpy.ma.core", "_mareconstruct"): Call(
        "An empty masked array; its state is plain data.",
        sequence(_MASKED, _ARRAY_CLASSES, one_of((0,)), either(binary, one_of("b"))),
        state=_masked_state,
    ),
    (_RANDOM, "__bit_generator_ctor"): Call(
        _CTOR, sequence(_GENERATOR, optional=1), state=_generator_state
    ),
    (_RANDOM, "__randomstate_ctor"): Call(
        _CTOR,
        sequence(_MADE_GENERATOR, _GENERATOR_MAKER, optional=2),
        state=_generator_state,
    ),
    (_RANDOM, "__generator_ctor"): Call(
        _CTOR, sequence(_MADE_GENERATOR, _GENERATOR_MAKER, optional=2), state=_either_state
    ),
    ("numpy.random.bit_generator", "__pyx_unpickle_SeedSequence"): Call(
        "Numbers that a generator was seeded from.",
        sequence(named(_SEED), small, nothing),
        state=lambda made: type(made.state) is tuple,
    ),
}
