"""Models over HTTP: uploaded, registered, judged before they are deployed, renamed, removed."""

import pickle

import pytest

from tests.e2e.test_refusals import problem


def register(user, content: bytes, name: str = "mine") -> dict:
    path = user.put_file(content, name)
    reply = user.api.post("/models", json={"model_name": name, "file_path": path})
    assert reply.status_code == 201, reply.text
    assert reply.headers["location"] == f"/models/{reply.json()['id']}"
    return reply.json()


class Evil:
    def __reduce__(self):
        import os

        return os.system, ("true",)


def test_the_seeded_model_is_allowed_and_the_list_knows_it_then(world):
    model_id = world.ada.model()
    shown = world.ada.api.get(f"/models/{model_id}").json()
    assert shown["scan"]["verdict"] == "allowed", shown
    assert "scikit-learn" in shown["scan"]["libraries"]
    assert shown["size_bytes"] > 100
    listed = world.ada.api.get("/models", params={"search": "iris"}).json()
    assert [m["scan"] for m in listed["models"] if m["id"] == model_id] == [shown["scan"]]


def test_what_is_refused_is_known_before_anything_is_deployed(world):
    made = register(world.ada, pickle.dumps(Evil()))
    assert made["scan"] is None
    scan = world.ada.api.get(f"/models/{made['id']}").json()["scan"]
    assert (scan["verdict"], scan["refusal"]["code"]) == ("refused", "model_unsafe")
    assert scan["refusal"]["fix"]


def test_a_model_is_renamed_and_removed_with_its_file(world):
    made = register(world.ada, b"nothing")
    renamed = world.ada.api.patch(f"/models/{made['id']}", json={"model_name": "Newer"})
    assert (renamed.status_code, renamed.json()["model_name"]) == (200, "Newer")
    removed = world.ada.api.delete(f"/models/{made['id']}")
    assert (removed.status_code, removed.json()["file_removed"]) == (200, True)
    assert world.ada.api.get(f"/models/{made['id']}").status_code == 404
    again = world.ada.api.post(
        "/models", json={"model_name": "again", "file_path": made["file_path"]}
    )
    assert problem(again)["code"] == "model_file_missing"


def test_a_model_in_use_cannot_be_removed_and_afterwards_it_can(world):
    made = register(world.ada, world.ada.model_file())
    deployment = world.ada.active(made["id"])
    reply = world.ada.api.delete(f"/models/{made['id']}")
    assert reply.status_code == 409
    error = reply.json()["error"]
    assert error["code"] == "model_in_use"
    assert [each["id"] for each in error["deployments"]] == [deployment["id"]]
    world.ada.delete(deployment["id"])
    assert world.ada.api.delete(f"/models/{made['id']}").status_code == 200


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_another_users_model_does_not_exist(world, method):
    body = {"json": {"model_name": "mine"}} if method == "PATCH" else {}
    reply = world.grace.api.request(method, f"/models/{world.ada.model()}", **body)
    assert (reply.status_code, problem(reply)["code"]) == (404, "model_not_found")


def test_the_sizes_on_offer_have_price_and_quota(world):
    found = world.ada.api.get("/instance-types").json()
    assert found["location"]
    sizes = {size["name"]: size for size in found["instance_types"]}
    smallest = sizes["Standard_DS1_v2"]
    assert (smallest["cores"], smallest["memory_gb"], smallest["is_default"]) == (1, 3.5, True)
    assert smallest["usd_per_hour"] > 0
    assert smallest["quota"]["left"] <= smallest["quota"]["limit"]
    assert 0 <= smallest["most_instances"] <= 10


def test_a_user_sees_the_limits_and_what_is_used_of_them(world):
    limits = world.ada.api.get("/limits").json()
    assert limits["max_active"] == 500
    assert 1 <= limits["requests"] <= limits["max_requests_per_minute"]
    assert limits["max_model_mb"] == 500
