"""Asking a model's method with rows, and its answers as JSON values."""

from typing import Any

from serving.answers import TooMuch, Unanswerable, plain
from serving.description import Description
from serving.table import Rows, table


def answers(model: Any, description: Description, rows: Rows, method: str) -> list[Any]:
    """One JSON value for each row. Unanswerable, TooMuch, or whatever the model raises.

    Some estimators cannot take a row alone (SparsePCA of scikit-learn 1.7 and later): one that is
    refused alone is asked again beside itself.
    """
    ask = getattr(model, method)
    try:
        return plain(ask(table(description, rows)))
    except (MemoryError, TimeoutError, TooMuch, Unanswerable):
        raise
    except Exception:
        if len(rows) != 1:
            raise
        try:
            return plain(ask(table(description, [*rows, *rows])))[:1]
        except (MemoryError, TimeoutError):
            raise
        except Exception:  # noqa: S110  the first refusal is the one to tell
            pass
        raise
