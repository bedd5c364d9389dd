import pytest

from devstack.azureml_emulator.arm.errors import ArmError
from devstack.azureml_emulator.arm.quota import sku_of
from devstack.azureml_emulator.arm.skus import FAMILIES, SKUS, cores_needed, family_of


@pytest.mark.parametrize(
    ("name", "instances", "cores"),
    [
        ("standard_ds3_v2", 1, 8),
        ("standard_f4s_v2", 1, 8),
        ("standard_ds1_v2", 1, 2),
        ("standard_ds1_v2", 5, 6),
        ("standard_ds1_v2", 10, 12),
        ("standard_ds2_v2", 3, 8),
    ],
)
def test_upgrades_reserve_a_fifth_more_instances(name, instances, cores):
    assert cores_needed(SKUS[name], instances) == cores


def test_only_the_small_sizes_fit_a_starter_subscription():
    fitting = {sku.name for sku in SKUS.values() if sku.served and cores_needed(sku, 1) <= 6}
    assert fitting == {
        *("Standard_DS1_v2", "Standard_DS2_v2", "Standard_F2s_v2", "Standard_E2s_v3"),
        "Standard_D2as_v4",
    }


def test_a_size_of_the_region_that_endpoints_do_not_take_is_refused():
    assert sku_of("standard_d2as_v4").cores == 2
    with pytest.raises(ArmError, match="Standard_D2s_v3' is not supported"):
        sku_of("Standard_D2s_v3")


def test_a_size_or_a_family_names_its_family_in_any_case():
    assert family_of("STANDARD_DS3_V2") == "standardDSv2Family"
    assert [family_of(family.upper()) for family in FAMILIES] == FAMILIES
    assert family_of("Standard_Unknown") is None
