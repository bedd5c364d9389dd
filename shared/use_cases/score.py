"""An endpoint's answer in the API's words: a caller's mistake is 422, as everywhere else."""

import json
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.domain.endpoint import Prediction
from shared.errors import ServingRefused, TransientError, Unprocessable

CONTAINER_STATUS: Final = "ms-azureml-model-error-statuscode"
SHAPE = 'Send {"data": [{"column": value, ...}]}; docs/predictions.md has every accepted shape.'
SEND_LESS = "Send the rows in parts."
FIXES: Final = {
    "not_json": "Send JSON, with null for a missing value.",
    "wrong_shape": SHAPE,
    "unknown_key": 'Leave it out, or put it into "params".',
    "unknown_param": "Leave it out.",
    "bad_param": 'Send "ignore", or leave it out to refuse.',
    "unknown_method": "Ask for one of the methods that the message names.",
    "missing_column": "Send every column; null where a value is missing and the model takes that.",
    "unknown_column": "Leave it out; names are those of the training data.",
    "wrong_length": "Send the values in training order, all of them.",
    "bad_value": "Send numbers as numbers and text as text.",
    "missing_value": "Fill it in, or train with an imputer in the pipeline.",
    "refused_by_model": "Compare the row with the training data.",
    "too_many_rows": SEND_LESS,
    "answer_too_large": SEND_LESS,
    "too_large": SEND_LESS,
}
"""What the caller does about each mistake that serving/ names; the message has the particulars."""


class PredictionMistake(Unprocessable):
    """What the caller got wrong, with the row (from 1) and the column where they are known."""

    def __init__(self, code: str, message: str, row: int | None, column: str | None) -> None:
        super().__init__(message, code=code, fix=FIXES.get(code, SHAPE))
        self.facts = {"row": row, "column": column}


class ScoringFailed(ServingRefused):
    """The model, or its container, failed on a request that may well be right."""

    code = "prediction_failed"

    def __init__(self, message: str, code: str = "prediction_failed") -> None:
        super().__init__(
            message,
            code=code,
            fix="Look at the deployment's log; try the model on one row of its training data.",
        )


class _Said(BaseModel):
    """The body of an error of serving/, within {"error": ...}."""

    model_config = ConfigDict(extra="ignore")

    code: str
    message: str
    row: int | None = None
    column: str | None = None


def answered(prediction: Prediction) -> Prediction:
    """The prediction, if it is one.

    PredictionMistake for what the caller got wrong, ScoringFailed for what the model did,
    TransientError where the endpoint has no time.
    """
    if 200 <= prediction.status < 300:
        return prediction
    if prediction.status == 429:
        message = "The endpoint has more requests than it can answer at once."
        raise TransientError(message, code="throttled", wait_seconds=5)
    said = _said(prediction.body)
    if said and prediction.headers.get(CONTAINER_STATUS, str(prediction.status)).startswith("4"):
        raise PredictionMistake(said.code, said.message, said.row, said.column)
    if said:
        raise ScoringFailed(said.message, said.code)
    if prediction.status == 408 or prediction.status >= 500:
        message = f"The endpoint answered HTTP {prediction.status}."
        raise TransientError(message, code="service_unavailable", wait_seconds=5)
    raise ScoringFailed(
        f"The endpoint answered HTTP {prediction.status}; `?raw=true` passes its own words on."
    )


def _said(body: str) -> _Said | None:
    """None where the words are not of our serving code: a proxy's page, another model server."""
    try:
        found: Any = json.loads(body)
        return _Said.model_validate(found["error"])
    except (ValueError, ValidationError, KeyError, TypeError, RecursionError):
        return None
