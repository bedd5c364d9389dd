"""Names of methods: those that scikit-learn hands to getattr(), and those that a class has."""

from __future__ import annotations

from typing import Any

from serving.model_file.judge.unfit import Path, shown, unfit

_RESPONSES = frozenset(
    {"predict", "predict_proba", "predict_log_proba", "decision_function", "transform"}
)
_WORDS = _RESPONSES | {"auto", "drop", "passthrough"}

# attribute -> names; None, numbers and containers of the names are fine as well.
METHOD_NAMES: dict[str, frozenset[str]] = {
    "stack_method": _WORDS,  # ensemble/_stacking.py: getattr(est, method)
    "stack_method_": _WORDS,
    "response_method": _WORDS,  # calibration.py, model_selection/_classification_threshold.py
    "_response_method": _WORDS,
    "chain_method": _WORDS,  # multioutput.py: _available_if, _get_response_values
    "chain_method_": _WORDS,
    "importance_getter": frozenset(  # feature_selection/_base.py: attrgetter(name)
        {"auto", "coef_", "feature_importances_"}
    ),
    "_estimator_type": frozenset(
        {"classifier", "regressor", "clusterer", "outlier_detector", "density_estimator",
         "transformer", "DensityEstimator"}
    ),
    "transform": frozenset({"default", "pandas", "polars"}),  # _sklearn_output_config
}  # fmt: skip


def check_names(value: Any, names: frozenset[str], path: Path) -> None:
    """Refuse what is not one of the names, or a container of them."""
    todo = [value]
    while todo:
        one = todo.pop()
        if type(one) in (list, tuple) and len(one) < 100_000:
            todo.extend(one)
        elif type(one) is dict:
            todo.extend([*one.keys(), *one.values()])
        elif one is not None and (type(one) is not str or one not in names):
            raise unfit(path, f"{shown(one)} is not a method that scikit-learn calls")


def check_not_hidden(kind: type, name: str, path: Path) -> None:
    """Refuse an attribute that hides a method of the class."""
    for base in kind.__mro__:
        found = base.__dict__.get(name)
        if found is not None:
            harmless = ("property", "member_descriptor", "getset_descriptor")
            if hasattr(type(found), "__get__") and type(found).__name__ not in harmless:
                raise unfit(path, "hides a method of its class")
            return
