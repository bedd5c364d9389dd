"""Rows as models were trained on them: the predictions are those of the training frame."""

import math
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from serving.description import Column, Description
from serving.table import table


def description(*columns: Column, form: Any = "frame", names: bool = True) -> Description:
    return Description(columns, form, names, example={})


A, C = Column("a", "double"), Column("c", "string")


def test_a_frame_has_each_column_in_its_type() -> None:
    shape = description(
        A,
        C,
        Column("yes", "boolean"),
        Column("maybe", "boolean"),
        Column("when", "datetime"),
        Column("unused", "any"),
    )
    moment = datetime(2026, 1, 31, 13)  # noqa: DTZ001
    frame = table(shape, [[1, "x", True, True, moment, 1], [None, None, False, None, None, "text"]])
    kinds = ["float64", "object", "bool", "object", "datetime64[ns]", "object"]
    assert [str(kind) for kind in frame.dtypes] == kinds
    assert list(frame.columns) == ["a", "c", "yes", "maybe", "when", "unused"]
    assert frame["when"][0] == pd.Timestamp(moment)
    assert frame["when"].isna()[1]
    assert math.isnan(frame["c"][1])
    assert math.isnan(frame["a"][1])


@pytest.mark.parametrize("text", ["2026-01-31T13:00:00", "2026-01-31T15:00:00+02:00"])
def test_a_moment_may_still_be_text(text: str) -> None:
    frame = table(description(Column("when", "datetime")), [[text]])
    assert frame["when"][0] == pd.Timestamp("2026-01-31T13:00:00")


def test_a_column_of_missing_moments_is_one_of_moments() -> None:
    frame = table(description(Column("when", "datetime")), [[None], [None]])
    assert str(frame["when"].dtype) == "datetime64[ns]"


@pytest.mark.parametrize("columns", [(A, Column("b", "double")), (A, C)])
def test_a_frame_without_names_counts_its_columns(columns: tuple[Column, ...]) -> None:
    row = [1.0, "x" if C in columns else 2.0]
    frame = table(description(*columns, names=False), [row])
    assert list(frame.columns) == [0, 1]


def test_no_rows_are_a_table_without_rows() -> None:
    assert table(description(A, C), []).shape == (0, 2)
    assert table(description(A, form="array"), []).shape == (0, 1)


def test_an_array_is_of_doubles_with_nan_for_what_is_missing_and_0_for_dropped_texts() -> None:
    shape = description(A, Column("b", "any", required=False), form="array", names=False)
    numbers = table(shape, [[1, "text"], [None, 2]])
    assert numbers.dtype == np.float64
    assert np.array_equal(numbers, np.array([[1, 0], [math.nan, 2]]), equal_nan=True)


def test_texts_are_a_list() -> None:
    shape = description(Column("text", "string"), form="texts", names=False)
    assert table(shape, [["good"], ["bad"]]) == ["good", "bad"]


def test_records_leave_out_what_is_missing() -> None:
    model = make_pipeline(DictVectorizer(), LogisticRegression())
    model.fit([{"c": "x", "a": 1.0}, {"a": 2.0}], [0, 1])
    shape = description(A, C, form="records", names=False)
    records = table(shape, [[1.0, "x"], [2.0, None]])
    assert records == [{"a": 1.0, "c": "x"}, {"a": 2.0}]
    assert list(model.predict(records)) == [0, 1]


def trained() -> tuple[HistGradientBoostingClassifier, pd.DataFrame]:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=200), "c": rng.choice(["x", "y", "z"], 200)})
    target = (frame["c"] == "x") ^ (frame["a"] > 0)
    frame = frame.astype({"c": "category"})
    return HistGradientBoostingClassifier(max_iter=10).fit(frame, target), frame


@pytest.mark.parametrize("categories", [None, ("x", "y", "z")])
def test_boosting_on_categories_answers_as_in_training(categories: Any) -> None:
    model, frame = trained()
    column = Column("c", "string")
    if categories:
        object.__setattr__(column, "categories", categories)
    rows = [list(row) for row in frame.astype({"c": object}).to_numpy()]
    found = table(description(A, column), rows)
    assert (str(found["c"].dtype) == "category") == bool(categories)
    assert np.array_equal(model.predict_proba(found), model.predict_proba(frame))


def test_a_dropped_column_does_not_reach_the_model() -> None:
    frame = pd.DataFrame({"a": [0.0, 1.0, 2.0, 3.0], "note": list("wxyz")})
    steps = make_column_transformer((StandardScaler(), ["a"]), remainder="drop")
    model = make_pipeline(steps, LogisticRegression()).fit(frame, [0, 0, 1, 1])
    shape = description(A, Column("note", "any", required=False))
    found = table(shape, [[0.0, None], [3.0, 7.0]])
    assert list(model.predict(found)) == [0, 1]
