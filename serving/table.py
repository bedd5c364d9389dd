"""Rows as what a model's methods take: a frame, an array, texts or records."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from serving.description import Column, Description

Rows = Sequence[Sequence[Any]]


def table(description: Description, rows: Rows) -> Any:
    """`rows` (cells in the order of the columns, None where missing) as the model was trained.

    What is missing is NaN or NaT in frames and arrays, as pandas reads it from a file, None among
    texts, and absent from records. A datetime may still be ISO text.
    """
    columns = description.columns
    if description.input == "texts":
        return [row[0] for row in rows]
    if description.open:
        one = [row[0] for row in rows]
        return one if description.input == "records" else np.zeros((len(rows), 1))
    if description.input == "records":
        return [_record(columns, row) for row in rows]
    if description.input == "array":
        kinds = [column.type for column in columns]
        if "any" in kinds:
            rows = [[_number_of(*each) for each in zip(kinds, row, strict=True)] for row in rows]
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(columns))
    return _frame(description, rows)


def _record(columns: Sequence[Column], row: Sequence[Any]) -> dict[str, Any]:
    cells = zip(columns, row, strict=True)
    return {column.name: value for column, value in cells if value is not None}


def _number_of(kind: str, value: Any) -> Any:
    """What the model drops may be anything, but some look at it for what is missing: it is 0."""
    return 0.0 if kind == "any" and not isinstance(value, int | float) else value


def _frame(description: Description, rows: Rows) -> Any:
    import pandas as pd

    columns = description.columns
    labels: list[Any] = [column.name for column in columns]
    if not description.names:
        labels = list(range(len(columns)))
    if all(column.type == "double" and _categories(column) is None for column in columns):
        numbers = np.array(rows, dtype=np.float64).reshape(len(rows), len(columns))
        return pd.DataFrame(numbers, columns=pd.Index(labels))
    cells = zip(*rows, strict=True) if rows else [() for _ in columns]
    each = zip(labels, columns, cells, strict=True)
    return pd.DataFrame({label: _series(column, values) for label, column, values in each})


def _series(column: Column, cells: Sequence[Any]) -> Any:
    import pandas as pd

    categories = _categories(column)
    if categories is not None:
        return pd.Series(pd.Categorical(list(cells), categories=list(categories)))
    if column.type == "double":
        return pd.Series(cells, dtype=np.float64)
    if column.type == "datetime":
        return (
            pd.Series(pd.to_datetime(list(cells), utc=True))
            .dt.tz_localize(None)
            .astype("datetime64[ns]")
        )
    if column.type == "boolean" and None not in cells:
        return pd.Series(cells, dtype=bool)
    return pd.Series([math.nan if cell is None else cell for cell in cells], dtype=object)


def _categories(column: Column) -> Sequence[Any] | None:
    """What a column of pandas' category type may hold, in training order."""
    found: Sequence[Any] | None = getattr(column, "categories", None)
    return found
