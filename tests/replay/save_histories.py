"""Saves the histories of real runs: `python -m tests.replay.save_histories` before a release.

A saved history is never written again: what shipped must still replay. New runs get new names.
"""

import json
import sqlite3
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.support.world import World, running_world

HISTORIES = Path(__file__).parent / "histories"


def main() -> None:
    stamp = f"{datetime.now(UTC):%Y%m%d}"
    with tempfile.TemporaryDirectory() as folder, running_world(Path(folder)) as world:
        live = world.ada.active(endpoint_name="replayed", deployment_name="blue")
        world.scenario("container_crash")
        failed = world.ada.settled(world.ada.deploy()["deployment_id"])
        reply = world.ada.api.post(f"/deployments/{live['id']}/keys/rotate")
        assert reply.status_code == 202, reply.text
        rotation = world.ada.followed(reply)["id"]
        changes = _changes(world, live)
        reply = world.ada.api.delete(f"/deployments/{live['id']}")
        removal = world.ada.followed(reply)["id"]
        for name, instance in {
            "deploy_model-active": live["id"],
            "stage_model-done": f"{live['id']}-stage_model",
            "open_endpoint-done": f"{live['id']}-open_endpoint",
            "deploy_model-failed": failed["id"],
            "delete_deployment-removed": removal,
            "rotate_keys-rotated": rotation,
            **changes,
        }.items():
            _save(world, instance, HISTORIES / f"{stamp}-{name}.json")


def _changes(world: World, live: dict[str, Any]) -> dict[str, str]:
    """A canary beside it, traffic moved, sleep, waking and rollback: name to instance."""
    ada, found = world.ada, {}
    canary = {"strategy": "canary", "steps": [50], "step_minutes": 0.2, "on_silence": "go_on"}
    green = ada.active(endpoint_name="replayed", deployment_name="green", release=canary)
    found["deploy_model-canary"] = green["id"]
    body = {"traffic": {"green": 90, "blue": 10}}
    for name, reply in {
        "change_traffic-moved": lambda: ada.api.put("/endpoints/replayed/traffic", json=body),
        "roll_back-living": lambda: ada.api.post("/endpoints/replayed/rollback", json={"to": 1}),
        "sleep_deployment-asleep": lambda: ada.api.post(f"/deployments/{green['id']}/sleep"),
        "wake_deployment-active": lambda: ada.api.post(f"/deployments/{green['id']}/wake"),
    }.items():
        found[name] = ada.followed(reply(), 180)["id"]
    ada.followed(ada.api.post(f"/deployments/{green['id']}/sleep"))
    woken = ada.api.post("/endpoints/replayed/rollback", json={"to": 2})
    found["roll_back-woken"] = ada.followed(woken, 180)["id"]
    ada.delete(green["id"])
    return found


def _save(world: World, instance: str, file: Path) -> None:
    if file.exists():
        raise FileExistsError(f"{file} has been saved before")
    with sqlite3.connect(world.state / "functions_host" / "hub.sqlite") as hub:
        name, given, output = hub.execute(
            "select name, input, output from instances where instance_id = ?", [instance]
        ).fetchone()
        events = hub.execute(
            "select event from history where instance_id = ? order by position", [instance]
        ).fetchall()
    saved = {
        "orchestrator": name,
        "instance_id": instance,
        "input": json.loads(given),
        "output": json.loads(output),
        "history": [json.loads(event) for (event,) in events],
    }
    file.write_text(json.dumps(saved, indent=1) + "\n")


if __name__ == "__main__":
    main()
