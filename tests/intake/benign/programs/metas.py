"""Every meta-estimator of scikit-learn around a plain model and around mixed columns."""

from collections.abc import Callable
from typing import Any

import numpy as np
import samples
from recorder import Recorder, columns_of
from scipy.stats import loguniform, uniform
from sklearn import (
    calibration,
    ensemble,
    model_selection,
    multiclass,
    semi_supervised,
)
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

Make = Callable[[], Any]
NUMBERS = ["income", "rooms"]
TEXTS = ["town", "grade"]
UNUSED = ("age", "owner", "note", "since")


def columns() -> Any:
    """A ColumnTransformer that encodes text and scales numbers, and drops the rest."""
    return ColumnTransformer(
        [
            ("texts", OneHotEncoder(handle_unknown="ignore"), TEXTS),
            ("numbers", StandardScaler(), NUMBERS),
        ]
    )


def classifier() -> Any:
    """The plain classifier that the meta-estimators get."""
    return LogisticRegression(max_iter=500, class_weight="balanced")


def classifiers() -> dict[str, Callable[[Make], Any]]:
    """Meta-estimators of classifiers by name: what makes one around what a call makes."""

    def pair(make: Make) -> list[tuple[str, Any]]:
        return [("one", make()), ("two", make())]

    found: dict[str, Callable[[Make], Any]] = {
        "stacking": lambda make: ensemble.StackingClassifier(pair(make), cv=2),
        "stacking-predict": lambda make: ensemble.StackingClassifier(
            pair(make), DecisionTreeClassifier(max_depth=2), cv=2, stack_method="predict_proba"
        ),
        "voting-hard": lambda make: ensemble.VotingClassifier(pair(make)),
        "voting-soft": lambda make: ensemble.VotingClassifier(
            pair(make), voting="soft", weights=[2, 1]
        ),
        "bagging": lambda make: over(ensemble.BaggingClassifier, make(), n_estimators=3),
        "adaboost": lambda make: over(
            ensemble.AdaBoostClassifier, DecisionTreeClassifier(max_depth=2), n_estimators=3
        ),
        "calibrated-sigmoid": lambda make: calibrated(make(), cv=2),
        "calibrated-isotonic": lambda make: calibrated(make(), cv=2, method="isotonic"),
        "calibrated-together": lambda make: calibrated(make(), cv=2, ensemble=False),
        "one-vs-rest": lambda make: multiclass.OneVsRestClassifier(make()),
        "one-vs-one": lambda make: multiclass.OneVsOneClassifier(make()),
        "output-code": lambda make: multiclass.OutputCodeClassifier(make(), random_state=0),
        "self-training": lambda make: semi_supervised.SelfTrainingClassifier(make()),
        "grid": lambda make: model_selection.GridSearchCV(
            make(), _grid(make(), [0.1, 1.0]), cv=2, n_jobs=1
        ),
        "grid-scorers": lambda make: model_selection.GridSearchCV(
            make(),
            _grid(make(), [0.1, 1.0]),
            scoring={"accuracy": "accuracy", "f1": "f1_macro"},
            refit="f1",
            cv=model_selection.StratifiedKFold(2, shuffle=True, random_state=0),
            return_train_score=True,
            verbose=1,
        ),
        "random-loguniform": lambda make: model_selection.RandomizedSearchCV(
            make(), _grid(make(), loguniform(1e-2, 1e1)), n_iter=2, cv=2, random_state=0
        ),
        "random-uniform": lambda make: model_selection.RandomizedSearchCV(
            make(), _grid(make(), uniform(0.5, 2)), n_iter=2, cv=2, random_state=0
        ),
        "halving": lambda make: _halving()(make(), _grid(make(), [0.1, 1.0]), cv=2, random_state=0),
        "frozen": lambda make: _frozen(make()),
        "threshold-fixed": lambda make: model_selection.FixedThresholdClassifier(
            make(), threshold=0.4
        ),
        "threshold-tuned": lambda make: model_selection.TunedThresholdClassifierCV(
            make(), cv=2, random_state=0, thresholds=10
        ),
    }
    return found


def regressors() -> dict[str, Callable[[Make], Any]]:
    """The same for regressors."""
    return {
        "stacking": lambda make: ensemble.StackingRegressor(
            [("one", make()), ("tree", make())], Ridge(), cv=2, passthrough=False
        ),
        "voting": lambda make: ensemble.VotingRegressor([("one", make()), ("two", make())]),
        "bagging": lambda make: over(ensemble.BaggingRegressor, make(), n_estimators=3),
        "adaboost": lambda make: over(ensemble.AdaBoostRegressor, make(), n_estimators=2),
        "log-target": lambda make: TransformedTargetRegressor(
            make(), func=np.log1p, inverse_func=np.expm1
        ),
        "log-exp-target": lambda make: TransformedTargetRegressor(
            make(), func=np.log, inverse_func=np.exp
        ),
        "scaled-target": lambda make: TransformedTargetRegressor(
            make(), transformer=StandardScaler()
        ),
        "grid": lambda make: model_selection.GridSearchCV(
            make(), _grid(make(), [0.1, 1.0], "alpha"), cv=model_selection.KFold(2)
        ),
        "grid-scored": lambda make: model_selection.GridSearchCV(
            make(),
            _grid(make(), [0.1, 1.0], "alpha"),
            cv=model_selection.TimeSeriesSplit(2),
            scoring="neg_mean_absolute_error",
        ),
        "halving": lambda make: _halving()(
            make(), _grid(make(), [0.1, 1.0], "alpha"), cv=2, random_state=0
        ),
        "frozen": lambda make: _frozen(make()),
    }


def over(kind: Any, inner: Any, **own: Any) -> Any:
    """A `kind` around `inner`, by position: the parameter's name changed with 1.2."""
    return kind(inner, random_state=0, **own)


def calibrated(inner: Any, **own: Any) -> Any:
    return calibration.CalibratedClassifierCV(inner, **own)


def _piped(make: Make) -> Make:
    return lambda: make_pipeline(columns(), make())


def _halving() -> Any:
    from sklearn.experimental import enable_halving_search_cv  # noqa: F401
    from sklearn.model_selection import HalvingGridSearchCV

    return HalvingGridSearchCV


def _frozen(inner: Any) -> Any:
    from sklearn.frozen import FrozenEstimator

    data, y = samples.mixed(), samples.amounts()
    if hasattr(inner, "predict_proba") or hasattr(inner, "classes_"):
        y = samples.two()
    if not isinstance(inner, Pipeline):
        data = samples.number_table()
    return make_pipeline(FrozenEstimator(inner.fit(data, y)))


def _grid(inner: Any, values: Any, name: str = "C") -> dict[str, Any]:
    return {f"{inner.steps[-1][0]}__{name}" if isinstance(inner, Pipeline) else name: values}


def record(recorder: Recorder, everywhere: bool) -> None:
    """Each around a plain model and around a pipeline; then those that need other inputs."""
    mixed, plain = samples.mixed(), samples.number_table()
    both = (("plain", plain, None), ("columns", mixed, columns_of(mixed, UNUSED)))
    kinds = (
        ("classifier", classifiers(), classifier, samples.two()),
        ("regressor", regressors(), Ridge, samples.amounts()),
    )
    for what, metas, make, y in kinds:
        for name, around in metas.items():
            for form, data, named in both:
                inner = make if form == "plain" else _piped(make)
                recorder.case(
                    f"meta-{what}-{name}-{form}",
                    lambda around=around, inner=inner, data=data, y=y: around(inner).fit(data, y),
                    data[:4],
                    columns=named,
                    everywhere=everywhere,
                )
