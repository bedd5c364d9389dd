"""ARM's manners, seen without the SDK: api-versions, polling, conflicts, rules."""

import httpx
import pytest

from devstack.azureml_emulator.tests.support.emulator import eventually

TERMINAL = ("Succeeded", "Failed", "Canceled")
ENDPOINT = {"location": "westeurope", "properties": {"authMode": "Key"}, "tags": {}}
LONG = 600
"""Seconds of an operation that is still running when the test has looked; a deletion ends it."""
OLD, NEW = {"api-version": "2022-02-01-preview"}, {"api-version": "2023-04-01-preview"}


def ended(client: httpx.Client, url: str) -> dict:
    def body() -> dict | None:
        found = client.get(url).json()
        return found if found["status"] in TERMINAL else None

    return eventually(body, f"operation {url}")


@pytest.fixture
def endpoint(arm):
    """An endpoint made without the SDK, gone after the test."""
    made = arm.put("onlineEndpoints/by-hand", json=ENDPOINT, params=OLD)
    ended(arm, made.headers["Azure-AsyncOperation"])
    yield "by-hand"
    arm.delete("onlineEndpoints/by-hand", params=OLD)
    eventually(
        lambda: arm.get("onlineEndpoints/by-hand", params=OLD).status_code == 404, "endpoint gone"
    )


def test_every_request_needs_an_api_version(https, emulator):
    headers = {"Authorization": f"Bearer {emulator.token()}"}
    url = f"https://management.azure.com{emulator.workspace_path}/onlineEndpoints"
    missing = https.get(url, headers=headers)
    assert missing.json()["error"]["code"] == "MissingApiVersionParameter"
    wrong = https.get(url, headers=headers, params={"api-version": "latest"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "InvalidApiVersionParameter")


def test_an_unknown_route_is_501_in_arms_shape_and_is_counted(arm, control):
    answer = arm.get("jobs/one")
    assert (answer.status_code, answer.json()["error"]["code"]) == (501, "NotImplemented")
    assert "GET" in answer.json()["error"]["message"]
    assert any("GET" in route and "/jobs/one" in route for route in _routes(control))
    assert arm.post("models").status_code == 501


def _routes(control: httpx.Client) -> dict[str, int]:
    return control.get("/refusals").json()["routes"]


def test_creating_an_endpoint_is_an_operation_that_is_polled(arm, control, endpoint):
    control.put("/latency", json={"endpoint": LONG}).raise_for_status()
    started = arm.put("onlineEndpoints/polled", json=ENDPOINT, params=OLD)
    assert started.status_code == 201
    assert started.headers["x-ms-async-operation-timeout"] == "PT30M"
    assert "retry-after" not in started.headers
    properties = started.json()["properties"]
    assert properties["provisioningState"] == "Creating"
    assert properties["scoringUri"] is None
    url = started.headers["Azure-AsyncOperation"]
    assert "/mfeOperationsStatus/oeidp:" in url
    for version in (OLD, NEW):
        shown = arm.get("onlineEndpoints/polled", params=version).json()["properties"]
        assert shown["properties"]["AzureAsyncOperationUri"] == (
            f"{url.partition('?')[0]}?api-version={version['api-version']}"
        )
    assert started.headers["Location"] == str(started.request.url)

    running = arm.get(url)
    assert (running.status_code, running.json()["status"]) == (200, "Updating")
    assert running.json()["percentComplete"] == 0.0
    assert running.json()["endTime"] == "0001-01-01T00:00:00+00:00"
    canceling = arm.delete("onlineEndpoints/polled", params=OLD)
    assert (canceling.status_code, canceling.json()) == (202, None)
    assert "/mfeOperationsStatus/oeidp:" in canceling.headers["Azure-AsyncOperation"]
    assert ended(arm, canceling.headers["Location"])["status"] == "Succeeded"

    control.put("/latency", json={"endpoint": 0}).raise_for_status()
    started = arm.put("onlineEndpoints/polled", json=ENDPOINT, params=OLD)
    assert ended(arm, started.headers["Azure-AsyncOperation"])["status"] == "Succeeded"
    assert arm.get(started.headers["Location"]).json()["name"] == "polled"
    ended_body = arm.get(started.headers["Azure-AsyncOperation"]).json()
    assert ended_body["percentComplete"] == 0.0
    assert ended_body["endTime"] > "2020"
    final = arm.get("onlineEndpoints/polled", params=NEW).json()["properties"]
    assert final["scoringUri"].endswith(".inference.ml.azure.com/score")
    deleted = arm.delete("onlineEndpoints/polled", params=OLD)
    assert ended(arm, deleted.headers["Location"])["status"] == "Succeeded"


def test_the_status_url_needs_its_query(arm, https, emulator):
    started = arm.put("onlineEndpoints/queried", json=ENDPOINT, params=OLD)
    url = started.headers["Azure-AsyncOperation"]
    ended(arm, url)
    bare = https.get(url.partition("?")[0], headers={"Authorization": f"Bearer {emulator.token()}"})
    assert bare.status_code == 400
    arm.delete("onlineEndpoints/queried")


def test_the_real_latency_sends_no_polling_hint(arm, control, endpoint):
    hinted = arm.put(f"onlineEndpoints/{endpoint}", json=ENDPOINT, params=OLD)
    assert hinted.headers["retry-after-ms"] == "100"
    ended(arm, hinted.headers["Azure-AsyncOperation"])
    control.put("/latency", json={"as_azure": True}).raise_for_status()
    bare = arm.put(f"onlineEndpoints/{endpoint}", json=ENDPOINT, params=OLD)
    assert not {"retry-after", "retry-after-ms"} & set(bare.headers)
    ended(arm, bare.headers["Azure-AsyncOperation"])


def test_a_second_put_while_one_runs_is_a_conflict(arm, control, endpoint):
    control.put("/latency", json={"traffic": LONG}).raise_for_status()
    path = f"onlineEndpoints/{endpoint}"
    assert arm.put(path, json=ENDPOINT, params=OLD).is_success
    second = arm.put(path, json=ENDPOINT, params=OLD)
    assert second.status_code == 409
    below = arm.put(f"{path}/deployments/blue", json={"properties": {}})
    assert below.status_code == 409
    assert below.json()["error"]["message"] == (
        f"Cannot create a deployment in endpoint {endpoint} because it is in Updating"
        " provisioning state."
    )


def test_deletions_answer_204_when_missing_and_202_while_they_run(arm, control, endpoint):
    assert arm.delete("onlineEndpoints/never-was").status_code == 204
    assert arm.delete(f"onlineEndpoints/{endpoint}/deployments/never-was").status_code == 204
    control.put("/latency", json={"delete": 3}).raise_for_status()
    first = arm.delete(f"onlineEndpoints/{endpoint}")
    again = arm.delete(f"onlineEndpoints/{endpoint}")
    assert (first.status_code, again.status_code) == (202, 202)
    same = [one.headers["Location"].partition("&")[0] for one in (first, again)]
    assert same[0] == same[1]
    shown = arm.get(f"onlineEndpoints/{endpoint}").json()["properties"]
    assert shown["provisioningState"] == "Deleting"
    assert arm.put(f"onlineEndpoints/{endpoint}", json=ENDPOINT).status_code == 409


def test_deleting_an_endpoint_cancels_its_creation(arm, control):
    control.put("/latency", json={"endpoint": 30}).raise_for_status()
    started = arm.put("onlineEndpoints/hasty", json=ENDPOINT, params=OLD)
    arm.delete("onlineEndpoints/hasty", params=OLD)
    canceled = ended(arm, started.headers["Azure-AsyncOperation"])
    assert (canceled["status"], canceled["error"]["code"]) == ("Canceled", "OperationCanceled")
    eventually(lambda: arm.get("onlineEndpoints/hasty").status_code == 404, "endpoint gone")


@pytest.mark.parametrize("name", ["ab", "1abc", "a--b", "abc-", "a" * 33, "under_score"])
def test_names_are_held_to_the_rule(arm, name):
    answer = arm.put(f"onlineEndpoints/{name}", json=ENDPOINT, params=OLD)
    assert answer.status_code == 400
    assert name in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("traffic", "words"),
    [
        ({"missing": 100}, "do not exist"),
        ({"blue": 50}, "sum to 0 or 100"),
        ({"blue": 130, "green": -30}, "between 0 and 100"),
        ({"blue": "all"}, "valid integer"),
    ],
)
def test_traffic_is_held_to_the_rule(arm, live, traffic, words):
    body = {**ENDPOINT, "properties": {"authMode": "Key", "traffic": traffic}}
    answer = arm.put(f"onlineEndpoints/{live}", json=body, params=OLD)
    assert answer.status_code == 400
    assert words in answer.text
    assert arm.get(f"onlineEndpoints/{live}").json()["properties"]["traffic"] == {"blue": 100}


def test_an_update_without_traffic_keeps_it_and_an_empty_one_drops_it(arm, live):
    path = f"onlineEndpoints/{live}"

    def put(properties: dict) -> dict:
        body = {**ENDPOINT, "properties": {"authMode": "Key", **properties}, "tags": {"a": "b"}}
        started = arm.put(path, json=body, params=OLD)
        assert ended(arm, started.headers["Azure-AsyncOperation"])["status"] == "Succeeded"
        return arm.get(path).json()

    assert put({})["properties"]["traffic"] == {"blue": 100}
    emptied = put({"traffic": {}})
    assert (emptied["properties"]["traffic"], emptied["tags"]) == ({}, {"a": "b"})
    assert put({"traffic": {"blue": 100}})["properties"]["traffic"] == {"blue": 100}


def test_the_auth_mode_is_immutable(arm, live):
    body = {**ENDPOINT, "properties": {"authMode": "AADToken"}}
    answer = arm.put(f"onlineEndpoints/{live}", json=body, params=OLD)
    assert (answer.status_code, "immutable" in answer.text) == (400, True)


def test_an_endpoint_holds_twenty_deployments_and_no_more(arm, endpoint, assets, control):
    control.put("/latency", json={"deployment": 60, "delete": 0}).raise_for_status()
    body = {
        "location": "westeurope",
        "sku": {"name": "Default", "capacity": 1},
        "properties": {
            "endpointComputeType": "Managed",
            "instanceType": "Standard_DS1_v2",
            "model": assets.model.id,
            "environmentId": assets.environment.id,
        },
    }
    fault = {"match": {"method": "PUT"}, "times": None, "fail_operation": True}
    control.put("/faults", json=[fault]).raise_for_status()
    base = f"onlineEndpoints/{endpoint}/deployments"
    statuses = [arm.put(f"{base}/slot-{i}", json=body).status_code for i in range(21)]
    assert statuses == [201] * 20 + [400]
    assert len(arm.get(base).json()["value"]) == 20


def test_a_deployment_can_be_scaled_and_shows_its_skus(arm, live):
    path = f"onlineEndpoints/{live}/deployments/blue"
    started = arm.patch(path, json={"sku": {"capacity": 2}, "tags": {"size": "two"}})
    assert started.status_code == 202
    assert ended(arm, started.headers["Location"])["status"] == "Succeeded"
    shown = arm.get(path).json()
    assert (shown["sku"]["capacity"], shown["tags"]) == (2, {"size": "two"})
    (sku,) = arm.get(f"{path}/skus").json()["value"]
    assert sku["resourceType"] == "Microsoft.MachineLearning.Services/endpoints/deployments"
    assert sku["sku"] == {"name": "default", "tier": "Standard"}
    assert sku["capacity"] == {
        "minimum": 1,
        "maximum": 50,
        "default": 3,
        "scaleType": "Automatic",
    }
    back = arm.patch(path, json={"sku": {"capacity": 1}})
    ended(arm, back.headers["Location"])


def test_a_body_that_is_no_json_object_is_refused(arm):
    for body in (b"{", b"[]"):
        answer = arm.put("onlineEndpoints/by-hand", content=body, params=OLD)
        assert answer.json()["error"]["code"] == "InvalidRequestContent"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", {"properties": []}),
        ("", {"properties": [1]}),
        ("", {"tags": "x"}),
        ("", {"identity": [1]}),
        ("/deployments/odd", {"properties": [1]}),
        ("/deployments/odd", {"sku": [1]}),
        ("/deployments/odd", {"tags": {"a": 1}}),
        ("/deployments/odd", {"sku": {"capacity": "a"}}),
        ("/deployments/odd", {"properties": {"instanceType": 5}}),
        (
            "/deployments/odd",
            {"properties": {"instanceType": "Standard_DS1_v2", "environmentId": 7}},
        ),
        ("/deployments/odd", {"properties": {"codeConfiguration": [1]}}),
    ],
)
def test_a_field_of_the_wrong_type_is_400(arm, endpoint, path, body):
    assert arm.put(f"onlineEndpoints/{endpoint}{path}", json=body, params=OLD).status_code == 400


def test_an_injected_answer_has_the_ids_of_any_other(arm, control):
    answers = [arm.get("onlineEndpoints/nobody", params=OLD)]
    fault = {"match": {"path_regex": "nobody"}, "status": 503, "body": "down"}
    control.put("/faults", json=[fault]).raise_for_status()
    answers.append(arm.get("onlineEndpoints/nobody", params=OLD))
    assert [answer.status_code for answer in answers] == [404, 503]
    for answer in answers:
        assert answer.headers["x-ms-request-id"] == answer.headers["x-ms-correlation-request-id"]
    assert len({answer.headers["x-ms-request-id"] for answer in answers}) == 2
