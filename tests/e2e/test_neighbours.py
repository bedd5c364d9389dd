"""Deployments that meet under one name: side by side, one after the other, of two owners."""

from tests.support.world import until


def test_of_two_runs_that_fail_on_one_new_endpoint_nothing_is_left_behind(world):
    before = world.resources()
    model_id = world.ada.upload(b"not a model", "bad")
    accepted = [world.ada.deploy(model_id, endpoint_name="both-bad") for _ in range(2)]
    for each in accepted:
        assert world.ada.settled(each["deployment_id"])["status"] == "failed"
    until(lambda: world.resources() == before, "everything is as before")


def test_a_name_can_be_used_again_while_its_last_deployment_is_still_being_removed(world):
    wanted = {"endpoint_name": "again", "deployment_name": "blue"}
    first = world.ada.active(**wanted)
    removal = world.ada.api.delete(f"/deployments/{first['id']}")
    assert removal.status_code == 200
    second = world.ada.active(**wanted)
    assert world.ada.score(second["id"]).json() == [0]
    assert world.ada.followed(removal)["status"] == "succeeded"
    assert world.ada.score(second["id"]).json() == [0]
    world.ada.delete(second["id"])


def test_a_name_that_one_user_gives_up_goes_to_the_next_who_asks(world):
    hers = world.ada.active(endpoint_name="handed-on")
    assert world.ada.api.delete(f"/deployments/{hers['id']}").status_code == 200
    his = world.grace.active(endpoint_name="handed-on")
    assert world.grace.score(his["id"]).json() == [0]
    world.grace.delete(his["id"])


def test_names_generated_within_one_second_do_not_collide(world):
    replies = [
        world.ada.api.post(
            "/deployments/deploy", json={"model_id": world.ada.model(), "endpoint_name": "busy"}
        )
        for _ in range(4)
    ]
    assert [reply.status_code for reply in replies] == [202] * 4
    ids = [reply.json()["deployment_id"] for reply in replies]
    for each in ids:
        world.ada.api.delete(f"/deployments/{each}").raise_for_status()
    until(lambda: all(world.has_ended(each) for each in ids), "all have stopped")
    until(lambda: "busy" not in world.serving()[0], "nothing is left")
