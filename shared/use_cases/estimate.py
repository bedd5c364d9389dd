"""What a deploy request would cost, need and take."""

from shared.domain.deployment import DeployRequest
from shared.domain.estimate import (
    HOURS_A_MONTH,
    Estimate,
    EstimateFacts,
    better_fit,
    has_memory,
)
from shared.domain.offer import SizeOffers
from shared.ports.sizes import Sizes


def estimate(
    wanted: DeployRequest,
    facts: EstimateFacts,
    sizes: Sizes,
    offers: SizeOffers,
) -> Estimate:
    """Price, quota, memory and time of this request; nothing is created.

    Raises InstanceTypeUnknown.
    """
    size = sizes.named(wanted.instance_type)
    most = wanted.most_instances
    left = {each.name: each.quota.left for each in offers.instance_types if each.quota}
    catalogue = sizes.all()
    rooms = [
        name
        for name, each in catalogue.items()
        if name not in left or each.cores_of_quota(most) <= left[name]
    ]
    hour = size.usd_per_hour(offers.location, wanted.instance_count)
    return Estimate(
        usd_per_hour=hour,
        usd_per_month=None if hour is None else round(hour * HOURS_A_MONTH, 2),
        usd_per_hour_at_max=size.usd_per_hour(offers.location, most),
        cores_needed=size.cores_of_quota(most),
        cores_left=left.get(size.name),
        fits=has_memory(size, facts.worker_mb),
        better_fit=better_fit(size, catalogue, rooms, facts.worker_mb, offers.location),
        typical_seconds=facts.typical_seconds,
    )
