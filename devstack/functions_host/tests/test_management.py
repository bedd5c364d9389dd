"""The durable management API: by the SDK's client, and in the open."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from devstack.functions_host.tests.support.host import API, FunctionsHost


def test_terminate_ends_a_running_instance_with_its_reason(host: FunctionsHost) -> None:
    instance_id = host.begin("naps", 3600)
    assert host.client("terminate", instance_id, reason="enough, really").is_success
    end = host.end_of(instance_id)
    assert (end["runtimeStatus"], end["output"]) == ("Terminated", "enough, really")


def test_a_terminated_child_fails_its_parent(host: FunctionsHost) -> None:
    parent = host.begin("waits_for_child")
    host.until(f"{parent}-napping", "Running")
    host.client("terminate", f"{parent}-napping", reason="cut")
    end = host.end_of(parent)
    assert end["runtimeStatus"] == "Failed"
    assert "cut" in end["output"]


def test_a_suspended_instance_takes_no_step_until_it_is_resumed(host: FunctionsHost) -> None:
    instance_id = host.begin("collects")
    host.until(instance_id, "Running")
    host.client("suspend", instance_id, reason="wait")
    host.until(instance_id, "Suspended")
    host.client("raise_event", instance_id, name="go")
    for n in range(3):
        host.client("raise_event", instance_id, name="item", data=n)
    assert host.status(instance_id)["runtimeStatus"] == "Suspended"
    host.client("resume", instance_id, reason="on")
    assert host.end_of(instance_id)["output"] == ["0", "1", "2"]
    types = [e["EventType"] for e in host.status(instance_id, showHistory=True)["historyEvents"]]
    assert "ExecutionSuspended" in types
    assert "ExecutionResumed" in types


def test_suspending_twice_and_resuming_what_runs_are_errors(host: FunctionsHost) -> None:
    instance_id = host.begin("naps", 3600)
    host.until(instance_id, "Running")
    said = "Cannot {} the orchestration instance {} because instance is in the {} state."
    refused = host.http.post(f"{API}/instances/{instance_id}/resume")
    assert refused.status_code == 500
    assert refused.json()["ExceptionMessage"] == said.format("resume", instance_id, "Running")
    host.client("suspend", instance_id)
    host.until(instance_id, "Suspended")
    refused = host.http.post(f"{API}/instances/{instance_id}/suspend")
    assert refused.status_code == 500
    assert refused.json() == {
        "Message": "Something went wrong while processing your request",
        "ExceptionMessage": said.format("suspend", instance_id, "Suspended"),
    }
    for verb, state in (("resume", "Running"), ("suspend", "Suspended")):
        line = f"{instance_id}: Cannot {verb} orchestration instance in the {state} state."
        assert line in host.log()


def test_a_suspended_instance_can_be_terminated(host: FunctionsHost) -> None:
    instance_id = host.begin("naps", 3600)
    host.client("suspend", instance_id)
    host.until(instance_id, "Suspended")
    host.client("terminate", instance_id)
    assert host.end_of(instance_id)["runtimeStatus"] == "Terminated"


@pytest.mark.parametrize("verb", ["terminate", "suspend", "resume", "raiseEvent/x"])
def test_a_finished_instance_is_gone_and_an_unknown_one_not_found(
    host: FunctionsHost, verb: str
) -> None:
    instance_id = host.begin("not_a_generator")
    host.end_of(instance_id)
    assert host.http.post(f"{API}/instances/{instance_id}/{verb}", json=1).status_code == 410
    assert host.http.post(f"{API}/instances/nobody/{verb}", json=1).status_code == 404


def test_an_event_that_is_not_json_is_refused(host: FunctionsHost) -> None:
    instance_id = host.begin("naps", 3600)
    path = f"{API}/instances/{instance_id}/raiseEvent/x"
    assert host.http.post(path, content=b"{").status_code == 400


def test_status_is_202_while_running_and_200_after(host: FunctionsHost) -> None:
    instance_id = host.begin("approval")
    host.until(instance_id, "Running")
    running = host.http.get(f"{API}/instances/{instance_id}")
    assert (running.status_code, running.headers["retry-after"]) == (202, "5")
    assert running.headers["location"].endswith(instance_id)
    host.client("raise_event", instance_id, name="decision", data=1)
    host.end_of(instance_id)
    assert host.http.get(f"{API}/instances/{instance_id}").status_code == 200
    assert host.http.get(f"{API}/instances/nobody").status_code == 404


def test_status_shows_a_clients_input_as_the_string_it_sent(host: FunctionsHost) -> None:
    instance_id = host.begin("not_a_generator", {"a": 1})
    end = host.end_of(instance_id)
    assert end["input"] == '{"a": 1}'
    assert end["output"] == {"input": {"a": 1}}
    assert host.status(instance_id, showInput=False)["input"] is None


def test_json_posted_in_the_open_stays_json(host: FunctionsHost) -> None:
    started = host.http.post(f"{API}/orchestrators/not_a_generator/open-door", json={"a": 1})
    assert started.status_code == 202
    assert started.json()["id"] == "open-door"
    end = host.end_of("open-door")
    assert (end["input"], end["output"]) == ({"a": 1}, {"input": {"a": 1}})


def test_the_management_urls_of_a_start_work(host: FunctionsHost) -> None:
    urls = host.http.post("/start/naps", json={"input": 3600}).json()
    for name, url in urls.items():
        if name != "id":
            query = dict(parse_qsl(urlsplit(url).query))
            assert list(query)[-3:] == ["taskHub", "connection", "code"]
            assert query["taskHub"] == host.ready["hub"]
    host.until(urls["id"], "Running")
    shown = host.http.get(f"{urls['statusQueryGetUri']}&showHistory=true")
    assert shown.status_code == 202
    assert shown.json()["historyEvents"][0]["EventType"] == "ExecutionStarted"
    assert host.http.post(urls["terminatePostUri"].replace("{text}", "x")).status_code == 202
    assert host.end_of(urls["id"])["runtimeStatus"] == "Terminated"
    assert host.http.delete(urls["purgeHistoryDeleteUri"]).json() == {"instancesDeleted": 1}


def test_times_are_in_whole_seconds(host: FunctionsHost) -> None:
    instance_id = host.begin("not_a_generator")
    end = host.end_of(instance_id)
    for name in ("createdTime", "lastUpdatedTime"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", end[name])


def test_history_shows_each_step_once_with_its_name_and_result(host: FunctionsHost) -> None:
    instance_id = host.begin("chain", ["x"])
    host.end_of(instance_id)
    history = host.status(instance_id, showHistory=True, showHistoryOutput=True)["historyEvents"]
    assert [e["EventType"] for e in history] == [
        "ExecutionStarted",
        "TaskCompleted",
        "ExecutionCompleted",
    ]
    assert history[0]["FunctionName"] == "chain"
    assert history[1]["FunctionName"] == "say"
    assert history[1]["Result"] == "hello x"
    assert history[1]["ScheduledTime"] <= history[1]["Timestamp"]
    assert history[2]["OrchestrationStatus"] == "Completed"
    assert history[2]["Result"] == ["hello x"]


def test_history_hides_results_unless_asked(host: FunctionsHost) -> None:
    instance_id = host.begin("chain", ["x"])
    host.end_of(instance_id)
    history = host.status(instance_id, showHistory=True)["historyEvents"]
    assert all("Result" not in e for e in history)


def test_starting_a_running_instance_again_is_a_conflict(host: FunctionsHost) -> None:
    instance_id = host.begin("naps", 3600, "only-one")
    response = host.http.post(f"{API}/orchestrators/naps/{instance_id}", json=1)
    assert response.status_code == 409
    assert "already exists" in response.json()["ExceptionMessage"]


def test_a_finished_instance_may_be_started_again(host: FunctionsHost) -> None:
    for word in ("one", "two"):
        host.begin("chain", [word], "again")
        assert host.end_of("again")["output"] == [f"hello {word}"]


def test_restart_answers_the_urls_of_the_new_instance(host: FunctionsHost) -> None:
    instance_id = host.begin("chain", ["r"])
    host.end_of(instance_id)
    other = host.http.post(f"{API}/instances/{instance_id}/restart")
    assert (other.status_code, "restartPostUri" in other.json()) == (202, True)
    assert other.json()["id"] != instance_id
    assert host.end_of(other.json()["id"])["output"] == ["hello r"]
    same = host.client("restart", instance_id, new_id=False).json()["result"]
    assert same["id"] == instance_id
    unknown = host.http.post(f"{API}/instances/nobody/restart")
    assert unknown.status_code == 400
    assert "does not match a valid orchestration" in unknown.json()["Message"]


def test_purge_forgets_an_instance(host: FunctionsHost) -> None:
    instance_id = host.begin("not_a_generator")
    host.end_of(instance_id)
    assert host.client("purge", instance_id).json() == {"result": 1}
    assert host.http.get(f"{API}/instances/{instance_id}").status_code == 404
    assert host.client("purge", instance_id).json() == {"result": 0}


def test_a_running_instance_is_not_purged(host: FunctionsHost) -> None:
    instance_id = host.begin("naps", 3600)
    response = host.http.delete(f"{API}/instances/{instance_id}")
    assert response.status_code == 412
    assert response.json().startswith("Only orchestrations in a terminal state can be purged")


def test_purging_by_time_takes_finished_instances_only(host: FunctionsHost) -> None:
    begin = datetime.now(UTC).isoformat()
    finished, running = host.begin("not_a_generator"), host.begin("naps", 3600)
    host.end_of(finished)
    path = f"{API}/instances/"
    assert host.http.delete(path).status_code == 400
    purged = host.http.delete(path, params={"createdTimeFrom": begin})
    assert purged.json() == {"instancesDeleted": 1}
    assert host.http.delete(path, params={"createdTimeFrom": begin}).status_code == 404
    assert host.status(running)["runtimeStatus"] in ("Pending", "Running")


def test_instances_are_listed_by_prefix_status_and_page(host: FunctionsHost) -> None:
    for n in range(5):
        host.begin("not_a_generator", n, f"page-{n}")
        host.end_of(f"page-{n}")
    host.begin("naps", 3600, "page-running")
    query: dict[str, Any] = {"instanceIdPrefix": "page-", "runtimeStatus": "Completed", "top": 2}
    seen, token = [], None
    while token != "":
        headers: dict[str, str] = {"x-ms-continuation-token": token} if token else {}
        page = host.http.get(f"{API}/instances", params=query, headers=headers)
        assert len(page.json()) <= 2
        seen += [i["instanceId"] for i in page.json()]
        token = page.headers["x-ms-continuation-token"]
    assert seen == [f"page-{n}" for n in range(5)]


def test_instances_are_listed_by_time(host: FunctionsHost) -> None:
    begin = datetime.now(UTC)
    instance_id = host.begin("not_a_generator")
    host.end_of(instance_id)
    path = f"{API}/instances/"
    late = host.http.get(path, params={"createdTimeFrom": begin.isoformat()})
    assert [i["instanceId"] for i in late.json()] == [instance_id]
    early = (begin - timedelta(hours=1)).isoformat()
    assert host.http.get(path, params={"createdTimeTo": early}).json() == []


@pytest.mark.parametrize(
    "query", [{"runtimeStatus": "Happy"}, {"createdTimeFrom": "noon"}, {"top": "0"}]
)
def test_a_filter_that_makes_no_sense_is_refused(host: FunctionsHost, query: dict) -> None:
    assert host.http.get(f"{API}/instances", params=query).status_code == 400


def test_the_sdks_own_view_has_name_status_and_times(host: FunctionsHost) -> None:
    instance_id = host.begin("chain", ["s"])
    host.end_of(instance_id)
    seen = host.client("status", instance_id).json()["result"]
    assert (seen["name"], seen["runtimeStatus"]) == ("chain", "Completed")
    assert seen["output"] == ["hello s"]
    listed = host.client("status_all", "x").json()["result"]
    assert instance_id in {i["instanceId"] for i in listed}
