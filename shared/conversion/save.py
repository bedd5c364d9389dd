"""From a fitted estimator to an MLflow folder with a signature and an example.

The format is pickle, not skops: skops needs per version lists of trusted types for forests,
neighbours and histogram boosting (mlflow refuses those by default), is slow for big forests, and
adds packages to every endpoint. What makes pickle safe here is that the app scans the saved file
again, with the list that it holds for uploads, before anything else reads it: not even a conversion
that was taken over can hand a program on.
"""

import uuid
from pathlib import Path
from typing import Any

from shared.conversion.columns import Cell
from shared.schemas.model import Column

_NAMESPACE = uuid.UUID("5a0b2a54-37a3-4f5c-8f6e-6d9a2f0f6c11")
_TIME = "1970-01-01 00:00:00"


def save(
    model: Any,
    into: Path,
    *,
    columns: list[Column],
    row: list[Cell],
    prediction: Any,
    requirements: list[str],
    version: str,
) -> None:
    """The same model and version give the same bytes."""
    import mlflow.sklearn
    import pandas as pd
    from mlflow.models import Model, ModelSignature
    from mlflow.types import ColSpec, Schema

    inputs = Schema([ColSpec(column.type, column.name) for column in columns])
    mlflow.sklearn.save_model(
        model,
        str(into),
        mlflow_model=Model(model_uuid=uuid.uuid5(_NAMESPACE, version).hex, utc_time_created=_TIME),
        serialization_format=mlflow.sklearn.SERIALIZATION_FORMAT_PICKLE,
        pip_requirements=requirements,
        signature=ModelSignature(inputs=inputs, outputs=Schema(_outputs(prediction))),
        input_example=pd.DataFrame([row], columns=[column.name for column in columns]),
    )


def _outputs(prediction: Any) -> list[Any]:
    import numpy as np
    from mlflow.types import ColSpec

    values = np.asarray(prediction)
    kinds = {"b": "boolean", "i": "long", "u": "long", "f": "double"}
    kind = kinds.get(values.dtype.kind, "string")
    width = values.shape[1] if values.ndim > 1 else 1
    return [ColSpec(kind, f"y{n}" if width > 1 else "prediction") for n in range(width)]
