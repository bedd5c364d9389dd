"""XGBoost's .json and .ubj: what the model is, and that no index in its trees reaches outside."""

import json
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from serving.model_file.findings import Refused, Unreadable
from shared.adapters.conversion.scan import ubjson
from shared.adapters.conversion.scan.native import Format, NativeModel, not_served

LIBRARY = "XGBoost"
_NUMERIC = {"float", "q", "int", "i", "indicator"}
_MOST = 1 << 24
"""Features, classes or targets: more than any model has."""
_NO_CHILD = -1


def read(raw: bytes, format_: Format) -> NativeModel:
    """The description of a whole file. Turned, Refused or Unreadable."""
    told = ubjson.loads(raw) if format_ is Format.XGBOOST_UBJ else _json(raw)
    try:
        return _described(told, format_)
    except (KeyError, TypeError, AttributeError, IndexError, OverflowError):
        raise Unreadable("The XGBoost model is damaged or not complete.") from None
    except ValueError as damage:
        if type(damage) is not ValueError:
            raise
        raise Unreadable("The XGBoost model is damaged: a number is none.") from None


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw, object_pairs_hook=_object)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise Unreadable("The XGBoost model is damaged or cut short: no JSON.") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused("A model that says one thing twice")
    return found


def _described(told: dict[str, Any], format_: Format) -> NativeModel:
    learner, version = told["learner"], told["version"]
    numbers = learner["learner_model_param"]
    features, classes = _count(numbers["num_feature"]), _count(numbers.get("num_class", "0"))
    targets = max(1, _count(numbers.get("num_target", "1")))
    names, kinds = learner.get("feature_names") or [], learner.get("feature_types") or []
    if not features or (names and len(names) != features):
        raise Refused("An XGBoost model whose feature names do not fit its features")
    if not all(isinstance(name, str) and name for name in names) or len(set(names)) != len(names):
        raise Refused("An XGBoost model whose feature names are not unique texts")
    if not set(kinds) <= _NUMERIC:
        raise not_served(LIBRARY, "has categorical features")
    groups = max(1, classes) * targets
    _check_booster(learner["gradient_booster"], features, groups)
    objective = learner["objective"]["name"]
    if not re.fullmatch(r"[a-z]+:[a-z_0-9]+", objective):
        raise Refused("An XGBoost model with an unusual objective")
    return NativeModel(
        format=format_,
        library=LIBRARY,
        version=".".join(str(_index(part)) for part in version[:3]),
        objective=objective,
        n_features=features,
        feature_names=tuple(names) or None,
        outputs=1 if objective == "multi:softmax" else groups,
    )


def _index(value: object) -> int:
    if type(value) is not int or not 0 <= value < _MOST:
        raise Refused("An XGBoost model with a count that is none")
    return value


def _count(text: str) -> int:
    if not re.fullmatch(r"\d{1,8}", text) or int(text) > _MOST:
        raise Refused("An XGBoost model with a count that is none")
    return int(text)


def _check_booster(booster: dict[str, Any], features: int, groups: int) -> None:
    name = booster["name"]
    if name == "gblinear":
        if len(booster["model"]["weights"]) != (features + 1) * groups:
            raise Refused("A linear XGBoost model with too few or too many weights")
        return
    if name == "dart":
        trees = booster["gbtree"]["model"]
        if len(booster["weight_drop"]) != len(trees["trees"]):
            raise Refused("An XGBoost model with too few or too many weights of trees")
    elif name == "gbtree":
        trees = booster["model"]
    else:
        raise Refused("An XGBoost model with an unusual booster")
    _check_trees(trees, features, groups)


def _check_trees(model: dict[str, Any], features: int, groups: int) -> None:
    trees, groups_of_trees = model["trees"], model["tree_info"]
    count = _count(model["gbtree_model_param"]["num_trees"])
    if not count == len(trees) == len(groups_of_trees):
        raise Refused("An XGBoost model whose number of trees contradicts itself")
    if any(not 0 <= group < groups for group in groups_of_trees):
        raise Refused("An XGBoost model with a tree for no class")
    rounds = model.get("iteration_indptr")
    if rounds is not None and not _rises(rounds, count):
        raise Refused("An XGBoost model whose rounds contradict its trees")
    if any(model.get("cats", {}).get("enc", ())):
        raise not_served(LIBRARY, "has categorical features")
    for number, tree in enumerate(trees):
        _check_tree(tree, number, features)


def _rises(numbers: Sequence[int], last: int) -> bool:
    """From 0 to `last`, never down."""
    return (
        len(numbers) > 0
        and numbers[0] == 0
        and numbers[-1] == last
        and all(a <= b for a, b in pairwise(numbers))
    )


def _check_tree(tree: dict[str, Any], number: int, features: int) -> None:
    param = tree["tree_param"]
    if _count(param.get("size_leaf_vector", "1")) > 1:
        raise not_served(LIBRARY, "has trees of several targets (multi_output_tree)")
    if any(tree.get("split_type", ())) or len(tree.get("categories", ())):
        raise not_served(LIBRARY, "splits on categories")
    size, left, right = _count(param["num_nodes"]), tree["left_children"], tree["right_children"]
    splits = tree["split_indices"]
    for part in (
        "left_children",
        "right_children",
        "split_indices",
        "split_conditions",
        "base_weights",
        "default_left",
        "sum_hessian",
        "loss_changes",
        "parents",
    ):
        if len(tree[part]) != size:
            raise Refused(f"An XGBoost model whose tree {number} has parts of different lengths")
    if not size or _count(param["num_feature"]) > features:
        raise Refused(f"An XGBoost model whose tree {number} is no tree")
    seen = bytearray(size)
    for node in range(size):
        a, b = left[node], right[node]
        if a == b == _NO_CHILD:
            continue
        if not (0 < a < size and 0 < b < size) or a == b or seen[a] or seen[b]:
            raise Refused(f"An XGBoost model whose tree {number} is no tree")
        seen[a] = seen[b] = 1
        if not 0 <= splits[node] < features:
            raise Refused(f"An XGBoost model whose tree {number} splits on no feature")
