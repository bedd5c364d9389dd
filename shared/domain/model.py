"""Models: the user's row, what the scan says, what conversion yields, what Azure ML holds."""

import sys
from typing import Any, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

SERVING_PYTHON: Final = f"{sys.version_info.major}.{sys.version_info.minor}"
"""Such as `3.11`: endpoints run the app's own Python, which is also what converts."""


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


class FileRefusal(BaseModel):
    """Why a file is turned away, in its owner's words; `code` is a model's error code."""

    code: str
    message: str
    fix: str


class Verdict(BaseModel):
    """What the scan says of a model file, which it reads and does not load."""

    PRINTED: ClassVar = ("verdict", "reasons", "libraries", "sha256")
    """What the scan's command prints."""

    verdict: Literal["allowed", "refused", "unreadable"]
    reasons: list[str]
    libraries: dict[str, str]
    """Library name to version as read out of the file, e.g. {"scikit-learn": "1.9.1"}."""
    sha256: str
    refusal: FileRefusal | None = None
    note: str = ""
    """For the timeline: in what form the model was found, where that is not a plain pickle."""


class Column(BaseModel):
    """One input of a model. Numbers are always `double`: an integer column would refuse floats."""

    name: str
    type: Literal["double", "string", "boolean", "datetime", "any"]
    """datetime: ISO text in a request. any: the model drops this column."""
    required: bool = True
    categories: list[str | float] | None = None
    """The values of a column of pandas' category type, in training order."""


class ConversionPlan(BaseModel):
    """What converting a scanned file will use, known before it is loaded."""

    sha256: str
    version: str
    """Of the model to be registered: a hash of the file and of everything below."""
    libraries: dict[str, str]
    """As the scan has read them; they choose the environment."""
    feature_names: list[str] | None
    """In training order, for an estimator that does not know them."""
    note: str = ""


class ServingRecipe(BaseModel):
    """How a converted model is served: what the endpoint's code and environment need to know."""

    sha256: str
    """Of the uploaded file."""
    version: str
    """Of the registered model: a hash of the file and of everything the conversion depends on."""
    algorithm: str
    columns: list[Column]
    example: dict[str, float | str | bool | None]
    """One legal row, for the first real prediction."""
    methods: list[str] = ["predict"]
    """Names that a request's `params.method` may have."""
    notes: list[str] = []
    """For the timeline: what was chosen or left out on the way."""
    requirements: list[str]
    """Fully pinned, sorted: `name==version`."""
    environment_name: str
    """Legal Azure ML name, holding the hash of image, Python and `requirements`."""
    memory_mb: int | None = None
    """The peak of the process that converted it; None where an older release did."""


def probe_payload(example: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The body of a prediction of this row, to try a new deployment with."""
    return {"data": [example]}


class ModelVersion(BaseModel):
    """A model registered in Azure ML."""

    name: str
    version: str
