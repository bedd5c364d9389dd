"""What serves an MLflow model when its deployment brings no code, as Azure's own script does.

Runs in the deployment's own environment, which has MLflow and what the model needs.
"""

import json
import os
from pathlib import Path
from typing import Any

import mlflow.pyfunc
import numpy
import pandas

SPLIT = ("columns", "index", "data")
model: Any = None


def init() -> None:
    global model
    folder = Path(os.environ["AZUREML_MODEL_DIR"]) / os.environ["MLFLOW_MODEL_FOLDER"]
    model = mlflow.pyfunc.load_model(str(folder))


def run(raw_data: str) -> Any:
    """`{"input_data": ..., "params"?: {...}}`; a table by columns, index and data, or a list."""
    request = json.loads(raw_data)
    if not isinstance(request, dict) or "input_data" not in request:
        raise ValueError("The request has no input_data.")
    inputs, params = model_input(request["input_data"]), request.get("params")
    return as_json(model.predict(inputs, params=params) if params else model.predict(inputs))


def model_input(data: Any) -> Any:
    """What predict is given: an array for a list, a table for a split one, else named arrays."""
    if isinstance(data, list):
        return numpy.asarray(data)
    if isinstance(data, dict) and all(name in data for name in SPLIT):
        return pandas.DataFrame(data["data"], index=data["index"], columns=data["columns"])
    if isinstance(data, dict):
        return {name: numpy.asarray(values) for name, values in data.items()}
    return data


def as_json(result: Any) -> Any:
    """A prediction as JSON holds it: the rows of a table are records."""
    if isinstance(result, pandas.DataFrame):
        return json.loads(result.to_json(orient="records"))
    if isinstance(result, pandas.Series | numpy.ndarray):
        return result.tolist()
    if isinstance(result, dict):
        return {str(name): as_json(values) for name, values in result.items()}
    return [as_json(one) for one in result] if isinstance(result, list | tuple) else result
