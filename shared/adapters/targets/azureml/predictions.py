"""Requests to endpoints, with the endpoint's key, as any client of it would send them."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx
from pydantic import SecretStr

from shared.adapters.targets.azureml import endpoints
from shared.adapters.targets.azureml.connection import Connection
from shared.adapters.targets.azureml.passing_failures import busy
from shared.domain.endpoint import Prediction
from shared.errors.waiting import AzureUnreachable

CONNECT_SECONDS = 10
REMEMBER_SECONDS = 300
DEPLOYMENT = "azureml-model-deployment"
"""The header that names a deployment: which is asked, and which has answered."""
_TOLD = ("ms-azureml-", "azureml-", "x-ms-", "x-request-id", "retry-after")


@dataclass(frozen=True)
class Door:
    """The scoring URI and the key of an endpoint, to be used until then (monotonic clock)."""

    uri: str
    key: SecretStr
    until: float


class Predictions:
    """One httpx client for the process; it takes proxy and CA from the environment, as httpx does.

    Keys are kept in memory for five minutes at most, and fetched anew when one is refused.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._http: httpx.Client | None = None
        self._doors: dict[str, Door] = {}

    def score(
        self, endpoint: str, payload: bytes, *, deployment: str | None, timeout_seconds: float
    ) -> Prediction:
        """POST the body to the endpoint; any status is an answer.

        Raises EndpointVanished; EndpointBusy before it has a scoring URI; AzureUnreachable.
        """

        def post() -> httpx.Response:
            door = self._door(endpoint)
            return self._send("POST", door, door.uri, payload, deployment, timeout_seconds)

        return self._ask(endpoint, timeout_seconds, post)

    def describe(self, endpoint: str, *, deployment: str, timeout_seconds: float) -> Prediction:
        """GET the server's own OpenAPI document, `/swagger.json` beside `/score`."""

        def get() -> httpx.Response:
            door = self._door(endpoint)
            uri = str(httpx.URL(door.uri).join("/swagger.json"))
            return self._send("GET", door, uri, None, deployment, timeout_seconds)

        return self._ask(endpoint, timeout_seconds, get)

    def _ask(
        self, endpoint: str, timeout_seconds: float, send: Callable[[], httpx.Response]
    ) -> Prediction:
        """The answer; a key that is refused (401) is fetched anew, once."""
        answer = _answered(endpoint, timeout_seconds, send)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self.forget(endpoint)
            answer = _answered(endpoint, timeout_seconds, send)
        return Prediction(
            status=answer.status_code,
            body=answer.text,
            content_type=answer.headers.get("content-type", "application/json"),
            deployment=answer.headers.get(DEPLOYMENT),
            headers={name: text for name, text in answer.headers.items() if name.startswith(_TOLD)},
        )

    def forget(self, endpoint: str) -> None:
        """Fetch URI and key anew at the next request."""
        self._doors.pop(endpoint, None)

    def _door(self, endpoint: str) -> Door:
        """URI and key, fetched where they are not in memory."""
        door = self._doors.get(endpoint)
        if door is None or door.until < time.monotonic():
            found = endpoints.require(self._connection, endpoint)
            if not found.scoring_uri:
                raise busy(endpoint, found.provisioning_state)
            key = endpoints.read_keys(self._connection, endpoint).primary
            until = time.monotonic() + REMEMBER_SECONDS
            door = self._doors[endpoint] = Door(found.scoring_uri, SecretStr(key), until)
        return door

    def _send(
        self,
        method: str,
        door: Door,
        uri: str,
        payload: bytes | None,
        deployment: str | None,
        timeout_seconds: float,
    ) -> httpx.Response:
        headers = {
            "authorization": f"Bearer {door.key.get_secret_value()}",
            "content-type": "application/json",
        }
        if deployment:
            headers[DEPLOYMENT] = deployment
        timeout = httpx.Timeout(timeout_seconds, connect=min(CONNECT_SECONDS, timeout_seconds))
        return self._client().request(
            method, uri, content=payload, headers=headers, timeout=timeout
        )

    def _client(self) -> httpx.Client:
        with self._lock:
            if self._http is None:
                self._http = httpx.Client()
            return self._http


def _answered(
    endpoint: str, timeout_seconds: float, post: Callable[[], httpx.Response]
) -> httpx.Response:
    """The response. Raises AzureUnreachable where none comes in time."""
    try:
        return post()
    except httpx.TransportError as error:
        late = isinstance(error, httpx.ReadTimeout | httpx.WriteTimeout)
        raise AzureUnreachable(
            f"The endpoint {endpoint} did not answer within {timeout_seconds:g} seconds."
            if late
            else f"The endpoint {endpoint} cannot be reached ({type(error).__name__}).",
            wait_seconds=2,
        ) from error
