"""Selection by a model, searches among models, and several targets at once."""

from collections.abc import Callable
from typing import Any

import numpy as np
import samples
from metas import UNUSED, calibrated, classifier, columns, over
from recorder import Recorder, columns_of
from scipy.sparse import csr_matrix
from scipy.stats import randint
from sklearn import ensemble, feature_selection, model_selection, multiclass, multioutput
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import LinearRegression, RANSACRegressor, Ridge
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

Make = Callable[[], Any]


def record(recorder: Recorder, everywhere: bool) -> None:
    """Selections first."""
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
        "calibrated-grid": lambda: calibrated(
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
        "bagging-columns": lambda: over(
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
