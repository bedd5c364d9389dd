"""What a deployment would cost and need: prices, quota, memory, and the size that fits better."""

from uuid import UUID

import pytest

from shared.domain.catalogue import CATALOGUE
from shared.domain.deployment import DeployRequest
from shared.domain.estimate import EstimateFacts
from shared.domain.offer import SizeOffers, offer
from shared.domain.quota import Quota
from shared.errors.requests import InstanceTypeUnknown
from shared.ports.sizes import ReleasedSizes
from shared.use_cases.estimate import estimate
from tests.support.records import MODEL_ID


def offers(left=100, location="westeurope", **families):
    """`families`: cores left by the family's letters, else `left`."""

    def quota(size):
        limit = families.get("f" if "FSv2" in size.family else "ds", left)
        return Quota(instance_type=size.name, used=0, limit=limit)

    sizes = [offer(size, location, quota(size)) for size in CATALOGUE.values()]
    return SizeOffers(location=location, instance_types=sizes)


def estimated(facts=None, of=None, most=None, **wanted):
    body = DeployRequest(model_id=UUID(MODEL_ID), **wanted)
    return estimate(body, facts or EstimateFacts(), ReleasedSizes(), of or offers(), most)


def test_prices_are_of_all_instances_an_hour_a_month_and_at_the_maximum():
    found = estimated(instance_type="Standard_DS2_v2", instance_count=2, most=5)
    assert (found.usd_per_hour, found.usd_per_month) == (0.272, 198.56)
    assert found.usd_per_hour_at_max == 0.68
    assert (found.cores_needed, found.cores_left) == (12, 100)


def test_without_a_maximum_it_is_what_is_asked_for():
    found = estimated(instance_count=3)
    assert found.usd_per_hour_at_max == found.usd_per_hour == 0.2037
    assert found.cores_needed == 4


def test_where_azure_ml_is_away_price_and_quota_are_not_told():
    away = SizeOffers(
        location=None, instance_types=[offer(size, None, None) for size in CATALOGUE.values()]
    )
    found = estimated(of=away)
    assert (found.usd_per_hour, found.usd_per_month, found.usd_per_hour_at_max) == (None,) * 3
    assert (found.cores_needed, found.cores_left, found.better_fit) == (2, None, None)


@pytest.mark.parametrize(
    ("facts", "size", "fits", "better"),
    [
        ({}, "Standard_DS4_v2", None, None),
        ({"memory_mb": 300}, "Standard_DS1_v2", True, None),
        ({"memory_mb": 300}, "Standard_DS3_v2", True, "Standard_DS1_v2"),
        # 500 + 1 x 3100 MB are more than 3.5 GB; 500 + 2 x 3100 are less than 7.
        ({"memory_mb": 3100}, "Standard_DS1_v2", False, "Standard_DS2_v2"),
        # A worker for each core: four of them do not fit into 8 GB.
        ({"memory_mb": 3000}, "Standard_F4s_v2", False, "Standard_DS1_v2"),
        ({"memory_mb": 3600}, "Standard_DS1_v2", False, None),
        ({"file_bytes": 100 << 20}, "Standard_DS1_v2", True, None),
        ({"file_bytes": 1 << 30}, "Standard_DS1_v2", False, "Standard_DS2_v2"),
        ({"file_bytes": 1 << 30, "memory_mb": 200}, "Standard_DS1_v2", True, None),
    ],
)
def test_memory_is_as_measured_else_by_the_file_else_not_known(facts, size, fits, better):
    found = estimated(EstimateFacts(**facts), instance_type=size)
    assert (found.fits, found.better_fit) == (fits, better)


def test_a_size_without_quota_is_replaced_by_one_that_has_some():
    assert estimated(of=offers(ds=1, f=8)).better_fit == "Standard_F4s_v2"
    assert estimated(of=offers(left=1)).better_fit is None
    found = estimated(instance_type="Standard_F4s_v2", of=offers(ds=2, f=4))
    assert (found.cores_needed, found.cores_left, found.better_fit) == (8, 4, "Standard_DS1_v2")


def test_quota_is_asked_for_the_maximum():
    assert estimated(of=offers(ds=4, f=100), most=3).better_fit is None
    assert estimated(of=offers(ds=4, f=100), most=4).better_fit == "Standard_F4s_v2"


def test_a_size_that_is_not_offered_is_refused():
    with pytest.raises(InstanceTypeUnknown):
        estimated(instance_type="Standard_X")
