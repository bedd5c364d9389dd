"""What the instances of a specification need and cost, before they are asked for."""

from shared.domain.catalogue import InstanceType
from shared.domain.deployment import DeploymentOptions
from shared.errors.requests import InvalidRequest
from shared.errors.serving import QuotaTooSmall
from shared.ports.serving_target import ServingTarget
from shared.services import Services


def refuse_without_quota(
    services: Services, size: InstanceType, instances: int, *, region: str, held: int = 0
) -> None:
    """Raises QuotaTooSmall. `held`: instances that run already, whose cores are counted as used."""
    preflight = services.target.preflight
    quota = preflight.quota(size.name)
    own = size.cores_of_quota(held)
    if size.cores_of_quota(instances) > quota.left + own:
        free = quota.model_copy(update={"used": max(0, quota.used - own)})
        sizes = services.sizes.all()
        others = preflight.quotas(tuple(sizes))
        raise QuotaTooSmall.of(free, instances, others, sizes=sizes, region=region)


def refuse_unknown_scaling(target: ServingTarget, asked: DeploymentOptions) -> None:
    """Raises InvalidRequest where the cloud has no autoscale and it was asked for."""
    if asked.autoscale and not target.can.autoscale:
        raise InvalidRequest(
            f"autoscale: {target.kind} does not change instance counts by load.",
            fix="Leave it out, and ask for the instance_count that the load needs.",
        )


def cost_of(asked: DeploymentOptions, size: InstanceType, location: str) -> str:
    """` About $0.073 an hour, at most $0.292.`; empty where the price is not known."""
    now = size.usd_per_hour(location, asked.instance_count)
    most = size.usd_per_hour(location, asked.most_instances)
    if now is None or most is None:
        return ""
    limit = f", at most ${most:.3f}" if asked.most_instances > asked.instance_count else ""
    return f" About ${now:.3f} an hour{limit}."


def instances_of(asked: DeploymentOptions) -> str:
    """`Standard_DS1_v2 x1`, or `x1 to x4` where autoscale may make more of them."""
    more = f" to x{asked.most_instances}" if asked.most_instances > asked.instance_count else ""
    return f"{asked.instance_type} x{asked.instance_count}{more}"
