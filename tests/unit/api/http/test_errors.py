import json

import pytest
from pydantic import ValidationError

from api.http.errors import as_response
from shared.domain.deployment import DeploymentSpec
from shared.errors.requests import NotFound
from shared.errors.waiting import AzureUnreachable, SupabaseUnavailable, Throttled

THROTTLED = Throttled("Throttled.")
SHORT = AzureUnreachable("Late.", wait_seconds=0.5)


@pytest.mark.parametrize(
    ("error", "seconds"), [(THROTTLED, 20), (SHORT, 5), (SupabaseUnavailable("Down."), 5)]
)
def test_a_reply_asks_for_the_wait_that_the_trouble_needs(error, seconds):
    reply = as_response(error, "r-1")
    assert reply.headers["Retry-After"] == str(seconds)
    assert json.loads(reply.get_body())["error"]["retry_after"] == seconds


def test_where_waiting_does_not_help_the_body_says_null_and_no_header_is_there():
    reply = as_response(NotFound("No.", fix="Look."), "r-1")
    assert "Retry-After" not in reply.headers
    assert json.loads(reply.get_body())["error"]["retry_after"] is None


def test_the_fix_and_the_header_say_the_same():
    problem = json.loads(as_response(THROTTLED, "r-1").get_body())["error"]
    assert problem["fix"] == "Try again in 20 seconds."


def test_a_row_that_cannot_be_read_is_no_mistake_of_the_caller():
    with pytest.raises(ValidationError) as failure:
        DeploymentSpec.model_validate({})
    reply = as_response(failure.value, "r-1")
    assert reply.status_code == 500
    assert json.loads(reply.get_body())["error"]["code"] == "internal_error"
