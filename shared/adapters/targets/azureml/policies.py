"""Three policies for the SDK's HTTP pipeline, which keep it from waiting on its own."""

import threading
from http import HTTPStatus
from typing import Any

from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import RetryPolicy, SansIOHTTPPolicy

from shared.adapters.targets.azureml.answers import Intent, read_answer
from shared.adapters.targets.azureml.sdk_errors import failure_of

POLLER_THREAD = "LROPoller("
"""How azure-core names the thread that every begin_* starts to watch its operation."""


class Unwatched(Exception):
    """Ends a poller's thread: operations are observed with a get, by durable timers."""


class LeaveOperationsAlone(SansIOHTTPPolicy):  # type: ignore[type-arg]
    """A begin_* sends its request and nothing after it: its poller ends before its first poll."""

    def on_request(self, _: PipelineRequest) -> None:  # type: ignore[type-arg]
        if threading.current_thread().name.startswith(POLLER_THREAD):
            raise Unwatched


class LeaveThrottlingAlone(RetryPolicy):  # type: ignore[type-arg]
    """429 is raised at once: the wait is a durable timer's, not another request within seconds."""

    def is_retry(self, settings: dict[str, Any], response: PipelineResponse) -> bool:  # type: ignore[type-arg]
        if response.http_response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            return False
        return bool(super().is_retry(settings, response))


class RegisterNothing(SansIOHTTPPolicy):  # type: ignore[type-arg]
    """409 MissingSubscriptionRegistration is told, where the SDK would register and wait on."""

    def __init__(self, workspace: str) -> None:
        self._intent = Intent("use the subscription", workspace)

    def on_response(self, _: PipelineRequest, response: PipelineResponse) -> None:  # type: ignore[type-arg]
        seen = response.http_response
        if seen.status_code != HTTPStatus.CONFLICT:
            return
        seen.read()
        answer = read_answer(seen.status_code, seen.text(), dict(seen.headers))
        if answer.has("MissingSubscriptionRegistration"):
            raise failure_of(answer, self._intent)
