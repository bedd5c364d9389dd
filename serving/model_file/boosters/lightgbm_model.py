"""LightGBM's text files: what the model is, and that no index in its trees reaches outside."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise

from serving.model_file.boosters.native import Format, NativeModel, not_served
from serving.model_file.findings import Refused, Unreadable

LIBRARY = "LightGBM"
_MOST = 1 << 24
_CATEGORICAL = 1
"""Bit of a node's decision_type."""
_VERSIONS = {"v2": "", "v3": "", "v4": ""}
_INTEGER = re.compile(r"-?[0-9]{1,9}")
_NEW_LINE = re.compile("\r\n?|\n")
_NUMBERS = "0123456789+-.e infatyIN"
"""What numbers are written with, those without end and none among them."""
_MOST_LINES = 22
"""Of one tree: LightGBM reads no more."""


def read(raw: bytes, *, pickled: bool = False) -> NativeModel:
    """The description of a whole file. Unserved, Refused or Unreadable.

    pickled: of an estimator, which knows its table's categories and may have linear trees.
    """
    lines = _lines(raw)
    next(lines)
    head = _block(lines, alone="average_output")
    features = _number(head, "max_feature_idx") + 1
    each_round, classes = _number(head, "num_tree_per_iteration"), _number(head, "num_class")
    names = head.get("feature_names", "").split(" ")
    if head.get("version") not in _VERSIONS:
        raise Refused(f"A LightGBM model of the unknown version {head.get('version', '')[:20]!r}")
    if not 0 < features <= _MOST or len(names) != features or len(set(names)) != features:
        raise Refused("A LightGBM model whose feature names do not fit its features")
    if not 0 < classes <= _MOST or each_round not in (1, classes):
        raise Refused("A LightGBM model whose trees do not fit its classes")
    _check_objective(head.get("objective"), each_round, classes)
    count = _check_trees(lines, features, pickled=pickled)
    if count % each_round:
        raise Refused("A LightGBM model whose number of trees contradicts itself")
    _check_sizes(raw, head.get("tree_sizes", "").split(), count)
    if not pickled:
        _check_rest(lines)
    return NativeModel(
        format=Format.LIGHTGBM_TEXT,
        library=LIBRARY,
        version="",
        objective=head.get("objective", "").partition(" ")[0],
        n_features=features,
        feature_names=tuple(names),
        outputs=each_round,
    )


def _lines(raw: bytes) -> Iterator[str]:
    """The lines as LightGBM tells them apart: not by the other ends that Unicode knows."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable("The LightGBM model is damaged: no text.") from None
    if "\0" in text:
        raise Refused("A LightGBM model with an end inside of its text")
    return iter(_NEW_LINE.split(text))


def _block(lines: Iterator[str], alone: str = "") -> dict[str, str]:
    """key=value lines up to an empty one; `alone` may stand without a value.

    Any other line without one would be the beginning of the next line's key to LightGBM.
    """
    found: dict[str, str] = {}
    for line in lines:
        if not line:
            return found
        key, equals, value = line.partition("=")
        doubled = value.startswith("=") and key != "feature_names"
        if not key or doubled or not (equals or key == alone):
            raise Refused("A LightGBM model with a line that may be read in two ways")
        if key in found:
            raise Refused(f"A LightGBM model that says {key[:40]!r} twice")
        found[key] = value
    raise Unreadable("The LightGBM model is cut short.")


def _number(block: dict[str, str], key: str) -> int:
    text = block.get(key, "")
    if not _INTEGER.fullmatch(text):
        raise Unreadable(f"The LightGBM model is damaged: {key} is no number.")
    return int(text)


def _check_objective(told: str | None, each_round: int, classes: int) -> None:
    """Objectives of several classes change as many numbers of an answer as they say."""
    if told is None:
        return
    words = [word for word in told.split(" ") if word]
    if not words:
        raise Refused("A LightGBM model with an objective that is none")
    sizes = {word for word in words if "num_class" in word}
    several = words[0].startswith("multiclass")
    if sizes != ({f"num_class:{classes}"} if several else set()) or (
        several and each_round != classes
    ):
        raise Refused("A LightGBM model whose objective does not fit its classes")


def _check_trees(lines: Iterator[str], features: int, *, pickled: bool) -> int:
    """How many trees there are up to "end of trees"."""
    count = 0
    for line in lines:
        if line == "end of trees":
            return count
        if not line:
            continue
        if line != f"Tree={count}":
            raise Unreadable("The LightGBM model is damaged: a tree is missing.")
        _check_tree(_block(lines), count, features, pickled=pickled)
        count += 1
    raise Unreadable("The LightGBM model is cut short.")


def _check_sizes(raw: bytes, sizes: list[str], count: int) -> None:
    """LightGBM jumps from tree to tree by these, where there are any."""
    if not sizes:
        return
    at = raw.find(b"Tree=0\n")
    for number, size in enumerate(sizes):
        if not _INTEGER.fullmatch(size) or not raw.startswith(b"Tree=%d\n" % number, at):
            raise Refused("A LightGBM model whose trees are not as long as it says")
        at += int(size)
    if len(sizes) != count or not raw.startswith(b"end of trees", at):
        raise Refused("A LightGBM model whose trees are not as long as it says")


def _check_tree(tree: dict[str, str], number: int, features: int, *, pickled: bool) -> None:
    if len(tree) > _MOST_LINES or any(text.strip(_NUMBERS) for text in tree.values()):
        raise Refused(f"A LightGBM model whose tree {number} has lines without numbers")
    leaves, categorical = _number(tree, "num_leaves"), _number(tree, "num_cat")
    if tree.get("is_linear", "0") != "0":
        if not pickled:
            raise not_served(LIBRARY, "has linear trees")
        _check_linear(tree, leaves, features, number)
    if not 0 < leaves <= _MOST or len(tree.get("leaf_value", "").split()) != leaves:
        raise Refused(f"A LightGBM model whose tree {number} is no tree")
    if leaves == 1:
        return
    nodes = leaves - 1
    children = _integers(tree, "left_child", nodes), _integers(tree, "right_child", nodes)
    _check_children(children, nodes, leaves, number)
    splits = _integers(tree, "split_feature", nodes)
    if not all(0 <= split < features for split in splits):
        raise Refused(f"A LightGBM model whose tree {number} splits on no feature")
    if len(tree.get("threshold", "").split()) != nodes:
        raise Refused(f"A LightGBM model whose tree {number} has parts of different lengths")
    _check_categories(tree, categorical, nodes, number)


def _check_linear(tree: dict[str, str], leaves: int, features: int, number: int) -> None:
    """Each leaf's own features and as many coefficients."""
    counts = _integers(tree, "num_features", leaves)
    used = _integers(tree, "leaf_features", sum(max(0, count) for count in counts))
    fits = min(counts) >= 0 and all(0 <= feature < features for feature in used)
    if not fits or len(tree.get("leaf_coeff", "").split()) != len(used):
        raise Refused(f"A LightGBM model whose tree {number} has coefficients for no feature")


def _integers(tree: dict[str, str], key: str, count: int) -> list[int]:
    texts = tree.get(key, "").split()
    if len(texts) != count or not all(_INTEGER.fullmatch(text) for text in texts):
        raise Refused(f"A LightGBM model whose trees have parts of different lengths ({key})")
    return [int(text) for text in texts]


def _check_children(
    children: tuple[list[int], list[int]], nodes: int, leaves: int, number: int
) -> None:
    """Nodes count from 0, leaves from -1 down; each is the child of one node, the root of none."""
    seen: set[int] = set()
    for child in (*children[0], *children[1]):
        if not -leaves <= child < nodes or child == 0 or child in seen:
            raise Refused(f"A LightGBM model whose tree {number} is no tree")
        seen.add(child)


def _check_categories(tree: dict[str, str], categorical: int, nodes: int, number: int) -> None:
    """Each categorical node's threshold is the number of a set of categories."""
    kinds = _integers(tree, "decision_type", nodes)
    on_categories = [at for at, kind in enumerate(kinds) if kind & _CATEGORICAL]
    if not categorical:
        if on_categories:
            raise Refused(f"A LightGBM model whose tree {number} splits on missing categories")
        return
    bounds = _integers(tree, "cat_boundaries", categorical + 1)
    sets = len(tree.get("cat_threshold", "").split())
    rising = all(a <= b for a, b in pairwise(bounds))
    if bounds[0] != 0 or not rising or bounds[-1] != sets:
        raise Refused(f"A LightGBM model whose tree {number} has categories that contradict it")
    thresholds = tree["threshold"].split()
    for at in on_categories:
        if not _INTEGER.fullmatch(thresholds[at]) or not 0 <= int(thresholds[at]) < categorical:
            raise Refused(f"A LightGBM model whose tree {number} splits on missing categories")


def _check_rest(lines: Iterator[str]) -> None:
    """Importances and parameters, which decide nothing; the categories of a table, which would."""
    for line in lines:
        name, colon, told = line.partition(":")
        if not colon or name != "pandas_categorical":
            continue
        try:
            categories = json.loads(told)
        except (ValueError, RecursionError):
            raise Unreadable("The LightGBM model is damaged: its categories are none.") from None
        if categories:
            raise not_served(LIBRARY, "has categorical columns of a pandas table")
