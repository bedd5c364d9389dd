"""Pipelines on DataFrames: how columns are picked."""

from collections.abc import Callable
from typing import Any

import numpy as np
import samples
from metas import NUMBERS, TEXTS, UNUSED, classifier
from recorder import Recorder, columns_of
from sklearn.compose import ColumnTransformer, make_column_selector, make_column_transformer
from sklearn.ensemble import (
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
    """Columns picked in every way."""
    _picked(recorder, everywhere)


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
