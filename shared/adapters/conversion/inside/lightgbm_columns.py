"""Which columns of a LightGBM model are categories, from the text of the model."""

import re
from collections.abc import Sequence
from itertools import combinations, islice
from typing import Any

from shared.adapters.conversion.inside.kinds import NotServable

MOST_TRIES = 100_000
_CATEGORIES = re.compile(r"^\[categorical_feature: ([\d,]+)\]", re.MULTILINE)
_RANGES = re.compile(r"^feature_infos=(.*)$", re.MULTILINE)
_CODES = re.compile(r"\[(\d+):(\d+)\]")


def lightgbm_categories(text: str, known: Sequence[Sequence[Any]]) -> list[int]:
    """The column of each list of categories that was kept of a table, in the table's order.

    LightGBM says which columns it splits by categories. Ordered ones it takes as numbers, their
    codes, without saying so: they are the columns whose numbers can be codes, where only one choice
    of columns fits. NotServable where several do.
    """
    found = _CATEGORIES.search(text)
    told = [int(position) for position in found[1].split(",")] if found else []
    ordered = len(known) - len(told)
    if ordered <= 0:  # fewer: columns of numbers are categories, too, by whoever fitted it
        return told[: len(known)]
    ranges = _RANGES.search(text)
    most = [_largest_code(each) for each in ranges[1].split()] if ranges else []
    numbers = [at for at, code in enumerate(most) if code is not None and at not in told]
    choices = (sorted([*told, *chosen]) for chosen in combinations(numbers, ordered))
    fitting = [
        places
        for places in islice(choices, MOST_TRIES)
        if all((most[at] or 0) < len(names) for at, names in zip(places, known, strict=True))
    ]
    if len(fitting) != 1:
        raise NotServable(
            "model_unsupported",
            "The file does not tell which columns of this LightGBM model are ordered categories.",
            "Fit it with categories without an order: column.cat.as_unordered().",
        )
    return fitting[0]


def _largest_code(told: str) -> int | None:
    """Of a column whose smallest and largest number are told; None where they are no codes."""
    found = _CODES.fullmatch(told)
    return int(found[2]) if found else None
