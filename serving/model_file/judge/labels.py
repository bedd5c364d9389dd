"""pandas' indexes, their arrays and tables: codes inside their categories, parts that fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from serving.model_file.judge.objects import Role
from serving.model_file.judge.randomness import check_random_state
from serving.model_file.judge.unfit import Path, named, unfit

LONGEST_RANGE = 10_000_000
Parts = Iterator[tuple[str, object]]


def parts_of(value: object, role: Role, path: Path | None) -> Iterable[tuple[str, object]]:
    """The parts of an index, a table or a dtype of pandas; a random state is judged at once."""
    if role is Role.FRAME:
        return parts_of_frame(value, path)
    if role is not Role.LEAF:
        return ()
    check_random_state(value, path)
    if _is_of_pandas(value, "Index"):
        return parts_of_index(value, path)
    return parts_of_dtype(value, path) if _is_of_pandas(value, "Dtype") else ()


def parts_of_index(index: Any, path: Path | None) -> Parts:
    """What an index holds, to be judged as well. Unfit where its parts do not fit each other."""
    found = vars(index)
    yield ".names", list(found.get("_names") or ()) or found.get("_name")
    if "_range" in found:
        if len(found["_range"]) > LONGEST_RANGE:
            raise unfit(path, f"an index of more than {LONGEST_RANGE} numbers")
    elif "_levels" in found:
        levels, codes = list(found["_levels"]), list(found["_codes"])
        if len(levels) != len(codes) or len({len(each) for each in codes}) > 1:
            raise unfit(path, "an index whose levels and codes do not fit each other")
        for level, code in zip(levels, codes, strict=True):
            _check_codes(code, len(level), path)
            yield ".levels", level
    else:
        yield from _parts_of_array(found.get("_data"), path)


def parts_of_frame(frame: Any, path: Path | None) -> Parts:
    """What a table or a column holds, to be judged as well."""
    manager = frame._mgr
    axes = list(manager.axes)
    if len(axes) != frame._AXIS_LEN:
        raise unfit(path, "a table without rows or columns")
    for axis in axes:
        if not _is_of_pandas(axis, "Index"):
            raise unfit(path, "a table whose labels are none")
        yield ".axes", axis
    held = np.zeros(len(axes[0]), dtype=int)
    for block in manager.blocks:
        values, places = block.values, block.mgr_locs.as_array
        if len(axes) == 1:
            fits = len(values) == len(axes[0])
        else:
            fits = values.shape[-1] == len(axes[1])
            fits = fits and (values.ndim == 1 or len(values) == len(places))
            if len(places) and not 0 <= int(places.min()) <= int(places.max()) < len(held):
                raise unfit(path, "a table with a column outside of it")
            held[places] += 1
        if not fits:
            raise unfit(path, "a table whose columns do not fit its labels")
        yield from _parts_of_array(values, path)
    if len(axes) > 1 and (held != 1).any():
        raise unfit(path, "a table whose columns do not fit its labels")
    yield ".attrs", dict(frame.attrs)


def parts_of_dtype(dtype: Any, _: Path | None) -> Parts:
    """The categories of a dtype of pandas that has some."""
    yield ".categories", vars(dtype).get("_categories")


def _parts_of_array(array: Any, path: Path | None) -> Parts:
    """What an array below an index or a table holds: numbers, texts, categories, moments."""
    if type(array) is np.ndarray:
        yield "", array
        return
    if not _is_of_pandas(array, "Array") and not _is_of_pandas(array, "Categorical"):
        raise unfit(path, f"a {named(type(array))} where an array belongs")
    if _is_of_pandas(array, "Categorical"):
        categories = array.dtype.categories
        _check_codes(array._ndarray, len(categories), path)
        yield ".categories", categories
        return
    found = vars(array)
    if "_pa_array" in found:  # Arrow's texts, which no file makes: it is written as Python's own
        return
    if "_mask" in found:
        values, mask = found["_data"], found["_mask"]
        both = type(values) is type(mask) is np.ndarray
        if not (both and values.shape == mask.shape and mask.dtype.kind == "b"):
            raise unfit(path, "an array whose missing values do not fit it")
        yield "", values
        return
    halves = [found[half] for half in ("_left", "_right") if half in found]
    for part in halves or [array._ndarray]:
        yield from _parts_of_array(part, path)


def _check_codes(codes: Any, size: int, path: Path | None) -> None:
    """Each of them a place in the categories, or -1 for none."""
    plain = type(codes) is np.ndarray and codes.ndim == 1 and codes.dtype.kind == "i"
    if not plain or (len(codes) and not -1 <= int(codes.min()) <= int(codes.max()) < size):
        raise unfit(path, "a category outside of the categories")


def _is_of_pandas(value: object, ending: str) -> bool:
    kind = type(value)
    return named(kind).startswith("pandas.") and kind.__name__.endswith(ending)
