"""What a fitted estimator itself, whatever it wraps aside, says of each of its columns."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from shared.adapters.conversion.inside.attributes import attribute, holds_objects
from shared.adapters.conversion.inside.kinds import (
    CATEGORY,
    MOMENT,
    TEXT,
    TEXT_CATEGORY,
    USED,
    Kind,
    Sure,
    kind_of,
    kind_of_categories,
)
from shared.adapters.conversion.inside.lightgbm_columns import lightgbm_categories

TYPICAL = (
    "mean_",
    "center_",
    "data_min_",
    "statistics_",
    "X_thresholds_",
    "_fit_X",
    "X_train_",
    "cluster_centers_",
    "means_",
    "theta_",
    "location_",
    "support_vectors_",
)
"""Fitted attributes that hold, first, one value of the training data for each column."""


def own_kinds(estimator: Any, width: int) -> list[Kind] | None:
    """What the estimator's fitted attributes say of its columns; None where they say nothing."""
    known = attribute(estimator, "categories_")
    if isinstance(known, list) and len(known) == width:
        return [kind_of_categories(values) for values in known]
    filled = attribute(estimator, "statistics_")
    if holds_objects(filled) and len(filled) == width:
        return [kind_of([value]) for value in filled]
    if says_datetime(estimator):
        return [MOMENT] * width
    if callable(attribute(estimator, "get_cat_feature_indices")):
        return _of_catboost(estimator, width)
    boosted = _of_boosters(estimator, width)
    if any(kind is not USED for kind in boosted):
        return boosted
    if values := typical_values(estimator, width):
        return [replace(USED, value=value) for value in values]
    return None


def says_datetime(estimator: Any) -> bool:
    """Whether it takes moments: DatetimeFeatures, ExtractDateTimeFeatures and their like."""
    return "datetime" in type(estimator).__name__.lower()


def typical_values(estimator: Any, width: int) -> list[float] | None:
    """One number for each column, as in the training data."""
    import numpy as np

    if isinstance(splines := attribute(estimator, "bsplines_"), list):
        return [float(spline.t[spline.k]) for spline in splines]
    for name in TYPICAL:
        values = attribute(estimator, name)
        if values is None or isinstance(values, str | dict | list):
            continue
        values = values[:1].toarray() if hasattr(values, "toarray") else np.asarray(values)
        if values.ndim == 1 and name == "X_thresholds_":
            values = values[:1]
        if values.ndim == 2 and len(values):
            values = values[0]
        if values.shape == (width,) and values.dtype.kind in "iuf" and np.isfinite(values).all():
            return [float(value) for value in values]
    return None


def kinds_by_name(estimator: Any, names: Sequence[Any]) -> dict[Any, Kind]:
    """{column: kind} of an estimator that works on named columns, for those that it changes.

    `cols` and `mapping` of category_encoders; `variables_` and the fitted dictionaries of
    feature-engine.
    """
    kinds: dict[Any, Kind] = {}
    if isinstance(cols := attribute(estimator, "cols"), list | tuple):
        kinds.update(dict.fromkeys(cols, TEXT_CATEGORY))
        kinds.update(_of_mapping(attribute(estimator, "mapping"), estimator))
    if isinstance(variables := attribute(estimator, "variables_"), list):
        also = attribute(estimator, "reference_")
        changed = [*variables, *(also if isinstance(also, list) else ())]
        kinds.update(dict.fromkeys(changed, MOMENT if says_datetime(estimator) else USED))
    for name in ("encoder_dict_", "imputer_dict_", "category_dict_"):
        known = attribute(estimator, name)
        for column, values in known.items() if isinstance(known, dict) else ():
            listed = values if isinstance(values, dict | list) or hasattr(values, "dtype") else None
            scalar = listed is None or not hasattr(values, "__len__")
            kinds[column] = kind_of([values]) if scalar else kind_of_categories(_keys(values))
    frame = attribute(estimator, "X_")
    for column in kinds if hasattr(frame, "columns") else ():
        kinds[column] = kind_of_categories(frame[column].to_numpy())
    return {column: kind for column, kind in kinds.items() if column in set(names)}


def _of_mapping(mapping: Any, estimator: Any) -> dict[Any, Kind]:
    """category_encoders: categories are the index of the mappings of its innermost encoders."""
    if isinstance(mapping, list):
        entries = [
            (entry["col"], entry["mapping"])
            for entry in mapping
            if isinstance(entry, dict) and "data_type" in entry and "mapping" in entry
        ] + [
            (entry["col"], entry["item_pos"])
            for entry in mapping
            if isinstance(entry, dict) and isinstance(entry.get("item_pos"), dict)
        ]
    elif isinstance(mapping, dict) and attribute(estimator, "ordinal_encoder") is None:
        entries = list(mapping.items())
    else:
        return {}
    found = {column: kind_of(_keys(values)) for column, values in entries}
    return {column: kind for column, kind in found.items() if kind.sure is Sure.KNOWN}


def _keys(values: Any) -> list[Any]:
    return list(values.index if hasattr(values, "index") and hasattr(values, "iloc") else values)


def _of_catboost(estimator: Any, width: int) -> list[Kind]:
    """CatBoost tells which columns are categories (text or whole numbers) and which are texts."""
    kinds = [USED] * width
    for method, kind in (
        ("get_cat_feature_indices", TEXT_CATEGORY),
        ("get_text_feature_indices", TEXT),
    ):
        ask = attribute(estimator, method)
        for position in ask() if callable(ask) else ():
            kinds[int(position)] = kind
    return kinds


def _of_boosters(estimator: Any, width: int) -> list[Kind]:
    """LightGBM and XGBoost, trained on a table with columns of pandas' category type."""
    kinds = [USED] * width
    booster = attribute(estimator, "booster_")
    known = attribute(booster, "pandas_categorical")
    if isinstance(known, list) and known:
        positions = lightgbm_categories(booster.model_to_string(), known)
        for position, values in zip(positions, known, strict=True):
            kinds[position] = replace(kind_of(values), sure=Sure.KNOWN, categories=tuple(values))
    if callable(ask := attribute(estimator, "get_booster")) and not attribute(
        estimator, "feature_types"
    ):
        types = attribute(ask(), "feature_types") or ()
        known = _xgboost_categories(ask()) if "c" in types else []
        for position, kind in enumerate(types):
            if kind == "c" and position < len(known) and known[position]:
                values = known[position]
                kinds[position] = replace(kind_of(values), categories=tuple(values))
            elif kind == "c":
                kinds[position] = replace(TEXT_CATEGORY, foreign=CATEGORY)
    return kinds


def _xgboost_categories(booster: Any) -> list[list[str | float]]:
    """Each column's categories as XGBoost 3.1 and later keep them; [] from older ones."""
    model = json.loads(bytes(booster.save_raw("json")))["learner"]["gradient_booster"]
    columns = model.get("model", model.get("gbtree", {}).get("model", {})).get("cats", {})
    found: list[list[str | float]] = []
    for column in columns.get("enc", ()):
        values, ends = column["values"], column.get("offsets")
        if ends is not None:
            text = bytes(value % 256 for value in values)  # of text beyond ASCII, some are negative
            values = [text[a:z].decode() for a, z in itertools.pairwise(ends)]
        found.append(list(values))
    return found
