"""Batches over HTTP: all or none, in turns, stopped, cancelled, and through a kill of the host."""

import uuid
from typing import Any

import pytest

from tests.support.crash import HOLD_SECONDS, MANY, is_held, order, release
from tests.support.world import until


def bodies(user, count: int, **wanted: Any) -> list[dict[str, Any]]:
    return [{"model_id": user.model(), **wanted} for _ in range(count)]


def ask(user, deployments: list[dict[str, Any]], key: str | None = None, **wanted: Any):
    headers = {"Idempotency-Key": key} if key else {}
    body = {"deployments": deployments, **wanted}
    return user.api.post("/deployments/batch", json=body, headers=headers)


def accepted(user, deployments: list[dict[str, Any]], **wanted: Any) -> dict[str, Any]:
    reply = ask(user, deployments, **wanted)
    assert reply.status_code == 202, reply.text
    found: dict[str, Any] = reply.json()
    assert reply.headers["location"] == f"/batches/{found['batch_id']}"
    return found


def batch(user, batch_id: str) -> dict[str, Any]:
    reply = user.api.get(f"/batches/{batch_id}")
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


def ended(user, batch_id: str, seconds: float = 180) -> dict[str, Any]:
    def is_over() -> dict[str, Any] | None:
        now = batch(user, batch_id)
        return now if now["status"] != "running" and user.world.has_ended(batch_id) else None

    found: dict[str, Any] = until(is_over, "the batch ends", seconds)
    return found


def remove(user, found: dict[str, Any]) -> None:
    for each in found["deployments"]:
        if each["status"] == "active":
            user.delete(each["deployment_id"])


def test_several_models_are_deployed_with_one_request_on_one_endpoint_and_on_many(world):
    ada = world.ada
    wanted = [*bodies(ada, 2, endpoint_name="together"), *bodies(ada, 1)]
    made = accepted(ada, wanted)
    assert [each["endpoint_name"] for each in made["deployments"]][:2] == ["together"] * 2
    found = ended(ada, made["batch_id"])
    assert (found["total"], found["active"], found["deploying"], found["failed"]) == (3, 3, 0, 0)
    assert found["status"] == "succeeded"
    first = made["deployments"][0]["deployment_id"]
    assert ada.score(first).status_code == 200
    told = ada.detail(first)["phases"][0]
    assert (told["phase"], told["status"]) == ("take_turn", "succeeded")
    operation = ada.api.get(f"/operations/{made['batch_id']}").json()
    assert (operation["kind"], operation["status"]) == ("batch", "succeeded")
    again = ada.api.get(f"/batches/{made['batch_id']}")
    headers = {"If-None-Match": again.headers["etag"]}
    assert ada.api.get(f"/batches/{made['batch_id']}", headers=headers).status_code == 304
    remove(ada, found)


def test_every_mistake_is_told_with_its_index_and_nothing_begins(world):
    ada = world.ada
    before = ada.api.get("/deployments/stats").json()["total_deployments"]
    good = bodies(ada, 1, endpoint_name="batch-good", deployment_name="blue")[0]
    reply = ask(ada, [good, {**good, "instance_count": 0}, {"model_id": "1"}])
    assert (reply.status_code, reply.json()["error"]["code"]) == (422, "invalid_request")
    message = reply.json()["error"]["message"]
    assert "deployments.1.instance_count: " in message
    assert "deployments.2.model_id: " in message
    reply = ask(ada, [good, good, {"model_id": ada.model(), "template_id": str(uuid.uuid4())}])
    assert (reply.status_code, reply.json()["error"]["code"]) == (422, "batch_refused")
    assert [(e["index"], e["code"]) for e in reply.json()["error"]["errors"]] == [
        (2, "template_not_found")
    ]
    reply = ask(ada, [good, good, {"model_id": world.grace.model()}])
    assert reply.json()["error"]["errors"][0]["code"] == "double_in_batch"
    reply = ask(ada, [good, {"model_id": world.grace.model()}])
    assert [(e["index"], e["code"]) for e in reply.json()["error"]["errors"]] == [
        (1, "model_not_found")
    ]
    assert ask(ada, bodies(ada, 21)).status_code == 422
    assert ask(ada, []).status_code == 422
    assert ada.api.get("/deployments/stats").json()["total_deployments"] == before


def test_the_same_key_and_body_give_the_first_batch_again(world):
    ada, key = world.ada, uuid.uuid4().hex
    first = ask(ada, bodies(ada, 2), key).json()
    assert ask(ada, bodies(ada, 2), key).json()["batch_id"] == first["batch_id"]
    other = ask(ada, bodies(ada, 1), key)
    assert (other.status_code, other.json()["error"]["code"]) == (409, "idempotency_key_reused")
    remove(ada, ended(ada, first["batch_id"]))


def test_a_cancel_ends_what_has_not_begun_and_what_has_begun_goes_on(world):
    ada = world.ada
    world.control.put("/latency", json={"deployment": 5}).raise_for_status()
    made = accepted(ada, bodies(ada, 3), at_once=1)

    def one_has_begun() -> bool:
        return sum(each["waiting"] for each in batch(ada, made["batch_id"])["deployments"]) == 2

    until(one_has_begun, "the first has begun")
    reply = ada.api.delete(f"/batches/{made['batch_id']}")
    assert (reply.status_code, reply.json()["cancelled"]) == (200, 2)
    assert world.grace.api.delete(f"/batches/{made['batch_id']}").status_code == 404
    assert world.grace.api.get(f"/batches/{made['batch_id']}").status_code == 404
    found = ended(ada, made["batch_id"])
    assert (found["active"], found["failed"]) == (1, 2)
    remove(ada, found)


BEFORE, ANSWER = {"drop_connection": True}, {"performed": True}
"""What is held of a call of the database: the call itself, or its answer, when the work is done."""


def kill_at_each(world, calls, begin) -> Any:
    """What `begin` returns, once the host was killed while each of these calls was held."""

    def hold(function: str, how: dict[str, bool]) -> None:
        match = {"path_regex": f"/rpc/{function}$"}
        order(world, {"match": match, "times": MANY, "delay_seconds": HOLD_SECONDS, **how})

    hold(*calls[0])
    try:
        begun = begin()
        for (function, _), following in zip(calls, [*calls[1:], None], strict=True):
            until(lambda: is_held(world), f"{function} is held")
            old = world.kill("functions_host")
            hold(*following) if following else release(world)
            world.restarted("functions_host", old)
    finally:
        release(world)
    return begun


@pytest.mark.exhaustive
def test_a_host_that_is_killed_while_turns_are_taken_gives_each_of_them_once(world):
    ada, calls = world.ada, [("take_turn", BEFORE), ("take_turn", ANSWER)]
    made = kill_at_each(world, calls, lambda: accepted(ada, bodies(ada, 3), at_once=2))
    found = ended(ada, made["batch_id"])
    assert (found["active"], found["total"]) == (3, 3), found
    names = [each["name"] for each in world.resources()["endpoints"]]
    assert [names.count(each["endpoint_name"]) for each in made["deployments"]] == [1, 1, 1]
    remove(ada, found)


@pytest.mark.exhaustive
def test_a_host_that_is_killed_while_it_stops_and_ends_a_batch_does_it_later(world):
    """The smallest begin first, and the first failure stops the rest, as asked."""
    ada = world.ada
    broken = {"model_id": ada.upload(b"", "empty")}
    large = {"model_id": ada.model(), "instance_count": 3}
    calls = [(name, how) for name in ("skip_waiting", "end_operation") for how in (BEFORE, ANSWER)]
    made = kill_at_each(
        world, calls, lambda: accepted(ada, [large, broken], at_once=1, on_failure="stop")
    )
    found = ended(ada, made["batch_id"])
    assert (found["failed"], found["status"]) == (2, "failed")
    codes = [each["error"]["code"] for each in found["deployments"]]
    assert codes == ["batch_stopped", "model_file_empty"]
    assert found["error"]["code"] == "batch_incomplete"
    assert not {each["endpoint_name"] for each in made["deployments"]} & world.serving()[0]
