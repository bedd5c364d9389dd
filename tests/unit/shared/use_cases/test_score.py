"""What an endpoint answered, as the API says it."""

import json

import pytest

from serving.mistakes import BadRequest
from shared.domain.endpoint import Prediction
from shared.errors import TransientError
from shared.errors.predictions import BadValue, ModelFailed, PredictionRefused
from shared.use_cases.score import CONTAINER_STATUS, answered


def refused(mistake: BadRequest) -> Prediction:
    """As the endpoint passes a container's refusal on."""
    return Prediction(
        status=424,
        body=json.dumps(mistake.body),
        headers={CONTAINER_STATUS: str(mistake.status)},
    )


def test_a_prediction_stays_as_it_is():
    said = Prediction(status=200, body="[1]")
    assert answered(said) is said


def test_a_callers_mistake_keeps_code_words_row_and_column():
    with pytest.raises(PredictionRefused) as failure:
        answered(refused(BadRequest("bad_value", "Row 2, column 'x': no.", 2, "x")))
    error = failure.value
    assert (error.status, error.code, error.message) == (422, "bad_value", "Row 2, column 'x': no.")
    assert (error.facts, error.fix) == ({"row": 2, "column": "x"}, BadValue.fix)


def test_a_broken_model_is_nobodys_mistake():
    with pytest.raises(ModelFailed) as failure:
        answered(refused(BadRequest("broken_model", "It refuses its own example.", status=500)))
    assert (failure.value.status, failure.value.code) == (422, "broken_model")


@pytest.mark.parametrize(
    ("status", "code"),
    [(429, "throttled"), (408, "service_unavailable"), (503, "service_unavailable")],
)
def test_an_endpoint_without_time_asks_for_another_try(status, code):
    with pytest.raises(TransientError) as failure:
        answered(Prediction(status=status, body="<html>busy</html>"))
    assert failure.value.code == code


@pytest.mark.parametrize(
    "body", ["", "<html>", "[1]", '{"error": 1}', '{"error": {"code": 2}}', "[" * 9000]
)
def test_foreign_words_are_not_taken_for_ours(body):
    with pytest.raises(ModelFailed) as failure:
        answered(Prediction(status=424, body=body))
    assert failure.value.code == "prediction_failed"


@pytest.mark.parametrize("status", [200, 204, 299])
def test_whatever_succeeded_is_a_prediction(status):
    assert answered(Prediction(status=status, body="")).status == status


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (429, "The endpoint has more requests than it can answer at once."),
        (408, "The endpoint answered HTTP 408."),
        (500, "The endpoint answered HTTP 500."),
    ],
)
def test_another_try_comes_after_five_seconds_and_says_why(status, message):
    with pytest.raises(TransientError) as failure:
        answered(Prediction(status=status, body=""))
    assert (failure.value.message, failure.value.wait_seconds) == (message, 5)


@pytest.mark.parametrize("status", [199, 300, 404, 407, 409, 424, 499])
def test_anything_else_is_no_prediction_and_says_how_to_see_its_words(status):
    with pytest.raises(ModelFailed) as failure:
        answered(Prediction(status=status, body=""))
    assert failure.value.message == (
        f"The endpoint answered HTTP {status}; `?raw=true` passes its own words on."
    )


def test_a_mistake_of_the_container_is_told_whatever_the_endpoints_status():
    said = BadRequest("bad_value", "No.", 2, "x")
    with pytest.raises(PredictionRefused) as failure:
        answered(Prediction(status=500, body=json.dumps(said.body)))
    assert failure.value.code == "bad_value"


def test_a_code_that_is_unknown_here_is_no_prediction_with_its_words():
    body = json.dumps({"error": {"code": "new", "message": "So it is.", "more": 1}})
    with pytest.raises(ModelFailed) as failure:
        answered(Prediction(status=424, body=body))
    assert (failure.value.code, failure.value.message) == ("prediction_failed", "So it is.")
