"""Pipelines on DataFrames: how columns are picked, kinds of column, boosting on categories."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import samples
from metas import NUMBERS, TEXTS, UNUSED, classifier, columns
from recorder import Recorder, columns_of
from sklearn.compose import ColumnTransformer, make_column_selector, make_column_transformer
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    StandardScaler,
)

Make = Callable[[], Any]


def record(recorder: Recorder, everywhere: bool) -> None:
    """Columns picked in every way, then kinds, then histogram boosting."""
    _picked(recorder, everywhere)
    _kinds(recorder, everywhere)
    _boosted(recorder, everywhere)


def _picked(recorder: Recorder, everywhere: bool) -> None:
    mixed = samples.mixed()
    numbers = mixed.select_dtypes("number").columns
    unused = ("owner", "note", "since")
    encode = OneHotEncoder(handle_unknown="ignore")
    fill = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    mask = [name in NUMBERS for name in mixed.columns]

    def cases() -> dict[str, tuple[Make, tuple[str, ...]]]:
        one = ColumnTransformer
        return {
            "index": (lambda: one([("n", fill, numbers), ("t", encode, TEXTS)]), unused),
            "index-list": (lambda: one([("n", fill, list(numbers))]), (*unused, *TEXTS)),
            "array-of-names": (lambda: one([("n", fill, np.array(NUMBERS))]), (*UNUSED, *TEXTS)),
            "object-array": (lambda: one([("n", fill, numbers.to_numpy())]), (*unused, *TEXTS)),
            "mask": (lambda: one([("n", fill, mask)]), (*UNUSED, *TEXTS)),
            "positions": (lambda: one([("n", fill, [0, 1]), ("t", encode, [3, 4])]),
                          ("rooms", *unused)),
            "slice": (lambda: one([("n", fill, slice(0, 3))]), (*unused, *TEXTS)),
            "slice-of-names": (lambda: one([("n", fill, slice("age", "rooms"))]),
                               (*unused, *TEXTS)),
            "selector-kind": (
                lambda: make_column_transformer(
                    (fill, make_column_selector(dtype_include="number")),
                    (encode, make_column_selector(dtype_include=["category"])),
                ),
                (*unused, "town"),
            ),
            "selector-number-type": (
                lambda: make_column_transformer(
                    (fill, make_column_selector(dtype_include=np.number)),
                ),
                (*unused, *TEXTS),
            ),
            "selector-pattern": (
                lambda: make_column_transformer((fill, make_column_selector("^(age|inc)"))),
                ("rooms", *unused, *TEXTS),
            ),
            "selector-exclude": (
                lambda: make_column_transformer(
                    (fill, make_column_selector(dtype_include=[np.float64], dtype_exclude=object)),
                ),
                ("rooms", *unused, *TEXTS),
            ),
            "one-column": (lambda: one([("n", encode, ["town"])], sparse_threshold=0),
                           (*UNUSED, *NUMBERS, "grade")),
            "drop-named": (
                lambda: one(
                    [("t", encode, TEXTS), ("gone", "drop", ["note"]), ("n", fill, ["age"])]
                ),
                ("income", "rooms", *unused),
            ),
            "passthrough-named": (
                lambda: one([("t", encode, TEXTS), ("as is", "passthrough", ["income", "owner"])]),
                ("age", "rooms", "note", "since"),
            ),
            "weights": (
                lambda: one(
                    [("t", encode, TEXTS), ("n", fill, NUMBERS)],
                    transformer_weights={"t": 0.5},
                    n_jobs=-1,
                ),
                UNUSED,
            ),
            "short-names": (
                lambda: one([("t", encode, TEXTS)], verbose_feature_names_out=False, verbose=True),
                (*UNUSED, *NUMBERS),
            ),
            "nested": (
                lambda: one(
                    [
                        (
                            "inner",
                            one([("n", fill, ["age"]), ("t", encode, ["town"])]),
                            ["age", "town"],
                        )
                    ]
                ),
                ("income", "rooms", "grade", *unused),
            ),
            "union-inside": (
                lambda: one(
                    [
                        (
                            "n",
                            FeatureUnion([("a", MinMaxScaler()), ("b", StandardScaler())]),
                            NUMBERS,
                        ),
                        ("t", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1),
                         TEXTS),
                    ]
                ),
                UNUSED,
            ),
            "filled-texts": (
                lambda: one(
                    [
                        (
                            "t",
                            make_pipeline(
                                SimpleImputer(strategy="constant", fill_value="none"),
                                OneHotEncoder(handle_unknown="ignore"),
                            ),
                            ["town", "note"],
                        ),
                        ("n", KNNImputer(n_neighbors=2), ["age", "income"]),
                    ]
                ),
                ("rooms", "grade", "owner", "since"),
            ),
            "log-income": (
                lambda: one(
                    [
                        (
                            "log",
                            FunctionTransformer(np.log1p, feature_names_out="one-to-one"),
                            ["income"],
                        ),
                        ("infrequent", OneHotEncoder(min_frequency=5, drop="first"), ["town"]),
                    ]
                ),
                ("age", "rooms", "grade", *unused),
            ),
        }  # fmt: skip

    for name, (make, dropped) in cases().items():
        recorder.case(
            f"columns-{name}",
            lambda make=make: make_pipeline(make(), classifier()).fit(mixed, samples.words()),
            mixed[:4],
            columns=columns_of(mixed, dropped),
            everywhere=everywhere,
        )
    small = mixed[[*NUMBERS, *TEXTS]]
    recorder.case(
        "columns-remainder-passthrough",
        lambda: make_pipeline(
            ColumnTransformer([("t", OneHotEncoder(), TEXTS)], remainder="passthrough"), Ridge()
        ).fit(small, samples.amounts()),
        small[:4],
        everywhere=everywhere,
    )
    recorder.case(
        "columns-remainder-model",
        lambda: make_pipeline(
            ColumnTransformer([("t", OneHotEncoder(), TEXTS)], remainder=StandardScaler()), Ridge()
        ).fit(small, samples.amounts()),
        small[:4],
        everywhere=everywhere,
    )
    recorder.case(
        "columns-pandas-output",
        lambda: make_pipeline(
            ColumnTransformer(
                [("t", OneHotEncoder(sparse_output=False), TEXTS), ("n", "passthrough", NUMBERS)]
            ),
            StandardScaler(),
            RandomForestClassifier(n_estimators=3, random_state=0),
        ).set_output(transform="pandas").fit(mixed, samples.words()),
        mixed[:4],
        columns=columns_of(mixed, UNUSED),
        everywhere=everywhere,
    )  # fmt: skip


def _kinds(recorder: Recorder, everywhere: bool) -> None:
    mixed = samples.mixed()
    recorder.case(
        "kinds-numbered-columns",
        lambda: make_pipeline(StandardScaler(), classifier()).fit(
            pd.DataFrame(samples.numbers()), samples.two()
        ),
        pd.DataFrame(samples.numbers())[:4],
        everywhere=everywhere,
    )
    plain = {
        "floats": samples.number_table(),
        "float32": samples.number_table().astype("float32"),
        "integers": samples.number_table().round().astype("int64"),
        "bools": samples.number_table() > 0,
        "numbers-and-bools": mixed[["income", "rooms", "owner"]],
        "nullable-numbers": samples.nullable()[["rooms", "income"]],
        "nullable-bool": samples.nullable()[["owner", "income"]],
    }
    for name, data in plain.items():
        recorder.case(
            f"kinds-{name}",
            lambda data=data: make_pipeline(StandardScaler(), classifier()).fit(
                data, samples.words()
            ),
            data[:4].astype("float64") if name == "float32" else data[:4],
            everywhere=everywhere,
        )
    nullable = samples.nullable()
    recorder.case(
        "kinds-nullable-columns",
        lambda: make_pipeline(
            ColumnTransformer(
                [("t", OneHotEncoder(), ["town"]), ("n", StandardScaler(), ["rooms", "income"])],
                remainder="passthrough",
            ),
            classifier(),
        ).fit(nullable, samples.two()),
        nullable[:4],
        everywhere=everywhere,
    )
    kept = {
        "category-target": pd.Series(samples.words(), dtype="category"),
        "bool-target": pd.Series(samples.two() > 0),
        "string-target": pd.Series(samples.words(), dtype="string"),
        "nullable-target": pd.Series(samples.two(), dtype="Int64"),
        "named-target": pd.Series(samples.words(), name="kind", index=range(100, 160)),
    }
    for name, y in kept.items():
        recorder.case(
            f"kinds-{name}",
            lambda y=y: make_pipeline(columns(), classifier()).fit(mixed, y),
            mixed[:4],
            columns=columns_of(mixed, UNUSED),
            everywhere=everywhere,
        )
    texts = mixed[["town", "grade"]].astype(str)
    recorder.case(
        "kinds-encoder-first",
        lambda: make_pipeline(OneHotEncoder(handle_unknown="ignore"), classifier()).fit(
            texts, samples.two()
        ),
        texts[:4],
        everywhere=everywhere,
    )
    recorder.case(
        "kinds-ordinal-categories",
        lambda: make_pipeline(
            OrdinalEncoder(categories=[["Aachen", "Bonn", "Köln"], ["low", "mid", "high"]]), Ridge()
        ).fit(texts, samples.amounts()),
        texts[:4],
        everywhere=everywhere,
    )
    _target_encoded(recorder, everywhere, texts)


def _target_encoded(recorder: Recorder, everywhere: bool, texts: pd.DataFrame) -> None:
    def fit() -> Any:
        from sklearn.preprocessing import TargetEncoder

        return make_pipeline(TargetEncoder(random_state=0, cv=2), Ridge()).fit(
            texts, samples.amounts()
        )

    recorder.case("kinds-target-encoder", fit, texts[:4], everywhere=everywhere)


def _boosted(recorder: Recorder, everywhere: bool) -> None:
    table, mixed = samples.number_table(), samples.mixed()
    picked = mixed[["age", "income", "grade"]].assign(town=mixed["town"].astype("category"))
    words, amounts = samples.words(), samples.amounts()
    codes = table.assign(debt=samples.three())
    cases: dict[str, tuple[Make, Any, Any]] = {
        "categories-from-dtype": (
            lambda: HistGradientBoostingClassifier(
                max_iter=4, categorical_features="from_dtype", random_state=0
            ),
            picked,
            words,
        ),
        "categories-by-name": (
            lambda: HistGradientBoostingRegressor(max_iter=4, categorical_features=["debt"]),
            codes,
            amounts,
        ),
        "categories-by-place": (
            lambda: HistGradientBoostingRegressor(max_iter=4, categorical_features=[2]),
            codes,
            amounts,
        ),
        "categories-mask": (
            lambda: HistGradientBoostingClassifier(
                max_iter=4, categorical_features=[False, False, True, False]
            ),
            codes,
            words,
        ),
        "monotonic": (
            lambda: HistGradientBoostingRegressor(max_iter=4, monotonic_cst=[1, 0, -1, 0]),
            table,
            amounts,
        ),
        "monotonic-by-name": (
            lambda: HistGradientBoostingRegressor(max_iter=4, monotonic_cst={"income": 1}),
            table,
            amounts,
        ),
        "interactions": (
            lambda: HistGradientBoostingRegressor(max_iter=4, interaction_cst="no_interactions"),
            table,
            amounts,
        ),
        "quantile": (
            lambda: HistGradientBoostingRegressor("quantile", quantile=0.9, max_iter=4),
            table,
            amounts,
        ),
        "poisson": (lambda: HistGradientBoostingRegressor("poisson", max_iter=4), table, amounts),
        "gamma": (lambda: HistGradientBoostingRegressor("gamma", max_iter=4), table, amounts),
        "absolute": (
            lambda: HistGradientBoostingRegressor("absolute_error", max_iter=4),
            table,
            amounts,
        ),
        "early": (
            lambda: HistGradientBoostingClassifier(
                max_iter=6, early_stopping=True, n_iter_no_change=2, random_state=0, verbose=1
            ),
            table,
            samples.two(),
        ),
        "warm": (
            lambda: HistGradientBoostingClassifier(max_iter=4, warm_start=True, random_state=0),
            table,
            words,
        ),
    }
    for name, (make, data, y) in cases.items():
        recorder.case(
            f"boosting-{name}",
            lambda make=make, data=data, y=y: make().fit(data, y),
            data[:4],
            everywhere=everywhere,
        )
