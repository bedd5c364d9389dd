"""Calls of pyarrow in uploads, each with what is written in its place: see uploaded_texts.py."""

from serving.model_file.call import Call
from serving.model_file.shapes import (
    Pair,
    anything,
    binary,
    items,
    made_by,
    one_of,
    sequence,
)
from serving.model_file.symbols import Made, Table

_TYPE: Pair = ("pyarrow.lib", "type_for_alias")
_ARRAY: Pair = ("pyarrow.lib", "_restore_array")
_CHUNKS: Pair = ("pyarrow.lib", "chunked_array")
_FIELDS = 7


def _fields(value: object) -> bool:
    return type(value) is tuple and len(value) == _FIELDS and made_by(_TYPE)(value[0])


def _text_state(made: Made) -> bool:
    state = made.state
    return (
        type(state) is Table
        and state.whole
        and state.known.keys() <= {"_pa_array", "_dtype", "_cache", "_readonly"}
        and made_by(_ARRAY, _CHUNKS)(state.known.get("_pa_array"))
        and made_by(*STRING_DTYPES)(state.known.get("_dtype"))
    )


STRING_DTYPES: tuple[Pair, ...] = (
    ("pandas", "StringDtype"),
    ("pandas.core.arrays.string_", "StringDtype"),
)
_TEXT_ARRAY = Call(
    "An empty array of texts; its state, Arrow's buffers, is read with bounds by code of ours.",
    sequence(),
    state=_text_state,
    ways=frozenset({False}),
)
_WHY = "Never called: a function of ours, which checks what it is given, is written in its place."

ARROW_CALLS: dict[Pair, Call] = {
    _TYPE: Call(_WHY, sequence(one_of("string", "large_string"))),
    ("pyarrow.lib", "py_buffer"): Call(_WHY, sequence(binary)),
    _ARRAY: Call(_WHY, sequence(_fields)),
    _CHUNKS: Call(_WHY, sequence(items, anything)),
    ("pandas.arrays", "ArrowStringArray"): _TEXT_ARRAY,
    ("pandas.core.arrays.string_arrow", "ArrowStringArray"): _TEXT_ARRAY,
    ("pandas.core.arrays.string_arrow", "ArrowStringArrayNumpySemantics"): _TEXT_ARRAY,
}
"""Understood in uploads only."""

STAND_INS: dict[Pair, str] = {
    _TYPE: "arrow_type",
    ("pyarrow.lib", "py_buffer"): "arrow_buffer",
    _ARRAY: "arrow_array",
    _CHUNKS: "arrow_chunks",
    **dict.fromkeys(STRING_DTYPES, "text_dtype"),
    ("pandas.arrays", "ArrowStringArray"): "TextArray",
    ("pandas.core.arrays.string_arrow", "ArrowStringArray"): "TextArray",
    ("pandas.core.arrays.string_arrow", "ArrowStringArrayNumpySemantics"): "TextArray",
}
"""Names of serving.model_file.uploaded_texts, by what they stand for."""
