"""Traffic as the phases read it: only while the endpoint is not being changed."""

from shared.domain.endpoint import Endpoint, Provisioning
from shared.errors.serving import EndpointVanished
from shared.ports.serving_target import ServingTarget


def carrying(endpoint: Endpoint) -> dict[str, int]:
    """Deployment, in lower case as the SDK writes it, to percentage; without those at zero."""
    return {name.lower(): share for name, share in endpoint.traffic.items() if share}


def require_settled(target: ServingTarget, endpoint_name: str) -> Endpoint | None:
    """None while an operation on the endpoint runs; raises EndpointVanished or its failure."""
    endpoint = target.provisioning.endpoint(endpoint_name)
    if endpoint is None:
        raise EndpointVanished(endpoint_name)
    if endpoint.provisioning is Provisioning.FAILED:
        raise target.provisioning.why_endpoint_failed(endpoint_name)
    return None if endpoint.provisioning.runs else endpoint
