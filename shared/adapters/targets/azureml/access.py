"""An endpoint's keys: fetched when asked for, regenerated one at a time."""

from shared.adapters.targets.azureml import endpoints
from shared.adapters.targets.azureml.azure_errors import explained, found_or_none
from shared.adapters.targets.azureml.connection import Connection
from shared.adapters.targets.azureml.operations import provisioning_of
from shared.adapters.targets.azureml.waiting import busy
from shared.domain.endpoint import Keys, Provisioning, WhichKey
from shared.errors.serving import EndpointVanished


def read_keys(connection: Connection, endpoint: str) -> Keys:
    attempt = connection.attempt(f"read the keys of {endpoint}", endpoint=endpoint)
    found = found_or_none(lambda: connection.client.online_endpoints.get_keys(endpoint), attempt)
    if found is None:
        raise EndpointVanished(endpoint)
    return Keys(primary=found.primary_key, secondary=found.secondary_key)


def begin_rotate(connection: Connection, endpoint: str, key: WhichKey) -> None:
    found = endpoints.require(connection, endpoint)
    if provisioning_of(found.provisioning_state) is Provisioning.RUNNING:
        raise busy(endpoint, found.provisioning_state)
    with explained(connection.attempt(f"rotate the keys of {endpoint}", endpoint=endpoint)):
        connection.client.online_endpoints.begin_regenerate_keys(endpoint, key_type=key)
