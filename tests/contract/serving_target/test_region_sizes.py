"""What the region offers, read from the emulator and from replies in Microsoft's own shape."""

import subprocess
import sys

from shared.adapters.targets.azureml import renew_catalogue
from shared.adapters.targets.azureml.region_sizes import SIZES, _offered
from shared.domain.catalogue import CATALOGUE, FILE, read_catalogue

LISTED = {"name": "Standard_D2as_v4", "family": "standardDASv4Family", "vCPUs": 2, "gpus": 0,
          "memoryGB": 8.0, "supportedComputeTypes": ["AmlCompute"]}  # fmt: skip


def prices(**changed):
    line = {"retailPrice": 0.096, "osType": "Linux", "vmTier": "Standard"}
    others = [
        {"retailPrice": 0.02, "osType": "Linux", "vmTier": "Spot"},
        {"retailPrice": 0.19, "osType": "Windows", "vmTier": "Standard"},
    ]
    told = {"billingCurrency": "USD", "unitOfMeasure": "OneHour", "values": [*others, line]}
    return {"estimatedVMPrices": told | changed}


def priced(**changed):
    [size] = _offered([LISTED | prices(**changed)], "westeurope")
    return size.prices


def test_the_price_is_that_of_a_linux_machine_that_is_not_taken_away():
    assert priced() == {"westeurope": 0.096}


def test_another_currency_or_unit_is_no_price():
    assert priced(billingCurrency="EUR") == {}
    assert priced(unitOfMeasure="OneMonth") == {}
    [size] = _offered([LISTED], "westeurope")
    assert size.prices == {}


def test_what_endpoints_do_not_take_is_left_out():
    """DS11_v2 and E20s_v3 are of families that endpoints take."""
    wrong = ("Standard_HB60rs", "Standard_D2s_v3", "Standard_DS11_v2", "Standard_E20s_v3")
    listed = [LISTED | {"name": name} for name in wrong]
    assert list(_offered(listed, "westeurope")) == []


def test_the_sizes_are_those_of_microsofts_list():
    assert len(SIZES) == 59
    taken = ("STANDARD_D96AS_V4", "Standard_F72s_v2", "Standard_FX4mds", "Standard_L8as_v3")
    found = _offered([LISTED | {"name": name} for name in taken], "westeurope")
    assert [size.name for size in found] == list(taken)


def test_the_region_offers_every_size_of_the_catalogue(emulated):
    found = {size.name: size for size in emulated.target.preflight.instance_types()}
    assert set(CATALOGUE) <= set(found)
    for name, size in CATALOGUE.items():
        assert (found[name].cores, found[name].family) == (size.cores, size.family)


def test_a_renewed_catalogue_is_written_as_a_file_and_as_a_migration(tmp_path, monkeypatch):
    now = CATALOGUE["Standard_DS2_v2"].model_copy(
        update={"prices": {"westeurope": 0.5, "norwayeast": 0.6}, "retires_on": None}
    )
    sizes = renew_catalogue.renewed(CATALOGUE, [now])
    file = tmp_path / "catalogue.csv"
    file.write_text(renew_catalogue.as_csv(sizes))
    again = read_catalogue(file)
    assert dict(again) == dict(sizes)
    before = CATALOGUE["Standard_DS2_v2"]
    assert again["Standard_DS2_v2"] == before.model_copy(
        update={"prices": {**before.prices, **now.prices}}
    )
    assert again["Standard_DS1_v2"] == CATALOGUE["Standard_DS1_v2"]
    migration = renew_catalogue.as_migration(sizes)
    assert migration.count("('Standard_") == len(CATALOGUE)
    assert '"norwayeast": 0.6' in migration


def test_the_file_is_as_the_script_writes_it():
    assert renew_catalogue.as_csv(CATALOGUE) == FILE.read_text()
    seed = renew_catalogue.MIGRATIONS / "20261129100100_seed_instance_types.sql"
    assert seed.read_text() == renew_catalogue.as_migration(CATALOGUE)


def test_the_script_says_which_settings_it_needs():
    run = subprocess.run(
        [sys.executable, "-m", renew_catalogue.__name__],
        env={"PATH": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode != 0
    assert "AZURE_WORKSPACE_NAME" in run.stderr
