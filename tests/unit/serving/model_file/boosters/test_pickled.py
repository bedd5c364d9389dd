"""Boosters in pickles: their bytes are judged before their library is given them.

The classes here are given and give their state as those of the libraries do.
"""

import copy
import json
import sys
import types
from typing import Any

import pytest

from serving.model_file.boosters.native import Unserved
from serving.model_file.boosters.xgboost_model import check_pickled, check_saved
from serving.model_file.findings import Refused, Unreadable
from serving.model_file.making import checked
from serving.native import LightGBMBooster, XGBoostBooster
from tests.unit.shared.adapters.conversion.scan.test_native import (
    BOOSTER,
    LIGHTGBM,
    REACHING,
    XGBOOST,
    at,
    ubj,
)

CONFIG: dict[str, Any] = {"learner": {"generic_param": {"nthread": "0"}}}
MODEL = "Model/learner/gradient_booster/model"
TREE = f"{MODEL}/trees/0"
SNAPSHOT: dict[str, Any] = {"Config": CONFIG, "Model": {**XGBOOST, "version": [2, 1, 4]}}


def with_categories() -> dict[str, Any]:
    """Of a table whose second column has three categories; the root takes two of them left."""
    changed = copy.deepcopy(SNAPSHOT)
    for path, value in {
        "Model/learner/feature_types": ["float", "c"],
        f"{TREE}/split_type": [1, 0, 0],
        f"{TREE}/categories": [0, 2],
        f"{TREE}/categories_nodes": [0],
        f"{TREE}/categories_segments": [0],
        f"{TREE}/categories_sizes": [2],
        f"{MODEL}/cats": {
            "enc": [
                {"offsets": [], "values": []},
                {"offsets": [0, 1, 2, 3], "values": [120, 121, 122]},
            ],
            "feature_segments": [0, 0, 3],
            "sorted_idx": [2, 0, 1],
        },
    }.items():
        changed = at(changed, path, value)
    return changed


def read(snapshot: dict[str, Any], running: str = "2.1.4") -> None:
    check_pickled(ubj(snapshot), running)


def test_an_estimators_booster_may_know_categories() -> None:
    read(SNAPSHOT)
    read(with_categories())


@pytest.mark.parametrize(
    "case", [case for case in REACHING if REACHING[case][0].startswith(BOOSTER)]
)
def test_a_booster_that_reaches_outside_is_refused(case: str) -> None:
    path, value = REACHING[case]
    forged = at(SNAPSHOT, f"Model/{path}", value)
    with pytest.raises((Refused, Unreadable)):
        read(forged)
    with pytest.raises((Refused, Unreadable)):
        check_saved(ubj(forged["Model"]), "2.1.4")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{TREE}/categories_nodes", [7]),
        (f"{TREE}/categories_segments", [100]),
        (f"{TREE}/categories_segments", [-1]),
        (f"{TREE}/categories_sizes", [3]),
        (f"{TREE}/categories_sizes", [0]),
        (f"{TREE}/categories", [0, -5]),
        (f"{TREE}/categories", [0, 2**31 - 1]),
        (f"{TREE}/split_type", [1, 1, 0]),
        (f"{MODEL}/cats/enc/1/offsets", [0, 1, 2, 300]),
        (f"{MODEL}/cats/enc/1/offsets", [0, 2, 1, 3]),
        (f"{MODEL}/cats/feature_segments", [0, 0, 300]),
        (f"{MODEL}/cats/sorted_idx", [2, 0, 9]),
        ("Config/learner/generic_param/nthread", "1000000"),
        ("Config/learner/generic_param/nthread", "many"),
    ],
)
def test_categories_and_threads_outside_are_refused(path: str, value: Any) -> None:
    with pytest.raises((Refused, Unreadable)):
        read(at(with_categories(), path, value))


@pytest.mark.parametrize(
    "raw", [b"", b"CONFIG-offset:" + bytes(400), b"{L", b"{" * 10**5, b"[" * 99]
)
def test_what_is_no_memory_of_a_booster_is_refused(raw: bytes) -> None:
    with pytest.raises((Refused, Unreadable)):
        check_pickled(raw, "2.1.4")


def test_trees_of_several_targets_are_read_by_their_own_release_only() -> None:
    wide = at(SNAPSHOT, f"{TREE}/tree_param/size_leaf_vector", "2")
    wide = at(wide, f"{TREE}/base_weights", [0.0] * 6)
    read(wide := at(at(wide, f"{TREE}/loss_changes", []), f"{TREE}/sum_hessian", []))
    with pytest.raises(Refused):
        read(at(wide, f"{TREE}/sum_hessian", [1.0] * 3))
    with pytest.raises(Unserved, match="several targets"):
        read(wide, "3.2.0")


class Booster:
    """Loads what it is given."""

    loaded: Any = None

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.loaded = state


@pytest.mark.parametrize(
    ("module", "state"),
    [
        ("xgboost.core", {"handle": None}),
        ("xgboost.core", {"handle": "text"}),
        ("xgboost.core", {}),
        ("lightgbm.basic", {"_handle": LIGHTGBM.replace("left_child=1 -1", "left_child=9 -1")}),
        ("lightgbm.basic", {"handle": LIGHTGBM.replace("num_cat=1", "num_cat=0")}),
        ("lightgbm.basic", {"_handle": 5}),
    ],
)
def test_a_library_is_not_given_what_is_refused(module: str, state: dict[str, Any]) -> None:
    made = checked(module, "Booster", Booster)()
    with pytest.raises((Refused, Unreadable)):
        made.__setstate__(state)
    assert made.loaded is None


def test_a_library_is_given_its_own_object() -> None:
    made = checked("lightgbm.basic", "Booster", Booster)()
    made.__setstate__(
        {"_handle": LIGHTGBM.replace("pandas_categorical:[]", 'pandas_categorical:[["x"]]')}
    )
    assert type(made) is Booster
    assert made.loaded


class Loaded:
    """Stands for a library's booster: says that it was given a model."""

    def __init__(self, model_str: str = "") -> None:
        assert not model_str, "the library was given the model"

    def load_model(self, _: bytearray) -> None:
        raise AssertionError("the library was given the model")


@pytest.mark.parametrize(
    ("library", "owner", "raw"),
    [
        ("lightgbm", LightGBMBooster, LIGHTGBM.replace("left_child=1 -1", "left_child=9 -1")),
        ("xgboost", XGBoostBooster, json.dumps(at(XGBOOST, f"{BOOSTER}/tree_info", [7]))),
    ],
)
def test_bytes_of_a_native_file_are_read_again_before_a_library_gets_them(
    library: str, owner: type[LightGBMBooster], raw: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = types.SimpleNamespace(__version__="2.1.4", Booster=Loaded)
    monkeypatch.setitem(sys.modules, library, module)
    with pytest.raises(Refused):
        owner(raw.encode(), 2, None).booster()
