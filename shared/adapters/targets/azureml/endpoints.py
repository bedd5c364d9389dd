"""Managed online endpoints: made once, read, given traffic, removed; their keys."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from shared.adapters.targets.azureml.connection import Connection
from shared.adapters.targets.azureml.operations import (
    marks_of,
    provisioning_of,
    reason_of,
    tags_of,
)
from shared.adapters.targets.azureml.passing_failures import busy
from shared.adapters.targets.azureml.sdk_errors import failure_of, found_or_none, translating
from shared.domain.endpoint import Endpoint, Keys, Marks, Provisioning, WhichKey
from shared.errors import SlipwayError
from shared.errors.serving import DeploymentMissing, EndpointVanished

if TYPE_CHECKING:
    from azure.ai.ml.entities import OnlineEndpoint


def read(connection: Connection, name: str) -> Endpoint | None:
    found = fetch(connection, name)
    return _seen(found) if found else None


def read_all(connection: Connection) -> list[Endpoint]:
    with translating(connection.intent("list the endpoints")):
        found = list(connection.client.online_endpoints.list())
    return [seen for seen in map(_seen, found) if seen.marks.owner]


def put(connection: Connection, name: str, marks: Marks) -> None:
    """A new endpoint, or the one that is there as it is, with these marks."""
    from azure.ai.ml.entities import ManagedOnlineEndpoint

    endpoint = fetch(connection, name)
    if endpoint is None:
        endpoint = ManagedOnlineEndpoint(name=name, auth_mode="key")
    elif provisioning_of(endpoint.provisioning_state).runs:
        raise busy(name, endpoint.provisioning_state)
    endpoint.tags = {**(endpoint.tags or {}), **tags_of(marks)}
    _put(connection, endpoint)


def put_traffic(connection: Connection, name: str, traffic: Mapping[str, int]) -> None:
    """Read, change, write: all but the traffic is put back as it was read."""
    endpoint = require(connection, name)
    state = provisioning_of(endpoint.provisioning_state)
    if state.runs:
        raise busy(name, endpoint.provisioning_state)
    shares = {deployment.lower(): share for deployment, share in traffic.items() if share}
    # The SDK's get lists every deployment in the traffic, those without any at zero.
    if unknown := sorted(shares.keys() - {known.lower() for known in endpoint.traffic}):
        raise DeploymentMissing(name, ", ".join(unknown))
    if state is Provisioning.FAILED or shares != _traffic(endpoint):
        endpoint.traffic = shares
        _put(connection, endpoint)


def delete(connection: Connection, name: str) -> None:
    existing = fetch(connection, name)
    if existing is None or provisioning_of(existing.provisioning_state) is Provisioning.REMOVING:
        return
    with translating(connection.intent(f"delete the endpoint {name}", endpoint=name)):
        connection.client.online_endpoints.begin_delete(name)


def why_failed(connection: Connection, name: str) -> SlipwayError:
    intent = connection.intent(f"provision the endpoint {name}", endpoint=name)
    return failure_of(reason_of(connection, require(connection, name).properties, intent), intent)


def read_keys(connection: Connection, endpoint: str) -> Keys:
    intent = connection.intent(f"read the keys of {endpoint}", endpoint=endpoint)
    found = found_or_none(lambda: connection.client.online_endpoints.get_keys(endpoint), intent)
    if found is None:
        raise EndpointVanished(endpoint)
    return Keys(primary=found.primary_key, secondary=found.secondary_key)


def replace_key(connection: Connection, endpoint: str, key: WhichKey) -> None:
    found = require(connection, endpoint)
    if provisioning_of(found.provisioning_state).runs:
        raise busy(endpoint, found.provisioning_state)
    with translating(connection.intent(f"rotate the keys of {endpoint}", endpoint=endpoint)):
        connection.client.online_endpoints.begin_regenerate_keys(endpoint, key_type=key)


def require(connection: Connection, name: str) -> "OnlineEndpoint":
    found = fetch(connection, name)
    if found is None:
        raise EndpointVanished(name)
    return found


def fetch(connection: Connection, name: str) -> "OnlineEndpoint | None":
    intent = connection.intent(f"read the endpoint {name}", endpoint=name)
    return found_or_none(lambda: connection.client.online_endpoints.get(name), intent)


def _put(connection: Connection, endpoint: "OnlineEndpoint") -> None:
    name = str(endpoint.name)
    with translating(connection.intent(f"write the endpoint {name}", endpoint=name)):
        connection.client.online_endpoints.begin_create_or_update(endpoint)


def _seen(found: "OnlineEndpoint") -> Endpoint:
    return Endpoint(
        name=str(found.name),
        provisioning=provisioning_of(found.provisioning_state),
        marks=marks_of(found.tags),
        traffic=_traffic(found),
        scoring_uri=found.scoring_uri,
        swagger_uri=found.openapi_uri,
    )


def _traffic(found: "OnlineEndpoint") -> dict[str, int]:
    """Shares above zero. In lower case, as the SDK writes them: names know no case in ARM."""
    return {name.lower(): int(share) for name, share in found.traffic.items() if share}
