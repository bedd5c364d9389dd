"""Native XGBoost and LightGBM files: described, and refused where an index reaches outside."""

import copy
import io
import json
import struct
from collections.abc import Callable
from typing import Any

import pytest

from serving.model_file.boosters.native import Format, NativeModel
from serving.model_file.findings import Refused, Unreadable
from shared.adapters.conversion.scan import native
from shared.adapters.conversion.scan.forms import open_form
from shared.adapters.conversion.scan.opened import Kind
from shared.adapters.conversion.scan.refusal import Turned

TREE: dict[str, Any] = {
    "base_weights": [0.0, -0.5, 0.5],
    "categories": [],
    "categories_nodes": [],
    "categories_segments": [],
    "categories_sizes": [],
    "default_left": [0, 0, 0],
    "id": 0,
    "left_children": [1, -1, -1],
    "loss_changes": [1.0, 0.0, 0.0],
    "parents": [2147483647, 0, 0],
    "right_children": [2, -1, -1],
    "split_conditions": [0.1, -0.5, 0.5],
    "split_indices": [0, 0, 0],
    "split_type": [0, 0, 0],
    "sum_hessian": [2.0, 1.0, 1.0],
    "tree_param": {
        "num_deleted": "0",
        "num_feature": "2",
        "num_nodes": "3",
        "size_leaf_vector": "1",
    },
}
XGBOOST: dict[str, Any] = {
    "learner": {
        "attributes": {},
        "feature_names": ["a", "b"],
        "feature_types": ["float", "int"],
        "gradient_booster": {
            "model": {
                "gbtree_model_param": {"num_parallel_tree": "1", "num_trees": "1"},
                "iteration_indptr": [0, 1],
                "tree_info": [0],
                "trees": [TREE],
            },
            "name": "gbtree",
        },
        "learner_model_param": {
            "base_score": "5E-1",
            "num_class": "0",
            "num_feature": "2",
            "num_target": "1",
        },
        "objective": {"name": "binary:logistic"},
    },
    "version": [2, 1, 4],
}
LIGHTGBM = """tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=1
objective=binary sigmoid:1
feature_names=a b
feature_infos=[0:1] 0:1:2

Tree=0
num_leaves=3
num_cat=1
split_feature=0 1
split_gain=1 1
threshold=0.5 0
decision_type=2 1
left_child=1 -1
right_child=-2 -3
leaf_value=0.1 0.2 0.3
cat_boundaries=0 1
cat_threshold=6
is_linear=0
shrinkage=1


end of trees

feature_importances:
a=1

parameters:
[boosting: gbdt]
end of parameters

pandas_categorical:[]
"""


def ubj(value: Any) -> bytes:
    """As XGBoost writes it."""
    if isinstance(value, dict):
        entries = b"".join(_length(key) + key.encode() + ubj(v) for key, v in value.items())
        return b"{" + entries + b"}"
    if isinstance(value, list) and value and all(type(item) is int for item in value):
        return b"[$l#L" + struct.pack(f">q{len(value)}i", len(value), *value)
    if isinstance(value, list):
        return b"[#L" + struct.pack(">q", len(value)) + b"".join(map(ubj, value))
    if isinstance(value, str):
        return b"S" + _length(value) + value.encode()
    return (
        b"l" + struct.pack(">i", value) if type(value) is int else b"d" + struct.pack(">f", value)
    )


def _length(text: str) -> bytes:
    return b"L" + struct.pack(">q", len(text))


WRITERS: dict[str, Callable[[Any], bytes]] = {
    "json": lambda value: json.dumps(value).encode(),
    "ubj": ubj,
}


def opened(data: bytes) -> NativeModel:
    found = open_form(io.BytesIO(data))
    assert found.kind is Kind.NATIVE
    assert found.stream.read() == data
    assert found.described is not None
    return found.described


@pytest.mark.parametrize("form", WRITERS)
def test_describes_an_xgboost_model(form: str) -> None:
    model = opened(WRITERS[form](XGBOOST))
    assert (model.library, model.version, model.objective) == (
        "XGBoost",
        "2.1.4",
        "binary:logistic",
    )
    assert (model.n_features, model.feature_names, model.outputs) == (2, ("a", "b"), 1)


def test_describes_a_lightgbm_model() -> None:
    model = opened(LIGHTGBM.encode())
    assert model.format is Format.LIGHTGBM_TEXT
    assert model.objective == "binary"
    assert model.feature_names == ("a", "b")


def at(model: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    changed = copy.deepcopy(model)
    *parents, last = path.split("/")
    target: Any = changed
    for part in parents:
        target = target[int(part)] if isinstance(target, list) else target[part]
    target[last] = value
    return changed


BOOSTER = "learner/gradient_booster/model"
REACHING = {
    "child outside": (f"{BOOSTER}/trees/0/left_children", [7, -1, -1]),
    "child below": (f"{BOOSTER}/trees/0/left_children", [-2, -1, -1]),
    "one child twice": (f"{BOOSTER}/trees/0/right_children", [1, -1, -1]),
    "a cycle": (f"{BOOSTER}/trees/0/left_children", [1, 0, -1]),
    "parent outside": (f"{BOOSTER}/trees/0/parents", [2147483647, 2**30, 0]),
    "no parent": (f"{BOOSTER}/trees/0/parents", [2147483647, -1, 0]),
    "parents of others": (f"{BOOSTER}/trees/0/parents", [2147483647, 2, 1]),
    "another tree": (f"{BOOSTER}/trees/0/id", 1),
    "feature outside": (f"{BOOSTER}/trees/0/split_indices", [9, 0, 0]),
    "short part": (f"{BOOSTER}/trees/0/split_conditions", [0.5]),
    "more nodes told": (f"{BOOSTER}/trees/0/tree_param/num_nodes", "300"),
    "class outside": (f"{BOOSTER}/tree_info", [5]),
    "trees missing": (f"{BOOSTER}/gbtree_model_param/num_trees", "9"),
    "rounds outside": (f"{BOOSTER}/iteration_indptr", [0, 99]),
    "names missing": ("learner/feature_names", ["a"]),
    "names twice": ("learner/feature_names", ["a", "a"]),
    "huge count": ("learner/learner_model_param/num_feature", "99999999"),
    "negative count": ("learner/learner_model_param/num_class", "-4"),
    "objective": ("learner/objective/name", "../x"),
    "booster": ("learner/gradient_booster/name", "evil"),
}


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("case", REACHING)
def test_refuses_an_xgboost_model_that_reaches_outside(case: str, form: str) -> None:
    with pytest.raises((Refused, Unreadable)):
        opened(WRITERS[form](at(XGBOOST, *REACHING[case])))


@pytest.mark.parametrize("form", WRITERS)
def test_says_that_categories_are_not_served_natively(form: str) -> None:
    with pytest.raises(Turned, match="categorical"):
        opened(WRITERS[form](at(XGBOOST, "learner/feature_types", ["float", "c"])))


@pytest.mark.parametrize("form", WRITERS)
def test_tells_an_xgboost_model_that_is_cut_short(form: str) -> None:
    data = WRITERS[form](XGBOOST)
    for size in (len(data) - 1, len(data) // 2, 200):
        with pytest.raises(Unreadable):
            opened(data[:size])


def test_refuses_data_after_an_xgboost_model() -> None:
    with pytest.raises(Refused, match="More data"):
        opened(ubj(XGBOOST) + b"x")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("left_child=1 -1", "left_child=9 -1"),
        ("left_child=1 -1", "left_child=0 -1"),
        ("left_child=1 -1", "left_child=1 -2"),
        ("right_child=-2 -3", "right_child=-2 -9"),
        ("split_feature=0 1", "split_feature=0 7"),
        ("split_feature=0 1", "split_feature=0"),
        ("threshold=0.5 0", "threshold=0.5 4"),
        ("cat_boundaries=0 1", "cat_boundaries=0 100"),
        ("num_cat=1", "num_cat=0"),
        ("leaf_value=0.1 0.2 0.3", "leaf_value=0.1"),
        ("max_feature_idx=1", "max_feature_idx=100"),
        ("num_tree_per_iteration=1", "num_tree_per_iteration=0"),
        ("version=v4", "version=v9"),
        ("Tree=0", "Tree=5"),
        ("end of trees", "end"),
    ],
)
def test_refuses_a_lightgbm_model_that_reaches_outside(old: str, new: str) -> None:
    assert old in LIGHTGBM
    with pytest.raises((Refused, Unreadable)):
        opened(LIGHTGBM.replace(old, new).encode())


@pytest.mark.parametrize(("more", "is_read"), [(0, True), (1, False), (10**8, False)])
def test_lightgbms_trees_are_as_long_as_it_says(more: int, is_read: bool) -> None:
    size = LIGHTGBM.index("end of trees") - LIGHTGBM.index("Tree=0") + more
    data = LIGHTGBM.replace("\n\nTree=0", f"\ntree_sizes={size}\n\nTree=0", 1).encode()
    if is_read:
        assert opened(data)
    else:
        with pytest.raises(Refused, match="as long as it says"):
            opened(data)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("is_linear=0", "is_linear=1", "linear trees"),
        ("pandas_categorical:[]", 'pandas_categorical:[["x", "y"]]', "pandas table"),
    ],
)
def test_says_which_lightgbm_models_are_not_served(old: str, new: str, word: str) -> None:
    with pytest.raises(Turned, match=word):
        opened(LIGHTGBM.replace(old, new).encode())


def test_says_that_a_file_is_too_long_to_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(native.MAX_BYTES, Format.XGBOOST_JSON, 100)
    with pytest.raises(Turned, match="the most that is read") as caught:
        opened(json.dumps(XGBOOST).encode())
    assert "model.ubj" in caught.value.refusal.fix
