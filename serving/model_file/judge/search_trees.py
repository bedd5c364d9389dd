"""KD and ball trees: compiled code follows their indices without asking whether they are inside."""

from __future__ import annotations

from typing import Any

import numpy as np

from serving.model_file.judge.unfit import Path, unfit

_BOUNDS = {"KD": 2, "Ba": 1}
"""Of each node: the lowest and the highest corner of a KDTree's, the centre of a BallTree's."""


def check_search_tree(tree: Any, path: Path | None) -> None:
    """Refuse a KDTree or BallTree with indices outside, or with a metric of another width."""
    state = tree.__getstate__()
    data, order, nodes, bounds = (np.asarray(part) for part in state[:4])
    leaf_size, levels, count = state[4], state[5], state[6]
    shaped = data.ndim == 2 and order.ndim == nodes.ndim == 1 and bounds.ndim == 3
    if not shaped or nodes.dtype.names is None:
        raise unfit(path, "a search tree without points and nodes")
    points, features = data.shape
    if (
        not 0 < leaf_size < 1 << 31
        or levels != int(np.log2(max(1, (points - 1) / leaf_size)) + 1)
        or count != len(nodes)
        or count != 2**levels - 1
        or bounds.shape != (_BOUNDS[type(tree).__name__[:2]], count, features)
        or not points == len(order)
        or (points and not 0 <= int(order.min()) <= int(order.max()) < points)
    ):
        raise unfit(path, "a search tree whose parts do not fit each other")
    start, end = nodes["idx_start"], nodes["idx_end"]
    if ((start < 0) | (end < start) | (end > points)).any():
        raise unfit(path, "a search tree whose nodes point outside of its points")
    if ((nodes["is_leaf"] == 0) & (2 * np.arange(count) + 2 >= count)).any():
        raise unfit(path, "a search tree whose nodes have children outside of it")
    weights = state[12] if len(state) > 12 else None
    if weights is not None and len(weights) != points:
        raise unfit(path, "a search tree whose weights are not one for each point")
    _check_metric(state[11], features, path)


def _check_metric(metric: Any, features: int, path: Path | None) -> None:
    name = type(metric).__name__
    if type(metric).__module__.rpartition(".")[2] != "_dist_metrics" or name.startswith("PyFunc"):
        raise unfit(path, "a search tree whose metric is not one of scikit-learn's")
    state = metric.__getstate__()
    vector = np.asarray(state[1])
    if name.startswith("SEuclidean") and len(vector) != features:
        raise unfit(path, "a metric whose weights are not one for each feature")
    if name.startswith(("Minkowski", "WMinkowski")) and len(vector) not in (0, features):
        raise unfit(path, "a metric whose weights are not one for each feature")
    if name.startswith("Haversine") and features != 2:
        raise unfit(path, "a metric of places on a globe for other than two features")
    if name.startswith("Mahalanobis") and np.asarray(state[2]).shape != (features, features):
        raise unfit(path, "a metric whose matrix is not one row for each feature")
