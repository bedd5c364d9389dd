"""CatBoost's models in pickles: they keep the bytes that they were loaded from.

What CatBoost writes of a model with texts that it has loaded, it cannot load again.
"""

from typing import Any

from serving.model_file.making import watched
from serving.model_file.save import KEPT_MODEL


def keeping_bytes(module: str, _: str, found: Any) -> Any:
    """What a loader takes for the name: of CatBoost's estimators, one that keeps its bytes."""
    return watched(found, _give) if module == "catboost.core" else found


def _give(made: Any, state: dict[str, Any]) -> None:
    raw = state.get("__model")
    made.__setstate__(state)
    if type(raw) is bytes:
        vars(made)[KEPT_MODEL] = raw
