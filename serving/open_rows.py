"""Rows of a model that takes columns of any names: each row is one cell, a record."""

from typing import Any

from serving.cells import number_of
from serving.mistakes import BadRequest
from serving.rows import Rows


def open_rows(sent: list[Any], names: list[str] | None, *, lists: bool) -> Rows:
    """The rows as records; BadRequest names the row, from 1, and the field.

    `names`: what the values of a list are; where there are none, `lists` says whether a row may be
    a list all the same, for a model that looks at no value.
    """
    return [[_record(number, row, names, lists)] for number, row in enumerate(sent, 1)]


def _record(number: int, row: Any, names: list[str] | None, lists: bool) -> dict[str, Any]:
    if isinstance(row, list) and names is not None and len(row) == len(names):
        row = dict(zip(names, row, strict=True))
    if isinstance(row, list) and names is None and lists:
        return {}
    if not isinstance(row, dict):
        wanted = "an object or a list" if lists else "an object with a value for each field"
        raise BadRequest("wrong_shape", f"Row {number} is not {wanted}.", number)
    return {name: _value(number, name, value) for name, value in row.items() if value is not None}


def _value(number: int, name: str, value: Any) -> Any:
    if isinstance(value, str):
        return value
    found = number_of(value) if isinstance(value, int | float) else None
    if found is None:
        message = f"Row {number}, column {name[:100]!r}: the value is neither text nor a number."
        raise BadRequest("bad_value", message, number, name[:100])
    return found
