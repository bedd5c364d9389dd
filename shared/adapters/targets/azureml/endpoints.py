"""Managed online endpoints: made once, read, given traffic, removed; their keys."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from shared.adapters.targets.azureml.connection import Connection
from shared.adapters.targets.azureml.operations import DELETING, provisioning_of, reason_of
from shared.adapters.targets.azureml.passing_failures import busy
from shared.adapters.targets.azureml.sdk_errors import failure_of, found_or_none, translating
from shared.domain.endpoint import Endpoint, Keys, Provisioning, WhichKey
from shared.domain.naming import OWNER_TAG
from shared.errors import SlipwayError
from shared.errors.requests import EndpointNameTaken
from shared.errors.serving import DeploymentMissing, EndpointVanished

if TYPE_CHECKING:
    from azure.ai.ml.entities import OnlineEndpoint


def read(connection: Connection, name: str) -> Endpoint | None:
    found = fetch(connection, name)
    return _seen(found) if found else None


def read_all(connection: Connection, tag: str) -> list[Endpoint]:
    with translating(connection.intent("list the endpoints")):
        found = list(connection.client.online_endpoints.list())
    return [_seen(each) for each in found if tag in (each.tags or {})]


def begin(connection: Connection, name: str, tags: Mapping[str, str]) -> None:
    """PUT a new endpoint, or a failed one of ours again as it is; else nothing."""
    existing = fetch(connection, name)
    if existing is None:
        from azure.ai.ml.entities import ManagedOnlineEndpoint

        _put(connection, ManagedOnlineEndpoint(name=name, auth_mode="key", tags=dict(tags)))
        return
    if (existing.tags or {}).get(OWNER_TAG) != tags.get(OWNER_TAG):
        raise EndpointNameTaken(name)
    if existing.provisioning_state == DELETING:
        raise busy(name, DELETING)
    if provisioning_of(existing.provisioning_state) is Provisioning.FAILED:
        _put(connection, existing)


def begin_traffic(connection: Connection, name: str, traffic: Mapping[str, int]) -> None:
    """Read, change, write: all but the traffic is put back as it was read."""
    endpoint = require(connection, name)
    state = provisioning_of(endpoint.provisioning_state)
    if state is Provisioning.RUNNING:
        raise busy(name, endpoint.provisioning_state)
    shares = {deployment.lower(): share for deployment, share in traffic.items() if share}
    # The SDK's get lists every deployment in the traffic, those without any at zero.
    if unknown := sorted(shares.keys() - {known.lower() for known in endpoint.traffic}):
        raise DeploymentMissing(name, ", ".join(unknown))
    if state is Provisioning.FAILED or shares != _traffic(endpoint):
        endpoint.traffic = shares
        _put(connection, endpoint)


def begin_delete(connection: Connection, name: str) -> None:
    existing = fetch(connection, name)
    if existing is None or existing.provisioning_state == DELETING:
        return
    with translating(connection.intent(f"delete the endpoint {name}", endpoint=name)):
        connection.client.online_endpoints.begin_delete(name)


def failure(connection: Connection, name: str) -> SlipwayError:
    intent = connection.intent(f"provision the endpoint {name}", endpoint=name)
    return failure_of(reason_of(connection, require(connection, name).properties, intent), intent)


def read_keys(connection: Connection, endpoint: str) -> Keys:
    intent = connection.intent(f"read the keys of {endpoint}", endpoint=endpoint)
    found = found_or_none(lambda: connection.client.online_endpoints.get_keys(endpoint), intent)
    if found is None:
        raise EndpointVanished(endpoint)
    return Keys(primary=found.primary_key, secondary=found.secondary_key)


def begin_replacing_key(connection: Connection, endpoint: str, key: WhichKey) -> None:
    found = require(connection, endpoint)
    if provisioning_of(found.provisioning_state) is Provisioning.RUNNING:
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
        state=found.provisioning_state or "",
        tags={name: str(value) for name, value in (found.tags or {}).items()},
        traffic=_traffic(found),
        scoring_uri=found.scoring_uri,
        swagger_uri=found.openapi_uri,
    )


def _traffic(found: "OnlineEndpoint") -> dict[str, int]:
    """Shares above zero. In lower case, as the SDK writes them: names know no case in ARM."""
    return {name.lower(): int(share) for name, share in found.traffic.items() if share}
