"""State outlives the process, and no process outlives the emulator."""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from devstack.azureml_emulator.tests.support import sdk
from devstack.azureml_emulator.tests.support.emulator import Emulator, eventually


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator of this test's own, whose environment the SDK sees."""
    emulator = Emulator(tmp_path / "own")
    for name, value in emulator.environment.items():
        monkeypatch.setenv(name, value)
    yield emulator
    emulator.stop()


@pytest.fixture
def deployed(own: Emulator, tmp_path: Path) -> str:
    """A live endpoint with all traffic on `blue`; returns its key."""
    ml = sdk.connect(own)
    sdk.create_endpoint(ml, "lasting")
    wanted = sdk.deployment(
        "blue",
        "lasting",
        model=sdk.register(ml, tmp_path),
        environment=sdk.environment(ml, "served", sdk.SERVER),
        code=sdk.code(tmp_path),
    )
    sdk.deploy(ml, wanted)
    sdk.set_traffic(ml, "lasting", blue=100)
    return str(ml.online_endpoints.get_keys("lasting").primary_key)


def resources(emulator: Emulator) -> dict:
    with emulator.control() as control:
        return control.get("/resources").json()


def pids(emulator: Emulator) -> list[int]:
    """The container's first process and its workers."""
    first = resources(emulator)["processes"][0]["pid"]
    children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
    return [first, *map(int, children)]


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
    except FileNotFoundError:
        return True


def scores(emulator: Emulator, key: str) -> bool:
    with emulator.https() as client:
        answer = client.post(
            emulator.scoring_url("lasting"),
            json={"x": 1},
            headers={"Authorization": f"Bearer {key}"},
        )
    return answer.status_code == 200


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_after_a_restart_everything_is_there_and_serving(own: Emulator, deployed: str, end: str):
    before, running, facts = resources(own), pids(own), own.facts
    assert len(running) == 2
    getattr(own, end)()
    eventually(lambda: all(gone(pid) for pid in running), "its processes gone")

    own.start()
    for kept in ("subscription_id", "client_id", "identity_header", "proxy_url", "control_url"):
        assert own.facts[kept] == facts[kept]
    eventually(lambda: scores(own, deployed), "serving again")
    after = resources(own)
    assert {**after, "processes": []} == {**before, "processes": []}


def test_an_operation_in_progress_goes_on_after_a_kill(own: Emulator):
    body = {"location": "westeurope", "properties": {"authMode": "Key"}}
    with own.control() as control:
        control.put("/latency", json={"endpoint": 1}).raise_for_status()
    with own.arm() as arm:
        started = arm.put("onlineEndpoints/patient", json=body)
        assert started.json()["properties"]["provisioningState"] == "Creating"
    own.kill()
    own.start()
    with own.arm() as arm:
        url = started.headers["Azure-AsyncOperation"]
        eventually(lambda: arm.get(url).json()["status"] == "Succeeded", "operation ended")
        shown = arm.get("onlineEndpoints/patient").json()["properties"]
        assert shown["provisioningState"] == "Succeeded"


def test_all_listeners_are_on_loopback(own: Emulator, deployed: str):
    inodes = {
        str(link.readlink())
        for pid in (own.process.pid, *pids(own))
        for link in Path(f"/proc/{pid}/fd").iterdir()
        if link.is_symlink() and os.path.lexists(link)
    }
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    listening = [row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in inodes]
    assert len(listening) == 4
    assert all(address.startswith("0100007F:") for address in listening)


def test_a_port_in_use_is_said_before_anything_starts(own: Emulator, tmp_path: Path):
    port = httpx.URL(own.facts["control_url"]).port
    with pytest.raises(AssertionError, match=f"Port {port} .* is in use"):
        Emulator(tmp_path / "second", "--control-port", str(port))


def test_a_latency_that_is_no_preset_is_refused(own: Emulator, tmp_path: Path):
    with pytest.raises(AssertionError, match="not instant, real or a number"):
        Emulator(tmp_path / "odd", "--latency", "soon")


def test_one_state_directory_has_one_emulator(own: Emulator):
    state = Path(own.facts["ca_bundle"]).parents[1]
    with pytest.raises(AssertionError, match=r"Another emulator uses .* Stop it"):
        Emulator(state, "--proxy-port", "0")
