"""How a wrapper's inner estimators see its columns: by attributes, not by a list of classes.

Everything here asks fitted attributes, so that a wrapper of another library, or of the next
release, is looked through as those of today are.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from shared.adapters.conversion.inside.attributes import (
    attribute,
    changed_names,
    estimators_in,
    is_dict_vectorizer,
    is_feature_hasher,
    is_nothing,
    own_names,
)
from shared.adapters.conversion.inside.carried import Carried, carried_by, composed
from shared.adapters.conversion.inside.kinds import NotServable

DEEPEST = 30
_OTHER_INPUTS = frozenset(
    {"final_estimator_", "final_estimator", "transformer_", "calibrators", "label_encoder"}
)
"""Estimators that see something else than the columns: predictions, or the target."""


@dataclass(frozen=True)
class Part:
    """An inner estimator and which of the outer columns it sees: None for all, as they are."""

    estimator: Any
    seen: tuple[int | None, ...] | None = None


def parts(estimator: Any, depth: int = 0) -> list[Part]:
    """The inner estimators that see columns of this one's input, outermost first; [] for a leaf."""
    if depth > DEEPEST or hasattr(estimator, "build_analyzer"):
        return []
    if isinstance(steps := attribute(estimator, "steps"), list):
        return _of_steps([step[1] for step in steps], depth)
    if hasattr(estimator, "transformers_"):
        return _of_column_transformer(estimator)
    if isinstance(union := attribute(estimator, "transformer_list"), list):
        return [Part(entry[1]) for entry in union if not isinstance(entry[1], str)]
    if (changed := changed_names(estimator)) is not None:
        return _of_named(estimator, changed, depth)
    return list(_of_attributes(estimator, depth))


def width(estimator: Any, depth: int = 0) -> int | None:
    """How many columns it takes; None where neither it nor an inner one says."""
    if depth > DEEPEST:
        return None
    if not isinstance(attribute(estimator, "steps"), list):
        if (told := attribute(estimator, "n_features_in_")) is not None and int(told) > 0:
            return int(told)
        if (names := own_names(estimator)) is not None:
            return len(names)
        if (made_up := attribute(estimator, "feature_names_")) is not None and len(made_up):
            return len(made_up)
        if attribute(estimator, "X_thresholds_") is not None:
            return 1
    for part in parts(estimator, depth + 1):
        if part.seen is None and (found := width(part.estimator, depth + 1)) is not None:
            return found
    return None


def names(estimator: Any, depth: int = 0) -> list[Any] | None:
    """The columns' names, its own or those of an inner one that sees all columns."""
    if depth > DEEPEST:
        return None
    own = None if isinstance(attribute(estimator, "steps"), list) else own_names(estimator)
    if own is not None:
        return own
    for part in parts(estimator, depth + 1):
        if part.seen is None and (found := names(part.estimator, depth + 1)) is not None:
            return found
    return None


def form(estimator: Any, depth: int = 0) -> Literal["texts", "records"] | None:
    """Whether it takes a list of documents, or of dicts, instead of a table."""
    if depth > DEEPEST:
        return None
    if hasattr(estimator, "build_analyzer"):
        return "texts"
    if is_dict_vectorizer(estimator):
        return "records"
    if is_feature_hasher(estimator):
        if attribute(estimator, "input_type") == "dict":
            return "records"
        raise NotServable(
            "model_unsupported",
            f"A FeatureHasher of the input type {attribute(estimator, 'input_type')!r} takes lists"
            " in place of values.",
            'Use FeatureHasher(input_type="dict"), or a DictVectorizer.',
        )
    for part in parts(estimator, depth + 1):
        if part.seen is None and (found := form(part.estimator, depth + 1)) is not None:
            return found
    return None


def carried(estimator: Any, depth: int = 0) -> Carried:
    """Which input column each output column is; see carried.py."""
    if depth > DEEPEST:
        return "lost"
    if not isinstance(steps := attribute(estimator, "steps"), list):
        return carried_by(estimator, lambda inner: carried(inner, depth + 1))
    if is_nothing(estimator):
        return "all"
    inside = _of_steps([step[1] for step in steps], depth)
    active = [step[1] for step in steps if not is_nothing(step[1])]
    if not inside:
        return "all"
    if inside[-1].estimator is not active[-1]:
        return "lost"
    return composed(inside[-1].seen, carried(active[-1], depth + 1))


def _of_steps(steps: list[Any], depth: int) -> list[Part]:
    """The first step sees all columns; the next ones those that the ones before hand on."""
    found: list[Part] = []
    seen: tuple[int | None, ...] | None = None
    active = [step for step in steps if not is_nothing(step)]
    for step, following in zip(active, [*active[1:], None], strict=True):
        found.append(Part(step, seen))
        if following is None:
            break
        on: Carried = "lost"
        if changed_names(step) is not None and (after := names(following, depth + 1)):
            before = {name: n for n, name in enumerate(own_names(step) or ())}
            on = [before.get(name) for name in after]
        if on == "lost":
            on = carried(step, depth + 1)
        on = composed(seen, on)
        if isinstance(on, str):
            if on == "lost":
                break
            seen = None
        else:
            seen = tuple(on)
            if not any(position is not None for position in seen):
                break
    return found


def _of_column_transformer(estimator: Any) -> list[Part]:
    found = []
    for name, part, _ in estimator.transformers_:
        positions = estimator._transformer_to_input_indices.get(name, ())
        if not isinstance(part, str) and len(positions):
            found.append(Part(part, tuple(int(position) for position in positions)))
    return found


def _of_named(estimator: Any, changed: list[Any], depth: int) -> list[Part]:
    """Inner encoders of one that works on named columns: they see those, or the whole frame."""
    columns = {name: n for n, name in enumerate(own_names(estimator) or ())}
    subset = tuple(columns[name] for name in changed if name in columns)
    found = []
    for _, inner in inner_estimators(estimator):
        told = width(inner, depth + 1)
        if told == len(columns):
            found.append(Part(inner))
        elif subset and told in (None, len(subset)):
            found.append(Part(inner, subset))
    return found


def _of_attributes(estimator: Any, depth: int) -> Iterator[Part]:
    """Inner estimators of any wrapper, where their width says what they see."""
    total = attribute(estimator, "n_features_in_")
    subsets = attribute(estimator, "estimators_features_")
    support = attribute(estimator, "support_")
    numbers: Counter[str] = Counter()
    for name, inner in inner_estimators(estimator):
        position = numbers[name]
        numbers[name] += 1
        if name.rstrip("_") == "final_estimator" and attribute(estimator, "passthrough") is True:
            told = width(inner, depth + 1)
            if told is not None and total is not None and told >= total:
                yield Part(inner, (*[None] * (told - total), *range(total)))
            continue
        if name in _OTHER_INPUTS or type(inner).__name__ == "_ConstantPredictor":
            continue
        if name == "estimators_" and subsets is not None and position < len(subsets):
            subset = tuple(int(n) for n in subsets[position])
            yield Part(inner, None if subset == tuple(range(total or 0)) else subset)
            continue
        told = width(inner, depth + 1)
        if told is None:
            if _says_input(inner):
                yield Part(inner)
        elif total is None or told == total:
            yield Part(inner)
        elif told > total:
            yield Part(inner, (*range(total), *[None] * (told - total)))
        elif (
            getattr(getattr(support, "dtype", None), "kind", "") == "b"
            and int(support.sum()) == told
        ):
            yield Part(inner, tuple(int(n) for n in support.nonzero()[0]))


def inner_estimators(estimator: Any) -> list[tuple[str, Any]]:
    """(attribute, estimator) of all that it holds; parameters only where it holds no fitted one."""
    held = getattr(estimator, "__dict__", {})
    fitted = [name for name in held if name.endswith("_") or name.startswith("_")]
    found = [(name, inner) for name in fitted for inner in estimators_in(held[name])]
    seeing = [each for each in found if each[0] not in _OTHER_INPUTS and _says_input(each[1])]
    if seeing:
        return found
    others = [name for name in held if name not in fitted]
    return found + [(name, inner) for name in others for inner in estimators_in(held[name])]


def _says_input(inner: Any) -> bool:
    """Whether it is fitted on columns or takes documents: no template, no encoder of labels."""
    return width(inner, DEEPEST - 3) is not None or form(inner, DEEPEST - 3) is not None
