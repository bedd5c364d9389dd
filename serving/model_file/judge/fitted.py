"""Fitted attributes that compiled code uses as an index or a length without asking."""

from __future__ import annotations

from typing import Any

import numpy as np

from serving.model_file.judge.arrays import check_tree_fits
from serving.model_file.judge.deny import MOST_JOBS_ANYWHERE
from serving.model_file.judge.ensembles import check_ensemble
from serving.model_file.judge.guards import guard_stages
from serving.model_file.judge.machines import LIBSVM, check_machine
from serving.model_file.judge.tables import check_tables
from serving.model_file.judge.unfit import Path, shown, unfit

_COUNTS = frozenset(
    {
        "n_features_in_", "n_outputs_", "n_features_out_", "_n_features_out", "_n_out_full",
        "_max_degree", "_min_degree", "n_trees_per_iteration_",
    }
)  # fmt: skip
_MOST_OUTPUTS = 10_000_000


def check_fitted(kind: str, found: dict[str, Any], cpus: int, path: Path | None) -> None:
    """Refuse an estimator (its attributes) whose sizes or indices are outside of its arrays."""
    if kind in LIBSVM:
        check_machine(kind, found, path)
    if type(found.get("tree_", 0)).__name__ in ("Tree", "NoneType"):
        check_tree_fits(found, path)
    for name in _COUNTS & found.keys():
        size = found[name]
        if isinstance(size, (int, np.integer)) and not 0 <= int(size) <= _MOST_OUTPUTS:
            raise unfit((path, f".{name}"), "a number of columns that no model has")
    threads = found.get("_n_threads")
    if threads is not None:
        if type(threads) is not int or not 1 <= threads <= MOST_JOBS_ANYWHERE:
            reason = f"{shown(threads)}: 1 to {MOST_JOBS_ANYWHERE} threads"
            raise unfit((path, "._n_threads"), reason)
        found["_n_threads"] = min(threads, cpus)
    vocabulary = found.get("vocabulary_")
    if vocabulary is not None:
        _check_vocabulary(vocabulary, (path, ".vocabulary_"))
    if kind in ("GradientBoostingClassifier", "GradientBoostingRegressor"):
        _check_stages(kind, found, path)
    if kind == "FeatureAgglomeration" and "labels_" in found:
        _check_clusters(found["labels_"], (path, ".labels_"))
    if kind in ("NMF", "MiniBatchNMF") and found.get("_n_components") != len(
        found.get("components_", ())
    ):  # fmt: skip
        raise unfit((path, "._n_components"), "another number than that of the components")
    if kind == "PolynomialFeatures" and "_max_degree" in found:
        degree = found["degree"]
        if found["_max_degree"] != (degree[1] if isinstance(degree, tuple | list) else degree):
            raise unfit((path, "._max_degree"), "another degree than the model's")
    check_ensemble(kind, found, path)
    check_tables(kind, found, path)


def _check_vocabulary(value: Any, path: Path) -> None:
    if type(value) is not dict:
        raise unfit(path, f"{shown(value)}: not a dict")
    count = len(value)
    if any(not isinstance(n, (int, np.integer)) or not 0 <= n < count for n in value.values()):
        raise unfit(path, "a term whose column is outside of the vocabulary")


def _check_clusters(labels: Any, path: Path) -> None:
    """numpy.bincount makes an array as long as the largest label says, for each row."""
    if type(labels) is not np.ndarray or labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise unfit(path, "not a cluster for each column")
    if ((labels < 0) | (labels >= len(labels))).any():
        raise unfit(path, "a cluster outside of the columns")


def _check_stages(kind: str, found: dict[str, Any], path: Path | None) -> None:
    stages = found.get("estimators_")
    if stages is None:
        return
    guard_stages()
    classes = found.get("n_classes_", 1)
    wide = classes if kind.endswith("Classifier") and classes > 2 else 1
    if type(stages) is not np.ndarray or stages.ndim != 2 or stages.shape[1] != wide:
        raise unfit((path, ".estimators_"), "not one tree for each output of each round")
    for tree in stages.ravel().tolist():
        if getattr(type(tree), "__name__", "") != "DecisionTreeRegressor":
            raise unfit((path, ".estimators_"), "a round of something else than trees")
        own = vars(tree)
        if own.get("n_outputs_") != 1 or own.get("n_features_in_") != found["n_features_in_"]:
            raise unfit((path, ".estimators_"), "a tree of other columns than its ensemble")
