"""What goes wrong, by itself and on demand, in the words of the service."""

import pytest
from azure.core.exceptions import HttpResponseError, ServiceRequestError, ServiceResponseError

from devstack.azureml_emulator.tests.support import sdk

PUT_ENDPOINT = ("PUT", "onlineEndpoints/by-scenario")
PUT_DEPLOYMENT = ("PUT", "onlineEndpoints/live-endpoint/deployments/by-scenario")
GET_WORKSPACE = ("GET", "")
GET_DATASTORE = ("GET", "datastores/workspaceblobstore")

REFUSED = {
    "quota": (PUT_DEPLOYMENT, 400, "Current usage/limit: 0/6. Additional needed: 8"),
    "name_taken": (PUT_ENDPOINT, 400, "Endpoint name needs to be unique within a region"),
    "no_right": (PUT_ENDPOINT, 403, "AuthorizationFailed"),
    "workspace_missing": (GET_WORKSPACE, 404, "ResourceNotFound"),
    "model_missing": (PUT_DEPLOYMENT, 404, "NoSuchModelRegistered"),
    "datastore_missing": (GET_DATASTORE, 404, "NoSuchDatastore"),
    "endpoint_not_terminal": (PUT_DEPLOYMENT, 409, "in Updating provisioning state"),
    "throttled": (GET_DATASTORE, 429, "Retry again after 20 seconds"),
    "backend_500": (GET_DATASTORE, 500, "InternalServerError"),
    "backend_502_html": (GET_DATASTORE, 502, "<title>502 Bad Gateway</title>"),
    "backend_504_null": (GET_DATASTORE, 504, "null"),
    "recreate_after_delete": (PUT_ENDPOINT, 404, "InferencingClientCallFailed"),
    "bad_argument": (PUT_DEPLOYMENT, 400, "InnerError"),
    "immutable_field": (PUT_ENDPOINT, 400, "immutable"),
}
FAILED_LATER = {
    "container_crash": (None, "ResourceNotReady: User container has crashed or terminated"),
    "image_build_failure": ("ImageBuildFailure", "Image building failed"),
    "operation_canceled": ("OperationCanceled", "canceled"),
    "out_of_capacity": ("OutOfQuota", "out of capacity in region"),
    "secrets_injection": ("SecretsInjectionError", "secret retrieval"),
}


def test_every_scenario_is_described_and_tried_here(control):
    listed = control.get("/scenarios").json()
    assert {one["name"] for one in listed} == set(REFUSED) | set(FAILED_LATER)
    assert all(one["description"] and one["faults"] for one in listed)


@pytest.mark.parametrize("name", REFUSED)
def test_a_scenario_refuses_in_the_services_words(control, arm, name):
    (method, path), status, words = REFUSED[name]
    scenario = control.put("/scenarios", json={"name": name}).raise_for_status().json()
    tries = scenario["faults"][0]["times"]
    url = path or str(arm.base_url).rstrip("/")
    for _ in range(tries):
        answer = arm.request(method, url, json={} if method == "PUT" else None)
        assert answer.status_code == status
        assert words in answer.text
        assert "retry-after" not in answer.headers
    assert control.get("/faults").json() == []


@pytest.mark.parametrize("name", FAILED_LATER)
def test_a_scenario_fails_the_operation_that_it_lets_start(control, ml, assets, live, name):
    control.put("/scenarios", json={"name": name}).raise_for_status()
    code, words = FAILED_LATER[name]
    poller = ml.online_deployments.begin_create_or_update(assets.deployment("doomed", live))
    with pytest.raises(HttpResponseError) as failure:
        poller.result(60)
    assert failure.value.status_code == 200
    assert failure.value.error
    assert failure.value.error.code == code
    assert words in str(failure.value)
    assert ml.online_deployments.get("doomed", live).provisioning_state == "Failed"
    if name == "container_crash":
        assert str(failure.value).startswith("(None) ResourceNotReady")
        assert "_loss" in ml.online_deployments.get_logs("doomed", live, lines=10)
    ml.online_deployments.begin_delete("doomed", live).result(30)


def test_the_core_quota_keeps_a_fifth_in_reserve(control, ml, assets):
    control.put("/quota", json={"Standard_F4s_v2": {"limit": 6}}).raise_for_status()
    sdk.create_endpoint(ml, "frugal")
    with pytest.raises(HttpResponseError) as refused:
        sdk.deploy(ml, assets.deployment("blue", "frugal", instance_type="Standard_F4s_v2"))
    assert refused.value.status_code == 400
    assert "(InferencingClientCreateDeploymentFailed)" in str(refused.value)
    assert "Not enough quota available for Standard_F4s_v2" in str(refused.value)
    assert "Current usage/limit: 0/6. Additional needed: 8" in str(refused.value)

    small = assets.deployment("blue", "frugal", instance_type="Standard_F2s_v2")
    sdk.deploy(ml, small)
    assert control.get("/quota").json()["standardFSv2Family"] == {"limit": 6, "used": 4}
    with pytest.raises(HttpResponseError, match=r"4/6\. Additional needed: 4"):
        sdk.deploy(ml, assets.deployment("green", "frugal", instance_type="Standard_F2s_v2"))
    ml.online_endpoints.begin_delete("frugal").result(30)
    assert control.get("/quota").json()["standardFSv2Family"]["used"] == 0


def test_a_name_of_another_subscription_is_taken(control, ml):
    control.put("/taken-names", json=["popular-name"]).raise_for_status()
    with pytest.raises(HttpResponseError, match="There is already an endpoint with this name"):
        sdk.create_endpoint(ml, "popular-name")


def test_a_missing_model_or_environment_is_404(ml, assets, live):
    unregistered = assets.deployment("blue2", live)
    unregistered.model = assets.model.id.replace("/versions/1", "/versions/404")
    with pytest.raises(HttpResponseError) as refused:
        ml.online_deployments.begin_create_or_update(unregistered)
    assert refused.value.status_code == 404
    assert "NoSuchModelRegistered" in str(refused.value)


def test_a_container_that_crashes_at_start_fails_with_its_log(ml, assets, control):
    sdk.create_endpoint(ml, "crashing")
    wanted = assets.deployment("blue", "crashing", variables={"CRASH_AT_START": "1"})
    with pytest.raises(HttpResponseError) as failure:
        sdk.deploy(ml, wanted)
    assert str(failure.value).startswith(
        "(None) ResourceNotReady: User container has crashed or terminated: exited with code 3."
    )
    assert "No module named '_loss'" in str(failure.value)
    logs = ml.online_deployments.get_logs("blue", "crashing", lines=200)
    assert "ModuleNotFoundError: No module named '_loss'" in logs
    assert "Worker failed to boot" in logs
    assert "crashing/blue" not in str(control.get("/resources").json()["processes"])
    assert ml.online_endpoints.get("crashing").provisioning_state == "Succeeded"
    ml.online_endpoints.begin_delete("crashing").result(30)


def test_pins_that_contradict_each_other_fail_the_image_with_the_resolvers_words(ml, assets):
    environment = sdk.environment(ml, "impossible", "flask==3.0.0", "flask==2.0.0")
    sdk.create_endpoint(ml, "unbuildable")
    wanted = assets.deployment("blue", "unbuildable")
    wanted.environment = environment.id
    with pytest.raises(HttpResponseError) as failure:
        sdk.deploy(ml, wanted)
    assert failure.value.error
    assert failure.value.error.code == "ImageBuildFailure"
    assert "flask==3.0.0 and flask==2.0.0" in " ".join(str(failure.value).split())
    ml.online_endpoints.begin_delete("unbuildable").result(30)


def test_an_environment_without_a_server_crashes_as_on_azure(ml, assets):
    environment = sdk.environment(ml, "serverless")
    sdk.create_endpoint(ml, "serverless")
    wanted = assets.deployment("blue", "serverless")
    wanted.environment = environment.id
    with pytest.raises(HttpResponseError, match=r"terminated.*No module named gunicorn"):
        sdk.deploy(ml, wanted)
    ml.online_endpoints.begin_delete("serverless").result(30)


def test_a_dropped_connection_is_what_the_sdk_sees_as_one(control, ml):
    fault = {
        "match": {"method": "GET", "path_regex": "/datastores/"},
        "times": None,
        "drop_connection": True,
    }
    control.put("/faults", json=[fault]).raise_for_status()
    with pytest.raises((ServiceRequestError, ServiceResponseError)):
        ml.datastores._operation.get(
            resource_group_name=ml.resource_group_name,
            workspace_name=ml.workspace_name,
            name="workspaceblobstore",
            retry_total=0,
        )


def test_a_delay_alone_answers_late_but_well(control, arm):
    fault = {"match": {"path_regex": "/datastores$"}, "delay_seconds": 0.5}
    control.put("/faults", json=[fault]).raise_for_status()
    answer = arm.get("datastores")
    assert answer.status_code == 200
    assert answer.elapsed.total_seconds() >= 0.5


def test_a_fault_counts_down_and_then_is_gone(control, arm):
    fault = {"match": {"method": "GET", "path_regex": "/models$"}, "times": 2, "status": 503}
    control.put("/faults", json=[fault]).raise_for_status()
    assert [arm.get("models").status_code for _ in range(3)] == [503, 503, 200]


def test_the_sdk_gives_up_on_throttling_after_four_tries(control, ml):
    control.put("/scenarios", json={"name": "throttled"}).raise_for_status()
    control.delete("/calls").raise_for_status()
    with pytest.raises(HttpResponseError, match="Retry again after 20 seconds"):
        ml.datastores._operation.get(
            resource_group_name=ml.resource_group_name,
            workspace_name=ml.workspace_name,
            name="workspaceblobstore",
            retry_backoff_factor=0.01,
        )
    calls = control.get("/calls").json()
    assert [call["status"] for call in calls] == [429] * 4
