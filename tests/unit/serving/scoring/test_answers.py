"""Predictions of every kind as JSON values, or the reason why not."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from serving import answers
from serving.answers import TooMuch, Unanswerable, plain

X = np.array([[0.0, 1.0], [1.0, 0.0], [0.0, 0.5], [1.0, 0.2]])
NAN = float("nan")


@pytest.mark.parametrize(
    ("predictions", "said"),
    [
        (np.array([1, 2]), [1, 2]),
        (np.array([2**63], dtype=np.uint64), [2**63]),
        (np.array([True, False]), [True, False]),
        (np.array([1.5, NAN, np.inf]), [1.5, None, None]),
        (np.array([1.5], dtype=np.float16), [1.5]),
        (np.array(["1.5", "1e999"], dtype=np.longdouble), [1.5, None]),
        (np.array(["a", "ö"]), ["a", "ö"]),
        (np.array([b"a", "ö".encode()]), ["a", "ö"]),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (np.matrix([[1, 2]]), [[1, 2]]),
        (np.ma.array([1.0, 2.0], mask=[False, True]), [1.0, None]),
        (np.array(["2026-01-31", "NaT"], dtype="M8[D]"), ["2026-01-31", None]),
        (np.array(["2026-01-31T01:02:03.5"], dtype="M8[ns]"), ["2026-01-31T01:02:03.5"]),
        (np.array(["2026-01-31T10:20:30"], dtype="M8[ns]"), ["2026-01-31T10:20:30"]),
        (np.array([90, "NaT"], dtype="m8[s]"), ["P0DT0H1M30S", None]),
        (
            np.array([None, True, 1, NAN, "a", b"b", np.float32(0.5), np.int8(3)], dtype=object),
            [None, True, 1, None, "a", "b", 0.5, 3],
        ),
        (
            np.array([pd.NA, pd.NaT, pd.Timestamp("2026-01-31"), dt.date(2026, 1, 31)], object),
            [None, None, "2026-01-31T00:00:00", "2026-01-31"],
        ),
        (np.array([["a", 1], ["b", None]], dtype=object), [["a", 1], ["b", None]]),
        ([("a", "b"), ()], [["a", "b"], []]),
        ([[1, 2], [3]], [[1, 2], [3]]),
        (pd.Series([1, None], dtype="Int64"), [1, None]),
        (pd.Series(["a", None], dtype="category"), ["a", None]),
        (
            pd.DataFrame({"n": [1.0, NAN], "t": ["a", "b"], "w": pd.to_datetime(["2026", "NaT"])}),
            [[1.0, "a", "2026-01-01T00:00:00"], [None, "b", None]],
        ),
        (sp.csr_matrix([[0, 1], [1, 0]]), [[0, 1], [1, 0]]),
        (sp.coo_array([[0.0, 1.0]]), [[0.0, 1.0]]),
        ((np.array([1.0, 2.0]), np.array([0.1, 0.2])), [[1.0, 0.1], [2.0, 0.2]]),
    ],
)
def test_every_kind_has_its_json(predictions: Any, said: list[Any]) -> None:
    found = plain(predictions)
    assert found == said
    assert json.loads(json.dumps(found, allow_nan=False)) == said


@pytest.mark.parametrize(
    "predictions",
    [
        np.array([1j]),
        np.array([b"\xff"]),
        np.array([Decimal(1)], dtype=object),
        np.zeros(1, dtype=[("event", bool), ("time", float)]),
        np.float64(1.0),
        np.array(["3"], dtype="m8[M]"),
        iter([1]),
        {"a": 1},
        None,
        (np.zeros(2), np.zeros(3)),
    ],
)
def test_what_json_cannot_say_is_named(predictions: Any) -> None:
    with pytest.raises(Unanswerable):
        plain(predictions)


def test_a_list_within_itself_ends() -> None:
    endless: list[Any] = []
    endless.append(endless)
    cell = np.empty(1, dtype=object)
    cell[0] = endless
    with pytest.raises(Unanswerable):
        plain(cell)


def test_a_wide_sparse_answer_is_refused_before_it_is_filled() -> None:
    with pytest.raises(TooMuch):
        plain(sp.csr_matrix((10_000, answers.MAX_CELLS)))


def test_probabilities_of_several_outputs_are_one_list_a_row() -> None:
    targets = np.array([["a", "x"], ["b", "y"], ["a", "z"], ["b", "x"]])
    model = RandomForestClassifier(5, random_state=0).fit(X, targets)
    found = plain(model.predict_proba(X))
    assert [[len(each) for each in row] for row in found] == [[2, 3]] * 4
    assert plain(model.predict(X[:1])) in ([["a", "x"]], [["a", "z"]])


def test_probabilities_of_several_outputs_are_right_for_a_single_row() -> None:
    model = DecisionTreeClassifier().fit(X, np.array([[0, 1], [1, 0], [0, 1], [1, 0]]))
    assert plain(model.predict_proba(X[:1])) == [[[1.0, 0.0], [0.0, 1.0]]]


def test_a_sparse_multilabel_answer_is_lists() -> None:
    labels = sp.csr_matrix([[1, 0], [0, 1], [1, 0], [0, 1]])
    model = OneVsRestClassifier(LogisticRegression()).fit(X, labels)
    assert sp.issparse(model.predict(X))
    assert plain(model.predict(X)) == [[1, 0], [0, 1], [1, 0], [0, 1]]


def test_labels_that_are_bytes_are_text() -> None:
    model = DecisionTreeClassifier().fit(X, np.array([b"no", b"yes", b"no", b"yes"]))
    assert plain(model.predict(X)) == ["no", "yes", "no", "yes"]


def test_a_transformer_that_answers_frames_answers_rows() -> None:
    frame = pd.DataFrame({"a": [0.0, 2.0], "c": ["x", "y"]})
    steps = make_column_transformer(
        (StandardScaler(), ["a"]), (OneHotEncoder(sparse_output=False), ["c"])
    )
    steps.set_output(transform="pandas").fit(frame)
    assert plain(steps.transform(frame)) == [[-1.0, 1.0, 0.0], [1.0, 0.0, 1.0]]


def test_a_transformer_that_answers_sparse_matrices_answers_rows() -> None:
    encoder = OneHotEncoder().fit([["x"], ["y"]])
    assert plain(encoder.transform([["y"]])) == [[0.0, 1.0]]


def test_a_regression_of_two_targets_is_a_list_a_row() -> None:
    model = LinearRegression().fit(X, X)
    assert np.allclose(plain(model.predict(X)), X)
