"""The inputs of a fitted estimator, through all its wrappers: Description, or why there is none."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from serving.description import Column, Description, Input
from shared.adapters.conversion.inside.attributes import is_dict_vectorizer, is_feature_hasher
from shared.adapters.conversion.inside.kinds import (
    TEXT,
    UNUSED,
    USED,
    Kind,
    NotServable,
    Sure,
    merged,
)
from shared.adapters.conversion.inside.limits import (
    check_count,
    check_names,
    check_values,
    checked,
)
from shared.adapters.conversion.inside.parts import DEEPEST, form, names, parts, width
from shared.adapters.conversion.inside.table_kinds import kinds
from shared.adapters.conversion.inside.trial import Trial, answered, methods

__all__ = ["NotServable", "describe"]


def describe(model: Any, hint: list[str] | None) -> Description:
    """What the fitted `model` takes, with a row that predict() answers, and its methods.

    Names: the model's own, else `hint` (the metadata's feature_names), else x0, x1.... NotServable
    says why a model cannot be served: no number of inputs, values that JSON cannot say, no row that
    predict() accepts, or an answer that JSON cannot say.
    """
    shape = form(model)
    if hint is None and (is_open := _is_open(model, shape)):
        return _described_open(model, is_open)
    if shape == "texts":
        found, own = [TEXT], None
        labels = _hinted(hint, 1) or ["text"]
    elif shape == "records":
        fields = _fields(model)
        if hint and _hashes(model):
            fields.update(dict.fromkeys(hint, UNUSED))
        found, own, labels = list(fields.values()), None, list(fields)
        check_count(len(fields))
    else:
        found, own = _table_kinds(model, hint)
        own = _respelled(own, hint)
        labels = [str(name) for name in own or ()] or _hinted(hint, len(found)) or _numbered(found)
    check_names(labels)
    check_values(found, labels)
    named = own is not None and all(isinstance(name, str) for name in own)
    trials = _trials(found, shape, named)

    def described(trial: Trial) -> Description:
        columns = _columns(trial, labels, shape)
        return Description(columns, trial.input, named, example={})

    trial, description = answered(model, trials, described)
    example = {
        column.name: value
        for column, value in zip(description.columns, trial.row, strict=True)
        if value is not None or column.required
    }
    description = checked(replace(description, example=example))
    return replace(description, methods=methods(model, description, trial.row))


def _is_open(model: Any, shape: Input | None) -> Input | None:
    """The form of the rows, where the model takes columns of any names.

    It hashes the fields of records, or answers without a look at its input, as scikit-learn's
    dummies do; before 1.5 they did not even count its columns.
    """
    if shape == "records":
        return shape if _hashes(model) else None
    if shape is not None or width(model) is not None:
        return None
    for columns in (1, 7):
        try:
            model.predict(np.zeros((2, columns)))
        except MemoryError:
            raise
        except Exception:
            return None
    return "array"


def _hashes(estimator: Any, depth: int = 0) -> bool:
    """Whether it, or an inner one that sees its input, hashes fields."""
    if is_feature_hasher(estimator):
        return True
    inner = parts(estimator, depth + 1) if depth <= DEEPEST else []
    return any(part.seen is None and _hashes(part.estimator, depth + 1) for part in inner)


def _described_open(model: Any, shape: Input) -> Description:
    anything = Column("any field" if shape == "records" else "any column", "any", required=False)

    def described(trial: Trial) -> Description:
        return Description((anything,), trial.input, False, example={}, open=True)

    trial, description = answered(model, [Trial((UNUSED,), ({},), shape)], described)
    return replace(description, methods=methods(model, description, trial.row))


def _table_kinds(model: Any, hint: list[str] | None) -> tuple[list[Kind], list[Any] | None]:
    """(each column's kind, the model's own names)."""
    columns = width(model) or (len(hint) if hint else None)
    if columns is None:
        raise NotServable(
            "model_unsupported",
            f"This {type(model).__name__} does not say how many inputs it has.",
            "Name its inputs in the metadata's feature_names, or fit it again inside a Pipeline"
            " whose first step keeps them (a StandardScaler, a ColumnTransformer).",
        )
    check_count(columns)
    own = names(model)
    return kinds(model, columns), own if own is not None and len(own) == columns else None


def _fields(estimator: Any, depth: int = 0) -> dict[str, Kind]:
    """The keys of the dicts that DictVectorizers know: "city=Paris" is the text city."""
    found: dict[str, Kind] = {}
    if is_dict_vectorizer(estimator):
        for feature in estimator.feature_names_:
            name, separator, value = str(feature).partition(estimator.separator)
            kind = Kind("string", Sure.KNOWN, value) if separator else USED
            found[name] = merged(found.get(name, UNUSED), kind)
    elif depth <= DEEPEST:
        for part in parts(estimator, depth + 1):
            if part.seen is None:
                for name, kind in _fields(part.estimator, depth + 1).items():
                    found[name] = merged(found.get(name, UNUSED), kind)
    return found


def _trials(found: list[Kind], shape: Input | None, named: bool) -> list[Trial]:
    """The rows to try, likeliest first: numbers alike, numbers of the training data, and then
    other readings of columns of which nothing is known."""
    inputs: list[Input] = [shape] if shape else ["frame", "array"]
    plain = all(kind.type in ("double", "any") for kind in found)
    if not shape and plain and not named and not any(kind.sure is Sure.UNUSED for kind in found):
        inputs = ["array", "frame"]
    elif not shape and not plain:
        inputs = ["frame"]
    tries = [Trial.of(found, inputs[0], number) for number in (0.0, 1.0, 0.5)]
    if any(kind.sure <= Sure.USED and kind.value is not None for kind in found):
        tries.append(Trial.of(found, inputs[0], None))
    if any(kind.sure is Sure.UNUSED for kind in found):
        for value in (1.0, "a"):
            needed = Kind("any", Sure.GUESSED, value)
            filled = [needed if kind.sure is Sure.UNUSED else kind for kind in found]
            tries.append(Trial.of(filled, inputs[0], 1.0))
    if shape is None and any(kind.sure in (Sure.CARRIED, Sure.USED) for kind in found):
        texts = [
            replace(TEXT, value="a") if k.sure in (Sure.CARRIED, Sure.USED) else k for k in found
        ]
        tries.append(Trial.of(texts, "frame", 1.0))
    if not named:
        tries += [Trial.of(found, other, number) for other in inputs[1:] for number in (0.0, 1.0)]
    return list(dict.fromkeys(tries))


def _columns(trial: Trial, labels: Sequence[str], shape: Input | None) -> tuple[Column, ...]:
    return tuple(
        Column(
            name,
            kind.type,
            required=shape != "records" and kind.sure is not Sure.UNUSED,
            categories=list(kind.categories) or None,
        )
        for name, kind in zip(labels, trial.kinds, strict=True)
    )


def _hinted(hint: list[str] | None, columns: int) -> list[str] | None:
    if hint is None:
        return None
    if len(hint) != columns or len(set(hint)) != columns or not all(hint):
        raise NotServable(
            "model_feature_names_mismatch",
            f"The metadata's feature_names holds {len(hint)} names, {len(set(hint))} of them"
            f" different; the model takes {columns}.",
        )
    return hint


def _respelled(own: list[Any] | None, hint: list[str] | None) -> list[Any] | None:
    """The metadata's names, where the model's own differ in blanks only: LightGBM replaces them."""
    if own and hint and [name.replace(" ", "_") for name in hint] == own:
        return list(hint)
    return own


def _numbered(found: list[Kind]) -> list[str]:
    if len(found) == 1 and found[0].type == "string":
        return ["text"]
    return [f"x{position}" for position in range(len(found))]
