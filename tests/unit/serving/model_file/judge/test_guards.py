"""Shapes that an inner estimator answers are compared before compiled code relies on them."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from serving.model_file.judge import judge

X = np.random.default_rng(0).normal(size=(40, 3))
CLASSES = np.arange(40) % 4
TABLE = pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "c": pd.Categorical(list("xyzx") * 10)})


def judged(model: BaseEstimator, **attributes: Any) -> Any:
    vars(model).update(attributes)
    judge(model, allowed=lambda _module, _name: True, cpus=2)
    return model


def boosting_of_classes() -> BaseEstimator:
    return GradientBoostingClassifier(n_estimators=2).fit(X, CLASSES)


def boosting_of_numbers() -> BaseEstimator:
    return GradientBoostingRegressor(n_estimators=2).fit(X, X[:, 0])


def boosting_of_categories() -> Any:
    return HistGradientBoostingClassifier(max_iter=2, min_samples_leaf=5).fit(TABLE, CLASSES % 2)


def test_honest_boosting_answers_as_before_it_was_judged() -> None:
    first = GradientBoostingRegressor(n_estimators=2, init=LinearRegression()).fit(X, X[:, 0])
    for model, rows in (
        (boosting_of_classes(), X), (boosting_of_numbers(), X), (first, X),
        (boosting_of_categories(), TABLE),
    ):  # fmt: skip
        before = model.predict(rows)
        assert (judged(model).predict(rows) == before).all()


def test_a_first_estimator_of_fewer_classes_is_not_added_to() -> None:
    two = DummyClassifier(strategy="prior").fit(X, CLASSES % 2)
    with pytest.raises(ValueError, match="first estimator answers"):
        judged(boosting_of_classes(), init_=two).predict(X)


def test_a_first_estimator_that_answers_fewer_rows_is_not_added_to() -> None:
    middle = FunctionTransformer(np.median, kw_args={"axis": 0, "keepdims": True})
    one = make_pipeline(middle, DummyRegressor()).fit(X[:1], [0.0])
    with pytest.raises(ValueError, match="first estimator answers"):
        judged(boosting_of_numbers(), init_=one).predict(X)


def test_trees_of_more_classes_than_rounds_are_said_to_have_are_not_added() -> None:
    model = judged(boosting_of_classes(), init_="zero", n_trees_per_iteration_=1)
    with pytest.raises(ValueError, match="first estimator answers"):
        model.predict(X)


def test_a_vote_for_a_class_that_is_none_is_not_counted() -> None:
    member = DummyClassifier(strategy="most_frequent")
    model = VotingClassifier([("a", member)]).fit(X, CLASSES)
    assert (judged(model).predict(X) == 0).all()
    vars(model.estimators_[0])["classes_"] = np.full(4, 2**31 - 1)
    with pytest.raises(ValueError, match="votes for class 2147483647 of 4"):
        judged(model).predict(X)


def test_a_member_that_answers_more_often_than_there_are_rows_is_not_counted() -> None:
    labels = np.stack([CLASSES % 2, CLASSES > 1], axis=1)
    model = OneVsRestClassifier(LogisticRegression()).fit(X, labels)
    before = model.predict(X)
    assert (judged(model).predict(X) == before).all()
    member = model.estimators_[0]
    vars(member)["intercept_"] = np.ones(1000)
    with pytest.raises(ValueError, match="1000 times for 1 rows"):
        judged(model).predict(X[:1])


def test_an_encoder_that_answers_fewer_columns_is_not_read_by_trees() -> None:
    model = boosting_of_categories()
    encoder = model._preprocessor
    encoder.transformers_ = encoder.transformers_[:1]
    with pytest.raises(ValueError, match="encoder of categories answers"):
        judged(model).predict(TABLE)
