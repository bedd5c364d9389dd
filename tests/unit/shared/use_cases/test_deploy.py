"""From a request to an orchestration: once, whoever else asks at the same time."""

from uuid import UUID, uuid4

import pytest
import structlog

from shared.domain.deployment import DeployRequest
from shared.domain.naming import generated_deployment_name
from shared.domain.operation import OperationStatus
from shared.domain.status import Status
from shared.errors.requests import (
    Conflict,
    DeploymentNameTaken,
    EndpointNameTaken,
    InstanceTypeUnknown,
    NotRetriable,
)
from shared.errors.waiting import StartFailed, Unavailable
from shared.use_cases.deploy import Initiator
from shared.use_cases.runs import deadlines_of
from tests.support.orchestrations_fake import OrchestrationsFake
from tests.support.records import MODEL_ID, NOW, PROJECT, row
from tests.support.records_fake import RecordsFake
from tests.support.services import MINUTES, settings_of
from tests.support.user_data_fake import UserDataFake

WANTED = DeployRequest(model_id=UUID(MODEL_ID))
TAKEN = DeploymentNameTaken("blue", "iris")


def initiator(data=None, orchestrations=None):
    return Initiator(
        (data or UserDataFake()).port,
        orchestrations or OrchestrationsFake(),
        settings_of(**MINUTES),
        "request-1",
        "00-trace",
    )


def failed(data):
    return [each for each in data.rows.values() if each.status is Status.FAILED]


def test_a_request_becomes_a_run_that_knows_its_project_and_its_request():
    who = initiator()
    made = who.deploy(WANTED)
    [(orchestrator, run)] = who.orchestrations.started.values()
    assert orchestrator == "deploy_model"
    assert (run.deployment_id, run.project) == (made.id, PROJECT)
    assert (run.request_id, run.traceparent) == ("request-1", "00-trace")
    assert run.endpoint_generated is True


def test_a_repeated_key_starts_what_its_first_request_could_not_and_never_twice():
    data, orchestrations = UserDataFake(), OrchestrationsFake(out_of_reach=True)
    who = initiator(data, orchestrations)
    with pytest.raises(Unavailable):
        who.deploy(WANTED, "key")
    orchestrations.out_of_reach = False
    again = [who.deploy(WANTED, "key").id for _ in range(2)]
    assert len(set(again)) == len(orchestrations.started) == 1


def test_only_the_first_request_gives_its_row_up_when_the_start_fails():
    data = UserDataFake()
    first = initiator(data).deploy(WANTED, "key")
    late = initiator(data, OrchestrationsFake(out_of_reach=True))
    with pytest.raises(Unavailable):
        late.deploy(WANTED, "key")
    assert data.rows[first.id].status is Status.DEPLOYING
    with pytest.raises(Unavailable):
        late.deploy(WANTED)
    assert [(each.id, each.error_message) for each in failed(data) if each.id != first.id] == [
        (list(data.rows)[-1], f"start_failed: {StartFailed().message} {StartFailed.fix}")
    ]


def test_a_generated_name_that_is_taken_is_generated_again():
    data = UserDataFake(refusals=[TAKEN] * 2)
    made = initiator(data).deploy(WANTED)
    names = [asked.deployment_name for asked in data.asked]
    assert len(set(names)) == 3
    assert made.deployment_name == names[-1]


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ({"deployment_name": "blue"}, DeploymentNameTaken("blue", "iris")),
        ({"endpoint_name": "iris"}, EndpointNameTaken("iris")),
    ],
    ids=["deployment", "endpoint"],
)
def test_a_name_that_the_user_chose_is_refused_at_once(wanted, error):
    data = UserDataFake(refusals=[error])
    with pytest.raises(Conflict) as conflict:
        initiator(data).deploy(WANTED.model_copy(update=wanted))
    assert conflict.value is error
    assert len(data.asked) == 1


def test_names_that_are_taken_again_and_again_are_told():
    data = UserDataFake(refusals=[TAKEN] * 9)
    with pytest.raises(DeploymentNameTaken):
        initiator(data).deploy(WANTED)
    assert len(data.asked) == 3


def test_a_retry_is_a_new_row_and_says_what_to_do_when_its_name_is_in_use():
    failed = row(status="failed")
    data = UserDataFake()
    made = initiator(data).retry(failed)
    assert made.id != failed.id
    assert data.retries == [failed.id]
    assert (made.deployment_name, made.endpoint_name) == ("blue", "iris")
    with pytest.raises(Conflict) as conflict:
        initiator(UserDataFake(refusals=[TAKEN])).retry(failed)
    assert conflict.value.code == "deployment_name_taken"
    assert conflict.value.fix == "Follow that one, or delete it and retry."
    assert "iris has a deployment called blue" in conflict.value.message


@pytest.mark.parametrize(
    ("fields", "code", "said"),
    [
        ({"status": "active"}, "not_failed", "this one is active"),
        ({"status": "failed", "instance_count": 11}, "not_retriable", "instance_count"),
        ({"status": "failed", "model_id": None}, "not_retriable", "model was removed"),
    ],
)
def test_what_cannot_be_retried_is_a_conflict_that_says_why(fields, code, said):
    with pytest.raises(Conflict) as conflict:
        initiator().retry(row(**fields))
    assert conflict.value.code == code
    assert said in conflict.value.message


def test_a_retry_whose_size_is_offered_no_more_says_so():
    unknown = InstanceTypeUnknown("Standard_A1", ["Standard_DS1_v2"])
    refused = UserDataFake(refusals=[unknown])
    with pytest.raises(Conflict) as conflict:
        initiator(refused).retry(row(status="failed"))
    assert conflict.value.code == "not_retriable"
    assert conflict.value.message.endswith("any more, because of its instance_type.")


def test_a_teardown_that_cannot_be_started_is_left_to_the_sweeper():
    data = UserDataFake(RecordsFake(row(status="active")))
    begun = initiator(data, OrchestrationsFake(out_of_reach=True)).delete(row(status="active"))
    assert data.operation(begun).status is OperationStatus.RUNNING
    assert data.rows[row().id].status is Status.DELETED


def test_an_active_deployment_is_torn_down_by_the_operation_that_the_database_made():
    live = row(status="active")
    who = initiator(UserDataFake(RecordsFake(live)))
    begun = who.delete(live)
    assert who.data.rows[live.id].status is Status.DELETED
    [(instance, (orchestrator, run))] = who.orchestrations.started.items()
    assert (instance, orchestrator) == (begun, "delete_deployment")
    assert (run.operation_id, run.deployment_id) == (begun, live.id)
    assert (run.request_id, run.traceparent) == ("request-1", "00-trace")


def test_a_deployment_in_flight_stops_by_itself():
    who = initiator()
    made = who.deploy(WANTED)
    before = dict(who.orchestrations.started)
    assert who.delete(made) is None
    assert who.orchestrations.started == before


def test_the_hash_of_a_request_is_of_what_is_asked_and_of_nothing_else():
    data = UserDataFake()
    who = initiator(data)
    blue = {"deployment_name": "blue", "endpoint_name": "iris"}
    one, other_way = {"A": "1", "B": "2"}, {"B": "2", "A": "1"}
    for body in (
        {**blue, "environment_variables": one},
        {"environment_variables": other_way, "user_id": str(uuid4()), **blue},
        {**blue, "environment_variables": one, "instance_count": 2},
    ):
        made = who.deploy(DeployRequest.model_validate({"model_id": MODEL_ID, **body}))
        who.delete(made)  # its name is free again
    same, also_same, other = data.hashes
    assert same == also_same != other
    assert len(same) == 64


def test_what_is_asked_for_has_the_requests_own_values():
    data = UserDataFake()
    initiator(data).deploy(DeployRequest(model_id=UUID(MODEL_ID), user_id=uuid4()))
    [asked] = data.asked
    assert asked.model_id == MODEL_ID
    assert asked.deployment_name.startswith("deploy-2")
    assert len(asked.deployment_name) == len(generated_deployment_name(NOW, ""))
    [made] = data.rows
    assert UUID(made).version == 4


def test_a_repeated_request_starts_its_own_row_again_under_its_own_id():
    data, orchestrations = UserDataFake(), OrchestrationsFake()
    late = OrchestrationsFake(out_of_reach=True)
    data.abandon_deployment = lambda *_: None  # as if the first request had crashed
    with pytest.raises(StartFailed):
        initiator(data, late).deploy(WANTED, "key")
    [made] = data.rows.values()
    who = initiator(data, orchestrations)
    who.deploy(WANTED, "key")
    [(instance, (orchestrator, run))] = orchestrations.started.items()
    assert (instance, orchestrator, run.deployment_id) == (made.id, "deploy_model", made.id)
    data.records.move(made.id, Status.FAILED)
    unknown = OrchestrationsFake()
    initiator(data, unknown).deploy(WANTED, "key")
    assert unknown.started == {}


def test_a_start_that_fails_gives_its_own_row_up():
    data = UserDataFake()
    with pytest.raises(StartFailed):
        initiator(data, OrchestrationsFake(out_of_reach=True)).deploy(WANTED)
    assert [each.id for each in failed(data)] == list(data.rows)


def test_deadlines_are_the_settings_minutes_in_seconds():
    minutes = {
        "endpoint_deadline_minutes": 1,
        "deployment_deadline_minutes": 2,
        "traffic_deadline_minutes": 3,
        "removal_deadline_minutes": 4,
        "step_deadline_minutes": 5,
    }
    assert deadlines_of(settings_of(**minutes)).model_dump() == {
        "endpoint": 60,
        "deployment": 120,
        "traffic": 180,
        "removal": 240,
        "step": 300,
    }


def test_every_log_line_of_a_request_has_its_deployments_id():
    structlog.contextvars.clear_contextvars()
    made = initiator().deploy(WANTED)
    assert structlog.contextvars.get_contextvars()["deployment_id"] == made.id
    structlog.contextvars.clear_contextvars()


def test_an_operation_is_started_under_its_own_id():
    who = initiator()
    made = who.deploy(WANTED)
    assert list(who.orchestrations.started) == [made.id]


def test_a_repeated_request_asks_for_its_own_orchestration_and_starts_no_other():
    data, orchestrations = UserDataFake(), OrchestrationsFake()
    made = initiator(data, orchestrations).deploy(WANTED, "key")
    orchestrations.started.clear()
    orchestrations.end(made.id)
    initiator(data, orchestrations).deploy(WANTED, "key")
    assert orchestrations.started == {}


def test_what_cannot_be_retried_says_what_to_do():
    with pytest.raises(NotRetriable) as gone:
        initiator().retry(row(status="failed", model_id=None))
    assert gone.value.message == "This deployment's model was removed."
    assert gone.value.fix == "Deploy another model, or upload this one again."
    with pytest.raises(NotRetriable, match="of its instance_count, keep_previous_minutes"):
        initiator().retry(row(status="failed", instance_count=11, keep_previous_minutes=-1))


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (TAKEN, DeploymentNameTaken("green", "iris")),
        (EndpointNameTaken("iris"), EndpointNameTaken("wine")),
    ],
)
def test_the_last_name_that_was_taken_is_the_one_that_is_told(first, last):
    data = UserDataFake(refusals=[first, first, last])
    with pytest.raises(Conflict) as told:
        initiator(data).deploy(WANTED)
    assert told.value is last
    assert data.asked[0].deployment_name != data.asked[1].deployment_name
