"""An endpoint's keys: fetched when asked for, regenerated one after the other."""

from collections.abc import Sequence

from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_fixed

from shared.azureml import endpoints
from shared.azureml.azure_errors import explained, found_or_none
from shared.azureml.connection import Connection
from shared.errors import TransientError
from shared.refusals import EndpointVanished
from shared.schemas.endpoint import Keys

SETTLE_SECONDS = 10
"""The second key has to wait for the first one's operation, which takes a moment."""


def read_keys(connection: Connection, endpoint: str) -> Keys:
    attempt = connection.attempt(f"read the keys of {endpoint}", endpoint=endpoint)
    found = found_or_none(lambda: connection.client.online_endpoints.get_keys(endpoint), attempt)
    if found is None:
        raise EndpointVanished(endpoint)
    return Keys(primary=found.primary_key, secondary=found.secondary_key)


def begin_rotate(connection: Connection, endpoint: str, which: Sequence[str]) -> None:
    attempt = connection.attempt(f"rotate the keys of {endpoint}", endpoint=endpoint)
    endpoints.require(connection, endpoint)
    for key in which:
        for again in Retrying(
            retry=retry_if_exception(_is_busy),
            wait=wait_fixed(1),
            stop=stop_after_delay(SETTLE_SECONDS),
            reraise=True,
        ):
            with again, explained(attempt):
                connection.client.online_endpoints.begin_regenerate_keys(endpoint, key_type=key)


def _is_busy(error: BaseException) -> bool:
    return isinstance(error, TransientError) and error.code == "endpoint_busy"
