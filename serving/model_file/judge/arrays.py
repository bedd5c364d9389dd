"""Arrays, sparse matrices and trees: numbers whose indices stay inside."""

from __future__ import annotations

from typing import Any

import numpy as np

from serving.model_file.judge.unfit import Path, unfit

_PLAIN_KINDS = "biufcmMSU"


def check_dtype(dtype: np.dtype[Any], path: Path | None) -> None:
    """Refuse a dtype of anything but numbers, text and dates, or a flat record of them."""
    fields = dtype.fields
    if fields is None:
        if dtype.kind not in _PLAIN_KINDS and dtype.kind != "O":
            raise unfit(path, "an array of a kind that no model holds")
        return
    if dtype.hasobject or len(fields) > 64:
        raise unfit(path, "an array of records that no model holds")
    if set(fields) != set(dtype.names or ()):
        raise unfit(path, "an array of records whose fields have other names than it says")
    for inner, place, *_ in fields.values():
        base = inner.subdtype[0] if inner.subdtype else inner
        if base.fields is not None or base.kind not in _PLAIN_KINDS:
            raise unfit(path, "an array of records inside records")
        if not 0 <= place <= dtype.itemsize - inner.itemsize:
            raise unfit(path, "an array of records whose fields reach outside")


def check_sparse(matrix: dict[str, Any], kind: str, path: Path | None) -> None:
    """Refuse a compressed sparse matrix (its attributes) whose indices point outside."""
    shape = matrix.get("_shape")
    if type(shape) is not tuple or not all(isinstance(n, (int, np.integer)) for n in shape):
        raise unfit(path, "a sparse matrix without a shape")
    if not kind.startswith(("csr", "csc")):
        raise unfit(path, "a sparse matrix of a form that no fitted model holds")
    parts: list[Any] = [matrix.get(name) for name in ("data", "indices", "indptr")]
    data, indices, indptr = parts
    for array in parts:
        if type(array) is not np.ndarray or array.ndim != 1 or array.dtype.kind not in "biufc":
            raise unfit(path, "a sparse matrix whose parts are not arrays of numbers")
    if len(shape) != 2:
        raise unfit(path, "a sparse matrix that has not two dimensions")
    major, minor = shape if kind.startswith("csr") else shape[::-1]
    ok = (
        indices.dtype.kind == indptr.dtype.kind == "i"
        and len(indptr) == major + 1
        and int(indptr[0]) == 0
        and int(indptr[-1]) <= min(len(indices), len(data))
        and not (np.diff(indptr) < 0).any()
        and (len(indices) == 0 or (int(indices.min()) >= 0 and int(indices.max()) < minor))
    )
    if not ok:
        raise unfit(path, "a sparse matrix whose indices point outside it")


def check_tree(state: dict[str, Any], n_features: int, path: Path | None) -> None:
    """Refuse a scikit-learn Tree (its state) with children or features outside of it."""
    nodes, values = state["nodes"], state["values"]
    count = _count_of(nodes, path)
    left, right, feature = nodes["left_child"], nodes["right_child"], nodes["feature"]
    own = np.arange(count)
    inner = left != -1
    for child in (left, right):
        if ((child[inner] <= own[inner]) | (child[inner] >= count)).any():
            raise unfit(path, "a tree whose children are not nodes after their parent")
    if ((feature[inner] < 0) | (feature[inner] >= n_features)).any():
        raise unfit(path, "a tree that splits on a feature which it has not")
    if values.ndim != 3 or len(values) != count:
        raise unfit(path, "a tree whose values do not fit its nodes")


def levels_of(tree: Any) -> int:
    """How many nodes follow the root of a scikit-learn Tree on the longest way to a leaf."""
    left, right = tree.children_left, tree.children_right
    levels, at = 0, np.zeros(1, dtype=np.int64)
    while True:
        at = at[left[at] != -1]
        if not len(at):
            return levels
        at = np.unique(np.concatenate((left[at], right[at])))
        levels += 1


def check_histogram_nodes(nodes: np.ndarray[Any, Any], bitsets: int, path: Path | None) -> None:
    """Refuse nodes of histogram boosting with children, features or bitsets outside."""
    count = _count_of(nodes, path)
    own = np.arange(count)
    inner = nodes["is_leaf"] == 0
    for name in ("left", "right"):
        child = nodes[name].astype("int64")[inner]
        if ((child <= own[inner]) | (child >= count)).any():
            raise unfit(path, "a tree whose children are not nodes after their parent")
    if (nodes["feature_idx"][inner].astype("int64") < 0).any():
        raise unfit(path, "a tree that splits on a feature which it has not")
    if "is_categorical" in (nodes.dtype.names or ()):
        index = nodes["bitset_idx"][inner & (nodes["is_categorical"] != 0)].astype("int64")
        if (index >= bitsets).any():
            raise unfit(path, "a tree that names categories which it has not")


def _count_of(nodes: Any, path: Path | None) -> int:
    """How many nodes a tree has: compiled code begins at the first without asking for it.

    They are an array and nothing else: comparisons with a masked one are neither true nor false.
    """
    if type(nodes) is not np.ndarray or nodes.ndim != 1 or not len(nodes):
        raise unfit(path, "a tree without nodes")
    return len(nodes)


def check_tree_fits(found: dict[str, Any], path: Path | None) -> None:
    """Refuse a fitted tree estimator (its attributes) whose tree is none, or of another width."""
    tree = found["tree_"]
    if type(tree).__module__ != "sklearn.tree._tree" or type(tree).__name__ != "Tree":
        raise unfit(path, "a tree estimator without a tree")
    if tree.n_features != found.get("n_features_in_"):
        raise unfit(path, "a tree of another number of features than its estimator")
