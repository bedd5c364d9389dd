"""The inputs of a fitted estimator: names, types, and a row that it really predicts."""

from dataclasses import dataclass
from typing import Any, Literal

from shared.schemas.model import Column

Cell = float | str | bool
TRIAL_NUMBERS = (0.0, 1.0, 0.5)
"""What an example row holds for numbers: the first that the model accepts for all of them."""


class NotServable(ValueError):
    """Why the inputs cannot be told, with a code of shared/conversion/refusals.py."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Kind:
    """One input's type, and a known value of it."""

    type: Literal["double", "string", "boolean"]
    value: Cell | None = None


NUMBER = Kind("double")


def inputs(model: Any, hint: list[str] | None) -> tuple[list[Column], list[Kind]]:
    """Names: the estimator's own, else `hint`, else x0, x1...; one column for bare texts."""
    if _takes_texts(model):
        kinds = [Kind("string", "some words")]
        own: list[str] | None = None
    else:
        kinds = _kinds(model, _width(model))
        own = _own_names(model)
    names = own or _hinted(hint, len(kinds)) or _numbered(kinds)
    columns = [Column(name=n, type=kind.type) for n, kind in zip(names, kinds, strict=True)]
    return columns, kinds


def knows_names(model: Any) -> bool:
    return getattr(model, "feature_names_in_", None) is not None


def table(model: Any, columns: list[Column], row: list[Cell]) -> Any:
    """One row as the estimator was trained on it; shared/azureml/scoring/score.py does the same."""
    import pandas as pd

    if _takes_texts(model):
        return row
    frame = pd.DataFrame([row])
    for position, column in enumerate(columns):
        if column.type == "string":
            frame[position] = frame[position].astype(object)
    if knows_names(model):
        frame.columns = pd.Index([column.name for column in columns], dtype=object)
    elif all(column.type == "double" for column in columns):
        return frame.to_numpy(dtype=float)
    return frame


def example(model: Any, columns: list[Column], kinds: list[Kind]) -> tuple[list[Cell], Any]:
    """A row and its prediction. NotServable when no trial row is accepted."""
    refusal: Exception | None = None
    for number in TRIAL_NUMBERS:
        row = [number if kind.value is None else kind.value for kind in kinds]
        try:
            return row, model.predict(table(model, columns, row))
        except MemoryError:
            raise
        except Exception as error:
            refusal = refusal or error
    raise NotServable(
        "model_conversion_failed",
        f"predict() accepts no example row: {type(refusal).__name__}: {refusal}"[:1000],
    )


def _takes_texts(model: Any) -> bool:
    """Whether predict wants a list of documents, as behind a TfidfVectorizer."""
    model = getattr(model, "best_estimator_", model)
    steps = getattr(model, "steps", None)
    return _takes_texts(steps[0][1]) if steps else hasattr(model, "build_analyzer")


def _width(model: Any) -> int:
    width = getattr(model, "n_features_in_", None)
    if width is None:
        names = getattr(model, "feature_names_in_", None)
        width = None if names is None else len(names)
    if width is None and type(model).__name__ == "IsotonicRegression":
        return 1
    if not width:
        raise NotServable(
            "model_unsupported", f"This {type(model).__name__} does not say how many inputs it has."
        )
    return int(width)


def _own_names(model: Any) -> list[str] | None:
    return [str(name) for name in model.feature_names_in_] if knows_names(model) else None


def _hinted(hint: list[str] | None, width: int) -> list[str] | None:
    if hint is None:
        return None
    if len(hint) != width or len(set(hint)) != width or not all(hint):
        raise NotServable(
            "model_feature_names_mismatch",
            f"The metadata's feature_names holds {len(hint)} names, {len(set(hint))} of them"
            f" different; the model takes {width}.",
        )
    return hint


def _numbered(kinds: list[Kind]) -> list[str]:
    if len(kinds) == 1 and kinds[0].type == "string":
        return ["text"]
    return [f"x{position}" for position in range(len(kinds))]


def _kinds(estimator: Any, width: int) -> list[Kind]:
    return _found(estimator, width) or [NUMBER] * width


def _found(estimator: Any, width: int) -> list[Kind] | None:
    """Kinds where this estimator, or the first of its parts that tells, knows them."""
    estimator = getattr(estimator, "best_estimator_", estimator)
    if hasattr(estimator, "transformers_"):
        return _of_column_transformer(estimator, width)
    for _, part in [*getattr(estimator, "steps", ()), *getattr(estimator, "transformer_list", ())]:
        if kinds := _found(part, width):
            return kinds
    if getattr(estimator, "_preprocessor", None) is not None:
        return _found(estimator._preprocessor, width)
    known = getattr(estimator, "categories_", None)
    if isinstance(known, list) and len(known) == width:
        return [_kind(values) for values in known]
    filled = getattr(estimator, "statistics_", None)
    if filled is not None and filled.dtype == object and len(filled) == width:
        return [_kind([value]) for value in filled]
    return None


def _of_column_transformer(estimator: Any, width: int) -> list[Kind]:
    kinds = [NUMBER] * width
    for name, part, _ in estimator.transformers_:
        positions = list(estimator._transformer_to_input_indices.get(name, ()))
        if isinstance(part, str) or not positions:
            continue
        if _takes_texts(part):
            found: list[Kind] | None = [Kind("string", "some words")] * len(positions)
        else:
            found = _found(part, len(positions))
        for position, kind in zip(positions, found or (), strict=False):
            if kind is not NUMBER:
                kinds[position] = kind
    return kinds


def _kind(values: Any) -> Kind:
    """Of the first known value that is one: None and NaN are missing ones."""
    for value in list(values):
        plain = value.item() if hasattr(value, "item") else value
        if isinstance(plain, bool):
            return Kind("boolean", plain)
        if isinstance(plain, str):
            return Kind("string", plain)
        if isinstance(plain, int | float) and plain == plain:
            return Kind("double", float(plain))
    return NUMBER
