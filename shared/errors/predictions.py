"""What the endpoint answers to a prediction that is asked wrongly; its own codes, told by name."""

from shared.errors.base import UserFacingError
from shared.errors.commands import BEARER, REPLY

TITLE = "Predictions"
PROMISE = (
    "`POST /deployments/{id}/score` answers a caller's mistake with 422, in the shape of every"
    " error, with `row` (from 1) and `column` where they are known."
    " The endpoint itself, and the route with `?raw=true`, say it as Azure ML does: 424, the"
    " container's status (400; 413 for `too_large` and `answer_too_large`, 500 for `broken_model`)"
    " in the header `ms-azureml-model-error-statuscode`, and"
    ' `{"error": {code, message, row?, column?}}` as the body.'
)

SCORE = (
    f'curl -s -X POST "$SLIPWAY/deployments/$ID/score" {BEARER}'
    ' -d \'{"data": [{"column": 1.0}]}\''
)
COLUMNS = (
    f'curl -s "$SLIPWAY/deployments/$ID" {BEARER}   # swagger_uri: the columns and an example row\n'
    'curl -s "$SWAGGER_URI" -H "Authorization: Bearer $ENDPOINT_KEY"'
)


class PredictionRefused(UserFacingError):
    """What the caller got wrong, with the row (from 1) and the column where they are known."""

    status = 422
    look = "The reply itself; Azure ML studio: Endpoints, the endpoint, Test."
    command = SCORE
    seen = REPLY

    def __init__(self, message: str, row: int | None = None, column: str | None = None) -> None:
        super().__init__(message)
        self.facts = {"row": row, "column": column}


class ModelFailed(PredictionRefused):
    """The model, or its container, failed on a request that may well be right."""


class NotJson(PredictionRefused):
    code = "not_json"
    cause = "The body is not JSON; NaN and Infinity are not."
    fix = "Send one JSON object in UTF-8, few levels deep; null where a value is missing."


class WrongShape(PredictionRefused):
    code = "wrong_shape"
    cause = "The body is none of the accepted shapes."
    fix = (
        'Send `{"data": [{"column": value, ...}]}` or `{"input_data": [[...]]}`; all shapes are'
        " in docs/predictions.md."
    )


class UnknownKey(PredictionRefused):
    code = "unknown_key"
    cause = (
        "Beside the rows the body has a key that means nothing. It is refused, for ignored it"
        " would look obeyed."
    )
    fix = 'Leave it out, or put it into `"params"` if it is `method` or `extra_columns`.'


class UnknownParam(PredictionRefused):
    code = "unknown_param"
    cause = '`"params"` has a key other than `method` and `extra_columns`.'
    fix = "Leave it out."


class BadParam(PredictionRefused):
    code = "bad_param"
    cause = 'The value of `extra_columns` is neither `"refuse"` nor `"ignore"`.'
    fix = 'Send `"params": {"extra_columns": "ignore"}`, or leave it out to refuse.'


class UnknownMethod(PredictionRefused):
    code = "unknown_method"
    cause = "The model has no such method; the message names those that it has."
    fix = 'Ask for one of them: `"params": {"method": "predict_proba"}`.'


class MissingColumn(PredictionRefused):
    code = "missing_column"
    cause = "A row lacks a column that the model needs."
    fix = "Send every column; null where a value is missing and the model takes that."
    command = COLUMNS


class UnknownColumn(PredictionRefused):
    code = "unknown_column"
    cause = "A row has a column that the model does not know."
    fix = (
        "Leave it out; names are those of the training data. With"
        ' `"params": {"extra_columns": "ignore"}` such columns are ignored.'
    )
    command = COLUMNS


class WrongLength(PredictionRefused):
    code = "wrong_length"
    cause = "A row without names has another number of values than the model has columns."
    fix = "Send the values in training order, all of them."
    command = COLUMNS


class BadValue(PredictionRefused):
    code = "bad_value"
    cause = "A value is not of its column's type, or too large for a number."
    fix = "Numbers as numbers, text as text; the message names row, column and value."
    command = COLUMNS


class MissingValue(PredictionRefused):
    code = "missing_value"
    cause = "A value is null and this model takes no missing values."
    fix = "Fill it in, or train with an imputer in the pipeline."
    command = COLUMNS


class RefusedByModel(PredictionRefused):
    code = "refused_by_model"
    cause = (
        "predict() raised on this row; the message has its words, and the column where one"
        " value is to blame."
    )
    fix = "Compare the row with the training data."


class BrokenModel(ModelFailed):
    code = "broken_model"
    cause = "predict() raises even on the example row that it answered when it was deployed."
    fix = "Deploy the model again; try it on one row of its training data."


class TooManyRows(PredictionRefused):
    code = "too_many_rows"
    cause = "More than 10,000 rows in one request."
    fix = "Send them in parts."


class AnswerTooLarge(PredictionRefused):
    code = "answer_too_large"
    cause = "The answer would be longer than the endpoint sends: many rows times many outputs."
    fix = "Send fewer rows in one request."


class PredictionTooLarge(PredictionRefused):
    code = "too_large"
    cause = "The body is over 32 MB."
    fix = "Send the rows in parts."


class NotPosted(PredictionRefused):
    code = "method_not_allowed"
    cause = "The endpoint was asked with another method than POST."
    fix = "Use POST."


class NoPrediction(ModelFailed):
    code = "prediction_failed"
    cause = "The endpoint answered neither a prediction nor an error that Slipway knows."
    fix = "Ask again with `?raw=true` to see its own words, and look at the deployment's log."


BY_CODE: dict[str, type[PredictionRefused]] = {
    each.code: each
    for each in vars().copy().values()
    if isinstance(each, type) and issubclass(each, PredictionRefused) and each.code
}
"""The endpoint's code imports nothing of Slipway, and so tells its mistakes by code."""
