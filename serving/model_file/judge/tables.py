"""Tables of encoders, splines and centres whose entries compiled code uses as a place."""

from __future__ import annotations

from typing import Any

import numpy as np

from serving.model_file.judge.unfit import Path, unfit

_CENTRED = ("KMeans", "MiniBatchKMeans", "BisectingKMeans")
_LARGEST_DEGREE = 64


def check_tables(kind: str, found: dict[str, Any], path: Path | None) -> None:
    """Refuse an estimator (its attributes) whose tables name places outside of others."""
    if kind == "OneHotEncoder" and "categories_" in found:
        _check_one_hot(found, path)
    if kind in _CENTRED and "cluster_centers_" in found:
        _check_centres(found, path)
    if kind == "Birch" and "subcluster_centers_" in found:
        _check_subclusters(found, path)
    if "location_" in found and "covariance_" in found:
        _check_covariances(found, path)
    if "_fit_X" in found:
        _check_points(found, path)
        for name in ("metric_params", "effective_metric_params_"):
            _check_metric(found.get(name) or {}, found.get("n_features_in_"), (path, f".{name}"))


def check_spline(found: dict[str, Any], path: Path | None) -> None:
    """Refuse a BSpline (its attributes) whose knots, coefficients and degree do not fit."""
    if {"t", "_t"} <= found.keys() or {"c", "_c"} <= found.keys():  # releases read one of them
        raise unfit(path, "a spline with two sets of knots or coefficients")
    knots, rows = found.get("t", found.get("_t")), found.get("c", found.get("_c"))
    degree = found.get("k")
    if not isinstance(degree, (int, np.integer)) or not 0 <= degree <= _LARGEST_DEGREE:
        raise unfit((path, ".k"), f"not a degree from 0 to {_LARGEST_DEGREE}")
    if type(knots) is not np.ndarray or type(rows) is not np.ndarray or knots.ndim != 1:
        raise unfit(path, "a spline without knots and coefficients")
    count = len(knots) - int(degree) - 1
    fits = knots.dtype.kind == "f" and count > degree and rows.ndim > 0 and len(rows) >= count
    if not fits or not np.isfinite(knots).all() or (np.diff(knots) < 0).any():
        raise unfit(path, "a spline whose knots and coefficients do not fit each other")


def _check_one_hot(found: dict[str, Any], path: Path | None) -> None:
    sizes = [len(categories) for categories in found["categories_"]]
    mappings = found.get("_default_to_infrequent_mappings") or [None] * len(sizes)
    dropped = found.get("drop_idx_")
    grouped = found.get("_drop_idx_after_grouping", dropped)
    outs = found.get("_n_features_outs")
    parts = [part for part in (mappings, dropped, grouped, outs) if part is not None]
    if any(len(part) != len(sizes) for part in parts):
        raise unfit(path, "an encoder whose tables are not one for each column")
    for i, size in enumerate(sizes):
        mapping, kept = mappings[i], size
        if mapping is not None:
            if type(mapping) is not np.ndarray or mapping.dtype.kind not in "iu":
                raise unfit(path, "a table of rare categories that are no numbers")
            if mapping.shape != (size,) or not _inside(mapping, size):
                raise unfit(path, "a rare category outside of the categories")
            kept = int(mapping.max(initial=-1)) + 1
        if any(t is not None and t[i] is not None and not 0 <= t[i] < size
               for t in (dropped, grouped)):  # fmt: skip
            raise unfit(path, "a dropped category outside of the categories")
        left_out = grouped is not None and grouped[i] is not None
        if outs is not None and not kept - left_out <= outs[i] <= size:
            raise unfit(path, "an encoder with fewer columns than categories")


def _check_centres(found: dict[str, Any], path: Path | None) -> None:
    width = found.get("n_features_in_")
    todo = [(found["cluster_centers_"], 2)]
    nodes = [found.get("_bisecting_tree")]
    while nodes:
        node = nodes.pop()
        if node is not None:
            inner = vars(node)
            todo.append((inner.get("center"), 1))
            nodes += [inner.get("left"), inner.get("right")]
        if len(todo) > 1_000_000:
            raise unfit(path, "a tree of clusters without end")
    for centre, dimensions in todo:
        shaped = type(centre) is np.ndarray and centre.dtype.kind == "f"
        if not shaped or not len(centre) or centre.ndim != dimensions or (
            centre.shape[-1] != width
        ):  # fmt: skip
            raise unfit(path, "centres of other columns than the model's")


def _check_subclusters(found: dict[str, Any], path: Path | None) -> None:
    """Distances are computed with one norm for each centre."""
    centres: Any = found["subcluster_centers_"]
    norms: Any = found.get("_subcluster_norms")
    shaped = type(centres) is type(norms) is np.ndarray and centres.ndim == 2
    if not shaped or norms.shape != (len(centres),):
        raise unfit(path, "centres without a norm for each of them")


def _check_covariances(found: dict[str, Any], path: Path | None) -> None:
    """Distances are computed with a row of the matrix for each column."""
    width = found.get("n_features_in_")
    for name in ("covariance_", "precision_"):
        matrix = found.get(name)
        if matrix is not None and (
            type(matrix) is not np.ndarray or matrix.shape != (width, width)
        ):  # fmt: skip
            raise unfit((path, f".{name}"), "not one row and one column for each of the model's")


def _check_points(found: dict[str, Any], path: Path | None) -> None:
    """Compiled code divides by the number of points, and reads as many columns as a row has."""
    points = found["_fit_X"]
    shape = points.shape if type(points) is np.ndarray else vars(points).get("_shape")
    if len(shape) != 2 or not shape[0] or shape[1] != found.get("n_features_in_"):
        raise unfit((path, "._fit_X"), "points of other columns than the model's, or none")
    if found.get("n_samples_fit_", shape[0]) != shape[0]:
        raise unfit((path, ".n_samples_fit_"), "another number than that of the points")
    if "_y" not in found:
        return
    wanted = found.get("n_neighbors")
    if isinstance(wanted, (int, np.integer)) and wanted > shape[0]:
        raise unfit((path, ".n_neighbors"), f"more than the {shape[0]} points that there are")
    _check_targets(found, shape[0], path)


def _check_metric(told: dict[str, Any], width: Any, path: Path) -> None:
    """Weights have one number for each column, matrices one for each two of them."""
    vector, matrix = (width,), (width, width)
    for name, shapes in (("w", {vector}), ("V", {vector, matrix}), ("VI", {matrix})):
        if told.get(name) is not None and np.shape(told[name]) not in shapes:
            raise unfit((path, f"[{name!r}]"), "weights of other columns than the model's")


def _check_targets(found: dict[str, Any], points: int, path: Path | None) -> None:
    targets, classes = found["_y"], found.get("classes_")
    if type(targets) is not np.ndarray or len(targets) != points:
        raise unfit((path, "._y"), "not one for each point")
    if classes is None or type(classes) is list:  # of a regressor, or of several outputs
        return
    if type(classes) is not np.ndarray:
        raise unfit((path, ".classes_"), "classes that are no array")
    if targets.ndim == 1 and (
        targets.dtype.kind not in "iu" or not _inside(targets, len(classes))
    ):  # fmt: skip
        raise unfit((path, "._y"), "a class that the model has not")


def _inside(places: np.ndarray[Any, Any], size: int) -> bool:
    return not len(places) or 0 <= int(places.min()) <= int(places.max()) < size
