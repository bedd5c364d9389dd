"""XGBoost's .json and .ubj: what the model is, and that no index in its trees reaches outside."""

import json
import re
from typing import Any

from serving.model_file.boosters import ubjson
from serving.model_file.boosters.native import Format, NativeModel, Unserved, not_served
from serving.model_file.boosters.xgboost_trees import (
    LIBRARY,
    MOST,
    check_trees,
    count,
    has_wide_trees,
)
from serving.model_file.findings import Refused, Unreadable

_NUMERIC = {"float", "q", "int", "i", "indicator"}
MOST_THREADS = 1024


def read(raw: bytes, format_: Format) -> NativeModel:
    """The description of a whole file. Unserved, Refused or Unreadable."""
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
    features, groups = _sizes(learner["learner_model_param"])
    names, kinds = learner.get("feature_names") or [], learner.get("feature_types") or []
    if not features or (names and len(names) != features):
        raise Refused("An XGBoost model whose feature names do not fit its features")
    if not all(isinstance(name, str) and name for name in names) or len(set(names)) != len(names):
        raise Refused("An XGBoost model whose feature names are not unique texts")
    if not set(kinds) <= _NUMERIC:
        raise not_served(LIBRARY, "has categorical features")
    _check_booster(learner["gradient_booster"], features, groups, pickled=False)
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
    if type(value) is not int or not 0 <= value < MOST:
        raise Refused("An XGBoost model with a count that is none")
    return value


def check_pickled(raw: bytes, running: str) -> None:
    """A Booster's memory as pickles hold it: its model, and the settings of its process.

    running: the release that is to load it; its trees of several targets are its own.
    Refused, Unreadable or Unserved: its numbers reach outside, or want too many threads.
    """
    if not raw.startswith(b"{L"):
        raise Refused("An XGBoost model in a form of releases before 1.6")
    told = ubjson.loads(raw)
    try:
        _check_kept(told["Model"], running)
        for name in ("nthread", "n_jobs"):
            threads = told["Config"]["learner"]["generic_param"].get(name, "0")
            if not re.fullmatch(r"-?\d{1,4}", threads) or int(threads) > MOST_THREADS:
                raise Refused(f"An XGBoost model for more than {MOST_THREADS} threads")
    except (KeyError, TypeError, AttributeError, IndexError, OverflowError):
        raise Unreadable("The XGBoost model is damaged or not complete.") from None


def check_saved(raw: bytes, running: str) -> None:
    """As check_pickled, of the bytes of a model alone, in either of XGBoost's forms."""
    told = ubjson.loads(raw) if raw.startswith(b"{L") else _json(raw)
    try:
        _check_kept(told, running)
    except (KeyError, TypeError, AttributeError, IndexError, OverflowError):
        raise Unreadable("The XGBoost model is damaged or not complete.") from None


def _check_kept(model: dict[str, Any], running: str) -> None:
    learner = model["learner"]
    features, groups = _sizes(learner["learner_model_param"])
    _check_booster(learner["gradient_booster"], features, groups, pickled=True)
    written = ".".join(str(part) for part in model["version"][:2])
    if has_wide_trees(learner["gradient_booster"]) and not running.startswith(f"{written}."):
        raise _of_another_release(written, running)


def _of_another_release(written: str, running: str) -> Unserved:
    return Unserved(
        f"The XGBoost model has trees of several targets (multi_output_tree) of release"
        f" {written}, which {running} does not read.",
        f"Train and save it again with XGBoost {running}, or with"
        " multi_strategy='one_output_per_tree'.",
    )


def _sizes(numbers: dict[str, Any]) -> tuple[int, int]:
    """(features, groups of trees: one for each class and target)."""
    classes, targets = numbers.get("num_class", "0"), numbers.get("num_target", "1")
    return count(numbers["num_feature"]), max(1, count(classes)) * max(1, count(targets))


def _check_booster(booster: dict[str, Any], features: int, groups: int, *, pickled: bool) -> None:
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
    check_trees(trees, features, groups, pickled=pickled)
