"""Rows that are tried on a fitted model: the first that predict() answers, and its methods."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from serving.answers import TooMuch, Unanswerable
from serving.asking import answers
from serving.description import METHODS, Description, Input, Method
from shared.adapters.conversion.inside.kinds import Cell, Kind, NotServable, Sure

MOST_TRIES = 12
LONGEST_MESSAGE = 1000
ROWS = 3
"""How many rows are asked together once, to see that each gets its answer."""


@dataclass(frozen=True)
class Trial:
    """One reading of the columns, with a row for it."""

    kinds: tuple[Kind, ...]
    row: tuple[Any, ...]
    input: Input

    @classmethod
    def of(cls, kinds: Sequence[Kind], form: Input, number: float | None) -> Self:
        """Known values, and `number` for the other columns; None: a value of the training data."""
        return cls(tuple(kinds), tuple(_cell(kind, number) for kind in kinds), form)


def _cell(kind: Kind, number: float | None) -> Cell:
    if kind.sure is Sure.UNUSED:
        return None
    if kind.sure >= Sure.GUESSED:
        return kind.value
    if number is None:
        return 0.0 if kind.value is None else kind.value
    return number


def answered(
    model: Any, trials: Sequence[Trial], described: Callable[[Trial], Description]
) -> tuple[Trial, Description]:
    """The first trial whose row predict() answers, with an answer without nulls if there is one.

    NotServable where predict() refuses every row, with its first error, or answers what cannot be
    JSON.
    """
    first: Exception | None = None
    with_null: tuple[Trial, Description] | None = None
    for trial in trials[:MOST_TRIES]:
        description = described(trial)
        try:
            answer = answers(model, description, [trial.row], "predict")
            json.dumps(answer)
            counts = len(answer), len(answers(model, description, [trial.row] * ROWS, "predict"))
        except MemoryError:
            raise
        except (Unanswerable, TooMuch) as error:
            raise _not_json(model, error) from None
        except Exception as error:
            first = first or error
            continue
        for count, rows, said in zip(counts, (1, ROWS), ("one row", f"{ROWS} rows"), strict=True):
            if count != rows:
                raise _not_json(model, f"it holds {count} items for {said}")
        if not _has_gap(answer):
            return trial, description
        with_null = with_null or (trial, description)
    if with_null is not None:
        return with_null
    raise NotServable(
        "model_conversion_failed",
        f"predict() accepts no example row: {type(first).__name__}: {first}"[:LONGEST_MESSAGE],
        "Try model.predict() with one row of plain numbers and text in the shape of a request.",
    )


def _not_json(model: Any, error: object) -> NotServable:
    message = f"The answer of this {type(model).__name__}'s predict() cannot be JSON: {error}"
    return NotServable(
        "model_unsupported",
        message[:LONGEST_MESSAGE],
        "Fit it with targets that are numbers, text or booleans.",
    )


def _has_gap(answer: Any) -> bool:
    """Whether a number is missing, or is none that JSON has."""
    if isinstance(answer, list):
        return any(_has_gap(each) for each in answer)
    return answer is None or (isinstance(answer, float) and not math.isfinite(answer))


def methods(model: Any, description: Description, row: Sequence[Any]) -> tuple[Method, ...]:
    """The methods that the model has and that answer the row with JSON; predict always."""
    return tuple(
        name for name in METHODS if name == "predict" or _answers(model, name, description, row)
    )


def _answers(model: Any, name: str, description: Description, row: Sequence[Any]) -> bool:
    try:
        if not callable(getattr(model, name, None)):
            return False
        json.dumps(answers(model, description, [row], name))
    except MemoryError:
        raise
    except Exception:
        return False
    return True
