"""The sweeper finds what is lost, says so, and leaves alone what somebody looks after."""

from datetime import timedelta

import pytest

from activities.support.ownership import marks_of
from shared.domain.endpoint import Marks
from shared.domain.operation import OperationKind, OperationStatus
from shared.domain.release import Autoscale
from shared.domain.status import Status
from shared.domain.timeline import Event
from shared.errors.serving import NotAuthorized
from shared.errors.waiting import AzureUnreachable, EndpointBusy
from tests.support.records import NOW, operation, row, run_of
from tests.support.sweeping import SweptWorld


def code(failure):
    return failure and failure.code


def told(report):
    """What is not empty."""
    return {name: value for name, value in report.model_dump().items() if value}


def test_a_row_that_no_orchestration_ever_looked_after_begins_while_it_is_young():
    young = row(created_at=NOW - timedelta(minutes=1))
    world = SweptWorld(young)
    assert told(world.sweep()) == {"begun": [young.id]}
    [(instance, (orchestrator, run))] = world.orchestrations.started.items()
    assert (orchestrator, instance) == ("deploy_model", young.id)
    assert run == run_of(young).model_copy(update={"deadlines": run.deadlines})
    assert world.status(young) is Status.DEPLOYING
    old = row(created_at=NOW - timedelta(minutes=30))
    assert told(SweptWorld(old).sweep()) == {"lost_rows": [old.id]}


def test_a_deploying_row_whose_orchestration_is_gone_becomes_failed_with_a_reason():
    old = row(1)
    begun = row(2, deployment_name="green", created_at=NOW - timedelta(minutes=1))
    ended = row(3, deployment_name="grey", created_at=NOW - timedelta(minutes=1))
    world = SweptWorld(old, begun, ended, ended=[ended.id])
    world.records.record(
        Event(
            deployment_id=begun.id,
            operation_id=begun.id,
            phase="p",
            status="started",
            message="m",
        )
    )
    assert told(world.sweep()) == {"lost_rows": [old.id, begun.id, ended.id]}
    for lost in (old, begun, ended):
        assert world.status(lost) is Status.FAILED
        assert "orchestration is gone" in world.told_of(lost)
    assert {event.phase for event in world.records.timeline} == {"p", "sweep"}


def test_a_row_that_ended_well_after_it_was_listed_is_left_alone():
    found = row()
    world = SweptWorld(found, ended=[found.id])
    listed = world.records.running_operations()
    world.records.running_operations = lambda: listed
    world.records.move(found.id, Status.ACTIVE)
    world.open(found)
    assert told(world.sweep()) == {}
    assert world.status(found) is Status.ACTIVE


@pytest.mark.parametrize("questions", [1, 2])
def test_a_row_whose_orchestration_is_started_while_it_is_looked_at_is_left_alone(questions):
    accepted = row(created_at=NOW - timedelta(minutes=1))
    world = SweptWorld(accepted)
    orchestrations = world.orchestrations
    asked: list[str] = []

    def after(answer):
        def asks(instance_id):
            if len(asked) == questions:
                orchestrations.living.add(instance_id)
                world.records.record(
                    Event(
                        deployment_id=accepted.id,
                        operation_id=accepted.id,
                        phase="p",
                        status="started",
                        message="m",
                    )
                )
            asked.append(instance_id)
            return answer(instance_id)

        return asks

    orchestrations.is_living = after(orchestrations.is_living)
    orchestrations.is_known = after(orchestrations.is_known)
    world.records.has_begun = after(world.records.has_begun)
    assert told(world.sweep()) == {}
    assert world.status(accepted) is Status.DEPLOYING


def test_a_row_that_is_looked_after_is_left_alone():
    running = row()
    world = SweptWorld(running, living=[running.id])
    assert told(world.sweep()) == {}
    assert world.status(running) is Status.DEPLOYING


def test_a_row_that_is_over_every_deadline_becomes_failed():
    due = row(created_at=NOW - timedelta(minutes=220))
    assert told(SweptWorld(due, living=[due.id]).sweep()) == {}
    late = row(created_at=NOW - timedelta(minutes=221))
    world = SweptWorld(late, living=[late.id])
    assert told(world.sweep()) == {"late_rows": [late.id]}
    assert "220 minutes" in world.told_of(late)


def test_an_active_row_whose_endpoint_vanished_becomes_failed():
    gone = row(status="active")
    world = SweptWorld(gone)
    assert told(world.sweep()) == {"vanished": [gone.id]}
    assert world.status(gone) is Status.FAILED


@pytest.mark.parametrize("name", ["iris", "MyIris"])
def test_an_active_row_with_its_endpoint_stays_however_its_name_is_written(name):
    live = row(status="active", endpoint_name=name)
    world = SweptWorld(live)
    world.open(live)
    assert told(world.sweep()) == {}
    assert world.status(live) is Status.ACTIVE
    assert world.orchestrations.started == {}


def test_an_endpoint_that_was_made_after_the_list_is_not_vanished():
    live = row(status="active")
    world = SweptWorld(live)
    world.open(live)
    world.target.provisioning.endpoints = lambda: []
    assert told(world.sweep()) == {}


def test_what_cannot_be_looked_after_is_told_and_keeps_nothing_else_from_being_swept():
    dead, gone = row(1, status="deleted"), row(2, status="active", endpoint_name="gone")
    world = SweptWorld(dead, gone)
    stuck = row(3, endpoint_name="aaa", status="failed")
    world.open(stuck)
    world.open(dead)
    deployments = world.target.provisioning.deployments

    def failing_on_aaa(name):
        if name == "aaa":
            raise EndpointBusy("Azure is busy.")
        return deployments(name)

    world.target.provisioning.deployments = failing_on_aaa
    assert told(world.sweep()) == {
        "vanished": [gone.id],
        "orphans": ["iris/iris"],
        "errors": ["aaa: endpoint_busy: Azure is busy."],
    }


def test_azure_ml_out_of_reach_leaves_a_report_of_what_was_done_before():
    old = row()
    world = SweptWorld(old)

    def out_of_reach():
        raise AzureUnreachable("No answer.")

    world.target.provisioning.endpoints = out_of_reach
    report = world.sweep()
    assert report.lost_rows == [old.id]
    assert report.errors == ["endpoints: azure_unreachable: No answer."]


@pytest.mark.parametrize(
    "marks", [{"deployment": "not-a-uuid"}, {"project": "another database"}],
    ids=["no id", "another project"],
)  # fmt: skip
def test_what_others_have_tagged_is_left_to_them(marks):
    dead = row(status="deleted")
    world = SweptWorld(dead)
    world.open(dead, **marks)
    assert told(world.sweep()) == {}
    assert world.orchestrations.started == {}


@pytest.mark.parametrize("status", ["failed", "deleted"])
def test_a_resource_without_a_living_row_is_torn_down(status):
    dead = row(status=status)
    world = SweptWorld(dead)
    world.open(dead)
    assert told(world.sweep()) == {"orphans": ["iris/iris"]}
    [(instance, (orchestrator, run))] = world.orchestrations.started.items()
    assert orchestrator == "delete_deployment"
    assert world.records.operations[instance].kind is OperationKind.DELETE
    assert (run.endpoint_name, run.user_id) == ("iris", dead.user_id)
    assert (run.operation_id, run.deployment_id) == (instance, dead.id)


def test_a_resource_that_its_own_run_is_tearing_down_is_left_to_it():
    dead = row(status="deleted")
    world = SweptWorld(dead, living=[dead.id])
    world.open(dead)
    assert told(world.sweep()) == {}
    assert world.orchestrations.started == {}


@pytest.mark.parametrize("row_is_there", [True, False])
def test_a_resource_that_an_operation_is_tearing_down_is_left_to_it(row_is_there):
    dead = row(status="deleted")
    removal = operation(1, OperationKind.DELETE, "iris", dead.id if row_is_there else None)
    world = SweptWorld(dead, living=[removal.id])
    world.records.operations[removal.id] = removal
    world.open(dead)
    assert told(world.sweep()) == {}
    assert world.orchestrations.started == {}


@pytest.mark.parametrize("kind", [OperationKind.DELETE, OperationKind.ROTATE_KEYS])
def test_an_operation_that_a_crash_kept_from_beginning_begins(kind):
    live = row(status="active")
    accepted = operation(1, kind, "iris", live.id)
    world = SweptWorld(live)
    world.records.operations[accepted.id] = accepted
    world.open(live)
    assert told(world.sweep()) == {"begun": [accepted.id]}
    [(instance, (orchestrator, run))] = world.orchestrations.started.items()
    assert (orchestrator, instance) == (kind.orchestrator, accepted.id)
    assert (run.operation_id, run.deployment_id) == (accepted.id, live.id)


@pytest.mark.parametrize("kind", [OperationKind.DELETE, OperationKind.ROTATE_KEYS])
def test_an_operation_whose_orchestration_is_gone_ends_with_a_reason(kind):
    live = row(status="active")
    lost = operation(1, kind, "iris", live.id)
    world = SweptWorld(live, ended=[lost.id])
    world.records.operations[lost.id] = lost
    world.open(live)
    assert told(world.sweep()) == {"lost_rows": [lost.id]}
    assert code(world.records.operations[lost.id].error) == "orchestration_lost"
    assert world.status(live) is Status.ACTIVE


def test_what_the_sweeper_fails_is_told_in_the_timeline_of_its_operation():
    old = row()
    world = SweptWorld(old)
    world.sweep()
    [event] = world.records.timeline
    assert (event.operation_id, event.phase, event.status) == (old.id, "sweep", "failed")
    assert code(event.error) == "orchestration_lost"


def test_an_orphan_is_removed_for_its_owner_and_all_orphans_are():
    live, first = row(1, status="active"), row(2, status="deleted")
    second = row(3, status="deleted", endpoint_name="other")
    world = SweptWorld(live, first, second)
    for each in (live, second):
        world.open(each)
    begun = []
    begin = world.records.begin_operation

    def remembered(kind, **facts):
        begun.append(facts)
        return begin(kind, **facts)

    world.records.begin_operation = remembered
    world.sweep()
    assert begun == [
        {"user_id": second.user_id, "endpoint_name": "other", "deployment_id": second.id}
    ]


def test_an_autoscale_setting_goes_once_its_deployment_has_gone():
    live, gone = row(1, status="active"), row(2, status="deleted", deployment_name="green")
    world = SweptWorld(live, gone)
    world.open(live)
    cloud, limits = world.target.provisioning, Autoscale(min=1, max=2)
    ours, others = marks_of(run_of(gone)), Marks(owner="x", project="another database")
    cloud.put_autoscale("iris", "green", limits, ours)
    cloud.put_autoscale("iris", "red", limits, others)
    report = world.sweep()
    assert told(report) == {"orphans": ["autoscale of iris/green"]}
    assert list(world.target.autoscales) == [("iris", "red")]
    assert told(world.sweep()) == {}


def test_a_right_that_is_missing_for_settings_is_told():
    live = row(status="active")
    world = SweptWorld(live)
    world.open(live)

    def refuse():
        raise NotAuthorized("May not list the autoscale settings.", fix="Give the role.")

    world.target.autoscale_settings = refuse
    assert world.sweep().errors == [
        "autoscale settings: not_authorized: May not list the autoscale settings."
    ]


def test_a_vanished_endpoint_is_named():
    gone = row(status="active")
    world = SweptWorld(gone)
    world.sweep()
    assert "The endpoint iris is not" in world.told_of(gone)


def test_what_is_late_says_so_in_plain_words():
    late = row(created_at=NOW - timedelta(minutes=221))
    world = SweptWorld(late, living=[late.id])
    world.sweep()
    assert "It did not end within 220 minutes." in world.told_of(late)


def test_each_thing_that_cannot_be_looked_after_is_named():
    young = row(created_at=NOW - timedelta(minutes=1))
    world = SweptWorld(young)

    def no_answer(*_):
        raise EndpointBusy("No answer.")

    world.orchestrations.start = no_answer
    assert world.sweep().errors == [f"{young.id}: endpoint_busy: No answer."]
    world.records.running_operations = no_answer
    assert world.sweep().errors[0] == "running operations: endpoint_busy: No answer."


def test_an_operation_whose_deployment_is_gone_with_its_user_ends():
    world = SweptWorld()
    lost = operation(1, OperationKind.DELETE)
    world.records.operations[lost.id] = lost
    world.sweep()
    assert world.records.operations[lost.id].status is OperationStatus.FAILED


def test_an_update_that_is_lost_on_its_way_is_undone_once():
    live = row(status="active", environment_variables={"OLD": "1"})
    change = {"environment_variables": {"NEW": "1"}}
    lost = operation(1, OperationKind.UPDATE, "iris", live.id).model_copy(
        update={"input": change, "requested_by": live.user_id}
    )
    begun = Event(
        deployment_id=live.id, operation_id=lost.id, phase="p", status="started", message="m"
    )
    world = SweptWorld(live, ended=[lost.id])
    world.records.operations[lost.id] = lost
    world.records.record(begun)
    world.open(live)
    report = world.sweep()
    [(instance, (orchestrator, run))] = world.orchestrations.started.items()
    assert told(report) == {"lost_rows": [lost.id], "begun": [instance]}
    assert orchestrator == "update_deployment"
    assert run.change.model_dump() == {"environment_variables": {"OLD": "1"}}
    error = world.records.operations[lost.id].error
    assert error
    assert error.code == "orchestration_lost"
    world.orchestrations.end(instance)
    world.records.record(begun.model_copy(update={"operation_id": instance}))
    assert told(world.sweep()) == {"lost_rows": [instance]}
