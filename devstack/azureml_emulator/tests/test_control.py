"""The control API: what is logged, what is shown, and what is refused."""

import httpx
import pytest

from devstack.azureml_emulator.latency import Latency


def test_it_says_that_it_is_well(control):
    assert control.get("/healthz").json() == {"status": "ok"}


def test_calls_are_logged_with_api_version_and_without_signatures(control, arm, https):
    control.delete("/calls").raise_for_status()
    arm.get("onlineEndpoints/nobody", params={"api-version": "2022-02-01-preview"})
    asked = {"expirableSecret": True}
    secrets = arm.post("datastores/workspaceblobstore/listSecrets", json=asked).json()
    account = arm.get("datastores/workspaceblobstore").json()["properties"]["accountName"]
    https.head(f"https://{account}.blob.core.windows.net/some/blob{secrets['sasToken']}")
    first, *_, last = control.get("/calls").json()
    assert (first["service"], first["method"], first["status"]) == ("arm", "GET", 404)
    assert first["api_version"] == "2022-02-01-preview"
    assert first["path"].endswith("/onlineEndpoints/nobody")
    assert (last["service"], last["path"], last["status"]) == ("blob", "/some/blob", 404)
    assert "sig=..." in last["query"]
    assert secrets["sasToken"].partition("sig=")[2] not in last["query"]
    assert control.delete("/calls").json() == []


def test_resources_are_the_same_when_nothing_happened(control, live):
    first, second = (control.get("/resources").json() for _ in range(2))
    assert first == second
    assert live in [endpoint["name"] for endpoint in first["endpoints"]]
    shown = next(one for one in first["deployments"] if one["endpoint"] == live)
    assert (shown["name"], shown["provisioning_state"]) == ("blue", "Succeeded")
    assert first["blobs"] > 0


def test_latency_changes_only_what_is_said(control):
    before = control.get("/latency").json()
    assert before == Latency().model_dump()
    after = control.put("/latency", json={"delete": 2.5}).json()
    assert after == {**before, "delete": 2.5}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/latency", {"endpoint": -1}, "endpoint"),
        ("/latency", {"endpiont": 1}, "endpiont"),
        ("/faults", [{"status": 700}], "0.status"),
        ("/faults", [{"match": {"path_regex": "("}, "status": 500}], "0.match.path_regex"),
        ("/faults", [{"status": 500, "drop_connection": True}], "0"),
        ("/faults", [{}], "0"),
        ("/faults", {"status": 500}, ""),
        ("/quota", {"Standard_Unknown": {"limit": 1}}, "Standard_Unknown"),
        ("/quota", {"Standard_DS1_v2": {"limit": "many"}}, "Standard_DS1_v2.limit"),
        ("/scenarios", {"name": "nothing"}, "name"),
        ("/taken-names", [""], "0"),
        ("/datastore-access", {"mode": "sas"}, "mode"),
        ("/processes", {"endpoint": "no", "deployment": "no", "count": 2}, "deployment"),
    ],
)
def test_what_makes_no_sense_is_422_with_the_field(control: httpx.Client, path, body, field):
    answer = control.put(path, json=body)
    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.json()["problems"]] == [field]
    assert all(problem["message"] for problem in answer.json()["problems"])


@pytest.mark.parametrize("path", ["/latency", "/faults"])
def test_a_number_without_end_is_422_and_changes_nothing(control, path):
    before = control.get("/latency").json()
    endless = {"/latency": b'{"endpoint": 1e999}', "/faults": b'[{"delay_seconds": 1e999}]'}
    assert control.put(path, content=endless[path]).status_code == 422
    assert control.get("/latency").json() == before


def test_a_body_that_is_no_json_is_422(control):
    assert control.put("/faults", content=b"{").status_code == 422
