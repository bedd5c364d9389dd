"""Cores that a workspace has left, and which sizes fit into them."""

import sys
from collections.abc import Iterable

from pydantic import BaseModel

from shared.domain.catalogue import CATALOGUE, Catalogue, InstanceType

UNLIMITED = sys.maxsize
"""The limit of a size that the region does not list."""


class Quota(BaseModel):
    """Cores of the instance type's family in the workspace's region."""

    instance_type: str
    used: int
    limit: int

    @property
    def left(self) -> int:
        """Cores; 0 where more are used than allowed."""
        return max(0, self.limit - self.used)

    @property
    def is_unlimited(self) -> bool:
        return self.limit == UNLIMITED


def fitting_in_place_of(
    asked: InstanceType,
    instances: int,
    quotas: Iterable[Quota],
    sizes: Catalogue = CATALOGUE,
    region: str | None = None,
) -> str | None:
    """The largest size with enough quota that is neither larger nor dearer than the one asked for.

    `quotas`: of the sizes to choose from. None where none of them has enough.
    """
    order = Catalogue([*sizes.values(), asked]).cheapest_first(region)
    allowed = order[: order.index(asked.name) + 1]
    fitting = [
        quota.instance_type
        for quota in quotas
        if quota.instance_type in allowed
        and quota.instance_type in sizes
        and sizes[quota.instance_type].cores <= asked.cores
        and fits(quota, sizes[quota.instance_type], instances)
    ]
    return max(sorted(fitting, key=allowed.index), key=lambda name: sizes[name].cores, default=None)


def fits(quota: Quota, size: InstanceType, instances: int) -> bool:
    """Whether the quota has the cores that so many instances of this size need."""
    return size.cores_of_quota(instances) <= quota.left


def family_of(quota: Quota, sizes: Catalogue) -> list[Quota]:
    """The same numbers for each size on offer of this family."""
    family = sizes[quota.instance_type].family
    return [
        quota.model_copy(update={"instance_type": name})
        for name, size in sizes.items()
        if size.family == family
    ]
