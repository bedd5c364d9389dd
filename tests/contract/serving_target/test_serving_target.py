"""What every ServingTarget promises."""

import pytest

from shared.domain.endpoint import Provisioning
from shared.domain.traffic import TrafficSplit
from shared.errors import TransientError, UserFacingError
from shared.errors.serving import ServingRefused

pytestmark = pytest.mark.contract

ROWS = b'{"data": [{"x": 1.0}, {"x": 2.0}]}'


def test_the_workspace_has_a_name_and_a_region(world):
    workspace = world.target.preflight.workspace()
    assert workspace.name
    assert workspace.location


def test_the_quota_is_told_in_cores(world):
    quota = world.target.preflight.quota("Standard_DS1_v2")
    assert quota.used >= 0
    assert quota.left <= quota.limit


def test_what_does_not_exist_is_none_and_its_removal_succeeds(world):
    assert world.target.provisioning.endpoint(world.endpoint) is None
    assert world.target.provisioning.deployment(world.endpoint, "blue") is None
    assert world.target.provisioning.deployments(world.endpoint) == []
    world.target.provisioning.delete_deployment(world.endpoint, "blue")
    world.target.provisioning.delete_endpoint(world.endpoint)


def test_what_needs_an_endpoint_says_that_it_has_vanished(world, refused):
    target = world.target
    with refused("endpoint_vanished"):
        target.provisioning.put_traffic(world.endpoint, TrafficSplit(traffic={}))
    with refused("endpoint_vanished"):
        target.provisioning.put_deployment(world.plan())
    if target.can.keys:
        with refused("endpoint_vanished"):
            target.inference.keys(world.endpoint)
        with refused("endpoint_vanished"):
            target.provisioning.replace_key(world.endpoint, "primary")
    with refused("endpoint_vanished"):
        target.provisioning.why_endpoint_failed(world.endpoint)
    with refused("endpoint_vanished"):
        target.inference.score(world.endpoint, ROWS)


def test_an_endpoint_is_known_by_its_marks(world):
    world.with_endpoint()
    endpoint = world.target.provisioning.endpoint(world.endpoint)
    assert endpoint.provisioning is Provisioning.SUCCEEDED
    assert endpoint.marks == world.marks
    assert endpoint.traffic == {}
    assert endpoint.scoring_uri.endswith("/score")
    assert world.endpoint in {each.name for each in world.target.provisioning.endpoints()}


def test_an_endpoint_that_is_put_again_keeps_what_it_has(world, folder):
    world.with_endpoint()
    world.with_deployment(folder)
    world.with_traffic(blue=100)
    other = world.marks.model_copy(update={"deployment": "second"})
    world.target.provisioning.put_endpoint(world.endpoint, other)
    endpoint = world.settled(lambda: world.target.provisioning.endpoint(world.endpoint))
    assert (endpoint.marks, endpoint.traffic) == (other, {"blue": 100})


def test_a_model_version_is_registered_once(world, folder):
    name = f"slipway-{world.suffix}"
    first = world.target.provisioning.register_model(name, "abc123", folder)
    assert world.target.provisioning.register_model(name, "abc123", folder) == first
    assert (first.name, first.version) == (name, "abc123")


def test_a_deployment_serves_before_it_has_traffic(world, folder):
    world.with_endpoint()
    world.with_deployment(folder)
    deployment = world.target.provisioning.deployment(world.endpoint, "blue")
    assert deployment.marks == world.marks
    assert (deployment.instance_type, deployment.instance_count) == ("Standard_DS1_v2", 1)
    assert world.target.provisioning.endpoint(world.endpoint).traffic == {}
    answer = world.target.inference.score(world.endpoint, ROWS, deployment="blue")
    assert (answer.status, answer.body, answer.deployment) == (200, "[0, 0]", "blue")
    assert world.target.inference.score(world.endpoint, ROWS).status == 404
    logs = world.target.inference.logs(
        world.endpoint, "blue", lines=20, container="inference-server"
    )
    assert logs.strip()
    assert len(logs.splitlines()) <= 20


def test_traffic_can_be_split_where_the_cloud_can(world, folder):
    if not world.target.can.traffic_split:
        pytest.skip(f"{world.target.kind} sends all traffic to one deployment")
    world.with_endpoint()
    for name in ("blue", "green"):
        world.with_deployment(folder, name)
    world.with_traffic(blue=90, green=10)
    assert world.target.provisioning.endpoint(world.endpoint).traffic == {"blue": 90, "green": 10}


def test_a_second_deployment_takes_over_the_traffic_and_the_first_goes(world, folder):
    world.with_endpoint()
    world.with_deployment(folder)
    world.with_traffic(blue=100)
    world.with_deployment(folder, "green")
    assert world.target.provisioning.endpoint(world.endpoint).traffic == {"blue": 100}
    world.with_traffic(blue=0, green=100)
    endpoint = world.target.provisioning.endpoint(world.endpoint)
    assert endpoint.traffic == {"green": 100}
    assert endpoint.marks == world.marks
    assert world.target.inference.score(world.endpoint, ROWS).deployment == "green"
    world.target.provisioning.delete_deployment(world.endpoint, "blue")
    assert (
        world.settled(lambda: world.target.provisioning.deployment(world.endpoint, "blue")) is None
    )
    assert [each.name for each in world.target.provisioning.deployments(world.endpoint)] == [
        "green"
    ]
    world.with_traffic()
    assert world.target.provisioning.endpoint(world.endpoint).traffic == {}
    world.target.provisioning.delete_endpoint(world.endpoint)
    assert world.settled(lambda: world.target.provisioning.endpoint(world.endpoint)) is None


def test_a_deployment_that_is_put_again_serves_on(world, folder):
    world.with_endpoint()
    world.with_deployment(folder)
    world.target.provisioning.put_deployment(world.plan())
    found = world.settled(lambda: world.target.provisioning.deployment(world.endpoint, "blue"))
    assert (found.provisioning, found.marks) == (Provisioning.SUCCEEDED, world.marks)


def test_traffic_to_a_missing_deployment_is_refused(world, refused):
    world.with_endpoint()
    with refused("deployment_missing"):
        world.target.provisioning.put_traffic(world.endpoint, TrafficSplit(traffic={"ghost": 100}))
    assert world.target.provisioning.endpoint(world.endpoint).provisioning is Provisioning.SUCCEEDED


def test_what_needs_a_deployment_says_that_it_is_missing(world, refused):
    world.with_endpoint()
    with refused("deployment_missing"):
        world.target.inference.logs(world.endpoint, "ghost", lines=5, container="inference-server")
    with refused("deployment_missing"):
        world.target.provisioning.why_deployment_failed(world.endpoint, "ghost")
    assert world.target.inference.score(world.endpoint, ROWS, deployment="ghost").status == 404


def test_keys_change_one_by_one_and_nobody_is_locked_out(world, folder):
    if not world.target.can.keys:
        pytest.skip(f"the endpoints of {world.target.kind} have no keys")
    world.with_endpoint()
    world.with_deployment(folder)
    world.with_traffic(blue=100)
    assert world.target.inference.score(world.endpoint, ROWS).status == 200
    before = world.target.inference.keys(world.endpoint)
    world.target.provisioning.replace_key(world.endpoint, "secondary")
    world.settled(lambda: world.target.provisioning.endpoint(world.endpoint))
    between = world.target.inference.keys(world.endpoint)
    assert between.primary == before.primary
    assert between.secondary != before.secondary
    world.target.provisioning.replace_key(world.endpoint, "primary")
    world.settled(lambda: world.target.provisioning.endpoint(world.endpoint))
    after = world.target.inference.keys(world.endpoint)
    assert after.primary != between.primary
    assert after.secondary == between.secondary
    assert before.primary not in repr(before)
    assert world.target.inference.score(world.endpoint, ROWS).status == 200


def test_refusals_and_waits_are_the_only_errors(world, folder):
    """Whatever is wrong is told in our own words: nothing of the SDK's reaches the pipeline."""
    with pytest.raises((UserFacingError, TransientError)) as caught:
        world.target.provisioning.register_model(
            f"slipway-{world.suffix}", "abc123", folder / "nowhere"
        )
    assert isinstance(caught.value, ServingRefused)
    assert caught.value.fix


def test_its_own_names_are_legal_and_others_are_not(world):
    assert world.target.names.take(world.endpoint)
    assert not world.target.names.take("no name of any cloud!")
    assert world.target.names.rule
