"""Orchestrations through the real azure-functions-durable client, inside a running host."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from devstack.functions_host.tests.support.host import FunctionsHost, eventually


def test_a_chain_passes_results_from_step_to_step(host: FunctionsHost) -> None:
    assert host.run("chain", ["x", "y"]) == ["hello x", "hello y"]


def test_a_run_has_host_jsons_default_version_and_a_child_its_own_where_it_is_given_one(
    host: FunctionsHost,
) -> None:
    assert host.run("versions") == ["1.5", "1.5", "0.9"]


@pytest.mark.parametrize(
    "value", [None, True, 0, 3.5, "text", '"quoted"', [], [1, [2]], {"a": {"b": None}}, "größe ✓"]
)
def test_any_json_value_survives_client_orchestrator_and_activity(
    host: FunctionsHost, value: object
) -> None:
    assert host.run("echoes", value) == value


def test_custom_classes_travel_in_the_sdks_own_encoding(host: FunctionsHost) -> None:
    assert host.run("custom_class") == ["Point", 2, 1]


def test_a_fan_out_keeps_the_order_of_its_calls(host: FunctionsHost) -> None:
    assert host.run("fan_out", 20) == [f"f{i}" for i in range(20)]


def test_after_a_failed_fan_out_the_next_step_waits_for_the_slowest_sibling(
    host: FunctionsHost,
) -> None:
    instance_id = host.begin("fan_out_failure")
    output = host.end_of(instance_id)["output"]
    assert output["error"].startswith(
        f"Activity function 'wait_then' failed: ValueError: {instance_id}-bad failed on purpose"
    )
    assert output["undone"] == f"{instance_id}-undo"
    effects = host.effects()
    assert effects.index(f"end {instance_id}-slow") < effects.index(f"begin {instance_id}-undo")


def test_a_retried_activity_succeeds_on_its_last_attempt(host: FunctionsHost) -> None:
    assert host.run("retried", {"key": "lucky", "failures": 2}) == ["at last", "hello after"]


def test_a_retried_activity_fails_after_exactly_its_attempts(host: FunctionsHost) -> None:
    end = host.end_of(host.begin("retried", {"key": "unlucky", "failures": 99}))
    assert end["runtimeStatus"] == "Failed"
    assert "ConnectionError: not yet" in end["output"]
    assert host.effects().count("try unlucky") == 3


def test_retries_side_by_side_keep_their_numbers_apart(host: FunctionsHost) -> None:
    assert host.run("retries_side_by_side", "side") == ["at last"] * 3 + ["hello after"]


def test_a_failed_activity_fails_the_orchestration_with_its_message(host: FunctionsHost) -> None:
    end = host.end_of(host.begin("fails"))
    assert end["runtimeStatus"] == "Failed"
    assert end["output"].startswith(
        "Orchestrator function 'fails' failed: Activity function 'wait_then' failed: ValueError: "
        "doomed failed on purpose"
    )


def test_an_exception_in_the_orchestrator_fails_the_instance(host: FunctionsHost) -> None:
    end = host.end_of(host.begin("raises"))
    assert end["runtimeStatus"] == "Failed"
    assert end["output"] == "Orchestrator function 'raises' failed: no luck today"


def test_an_orchestrator_without_steps_completes(host: FunctionsHost) -> None:
    assert host.run("not_a_generator", 7) == {"input": 7}


def test_an_unserializable_result_fails_the_activity_by_name(host: FunctionsHost) -> None:
    end = host.end_of(host.begin("unserializable_result"))
    assert "Activity function 'unserializable' failed" in end["output"]
    assert "json serializable" in end["output"]


def test_code_that_exits_fails_its_function_and_not_the_host(host: FunctionsHost) -> None:
    for name in ("exits", "exits_async"):
        output = host.end_of(host.begin("calls", name))["output"]
        assert f"FunctionExitedError: {name} ended with SystemExit: 3" in output
    output = host.end_of(host.begin("exits_itself"))["output"]
    assert "exits_itself ended with SystemExit: 3" in output
    assert host.run("echoes", "still there") == "still there"


def test_an_unknown_activity_is_named_together_with_those_there_are(host: FunctionsHost) -> None:
    end = host.end_of(host.begin("calls_nobody"))
    assert end["runtimeStatus"] == "Failed"
    assert "'no_such_activity' doesn't exist" in end["output"]
    assert "wait_then" in end["output"]


def test_an_unknown_orchestrator_cannot_be_started(host: FunctionsHost) -> None:
    response = host.http.post("/runtime/webhooks/durabletask/orchestrators/nobody", json=None)
    assert response.status_code == 400
    assert "'nobody' doesn't exist" in response.json()["ExceptionMessage"]


def test_a_timer_fires_after_its_time(host: FunctionsHost) -> None:
    begun = time.monotonic()
    host.end_of(host.begin("naps", 0.4))
    assert time.monotonic() - begun >= 0.4


def test_a_cancelled_timer_keeps_its_number(host: FunctionsHost) -> None:
    assert host.run("timer_cancelled") == [True, "hello quick", "hello next"]


def test_a_timer_can_win_over_an_event(host: FunctionsHost) -> None:
    assert host.run("timer_wins") == "timer"


def test_an_event_wins_over_a_timer_of_thirty_days(host: FunctionsHost) -> None:
    instance_id = host.begin("approval")
    host.until(instance_id, "Running")
    assert host.client("raise_event", instance_id, name="decision", data="yes").is_success
    # The client posts a string of JSON: that is what an orchestrator gets, here as on the platform.
    assert host.end_of(instance_id)["output"] == {"decision": '"yes"'}


def test_an_event_posted_as_json_arrives_as_an_object(host: FunctionsHost) -> None:
    instance_id = host.begin("approval")
    path = f"/runtime/webhooks/durabletask/instances/{instance_id}/raiseEvent/decision"
    assert host.http.post(path, json={"ok": True}).status_code == 202
    assert host.end_of(instance_id)["output"] == {"decision": {"ok": True}}


def test_events_that_come_early_wait_in_order(host: FunctionsHost) -> None:
    instance_id = host.begin("collects")
    for n in range(3):
        host.client("raise_event", instance_id, name="item", data=n)
    host.client("raise_event", instance_id, name="go")
    assert host.end_of(instance_id)["output"] == ["0", "1", "2"]


def test_sub_orchestrations_answer_their_parent_and_know_it(host: FunctionsHost) -> None:
    instance_id = host.begin("parent", [1, 2, 3])
    output = host.end_of(instance_id)["output"]
    assert output == [{"n": n, "parent": instance_id} for n in (2, 4, 6, 20)]
    assert host.status(f"{instance_id}-named")["runtimeStatus"] == "Completed"


def test_a_failing_sub_orchestration_is_retried_and_then_raises_in_its_parent(
    host: FunctionsHost,
) -> None:
    output = host.run("parent_of_failure")
    assert str(output).startswith("Orchestrator function 'child' failed: -1 is negative")


def test_continue_as_new_starts_over_with_an_empty_history(host: FunctionsHost) -> None:
    instance_id = host.begin("counts_down", 5)
    end = host.end_of(instance_id)
    assert (end["output"], json.loads(end["input"])) == ("lift-off", 0)
    history = host.status(instance_id, showHistory=True)["historyEvents"]
    assert [e["EventType"] for e in history].count("TaskCompleted") == 1


def test_continue_as_new_keeps_events_that_nobody_has_read(host: FunctionsHost) -> None:
    instance_id = host.begin("keeps_events", {"seen": []})
    for n in range(3):
        host.client("raise_event", instance_id, name="item", data=n)
    assert host.end_of(instance_id)["output"] == ["0", "1", "2"]


def test_custom_status_is_shown_while_running_and_after(host: FunctionsHost) -> None:
    assert host.end_of(host.begin("chain", ["p", "q"]))["customStatus"] == "saying q"


def test_the_trace_of_a_request_reaches_the_activity(host: FunctionsHost) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    headers = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    started = host.http.post("/start/traced", json={}, headers=headers).json()["id"]
    output = host.end_of(started)["output"]
    assert output["traceparent"].split("-")[1] == trace
    assert output["function"] == "trace"


def test_call_http_makes_the_request_and_answers_the_response(host: FunctionsHost) -> None:
    class Upper(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(201)
            self.send_header("X-Cased-Name", "kept")
            self.end_headers()
            self.wfile.write(body.upper())

        def log_message(self, *args: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Upper)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        output = host.run("fetches", f"http://127.0.0.1:{server.server_port}/")
    finally:
        server.shutdown()
        server.server_close()
    assert output == [201, '{"TO": "YOU"}', "kept"]


def test_fifty_waiting_orchestrations_cost_no_thread(host: FunctionsHost) -> None:
    def threads() -> int:
        status = Path(f"/proc/{host.ready['pid']}/status").read_text()
        return int(status.split("Threads:")[1].split()[0])

    host.run("fan_out", 20)  # all pools have their threads now
    before = threads()
    waiting = [host.begin("naps", 3600) for _ in range(50)]
    for instance_id in waiting:
        host.until(instance_id, "Running")
    # A few: pools of the HTTP side may still grow to their size.
    assert threads() - before < 10
    for instance_id in waiting:
        host.client("terminate", instance_id, reason="over")
    eventually(lambda: host.status(waiting[-1])["runtimeStatus"] == "Terminated", "the end")
