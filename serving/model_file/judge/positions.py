"""Parameters and attributes where scikit-learn puts estimators."""

from __future__ import annotations

ESTIMATOR_POSITIONS = frozenset(
    {
        "base_estimator", "base_estimator_", "best_estimator_", "calibrated_classifiers_",
        "calibrators", "classifier", "estimator", "estimator_", "estimators", "estimators_",
        "final_estimator", "final_estimator_", "init_", "initial_estimator_",
        "named_estimators_", "pipeline", "regressor", "regressor_", "steps", "transformer",
        "transformer_", "transformer_list", "transformers", "transformers_", "_calibrators",
    }
)  # fmt: skip

SEARCH_ATTRIBUTES = frozenset(
    {
        "cv", "cv_results_", "error_score", "param_distributions", "param_grid", "refit",
        "scorer_", "scoring", "best_params_", "multimetric_", "_checked_cv_orig",
    }
)  # fmt: skip

FUNCTION_POSITIONS = frozenset(
    {
        "func", "inverse_func", "score_func", "pooling_func", "metric", "kernel", "affinity",
        "_asarray", "_call", "_kmeans_single", "analyzer", "tokenizer", "preprocessor",
        "activation", "fun", "algorithm", "distance_metric", "effective_metric_", "weights",
        "feature_names_out", "importance_getter", "refit", "nonlinearity", "link",
    }
)  # fmt: skip
"""Attributes of scikit-learn's objects where a listed function may stand."""

ESTIMATOR_WORDS = frozenset({"drop", "passthrough", "deprecated", "zero", "prefit", "warn"})
"""What scikit-learn writes where an estimator belongs and is none."""
