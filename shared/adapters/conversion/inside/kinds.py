"""What is known of one column: a type, how sure it is, a value; and what a value says of it."""

import datetime
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from serving.description import Type

Cell = float | str | bool | None
Seen = Sequence[int | None]

CATEGORY = "pandas category"
WORDS = "some words"
DAY = "2024-01-01T00:00:00"


class NotServable(ValueError):
    """Why a model cannot be served: a code of shared/errors/models.py, and what helps."""

    def __init__(self, code: str, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix


class Sure(IntEnum):
    """How an estimator uses a column, and whether it knows what is in it. The highest counts."""

    UNUSED = 0
    CARRIED = 1
    """Handed on as it came: the next step says what it has to be."""
    USED = 2
    """Nothing is known of it; a number, as most are."""
    GUESSED = 3
    """Its type is known, its values are not."""
    KNOWN = 4


@dataclass(frozen=True)
class Kind:
    """One column's type, and a value of it that the estimator knows."""

    type: Type
    sure: Sure
    value: Cell = None
    foreign: str = ""
    """The Python type of values that JSON cannot say: the column cannot be served."""
    categories: tuple[str | float, ...] = ()
    """All values, where the model wants a column of pandas' category type."""


UNUSED = Kind("any", Sure.UNUSED)
CARRIED = Kind("double", Sure.CARRIED)
USED = Kind("double", Sure.USED)
TEXT = Kind("string", Sure.GUESSED, WORDS)
TEXT_CATEGORY = Kind("string", Sure.GUESSED, "a")
MISSING = Kind("double", Sure.GUESSED)
"""A column that held nothing in training: only null is known in it."""
MOMENT = Kind("datetime", Sure.GUESSED, DAY)


def merged(first: Kind, second: Kind) -> Kind:
    """The surer of two; of two alike, the first, with the value of either."""
    if second.sure > first.sure:
        first, second = second, first
    if first.value is None and not first.foreign and second.type == first.type:
        return replace(first, value=second.value)
    return first


def kind_of(values: Iterable[Any]) -> Kind:
    """Of the first value that is none of the missing ones; a number where all are missing."""
    missing = False
    for value in values:
        missing = True
        plain = value.item() if type(value).__module__ == "numpy" else value
        if plain is None or type(plain).__name__ in ("NAType", "NaTType"):
            continue
        if isinstance(plain, bool):
            return Kind("boolean", Sure.KNOWN, plain)
        if isinstance(plain, str):
            return Kind("string", Sure.KNOWN, plain)
        if isinstance(plain, int | float):
            if math.isnan(plain):
                continue
            return Kind("double", Sure.KNOWN, float(plain))
        if isinstance(plain, datetime.datetime | datetime.date):
            return Kind("datetime", Sure.KNOWN, plain.isoformat())
        return Kind("any", Sure.KNOWN, foreign=type(plain).__name__)
    return MISSING if missing else USED


def kind_of_categories(values: Any) -> Kind:
    """kind_of, for the known categories of one column: an array, an Index, a list."""
    dtype = getattr(values, "dtype", None)
    if getattr(dtype, "kind", "") == "M" and len(values):
        return Kind("datetime", Sure.KNOWN, str(values[0])[:26])
    return kind_of(list(values))
