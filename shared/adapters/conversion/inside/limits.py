"""What a description may hold: a report is bounded, and JSON has no half of a surrogate pair."""

import json
from collections import Counter
from collections.abc import Sequence

from serving.description import Description
from shared.adapters.conversion.inside.kinds import CATEGORY, Kind, NotServable

MOST_COLUMNS = 20_000
MOST_BYTES = 4 << 20
"""Of a description as JSON text inside of a report."""
MOST_NAMED = 5


def check_count(columns: int) -> None:
    """NotServable where there are more columns than a description may hold."""
    if columns > MOST_COLUMNS:
        raise NotServable(
            "model_unsupported",
            f"The model takes {columns:,} columns; at most {MOST_COLUMNS:,} are served.",
            "Choose the columns that matter before fitting, or take records with a"
            " DictVectorizer or a FeatureHasher.",
        )


def check_names(labels: Sequence[str]) -> None:
    """NotServable where two columns have one name, or one has a name that is no text."""
    for name in labels:
        _check_text(name, name)
    twice = sorted(name for name, times in Counter(labels).items() if times > 1)
    if twice:
        told = ", ".join(repr(name) for name in twice[:MOST_NAMED])
        raise NotServable(
            "model_unsupported",
            f"The model has several columns of one name: {told}.",
            "Rename them in the training data and fit again.",
        )


def check_values(found: Sequence[Kind], labels: Sequence[str]) -> None:
    """NotServable where a column wants values that JSON cannot say."""
    for name, kind in zip(labels, found, strict=True):
        for value in (kind.value, *kind.categories):
            if isinstance(value, str):
                _check_text(value, name)
    told = {name: kind.foreign for name, kind in zip(labels, found, strict=True) if kind.foreign}
    if not told:
        return
    if set(told.values()) == {CATEGORY}:
        raise NotServable(
            "model_unsupported",
            "The model was trained on columns of pandas' category type and does not hold their"
            " categories: " + ", ".join([repr(name) for name in told][:MOST_NAMED]) + ".",
            "Encode them inside a Pipeline: make_pipeline(ColumnTransformer([('categories',"
            " OrdinalEncoder(), [...])], remainder='passthrough'), model).",
        )
    columns = [f"{name!r} ({kind})" for name, kind in told.items()]
    raise NotServable(
        "model_unsupported",
        "The model wants values that a JSON request cannot hold, in the columns "
        + ", ".join(columns[:MOST_NAMED])
        + ".",
        "Turn them into numbers or text before fitting.",
    )


def checked(description: Description) -> Description:
    """The description. NotServable where it is too long to report."""
    if (size := len(json.dumps(description.to_json()))) > MOST_BYTES:
        raise NotServable(
            "model_unsupported",
            f"The names of the model's columns and their categories take {size:,} bytes; at most"
            f" {MOST_BYTES:,} are served.",
            "Give the columns shorter names and fewer categories before fitting.",
        )
    return description


def _check_text(text: str, column: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NotServable(
            "model_unsupported",
            f"The column {column[:100]!a} has a name or a value with half of a surrogate pair,"
            " which is no text.",
            "Replace it in the training data and fit again.",
        ) from None
