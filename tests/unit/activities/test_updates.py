"""The phases that change a living deployment, against fakes of their ports."""

import pytest

from activities.support.phase import PhaseMustWait
from shared.domain.endpoint import Provisioning
from shared.domain.release import Autoscale
from shared.domain.status import Status
from shared.domain.update import CloudChange
from shared.errors.serving import ContainerCrashed, NotAuthorized
from shared.errors.waiting import OutOfCapacity
from shared.wire.phases import (
    ChangeVariables,
    CreateDeployment,
    CreateEndpoint,
    KeepUpdate,
    RemoveDeployment,
    RestoreDeployment,
    ScaleDeployment,
    SetAutoscale,
    VerifyUpdate,
    VerifyWorkspace,
)
from tests.support.other_cloud import OtherCloud
from tests.support.phases import MODEL, RECIPE, PhaseWorld
from tests.support.records import row
from tests.support.serving_target import ServingTargetFake

LIMITS = Autoscale(min=1, max=3)
PLACE = ("iris", "blue")


class World(PhaseWorld):
    def __init__(self, found=None, **world):
        super().__init__(found or row(environment_variables={"OLD": "1"}), **world)
        self.until_done(CreateEndpoint)
        self.until_done(CreateDeployment, model=MODEL, recipe=RECIPE)
        self.records.move(self.row.id, Status.ACTIVE)
        self.target.begun.clear()

    @property
    def cloud(self):
        return self.target.provisioning

    def there(self):
        """As it is once no operation runs."""
        while (found := self.cloud.deployment(*PLACE)).provisioning.runs:
            pass
        return found


@pytest.fixture
def world():
    return World()


def test_scaling_is_begun_once_and_then_observed():
    world = World(settle_after=3)
    assert world.until_done(ScaleDeployment, instance_count=3).done["waiting"] is False
    assert world.target.begun == ["3 instances of blue"]
    assert world.there().instance_count == 3
    world.until_done(ScaleDeployment, instance_count=3)
    assert len(world.target.begun) == 1


def test_variables_are_replaced_all_at_once(world):
    wanted = {"NEW": "${{azureml://connections/store/credentials/key}}"}
    outcome = world.until_done(ChangeVariables, environment_variables=wanted)
    assert outcome.done["message"] == "The containers have 1 variables of yours."
    assert world.there().environment_variables == wanted
    assert world.there().instance_count == 1


def test_what_the_cloud_refuses_is_told(world):
    world.target.fail_next_deployment(ContainerCrashed("It crashed."))
    outcome = world.until_done(ChangeVariables, environment_variables={"NEW": "1"})
    assert outcome.refusal.code == "container_crashed"
    assert world.target.begun == ["variables of blue"]


def test_what_may_pass_is_put_again_before_the_wait(world):
    world.target.fail_next_deployment(OutOfCapacity("No machines."))
    with pytest.raises(PhaseMustWait, match="out_of_capacity"):
        world.until_done(ScaleDeployment, instance_count=2)
    assert world.target.begun == ["2 instances of blue"] * 2
    assert world.there().provisioning is Provisioning.SUCCEEDED


@pytest.mark.parametrize("status", [Status.DELETED, Status.ASLEEP])
def test_a_deployment_that_was_let_go_is_not_changed(world, status):
    world.records.move(world.row.id, status)
    for phase, asked in (
        (ScaleDeployment, {"instance_count": 2}),
        (ChangeVariables, {"environment_variables": {}}),
        (SetAutoscale, {"autoscale": LIMITS}),
        (VerifyUpdate, {"change": CloudChange(instance_count=2)}),
        (KeepUpdate, {"change": CloudChange(instance_count=2)}),
    ):
        assert world.perform(phase, **asked).refusal.code == "cancelled"
    assert world.target.begun == []


def test_autoscale_is_set_and_removed(world):
    outcome = world.until_done(SetAutoscale, autoscale=LIMITS)
    assert "1 to 3 instances: one more above 70 %" in outcome.done["message"]
    assert "one less below 35 %" in outcome.done["message"]
    assert world.target.autoscales[PLACE][0] == LIMITS
    world.until_done(SetAutoscale, autoscale=None)
    assert world.target.autoscales == {}


def test_the_quota_is_checked_for_the_most_instances_with_what_it_costs():
    world = World(cores=10)
    change = CloudChange(autoscale=Autoscale(min=1, max=8))
    outcome = world.until_done(VerifyUpdate, change=change)
    assert "Standard_DS1_v2 x1 to x8" in outcome.done["message"]
    assert "an hour, at most $" in outcome.done["message"]
    assert outcome.done["instance_count"] == 1
    change = CloudChange(autoscale=Autoscale(min=1, max=9))
    outcome = world.until_done(VerifyUpdate, change=change)
    assert outcome.refusal.code == "quota_too_small"
    assert "needs 11 cores" in outcome.refusal.message
    assert "10 are left" in outcome.refusal.message


def test_another_change_is_waited_for_and_what_the_row_says_of_scaling_holds():
    world = World(row(autoscale=LIMITS.model_dump()), settle_after=2)
    world.until_done(ScaleDeployment, instance_count=3)
    world.cloud.put_variables(*PLACE, {"NEW": "1"})
    told = world.until_done(VerifyUpdate, change=CloudChange(instance_count=2)).done
    assert world.said[-2:] == ["Waiting for the deployment's other change.", told["message"]]
    assert told["message"].startswith("There is room for Standard_DS1_v2 x2 to x3.")
    assert told["instance_count"] == 3


def test_variables_need_no_quota():
    world = World(cores=2)
    change = CloudChange(environment_variables={"NEW": "1"})
    assert world.until_done(VerifyUpdate, change=change).failed is None


def test_a_new_deployment_needs_the_quota_of_its_maximum():
    found = row(autoscale={"min": 1, "max": 3})
    assert PhaseWorld(found, cores=3).perform(VerifyWorkspace).refusal.code == "quota_too_small"
    outcome = PhaseWorld(found, cores=4).perform(VerifyWorkspace)
    assert "x1 to x3" in outcome.done["message"]


def test_a_cloud_without_autoscale_refuses_it_before_anything_costs_money():
    found = row(autoscale={"min": 1, "max": 3})
    outcome = PhaseWorld(found, cloud=OtherCloud).perform(VerifyWorkspace)
    assert outcome.refusal.code == "invalid_request"
    assert "autoscale" in outcome.refusal.message


def test_the_row_takes_what_was_asked_and_keeps_the_rest(world):
    world.until_done(KeepUpdate, change=CloudChange(autoscale=LIMITS))
    kept = world.records.deployment(world.row.id)
    assert (kept.autoscale, kept.instance_count) == (LIMITS, 1)
    assert kept.environment_variables == {"OLD": "1"}
    world.until_done(KeepUpdate, change=CloudChange(autoscale=None))
    assert world.records.deployment(world.row.id).autoscale is None


def test_after_a_failure_it_is_as_it_was(world):
    asked = CloudChange(environment_variables={"NEW": "1"}, autoscale=LIMITS, instance_count=3)
    world.until_done(ChangeVariables, environment_variables={"NEW": "1"})
    world.until_done(SetAutoscale, autoscale=LIMITS)
    world.target.fail_next_deployment(ContainerCrashed("It crashed."))
    assert world.until_done(ScaleDeployment, instance_count=3).failed
    outcome = world.until_done(RestoreDeployment, change=asked, instance_count=2)
    assert outcome.done["message"] == "The deployment is as it was."
    found = world.there()
    assert found.provisioning is Provisioning.SUCCEEDED
    assert (found.instance_count, found.environment_variables) == (2, {"OLD": "1"})
    assert world.target.autoscales == {}


def test_autoscale_is_put_back_once_as_it_was_and_only_where_it_has_changed():
    world = scaled(settle_after=3)
    more = Autoscale(min=2, max=4)
    world.until_done(SetAutoscale, autoscale=more)
    world.until_done(ChangeVariables, environment_variables={"NEW": "1"})
    world.target.begun.clear()
    change = CloudChange(autoscale=more, environment_variables={"NEW": "1"})
    world.until_done(RestoreDeployment, change=change, instance_count=1)
    assert world.target.begun == ["autoscale blue", "variables of blue"]
    assert world.target.autoscales[PLACE][0] == LIMITS
    world.until_done(RestoreDeployment, change=CloudChange(instance_count=2), instance_count=2)
    assert world.target.begun[2:] == ["2 instances of blue"]


def test_one_that_has_failed_before_with_what_is_wanted_is_told_and_not_put_again(world):
    world.target.fail_next_deployment(ContainerCrashed("It crashed."))
    world.cloud.put_variables(*PLACE, {"NEW": "1"})
    assert world.there().provisioning is Provisioning.FAILED
    asked = {"environment_variables": {"NEW": "1"}}
    assert world.perform(ChangeVariables, **asked).refusal.code == "container_crashed"
    assert world.target.begun == ["variables of blue"]


def test_one_that_has_failed_is_mended_though_its_count_is_as_before(world):
    world.until_done(ScaleDeployment, instance_count=2)
    world.target.fail_next_deployment(ContainerCrashed("It crashed."))
    world.cloud.put_instances(*PLACE, 1)
    assert world.there().provisioning is Provisioning.FAILED
    change = CloudChange(instance_count=2)
    assert world.until_done(RestoreDeployment, change=change, instance_count=1).failed is None
    assert world.there().provisioning is Provisioning.SUCCEEDED


def test_what_cannot_be_put_back_is_told_and_not_tried_for_ever(world):
    world.until_done(ScaleDeployment, instance_count=2)
    world.target.fail_next_deployment(ContainerCrashed("It crashed."))
    change = CloudChange(instance_count=2)
    outcome = world.until_done(RestoreDeployment, change=change, instance_count=1)
    assert outcome.refusal.code == "container_crashed"


def test_of_one_that_was_deleted_meanwhile_no_setting_stays(world):
    world.until_done(SetAutoscale, autoscale=LIMITS)
    world.records.move(world.row.id, Status.DELETED)
    outcome = world.perform(
        RestoreDeployment, change=CloudChange(autoscale=LIMITS), instance_count=1
    )
    assert "gone" in outcome.done["message"]
    assert world.target.autoscales == {}


def test_a_deployment_that_is_put_again_keeps_the_count_that_autoscale_has_chosen(world):
    world.until_done(ScaleDeployment, instance_count=3)
    world.records.rows[world.row.id] = world.row
    world.target._endpoints["iris"].deployments["blue"].operation.state = Provisioning.FAILED
    world.target._endpoints["iris"].deployments["blue"].failure = OutOfCapacity("No machines.")
    with pytest.raises(PhaseMustWait):
        world.perform(CreateDeployment, model=MODEL, recipe=RECIPE)
    assert world.there().instance_count == 3


def scaled(**world):
    scaled = World(row(autoscale={"min": 1, "max": 3}), **world)
    scaled.until_done(SetAutoscale, autoscale=LIMITS)
    return scaled


@pytest.mark.parametrize("status", [Status.DELETED, Status.ASLEEP, Status.FAILED])
def test_a_deployment_takes_its_setting_along(status):
    world = scaled()
    world.records.move(world.row.id, status)
    world.perform(RemoveDeployment)
    assert world.target.autoscales == {}
    world.until_done(RemoveDeployment)
    assert world.cloud.deployment(*PLACE) is None


def test_the_setting_of_another_under_the_same_name_stays():
    world = scaled()
    other = row(2, status="deleted", autoscale={"min": 1, "max": 3})
    world.records.rows[other.id] = other
    world.perform(RemoveDeployment, of=other)
    assert PLACE in world.target.autoscales


class NoMonitor(ServingTargetFake):
    def delete_autoscale(self, endpoint_name, name):
        raise NotAuthorized("Slipway's identity may not remove the autoscale of blue.", fix="Role.")


def test_a_right_that_is_missing_keeps_no_deployment_from_going():
    world = scaled(cloud=NoMonitor)
    world.records.move(world.row.id, Status.DELETED)
    assert world.until_done(RemoveDeployment).failed is None
    assert world.cloud.deployment(*PLACE) is None
    notes = [event.message for event in world.records.timeline if event.status == "note"]
    assert any("autoscale setting stays" in note for note in notes)


def test_only_the_deployment_that_this_row_made_is_changed(world):
    foreign = row(2, status="active", environment_variables={"OLD": "1"})
    refused = world.perform(ScaleDeployment, of=foreign, instance_count=2).refusal
    assert refused.code == "cancelled"
    world.records.rows[foreign.id] = foreign
    refused = world.perform(ScaleDeployment, of=foreign, instance_count=2).refusal
    assert refused.code == "deployment_missing"
    assert all(name in refused.message for name in PLACE)
    assert world.target.begun == []


def test_autoscale_is_marked_as_ours_and_told_in_words(world):
    told = world.perform(SetAutoscale, autoscale=LIMITS).done["message"]
    assert told == (
        "1 to 3 instances: one more above 70 % of CPU for five minutes, one less below 35 %."
    )
    [(_, marks)] = world.target.autoscales.values()
    assert (marks.deployment, marks.owner) == (world.row.id, world.row.user_id)
    gone = world.perform(SetAutoscale, autoscale=None).done["message"]
    assert gone == "The number of instances stays as it is asked for."


@pytest.mark.parametrize("autoscale", [None, LIMITS.model_dump()])
def test_a_setting_that_may_not_be_removed_is_told_and_keeps_nothing_from_going(autoscale):
    world = World(row(autoscale=autoscale))

    def refuse(*_):
        raise NotAuthorized("No right.", detail="ids")

    world.target.provisioning.delete_autoscale = refuse
    assert world.until_done(RemoveDeployment).failed is None
    notes = [
        (event.operation_id, event.phase, event.message, event.detail)
        for event in world.records.timeline
        if event.message.startswith("Its autoscale setting")
    ]
    told = "Its autoscale setting stays for now: No right."
    assert notes == ([(world.row.id, "remove_deployment", told, "ids")] if autoscale else [])


def test_the_setting_of_a_row_that_is_gone_goes_too(world):
    world.perform(SetAutoscale, autoscale=LIMITS)
    world.records.rows.clear()
    world.until_done(RemoveDeployment)
    assert world.target.autoscales == {}


def test_one_that_has_failed_is_mended_though_its_variables_are_as_before(world):
    world.target.fail_next_deployment(ContainerCrashed("It crashed."))
    world.cloud.put_variables(*PLACE, {"OLD": "1"})
    assert world.there().provisioning is Provisioning.FAILED
    change = CloudChange(environment_variables={"NEW": "1"})
    assert world.until_done(RestoreDeployment, change=change, instance_count=1).failed is None
    assert world.there().provisioning is Provisioning.SUCCEEDED
