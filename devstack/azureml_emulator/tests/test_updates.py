"""Updates of living deployments: what is immutable, what rolls, and what restarts nothing."""

import threading
from collections import Counter

import httpx
import pytest
from azure.ai.ml.entities import OnlineRequestSettings

from devstack.azureml_emulator.tests.support import sdk
from devstack.azureml_emulator.tests.support.emulator import eventually


@pytest.fixture(scope="module")
def endpoint(ml, emulator, assets):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in emulator.environment.items():
            patch.setenv(name, value)
        sdk.create_endpoint(ml, "updated")
        sdk.deploy(ml, assets.deployment("blue", "updated"))
        sdk.set_traffic(ml, "updated", blue=100)
        yield "updated"
        ml.online_endpoints.begin_delete("updated").result(30)


def pid(control: httpx.Client) -> int:
    running = control.get("/resources").json()["processes"]
    found: int = next(one["pid"] for one in running if one["deployment"] == "updated/blue")
    return found


def environment_of(ml, emulator, https) -> dict:
    key = ml.online_endpoints.get_keys("updated").primary_key
    headers = {"Authorization": f"Bearer {key}"}
    answer = https.post(
        emulator.scoring_url("updated"), json={"environment": True}, headers=headers
    )
    variables: dict = answer.raise_for_status().json()
    return variables


def test_another_instance_type_is_another_deployment(ml, assets, endpoint):
    other = assets.deployment("blue", endpoint, instance_type="Standard_DS2_v2")
    with pytest.raises(Exception, match="'instanceType' is immutable"):
        ml.online_deployments.begin_create_or_update(other)
    shown = ml.online_deployments.get("blue", endpoint)
    assert (shown.instance_type, shown.provisioning_state) == ("Standard_DS1_v2", "Succeeded")


def test_properties_are_added_and_never_changed_or_lost(arm, endpoint):
    path = f"onlineEndpoints/{endpoint}/deployments/blue"

    def put(properties: dict[str, str]) -> httpx.Response:
        body = arm.get(path).json()
        body["properties"]["properties"] = properties
        answer = arm.put(path, json=body)
        eventually(
            lambda: arm.get(path).json()["properties"]["provisioningState"] == "Succeeded", "done"
        )
        return answer

    assert put({"first": "1"}).status_code == 201
    before = arm.get(path).json()["properties"]["properties"]["AzureAsyncOperationUri"]
    assert put({"second": "2", "AzureAsyncOperationUri": before}).status_code == 201
    kept = arm.get(path).json()["properties"]["properties"]
    assert {name: kept[name] for name in ("first", "second")} == {"first": "1", "second": "2"}
    assert kept["AzureAsyncOperationUri"] == before
    assert (
        put({"third": "3"}).json()["properties"]["properties"]["AzureAsyncOperationUri"] != before
    )
    assert put({}).status_code == 201
    after = arm.get(path).json()["properties"]["properties"]["AzureAsyncOperationUri"]
    assert after.startswith("https://")
    assert after != before
    refused = put({"first": "other"})
    assert refused.status_code == 400
    assert "'properties.first' is immutable" in refused.json()["error"]["message"]


def test_count_limits_and_probes_restart_nothing(ml, assets, control, endpoint):
    before = pid(control)
    settings = OnlineRequestSettings(
        request_timeout_ms=9000, max_concurrent_requests_per_instance=2
    )
    wanted = assets.deployment("blue", endpoint, instance_count=2, request_settings=settings)
    shown = sdk.deploy(ml, wanted)
    assert shown.request_settings
    assert (shown.instance_count, shown.request_settings.request_timeout_ms) == (2, 9000)
    assert pid(control) == before
    shown.instance_count = 1
    assert sdk.deploy(ml, shown).instance_count == 1
    assert pid(control) == before


def test_new_variables_roll_without_a_failed_request(
    ml, assets, control, endpoint, emulator, https
):
    key = ml.online_endpoints.get_keys(endpoint).primary_key
    headers = {"Authorization": f"Bearer {key}"}
    before, ended, seen = pid(control), threading.Event(), Counter[int]()

    def keep_asking() -> None:
        with emulator.https() as client:
            while not ended.is_set():
                url = emulator.scoring_url(endpoint)
                seen[client.post(url, json={}, headers=headers).status_code] += 1

    asking = threading.Thread(target=keep_asking)
    asking.start()
    try:
        sdk.deploy(ml, assets.deployment("blue", endpoint, variables={"COLOUR": "teal"}))
    finally:
        ended.set()
        asking.join()
    assert set(seen) == {200}
    assert seen[200] > 10
    assert pid(control) != before
    assert environment_of(ml, emulator, https)["COLOUR"] == "teal"


def test_an_update_that_fails_leaves_what_ran(ml, assets, control, endpoint, emulator, https):
    sdk.deploy(ml, assets.deployment("blue", endpoint, variables={"COLOUR": "red"}))
    running = pid(control)
    broken = assets.deployment("blue", endpoint, variables={"CRASH_AT_START": "1"})
    with pytest.raises(Exception, match="User container has crashed"):
        sdk.deploy(ml, broken)
    assert ml.online_deployments.get("blue", endpoint).provisioning_state == "Failed"
    assert pid(control) == running
    assert environment_of(ml, emulator, https)["COLOUR"] == "red"
    healed = sdk.deploy(ml, assets.deployment("blue", endpoint, variables={"COLOUR": "red"}))
    assert (healed.provisioning_state, pid(control)) == ("Succeeded", running)


def test_a_patch_changes_tags_and_count_alone(arm, endpoint):
    path = f"onlineEndpoints/{endpoint}/deployments/blue"
    answer = arm.patch(path, json={"tags": {"team": "red"}, "sku": {"capacity": 2}})
    assert (answer.status_code, answer.json()) == (202, None)
    eventually(
        lambda: arm.get(path).json()["properties"]["provisioningState"] == "Succeeded", "patched"
    )
    shown = arm.get(path).json()
    assert (shown["tags"], shown["sku"]["capacity"]) == ({"team": "red"}, 2)
    other = arm.patch(path, json={"properties": {"description": "no"}})
    assert (other.status_code, other.json()["error"]["code"]) == (501, "NotImplemented")


def test_sizes_have_the_prices_of_their_region(arm, emulator):
    base = f"https://management.azure.com/subscriptions/{emulator.facts['subscription_id']}"

    def prices(location: str) -> dict[str, float]:
        url = f"{base}/providers/Microsoft.MachineLearningServices/locations/{location}/vmSizes"
        return {
            size["name"]: size["estimatedVMPrices"]["values"][0]["retailPrice"]
            for size in arm.get(url).raise_for_status().json()["value"]
            if "estimatedVMPrices" in size
        }

    assert prices("westeurope")["Standard_DS1_v2"] == 0.0679
    assert prices("West Europe") == prices("westeurope")
    assert prices("eastus")["Standard_F2s_v2"] == 0.0846
    url = f"{base}/providers/Microsoft.MachineLearningServices/locations/mars/vmSizes"
    assert arm.get(url).status_code == 501


def test_the_sdk_lists_sizes_with_what_they_cost(ml):
    sizes = {size.name: size for size in ml.compute.list_sizes(location="northeurope")}
    medium = vars(sizes["Standard_DS3_v2"])
    assert (medium["vCPUs"], medium["memoryGB"]) == (4, 14)
    [price] = medium["estimatedVMPrices"]["values"]
    assert price == {"retailPrice": 0.263, "osType": "Linux", "vmTier": "Standard"}
