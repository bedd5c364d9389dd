"""Codes that the scoring script inside the endpoint answers with."""

from docs.error_entries.entry import BEARER, REPLY, Entry, Group

SCORE = (
    f'curl -s -X POST "$SLIPWAY/deployments/$ID/score" {BEARER}'
    ' -d \'{"data": [{"column": 1.0}]}\''
)
COLUMNS = (
    f'curl -s "$SLIPWAY/deployments/$ID" {BEARER}   # swagger_uri: the columns and an example row\n'
    'curl -s "$SWAGGER_URI" -H "Authorization: Bearer $ENDPOINT_KEY"'
)


def _mistake(code: str, cause: str, fix: str, command: str = COLUMNS) -> Entry:
    look = "The reply itself; Azure ML studio: Endpoints, the endpoint, Test."
    return Entry(code=code, cause=cause, fix=fix, look=look, command=command, seen=REPLY)


PREDICTIONS = Group(
    "Predictions",
    "`POST /deployments/{id}/score` answers a caller's mistake with 422, in the shape of"
    " every error, with `row` (from 1) and `column` where they are known."
    " The endpoint itself, and the route with `?raw=true`, say it as Azure ML does: 424, the"
    " container's status (400; 413 for `too_large` and `answer_too_large`, 500 for `broken_model`)"
    ' in the header `ms-azureml-model-error-statuscode`, and `{"error": {code, message, row?,'
    " column?}}` as the body.",
    (
        _mistake(
            "not_json", "The body is not JSON; NaN and Infinity are not.", "Send null.", SCORE
        ),
        _mistake(
            "wrong_shape",
            "The body is none of the accepted shapes.",
            'Send `{"data": [{"column": value, ...}]}` or `{"input_data": [[...]]}`; all shapes are'
            " in [predictions.md](predictions.md).",
            SCORE,
        ),
        _mistake(
            "unknown_key",
            "Beside the rows the body has a key that means nothing. It is refused, for ignored it"
            " would look obeyed.",
            'Leave it out, or put it into `"params"` if it is `method` or `extra_columns`.',
            SCORE,
        ),
        _mistake(
            "unknown_param",
            '`"params"` has a key other than `method` and `extra_columns`.',
            "Leave it out.",
            SCORE,
        ),
        _mistake(
            "bad_param",
            'The value of `extra_columns` is neither `"refuse"` nor `"ignore"`.',
            'Send `"params": {"extra_columns": "ignore"}`, or leave it out to refuse.',
            SCORE,
        ),
        _mistake(
            "unknown_method",
            "The model has no such method; the message names those that it has.",
            'Ask for one of them: `"params": {"method": "predict_proba"}`.',
            SCORE,
        ),
        _mistake(
            "missing_column",
            "A row lacks a column that the model needs.",
            "Send every column; null where a value is missing and the model takes that.",
        ),
        _mistake(
            "unknown_column",
            "A row has a column that the model does not know.",
            "Leave it out; names are those of the training data. With"
            ' `"params": {"extra_columns": "ignore"}` such columns are ignored.',
        ),
        _mistake(
            "wrong_length",
            "A row without names has another number of values than the model has columns.",
            "Send the values in training order, all of them.",
        ),
        _mistake(
            "bad_value",
            "A value is not of its column's type, or too large for a number.",
            "Numbers as numbers, text as text; the message names row, column and value.",
        ),
        _mistake(
            "missing_value",
            "A value is null and this model takes no missing values.",
            "Fill it in, or train with an imputer in the pipeline.",
        ),
        _mistake(
            "refused_by_model",
            "predict() raised on this row; the message has its words, and the column where one"
            " value is to blame.",
            "Compare the row with the training data.",
            SCORE,
        ),
        _mistake(
            "broken_model",
            "predict() raises even on the example row that it answered when it was deployed.",
            "Deploy the model again; try it on one row of its training data.",
            SCORE,
        ),
        _mistake(
            "prediction_failed",
            "The endpoint answered neither a prediction nor an error that Slipway knows.",
            "Ask again with `?raw=true` to see its own words, and look at the deployment's log.",
            SCORE,
        ),
        _mistake(
            "too_many_rows",
            "More than 10,000 rows in one request.",
            "Send them in parts.",
            SCORE,
        ),
        _mistake(
            "answer_too_large",
            "The answer would be longer than the endpoint sends: many rows times many outputs.",
            "Send fewer rows in one request.",
            SCORE,
        ),
        _mistake("too_large", "The body is over 32 MB.", "Send the rows in parts.", SCORE),
        _mistake(
            "method_not_allowed",
            "The endpoint was asked with another method than POST.",
            "Use POST.",
            SCORE,
        ),
    ),
)
