"""What an endpoint answers becomes a prediction or one of the API's errors."""

import json
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.domain.endpoint import Prediction
from shared.errors.predictions import BY_CODE, NoPrediction
from shared.errors.waiting import ServiceUnavailable, Throttled

CONTAINER_STATUS: Final = "ms-azureml-model-error-statuscode"


class _Said(BaseModel):
    """The body of an error of serving/, within {"error": ...}."""

    model_config = ConfigDict(extra="ignore")

    code: str
    message: str
    row: int | None = None
    column: str | None = None


def answered(prediction: Prediction) -> Prediction:
    """The prediction, where its status is 2xx.

    Raises PredictionRefused for what the caller got wrong, ModelFailed for what the model did,
    TransientError where the endpoint has no time.
    """
    if 200 <= prediction.status < 300:
        return prediction
    if prediction.status == 429:
        message = "The endpoint has more requests than it can answer at once."
        raise Throttled(message, wait_seconds=5)
    said = _said(prediction.body)
    if said:
        raise BY_CODE.get(said.code, NoPrediction)(said.message, said.row, said.column)
    if prediction.status == 408 or prediction.status >= 500:
        raise ServiceUnavailable(f"The endpoint answered HTTP {prediction.status}.", wait_seconds=5)
    raise NoPrediction(
        f"The endpoint answered HTTP {prediction.status}; `?raw=true` passes its own words on."
    )


def _said(body: str) -> _Said | None:
    """The error that our serving code wrote; None where the body is another server's."""
    try:
        found: Any = json.loads(body)
        return _Said.model_validate(found["error"])
    except (ValueError, ValidationError, KeyError, TypeError, RecursionError):
        return None
