"""A wrapper must ask the method that it was fitted with: LightGBM's classifiers gained one."""

import sys
import types
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsOneClassifier, OutputCodeClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from shared.adapters.conversion.inside.kinds import NotServable
from shared.adapters.conversion.inside.responses import check_responses

X = np.arange(24.0).reshape(12, 2)
Y = np.array([0, 1] * 6)
SIGNS = {"4.3": "[boosting: gbdt]\n[data_sample_strategy: bagging]", "": "",
         "4.7": "[boosting: gbdt]\n[gpu_device_id_list: ]"}  # fmt: skip


class Booster:
    def __init__(self, release: str) -> None:
        self.release = release

    def model_to_string(self, num_iteration: int) -> str:
        return f"tree\nversion=v4\n\nparameters:\n{SIGNS[self.release]}\nend of parameters\n"


class Before(ClassifierMixin, BaseEstimator):
    """As LightGBM's up to 4.6: it answers by predict_proba alone."""

    __module__ = "lightgbm.sklearn"

    def __init__(self, release: str = "") -> None:
        self.release = release
        self._Booster: Any = None

    def fit(self, x: Any, y: Any) -> Any:
        self.classes_ = np.unique(y)
        self._Booster = Booster(self.release)
        return self

    def predict_proba(self, x: Any) -> Any:
        ones = np.linspace(0.1, 0.9, len(x))
        return np.column_stack([1 - ones, ones])

    def predict(self, x: Any) -> Any:
        return self.classes_[(self.predict_proba(x)[:, 1] > 0.5).astype(int)]


class Since(Before):
    __module__ = "lightgbm.sklearn"

    def decision_function(self, x: Any) -> Any:
        return self.predict_proba(x)[:, 1] - 0.5


@pytest.fixture(autouse=True)
def imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lightgbm", types.ModuleType("lightgbm"))


WRAPPERS = {
    "calibrated": lambda model: CalibratedClassifierCV(model, cv=2),
    "one against one": OneVsOneClassifier,
    "codes": lambda model: OutputCodeClassifier(model, random_state=0),
    "calibrated pipeline": lambda model: CalibratedClassifierCV(
        make_pipeline(StandardScaler(), model), cv=2
    ),
    "searched": lambda model: make_pipeline(
        StandardScaler(), CalibratedClassifierCV(GridSearchCV(model, {}, cv=2), cv=2)
    ),
}


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize("kind", [Before, Since])
def test_a_wrapper_is_served_only_with_a_release_that_has_the_same_methods(
    wrapper: str, kind: Any
) -> None:
    def fitted(release: str) -> Any:
        return WRAPPERS[wrapper](kind(release)).fit(X, Y)

    own, other = ("4.3", "4.7") if kind is Before else ("4.7", "4.3")
    check_responses(fitted(own))
    with pytest.raises(NotServable, match=rf"LightGBM {other}\..* by another method") as refusal:
        check_responses(fitted(other))
    assert refusal.value.code == "model_conversion_failed"
    with pytest.raises(NotServable, match="cannot be told") as refusal:
        check_responses(fitted(""))
    assert refusal.value.code == "model_unsupported"


@pytest.mark.parametrize("release", ["4.3", ""])
def test_what_no_wrapper_asks_may_be_of_any_release(release: str) -> None:
    model = Since(release).fit(X, Y)
    check_responses(model)
    check_responses(Pipeline([("model", model)]))
    check_responses(GridSearchCV(Since(release), {}, cv=2).fit(X, Y))
    check_responses(CalibratedClassifierCV(LogisticRegression(), cv=2).fit(X, Y))
