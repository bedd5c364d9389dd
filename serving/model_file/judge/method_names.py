"""Attributes that scikit-learn hands to getattr(): the names that it puts there itself."""

from __future__ import annotations

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
