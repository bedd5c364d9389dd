"""Whether a model's parts answer by the methods that they had where it was trained.

CalibratedClassifierCV and the multiclass wrappers ask, at each prediction, whether what they hold
has decision_function(), and take predict_proba() where it has none. Of all the libraries that are
served only LightGBM's classifiers gained a method between two releases, 4.6 and 4.7; a wrapper that
was fitted with one of them would answer something else with the other, without any error.
"""

import sys
from collections.abc import Iterator
from typing import Any

from serving.model_file.lightgbm_text import release_of
from shared.adapters.conversion.inside.attributes import attribute
from shared.adapters.conversion.inside.kinds import NotServable

_GAINED = "decision_function"
_SINCE = "4.7.0"
_TRANSPARENT = ("steps", "best_estimator_")
"""Attributes of pipelines and searches, which hand on each method under its own name."""


def check_responses(model: Any) -> None:
    """NotServable where a wrapper would ask another method than it was fitted with.

    Its code model_conversion_failed says that other releases of the libraries may do.
    """
    if "lightgbm" not in sys.modules:
        return
    for held in _held(_bare(model)):
        booster = attribute(held, "_Booster")  # None: a template that was never fitted
        if type(held).__module__ != "lightgbm.sklearn" or booster is None:
            continue
        told = release_of(booster.model_to_string(num_iteration=1))
        if not told:
            raise NotServable(
                "model_unsupported",
                f"The model holds an {type(held).__name__} that does not show its LightGBM: whether"
                f" the wrapper around it asked for {_GAINED}() cannot be told.",
                "Fit it again and save it with joblib.dump or pickle.",
            )
        if hasattr(type(held), _GAINED) != (told == _SINCE):
            raise NotServable(
                "model_conversion_failed",
                f"The model holds an {type(held).__name__} of LightGBM {told}, and a wrapper that"
                f" would answer otherwise with this release, by another method.",
                "Save it again with the releases that it was trained with, all of one environment.",
            )


def _bare(model: Any) -> Any:
    """What is behind pipelines and searches: its methods are theirs."""
    for name in _TRANSPARENT:
        inner = getattr(model, "__dict__", {}).get(name)
        if inner is not None:
            return _bare(inner[-1][1] if name == "steps" else inner)
    return model


def _held(model: Any) -> Iterator[Any]:
    """Every object of a library inside the model, without the model itself."""
    seen, todo = {id(model)}, list(_values(model))
    while todo:
        value = todo.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if hasattr(type(value), "predict_proba"):
            yield value
        todo += _values(value)


def _values(value: Any) -> list[Any]:
    """What may hold estimators in a container, an array of objects or an object's attributes."""
    if isinstance(value, dict):
        found = list(value.values())
    elif isinstance(value, list | tuple):
        found = list(value)
    elif getattr(getattr(value, "dtype", None), "kind", "") == "O" and hasattr(value, "ravel"):
        found = value.ravel().tolist()
    else:
        found = list(getattr(value, "__dict__", {}).values())
    return [each for each in found if _may_hold(each)]


def _may_hold(value: Any) -> bool:
    kind = type(value)
    if isinstance(value, dict | list | tuple) or hasattr(value, "ravel"):
        return True
    return kind.__module__.partition(".")[0] in ("sklearn", "imblearn", "lightgbm", "pycaret")
