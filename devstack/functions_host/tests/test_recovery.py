"""A host killed at any moment goes on where it was; what had completed does not run again."""

import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from devstack.functions_host.tests.support.host import FunctionsHost, eventually

NewHost = Callable[..., FunctionsHost]


def test_a_kill_during_an_activity_runs_that_one_again_and_none_before_it(
    new_host: NewHost,
) -> None:
    host = new_host().start()
    host.begin("steps_with_pauses", {"held": True}, "s")
    host.until_effect("begin s-2")
    host.kill()
    host.release("s-2")
    host.start()
    assert host.end_of("s")["output"] == "all three"
    effects = [e for e in host.effects() if " s-" in e]
    assert effects == [
        "begin s-1", "end s-1", "begin s-2", "begin s-2", "end s-2", "begin s-3", "end s-3",
    ]  # fmt: skip


def test_kills_at_many_moments_lose_and_repeat_nothing_that_completed(new_host: NewHost) -> None:
    """Three kills, each a little later in a chain of quick steps."""
    host = new_host().start()
    words = [f"w{n}" for n in range(60)]
    host.begin("chain", words, "long")
    for mark in (5, 20, 40):
        host.until_effect(f"say w{mark}")
        host.kill()
        host.start()
    assert host.end_of("long")["output"] == [f"hello {w}" for w in words]
    said = [e for e in host.effects() if e.startswith("say ")]
    assert list(dict.fromkeys(said)) == [f"say {w}" for w in words]
    # At each kill at most the one step that was running may have run twice.
    assert len(said) <= len(words) + 3


def test_a_fan_out_survives_a_kill_with_its_completed_members(new_host: NewHost) -> None:
    host = new_host().start()
    host.begin("fan_out_slow", [{}, {}, {"held": True}], "fan")
    host.until_effect("end fan-1")
    host.until_effect("end fan-0")
    host.until_effect("begin fan-2")
    eventually(lambda: _completed(host, "fan") == 2, "two completions in the history")
    host.kill()
    host.release("fan-2")
    host.start()
    assert host.end_of("fan")["output"] == ["fan-0", "fan-1", "fan-2"]
    effects = host.effects()
    assert [effects.count(f"begin fan-{n}") for n in range(3)] == [1, 1, 2]


def _completed(host: FunctionsHost, instance_id: str) -> int:
    history = host.status(instance_id, showHistory=True)["historyEvents"]
    return [e["EventType"] for e in history].count("TaskCompleted")


def test_timers_and_early_events_survive_a_kill(new_host: NewHost) -> None:
    host = new_host().start()
    host.begin("naps", 2, "nap")
    host.begin("collects", None, "box")
    host.until("nap", "Running")
    host.until("box", "Running")
    for n in range(3):
        host.client("raise_event", "box", name="item", data=n)
    host.kill()
    host.start()
    host.client("raise_event", "box", name="go")
    assert host.end_of("box")["output"] == ["0", "1", "2"]
    assert host.end_of("nap")["output"] == "rested"


def test_a_timer_that_came_due_while_the_host_was_down_fires_at_the_start(
    new_host: NewHost,
) -> None:
    host = new_host().start()
    host.begin("naps", 0.5, "nap")
    host.until("nap", "Running")
    host.kill()
    time.sleep(0.5)  # the time that the timer needs, with no host there
    host.start()
    assert host.end_of("nap")["output"] == "rested"


def test_an_activity_that_kills_the_host_fails_after_five_times(new_host: NewHost) -> None:
    host = new_host().start()
    with suppress(httpx.TransportError):  # the host may be gone before it answers
        host.http.post("/start/kills_the_host", json={"id": "bad"})
    for _ in range(4):
        host.wait_for_end()
        host.launch()
    host.wait_for_end()
    host.start()
    end = host.end_of("bad")
    assert end["runtimeStatus"] == "Failed"
    assert "running 5 times when the host died" in end["output"]
    assert host.effects().count("kill bad") == 5


def test_an_orchestrator_that_kills_the_host_fails_after_five_times(new_host: NewHost) -> None:
    host = new_host().start()
    with suppress(httpx.TransportError):  # the host may be gone before it answers
        host.http.post("/start/kills_the_host_itself", json={"id": "worse"})
    for _ in range(4):
        host.wait_for_end()
        host.launch()
    host.wait_for_end()
    host.start()
    end = host.end_of("worse")
    assert end["runtimeStatus"] == "Failed"
    assert "ended the host 5 times" in end["output"]


def test_an_orchestrator_that_changes_its_mind_fails_and_says_where(new_host: NewHost) -> None:
    host = new_host().start(MIND="first")
    host.begin("changes_its_mind", None, "m")
    host.until_effect("say x")
    eventually(lambda: _completed(host, "m") == 1, "the first step in the history")
    host.kill()
    host.start(MIND="second")
    host.client("raise_event", "m", name="go")
    end = host.end_of("m")
    assert end["runtimeStatus"] == "Failed"
    assert "Non-deterministic orchestrator: step 0 was activity 'say'" in end["output"]
    assert "is activity 'echo' on replay" in end["output"]


def test_an_orderly_stop_waits_for_a_running_activity(new_host: NewHost) -> None:
    host = new_host().start()
    host.begin("steps_with_pauses", {"seconds": 1}, "s")
    host.until_effect("begin s-2")
    assert host.stop() == 0
    assert "end s-2" in host.effects()
    host.start()
    assert host.end_of("s")["output"] == "all three"
    assert host.effects().count("begin s-2") == 1


def test_an_orderly_stop_does_not_wait_for_an_activity_that_takes_long(new_host: NewHost) -> None:
    host = new_host().start()
    host.begin("steps_with_pauses", {"held": True}, "s")
    host.until_effect("begin s-2")
    assert host.stop() == 0
    assert "unfinished, will run again at the next start: wait_then" in host.log()


def test_ctrl_c_ends_the_host_and_the_processes_that_the_app_started(new_host: NewHost) -> None:
    host = new_host().start()
    host.http.post("/admin/functions/spawns", json={})
    (line,) = eventually(lambda: [e for e in host.effects() if "spawned" in e], "a child")
    assert host.process
    host.process.send_signal(signal.SIGINT)
    assert host.wait_for_end() == 0
    child = Path("/proc") / line.split()[1]
    eventually(lambda: not child.exists() or "zombie" in (child / "status").read_text(), "its end")


def test_a_file_that_is_no_task_hub_is_named(new_host: NewHost) -> None:
    host = new_host()
    host.state.mkdir()
    (host.state / "hub.sqlite").write_text("not a database " * 100)
    assert host.launch().wait(60) == 1
    assert "hub.sqlite cannot be used: file is not a database" in host.log()
    assert "Traceback" not in host.log()


def test_two_hosts_cannot_share_a_state_directory(new_host: NewHost) -> None:
    host = new_host().start()
    second = new_host()
    second.state = host.state
    assert second.launch().wait(60) == 1
    assert host.process
    assert f"in use by another functions host (pid {host.process.pid})" in second.log()


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_right_around_the_first_step_repeats_at_most_that_step(
    new_host: NewHost, moment: str
) -> None:
    host = new_host().start()
    host.http.post("/start/chain", json={"input": ["a", "b"], "id": "c"})
    if moment == "after":
        host.until_effect("say a")
    host.kill()
    host.start()
    assert host.end_of("c")["output"] == ["hello a", "hello b"]
    assert host.effects().count("say a") <= 2
