"""What may be deployed: the sizes on offer with their price and quota, and a user's limits."""

import sys
from datetime import date

from pydantic import BaseModel, Field

from shared.domain.catalogue import MAX_INSTANCES, InstanceType
from shared.domain.quota import Quota


class SizeQuota(BaseModel):
    """Cores that the workspace's region allows this size's family; sizes of a family share them."""

    used: int
    limit: int
    left: int


class SizeOffer(BaseModel):
    """An instance type that may be deployed, with its price and quota of now."""

    name: str
    cores: int
    memory_gb: float
    usd_per_hour: float | None = Field(
        description="One instance, pay as you go; null where the region's price is not known."
    )
    is_default: bool
    retires_on: date | None = Field(
        description="When Azure takes the size away; null where nothing is announced."
    )
    successor: str | None = Field(
        description="The size to move to before that; in some regions not on offer yet."
    )
    quota: SizeQuota | None = Field(
        description="Null where Azure ML does not tell: the deployment's first phase will."
    )
    most_instances: int | None = Field(
        description="How many of them the quota has room for now, at most 10; null as `quota`."
    )


class SizeOffers(BaseModel):
    """The reply of GET /instance-types."""

    location: str | None = Field(description="The workspace's region; null if Azure ML is away.")
    instance_types: list[SizeOffer]


class UserLimits(BaseModel):
    """The caller's limits and what is used of them."""

    max_deploying: int
    deploying: int
    max_active: int = Field(description="Of active deployments and those in flight together.")
    active: int
    max_requests_per_minute: int
    requests: int = Field(description="Counted in the current minute, this one included.")
    max_model_mb: int
    max_score_kb: int


def offer(size: InstanceType, location: str | None, quota: Quota | None) -> SizeOffer:
    """The size as this region offers it. A `quota` without a limit, of a region that lists none, is
    left out.
    """
    told = quota if quota is not None and quota.limit < sys.maxsize else None
    return SizeOffer(
        name=size.name,
        cores=size.cores,
        memory_gb=size.memory_gb,
        usd_per_hour=size.usd_per_hour(location),
        is_default=size.is_default,
        retires_on=size.retires_on,
        successor=size.successor,
        quota=told and SizeQuota(used=told.used, limit=told.limit, left=told.left),
        most_instances=told
        and max(
            n for n in range(MAX_INSTANCES + 1) if n == 0 or size.cores_of_quota(n) <= told.left
        ),
    )
