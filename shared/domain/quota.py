"""Cores that a workspace has left, and which sizes fit into them."""

from collections.abc import Iterable

from pydantic import BaseModel

from shared.domain.catalogue import CATALOGUE, cheapest_first


class Quota(BaseModel):
    """Cores of the instance type's family in the workspace's region."""

    instance_type: str
    used: int
    limit: int

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)


def fitting_in_place_of(asked: str, instances: int, quotas: Iterable[Quota]) -> str | None:
    """The largest size that fits and is neither larger nor dearer than the one asked for."""
    allowed = cheapest_first()[: cheapest_first().index(asked) + 1]
    fitting = [
        quota.instance_type
        for quota in quotas
        if quota.instance_type in allowed
        and CATALOGUE[quota.instance_type].cores <= CATALOGUE[asked].cores
        and fits(quota, instances)
    ]
    return max(
        sorted(fitting, key=allowed.index), key=lambda name: CATALOGUE[name].cores, default=None
    )


def fits(quota: Quota, instances: int) -> bool:
    return CATALOGUE[quota.instance_type].cores_of_quota(instances) <= quota.left
