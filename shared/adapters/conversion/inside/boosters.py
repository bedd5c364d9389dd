"""Boosters in pickles: their bytes are read as the scan reads native files, before a library does.

XGBoost and LightGBM follow the indices in them without asking whether they are inside. CatBoost's
form is its own: it is loaded behind walls only, and kept, since what CatBoost writes of a model
with texts that it has loaded it cannot load again.
"""

import sys
from collections.abc import Callable
from typing import Any

from serving.model_file.findings import Refused
from serving.model_file.making import watched
from serving.model_file.save import KEPT_MODEL
from shared.adapters.conversion.scan import native_lightgbm, native_xgboost


def checked_boosters(module: str, name: str, found: Any) -> Any:
    """What a loader takes for the name: of a library's booster, one that is checked."""
    give = _give_catboost if module == "catboost.core" else _GIVING.get((module, name))
    return found if give is None else watched(found, give)


def _give_catboost(made: Any, state: dict[str, Any]) -> None:
    """With the bytes of its model, which it remembers."""
    raw = state.get("__model")
    made.__setstate__(state)
    if type(raw) is bytes:
        vars(made)[KEPT_MODEL] = raw


def _give_xgboost(made: Any, state: dict[str, Any]) -> None:
    check_xgboost(state)
    made.__setstate__(state)


def _give_lightgbm(made: Any, state: dict[str, Any]) -> None:
    check_lightgbm(state)
    made.__setstate__(state)


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


_GIVING: dict[tuple[str, str], Callable[[Any, dict[str, Any]], None]] = {
    ("xgboost.core", "Booster"): _give_xgboost,
    ("lightgbm.basic", "Booster"): _give_lightgbm,
}
