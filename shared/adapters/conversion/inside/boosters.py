"""Boosters in pickles: their bytes are read as the scan reads native files, before a library does.

XGBoost and LightGBM follow the indices in them without asking whether they are inside. CatBoost's
form is its own: it is loaded behind walls only, and kept, since what CatBoost writes of a model
with texts that it has loaded it cannot load again.
"""

import sys
from collections.abc import Callable
from functools import cache
from typing import Any

from serving.model_file.findings import Refused
from serving.model_file.save import KEPT_MODEL
from shared.adapters.conversion.scan import native_lightgbm, native_xgboost


def checked_boosters(module: str, name: str, found: Any) -> Any:
    """What a loader takes for the name: of a library's booster, one that is checked."""
    if module == "catboost.core":
        return _keeping(found)
    check = _CHECKS.get((module, name))
    return found if check is None else _subclass(found, check)


@cache
def _subclass(cls: Any, check: Callable[[dict[str, Any]], None]) -> Any:
    """`cls`, whose objects are checked before they are given their state, and are of `cls` then."""

    def set_state(self: Any, state: Any) -> None:
        self.__class__ = cls
        check(state)
        cls.__setstate__(self, state)

    return type(cls.__name__, (cls,), {"__setstate__": set_state, "__module__": cls.__module__})


@cache
def _keeping(cls: Any) -> Any:
    """A class of CatBoost's, whose objects remember the bytes of their model."""

    def set_state(self: Any, state: dict[str, Any]) -> None:
        self.__class__ = cls
        raw = state.get("__model")
        cls.__setstate__(self, state)
        if type(raw) is bytes:
            vars(self)[KEPT_MODEL] = raw

    return type(cls.__name__, (cls,), {"__setstate__": set_state, "__module__": cls.__module__})


def check_xgboost(state: dict[str, Any]) -> None:
    """Refused or Unreadable where the state of a Booster holds no model that it may load."""
    handle = state.get("handle")
    if not isinstance(handle, bytearray):
        raise Refused("An XGBoost model without its bytes")
    native_xgboost.check_pickled(bytes(handle), sys.modules["xgboost"].__version__)


def check_lightgbm(state: dict[str, Any]) -> None:
    """Refused or Unreadable where the state of a Booster holds no model that it may load."""
    text = state.get("_handle", state.get("handle"))
    if not isinstance(text, str) or not text.startswith("tree\n"):
        raise Refused("A LightGBM model without its text")
    native_lightgbm.read(text.encode(), pickled=True)


_CHECKS: dict[tuple[str, str], Callable[[dict[str, Any]], None]] = {
    ("xgboost.core", "Booster"): check_xgboost,
    ("lightgbm.basic", "Booster"): check_lightgbm,
}
