"""Which line of the region's usage list an instance type counts against."""

import pytest

from shared.adapters.targets.azureml.preflight import Usage, quota_of
from shared.domain.catalogue import CATALOGUE
from shared.domain.quota import family_of

LINES = [
    Usage(("Total Cluster Dedicated Regional vCPUs", "TotalDedicatedCores"), 3, 24),
    Usage(("standardNDSv2Family", "Standard NDSv2 Family Cluster Dedicated vCPUs"), 0, 1),
    Usage(("standardDv2Family", "Standard Dv2 Family Cluster Dedicated vCPUs"), 0, 2),
    Usage(("standardDSv2PromoFamily",), 0, 3),
    Usage(("standardDSv2Family", "Standard DSv2 Family Cluster Dedicated vCPUs"), 2, 6),
    Usage(("standardFSFamily", "Standard FS Family Cluster Dedicated vCPUs"), 0, 4),
    Usage(("standardFSv2Family", "Standard FSv2 Family Cluster Dedicated vCPUs"), 8, 10),
]


@pytest.mark.parametrize("size", ["Standard_DS1_v2", "Standard_DS4_v2"])
def test_ds_v2_counts_against_its_own_family(size):
    quota = quota_of(size, LINES, CATALOGUE)
    assert (quota.used, quota.limit, quota.left) == (2, 6, 4)


def test_f4s_v2_counts_against_the_fs_v2_family():
    assert quota_of("Standard_F4s_v2", LINES, CATALOGUE).left == 2


def test_a_localized_name_is_enough():
    lines = [Usage(("x", "Standard DSv2 Family Cluster Dedicated vCPUs"), 1, 5)]
    assert quota_of("Standard_DS1_v2", lines, CATALOGUE).left == 4


def test_low_priority_cores_are_not_ours():
    lines = [Usage(("standardDSv2Family Low Priority",), 0, 100), *LINES]
    assert quota_of("Standard_DS1_v2", lines, CATALOGUE).limit == 6


def test_an_unlisted_family_falls_back_to_the_region():
    assert quota_of("Standard_DS1_v2", LINES[:1], CATALOGUE).limit == 24


def test_nothing_listed_leaves_the_decision_to_the_put():
    assert quota_of("Standard_DS1_v2", [], CATALOGUE).is_unlimited
    assert not quota_of("Standard_DS1_v2", LINES, CATALOGUE).is_unlimited


def test_more_used_than_allowed_leaves_nothing():
    assert quota_of("Standard_DS1_v2", [Usage(("standardDSv2Family",), 9, 6)], CATALOGUE).left == 0


def test_cores_are_shared_within_the_family_only():
    quota = quota_of("Standard_DS3_v2", LINES, CATALOGUE)
    assert [each.instance_type for each in family_of(quota, CATALOGUE)] == [
        f"Standard_DS{size}_v2" for size in (1, 2, 3, 4)
    ]
    assert {each.left for each in family_of(quota, CATALOGUE)} == {4}
