"""Reading and moving an endpoint's traffic, only while the endpoint is not being changed."""

from collections.abc import Callable

from activities.support.phase import note
from shared.domain.endpoint import Endpoint, Provisioning
from shared.domain.traffic import TrafficSplit, as_written, carrying
from shared.errors.requests import TrafficChanged
from shared.errors.serving import EndpointVanished
from shared.ports.serving_target import ServingTarget
from shared.services import Services
from shared.wire.run import Run


def require_settled(target: ServingTarget, endpoint_name: str) -> Endpoint | None:
    """The endpoint; None while an operation on it runs.

    Raises EndpointVanished, or why its last operation failed.
    """
    endpoint = target.provisioning.endpoint(endpoint_name)
    if endpoint is None:
        raise EndpointVanished(endpoint_name)
    if endpoint.provisioning is Provisioning.FAILED:
        raise target.provisioning.why_endpoint_failed(endpoint_name)
    return None if endpoint.provisioning.runs else endpoint


def split_of(endpoint: Endpoint) -> TrafficSplit:
    """Its traffic and mirror as they are, legal by our rules or not."""
    return TrafficSplit.model_construct(
        traffic=carrying(endpoint.traffic), mirror=carrying(endpoint.mirror)
    )


def all_to(name: str, endpoint: Endpoint) -> TrafficSplit:
    """The split with all traffic on one deployment; the mirror stays, unless it was that one's."""
    mirror = {
        other: share for other, share in endpoint.mirror.items() if other.lower() != name.lower()
    }
    return TrafficSplit(traffic={name: 100}, mirror=mirror)


def refuse_other_traffic(
    services: Services, run: Run, expected: TrafficSplit | None, wanted: TrafficSplit
) -> bool:
    """Whether the traffic may be moved; False while an operation on the endpoint runs.

    Raises TrafficChanged where it is neither `expected` nor `wanted`: what was changed outside
    Slipway is recorded, and stays. `expected` None: whatever is there.
    """
    endpoint = require_settled(services.target, run.endpoint_name)
    if endpoint is None:
        return False
    found = split_of(endpoint)
    if expected is None or found.same_as(expected) or found.same_as(wanted):
        return True
    services.records.record_traffic(run.endpoint_name, found.traffic, found.mirror)
    raise TrafficChanged(found.traffic, found.mirror)


def move(
    services: Services, run: Run, wanted: Callable[[Endpoint], TrafficSplit]
) -> TrafficSplit | None:
    """Move the traffic to `wanted(endpoint)`; the split, once it is there, None until then.

    It is recorded then as a move of the run's operation. Raises as require_settled.
    """
    target, records = services.target, services.records
    endpoint = require_settled(target, run.endpoint_name)
    if endpoint is not None and not split_of(endpoint).same_as(wanted(endpoint)):
        target.provisioning.put_traffic(run.endpoint_name, wanted(endpoint))
        endpoint = require_settled(target, run.endpoint_name)
    if endpoint is None or not split_of(endpoint).same_as(wanted(endpoint)):
        return None
    there = split_of(endpoint)
    records.record_traffic(run.endpoint_name, there.traffic, there.mirror, run.operation_id)
    return there


def tell_the_others(services: Services, run: Run, there: TrafficSplit) -> None:
    """Write a line into the timeline of every other deployment on the endpoint that lives."""
    for other in services.records.others_on(run.endpoint_name, run.deployment_id):
        share = carrying(there.traffic).get(other.deployment_name.lower(), 0)
        told = f"{share} % of the traffic since this move of {run.deployment_name}'s."
        note(services.records, run, "move_traffic", told, deployment_id=other.id)


def shares_of(there: TrafficSplit, names: list[str]) -> str:
    """The split in words: `blue 90 %, green 10 %`, or `nobody serves`."""
    traffic, mirror = as_written(there.traffic, names), as_written(there.mirror, names)
    shares = ", ".join(f"{name} {share} %" for name, share in traffic.items())
    copied = ", ".join(f"{share} % copied to {name}" for name, share in mirror.items())
    return "; ".join(part for part in (shares or "nobody serves", copied) if part)
