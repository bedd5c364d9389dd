"""Estimators of boosting libraries: their names for workers, and what their boosters hold.

The classes here have the names of the libraries' own.
"""

import ctypes
import os
import sys
from types import ModuleType

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression

from serving.model_file.judge import Unfit
from tests.unit.serving.model_file.judge.test_judge import having, judged


@pytest.mark.parametrize("name", ["num_threads", "nthread", "thread_count"])
def test_other_libraries_names_for_workers_count_as_well(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As attributes, and in the dict of further parameters that LightGBM hands to compiled code."""
    boosted = type("LGBMModel", (BaseEstimator,), {"__module__": "lightgbm.sklearn"})
    module = ModuleType("lightgbm.sklearn")
    monkeypatch.setattr(module, "LGBMModel", boosted, raising=False)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    model = having(boosted(), **{name: 16, "_other_params": {name: 16}})
    assert judged(model) == [f"{name}=16 reduced to 2"] * 2
    assert (vars(model)[name], vars(model)["_other_params"]) == (2, {name: 2})
    assert judged(having(boosted(), **{name: -1, "_other_params": {name: 0}})) == []
    for more in ({name: 10**6}, {"_other_params": {name: 10**6}}):
        with pytest.raises(Unfit):
            judged(having(boosted(), **more))


def test_a_boosters_own_attributes_are_judged_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """What its library makes of its bytes is not looked at, but nothing hides its methods."""
    booster = type("Booster", (), {"__module__": "xgboost.core", "predict": lambda _: None})
    module = ModuleType("xgboost.core")
    monkeypatch.setattr(module, "Booster", booster, raising=False)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    made = having(booster(), handle=ctypes.c_void_p(), best_iteration=3)
    assert judged(having(LogisticRegression(), _Booster=made)) == []
    for hidden in ({"predict": np.add}, {"more": os.system}):
        with pytest.raises(Unfit):
            judged(having(LogisticRegression(), _Booster=having(booster(), **hidden)))
