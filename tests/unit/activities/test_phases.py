"""Phases against fakes of their ports: idempotent, theirs alone, explained."""

import json
from typing import Any

import pytest
import structlog

from activities.support.ownership import marks_of
from activities.support.phase import ACTIVITIES, PhaseMustWait
from activities.verify_deployment import verify_deployment
from orchestrators.support.call_phase import phase_name
from shared.domain.endpoint import Marks, Prediction, Provisioning
from shared.domain.naming import is_generated
from shared.domain.operation import OperationKind
from shared.domain.status import Status
from shared.domain.traffic import TrafficSplit
from shared.errors.serving import ContainerCrashed
from shared.errors.waiting import EndpointBusy, OutOfCapacity, SupabaseUnreachable, Throttled
from shared.wire.batch import EndBatch, SkipWaiting, TakeTurn
from shared.wire.outcome import Failed
from shared.wire.phases import (
    ChangeVariables,
    CreateDeployment,
    CreateEndpoint,
    EndOperation,
    Finalize,
    KeepUpdate,
    MoveTraffic,
    PrepareModel,
    RecallRecipe,
    RecordFailure,
    RegisterModel,
    RemoveDeployment,
    RemoveEndpoint,
    RenameEndpoint,
    RestoreDeployment,
    ReturnToSleep,
    RotateKey,
    ScaleDeployment,
    SetAutoscale,
    ShiftTraffic,
    StepRelease,
    VerifyDeployment,
    VerifyUpdate,
    VerifyWorkspace,
    WatchRelease,
    WithdrawTraffic,
)
from tests.support.other_cloud import OtherCloud
from tests.support.phases import MODEL, RECIPE, PhaseWorld
from tests.support.records import GRACE, NOW, row, run_of
from tests.support.serving_target import ServingTargetFake


class World(PhaseWorld):
    def open(self, of=None):
        return self.until_done(CreateEndpoint, of=of)

    def deploy(self, of=None):
        self.open(of)
        return self.until_done(CreateDeployment, of=of, model=MODEL, recipe=RECIPE)

    def shift(self, of=None):
        return self.until_done(ShiftTraffic, of=of)

    def traffic(self):
        return self.endpoint().traffic

    def there(self):
        found = self.target.provisioning.deployment("iris", "blue")
        assert found is not None
        return found

    def endpoint(self):
        found = self.target.provisioning.endpoint("iris")
        assert found is not None
        return found

    def statuses(self):
        return [event.status for event in self.records.timeline]


def test_an_endpoint_is_begun_once_and_then_observed():
    world = World(settle_after=3)
    assert world.open().done["waiting"] is False
    assert world.target.begun == ["put endpoint iris"]
    assert world.statuses() == ["started", "succeeded"]


def test_a_phase_that_runs_again_after_it_is_done_changes_nothing():
    world = World()
    for _ in range(2):
        world.deploy()
        world.shift()
    assert len([begun for begun in world.target.begun if begun.startswith("put deployment")]) == 1
    assert world.traffic() == {"blue": 100}


def test_what_is_ready_at_once_is_not_waited_for():
    world = World(settle_after=0)
    assert world.perform(CreateEndpoint).done["waiting"] is False
    made = world.perform(CreateDeployment, model=MODEL, recipe=RECIPE).done
    assert made["waiting"] is False


def test_a_new_deployment_knows_the_traffic_and_the_copies_of_before():
    blue, grey, green = (row(n, deployment_name=name) for n, name in enumerate(("b", "y", "g")))
    world = World(blue, grey, green, settle_after=0)
    for each in (blue, grey):
        world.deploy(of=each)
    world.target.put_traffic("iris", TrafficSplit(traffic={"b": 100}, mirror={"y": 10}))
    made = world.deploy(of=green).done
    assert (made["traffic_before"], made["mirror_before"]) == ({"b": 100}, {"y": 10})
    world.target.endpoint = lambda name: None
    made = world.perform(CreateDeployment, of=green, model=MODEL, recipe=RECIPE).done
    assert (made["traffic_before"], made["mirror_before"]) == ({}, {})


def test_a_name_in_capitals_gets_its_traffic_although_azure_ml_writes_it_small():
    world = World(row(deployment_name="Blue"))
    world.deploy()
    assert world.shift().done["waiting"] is False
    world.until_done(WithdrawTraffic)
    assert not any(world.traffic().values())


def test_somebody_elses_endpoint_is_refused_and_left_alone():
    world = World()
    world.target.provisioning.put_endpoint("iris", Marks(owner="somebody else"))
    refused = world.open().refusal
    assert refused.code == "endpoint_name_taken"
    assert "iris" in refused.message
    refused = world.perform(VerifyWorkspace).refusal
    assert refused.code == "endpoint_name_taken"
    assert "iris" in refused.message
    outcome = world.until_done(RemoveEndpoint, only_if_made_by_run=False)
    assert "not ours" in outcome.done["message"]


def test_too_little_quota_is_found_before_anything_is_made():
    world = World(row(instance_type="Standard_F4s_v2"), cores=6)
    failed = world.perform(VerifyWorkspace).refusal
    assert failed.message.startswith("Standard_F4s_v2 x1 needs 8 cores of quota")
    assert "6 are left: Standard_DS2_v2 would fit." in failed.message
    assert world.target.begun == []


def test_a_deployment_of_that_name_which_another_row_made_is_refused():
    """As in a database older than the rule that a living name is one deployment's."""
    first, second = row(1), row(2)
    world = World(first)
    world.deploy(of=first)
    world.records.rows[second.id] = second
    outcome = world.until_done(CreateDeployment, of=second, model=MODEL, recipe=RECIPE)
    assert outcome.refusal.code == "deployment_name_taken"
    assert "iris has a deployment called blue" in outcome.refusal.message


def test_a_deployment_of_that_name_that_is_being_torn_down_is_waited_for():
    first, second = row(1), row(2)
    world = World(first)
    world.deploy(of=first)
    world.records.move(first.id, Status.DELETED)
    world.records.insert(second)
    create: dict[str, Any] = {"of": second, "model": MODEL, "serving": RECIPE}
    assert world.perform(CreateDeployment, **create).done["waiting"] is True
    world.until_done(RemoveDeployment, of=first)
    assert world.until_done(CreateDeployment, **create).failed is None


def test_an_endpoint_whose_last_owner_has_left_its_name_is_waited_for():
    hers = row(1, user_id=GRACE)
    his = row(2)
    world = World(hers)
    world.open(of=hers)
    world.records.move(hers.id, Status.DELETED)
    world.records.insert(his)
    assert world.perform(VerifyWorkspace, of=his).failed is None
    assert world.perform(CreateEndpoint, of=his).done["waiting"] is True
    removed = world.until_done(RemoveEndpoint, of=hers, only_if_made_by_run=False)
    assert "is gone" in removed.done["message"]
    assert world.open(of=his).failed is None


def test_a_deleted_row_stops_the_next_phase_and_keeps_clean_up_going():
    world = World()
    world.open()
    world.records.move(world.row.id, Status.DELETED)
    assert world.open().refusal.code == "cancelled"
    outcome = world.until_done(RemoveEndpoint, only_if_made_by_run=True)
    assert outcome.failed is None
    assert world.target.provisioning.endpoint("iris") is None


def test_finalizing_twice_is_success_and_finalizing_a_deleted_row_is_cancelled():
    world = World()
    world.open()
    for _ in range(2):
        outcome = world.perform(Finalize, model=MODEL)
        assert outcome.failed is None
    assert world.records.rows[world.row.id].scoring_uri
    vanished = World().perform(Finalize, model=MODEL).refusal
    assert vanished.message.startswith("The endpoint iris is not")
    world.records.move(world.row.id, Status.DELETED)
    outcome = world.perform(Finalize, model=MODEL)
    assert outcome.refusal.code == "cancelled"


@pytest.mark.parametrize("restore", [{"blue": 100}, {}])
def test_withdrawn_traffic_goes_back_to_what_was_there_before(restore):
    blue, green = row(1, status="active"), row(2, deployment_name="green")
    world = World(blue, green)
    world.records.rows[blue.id] = blue.model_copy(update={"status": Status.DEPLOYING})
    world.deploy(of=blue)
    world.records.rows[blue.id] = blue
    world.deploy(of=green)
    world.shift(of=green)
    assert world.traffic() == {"green": 100}
    world.until_done(WithdrawTraffic, of=green, restore=restore)
    assert {name: share for name, share in world.traffic().items() if share} == {"blue": 100}


def test_an_endpoint_that_others_deploy_to_stays():
    blue, green = row(1), row(2, deployment_name="green")
    world = World(blue, green)
    world.open(of=blue)
    outcome = world.until_done(RemoveEndpoint, of=blue, only_if_made_by_run=True)
    assert "other deployments use it" in outcome.done["message"]


def test_of_two_failed_runs_on_one_new_endpoint_the_last_removes_it_whoever_made_it():
    blue, green = row(1), row(2, deployment_name="green")
    world = World(blue, green)
    world.open(of=blue)
    remove = {"only_if_made_by_run": True}
    for each in (blue, green):
        outcome = world.until_done(RemoveEndpoint, of=each, **remove)
        assert outcome.done["in_use"] is True
    world.records.move(blue.id, Status.FAILED)
    world.records.move(green.id, Status.FAILED)
    world.until_done(RemoveEndpoint, of=green, **remove)
    assert world.target.provisioning.endpoint("iris") is None


def test_an_endpoint_that_was_there_before_outlives_a_failed_run():
    blue, green = row(1, status="active"), row(2, deployment_name="green")
    world = World(blue, green)
    world.target.provisioning.put_endpoint("iris", marks_of(run_of(blue)))
    outcome = world.until_done(RemoveEndpoint, of=green, only_if_made_by_run=True)
    assert "it was there before" in outcome.done["message"]


def test_what_could_not_be_removed_is_not_called_removed():
    failed = Failed(code="bad", message="It is bad.", fix="Mend it.")
    for clean, said in ((True, "is removed"), (False, "the sweeper tries again")):
        outcome = World().perform(RecordFailure, phase="p", failed=failed, clean=clean)
        assert said in outcome.done["message"]


def test_a_key_is_begun_once_observed_and_told_each_time_it_is_replaced():
    world = World(row(status="active"), settle_after=3)
    world.target.provisioning.put_endpoint("iris", Marks(owner=world.row.user_id))
    while world.endpoint().provisioning.runs:
        pass
    for _ in range(2):
        operation_id = world.records.begin_operation(
            OperationKind.ROTATE_KEYS,
            user_id=world.row.user_id,
            endpoint_name="iris",
            deployment_id=world.row.id,
        )
        run = run_of(world.row).model_copy(update={"operation_id": operation_id})
        for key in ("primary", "secondary"):
            outcome = world.until_done(RotateKey, run=run, key=key)
            assert outcome.done["message"] == f"The {key} key of iris is new."
    assert world.target.begun[1:] == ["rotate primary", "rotate secondary"] * 2
    assert world.statuses() == ["started", "succeeded", "succeeded"] * 2


def test_a_key_of_a_busy_endpoint_is_worth_another_try():
    world = World(row(status="active"), settle_after=9)
    world.target.provisioning.put_endpoint("iris", Marks(owner=world.row.user_id))
    with pytest.raises(PhaseMustWait, match="endpoint_busy"):
        world.perform(RotateKey, key="primary")


def test_an_endpoint_that_is_still_created_is_removed_without_waiting_for_it():
    world = World(settle_after=100)
    world.perform(CreateEndpoint)
    world.records.move(world.row.id, Status.DELETED)
    withdrawn = world.perform(WithdrawTraffic)
    assert withdrawn.done["waiting"] is False
    assert withdrawn.done["message"] == "The endpoint is new and has no traffic yet."
    world.perform(RemoveEndpoint, only_if_made_by_run=True)
    assert world.target.begun == ["put endpoint iris", "delete endpoint iris"]


def test_a_deployment_is_called_gone_only_when_it_is():
    world = World(settle_after=2)
    world.deploy()
    world.until_done(RemoveDeployment)
    assert world.target.provisioning.deployments("iris") == []


@pytest.mark.parametrize(("status", "tries"), [(502, 20), (404, 20), (408, 3), (424, 1), (500, 1)])
def test_an_endpoint_that_does_not_predict_is_given_up_in_time_with_its_log(status, tries):
    world = World()
    world.deploy()
    world.target.front_door = status
    outcome = world.until_done(VerifyDeployment, example={"x": 1.0})
    assert outcome.refusal.code == "test_prediction_failed"
    assert f"HTTP {status}" in outcome.refusal.message
    assert "x-request-id: r-1" in str(outcome.refusal.detail)
    assert "inference-server of blue" in str(outcome.refusal.detail)
    assert world.performed == tries


def test_an_endpoint_that_needs_a_moment_is_asked_again():
    world = World()
    world.deploy()
    world.target.front_door = 404
    asked = {"run": run_of(world.row), "example": {"x": 1.0}}
    waiting = verify_deployment(VerifyDeployment(**asked), world.services)
    assert (waiting.waiting, waiting.message) == (
        True,
        "The deployment answered 404; asking it again.",
    )
    world.target.front_door = None
    assert not verify_deployment(VerifyDeployment(**asked, poll=1), world.services).waiting


class Answering(ServingTargetFake):
    """Whatever is asked, `who` answers it at length."""

    who: str | None = "Green"
    asked: bytes = b""

    def score(self, endpoint_name: str, payload: bytes, **_: Any) -> Prediction:
        self.asked = payload
        return Prediction(status=200, body="0" * 300, deployment=self.who)


def test_only_an_answer_of_the_deployment_itself_counts_and_its_beginning_is_told():
    world = World(cloud=Answering)
    world.deploy()
    cloud, example = world.target, {"x": 1.0}
    assert isinstance(cloud, Answering)
    for other in ("Green", None):
        cloud.who = other
        refused = world.perform(VerifyDeployment, example=example).refusal
        assert refused.code == "test_prediction_failed"
        assert refused.message.startswith("blue answered an example row with HTTP 200: 000")
    cloud.who = "BLUE"
    told = world.perform(VerifyDeployment, example=example).done["message"]
    assert told == f"Answered an example row with {'0' * 200}."
    assert json.loads(cloud.asked) == {"data": [{"x": 1.0}]}


@pytest.mark.parametrize(("status", "kept"), [("deploying", 1), ("failed", 1), ("active", 0)])
def test_the_log_of_a_deployment_that_failed_is_kept_before_it_is_removed(status, kept):
    world = World(settle_after=2)
    world.deploy()
    world.records.rows[world.row.id] = row(status=status)
    world.until_done(RemoveDeployment)
    notes = [event for event in world.records.timeline if event.status == "note"]
    assert len(notes) == kept
    assert all("inference-server of blue" in str(note.detail) for note in notes)


def test_a_deployment_is_removed_while_azure_ml_still_creates_it():
    world = World(settle_after=5)
    world.open()
    request: dict[str, Any] = {"model": MODEL, "serving": RECIPE}
    world.perform(CreateDeployment, **request)
    removing = [world.perform(RemoveDeployment, poll=poll).done["message"] for poll in (0, 1)]
    assert removing == ["Azure ML is removing the deployment."] * 2
    assert world.target.begun[-1] == "delete deployment blue"
    assert world.there().provisioning is Provisioning.REMOVING


def test_a_removal_that_has_to_wait_for_the_creation_waits():
    world = World(settle_after=8)
    world.open()
    world.perform(CreateDeployment, model=MODEL, recipe=RECIPE)
    delete, busy = world.target.provisioning.delete_deployment, EndpointBusy("x")

    def refuse_while_it_runs(endpoint_name, name):
        if world.there().provisioning is Provisioning.CREATING:
            raise busy
        delete(endpoint_name, name)

    world.target.provisioning.delete_deployment = refuse_while_it_runs
    world.until_done(RemoveDeployment)
    assert world.said[-3:] == [
        "Azure ML has to finish creating it first.",
        "Azure ML is removing the deployment.",
        "blue is gone.",
    ]


def test_an_endpoint_that_the_cloud_is_still_changing_is_removed_when_it_may_be():
    world = World(settle_after=3)
    delete, stubborn = world.target.delete_endpoint, False

    def refuse_while_it_runs(name):
        if stubborn or world.endpoint().provisioning is not Provisioning.SUCCEEDED:
            raise EndpointBusy("x")
        delete(name)

    world.perform(CreateEndpoint)
    world.target.delete_endpoint = refuse_while_it_runs
    world.until_done(RemoveEndpoint, only_if_made_by_run=True)
    assert world.said[-3:] == [
        "Azure ML has to finish its change first.",
        "Azure ML is removing the endpoint.",
        "Endpoint iris is gone.",
    ]
    stubborn = True
    world.open()
    with pytest.raises(PhaseMustWait, match="endpoint_busy"):
        world.perform(RemoveEndpoint, only_if_made_by_run=True)


def test_the_reason_for_a_failed_deployment_is_kept_before_it_is_removed():
    world = World()
    world.target.fail_next_deployment(ContainerCrashed("It crashed.", detail="log tail"))
    assert world.deploy().refusal.detail == "log tail"
    failed = world.records.timeline[-1]
    assert (failed.status, failed.detail) == ("failed", "log tail")


def test_trouble_is_told_and_raised_so_that_it_is_tried_again():
    world = World()

    def troubled(name):
        raise Throttled("It is busy.", detail="id: 1")

    world.target.provisioning.endpoint = troubled
    with pytest.raises(PhaseMustWait, match=r"\[throttled wait=20\] It is busy"):
        world.perform(CreateEndpoint)
    assert world.statuses() == ["started", "retrying"]
    assert world.records.timeline[-1].detail == "id: 1"


CLEAN_UP: dict[Any, dict[str, Any]] = {
    Finalize: {"model": MODEL},
    WithdrawTraffic: {},
    RemoveDeployment: {},
    RemoveEndpoint: {"only_if_made_by_run": True},
    RecordFailure: {"phase": "p", "failed": {"code": "c", "message": "m", "fix": "f"}},
    RotateKey: {"key": "primary"},
    EndOperation: {},
    MoveTraffic: {"wanted": {"traffic": {"blue": 100}}},
    ReturnToSleep: {"failed": {"code": "c", "message": "m", "fix": "f"}},
    SetAutoscale: {"autoscale": None},
    VerifyUpdate: {"change": {}},
    ChangeVariables: {"environment_variables": {}},
    ScaleDeployment: {"instance_count": 1},
    KeepUpdate: {"change": {}},
    RestoreDeployment: {"change": {}, "instance_count": 1},
}
"""What also has to run for a deployment that is not deploying any more."""
FORWARD: dict[Any, dict[str, Any]] = {
    VerifyWorkspace: {},
    PrepareModel: {},
    RegisterModel: {"artifact": "a", "version": "1"},
    CreateEndpoint: {},
    RenameEndpoint: {},
    CreateDeployment: {"model": MODEL, "recipe": RECIPE},
    VerifyDeployment: {"example": {}},
    ShiftTraffic: {},
    StepRelease: {"wanted": {"traffic": {"blue": 100}}, "expected": {"traffic": {}}},
    WatchRelease: {"before": [], "share": 10, "since": NOW, "until": NOW, "last": True},
    RecallRecipe: {},
}
OF_BATCHES: set[Any] = {TakeTurn, SkipWaiting, EndBatch}
"""What is no phase of one deployment: test_batches.py has it."""


def test_every_phase_either_goes_forward_or_cleans_up():
    assert {each.__name__ for each in ACTIVITIES} == {
        phase_name(each) for each in {*CLEAN_UP, *FORWARD, *OF_BATCHES}
    }


@pytest.mark.parametrize("asked", CLEAN_UP, ids=phase_name)
def test_clean_up_runs_for_a_deployment_that_is_not_deploying_any_more(asked):
    world = World(row(status="active"))
    world.records.rows[world.row.id] = row()
    world.deploy()
    world.records.rows[world.row.id] = world.row
    assert world.perform(asked, **CLEAN_UP[asked]).failed is None


@pytest.mark.parametrize("status", ["active", "failed", "deleted"])
@pytest.mark.parametrize("asked", FORWARD, ids=phase_name)
def test_nothing_is_made_for_a_deployment_that_is_not_deploying_any_more(asked, status):
    world = World(row(status=status))
    assert world.perform(asked, **FORWARD[asked]).refusal.code == "cancelled"
    assert world.target.begun == []


def test_a_failed_resource_is_put_again_when_its_failure_may_pass():
    world = World()
    world.target.fail_next_endpoint(OutOfCapacity("None left."))
    with pytest.raises(PhaseMustWait, match="out_of_capacity"):
        world.open()
    assert world.open().failed is None
    world.target.fail_next_deployment(OutOfCapacity("None left."))
    with pytest.raises(PhaseMustWait, match="out_of_capacity"):
        world.deploy()
    assert world.deploy().failed is None
    assert world.target.begun == ["put endpoint iris"] * 2 + ["put deployment blue"] * 2


def test_a_taken_name_is_replaced_in_the_row_too():
    world = World()
    name = world.perform(RenameEndpoint).done["endpoint_name"]
    assert is_generated(name)
    assert world.records.rows[world.row.id].endpoint_name == name


def test_a_phase_logs_and_tells_whose_it_is():
    world = World()
    seen = {}
    world.target.provisioning.endpoint = lambda name: seen.update(
        structlog.contextvars.get_contextvars()
    )
    world.perform(CreateEndpoint)
    assert (seen["deployment_id"], seen["user_id"]) == (world.row.id, world.row.user_id)
    assert seen["phase"] == "create_endpoint"
    assert {"request_id", "traceparent"} <= seen.keys()
    assert {event.operation_id for event in world.records.timeline} == {world.row.id}


def test_a_failure_is_recorded_with_its_fix_and_a_deleted_row_stays_deleted():
    failed = Failed(code="bad", message="It is bad.", fix="Mend it.", detail="ids")
    failure: dict[str, Any] = {"phase": "prepare_model", "failed": failed}
    world = World()
    world.perform(RecordFailure, **failure)
    [told] = [event for event in world.records.timeline if event.phase == "prepare_model"]
    assert (told.status, told.operation_id, told.detail) == ("failed", world.row.id, "ids")
    assert told.error is not None
    assert (told.message, told.error.model_dump()) == (failed.as_text, failed.model_dump())
    assert world.records.rows[world.row.id].status is Status.FAILED
    assert world.records.rows[world.row.id].error_message == "bad: It is bad. Mend it."
    world = World(row(status="deleted"))
    world.perform(RecordFailure, **failure)
    assert world.records.rows[world.row.id].status is Status.DELETED


def test_an_endpoint_of_a_failed_run_alone_is_removed_whatever_its_row_says():
    world = World()
    world.open()
    outcome = world.until_done(RemoveEndpoint, only_if_made_by_run=True)
    assert outcome.done["message"] == "Endpoint iris is gone."


@pytest.mark.parametrize(
    ("others", "made_by_run", "reason"),
    [
        ([], False, "it was there before"),
        ([row(2, deployment_name="green")], True, "other deployments use it"),
    ],
)
def test_an_endpoint_that_stays_says_why(others, made_by_run, reason):
    before = row(3, status="active", endpoint_name="elsewhere")
    world = World(row(), before, *others)
    world.target.provisioning.put_endpoint(
        "iris", marks_of(run_of(world.row if made_by_run else before))
    )
    outcome = world.until_done(RemoveEndpoint, only_if_made_by_run=True)
    assert outcome.done["message"] == f"Endpoint iris stays: {reason}."


def test_an_endpoint_with_a_deployment_that_nobody_knows_stays():
    world = World()
    world.deploy()
    outcome = world.until_done(RemoveEndpoint, only_if_made_by_run=True)
    assert outcome.done["message"] == "Endpoint iris stays: it still has deployments."


def test_an_endpoint_that_is_going_is_waited_for_whoever_else_has_its_name():
    world = World(row(), row(2, deployment_name="green"), settle_after=9)
    world.open()
    world.target.provisioning.delete_endpoint("iris")
    outcome = world.perform(RemoveEndpoint, only_if_made_by_run=True)
    assert outcome.done["message"] == "Azure ML is removing the endpoint."


def test_traffic_of_before_goes_back_only_where_all_of_it_is_still_there():
    blue, green = row(1), row(2, deployment_name="green")
    world = World(blue, green)
    world.deploy(of=blue)
    world.records.move(blue.id, Status.ACTIVE)
    world.deploy(of=green)
    for restore in ({"gone": 100}, {"BLUE": 60, "gone": 40}, {"green": 100}, {"BLUE": 100}):
        world.shift(of=green)
        world.until_done(WithdrawTraffic, of=green, restore=restore)
        assert world.traffic() == {"blue": 100}, restore


def test_traffic_goes_to_nobody_where_no_other_deployment_is_active():
    blue, green = row(1), row(2, deployment_name="green")
    world = World(blue, green)
    world.deploy(of=blue)
    world.deploy(of=green)
    world.shift(of=green)
    world.until_done(WithdrawTraffic, of=green)
    assert world.traffic() == {}


def test_the_log_that_is_kept_belongs_to_the_operation():
    world = World()
    world.deploy()
    world.until_done(RemoveDeployment)
    [note] = [event for event in world.records.timeline if event.status == "note"]
    assert (note.operation_id, note.phase) == (world.row.id, "remove_deployment")
    assert note.message == "The end of its log is kept in the detail."


def test_a_failure_is_a_value_in_the_timeline_and_trouble_needs_no_timeline():
    world = World()
    world.target.provisioning.put_endpoint("iris", Marks(owner="somebody else"))
    world.open()
    told = world.records.timeline[-1].error
    assert told is not None
    assert told.code == "endpoint_name_taken"

    def no_answer(*_):
        raise SupabaseUnreachable

    world.target.provisioning.endpoint = no_answer
    world.records.record = no_answer
    with pytest.raises(PhaseMustWait, match="supabase_unavailable"):
        world.perform(CreateEndpoint, poll=1)


def test_book_keeping_leaves_no_line_in_the_timeline():
    world = World(row(status="active"))
    world.perform(EndOperation)
    assert world.records.timeline == []


def test_traffic_of_an_endpoint_that_vanished_names_it():
    failed = World().perform(ShiftTraffic).refusal
    assert failed.code == "endpoint_vanished"
    assert failed.message.startswith("The endpoint iris is not")


@pytest.mark.parametrize("cloud", [ServingTargetFake, OtherCloud])
def test_a_deployment_lives_and_goes_on_any_cloud(cloud):
    blue, green = row(1), row(2, deployment_name="green")
    world = World(blue, green, cloud=cloud, settle_after=3)
    for each in (blue, green):
        assert world.perform(VerifyWorkspace, of=each).failed is None
        assert world.deploy(of=each).failed is None
        asked = {"of": each, "example": {"x": 1.0}}
        assert "with [0]." in world.until_done(VerifyDeployment, **asked).done["message"]
        assert world.shift(of=each).failed is None
        world.until_done(Finalize, of=each, model=MODEL)
    assert world.traffic() == {"green": 100}
    for each in (green, blue):
        world.records.move(each.id, Status.DELETED)
        for step in (WithdrawTraffic, RemoveDeployment):
            assert world.until_done(step, of=each).failed is None
        removed = world.until_done(RemoveEndpoint, of=each, only_if_made_by_run=False)
    assert removed.done["message"] == "Endpoint iris is gone."


def test_a_name_that_the_cloud_does_not_take_is_refused_before_anything_is_made():
    world = World(row(endpoint_name="Iris-In-Capitals"), cloud=OtherCloud)
    failed = world.perform(VerifyWorkspace).refusal
    assert failed.code == "invalid_request"
    assert "2 to 20 small letters" in failed.message
    assert world.target.begun == []
