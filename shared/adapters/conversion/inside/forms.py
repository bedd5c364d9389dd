"""In the sandbox: from what a file of any form holds to the one estimator that is served."""

from collections.abc import Mapping
from typing import Any

from serving.model_file.boosters.native import Format, NativeModel
from serving.native import LightGBMBooster, XGBoostBooster
from shared.adapters.conversion.scan.refusal import Refusal, Turned

MOST_TOLD = 5
_PIPELINE = (
    "Put the steps into one Pipeline, make_pipeline(preparation, model), and save that:"
    " joblib.dump(pipeline, 'model.joblib')."
)


def load_native(described: NativeModel, raw: bytes) -> XGBoostBooster | LightGBMBooster:
    """The booster of a native file that the scan has read. Raises what its library raises."""
    names = _own_names(list(described.feature_names)) if described.feature_names else None
    owner = LightGBMBooster if described.format is Format.LIGHTGBM_TEXT else XGBoostBooster
    model = owner(raw, described.n_features, names)
    model.booster()
    return model


def the_estimator(loaded: Any) -> tuple[Any, str]:
    """(the only estimator in what a file holds, a note for the timeline or "").

    An estimator is taken as it is; a dict, tuple or list of exactly one estimator gives that one.
    Turned says what else the file holds.
    """
    if (booster := _native(loaded)) is not None:
        return booster, f"Serves the numbers that {_kind(booster)}.predict answers, not labels."
    if _is_estimator(loaded):
        return loaded, ""
    if isinstance(loaded, type):
        raise Turned(_no_estimator(f"the class {loaded.__name__[:60]}, no fitted object", loaded))
    if isinstance(loaded, Mapping):
        entries = [(repr(key)[:60], value) for key, value in loaded.items()]
    elif isinstance(loaded, tuple | list):
        entries = [(f"position {number}", value) for number, value in enumerate(loaded)]
    else:
        raise Turned(_no_estimator(f"a {_kind(loaded)}, not an estimator", loaded))
    kind = _kind(loaded)
    found = [(key, value) for key, value in entries if _is_estimator(value)]
    if len(found) == 1:
        key, estimator = found[0]
        where = f"under {key} of" if isinstance(loaded, Mapping) else f"at {key} of"
        return estimator, f"Took the {_kind(estimator)} {where} a {kind} with {_entries(entries)}."
    if not found:
        told = ", ".join(f"{key}: {_kind(value)}" for key, value in entries[:MOST_TOLD])
        raise Turned(_no_estimator(f"a {kind} without an estimator ({told or 'empty'})", loaded))
    told = ", ".join(f"{key}: {_kind(value)}" for key, value in found[:MOST_TOLD])
    raise Turned(
        Refusal(
            "model_without_predict",
            f"The file holds a {kind} with {len(found)} estimators ({told}); which of them to ask"
            " is not said.",
            _PIPELINE,
        )
    )


def _native(loaded: Any) -> XGBoostBooster | LightGBMBooster | None:
    """A library's own booster that was pickled, as a model with predict()."""
    place = (type(loaded).__module__, type(loaded).__name__)
    if place == ("xgboost.core", "Booster"):
        raw = bytes(loaded.save_raw("ubj"))
        return XGBoostBooster(raw, loaded.num_features(), loaded.feature_names)
    if place == ("lightgbm.basic", "Booster"):
        raw = loaded.model_to_string().encode()
        return LightGBMBooster(raw, loaded.num_feature(), _own_names(loaded.feature_name()))
    return None


def _own_names(names: list[str]) -> list[str] | None:
    """LightGBM calls columns without names Column_0, Column_1 and so on."""
    return None if names == [f"Column_{number}" for number in range(len(names))] else names


def _is_estimator(value: Any) -> bool:
    """An object, not a class, that can be fitted or asked."""
    if isinstance(value, type):
        return False
    return any(callable(getattr(type(value), name, None)) for name in ("fit", "predict"))


def _kind(value: Any) -> str:
    return type(value).__name__[:60]


def _entries(entries: list[tuple[str, Any]]) -> str:
    return "1 entry" if len(entries) == 1 else f"{len(entries)} entries"


def _no_estimator(what: str, loaded: Any) -> Refusal:
    fix = "Save the fitted estimator or pipeline itself: joblib.dump(model, 'model.joblib')."
    if type(loaded).__name__ in ("DataFrame", "Series", "ndarray"):
        fix = f"{fix} This file holds the data instead."
    return Refusal("model_without_predict", f"The file holds {what}.", fix)
