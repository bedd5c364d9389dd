"""What pandas makes is checked while a file is loaded: through the real reader and the real loader.

The files are those of pandas itself, with single parts of its own reductions replaced.
"""

import io
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.core.internals.managers import BlockManager

from serving.model_file.findings import Findings, Refused
from serving.model_file.load import load_upload
from serving.model_file.making import checked, watched

DAYS = np.array(["2026-01-01", "2026-01-02", "NaT"], dtype="M8[ns]")
TABLE = pd.DataFrame(
    {
        "a": [1.0, 2.0],
        "b": [3, 4],
        "n": pd.array([1, None]),
        "d": DAYS[:2],
        "c": pd.Categorical(["x", "y"]),
    }
)
LEVELS = pd.MultiIndex.from_arrays([["x", "y", "x"], [1, 2, None]])


class Forged:
    """Is pickled as this reduction."""

    def __init__(self, *reduced: object) -> None:
        self.reduced = reduced

    def __reduce__(self) -> tuple[Any, ...]:
        return self.reduced


def loaded(value: object, manager: Forged | None = None) -> Any:
    """What the file of `value` holds, a table's manager pickled as `manager`."""
    file = io.BytesIO()
    pickler = pickle.Pickler(file, protocol=5)
    if manager is not None:
        reduced: Any = manager.reduced
        pickler.dispatch_table = {BlockManager: lambda _: reduced}
    pickler.dump({"held": value})
    file.seek(0)
    return load_upload(file, Findings())["held"]


def index_of(codes: list[object]) -> Forged:
    reduced: Any = LEVELS.__reduce__()
    make, (cls, parts), *_ = reduced
    return Forged(make, (cls, {**parts, "codes": codes}))


def backed(array: Any, values: object, kind: object = None) -> Forged:
    """The extension array with another array of numpy's, or another dtype, below it."""
    make, arguments, (dtype, _, *rest) = array.__reduce__()
    return Forged(make, arguments, (dtype if kind is None else kind, values, *rest))


def masked(values: object, mask: object) -> Any:
    array = pd.array([1, 2], dtype="Int64")
    vars(array).update(_data=values, _mask=mask)
    return array


def table_at(*places: int) -> Any:
    """The table as it is loaded when its column of categories stands at these places."""
    whole: Any = TABLE._mgr
    manager, (blocks, axes) = whole.__reduce__()
    unpickle, (values, _, dimensions) = blocks[-1].__reduce__()
    if not places:
        values, blocks = np.zeros((0, 2)), (*blocks, blocks[-1])
    last = Forged(unpickle, (values, np.array(places, dtype=int), dimensions))
    return loaded(TABLE, Forged(manager, ((*blocks[:-1], last), axes)))


@pytest.mark.parametrize(
    "value",
    [
        pd.Index(["a", "b"], name="n"),
        pd.RangeIndex(5, 0, -2),
        LEVELS,
        pd.CategoricalIndex(pd.Categorical(["x", None])),
        TABLE.columns[:2],
        TABLE.columns[:0],
        TABLE.set_index("n").index,
        pd.DatetimeIndex(DAYS),
    ],
)
def test_honest_indexes_are_made(value: pd.Index) -> None:
    found = loaded(value)
    assert type(found) is type(value)
    assert repr(list(found)) == repr(list(value))


@pytest.mark.parametrize(
    "value",
    [
        pd.Categorical(["x", None, "y"]),
        pd.Categorical([None]),
        pd.array([1, None, 3], dtype="Int64"),
        pd.array([0.5, None], dtype="Float64"),
        pd.array([True, None], dtype="boolean"),
        pd.array([], dtype="UInt8"),
        TABLE["n"].array,
        TABLE["n"].iloc[:1].array,
        TABLE["c"].iloc[:1].array,
        TABLE["d"].iloc[:1].array,
    ],
)
def test_honest_arrays_are_made(value: Any) -> None:
    found = loaded(value)
    assert type(found) is type(value)
    assert repr(list(found)) == repr(list(value))


def test_honest_tables_are_made() -> None:
    for table in (TABLE, TABLE.iloc[:, :0], TABLE.iloc[:0]):
        assert loaded(table).to_dict() == table.to_dict()


@pytest.mark.parametrize("code", [2, -2, 127])
@pytest.mark.parametrize("level", [0, 1])
def test_codes_of_an_index_are_places_in_its_levels(code: int, level: int) -> None:
    codes: list[object] = [np.array([0, 1, -1], dtype="i1") for _ in range(2)]
    assert loaded(index_of(codes)).nlevels == 2
    codes[level] = np.array([0, code, 1], dtype="i1")
    with pytest.raises(Refused, match="outside of the categories"):
        loaded(index_of(codes))


def test_an_index_has_codes_for_each_of_its_levels() -> None:
    with pytest.raises((Refused, ValueError)):
        loaded(index_of([np.zeros(3, dtype="i1")]))


@pytest.mark.parametrize(
    "codes",
    [
        np.array([2], dtype="i1"),
        np.array([-2], dtype="i1"),
        np.array([0], dtype="u1"),
        np.array([0.0]),
        np.array([-1, 0, 5], dtype="i8"),
    ],
)
def test_codes_of_categories_are_places_in_them(codes: Any) -> None:
    array = pd.Categorical(["x", "y"])
    assert list(loaded(backed(array, np.array([-1, 1], dtype="i1"))))[1] == "y"
    with pytest.raises(Refused, match="outside of the categories"):
        loaded(backed(array, codes))


def test_without_categories_there_is_no_place_in_them() -> None:
    bare = pd.CategoricalDtype()
    array = pd.Categorical(["x", "y"])
    assert loaded(backed(array, np.array([-1], dtype="i1"), bare))._ndarray[0] == -1
    with pytest.raises(Refused, match="outside of the categories"):
        loaded(backed(array, np.array([0], dtype="i1"), bare))


@pytest.mark.parametrize(
    ("array", "values"),
    [
        (pd.array(DAYS), np.zeros(3)),
        (pd.array(DAYS), np.zeros(3, dtype="i8")),
        (pd.array(DAYS), DAYS.astype("M8[s]")),
        (pd.array(DAYS), DAYS.astype("m8[ns]")),
        (pd.array(np.zeros(2, dtype="m8[ns]")), np.zeros(2, dtype="i8")),
        (pd.array(np.zeros(2, dtype="m8[ns]")), np.zeros(2, dtype="m8[s]")),
    ],
)
def test_moments_are_over_an_array_of_their_own_dtype(array: Any, values: Any) -> None:
    assert len(loaded(backed(array, array._ndarray))) == len(array)
    with pytest.raises(Refused, match="over an array of"):
        loaded(backed(array, values))


def test_moments_over_numbers_of_the_dtype_that_they_say_are_refused_too() -> None:
    with pytest.raises(Refused, match="over an array of"):
        loaded(backed(pd.array(DAYS), np.zeros(3), np.dtype("f8")))


def test_below_an_array_lies_one_of_numpys() -> None:
    codes: Any = np.matrix([[0]], dtype="i1")
    with pytest.raises(Refused, match="something else than an array"):
        loaded(backed(pd.Categorical(["x", "y"]), codes))


def test_what_an_array_remembers_of_itself_is_not_believed() -> None:
    array = pd.array([1, 2], dtype="Int64")
    vars(array)["_cache"] = {"dtype": pd.Float32Dtype()}
    assert loaded(array).dtype == pd.Int64Dtype()


@pytest.mark.parametrize(
    ("values", "mask", "reason"),
    [
        (np.array([1, 2]), np.array([0, 1]), "another kind"),
        (np.array([1, 2]), np.array([0, 1], dtype="u1"), "another kind"),
        (np.array(["a", "b"]), np.array([False, True]), "another kind"),
        (np.array([1j, 2]), np.array([False, True]), "another kind"),
        (np.array([1, 2], dtype=object), np.array([False, True]), "another kind"),
        (pd.Categorical([1, 2]), np.array([False, True]), "another kind"),
        (np.array([1, 2]), pd.array([False, True], dtype="boolean"), "another kind"),
        (np.matrix([[1, 2]]), np.array([[False, True]]), "another kind"),
        (np.array([[1, 2]]), np.matrix([[False, True]]), "another kind"),
        (np.array([1, 2]), np.array([False]), "do not fit"),
        (np.array([1, 2]), np.array([[False, True]]), "do not fit"),
    ],
)
def test_missing_values_are_told_by_one_flag_for_each(values: Any, mask: Any, reason: str) -> None:
    for kind in ("i4", "u2", "f8", "?"):
        assert len(loaded(masked(np.ones(2, dtype=kind), np.array([False, True])))) == 2
    with pytest.raises(Refused, match=reason):
        loaded(masked(values, mask))


@pytest.mark.parametrize("place", [5, -1, 10**6])
def test_columns_of_a_table_are_inside_of_it(place: int) -> None:
    assert table_at(4).shape == table_at().shape == (2, 5)
    with pytest.raises(Refused, match="outside of it"):
        table_at(place)


def test_what_is_watched_is_of_its_own_class_when_it_is_asked() -> None:
    class Made:
        """Keeps its state as objects without a __setstate__ do."""

    seen: list[type] = []

    def give(made: Any, state: dict[str, Any]) -> None:
        seen.append(type(made))
        vars(made).update(state)

    maker: Callable[[], Any] = watched(Made, give)
    assert maker is watched(Made, give)
    made = maker()
    made.__setstate__({"held": 1})
    assert (seen, type(made), made.held) == ([Made], Made, 1)


def test_a_name_that_needs_no_check_is_what_it_is() -> None:
    assert checked("builtins", "dict", dict) is dict
    assert checked("pandas.core.indexes.base", "Index", pd.Index) is pd.Index
