"""What kinds of values a model's predictions are, for the MLflow signature."""

from typing import Any

from serving.description import Description
from serving.table import table

_KINDS = {"b": "boolean", "i": "long", "u": "long", "f": "double"}
MOST = 1000


def outputs(model: Any, description: Description) -> list[str]:
    """MLflow's type of each number or text in one prediction."""
    import numpy as np

    row: list[Any] = [description.example.get(column.name) for column in description.columns]
    if description.open:
        row = [description.example]
    values = model.predict(table(description, [row, row]))
    if hasattr(values, "toarray"):
        values = values.toarray()
    values = np.asarray(values)
    if values.ndim == 3 and len(values) == 1:  # see serving/asking.py
        values = values[0]
    width = values.shape[1] if values.ndim > 1 else 1
    return [_KINDS.get(values.dtype.kind, "string")] * min(width, MOST)
