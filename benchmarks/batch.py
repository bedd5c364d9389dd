"""Twenty deployments in one batch, of 20 seconds each, against one alone.

They share one serving process: twenty of them would be twenty machines on Azure, and this is one.
"""

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.measure import write
from devstack.seed import iris_classifier
from tests.support.world import World, dumped, running_world, until

LATENCY: dict[str, float] = {
    "image_build": 0,
    "endpoint": 0,
    "deployment": 20,
    "traffic": 0,
    "delete": 0,
}
MODELS = 20


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_world(Path(folder)) as world:
        _deployed(world, 1)  # warm-up
        world.control.put("/latency", json=LATENCY).raise_for_status()
        world.control.put("/sharing", json={"shared": True}).raise_for_status()
        world.control.put("/quota", json={"Standard_DS1_v2": {"limit": 1000}}).raise_for_status()
        alone = _deployed(world, 1)
        together = _deployed(world, MODELS)
    write(
        "batch",
        {
            "latency_seconds": LATENCY["deployment"],
            "deployments": MODELS,
            "alone_seconds": round(alone, 1),
            "together_seconds": round(together, 1),
            "ratio": round(together / alone, 2),
        },
    )


def _deployed(world: World, count: int) -> float:
    """Seconds from the request of a batch of one new model to its end; it is removed after."""
    ada = world.ada
    model_id = ada.upload(dumped(iris_classifier()), f"batched-{time.time_ns()}")
    begun = time.perf_counter()
    wanted = {"deployments": [{"model_id": model_id} for _ in range(count)]}
    reply = ada.api.post("/deployments/batch", json=wanted).raise_for_status()

    def is_over() -> dict[str, Any] | None:
        now: dict[str, Any] = ada.api.get(reply.headers["Location"]).raise_for_status().json()
        return now if now["status"] != "running" else None

    found = until(is_over, "the batch ends", 300)
    took = time.perf_counter() - begun
    if found["active"] != count:
        sys.exit(f"{count - found['active']} of {count} are not active: {found['deployments']}")
    for each in found["deployments"]:
        ada.api.delete(f"/deployments/{each['deployment_id']}").raise_for_status()
    return took


if __name__ == "__main__":
    main()
