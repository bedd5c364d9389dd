import json

import pytest

from api.http.errors import as_response
from shared.errors.waiting import AzureUnreachable, SupabaseUnavailable, Throttled

THROTTLED = Throttled("Throttled.")
SHORT = AzureUnreachable("Late.", wait_seconds=0.5)


@pytest.mark.parametrize(
    ("error", "seconds"), [(THROTTLED, 20), (SHORT, 5), (SupabaseUnavailable("Down."), 5)]
)
def test_a_reply_asks_for_the_wait_that_the_trouble_needs(error, seconds):
    assert as_response(error, "r-1").headers["Retry-After"] == str(seconds)


def test_the_fix_and_the_header_say_the_same():
    problem = json.loads(as_response(THROTTLED, "r-1").get_body())["error"]
    assert problem["fix"] == "Try again in 20 seconds."
