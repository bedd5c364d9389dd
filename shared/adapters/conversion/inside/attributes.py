"""What single attributes say of an estimator, whichever library and release it is of."""

from collections.abc import Sequence
from typing import Any

MOST_INNER = 100
"""Of one attribute: the trees of a forest all say the same."""


def attribute(owner: Any, name: str) -> Any:
    """getattr, or None: properties of unfitted or odd estimators may raise anything."""
    try:
        return getattr(owner, name, None)
    except MemoryError:
        raise
    except Exception:
        return None


def holds_objects(values: Any) -> bool:
    """Whether it is an array of Python objects."""
    return getattr(getattr(values, "dtype", None), "kind", "") == "O"


def made_up(names: Sequence[str], attribute_name: str) -> bool:
    """Whether a library's own attribute holds only numbers in place of names that there were not.

    LightGBM: Column_0, Column_1...; CatBoost: 0, 1....
    """
    pattern = {"feature_name_": "Column_{}", "feature_names_": "{}"}.get(attribute_name)
    return pattern is not None and list(names) == [pattern.format(n) for n in range(len(names))]


def is_nothing(step: Any) -> bool:
    """Whether a step hands on what it gets at predict(): passthrough, samplers, train-only ones."""
    if step is None or isinstance(step, str):
        return True
    if attribute(step, "_train_only") is True:
        return True
    return hasattr(step, "fit_resample") and not (
        hasattr(step, "transform") or hasattr(step, "predict")
    )


def is_function(step: Any) -> bool:
    """Whether it is a FunctionTransformer, which keeps the columns that it gets."""
    return all(hasattr(step, name) for name in ("func", "inverse_func", "kw_args"))


def is_dict_vectorizer(estimator: Any) -> bool:
    """Whether it is a fitted DictVectorizer: it takes dicts, and knows their keys."""
    return all(hasattr(estimator, name) for name in ("vocabulary_", "feature_names_", "separator"))


def is_feature_hasher(estimator: Any) -> bool:
    """Whether it hashes the fields of dicts, of which it keeps no names."""
    return all(hasattr(estimator, name) for name in ("input_type", "n_features", "alternate_sign"))


def own_names(estimator: Any) -> list[Any] | None:
    """feature_names_in_, or what else a library calls it; without a target that it includes."""
    for name in ("feature_names_in_", "feature_name_", "feature_names_"):
        told = attribute(estimator, name)
        if told is None or isinstance(told, str | dict) or getattr(told, "ndim", 1) != 1:
            continue
        if not len(told):
            continue
        if hasattr(estimator, "vocabulary_") or made_up([str(each) for each in told], name):
            return None
        found = list(told)
        target = attribute(estimator, "target_name_")
        if target is not None and found[-1] == target:
            found.pop()
        return found
    return None


def changed_names(estimator: Any) -> list[Any] | None:
    """The columns that an estimator of frames works on, handing on the others; else None.

    feature-engine's variables_ and features_to_drop_, category_encoders' cols, PyCaret's _include.
    """
    if own_names(estimator) is None:
        return None
    if isinstance(dropped := attribute(estimator, "features_to_drop_"), list | set):
        return list(dropped)
    for name in ("variables_", "cols", "variables"):
        if isinstance(chosen := attribute(estimator, name), list | tuple):
            return [*chosen, *_reference(estimator)]
    if hasattr(estimator, "transformer") and hasattr(estimator, "_include"):
        return list(attribute(estimator, "_include") or ())
    if hasattr(estimator, "match_dtypes") or hasattr(estimator, "missing_values_"):
        return []
    return None


def _reference(estimator: Any) -> list[Any]:
    """The columns that a DatetimeSubtraction takes its variables_ from or to."""
    told = attribute(estimator, "reference_")
    return told if isinstance(told, list) else []


def estimators_in(value: Any, depth: int = 0) -> list[Any]:
    """The estimators in an attribute: itself, or in lists, tuples, dicts and arrays of them."""
    if hasattr(type(value), "fit") or hasattr(type(value), "predict"):
        return [value]
    if hasattr(type(value), "predict_proba"):
        return [value]
    if depth > 2:
        return []
    if isinstance(value, dict):
        members: list[Any] = list(value.values())[:MOST_INNER]
    elif isinstance(value, list | tuple):
        members = list(value[:MOST_INNER])
    elif holds_objects(value) and hasattr(value, "ravel"):
        members = list(value.ravel()[:MOST_INNER])
    else:
        return []
    return [inner for member in members for inner in estimators_in(member, depth + 1)]
