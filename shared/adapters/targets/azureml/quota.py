"""Cores of quota: which family an instance type counts against, and who shares them."""

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from shared.domain.catalogue import CATALOGUE
from shared.domain.quota import Quota

_SIZE = re.compile(r"standard_([a-z]+)\d+([a-z]*)(?:_(v\d+))?", re.IGNORECASE)


@dataclass(frozen=True)
class Usage:
    """A line of the region's list: `standardDSv2Family`, "Standard DSv2 Family Cluster ..."."""

    names: tuple[str, ...]
    used: int
    limit: int


def quota_of(instance_type: str, usages: Iterable[Usage]) -> Quota:
    """The family's line, else the region's total; without limit where the region lists neither.

    An unlimited Quota only means that the check is left to the PUT, which knows for certain.
    """
    lines = list(usages)
    line = _first(lines, _family(instance_type)) or _first(lines, "total.*(dedicated|regional)")
    if line is None:
        return Quota(instance_type=instance_type, used=0, limit=sys.maxsize)
    return Quota(instance_type=instance_type, used=line.used, limit=line.limit)


def _first(lines: Iterable[Usage], pattern: str) -> Usage | None:
    for line in lines:
        for name in map(_plain, line.names):
            if re.match(pattern, name) and "lowpriority" not in name:
                return line
    return None


def is_unlimited(quota: Quota) -> bool:
    return quota.limit == sys.maxsize


def family_of(quota: Quota) -> list[Quota]:
    """The same cores for each offered size that counts against them."""
    family = _family(quota.instance_type)
    return [
        quota.model_copy(update={"instance_type": name})
        for name in CATALOGUE
        if _family(name) == family
    ]


def _family(instance_type: str) -> str:
    """Standard_DS1_v2 -> standarddsv2family; Standard_F4s_v2 -> standardfsv2family."""
    size = _SIZE.fullmatch(instance_type)
    if size is None:
        return _plain(instance_type)
    letters, suffix, generation = size.groups()
    return _plain(f"standard{letters}{suffix}{generation or ''}family")


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
