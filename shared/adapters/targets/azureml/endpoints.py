"""Managed online endpoints: created, read, given traffic, removed; their keys."""

from typing import TYPE_CHECKING

from shared.adapters.targets.azureml.connection import Connection
from shared.adapters.targets.azureml.operations import (
    marks_of,
    provisioning_of,
    reason_of,
    sent_back,
    tags_of,
)
from shared.adapters.targets.azureml.passing_failures import busy
from shared.adapters.targets.azureml.sdk_errors import failure_of, found_or_none, translating
from shared.domain.endpoint import Endpoint, Keys, Marks, Provisioning, WhichKey
from shared.domain.traffic import TrafficSplit, carrying
from shared.errors import SlipwayError
from shared.errors.serving import DeploymentMissing, EndpointVanished

if TYPE_CHECKING:
    from azure.ai.ml.entities import OnlineEndpoint


def read(connection: Connection, name: str) -> Endpoint | None:
    """None where there is no such endpoint."""
    found = fetch(connection, name)
    return _seen(found) if found else None


def read_all(connection: Connection) -> list[Endpoint]:
    """Those of the workspace that carry marks of a Slipway."""
    with translating(connection.intent("list the endpoints")):
        found = list(connection.client.online_endpoints.list())
    return [seen for seen in map(_seen, found) if seen.marks.owner]


def put(connection: Connection, name: str, marks: Marks) -> None:
    """Begin to create it, or to write these marks on the one that is there.

    Raises EndpointBusy while an operation on it runs.
    """
    from azure.ai.ml.entities import ManagedOnlineEndpoint

    endpoint = fetch(connection, name)
    if endpoint is None:
        endpoint = ManagedOnlineEndpoint(name=name, auth_mode="key")
    elif provisioning_of(endpoint.provisioning_state).runs:
        raise busy(name, endpoint.provisioning_state)
    endpoint.tags = {**(endpoint.tags or {}), **tags_of(marks)}
    _put(connection, endpoint)


def put_traffic(connection: Connection, name: str, wanted: TrafficSplit) -> None:
    """Begin to change traffic and mirror; all else is sent back as it was read.

    Raises EndpointVanished, DeploymentMissing; EndpointBusy while an operation on it runs.
    """
    endpoint = require(connection, name)
    state = provisioning_of(endpoint.provisioning_state)
    if state.runs:
        raise busy(name, endpoint.provisioning_state)
    shares, mirrored = carrying(wanted.traffic), carrying(wanted.mirror)
    # The SDK's get lists every deployment in traffic or mirror, those without any at zero.
    known = {each.lower() for each in (*endpoint.traffic, *(endpoint.mirror_traffic or {}))}
    if unknown := sorted((shares | mirrored).keys() - known):
        raise DeploymentMissing(name, ", ".join(unknown))
    there = carrying(endpoint.traffic), carrying(endpoint.mirror_traffic or {})
    if state is Provisioning.FAILED or (shares, mirrored) != there:
        endpoint.traffic, endpoint.mirror_traffic = shares, mirrored
        _put(connection, endpoint)


def delete(connection: Connection, name: str) -> None:
    """Begin to remove it; one that is missing or being removed is success."""
    existing = fetch(connection, name)
    if existing is None or provisioning_of(existing.provisioning_state) is Provisioning.REMOVING:
        return
    with translating(connection.intent(f"delete the endpoint {name}", endpoint=name)):
        connection.client.online_endpoints.begin_delete(name)


def why_failed(connection: Connection, name: str) -> SlipwayError:
    """Why its last operation failed. Raises EndpointVanished."""
    intent = connection.intent(f"provision the endpoint {name}", endpoint=name)
    return failure_of(reason_of(connection, require(connection, name).properties, intent), intent)


def read_keys(connection: Connection, endpoint: str) -> Keys:
    """Both keys. Raises EndpointVanished."""
    intent = connection.intent(f"read the keys of {endpoint}", endpoint=endpoint)
    found = found_or_none(lambda: connection.client.online_endpoints.get_keys(endpoint), intent)
    if found is None:
        raise EndpointVanished(endpoint)
    return Keys(primary=found.primary_key, secondary=found.secondary_key)


def replace_key(connection: Connection, endpoint: str, key: WhichKey) -> None:
    """Begin to replace one key. Raises EndpointVanished; EndpointBusy while an operation runs."""
    found = require(connection, endpoint)
    if provisioning_of(found.provisioning_state).runs:
        raise busy(endpoint, found.provisioning_state)
    with translating(connection.intent(f"rotate the keys of {endpoint}", endpoint=endpoint)):
        connection.client.online_endpoints.begin_regenerate_keys(endpoint, key_type=key)


def require(connection: Connection, name: str) -> "OnlineEndpoint":
    """The SDK's entity. Raises EndpointVanished."""
    found = fetch(connection, name)
    if found is None:
        raise EndpointVanished(name)
    return found


def fetch(connection: Connection, name: str) -> "OnlineEndpoint | None":
    """The SDK's entity; None where there is no such endpoint."""
    intent = connection.intent(f"read the endpoint {name}", endpoint=name)
    return found_or_none(lambda: connection.client.online_endpoints.get(name), intent)


def _put(connection: Connection, endpoint: "OnlineEndpoint") -> None:
    name = str(endpoint.name)
    endpoint.properties = sent_back(endpoint.properties)
    with translating(connection.intent(f"write the endpoint {name}", endpoint=name)):
        connection.client.online_endpoints.begin_create_or_update(endpoint)


def _seen(found: "OnlineEndpoint") -> Endpoint:
    return Endpoint(
        name=str(found.name),
        provisioning=provisioning_of(found.provisioning_state),
        marks=marks_of(found.tags),
        # In lower case, as the SDK writes them: names know no case in ARM.
        traffic=carrying(found.traffic),
        mirror=carrying(found.mirror_traffic or {}),
        scoring_uri=found.scoring_uri,
        swagger_uri=found.openapi_uri,
    )
