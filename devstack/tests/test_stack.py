"""The local world itself: ports, restarts, and nothing left when it ends."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys

import httpx
import pytest

from tests.support.world import ROOT, free_base, until


def test_a_service_that_dies_is_restarted_and_the_ready_file_says_so(world):
    for service in ("supabase_local", "azureml_emulator", "functions_host"):
        old = world.kill(service)
        world.restarted(service, old)
    until(
        lambda: httpx.get(f"{world.facts['functions_url']}/healthz").status_code == 200,
        "the app answers",
    )
    assert world.ada.api.get("/deployments/list").status_code == 200


def test_a_postgres_that_dies_is_restarted_too(world):
    old = world.kill("postgres")
    world.restarted("postgres", old)
    until(
        lambda: world.ada.api.get("/deployments/list").status_code == 200, "the list answers again"
    )


def test_a_port_in_use_is_named_with_the_way_out(tmp_path):
    base = free_base()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", base + 2))
        taken.listen()
        run = subprocess.run(
            [
                *(
                    sys.executable,
                    "-m",
                    "devstack",
                    "up",
                    "--no-dashboard",
                    "--state",
                    str(tmp_path / "state"),
                ),
                *("--port-base", str(base)),
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert run.returncode == 1
    assert f"Port {base + 2} (supabase) is in use" in run.stdout
    assert "--port-base" in run.stdout
    assert "Traceback" not in run.stdout + run.stderr


@pytest.fixture
def own_world(tmp_path):
    """A world of this test's own, with its process."""
    ready = tmp_path / "ready.json"
    process = subprocess.Popen(
        [
            *(
                sys.executable,
                "-m",
                "devstack",
                "up",
                "--no-dashboard",
                "--state",
                str(tmp_path / "state"),
            ),
            *("--ready-file", str(ready), "--port-base", str(free_base())),
        ],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until(ready.exists, "the world is up", 120)
    yield process, ready
    if process.poll() is None:
        process.kill()


def test_ctrl_c_leaves_no_process_behind_postgres_included(own_world):
    process, ready = own_world
    pids = json.loads(ready.read_text())["pids"]
    assert all(alive(pid) for pid in pids.values())
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    until(lambda: not any(alive(pid) for pid in pids.values()), "all processes have ended", 10)
    assert not ready.exists()


def test_a_second_world_in_the_same_state_is_refused_and_down_ends_the_first(own_world):
    process, ready = own_world
    state = ready.parent / "state"

    def devstack(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "devstack", *arguments, "--state", str(state)],
            cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    second = devstack("up", "--fresh", "--port-base", str(free_base()))
    assert second.returncode == 1
    assert f"pid {process.pid}" in second.stdout
    assert (state / "seed.json").exists()
    assert "The local world is down." in devstack("down").stdout
    assert process.wait(10) == 0
    assert "No local world runs" in devstack("down").stdout


NAMESPACE = ("unshare", "--pid", "--fork", "--mount-proc", "--kill-child=SIGTERM")


def may_make_pid_namespaces() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not may_make_pid_namespaces(), reason="no right to make a pid namespace here")
def test_the_world_starts_as_the_first_process_of_a_container(tmp_path):
    ready, state = tmp_path / "ready.json", tmp_path / "state"
    with (tmp_path / "stack.log").open("wb") as log:
        container = subprocess.Popen(
            [
                *(
                    *NAMESPACE,
                    sys.executable,
                    "-m",
                    "devstack",
                    "up",
                    "--no-dashboard",
                    "--state",
                    str(state),
                ),
                *("--ready-file", str(ready), "--port-base", str(free_base())),
            ],
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
    try:
        until(lambda: ready.exists() or container.poll() is not None, "the world is up", 120)
        assert container.poll() is None, (tmp_path / "stack.log").read_text()
        url = json.loads(ready.read_text())["functions_url"]
        assert httpx.get(f"{url}/healthz").status_code == 200
    finally:
        container.kill()
        container.wait(30)
        until(lambda: not ready.exists(), "the world in it has ended", 30)


def test_a_demo_goes_on_when_the_functions_host_is_killed_under_it(tmp_path):
    ready, result = tmp_path / "ready.json", tmp_path / "result.json"
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "devstack", "demo", "--once", "--json", str(result)),
            *("--state", str(tmp_path / "state"), "--ready-file", str(ready)),
            *("--port-base", str(free_base())),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as demo:
        try:
            assert demo.stdout is not None
            told = []
            for line in demo.stdout:
                told.append(line)
                if line.startswith("prepare_model: started"):
                    kill_until_it_pauses(ready)
            assert demo.wait(60) == 0, "".join(told)
        finally:
            demo.kill()
    assert any("is being restarted" in line for line in told), "".join(told)
    assert not any("Traceback" in line for line in told)
    assert json.loads(result.read_text())["status"] == "active"
    assert any("nothing of it is left" in line for line in told)


def kill_until_it_pauses(ready) -> None:
    """The first restarts are quicker than the demo asks; the third comes after a pause."""
    killed: set[int] = set()

    def next_host() -> set[int]:
        return {json.loads(ready.read_text())["pids"]["functions_host"]} - killed

    for _ in range(3):
        (pid,) = until(next_host, "the functions host is there")
        os.kill(pid, signal.SIGKILL)
        killed.add(pid)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["demo", "--once", "--json", "/proc/nope/x.json"], "no folder /proc/nope"),
        (["demo", "--once", "--state", "/proc/nope"], "state folder /proc/nope cannot be used"),
        (["up", "--state", "/proc/nope"], "Choose another --state"),
    ],
)
def test_a_place_that_cannot_be_written_is_said_before_the_start(arguments, said):
    run = subprocess.run(
        [sys.executable, "-m", "devstack", *arguments, "--port-base", str(free_base())],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode in (1, 2)
    assert said in run.stdout + run.stderr
    assert "is up after" not in run.stdout
    assert "Traceback" not in run.stdout + run.stderr


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_without_core_tools_the_host_func_is_refused_plainly(tmp_path):
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "devstack",
            "up",
            "--no-dashboard",
            "--state",
            str(tmp_path),
            "--host",
            "func",
        ],
        cwd=ROOT,
        env={"PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 1
    assert "Core Tools (func) are not installed" in run.stdout
