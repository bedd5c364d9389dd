"""What can be known before anything costs money: the workspace, its region's free cores."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from shared.adapters.targets.azureml.connection import Connection
from shared.adapters.targets.azureml.sdk_errors import translating
from shared.domain.catalogue import Catalogue
from shared.domain.endpoint import Workspace
from shared.domain.quota import UNLIMITED, Quota

log = structlog.get_logger()


@dataclass(frozen=True)
class Usage:
    """A line of the region's list: `standardDSv2Family`, "Standard DSv2 Family Cluster ..."."""

    names: tuple[str, ...]
    used: int
    limit: int


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
    for quota in quotas:
        if quota.is_unlimited:
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


def quota_of(instance_type: str, usages: Iterable[Usage], sizes: Catalogue) -> Quota:
    """The line of the size's family, else the region's total; unlimited where it lists neither.

    Unlimited means that it is Azure ML that checks, when the deployment is created.
    """
    lines = list(usages)
    family = sizes[instance_type].family if instance_type in sizes else instance_type
    line = _first(lines, _plain(family)) or _first(lines, "total.*(dedicated|regional)")
    if line is None:
        return Quota(instance_type=instance_type, used=0, limit=UNLIMITED)
    return Quota(instance_type=instance_type, used=line.used, limit=line.limit)


def _first(lines: Iterable[Usage], pattern: str) -> Usage | None:
    """The first line one of whose names matches; low priority cores are not ours."""
    for line in lines:
        for name in map(_plain, line.names):
            if re.match(pattern, name) and "lowpriority" not in name:
                return line
    return None


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
