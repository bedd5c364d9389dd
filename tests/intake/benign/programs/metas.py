"""Every meta-estimator of scikit-learn around a plain model and around mixed columns."""

from collections.abc import Callable
from typing import Any

import numpy as np
import samples
from recorder import Recorder, columns_of
from scipy.sparse import csr_matrix
from scipy.stats import loguniform, randint, uniform
from sklearn import (
    calibration,
    ensemble,
    feature_selection,
    model_selection,
    multiclass,
    multioutput,
    semi_supervised,
)
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, RANSACRegressor, Ridge
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

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
        "bagging": lambda make: _over(ensemble.BaggingClassifier, make(), n_estimators=3),
        "adaboost": lambda make: _over(
            ensemble.AdaBoostClassifier, DecisionTreeClassifier(max_depth=2), n_estimators=3
        ),
        "calibrated-sigmoid": lambda make: _calibrated(make(), cv=2),
        "calibrated-isotonic": lambda make: _calibrated(make(), cv=2, method="isotonic"),
        "calibrated-together": lambda make: _calibrated(make(), cv=2, ensemble=False),
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
        "bagging": lambda make: _over(ensemble.BaggingRegressor, make(), n_estimators=3),
        "adaboost": lambda make: _over(ensemble.AdaBoostRegressor, make(), n_estimators=2),
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


def _over(kind: Any, inner: Any, **own: Any) -> Any:
    """A `kind` around `inner`, by position: the parameter's name changed with 1.2."""
    return kind(inner, random_state=0, **own)


def _calibrated(inner: Any, **own: Any) -> Any:
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
    _selections(recorder, everywhere)
    _several(recorder, everywhere)


def _selections(recorder: Recorder, everywhere: bool) -> None:
    """Selection by a model, and searches over forests."""
    table = samples.number_table()
    two, words = samples.two(), samples.words()
    forest = ensemble.RandomForestClassifier(n_estimators=3, random_state=0)
    select = feature_selection
    cases: dict[str, Make] = {
        "rfe": lambda: select.RFE(classifier(), n_features_to_select=2),
        "rfecv": lambda: select.RFECV(classifier(), cv=2),
        "rfe-in-pipeline": lambda: make_pipeline(
            select.RFE(DecisionTreeClassifier(random_state=0)), classifier()
        ),
        "from-model": lambda: make_pipeline(select.SelectFromModel(forest), classifier()),
        "from-model-limit": lambda: make_pipeline(
            select.SelectFromModel(forest, max_features=2, threshold=-np.inf), classifier()
        ),
        "sequential": lambda: make_pipeline(
            select.SequentialFeatureSelector(classifier(), n_features_to_select=2, cv=2),
            classifier(),
        ),
        "random-randint": lambda: model_selection.RandomizedSearchCV(
            forest,
            {"max_depth": randint(2, 6), "max_features": ["sqrt", None]},
            n_iter=2,
            cv=2,
            random_state=np.random.RandomState(0),
        ),
        "grid-of-steps": lambda: model_selection.GridSearchCV(
            Pipeline([("scale", StandardScaler()), ("model", classifier())]),
            [{"scale": ["passthrough", StandardScaler()]}, {"model": [SVC(), forest]}],
            cv=model_selection.RepeatedStratifiedKFold(n_splits=2, n_repeats=1, random_state=0),
        ),
        "union": lambda: make_pipeline(
            FeatureUnion([("scaled", StandardScaler()), ("as it is", "passthrough")]), classifier()
        ),
        "passthrough-first": lambda: Pipeline(
            [("nothing", "passthrough"), ("model", classifier())]
        ),
        "calibrated-grid": lambda: _calibrated(
            model_selection.GridSearchCV(LinearSVC(), {"C": [0.5, 1.0]}, cv=2), cv=2
        ),
        "stacking-prefit": lambda: ensemble.StackingClassifier(
            [("one", classifier().fit(table, words)), ("two", forest.fit(table, words))],
            cv="prefit",
        ),
        "stacking-passthrough": lambda: ensemble.StackingClassifier(
            [("one", classifier()), ("two", SVC())], passthrough=True, cv=2
        ),
        "voting-dropped": lambda: ensemble.VotingClassifier(
            [("one", classifier()), ("two", "drop")]
        ),
        "ransac": lambda: RANSACRegressor(LinearRegression(), random_state=0),
        "bagging-columns": lambda: _over(
            ensemble.BaggingClassifier, classifier(), max_features=2, n_estimators=3
        ),
        "boosting-init": lambda: ensemble.GradientBoostingClassifier(
            init=classifier(), n_estimators=3, random_state=0
        ),
    }
    for name, make in cases.items():
        y = samples.amounts() if name == "ransac" else words
        recorder.case(
            f"meta-{name}",
            lambda make=make, y=y: make().fit(table, y),
            table[:4],
            everywhere=everywhere,
        )
    recorder.case(
        "meta-log-tree-two-classes",
        lambda: TransformedTargetRegressor(
            DecisionTreeRegressor(max_depth=3), func=np.sqrt, inverse_func=np.square
        ).fit(table, two + 1.0),
        table[:4],
        everywhere=everywhere,
    )


def _several(recorder: Recorder, everywhere: bool) -> None:
    """Several targets at once."""
    table, mixed = samples.number_table(), samples.mixed()
    labels, amounts = samples.many_labels(), samples.several()
    named = columns_of(mixed, UNUSED)
    text_labels = np.column_stack([samples.words(), np.where(samples.two() > 0, "yes", "no")])
    piped = lambda model: make_pipeline(columns(), model)  # noqa: E731
    cases: dict[str, tuple[Make, Any]] = {
        "one-vs-rest-sparse": (
            lambda: multiclass.OneVsRestClassifier(classifier()),
            csr_matrix(labels),
        ),
        "one-vs-rest-labels": (lambda: multiclass.OneVsRestClassifier(classifier()), labels),
        "multi-classifier": (lambda: multioutput.MultiOutputClassifier(classifier()), labels),
        "multi-classifier-text": (
            lambda: multioutput.MultiOutputClassifier(classifier()),
            text_labels,
        ),
        "multi-regressor": (lambda: multioutput.MultiOutputRegressor(Ridge()), amounts),
        "chain-classifier": (
            lambda: multioutput.ClassifierChain(classifier(), random_state=0),
            labels,
        ),
        "chain-order": (lambda: multioutput.ClassifierChain(classifier(), order=[2, 0, 1]), labels),
        "chain-regressor": (lambda: multioutput.RegressorChain(Ridge()), amounts),
        "trees-labels": (lambda: DecisionTreeClassifier(max_depth=3, random_state=0), labels),
        "forest-text-labels": (
            lambda: ensemble.RandomForestClassifier(n_estimators=3, random_state=0),
            text_labels,
        ),
        "forest-amounts": (
            lambda: ensemble.ExtraTreesRegressor(n_estimators=3, random_state=0),
            amounts,
        ),
        "ridge-amounts": (Ridge, amounts),
    }
    for name, (make, y) in cases.items():
        for form, data in (("plain", table), ("columns", mixed)):
            recorder.case(
                f"several-{name}-{form}",
                lambda make=make, y=y, data=data: (make() if data is table else piped(make())).fit(
                    data, y
                ),
                data[:4],
                columns=None if data is table else named,
                everywhere=everywhere,
            )
