"""Answers whose every field is as recorded traffic of the service has it, but for ids and times."""

import time

import httpx
import pytest

from devstack.azureml_emulator.tests.support.emulator import eventually

OLD, NEW = {"api-version": "2022-02-01-preview"}, {"api-version": "2023-04-01-preview"}
ENDPOINT = {
    "tags": {},
    "location": "westeurope",
    "identity": {"type": "SystemAssigned"},
    "properties": {"authMode": "Key", "properties": {}, "mirrorTraffic": {}, "traffic": {}},
}
PROBE = {
    "failureThreshold": 30,
    "successThreshold": 1,
    "timeout": "PT2S",
    "period": "PT10S",
    "initialDelay": "PT10S",
}


def settled(arm: httpx.Client, started: httpx.Response) -> None:
    url = started.raise_for_status().headers["Azure-AsyncOperation"]
    eventually(lambda: arm.get(url).json()["status"] in ("Succeeded", "Failed"), url)


@pytest.fixture
def endpoint(arm):
    made = arm.put("onlineEndpoints/recorded", json=ENDPOINT, params=OLD)
    settled(arm, made)
    yield made
    gone = arm.delete("onlineEndpoints/recorded", params=OLD)
    settled(arm, gone)


def test_every_reply_has_the_headers_of_arm(arm):
    headers = arm.get("datastores").headers
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert headers["x-ms-request-id"] == headers["x-ms-correlation-request-id"]
    assert headers["x-ms-routing-request-id"].endswith(headers["x-ms-request-id"])
    assert int(headers["x-ms-ratelimit-remaining-subscription-reads"]) > 0
    assert len(headers["x-request-time"].partition(".")[2]) == 3
    assert headers["x-ms-response-type"] == "standard"
    refused = arm.get("models/none").headers
    assert refused["x-ms-response-type"] == "error"
    written = arm.post("datastores/workspaceblobstore/listSecrets").headers
    assert "x-ms-ratelimit-remaining-subscription-writes" in written
    assert headers["X-Cache"] == "CONFIG_NOCACHE"
    assert headers["X-MSEdge-Ref"].startswith("Ref A: ")
    assert headers["Request-Context"].startswith("appId=cid-v1:")
    assert headers["azureml-served-by-cluster"] == "vienna-westeurope-01"
    assert headers["x-ms-operation-identifier"].startswith("tenantId=")
    assert "x-ms-operation-identifier" not in arm.get("onlineEndpoints").headers
    assert written["x-ms-operation-identifier"].startswith("tenantId=")


def test_what_is_not_there_is_deleted_by_arm_alone(arm):
    gone = arm.delete("onlineEndpoints/never-there", params=OLD)
    assert (gone.status_code, gone.content) == (204, b"")
    for of_the_service in ("x-ms-response-type", "x-request-time", "Request-Context"):
        assert of_the_service not in gone.headers
    assert "x-ms-routing-request-id" in gone.headers


def test_an_endpoint_right_after_its_put(emulator, endpoint):
    shown = endpoint.json()
    arm_id = f"{emulator.workspace_path}/onlineEndpoints/recorded"
    uri = shown["properties"]["properties"].pop("AzureAsyncOperationUri")
    assert uri.endswith("?api-version=2022-02-01-preview")
    times = shown.pop("systemData")
    assert set(times) == {"createdAt", "createdBy", "lastModifiedAt"}
    assert shown == {
        "id": arm_id,
        "name": "recorded",
        "type": "Microsoft.MachineLearningServices/workspaces/onlineEndpoints",
        "properties": {
            "description": None,
            "properties": {"azureml.onlineendpointid": arm_id.lower()},
            "scoringUri": None,
            "swaggerUri": None,
            "authMode": "Key",
            "provisioningState": "Creating",
            "compute": None,
            "traffic": {},
            "mirrorTraffic": {},
            "publicNetworkAccess": "Enabled",
        },
        "tags": {},
        "location": "westeurope",
        "kind": "Managed",
        "identity": shown["identity"],
    }


def _deployment(assets) -> dict:
    return {
        "tags": {},
        "location": "westeurope",
        "properties": {
            "endpointComputeType": "Managed",
            "instanceType": "Standard_DS1_v2",
            "model": assets.model.id,
            "environmentId": assets.environment.id,
            "properties": {},
            "environmentVariables": {},
            "appInsightsEnabled": False,
        },
        "sku": {"name": "Default", "capacity": 1},
    }


def test_a_new_deployment_is_whole_at_once_since_2023(arm, control, endpoint, assets):
    control.put("/faults", json=[_fail_the_next()]).raise_for_status()
    path = "onlineEndpoints/recorded/deployments/blue"
    answer = arm.put(path, json=_deployment(assets), params=NEW)
    assert "x-ms-ratelimit-remaining-subscription-resource-requests" in answer.headers
    assert "x-ms-ratelimit-remaining-subscription-writes" not in answer.headers
    shown = answer.json()
    properties = shown["properties"]
    assert shown["sku"] == {"name": "Default", "tier": "Standard", "capacity": 1}
    assert properties["provisioningState"] == "Creating"
    assert properties["livenessProbe"] == properties["readinessProbe"] == PROBE
    assert properties["requestSettings"] == {
        "maxQueueWait": "PT0S",
        "requestTimeout": "PT5S",
        "maxConcurrentRequestsPerInstance": 1,
    }
    assert properties["scaleSettings"] == {"scaleType": "Default"}
    nulls = {name for name, value in properties.items() if value is None}
    assert nulls == {"description", "modelMountPath", "dataCollector", "codeConfiguration"}
    uri = properties["properties"]["AzureAsyncOperationUri"]
    assert "/mfeOperationsStatus/odidp:" in uri


def test_before_2023_a_new_deployment_has_its_probes_later(arm, control, endpoint, live, assets):
    control.put("/faults", json=[_fail_the_next()]).raise_for_status()
    path = "onlineEndpoints/recorded/deployments/blue"
    properties = arm.put(path, json=_deployment(assets), params=OLD).json()["properties"]
    assert properties["provisioningState"] == "Updating"
    assert (properties["livenessProbe"], properties["readinessProbe"]) == (None, None)
    assert properties["requestSettings"]["requestTimeout"] == "PT0S"
    assert properties["privateNetworkConnection"] is False
    assert "dataCollector" not in properties
    path = f"onlineEndpoints/{live}/deployments/blue"
    assert arm.get(path, params=OLD).json()["properties"]["livenessProbe"] == PROBE


OWN_VARIABLES = {
    "AZUREML_MODEL_DIR": "/var/azureml-app/azureml-models/weights/1",
    "AZUREML_ENTRY_SCRIPT": "score.py",
    "AML_APP_ROOT": "/var/azureml-app/code",
}


def test_a_deployment_that_is_up_shows_the_services_variables_and_takes_them_back(
    arm, control, live
):
    """A client that reads, changes and writes sends back what the service has put in."""
    path = f"onlineEndpoints/{live}/deployments/blue"
    listed = arm.get(f"onlineEndpoints/{live}/deployments", params=NEW)
    assert listed.headers["x-ms-original-request-ids"] == ""
    shown = arm.get(path, params=NEW).json()
    assert shown in listed.json()["value"]
    assert shown["properties"]["environmentVariables"] == OWN_VARIABLES
    of_old = arm.get(path, params=OLD).json()["properties"]
    assert of_old["environmentVariables"] == OWN_VARIABLES
    before = control.get("/resources").json()["processes"]

    again = arm.put(path, json=shown, params=NEW)
    answer = again.json()
    settled(arm, again)
    assert again.status_code == 201
    properties = answer["properties"]
    assert (properties["provisioningState"], properties["instanceType"]) == ("Creating", None)
    assert properties["environmentVariables"] == OWN_VARIABLES
    assert set(answer["systemData"]) == {"lastModifiedAt"}
    after = arm.get(path, params=NEW).json()
    assert after["systemData"] == shown["systemData"]
    assert answer["systemData"]["lastModifiedAt"] > shown["systemData"]["lastModifiedAt"]
    assert after["properties"]["instanceType"] == shown["properties"]["instanceType"]
    assert after["properties"]["environmentVariables"] == OWN_VARIABLES
    assert control.get("/resources").json()["processes"] == before


def _fail_the_next() -> dict:
    return {"match": {"method": "PUT", "path_regex": "/deployments/"}, "fail_operation": True}


def test_the_workspace_says_where_all_its_parts_are(https, emulator):
    headers = {"Authorization": f"Bearer {emulator.token()}"}
    url = f"https://management.azure.com{emulator.workspace_path}"
    old, new = (
        https.get(url, headers=headers, params={"api-version": version}).json()
        for version in ("2022-05-01", "2024-10-01-preview")
    )
    properties = old["properties"]
    assert properties["mlFlowTrackingUri"] == (
        f"azureml://westeurope.api.azureml.ms/mlflow/v1.0{emulator.workspace_path}"
    )
    assert properties["discoveryUrl"] == "https://westeurope.api.azureml.ms/discovery"
    for name in ("keyVault", "applicationInsights", "containerRegistry", "storageAccount"):
        assert "/providers/Microsoft." in properties[name]
    assert (properties["imageBuildCompute"], properties["linkedModelInventoryArmId"]) == (None,) * 2
    assert (old["etag"], "kind" in old, new["kind"]) == (None, False, "Default")
    assert set(old["systemData"]) == set(new["systemData"])
    assert new["properties"]["creationTime"].endswith("Z")
    assert new["properties"].keys() - properties.keys() >= {"managedNetwork", "creationTime"}
    assert new["properties"]["networkAcls"]["defaultAction"] == "Allow"
    assert properties.keys() - new["properties"].keys() == {"sasGetterUri"}


def test_a_diagnosis_is_followed_at_its_location(arm):
    begun = arm.post("diagnose", json={"value": {}}, params={"api-version": "2023-08-01-preview"})
    assert (begun.status_code, begun.content) == (202, b"")
    assert "x-ms-ratelimit-remaining-subscription-reads" in begun.headers
    url = begun.headers["Location"]
    assert "/workspaceOperationsStatus/" in url
    assert "&type=location&t=" in url
    running = arm.get(url)
    assert (running.status_code, running.content) == (202, b"")
    assert "&type=async&t=" in running.headers["Azure-AsyncOperation"]
    ended = arm.get(running.headers["Location"])
    assert (ended.status_code, len(ended.json()["value"])) == (200, 10)
    assert not any(ended.json()["value"].values())
    assert arm.get(url.replace("Status/", "Status/0")).status_code == 404


def test_a_token_endpoint_has_no_keys(arm):
    body = {**ENDPOINT, "properties": {"authMode": "AMLToken"}}
    settled(arm, arm.put("onlineEndpoints/by-token", json=body, params=OLD))
    answer = arm.post("onlineEndpoints/by-token/listKeys", params=OLD)
    assert (answer.status_code, answer.json()) == (200, {"primaryKey": None, "secondaryKey": None})
    token = arm.post("onlineEndpoints/by-token/token", params=OLD).json()
    assert token["expiryTimeUtc"] - token["refreshAfterTimeUtc"] == 43_169
    assert 0 <= token["expiryTimeUtc"] - (time.time() + 86_340) + 60 <= 60
    settled(arm, arm.delete("onlineEndpoints/by-token", params=OLD))
