"""Every estimator of scikit-learn that predicts, alone: on an array and on a DataFrame."""

import inspect
from typing import Any

import numpy as np
import samples
from recorder import Recorder
from sklearn.utils import all_estimators

SMALL = {
    "n_estimators": 5,
    "max_iter": 200,
    "random_state": 0,
    "cv": 2,
    "n_clusters": 3,
    "n_components": 2,
    "max_subpopulation": 50,
    "hidden_layer_sizes": (6,),
    "novelty": True,
    "min_cluster_size": 5,
}
OWN: dict[str, dict[str, Any]] = {
    "HistGradientBoostingClassifier": {"max_iter": 5},
    "HistGradientBoostingRegressor": {"max_iter": 5},
    "GaussianProcessClassifier": {"max_iter_predict": 20},
    "RadiusNeighborsClassifier": {"radius": 50.0},
    "RadiusNeighborsRegressor": {"radius": 50.0},
    "LinearSVC": {"max_iter": 1000},
    "LinearSVR": {"max_iter": 1000},
    "MLPClassifier": {"max_iter": 30},
    "MLPRegressor": {"max_iter": 30},
    "CCA": {"n_components": 1},
    "LinearDiscriminantAnalysis": {"n_components": None},
    "PLSCanonical": {"n_components": 1},
    "OrthogonalMatchingPursuitCV": {"max_iter": None},
    "TransformedTargetRegressor": {},
}
POSITIVE = {"MultinomialNB", "ComplementNB", "CategoricalNB"}


def is_meta(kind: Any) -> bool:
    """Whether an object of `kind` needs another estimator, or several."""
    parameters = inspect.signature(kind).parameters.values()
    return any(
        parameter.name in ("estimator", "estimators", "base_estimator", "regressor", "steps")
        and (parameter.default is parameter.empty or kind.__name__ == "RANSACRegressor")
        for parameter in parameters
    )


def small(kind: Any) -> Any:
    """An estimator of `kind` that is soon fitted."""
    known = inspect.signature(kind).parameters
    own = {**SMALL, **OWN.get(kind.__name__, {})}
    return kind(**{name: value for name, value in own.items() if name in known})


def target(name: str, kind: Any) -> np.ndarray:
    """What an estimator named `name` learns."""
    if name.startswith("MultiTask") or name in ("CCA", "PLSCanonical"):
        return samples.several()
    if getattr(kind, "_estimator_type", "") == "classifier" or "Classifier" in str(kind.__mro__):
        return samples.words()
    return samples.amounts()


def record(recorder: Recorder, everywhere: bool) -> None:
    """A case for each; `everywhere`: in this environment all, else those whose turn it is."""
    for name, kind in all_estimators():
        if not hasattr(kind, "predict") or is_meta(kind) or name == "SelfTrainingClassifier":
            continue
        y = target(name, kind)
        array = samples.positive() if name in POSITIVE else samples.numbers()
        if name == "IsotonicRegression":
            array = array[:, :1]
        if name == "CategoricalNB":
            array = np.digitize(array, [1.0, 2.0]).astype(float)
        table = samples.number_table()
        table[:] = array[:, : table.shape[1]]
        table = table.iloc[:, : array.shape[1]]
        for form, data in (("array", array), ("frame", table)):
            recorder.case(
                f"alone-{name}-{form}",
                lambda kind=kind, data=data, y=y: small(kind).fit(data, y),
                data[:4],
                everywhere=everywhere,
            )
