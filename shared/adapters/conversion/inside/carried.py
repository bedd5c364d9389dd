"""Which of a transformer's input columns each of its output columns is, as it came."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

from shared.adapters.conversion.inside.attributes import (
    attribute,
    changed_names,
    is_function,
    is_nothing,
    own_names,
)

Carried = Sequence[int | None] | Literal["all", "lost"]
"""all: the same columns; lost: not known; else each output's input, None for what is made."""


def carried_by(estimator: Any, inner: Callable[[Any], Carried]) -> Carried:
    """Of one transformer that is no pipeline; `inner` says it of those that it holds."""
    if is_nothing(estimator) or is_function(estimator):
        return "all"
    if hasattr(estimator, "transformers_"):
        return _of_column_transformer(estimator, inner)
    if changed_names(estimator) is not None:
        return _by_name(own_names(estimator) or [], attribute(estimator, "get_feature_names_out"))
    if callable(support := attribute(estimator, "get_support")) and hasattr(estimator, "transform"):
        return _indices(support)
    if hasattr(estimator, "statistics_") and hasattr(estimator, "strategy"):
        kept = list(estimator.statistics_)
        everything = attribute(estimator, "keep_empty_features") is True
        return [n for n, value in enumerate(kept) if everything or value == value]
    return "lost"


def composed(seen: tuple[int | None, ...] | None, on: Carried) -> Carried:
    """`on` in terms of what is outside, where the transformer sees the columns `seen` of that."""
    if isinstance(on, str):
        return on if on == "lost" or seen is None else seen
    if seen is None:
        return on
    return [seen[n] if n is not None and n < len(seen) else None for n in on]


def _of_column_transformer(estimator: Any, inner: Callable[[Any], Carried]) -> Carried:
    slices = attribute(estimator, "output_indices_")
    if not isinstance(slices, dict):
        return "lost"
    out: list[int | None] = [None] * max([0, *(each.stop for each in slices.values())])
    for name, part, _ in estimator.transformers_:
        positions = [int(n) for n in estimator._transformer_to_input_indices.get(name, ())]
        if part == "drop" or name not in slices or not positions:
            continue
        on = "all" if isinstance(part, str) else inner(part)
        found = composed(tuple(positions), on)
        place = range(slices[name].start, slices[name].stop)
        if not isinstance(found, str) and len(found) <= len(place):
            for n, position in zip(place, found, strict=False):
                out[n] = position
    return out


def _by_name(before: list[Any], ask: Any) -> Carried:
    try:
        after = list(ask())
    except MemoryError:
        raise
    except Exception:
        return "lost"
    columns = {name: n for n, name in enumerate(before)}
    return [columns.get(name) for name in after]


def _indices(support: Any) -> Carried:
    try:
        return [int(n) for n in support(indices=True)]
    except MemoryError:
        raise
    except Exception:
        return "lost"
