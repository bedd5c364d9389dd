"""Classes that are no estimators and still belong into models, and what is checked of them."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

import numpy as np

from serving.model_file.judge import arrays
from serving.model_file.judge.search_trees import check_search_tree
from serving.model_file.judge.tables import check_spline
from serving.model_file.judge.unfit import Path, module_of, named, unfit


class Role(enum.Enum):
    """What an object is in a model."""

    ESTIMATOR = "estimator"
    HELPER = "helper"
    LEAF = "leaf"
    FRAME = "frame"
    OPAQUE = "opaque"
    INERT = "inert"
    REFUSED = "refused"


_LIBRARIES = (
    "sklearn.", "imblearn.", "category_encoders.", "feature_engine.", "pycaret.internal.",
    "_loss", "xgboost.", "lightgbm.", "catboost.", "_catboost", "sklearn",
)  # fmt: skip
_HELPERS_OF_SCIPY = ("scipy.sparse.", "scipy.interpolate.")
# Read by their own library from bytes of its own form.
_BOOSTERS = {"xgboost.core.Booster", "lightgbm.basic.Booster", "_catboost._CatBoost"}
_LOSSES = {"sklearn._loss._loss", "_loss", "sklearn.linear_model._sgd_fast"}
_FRAMES = {"DataFrame", "Series"}
_VALUES = {"Interval", "NaTType", "Timedelta", "Timestamp"}
"""Of pandas: what stands in a column, made of numbers only."""


def role_of(kind: type) -> Role:
    """The part that objects of a class may play, from its module and its bases only."""
    module = module_of(kind)
    if module == "serving.model_file.inert":
        return Role.INERT
    if any(named(base) == "sklearn.base.BaseEstimator" for base in kind.__mro__):
        return Role.ESTIMATOR
    if named(kind) in _BOOSTERS:
        return Role.OPAQUE
    if named(kind).startswith(("catboost.core.CatBoost", "serving.native.")):
        return Role.ESTIMATOR
    if named(kind) == "joblib.memory.NotMemorizedFunc":
        return Role.HELPER
    if module == "pandas" or module.startswith("pandas."):
        if kind.__name__ in _FRAMES:
            return Role.FRAME
        leaf = kind.__name__ in _VALUES or kind.__name__.endswith(("Index", "Dtype"))
        return Role.LEAF if leaf else Role.REFUSED
    if module.startswith("numpy"):
        leaf = kind.__name__ in {"RandomState", "Generator"} or "dtype" in named(kind).lower()
        return Role.LEAF if leaf else Role.REFUSED
    if module.startswith(_LIBRARIES) or module.startswith(_HELPERS_OF_SCIPY):
        return Role.HELPER
    if kind is slice:
        return Role.LEAF
    return Role.REFUSED


def is_opaque(value: object) -> bool:
    """An object of a compiled class that is neither checked nor known to hold numbers only."""
    kind = type(value)
    return not (
        kind.__dictoffset__
        or named(kind) in OBJECTS
        or module_of(kind) in _LOSSES
        or isinstance(value, (tuple, list, set, frozenset, dict))
    )


def attributes_of(value: object) -> dict[str, Any]:
    """The attributes that an object itself has: its own dict, read past its class."""
    try:
        found = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return {}
    return found if type(found) is dict else {}


def _tree(value: Any, path: Path | None) -> None:
    if not 0 <= value.node_count <= value.capacity:
        raise unfit(path, "a tree that counts more nodes than it has")
    arrays.check_tree(value.__getstate__(), value.n_features, path)


def _spline(value: Any, path: Path | None) -> None:
    check_spline(attributes_of(value), path)


def _predictor(value: Any, path: Path | None) -> None:
    found = attributes_of(value)
    bitsets = found.get("raw_left_cat_bitsets")
    nodes = found.get("nodes")
    if nodes is None or nodes.dtype.names is None:
        raise unfit(path, "a tree without nodes")
    if bitsets is not None and np.asarray(bitsets).shape[1:] != (8,):
        raise unfit(path, "a tree whose categories are not 256 bits each")
    arrays.check_histogram_nodes(nodes, 0 if bitsets is None else len(bitsets), path)


def _sparse(value: Any, path: Path | None) -> None:
    arrays.check_sparse(attributes_of(value), type(value).__name__, path)


OBJECTS: dict[str, Callable[[Any, Path | None], None]] = {
    "sklearn.tree._tree.Tree": _tree,
    "scipy.interpolate._bsplines.BSpline": _spline,
    **{
        f"sklearn.neighbors._{module}.{name}{bits}": check_search_tree
        for module, name in (("kd_tree", "KDTree"), ("ball_tree", "BallTree"))
        for bits in ("", "32", "64")
    },
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor": _predictor,
    **{
        f"scipy.sparse._{kind}.{kind}_{form}": _sparse
        for kind in ("csr", "csc", "bsr", "coo", "dia", "dok", "lil")
        for form in ("matrix", "array")
    },
}
