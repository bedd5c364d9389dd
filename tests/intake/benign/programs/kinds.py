"""Kinds of column and of target in DataFrames, and histogram boosting on them."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import samples
from metas import UNUSED, classifier, columns
from recorder import Recorder, columns_of
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

Make = Callable[[], Any]


def record(recorder: Recorder, everywhere: bool) -> None:
    """Kinds of column, then histogram boosting."""
    _kinds(recorder, everywhere)
    _boosted(recorder, everywhere)


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
