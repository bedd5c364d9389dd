"""Files of other libraries with forbidden types, loops, and numbers that point outside."""

import json
from collections.abc import Callable, Iterator

from tests.intake.hostile import opcodes as op
from tests.intake.hostile.bombs import zipped
from tests.intake.hostile.case import Case
from tests.intake.hostile.machine import SYSTEM

Make = Callable[[], bytes]


def _skops(root: object, **files: bytes) -> bytes:
    schema = {"protocol": 2, "_skops_version": "0.13", **(root if type(root) is dict else {})}
    return zipped({"schema.json": json.dumps(schema).encode(), **files})


def _node(module: str, cls: str, loader: str, **more: object) -> dict[str, object]:
    return {"__module__": module, "__class__": cls, "__loader__": loader, "__id__": 1, **more}


def _foreign() -> Iterator[tuple[str, Make]]:
    content = {"content": {"__module__": "builtins", "__class__": "dict", "__loader__": "DictNode"}}
    nodes = {
        "a forbidden function": _node("os", "system", "FunctionNode", content="system"),
        "a forbidden class": _node("subprocess", "Popen", "ObjectNode", **content),
        "a forbidden type": _node("builtins", "eval", "TypeNode"),
        "a method": _node(
            "builtins", "method", "MethodNode", content={"func": "system", "obj": {}}
        ),
        "an attrgetter": _node("operator", "attrgetter", "OperatorFuncNode", attrs={}),
        "a partial": _node("functools", "partial", "PartialNode", content={}),
        "a reduce": _node("os", "system", "ReduceNode", reduce={}),
        "an unknown loader": _node("os", "system", "EvilNode"),
        "itself inside": _node(
            "builtins", "list", "ListNode", content=[{"__loader__": "CachedNode", "__id__": 1}]
        ),
        "a pickle inside": _node("numpy", "ndarray", "NdArrayNode", type="numpy", file="a.npy"),
        "a file outside": _node("numpy", "ndarray", "NdArrayNode", type="numpy", file="../a.npy"),
        "a raw json": _node("builtins", "str", "JsonNode", content="\"__import__('os')\""),
        "no loader": {"__module__": "os", "__class__": "system"},
    }
    npy = b"\x93NUMPY\x01\x00\x46\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
    for said, node in nodes.items():
        yield (
            f"a skops file with {said}",
            lambda n=node: _skops(n, **{"a.npy": npy.ljust(79) + b"\n" + op.pickle(SYSTEM)}),
        )
    deep = '{"content":' * 50_000 + "1" + "}" * 50_000
    yield "a skops file nested deep", lambda: zipped({"schema.json": deep.encode()})
    trees = {
        "no trees": {},
        "a child outside": {"left_children": [10**9, -1, -1]},
        "a negative child": {"left_children": [-5, -1, -1]},
        "a feature outside": {"split_indices": [10**9, 0, 0]},
        "arrays of unequal length": {"split_conditions": []},
        "itself as a child": {"left_children": [0, -1, -1]},
    }
    for said, more in trees.items():
        yield f"an XGBoost file with {said}", lambda m=more: _xgboost(m)
    yield "an XGBoost file with enormous features", lambda: _xgboost({}, features="9" * 30)
    yield "an XGBoost file nested deep", lambda: b'{"learner":' + b"[" * 200_000
    yield (
        "UBJSON of an enormous array",
        lambda: b"{L\x00\x00\x00\x00\x00\x00\x00\x07learner[$d#L" + b"\x7f" * 8,
    )
    yield (
        "UBJSON nested deep",
        lambda: b"{L\x00\x00\x00\x00\x00\x00\x00\x07learner" + b"[" * 200_000,
    )
    for said, line in {
        "enormous features": "max_feature_idx=99999999999",
        "negative classes": "num_class=-1",
        "enormous classes": "num_class=2147483647",
        "a child outside": "left_child=99999\nright_child=-99999",
        "a feature outside": "split_feature=99999",
        "too few leaves": "num_leaves=2000000000",
        "sizes that lie": "tree_sizes=999999999",
    }.items():
        yield f"a LightGBM file with {said}", lambda li=line: _lightgbm(li)


_LIGHTGBM = """tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=1
objective=binary sigmoid:1
feature_names=a b
feature_infos=[0:1] [0:1]
tree_sizes={size}

{tree}
end of trees
"""
_TREE = """Tree=0
num_leaves=2
num_cat=0
split_feature=0
split_gain=1
threshold=0.5
decision_type=2
left_child=-1
right_child=-2
leaf_value=0.1 0.2
leaf_weight=1 1
leaf_count=3 3
internal_value=0
internal_weight=2
internal_count=6
is_linear=0
shrinkage=1

"""


def _lightgbm(changed: str) -> bytes:
    """A model of one tree in which these lines replace those of the same keys."""
    text = _LIGHTGBM.format(tree=_TREE, size=len(_TREE) + 1)
    lines = text.split("\n")
    for line in changed.split("\n"):
        key = line.partition("=")[0] + "="
        lines = [line if old.startswith(key) else old for old in lines]
    return "\n".join(lines).encode()


def _xgboost(more: dict[str, object], features: str = "2") -> bytes:
    tree = {
        "tree_param": {"num_nodes": "3", "num_feature": features, "size_leaf_vector": "1"},
        "left_children": [1, -1, -1],
        "right_children": [2, -1, -1],
        "parents": [2147483647, 0, 0],
        "split_indices": [0, 0, 0],
        "split_conditions": [0.5, 0.1, 0.2],
        "base_weights": [0.1, 0.1, 0.2],
        "default_left": [0, 0, 0],
        "categories": [],
        "categories_nodes": [],
        "categories_segments": [],
        "categories_sizes": [],
        "loss_changes": [1.0, 0.0, 0.0],
        "sum_hessian": [2.0, 1.0, 1.0],
        "split_type": [0, 0, 0],
        "id": 0,
        **more,
    }
    model = {"gbtree_model_param": {"num_trees": "1", "num_parallel_tree": "1"},
             "trees": [tree] if more or features != "2" else [], "tree_info": [0]}  # fmt: skip
    learner = {
        "gradient_booster": {"name": "gbtree", "model": model},
        "learner_model_param": {"num_feature": features, "num_class": "0", "base_score": "0.5"},
        "objective": {"name": "binary:logistic"}, "feature_names": [], "attributes": {},
    }  # fmt: skip
    return json.dumps({"learner": learner, "version": [3, 0, 0]}).encode()


def cases() -> Iterator[Case]:
    for name, make in _foreign():
        yield Case(name, "other forms", make)
