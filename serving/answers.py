"""What a model's methods answer, as JSON values: one item a row."""

import math
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

MAX_CELLS = 10_000_000
DEEPEST = 8


class Unanswerable(ValueError):
    """The answers are of a kind that JSON cannot say; the text names it."""


class TooMuch(ValueError):
    """The answers are more than one reply may hold."""


def plain(predictions: Any) -> list[Any]:
    """One JSON value for each row: what is not finite, or missing, becomes null.

    Numbers, booleans and text stay; bytes are UTF-8 text; moments and durations are ISO 8601;
    frames and matrices, sparse ones too, are lists of rows; several arrays, one for each output,
    become a list for each row. Unanswerable or TooMuch.
    """
    if _is_frame(predictions):
        _bounded(predictions.size)
        columns = [plain(predictions.iloc[:, place]) for place in range(predictions.shape[1])]
        if not columns:
            return [[] for _ in range(len(predictions))]
        return [list(row) for row in zip(*columns, strict=True)]
    if _is_sparse(predictions):
        _bounded(math.prod(predictions.shape))
        return plain(predictions.toarray())
    if outputs := _outputs(predictions):
        parts = [plain(output) for output in outputs]
        if len({len(part) for part in parts}) != 1:
            raise Unanswerable("The answers' outputs are of different lengths")
        return [list(row) for row in zip(*parts, strict=True)]
    return _of_array(_array(predictions))


def _is_frame(value: Any) -> bool:
    return hasattr(value, "iloc") and getattr(value, "ndim", 0) == 2


def _is_sparse(value: Any) -> bool:
    return hasattr(value, "toarray") and hasattr(value, "nnz")


def _outputs(value: Any) -> list[Any] | None:
    """The outputs' arrays, where a model of several answers one array for each."""
    if not isinstance(value, list | tuple) or not value:
        return None
    least = 1 if isinstance(value, tuple) else 2
    dimensions = [getattr(each, "ndim", 0) for each in value]
    return list(value) if min(dimensions) >= least else None


def _array(value: Any) -> Any:
    if isinstance(value, np.ma.MaskedArray):
        found = np.asarray(value.data).astype(object)
        found[np.ma.getmaskarray(value)] = None
        return found
    if not hasattr(value, "dtype") and not isinstance(value, list | tuple):
        raise Unanswerable(f"The answers are a {_kind(value)}, not an array")
    try:
        return np.asarray(value)
    except ValueError:  # rows of different lengths
        found = np.empty(len(value), dtype=object)
        found[:] = list(value)
        return found


def _of_array(values: Any) -> list[Any]:
    if values.ndim == 0:
        raise Unanswerable(f"The answers are a single {values.dtype}, not one for each row")
    _bounded(values.size)
    kind = values.dtype.kind
    if kind in "biuU":
        answers: list[Any] = values.tolist()
        return answers
    if kind == "f":
        return _of_floats(values)
    if kind not in "SMmOT":
        raise Unanswerable(f"The answers are of the type {str(values.dtype)[:100]}")
    return _each(values.astype(object) if kind == "T" else values)


def _of_floats(values: Any) -> list[Any]:
    with np.errstate(over="ignore"):
        values = values.astype(np.float64)
    finite = np.isfinite(values)
    if not finite.all():
        values = values.astype(object)
        values[~finite] = None
    answers: list[Any] = values.tolist()
    return answers


def _each(values: Any) -> list[Any]:
    """Item by item, for arrays whose own tolist() gives what JSON does not know."""
    if values.ndim > 1:
        return [_each(row) for row in values]
    return [_value(item, DEEPEST) for item in values]


def _value(item: Any, depth: int) -> Any:
    if item is None or isinstance(item, bool | int | str):
        return str(item) if isinstance(item, np.str_) else item
    if isinstance(item, bytes):
        return _text(item)
    if isinstance(item, float | np.floating):
        number = float(item)
        return number if math.isfinite(number) else None
    if isinstance(item, np.datetime64 | np.timedelta64):
        return _moment(item)
    if isinstance(item, np.bool_ | np.integer):
        return item.item()
    for known, said in _SAID.items():
        if isinstance(item, known):
            return None if item != item else said(item)  # NaT differs from itself
    if type(item).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(item, np.ndarray) and depth:
        return _value(item.tolist(), depth)
    if isinstance(item, list | tuple) and depth:
        return [_value(each, depth - 1) for each in item]
    raise Unanswerable(f"The answers hold a {_kind(item)}")


def _moment(item: Any) -> str | None:
    if np.isnat(item):
        return None
    if isinstance(item, np.timedelta64):
        import pandas as pd

        try:
            return pd.Timedelta(item).isoformat()
        except ValueError:
            raise Unanswerable(f"The answers are of the type {item.dtype}") from None
    text = str(np.datetime_as_string(item))
    return text.rstrip("0").rstrip(".") if "." in text else text


def _duration(item: timedelta) -> str:
    import pandas as pd

    return pd.Timedelta(item).isoformat()


def _text(item: bytes) -> str:
    try:
        return item.decode()
    except UnicodeDecodeError:
        raise Unanswerable("The answers are bytes that are not UTF-8 text") from None


def _bounded(count: int) -> None:
    if count > MAX_CELLS:
        raise TooMuch(f"The answer would hold {count} values; the limit is {MAX_CELLS}.")


def _kind(value: Any) -> str:
    return type(value).__name__[:60]


_SAID: dict[type, Callable[[Any], str]] = {
    datetime: datetime.isoformat,
    date: date.isoformat,
    time: time.isoformat,
    timedelta: _duration,
}
