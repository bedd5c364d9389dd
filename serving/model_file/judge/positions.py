"""What may stand in an attribute, told by its name: estimators, functions, types, data."""

from __future__ import annotations

from serving.model_file.judge.objects import Role

ESTIMATOR_POSITIONS = frozenset(
    {
        "base_estimator", "base_estimator_", "best_estimator_", "calibrated_classifiers_",
        "calibrators", "classifier", "estimator", "estimator_", "estimators", "estimators_",
        "final_estimator", "final_estimator_", "init_", "initial_estimator_",
        "named_estimators_", "pipeline", "regressor", "regressor_", "steps", "transformer",
        "transformer_", "transformer_list", "transformers", "transformers_", "_calibrators",
        "_name_to_fitted_passthrough",
    }
)  # fmt: skip

HELPING_ESTIMATORS = frozenset(
    {
        "_bin_mapper", "_centerer", "_encoder", "_estimator", "_label_binarizer",
        "_label_encoder", "_le", "_preprocessor", "_remainder", "_scaler", "_tfidf",
        "base_sampler_", "categorical_encoder", "categorical_encoder_", "covariance_estimator",
        "edited_nearest_neighbours", "edited_nearest_neighbours_", "enn", "enn_",
        "imputation_sequence_", "indicator_", "init", "initial_imputer_", "k_neighbors",
        "kernel_pca_", "kmeans_estimator", "kmeans_estimator_", "label_binarizer_", "le_",
        "m_neighbors", "n_clusters", "n_neighbors", "n_neighbors_ver3", "nbrs_", "nn_", "nn_fit",
        "nn_k_", "nn_m_", "nn_ver3_", "one_hot_encoder_", "owner", "pipelines_", "remainder",
        "sampler", "sampler_",
        "samplers_", "smote", "smote_", "svm_estimator", "svm_estimator_", "tomek", "tomek_",
    }
)  # fmt: skip
"""Attributes where an estimator may stand, or something else: found in the sources of
scikit-learn 1.1 to 1.9 and of imbalanced-learn, and in files of real fits."""

FOREIGN_ESTIMATORS = ESTIMATOR_POSITIONS | {
    "_final_estimator", "_pipeline", "binner_dict_", "classifier_", "encoder_", "encoders",
    "feature_encoder", "initial_imputer_", "lab_encoder_", "label_encoder", "ordinal_encoder",
}  # fmt: skip
"""The same in category_encoders, feature-engine and PyCaret: no table stands there, whose methods
a request could name."""

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


def place_of(name: str, kind: type, role: Role, outside: str, *, ours: bool) -> str:
    """What may stand in this attribute of an object of a class, which itself stands in `outside`.

    ours: whether the class is scikit-learn's or imbalanced-learn's. "data" is no object but listed
    helpers; in other libraries' objects, "foreign", tables and plain types stand beside them.
    """
    if outside == "search" and role is Role.HELPER:
        return "search"
    if name in ("transformers", "transformers_"):
        return "transformers"  # beside estimators, a function may choose the columns
    if not ours and name in FOREIGN_ESTIMATORS:
        return "helping"
    if ours:
        for names, place in _PLACES:
            if name in names:
                return place
        if "dtype" in name:
            return "types"
    if name == "_curve_scorer" or (name in SEARCH_ATTRIBUTES and hasattr(kind, "_run_search")):
        return "search"
    return "data" if ours else "foreign"


_PLACES = (
    (ESTIMATOR_POSITIONS, "estimator"),
    (HELPING_ESTIMATORS, "helping"),
    (FUNCTION_POSITIONS, "function"),
)
