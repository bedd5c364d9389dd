"""What every ServingTarget promises."""

import pytest

from shared.domain.endpoint import Provisioning
from shared.domain.naming import DEPLOYMENT_TAG, OWNER_TAG
from shared.errors import TransientError, UserFacingError
from shared.errors.requests import Conflict
from shared.errors.serving import ServingRefused

pytestmark = pytest.mark.contract

ROWS = b'{"data": [{"x": 1.0}, {"x": 2.0}]}'


def test_the_workspace_has_a_name_and_a_region(world):
    workspace = world.target.workspace()
    assert workspace.name
    assert workspace.location


def test_the_quota_is_told_in_cores(world):
    quota = world.target.quota("Standard_DS1_v2")
    assert quota.used >= 0
    assert quota.left <= quota.limit


def test_what_does_not_exist_is_none_and_its_removal_succeeds(world):
    assert world.target.endpoint(world.endpoint) is None
    assert world.target.deployment(world.endpoint, "blue") is None
    assert world.target.deployments(world.endpoint) == []
    world.target.begin_delete_deployment(world.endpoint, "blue")
    world.target.begin_delete_endpoint(world.endpoint)


def test_what_needs_an_endpoint_says_that_it_has_vanished(world, refused):
    target = world.target
    with refused("endpoint_vanished"):
        target.begin_traffic(world.endpoint, {})
    with refused("endpoint_vanished"):
        target.begin_deployment(world.plan())
    with refused("endpoint_vanished"):
        target.keys(world.endpoint)
    with refused("endpoint_vanished"):
        target.begin_rotate_key(world.endpoint, "primary")
    with refused("endpoint_vanished"):
        target.failure_of_endpoint(world.endpoint)
    with refused("endpoint_vanished"):
        target.score(world.endpoint, ROWS)


def test_an_endpoint_keeps_its_tags_and_is_made_once(world):
    world.with_endpoint()
    world.target.begin_endpoint(world.endpoint, {**world.tags, DEPLOYMENT_TAG: "second"})
    endpoint = world.target.endpoint(world.endpoint)
    assert endpoint.provisioning is Provisioning.SUCCEEDED
    assert world.tags.items() <= endpoint.tags.items()
    assert endpoint.traffic == {}
    assert endpoint.scoring_uri.endswith("/score")
    assert endpoint.swagger_uri.endswith("/swagger.json")
    assert world.endpoint in {each.name for each in world.target.endpoints(OWNER_TAG)}
    assert world.target.endpoints("no-such-tag") == []


def test_somebody_elses_endpoint_is_refused(world, refused):
    world.with_endpoint()
    with refused("endpoint_name_taken", Conflict):
        world.target.begin_endpoint(world.endpoint, {OWNER_TAG: "eve"})


def test_a_model_version_is_registered_once(world, folder):
    name = f"slipway-{world.suffix}"
    first = world.target.register_model(name, "abc123", folder)
    assert world.target.register_model(name, "abc123", folder) == first
    assert (first.name, first.version) == (name, "abc123")


def test_a_deployment_serves_before_it_has_traffic(world, folder):
    world.with_endpoint()
    world.with_deployment(folder)
    deployment = world.target.deployment(world.endpoint, "blue")
    assert world.tags.items() <= deployment.tags.items()
    assert (deployment.instance_type, deployment.instance_count) == ("Standard_DS1_v2", 1)
    assert world.target.endpoint(world.endpoint).traffic == {}
    answer = world.target.score(world.endpoint, ROWS, deployment="blue")
    assert (answer.status, answer.body, answer.deployment) == (200, "[0, 0]", "blue")
    assert world.target.score(world.endpoint, ROWS).status == 404
    logs = world.target.logs(world.endpoint, "blue", lines=20, container="inference-server")
    assert logs.strip()
    assert len(logs.splitlines()) <= 20


def test_a_second_deployment_takes_over_the_traffic_and_the_first_goes(world, folder):
    world.with_endpoint()
    world.with_deployment(folder)
    world.with_traffic(blue=100)
    world.with_deployment(folder, "green")
    assert world.target.endpoint(world.endpoint).traffic == {"blue": 100}
    world.with_traffic(blue=0, green=100)
    endpoint = world.target.endpoint(world.endpoint)
    assert endpoint.traffic == {"green": 100}
    assert world.tags.items() <= endpoint.tags.items()
    assert world.target.score(world.endpoint, ROWS).deployment == "green"
    world.target.begin_delete_deployment(world.endpoint, "blue")
    assert world.settled(lambda: world.target.deployment(world.endpoint, "blue")) is None
    assert [each.name for each in world.target.deployments(world.endpoint)] == ["green"]
    world.with_traffic()
    assert world.target.endpoint(world.endpoint).traffic == {}
    world.target.begin_delete_endpoint(world.endpoint)
    assert world.settled(lambda: world.target.endpoint(world.endpoint)) is None


def test_a_deployment_is_made_once_and_belongs_to_its_tag(world, folder, refused):
    world.with_endpoint()
    world.with_deployment(folder)
    world.target.begin_deployment(world.plan())
    assert world.target.deployment(world.endpoint, "blue").provisioning is Provisioning.SUCCEEDED
    other = world.plan(tags={**world.tags, DEPLOYMENT_TAG: "another"})
    with refused("deployment_name_taken", Conflict):
        world.target.begin_deployment(other)


def test_traffic_to_a_missing_deployment_is_refused(world, refused):
    world.with_endpoint()
    with refused("deployment_missing"):
        world.target.begin_traffic(world.endpoint, {"ghost": 100})
    assert world.target.endpoint(world.endpoint).provisioning is Provisioning.SUCCEEDED


def test_what_needs_a_deployment_says_that_it_is_missing(world, refused):
    world.with_endpoint()
    with refused("deployment_missing"):
        world.target.logs(world.endpoint, "ghost", lines=5, container="inference-server")
    with refused("deployment_missing"):
        world.target.failure_of_deployment(world.endpoint, "ghost")
    assert world.target.score(world.endpoint, ROWS, deployment="ghost").status == 404


def test_keys_change_one_by_one_and_nobody_is_locked_out(world, folder):
    world.with_endpoint()
    world.with_deployment(folder)
    world.with_traffic(blue=100)
    assert world.target.score(world.endpoint, ROWS).status == 200
    before = world.target.keys(world.endpoint)
    world.target.begin_rotate_key(world.endpoint, "secondary")
    world.settled(lambda: world.target.endpoint(world.endpoint))
    between = world.target.keys(world.endpoint)
    assert between.primary == before.primary
    assert between.secondary != before.secondary
    world.target.begin_rotate_key(world.endpoint, "primary")
    world.settled(lambda: world.target.endpoint(world.endpoint))
    after = world.target.keys(world.endpoint)
    assert after.primary != between.primary
    assert after.secondary == between.secondary
    assert before.primary not in repr(before)
    assert world.target.score(world.endpoint, ROWS).status == 200


def test_refusals_and_waits_are_the_only_errors(world, folder):
    """Whatever is wrong is told in our own words: nothing of the SDK's reaches the pipeline."""
    with pytest.raises((UserFacingError, TransientError)) as caught:
        world.target.register_model(f"slipway-{world.suffix}", "abc123", folder / "nowhere")
    assert isinstance(caught.value, ServingRefused)
    assert caught.value.fix
