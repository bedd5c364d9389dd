"""The kinds of a table's columns, through all that wraps the estimators that know them."""

from typing import Any

from shared.adapters.conversion.inside.attributes import (
    attribute,
    changed_names,
    is_function,
    is_nothing,
    own_names,
)
from shared.adapters.conversion.inside.kinds import (
    CARRIED,
    TEXT,
    UNUSED,
    USED,
    Kind,
    Seen,
    Sure,
    merged,
)
from shared.adapters.conversion.inside.own_kinds import kinds_by_name, own_kinds
from shared.adapters.conversion.inside.parts import DEEPEST, Part, form, parts


def kinds(estimator: Any, columns: int, depth: int = 0) -> list[Kind]:
    """How the estimator, with all that it wraps, uses each of its columns."""
    if depth > DEEPEST:
        return [USED] * columns
    if is_nothing(estimator):
        return [CARRIED] * columns
    if hasattr(estimator, "build_analyzer"):
        return [TEXT] * columns
    if is_function(estimator):
        return [CARRIED if attribute(estimator, "func") is None else USED] * columns
    inner = parts(estimator, depth)
    found = _before_parts(estimator, columns, inner)
    for position, part in enumerate(inner):
        last = position == len(inner) - 1 or not isinstance(attribute(estimator, "steps"), list)
        for place, kind in _placed(part, columns, depth):
            if not last and kind.sure is Sure.CARRIED:
                continue  # the next step says what this column has to be
            found[place] = merged(found[place], kind)
    return found


def _before_parts(estimator: Any, columns: int, inner: list[Part]) -> list[Kind]:
    """What the estimator itself does with its columns, its inner ones aside."""
    if isinstance(attribute(estimator, "steps"), list):
        return [UNUSED if inner else CARRIED] * columns
    if hasattr(estimator, "transformers_"):
        found = [UNUSED] * columns
        for name, part, _ in estimator.transformers_:
            if isinstance(part, str) and part == "passthrough":
                for position in estimator._transformer_to_input_indices.get(name, ()):
                    found[int(position)] = CARRIED
        return found
    if isinstance(union := attribute(estimator, "transformer_list"), list):
        return [CARRIED if any(entry[1] == "passthrough" for entry in union) else UNUSED] * columns
    if (changed := changed_names(estimator)) is not None:
        return _of_named(estimator, changed, columns)
    if (own := own_kinds(estimator, columns)) is not None:
        return own
    by_inner = attribute(estimator, "estimators_features_") is not None
    by_inner = by_inner or any(part.seen is None for part in inner)
    return [UNUSED if by_inner else USED] * columns


def _of_named(estimator: Any, changed: list[Any], columns: int) -> list[Kind]:
    """Of an estimator of frames: it drops or changes the columns `changed`, and hands on others."""
    labels = own_names(estimator) or []
    found = [CARRIED] * columns
    dropped = attribute(estimator, "features_to_drop_") is not None
    told = {} if dropped else kinds_by_name(estimator, labels)
    for position, name in enumerate(labels[:columns]):
        if name in changed:
            found[position] = UNUSED if dropped else told.get(name, USED)
    return found


def _placed(part: Part, columns: int, depth: int) -> list[tuple[int, Kind]]:
    """(outer column, its kind as the part says)."""
    seen: Seen = range(columns) if part.seen is None else part.seen
    shape = form(part.estimator, depth + 1)
    if shape == "records":
        inner = [Kind("any", Sure.KNOWN, foreign="dict")] * len(seen)
    elif shape == "texts":
        inner = [TEXT] * len(seen)
    else:
        inner = kinds(part.estimator, len(seen), depth + 1)
    return [(place, kind) for place, kind in zip(seen, inner, strict=False) if place is not None]
