"""The sizes on offer with price and quota, asked of the cloud seldom."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.domain.catalogue import CATALOGUE, DEFAULT_INSTANCE_TYPE
from shared.domain.endpoint import Workspace
from shared.domain.offer import offer
from shared.domain.quota import Quota
from shared.errors.serving import ServingRefused
from shared.errors.waiting import AzureUnreachable
from shared.ports.sizes import ReleasedSizes
from shared.use_cases.offer_sizes import OfferedSizes
from tests.support.serving_target import ServingTargetFake


class Target(ServingTargetFake):
    """Two cores are used of each family; `failure` is raised instead of an answer."""

    def __init__(self, *, cores: int = 6, failure: Exception | None = None) -> None:
        super().__init__(cores=cores)
        self.failure, self.asked = failure, 0

    def workspace(self) -> Workspace:
        self.asked += 1
        if self.failure:
            raise self.failure
        return super().workspace()

    def quota(self, instance_type: str) -> Quota:
        return super().quota(instance_type).model_copy(update={"used": 2})


def by_name(sizes):
    return {size.name: size for size in sizes.instance_types}


def test_every_size_has_its_price_and_what_fits_into_the_quota_that_is_left():
    sizes = by_name(OfferedSizes(Target(), ReleasedSizes()).offers(1))
    assert list(sizes) == list(CATALOGUE)
    small, large = sizes["Standard_DS1_v2"], sizes["Standard_DS3_v2"]
    assert (small.usd_per_hour, small.is_default) == (0.0679, True)
    assert small.quota.left == 4
    assert (small.most_instances, large.most_instances) == (3, 0)
    assert [name for name, size in sizes.items() if size.is_default] == [DEFAULT_INSTANCE_TYPE]
    assert (small.retires_on.isoformat(), small.successor) == ("2028-05-01", "Standard_D2as_v4")


@pytest.mark.parametrize(
    "failure",
    [AzureUnreachable("Away."), ServingRefused("No.", fix="Ask.")],
)
def test_where_azure_ml_does_not_answer_the_sizes_stay_without_price_and_quota(failure):
    sizes = OfferedSizes(Target(failure=failure), ReleasedSizes()).offers(1)
    assert sizes.location is None
    assert {(s.usd_per_hour, s.quota, s.most_instances) for s in sizes.instance_types} == {
        (None, None, None)
    }


def test_a_region_that_lists_no_quota_tells_none():
    told = offer(
        CATALOGUE["Standard_DS1_v2"], "eastus", Quota(instance_type="x", used=0, limit=sys.maxsize)
    )
    assert (told.quota, told.most_instances, told.usd_per_hour) == (None, None, 0.073)


def test_many_who_look_at_once_ask_azure_ml_once():
    target = Target()
    sizes = OfferedSizes(target, ReleasedSizes())
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: sizes.offers(5), range(40)))
    assert target.asked == 1
    assert len({each.model_dump_json() for each in found}) == 1
