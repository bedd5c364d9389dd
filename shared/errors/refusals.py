"""Refusals that the phases themselves decide; adapters have their own beside them."""

from collections.abc import Iterable

from shared.domain.catalogue import CATALOGUE, QUOTA_RESERVE, cheapest_first
from shared.domain.endpoint import Prediction, Quota
from shared.errors import Conflict, ServingRefused

_IDS = ("x-request-id", "x-ms-request-id", "x-ms-client-request-id")
"""Headers by which Microsoft's support finds a prediction."""


class Cancelled(Conflict):
    code = "cancelled"

    def __init__(self) -> None:
        super().__init__(
            "The deployment was deleted while it was deploying.",
            fix="Nothing to do; deploy again when you want it back.",
        )


class EndpointNameTaken(Conflict):
    code = "endpoint_name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The endpoint name {name} belongs to somebody else.",
            fix="Choose another endpoint_name, or leave it out to have one generated.",
        )


class DeploymentNameTaken(Conflict):
    code = "deployment_name_taken"

    def __init__(self, name: str, endpoint_name: str) -> None:
        super().__init__(
            f"The endpoint {endpoint_name} has a deployment called {name} already.",
            fix="Choose another deployment_name, or leave it out to have one generated.",
        )


class EndpointVanished(ServingRefused):
    code = "endpoint_vanished"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The endpoint {name} is not in Azure ML any more.",
            fix="Somebody removed it outside Slipway; deploy again.",
        )


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


class QuotaTooSmall(ServingRefused):
    code = "quota_too_small"

    def __init__(self, quota: Quota, instances: int, others: Iterable[Quota] = ()) -> None:
        """`others`: what is left for the sizes that may be named in its place."""
        needed = CATALOGUE[quota.instance_type].cores_of_quota(instances)
        fitting = fitting_in_place_of(quota.instance_type, instances, others)
        super().__init__(
            f"{quota.instance_type} x{instances} needs {needed} cores of quota "
            f"({QUOTA_RESERVE - 1:.0%} are reserved for upgrades), {quota.left} are left"
            + (f": {fitting} would fit." if fitting else ", and no smaller size fits into them."),
            fix=(f"Deploy with instance_type {fitting}, or ask" if fitting else "Ask")
            + " for more cores under Quota in Azure ML studio, or remove a deployment.",
        )


class PredictionFailed(ServingRefused):
    code = "test_prediction_failed"

    def __init__(self, answer: Prediction, deployment: str, log_tail: str | None) -> None:
        ids = [f"{name}: {answer.headers[name]}" for name in _IDS if name in answer.headers]
        super().__init__(
            f"{deployment} answered an example row with HTTP {answer.status}: {answer.body[:300]}",
            fix="See the log in the timeline; try the model on one row of its training data.",
            detail="\n\n".join(filter(None, ("\n".join(ids), log_tail))) or None,
        )
