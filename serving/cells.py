"""One JSON value as its column's type: numbers and booleans are numbers, text is text."""

import json
import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from serving.description import Column
from serving.mistakes import BadRequest

Cell = float | str | bool | datetime | None
WANTED = {
    "double": "a number",
    "string": "text",
    "boolean": "true or false",
    "datetime": "a date and time as ISO 8601 text, such as 2026-01-31 or 2026-01-31T13:45:00",
}
FIRST_YEAR, LAST_YEAR = 1678, 2261
"""Years that pandas' nanoseconds can say in full."""


class Wrong(ValueError):
    """What the value is not, in words that follow 'Row 1, column x: '."""


def converter(column: Column) -> Callable[[int, Any], Cell]:
    """A function of (row, JSON value): the cell, None where missing, or BadRequest."""
    convert = _CONVERT[column.type]

    def cell(row: int, value: Any) -> Cell:
        if value is None:
            return None
        try:
            return convert(value)
        except Wrong as wrong:
            message = f"Row {row}, column {column.name!r}: {wrong}"
            raise BadRequest("bad_value", message, row, column.name) from None

    return cell


def _double(value: Any) -> float:
    if not isinstance(value, int | float):
        raise Wrong(_not(value, "double"))
    number = number_of(value)
    if number is None:
        raise Wrong("the number is too large.")
    return number


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise Wrong(_not(value, "string"))
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Wrong("the text holds half of a surrogate pair.") from None
    return value


def _boolean(value: Any) -> bool:
    if isinstance(value, bool | int | float) and value in (0, 1):
        return bool(value)
    raise Wrong(_not(value, "boolean"))


def _datetime(value: Any) -> datetime:
    """Without a zone: what names one is taken to UTC."""
    if not isinstance(value, str):
        raise Wrong(_not(value, "datetime"))
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise Wrong(_not(value, "datetime")) from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise Wrong(f"the year is not between {FIRST_YEAR} and {LAST_YEAR}.")
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment


def _any(value: Any) -> Cell:
    """The model drops the column: what is no plain value need not reach it."""
    if isinstance(value, str | bool):
        return value
    return number_of(value) if isinstance(value, int | float) else None


def number_of(value: float) -> float | None:
    """As a double; None where it is too large for one."""
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _not(value: Any, kind: str) -> str:
    if isinstance(value, list | dict):
        shown = "a list" if isinstance(value, list) else "an object"
    elif isinstance(value, int) and value.bit_length() > 200:
        shown = "a giant number"
    else:
        shown = json.dumps(value)[:60]
    return f"{shown} is not {WANTED[kind]}."


_CONVERT: dict[str, Callable[[Any], Cell]] = {
    "double": _double,
    "string": _string,
    "boolean": _boolean,
    "datetime": _datetime,
    "any": _any,
}
