"""Idempotency and limits as callers meet them: the first answer again, 409, 429."""

import threading
import uuid

import pytest

from tests.support.world import running_world


@pytest.fixture(scope="module")
def narrow(tmp_path_factory):
    """A world with small limits; Azure ML is so slow that what deploys goes on deploying."""
    folder = tmp_path_factory.mktemp("narrow")
    with running_world(
        folder, MAX_DEPLOYING="2", MAX_ACTIVE="3", MAX_REQUESTS_PER_MINUTE="40"
    ) as world:
        world.control.put("/latency", json={"endpoint": 600}).raise_for_status()
        yield world


def deploy(user, key=None, **wanted):
    headers = {"Idempotency-Key": key} if key else {}
    body = {"model_id": user.model(), **wanted}
    return user.api.post("/deployments/deploy", json=body, headers=headers)


def test_the_same_key_and_body_give_the_first_answer_again_even_at_once(narrow):
    key, replies = str(uuid.uuid4()), []
    callers = [
        threading.Thread(target=lambda: replies.append(deploy(narrow.ada, key))) for _ in range(5)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert {reply.status_code for reply in replies} == {202}
    assert len({reply.json()["deployment_id"] for reply in replies}) == 1
    assert narrow.ada.api.get("/deployments/list").json()["total"] == 1


def test_the_same_key_with_another_body_is_a_conflict(narrow):
    key = str(uuid.uuid4())
    first = deploy(narrow.grace, key)
    assert first.status_code == 202
    second = deploy(narrow.grace, key, instance_count=2)
    assert second.status_code == 409
    assert second.json()["error"]["code"] == "idempotency_key_reused"


def test_too_many_deployments_in_flight_are_refused_with_the_numbers(narrow):
    while (reply := deploy(narrow.ada)).status_code == 202:
        pass
    assert reply.status_code == 429
    error = reply.json()["error"]
    assert error["code"] == "too_many_deploying"
    assert "2" in error["message"]
    assert int(reply.headers["retry-after"]) > 0


def test_too_many_requests_a_minute_are_refused_until_the_time_that_is_said(narrow):
    for _ in range(60):
        reply = narrow.grace.api.get("/deployments/stats")
        if reply.status_code != 200:
            break
    assert reply.status_code == 429
    assert reply.json()["error"]["code"] == "too_many_requests"
    # The rest of this minute, and until the first of its requests has faded from the next.
    assert 0 < int(reply.headers["retry-after"]) <= 62
