"""imbalanced-learn, category_encoders and feature-engine in pipelines."""

import inspect
from collections.abc import Callable
from typing import Any

import category_encoders
import samples
from feature_engine import (
    creation,
    datetime,
    discretisation,
    encoding,
    imputation,
    outliers,
    selection,
    transformation,
)
from imblearn import combine, ensemble, over_sampling, pipeline, under_sampling
from metas import UNUSED, columns
from recorder import Recorder, columns_of
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Make = Callable[[], Any]


def record(recorder: Recorder, everywhere: bool) -> None:
    """Samplers and balanced ensembles, every encoder, and the transformers people use."""
    _balanced(recorder, everywhere)
    _encoded(recorder, everywhere)
    _engineered(recorder, everywhere)


def _balanced(recorder: Recorder, everywhere: bool) -> None:
    table, mixed = samples.number_table(), samples.mixed()
    rare = (samples.numbers()[:, 0] > 0.7).astype(int)
    forest = RandomForestClassifier(n_estimators=3, random_state=0)
    samplers: dict[str, Make] = {
        "smote": lambda: over_sampling.SMOTE(random_state=0, k_neighbors=3),
        "borderline": lambda: over_sampling.BorderlineSMOTE(random_state=0, k_neighbors=3),
        "adasyn": lambda: over_sampling.ADASYN(random_state=0, n_neighbors=3),
        "random-over": lambda: over_sampling.RandomOverSampler(random_state=0),
        "random-under": lambda: under_sampling.RandomUnderSampler(random_state=0),
        "near-miss": lambda: under_sampling.NearMiss(n_neighbors=2),
        "tomek": lambda: under_sampling.TomekLinks(),
        "smote-tomek": lambda: combine.SMOTETomek(random_state=0),
        "smote-enn": lambda: combine.SMOTEENN(random_state=0),
    }
    for name, make in samplers.items():
        recorder.case(
            f"imbalanced-{name}",
            lambda make=make: pipeline.make_pipeline(StandardScaler(), make(), forest).fit(
                table, rare
            ),
            table[:4],
            everywhere=everywhere,
        )
    recorder.case(
        "imbalanced-columns",
        lambda: pipeline.Pipeline(
            [("columns", columns()), ("more", over_sampling.SMOTE(random_state=0)), ("rf", forest)]
        ).fit(mixed, rare),
        mixed[:4],
        columns=columns_of(mixed, UNUSED),
        everywhere=everywhere,
    )
    for kind in (
        ensemble.BalancedRandomForestClassifier,
        ensemble.RUSBoostClassifier,
        ensemble.EasyEnsembleClassifier,
        ensemble.BalancedBaggingClassifier,
    ):
        recorder.case(
            f"imbalanced-{kind.__name__}",
            lambda kind=kind: kind(n_estimators=3, random_state=0).fit(table, rare),
            table[:4],
            everywhere=everywhere,
        )


def _encoded(recorder: Recorder, everywhere: bool) -> None:
    table = samples.mixed()[["town", "grade", "income"]]
    table = table.assign(grade=table["grade"].astype(str))
    kinds = [
        kind
        for name, kind in sorted(vars(category_encoders).items())
        if inspect.isclass(kind) and name.endswith("Encoder")
    ]
    for kind in kinds:
        recorder.case(
            f"encoders-{kind.__name__}",
            lambda kind=kind: make_pipeline(
                kind(cols=["town", "grade"]), StandardScaler(), LogisticRegression()
            ).fit(table, samples.two()),
            table[:4],
            everywhere=everywhere,
        )
    recorder.case(
        "encoders-all-columns",
        lambda: make_pipeline(category_encoders.OrdinalEncoder(), Ridge()).fit(
            table, samples.amounts()
        ),
        table[:4],
        everywhere=everywhere,
    )
    recorder.case(
        "encoders-mapping",
        lambda: make_pipeline(
            category_encoders.OrdinalEncoder(
                mapping=[{"col": "grade", "mapping": {"low": 1, "mid": 2, "high": 3}}],
                cols=["grade"],
            ),
            category_encoders.TargetEncoder(cols=["town"], smoothing=2.0),
            Ridge(),
        ).fit(table, samples.amounts()),
        table[:4],
        everywhere=everywhere,
    )


def _engineered(recorder: Recorder, everywhere: bool) -> None:
    mixed = samples.mixed()
    numbers = samples.number_table().abs() + 0.1
    texts = mixed[["town", "income", "rooms"]]
    holes = mixed[["age", "income", "rooms"]]
    dates = mixed[["since", "income"]]
    holed = texts.assign(town=texts["town"].mask(texts["rooms"] == 1))
    engineered: dict[str, tuple[Make, Any]] = {
        "median": (lambda: imputation.MeanMedianImputer(), holes),
        "arbitrary": (lambda: imputation.ArbitraryNumberImputer(-1), holes),
        "tail": (lambda: imputation.EndTailImputer(), holes),
        "missing-texts": (
            lambda: make_pipeline(imputation.CategoricalImputer(), encoding.OneHotEncoder()),
            holed,
        ),
        "indicator": (
            lambda: make_pipeline(imputation.AddMissingIndicator(), imputation.MeanMedianImputer()),
            holes,
        ),
        "one-hot": (lambda: encoding.OneHotEncoder(drop_last=True), texts),
        "ordinal": (lambda: encoding.OrdinalEncoder(encoding_method="arbitrary"), texts),
        "ordered": (lambda: encoding.OrdinalEncoder(), texts),
        "mean": (lambda: encoding.MeanEncoder(), texts),
        "count": (lambda: encoding.CountFrequencyEncoder(encoding_method="frequency"), texts),
        "woe": (lambda: encoding.WoEEncoder(), texts),
        "tree-encoder": (lambda: encoding.DecisionTreeEncoder(regression=False, cv=2), texts),
        "rare": (
            lambda: make_pipeline(
                encoding.RareLabelEncoder(tol=0.4, n_categories=2), encoding.OneHotEncoder()
            ),
            texts,
        ),
        "string-similarity": (lambda: encoding.StringSimilarityEncoder(), texts),
        "equal-frequency": (lambda: discretisation.EqualFrequencyDiscretiser(q=3), numbers),
        "equal-width": (lambda: discretisation.EqualWidthDiscretiser(bins=3), numbers),
        "arbitrary-bins": (
            lambda: discretisation.ArbitraryDiscretiser({"age": [0, 1, 2, 100]}),
            numbers,
        ),
        "tree-bins": (
            lambda: discretisation.DecisionTreeDiscretiser(regression=False, cv=2),
            numbers,
        ),
        "geometric": (lambda: discretisation.GeometricWidthDiscretiser(bins=3), numbers),
        "winsorizer": (lambda: outliers.Winsorizer(), numbers),
        "capper": (lambda: outliers.ArbitraryOutlierCapper({"age": 1.0}), numbers),
        "log": (lambda: transformation.LogTransformer(), numbers),
        "power": (lambda: transformation.PowerTransformer(), numbers),
        "box-cox": (lambda: transformation.BoxCoxTransformer(), numbers),
        "yeo-johnson": (lambda: transformation.YeoJohnsonTransformer(), numbers),
        "reciprocal": (lambda: transformation.ReciprocalTransformer(), numbers),
        "math": (
            lambda: creation.MathFeatures(["age", "income"], func=["sum", "mean"]),
            numbers,
        ),
        "relative": (lambda: creation.RelativeFeatures(["age"], ["income"], func=["div"]), numbers),
        "cyclical": (lambda: creation.CyclicalFeatures(["age"], drop_original=True), numbers),
        "datetime": (lambda: datetime.DatetimeFeatures(), dates),
        "datetime-some": (
            lambda: datetime.DatetimeFeatures(["since"], features_to_extract=["month", "weekend"]),
            dates,
        ),
        "drop-constant": (lambda: selection.DropConstantFeatures(), numbers),
        "drop-correlated": (lambda: selection.DropCorrelatedFeatures(), numbers),
        "drop-named": (lambda: selection.DropFeatures(["town"]), texts),
    }  # fmt: skip
    for name, (make, data) in engineered.items():
        recorder.case(
            f"engineered-{name}",
            lambda make=make, data=data: make_pipeline(
                make(), StandardScaler(), LogisticRegression(max_iter=300)
            ).fit(data, samples.two()),
            data[:4],
            columns=columns_of(data[:4], ("town",) if name == "drop-named" else ()),
            everywhere=everywhere,
        )
