"""Boosters in pickles: given their state only when the model in it was read.

XGBoost and LightGBM follow the indices in their bytes without asking whether they are inside.
"""

import sys
from collections.abc import Callable
from typing import Any

from serving.model_file.boosters import lightgbm_model, xgboost_model
from serving.model_file.findings import Refused


def give_xgboost(made: Any, state: dict[str, Any]) -> None:
    """Refused, Unreadable or Unserved where the state holds no model that XGBoost may load."""
    handle = state.get("handle")
    if not isinstance(handle, bytearray):
        raise Refused("An XGBoost model without its bytes")
    xgboost_model.check_pickled(bytes(handle), sys.modules["xgboost"].__version__)
    made.__setstate__(state)


def give_lightgbm(made: Any, state: dict[str, Any]) -> None:
    """Refused or Unreadable where the state holds no model that LightGBM may load."""
    text = state.get("_handle", state.get("handle"))
    if not isinstance(text, str) or not text.startswith("tree\n"):
        raise Refused("A LightGBM model without its text")
    lightgbm_model.read(text.encode(), pickled=True)
    made.__setstate__(state)


GIVING: dict[tuple[str, str], Callable[[Any, dict[str, Any]], None]] = {
    ("xgboost.core", "Booster"): give_xgboost,
    ("lightgbm.basic", "Booster"): give_lightgbm,
}
"""By the booster's name, how it is given its state."""
