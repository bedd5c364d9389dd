"""Which line of the region's list of quotas counts for an instance type, and who shares it."""

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from shared.domain.catalogue import Catalogue
from shared.domain.quota import Quota


@dataclass(frozen=True)
class Usage:
    """A line of the region's list: `standardDSv2Family`, "Standard DSv2 Family Cluster ..."."""

    names: tuple[str, ...]
    used: int
    limit: int


def quota_of(instance_type: str, usages: Iterable[Usage], sizes: Catalogue) -> Quota:
    """The line of the size's family, else the region's total; unlimited where it lists neither.

    Unlimited means that it is Azure ML that checks, when the deployment is created.
    """
    lines = list(usages)
    family = sizes[instance_type].family if instance_type in sizes else instance_type
    line = _first(lines, _plain(family)) or _first(lines, "total.*(dedicated|regional)")
    if line is None:
        return Quota(instance_type=instance_type, used=0, limit=sys.maxsize)
    return Quota(instance_type=instance_type, used=line.used, limit=line.limit)


def _first(lines: Iterable[Usage], pattern: str) -> Usage | None:
    """The first line one of whose names matches; low priority cores are not ours."""
    for line in lines:
        for name in map(_plain, line.names):
            if re.match(pattern, name) and "lowpriority" not in name:
                return line
    return None


def is_unlimited(quota: Quota) -> bool:
    """Whether the region lists no quota for it."""
    return quota.limit == sys.maxsize


def family_of(quota: Quota, sizes: Catalogue) -> list[Quota]:
    """The same numbers for each size on offer of this family."""
    family = sizes[quota.instance_type].family
    return [
        quota.model_copy(update={"instance_type": name})
        for name, size in sizes.items()
        if size.family == family
    ]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
