"""Support vector machines: libsvm reads their arrays by lengths that it finds in other arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from serving.model_file.judge.callables import is_function
from serving.model_file.judge.unfit import Path, unfit

LIBSVM = frozenset({"SVC", "NuSVC", "SVR", "NuSVR", "OneClassSVM"})


def check_machine(kind: str, found: dict[str, Any], path: Path | None) -> None:
    """Refuse a fitted libsvm estimator (its attributes) whose arrays do not fit each other."""
    if "support_" not in found and "shape_fit_" not in found:
        return
    try:
        fits = _fits(kind, found)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        fits = False
    if not fits:
        raise unfit(path, "a support vector machine whose arrays do not fit each other")


def _fits(kind: str, found: dict[str, Any]) -> bool:
    support, counts = found["support_"], found["_n_support"]
    for array in (support, counts):
        if type(array) is not np.ndarray or array.ndim != 1 or array.dtype.kind != "i":
            return False
    vectors, (rows, features) = len(support), found["shape_fit_"]
    if int(counts.min(initial=0)) < 0 or int(support.min(initial=0)) < 0:
        return False
    if vectors and int(support.max()) >= rows:
        return False
    classifies = kind in ("SVC", "NuSVC")
    if classifies:
        classes = len(found["classes_"])
        if len(counts) != classes or int(counts.astype("int64").sum()) != vectors:
            return False
        pairs, lines = classes * (classes - 1) // 2, classes - 1
    else:
        pairs, lines = 1, 1
        if len(counts) != 2 or int(counts[0]) > vectors:
            return False
    held = found["support_vectors_"]
    raw = found["kernel"] == "precomputed" or type(found["kernel"]) is not str
    wanted = {(vectors, features), (0, 0)} if raw else {(vectors, features)}
    if _shape(held) not in wanted or (not raw and features != found["n_features_in_"]):
        return False
    if raw and found["_sparse"]:  # its vectors' first numbers would be places in a row
        return False
    if type(found["kernel"]) is not str:
        known = found["_BaseLibSVM__Xfit"]
        if is_function(found["kernel"]) or type(known) is not np.ndarray:
            return False
        if known.shape != (rows, found["n_features_in_"]):  # of which the kernel answers one each
            return False
    for name in ("dual_coef_", "_dual_coef_"):
        if _shape(found[name]) != (lines, vectors) or not _whole(found[name], lines * vectors):
            return False
    for name in ("intercept_", "_intercept_"):
        if _shape(found[name]) != (pairs,):
            return False
    if "_probA" in found and _shape(found["_probA"]) != _shape(found["_probB"]):
        return False
    return all(
        _shape(found[name]) in ((0,), (pairs,)) for name in ("_probA", "_probB") if name in found
    )


def _shape(value: Any) -> tuple[int, ...]:
    """The shape of an array or of a sparse matrix, from its own attributes."""
    if type(value) is np.ndarray:
        return value.shape if value.dtype.kind == "f" else ()
    return tuple(int(size) for size in vars(value)["_shape"])


def _whole(value: Any, size: int) -> bool:
    """Whether a sparse matrix stores every element, as libsvm expects of coefficients."""
    return type(value) is np.ndarray or len(vars(value)["data"]) == size
