"""Columns, kinds, names and example rows of models as people fit them."""

import json
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.decomposition import TruncatedSVD
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    BaggingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_extraction import DictVectorizer, FeatureHasher
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.neighbors import RadiusNeighborsClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    OrdinalEncoder,
    PowerTransformer,
    SplineTransformer,
    StandardScaler,
    TargetEncoder,
)
from sklearn.svm import SVC, LinearSVC

from serving.description import Description
from serving.served import Served
from serving.table import table
from shared.adapters.conversion.inside.columns import NotServable, describe
from shared.adapters.conversion.inside.outputs import outputs

DATA = pd.DataFrame(
    {
        "size": [1.0, 4.0, 2.0, 8.0, 5.0, 7.0] * 5,
        "city": ["Aachen", "Bonn", "Celle", "Bonn", "Aachen", "Celle"] * 5,
        "member": [True, False, True, True, False, False] * 5,
        "since": pd.date_range("2024-01-01", periods=30),
    }
)
Y = np.array([0, 1, 0, 1, 1, 0] * 5)
TEXTS = ["good and cheap", "bad and dear", "very good", "very bad"] * 5
OPINIONS = np.array([1, 0, 1, 0] * 5)
SIZE_AND_CITY = {"size": "double", "city": "string"}
DROPPED = {**SIZE_AND_CITY, "member": "any", "since": "any"}


@pytest.fixture(autouse=True)
def _quiet() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def mixed(**rest: Any) -> ColumnTransformer:
    return ColumnTransformer(
        [("size", StandardScaler(), ["size"]), ("city", OneHotEncoder(), ["city"])], **rest
    )


def types(description: Description) -> dict[str, str]:
    return {column.name: column.type for column in description.columns}


def optional(description: Description) -> list[str]:
    return [column.name for column in description.columns if not column.required]


def body(rows: list[Any]) -> bytes:
    return json.dumps({"data": rows}).encode()


def row(description: Description) -> list[Any]:
    return [description.example.get(column.name) for column in description.columns]


TABLE_MODELS = {
    "stacking over pipelines": (
        StackingClassifier(
            [
                ("a", make_pipeline(mixed(), LogisticRegression())),
                ("b", make_pipeline(mixed(), SVC())),
            ]
        ),
        ["size", "city"],
        SIZE_AND_CITY,
    ),
    "stacking that passes its table on": (
        StackingClassifier(
            [("a", make_pipeline(ColumnTransformer([("n", "passthrough", [0])]), SVC()))],
            final_estimator=make_pipeline(
                ColumnTransformer([("n", "passthrough", [0]), ("c", OneHotEncoder(), [2])]), SVC()
            ),
            passthrough=True,
        ),
        ["size", "city"],
        SIZE_AND_CITY,
    ),
    "dropped columns": (make_pipeline(mixed(), LogisticRegression()), list(DATA), DROPPED),
    "search": (
        GridSearchCV(make_pipeline(mixed(), SVC()), {"svc__C": [1, 2]}, cv=2),
        list(DATA),
        DROPPED,
    ),
    "log of the target": (
        TransformedTargetRegressor(
            make_pipeline(mixed(), Ridge()), func=np.log1p, inverse_func=np.expm1
        ),
        list(DATA),
        DROPPED,
    ),
    "passthrough first": (
        Pipeline([("nothing", "passthrough"), ("mixed", mixed()), ("svc", SVC())]),
        list(DATA),
        DROPPED,
    ),
    "passed on to an encoder": (
        make_pipeline(
            ColumnTransformer([("n", StandardScaler(), ["size"])], remainder="passthrough"),
            ColumnTransformer(
                [("n", "passthrough", [0]), ("c", OneHotEncoder(), [1]), ("m", "drop", [2])]
            ),
            SVC(),
        ),
        list(DATA),
        DROPPED,
    ),
    "passed on by name": (
        make_pipeline(
            ColumnTransformer(
                [("n", SimpleImputer(), ["size"])],
                remainder="passthrough",
                verbose_feature_names_out=False,
            ).set_output(transform="pandas"),
            mixed(),
            SVC(),
        ),
        list(DATA),
        DROPPED,
    ),
    "passed on to the model": (
        make_pipeline(
            ColumnTransformer([("c", OneHotEncoder(), ["city"])], remainder="passthrough"), SVC()
        ),
        ["size", "city"],
        SIZE_AND_CITY,
    ),
    "inside a union": (
        make_pipeline(
            FeatureUnion(
                [("a", mixed()), ("b", ColumnTransformer([("m", OrdinalEncoder(), ["member"])]))]
            ),
            SVC(),
        ),
        list(DATA),
        {**DROPPED, "member": "boolean"},
    ),
    "imputed text": (
        make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(), SVC()),
        ["city"],
        {"city": "string"},
    ),
    "targets of categories": (
        make_pipeline(TargetEncoder(), SVC()),
        ["size", "city"],
        SIZE_AND_CITY,
    ),
    "moments as categories": (
        make_pipeline(OneHotEncoder(handle_unknown="ignore"), SVC()),
        ["since"],
        {"since": "datetime"},
    ),
    "text in one column": (
        make_pipeline(
            ColumnTransformer(
                [("t", make_pipeline(TfidfVectorizer(), TruncatedSVD(2)), "city")],
            ),
            SVC(),
        ),
        ["size", "city"],
        {"size": "any", "city": "string"},
    ),
}


@pytest.mark.parametrize("name", TABLE_MODELS)
def test_tells_the_columns_and_kinds_of_a_table(name: str) -> None:
    model, columns, expected = TABLE_MODELS[name]
    data = DATA[columns]
    model.fit(data, Y)
    description = describe(model, None)
    assert types(description) == expected
    assert optional(description) == [name for name, kind in expected.items() if kind == "any"]
    assert (description.input, description.names) == ("frame", True)
    rows = [
        [None if isinstance(c, pd.Timestamp) else c for c in r] for r in data.astype(object).values
    ]
    if "datetime" in expected.values():
        rows = [[moment.isoformat()] for moment in data["since"]]
    assert model.predict(table(description, rows)).tolist() == model.predict(data).tolist()
    assert len(model.predict(table(description, [row(description)]))) == 1


@pytest.mark.parametrize("passthrough", [False, True])
def test_categories_of_histogram_boosting_are_text(passthrough: bool) -> None:
    data = DATA[["size", "city"]].astype({"city": "category"})
    model: Any = HistGradientBoostingClassifier(max_iter=2, min_samples_leaf=2)
    model = make_pipeline("passthrough", model) if passthrough else model
    model.fit(data, Y)
    description = describe(model, None)
    assert types(description) == SIZE_AND_CITY
    assert description.example["city"] == "Aachen"
    rows = data.astype(object).to_numpy().tolist()
    served = model.predict_proba(table(description, rows))
    assert np.array_equal(served, model.predict_proba(data))


def test_nullable_columns_of_pandas_have_their_plain_kinds() -> None:
    data = pd.DataFrame(
        {
            "number": pd.array([1, 2, None] * 10, dtype="Int64"),
            "text": pd.array(["x", "y", "z"] * 10, dtype="string"),
            "truth": pd.array([True, False, True] * 10, dtype="boolean"),
        }
    )
    encode = ColumnTransformer(
        [("n", SimpleImputer(), ["number"]), ("c", OneHotEncoder(), ["text", "truth"])]
    )
    model = make_pipeline(encode, SVC()).fit(data, Y)
    assert types(describe(model, None)) == {
        "number": "double",
        "text": "string",
        "truth": "double",  # scikit-learn itself makes 0.0 and 1.0 of it
    }


def test_a_subset_of_columns_for_each_estimator_is_put_back_in_its_place() -> None:
    data = DATA[["member", "city"]].to_numpy(dtype=object)
    model = BaggingClassifier(
        make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression()),
        max_features=0.5,
        n_estimators=8,
        random_state=0,
    ).fit(data, Y)
    description = describe(model, ["member", "city"])
    assert types(description) == {"member": "boolean", "city": "string"}
    assert description.example == {"member": False, "city": "Aachen"}


TEXT_MODELS = {
    "calibrated": CalibratedClassifierCV(make_pipeline(TfidfVectorizer(), LinearSVC()), cv=2),
    "one for each label": OneVsRestClassifier(make_pipeline(CountVectorizer(), SVC())),
    "several outputs": MultiOutputClassifier(make_pipeline(CountVectorizer(), SVC())),
    "voting": VotingClassifier([("a", make_pipeline(CountVectorizer(), SVC()))]),
    "stacking": StackingClassifier([("a", make_pipeline(CountVectorizer(), SVC()))], cv=2),
    "search": GridSearchCV(make_pipeline(TfidfVectorizer(), SVC()), {"svc__C": [1, 2]}, cv=2),
    "union": make_pipeline(
        FeatureUnion(
            [("w", TfidfVectorizer()), ("c", HashingVectorizer(analyzer="char", n_features=8))]
        ),
        SVC(),
    ),
    "after a passthrough": make_pipeline(
        "passthrough", FunctionTransformer(), CountVectorizer(), SVC()
    ),
}


@pytest.mark.parametrize("name", TEXT_MODELS)
def test_a_model_of_documents_takes_texts_behind_every_wrapper(name: str) -> None:
    target = np.c_[OPINIONS, 1 - OPINIONS] if name == "several outputs" else OPINIONS
    model = TEXT_MODELS[name].fit(TEXTS, target)
    description = describe(model, None)
    assert description.input == "texts"
    assert types(description) == {"text": "string"}
    assert types(describe(model, ["review"])) == {"review": "string"}
    served = model.predict(table(description, [[text] for text in TEXTS]))
    assert np.array_equal(served, model.predict(TEXTS))


def test_a_model_of_dicts_takes_records_of_optional_columns() -> None:
    places: list[dict[str, Any]] = [{"city": "Paris", "rooms": 1.0}, {"city": "Rome", "rooms": 2.0}]
    records = [*places, {"rooms": 0.5}] * 10
    model = make_pipeline(DictVectorizer(), LogisticRegression()).fit(records, Y)
    description = describe(model, None)
    assert description.input == "records"
    assert types(description) == {"city": "string", "rooms": "double"}
    assert optional(description) == ["city", "rooms"]
    assert description.example["city"] in ("Paris", "Rome")
    rows = [[record.get("city"), record["rooms"]] for record in records]
    assert np.array_equal(model.predict(table(description, rows)), model.predict(records))


def test_hashed_fields_may_have_any_names() -> None:
    records = [{"a": 1.0, "city": "Rome"}, {"b": 2.0}] * 15
    model = make_pipeline(FeatureHasher(8), SVC()).fit(records, Y)
    description = describe(model, None)
    assert (description.input, description.open) == ("records", True)
    assert outputs(model, description) == ["long"]
    served = Served(model, description)
    assert served.answer(body(records)) == model.predict(records).tolist()
    named = describe(model, ["a", "city"])
    assert not named.open
    assert types(named) == {"a": "any", "city": "any"}
    assert Served(model, named).answer(body(records[:1])) == model.predict(records[:1]).tolist()


def test_hashed_lists_of_words_are_refused() -> None:
    model = make_pipeline(FeatureHasher(8, input_type="string"), SVC()).fit([["a"], ["b"]] * 15, Y)
    with pytest.raises(NotServable, match="FeatureHasher") as refusal:
        describe(model, None)
    assert refusal.value.code == "model_unsupported"
    assert "DictVectorizer" in refusal.value.fix


class Uncounted(DummyClassifier):
    """As those before scikit-learn 1.5."""

    def fit(self, x: Any, y: Any) -> "Uncounted":
        super().fit(x, y)
        for name in ("n_features_in_", "feature_names_in_"):
            self.__dict__.pop(name, None)
        return self


def test_a_model_that_ignores_its_input_takes_any_columns() -> None:
    model = Uncounted().fit(DATA, Y)
    description = describe(model, None)
    assert (description.input, description.open) == ("array", True)
    assert outputs(model, description) == ["long"]
    served = Served(model, description)
    for rows in ([{"size": 1, "city": None}, {}], [[1, "a"], [2, "b"]]):
        assert served.answer(body(rows)) == [0, 0]
    assert list(types(describe(model, ["size", "city"]))) == ["size", "city"]


def test_answers_that_are_not_one_for_each_row_are_refused() -> None:
    class Crossed(LogisticRegression):
        def predict(self, x: Any) -> Any:
            return np.array([super().predict(x)])

    with pytest.raises(NotServable, match="1 items for 3 rows") as refusal:
        describe(Crossed().fit(DATA[["size"]], Y), None)
    assert refusal.value.code == "model_unsupported"


def test_as_many_answers_whatever_is_asked_are_refused() -> None:
    class Fixed(LogisticRegression):
        def predict(self, x: Any) -> Any:
            return super().predict(np.repeat(x, 3, axis=0))[:3]

    with pytest.raises(NotServable, match="3 items for one row") as refusal:
        describe(Fixed().fit(DATA[["size"]], Y), None)
    assert refusal.value.code == "model_unsupported"


@pytest.mark.parametrize("names", [np.zeros((10**6, 0)), np.array(3.0)])
def test_names_that_are_no_list_are_none(names: Any) -> None:
    model = LogisticRegression().fit(DATA[["size"]].to_numpy(), Y)
    model.feature_names_in_ = names
    assert list(types(describe(model, None))) == ["x0"]


def test_a_row_that_a_model_cannot_take_alone_is_asked_beside_itself() -> None:
    class Shy(LogisticRegression):
        def predict(self, x: Any) -> Any:
            if len(x) < 2:
                raise ValueError("Expected 2D array, got 1D array instead")
            return super().predict(x)

    model = Shy().fit(DATA[["size"]], Y)
    served = Served(model, describe(model, None))
    assert served.answer(body([{"size": 8.0}])) == [1]


def test_names_come_from_the_model_then_the_metadata_then_numbers() -> None:
    numbers = DATA[["size"]].assign(age=range(30))
    named = LogisticRegression().fit(numbers, Y)
    bare = LogisticRegression().fit(numbers.to_numpy(), Y)
    assert list(types(describe(named, ["p", "q"]))) == ["size", "age"]
    assert list(types(describe(bare, ["p", "q"]))) == ["p", "q"]
    assert list(types(describe(bare, None))) == ["x0", "x1"]
    assert describe(named, None).input == "frame"
    assert describe(bare, None).input == "array"
    assert not describe(bare, None).names


@pytest.mark.parametrize("hint", [["p"], ["p", "p"], ["p", ""]])
def test_metadata_that_does_not_fit_the_model_is_refused_with_both_numbers(hint: list[str]) -> None:
    model = LogisticRegression().fit(DATA[["size", "member"]].to_numpy(), Y)
    with pytest.raises(NotServable, match=f"holds {len(hint)} names.*takes 2") as refusal:
        describe(model, hint)
    assert refusal.value.code == "model_feature_names_mismatch"


def test_a_frame_with_numbered_columns_keeps_its_numbers() -> None:
    data = pd.DataFrame({0: DATA["size"], 1: DATA["city"]})
    encode = ColumnTransformer([("c", OneHotEncoder(), [1])], remainder="passthrough")
    description = describe(make_pipeline(encode, SVC()).fit(data, Y), None)
    assert types(description) == {"x0": "double", "x1": "string"}
    assert (description.input, description.names) == ("frame", False)


def test_arrays_of_text_are_served_as_frames_without_names() -> None:
    data = DATA[["city", "member"]].to_numpy(dtype=object)
    description = describe(make_pipeline(OneHotEncoder(), SVC()).fit(data, Y), None)
    assert types(description) == {"x0": "string", "x1": "boolean"}
    assert not description.names


class Silent(LogisticRegression):
    """Forgets how many columns it was trained on."""

    def fit(self, x: Any, y: Any) -> "Silent":
        super().fit(x, y)
        del self.n_features_in_
        return self

    def predict(self, x: Any) -> Any:
        if np.shape(x)[1] != 1:
            raise ValueError("one column, please")
        return np.zeros(len(x))


def test_a_model_without_a_width_is_refused_by_the_name_of_its_class() -> None:
    model = Silent().fit(DATA[["size"]].to_numpy(), Y)
    with pytest.raises(NotServable, match="This Silent does not say how many inputs") as refusal:
        describe(model, None)
    assert refusal.value.code == "model_unsupported"
    assert "feature_names" in refusal.value.fix
    assert list(types(describe(model, ["size"]))) == ["size"]


def test_values_that_json_cannot_hold_are_refused_by_column() -> None:
    data = np.array([[b"a", 1], [b"b", 2]] * 15, dtype=object)
    model = make_pipeline(OneHotEncoder(), SVC()).fit(data, Y)
    with pytest.raises(NotServable, match=r"'kind' \(bytes\)") as refusal:
        describe(model, ["kind", "number"])
    assert refusal.value.code == "model_unsupported"


def test_a_column_that_was_always_missing_is_null_in_the_example() -> None:
    data = DATA[["city"]].assign(empty=np.nan)
    description = describe(make_pipeline(OneHotEncoder(), SVC()).fit(data, Y), None)
    assert description.example == {"city": "Aachen", "empty": None}


EXACTING = {
    "logarithms": make_pipeline(FunctionTransformer(np.log), StandardScaler(), SVC()),
    "positive numbers": make_pipeline(PowerTransformer("box-cox"), SVC()),
    "within the knots": make_pipeline(SplineTransformer(extrapolation="error"), SVC()),
    "near the training data": RadiusNeighborsClassifier(0.5),
    "known codes": make_pipeline(
        SimpleImputer(strategy="most_frequent"), OneHotEncoder(), LogisticRegression()
    ),
}


@pytest.mark.parametrize("name", EXACTING)
def test_finds_a_row_for_models_that_accept_few_numbers(name: str) -> None:
    data = DATA[["size"]] + 10
    model = EXACTING[name].fit(data, Y)
    description = describe(model, None)
    assert len(model.predict(table(description, [row(description)]))) == 1


def test_prefers_a_row_whose_answer_is_a_number() -> None:
    model = IsotonicRegression().fit(DATA["size"] + 10, Y)  # answers NaN outside of 11 to 18
    assert describe(model, None).example == {"x0": 11.0}


def test_says_why_predict_accepts_no_row() -> None:
    model = LogisticRegression().fit(DATA[["size"]], Y)
    model.coef_ = np.zeros((1, 7))
    with pytest.raises(NotServable, match=r"accepts no example row: ValueError: .*7") as refusal:
        describe(model, None)
    assert refusal.value.code == "model_conversion_failed"


class Strange(LogisticRegression):
    """Answers what JSON has no words for."""

    def predict(self, x: Any) -> Any:
        return np.array([1j] * len(x))


def test_an_answer_that_json_cannot_say_is_refused_before_anything_is_deployed() -> None:
    with pytest.raises(NotServable, match="answer of this Strange") as refusal:
        describe(Strange().fit(DATA[["size"]], Y), None)
    assert refusal.value.code == "model_unsupported"


def test_names_the_methods_that_answer() -> None:
    numbers = DATA[["size"]]
    plain = describe(LogisticRegression().fit(numbers, Y), None)
    assert plain.methods == (
        "predict",
        "predict_proba",
        "predict_log_proba",
        "decision_function",
    )
    assert describe(SVC().fit(numbers, Y), None).methods == ("predict", "decision_function")
    assert "predict_proba" in describe(RandomForestClassifier(3).fit(numbers, Y), None).methods


def test_sparse_answers_of_several_labels_are_served() -> None:
    labels = csr_matrix(np.c_[Y, 1 - Y])
    model = OneVsRestClassifier(LogisticRegression()).fit(DATA[["size"]], labels)
    assert "predict" in describe(model, None).methods


def test_tries_a_bounded_number_of_rows() -> None:
    calls = []

    class Refusing(LogisticRegression):
        def predict(self, x: Any) -> Any:
            calls.append(x)
            raise ValueError("no")

    model = make_pipeline(mixed(), Refusing()).fit(DATA, Y)
    with pytest.raises(NotServable):
        describe(model, None)
    assert 3 <= len(calls) <= 12
