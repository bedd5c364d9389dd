"""Saves the histories of real runs: `python -m tests.replay.save_histories` before a release.

A saved history is never written again: what shipped must still replay. New runs get new names.
"""

import json
import sqlite3
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.support.world import World, running_world, until

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
        wanted = [{"model_id": world.ada.model()}] * 2
        reply = world.ada.api.post("/deployments/batch", json={"deployments": wanted, "at_once": 1})
        batch = reply.raise_for_status().json()["batch_id"]
        until(lambda: world.has_ended(batch), "the batch ends")
        for name, instance in {
            "deploy_model-active": live["id"],
            "stage_model-done": f"{live['id']}-stage_model",
            "open_endpoint-done": f"{live['id']}-open_endpoint",
            "deploy_model-failed": failed["id"],
            "delete_deployment-removed": removal,
            "rotate_keys-rotated": rotation,
            **changes,
            "deploy_batch-ended": batch,
            "deploy_in_turn-done": f"{batch}-0",
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
    found |= _updates(world)
    return found


def _updates(world: World) -> dict[str, str]:
    """All that an update changes, and one that was undone: name to instance."""
    ada = world.ada
    limits = {"min": 1, "max": 3}
    scaled = ada.active(deployment_name="scaled", autoscale=limits)
    found = {"deploy_model-scaled": scaled["id"]}
    change = {"environment_variables": {"A": "1"}, "autoscale": limits, "instance_count": 2}
    place = f"/deployments/{scaled['id']}"
    found["update_deployment-updated"] = ada.followed(ada.api.patch(place, json=change))["id"]
    world.scenario("container_crash")
    change = {"environment_variables": {"A": "2"}}
    found["update_deployment-undone"] = ada.followed(ada.api.patch(place, json=change))["id"]
    ada.delete(scaled["id"])
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
    text = json.dumps(saved, indent=1) + "\n"
    for place, shown in ((world.state, "/state"), (Path.home(), "/home")):  # a log may name them
        text = text.replace(str(place), shown)
    file.write_text(text)


if __name__ == "__main__":
    main()
