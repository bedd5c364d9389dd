"""The SDK's exceptions become ours, wherever in a chain of causes Azure's answer hides."""

import pytest
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ResourceNotFoundError,
    ServiceRequestError,
)

from shared.adapters.targets.azureml.answers import Intent
from shared.adapters.targets.azureml.sdk_errors import found_or_none, translating
from shared.errors import TransientError
from shared.errors.requests import NotFound
from shared.errors.serving import ServingRefused
from tests.support import serving_target_replies as azure


class MlException(AzureError):
    """As the SDK's own errors look; the SDK itself takes too long to import here."""

    no_personal_data_message = ""


INTENT = Intent("read the endpoint iris", "studio", endpoint="iris")


class Answer:
    """As much of azure-core's response as an error is read from."""

    def __init__(self, status, body, url="https://management.azure.com/x", headers=None):
        self.status_code, self.reason, self.headers = status, "", headers or {}
        self.request = type("Request", (), {"url": url})
        self._body = body

    def text(self):
        return self._body


def raising(error, cause=None):
    def act():
        raise error from cause

    return act


def failure_of(error, cause=None):
    with pytest.raises((ServingRefused, TransientError)) as caught, translating(INTENT):
        raising(error, cause)()
    return caught.value


def test_an_answer_is_classified_by_its_body():
    error = HttpResponseError(response=Answer(409, azure.NOT_TERMINAL))
    assert failure_of(error).code == "endpoint_busy"


def test_an_answer_is_found_behind_the_sdks_own_wrapping():
    answer = HttpResponseError(response=Answer(403, azure.BLOB_FORBIDDEN))
    wrapped = MlException(message="Error with code")
    assert failure_of(wrapped, answer).code == "not_authorized"


def test_no_answer_at_all_is_worth_another_try():
    assert failure_of(ServiceRequestError("connection refused")).code == "azure_unreachable"
    assert failure_of(AzureError("reset")).code == "azure_unreachable"


def test_an_identity_without_a_token_is_final():
    refused = ClientAuthenticationError("ManagedIdentityCredential authentication unavailable.")
    assert failure_of(refused).code == "identity_unavailable"


def test_a_throttled_identity_endpoint_is_worth_another_try():
    throttled = ClientAuthenticationError("Token request error: (server_error) 503, busy")
    failure = failure_of(throttled)
    assert isinstance(failure, TransientError)
    assert failure.code == "identity_unavailable"


def test_a_refusal_of_the_sdk_itself_is_a_bad_argument():
    failure = failure_of(MlException(message="No such folder"))
    assert failure.code == "bad_argument"
    assert "No such folder" in failure.message


def test_a_bug_stays_a_bug():
    with pytest.raises(ZeroDivisionError), translating(INTENT):
        raising(ZeroDivisionError())()


def test_our_own_errors_pass_through():
    with pytest.raises(NotFound), translating(INTENT):
        raising(NotFound("no", fix="x"))()


def test_a_missing_thing_is_none():
    missing = ResourceNotFoundError(response=Answer(404, azure.ENDPOINT_MISSING))
    assert found_or_none(raising(missing), INTENT) is None


def test_a_missing_workspace_is_raised():
    missing = ResourceNotFoundError(response=Answer(404, azure.WORKSPACE_MISSING))
    with pytest.raises(ServingRefused, match="no Azure ML workspace studio") as caught:
        found_or_none(raising(missing), INTENT)
    assert "was not found" in (caught.value.detail or "")
