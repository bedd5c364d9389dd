"""The baseline's scoring script, as tutorials write it: unpickles the model, trusts everything."""

import json
import os
from pathlib import Path
from typing import Any

import joblib
import pandas

model: Any = None


def init() -> None:
    global model
    (path,) = Path(os.environ["AZUREML_MODEL_DIR"]).rglob("model.pkl")
    model = joblib.load(path)


def run(raw_data: str) -> list[Any]:
    answers: list[Any] = model.predict(pandas.DataFrame(json.loads(raw_data)["data"])).tolist()
    return answers
