"""The orchestrated deployment against the plain sequential script, and fifty at once.

Both sides run in the same local world, in turns, each time with a model that is new to it.
"""

import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from benchmarks.baseline import plain
from benchmarks.measure import write
from devstack.seed import iris_classifier
from shared.adapters.conversion.environments.choose import choose
from tests.support.world import IRIS_ROW, World, dumped, running_world

RUNS = 3
FIELD_SCALED: dict[str, float] = {
    "image_build": 1,
    "endpoint": 2,
    "deployment": 4,
    "traffic": 0,
    "delete": 0,
}
INSTANT: dict[str, float] = dict.fromkeys(FIELD_SCALED, 0)
AT_ONCE = 50
LATENCY_AT_ONCE = 20


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_world(Path(folder)) as world:
        _orchestrated(world, "warm-up")
        result = {
            "critical_path": _compare(world, FIELD_SCALED),
            "overhead": _compare(world, INSTANT),
            "at_once": _at_once(world),
        }
    baseline = "benchmarks/plain_script.py in a process of its own, without its imports"
    write("pipeline", {"baseline": baseline, **result})


def _compare(world: World, latency: dict[str, float]) -> dict[str, Any]:
    found: dict[str, Any] = {"latency": latency}
    for headers in ("polling_hint", "as_azure"):
        as_azure = headers == "as_azure"
        if as_azure and latency is INSTANT:
            continue
        world.control.put("/latency", json={**latency, "as_azure": as_azure}).raise_for_status()
        runs = 1 if as_azure else RUNS
        orchestrated, scripts = [], []
        for run in range(runs):
            orchestrated.append(_orchestrated(world, f"o{run}-{time.time_ns()}"))
            scripts.append(_script(world, f"s{run}-{time.time_ns() % 10**12}"))
        found[headers] = _verdict(orchestrated, scripts)
    world.control.put("/latency", json=INSTANT).raise_for_status()
    return found


def _verdict(orchestrated: list[float], scripts: list[dict[str, Any]]) -> dict[str, Any]:
    """Ours against the script as if its libraries were loaded, as those of the host are."""
    ours = statistics.median(orchestrated)
    cold = statistics.median(script["total"] for script in scripts)
    warm = statistics.median(script["total"] - script["seconds"]["imports"] for script in scripts)
    return {
        "runs": len(scripts),
        "orchestrated_seconds": round(ours, 2),
        "script_seconds": round(warm, 2),
        "ratio": round(ours / warm, 3),
        "difference_seconds": round(ours - warm, 2),
        "script_seconds_with_imports": round(cold, 2),
        "ratio_with_imports": round(ours / cold, 3),
        "difference_seconds_with_imports": round(ours - cold, 2),
        "script_steps": scripts[-1]["seconds"],
    }


def _orchestrated(world: World, name: str) -> float:
    """Seconds from the request to active, of a model that was never converted before."""
    model_id = world.ada.upload(dumped(iris_classifier()), name)
    begun = time.perf_counter()
    accepted = world.ada.deploy(model_id)
    found = world.ada.settled(accepted["deployment_id"], 300)
    took = time.perf_counter() - begun
    if found["status"] != "active":
        sys.exit(f"The deployment failed: {found['error_message']}")
    world.ada.delete(found["id"])
    return took


def _script(world: World, name: str) -> dict[str, Any]:
    model = iris_classifier()
    file = world.state / f"{name}.joblib"
    file.write_bytes(dumped(model))
    timings: dict[str, Any] = plain(
        "plain_script",
        world,
        name=name[:32].rstrip("-"),
        file=str(file),
        requirements=choose({"scikit-learn": _sklearn_version()})[0].serving_requirements(),
        image="mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04",
        example=IRIS_ROW,
    )
    return timings


def _sklearn_version() -> str:
    import sklearn

    return str(sklearn.__version__)


def _at_once(world: World) -> dict[str, Any]:
    """Fifty deployments of one model beside each other, against one alone.

    They share one serving process: fifty of them would be fifty machines on Azure, and this is one.
    """
    latency = {"latency_seconds": LATENCY_AT_ONCE}
    world.control.put(
        "/latency", json={**INSTANT, "deployment": LATENCY_AT_ONCE}
    ).raise_for_status()
    world.control.put("/sharing", json={"shared": True}).raise_for_status()
    world.control.put("/quota", json={"Standard_DS1_v2": {"limit": 1000}}).raise_for_status()
    alone = _orchestrated(world, "alone")
    memory = _Memory(world.facts["pids"]["functions_host"])
    begun = time.perf_counter()
    accepted = [world.ada.deploy(endpoint_name=f"many-{number}") for number in range(AT_ONCE)]
    settled = [world.ada.settled(each["deployment_id"], 600) for each in accepted]
    together = time.perf_counter() - begun
    peak = memory.stop()
    if failed := [found["error_message"] for found in settled if found["status"] != "active"]:
        sys.exit(f"{len(failed)} of {AT_ONCE} failed: {failed[0]}")
    for found in settled:
        world.ada.api.delete(f"/deployments/{found['id']}").raise_for_status()
    world.control.put("/latency", json=INSTANT).raise_for_status()
    return {
        **latency,
        "deployments": AT_ONCE,
        "alone_seconds": round(alone, 1),
        "together_seconds": round(together, 1),
        "ratio": round(together / alone, 2),
        "peak_host_memory_mb": peak,
    }


class _Memory:
    """The highest resident memory of a process, sampled until stopped."""

    def __init__(self, pid: int) -> None:
        self._status, self._peak, self._stopped = Path(f"/proc/{pid}/status"), 0, threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        """Peak in MB."""
        self._stopped.set()
        self._thread.join()
        return self._peak

    def _sample(self) -> None:
        while not self._stopped.wait(0.2):
            for line in self._status.read_text().splitlines():
                if line.startswith("VmRSS"):
                    self._peak = max(self._peak, int(line.split()[1]) // 1024)
