"""Before a deployment is asked for: what it would cost and need, by what is known already."""

from tests.support.world import until


def estimate(user, **wanted):
    reply = user.api.post("/deployments/estimate", json=wanted)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_an_estimate_creates_nothing_and_learns_from_the_runs_that_there_were(world):
    model = world.ada.upload(world.ada.model_file())
    before = world.ada.api.get("/deployments/stats").json()
    first = estimate(world.ada, model_id=model, instance_count=2)
    size = next(
        size
        for size in world.ada.api.get("/instance-types").json()["instance_types"]
        if size["is_default"]
    )
    assert first["usd_per_hour"] == round(2 * size["usd_per_hour"], 4)
    assert first["usd_per_hour_at_max"] == first["usd_per_hour"]
    assert first["usd_per_month"] == round(first["usd_per_hour"] * 730, 2)
    assert (first["cores_needed"], first["cores_left"]) == (3, size["quota"]["left"])
    assert first["fits"] is True, "by the size of its file"
    assert world.ada.api.get("/deployments/stats").json() == before

    live = world.ada.active(model)
    known = estimate(world.ada, model_id=model, instance_type="Standard_DS4_v2")
    assert (known["fits"], known["better_fit"]) == (True, "Standard_DS1_v2")
    ran = {phase["phase"] for phase in world.ada.detail(live["id"])["phases"]}
    assert ran <= set(known["typical_seconds"])
    assert all(seconds >= 0 for seconds in known["typical_seconds"].values())
    world.ada.delete(live["id"])


def test_an_estimate_refuses_what_a_deployment_would(world):
    for wrong, status, code in (
        ({"instance_type": "Standard_X"}, 422, "instance_type_unknown"),
        ({"instance_count": 0}, 422, "invalid_request"),
        ({"model_id": world.grace.model()}, 404, "model_not_found"),
    ):
        body = {"model_id": world.ada.model(), **wrong}
        reply = world.ada.api.post("/deployments/estimate", json=body)
        assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)


def test_the_timer_offers_what_the_region_has(world):
    world.run_timer("refresh_sizes")
    body = {"model_id": world.ada.model(), "instance_type": "Standard_E2s_v3"}
    until(
        lambda: world.ada.api.post("/deployments/estimate", json=body).status_code == 200,
        "a size that no release knows is on offer",
    )
