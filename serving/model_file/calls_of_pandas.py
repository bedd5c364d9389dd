"""Calls of pandas: indexes, extension arrays, frames and series, of pandas 2 and of pandas 3."""

from collections.abc import Callable

from serving.model_file.call import Call
from serving.model_file.shapes import (
    ARRAY_MAKERS,
    Pair,
    Shape,
    array,
    dict_of,
    dtype,
    either,
    flag,
    integer,
    items,
    list_of,
    made_by,
    many,
    named,
    nothing,
    number,
    one_of,
    sequence,
    simple,
    small,
    table,
    text,
)
from serving.model_file.symbols import Made

_NEW = frozenset({False})


def both(old: str, name: str) -> tuple[Pair, Pair]:
    """A class of pandas 2, and under the name that pandas 3 gives it."""
    home = "pandas.arrays" if name.endswith("Array") else "pandas"
    return (old, name), (home, name)


_INDEX = both("pandas.core.indexes.base", "Index")
_RANGE = both("pandas.core.indexes.range", "RangeIndex")
_MULTI = both("pandas.core.indexes.multi", "MultiIndex")
_CATEGORY = both("pandas.core.indexes.category", "CategoricalIndex")
_DATES = both("pandas.core.indexes.datetimes", "DatetimeIndex")
_SPANS = both("pandas.core.indexes.timedeltas", "TimedeltaIndex")
_INTERVALS = both("pandas.core.indexes.interval", "IntervalIndex")
_NUMBERS = tuple(
    ("pandas.core.indexes.numeric", name) for name in ("Int64Index", "UInt64Index", "Float64Index")
)
"""Of pandas 1."""
_INDEX_CLASSES = (*_INDEX, *_RANGE, *_MULTI, *_CATEGORY, *_SPANS, *_NUMBERS)
NEW_INDEX: Pair = ("pandas.core.indexes.base", "_new_Index")
_NEW_DATES: Pair = ("pandas.core.indexes.datetimes", "_new_DatetimeIndex")
_NEW_INTERVALS: Pair = ("pandas.core.indexes.interval", "_new_IntervalIndex")
BACKED: Pair = ("pandas._libs.arrays", "__pyx_unpickle_NDArrayBacked")
_BACKED_CLASSES = (
    ("pandas", "Categorical"),
    ("pandas.core.arrays.categorical", "Categorical"),
    *both("pandas.core.arrays.datetimes", "DatetimeArray"),
    *both("pandas.core.arrays.timedeltas", "TimedeltaArray"),
    *both("pandas.core.arrays.string_", "StringArray"),
    ("pandas.core.arrays.string_", "StringArrayNumpySemantics"),
    *both("pandas.core.arrays.numpy_", "NumpyExtensionArray"),
    ("pandas.core.arrays.numpy_", "PandasArray"),
)
MASKED_CLASSES = (
    *both("pandas.core.arrays.integer", "IntegerArray"),
    *both("pandas.core.arrays.floating", "FloatingArray"),
    *both("pandas.core.arrays.boolean", "BooleanArray"),
)
_CATEGORIES = both("pandas.core.dtypes.dtypes", "CategoricalDtype")
_STRINGS = both("pandas.core.arrays.string_", "StringDtype")
_NA = (("pandas._libs.missing", "NA"), ("pandas", "NA"))
_FLAG_DTYPE = made_by(*both("pandas.core.arrays.boolean", "BooleanDtype"))
_PERIODS = (*_CATEGORIES, *_STRINGS)
_BLOCK: Pair = ("pandas._libs.internals", "_unpickle_block")
_ARROW = (
    ("pandas.arrays", "ArrowStringArray"),
    ("pandas.core.arrays.string_arrow", "ArrowStringArray"),
    ("pandas.core.arrays.string_arrow", "ArrowStringArrayNumpySemantics"),
)
_EXTENSION = made_by(BACKED, *MASKED_CLASSES, *_ARROW)
_VALUES = either(array, made_by(*ARRAY_MAKERS), _EXTENSION)
_REMEMBERED = {"_cache": table, "_readonly": flag}
"""Of arrays of pandas: left out when they are loaded, see making.py."""
_MASKED_STATE = dict_of(_data=_VALUES, _mask=_VALUES, _dtype=_FLAG_DTYPE, **_REMEMBERED)
_ANY_INDEX = made_by(NEW_INDEX, _NEW_DATES, _NEW_INTERVALS)
_NAME = either(nothing, text, number, many(either(nothing, text, number)))
_INDEX_PARTS = dict_of(
    data=either(_VALUES, _ANY_INDEX),
    name=_NAME,
    start=small,
    stop=small,
    step=small,
    levels=list_of(_ANY_INDEX),
    codes=list_of(_VALUES),
    sortorder=either(nothing, small),
    names=list_of(_NAME),
)


def _state(shape: Shape) -> Callable[[Made], bool]:
    return lambda made: shape(made.state)


def _backed_state(made: Made) -> bool:
    """(dtype, values, attributes) or (values, dtype), as releases write it."""
    state = made.state
    if not (type(state) is tuple and len(state) in (2, 3)):
        return False
    kind = either(dtype, made_by(*_PERIODS))
    pair = sequence(kind, _VALUES)(state[:2]) or sequence(_VALUES, kind)(state[:2])
    return pair and (len(state) == 2 or dict_of(_freq=nothing, **_REMEMBERED)(state[2]))


_FRAME_STATE = dict_of(
    _mgr=made_by(
        ("pandas.core.internals.managers", "BlockManager"),
        ("pandas.core.internals.managers", "SingleBlockManager"),
    ),
    _typ=one_of("dataframe", "series"),
    _metadata=list_of(one_of("name", "_name")),
    attrs=dict_of(),
    _flags=dict_of(allows_duplicate_labels=flag),
    name=_NAME,
    _name=_NAME,
)
_FRAMES = (
    *both("pandas.core.frame", "DataFrame"),
    *both("pandas.core.series", "Series"),
)
_PLACES = either(made_by(("builtins", "slice")), array)


def _each(pairs: tuple[Pair, ...], call: Call) -> dict[Pair, Call]:
    return dict.fromkeys(pairs, call)


PANDAS_CALLS: dict[Pair, Call] = {
    NEW_INDEX: Call(
        "Makes an index, of a class of pandas, over an array or an index.",
        sequence(named(*_INDEX_CLASSES), _INDEX_PARTS),
    ),
    _NEW_DATES: Call(
        "Makes an index of times over an array of times, without time zone or frequency.",
        sequence(named(*_DATES), dict_of(data=_VALUES, name=_NAME, freq=nothing, tz=nothing)),
    ),
    _NEW_INTERVALS: Call(
        "Makes an index of intervals from two indexes.",
        sequence(
            named(*_INTERVALS),
            dict_of(left=_ANY_INDEX, right=_ANY_INDEX, closed=text, name=_NAME),
        ),
    ),
    BACKED: Call(
        "An empty extension array of a class of pandas; its state is a dtype and an array.",
        sequence(named(*_BACKED_CLASSES), integer, nothing),
        state=_backed_state,
    ),
    **_each(
        MASKED_CLASSES,
        Call(
            "An empty array; its state is values and which of them are missing.",
            sequence(),
            state=_state(_MASKED_STATE),
            ways=_NEW,
        ),
    ),
    **_each(
        _CATEGORIES,
        Call(
            "A dtype without categories; its state is an index of them.",
            sequence(),
            state=_state(
                dict_of(categories=either(nothing, _ANY_INDEX), ordered=either(nothing, flag))
            ),
            ways=_NEW,
        ),
    ),
    **_each(
        _STRINGS,
        Call(
            "A dtype of texts.",
            sequence(
                one_of("python", "pyarrow", "pyarrow_numpy"),
                either(named(*_NA), number),
                optional=1,
            ),
        ),
    ),
    ("pandas._libs.tslibs.timestamps", "_unpickle_timestamp"): Call(
        "A time, without frequency or time zone.",
        sequence(integer, nothing, nothing, small, optional=1),
    ),
    ("pandas._libs.tslibs.timedeltas", "_timedelta_unpickle"): Call(
        "A span of time.", sequence(integer, small)
    ),
    **_each(
        (
            ("pandas._libs.tslibs.nattype", "_nat_unpickle"),
            ("pandas._libs.tslibs.nattype", "__nat_unpickle"),
        ),
        Call("The one value for no time.", many(nothing)),
    ),
    **_each(
        (("pandas._libs.interval", "Interval"), ("pandas", "Interval")),
        Call("Holds two numbers and which of them belong to it.", sequence(number, number, text)),
    ),
    _BLOCK: Call(
        "Columns of one kind: an array, and where they stand.",
        sequence(_VALUES, _PLACES, one_of(1, 2)),
    ),
    ("pandas.core.internals.managers", "BlockManager"): Call(
        "Holds blocks and indexes.",
        sequence(many(made_by(_BLOCK)), list_of(_ANY_INDEX)),
    ),
    ("pandas.core.internals.managers", "SingleBlockManager"): Call(
        "An empty manager; its state is axes and one block.",
        sequence(),
        state=_state(sequence(items, items, items, either(table, simple))),
        ways=_NEW,
    ),
    **_each(
        _FRAMES,
        Call(
            "An empty table or column; its state is a manager of arrays, and names.",
            sequence(),
            state=_state(_FRAME_STATE),
            ways=_NEW,
        ),
    ),
}
