import json

import pytest

from api.http.errors import as_response
from shared.errors import NotFound, TransientError, Unavailable

THROTTLED = TransientError("Throttled.", code="throttled", wait_seconds=20)
SHORT = TransientError("Late.", code="azure_unreachable", wait_seconds=0.5)


@pytest.mark.parametrize(
    ("error", "seconds"), [(THROTTLED, 20), (SHORT, 5), (Unavailable("Down.", fix="Wait."), 5)]
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
