"""Asking a model's method with rows, and its answers as JSON values."""

from collections.abc import Callable
from typing import Any

from serving.answers import TooMuch, Unanswerable, plain
from serving.description import Description
from serving.table import Rows, table


def answers(model: Any, description: Description, rows: Rows, method: str) -> list[Any]:
    """One JSON value for each row. Unanswerable, TooMuch, or whatever the model raises.

    Some estimators cannot take a row alone (SparsePCA of scikit-learn 1.7 and later): one that is
    refused alone is asked again beside itself.
    """

    def ask(these: Rows) -> Any:
        return getattr(model, method)(table(description, these))

    try:
        found = ask(rows)
        if getattr(found, "ndim", 0) == 3 and len(found) == 1:
            found = _by_row(found, rows, ask)
        return plain(found)
    except (MemoryError, TimeoutError, TooMuch, Unanswerable):
        raise
    except Exception:
        if len(rows) != 1:
            raise
        try:
            return plain(ask([*rows, *rows]))[:1]
        except (MemoryError, TimeoutError):
            raise
        except Exception:  # noqa: S110  the first refusal is the one to tell
            pass
        raise


def _by_row(found: Any, rows: Rows, ask: Callable[[Rows], Any]) -> Any:
    """Answers of the shape (1, rows, outputs) as (rows, outputs).

    So answers MultiOutputRegressor of scikit-learn 1.1 and 1.2 over estimators that answer one
    column. Of a single row two are asked to tell which axis counts the rows.
    """
    shape = found.shape if len(rows) != 1 else ask([*rows, *rows]).shape
    return found[0] if shape[:2] == (1, max(len(rows), 2)) else found
