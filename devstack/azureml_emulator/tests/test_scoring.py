"""The scoring front door: keys, routing, limits, timeouts and failing models."""

import os
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from azure.ai.ml.entities import ManagedOnlineEndpoint, OnlineRequestSettings

from devstack.azureml_emulator.tests.support import sdk
from devstack.azureml_emulator.tests.support.emulator import eventually


@pytest.fixture
def score(ml, live, emulator, https):
    """Scores against the live endpoint with its key; `key` and headers can be given."""
    primary = ml.online_endpoints.get_keys(live).primary_key

    def send(body: object, *, key: str | None = primary, **headers: str) -> httpx.Response:
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return https.post(emulator.scoring_url(live), json=body, headers=named)

    return send


def test_a_prediction_names_the_deployment_that_made_it(score):
    answer = score({"x": 1})
    assert (answer.status_code, answer.json()["echo"]) == (200, {"x": 1})
    assert answer.headers["azureml-model-deployment"] == "blue"
    assert answer.headers["azureml-model-session"] == "blue"
    assert (
        answer.headers["x-ms-server-version"] == f"azmlinfsrv/{sdk.SERVER.rpartition(chr(61))[2]}"
    )
    assert answer.headers["server"] == "azureml-frontdoor"
    assert answer.headers["x-ms-run-function-failed"] == "False"
    assert float(answer.headers["x-ms-run-fn-exec-ms"]) >= 0
    assert answer.headers["x-request-id"]
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_missing_or_wrong_key_is_401(score, ml, live):
    assert score({}, key=None).status_code == 401
    assert score({}, key="guess").status_code == 401
    secondary = ml.online_endpoints.get_keys(live).secondary_key
    assert score({}, key=secondary).status_code == 200


def test_a_rotated_key_is_worth_nothing(score, ml, live):
    old = ml.online_endpoints.get_keys(live)
    ml.online_endpoints.begin_regenerate_keys(live, key_type="secondary").result(30)
    new = ml.online_endpoints.get_keys(live)
    assert new.primary_key == old.primary_key
    assert score({}, key=old.secondary_key).status_code == 401
    assert score({}, key=new.secondary_key).status_code == 200


def test_swagger_and_health_come_from_the_container(https, emulator, ml, live):
    key = ml.online_endpoints.get_keys(live).primary_key
    base = emulator.scoring_url(live).removesuffix("/score")
    headers = {"Authorization": f"Bearer {key}"}
    assert https.get(f"{base}/", headers=headers).text == "Healthy"
    assert https.get(f"{base}/swagger.json", headers=headers).json()["swagger"] == "2.0"


def test_an_endpoint_without_traffic_is_404(https, emulator, ml):
    sdk.create_endpoint(ml, "no-traffic")
    key = ml.online_endpoints.get_keys("no-traffic").primary_key
    headers = {"Authorization": f"Bearer {key}"}
    assert https.post(emulator.scoring_url("no-traffic"), headers=headers).status_code == 404
    assert https.post(emulator.scoring_url("never-was"), headers=headers).status_code == 404
    ml.online_endpoints.begin_delete("no-traffic").result(30)


def test_a_failing_model_is_424_with_its_own_status(score):
    answer = score({"fail": True})
    assert answer.status_code == 424
    assert answer.headers["ms-azureml-model-error-statuscode"] == "500"
    assert answer.headers["ms-azureml-model-error-reason"]
    assert "scoring script" in answer.text


def test_traffic_is_shared_by_weight_and_the_header_overrides_it(score, ml, live, assets):
    ml.online_deployments.begin_create_or_update(assets.deployment("green", live)).result(60)
    assert (
        score({}, azureml_model_deployment="green").headers["azureml-model-deployment"] == "green"
    )
    assert score({}, azureml_model_deployment="grey").status_code == 404
    sdk.set_traffic(ml, live, blue=50, green=50)
    seen = Counter(score({}).headers["azureml-model-deployment"] for _ in range(40))
    assert set(seen) == {"blue", "green"}
    sdk.set_traffic(ml, live, blue=100)
    assert {score({}).headers["azureml-model-deployment"] for _ in range(10)} == {"blue"}
    ml.online_deployments.begin_delete("green", live).result(30)


def test_slow_answers_are_408_and_too_many_at_once_are_429(https, emulator, ml, assets):
    settings = OnlineRequestSettings(
        request_timeout_ms=4000, max_concurrent_requests_per_instance=1
    )
    sdk.create_endpoint(ml, "limited")
    sdk.deploy(ml, assets.deployment("blue", "limited", request_settings=settings))
    sdk.set_traffic(ml, "limited", blue=100)
    key = ml.online_endpoints.get_keys("limited").primary_key

    def ask(seconds: float) -> int:
        return https.post(
            emulator.scoring_url("limited"),
            json={"sleep": seconds},
            headers={"Authorization": f"Bearer {key}"},
        ).status_code

    assert ask(4.5) == 408
    eventually(lambda: ask(0) == 200, "the worker is free again")
    with ThreadPoolExecutor(4) as pool:
        statuses = Counter(pool.map(ask, [1.5] * 4))
    assert statuses == {200: 2, 429: 2}
    ml.online_endpoints.begin_delete("limited").result(30)


def test_a_container_that_dies_comes_back_and_says_so(score, ml, live, control):
    def blue() -> dict:
        running = control.get("/resources").json()["processes"]
        return next(one for one in running if one["deployment"] == f"{live}/blue")

    before = blue()
    os.kill(before["pid"], signal.SIGKILL)
    eventually(lambda: blue()["pid"] not in (None, before["pid"]), "a new process")
    eventually(lambda: score({}).status_code == 200, "scoring works again")
    assert blue()["restarts"] == before["restarts"] + 1
    logs = ml.online_deployments.get_logs("blue", live, lines=500)
    assert "container exited with code -9; restarting" in logs


def test_more_processes_stand_behind_a_deployment_only_when_asked(score, control, live):
    control.put("/processes", json={"endpoint": live, "deployment": "blue", "count": 2})
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(score, [{"sleep": 0.3}] * 2))
    assert [answer.status_code for answer in answers] == [200, 200]
    control.put("/processes", json={"endpoint": live, "deployment": "blue", "count": 1})
    assert score({}).status_code == 200


def test_a_shared_process_stays_for_the_next_deployment_that_runs_the_same(
    ml, live, assets, control
):
    def pid_of_green() -> int:
        deployment = assets.deployment("green", live, variables={"SHARED": "yes"})
        ml.online_deployments.begin_create_or_update(deployment).result(60)
        running = control.get("/resources").json()["processes"]
        found = next(one["pid"] for one in running if one["deployment"] == f"{live}/green")
        ml.online_deployments.begin_delete("green", live).result(30)
        return int(found)

    control.put("/sharing", json={"shared": True}).raise_for_status()
    try:
        pid = pid_of_green()
        assert pid_of_green() == pid
    finally:
        control.put("/sharing", json={"shared": False}).raise_for_status()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize("auth_mode", ["aml_token", "aad_token"])
def test_tokens_open_endpoints_that_use_them(ml, https, emulator, auth_mode):
    name = f"by-{auth_mode.replace('_', '-')}"
    endpoint = ManagedOnlineEndpoint(name=name, auth_mode=auth_mode)
    ml.online_endpoints.begin_create_or_update(endpoint).result(30)
    token = ml.online_endpoints.get_keys(name).access_token

    def status(bearer: str) -> int:
        headers = {"Authorization": f"Bearer {bearer}"}
        return https.post(emulator.scoring_url(name), headers=headers).status_code

    no_deployment_yet = 404
    assert status(token) == no_deployment_yet
    assert status(emulator.token()) == 401
    with pytest.raises(Exception, match="does not use keys"):
        ml.online_endpoints.begin_regenerate_keys(name)
    ml.online_endpoints.begin_delete(name).result(30)


def test_a_mirrored_deployment_gets_copies_that_nobody_hears_of(ml, assets, emulator, https):
    sdk.create_endpoint(ml, "mirrored")
    for name in ("blue", "green"):
        sdk.deploy(ml, assets.deployment(name, "mirrored"))
    endpoint = ml.online_endpoints.get("mirrored")
    endpoint.traffic, endpoint.mirror_traffic = {"blue": 100}, {"green": 50}
    ml.online_endpoints.begin_create_or_update(endpoint).result(30)
    key = ml.online_endpoints.get_keys("mirrored").primary_key
    url, headers = emulator.scoring_url("mirrored"), {"Authorization": f"Bearer {key}"}
    answered = [https.post(url, json={}, headers=headers) for _ in range(20)]
    assert {one.headers["azureml-model-deployment"] for one in answered} == {"blue"}

    def scored(deployment: str) -> int:
        log = ml.online_deployments.get_logs(deployment, "mirrored", lines=500)
        return log.count("POST /score 200")

    assert scored("blue") == 20
    eventually(lambda: scored("green") > 0, "a copy reaches the mirror")
    copied = scored("green")
    assert copied < 20
    chosen = {**headers, "azureml-model-deployment": "blue"}
    for _ in range(20):
        assert https.post(url, json={}, headers=chosen).status_code == 200
    assert scored("green") == copied, "requests that choose their deployment are not mirrored"
    kept = ml.online_endpoints.get("mirrored")
    kept.mirror_traffic = {}
    put = ml.online_endpoints.begin_create_or_update(kept).result(30)
    assert (put.traffic, put.mirror_traffic) == ({"blue": 100}, {})
    ml.online_endpoints.begin_delete("mirrored").result(30)


def test_a_put_that_leaves_the_mirror_out_takes_it_away(ml, assets, arm):
    sdk.create_endpoint(ml, "forgotten")
    for name in ("blue", "green"):
        sdk.deploy(ml, assets.deployment(name, "forgotten"))
    endpoint = ml.online_endpoints.get("forgotten")
    endpoint.traffic, endpoint.mirror_traffic = {"blue": 100}, {"green": 50}
    ml.online_endpoints.begin_create_or_update(endpoint).result(30)
    body = {"location": "westeurope", "properties": {"authMode": "Key", "traffic": {"blue": 100}}}
    assert arm.put("onlineEndpoints/forgotten", json=body).status_code == 201

    def mirror() -> dict:
        properties = arm.get("onlineEndpoints/forgotten").json()["properties"]
        return properties if properties["provisioningState"] == "Succeeded" else {}

    shown = eventually(mirror, "the update ended")
    assert (shown["traffic"], shown["mirrorTraffic"]) == ({"blue": 100}, {})
    ml.online_endpoints.begin_delete("forgotten").result(30)


def test_a_mirror_that_fails_or_is_slow_is_not_felt(ml, assets, emulator, https):
    sdk.create_endpoint(ml, "unfelt")
    sdk.deploy(ml, assets.deployment("blue", "unfelt"))
    sdk.deploy(ml, assets.deployment("green", "unfelt", variables={"SLOW_SECONDS": "3"}))
    endpoint = ml.online_endpoints.get("unfelt")
    endpoint.traffic, endpoint.mirror_traffic = {"blue": 100}, {"green": 50}
    ml.online_endpoints.begin_create_or_update(endpoint).result(30)
    key = ml.online_endpoints.get_keys("unfelt").primary_key
    url, headers = emulator.scoring_url("unfelt"), {"Authorization": f"Bearer {key}"}
    answers = [https.post(url, json={}, headers=headers) for _ in range(20)]
    assert {answer.status_code for answer in answers} == {200}
    assert max(answer.elapsed.total_seconds() for answer in answers) < 3
    ml.online_endpoints.begin_delete("unfelt").result(30)


def test_live_traffic_and_the_mirror_are_not_the_same_deployment(ml, live):
    endpoint = ml.online_endpoints.get(live)
    endpoint.mirror_traffic = {"blue": 10}
    with pytest.raises(Exception, match="100 percent of the live traffic"):
        ml.online_endpoints.begin_create_or_update(endpoint)
