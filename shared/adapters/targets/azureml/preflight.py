"""What can be known before anything costs money: the workspace, its region's free cores."""

from collections.abc import Iterator, Sequence
from typing import Any

import structlog

from shared.adapters.targets.azureml.connection import Connection
from shared.adapters.targets.azureml.quota import Usage, is_unlimited, quota_of
from shared.adapters.targets.azureml.sdk_errors import translating
from shared.domain.endpoint import Workspace
from shared.domain.quota import Quota

log = structlog.get_logger()


def read_workspace(connection: Connection) -> Workspace:
    """Its name and region. Raises WorkspaceMissing, NotAuthorized, IdentityRefused."""
    with translating(connection.intent(f"read the workspace {connection.workspace}")):
        found = connection.client.workspaces.get(connection.workspace)
    return Workspace(name=found.name, location=found.location)


def read_quotas(connection: Connection, instance_types: Sequence[str]) -> list[Quota]:
    """The quota of each size, in their order. One that the region does not list is unlimited."""
    location = read_workspace(connection).location
    intent = connection.intent(
        f"read the quota of {location}", instance_type=", ".join(instance_types)
    )
    with translating(intent):
        usages = list(connection.client.compute.list_usage(location=location))
    lines, sizes = list(_lines(usages)), connection.sizes.all()
    quotas = [quota_of(instance_type, lines, sizes) for instance_type in instance_types]
    for quota in filter(is_unlimited, quotas):
        log.warning("quota_not_listed", instance_type=quota.instance_type, location=location)
    return quotas


def _lines(usages: list[Any]) -> Iterator[Usage]:
    """The lines that have numbers.

    The SDK passes the service's JSON on as attributes, whose names are in its case or in Python's.
    """
    for usage in usages:
        fields = vars(usage)
        name = fields.get("name") or {}
        names = name.values() if isinstance(name, dict) else vars(name).values()
        used = fields.get("currentValue", fields.get("current_value"))
        limit = fields.get("limit")
        if used is not None and limit is not None:
            yield Usage(tuple(str(each) for each in names if each), int(used), int(limit))
