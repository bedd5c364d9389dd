"""Ensembles of trees: their compiled code gives rows to members without asking for the width."""

from __future__ import annotations

from typing import Any

import numpy as np

from serving.model_file.judge.arrays import levels_of
from serving.model_file.judge.guards import guard_binaries, guard_histograms, guard_votes
from serving.model_file.judge.unfit import Path, unfit

_FORESTS = (
    "RandomForestClassifier", "RandomForestRegressor", "ExtraTreesClassifier",
    "ExtraTreesRegressor", "RandomTreesEmbedding", "BalancedRandomForestClassifier",
)  # fmt: skip
_HISTOGRAMS = ("HistGradientBoostingClassifier", "HistGradientBoostingRegressor")


def check_ensemble(kind: str, found: dict[str, Any], path: Path | None) -> None:
    """Refuse an ensemble (its attributes) whose trees read columns that its rows have not."""
    if kind in _FORESTS and "estimators_" in found:
        _check_members(found["estimators_"], found.get("n_features_in_"), path)
    if kind == "IsolationForest" and "estimators_" in found:
        width = found.get("_max_features")
        _check_members(found["estimators_"], width, path)
        chosen = found.get("estimators_features_", ())
        if any(len(columns) != width for columns in chosen):
            raise unfit((path, ".estimators_features_"), "not the columns that the trees have")
        _check_depths(found["estimators_"], path)
    if kind == "VotingClassifier":
        guard_votes()
    if kind == "OneVsRestClassifier":
        guard_binaries()
    if kind in _HISTOGRAMS and "_predictors" in found:
        _check_histograms(found, path)
    classes, count = found.get("classes_"), found.get("n_classes_")
    if type(classes) is np.ndarray and isinstance(count, (int, np.integer)) and (
        classes.ndim == 1 and count != len(classes)
    ):  # fmt: skip
        raise unfit((path, ".n_classes_"), "another number than that of the classes")


def _check_members(members: Any, width: Any, path: Path | None) -> None:
    for index, member in enumerate(members):
        inner = getattr(member, "__dict__", None)
        tree = inner.get("tree_") if type(inner) is dict else None
        known = tree is not None and type(tree).__module__ == "sklearn.tree._tree"
        if tree is None or not known or tree.n_features != width:
            raise unfit((path, f".estimators_[{index}]"), "a tree of other columns than the rows")


def _check_depths(members: Any, path: Path | None) -> None:
    """Until 1.2 compiled code notes the way to a leaf in as many places as a tree is deep."""
    for index, member in enumerate(members):
        tree = vars(member)["tree_"]
        if levels_of(tree) > tree.max_depth:
            raise unfit((path, f".estimators_[{index}]"), "a tree that is deeper than it says")


def _check_histograms(found: dict[str, Any], path: Path | None) -> None:
    guard_histograms()
    width, each = int(found["n_features_in_"]), found["n_trees_per_iteration_"]
    categorical = _categorical_columns(found, width, path)
    for round_ in found["_predictors"]:
        if len(round_) != each:
            raise unfit((path, "._predictors"), "not one tree for each output of each round")
        for predictor in round_:
            nodes = vars(predictor)["nodes"]
            inner = nodes["is_leaf"] == 0
            columns = nodes["feature_idx"].astype("int64")
            if (columns[inner] >= width).any():
                raise unfit((path, "._predictors"), "a tree that splits on a column outside")
            if "is_categorical" in nodes.dtype.names:
                chosen = columns[inner & (nodes["is_categorical"] != 0)]
                if len(chosen) and not categorical[chosen].all():
                    raise unfit((path, "._predictors"), "categories of a column that has none")


def _categorical_columns(found: dict[str, Any], width: int,
                         path: Path | None) -> np.ndarray[Any, Any]:  # fmt: skip
    """Which columns have categories, as the table says that the trees look them up in."""
    if found.get("_bin_mapper") is None:
        return np.zeros(width, dtype=bool)
    mapper = vars(found["_bin_mapper"])
    flags, thresholds = np.asarray(mapper["is_categorical_"]), mapper["bin_thresholds_"]
    if flags.shape != (width,) or len(thresholds) != width:
        raise unfit((path, "._bin_mapper"), "not one table for each column")
    for index in np.flatnonzero(flags):
        known = np.asarray(thresholds[index], dtype=float)
        if not ((known >= 0) & (known <= 255)).all():
            raise unfit((path, "._bin_mapper"), "a category outside of 0 to 255")
    return flags.astype(bool)
