"""XGBoost's trees: no index in them reaches outside, nor one in what they say of categories."""

import re
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

from serving.model_file.boosters.native import not_served
from serving.model_file.findings import Refused

LIBRARY = "XGBoost"
MOST = 1 << 24
"""Features, classes, targets or categories: more than any model has."""
_NO_CHILD = -1
_NO_PARENT = (-1, 2**31 - 1)
_PARTS = ("left_children", "right_children", "split_indices", "split_conditions", "default_left")
_SCALARS = ("base_weights", "sum_hessian", "loss_changes", "parents")
"""One number for each node, where leaves hold one."""


def count(text: str) -> int:
    """A number as XGBoost writes it. Refused where it is none that a model has."""
    if not re.fullmatch(r"\d{1,8}", text) or int(text) > MOST:
        raise Refused("An XGBoost model with a count that is none")
    return int(text)


def check_trees(model: dict[str, Any], features: int, groups: int, *, pickled: bool) -> None:
    """Refused, or Turned where a native file holds what only a pickled estimator is served with.

    pickled: of an estimator, which knows its table's categories and may answer several targets.
    """
    trees, groups_of_trees = model["trees"], model["tree_info"]
    told = count(model["gbtree_model_param"]["num_trees"])
    if not told == len(trees) == len(groups_of_trees):
        raise Refused("An XGBoost model whose number of trees contradicts itself")
    if any(not 0 <= group < groups for group in groups_of_trees):
        raise Refused("An XGBoost model with a tree for no class")
    rounds = model.get("iteration_indptr")
    if rounds is not None and not _rises(rounds, told):
        raise Refused("An XGBoost model whose rounds contradict its trees")
    _check_recoding(model.get("cats", {}), features, pickled=pickled)
    for number, tree in enumerate(trees):
        _check_tree(tree, number, features, pickled=pickled)


def has_wide_trees(booster: dict[str, Any]) -> bool:
    """Whether leaves hold a number for each of several targets, as releases write them apart."""
    trees = booster.get("model", {}).get("trees", ())
    return any(count(tree["tree_param"].get("size_leaf_vector", "1")) > 1 for tree in trees)


def _rises(numbers: Sequence[int], last: int) -> bool:
    """From 0 to `last`, never down."""
    return (
        len(numbers) > 0
        and numbers[0] == 0
        and numbers[-1] == last
        and all(a <= b for a, b in pairwise(numbers))
    )


def _check_recoding(known: dict[str, Any], features: int, *, pickled: bool) -> None:
    """The values of each categorical column, by which those of a request are told apart."""
    columns = known.get("enc", ())
    if not any(columns):
        return
    if not pickled:
        raise not_served(LIBRARY, "has categorical features")
    sizes = []
    for column in columns:
        values, ends = column["values"], column.get("offsets")
        if ends is not None and len(ends) and not _rises(ends, len(values)):
            raise Refused("An XGBoost model whose categories reach outside of their text")
        sizes.append(len(values) if ends is None else max(0, len(ends) - 1))
    starts, order = known["feature_segments"], known["sorted_idx"]
    fits = len(columns) == features and list(starts) == [0, *accumulate(sizes)]
    fits = fits and len(order) == sum(sizes)
    for (start, end), size in zip(pairwise(starts), sizes, strict=False):
        fits = fits and all(0 <= place < size for place in order[start:end])
    if not fits:
        raise Refused("An XGBoost model whose categories do not fit its columns")


def _check_tree(tree: dict[str, Any], number: int, features: int, *, pickled: bool) -> None:
    param = tree["tree_param"]
    wide = max(1, count(param.get("size_leaf_vector", "1")))
    if wide > 1 and not pickled:
        raise not_served(LIBRARY, "has trees of several targets (multi_output_tree)")
    splits_on_categories = any(tree.get("split_type", ())) or len(tree.get("categories", ()))
    if splits_on_categories and not pickled:
        raise not_served(LIBRARY, "splits on categories")
    size = count(param["num_nodes"])
    for part in _PARTS if wide > 1 else (*_PARTS, *_SCALARS):
        if len(tree[part]) != size:
            raise Refused(f"An XGBoost model whose tree {number} has parts of different lengths")
    scalars = [len(tree.get(part, ())) for part in ("sum_hessian", "loss_changes")]
    written = [size, size] if "leaf_weights" in tree else [0, 0]  # or none of them
    if wide > 1 and (len(tree["base_weights"]) != size * wide or scalars != written):
        raise Refused(f"An XGBoost model whose tree {number} has parts of different lengths")
    if tree["id"] != number or len(tree["parents"]) != size:  # trees are put where they say
        raise Refused(f"An XGBoost model whose tree {number} says that it is another")
    if not size or count(param["num_feature"]) > features:
        raise Refused(f"An XGBoost model whose tree {number} is no tree")
    _check_nodes(tree, number, features, len(tree.get("leaf_weights", ())) // wide)
    if splits_on_categories:
        _check_categories(tree, number, size)


def _check_nodes(tree: dict[str, Any], number: int, features: int, leaves: int) -> None:
    """Each node is the child of one at most; `leaves`: those that a right child may stand for."""
    left, right, splits = tree["left_children"], tree["right_children"], tree["split_indices"]
    size, parents = len(left), tree["parents"]
    if not all(0 <= parent < size or parent in _NO_PARENT for parent in parents):
        raise Refused(f"An XGBoost model whose tree {number} is no tree")
    seen = bytearray(size)
    for node in range(size):
        a, b = left[node], right[node]
        if a == _NO_CHILD and (b == _NO_CHILD or 0 <= b < leaves):
            continue
        if not (0 < a < size and 0 < b < size) or a == b or seen[a] or seen[b] or (
            not parents[a] == node == parents[b]
        ):  # fmt: skip
            raise Refused(f"An XGBoost model whose tree {number} is no tree")
        seen[a] = seen[b] = 1
        if not 0 <= splits[node] < features:
            raise Refused(f"An XGBoost model whose tree {number} splits on no feature")


def _check_categories(tree: dict[str, Any], number: int, size: int) -> None:
    """Which nodes split on categories, and on which of them: segments of one list."""
    nodes, starts = tree["categories_nodes"], tree["categories_segments"]
    sizes, categories, kinds = tree["categories_sizes"], tree["categories"], tree["split_type"]
    segments = list(zip(starts, sizes, strict=False))
    fits = (
        len(kinds) == size
        and len(nodes) == len(starts) == len(sizes)
        and all(0 <= node < size for node in nodes)
        and all(a < b for a, b in pairwise(nodes))
        and all(a >= 0 and n > 0 for a, n in segments)
        and all(a + n <= len(categories) for a, n in segments)
        and all(0 <= category < MOST for category in categories)
        and {node for node, kind in enumerate(kinds) if kind} <= set(nodes)
    )
    if not fits:
        raise Refused(f"An XGBoost model whose tree {number} has categories that contradict it")
