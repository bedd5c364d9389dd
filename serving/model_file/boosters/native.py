"""What is told of a model of XGBoost or LightGBM, and of one that is not served."""

from enum import Enum
from typing import NamedTuple


class Format(Enum):
    """How a native file is written."""

    XGBOOST_JSON = "XGBoost JSON"
    XGBOOST_UBJ = "XGBoost UBJSON"
    LIGHTGBM_TEXT = "LightGBM text"


class NativeModel(NamedTuple):
    """What a native file says of its model."""

    format: Format
    library: str
    version: str
    """Of the library that wrote it; empty where the file does not tell."""
    objective: str
    n_features: int
    feature_names: tuple[str, ...] | None
    outputs: int
    """Numbers in one answer: 1, or as many as there are classes or targets."""


class Unserved(ValueError):
    """A model of a kind that is not served; `fix` says what may be done instead."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.fix = fix


def not_served(library: str, what: str) -> Unserved:
    """A native model of a kind whose answers would need more than the file holds."""
    return Unserved(
        f"The native {library} model {what}, which is not served from a native file.",
        f"Train it with {library}'s scikit-learn estimator on numeric columns (an encoder in a"
        " Pipeline for the others) and save that: joblib.dump(model, 'model.joblib').",
    )
