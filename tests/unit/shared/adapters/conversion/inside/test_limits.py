"""What a description may hold: more, or what is no text, is refused by name."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from serving.model_file.judge import judge
from serving.model_file.load import is_listed
from shared.adapters.conversion.inside.columns import NotServable, describe

SIZES = pd.DataFrame({"size": np.arange(12.0), "weight": np.arange(12.0)})
Y = [0, 1] * 6


def named(*names: str) -> Any:
    """A model of columns of these names."""
    frame = SIZES.set_axis(pd.Index(names, dtype=object), axis=1)
    return LogisticRegression().fit(frame, Y)


def encoded(values: Any) -> Any:
    """A model of a column with these values, which it knows one by one."""
    encoder = ColumnTransformer([("known", OneHotEncoder(), ["kind"])])
    frame = SIZES.assign(kind=pd.Series(values, dtype=getattr(values, "dtype", object)))
    return make_pipeline(encoder, LogisticRegression()).fit(frame, Y)


def very_wide() -> Any:
    model = DummyClassifier().fit(np.zeros((2, 1)), [0, 1])
    model.n_features_in_ = 10_000_000
    return model


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (very_wide, "10,000,000 columns; at most 20,000"),
        (lambda: named("a", "\ud800b"), "surrogate"),
        (lambda: encoded(["\ud800"] * 12), "surrogate"),
        (lambda: named("a", "b" * (5 << 20)), "at most 4,194,304"),
        (lambda: named("a", "\u00fc" * (1 << 20)), "at most 4,194,304"),
        (lambda: encoded(pd.Series(pd.cut(SIZES["size"], 3))), "'kind' (Interval)"),
    ],
)
def test_what_cannot_be_described_is_refused_by_name(make: Any, word: str) -> None:
    model = make()
    with pytest.raises(NotServable) as refused:
        describe(model, None)
    assert refused.value.code == "model_unsupported"
    assert word in refused.value.message
    assert refused.value.fix


@pytest.mark.parametrize("name", ["a\0b", "a\n'\"<b>", "\U0001f600 {x}", "b" * 5000])
def test_unusual_names_are_described(name: str) -> None:
    described = describe(named("a", name), None)
    assert [column.name for column in described.columns] == ["a", name]


def test_intervals_are_no_reason_to_call_a_model_unsafe() -> None:
    judge(encoded(pd.Series(pd.cut(SIZES["size"], 3))), allowed=is_listed, cpus=1)
