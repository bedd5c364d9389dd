"""Every meta-estimator that scikit-learn has is looked through: found, not listed."""

import inspect
import itertools
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.utils import all_estimators

from serving.table import table
from shared.adapters.conversion.inside.columns import describe

TABLE = pd.DataFrame(
    {
        "size": [1.0, 4.0, 2.0, 8.0, 5.0, 7.0] * 10,
        "city": ["Aachen", "Bonn", "Celle", "Bonn", "Aachen", "Celle"] * 10,
        "member": [True, False, True, True, False, False] * 10,
        "note": ["never", "looked", "at"] * 20,
    }
)
TYPES = {"size": "double", "city": "string", "member": "boolean", "note": "any"}
NUMBERS = pd.DataFrame({"size": TABLE["size"], "age": np.arange(60.0) % 11})
LABELS = np.array(["a", "b", "c", "b", "a", "c"] * 10)
TARGETS = (LABELS, (LABELS == "b").astype(int), np.c_[LABELS == "a", LABELS == "b"].astype(int))
REFUSED = (ValueError, TypeError, AttributeError, IndexError)
INNER = ("estimator", "estimators", "regressor", "transformers", "transformer_list", "steps")
TAKES_NUMBERS_ONLY = {
    "AdaBoostClassifier",
    "ClassifierChain",
    "IterativeImputer",
    "OneVsOneClassifier",
    "RANSACRegressor",
    "RFE",
    "RFECV",
    "RegressorChain",
    "SelectFromModel",
    "SelfTrainingClassifier",
    "SequentialFeatureSelector",
}
"""Those that check their table themselves, or pick columns of it, before anything encodes text."""

FITTED_OTHERWISE = {"ColumnTransformer", "FrozenEstimator"}
"""Given more columns here than the arrays have; or fitted before."""
REFUSES_MISSING = {"AdaBoostRegressor"}
"""Those that refuse a missing value even in a column that nothing behind them looks at."""


def _wrappers() -> dict[str, type]:
    """Every estimator whose constructor takes other estimators that see its input."""
    return {
        name: kind
        for name, kind in all_estimators()
        if set(INNER) & set(inspect.signature(kind).parameters)
    }


def _mixed() -> ColumnTransformer:
    return ColumnTransformer(
        [
            ("size", StandardScaler(), [0]),
            ("city", OneHotEncoder(handle_unknown="ignore"), [1]),
            ("member", OrdinalEncoder(), [2]),
        ]
    )


def _wrapped(kind: type, inner: Any, prepare: Any) -> Any:
    given = {
        "estimator": inner,
        "regressor": inner,
        "estimators": [("inner", inner)],
        "steps": [("first", "passthrough"), ("inner", inner)],
        "transformers": [("inner", prepare, slice(0, 4))],
        "transformer_list": [("inner", prepare)],
        "param_grid": {},
        "param_distributions": {},
        "cv": 2,
        "n_estimators": 3,
        "n_iter": 1,
        "random_state": 0,
    }
    accepted = inspect.signature(kind).parameters
    made = kind(**{name: value for name, value in given.items() if name in accepted})
    return (
        made
        if hasattr(kind, "predict") or kind.__name__ == "FrozenEstimator"
        else (make_pipeline(made, LogisticRegression()))
    )


def _fitted(kind: type) -> tuple[Any, pd.DataFrame]:
    """(the wrapper around the richest pipeline that it accepts, its training table)."""
    last = [LogisticRegression(), LinearRegression()]
    inners = [
        *((make_pipeline(_mixed(), model), _mixed(), TABLE) for model in last),
        *((make_pipeline(StandardScaler(), model), StandardScaler(), NUMBERS) for model in last),
        *((model, StandardScaler(), NUMBERS) for model in last),
    ]
    refusals = []
    for (inner, prepare, data), target in itertools.product(inners, TARGETS):
        frozen = kind.__name__ == "FrozenEstimator"
        model = _wrapped(kind, clone(inner).fit(data, target) if frozen else inner, prepare)
        try:
            model.fit(data, target)
            model.predict(data)
        except REFUSED as refusal:
            refusals.append(refusal)
            continue
        return model, data
    raise AssertionError(f"{kind.__name__} accepts none of the pipelines here: {refusals}")


def _rows(data: pd.DataFrame) -> list[list[Any]]:
    return [[cell.item() if hasattr(cell, "item") else cell for cell in row] for row in data.values]


@pytest.fixture(autouse=True)
def _quiet() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def test_there_are_wrappers_of_every_kind_to_look_through() -> None:
    assert len(_wrappers()) >= 25


@pytest.mark.parametrize("name", sorted(_wrappers()))
def test_columns_kinds_and_predictions_come_through(name: str) -> None:
    model, data = _fitted(_wrappers()[name])
    if name not in TAKES_NUMBERS_ONLY:
        assert data is TABLE, f"{name} refuses tables with text"
    description = describe(model, None)
    found = {column.name: column.type for column in description.columns}
    assert found == (TYPES if data is TABLE else dict.fromkeys(NUMBERS, "double"))
    optional = ["note"] if data is TABLE and name not in REFUSES_MISSING else []
    assert [c.name for c in description.columns if not c.required] == optional
    assert description.input == "frame"
    assert description.names
    assert set(description.example) == {c.name for c in description.columns if c.required}
    served = model.predict(table(description, _rows(data)))
    assert np.array_equal(served, model.predict(data))


@pytest.mark.parametrize("name", sorted(set(_wrappers()) - FITTED_OTHERWISE))
def test_a_model_of_arrays_keeps_its_width_in_every_wrapper(name: str) -> None:
    kind = _wrappers()[name]
    for inner, target in itertools.product((LogisticRegression(), LinearRegression()), TARGETS):
        model = _wrapped(kind, inner, StandardScaler())
        try:
            model.fit(NUMBERS.to_numpy(), target)
            model.predict(NUMBERS.to_numpy())
        except REFUSED:
            continue
        break
    else:
        raise AssertionError(f"{name} fits nothing here")
    description = describe(model, None)
    assert [(c.name, c.type) for c in description.columns] == [("x0", "double"), ("x1", "double")]
    assert (description.input, description.names) == ("array", False)
    assert [c.name for c in describe(model, ["width", "age"]).columns] == ["width", "age"]
