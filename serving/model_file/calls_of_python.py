"""Calls of the standard library, as pickles of containers and of bytes hold them."""

from serving.model_file.call import Call
from serving.model_file.names import VALUE
from serving.model_file.shapes import (
    binary,
    either,
    items,
    keys,
    named,
    nothing,
    number,
    one_of,
    sequence,
    small,
    table,
    text,
    used_as,
)
from serving.model_file.symbols import Data, Float, Items, Made, Table

_CODEC = one_of("latin1", "latin-1")
_TEXT_METHODS = one_of("split", "lower", "upper", "strip", "casefold", "title", "splitlines")
_BOUNDED = either(nothing, small, text)
"""Of a slice; columns are sliced by name, too."""
_LABEL = either(nothing, number, text)


_CHECK = ("sklearn.utils.validation", "check_array")
_PIPELINE_STEPS = tuple(
    ("pycaret.internal.pipeline", name)
    for name in ("_fit_one", "_full_transform", "_transform_one")
)


def _partial_state(made: Made) -> bool:
    """(function, arguments, keywords, attributes): keywords of plain values only."""
    return sequence(named(_CHECK), _empty, _plain_table, either(nothing, _plain_table))(made.state)


def _plain_table(value: object) -> bool:
    """A dict of numbers, texts, flags, types, and lists of these."""
    if not (type(value) is Table and value.whole):
        return False
    return all(
        _plain(v) or (type(v) is Items and all(_plain(item) for item in v.known))
        for v in value.known.values()
    )


def _plain(value: object) -> bool:
    return value is None or type(value) in (bool, int, str, Float) or used_as(VALUE)(value)


def _unmemorized_state(made: Made) -> bool:
    state = made.state
    return (
        type(state) is Table
        and state.whole
        and state.known.keys() == {"func"}
        and named(*_PIPELINE_STEPS)(state.known["func"])
    )


def _empty(value: object) -> bool:
    return value == ()


def _is_bytes(_: Made) -> object:
    return Data("bytes", 0)


def _is_set(_: Made) -> object:
    return Items("set")


PYTHON_CALLS = {
    ("_codecs", "encode"): Call(
        "Turns a text into bytes, each of its characters into one.", sequence(text, _CODEC)
    ),
    ("builtins", "bytes"): Call("Makes empty bytes.", _empty),
    ("builtins", "bytearray"): Call(
        "Copies bytes; a length, which would allocate, is refused.",
        either(_empty, sequence(binary), sequence(text, _CODEC)),
        symbol=_is_bytes,
    ),
    ("builtins", "complex"): Call("Makes a number of two.", sequence(number, number)),
    ("builtins", "set"): Call("Copies a list.", sequence(keys), symbol=_is_set),
    ("builtins", "frozenset"): Call("Copies a list.", sequence(keys), symbol=_is_set),
    ("builtins", "slice"): Call("Holds three values.", sequence(_BOUNDED, _BOUNDED, _BOUNDED)),
    ("builtins", "range"): Call("Holds three bounded numbers.", sequence(small, small, small)),
    ("builtins", "getattr"): Call(
        "Finds a method of plain text that neither reads nor imports.",
        sequence(named(("builtins", "str")), _TEXT_METHODS),
    ),
    ("functools", "partial"): Call(
        "Keeps settings for scikit-learn's check of its input, as histogram boosting does.",
        sequence(named(_CHECK)),
        state=_partial_state,
    ),
    ("joblib.memory", "NotMemorizedFunc"): Call(
        "Calls a function of PyCaret's pipeline without a cache.",
        sequence(),
        state=_unmemorized_state,
        ways=frozenset({False}),
    ),
    ("collections", "OrderedDict"): Call(
        "An empty dict, or a copy of one.",
        either(_empty, sequence(table)),
        holds="pairs",
    ),
    ("collections", "defaultdict"): Call(
        "A dict whose missing values are made by a listed type.",
        sequence(
            either(nothing, used_as(VALUE), named(("collections", "OrderedDict"))), optional=1
        ),
        holds="pairs",
    ),
    ("collections", "Counter"): Call("Copies a dict.", sequence(table, optional=1), holds="pairs"),
    ("collections", "deque"): Call(
        "An empty queue, or one of the given items.",
        either(_empty, sequence(either(_empty, items), _BOUNDED, optional=1)),
        holds="items",
    ),
}
