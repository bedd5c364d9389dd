"""Templates over HTTP: saved once, deployed with by id, and told when they are legal no more."""

import uuid

import pytest
from psycopg.types.json import Jsonb


@pytest.fixture
def small(world):
    """A template of ada's: its settings, and its id."""
    body = {
        "name": f"small {uuid.uuid4().hex}",
        "settings": {"instance_count": 2, "description": "from a template"},
    }
    reply = world.ada.api.post("/templates", json=body)
    assert reply.status_code == 201, reply.text
    made = reply.json()
    assert (made["name"], made["settings"]) == (body["name"], body["settings"])
    assert reply.headers["location"] == f"/templates/{made['id']}"
    yield made
    world.ada.api.delete(f"/templates/{made['id']}")


def test_a_deployment_is_made_with_a_templates_settings_and_its_own_fields_win(world, small):
    live = world.ada.active(template_id=small["id"], description="its own")
    assert (live["instance_count"], live["description"]) == (2, "its own")
    world.ada.delete(live["id"])


def test_a_key_is_of_what_results_from_the_template(world, small):
    ada, headers = world.ada, {"Idempotency-Key": uuid.uuid4().hex}
    body = {"model_id": ada.model(), "template_id": small["id"]}
    first = ada.api.post("/deployments/deploy", json=body, headers=headers)
    assert first.status_code == 202, first.text
    plain = {"model_id": ada.model(), **small["settings"]}
    same = ada.api.post("/deployments/deploy", json=plain, headers=headers)
    assert same.json()["deployment_id"] == first.json()["deployment_id"]
    changed = {"name": small["name"], "settings": {"instance_count": 1}}
    assert ada.api.put(f"/templates/{small['id']}", json=changed).status_code == 200
    other = ada.api.post("/deployments/deploy", json=body, headers=headers)
    assert other.json()["error"]["code"] == "idempotency_key_reused"
    ada.settled(first.json()["deployment_id"])
    ada.delete(first.json()["deployment_id"])


@pytest.mark.parametrize("settings", [{"instance_count": 99}, {"instance_type": "Standard_A1"}])
def test_a_template_that_has_become_illegal_says_which_field_and_is_still_shown(
    world, small, settings
):
    with world.database() as database:
        database.execute(
            "update public.templates set settings = %s where id = %s",
            (Jsonb(settings), small["id"]),
        )
    body = {"model_id": world.ada.model(), "template_id": small["id"]}
    field = next(iter(settings))
    for route in ("/deployments/deploy", "/deployments/estimate"):
        reply = world.ada.api.post(route, json=body)
        assert reply.status_code == 422, route
        error = reply.json()["error"]
        assert error["code"] == "template_illegal"
        assert f"{small['name']} is not accepted any more: {field}: " in error["message"]
    batch = {"deployments": [{"model_id": world.ada.model()}, body]}
    told = world.ada.api.post("/deployments/batch", json=batch).json()["error"]["errors"]
    assert [(each["index"], each["code"]) for each in told] == [(1, "template_illegal")]
    shown = world.ada.api.get(f"/templates/{small['id']}")
    assert shown.json()["settings"] == settings


def test_another_users_template_is_as_one_that_does_not_exist(world, small):
    body = {"name": "mine", "settings": {}}
    for template in (small["id"], str(uuid.uuid4())):
        for method, sent in (("GET", None), ("PUT", body), ("DELETE", None)):
            reply = world.grace.api.request(method, f"/templates/{template}", json=sent)
            assert reply.status_code == 404, (method, reply.text)
            assert reply.json()["error"]["code"] == "template_not_found"
        asked = {"model_id": world.grace.model(), "template_id": template}
        assert world.grace.api.post("/deployments/deploy", json=asked).status_code == 404
    assert small["id"] not in world.grace.api.get("/templates").text
    listed = world.ada.api.get("/templates")
    assert small["id"] in [each["id"] for each in listed.json()["templates"]]
    again = world.ada.api.get("/templates", headers={"If-None-Match": listed.headers["etag"]})
    assert again.status_code == 304
