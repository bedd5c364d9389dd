import json
import re
from pathlib import Path

import pytest

import serving
from serving.mistakes import BadRequest
from shared.domain.endpoint import Prediction
from shared.errors import TransientError
from shared.use_cases.score import (
    CONTAINER_STATUS,
    FIXES,
    PredictionMistake,
    ScoringFailed,
    answered,
)


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
    with pytest.raises(PredictionMistake) as failure:
        answered(refused(BadRequest("bad_value", "Row 2, column 'x': no.", 2, "x")))
    error = failure.value
    assert (error.status, error.code, error.message) == (422, "bad_value", "Row 2, column 'x': no.")
    assert (error.facts, error.fix) == ({"row": 2, "column": "x"}, FIXES["bad_value"])


def test_a_broken_model_is_nobodys_mistake():
    with pytest.raises(ScoringFailed) as failure:
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
    with pytest.raises(ScoringFailed) as failure:
        answered(Prediction(status=424, body=body))
    assert failure.value.code == "prediction_failed"


def test_every_mistake_that_the_endpoint_names_has_a_fix():
    sources = (file.read_text("utf-8") for file in Path(serving.__path__[0]).glob("*.py"))
    named = {code for text in sources for code in re.findall(r'BadRequest\(\s*"(\w+)"', text)}
    assert named - {"broken_model"} == set(FIXES)
