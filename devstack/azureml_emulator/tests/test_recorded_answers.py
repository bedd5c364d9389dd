"""Refusals, operations and lists as recorded traffic of the service has them, by api-version."""

import httpx
import pytest

from devstack.azureml_emulator.tests.support.emulator import eventually

STABLE, OLD, NEW, NEWEST = (
    {"api-version": version}
    for version in ("2022-05-01", "2022-02-01-preview", "2023-04-01-preview", "2024-04-01")
)
ENDPOINT = {
    "location": "westeurope",
    "identity": {"type": "SystemAssigned"},
    "properties": {"authMode": "Key"},
}
LONG = 600
"""Seconds of an operation that is still running when the test has looked; a deletion ends it."""
OF_THE_SERVICE = {
    *("x-ms-response-type", "x-request-time", "request-context", "azureml-served-by-cluster"),
    *("x-ms-ratelimit-remaining-subscription-reads", "x-ms-operation-identifier"),
}
FAIL_THE_NEXT = {
    "match": {"method": "PUT", "path_regex": "/deployments/"},
    "fail_operation": True,
}


def ended(arm: httpx.Client, url: str) -> dict:
    def body() -> dict | None:
        found = arm.get(url).json()
        return found if found["status"] in ("Succeeded", "Failed", "Canceled") else None

    return eventually(body, url)


def put(arm: httpx.Client, name: str, version: dict[str, str], body: dict | None = None) -> dict:
    answer = arm.put(f"onlineEndpoints/{name}", json=body or ENDPOINT, params=version)
    ended(arm, answer.raise_for_status().headers["Azure-AsyncOperation"])
    return answer.json()


@pytest.fixture
def endpoint(arm):
    put(arm, "answers", OLD)
    yield "onlineEndpoints/answers"
    gone = arm.delete("onlineEndpoints/answers", params=OLD)
    if gone.status_code == 202:
        ended(arm, gone.headers["Azure-AsyncOperation"])


def test_what_arm_holds_to_be_missing_it_says_by_itself(arm, emulator, endpoint):
    workspace = emulator.facts["workspace_name"]
    for path in ("onlineEndpoints/none", f"{endpoint}/deployments/none"):
        answer = arm.get(path, params=OLD)
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (404, "ResourceNotFound")
        assert f"MachineLearningServices/workspaces/{workspace}/{path}' under" in error["message"]
        assert answer.headers["x-ms-failure-cause"] == "gateway"
        assert not OF_THE_SERVICE & set(answer.headers)
        assert answer.headers["X-Cache"] == "CONFIG_NOCACHE"
    assert "x-ms-failure-cause" not in arm.get("models/none").headers
    assert arm.get("models", params={"api-version": ""}).headers["x-ms-failure-cause"] == "gateway"


def test_a_deployment_that_was_just_deleted_is_unknown_to_the_service(
    arm, control, endpoint, assets
):
    body = {
        "location": "westeurope",
        "properties": {
            "endpointComputeType": "Managed",
            "instanceType": "Standard_DS1_v2",
            "model": assets.model.id,
            "environmentId": assets.environment.id,
            "privateNetworkConnection": True,
            "dataCollector": {"collections": {"request": {"samplingRate": 0.5}}},
        },
    }
    path = f"{endpoint}/deployments/blue"
    for version, said in ((OLD, b"null"), (NEWEST, b"")):
        control.put("/faults", json=[FAIL_THE_NEXT]).raise_for_status()
        made = arm.put(path, json=body, params=NEW)
        ended(arm, made.headers["Azure-AsyncOperation"])
        collector = arm.get(path, params=NEW).json()["properties"]["dataCollector"]
        assert collector == {
            "collections": {"request": {"samplingRate": 0.5, "dataId": None, "clientId": None}},
            "requestLogging": None,
        }
        of_old = arm.get(path, params=OLD).json()["properties"]
        assert ("dataCollector" in of_old, of_old["privateNetworkConnection"]) == (False, True)
        assert of_old["properties"]["private-network-connection"] == "True"

        gone = arm.delete(path, params=version)
        assert (gone.status_code, gone.content) == (202, said)
        assert ("content-type" in gone.headers) == bool(said)
        ended(arm, gone.headers["Azure-AsyncOperation"])
        assert arm.get(gone.headers["Location"]).json()["status"] == "Succeeded"
        first, second = arm.get(path, params=OLD), arm.get(path, params=OLD)
        assert (first.status_code, first.json()["error"]["code"]) == (404, "NotFound")
        (detail,) = first.json()["error"]["details"]
        assert detail["code"] == "NoSuchService"
        assert detail["message"].startswith("There is no service with name: blue-answers in Sub")
        assert first.headers["x-ms-response-type"] == "error"
        assert second.json()["error"]["code"] == "ResourceNotFound"


def test_a_patch_and_an_action_are_followed_at_location_alone(arm, control, endpoint):
    control.put("/latency", json={"traffic": LONG}).raise_for_status()
    patched = arm.patch(endpoint, json={"tags": {"key": "value"}}, params=STABLE)
    assert (patched.status_code, patched.content) == (202, b"null")
    assert "Azure-AsyncOperation" not in patched.headers
    assert patched.headers["x-ms-async-operation-timeout"] == "PT30M"
    url = patched.headers["Location"]
    running = arm.get(url)
    assert (running.status_code, running.json()["status"]) == (202, "Updating")
    assert running.json()["id"] == httpx.URL(url).path
    assert "Location" not in running.headers
    assert "x-ms-operation-identifier" in running.headers
    arm.delete(endpoint, params=OLD)
    eventually(lambda: arm.get(endpoint, params=OLD).status_code == 404, "endpoint gone")

    control.put("/latency", json={"traffic": 0}).raise_for_status()
    put(arm, "answers", OLD)
    patched = arm.patch(endpoint, json={"tags": {"key": "value"}}, params=STABLE)
    assert ended(arm, patched.headers["Location"])["status"] == "Succeeded"
    assert arm.get(endpoint, params=OLD).json()["tags"] == {"key": "value"}
    acted = arm.post(f"{endpoint}/regenerateKeys", json={"keyType": "Primary"}, params=STABLE)
    assert (acted.status_code, acted.content) == (202, b"null")
    assert not {"azure-asyncoperation", "x-ms-async-operation-timeout"} & set(acted.headers)
    ended(arm, acted.headers["Location"])

    operation = url.rpartition("/")[2].partition("?")[0].rpartition(":")[2]
    unknown = arm.get(url.replace(operation, "0-0"))
    (detail,) = unknown.json()["error"]["details"]
    assert (unknown.status_code, detail["code"]) == (404, "OperationNotFound")
    assert detail["message"] == "There is no operation with id 0-0"


def test_the_stable_versions_of_2022_know_no_networks(arm, endpoint, live):
    path = f"onlineEndpoints/{live}/deployments/blue"
    shown, of_old = (arm.get(endpoint, params=each).json() for each in (STABLE, OLD))
    hidden = of_old["properties"].keys() - shown["properties"].keys()
    assert hidden == {"mirrorTraffic", "publicNetworkAccess"}
    shown, of_old = (arm.get(path, params=each).json() for each in (STABLE, OLD))
    hidden = of_old["properties"].keys() - shown["properties"].keys()
    assert hidden == {"privateNetworkConnection", "egressPublicNetworkAccess"}


@pytest.mark.parametrize(
    ("version", "times"), [(OLD, {"lastModifiedAt"}), (NEW, {"lastModifiedAt"}), (NEWEST, set())]
)
def test_a_put_of_an_endpoint_that_exists_is_answered_in_brief(arm, endpoint, version, times):
    before = arm.get(endpoint).json()["systemData"]
    assert before["createdAt"] == before["lastModifiedAt"]
    brief = put(arm, "answers", version, {**ENDPOINT, "tags": {"key": "value"}})
    assert (set(brief["systemData"]), brief["tags"]) == (times, {"key": "value"})
    assert not {"identity", "location"} & brief.keys()
    after = arm.get(endpoint).json()["systemData"]
    assert after["lastModifiedAt"] > after["createdAt"] == before["createdAt"]
    assert (
        brief["systemData"].get("lastModifiedAt", after["lastModifiedAt"])
        == (after["lastModifiedAt"])
    )
    properties = brief["properties"]
    assert (properties["provisioningState"], properties["scoringUri"]) == ("Creating", None)
    assert set(properties["properties"]) == {"AzureAsyncOperationUri"}
    assert "azureml.onlineendpointid" in arm.get(endpoint).json()["properties"]["properties"]


def test_lists_begin_with_the_newest_and_can_be_asked_for_a_name(arm, endpoint, live):
    put(arm, "a-newer-one", OLD)

    def names(**query: str) -> list[str]:
        listed = arm.get("onlineEndpoints", params={**NEWEST, **query}).raise_for_status()
        return [one["name"] for one in listed.json()["value"]]

    ours = [name for name in names() if name in ("a-newer-one", "answers", live)]
    assert ours == ["a-newer-one", "answers", live]
    assert (names(name="Answers"), names(name="none")) == (["answers"], [])
    refused = arm.get("onlineEndpoints", params={**NEWEST, "$skip": "1"})
    assert (refused.status_code, "$skip" in refused.text) == (501, True)
    arm.delete("onlineEndpoints/a-newer-one", params=OLD)


@pytest.mark.parametrize(
    ("path", "properties", "named"),
    [
        ("onlineEndpoints/on-a-cluster", {"compute": "/computes/k8s"}, "Kubernetes"),
        (
            "onlineEndpoints/{live}/deployments/k8s",
            {"endpointComputeType": "Kubernetes"},
            "compute",
        ),
    ],
)
def test_what_runs_on_clusters_is_not_done_by_name(arm, live, path, properties, named):
    body = {**ENDPOINT, "properties": {"instanceType": "Standard_DS1_v2", **properties}}
    answer = arm.put(path.format(live=live), json=body, params=OLD)
    assert (answer.status_code, named in answer.text) == (501, True)


def test_an_assigned_identity_is_shown_with_its_ids(arm, endpoint):
    arm_id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/x/reader"
    asked = {"type": "UserAssigned", "userAssignedIdentities": {arm_id: {}}}
    put(arm, "answers", OLD, {**ENDPOINT, "identity": asked})
    shown = arm.get(endpoint, params=OLD).json()["identity"]
    assert shown["type"] == "UserAssigned"
    assert set(shown["principalId"]) == {"0", "-"}
    assert set(shown["userAssignedIdentities"][arm_id]) == {"principalId", "clientId"}


def test_the_regions_lists_have_the_fields_of_the_service(arm, emulator):
    subscription = f"/subscriptions/{emulator.facts['subscription_id']}"
    base = f"https://management.azure.com{subscription}/providers"
    base = f"{base}/Microsoft.MachineLearningServices/locations/{emulator.facts['region']}"

    def rows(kind: str, family: str | None = None) -> list[dict]:
        answer = arm.get(f"{base}/{kind}", params=NEWEST).raise_for_status()
        assert "x-ms-operation-identifier" in answer.headers
        found = answer.json()["value"]
        return [row for row in found if not family or row["name"]["value"] == family]

    sizes = {size["name"]: size for size in rows("vmSizes")}
    size = sizes["Standard_D16as_v4"]
    assert (size["osVhdSizeMB"], size["maxResourceVolumeMB"]) == (1047552, 131072)
    assert size["supportedComputeTypes"] == ["AmlCompute", "ComputeInstance", "MIR"]
    assert "MIR" not in sizes["Standard_D2s_v3"]["supportedComputeTypes"]
    assert (size["generation"], size["supportsIB"]) == ("gen1", False)

    family = "standardDASv4Family"
    ours, workspaces = rows("quotas", family)
    assert (ours["id"], ours["location"]) == (f"{subscription}/quotas/{family}", None)
    assert ours["type"].endswith("/vmFamily/dedicatedCores/quotas")
    assert workspaces["id"] == f"{emulator.workspace_path}/quotas/{family}"
    assert workspaces["type"].endswith("/workspaces/dedicatedCores/quotas")
    clusters, cores, *families = rows("usages")
    assert (clusters["name"]["value"], clusters["limit"]) == ("TotalClusters", 200)
    assert cores["type"].endswith("/totalDedicatedCores/usages")
    assert cores["currentValue"] == sum(row["currentValue"] for row in families)
    assert families[0]["type"].endswith("/vmFamily/dedicatedCores/usages")
