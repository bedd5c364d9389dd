"""Bad input and impossible wishes: a clear error, status failed where there is a row, no traces."""

import uuid
from typing import Any

import pytest
from sklearn.cluster import DBSCAN

from tests.support.world import dumped, until


def problem(reply) -> dict[str, Any]:
    error = reply.json()["error"]
    assert set(error) == {"code", "message", "fix", "request_id", "retry_after"}
    assert reply.headers["x-request-id"] == error["request_id"]
    assert error["message"]
    assert error["fix"]
    return error


def whole_model(world) -> bytes:
    from devstack.seed import iris_classifier

    return dumped(iris_classifier())


FILES = {
    "missing": (lambda _: None, "model_file_missing", "There is no file"),
    "empty": (lambda _: b"", "model_file_empty", "empty"),
    "truncated": (lambda world: whole_model(world)[:5000], "model_unreadable", "cut short"),
    "not a model": (
        lambda _: dumped({"a": 1}),
        "model_without_predict",
        "no scikit-learn estimator",
    ),
    "not a pickle": (lambda _: b"hello, I am a text file", "model_unreadable", "not a model"),
    "without predict": (
        lambda _: dumped(DBSCAN().fit([[0.0], [1.0]])),
        "model_without_predict",
        "no predict()",
    ),
    "a program": (
        lambda _: b"cos\nsystem\n(S'touch /tmp/slipway-was-here'\ntR.",
        "model_unsafe",
        "os.system",
    ),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_bad_model_file_fails_with_its_reason_and_leaves_nothing_behind(world, kind):
    make, code, words = FILES[kind]
    before = world.resources()
    model_id = world.ada.upload(make(world), kind.replace(" ", "-"))
    found = world.ada.settled(world.ada.deploy(model_id)["deployment_id"])
    assert found["status"] == "failed"
    failed = next(phase for phase in found["phases"] if phase["status"] == "failed")
    assert failed["phase"] == "prepare_model"
    assert found["error_message"] == failed["message"]
    assert found["error_message"].startswith(f"{code}: ")
    assert words in found["error_message"]
    assert world.resources() == before


@pytest.mark.parametrize("whose", ["nobody's", "another user's"])
def test_a_model_that_is_not_the_callers_is_not_found(world, whose):
    model_id = world.grace.model() if whose == "another user's" else str(uuid.uuid4())
    reply = world.ada.api.post("/deployments/deploy", json={"model_id": model_id})
    assert reply.status_code == 404
    assert problem(reply)["code"] == "model_not_found"


def test_an_endpoint_name_of_another_user_is_refused_at_once(world):
    live = world.ada.active(endpoint_name="adas-own")
    reply = world.grace.api.post(
        "/deployments/deploy", json={"model_id": world.grace.model(), "endpoint_name": "adas-own"}
    )
    assert reply.status_code == 409
    assert problem(reply)["code"] == "endpoint_name_taken"
    world.ada.delete(live["id"])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"instance_type": "Standard_X"}, "instance_type"),
        ({"instance_count": 0}, "instance_count"),
        ({"instance_count": 11}, "instance_count"),
        ({"endpoint_name": "a--b"}, "endpoint_name"),
        ({"deployment_name": "ünïcode"}, "deployment_name"),
        ({"model_id": "1"}, "model_id"),
        ({"surprise": 1}, "surprise"),
        ({"instance_count": True}, "instance_count"),
        ({"instance_count": "1"}, "instance_count"),
        ({"description": "a\0b"}, "description"),
        ({"description": "x" * 1001}, "description"),
    ],
)
def test_a_field_that_is_not_valid_is_named(world, wrong, field):
    reply = world.ada.api.post("/deployments/deploy", json={"model_id": world.ada.model(), **wrong})
    assert reply.status_code == 422
    assert problem(reply)["message"].startswith(f"{field}: ")


@pytest.mark.parametrize("query", ["page=1", "search=%00", "limit=0", "status=gone"])
def test_a_query_parameter_that_is_not_known_or_not_valid_is_named(world, query):
    reply = world.ada.api.get(f"/deployments/list?{query}")
    assert reply.status_code == 422
    assert problem(reply)["message"].startswith(f"{query.partition('=')[0]}: ")
    assert world.ada.api.get(f"/deployments/list?user_id={world.ada.id}").status_code == 200


def test_there_is_no_log_before_the_container_and_none_after_a_failure(world):
    world.control.put("/latency", json={"endpoint": 600}).raise_for_status()
    waiting = world.ada.deploy()["deployment_id"]
    reply = world.ada.api.get(f"/deployments/{waiting}/logs")
    assert (reply.status_code, problem(reply)["code"]) == (409, "no_log")
    world.ada.api.delete(f"/deployments/{waiting}").raise_for_status()
    world.control.put("/latency", json={"endpoint": 0}).raise_for_status()
    failed = world.ada.deploy(world.ada.upload(b"", "empty"))["deployment_id"]
    world.ada.settled(failed)
    reply = world.ada.api.get(f"/deployments/{failed}/logs")
    assert (reply.status_code, problem(reply)["code"]) == (409, "no_log")
    until(lambda: world.has_ended(waiting), "the first has stopped")


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        ('{"surprise": 1}'.encode("utf-16"), "application/json", 400),
        (b"{}", "text/plain", 415),
        (b'{"model_id": "' + b"x" * 70_000 + b'"}', "application/json", 413),
    ],
)
def test_a_body_that_is_no_small_json_object_is_refused(world, content, content_type, status):
    reply = world.ada.api.post(
        "/deployments/deploy", content=content, headers={"Content-Type": content_type}
    )
    assert reply.status_code == status
    problem(reply)


def test_too_little_quota_is_explained_with_numbers_and_a_size_that_fits(world):
    before = world.resources()
    world.control.put("/quota", json={"Standard_F4s_v2": {"limit": 6}}).raise_for_status()
    accepted = world.ada.deploy(instance_type="Standard_F4s_v2")
    found = world.ada.settled(accepted["deployment_id"])
    assert found["status"] == "failed"
    assert "Standard_F4s_v2 x1 needs 8 cores of quota" in found["error_message"]
    assert "6 are left" in found["error_message"]
    assert "would fit" in found["error_message"]
    assert {phase["phase"] for phase in found["phases"]}.isdisjoint({"create_endpoint"})
    assert world.resources() == before


def test_deleting_while_it_deploys_cancels_it_and_leaves_nothing(world):
    before = world.serving()
    world.control.put("/latency", json={"deployment": 30}).raise_for_status()
    accepted = world.ada.deploy(endpoint_name="short-lived", deployment_name="slow-to-come")
    until(lambda: "slow-to-come" in world.serving()[1], "the deployment is being created")
    assert world.ada.api.delete(f"/deployments/{accepted['deployment_id']}").status_code == 200
    assert world.ada.api.get(f"/deployments/{accepted['deployment_id']}").status_code == 404
    world.control.put("/latency", json={"deployment": 0}).raise_for_status()
    until(lambda: world.serving() == before, "nothing is left, long before it is created", 20)
