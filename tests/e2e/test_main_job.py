"""A trained model becomes a live endpoint, a second one follows it, both are deleted again."""

import pytest

from tests.support.world import IRIS_ROW, until

PHASES = {
    "verify_workspace", "prepare_model", "register_model", "create_endpoint",
    "create_deployment", "verify_deployment", "shift_traffic", "finalize",
}  # fmt: skip
PAYLOADS = {
    "records": {"data": [IRIS_ROW]},
    "columns": {
        "input_data": {"columns": list(IRIS_ROW), "index": [0], "data": [list(IRIS_ROW.values())]}
    },
    "rows": {"input_data": [list(IRIS_ROW.values())]},
}


@pytest.fixture(scope="module")
def live(session_world):
    """A deployment of ada's iris classifier, active for the tests of this file."""
    found = session_world.ada.active(endpoint_name="iris-live", deployment_name="blue")
    yield found
    session_world.ada.delete(found["id"])


def test_the_deploy_route_answers_before_the_work_is_done(world):
    reply = world.ada.api.post("/deployments/deploy", json={"model_id": world.ada.model()})
    accepted = reply.json()
    assert reply.status_code == 202
    assert reply.headers["location"] == f"/deployments/{accepted['deployment_id']}"
    assert accepted["status"] == "deploying"
    assert accepted["endpoint_name"].startswith("endpoint-")
    assert world.ada.settled(accepted["deployment_id"])["status"] == "active"
    world.ada.delete(accepted["deployment_id"])


def test_every_phase_is_told_with_its_times_and_a_message(live):
    assert {phase["phase"] for phase in live["phases"]} == PHASES
    for phase in live["phases"]:
        assert phase["status"] == "succeeded"
        assert phase["started_at"] <= phase["ended_at"]
        assert phase["message"]


def test_the_row_holds_what_a_client_needs(live):
    assert live["scoring_uri"].startswith("https://iris-live.")
    assert live["scoring_uri"].endswith(".inference.ml.azure.com/score")
    assert live["swagger_uri"].endswith("/swagger.json")
    assert live["azure_model_name"]
    assert live["azure_model_version"]
    assert live["deployed_at"]
    assert live["error_message"] is None


@pytest.mark.parametrize("form", PAYLOADS)
def test_the_live_endpoint_answers_every_payload_form_with_a_list(world, live, form):
    keys = world.ada.api.get(f"/deployments/{live['id']}/keys").json()
    with world.endpoint_client(keys["primary_key"]) as client:
        reply = client.post(live["scoring_uri"], json=PAYLOADS[form])
    assert (reply.status_code, reply.json()) == (200, [0])
    assert reply.headers["azureml-model-deployment"] == "blue"


WRONG = {"data": [IRIS_ROW, {**IRIS_ROW, "sepal_length": "long"}]}


def test_a_bad_row_is_the_callers_mistake_with_its_row_and_column(world, live):
    reply = world.ada.api.post(f"/deployments/{live['id']}/score", json=WRONG)
    error = reply.json()["error"]
    assert (reply.status_code, error["code"]) == (422, "bad_value")
    assert (error["row"], error["column"]) == (2, "sepal_length")
    assert error["fix"]
    assert error["request_id"] == reply.headers["x-request-id"]


def test_who_asks_for_it_gets_the_endpoints_own_answer(world, live):
    reply = world.ada.api.post(f"/deployments/{live['id']}/score?raw=true", json=WRONG)
    assert (reply.status_code, reply.json()["error"]["code"]) == (424, "bad_value")
    assert reply.headers["ms-azureml-model-error-statuscode"] == "400"


def test_browsers_can_score_through_the_api(world, live):
    reply = world.ada.api.post(f"/deployments/{live['id']}/score", json=PAYLOADS["records"])
    assert (reply.status_code, reply.json()) == (200, [0])


def test_a_scoring_payload_over_the_limit_is_refused_with_the_numbers(world, live):
    reply = world.ada.api.post(f"/deployments/{live['id']}/score", content=b" " * (1024 * 1024 + 1))
    assert reply.status_code == 413
    assert "1048576" in reply.json()["error"]["message"]


def test_the_endpoint_describes_the_models_own_columns(world, live):
    keys = world.ada.api.get(f"/deployments/{live['id']}/keys").json()
    with world.endpoint_client(keys["primary_key"]) as client:
        described = client.get(live["swagger_uri"]).text
    for column in IRIS_ROW:
        assert column in described


def test_the_containers_log_can_be_read(world, live):
    reply = world.ada.api.get(f"/deployments/{live['id']}/logs?lines=50")
    assert reply.status_code == 200
    assert reply.json()["content"].strip()


def test_rotated_keys_replace_the_old_ones_however_long_azure_takes(world, live):
    url = f"/deployments/{live['id']}/keys"
    old = world.ada.api.get(url).json()
    world.control.put("/latency", json={"traffic": 11}).raise_for_status()
    rotation = world.ada.api.post(f"{url}/rotate")
    assert rotation.status_code == 202
    again = world.ada.api.post(f"{url}/rotate")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "rotation_running")
    assert world.ada.followed(rotation)["status"] == "succeeded"
    world.control.put("/latency", json={"traffic": 0}).raise_for_status()
    new = world.ada.api.get(url).json()
    assert {*old.values()}.isdisjoint(new.values())
    told = next(p for p in world.ada.detail(live["id"])["phases"] if p["phase"] == "rotate_key")
    assert told["message"] == "The secondary key of iris-live is new."
    with world.endpoint_client(old["primary_key"]) as client:
        assert client.post(live["scoring_uri"], json=PAYLOADS["records"]).status_code == 401
    with world.endpoint_client(new["secondary_key"]) as client:
        assert client.post(live["scoring_uri"], json=PAYLOADS["records"]).status_code == 200


def test_a_second_model_takes_the_traffic_and_gives_it_back_when_deleted(world):
    ada, before = world.ada, world.serving()
    first = ada.active(endpoint_name="iris-two", deployment_name="blue")
    second = ada.active(
        ada.model("diabetes-regressor"), endpoint_name="iris-two", deployment_name="green"
    )
    assert traffic(world, "iris-two") == {"green": 100}
    listed = {row["id"]: row for row in ada.api.get("/deployments/list").json()["deployments"]}
    assert listed[first["id"]]["status"] == listed[second["id"]]["status"] == "active"
    assert listed[second["id"]]["trained_models"]["model_name"] == "diabetes-regressor"

    ada.delete(second["id"])
    until(lambda: traffic(world, "iris-two") == {"blue": 100}, "blue has the traffic again")
    ada.delete(first["id"])
    until(lambda: world.serving() == before, "endpoint and deployments are gone")


def test_deleted_deployments_leave_the_list_and_stay_in_the_total(world):
    grace = world.grace
    before = grace.api.get("/deployments/stats").json()
    found = grace.active()
    grace.delete(found["id"])
    after = grace.api.get("/deployments/stats").json()
    assert after["total_deployments"] == before["total_deployments"] + 1
    assert after["active_deployments"] == before["active_deployments"]
    rows = grace.api.get("/deployments/list").json()["deployments"]
    assert found["id"] not in {row["id"] for row in rows}
    assert grace.api.get(f"/deployments/{found['id']}").status_code == 404
    assert grace.api.delete(f"/deployments/{found['id']}").status_code == 404


def traffic(world, endpoint: str) -> dict[str, int]:
    found = next(e for e in world.resources()["endpoints"] if e["name"] == endpoint)
    return {name: share for name, share in found["traffic"].items() if share}
