"""The size that is named in place of one that does not fit."""

import pytest

from shared.domain.catalogue import CATALOGUE
from shared.domain.quota import Quota, fitting_in_place_of
from shared.errors.serving import QuotaTooSmall

DS, F = (
    ["Standard_DS1_v2", "Standard_DS2_v2", "Standard_DS3_v2", "Standard_DS4_v2"],
    ["Standard_F4s_v2"],
)


def left(ds: int, f: int = 0) -> list[Quota]:
    cores = {**dict.fromkeys(DS, ds), **dict.fromkeys(F, f)}
    return [Quota(instance_type=name, used=0, limit=limit) for name, limit in cores.items()]


@pytest.mark.parametrize(
    ("asked", "instances", "quotas", "expected"),
    [
        ("Standard_F4s_v2", 1, left(100, 6), "Standard_DS2_v2"),
        ("Standard_F4s_v2", 1, left(2, 6), "Standard_DS1_v2"),
        ("Standard_F4s_v2", 1, left(1, 6), None),
        ("Standard_DS1_v2", 1, left(1, 100), None),
        ("Standard_DS4_v2", 1, left(6, 100), "Standard_F4s_v2"),
        ("Standard_DS4_v2", 1, left(8, 100), "Standard_F4s_v2"),
        ("Standard_DS3_v2", 5, left(12, 0), "Standard_DS2_v2"),
        ("Standard_DS3_v2", 5, left(11, 0), "Standard_DS1_v2"),
    ],
)
def test_is_the_largest_that_fits_and_is_neither_larger_nor_dearer(
    asked, instances, quotas, expected
):
    assert fitting_in_place_of(CATALOGUE[asked], instances, quotas) == expected


def test_where_none_fits_only_more_quota_is_advised():
    refusal = QuotaTooSmall.of(left(1)[0], 1, left(1, 100))
    assert "needs 2 cores of quota" in refusal.message
    assert "1 are left, and no smaller size fits" in refusal.message
    assert refusal.fix.startswith("Ask for more cores under Quota")
    assert not [name for name in CATALOGUE if name in refusal.fix]


def test_the_sizes_have_one_order_of_prices_in_every_region():
    for region in CATALOGUE["Standard_DS1_v2"].prices:
        by_price = sorted(CATALOGUE, key=lambda name, at=region: CATALOGUE[name].prices[at])
        assert by_price == CATALOGUE.cheapest_first(region)
