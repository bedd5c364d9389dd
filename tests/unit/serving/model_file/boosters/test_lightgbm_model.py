"""LightGBM's text is read as LightGBM reads it: line by line, each line in one way."""

import pytest

from serving.model_file.boosters.lightgbm_model import read
from serving.model_file.findings import Refused, Unreadable
from tests.unit.shared.adapters.conversion.scan.test_native import LIGHTGBM

CLASSES = LIGHTGBM.replace("num_class=1", "num_class=3").replace(
    "objective=binary sigmoid:1", "objective=multiclass num_class:3"
)
ROUND = CLASSES.replace("num_tree_per_iteration=1", "num_tree_per_iteration=3").replace(
    "end of trees", "\n".join(f"{LIGHTGBM[LIGHTGBM.index('Tree=0'):].split('end of')[0]}"
    .replace("Tree=0", f"Tree={number}") for number in (1, 2)) + "end of trees",
)  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("objective=binary sigmoid:1\n", ""),
        ("objective=binary sigmoid:1", "objective=regression sqrt"),
        ("objective=binary sigmoid:1", "objective=binary sigmoid:1\naverage_output"),
        ("feature_names=a b", "feature_names=a =b"),
        ("feature_names=a b", "feature_names=a\x85 b\u2028"),
        ("leaf_value=0.1 0.2 0.3", "leaf_value=nan -inf 1.5e-07"),
        ("\n", "\r\n"),
    ],
)
def test_reads_what_lightgbm_writes(old: str, new: str) -> None:
    assert old in LIGHTGBM
    assert read(LIGHTGBM.replace(old, new).encode(), pickled=True).n_features == 2


def test_a_model_of_three_classes_has_three_trees_in_a_round() -> None:
    assert read(ROUND.encode(), pickled=True).outputs == 3


@pytest.mark.parametrize(
    "objective",
    [
        "multiclass num_class:100000",
        "multiclass num_class:2",
        "multiclass",
        "multiclass num_class:3 num_class:9",
        "multiclass :num_class:9 num_class:3",
        " multiclassova num_class:100000",
        "binary num_class:3",
        "",
        " ",
    ],
)
def test_an_objective_changes_no_more_numbers_than_there_are(objective: str) -> None:
    forged = ROUND.replace("objective=multiclass num_class:3", f"objective={objective}")
    with pytest.raises(Refused, match="objective"):
        read(forged.encode(), pickled=True)


def test_classes_without_a_tree_for_each_are_refused() -> None:
    with pytest.raises(Refused, match="objective"):
        read(CLASSES.encode(), pickled=True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\nleft_child=", "\x0bleft_child="),
        ("\nleft_child=", "\x85left_child="),
        ("\nleft_child=", "\u2028left_child="),
        ("\nleft_child=", "\nhidden\nleft_child="),
        ("\nleft_child=", "\0\nleft_child="),
        ("left_child=1", "=left_child=9 9\nleft_child=1"),
        ("left_child=1", "left_child==1"),
        ("num_class=1", "=num_class=9\nnum_class=1"),
        ("num_class=1", "hidden\nnum_class=1"),
        ("shrinkage=1", "shrinkage=x"),
        ("split_gain=1 1", "split_gain=1 one"),
        ("shrinkage=1", "\n".join(f"n{line}=1" for line in range(20))),
        ("num_leaves=3", "num_leaves=\u0663"),
    ],
)
def test_a_line_that_may_be_read_in_two_ways_is_refused(old: str, new: str) -> None:
    assert LIGHTGBM.count(old) == 1
    with pytest.raises((Refused, Unreadable)):
        read(LIGHTGBM.replace(old, new).encode(), pickled=True)
