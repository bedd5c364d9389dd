"""What an endpoint's changes cost: a rollback against the cloud's own move, and PATCH of scale.

The rollback is to a revision that still runs, with the traffic latency that the service has.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.baseline import plain
from benchmarks.measure import summary, write
from tests.support.world import World, running_world, until

TRAFFIC_SECONDS, MOVES, SCALES = 30, 4, 15
ENDPOINT, STAYS = "changed", {"keep_previous_minutes": None}
WANTED = "rollback at most 1.1 times the cloud's own; PATCH of scale at most 60 ms, one ARM call"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_world(Path(folder)) as world:
        _, green = (
            world.ada.active(endpoint_name=ENDPOINT, deployment_name=name, **STAYS)
            for name in ("blue", "green")
        )
        scale = _scales(world, green["id"])
        world.control.put("/latency", json={"traffic": TRAFFIC_SECONDS}).raise_for_status()
        ours = [_rolled_back(world) for _ in range(MOVES)]
        cloud = _plain(world)
    rollback, alone = statistics.median(ours), statistics.median(cloud)
    write(
        "changes",
        {
            "wanted": WANTED,
            "rollback": {
                "latency_seconds": TRAFFIC_SECONDS,
                "runs": MOVES,
                "baseline": "benchmarks/plain_traffic.py, asking every 100 ms",
                "cloud_seconds": round(alone, 2),
                "rollback_seconds": round(rollback, 2),
                "ratio": round(rollback / alone, 3),
            },
            "scale": scale,
        },
    )


def _rolled_back(world: World) -> float:
    """Seconds from the request to the end of the operation."""
    begun = time.perf_counter()
    reply = world.ada.api.post(f"/endpoints/{ENDPOINT}/rollback").raise_for_status()
    location = reply.headers["Location"]

    def ended() -> dict[str, Any] | None:
        operation: dict[str, Any] = world.ada.api.get(location).raise_for_status().json()
        return operation if operation["status"] != "running" else None

    told = until(ended, "the rollback ends")
    took = time.perf_counter() - begun
    if told["status"] != "succeeded":
        sys.exit(f"The rollback failed: {told['error']}")
    return took


def _plain(world: World) -> list[float]:
    moves = ["blue", "green"] * (MOVES // 2)
    seconds: list[float] = plain("plain_traffic", world, endpoint=ENDPOINT, to=moves)
    return seconds


def _scales(world: World, deployment_id: str) -> dict[str, Any]:
    """The PATCH's own answer, and what each change wrote in the cloud."""
    world.control.delete("/calls").raise_for_status()
    times = []
    for number in range(SCALES):
        change = {"instance_count": 2 - number % 2}
        begun = time.perf_counter()
        reply = world.ada.api.patch(f"/deployments/{deployment_id}", json=change)
        times.append(time.perf_counter() - begun)
        if world.ada.followed(reply)["status"] != "succeeded":
            sys.exit("A change of scale failed.")
    calls = world.control.get("/calls").raise_for_status().json()
    written = [call for call in calls if call["method"] in ("PUT", "PATCH", "POST")]
    arm = [call for call in written if call["service"] == "arm"]
    return {**summary(times), "arm_writes_each": len(arm) / SCALES}


if __name__ == "__main__":
    main()
