"""What instances need and cost, in numbers, before they are asked for."""

from typing import Any

import pytest

from activities.support.room import (
    cost_of,
    instances_of,
    refuse_unknown_scaling,
    refuse_without_quota,
)
from shared.domain.catalogue import CATALOGUE, Catalogue, InstanceType
from shared.domain.deployment import DeploymentOptions
from shared.domain.quota import Quota
from shared.errors.requests import InvalidRequest
from shared.errors.serving import QuotaTooSmall
from shared.ports.sizes import ReleasedSizes
from shared.wire.phases import VerifyWorkspace
from tests.support.other_cloud import OtherCloud
from tests.support.phases import PhaseWorld
from tests.support.records import row
from tests.support.services import services_of
from tests.support.serving_target import ServingTargetFake

SMALL = CATALOGUE["Standard_DS1_v2"]


def options(**asked: Any) -> DeploymentOptions:
    return DeploymentOptions.model_validate(asked)


class Used(ServingTargetFake):
    """Six cores, of which `used` are used."""

    used = 4

    def quota(self, instance_type: str) -> Quota:
        return Quota(instance_type=instance_type, used=self.used, limit=6)


@pytest.mark.parametrize(
    ("instances", "held", "fits"),
    [(1, 0, True), (2, 0, False), (2, 1, True), (4, 1, False), (5, 4, True), (6, 4, False)],
)
def test_what_runs_already_counts_as_free(instances: int, held: int, fits: bool):
    services = services_of(target=Used())
    if fits:
        refuse_without_quota(services, SMALL, instances, region="westeurope", held=held)
        return
    with pytest.raises(QuotaTooSmall) as refused:
        refuse_without_quota(services, SMALL, instances, region="westeurope", held=held)
    assert f"Standard_DS1_v2 x{instances} needs" in refused.value.message


def test_a_refusal_names_what_is_left_with_the_own_cores_and_the_region():
    services = services_of(target=Used())
    with pytest.raises(QuotaTooSmall) as refused:
        refuse_without_quota(services, SMALL, 6, region="westeurope", held=1)
    again = QuotaTooSmall.of(
        Quota(instance_type=SMALL.name, used=2, limit=6),
        6,
        services.target.preflight.quotas(tuple(CATALOGUE)),
        sizes=CATALOGUE,
        region="westeurope",
    )
    assert (refused.value.message, refused.value.fix) == (again.message, again.fix)


class TwoSizes(ReleasedSizes):
    """The small one is dearer in westeurope and cheaper elsewhere."""

    def all(self) -> Catalogue:
        return Catalogue(
            InstanceType(name=name, cores=cores, memory_gb=4, family="f", prices=prices)
            for name, cores, prices in (
                ("Large", 4, {"westeurope": 1.0, "eastus": 3.0}),
                ("Small", 1, {"westeurope": 2.0, "eastus": 1.0}),
            )
        )

    def named(self, name: str) -> InstanceType:
        return self.all()[name]


def test_the_size_that_would_fit_is_one_on_offer_and_no_dearer_in_this_region():
    world = PhaseWorld(row(instance_type="Large"), cloud=Used, sizes=TwoSizes())
    refused = world.perform(VerifyWorkspace).refusal
    assert refused.message.endswith("2 are left, and no smaller size fits into them.")
    with pytest.raises(QuotaTooSmall, match="Small would fit"):
        refuse_without_quota(world.services, TwoSizes().named("Large"), 1, region="eastus")


def test_a_cloud_without_autoscale_refuses_it_and_nothing_else():
    refuse_unknown_scaling(ServingTargetFake(), options(autoscale={"max": 2}))
    refuse_unknown_scaling(OtherCloud(), options())
    with pytest.raises(InvalidRequest) as refused:
        refuse_unknown_scaling(OtherCloud(), options(autoscale={"max": 2}))
    assert refused.value.message == "autoscale: other does not change instance counts by load."
    assert refused.value.fix == "Leave it out, and ask for the instance_count that the load needs."


def test_costs_are_of_all_instances_and_at_most_of_those_that_autoscale_may_make():
    two = options(instance_count=2)
    growing = options(instance_count=2, autoscale={"min": 2, "max": 4})
    as_large = options(instance_count=2, autoscale={"min": 1, "max": 2})
    assert cost_of(two, SMALL, "westeurope") == " About $0.136 an hour."
    assert cost_of(growing, SMALL, "westeurope") == " About $0.136 an hour, at most $0.272."
    assert cost_of(as_large, SMALL, "westeurope") == " About $0.136 an hour."
    unpriced = InstanceType(name="x", cores=1, memory_gb=1, family="f")
    assert cost_of(two, unpriced, "westeurope") == ""
    assert instances_of(two) == "Standard_DS1_v2 x2"
    assert instances_of(growing) == "Standard_DS1_v2 x2 to x4"
    assert instances_of(as_large) == "Standard_DS1_v2 x2"
