"""Wrappers of other libraries, looked through by the attributes that they have in common.

The classes here have the fitted attributes of the libraries named, and do as they do.
"""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import LabelEncoder, OneHotEncoder, StandardScaler

from shared.adapters.conversion.inside.columns import NotServable, describe

DATA = pd.DataFrame(
    {
        "size": [1.0, 4.0, 2.0, 8.0, 5.0, 7.0] * 5,
        "city": ["Aachen", "Bonn", "Celle", "Bonn", "Aachen", "Celle"] * 5,
        "note": ["x", "y"] * 15,
        "since": pd.date_range("2024-01-01", periods=30),
    }
)
Y = np.array([0, 1, 0, 1, 1, 0] * 5)


def types(model: Any, hint: list[str] | None = None) -> dict[str, str]:
    return {column.name: column.type for column in describe(model, hint).columns}


class Named(TransformerMixin, BaseEstimator):
    """feature-engine: works on variables_, hands on the other columns by name."""

    def fit(self, x: Any, y: Any = None) -> Any:
        self.feature_names_in_ = list(x.columns)
        self.n_features_in_ = x.shape[1]
        self.learn(x)
        return self

    def get_feature_names_out(self, names: Any = None) -> list[str]:
        return list(self.transform(DATA[self.feature_names_in_]).columns)


class Ordinal(Named):
    def learn(self, x: Any) -> None:
        self.variables_ = ["city"]
        known = sorted(set(x["city"]))
        self.encoder_dict_ = {"city": {value: n for n, value in enumerate(known)}}

    def transform(self, x: Any) -> Any:
        return x.assign(city=[self.encoder_dict_["city"][city] for city in x["city"]])


class Drop(Named):
    def learn(self, x: Any) -> None:
        self.features_to_drop_ = ["note"]

    def transform(self, x: Any) -> Any:
        return x.drop(columns=self.features_to_drop_)


class DatetimeFeatures(Named):
    def learn(self, x: Any) -> None:
        self.variables_ = ["since"]

    def transform(self, x: Any) -> Any:
        return x.assign(month=x["since"].dt.month).drop(columns="since")


def test_named_columns_are_followed_through_steps_that_drop_and_encode() -> None:
    model = make_pipeline(
        DatetimeFeatures(), Drop(), Ordinal(), StandardScaler(), LogisticRegression()
    )
    model.fit(DATA, Y)
    description = describe(model, None)
    assert types(model) == {"size": "double", "city": "string", "note": "any", "since": "datetime"}
    assert description.example["city"] == "Aachen"
    assert description.example["since"] == "2024-01-01T00:00:00"
    assert "note" not in description.example


class Category(TransformerMixin, BaseEstimator):
    """category_encoders: cols and a mapping, or an inner encoder that has one."""

    def __init__(self, cols: Any = None, inner: bool = False) -> None:
        self.cols = cols
        self.inner = inner

    def fit(self, x: Any, y: Any = None) -> Any:
        self.feature_names_in_ = list(x.columns)
        self.n_features_in_ = x.shape[1]
        self.mapping: Any
        if self.inner:
            self.ordinal_encoder = Category(self.cols).fit(x)
            self.mapping = {col: pd.Series([0.5], index=[1]) for col in self.cols}
            return self
        self.mapping = [
            {
                "col": col,
                "mapping": pd.Series({v: n for n, v in enumerate(sorted(set(x[col])))}),
                "data_type": x[col].dtype,
            }
            for col in self.cols
        ]
        return self

    def transform(self, x: Any) -> Any:
        known = (self.ordinal_encoder if self.inner else self).mapping
        return x.assign(**{each["col"]: x[each["col"]].map(each["mapping"]) for each in known})


@pytest.mark.parametrize("inner", [False, True])
def test_encoders_of_named_categories_tell_a_category_that_they_know(inner: bool) -> None:
    data = DATA[["size", "city", "note"]]
    model = make_pipeline(Category(["city", "note"], inner), LogisticRegression()).fit(data, Y)
    assert types(model) == {"size": "double", "city": "string", "note": "string"}
    assert describe(model, None).example == {"size": 0.0, "city": "Aachen", "note": "x"}


class Oversampler(BaseEstimator):
    """imbalanced-learn: changes the rows while fitting, does nothing to a request."""

    def fit_resample(self, x: Any, y: Any) -> Any:
        return x, y


class SampledPipeline(Pipeline):
    """Fits as its steps do, and asks at predict() only those that transform."""

    def fit(self, x: Any, y: Any) -> Any:
        self._rest().fit(x, y)
        return self

    def fit_resample(self, x: Any, y: Any) -> Any:
        raise NotImplementedError

    def predict(self, x: Any) -> Any:
        return self._rest().predict(x)

    def _rest(self) -> Pipeline:
        return Pipeline([step for step in self.steps if not isinstance(step[1], Oversampler)])


@pytest.mark.parametrize("first", [True, False])
def test_samplers_are_passed_by(first: bool) -> None:
    encode = ColumnTransformer(
        [("s", StandardScaler(), ["size"]), ("c", OneHotEncoder(), ["city"])]
    )
    steps = [("over", Oversampler()), ("encode", encode)]
    steps = steps if first else steps[::-1]
    model = SampledPipeline([*steps, ("model", LogisticRegression())]).fit(DATA, Y)
    assert types(model) == {"size": "double", "city": "string", "note": "any", "since": "any"}


class TransformerWrapper(TransformerMixin, BaseEstimator):
    """PyCaret: an inner transformer for some columns; its names include the target's."""

    def __init__(self, transformer: Any, include: Any = None) -> None:
        self.transformer = transformer
        self.include = include
        self._include = include

    @property
    def feature_names_in_(self) -> list[str]:
        return self._feature_names_in

    def fit(self, x: Any, y: Any = None) -> Any:
        self.target_name_ = "sold"
        self._feature_names_in = [*x.columns, "sold"]
        if self._include:
            self.transformer.fit(x[self._include])
        else:
            self.transformer.fit(y)
        return self

    def transform(self, x: Any) -> Any:
        if not self._include:
            return x
        out = self.transformer.transform(x[self._include])
        out = out.toarray() if hasattr(out, "toarray") else out
        new = pd.DataFrame(out, index=x.index)
        same = new.shape[1] == len(self._include)
        new.columns = self._include if same else [f"{self._include[0]}_{n}" for n in new]
        return pd.concat([x.drop(columns=self._include), new], axis=1)


class EmbedTextFeatures(TransformerMixin, BaseEstimator):
    def fit(self, x: Any, y: Any = None) -> Any:
        self.estimators_ = {column: CountVectorizer().fit(x[column]) for column in x}
        return self

    def transform(self, x: Any) -> Any:
        return np.hstack([self.estimators_[c].transform(x[c]).toarray() for c in x])


class DelegatingPipeline(Pipeline):
    """Says what its last step says: not how many columns the first one takes."""

    @property
    def n_features_in_(self) -> int:
        return int(self.steps[-1][1].n_features_in_)

    @property
    def feature_names_in_(self) -> list[str]:
        return ["size", "city", "note", "sold"]


def test_wrapped_transformers_of_some_columns_are_looked_through() -> None:
    model = DelegatingPipeline(
        [
            ("labels", TransformerWrapper(LabelEncoder())),
            ("numbers", TransformerWrapper(SimpleImputer(), ["size"])),
            ("words", TransformerWrapper(EmbedTextFeatures(), ["note"])),
            ("categories", TransformerWrapper(OneHotEncoder(), ["city"])),
            ("model", LogisticRegression()),
        ]
    ).fit(DATA[["size", "city", "note"]].assign(note=["some words", "and others"] * 15), Y)
    description = describe(model, None)
    assert types(model) == {"size": "double", "city": "string", "note": "string"}
    assert description.example == {"size": 0.0, "city": "Aachen", "note": "some words"}


class Boosted(LogisticRegression):
    """CatBoost: numbers for names where there were none, categories by position."""

    def fit(self, x: Any, y: Any) -> Any:
        super().fit(np.zeros((len(x), 2)), y)
        self.feature_names_ = [str(name) for name in getattr(x, "columns", range(x.shape[1]))]
        return self

    def get_cat_feature_indices(self) -> list[int]:
        return [1]

    def predict(self, x: Any) -> Any:
        assert isinstance(x.iloc[0, 1], str)
        return np.zeros(len(x))


def test_boosted_categories_are_text_and_made_up_names_are_none() -> None:
    data = DATA[["size", "city"]]
    assert types(Boosted().fit(data, Y)) == {"size": "double", "city": "string"}
    unnamed = Boosted().fit(data.to_numpy(), Y)
    assert types(unnamed, ["a", "b"]) == {"a": "double", "b": "string"}


class Booster:
    pandas_categorical: Any = (["Aachen", "Bonn"],)

    def model_to_string(self) -> str:
        return "tree\n[boosting: gbdt]\n[categorical_feature: 1]\n"


class LightGBM(LogisticRegression):
    def fit(self, x: Any, y: Any) -> Any:
        super().fit(np.zeros((len(x), 2)), y)
        self.feature_name_ = list(x.columns)
        self.booster_ = Booster()
        self.booster_.pandas_categorical = [["Aachen", "Bonn"]]
        return self

    def predict(self, x: Any) -> Any:
        assert list(x["city"].cat.categories) == ["Aachen", "Bonn"]
        return np.zeros(len(x))

    def predict_proba(self, x: Any) -> Any:
        raise NotImplementedError

    predict_log_proba = decision_function = predict_proba


def test_a_booster_trained_on_pandas_categories_gets_them_again() -> None:
    description = describe(LightGBM().fit(DATA[["size", "city"]], Y), None)
    size, city = description.columns
    assert (size.categories, city.categories) == (None, ["Aachen", "Bonn"])
    assert description.example["city"] == "Aachen"


class OldXGBoost(LightGBM):
    """Before 3.1: tells which columns were categories, not which ones they held."""

    feature_types = None

    def fit(self, x: Any, y: Any) -> Any:
        super().fit(x, y)
        del self.booster_
        return self

    def get_booster(self) -> Any:
        class Native:
            feature_types = ("float", "c")

            def save_raw(self, form: str) -> bytearray:
                return bytearray(b'{"learner": {"gradient_booster": {"model": {}}}}')

        return Native()


def test_a_booster_that_has_lost_its_categories_is_refused_by_column() -> None:
    with pytest.raises(NotServable, match="categories: 'city'") as refusal:
        describe(OldXGBoost().fit(DATA[["size", "city"]], Y), None)
    assert refusal.value.code == "model_unsupported"
    assert "OrdinalEncoder" in refusal.value.fix


class XGBoost(OldXGBoost):
    """Since 3.1 it keeps the categories, texts as signed bytes of UTF-8."""

    def get_booster(self) -> Any:
        class Native:
            feature_types = ("float", "c")

            def save_raw(self, form: str) -> bytearray:
                values = [each - 256 if each > 127 else each for each in "KölnUlm".encode()]
                columns = [{"values": []}, {"values": values, "offsets": [0, 5, 8]}]
                model = {"learner": {"gradient_booster": {"model": {"cats": {"enc": columns}}}}}
                return bytearray(json.dumps(model).encode())

        return Native()

    def predict(self, x: Any) -> Any:
        assert list(x["city"].cat.categories) == ["Köln", "Ulm"]
        return np.zeros(len(x))


def test_categories_that_xgboost_keeps_may_be_texts_beyond_ascii() -> None:
    description = describe(XGBoost().fit(DATA[["size", "city"]], Y), None)
    assert description.columns[1].categories == ["Köln", "Ulm"]
