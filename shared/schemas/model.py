"""Models: the user's row, what the scan says, what conversion yields, what Azure ML holds."""

import sys
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

SERVING_PYTHON: Final = f"{sys.version_info.major}.{sys.version_info.minor}"
"""Endpoints run the app's own Python, which is also what converts."""


SERVING_IMAGE: Final = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20260514.v1"
"""What the endpoint's environment is installed on."""


class TrainedModel(BaseModel):
    """A row of `trained_models`: a joblib file in the Storage bucket `models`."""

    model_config = ConfigDict(extra="ignore", protected_namespaces=())

    id: str
    user_id: str
    model_name: str
    algorithm: str | None = None
    file_path: str
    metadata: dict[str, Any] = Field(default_factory=dict)
    """May hold `feature_names` (in training order) where the estimator does not know them."""


class Verdict(BaseModel):
    """What a static reading of a model file says; nothing is loaded to find out."""

    verdict: Literal["allowed", "refused", "unreadable"]
    reasons: list[str]
    libraries: dict[str, str]
    """Library name to version as read out of the file, e.g. {"scikit-learn": "1.9.1"}."""
    sha256: str


class Column(BaseModel):
    """One input of a model. Numbers are always `double`: an integer column would refuse floats."""

    name: str
    type: Literal["double", "string", "boolean"]


class Serving(BaseModel):
    """How a converted model is served: what score.py and the environment need to know."""

    sha256: str
    """Of the uploaded file."""
    version: str
    """Of the registered model: a hash of the file and of everything the conversion depends on."""
    algorithm: str
    columns: list[Column]
    example: dict[str, float | str | bool]
    """One legal row, for the first real prediction."""
    requirements: list[str]
    """Fully pinned, sorted: `name==version`."""
    environment_name: str
    """Legal Azure ML name, holding the hash of image, Python and `requirements`."""


def probe_payload(example: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The first real prediction's request body: one row that the model is known to accept."""
    return {"data": [example]}


class ModelVersion(BaseModel):
    """A model registered in Azure ML."""

    name: str
    version: str
