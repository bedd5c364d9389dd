"""Every estimator that predicts inside every meta-estimator, both as this release lists them."""

import inspect
from typing import Any

import samples
from estimators import POSITIVE, small
from recorder import Recorder
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import KFold
from sklearn.preprocessing import StandardScaler
from sklearn.utils import all_estimators

HELD_AS = ("estimator", "base_estimator", "estimators", "regressor", "steps")
"""Parameters that take another estimator, or several."""
OWN: dict[str, dict[str, Any]] = {
    "GridSearchCV": {"param_grid": {}},
    "HalvingGridSearchCV": {"param_grid": {}},
    "RandomizedSearchCV": {"param_distributions": {}, "n_iter": 1},
    "HalvingRandomSearchCV": {"param_distributions": {}},
    "RANSACRegressor": {"min_samples": 10},
    "RFE": {"n_features_to_select": 2},
    "FixedThresholdClassifier": {"threshold": 0.4},
}
SEVERAL_TARGETS = ("MultiOutput", "RegressorChain", "ClassifierChain")
LEFT_OUT = {"IterativeImputer", "SequentialFeatureSelector", "SelectFromModel", "FeatureUnion"}
"""They are no models: transformers.py and metas.py have them in pipelines."""


def held_as(kind: Any) -> str:
    """The parameter through which `kind` holds another estimator; "" where there is none."""
    known = inspect.signature(kind).parameters
    return next((name for name in HELD_AS if name in known), "")


def around(kind: Any, inner: Any) -> Any:
    """A meta-estimator of `kind` that holds `inner`."""
    parameter, known = held_as(kind), inspect.signature(kind).parameters
    held: Any = inner
    if parameter == "estimators":
        held = [("inner", inner)]
    elif parameter == "steps":
        held = [("scaled", StandardScaler()), ("model", inner)]
    wanted = {"random_state": 0, "n_estimators": 2, "cv": KFold(2, shuffle=True, random_state=0)}
    wanted |= OWN.get(kind.__name__, {})
    own = {name: value for name, value in wanted.items() if name in known}
    return kind(**{parameter: held}, **own)


def record(recorder: Recorder, everywhere: bool) -> None:
    """Classifiers in what takes classifiers, regressors in the rest; each pair once."""
    kinds = dict(all_estimators())
    metas = {name: kind for name, kind in kinds.items() if held_as(kind) and name not in LEFT_OUT}
    for filter_ in ("classifier", "regressor"):
        ours, other = dict(all_estimators(filter_)), dict(all_estimators(_other(filter_)))
        plain = {name: kind for name, kind in ours.items() if name not in metas}
        for meta, outer in metas.items():
            if meta in other or not hasattr(outer, "predict"):
                continue
            for name, kind in plain.items():
                _case(recorder, meta, outer, name, kind, filter_, everywhere)


def _other(filter_: str) -> str:
    return "regressor" if filter_ == "classifier" else "classifier"


def _case(
    recorder: Recorder, meta: str, outer: Any, name: str, kind: Any, what: str, everywhere: bool
) -> None:
    several = meta.startswith(SEVERAL_TARGETS)
    if what == "classifier":
        y = samples.many_labels() if several else samples.two()
    else:
        y = samples.several() if several else samples.amounts()
    table = samples.number_table()
    if name in POSITIVE:
        table[:] = samples.positive()
    data = table if len(name) % 2 else table.to_numpy()
    recorder.case(
        f"pair-{meta}-{name}",
        lambda: around(outer, small(kind)).fit(data, y),
        data[:4],
        everywhere=everywhere,
    )
